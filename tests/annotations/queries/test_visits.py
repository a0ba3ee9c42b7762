"""What is new since the last visit, on the reading page, in threads and on the start page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.enums import Status
from annotations.models import Annotation, Visit
from annotations.queries import ReadingFilters, reading_page, thread
from annotations.queries.visits import last_visit, new_replies, news_of, since_of
from debate.assignments.enums import RoundMode
from tests.expect import expect_constant_queries
from tests.factories.annotations import ReplyFactory, VisitFactory, annotation_on
from tests.factories.assignments import AssignmentFactory

HOUR = timedelta(hours=1)


def posted(annotation, ago):
    Annotation.objects.filter(pk=annotation.pk).update(published_at=timezone.now() - ago)
    return annotation


@pytest.fixture
def noon():
    """An hour ago: since when things are new."""
    return timezone.now() - HOUR


def test_visit_goes_on_until_half_an_hour_of_silence():
    now = timezone.now()
    visit = Visit(before=now - 9 * HOUR, last_at=now - HOUR / 3)
    ended = Visit(before=now - 9 * HOUR, last_at=now - HOUR)

    assert since_of(visit, now) == visit.before
    assert since_of(ended, now) == ended.last_at
    assert since_of(None, now) is None


def test_visitor_has_no_last_visit(assignment, anonymous, student):
    assert (last_visit(anonymous, assignment), last_visit(student, assignment)) == (None, None)


def test_page_marks_what_others_posted_since(assignment, paragraphs, student, classmate, noon):
    old = posted(annotation_on(paragraphs[0], author=classmate, assignment=assignment), 2 * HOUR)
    posted(annotation_on(paragraphs[0], author=classmate, assignment=assignment), HOUR / 2)
    posted(annotation_on(paragraphs[1], author=student, assignment=assignment), HOUR / 2)
    posted(ReplyFactory(parent=old, author=classmate), HOUR / 2)
    posted(ReplyFactory(parent=old, author=student), HOUR / 2)

    page = reading_page(user=student, assignment=assignment, filters=ReadingFilters(), since=noon)

    cards = [card for one in page.paragraphs for card in one.cards]
    assert [(card.is_new, card.new_replies) for card in cards] == [
        (False, 1),
        (True, 0),
        (False, 0),
    ]
    assert [one.new for one in page.paragraphs] == [2, 0, 0]
    assert page.new == 2
    assert page.paragraphs[0].heading == "Paragraph 1, 2 notes, 2 new"


def test_filter_new_keeps_threads_with_something_new(
    assignment, paragraphs, student, classmate, noon
):
    posted(annotation_on(paragraphs[0], author=classmate, assignment=assignment), 2 * HOUR)
    old = posted(annotation_on(paragraphs[1], author=student, assignment=assignment), 2 * HOUR)
    posted(ReplyFactory(parent=old, author=classmate), HOUR / 2)

    page = reading_page(
        user=student, assignment=assignment, filters=ReadingFilters(new=True), since=noon
    )

    assert [[card.id for card in one.cards] for one in page.paragraphs] == [[], [str(old.pk)], []]


def test_first_visit_finds_nothing_new(assignment, paragraphs, student, classmate):
    posted(annotation_on(paragraphs[0], author=classmate, assignment=assignment), HOUR)

    page = reading_page(user=student, assignment=assignment, filters=ReadingFilters())

    assert (page.new, page.since) == (0, "")
    assert not page.paragraphs[0].cards[0].is_new


def test_thread_marks_new_replies(assignment, paragraphs, student, classmate, noon):
    VisitFactory(user=student, assignment=assignment, last_at=noon)
    root = posted(annotation_on(paragraphs[0], author=student, assignment=assignment), 2 * HOUR)
    posted(ReplyFactory(parent=root, author=classmate), 2 * HOUR)
    posted(ReplyFactory(parent=root, author=classmate), HOUR / 2)

    found = thread(user=student, annotation_id=root.pk)

    assert [reply.card.is_new for reply in found.replies] == [False, True]


@pytest.mark.parametrize(
    "fields", [{"audience": "private"}, {"audience": "staff"}, {"status": Status.PENDING}]
)
def test_what_one_may_not_read_is_not_new(fields, assignment, paragraphs, student, classmate, noon):
    root = annotation_on(paragraphs[0], author=student, assignment=assignment)
    posted(
        annotation_on(paragraphs[0], author=classmate, assignment=assignment, **fields), HOUR / 2
    )
    posted(ReplyFactory(parent=root, author=classmate, **fields), HOUR / 2)
    VisitFactory(user=student, assignment=assignment, last_at=noon)

    assert new_replies(student, assignment, noon) == {}
    assert news_of(student, [assignment]) == {}


def test_blind_round_tells_nothing_of_how_much_is_new(
    assignment, paragraphs, student, classmate, instructor, noon
):
    assignment.rounds.update(mode=RoundMode.BLIND)
    posted(annotation_on(paragraphs[0], author=classmate, assignment=assignment), HOUR / 2)
    for user in (student, instructor):
        VisitFactory(user=user, assignment=assignment, last_at=noon)

    assert news_of(student, [assignment]) == {}
    assert news_of(instructor, [assignment]) == {assignment.pk: (1, noon)}


def test_news_of_each_assignment_begin_at_its_own_visit(assignment, paragraphs, student, classmate):
    now = timezone.now()
    other = AssignmentFactory(essay=assignment.essay, slug="again")
    for one in (assignment, other):
        posted(annotation_on(paragraphs[0], author=classmate, assignment=one), 2 * HOUR)
    VisitFactory(user=student, assignment=assignment, last_at=now - 3 * HOUR)
    VisitFactory(user=student, assignment=other, last_at=now - HOUR)

    assert news_of(student, [assignment, other]) == {assignment.pk: (1, now - 3 * HOUR)}


def test_start_page_says_how_much_is_new(page, assignment, paragraphs, student, classmate):
    last_at = timezone.now().replace(hour=0, minute=0) - timedelta(days=1)
    VisitFactory(user=student, assignment=assignment, last_at=last_at)
    posted(annotation_on(paragraphs[0], author=classmate, assignment=assignment), timedelta())

    content = page(student).get("/").content.decode()

    assert (
        f'href="{assignment.get_absolute_url()}?new=1">1 new since yesterday 00:00</a>' in content
    )


def test_start_page_asks_as_often_for_news_of_one_assignment_as_of_three(
    page, assignment, paragraphs, student, classmate
):
    browser = page(student)

    def visited(one):
        VisitFactory(user=student, assignment=one, last_at=timezone.now() - HOUR)
        posted(annotation_on(paragraphs[0], author=classmate, assignment=one), timedelta())

    visited(assignment)

    expect_constant_queries(
        lambda: browser.get("/"),
        grow=lambda: [
            visited(AssignmentFactory(essay=assignment.essay, slug=f"again-{n}")) for n in range(2)
        ],
    )
