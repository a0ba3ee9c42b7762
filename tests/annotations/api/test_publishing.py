"""The next revision of an essay looked at and published through the API."""

from functools import partial

import pytest

from annotations.models import Anchor
from debate.essays.actions import correct_import, start_revision
from debate.essays.importing import edits
from tests.expect import expect_problem
from tests.factories.annotations import annotation_on


@pytest.fixture
def client(api, instructor):
    return api(instructor, scopes=("read", "admin"))


@pytest.fixture
def notes(assignment, paragraphs, student):
    on = partial(annotation_on, assignment=assignment, author=student)
    return [on(paragraphs[0]), on(paragraphs[1])]


@pytest.fixture
def draft(instructor, essay, notes):
    """The next revision, without the first paragraph."""
    kept = start_revision(actor=instructor, essay=essay)
    shorter = partial(edits.leave_out, index=0)
    return correct_import(actor=instructor, import_id=kept.pk, version=1, edit=shorter)


def at(draft, step):
    return f"/api/v1/imports/{draft.pk}/{step}/"


def test_changes_say_what_publishing_would_do(client, draft, notes):
    body = client.get(at(draft, "changes")).json()

    assert (body["version"], body["revision"], body["base"], body["refusal"]) == (2, 2, 1, "")
    assert (body["annotations"], body["staying"], body["changing"]) == (2, 1, 1)
    assert (body["is_overtaken"], body["changes_text"], body["head"]) == (False, True, [])
    [affected] = body["affected"]
    assert (affected["annotation"], affected["goes"]) == (str(notes[0].pk), [])
    assert affected["was"][0]["paragraph"] == 1


def test_draft_is_published_with_its_note(client, draft, notes, essay, assignment):
    response = client.post(at(draft, "publish"), {"note": "Shorter.", "version": 2})

    body = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"http://testserver/api/v1/essays/{essay.pk}/revisions/2/"
    assert (body["number"], body["note"], body["essay"]) == (2, "Shorter.", str(essay.pk))
    assignment.refresh_from_db()
    assert assignment.revision.number == 2
    states = Anchor.objects.filter(revision__number=2).order_by("annotation_id")
    assert [one.state for one in states] == ["orphaned", "kept"]


def test_draft_that_was_changed_since_is_not_published(client, draft):
    expect_problem(client.post(at(draft, "publish"), {"version": 1}), 409, "conflict")


def test_place_of_an_annotation_is_decided_and_the_decision_taken_back(client, draft, notes):
    address = at(draft, f"placements/{notes[0].pk}")

    decided = client.put(address, {"choice": "by_hand", "block": 0, "start": 0, "end": 3})
    shown = client.get(at(draft, "changes")).json()["affected"][0]
    taken_back = client.delete(address)

    assert decided.json() == {
        "annotation": str(notes[0].pk),
        "choice": "by_hand",
        "block": 0,
        "start": 0,
        "end": 3,
        "exact": "The",
    }
    assert [one["exact"] for one in shown["goes"]] == ["The"]
    assert taken_back.status_code == 204
    assert client.get(at(draft, "changes")).json()["affected"][0]["goes"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({"choice": "by_hand"}, "/block"), ({"choice": "proposed"}, "/choice"), ({}, "/choice")],
)
def test_place_that_cannot_be_is_refused(client, draft, notes, body, pointer):
    response = client.put(at(draft, f"placements/{notes[0].pk}"), body)

    expect_problem(response, 400, "invalid", pointer)
