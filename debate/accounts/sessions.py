"""Sessions and whose they are, each looked up by a statement that is made once a process.

Every page of somebody who has signed in asks for both; Django builds the statements anew each time,
which takes longer than the database takes to answer.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.db.models.functions import Now

from debate.accounts.models import User
from debate.core.db import THIS, Finder, Statement

if TYPE_CHECKING:
    from uuid import UUID

_KEY = "the key that is looked for"


class SessionStore(db.SessionStore):
    """Django's sessions in the database; whether one has expired is for the database's clock to say."""

    def load(self) -> dict[str, Any]:
        """What the session keeps. One that is unknown, or has expired, is empty and has no key."""
        key = self.session_key or ""
        # Django's keys are; others need not be looked for, such as one with a NUL.
        rows = _statement().ask({_KEY: key}) if key.isascii() and key.isalnum() else []
        if not rows:
            self._session_key = None
            return {}
        found: dict[str, Any] = self.decode(rows[0][0])
        return found


@lru_cache(maxsize=1)
def _statement() -> Statement:
    sessions = SessionStore.get_model_class().objects
    found = sessions.filter(session_key=_KEY, expire_date__gt=Now()).values_list("session_data")
    statement = Statement.of(found)
    assert statement  # noqa: S101 - nothing in it contradicts itself
    return statement


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's way to sign in, and the person of a session."""

    _people = Finder(lambda: User.objects.filter(pk=THIS))

    def get_user(self, user_id: UUID) -> User | None:
        """The person, unless the account is gone or switched off. Takes one query."""
        found = self._people.find(this=user_id)
        return found[0] if found and self.user_can_authenticate(found[0]) else None
