"""What markers ask to see of the queue, and how works are split among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from annotations.grading.enums import GradeState, MarkRole
from annotations.grading.queries.queue import SORTS, STATES, QueueChoice
from annotations.grading.queries.splitting import (
    fields_of,
    kept_of,
    planned_split,
    roles_of,
    split_by_section,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from annotations.grading.models import GradingPlan
    from annotations.grading.queries.queue import QueueRow
    from debate.seminars.models import Group, Membership

PICK = "work-"
WAYS = [
    ("even", "Evenly, by chance"),
    ("section", "By section"),
    ("hand", "The works I tick"),
]


def queue_choice(query: Mapping[str, str]) -> QueueChoice:
    """The choice that the address makes; what is no choice is passed over."""
    state, sort = query.get("state", ""), query.get("sort", "")
    return QueueChoice(
        state=state if state in STATES else "",
        section=query.get("section", ""),
        marker=query.get("marker", ""),
        held="1" if query.get("held") == "1" else "",
        changed="1" if query.get("changed") == "1" else "",
        late="1" if query.get("late") == "1" else "",
        sort=sort if sort in SORTS else "",
    )


class SplitForm(forms.Form):
    """Which works go to whom: evenly, by section, or by hand."""

    role = forms.ChoiceField(label="As which marker")
    way = forms.ChoiceField(label="How", choices=WAYS, widget=forms.RadioSelect, initial="even")
    markers = forms.MultipleChoiceField(
        label="Among whom", required=False, widget=forms.CheckboxSelectMultiple
    )
    marker = forms.ChoiceField(label="To whom", required=False)
    works = forms.MultipleChoiceField(
        label="Works", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        plan: GradingPlan,
        rows: Sequence[QueueRow],
        staff: Sequence[Membership],
        sections: Sequence[Group],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.plan, self.rows, self.sections = plan, rows, sections
        people = [(str(one.user_id), one.user.display_name) for one in staff]
        self._field("role").choices = [(one.value, one.label) for one in roles_of(plan)]
        self._field("markers").choices = people
        self._field("marker").choices = [("", "Nobody in particular"), *people]
        if not sections:
            self._field("way").choices = [one for one in WAYS if one[0] != "section"]
        movable = [row for row in rows if row.state != GradeState.RELEASED]
        self._field("works").choices = [(str(row.id), row.name) for row in movable]
        for section in sections:
            self.fields[f"section-{section.pk}"] = forms.ChoiceField(
                label=section.name, required=False, choices=[("", "Stays as it is"), *people]
            )

    def _field(self, name: str) -> Any:
        return self.fields[name]

    @property
    def section_fields(self) -> list[forms.BoundField]:
        """One choice of a marker for each section."""
        return [self[f"section-{one.pk}"] for one in self.sections]

    def clean(self) -> dict[str, Any]:
        """Somebody is named, in the way that was chosen."""
        given = super().clean() or {}
        if given.get("way") == "even" and not given.get("markers"):
            self.add_error("markers", "Choose at least one person.")
        if given.get("way") == "hand" and not given.get("works"):
            self.add_error("works", "Tick at least one work.")
        if given.get("way") == "section" and not any(
            given.get(f"section-{one.pk}") for one in self.sections
        ):
            self.add_error("way", "Choose a marker for at least one section.")
        return given

    def split(self) -> dict[UUID, UUID | None]:
        """Who marks which work, of the valid form; works that stay as they are are left out.

        Takes 1 query but by hand, by section 2.
        """
        given = self.cleaned_data
        role = MarkRole(given["role"])
        works = {row.id: row.work for row in self.rows}
        if given["way"] == "hand":
            marker = UUID(given["marker"]) if given["marker"] else None
            return self._moved(dict.fromkeys(map(UUID, given["works"]), marker), role)
        kept = kept_of(self.plan.assignment_id, role=role)
        if given["way"] == "section":
            chosen = {
                one.pk: UUID(given[f"section-{one.pk}"])
                for one in self.sections
                if given[f"section-{one.pk}"]
            }
            movable = [work for pk, work in works.items() if pk not in kept]
            by_section = split_by_section(self.plan.assignment, movable, chosen, role=role)
            return self._moved(by_section, role)
        markers = [UUID(one) for one in given["markers"]]
        return {**planned_split([*works.values()], markers, role=role, kept=kept)}

    def _moved(self, chosen: Mapping[UUID, UUID | None], role: MarkRole) -> dict[UUID, UUID | None]:
        """What is chosen for works that have another marker now."""
        field, _ = fields_of(role)
        now = {row.id: getattr(row.work, f"{field}_id") for row in self.rows}
        return {work: marker for work, marker in chosen.items() if now[work] != marker}


class SplitPreviewForm(forms.Form):
    """A split as it was shown, to be done: who marks each work, and what it was made from."""

    role = forms.ChoiceField(choices=MarkRole.choices)
    counter = forms.IntegerField()

    def given(self) -> dict[UUID, UUID | None]:
        """Who marks which work, as the hidden fields `work-<id>` say; others are passed over."""
        found: dict[UUID, UUID | None] = {}
        for name, value in self.data.items():
            if name.startswith(PICK):
                work, marker = _uuid(name.removeprefix(PICK)), _uuid(value)
                if work is not None:
                    found[work] = marker
        return found


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
