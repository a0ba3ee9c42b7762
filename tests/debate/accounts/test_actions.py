"""Profiles changed, tokens made and revoked."""

import time
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from debate.accounts.actions import (
    change_profile,
    change_reading,
    count_attempt,
    create_token,
    revoke_token,
    uncount_attempt,
)
from debate.accounts.models import ApiToken, Attempts, User
from debate.core.errors import Invalid, Missing, TooMany
from tests.expect import expect_refusal
from tests.factories.accounts import ApiTokenFactory, UserFactory
from tests.threads import at_once


def test_profile_changed_keeps_every_field(db):
    person = UserFactory()

    change_profile(
        actor=person,
        name="  Ada   Lovelace ",
        time_zone="Europe/London",
        pronouns=" she/her ",
        pronunciation="AY-da",
    )

    for kept in (person, User.objects.get(pk=person.pk)):
        assert (kept.name, kept.time_zone) == ("Ada Lovelace", "Europe/London")
        assert (kept.pronouns, kept.pronunciation) == ("she/her", "AY-da")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "A\u202eb"}, "name"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"pronouns": "x" * 41}, "pronouns"),
        ({"pronunciation": "a\u202eb"}, "pronunciation"),
        ({"pronunciation": "x" * 101}, "pronunciation"),
    ],
)
def test_profile_with_bad_input_names_field(db, given, field):
    person = UserFactory(name="Before")

    expect_refusal(
        Invalid,
        lambda: change_profile(actor=person, **{"name": "Ada", "time_zone": "UTC"} | given),
        field=field,
    )

    assert User.objects.get(pk=person.pk).name == "Before"


READING = {
    "theme": "dark",
    "face": "sans",
    "text_size": 5,
    "spacing": "wide",
    "highlights": "mine",
    "motion": "reduced",
    "announcements": "replies",
    "single_keys": False,
    "shares_paragraph": True,
}


def test_reading_changed_is_kept(db):
    person = UserFactory()

    change_reading(actor=person, **READING)

    assert User.objects.values(*READING).get() == READING


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("theme", "pink"),
        ("face", "runes"),
        ("spacing", ""),
        ("highlights", "theirs"),
        ("motion", "fast"),
        ("announcements", "loud"),
        ("text_size", 0),
        ("text_size", 6),
    ],
)
def test_reading_with_bad_input_names_field(db, field, given):
    person = UserFactory()

    expect_refusal(
        Invalid, lambda: change_reading(actor=person, **READING | {field: given}), field=field
    )

    assert User.objects.get().theme == "system"


def tries(times, *, key="door", limit=3, seconds=60):
    """Whether each of so many tries passes."""

    def passes():
        try:
            count_attempt(key=key, limit=limit, seconds=seconds)
        except TooMany:
            return False
        return True

    return [passes() for _ in range(times)]


def test_attempts_beyond_the_limit_are_refused_with_a_time_to_wait(db):
    began = time.monotonic()
    assert tries(3) == [True] * 3

    error = expect_refusal(TooMany, lambda: count_attempt(key="door", limit=3, seconds=60))
    took = time.monotonic() - began

    assert 59 - took <= error.extra["retry_after"] <= 60
    assert error.sentence.startswith("That was tried too often. Please wait ")
    assert tries(1, key="another door") == [True]


def test_attempts_are_kept_without_the_key(db):
    tries(1, key="address:192.0.2.7")

    assert "192.0.2.7" not in Attempts.objects.get().key


@pytest.mark.parametrize(("ago", "passes"), [(5_940, False), (6_001, True)])
def test_attempts_count_anew_when_their_time_has_passed(db, ago, passes):
    tries(9, seconds=6_000)
    Attempts.objects.update(since=timezone.now() - timedelta(seconds=ago))

    assert tries(1, seconds=6_000) == [passes]
    assert Attempts.objects.get().count == (1 if passes else 4)


def test_attempt_that_was_right_is_taken_back(db):
    tries(3)

    uncount_attempt(key="door")

    assert tries(2) == [True, False]


def test_attempts_of_long_ago_are_forgotten(db):
    tries(1, key="old")
    Attempts.objects.update(since=timezone.now() - timedelta(days=2))

    tries(1)

    assert Attempts.objects.count() == 1


def refused_at_once(wait):
    """The refusal of a second try within a second of the first, which a busy machine may not manage."""
    for number in range(100):
        try:
            for _ in range(2):
                count_attempt(key=f"door {number}", limit=1, seconds=wait)
        except TooMany as error:
            if error.extra["retry_after"] == wait:
                return error
    return None


@pytest.mark.parametrize(("wait", "words"), [(1, "1 second"), (61, "61 seconds"), (600, "10 min")])
def test_attempts_say_how_long_to_wait_in_words(db, wait, words):
    assert words in refused_at_once(wait).sentence


@pytest.mark.django_db(transaction=True)
def test_attempts_of_sixteen_at_once_pass_exactly_the_limit():
    passed = at_once(*[lambda: tries(10, limit=20, seconds=6_000)] * 16)

    assert sum(sum(batch) for batch in passed) == 20


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
