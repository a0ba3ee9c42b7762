"""The last screen on which a seminar is made: what it is called, and what is asked, by default."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from debate.accounts.forms import time_zone_choices
from debate.assignments.actions import MOST_ASKED
from debate.assignments.forms.zoned import ZonedDateTimeField, ZonedForm
from debate.assignments.queries import zone_of

if TYPE_CHECKING:
    from collections.abc import Mapping

DAYS_UNTIL_DUE = 7
ASKED = {"comments": 3, "counterarguments": 2, "evidence": 2}


def _count(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_ASKED, required=False)


class FoundingForm(ZonedForm):
    """A seminar to be made: all but its title may stay as it is."""

    title = forms.CharField(
        label="Title of the seminar",
        max_length=200,
        help_text="What your students know it by, such as “Policy and argument, spring”.",
    )
    time_zone = forms.ChoiceField(
        label="Time zone", choices=time_zone_choices, help_text="Dates are meant in it."
    )
    assignment_title = forms.CharField(
        label="Title of the assignment", max_length=200, required=False
    )
    due_at = ZonedDateTimeField(
        label="Due", required=False, help_text="In the seminar’s time zone. It is open from now."
    )
    asked_comments = _count("Comments")
    asked_counterarguments = _count("Counterarguments")
    asked_evidence = _count("Evidence links")
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, initial: dict[str, Any]) -> None:
        chosen = (data or {}).get("time_zone") or initial["time_zone"]
        super().__init__(data, initial=initial, zone=zone_of(str(chosen)))

    def given(self) -> dict[str, Any]:
        """The valid input as `found_seminar` takes it; a count left empty asks for none."""
        cleaned = dict(self.cleaned_data)
        asked = {what: cleaned.pop(f"asked_{what}") or 0 for what in ASKED}
        return {**cleaned, "asked": asked}


def initial_for(essay_title: str, time_zone: str, version: int) -> dict[str, Any]:
    """The form's first state: due in a week at night, with the usual counts."""
    now = timezone.now().astimezone(zone_of(time_zone))
    due = now + timedelta(days=DAYS_UNTIL_DUE)
    return {
        "time_zone": time_zone,
        "assignment_title": essay_title[:200],
        "due_at": due.replace(hour=23, minute=59, second=0, microsecond=0),
        "version": version,
        **{f"asked_{what}": count for what, count in ASKED.items()},
    }
