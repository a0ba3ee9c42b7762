"""What is typed to invite people, and to come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from debate.seminars.actions.invitations import MOST_USES
from debate.seminars.enums import Role
from debate.seminars.forms.people import section_choices
from debate.seminars.models import Invitation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from debate.seminars.models import Group

LONGEST_CODE = 40


class InvitationForm(forms.Form):
    """An invitation to be made."""

    role = forms.ChoiceField(label="Who comes in is", choices=Role.choices, initial=Role.STUDENT)
    section = forms.ChoiceField(
        label="Section",
        required=False,
        help_text="Students belong to it; assistants are limited to it.",
    )
    most_uses = forms.IntegerField(
        label="How many people may use it",
        required=False,
        min_value=1,
        max_value=MOST_USES,
        help_text="1 for a single person. Leave it empty for any number.",
    )
    days = forms.IntegerField(
        label="Days until it expires",
        min_value=1,
        max_value=Invitation.LONGEST_DAYS,
        initial=Invitation.LONGEST_DAYS,
        help_text=f"1 to {Invitation.LONGEST_DAYS}.",
    )

    def __init__(self, *args: Any, sections: Sequence[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "None"), *section_choices(sections)]
        self.fields["section"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        if not sections:
            del self.fields["section"]

    def given(self) -> dict[str, Any]:
        """The valid input as the action takes it."""
        cleaned = dict(self.cleaned_data)
        section = cleaned.pop("section", "")
        return {**cleaned, "section_id": UUID(section) if section else None}


class JoinForm(forms.Form):
    """The short code of an invitation."""

    code = forms.CharField(
        label="Code",
        max_length=LONGEST_CODE,
        help_text="Ten letters and digits, such as AB2CD-EF3GH. Capitals and the hyphen do not matter.",
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
