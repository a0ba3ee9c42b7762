"""What an instructor types about an assignment; dates stand in the seminar's time zone."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from debate.assignments.actions import ASKED

if TYPE_CHECKING:
    from datetime import tzinfo

    from debate.assignments.models import Assignment

EARLIEST, LATEST = 2000, 2199
DAYS_UNTIL_DUE = 7
MOST_ASKED = 50


def zone_of(name: str) -> tzinfo:
    """The time zone of that name; UTC for a name that this machine does not know."""
    return zoneinfo.ZoneInfo(name) if name in zoneinfo.available_timezones() else UTC


class ZonedDateTimeField(forms.DateTimeField):
    """A moment typed and shown in `zone`, whatever zone the reader's pages stand in."""

    zone: tzinfo = UTC

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """The moment as the clocks of the zone show it."""
        if isinstance(value, datetime):
            return timezone.make_naive(value, self.zone)
        return value

    def to_python(self, value: Any) -> datetime | None:
        """The moment meant by what was typed. Raises ValidationError for no or an absurd date."""
        with timezone.override(self.zone):
            moment = super().to_python(value)
        if moment and not EARLIEST <= moment.year <= LATEST:
            raise forms.ValidationError(f"Please give a year from {EARLIEST} to {LATEST}.")
        return moment


def _count(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_ASKED)


class AssignmentForm(forms.Form):
    """An essay set to its seminar, or what is asked changed later."""

    title = forms.CharField(label="Title", max_length=200)
    instructions = forms.CharField(
        label="Instructions",
        required=False,
        max_length=10_000,
        widget=forms.Textarea,
        help_text="What you ask of the readers. Markdown works here.",
    )
    opens_at = ZonedDateTimeField(label="Opens")
    due_at = ZonedDateTimeField(label="Due", required=False)
    closes_at = ZonedDateTimeField(
        label="Closes",
        required=False,
        help_text="After this nobody but instructors and assistants adds anything. Leave it empty to keep it open.",
    )
    asked_comments = _count("Comments asked of each student")
    asked_counterarguments = _count("Counterarguments")
    asked_evidence = _count("Evidence links")

    def __init__(self, *args: Any, zone: tzinfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, ZonedDateTimeField):
                field.zone = zone

    def given(self) -> dict[str, Any]:
        """The valid input as the actions take it."""
        cleaned = dict(self.cleaned_data)
        asked = {kind: cleaned.pop(f"asked_{kind}") for kind in ASKED}
        return {**cleaned, "asked": asked}


def initial_of(assignment: Assignment) -> dict[str, Any]:
    """The form's first state for an assignment that exists."""
    return {name: getattr(assignment, name) for name in AssignmentForm.base_fields}


def initial_for_new(title: str, zone: tzinfo) -> dict[str, Any]:
    """The form's first state for an essay to be set: open from now, due in a week at night."""
    now = timezone.now().astimezone(zone)
    due = (now + timedelta(days=DAYS_UNTIL_DUE)).replace(hour=23, minute=59)
    return {
        "title": title[:200],
        "opens_at": now,
        "due_at": due,
        "asked_comments": 3,
        "asked_counterarguments": 2,
        "asked_evidence": 2,
    }
