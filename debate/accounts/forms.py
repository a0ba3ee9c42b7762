"""Sign-up as our users need it: a name that others read, beside what allauth asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms

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
