"""People are known by one name, and tokens by their state."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from debate.accounts.models import ApiToken
from tests.factories.accounts import ApiTokenFactory, UserFactory

HOUR = timedelta(hours=1)


def test_person_without_name_is_called_by_username(db):
    person = UserFactory(username="ada", name="")

    assert str(person) == person.get_full_name() == person.get_short_name() == "ada"


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("user_username_is_unique_in_any_case", {"username": "ADA", "email": "b@example.org"}),
        ("user_email_is_unique_in_any_case", {"username": "bea", "email": "ADA@example.org"}),
    ],
)
def test_person_is_unique_in_any_case(db, constraint, fields):
    UserFactory(username="ada", email="ada@example.org")

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        UserFactory(**fields)


def test_people_without_address_may_be_many(db):
    assert len({UserFactory(email="").pk, UserFactory(email="").pk}) == 2


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "active"),
        ({"expires_at": timezone.now() - HOUR}, "expired"),
        ({"revoked_at": timezone.now()}, "revoked"),
    ],
)
def test_token_tells_its_state(db, fields, state):
    token = ApiTokenFactory(**fields)

    assert token.state == state
    assert ApiToken.objects.active().exists() is (state == "active")
    assert str(token) == f"notebook ({token.prefix}…)"


def test_token_of_person_shut_out_is_not_active(db):
    ApiTokenFactory(user__is_active=False)

    assert not ApiToken.objects.active().exists()


def test_token_is_seen_by_its_owner_only(db):
    token = ApiTokenFactory()

    assert list(ApiToken.objects.visible_to(token.user)) == [token]
    assert not ApiToken.objects.visible_to(UserFactory()).exists()
