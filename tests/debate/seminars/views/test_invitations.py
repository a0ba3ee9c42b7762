"""Inviting people, and coming in by link or code, signed in or not yet."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from lxml import html

from debate.accounts.models import Attempts, User
from debate.seminars.actions.invitations import NO_WAY_IN
from debate.seminars.models import Invitation, Membership
from debate.seminars.queries.invitations import OF_AN_ACCOUNT, OF_AN_ADDRESS
from tests.expect import expect_constant_queries, expect_same_as_absent
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.seminars import GroupFactory, InvitationFactory

INVITATIONS = "/seminars/water-policy/-/invitations/"
JOIN = "/join/"


@pytest.fixture
def invitation(seminar, instructor):
    return InvitationFactory(
        seminar=seminar,
        code="AB2CDEF3GH",
        token="a-link-of-27-characters-long",
        created_by=instructor,
    )


@pytest.fixture
def person(db):
    return UserFactory(username="ada", name="Ada")


def text_of(response):
    return " ".join(html.document_fromstring(response.content).text_content().split())


# -- inviting ----------------------------------------------------------------------------------


def test_invitation_made_shows_link_code_and_picture_once(page, instructor, seminar):
    browser = page(instructor)
    posted = {"role": "student", "most_uses": "1", "days": "3"}

    response = browser.post(f"{INVITATIONS}create/", posted)

    ways = response.context["ways"]
    body = response.content.decode()
    stored = Invitation.objects.get()
    assert (stored.most_uses, stored.role) == (1, "student")
    assert list(Invitation.objects.known_by(ways.code)) == [stored]
    assert ways.link.startswith("http://testserver/join/")
    assert ways.link in body
    assert ways.code in body
    assert 'src="data:image/svg+xml' in body
    assert "no-store" in response["Cache-Control"]
    listed = browser.get(INVITATIONS).content.decode()
    assert ways.link not in listed
    assert ways.code not in listed
    assert f"{stored.hint}…" in listed


@pytest.mark.parametrize(
    ("posted", "field"),
    [({"days": "15"}, "days"), ({"days": "2", "most_uses": "0"}, "most_uses"), ({}, "days")],
)
def test_invitation_made_wrongly_keeps_what_was_typed(page, instructor, posted, field):
    response = page(instructor).post(f"{INVITATIONS}create/", {"role": "observer"} | posted)

    assert response.status_code == 400
    assert set(response.context["form"].errors) == {field}
    assert response.context["form"]["role"].value() == "observer"


def test_invitation_refused_by_the_action_says_so_at_the_field(page, instructor, seminar):
    section = GroupFactory(seminar=seminar, kind="section")
    posted = {"role": "observer", "section": str(section.pk), "days": "3"}

    response = page(instructor).post(f"{INVITATIONS}create/", posted)

    assert response.context["form"].errors == {
        "section": ["Only students and assistants belong to sections."]
    }


def test_invitations_are_listed_with_state_and_uses(page, instructor, seminar):
    for fields in (
        {"uses": 3},
        {"most_uses": 2, "uses": 2},
        {"revoked_at": timezone.now()},
        {"expires_at": timezone.now() - timedelta(hours=1)},
    ):
        InvitationFactory(seminar=seminar, **fields)

    text = text_of(page(instructor).get(INVITATIONS))

    for words in ("2 of 2", "used up", "revoked", "expired"):
        assert words in text
    assert text.count("Revoke ") == 1


def test_invitations_take_a_fixed_number_of_queries(page, instructor, seminar):
    browser = page(instructor)

    expect_constant_queries(
        lambda: browser.get(INVITATIONS),
        grow=lambda: InvitationFactory.create_batch(3, seminar=seminar),
    )


def test_invitation_revoked_after_the_question(page, instructor, invitation):
    browser = page(instructor)
    address = f"{INVITATIONS}{invitation.pk}/revoke/"

    assert "Revoke the invitation AB2C…?" in text_of(browser.get(address))
    assert browser.post(address)["Location"] == INVITATIONS
    assert Invitation.objects.get().state == "revoked"


def test_invitation_of_another_seminar_is_as_none(page, instructor):
    other = InvitationFactory()
    browser = page(instructor)

    expect_same_as_absent(
        browser.post(f"{INVITATIONS}{other.pk}/revoke/"),
        browser.post(f"{INVITATIONS}{uuid.UUID(int=7)}/revoke/"),
    )


# -- coming in ---------------------------------------------------------------------------------


def test_link_leads_to_an_address_that_does_not_tell_it(page, person, invitation):
    browser = page(person)

    response = browser.get(f"{JOIN}a-link-of-27-characters-long/")

    assert (response.status_code, response["Location"]) == (302, JOIN)
    confirm = browser.get(JOIN)
    assert "You are about to join Water policy as student. Instructor invites you." in text_of(
        confirm
    )
    assert b"a-link-of-27" not in confirm.content
    assert not Membership.objects.filter(user=person).exists()


@pytest.mark.parametrize("code", ["AB2CDEF3GH", " ab2cd-ef3gh "])
def test_code_leads_to_the_question_and_the_answer_into_the_seminar(page, person, invitation, code):
    browser = page(person)

    assert browser.post(JOIN, {"code": code})["Location"] == JOIN
    response = browser.post(f"{JOIN}-/accept/")

    assert response["Location"] == "/seminars/water-policy/"
    assert Membership.objects.get(user=person).role == "student"
    assert "You are a member of Water policy, as student." in text_of(
        browser.get(response["Location"])
    )
    assert "Code" in text_of(browser.get(JOIN))


def test_visitor_comes_in_after_signing_in(page, person, invitation):
    browser = page()

    browser.post(JOIN, {"code": "AB2CDEF3GH"})
    question = browser.get(JOIN)
    assert b'href="/accounts/login/?next=/join/"' in question.content
    assert b'href="/accounts/signup/?next=/join/"' in question.content
    back = browser.post(
        "/accounts/login/", {"login": "ada", "password": PASSWORD, "next": JOIN}, follow=True
    )
    assert "You are about to join Water policy as student." in text_of(back)
    browser.post(f"{JOIN}-/accept/")

    assert Membership.objects.get(user=person).role == "student"


def test_visitor_comes_in_after_signing_up(page, invitation):
    browser = page()
    posted = {
        "username": "bea",
        "email": "bea@example.org",
        "name": "Bea",
        "password1": "a long pass phrase",
        "password2": "a long pass phrase",
        "next": JOIN,
    }

    browser.get(f"{JOIN}a-link-of-27-characters-long/")
    back = browser.post("/accounts/signup/", posted, follow=True)
    assert "You are about to join Water policy as student." in text_of(back)
    browser.post(f"{JOIN}-/accept/")

    assert Membership.objects.get(user=User.objects.get(username="bea")).role == "student"


def test_visitor_who_accepts_is_sent_to_sign_in(page, invitation):
    response = page().post(f"{JOIN}-/accept/")

    assert response["Location"].startswith("/accounts/login/?next=")


def test_member_is_told_and_uses_nothing_up(page, student, invitation):
    browser = page(student)
    browser.get(f"{JOIN}a-link-of-27-characters-long/")

    question = browser.get(JOIN)
    browser.post(f"{JOIN}-/accept/")

    assert "You are a member of this seminar already, as student." in text_of(question)
    assert Invitation.objects.get().uses == 0


def test_invitation_is_put_away(page, person, invitation):
    browser = page(person)
    browser.get(f"{JOIN}a-link-of-27-characters-long/")

    browser.post(f"{JOIN}-/decline/")

    assert "Type the code that you were given." in text_of(browser.get(JOIN))


@pytest.mark.parametrize("link", [True, False])
@pytest.mark.parametrize("state", ["unknown", "expired", "revoked", "used up", "archived"])
def test_invitation_that_lets_nobody_in_is_told_alike(page, person, invitation, state, link):
    {
        "unknown": lambda: Invitation.objects.all().delete(),
        "expired": lambda: Invitation.objects.update(expires_at=timezone.now()),
        "revoked": lambda: Invitation.objects.update(revoked_at=timezone.now()),
        "used up": lambda: Invitation.objects.update(most_uses=1, uses=1),
        "archived": lambda: type(invitation.seminar).objects.update(archived_at=timezone.now()),
    }[state]()
    browser = page(person)

    if link:
        response = browser.get(f"{JOIN}a-link-of-27-characters-long/", follow=True)
    else:
        response = browser.post(JOIN, {"code": "AB2CDEF3GH"})

    assert NO_WAY_IN in text_of(response)
    assert "Water policy" not in text_of(response)


def test_invitation_revoked_between_question_and_answer_lets_nobody_in(page, person, invitation):
    browser = page(person)
    browser.get(f"{JOIN}a-link-of-27-characters-long/")
    Invitation.objects.update(revoked_at=timezone.now())

    assert NO_WAY_IN in text_of(browser.post(f"{JOIN}-/accept/", follow=True))
    assert not Membership.objects.filter(user=person).exists()


def test_answer_without_a_question_lets_nobody_in(page, person):
    assert NO_WAY_IN in text_of(page(person).post(f"{JOIN}-/accept/", follow=True))


# -- guessing ----------------------------------------------------------------------------------


def guess(browser, times, **extra):
    return [browser.post(JOIN, {"code": "WRONGWRONG"}, **extra).status_code for _ in range(times)]


def test_codes_guessed_from_an_account_are_refused_with_a_time_to_wait(page, person, invitation):
    browser = page(person)

    assert set(guess(browser, OF_AN_ACCOUNT)) == {400}

    response = browser.post(JOIN, {"code": "AB2CDEF3GH"})
    assert response.status_code == 429
    assert 3500 < int(response["Retry-After"]) <= 3600
    assert "That was tried too often." in text_of(response)
    assert page(UserFactory()).post(JOIN, {"code": "AB2CDEF3GH"}).status_code == 302


@pytest.mark.parametrize(
    ("address", "neighbour"),
    [("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::ffff:2"), ("odd", "odd")],
)
def test_codes_guessed_from_an_address_are_refused(page, invitation, address, neighbour):
    assert set(guess(page(), OF_AN_ADDRESS, REMOTE_ADDR=address)) == {400}

    assert guess(page(), 1, REMOTE_ADDR=neighbour) == [429]
    assert guess(page(), 1, REMOTE_ADDR="198.51.100.7") == [400]
    assert address not in "".join(Attempts.objects.values_list("key", flat=True))
