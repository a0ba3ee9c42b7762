"""A seminar's roster in the API: read in, taken away, and whom it expects."""

import pytest

from debate.accounts.models import IdempotencyKey
from debate.seminars.models import Membership, RosterEntry
from tests.expect import expect_constant_queries, expect_denied, expect_problem
from tests.factories.accounts import UserFactory
from tests.factories.seminars import GroupFactory, RosterEntryFactory

SCOPES = ("read", "write", "roster:read", "admin")


@pytest.fixture
def client(api, instructor):
    return api(instructor, scopes=SCOPES)


@pytest.fixture
def roster(seminar):
    return f"/api/v1/seminars/{seminar.pk}/roster/"


@pytest.fixture
def waiting(seminar):
    return f"/api/v1/seminars/{seminar.pk}/expected/"


def deeds(response):
    return {one["email"]: one["deed"] for one in response.json()["lines"]}


# -- reading it in ---------------------------------------------------------------------------------


def test_trial_tells_what_each_line_would_do_and_does_nothing(client, roster, student, seminar):
    account = UserFactory(email="ada@example.org", name="Ada")
    text = f"name;email;section;room\nAda;ada@example.org;Monday;5\n;new@example.org;;\n;{student.email};;"

    response = client.post(f"{roster}?dry_run=1", {"text": text}, format="json")

    assert response.status_code == 200
    assert deeds(response) == {
        "ada@example.org": "join",
        "new@example.org": "expect",
        student.email: "same",
    }
    body = response.json()
    assert (body["is_sound"], body["new_sections"]) == (True, ["Monday"])
    assert (body["unused_columns"], body["counts"]) == (
        ["room"],
        {"join": 1, "expect": 1, "same": 1},
    )
    assert body["lines"][0]["line"] == 2
    assert not Membership.objects.filter(seminar=seminar, user=account).exists()


def test_trial_sent_again_under_its_key_is_done_anew(client, roster):
    def send():
        sent = {"text": "email\nada@example.org"}
        headers = {"Idempotency-Key": "a-key"}
        return client.post(f"{roster}?dry_run=1", sent, format="json", headers=headers)

    first = send()
    UserFactory(email="ada@example.org")
    again = send()

    assert (deeds(first), deeds(again)) == (
        {"ada@example.org": "expect"},
        {"ada@example.org": "join"},
    )
    assert not IdempotencyKey.objects.exists()


def test_roster_that_was_looked_at_is_applied(client, roster, seminar):
    account = UserFactory(email="ada@example.org")
    sent = {"text": "email,section\nada@example.org,Monday\nnew@example.org,", "role": "student"}
    seen = client.post(f"{roster}?dry_run=true", sent, format="json").json()

    done = client.post(roster, sent | {"mark": seen["mark"]}, format="json")

    assert done.json() == seen
    assert seminar.groups.get(name="Monday").members.get() == account
    assert RosterEntry.objects.get(seminar=seminar).email == "new@example.org"


def test_roster_of_which_a_line_does_something_else_by_now_is_a_conflict(client, roster, seminar):
    sent = {"text": "email\nada@example.org"}
    seen = client.post(f"{roster}?dry_run=1", sent, format="json").json()
    UserFactory(email="ada@example.org")

    expect_problem(
        client.post(roster, sent | {"mark": seen["mark"]}, format="json"), 409, "conflict"
    )
    assert not RosterEntry.objects.exists()


def test_roster_with_an_error_is_refused_as_a_whole(client, roster):
    sent = {"text": "email,role\nnew@example.org,student\nada@example.org,dean"}

    trial = client.post(f"{roster}?dry_run=1", sent, format="json")

    assert deeds(trial) == {"new@example.org": "expect", "ada@example.org": "error"}
    assert trial.json()["lines"][1]["field"] == "role"
    expect_problem(client.post(roster, sent, format="json"), 400, "invalid", "/text")
    assert not RosterEntry.objects.exists()


def test_roster_gives_its_role_to_lines_that_name_none(client, roster, seminar):
    client.post(roster, {"text": "new@example.org", "role": "observer"}, format="json")

    assert RosterEntry.objects.get(seminar=seminar).role == "observer"


@pytest.mark.parametrize("role", ["assistant", "student"])
def test_roster_is_for_instructors(request, api, roster, waiting, role):
    client = api(request.getfixturevalue(role), scopes=SCOPES)

    expect_denied(client.post(roster, {"text": "new@example.org"}))
    expect_denied(client.get(roster))
    expect_denied(client.get(waiting))


def test_roster_is_read_with_its_scope_alone(api, instructor, roster, waiting):
    client = api(instructor, scopes=("read", "admin"))

    for address in (roster, waiting):
        expect_problem(client.get(address), 403, "insufficient_scope")


# -- taking it away --------------------------------------------------------------------------------


def test_roster_is_a_file_that_can_be_read_in_again(client, roster, seminar, student):
    GroupFactory(seminar=seminar, name="Monday", kind="section", members=[student])
    RosterEntryFactory(seminar=seminar, email="new@example.org", name="New")

    file = client.get(roster)

    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert file["Cache-Control"] == "private, no-store"
    text = file.content.decode()
    assert f"{student.email},student,Monday" in text
    again = client.post(f"{roster}?dry_run=1", {"text": text}, format="json")
    assert set(deeds(again).values()) == {"same"}


def test_roster_is_not_sent_again_while_it_is_the_same(client, roster, seminar):
    tag = client.get(roster)["ETag"]

    unchanged = client.get(roster, headers={"If-None-Match": tag})
    RosterEntryFactory(seminar=seminar, email="new@example.org")

    assert (unchanged.status_code, unchanged["ETag"]) == (304, tag)
    assert client.get(roster, headers={"If-None-Match": tag}).status_code == 200


# -- who is expected -------------------------------------------------------------------------------


def test_expected_are_listed_and_forgotten(client, waiting, seminar):
    entry = RosterEntryFactory(seminar=seminar, email="new@example.org", name="New")
    RosterEntryFactory(email="elsewhere@example.org")

    [one] = client.get(waiting).json()["results"]
    detail = client.get(f"{waiting}{entry.pk}/")

    assert detail.json() == one
    assert (one["email"], one["role"], one["section"]) == ("new@example.org", "student", None)
    assert client.delete(f"{waiting}{entry.pk}/").status_code == 204
    assert client.get(f"{waiting}{entry.pk}/").status_code == 404


def test_expected_who_has_changed_meanwhile_is_not_forgotten(client, waiting, seminar):
    entry = RosterEntryFactory(seminar=seminar)
    tag = client.get(f"{waiting}{entry.pk}/")["ETag"]
    entry.role = "assistant"
    entry.save()

    response = client.delete(f"{waiting}{entry.pk}/", HTTP_IF_MATCH=tag)

    expect_problem(response, 412, "stale_version")
    assert RosterEntry.objects.count() == 1


def test_expected_of_another_seminar_is_absent(client, waiting):
    entry = RosterEntryFactory()

    expect_problem(client.delete(f"{waiting}{entry.pk}/"), 404, "not_found")


def test_expected_take_constant_queries(client, waiting, seminar):
    RosterEntryFactory(seminar=seminar)

    expect_constant_queries(
        lambda: client.get(waiting),
        grow=lambda: [RosterEntryFactory(seminar=seminar) for _ in range(2)],
    )
