"""What an instructor types about an assignment; dates stand in the seminar's time zone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self, cast

from django import forms
from django.utils import timezone

from debate.assignments.actions import MOST_ASKED, MOST_ROUNDS
from debate.assignments.actions.setting import ASKED
from debate.assignments.forms.rounds import (
    PRESETS,
    USUAL_LENGTH,
    RoundForm,
    initial_of_round,
    preset_rounds,
    shown_round,
)
from debate.assignments.forms.zoned import ZonedDateTimeField, ZonedForm
from debate.assignments.queries import absolute_set_up
from debate.core.forms import (
    Rows,
    add_row,
    count_rows,
    count_sent,
    move_row,
    remaining,
    show_refusal,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from debate.assignments.actions import SetUp
    from debate.assignments.models import Assignment, AssignmentTemplate
    from debate.core.errors import DomainError
    from debate.seminars.models import Group

DAYS_UNTIL_DUE = 7
WHOLE, SOME = "seminar", "groups"


def _count(label: str, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=0, max_value=MOST_ASKED, help_text=help_text, required=False
    )


class AssignmentForm(ZonedForm):
    """An essay set to its seminar, or what is asked changed later, with its rounds.

    `rounds` holds a form for each round, `places` also those that were removed. Without `rounds` in
    the data the rounds stay as they are.
    """

    title = forms.CharField(label="Title", max_length=200)
    instructions = forms.CharField(
        label="Instructions",
        required=False,
        max_length=10_000,
        widget=forms.Textarea,
        help_text="What you ask of the readers; it stands above the essay. Markdown works here.",
    )
    opens_at = ZonedDateTimeField(label="Opens")
    due_at = ZonedDateTimeField(label="Due", required=False)
    closes_at = ZonedDateTimeField(label="Closes", required=False)
    asked_comments = _count("Comments")
    asked_counterarguments = _count("Counterarguments")
    asked_evidence = _count("Evidence links")
    asked_replies = _count("Replies to others")
    asked_paragraphs = _count("Paragraphs to cover")
    audience = forms.ChoiceField(
        label="Who takes part",
        choices=[(WHOLE, "The whole seminar"), (SOME, "Only these groups, and staff")],
        widget=forms.RadioSelect,
        required=False,
    )
    groups = forms.MultipleChoiceField(
        label="Groups", widget=forms.CheckboxSelectMultiple, required=False
    )
    uses_pseudonyms = forms.BooleanField(
        label="Students read one another under aliases",
        required=False,
        help_text="Staff see the names. It cannot be changed once somebody has posted, for a name "
        "that has been read cannot be taken back.",
    )
    requires_approval = forms.BooleanField(
        label="Staff approve what students post",
        required=False,
        help_text="Nobody but staff reads it before, and an edit waits again.",
    )
    resolution = forms.CharField(
        label="Resolution",
        required=False,
        max_length=500,
        help_text="The sentence that is argued for and against, such as “Cities should price water "
        "by use.” Sides are given to people and groups once the assignment is made.",
    )

    def __init__(
        self,
        data: Any = None,
        *,
        zone: tzinfo,
        initial: dict[str, Any],
        rounds: Sequence[dict[str, Any]],
        groups: Sequence[Group],
        is_fixed: bool = False,
    ) -> None:
        super().__init__(data, zone=zone, initial=initial)
        self.available_groups = groups
        self.fields["groups"].choices = [(str(one.pk), one.name) for one in groups]  # type: ignore[attr-defined]  # of a MultipleChoiceField
        if is_fixed:
            self.fields["uses_pseudonyms"].disabled = True
        count = len(rounds) if data is None else count_sent(data.get("rounds", ""), MOST_ROUNDS)
        known = {str(one["id"]): one for one in rounds if one.get("id")}
        self.places = [
            self._round(index, rounds[index] if data is None else known) for index in range(count)
        ]
        beyond = self.rounds[MOST_ROUNDS:]
        self.places = [one for one in self.places if one not in beyond]
        count_rows(self.places)
        for one in self.rounds[1:]:
            one.fields["opens_at"].required = True

    @property
    def rounds(self) -> list[RoundForm]:
        """Its rounds but for those that were removed."""
        return remaining(self.places)

    def _round(self, index: int, values: dict[str, Any]) -> RoundForm:
        """The form of that round; of one that was sent, what is kept is found by its id."""
        prefix = f"rounds-{index}"
        if self.is_bound:
            values = values.get(self.data.get(f"{prefix}-id", ""), {})
        return RoundForm(
            self.data if self.is_bound else None, prefix=prefix, zone=self.zone, initial=values
        )

    def is_valid(self) -> bool:
        """Whether it and all its rounds are."""
        return all([super().is_valid(), *(one.is_valid() for one in self.rounds)])

    @property
    def has_errors(self) -> bool:
        """Whether something of it or of its rounds has to be mended."""
        return bool(self.errors) or any(one.errors for one in self.rounds)

    @property
    def has_plain_rounds(self) -> bool:
        """Whether there is nothing about its rounds that one would look for."""
        return len(self.places) < 2 and all(  # noqa: PLR2004 - one round
            one["mode"].value() == "open" and not one.errors for one in self.rounds
        )

    @property
    def has_several_rounds(self) -> bool:
        """Whether one of its rounds may go."""
        return len(self.rounds) > 1

    @property
    def may_add_round(self) -> bool:
        """Whether there is room for one more round."""
        return len(self.rounds) < MOST_ROUNDS

    @property
    def is_for_groups(self) -> bool:
        """Whether only some groups are chosen to take part."""
        return bool(self["audience"].value() == SOME)

    @property
    def has_chosen_people(self) -> bool:
        """Whether there is something to see about who takes part."""
        return self.is_for_groups or "groups" in self.errors

    @property
    def has_chosen_names(self) -> bool:
        """Whether there is something to see about names and approval."""
        chosen = ("uses_pseudonyms", "requires_approval")
        return any(self[name].value() or name in self.errors for name in chosen)

    @property
    def has_resolution(self) -> bool:
        """Whether there is something to see about the resolution."""
        return bool(self["resolution"].value()) or "resolution" in self.errors

    def given(self) -> SetUp:
        """The valid input as the actions take it."""
        cleaned = dict(self.cleaned_data)
        given: dict[str, Any] = {
            "asked": {what: cleaned.pop(f"asked_{what}") or 0 for what in ASKED},
            "is_for_groups": cleaned.pop("audience") == SOME,
            "group_ids": cleaned.pop("groups"),
        }
        if self.rounds:
            given["rounds"] = [one.given() for one in self.rounds]
        return cast("SetUp", {**cleaned, **given})

    def show_refusal(self, error: DomainError) -> None:
        """Show the action's refusal at the field, also at that of a round."""
        place = error.field.split(".")
        if place[0] == "rounds" and len(place) > 2:  # noqa: PLR2004 - rounds, which, what
            form = self.rounds[int(place[1])] if self.rounds else self
            error.field = place[2]
            return show_refusal(form, error)
        error.field = "_".join(place)
        return show_refusal(self, error)

    # -- rounds added, removed or replaced, with everything typed kept ---------------------------

    @property
    def is_rearranged(self) -> bool:
        """Whether a button was pressed that changes the list of rounds, and saves nothing."""
        return any(
            name in self.data for name in ("add_round", "remove_round", "undo_round", "preset")
        )

    def rearranged(self) -> Self:
        """The form with the rounds that were asked for, and what was typed; nothing is judged."""
        rounds = [one.typed() for one in self.places]
        preset = self.data.get("preset", "")
        if preset in PRESETS:
            rounds = self._preset(preset, [one.typed() for one in self.rounds])
        elif "add_round" in self.data:
            name = f"Round {len(self.rounds) + 1}"
            add_row(rounds, shown_round({"name": name, "mode": "open"}), MOST_ROUNDS)
        else:
            self._move(rounds)
        return type(self)(
            zone=self.zone,
            initial=self.typed(),
            rounds=rounds,
            groups=self.available_groups,
            is_fixed=self.fields["uses_pseudonyms"].disabled,
        )

    def _move(self, rounds: Rows) -> None:
        """Remove a round or take one back, as long as one is left and no more than fit in."""
        how = "undo" if "undo_round" in self.data else "remove"
        fits = self.may_add_round if how == "undo" else self.has_several_rounds
        given = self.data.get(f"{how}_round", "")
        if fits and given in [str(index) for index in range(len(rounds))]:
            move_row(rounds, int(given), how)

    def _preset(self, name: str, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rounds of the preset; the first ones keep their rows, in which something may stand."""
        opens = self._moment("opens_at") or timezone.now()
        asked = {what: self.data.get(f"asked_{what}") for what in ASKED}
        rounds = preset_rounds(name, opens, self._moment("due_at"), asked, self.zone)
        for one, row in zip(rounds, before, strict=False):
            one["id"] = row["id"]
        return rounds

    def _moment(self, name: str) -> datetime | None:
        try:
            moment: datetime | None = self.fields[name].clean(self.data.get(name))
        except forms.ValidationError:
            return None
        return moment


def initial_of(assignment: Assignment) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The first state of form and rounds for an assignment that exists. Takes 2 queries."""
    fields = {name: getattr(assignment, name, None) for name in AssignmentForm.base_fields}
    fields["audience"] = SOME if assignment.is_for_groups else WHOLE
    fields["groups"] = [str(group.pk) for group in assignment.groups.all()]
    return fields, [initial_of_round(one) for one in assignment.rounds.all()]


def initial_for_new(
    title: str, zone: tzinfo, template: AssignmentTemplate | None = None
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The first state for an essay to be set: open from now, due in a week at night.

    With a template, what was kept in it.
    """
    now = timezone.now().astimezone(zone)
    due = (now + timedelta(days=DAYS_UNTIL_DUE)).replace(hour=23, minute=59)
    fields = {
        "title": title[:200],
        "opens_at": now,
        "due_at": due,
        "asked_comments": 3,
        "asked_counterarguments": 2,
        "asked_evidence": 2,
        "asked_replies": 0,
        "asked_paragraphs": 0,
        "audience": WHOLE,
    }
    if template is None:
        return fields, preset_rounds("open", now, now + USUAL_LENGTH, {}, zone)
    kept, rounds = absolute_set_up(template.setup, now, zone)
    return {**fields, **kept}, [shown_round(one) for one in rounds]
