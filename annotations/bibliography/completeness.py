"""What a debate card must carry, field by field: given, not given by the source, or missing.

Source: the eight fields that the National Speech & Debate Association asks of a citation "to the
extent that the source gives them" (High School Unified Manual, evidence rules).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection

    from annotations.bibliography.csl import Item

FIELDS: Final = {
    "author": "Full name of the author or editor",
    "issued": "Date of publication",
    "source": "Where it appeared",
    "title": "Title",
    "accessed": "Date of access",
    "url": "Full address or DOI",
    "qualifications": "Author’s qualifications",
    "page": "Page numbers",
}


class State(StrEnum):
    """How a field stands."""

    GIVEN = "given"
    NOT_GIVEN = "not_given"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Field:
    """One of the eight fields, with its name for people and how it stands."""

    name: str
    label: str
    state: State


@dataclass(frozen=True, slots=True)
class Completeness:
    """The eight fields in their order."""

    fields: tuple[Field, ...]

    def of(self, state: State) -> tuple[Field, ...]:
        """The fields that stand so."""
        return tuple(field for field in self.fields if field.state == state)

    @property
    def missing(self) -> tuple[Field, ...]:
        """What nobody has looked for, or found."""
        return self.of(State.MISSING)

    @property
    def given(self) -> int:
        """How many are given."""
        return len(self.of(State.GIVEN))

    @property
    def is_complete(self) -> bool:
        """Whether all is given that the source gives."""
        return not self.missing

    def as_dict(self) -> dict[str, str]:
        """The states by the fields' names."""
        return {field.name: str(field.state) for field in self.fields}


def completeness(
    item: Item,
    *,
    url: str = "",
    doi: str = "",
    accessed: Any = None,
    qualifications: str = "",
    locators: Collection[str] = (),
    not_given: Collection[str] = (),
) -> Completeness:
    """How the eight fields of a work stand.

    `locators` are those of the passages taken from it: they are page numbers as well. What is
    `not_given` by the source is not missing; a work without an address has no date of access.
    """
    address = url or doi or item.get("URL") or item.get("DOI")
    values = {
        "author": item.get("author") or item.get("editor"),
        "issued": item.get("issued"),
        "source": item.get("container-title") or item.get("publisher"),
        "title": item.get("title"),
        "accessed": accessed or item.get("accessed"),
        "url": address,
        "qualifications": qualifications,
        "page": item.get("page") or any(locators),
    }
    absent = {*not_given} | ({"accessed"} if "url" in not_given and not address else set())
    states = {
        name: State.GIVEN if values[name] else State.NOT_GIVEN if name in absent else State.MISSING
        for name in FIELDS
    }
    return Completeness(tuple(Field(name, FIELDS[name], state) for name, state in states.items()))
