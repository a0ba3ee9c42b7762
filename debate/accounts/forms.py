"""What people type about themselves: sign-up beside what allauth asks for, profile, tokens."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Self

from django import forms

from debate.accounts.enums import Announcements, Face, Highlights, Motion, Scope, Spacing, Theme
from debate.accounts.models import ApiToken
from debate.core.errors import DomainError
from debate.core.moments import time_zones
from debate.core.text import clean_name

if TYPE_CHECKING:
    from django.http import HttpRequest

    from debate.accounts.models import User


class SignupForm(forms.Form):
    """The extra field of the sign-up page; allauth adds username, e-mail and password."""

    name = forms.CharField(
        label="Name", max_length=200, help_text="What the others in your seminars read."
    )

    def clean_name(self) -> str:
        """One line without characters that turn text around."""
        try:
            return clean_name(self.cleaned_data["name"], field="name")
        except DomainError as error:
            raise forms.ValidationError(error.sentence, code=error.code) from error

    def signup(self, request: HttpRequest, user: User) -> None:  # noqa: ARG002 - allauth's signature
        """Keep the name; called by allauth when the account is made."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


@cache
def time_zone_choices() -> list[tuple[str, str]]:
    """The zones that are places, and UTC, in the order of the alphabet."""
    names = sorted(name for name in time_zones() if _is_place(name))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


def _is_place(name: str) -> bool:
    area = name.partition("/")[0]
    return area in {
        "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe",
        "Indian", "Pacific",
    }  # fmt: skip


class ProfileForm(forms.Form):
    """What others read of a person, and the zone in which the person reads times."""

    name = forms.CharField(
        label="Name", max_length=200, help_text="What the others in your seminars read."
    )
    pronouns = forms.CharField(
        label="Pronouns", max_length=40, required=False, help_text="Such as “she/her”."
    )
    pronunciation = forms.CharField(
        label="How your name is said",
        max_length=100,
        required=False,
        help_text="Such as “Nguyen: win”. Instructors and assistants read it before they call you up.",
    )
    time_zone = forms.ChoiceField(
        label="Time zone", choices=time_zone_choices, help_text="Dates and times are shown in it."
    )


class ReadingForm(forms.Form):
    """How the pages look and act for a person."""

    theme = forms.ChoiceField(label="Colours", choices=Theme.choices)
    face = forms.ChoiceField(label="Letters of essays", choices=Face.choices)
    text_size = forms.TypedChoiceField(
        label="Size of essays",
        choices=list(enumerate(["Smallest", "Small", "Normal", "Large", "Largest"], start=1)),
        coerce=int,
    )
    spacing = forms.ChoiceField(label="Distance of lines", choices=Spacing.choices)
    highlights = forms.ChoiceField(
        label="Marked words",
        choices=Highlights.choices,
        help_text="Whose notes colour the words that they are about.",
    )
    motion = forms.ChoiceField(label="Movement", choices=Motion.choices)
    announcements = forms.ChoiceField(
        label="Say what arrives",
        choices=Announcements.choices,
        help_text="Which new notes a line at the foot of the essay tells you of.",
    )
    single_keys = forms.BooleanField(
        label="Single letters are shortcuts",
        required=False,
        help_text="Switch it off when you dictate, or when a key is easily touched by mistake.",
    )
    shares_paragraph = forms.BooleanField(
        label="Others see which paragraph I read",
        required=False,
        help_text="Members of the seminar, while you read. Never in blind rounds or under pseudonyms.",
    )

    @classmethod
    def of(cls, person: User, *, is_brief: bool = False) -> Self:
        """As the person has chosen; the brief one, for a menu, leaves the explanations out."""
        chosen = {name: getattr(person, name) for name in cls.base_fields}
        form = cls(initial=chosen, auto_id="look_%s" if is_brief else "id_%s")
        for field in form.fields.values() if is_brief else ():
            field.help_text = ""
        return form


class TokenForm(forms.Form):
    """A token to be made."""

    name = forms.CharField(
        label="Name", max_length=100, help_text="What it is for, such as “reading notebook”."
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=Scope.choices,
        initial=[Scope.READ],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(
        label="Days until it expires",
        min_value=1,
        max_value=ApiToken.LONGEST_DAYS,
        initial=90,
        help_text=f"1 to {ApiToken.LONGEST_DAYS}.",
    )
