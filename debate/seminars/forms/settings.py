"""What an instructor types about a seminar as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from debate.accounts.forms import time_zone_choices

if TYPE_CHECKING:
    from datetime import date

    from debate.seminars.models import Seminar

EARLIEST, LATEST = 2000, 2150


class SettingsForm(forms.Form):
    """How a seminar is called, and what is allowed in it."""

    title = forms.CharField(label="Title", max_length=200)
    description = forms.CharField(
        label="Description",
        required=False,
        max_length=5_000,
        widget=forms.Textarea,
        help_text="Stands on the seminar’s page. Markdown works here.",
    )
    time_zone = forms.ChoiceField(
        label="Time zone", choices=time_zone_choices, help_text="Due dates are meant in it."
    )
    allows_public = forms.BooleanField(
        label="Annotations of public essays may be made public",
        required=False,
        help_text="Their authors decide. When this is taken back, they stay within the seminar.",
    )
    students_make_groups = forms.BooleanField(
        label="Students make reading groups and join open ones",
        required=False,
        help_text="Whoever is in a group reads what is written for it.",
    )
    asks_consent = forms.BooleanField(
        label="Members are asked if their words may go into research",
        required=False,
        help_text="Exports under pseudonyms then hold the words of those alone who say yes.",
    )


def initial_of(seminar: Seminar) -> dict[str, Any]:
    """The form's first state."""
    return {name: getattr(seminar, name) for name in SettingsForm.base_fields}


class CopyForm(forms.Form):
    """A seminar copied to a new term."""

    title = forms.CharField(label="Title of the new seminar", max_length=200)
    starts_on = forms.DateField(
        label="The term starts on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="The first assignment opens that day, the others as many days later as they did.",
    )

    def clean_starts_on(self) -> date:
        """A day within reach of the calendar's arithmetic."""
        day: date = self.cleaned_data["starts_on"]
        if not EARLIEST <= day.year <= LATEST:
            raise forms.ValidationError(f"Please give a year from {EARLIEST} to {LATEST}.")
        return day
