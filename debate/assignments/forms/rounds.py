"""What an instructor types about a round, and set-ups of rounds to begin with."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms

from debate.assignments.actions import RoundInput
from debate.assignments.actions.rounds import MOST_BEFORE_REVEAL
from debate.assignments.enums import ASKED_KINDS, KIND_PLURALS, POSTED_KINDS, RoundMode
from debate.assignments.forms.zoned import ZonedDateTimeField, ZonedForm
from debate.core.forms import RowForm

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

    from debate.assignments.models import Round

MODES = [
    (RoundMode.OPEN, "Open: everybody reads everybody"),
    (RoundMode.BLIND, "Blind: students read only their own until it ends"),
    (RoundMode.REBUTTAL, "Rebuttal: open, for answering one another"),
    (RoundMode.CLOSED, "Closed: students read, and post nothing"),
]
OPEN = {"name": "Open discussion", "mode": RoundMode.OPEN}
BLIND = {"name": "First reading", "mode": RoundMode.BLIND}
REBUTTAL = {"name": "Rebuttal", "mode": RoundMode.REBUTTAL}
PRESETS: dict[str, tuple[str, tuple[dict[str, Any], ...]]] = {
    "open": ("One open round", (OPEN,)),
    "blind": ("Blind, then open", (BLIND, OPEN)),
    "rebuttal": ("Blind, open, rebuttal", (BLIND, OPEN, REBUTTAL)),
}
ANSWERING = ("counterargument", "evidence", "concession")
USUAL_LENGTH = timedelta(days=7)


class RoundForm(RowForm, ZonedForm):
    """One round of an assignment; the first opens with it, whatever is typed."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label="Name", max_length=100)
    mode = forms.ChoiceField(label="What holds in it", choices=MODES, widget=forms.RadioSelect)
    opens_at = ZonedDateTimeField(label="Opens", required=False)
    reveals_after = forms.IntegerField(
        label="Reveal early after own posts",
        required=False,
        min_value=1,
        max_value=MOST_BEFORE_REVEAL,
        help_text="Whoever has posted so many reads the others at once. Empty: nobody before the "
        "round ends.",
    )
    allowed_kinds = forms.MultipleChoiceField(
        label="Only these kinds",
        choices=[(kind, KIND_PLURALS[kind].capitalize()) for kind in POSTED_KINDS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """A round in which things are posted takes at least one kind."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("mode") != RoundMode.CLOSED and not cleaned.get("allowed_kinds"):
            self.add_error("allowed_kinds", "Tick at least one kind, or let the round be closed.")
        if self.number == 1:
            self.errors.pop("opens_at", None)
            cleaned["opens_at"] = None
        return cleaned

    @property
    def takes_everything(self) -> bool:
        """Whether every kind is ticked, and nothing is wrong with that."""
        return "allowed_kinds" not in self.errors and len(
            self["allowed_kinds"].value() or ()
        ) == len(POSTED_KINDS)

    def given(self) -> RoundInput:
        """The valid input as the actions take it."""
        cleaned = dict(self.cleaned_data)
        del cleaned["gone"]
        return RoundInput(round_id=cleaned.pop("id"), **cleaned)


def initial_of_round(one: Round) -> dict[str, Any]:
    """The form's first state for a round that exists."""
    return shown_round(
        {
            "id": one.pk,
            "name": one.name,
            "mode": one.mode,
            "opens_at": one.opens_at,
            "reveals_after": one.reveals_after,
            "allowed_kinds": one.allowed_kinds,
        }
    )


def shown_round(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a round with every kind ticked where all are allowed."""
    return {**values, "allowed_kinds": list(values.get("allowed_kinds") or POSTED_KINDS)}


def preset_rounds(
    name: str, opens: datetime, due: datetime | None, asked: Mapping[str, Any], zone: tzinfo
) -> list[dict[str, Any]]:
    """The first state of each round of that preset, spread evenly from the opening to the due date.

    Where there are days enough each begins at midnight. A rebuttal takes answers, and what is asked
    for anyway, which no round may forbid.
    """
    _, rounds = PRESETS[name]
    span = max((due or opens + USUAL_LENGTH) - opens, timedelta(minutes=len(rounds)))
    wanted = [kind for what, kind in ASKED_KINDS.items() if str(asked.get(what) or "0") != "0"]
    filled = []
    for index, one in enumerate(rounds):
        moment = (opens + span * index / len(rounds)).astimezone(zone)
        if index and span >= timedelta(days=len(rounds)):
            moment = moment.replace(hour=0, minute=0)
        kinds = {*ANSWERING, *wanted} if one["mode"] == RoundMode.REBUTTAL else POSTED_KINDS
        filled.append(
            {
                **one,
                "opens_at": moment.replace(second=0, microsecond=0) if index else None,
                "allowed_kinds": [kind for kind in POSTED_KINDS if kind in kinds],
            }
        )
    return filled
