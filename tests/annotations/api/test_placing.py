"""Annotations put elsewhere, acts undone and threads muted through the API."""

import pytest

from annotations.actions import withdraw_annotation
from debate.notices.queries import is_muted
from tests.expect import expect_problem
from tests.factories.annotations import AnnotationFactory, annotation_on


@pytest.fixture
def mine(assignment, paragraphs, student):
    return annotation_on(paragraphs[0], author=student, assignment=assignment)


def at(annotation, act):
    return f"/api/v1/annotations/{annotation.pk}/{act}/"


def words(paragraph, quote):
    return {"anchors": [{"paragraph": str(paragraph.pk), "quote": quote}]}


def test_annotation_is_put_onto_other_words_and_back(api, mine, student, paragraphs):
    client = api(student)

    placed = client.put(at(mine, "anchors"), words(paragraphs[1], "voted twice")).json()
    undone = client.post(at(mine, "undo"), {"version": placed["version"]}).json()

    [anchor] = placed["anchors"]
    assert (anchor["paragraph"], anchor["exact"], anchor["state"]) == (
        str(paragraphs[1].pk),
        "voted twice",
        "by_hand",
    )
    assert (placed["version"], undone["version"]) == (2, 3)
    assert [one["paragraph"] for one in undone["anchors"]] == [str(paragraphs[0].pk)]


@pytest.mark.parametrize(
    ("quote", "status", "code"),
    [("votes thrice", 409, "quote_not_found"), ("the plan", 409, "quote_repeats")],
)
def test_annotation_is_not_put_onto_words_that_do_not_stand_there_once(
    api, mine, student, paragraphs, quote, status, code
):
    response = api(student).put(at(mine, "anchors"), words(paragraphs[1], quote))

    expect_problem(response, status, code, "/anchors/0/quote")


def test_annotation_of_an_outdated_version_is_not_put_elsewhere(api, mine, student, paragraphs):
    body = words(paragraphs[1], "voted twice") | {"version": 7}

    expect_problem(api(student).put(at(mine, "anchors"), body), 412, "stale_version")


def test_reply_has_no_place_of_its_own(api, mine, student, assignment, paragraphs):
    reply = AnnotationFactory(
        assignment=assignment, author=student, parent=mine, root=mine, depth=1
    )

    response = api(student).put(at(reply, "anchors"), words(paragraphs[0], "Cities"))

    expect_problem(response, 404, "not_found")


def test_withdrawal_is_undone_by_its_author(api, mine, student, classmate):
    withdrawn = withdraw_annotation(actor=student, annotation_id=mine.pk)

    refused = api(classmate).post(at(mine, "undo"), {"version": withdrawn.version})
    undone = api(student).post(at(mine, "undo"), {"version": withdrawn.version})

    expect_problem(refused, 404, "not_found")
    assert (undone.status_code, undone.json()["status"]) == (200, "published")


def test_nothing_is_undone_where_nothing_was_done(api, mine, student):
    expect_problem(api(student).post(at(mine, "undo"), {"version": 1}), 403, "not_allowed")


def test_thread_is_muted_and_heard_of_again(api, mine, classmate):
    client = api(classmate)

    assert client.put(at(mine, "mute")).status_code == 204
    assert is_muted(classmate, mine.pk) is True
    assert client.delete(at(mine, "mute")).status_code == 204
    assert is_muted(classmate, mine.pk) is False
