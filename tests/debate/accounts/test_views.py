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
    [
        "/accounts/profile/",
        "/accounts/reading/",
        TOKENS,
        f"{TOKENS}create/",
        f"{TOKENS}{uuid.UUID(int=1)}/revoke/",
    ],
)
def test_page_about_oneself_needs_sign_in(db, page, path):
    expect_sign_in(page().get(path))


def test_profile_shows_what_is_kept(page, person):
    response = page(person).get("/accounts/profile/")

    assert response.context["form"].initial == {
        "name": "Ada",
        "pronouns": "",
        "pronunciation": "",
        "time_zone": "Asia/Tokyo",
    }
    assert response.context["reading_form"].initial == {
        "theme": "system",
        "face": "serif",
        "text_size": 3,
        "spacing": "normal",
        "highlights": "all",
        "motion": "system",
        "announcements": "all",
        "single_keys": True,
        "shares_paragraph": False,
    }
    assert b'<option value="Asia/Tokyo" selected>Asia/Tokyo</option>' in response.content


def test_profile_posted_is_changed(page, person):
    posted = {
        "name": "Ada L",
        "pronouns": "she/her",
        "pronunciation": "AY-da",
        "time_zone": "UTC",
    }

    response = page(person).post("/accounts/profile/", posted)

    assert response["Location"] == "/accounts/profile/"
    assert User.objects.values(*posted).get() == posted


READING = {
    "theme": "dark",
    "face": "sans",
    "text_size": "5",
    "spacing": "wide",
    "highlights": "none",
    "motion": "reduced",
    "announcements": "none",
}


def test_reading_posted_is_seen_on_every_page(page, person):
    browser = page(person)

    response = browser.post("/accounts/reading/", READING)

    assert response["Location"] == "/accounts/profile/"
    for path in ("/", "/accounts/profile/", "/docs/", "/no/such/page/"):
        assert (
            b'<html lang="en" data-theme="dark" data-face="sans" data-size="5" data-spacing="wide"'
            b' data-highlights="none" data-motion="reduced" data-keys="off"'
        ) in browser.get(path).content


@pytest.mark.parametrize(
    ("given", "leads"),
    [
        ("/seminars/rivers/tariffs/?kind=evidence", "/seminars/rivers/tariffs/?kind=evidence"),
        ("https://example.org/", "/accounts/profile/"),
        ("//example.org/", "/accounts/profile/"),
        ("", "/accounts/profile/"),
    ],
)
def test_reading_posted_leads_back_on_this_site_alone(page, person, given, leads):
    response = page(person).post("/accounts/reading/", READING | {"next": given})

    assert (response.status_code, response["Location"]) == (302, leads)


def test_reading_posted_by_a_script_is_kept_without_a_page(page, person):
    browser = page(person)

    response = browser.post("/accounts/reading/", READING, headers={"X-Fragment": "1"})

    assert (response.status_code, response.content) == (204, b"")
    assert User.objects.get().motion == "reduced"
    assert b"Your pages look" not in browser.get("/accounts/profile/").content


@pytest.mark.parametrize("path", ["/", "/docs/"])
def test_page_of_whoever_chose_nothing_follows_the_device(page, person, path):
    for user in (None, person):
        assert b'<html lang="en"\n>' in page(user).get(path).content


def test_reading_refused_keeps_what_was_chosen(page, person):
    response = page(person).post("/accounts/reading/", READING | {"theme": "pink"})

    assert response.status_code == 400
    assert set(response.context["reading_form"].errors) == {"theme"}
    assert response.context["reading_form"]["face"].value() == "sans"
    assert response.context["form"].errors == {}
    assert User.objects.get().face == "serif"


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
