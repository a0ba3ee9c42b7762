"""Sign-up, sign-in and a forgotten password, on allauth's pages in our frame."""

import re

import pytest

from debate.accounts.models import User
from tests.factories.accounts import PASSWORD, UserFactory

GIVEN = {
    "username": "ada",
    "name": "  Ada   Lovelace ",
    "email": "ada@example.org",
    "password1": "long enough words",
    "password2": "long enough words",
}


def test_sign_up_keeps_the_name_and_signs_in(page, db):
    response = page().post("/accounts/signup/", GIVEN)

    person = User.objects.get()
    assert response["Location"] == "/"
    assert (person.username, person.name, person.email) == (
        "ada",
        "Ada Lovelace",
        "ada@example.org",
    )


@pytest.mark.parametrize("name", ["", "\u200b", "Ada\u202e"])
def test_sign_up_without_a_usable_name_is_refused(page, db, name):
    response = page().post("/accounts/signup/", GIVEN | {"name": name})

    assert list(response.context["form"].errors) == ["name"]
    assert response.context["form"]["username"].value() == "ada"
    assert not User.objects.exists()


@pytest.mark.parametrize("login", ["ada", "ADA", "ada@example.org"])
def test_sign_in_takes_username_or_address(page, db, login):
    UserFactory(username="ada")

    response = page().post("/accounts/login/", {"login": login, "password": PASSWORD})

    assert response["Location"] == "/"


def test_sign_in_leads_back_to_where_one_was(page, db):
    UserFactory(username="ada")
    given = {"login": "ada", "password": PASSWORD, "next": "/accounts/tokens/"}

    assert page().post("/accounts/login/", given)["Location"] == "/accounts/tokens/"


def test_sign_in_with_wrong_password_keeps_the_name(page, db):
    UserFactory(username="ada")

    response = page().post("/accounts/login/", {"login": "ada", "password": "wrong"})

    assert response.context["form"]["login"].value() == "ada"
    assert response.context["form"].errors


def test_forgotten_password_is_set_anew(page, db, mailoutbox):
    UserFactory(username="ada")
    browser = page()
    browser.post("/accounts/password/reset/", {"email": "ada@example.org"})
    link = re.search(r"http://testserver(/\S+)", mailoutbox[0].body)[1]

    form = browser.get(link, follow=True)
    browser.post(
        form.redirect_chain[-1][0],
        {"password1": "other enough words", "password2": "other enough words"},
    )

    assert User.objects.get().check_password("other enough words")


def test_forgotten_password_of_unknown_address_tells_nothing(page, db, mailoutbox):
    UserFactory(username="ada")
    known = page().post("/accounts/password/reset/", {"email": "ada@example.org"})
    unknown = page().post("/accounts/password/reset/", {"email": "bob@example.org"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
