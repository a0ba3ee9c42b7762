"""Assignments set up through the API, by the same actions as on the pages."""

import uuid

import pytest

from debate.assignments.models import Assignment
from tests.expect import expect_problem, expect_same_as_absent
from tests.factories.annotations import AnnotationFactory
from tests.factories.assignments import RoundFactory

LIST = "/api/v1/assignments/"
ADMIN = ("read", "admin")


@pytest.fixture
def client(api, instructor):
    return api(instructor, scopes=ADMIN)


@pytest.fixture
def path(assignment):
    return f"{LIST}{assignment.pk}/"


def test_essay_is_set_with_everything_given(client, essay, group):
    response = client.post(
        LIST,
        {
            "essay": str(essay.pk),
            "title": "Water",
            "slug": "water",
            "instructions": "Read it twice.",
            "opens_at": "2026-03-02T09:00:00+01:00",
            "due_at": "2026-03-09T22:59:00Z",
            "closes_at": None,
            "asked": {"comments": 1, "paragraphs": 4},
            "is_for_groups": True,
            "groups": [str(group.pk)],
            "uses_pseudonyms": True,
            "requires_approval": True,
            "resolution": "Water should cost.",
            "rounds": [
                {"name": "Alone", "mode": "blind", "reveals_after": 2},
                {
                    "opens_at": "2026-03-05T09:00:00Z",
                    "allowed_kinds": ["evidence", "comment", "counterargument"],
                },
            ],
        },
        format="json",
    )

    body = response.json()
    assert response.status_code == 201, body
    assert response["Location"] == f"http://testserver{LIST}{body['id']}/"
    assert (body["slug"], body["opens_at"]) == ("water", "2026-03-02T08:00:00Z")
    assert body["asked"] == {
        "comments": 1,
        "counterarguments": 2,
        "evidence": 2,
        "replies": 0,
        "paragraphs": 4,
    }
    assert (body["is_for_groups"], body["groups"]) == (True, [str(group.pk)])
    assert (body["uses_pseudonyms"], body["requires_approval"]) == (True, True)
    assert [(one["name"], one["mode"], one["ends_at"]) for one in body["rounds"]] == [
        ("Alone", "blind", "2026-03-05T09:00:00Z"),
        ("Open discussion", "open", None),
    ]
    assert body["rounds"][1]["allowed_kinds"] == ["comment", "counterargument", "evidence"]


def test_essay_alone_is_enough(client, essay):
    body = client.post(LIST, {"essay": str(essay.pk)}, format="json").json()

    assert (body["title"], body["is_open"], body["due_at"]) == (
        "Who should pay for water?",
        True,
        None,
    )


def test_change_keeps_what_is_left_out(client, path, assignment):
    body = client.patch(path, {"asked": {"evidence": 5}}, format="json").json()

    assert (body["asked"]["evidence"], body["asked"]["comments"]) == (5, 3)
    assert body["title"] == assignment.title


def test_rounds_changed_keep_those_named_by_id(client, path, assignment):
    first = assignment.rounds.get()
    RoundFactory(assignment=assignment, number=2)

    body = client.patch(
        path, {"rounds": [{"id": str(first.pk), "name": "Talk"}]}, format="json"
    ).json()

    assert [(one["id"], one["name"]) for one in body["rounds"]] == [(str(first.pk), "Talk")]


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"title": 7}, "/title"),
        ({"opens_at": "2026-03-02T09:00:00"}, "/opens_at"),
        ({"opens_at": "2026-03-02"}, "/opens_at"),
        ({"opens_at": 7}, "/opens_at"),
        ({"opens_at": "T"}, "/opens_at"),
        ({"opens_at": None}, "/opens_at"),
        ({"opens_at": "0001-01-01T00:00:00+14:00"}, "/opens_at"),
        ({"opens_at": "1999-12-31T23:59:59Z"}, "/opens_at"),
        ({"due_at": "9999-12-31T23:59:59Z"}, "/due_at"),
        ({"due_at": "9999-12-31T23:59:59-14:00"}, "/due_at"),
        ({"closes_at": "2200-01-01T00:00:00Z"}, "/closes_at"),
        ({"rounds": [{}, {"opens_at": "0001-01-01T00:00:00Z"}]}, "/rounds/1/opens_at"),
        ({"due_at": "2000-01-01T00:00:00Z"}, "/due_at"),
        ({"asked": {"comments": 51}}, "/asked/comments"),
        ({"asked": {"comments": "3"}}, "/asked/comments"),
        ({"asked": {"praise": 1}}, "/asked/praise"),
        ({"is_for_groups": 1}, "/is_for_groups"),
        ({"is_for_groups": True}, "/groups"),
        ({"groups": ["x"]}, "/groups/0"),
        ({"rounds": []}, "/rounds"),
        ({"rounds": [{"mode": "secret"}]}, "/rounds/0/mode"),
        ({"rounds": [{"allowed_kinds": ["praise"]}]}, "/rounds/0/allowed_kinds/0"),
        ({"rounds": [{"allowed_kinds": ["comment"]}]}, "/rounds/0/allowed_kinds"),
        ({"rounds": [{}, {}]}, "/rounds/1/opens_at"),
        ({"rounds": [{"reveals_after": 0, "mode": "blind"}]}, "/rounds/0/reveals_after"),
        ({"slug": "new"}, "/slug"),
        ({"essay": str(uuid.UUID(int=7))}, "/essay"),
    ],
)
def test_change_that_cannot_be_names_the_member(client, path, assignment, given, pointer):
    expect_problem(client.patch(path, given, format="json"), 400, "invalid", pointer)


def test_change_against_posts_is_a_conflict(client, path, assignment):
    AnnotationFactory(assignment=assignment, round=assignment.rounds.get())

    expect_problem(
        client.patch(path, {"uses_pseudonyms": True}, format="json"),
        409,
        "invalid_state",
        "/uses_pseudonyms",
    )
    expect_problem(
        client.patch(
            path,
            {"rounds": [{"id": str(assignment.rounds.get().pk), "mode": "blind"}]},
            format="json",
        ),
        409,
        "invalid_state",
        "/rounds/0/mode",
    )


def test_address_that_is_taken_is_a_conflict(client, essay):
    client.post(LIST, {"essay": str(essay.pk), "slug": "water"}, format="json")

    again = client.post(LIST, {"essay": str(essay.pk), "slug": "water"}, format="json")

    expect_problem(again, 409, "conflict", "/slug")


@pytest.mark.parametrize("given", [{}, {"essay": "x"}, {"essay": None}, []])
def test_assignment_without_an_essay_names_it(client, essay, given):
    response = client.post(LIST, given, format="json")

    expect_problem(response, 400, "invalid", "/essay" if isinstance(given, dict) else "")


def test_essay_of_another_seminar_is_as_none(api, outsider, essay):
    client = api(outsider, scopes=ADMIN)

    hidden, absent = (
        client.post(LIST, {"essay": str(one), "title": 7}, format="json")
        for one in (essay.pk, uuid.uuid4())
    )

    expect_same_as_absent(hidden, absent)


@pytest.mark.parametrize("role", ["assistant", "student", "observer"])
def test_set_up_is_refused_to_others_before_it_is_looked_at(api, request, essay, path, role):
    client = api(request.getfixturevalue(role), scopes=ADMIN)

    expect_problem(client.patch(path, {"title": 7}, format="json"), 403, "not_allowed")
    expect_problem(
        client.post(LIST, {"essay": str(essay.pk), "title": 7}, format="json"), 403, "not_allowed"
    )
    assert Assignment.objects.get().title == "Who should pay for water?"


def test_set_up_needs_the_scope_admin(api, instructor, essay, path):
    client = api(instructor, scopes=("read", "write"))

    expect_problem(client.patch(path, {}, format="json"), 403, "insufficient_scope")
    expect_problem(
        client.post(LIST, {"essay": str(essay.pk)}, format="json"), 403, "insufficient_scope"
    )


@pytest.mark.parametrize("slug", ["Water", "wa ter", "wässer", "../water", "\u202ewater", "w" * 81])
def test_slug_is_refused_rather_than_mended(client, essay, slug):
    response = client.post(LIST, {"essay": str(essay.pk), "slug": slug}, format="json")

    expect_problem(response, 400, "invalid", "/slug")


@pytest.mark.parametrize(("slug", "kept"), [("w" * 80, "w" * 80), ("a-1", "a-1"), ("", "mine")])
def test_slug_is_kept_or_made_of_the_title(client, essay, slug, kept):
    given = {"essay": str(essay.pk), "title": "Mine", "slug": slug}

    assert client.post(LIST, given, format="json").json()["slug"] == kept
