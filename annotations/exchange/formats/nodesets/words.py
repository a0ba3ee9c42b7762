"""How words stand in AIF's nodes: names before what is said, schemes, illocutions, times."""

from __future__ import annotations

import re
from typing import Any

EXTRA = "counterpoint"
"""The key under which nodes and files carry what the format has no place for."""

Row = dict[str, Any]

_TIME = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)", re.ASCII)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z", re.ASCII)
_LONGEST_NAME = 100

# Text and scheme number, as OVA and AIFdb use them; a question has no number that both know.
ILLOCUTIONS = {
    "asserting": ("Asserting", "74"),
    "analysing": ("Analysing", "75"),
    "disagreeing": ("Disagreeing", "78"),
    "arguing": ("Arguing", "80"),
    "restating": ("Restating", "101"),
    "questioning": ("Questioning", None),
    "conceding": ("Conceding", None),
}
INFERENCE = ("Default Inference", "72")
CONFLICT = ("Default Conflict", "71")
TRANSITION = ("Default Transition", "82")


def force_of(text: str) -> str:
    """The illocution that a YA node's text names, in our word, else in its own."""
    word = text.strip().casefold()
    return word if word in ILLOCUTIONS else text.strip()


def illocution_of(force: str) -> tuple[str, str | None]:
    """The text of the YA node, and the number of its scheme if it has one that is known."""
    return ILLOCUTIONS.get(force, (force, None))


def scheme_of(text: str) -> str:
    """The argumentation scheme that an RA node's text names; "" for the default one."""
    scheme = " ".join(text.split())
    return "" if scheme.casefold() in {"default inference", "inference", "ra"} else scheme


def moment_of(timestamp: object) -> str:
    """AIFdb's time as RFC 3339 in UTC; "" when it is none."""
    match = _TIME.fullmatch(timestamp) if isinstance(timestamp, str) else None
    return f"{match[1]}T{match[2]}Z" if match else ""


def timestamp_of(moment: str) -> str | None:
    """The moment as AIFdb writes times, to the second."""
    match = _MOMENT.fullmatch(moment)
    return f"{match[1]} {match[2]}" if match else None


def said(text: str, name: str | None) -> str:
    """What is said, without the name before it."""
    return text.removeprefix(f"{name}: ") if name else text


def saying(text: str, name: str | None) -> str:
    """What is said, with the name before it."""
    return f"{name}: {text}" if name else text


def name_before(text: str) -> str:
    """The name before what is said; "" when nothing there looks like one."""
    name, colon, _ = text.partition(": ")
    fits = colon and len(name) <= _LONGEST_NAME and "\n" not in name
    return name.strip() if fits else ""


def name_of(first: object, last: object) -> str:
    """A participant's whole name."""
    return " ".join(str(part) for part in (first, last) if part)


def names_of(name: str) -> tuple[str, str]:
    """First name and surname of the name as it is shown: the last word is the surname."""
    first, _, last = name.rpartition(" ")
    return (first, last) if first else (last, "")


def told(row: Row) -> Row:
    """What our files say under their key in the row; nothing where something else stands there."""
    extra = row.get(EXTRA)
    return extra if isinstance(extra, dict) else {}


def extra_of(row: Row) -> Row:
    """What our files add to a row, without the word for what it is."""
    return {name: value for name, value in told(row).items() if name != "is"}


def says_it_is(row: Row, what: str) -> bool:
    """Whether our files say that the row is that."""
    return bool(told(row).get("is") == what)
