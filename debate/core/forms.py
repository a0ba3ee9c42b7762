"""Forms that tell the refusals of actions beside the field at fault, and keep what was typed.

`RowForm` is a row of an editor without a script of its own: buttons add rows, remove and move them,
the page comes back with everything typed, and a row that was removed can be taken back.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from debate.core.errors import DomainError


def show_refusal(form: forms.BaseForm, error: DomainError) -> None:
    """Add the refusal to the field that it names, or to the form when it names none of its fields.

    Raises the error again when the form has nothing to do with it: what may not be known of or
    done is a page of its own.
    """
    if error.status in {403, 404, 410}:
        raise error
    form.add_error(error.field if error.field in form.fields else None, error.sentence)


class TypedForm(forms.Form):
    """A form that is shown again as it was typed."""

    def typed(self) -> dict[str, Any]:
        """What was typed, as it was typed, to be shown again without being judged."""
        return {
            name: field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            for name, field in self.fields.items()
        }


class RowForm(TypedForm):
    """A row of an editor.

    One that was removed stays in its place with all that was typed, until it is taken back or the
    page is left (components/gone.html); `number` tells the place among the others.
    """

    gone = forms.CharField(required=False, widget=forms.HiddenInput)

    number = 1
    is_last = False

    @property
    def place(self) -> str:
        """What its buttons call it: "1", or "1-0" for a row in a row."""
        return "-".join(re.findall(r"\d+", self.prefix or ""))

    @property
    def is_gone(self) -> bool:
        """Whether it was removed."""
        return bool(self["gone"].value())


Row = TypeVar("Row", bound=RowForm)
Rows = list[dict[str, Any]]


def remaining(places: Sequence[Row]) -> list[Row]:
    """The rows but for those that were removed."""
    return [one for one in places if not one.is_gone]


def count_rows(places: Sequence[RowForm]) -> None:
    """Number the rows, so that those that were removed do not count."""
    number = 1
    for one in places:
        one.number = number
        number += not one.is_gone
    for one in places:
        one.is_last = one.number == number - 1


def room(most: int) -> int:
    """How many rows the page carries where so many count: as many removed ones beside them."""
    return 2 * most


def count_sent(given: str, most: int) -> int:
    """How many rows the page says that it sends, where so many count; none for what is no number."""
    is_number = given.isascii() and given.isdecimal()
    return min(int(given[:9]), room(most)) if is_number else 0


def add_row(rows: Rows, row: dict[str, Any], most: int) -> None:
    """Add the row as it is first shown, unless so many count already."""
    gone = [index for index, one in enumerate(rows) if one.get("gone")]
    if len(rows) - len(gone) >= most:
        return
    if len(rows) >= room(most):
        del rows[gone[0]]
    rows.append(row)


def move_row(rows: Rows, index: int, how: str) -> None:
    """Remove the row, take it back (`undo`), or move it `up` or `down` among those that count."""
    if index >= len(rows):
        return
    if how in {"remove", "undo"}:
        rows[index]["gone"] = "1" if how == "remove" else ""
        return
    step = -1 if how == "up" else 1
    to = index + step
    while 0 <= to < len(rows) and rows[to].get("gone"):
        to += step
    if 0 <= to < len(rows):
        rows.insert(to, rows.pop(index))
