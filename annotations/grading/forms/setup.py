"""What an instructor types about how an assignment is graded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms

from annotations.grading.actions.plans import MOST_DAYS, MOST_HOURS, MOST_POINTS
from annotations.grading.enums import (
    AgreementRule,
    LateInterval,
    LateOwner,
    LateRule,
    MarkingMode,
    ReleaseMode,
)
from debate.assignments.forms.zoned import ZonedDateTimeField, ZonedForm
from debate.core.forms import show_refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from annotations.grading.actions.plans import PlanInput
    from annotations.grading.models import GradingPlan
    from annotations.grading.queries.plans import Target
    from debate.core.errors import DomainError

REASON_LENGTH = 1000


def _number(label: str, help_text: str = "", *, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=0,
        max_value=MOST_POINTS,
        decimal_places=2,
        help_text=help_text,
    )


def _whole(label: str, most: int, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=most, help_text=help_text)


def _choice(label: str, words: Any, help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=words.choices, widget=forms.RadioSelect, help_text=help_text
    )


class PlanForm(ZonedForm):
    """How an assignment is graded; without `version` it is set up, else changed."""

    rubric = forms.ChoiceField(label="Rubric", required=False)
    points = _number(
        "Points in all", "Empty: what the rubric gives. Else what it gives is scaled to this.",
        required=False,
    )  # fmt: skip
    is_blind = forms.BooleanField(
        label="Markers do not learn whose work they mark",
        required=False,
        help_text="Every page, file and answer of a program shows an alias instead of a name.",
    )
    marking_mode = _choice("Who marks", MarkingMode)
    tolerance = _number(
        "Two marks may differ by", "In points. If they differ by more, somebody decides."
    )
    agreement_rule = _choice("Marks within that give", AgreementRule)
    sample_percent = _whole("Percent in the sample", 100)
    sample_least = _whole("At least so many works", 1000)
    pass_percent = _whole(
        "Percent to pass", 100, "Works below it fail, and belong to the moderator’s sample."
    )
    release_mode = _choice("Students see grades", ReleaseMode)
    release_at = ZonedDateTimeField(label="Time of the release", required=False)
    late_owner = _choice(
        "Who takes points off for lateness",
        LateOwner,
        "One alone: what is taken off here and in the other system too would count twice.",
    )
    late_rule = _choice("What lateness costs", LateRule)
    late_percent = _number("Percent off")
    late_interval = forms.ChoiceField(label="Counted in", choices=LateInterval.choices)
    late_floor = _number("Lowest percent left")
    regrade_days = _whole(
        "Days to ask for another look", MOST_DAYS, "Counted from the release; 0: nobody asks."
    )
    regrade_wait_hours = _whole(
        "Hours to wait before asking",
        MOST_HOURS,
        "So that a grade is read before it is questioned.",
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label="Why", required=False, max_length=REASON_LENGTH)

    def __init__(
        self, data: Any = None, *, rubrics: Sequence[tuple[UUID, str]], **options: Any
    ) -> None:
        super().__init__(data, **options)
        chosen = [(str(pk), title) for pk, title in rubrics]
        self.fields["rubric"].choices = [("", "None yet"), *chosen]  # type: ignore[attr-defined]  # of a ChoiceField

    def given(self) -> PlanInput:
        """The valid input as the actions take it."""
        cleaned = dict(self.cleaned_data)
        for name in ("version", "reason"):
            cleaned.pop(name, None)
        given = cast("PlanInput", cleaned)
        given["rubric_id"] = cleaned.pop("rubric") or None
        return given

    def refuse(self, error: DomainError) -> None:
        """Show an action's refusal at its field."""
        show_refusal(self, error)


def initial_of(plan: GradingPlan) -> dict[str, Any]:
    """The form's first state for a plan, or for one by default."""
    shown = {name: getattr(plan, name, None) for name in PlanForm.base_fields}
    version = plan.rubric_version
    return shown | {"rubric": str(version.rubric_id) if version else ""}


class ReasonForm(forms.Form):
    """Why something is done that is kept with its reason."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label="Why", required=False, max_length=REASON_LENGTH)


class ApplyForm(forms.Form):
    """Which other assignments are graded alike."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    assignments = forms.TypedMultipleChoiceField(
        label="Assignments", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, targets: Sequence[Target], **options: Any) -> None:
        super().__init__(data, **options)
        self.targets = {str(one.assignment.pk): one for one in targets if not one.is_collected}
        self.fields["assignments"].choices = [(pk, _told(one)) for pk, one in self.targets.items()]  # type: ignore[attr-defined]  # of a choice field

    def chosen(self) -> list[UUID]:
        """The assignments that were ticked."""
        return [self.targets[pk].assignment.pk for pk in self.cleaned_data["assignments"]]


def _told(one: Target) -> str:
    what = "its set-up is replaced" if one.plan else "not set up yet"
    return f"{one.assignment.title} ({what})"
