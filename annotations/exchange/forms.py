"""A file to take in, and the same file once it has been looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core import signing

from annotations.exchange.bulk.scope import EXACT, LONGEST_PROJECT, PSEUDONYM, SAFE, SHOWN, Wanted
from annotations.exchange.bulk.writing import BULK
from annotations.exchange.formats.registry import READABLE
from annotations.exchange.formats.strict import LARGEST
from debate.core.errors import DomainError

if TYPE_CHECKING:
    from uuid import UUID

_SALT = "exchange.import"
_DAY = 86_400
TOO_LARGE = f"This is larger than the {LARGEST // 1_000_000} MB that are taken."


class ImportForm(forms.Form):
    """Which file, and what it is."""

    file = forms.FileField(label="The file", allow_empty_file=True)
    format = forms.ChoiceField(
        label="What it is",
        required=False,
        choices=[
            ("", "Find out by itself"),
            *((name, one.title) for name, one in READABLE.items()),
        ],
    )

    def clean_file(self) -> Any:
        """A file that is not too large."""
        upload = self.cleaned_data["file"]
        if upload.size > LARGEST:
            raise forms.ValidationError(TOO_LARGE)
        return upload


class TakeForm(forms.Form):
    """What is taken away, and how; `assignment` or `seminar` name it, else it is one's own."""

    assignment = forms.UUIDField(required=False, widget=forms.HiddenInput)
    seminar = forms.UUIDField(required=False, widget=forms.HiddenInput)
    format = forms.ChoiceField(label="As")
    authors = forms.ChoiceField(
        label="People",
        required=False,
        choices=[(SHOWN, "As they are shown to you"), (PSEUDONYM, "Under pseudonyms")],
    )
    project = forms.CharField(
        label="Project of the pseudonyms",
        required=False,
        max_length=LONGEST_PROJECT,
        help_text="The same person has the same pseudonym within it, and another one elsewhere.",
    )
    cells = forms.ChoiceField(
        label="Cells of tables",
        required=False,
        choices=[(EXACT, "Exact, for programs"), (SAFE, "Safe to open in a spreadsheet")],
    )

    def __init__(self, *args: Any, of_an_assignment: bool, **rest: Any) -> None:
        super().__init__(*args, **rest)
        field: Any = self.fields["format"]
        field.choices = [
            (one.name, one.title)
            for one in BULK.values()
            if of_an_assignment or not one.is_document
        ]

    def clean(self) -> dict[str, Any]:
        """The options that belong to the format, as `wanted`."""
        data = super().clean() or {}
        asked = {name: data.get(name, "") for name in ("format", "authors", "project", "cells")}
        if asked["format"] != "tables":
            asked["cells"] = EXACT
        if asked["authors"] != PSEUDONYM:
            asked["project"] = ""
        if not self.errors:
            try:
                self.wanted = Wanted.read(asked)
            except DomainError as error:
                self.add_error(error.field, error.sentence)
        return data


class ConfirmForm(forms.Form):
    """The file as it was looked at: whoever sees the preview sends back what it was made of."""

    kept = forms.CharField(widget=forms.HiddenInput)

    def file(self, assignment_id: UUID) -> tuple[str, str, bytes] | None:
        """Format, file name and content; None for what was not looked at here, or long ago."""
        try:
            kept = signing.loads(self.cleaned_data["kept"], salt=_SALT, max_age=_DAY)
        except signing.BadSignature:
            return None
        if kept["assignment"] != str(assignment_id):
            return None
        return kept["format"], kept["name"], kept["content"].encode()


def keep(assignment_id: UUID, *, format_name: str, name: str, content: bytes) -> str:
    """The file as the page carries it to the next step, packed and signed."""
    kept = {
        "assignment": str(assignment_id),
        "format": format_name,
        "name": name,
        "content": content.decode("utf-8-sig"),
    }
    return signing.dumps(kept, salt=_SALT, compress=True)
