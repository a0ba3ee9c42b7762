"""The pages about oneself, in the person's own time zone."""

import uuid
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from debate.accounts.models import ApiToken, User
from tests.expect import expect_constant_queries, expect_same_as_absent, expect_sign_in
from tests.factories.accounts import ApiTokenFactory, UserFactory

TOKENS = "/accounts/tokens/"


@pytest.fixture
def person(db):
    return UserFactory(username="ada", name="Ada", time_zone="Asia/Tokyo")


@pytest.mark.parametrize(
    "path",
    ["/accounts/profile/", TOKENS, f"{TOKENS}create/", f"{TOKENS}{uuid.UUID(int=1)}/revoke/"],
)
def test_page_about_oneself_needs_sign_in(db, page, path):
    expect_sign_in(page().get(path))


def test_profile_shows_what_is_kept(page, person):
    response = page(person).get("/accounts/profile/")

    assert response.context["form"].initial == {"name": "Ada", "time_zone": "Asia/Tokyo"}
    assert b'<option value="Asia/Tokyo" selected>Asia/Tokyo</option>' in response.content


def test_profile_posted_is_changed(page, person):
    response = page(person).post("/accounts/profile/", {"name": "Ada L", "time_zone": "UTC"})

    assert response["Location"] == "/accounts/profile/"
    assert User.objects.values_list("name", "time_zone").get() == ("Ada L", "UTC")


def test_profile_refused_keeps_what_was_typed(page, person):
    response = page(person).post("/accounts/profile/", {"name": "Ada\u202e", "time_zone": "UTC"})

    assert response.status_code == 400
    assert response.context["form"].errors == {
        "name": ["Names may not hold characters that change the direction of text."]
    }
    assert response.context["form"]["name"].value() == "Ada\u202e"
    assert User.objects.get().name == "Ada"


def test_tokens_listed_are_own(page, person):
    mine = ApiTokenFactory(user=person)
    ApiTokenFactory(name="someone else's")

    response = page(person).get(TOKENS)

    assert list(response.context["tokens"]) == [mine]


def test_tokens_listed_in_constant_queries(page, person):
    browser = page(person)

    expect_constant_queries(
        lambda: browser.get(TOKENS), grow=lambda: ApiTokenFactory.create_batch(2, user=person)
    )


def test_times_stand_in_readers_zone(page, person):
    ApiTokenFactory(user=person, last_used_at=datetime(2026, 3, 1, 20, 30, tzinfo=UTC))

    response = page(person).get(TOKENS)

    assert "2 Mar 2026, 05:30" in response.content.decode()


def test_times_stand_in_utc_for_unknown_zone(page, person):
    User.objects.update(time_zone="Mars/Base")
    ApiTokenFactory(user=person, last_used_at=datetime(2026, 3, 1, 20, 30, tzinfo=UTC))

    response = page(User.objects.get()).get(TOKENS)

    assert "1 Mar 2026, 20:30" in response.content.decode()


def test_token_posted_is_shown_once(page, person):
    browser = page(person)

    response = browser.post(f"{TOKENS}create/", {"name": "nb", "scopes": ["read"], "days": "30"})

    secret = response.context["secret"]
    assert ApiToken.objects.get().digest == ApiToken.digest_of(secret)
    assert secret in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert secret not in browser.get(TOKENS).content.decode()


def test_token_form_with_errors_makes_none(page, person):
    response = page(person).post(f"{TOKENS}create/", {"name": "nb", "days": "400"})

    assert response.status_code == 400
    assert set(response.context["form"].errors) == {"scopes", "days"}
    assert not ApiToken.objects.exists()


def test_token_name_refused_by_action_stands_at_field(page, person):
    posted = {"name": "\u200b", "scopes": ["read"], "days": "30"}

    response = page(person).post(f"{TOKENS}create/", posted)

    assert response.context["form"].errors == {"name": ["Please write something here."]}


def test_token_revoked_after_question(page, person):
    token = ApiTokenFactory(user=person, name="notebook")
    browser = page(person)
    path = reverse("accounts:token_revoke", args=[token.pk])

    question = browser.get(path)
    answer = browser.post(path)

    assert "Revoke “notebook”?" in question.content.decode()
    assert answer["Location"] == TOKENS
    assert ApiToken.objects.get().state == "revoked"


@pytest.mark.parametrize("method", ["get", "post"])
def test_token_of_another_looks_absent(page, person, method):
    token = ApiTokenFactory()
    browser = page(person)

    hidden = getattr(browser, method)(reverse("accounts:token_revoke", args=[token.pk]))
    absent = getattr(browser, method)(reverse("accounts:token_revoke", args=[uuid.uuid4()]))

    expect_same_as_absent(hidden, absent)
    assert ApiToken.objects.get().revoked_at is None
