"""Files spoiled at random: values of other types, members lost, doubled and put elsewhere."""

from __future__ import annotations

import copy
import json
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Way = tuple[Any, ...]

_JUNK: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        -1,
        7,
        1.5,
        10**18,
        "",
        "x",
        "102",
        "1_2",
        "I",
        "RA",
        "YA",
        "L",
        " ",
        "\u2028",
    ),
    *([], {}, [[]], [1], ["x"], {"a": 1}, {"is": "claim"}, {"kind": "claim", "id": "c0"}),
)
_NAMES = ("counterpoint", "is", "id", "kind", "text", "added_by", "target", "nodes", "personID")


def spoiled(content: bytes, seed: int) -> bytes:
    """The JSON file with one to three of its values spoiled."""
    chance = random.Random(seed)
    value = json.loads(content)
    for _ in range(chance.randint(1, 3)):
        way = chance.choice([way for way in _ways(value) if way])
        _spoil(chance, value, way)
    return json.dumps(value).encode()


def _ways(value: Any, way: Way = ()) -> Iterator[Way]:
    yield way
    if isinstance(value, list):
        value = dict(enumerate(value))
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _ways(inner, (*way, key))


def _at(value: Any, way: Way) -> Any:
    for step in way:
        value = value[step]
    return value


def _spoil(chance: random.Random, value: Any, way: Way) -> None:
    holder, key = _at(value, way[:-1]), way[-1]
    act = chance.choice(["junk", "junk", "junk", "drop", "double", "add", "move"])
    if act == "drop":
        del holder[key]
    elif act == "double" and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    elif act == "add" and isinstance(holder, dict):
        holder[chance.choice(_NAMES)] = chance.choice(_JUNK)
    elif act == "move":
        holder[key] = copy.deepcopy(_at(value, chance.choice(list(_ways(value)))))
    else:
        holder[key] = chance.choice(_JUNK)
