"""Grades into the file that a learning management system gave out: that column, nothing else.

Each system knows its own file best: column names are translated, ids are its own, and a column that
it does not know is a new assignment to it. So the instructor uploads the file, and gets it back
filled in. Canvas: instructure's gradebook export; Moodle: the grading worksheet of an assignment;
Blackboard: the gradebook's download; any other table with one row a person.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from annotations.grading.formats.errors import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from annotations.grading.formats.cells import Table

CANVAS: Final = "canvas"
MOODLE: Final = "moodle"
BLACKBOARD: Final = "blackboard"
OTHER: Final = "other"

# Names of Moodle's columns in the languages that are known; others are chosen by hand.
_IDENTIFIER: Final = ("identifier", "identifikation", "identifiant", "identificador")
_GRADE: Final = ("grade", "bewertung", "note", "calificación", "nota", "beoordeling")
_FEEDBACK: Final = ("feedback comments", "feedback als kommentar", "commentaires de feedback")
_MAXIMUM: Final = ("maximum grade", "bestwertung", "note maximale", "calificación máxima")
_CHANGEABLE: Final = ("grade can be changed", "bewertung kann geändert werden")
_PEOPLE: Final = (
    "id", "sis user id", "sis login id", "username", "user name", "email address", "e-mail-adresse",
    "email", "e-mail", "id number", "id-nummer", "student id", "login", "student", "name",
    "full name", "vollständiger name", "nom complet", "last name", "lastname", "firstname",
    "first name",
)  # fmt: skip
_BEHIND: Final = re.compile(r"\s*(?:\(\d+\)|\[.*\].*|\|.*)?")
_TOTALS: Final = re.compile(
    r"(unposted )?(current|final) (points|score|grade)\b|override (score|grade|status)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a grade: what identifies them (in small letters) and how they are called.

    `points` is what they have, None for what is not released, `is_excused` for no number.
    """

    key: str
    identifiers: frozenset[str]
    names: frozenset[str]
    points: Decimal | None = None
    is_excused: bool = False
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a file is: of which system, where its people and its numbers stand.

    `columns` are those that can take grades, with their names; `feedback` the one for words; `first`
    the first row of people; `most` the points that each column's grades are out of, where it says.
    """

    system: str
    people: tuple[int, ...]
    columns: dict[int, str]
    first: int
    feedback: int | None = None
    most: dict[int, Decimal] = field(default_factory=dict)
    changeable: int | None = None
    read_only: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """One cell: in which row (counted from 1, as spreadsheets do), of whom, and from what to what."""

    row: int
    person: str
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What filling did: the cells that changed, the rows and the people for whom it found nobody."""

    changes: tuple[Change, ...]
    same: int
    rows_left: tuple[tuple[int, str], ...]
    people_left: tuple[str, ...]
    locked: tuple[tuple[int, str], ...]


def layout_of(table: Table) -> Layout:
    """What the file is. Raises Unreadable when nothing in it looks like people."""
    names = [cell.value.strip() for cell in table.rows[0]]
    low = [name.casefold() for name in names]
    if len(low) > 1 and ("student" in low[0] or low[0] == "lastname") and "section" in low:
        return _canvas(table, names, low)
    identifier, grade = _find(low, _IDENTIFIER), _find(low, _GRADE)
    if identifier is not None and grade is not None:
        return _moodle(table, names, low, identifier, grade)
    return _other(names, low)


def _canvas(table: Table, names: list[str], low: list[str]) -> Layout:
    last = max(at for at, name in enumerate(low) if name == "section")
    columns = {
        at: name
        for at, name in enumerate(names)
        if at > last and name and not _TOTALS.match(name.strip())
    }
    first, most, read_only = 1, {}, set()
    # A line of posting rules may come first, then that of the points.
    for row in range(1, min(4, len(table.rows))):
        if "points possible" not in table.value(row, 0).casefold():
            continue
        first = row + 1
        for at in columns:
            word = table.value(row, at)
            if "read only" in word.casefold():
                read_only.add(at)
            elif (number := _number(word)) is not None:
                most[at] = number
    people = tuple(range(last))
    return Layout(CANVAS, people, columns, first, most=most, read_only=frozenset(read_only))


def _moodle(table: Table, names: list[str], low: list[str], identifier: int, grade: int) -> Layout:
    most = {}
    column = _find(low, _MAXIMUM)
    if column is not None and len(table.rows) > 1:
        number = _number(table.value(1, column))
        most = {} if number is None else {grade: number}
    return Layout(
        MOODLE,
        tuple(at for at in range(grade) if at != identifier),
        {grade: names[grade]},
        1,
        feedback=_find(low, _FEEDBACK),
        most=most,
        changeable=_find(low, _CHANGEABLE),
    )


def _other(names: list[str], low: list[str]) -> Layout:
    people = tuple(at for at, name in enumerate(low) if name in _PEOPLE)
    columns = {at: name for at, name in enumerate(names) if at not in people and name}
    if not people or not columns:
        raise Unreadable(
            "line 1",
            "it names no column of people (such as Username, Email or Student) and one "
            "of grades beside it. Upload the file as the system gave it out.",
        )
    is_blackboard = any("|" in name for name in columns.values()) and "username" in low
    return Layout(BLACKBOARD if is_blackboard else OTHER, people, columns, 1)


def suggested(layout: Layout, title: str) -> int | None:
    """The column that is this assignment's: of that title, with an id behind it or without.

    None where none or several could be meant, for the instructor to choose.
    """
    if len(layout.columns) == 1:
        return next(iter(layout.columns))
    wanted = title.strip().casefold()
    named = {at: name.strip().casefold() for at, name in layout.columns.items()}
    found = [
        at
        for at, name in named.items()
        if name.startswith(wanted) and _BEHIND.fullmatch(name, len(wanted))
    ]
    return found[0] if len(found) == 1 else None


def fill(
    table: Table,
    layout: Layout,
    column: int,
    people: Sequence[Person],
    *,
    of: Decimal,
    scales: bool = False,
) -> Filled:
    """Put each person's points into the column, and feedback where there is a column for it.

    Who has none keeps what stands there. `of` is the most that points are out of; with `scales`
    they are converted to what the file's column is out of. Raises Unreadable for a column that the
    system says is read only.
    """
    if column in layout.read_only:
        raise Unreadable(layout.columns[column], "this column is read only, the file says.")
    rate = layout.most[column] / of if scales and column in layout.most and of else None
    who = _finder(people)
    changes: list[Change] = []
    same, left, locked = 0, [], []
    missing = {person.key for person in people if _word(person, rate, layout)}
    for row in range(layout.first, len(table.rows)):
        if not any(cell.value.strip() for cell in table.rows[row]):
            continue
        shown = " ".join(filter(None, (table.value(row, at) for at in layout.people[:2])))
        person = who([table.value(row, at) for at in layout.people])
        if person is None:
            left.append((row + 1, shown))
            continue
        missing.discard(person.key)
        cells = _cells(person, layout, column, rate)
        if cells and _is_locked(table, layout, row):
            locked.append((row + 1, shown))
            continue
        for at, after in cells:
            before = table.value(row, at)
            if _is_same(before, after):
                same += 1
            else:
                _put(table, row, at, after)
                changes.append(Change(row + 1, shown, table.value(0, at), before, after))
    return Filled(tuple(changes), same, tuple(left), tuple(sorted(missing)), tuple(locked))


def _cells(
    person: Person, layout: Layout, column: int, rate: Decimal | None
) -> list[tuple[int, str]]:
    """Which cells of a person's row are set, and to what; none for who has no grade."""
    word = _word(person, rate, layout)
    if not word:
        return []
    cells = [(column, word)]
    if layout.feedback is not None and person.feedback:
        cells.append((layout.feedback, person.feedback))
    return cells


def _is_locked(table: Table, layout: Layout, row: int) -> bool:
    """Whether the system says that this person's grade cannot be changed."""
    return layout.changeable is not None and (table.value(row, layout.changeable).casefold() in _NO)


def _put(table: Table, row: int, column: int, word: str) -> None:
    if column >= len(table.rows[row]):
        raise Unreadable(f"line {row + 1}", "it is shorter than the first one.")
    table.put(row, column, word)


_NO: Final = ("no", "nein", "non", "nee")


def _finder(people: Iterable[Person]) -> Callable[[Iterable[str]], Person | None]:
    """Finds whose row it is: by what identifies people, else by a name that one of them has alone."""
    by_id: dict[str, set[str]] = defaultdict(set)
    by_name: dict[str, set[str]] = defaultdict(set)
    known = {person.key: person for person in people}
    for person in known.values():
        for one in person.identifiers:
            by_id[one.casefold()].add(person.key)
        for name in person.names:
            by_name[_plain(name)].add(person.key)

    def found(cells: Iterable[str]) -> Person | None:
        words = [cell for cell in cells if cell]
        for index, keys in (
            (by_id, [word.casefold() for word in words]),
            (by_name, [_plain(word) for word in words]),
            (by_name, [_plain(" ".join(words[:2])), _plain(" ".join(reversed(words[:2])))]),
        ):
            hits = {one for key in keys for one in index.get(key, ())}
            if len(hits) == 1:
                return known[hits.pop()]
            if hits:
                return None
        return None

    return found


def _plain(name: str) -> str:
    """A name to compare: small letters, given name first, single spaces."""
    last, comma, first = name.partition(",")
    return " ".join((f"{first} {last}" if comma else name).casefold().split())


def _word(person: Person, rate: Decimal | None, layout: Layout) -> str:
    """What stands for the person's grade: a number of two places, `EX` to Canvas, "" for nothing."""
    if person.is_excused:
        return "EX" if layout.system == CANVAS else ""
    if person.points is None:
        return ""
    points = person.points if rate is None else person.points * rate
    return f"{points.quantize(Decimal('0.01'), rounding=ROUND_HALF_UP):f}"


def _is_same(before: str, after: str) -> bool:
    one, other = _number(before), _number(after)
    return before == after if one is None or other is None else one == other


def _number(word: str) -> Decimal | None:
    try:
        number = Decimal(word.replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _find(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((at for at, name in enumerate(names) if name in wanted), None)
