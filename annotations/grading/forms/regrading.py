"""Forms of requests to look at a grade again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from annotations.grading.actions.requests import MESSAGE_LENGTH

if TYPE_CHECKING:
    from collections.abc import Mapping

WHOLE = ("", "The whole grade")


class AskForm(forms.Form):
    """About which criterion, and why."""

    criterion = forms.ChoiceField(label="About", required=False)
    body = forms.CharField(
        label="What should be looked at again, and why",
        max_length=MESSAGE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": MESSAGE_LENGTH, "dir": "auto"}),
        help_text="Say where in your contributions the criterion is met.",
    )

    def __init__(self, *args: Any, criteria: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["criterion"].choices = [*criteria.items(), WHOLE]  # type: ignore[attr-defined]  # a choice field

    @property
    def key(self) -> UUID | None:
        """The criterion; None for the whole."""
        chosen = self.cleaned_data["criterion"]
        return UUID(chosen) if chosen else None


class SettleForm(forms.Form):
    """What is said in a request, and what comes of it; the actions judge the rest."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**9)
    body = forms.CharField(
        label="Message",
        required=False,
        max_length=MESSAGE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": MESSAGE_LENGTH, "dir": "auto"}),
    )
    adjustment = forms.DecimalField(
        label="Adjustment of the grade from now on",
        required=False,
        max_digits=7,
        decimal_places=2,
        help_text="Leave it empty where you have reopened and marked the work again.",
    )
