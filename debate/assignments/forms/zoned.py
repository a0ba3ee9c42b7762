"""Moments typed by the clocks of the seminar's time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from debate.core.forms import TypedForm

if TYPE_CHECKING:
    from datetime import tzinfo

EARLIEST, LATEST = 2000, 2199
TYPED = "%Y-%m-%dT%H:%M"


class ZonedDateTimeField(forms.DateTimeField):
    """A moment typed and shown in `zone`, whatever zone the reader's pages stand in.

    `kept` is the moment that the field showed first: left as it was, it keeps its seconds, and it
    may lie in the hour that exists twice.
    """

    zone: tzinfo = UTC
    kept: datetime | None = None

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=TYPED)
        super().__init__(widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """The moment as the clocks of the zone show it."""
        if isinstance(value, datetime) and timezone.is_aware(value):
            return timezone.make_naive(value, self.zone)
        return value

    def to_python(self, value: Any) -> datetime | None:
        """The moment meant by what was typed.

        Raises ValidationError for no or an absurd date, and for a time of the night in which the
        clocks change that the clocks skip or show twice: which one is meant is told, not guessed.
        """
        if self.kept and value == timezone.make_naive(self.kept, self.zone).strftime(TYPED):
            return self.kept
        with timezone.override(UTC):
            typed = super().to_python(value)
        if typed is None:
            return None
        if not EARLIEST <= typed.year <= LATEST:
            raise forms.ValidationError(f"Please give a year from {EARLIEST} to {LATEST}.")
        return self._in_zone(typed.replace(tzinfo=None))

    def _in_zone(self, local: datetime) -> datetime:
        first, second = (local.replace(tzinfo=self.zone, fold=fold) for fold in (0, 1))
        if first.utcoffset() == second.utcoffset():
            return first.astimezone(UTC)
        shown = f"{local:%H:%M} on {local.day} {local:%B %Y}"
        if first.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) != local:
            raise forms.ValidationError(
                f"The clocks skip {shown} in this time zone. Please choose an hour later."
            )
        raise forms.ValidationError(
            f"The clocks show {shown} twice in this time zone. Please choose a time before or after "
            "that hour."
        )


class ZonedForm(TypedForm):
    """A form whose moments stand in one time zone."""

    def __init__(self, *args: Any, zone: tzinfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        for name, field in self.fields.items():
            if isinstance(field, ZonedDateTimeField):
                shown = self.initial.get(name)
                field.zone = zone
                field.kept = shown if isinstance(shown, datetime) else None
