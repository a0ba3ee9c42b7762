"""Bodies as the API takes them: files, and JSON bounded in depth without what PostgreSQL cannot keep."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import IO, Any, ClassVar, NoReturn

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from debate.core.api.errors import BadMember
from debate.core.errors import TooLarge

DEEPEST = 32
LONGEST_NAME = 40  # of what is repeated to its sender
LARGEST = 2_621_440  # bytes; pages may take more, for an essay is pasted into them
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

Path = tuple[str | int, ...]


_TOO_LARGE = "a number is larger than can be kept"
_BYTE_ORDER_MARK = "\ufeff"


class _Unfit(ValueError):
    """What Python reads and JSON does not have, or PostgreSQL cannot keep."""


def _refuse_constant(name: str) -> NoReturn:
    raise _Unfit(f"{name} is no JSON value")


def _bounded_float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise _Unfit(_TOO_LARGE)
    return number


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object. Raises ParseError where a member is given twice: of two, one would be lost."""
    members = dict(pairs)
    if len(members) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        said = twice[:LONGEST_NAME].encode("utf-8", "replace").decode()
        raise ParseError(f"The body gives “{said}” more than once in one object.")
    return members


def _fault(error: ValueError, text: str) -> str:
    """What is wrong with the text, in words that say nothing of how Python would take it."""
    if text.startswith(_BYTE_ORDER_MARK):
        return "it begins with a byte order mark"
    # The one other error is of a whole number with more digits than Python turns into one.
    return str(error) if isinstance(error, (json.JSONDecodeError, _Unfit)) else _TOO_LARGE


def _refuse_text(text: str, path: Path) -> None:
    match = _UNSTORABLE.search(text)
    if match and match.group() == "\x00":
        raise BadMember(path, "The text holds a NUL character, which cannot be kept.")
    if match:
        raise BadMember(path, "The text holds half of a surrogate pair, which is no character.")


def refuse_unstorable(value: Any, path: Path = ()) -> None:
    """Raise BadMember at the first place of the JSON value that cannot be kept or is too deep."""
    if isinstance(value, str):
        _refuse_text(value, path)
    elif isinstance(value, (dict, list)):
        if len(path) >= DEEPEST:
            raise BadMember(path, f"The JSON is nested deeper than {DEEPEST} levels.")
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in pairs:
            if isinstance(key, str):
                _refuse_text(key, path)
            refuse_unstorable(inner, (*path, key))


def _bounded(stream: IO[bytes], most: int, sentence: str) -> bytes:
    """The body. Raises TooLarge with that sentence, ParseError where it broke off."""
    try:
        body = stream.read(most + 1)
    except OSError as error:
        raise ParseError("The body broke off before its end.") from error
    if len(body) > most:
        raise TooLarge(sentence)
    return body


class FileParser(BaseParser):
    """The body as it is, whatever it is called: a file. Raises TooLarge, ParseError.

    `most` says how many bytes are taken, `sentence` that there were more.
    """

    media_type = "*/*"
    most: ClassVar[int]
    sentence: ClassVar[str]

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        parser_context: Any = None,  # noqa: ARG002 - DRF's signature
    ) -> Any:
        """The bytes."""
        return _bounded(stream, self.most, self.sentence)


class BoundedJSONParser(BaseParser):
    """RFC 8259 JSON in UTF-8. Raises TooLarge, ParseError, and BadMember that names the place."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        parser_context: Any = None,  # noqa: ARG002 - DRF's signature
    ) -> Any:
        """The request's JSON value."""
        limit = min(LARGEST, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        sentence = f"The body is larger than the {limit:,} bytes taken in one request."
        body = _bounded(stream, limit, sentence)
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ParseError("The body is not UTF-8.") from error
        try:
            value = json.loads(
                text,
                object_pairs_hook=_members,
                parse_constant=_refuse_constant,
                parse_float=_bounded_float,
            )
        except RecursionError as error:
            raise ParseError(f"The JSON is nested deeper than {DEEPEST} levels.") from error
        except ValueError as error:
            raise ParseError(f"The body is not JSON: {_fault(error, text)}.") from error
        refuse_unstorable(value)
        return value


class MergePatchParser(BoundedJSONParser):
    """The same as a JSON Merge Patch (RFC 7396): what is left out stays, null takes away."""

    media_type = "application/merge-patch+json"
