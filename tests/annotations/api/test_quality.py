"""Quality marks and "me too" in the API."""

import uuid

import pytest

from annotations.enums import Audience, Kind
from annotations.models import MeToo, PassageCheck, QualityMark
from tests.expect import expect_constant_queries, expect_denied, expect_problem
from tests.factories.annotations import AnnotationFactory, PassageFactory, SourceFactory
from tests.factories.argument import (
    ClaimFactory,
    QualityMarkAnswerFactory,
    QualityMarkFactory,
)

MARKS = "/api/v1/quality-marks/"


@pytest.fixture
def note(assignment, student):
    return AnnotationFactory(assignment=assignment, author=student)


def person(user):
    return {"id": str(user.pk), "name": user.display_name}


def one(mark, ending=""):
    return f"{MARKS}{mark.pk}/{ending}"


def test_mark_is_set_read_and_taken_back(note, classmate, api):
    client = api(classmate)

    given = client.post(
        MARKS, {"annotation": str(note.pk), "type": "unclear", "note": "Which rents?"}
    )

    assert given.status_code == 201
    body = given.json()
    assert given["Location"].endswith(f"{MARKS}{body['id']}/")
    assert body == {
        "id": body["id"],
        "seminar": str(note.assignment.seminar_id),
        "annotation": str(note.pk),
        "claim": None,
        "passage": None,
        "type": "unclear",
        "note": "Which rents?",
        "by": person(classmate),
        "created_at": body["created_at"],
        "updated_at": body["updated_at"],
        "resolved_at": None,
        "resolved_by": None,
        "resolution": "",
        "html_url": f"http://testserver/marks/{body['id']}/",
    }
    address = f"{MARKS}{body['id']}/"
    assert client.get(address).json() == body
    assert client.delete(address).status_code == 204
    assert client.get(address).json()["resolution"] == "Taken back"


@pytest.mark.parametrize("name", ["claim", "passage"])
def test_mark_is_set_on_claims_and_passages(name, assignment, instructor, classmate, api):
    source = SourceFactory(seminar=assignment.seminar, added_by=instructor)
    targets = {
        "claim": ClaimFactory(assignment=assignment, added_by=instructor),
        "passage": PassageFactory(source=source, added_by=instructor),
    }

    given = api(classmate).post(MARKS, {name: str(targets[name].pk), "type": "unclear"})

    assert given.json()[name] == str(targets[name].pk)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/type"),
        ({"annotation": 7, "type": "unclear"}, "/annotation"),
        ({"type": "unclear"}, ""),
    ],
)
def test_mark_on_nothing_names_what_is_missing(body, pointer, classmate, api):
    answer = api(classmate).post(MARKS, body)

    assert answer.status_code == 400
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("rest", "pointer"),
    [
        ({}, "/type"),
        ({"type": "boring"}, "/type"),
        ({"type": "misquote"}, "/type"),
        ({"type": "unclear", "note": 7}, "/note"),
        ({"type": "unclear", "score": 3}, "/score"),
    ],
)
def test_mark_with_a_bad_body_names_the_member(note, classmate, api, rest, pointer):
    answer = api(classmate).post(MARKS, {"annotation": str(note.pk), **rest})

    expect_problem(answer, 400, "invalid", pointer)


def test_mark_on_two_things_is_refused(note, classmate, api):
    body = {"annotation": str(note.pk), "claim": str(uuid.uuid4()), "type": "unclear"}

    assert api(classmate).post(MARKS, body).status_code == 400


def test_third_mark_is_a_conflict_that_names_the_type(note, classmate, api):
    for type_ in ("unclear", "move"):
        QualityMarkFactory(annotation=note, by=classmate, type=type_)

    answer = api(classmate).post(MARKS, {"annotation": str(note.pk), "type": "duplicate"})

    expect_problem(answer, 409, "too_many_marks", "/type")


def test_mark_on_what_one_cannot_read_is_missing_before_the_body_is_judged(
    assignment, student, classmate, api
):
    hidden = AnnotationFactory(assignment=assignment, author=student, audience=Audience.PRIVATE)

    answer = api(classmate).post(MARKS, {"annotation": str(hidden.pk), "type": 7})

    expect_problem(answer, 404, "not_found", "/annotation")


@pytest.mark.parametrize("on", ["annotation", "claim", "passage"])
def test_mark_on_what_is_not_there_names_the_member(on, classmate, api):
    answer = api(classmate).post(MARKS, {on: str(uuid.uuid4()), "type": "unclear"})

    expect_problem(answer, 404, "not_found", f"/{on}")


def test_mark_of_an_observer_is_denied_before_the_body_is_judged(note, observer, api):
    expect_denied(api(observer).post(MARKS, {"annotation": str(note.pk), "type": "boring"}))


def test_marks_are_listed_by_what_is_asked(note, assignment, instructor, classmate, api):
    first = QualityMarkFactory(annotation=note, by=classmate, type="unclear")
    claim = ClaimFactory(assignment=assignment)
    second = QualityMarkFactory(annotation=None, claim=claim, type="move")
    other = QualityMarkFactory()
    api(instructor).post(one(second, "resolve/"), {})

    def found(**query):
        answer = api(instructor).get(MARKS, query).json()
        return [row["id"] for row in answer["results"]]

    both = [str(first.pk), str(second.pk)]
    assert str(other.pk) not in found()
    assert found() == found(assignment=str(assignment.pk)) == both
    assert found(seminar=str(assignment.seminar_id)) == both
    assert found(open="1") == found(annotation=str(note.pk)) == found(type="unclear") == both[:1]
    assert found(open="0") == found(claim=str(claim.pk)) == both[1:]
    assert found(passage=str(uuid.uuid4())) == []


def test_marks_take_as_many_queries_for_three_as_for_one(note, classmate, api):
    client = api(classmate)
    QualityMarkFactory(annotation=note)

    expect_constant_queries(
        lambda: client.get(MARKS),
        grow=lambda: [QualityMarkFactory(annotation=note) for _ in range(2)],
    )


def test_marks_under_pseudonyms_hide_who_set_and_settled_them(
    note, assignment, student, classmate, instructor, api
):
    assignment.uses_pseudonyms = True
    assignment.save()
    mark = QualityMarkFactory(annotation=note, by=classmate)
    api(classmate).post(one(mark, "answers/"), {"body": "See above."})
    api(classmate).delete(one(mark))

    def read(user):
        client = api(user)
        body = client.get(one(mark)).json()
        (answer,) = client.get(one(mark, "answers/")).json()["results"]
        return body["by"], body["resolved_by"], answer["by"]

    assert read(student) == (None, None, None)
    assert read(classmate) == read(instructor) == (person(classmate),) * 3


def test_answers_are_given_and_listed(note, student, classmate, api):
    mark = QualityMarkFactory(annotation=note, by=classmate)
    earlier = QualityMarkAnswerFactory(mark=mark)

    given = api(student).post(one(mark, "answers/"), {"body": "The asking rents."})

    assert given.status_code == 201
    assert given.json() == {
        "id": given.json()["id"],
        "mark": str(mark.pk),
        "body": "The asking rents.",
        "by": person(student),
        "at": given.json()["at"],
    }
    listed = api(classmate).get(one(mark, "answers/")).json()["results"]
    assert [row["id"] for row in listed] == [str(earlier.pk), given.json()["id"]]


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "invalid", "/body"),
        ({"body": " "}, "blank", "/body"),
        ({"body": 7}, "invalid", "/body"),
    ],
)
def test_answer_with_a_bad_body_names_it(note, student, api, body, code, pointer):
    mark = QualityMarkFactory(annotation=note)

    expect_problem(api(student).post(one(mark, "answers/"), body), 400, code, pointer)


def test_answer_to_a_settled_mark_is_a_conflict(note, student, instructor, api):
    mark = QualityMarkFactory(annotation=note)
    api(instructor).post(one(mark, "resolve/"), {})

    answer = api(student).post(one(mark, "answers/"), {"body": "Late."})

    expect_problem(answer, 409, "invalid_state")


def test_answer_of_an_observer_is_denied(note, observer, api):
    mark = QualityMarkFactory(annotation=note)

    expect_denied(api(observer).post(one(mark, "answers/"), {"body": "Well."}))


def test_mark_is_settled_by_staff(note, student, instructor, api):
    mark = QualityMarkFactory(annotation=note)

    expect_denied(api(student).post(one(mark, "resolve/"), {}))
    settled = api(instructor).post(one(mark, "resolve/"), {"resolution": "Clear now."})

    assert (settled.status_code, settled.json()["resolution"]) == (200, "Clear now.")
    assert settled.json()["resolved_by"] == person(instructor)


def test_misquote_is_confirmed_by_staff(assignment, student, classmate, instructor, api):
    evidence = AnnotationFactory(assignment=assignment, author=student, evidence=True)
    mark = QualityMarkFactory(annotation=evidence, type="misquote", by=classmate)

    settled = api(instructor).post(one(mark, "resolve/"), {"is_confirmed": True})

    assert settled.json()["resolution"] == "Confirmed: the words do not stand in the source."
    assert PassageCheck.objects.get().match == "not_found"


def test_confirmation_of_another_mark_names_the_member(note, instructor, api):
    mark = QualityMarkFactory(annotation=note)

    answer = api(instructor).post(one(mark, "resolve/"), {"is_confirmed": True})

    expect_problem(answer, 400, "invalid", "/is_confirmed")


def test_mark_is_taken_back_only_by_who_set_it(note, classmate, instructor, api):
    mark = QualityMarkFactory(annotation=note, by=classmate)

    expect_denied(api(instructor).delete(one(mark)))
    assert QualityMark.objects.get().resolved_at is None


def test_mark_is_not_taken_back_by_who_writes_no_more(seminar, note, classmate, api):
    mark = QualityMarkFactory(annotation=note, by=classmate)
    seminar.memberships.filter(user=classmate).update(role="observer")

    expect_denied(api(classmate).delete(one(mark)))


@pytest.mark.parametrize("ending", ["", "answers/", "resolve/"])
def test_mark_on_what_one_cannot_read_is_missing(assignment, student, classmate, api, ending):
    hidden = AnnotationFactory(assignment=assignment, author=student, audience=Audience.PRIVATE)
    mark = QualityMarkFactory(annotation=hidden)
    client = api(classmate)

    call = client.post if ending == "resolve/" else client.get
    expect_problem(call(one(mark, ending)), 404, "not_found")


def test_me_too_is_said_counted_and_taken_back(assignment, student, classmate, observer, api):
    question = AnnotationFactory(assignment=assignment, author=student, kind=Kind.QUESTION)
    address = f"/api/v1/annotations/{question.pk}/me-too/"
    client = api(classmate)

    assert client.get(address).json() == {"count": 0, "is_mine": False}
    assert client.put(address).json() == {"count": 1, "is_mine": True}
    assert client.put(address).json() == {"count": 1, "is_mine": True}
    assert api(observer).get(address).json() == {"count": 1, "is_mine": False}
    assert [client.delete(address).status_code for _ in range(2)] == [204, 204]
    assert not MeToo.objects.exists()


@pytest.mark.parametrize("who", ["student", "observer"])
def test_me_too_of_the_asker_and_of_who_only_reads_is_denied(
    assignment, student, who, api, request
):
    question = AnnotationFactory(assignment=assignment, author=student, kind=Kind.QUESTION)

    answer = api(request.getfixturevalue(who)).put(f"/api/v1/annotations/{question.pk}/me-too/")

    expect_denied(answer)


def test_me_too_to_what_is_no_question_is_a_conflict(note, classmate, api):
    expect_problem(
        api(classmate).put(f"/api/v1/annotations/{note.pk}/me-too/"), 409, "invalid_state"
    )
