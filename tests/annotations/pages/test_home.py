"""The start page: what waits for a person, what is to be read, what is finished."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.enums import Audience, Kind, Status
from annotations.models import Annotation
from annotations.pages.queries import WAITING_SHOWN, home_page
from annotations.queries import ReadingFilters, reading_page
from debate.assignments.models import Assignment
from tests.expect import expect_constant_queries
from tests.factories.annotations import AnnotationFactory, ReplyFactory, annotation_on
from tests.factories.assignments import assignment_of
from tests.factories.essays import ImportDraftFactory, essay_of

HOUR = timedelta(hours=1)


@pytest.fixture
def mine(assignment, student):
    return AnnotationFactory(assignment=assignment, author=student)


def waiting(user):
    return [(one.kind, one.text) for one in home_page(user).waiting]


def test_visitor_reads_what_this_is(page, db):
    content = page().get("/").content.decode()

    assert "Say exactly what you dispute." in content
    assert 'href="/accounts/signup/"' in content
    assert "Look around in the demo" not in content


def test_person_without_seminar_is_told_what_to_do(page, operator):
    assert "You are in no seminar yet." in page(operator).get("/").content.decode()


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        (Kind.COMMENT, {}, "a comment"),
        (Kind.QUESTION, {}, "a question"),
        (Kind.COUNTERARGUMENT, {"counterargument": True}, "a counterargument"),
        (Kind.EVIDENCE, {"evidence": True}, "evidence"),
    ],
)
def test_reply_waits_for_its_answer(mine, student, classmate, kind, fields, words):
    given = {"kind": kind} | fields
    if fields:
        given.pop("kind")
    reply = ReplyFactory(parent=mine, author=classmate, **given)

    found = home_page(student).waiting

    assert [(one.kind, one.href) for one in found] == [(kind, f"/annotations/{reply.pk}/")]
    assert found[0].text == f"Classmate answered you with {words} on “{mine.assignment.title}”."


@pytest.mark.parametrize("kind", [Kind.SUPPORT, Kind.CONCESSION])
def test_reply_that_asks_nothing_does_not_wait(mine, student, classmate, kind):
    ReplyFactory(parent=mine, author=classmate, kind=kind)

    assert waiting(student) == []


def test_reply_that_was_answered_does_not_wait(mine, student, classmate):
    reply = ReplyFactory(parent=mine, author=classmate)
    ReplyFactory(parent=reply, author=student)

    assert waiting(student) == []


def test_reply_of_ones_own_does_not_wait(mine, student):
    ReplyFactory(parent=mine, author=student)

    assert waiting(student) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Status.HELD},
        {"status": Status.WITHDRAWN},
        {"audience": Audience.PRIVATE},
        {"audience": Audience.STAFF},
    ],
)
def test_reply_one_may_not_read_does_not_wait(mine, student, classmate, fields):
    ReplyFactory(parent=mine, author=classmate, **fields)

    assert waiting(student) == []


def test_replies_waiting_are_capped_newest_first(mine, student, classmate):
    replies = ReplyFactory.create_batch(WAITING_SHOWN + 1, parent=mine, author=classmate)

    hrefs = [one.href for one in home_page(student).waiting]

    assert hrefs == [one.get_absolute_url() for one in replies[:0:-1]]


def test_import_under_way_waits(page, instructor, seminar):
    kept = ImportDraftFactory(created_by=instructor, seminar=seminar)

    content = page(instructor).get("/").content.decode()

    assert f'href="/essays/imports/{kept.pk}/"' in content
    assert "Finish importing “A draft” into Water policy." in content


def test_next_revision_under_way_waits(instructor, essay):
    ImportDraftFactory(
        created_by=instructor, seminar=essay.seminar, essay=essay, base=essay.current_revision
    )

    assert waiting(instructor) == [("", "Finish the next revision of “A draft”.")]


def test_import_of_another_does_not_wait(assistant, seminar):
    ImportDraftFactory(seminar=seminar)

    assert waiting(assistant) == []


def test_assignments_stand_by_what_can_be_done(student, essay):
    now = timezone.now()
    later = assignment_of(essay, opens_at=now + HOUR)
    due = assignment_of(essay, due_at=now + HOUR)
    closed = assignment_of(essay, closes_at=now - HOUR)

    found = home_page(student)

    assert [(line.assignment, line.state) for line in found.reading] == [
        (due, "open"),
        (later, "upcoming"),
    ]
    assert [(line.assignment, line.state) for line in found.finished] == [(closed, "closed")]


def test_assignments_of_other_seminars_stay_out(outsider, seminar):
    seminar.allows_public = True
    seminar.save()
    assignment_of(essay_of("Open.", seminar=seminar, is_public=True))

    assert home_page(outsider).reading == []


def test_counts_are_of_what_one_may_read(assignment, student, classmate):
    AnnotationFactory(assignment=assignment, author=classmate)
    AnnotationFactory(assignment=assignment, author=classmate, audience=Audience.STAFF)
    AnnotationFactory(assignment=assignment, author=student, status=Status.WITHDRAWN)
    question = AnnotationFactory(assignment=assignment, author=student, kind=Kind.QUESTION)
    ReplyFactory(parent=question, author=classmate, is_answer=True)
    AnnotationFactory(assignment=assignment, author=classmate, counterargument=True)

    line = home_page(student).reading[0]

    assert (line.note_count, line.unanswered_count) == (3, 1)


def test_counts_are_those_of_the_reading_page(assignment, paragraphs, student, classmate):
    for paragraph in paragraphs:
        challenge = annotation_on(
            paragraph, assignment=assignment, author=classmate, counterargument=True
        )
        ReplyFactory(parent=challenge, author=student, counterargument=True)
    annotation_on(paragraphs[0], assignment=assignment, author=student, kind=Kind.QUESTION)

    line = home_page(student).reading[0]
    shown = reading_page(user=student, assignment=assignment, filters=ReadingFilters())

    assert (line.note_count, line.unanswered_count) == (shown.total, shown.unanswered) == (4, 1)


def test_seminars_stand_with_ones_role(page, assistant):
    response = page(assistant).get("/")

    assert [one.role for one in response.context["page"].memberships] == ["assistant"]
    assert "Assistant" in response.content.decode()


def test_home_takes_constant_queries(page, student, classmate, mine, essay):
    browser = page(student)
    ReplyFactory(parent=mine, author=classmate)

    def grow():
        ReplyFactory.create_batch(2, parent=mine, author=classmate)
        assignment_of(essay)
        assignment_of(essay, closes_at=timezone.now() - HOUR)

    expect_constant_queries(lambda: browser.get("/"), grow=grow)
    assert (Annotation.objects.count(), Assignment.objects.count()) == (4, 3)
