"""Who belongs to what: seminars, roles, groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig

if TYPE_CHECKING:
    from django.http import HttpRequest

    from debate.accounts.models import User


class SeminarsConfig(AppConfig):
    """Seminars, their members and groups."""

    name = "debate.seminars"
    label = "seminars"

    def ready(self) -> None:
        """Let people in where they are expected, once it is known who they are."""
        from allauth.account.signals import email_confirmed  # noqa: PLC0415 - needs the apps
        from django.contrib.auth.signals import user_logged_in  # noqa: PLC0415 - as above

        user_logged_in.connect(_signed_in, dispatch_uid="seminars.expected")
        email_confirmed.connect(_confirmed, dispatch_uid="seminars.expected")


def _signed_in(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    _let_in(request, user)


def _confirmed(request: HttpRequest, email_address: Any, **_kwargs: Any) -> None:
    _let_in(request, email_address.user)


def _let_in(request: HttpRequest, user: User) -> None:
    """Make the person a member where an instructor expects one of the confirmed addresses."""
    from django.contrib import messages  # noqa: PLC0415 - needs the apps

    from debate.seminars.actions.roster import join_as_expected  # noqa: PLC0415 - as above

    for membership in join_as_expected(user):
        role = membership.get_role_display().lower()
        said = f"You are a member of {membership.seminar.title}, as {role}: you were expected."
        messages.success(request, said, fail_silently=True)
