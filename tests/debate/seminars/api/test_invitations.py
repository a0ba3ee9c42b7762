"""Invitations in the API: for instructors, their secrets only once."""

import uuid

import pytest

from debate.seminars.models import Invitation
from tests.expect import expect_constant_queries, expect_denied, expect_problem
from tests.factories.seminars import GroupFactory, InvitationFactory

EVERY = ("read", "write", "roster:read", "admin")
NOBODY = uuid.UUID(int=7)


def invitations(seminar, pk=""):
    return f"/api/v1/seminars/{seminar.pk}/invitations/" + (f"{pk}/" if pk else "")


@pytest.fixture
def client(api, instructor):
    return api(instructor, scopes=EVERY)


def test_invitation_made_shows_its_secrets_once(client, seminar):
    section = GroupFactory(seminar=seminar, name="Monday", kind="section")
    body = {"role": "assistant", "section": str(section.pk), "most_uses": 1, "days": 2}

    response = client.post(invitations(seminar), body, format="json")

    made = response.json()
    stored = Invitation.objects.get()
    assert response.status_code == 201
    assert response["Location"] == f"http://testserver{invitations(seminar, stored.pk)}"
    link, code = made.pop("link"), made.pop("code")
    assert made == client.get(response["Location"]).json()
    assert made["section"] == {"id": str(section.pk), "name": "Monday"}
    assert (made["role"], made["most_uses"], made["uses"], made["state"]) == (
        "assistant",
        1,
        0,
        "active",
    )
    assert link.startswith("http://testserver/join/")
    for secret in (code, link.rstrip("/").rpartition("/")[2]):
        assert list(Invitation.objects.known_by(secret)) == [stored]


def test_invitation_made_of_nothing_invites_students(client, seminar):
    made = client.post(invitations(seminar), {}, format="json").json()

    assert (made["role"], made["section"], made["most_uses"]) == ("student", None, None)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"role": "guest"}, "/role"),
        ({"days": 15}, "/days"),
        ({"days": "2"}, "/days"),
        ({"most_uses": 0}, "/most_uses"),
        ({"most_uses": 10**30}, "/most_uses"),
        ({"section": str(NOBODY)}, "/section"),
        ({"section": "Monday"}, "/section"),
        ({"code": "AAAAA"}, "/code"),
    ],
)
def test_invitation_made_wrongly_is_refused_at_its_place(client, seminar, body, pointer):
    expect_problem(client.post(invitations(seminar), body, format="json"), 400, "invalid", pointer)

    assert not Invitation.objects.exists()


def test_invitations_listed_are_the_seminars_own_without_secrets(client, seminar):
    mine = InvitationFactory(seminar=seminar)
    InvitationFactory()

    results = client.get(invitations(seminar)).json()["results"]

    assert [one["id"] for one in results] == [str(mine.pk)]
    assert not results[0].keys() & {"link", "code", "token_digest", "code_digest"}


def test_invitations_take_a_fixed_number_of_queries(client, seminar):
    section = GroupFactory(seminar=seminar, kind="section")

    expect_constant_queries(
        lambda: client.get(invitations(seminar)),
        grow=lambda: InvitationFactory.create_batch(3, seminar=seminar, section=section),
    )


def test_invitation_revoked_stays_in_the_list(client, seminar):
    invitation = InvitationFactory(seminar=seminar)

    for _ in range(2):
        assert client.delete(invitations(seminar, invitation.pk)).status_code == 204

    assert client.get(invitations(seminar, invitation.pk)).json()["state"] == "revoked"


@pytest.mark.parametrize("role", ["assistant", "student", "observer"])
def test_invitations_are_for_instructors_only(request, api, seminar, role):
    other = api(request.getfixturevalue(role), scopes=EVERY)
    invitation = InvitationFactory(seminar=seminar)

    expect_denied(other.get(invitations(seminar)))
    expect_denied(other.post(invitations(seminar), {"nonsense": 1}, format="json"))
    for pk in (invitation.pk, NOBODY):
        expect_denied(other.get(invitations(seminar, pk)))
        expect_denied(other.delete(invitations(seminar, pk)))


@pytest.mark.parametrize("role", ["outsider", "operator"])
def test_invitations_of_a_hidden_seminar_are_missing(request, api, seminar, role):
    other = api(request.getfixturevalue(role), scopes=EVERY)

    for call in (other.get, other.post):
        expect_problem(call(invitations(seminar)), 404, "not_found")


def test_invitation_of_another_seminar_is_missing(client, seminar):
    invitation = InvitationFactory()

    for call in (client.get, client.delete):
        expect_problem(call(invitations(seminar, invitation.pk)), 404, "not_found")


@pytest.mark.parametrize("call", ["get", "post"])
def test_invitations_need_the_scope_admin(api, instructor, seminar, call):
    other = api(instructor, scopes=("read", "write", "roster:read"))

    response = getattr(other, call)(invitations(seminar), {}, format="json")

    expect_problem(response, 403, "insufficient_scope")
