"""What an instructor types about single students: own dates, more days, sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from debate.assignments.actions import MOST_EXTRA_DAYS
from debate.assignments.enums import Position, ReasonCode
from debate.assignments.forms.zoned import ZonedDateTimeField, ZonedForm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from debate.accounts.models import User
    from debate.seminars.models import Group

UNSAID = ("", "Not said")


class ExtensionForm(ZonedForm):
    """Other dates for one student."""

    due_at = ZonedDateTimeField(label="Due", required=False)
    closes_at = ZonedDateTimeField(
        label="Closes",
        required=False,
        help_text="Empty: it does not close for them before their own due date.",
    )
    reason_code = forms.ChoiceField(
        label="Reason",
        choices=ReasonCode.choices,
        initial=ReasonCode.CIRCUMSTANCES,
        widget=forms.RadioSelect,
        help_text="The student and instructors read it; assistants read the dates alone.",
    )


class TemplateForm(forms.Form):
    """The name under which a set-up is kept."""

    name = forms.CharField(label="Name", max_length=100)


class AccommodationsForm(forms.Form):
    """How many days each student has more; a field for each."""

    def __init__(
        self, data: Any = None, *, students: Sequence[User], days: Mapping[UUID, int]
    ) -> None:
        super().__init__(data)
        for person in students:
            self.fields[f"days-{person.pk}"] = forms.IntegerField(
                label=person.display_name,
                required=False,
                min_value=0,
                max_value=MOST_EXTRA_DAYS,
                initial=days.get(person.pk),
            )

    def given(self) -> dict[UUID, int]:
        """The valid input: days by person."""
        return {UUID(name[5:]): value or 0 for name, value in self.cleaned_data.items()}


class SidesForm(forms.Form):
    """The side of each group and student; a field for each."""

    def __init__(
        self,
        data: Any = None,
        *,
        groups: Sequence[Group],
        students: Sequence[User],
        said: Mapping[UUID, str],
    ) -> None:
        super().__init__(data)
        self.group_names = [self._add(one.pk, one.name, said) for one in groups]
        self.student_names = [self._add(one.pk, one.display_name, said) for one in students]

    def _add(self, whose: UUID, label: str, said: Mapping[UUID, str]) -> str:
        name = f"side-{whose}"
        self.fields[name] = forms.ChoiceField(
            label=label,
            choices=[UNSAID, *Position.choices],
            required=False,
            initial=said.get(whose, ""),
        )
        return name

    @property
    def group_fields(self) -> list[forms.BoundField]:
        """The fields of the groups."""
        return [self[name] for name in self.group_names]

    @property
    def student_fields(self) -> list[forms.BoundField]:
        """The fields of the students."""
        return [self[name] for name in self.student_names]

    def given(self) -> dict[str, dict[UUID, str]]:
        """The valid input as the action takes it."""
        return {
            "people": self._positions(self.student_names),
            "groups": self._positions(self.group_names),
        }

    def _positions(self, names: Sequence[str]) -> dict[UUID, str]:
        return {UUID(name[5:]): self.cleaned_data[name] for name in names}
