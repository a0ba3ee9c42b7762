"""Sessions: looked up with whose they are, as long as they and the account last."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from debate.accounts.sessions import Backend, SessionStore
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept():
    """A session that keeps a word."""
    session = SessionStore()
    session["word"] = "kept"
    session.save()
    return session


def test_load_gives_what_the_session_keeps(kept):
    assert dict(SessionStore(kept.session_key).items()) == {"word": "kept"}


def test_load_of_an_expired_session_is_empty_and_forgets_the_key(kept):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    again = SessionStore(kept.session_key)

    assert dict(again.items()) == {}
    assert again.session_key is None


@pytest.mark.parametrize(
    "key", ["unknown-but-long", "unknownbutlong", "nul\x00inside", "ſo-lоng-key"]
)
def test_load_of_an_unknown_key_is_empty(key, kept):
    again = SessionStore(key)

    assert dict(again.items()) == {}
    assert again.session_key is None


def test_get_user_is_the_person():
    person = UserFactory()

    assert Backend().get_user(person.pk) == person


def test_get_user_of_an_account_that_is_switched_off_is_nobody():
    assert Backend().get_user(UserFactory(is_active=False).pk) is None
    assert Backend().get_user(uuid4()) is None


def test_request_of_a_session_finds_its_person_with_two_queries(client):
    person = UserFactory()
    client.force_login(person)
    request = HttpRequest()
    request.session = SessionStore(client.session.session_key)

    with CaptureQueriesContext(connection) as asked:
        found = get_user(request)

    assert found == person
    assert len(asked) == 2


def test_session_whose_password_has_changed_is_nobodys(client):
    person = UserFactory()
    client.force_login(person)
    person.set_password("another one, and long")
    person.save()
    request = HttpRequest()
    request.session = SessionStore(client.session.session_key)

    assert get_user(request) == AnonymousUser()
