"""What an instructor types about the people of a seminar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from debate.seminars.actions.people import LONGEST_ADDRESS, Standing
from debate.seminars.enums import Role
from debate.seminars.queries.people import PeopleFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from debate.seminars.models import Group


def section_choices(sections: Sequence[Group]) -> list[tuple[str, str]]:
    """The sections as choices of a field."""
    return [(str(one.pk), one.name) for one in sections]


class PeopleFilterForm(forms.Form):
    """Whom the people page shows."""

    q = forms.CharField(
        label="Name", required=False, max_length=200, widget=forms.TextInput({"type": "search"})
    )
    role = forms.ChoiceField(
        label="Role", required=False, choices=[("", "Any role"), *Role.choices]
    )
    section = forms.ChoiceField(label="Section", required=False)

    def __init__(self, *args: Any, sections: Sequence[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections = {str(one.pk): one for one in sections}
        if sections:
            choices = [("", "Any section"), *section_choices(sections)]
            self.fields["section"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        else:
            del self.fields["section"]

    def wanted(self) -> PeopleFilter:
        """What is asked for; everybody when it cannot be understood."""
        if not self.is_valid():
            return PeopleFilter()
        cleaned = self.cleaned_data
        section = self.sections.get(cleaned.get("section", ""))
        return PeopleFilter(cleaned["q"], cleaned["role"], section)


class StandingForm(forms.Form):
    """What a member is to be."""

    role = forms.ChoiceField(
        label="Role", choices=Role.choices, widget=forms.RadioSelect, initial=Role.STUDENT
    )
    is_limited = forms.BooleanField(
        label="Limited to sections",
        required=False,
        help_text="For assistants: they act for the sections chosen here only.",
    )
    sections = forms.MultipleChoiceField(
        label="Sections",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="One for a student; any number for an assistant who is limited.",
    )

    def __init__(self, *args: Any, sections: Sequence[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = section_choices(sections)
        self.fields["sections"].choices = choices  # type: ignore[attr-defined]  # a choice field
        if not sections:
            del self.fields["sections"], self.fields["is_limited"]

    def standing(self) -> Standing:
        """The valid input as the actions take it; without sections in the form they stay."""
        cleaned = self.cleaned_data
        if "sections" not in self.fields:
            return Standing(cleaned["role"])
        return Standing(cleaned["role"], cleaned["is_limited"], _ids(cleaned["sections"]))


class AddPersonForm(StandingForm):
    """Somebody to be added."""

    who = forms.CharField(
        label="Username or e-mail address",
        max_length=LONGEST_ADDRESS,
        help_text="Somebody without an account becomes a member when he or she first signs in with "
        "this address confirmed. No e-mail is sent.",
        widget=forms.TextInput({"autocapitalize": "none", "spellcheck": "false"}),
    )
    field_order = ("who", "role", "is_limited", "sections")


def _ids(given: list[str]) -> tuple[UUID, ...]:
    return tuple(UUID(one) for one in given)
