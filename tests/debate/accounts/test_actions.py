"""Profiles changed, tokens made and revoked."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from debate.accounts.actions import change_profile, create_token, revoke_token
from debate.accounts.models import ApiToken, User
from debate.core.errors import Invalid, Missing
from tests.expect import expect_refusal
from tests.factories.accounts import ApiTokenFactory, UserFactory


def test_profile_changed_keeps_both_fields(db):
    person = UserFactory()

    change_profile(actor=person, name="  Ada   Lovelace ", time_zone="Europe/London")

    stored = User.objects.get(pk=person.pk)
    assert (stored.name, stored.time_zone) == ("Ada Lovelace", "Europe/London")


@pytest.mark.parametrize(
    ("name", "time_zone", "field"),
    [("", "UTC", "name"), ("A\u202eb", "UTC", "name"), ("Ada", "Mars/Base", "time_zone")],
)
def test_profile_with_bad_input_names_field(db, name, time_zone, field):
    person = UserFactory(name="Before")

    expect_refusal(
        Invalid,
        lambda: change_profile(actor=person, name=name, time_zone=time_zone),
        field=field,
    )

    assert User.objects.get(pk=person.pk).name == "Before"


def test_token_created_keeps_digest_only(db):
    person = UserFactory()

    token, secret = create_token(actor=person, name="notebook", scopes=["write", "read"], days=2)

    stored = ApiToken.objects.get()
    assert (stored, stored.user, stored.scopes) == (token, person, ["read", "write"])
    assert stored.digest == ApiToken.digest_of(secret)
    assert secret not in str(vars(stored))
    assert stored.expires_at - timezone.now() < timedelta(days=2)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "a", "scopes": []}, "scopes"),
        ({"name": "a", "scopes": ["everything"]}, "scopes"),
        ({"name": "a", "days": 0}, "days"),
        ({"name": "a", "days": 366}, "days"),
    ],
)
def test_token_with_bad_input_names_field(db, given, field):
    person = UserFactory()

    expect_refusal(Invalid, lambda: create_token(actor=person, **given), field=field)

    assert not ApiToken.objects.exists()


def test_token_revoked_twice_keeps_first_time(db):
    token = ApiTokenFactory()
    revoke_token(actor=token.user, token_id=token.pk)
    first = ApiToken.objects.get().revoked_at

    revoke_token(actor=token.user, token_id=token.pk)

    assert first is not None
    assert ApiToken.objects.get().revoked_at == first


def test_token_of_another_is_missing_to_revoke(db):
    token = ApiTokenFactory()
    stranger = UserFactory()

    expect_refusal(Missing, lambda: revoke_token(actor=stranger, token_id=token.pk))
    expect_refusal(Missing, lambda: revoke_token(actor=stranger, token_id=uuid.uuid4()))

    assert ApiToken.objects.get().revoked_at is None
