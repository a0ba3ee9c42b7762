"""Forms of second marking and moderation: what was agreed, who judges, what a moderator found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from annotations.grading.actions.moderation import NOTE_LENGTH
from annotations.grading.enums import SampleOutcome
from annotations.grading.forms.grades import ReasonForm

if TYPE_CHECKING:
    from collections.abc import Sequence


class AgreeForm(ReasonForm):
    """The value that was agreed, and why."""

    points = forms.DecimalField(label="Agreed value", max_digits=7, decimal_places=2)
    field_order = ["version", "points", "reason"]


class ThirdForm(forms.Form):
    """Who is asked for a third mark; nobody takes the question back."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**9)
    marker = forms.TypedChoiceField(label="Third marker", required=False, empty_value=None)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["marker"]
        field.choices = [("", "Nobody"), *people]


class OutcomeForm(forms.Form):
    """What a moderator found of a work."""

    sample = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**9)
    outcome = forms.ChoiceField(
        label="Outcome", choices=SampleOutcome.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": NOTE_LENGTH, "dir": "auto"}),
        help_text="A concern needs one. Markers and the external examiner read it.",
    )


class FlagForm(forms.Form):
    """Which work is put into the sample by hand."""

    work = forms.ChoiceField(label="Add a work")

    def __init__(self, *args: Any, works: Sequence[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["work"]
        field.choices = [("", "Choose a work"), *((str(pk), name) for pk, name in works)]
