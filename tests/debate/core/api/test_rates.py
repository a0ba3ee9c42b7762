"""How many requests a token, a person or an address may make, exactly, however many come at once."""

import re
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from debate.accounts.actions import create_token
from debate.accounts.models import RateBucket
from tests.expect import expect_problem
from tests.threads import at_once

ME, LIST = "/api/v1/me/", "/api/v1/annotations/"


@pytest.fixture
def bounds(settings):
    """`bounds(read=3)`: so many requests of that kind in an hour, or in those seconds."""

    def bound(seconds=3_600, **quotas):
        settings.API_RATES = {kind: (quota, seconds) for kind, quota in quotas.items()}

    return bound


def left(response):
    """What `RateLimit` says is left."""
    return int(re.fullmatch(r'"\w+";r=(\d+);t=\d+', response["RateLimit"])[1])


def test_answer_says_the_bound_and_what_is_left(api, student, bounds):
    bounds(read=3)

    response = api(student).get(ME)

    assert response["RateLimit-Policy"] == '"read";q=3;w=3600'
    assert response["RateLimit"] == '"read";r=2;t=1200'


def test_request_beyond_the_bound_is_refused_until_one_has_flowed_back(api, student, bounds):
    bounds(read=3)
    client = api(student)
    began = time.monotonic()
    passed = [client.get(ME) for _ in range(3)]

    response = client.get(ME)
    took = time.monotonic() - began

    assert [one.status_code for one in passed] == [200] * 3
    assert [left(one) for one in passed] == [2, 1, 0]
    body = expect_problem(response, 429, "rate_limited")
    assert body["violated-policies"] == ["read"]
    assert response["Retry-After"] == str(body["retry_after"])
    assert 1200 - took <= body["retry_after"] <= 1200
    assert response["RateLimit"] == f'"read";r=0;t={2400 + body["retry_after"]}'


def test_share_flows_back_in_time(api, student, bounds):
    bounds(read=1)
    client = api(student)
    client.get(ME)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_ratebucket SET empty_at = empty_at - interval '1 hour'")

    assert client.get(ME).status_code == 200
    assert client.get(ME).status_code == 429


def test_reading_and_writing_have_shares_of_their_own(api, student, bounds):
    bounds(read=1, write=1)
    client = api(student)

    statuses = [client.get(ME).status_code, client.post(LIST, {}).status_code]
    statuses += [client.get(ME).status_code, client.post(LIST, {}).status_code]

    assert statuses == [200, 400, 429, 429]


def test_kind_without_bound_is_not_counted(api, student, bounds):
    bounds(write=1)

    response = api(student).get(ME)

    assert response.status_code == 200
    assert "RateLimit" not in response.headers
    assert RateBucket.objects.count() == 0


def test_tokens_of_one_person_have_shares_of_their_own(api, student, bounds):
    bounds(read=1)

    assert [api(student).get(ME).status_code for _ in range(2)] == [200, 200]


def test_sessions_of_one_person_share(student, bounds):
    bounds(read=1)
    statuses = []
    for _ in range(2):
        client = APIClient()
        client.force_login(student)
        statuses.append(client.get(ME).status_code)

    assert statuses == [200, 429]


def test_visitors_share_by_address_of_which_only_a_digest_is_kept(db, bounds):
    bounds(read=1)
    addresses = ["192.0.2.1", "192.0.2.1", "192.0.2.2"]

    statuses = [APIClient(REMOTE_ADDR=one).get(LIST).status_code for one in addresses]

    assert statuses == [200, 429, 200]
    assert not RateBucket.objects.filter(key__contains="192.0.2").exists()


def test_bad_token_counts_to_its_address(db, bounds):
    bounds(read=1)
    client = APIClient(headers={"Authorization": "Bearer cp_wrong"})

    assert [client.get(ME).status_code for _ in range(2)] == [401, 429]


def test_refused_request_says_what_is_left(api, student, bounds):
    bounds(read=3)

    response = api(student).get(f"{LIST}?sort=x")

    assert (response.status_code, left(response)) == (400, 2)


def test_request_within_the_bound_costs_one_statement(api, student, bounds):
    bounds(read=3)
    client = api(student)

    with CaptureQueriesContext(connection) as asked:
        client.get(ME)

    assert len([one for one in asked if "ratebucket" in one["sql"]]) == 1


def test_token_is_looked_up_and_counted_in_one_statement(student, bounds):
    bounds(read=3)
    token, secret = create_token(actor=student, name="script", scopes=["read"])
    token.last_used_at = timezone.now()
    token.save()
    client = APIClient(headers={"authorization": f"Bearer {secret}"})

    with CaptureQueriesContext(connection) as asked:
        response = client.get(ME)

    about = [one for one in asked if "apitoken" in one["sql"] or "ratebucket" in one["sql"]]
    assert len(about) == 1
    assert left(response) == 2


def test_table_of_buckets_is_not_logged(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'accounts_ratebucket'")
        assert cursor.fetchone() == ("u",)


def test_bounds_of_the_site_let_a_naive_client_work():
    """5,000 rows one by one, and 60 posts at once."""
    from debate.settings import API_RATES  # noqa: PLC0415 - the site's, not those of tests

    assert min(API_RATES["read"][0], API_RATES["write"][0]) >= 5_000
    assert API_RATES.keys() == {"read", "write", "bulk"}


def test_bounds_of_the_site_are_those_that_its_guide_tells():
    from debate.settings import API_RATES  # noqa: PLC0415 - as above

    guide = Path(settings.BASE_DIR, "templates", "docs", "clients.md").read_text(encoding="utf-8")

    assert API_RATES == {"read": (6_000, 60), "write": (6_000, 600), "bulk": (240, 600)}
    assert (
        "6,000 a minute to read, and in ten minutes 6,000 to write and 240 for exports and batches"
        in guide
    )


@pytest.mark.parametrize("turn", range(2))
def test_20_of_192_requests_at_once_pass_a_limit_of_20(turn, transactional_db, student, bounds):
    bounds(read=20, seconds=360_000)  # none flows back meanwhile, however slow the machine
    _, secret = create_token(actor=student, name=f"turn {turn}", scopes=["read"])
    headers = {"Authorization": f"Bearer {secret}"}

    def ask():
        return APIClient().get(ME, headers=headers)

    answers = [one for _ in range(6) for one in at_once(*[ask] * 32)]

    statuses = [one.status_code for one in answers]
    assert (statuses.count(200), statuses.count(429)) == (20, 172)
    passed = [left(one) for one in answers if one.status_code == 200]
    assert sorted(passed) == list(range(20))
