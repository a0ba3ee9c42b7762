"""What people type about themselves: sign-up beside what allauth asks for, profile, tokens."""

from __future__ import annotations

import zoneinfo
from functools import cache
from typing import TYPE_CHECKING

from django import forms

from debate.accounts.enums import Scope
from debate.accounts.models import ApiToken
from debate.core.errors import DomainError
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
    names = sorted(name for name in zoneinfo.available_timezones() if _is_place(name))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


def _is_place(name: str) -> bool:
    area = name.partition("/")[0]
    return area in {
        "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe",
        "Indian", "Pacific",
    }  # fmt: skip


class ProfileForm(forms.Form):
    """What a person may change about himself or herself."""

    name = forms.CharField(
        label="Name", max_length=200, help_text="What the others in your seminars read."
    )
    time_zone = forms.ChoiceField(
        label="Time zone", choices=time_zone_choices, help_text="Dates and times are shown in it."
    )


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
