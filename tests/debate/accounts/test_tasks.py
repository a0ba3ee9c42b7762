"""What the jobs of accounts forget, and of which tokens they tell."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from debate.accounts.models import ApiToken, IdempotencyKey, RateBucket
from debate.accounts.tasks import forget, mail_of_token, warn
from tests.factories.accounts import ApiTokenFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_keys_are_kept_for_two_days():
    now = timezone.now()
    person = UserFactory()
    for key, hours in (("old", 49), ("kept", 47)):
        row = IdempotencyKey.objects.create(user=person, key=key, fingerprint="f", status=201)
        IdempotencyKey.objects.filter(pk=row.pk).update(created_at=now - timedelta(hours=hours))

    forget(timestamp=0)

    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["kept"]


def test_buckets_are_kept_until_they_are_empty():
    now = timezone.now()
    RateBucket.objects.create(key="empty", empty_at=now - timedelta(seconds=1))
    RateBucket.objects.create(key="filled", empty_at=now + timedelta(minutes=1))

    forget(timestamp=0)

    assert list(RateBucket.objects.values_list("key", flat=True)) == ["filled"]


# -- tokens that expire ----------------------------------------------------------------------------


def aged(days_left, *, lived=60, **fields):
    """A token that was made that many days ago and has so many days left."""
    now = timezone.now()
    token = ApiTokenFactory(expires_at=now + timedelta(days=days_left), **fields)
    ApiToken.objects.filter(pk=token.pk).update(created_at=now - timedelta(days=lived))
    return token


def queued():
    jobs = ProcrastinateJob.objects.filter(task_name="accounts.mail_warning").order_by("id")
    return [job.args["token"] for job in jobs]


def test_owner_is_told_two_weeks_before_a_token_expires_and_once():
    soon = aged(13.9)
    later = aged(14.1)

    warn(timestamp=0)
    warn(timestamp=1)

    assert queued() == [str(soon.pk)]
    soon.refresh_from_db()
    later.refresh_from_db()
    assert (soon.warned_at is not None, later.warned_at) == (True, None)


def test_owner_is_not_told_of_tokens_of_which_nothing_is_to_be_done():
    aged(-1)
    aged(3, revoked_at=timezone.now())
    aged(3, lived=4)
    aged(3, user=UserFactory(is_active=False))
    aged(3, user=UserFactory(email=""))

    warn(timestamp=0)

    assert queued() == []


def test_e_mail_of_a_token_says_which_and_when(settings):
    settings.SITE_URL = "https://debate.example.org"
    person = UserFactory(email="ada@example.org", time_zone="Europe/Berlin")
    token = aged(3, user=person, name="notebook", prefix="cp_abc123")
    moment = datetime(2031, 3, 4, 23, 30, tzinfo=UTC)
    ApiToken.objects.filter(pk=token.pk).update(expires_at=moment)

    mail_of_token(token=str(token.pk))

    [letter] = mail.outbox
    assert letter.to == ["ada@example.org"]
    assert letter.subject == "Your API token “notebook” expires on 5 March 2031"
    assert "begins with cp_abc123, expires on 5 March 2031, 00:30 CET." in letter.body
    assert "No program has used it yet." in letter.body
    assert "https://debate.example.org/accounts/tokens/" in letter.body
    assert letter.extra_headers["Message-ID"] == f"<token.{token.pk}@debate.example.org>"


def test_whose_row_is_locked_is_told_of_a_token_all_the_same():
    aged(3)

    with CaptureQueriesContext(connection) as asked:
        warn(timestamp=0)

    [locking] = [one["sql"] for one in asked.captured_queries if "FOR UPDATE" in one["sql"]]
    assert 'FOR UPDATE OF "accounts_apitoken" SKIP LOCKED' in locking


def test_e_mail_of_a_token_is_not_sent_once_it_is_revoked():
    token = aged(3, revoked_at=timezone.now())

    mail_of_token(token=str(token.pk))

    assert mail.outbox == []


def test_tokens_page_says_which_expire_soon(page):
    person = UserFactory()
    aged(3, user=person, warned_at=datetime(2026, 5, 31, tzinfo=UTC))
    aged(30, user=person)

    html = page(person).get("/accounts/tokens/").content.decode()

    assert html.count("expires soon") == 1
    assert html.count("We told you by e-mail on 31 May.") == 1
