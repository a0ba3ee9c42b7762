"""A roster as a file or as text."""

from __future__ import annotations

from typing import Any

from django import forms

from debate.core.errors import DomainError
from debate.seminars import rosters
from debate.seminars.enums import Role


class RosterForm(forms.Form):
    """The people of a roster; of file and text, the file counts."""

    file = forms.FileField(
        label="CSV file",
        required=False,
        allow_empty_file=True,
        help_text=f"At most {rosters.MOST_LINES:,} lines, 1 MiB.",
        widget=forms.ClearableFileInput({"accept": ".csv,.tsv,.txt,text/csv,text/plain"}),
    )
    text = forms.CharField(
        label="Or paste it",
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": "8", "spellcheck": "false"}),
        help_text="The first line names the columns, in any order: email, and if you like name, "
        "role and section. Commas, semicolons and tabs all work; so does a plain list of addresses.",
    )
    role = forms.ChoiceField(
        label="Role of lines that name none", choices=Role.choices, initial=Role.STUDENT
    )

    encoding = "utf-8"

    def clean(self) -> dict[str, Any]:
        """The text of the roster, wherever it came from."""
        cleaned = super().clean() or self.cleaned_data
        file = cleaned.pop("file", None)
        if file is not None:
            try:
                cleaned["text"], self.encoding = rosters.decode(file.read(rosters.MOST_BYTES + 1))
            except DomainError as error:
                self.add_error("file", error.sentence)
        elif not cleaned.get("text", "").strip() and "text" not in self.errors:
            self.add_error("text", "Please choose a file, or paste the lines.")
        return cleaned


class RosterApplyForm(forms.Form):
    """A roster that was looked at, and the mark of what it was said to do."""

    text = forms.CharField(label="The lines", strip=False, widget=forms.Textarea({"rows": "8"}))
    role = forms.ChoiceField(label="Role of lines that name none", choices=Role.choices)
    mark = forms.CharField(max_length=64, widget=forms.HiddenInput)
