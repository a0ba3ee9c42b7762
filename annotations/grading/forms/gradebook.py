"""What staff ask to see of a gradebook, what they take of it, and the file they want filled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from annotations.grading.formats.cells import MOST_BYTES
from annotations.grading.gradebooks import CSV, FORMS, LONGEST_COLUMN
from annotations.grading.queries.gradebook import SORTS, STATES, BookChoice

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_WORDS = 100
RELEASED, ALL = "released", "all"
WHICH = {RELEASED: "Released ones", ALL: "All, as they stand"}


def book_choice(query: Mapping[str, str]) -> BookChoice:
    """The choice that the address makes; what is no choice is passed over."""
    state = query.get("state", "")
    return BookChoice(
        section=query.get("section", ""),
        state=state if state in STATES else "",
        words=query.get("q", "").replace("\x00", "").strip()[:LONGEST_WORDS],
        sort=query.get("sort", "") or "name",
    )


def line_choice(query: Mapping[str, str]) -> dict[str, str]:
    """The same of one assignment's gradebook: state and order."""
    state, sort = query.get("state", ""), query.get("sort", "")
    return {"state": state if state in STATES else "", "sort": sort if sort in SORTS else ""}


class TakeForm(forms.Form):
    """Which grades are taken away, in which form."""

    form = forms.ChoiceField(label="As", choices=list(FORMS.items()), initial=CSV, required=False)
    grades = forms.ChoiceField(
        label="Which grades", choices=list(WHICH.items()), initial=RELEASED, required=False
    )
    bom = forms.BooleanField(
        label="With a byte order mark", required=False, help_text="Excel wants it in a CSV file."
    )
    column = forms.CharField(
        label="What Canvas calls the assignment",
        required=False,
        max_length=LONGEST_COLUMN,
        help_text="For Canvas: paste the name of the column, with its number, from a file that "
        "Canvas gave out. Without it Canvas makes a new assignment. It is not kept here.",
    )

    def __init__(self, *args: Any, is_of_seminar: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_of_seminar:
            del self.fields["column"]
            forms_ = [pair for pair in FORMS.items() if pair[0] != "canvas"]
            self.fields["form"].choices = forms_  # type: ignore[attr-defined]  # of a ChoiceField

    def clean_form(self) -> str:
        """A table where nothing is said."""
        return self.cleaned_data["form"] or CSV

    @property
    def released(self) -> bool:
        """Whether only what students read is wanted."""
        return bool(self.cleaned_data["grades"] != ALL)


class UploadForm(forms.Form):
    """The file of a learning management system that is to be filled."""

    file = forms.FileField(
        label="Your file",
        help_text="The gradebook that Canvas or Blackboard gave out, Moodle’s grading worksheet, "
        "or another CSV file with one row a person; at most 5 MB. Nothing of it is kept here.",
    )

    def clean_file(self) -> Any:
        """Of at most 5 MB."""
        given = self.cleaned_data["file"]
        if given.size > MOST_BYTES:
            raise forms.ValidationError("The file is larger than 5 MB.")
        return given


class FillForm(forms.Form):
    """Into which column of the kept file grades go, and how; `digest` is of what was looked at."""

    kept = forms.CharField(widget=forms.HiddenInput)
    digest = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    column = forms.TypedChoiceField(label="Column", coerce=int, empty_value=None, required=False)
    scales = forms.BooleanField(label="Convert to the points that the file says", required=False)
    words = forms.BooleanField(label="Put comments into the file’s column for them", required=False)

    def __init__(self, *args: Any, columns: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Choose a column"), *((str(at), name) for at, name in columns.items())]
        self.fields["column"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField
