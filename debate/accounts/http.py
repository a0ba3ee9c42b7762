"""Requests that know who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from debate.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request whose user has signed in; what every view behind `@signed_in` receives."""

    user: User  # the middleware turns anonymous visitors away
