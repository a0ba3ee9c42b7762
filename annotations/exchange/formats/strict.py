"""JSON as files may hold it: bounded in size, depth and numbers, nothing in it lost in silence.

RFC 8259 leaves open what repeated names, huge numbers and lone surrogates mean (sections 4, 6 and
8.2); each is refused here, because another program would read something else.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any, NoReturn

import orjson

from annotations.exchange.formats.faults import MOST_FAULTS, Fault, Refused, refuse_if

LARGEST = 8_000_000
"""Bytes: a little less than the site takes of a form, so that the form can tell of it."""
DEEPEST = 32
_WIDEST = 2**63
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

# The way to a value: its key and the way to what holds it; the root has none.
Way = tuple[str | int, Any] | None


def load(content: bytes, *, deepest: int = DEEPEST) -> Any:
    """The JSON value, nested at most so deep. Raises Refused: faults of rule 0 with their places."""
    if len(content) > LARGEST:
        raise Refused([Fault(0, "", f"The file is larger than the {LARGEST:,} bytes taken.")])
    try:
        value = json.loads(
            content.decode("utf-8-sig"),
            parse_constant=_refuse_constant,
            parse_float=_bounded_float,
            object_pairs_hook=_without_repeats,
        )
    except UnicodeDecodeError as error:
        raise Refused([Fault(0, f"byte {error.start}", "The file is not UTF-8.")]) from error
    except RecursionError as error:
        raise Refused([_too_deep("", deepest)]) from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Refused([Fault(0, place, f"The file is not JSON: {error.msg}.")]) from error
    except ValueError as error:
        raise Refused([Fault(0, "", f"The file is not JSON that can be kept: {error}.")]) from error
    # Unescaped, neither NUL nor a lone surrogate gets through the decoders.
    refuse_if(_unkeepable(value, deepest, with_texts=b"\\u" in content))
    return value


def dump(value: Any) -> bytes:
    """The JSON value as UTF-8, members in their order; indented while that makes it no giant."""
    content = orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
    if len(content) > LARGEST // 4:
        return content
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def pointer(way: Way) -> str:
    """The way as a JSON pointer (RFC 6901)."""
    keys = []
    while way is not None:
        key, way = way
        keys.append(str(key).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{key}" for key in reversed(keys))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _bounded_float(digits: str) -> float:
    number = float(digits)
    if not abs(number) < _WIDEST:  # PostgreSQL writes 1e300 out, as an integer
        raise ValueError("a number is larger than can be kept")
    return number


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        repeated = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"an object holds the name {repeated[:40]!a} twice")
    return found


def _too_deep(place: str, deepest: int) -> Fault:
    return Fault(0, place, f"The JSON is nested deeper than {deepest} levels.")


def _unkeepable(root: Any, deepest: int, *, with_texts: bool) -> list[Fault]:
    """What PostgreSQL or another reader could not keep; walked without recursion."""
    faults: list[Fault] = []
    todo: list[tuple[Any, Way, int]] = [(root, None, 0)]
    while todo and len(faults) < MOST_FAULTS:
        value, way, depth = todo.pop()
        if isinstance(value, str):
            faults += _unkeepable_text(value, way) if with_texts else []
        elif isinstance(value, int) and abs(value) >= _WIDEST:
            faults.append(Fault(0, pointer(way), "A number is larger than can be kept."))
        elif isinstance(value, (dict, list)) and depth >= deepest:
            faults.append(_too_deep(pointer(way), deepest))
        elif isinstance(value, dict):
            todo += [(inner, (key, way), depth + 1) for key, inner in value.items()]
            todo += [(key, way, depth) for key in value if with_texts]
        elif isinstance(value, list):
            todo += [(inner, (index, way), depth + 1) for index, inner in enumerate(value)]
    return faults


def _unkeepable_text(text: str, way: Way) -> list[Fault]:
    match = _UNSTORABLE.search(text)
    if match is None:
        return []
    what = "a NUL character" if match.group() == "\x00" else "half of a surrogate pair"
    return [Fault(0, _ascii(pointer(way)), f"The text holds {what}, which cannot be kept.")]


def _ascii(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode()
