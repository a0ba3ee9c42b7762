"""The start page: what waits for a person, what is to be read, what is finished."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from lxml import html

from annotations.enums import Audience, Kind, Status
from annotations.models import Annotation, Draft
from annotations.pages.queries import DRAFTS_SHOWN, WAITING_SHOWN, home_page
from annotations.pages.strips import strip
from annotations.queries import ReadingFilters, reading_page
from debate.assignments.models import Assignment
from debate.seminars.models import Seminar
from tests.expect import expect_constant_queries
from tests.factories.annotations import AnnotationFactory, ReplyFactory, annotation_on
from tests.factories.assignments import assignment_of
from tests.factories.essays import ImportDraftFactory, essay_of
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    MarkFactory,
    RegradeRequestFactory,
    WorkFactory,
)
from tests.factories.seminars import GroupFactory

HOUR = timedelta(hours=1)


@pytest.fixture
def mine(assignment, student):
    return AnnotationFactory(assignment=assignment, author=student)


def begun(author, assignment, number):
    """A draft of a note on that paragraph."""
    return Draft.objects.create(
        user=author,
        assignment=assignment,
        key=f"p:1:{number}",
        content={"kind": "comment", "body": "It begins so."},
        submission_key=uuid.uuid4(),
    )


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


# -- what else waits -------------------------------------------------------------------------------


def test_open_questions_wait_for_staff_and_lead_to_what_is_open(
    assignment, student, instructor, page
):
    for _ in range(2):
        AnnotationFactory(assignment=assignment, author=student, kind=Kind.QUESTION)
    AnnotationFactory(assignment=assignment, author=student, counterargument=True)

    found = home_page(instructor).waiting

    assert [(one.text, one.when) for one in found] == [
        (f"2 questions wait for an answer on “{assignment.title}”.", None)
    ]
    assert page(instructor).get(found[0].href).status_code == 200
    assert waiting(student) == []


def test_question_waits_for_nobody_once_it_is_closed(assignment, student, instructor):
    AnnotationFactory(assignment=assignment, author=student, kind=Kind.QUESTION)
    Assignment.objects.update(opens_at=timezone.now() - 2 * HOUR, closes_at=timezone.now() - HOUR)

    assert waiting(instructor) == []


def test_works_to_grade_wait_for_staff_and_lead_to_the_queue(
    assignment, student, instructor, assistant, page
):
    GradingPlanFactory(assignment=assignment)
    free, begun_by_another, settled = WorkFactory.create_batch(3, assignment=assignment)
    for work in (free, begun_by_another):
        GradeFactory(work=work)
    GradeFactory(work=settled, state="ready", final=5)
    MarkFactory(work=begun_by_another, marker=assistant)

    (found,) = home_page(instructor).waiting

    assert found.text == f"1 work to grade in “{assignment.title}”."
    assert page(instructor).get(found.href).status_code == 200
    assert waiting(assistant) == [("", f"2 works to grade in “{assignment.title}”.")]
    assert waiting(student) == []


def test_second_mark_waits_for_who_did_not_make_the_first(assignment, instructor, assistant):
    GradingPlanFactory(assignment=assignment, marking_mode="open_second")
    work = WorkFactory(assignment=assignment)
    GradeFactory(work=work, state="awaiting_second")
    MarkFactory(work=work, marker=assistant, state="submitted", total=5)

    assert waiting(instructor) == [("", f"1 work to grade in “{assignment.title}”.")]
    assert waiting(assistant) == []


def asked_again(assignment, student=None, **fields):
    """A request to look at a released grade of the student's again."""
    work = WorkFactory(assignment=assignment, **({"student": student} if student else {}))
    grade = GradeFactory(work=work, state="released", raw=5, final=5)
    return RegradeRequestFactory(grade=grade, **fields)


def test_regrade_requests_wait_for_staff_and_lead_to_their_page(
    assignment, student, classmate, instructor, assistant, page
):
    GradingPlanFactory(assignment=assignment)
    asked_again(assignment, student)
    asked_again(assignment, classmate, state="escalated")
    for state in ("upheld", "declined", "taken_back"):
        asked_again(assignment, state=state)

    (found,) = home_page(instructor).waiting

    assert found.text == f"2 regrade requests wait for an answer in “{assignment.title}”."
    assert page(instructor).get(found.href).context["found"].total == 5
    # What was handed to the instructors waits for them alone.
    one = ("", f"1 regrade request waits for an answer in “{assignment.title}”.")
    assert waiting(assistant) == [one]


def test_regrade_request_waits_for_nobody_who_may_not_answer_it(
    assignment, student, classmate, observer, outsider, operator
):
    GradingPlanFactory(assignment=assignment)
    asked_again(assignment, student)

    found = {who: waiting(who) for who in (student, classmate, observer, outsider, operator)}

    assert list(found.values()) == [[], [], [], [], []]


def test_regrade_requests_of_other_sections_do_not_wait_for_a_limited_assistant(
    assignment, seminar, student, classmate, assistant
):
    GradingPlanFactory(assignment=assignment)
    section = GroupFactory(seminar=seminar, kind="section")
    section.members.add(student)
    limited = seminar.memberships.get(user=assistant)
    limited.is_limited = True
    limited.save()
    limited.sections.add(section)
    asked_again(assignment, classmate)
    assert waiting(assistant) == []

    asked_again(assignment, student)

    one = ("", f"1 regrade request waits for an answer in “{assignment.title}”.")
    assert waiting(assistant) == [one]


def test_regrade_request_waits_for_nobody_in_an_archived_seminar(assignment, student, instructor):
    GradingPlanFactory(assignment=assignment)
    asked_again(assignment, student)
    Seminar.objects.update(archived_at=timezone.now())

    assert waiting(instructor) == []


def test_home_of_staff_takes_constant_queries(page, instructor, assignment, essay):
    GradingPlanFactory(assignment=assignment)
    asked_again(assignment)
    browser = page(instructor)

    def grow():
        other = assignment_of(essay)
        GradingPlanFactory(assignment=other)
        for where in (assignment, other):
            asked_again(where)

    expect_constant_queries(lambda: browser.get("/"), grow=grow)
    assert len(waiting(instructor)) == 2


def test_drafts_wait_and_lead_to_where_one_goes_on(assignment, student, classmate, page):
    for number in range(DRAFTS_SHOWN + 1):
        begun(student, assignment, number + 1)
    begun(classmate, assignment, 1)

    found = home_page(student)
    content = page(student).get("/").content.decode()

    assert (len(found.drafts), found.drafts_count) == (DRAFTS_SHOWN, DRAFTS_SHOWN + 1)
    assert f"Your draft, {found.drafts[0].where} of “{assignment.title}”" in content
    assert f"All {DRAFTS_SHOWN + 1} drafts" in content
    assert 'aria-labelledby="h-waiting"' in content


def test_nothing_waits_for_whoever_has_nothing_to_do(student, assignment, page):
    assert 'aria-labelledby="h-waiting"' not in page(student).get("/").content.decode()


# -- where the notes stand -------------------------------------------------------------------------


def test_strip_shows_where_along_the_essay_the_notes_stand(assignment, paragraphs, student, page):
    for paragraph, count in ((paragraphs[0], 1), (paragraphs[2], 3)):
        for _ in range(count):
            annotation_on(paragraph, assignment=assignment, author=student)

    line = home_page(student).reading[0]
    shown = html.document_fromstring(page(student).get("/").content)

    assert [cell.count for cell in line.strip.cells] == [1] * 4 + [0] * 4 + [3] * 4
    (picture,) = shown.xpath("//*[local-name()='svg' and @class='strip']")
    assert picture.get("aria-label") == "4 notes, most of them on paragraph 3"
    assert len(picture.xpath("./*[local-name()='rect']")) == 12
    assert picture.xpath("count(.//@style)") == 0


def test_strip_shows_only_what_one_may_read(assignment, paragraphs, student, classmate):
    annotation_on(paragraphs[0], assignment=assignment, author=classmate, audience=Audience.PRIVATE)
    assignment.rounds.update(mode="blind")
    annotation_on(paragraphs[1], assignment=assignment, author=classmate)

    assert home_page(student).reading[0].strip is None
    assert home_page(classmate).reading[0].note_count == 2


def test_strip_of_a_long_essay_adds_paragraphs_up():
    drawn = strip(30, {1: 2, 2: 2, 30: 1})

    assert [cell.count for cell in drawn.cells] == [4, *[0] * 10, 1]
    assert [cell.height for cell in drawn.cells] == [16, *[1] * 10, 4]
    assert drawn.most == 1


def test_strip_of_an_essay_without_notes_or_paragraphs_is_none():
    assert strip(12, {}) is None
    assert strip(0, {}) is None


def test_note_that_lost_its_words_is_counted_but_has_no_place(assignment, paragraphs, student):
    note = annotation_on(paragraphs[0], assignment=assignment, author=student)
    note.anchors.update(paragraph=None, start=None, end=None, state="orphaned")

    line = home_page(student).reading[0]

    assert (line.note_count, line.strip) == (1, None)


# -- looking for a reading -------------------------------------------------------------------------


@pytest.mark.parametrize("sought", ["ROADS", "okafor", "Water pol", "  roads  "])
def test_readings_are_found_by_title_author_and_seminar(sought, assignment, seminar, student, page):
    roads = assignment_of(
        essay_of("Pay.", seminar=seminar, title="Roads", byline_author="Ada Okafor"), title="Roads"
    )

    shown = page(student).get("/", {"q": sought}).context["page"]

    wanted = [roads, assignment] if sought == "Water pol" else [roads]
    assert {line.assignment for line in shown.reading} == set(wanted)


def test_reading_that_is_not_found_says_so_and_leads_back(assignment, student, page):
    content = page(student).get("/", {"q": "<b>"}).content.decode()

    assert "No reading of yours says “&lt;b&gt;”" in content
    assert 'value="&lt;b&gt;"' in content
    assert '<a class="btn" href="/">Show all</a>' in content


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
