"""What stands above the essay for each member."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from annotations.queries import ReadingFilters, reading_page
from debate.assignments.enums import RoundMode
from debate.core.moments import in_words
from debate.seminars.enums import GroupKind, Role
from tests.expect import expect_constant_queries
from tests.factories.annotations import ReplyFactory, VisitFactory, annotation_on
from tests.factories.assignments import AliasFactory, ExtensionFactory, SideFactory
from tests.factories.seminars import GroupFactory, MembershipFactory

HOUR = timedelta(hours=1)


def standing_of(user, assignment):
    return reading_page(user=user, assignment=assignment, filters=ReadingFilters()).standing


def hrefs(user, assignment):
    base = assignment.get_absolute_url()
    return [task.href.replace(base, "…") for task in standing_of(user, assignment).tasks]


def text_of(response):
    return response.content.decode()


def test_each_unmet_task_begins_at_the_first_paragraph_without_an_own_note(
    assignment, paragraphs, student, classmate
):
    assignment.asked_comments, assignment.asked_paragraphs = 1, 2
    assignment.save()
    annotation_on(paragraphs[0], author=student, assignment=assignment)
    annotation_on(paragraphs[1], author=classmate, assignment=assignment)

    assert hrefs(student, assignment) == [
        "",
        "…annotate/1/2/?kind=counterargument",
        "…annotate/1/2/?kind=evidence",
        "…annotate/1/2/",
    ]


def test_replies_begin_at_what_others_left_unanswered(assignment, paragraphs, student, classmate):
    assignment.asked_replies = 1
    assignment.save()
    annotation_on(paragraphs[0], author=classmate, assignment=assignment)
    challenge = annotation_on(
        paragraphs[1], author=classmate, assignment=assignment, counterargument=True
    )
    annotation_on(paragraphs[0], author=student, assignment=assignment, kind="question")

    assert hrefs(student, assignment)[-1] == f"/annotations/{challenge.pk}/reply/"


def test_kind_that_the_round_does_not_take_begins_nowhere(assignment, student):
    assignment.rounds.update(allowed_kinds=["evidence"])

    assert hrefs(student, assignment) == ["", "", "…annotate/1/1/?kind=evidence"]


@pytest.mark.parametrize("closed", ["date", "round"])
def test_nothing_begins_after_the_closing(closed, assignment, student):
    if closed == "date":
        assignment.closes_at = timezone.now() - HOUR
        assignment.save()
    else:
        assignment.rounds.update(mode=RoundMode.CLOSED)

    assert hrefs(student, assignment) == ["", "", ""]


def test_own_dates_are_shown_as_extended(page, assignment, student, classmate):
    assignment.due_at = assignment.closes_at = timezone.now() - HOUR
    assignment.save()
    due_at = timezone.now() + 30 * HOUR
    ExtensionFactory(assignment=assignment, user=student, due_at=due_at)

    content = text_of(page(student).get(assignment.get_absolute_url()))

    assert "extended for you" in content
    due = standing_of(student, assignment).due
    assert due == f"due {in_words(due_at, timezone.now())}, your time"
    assert hrefs(student, assignment)[0] == "…annotate/1/1/?kind=comment"
    assert "extended for you" not in text_of(page(classmate).get(assignment.get_absolute_url()))


def test_page_says_when_all_is_in_and_offers_the_receipt(page, assignment, paragraphs, student):
    assignment.asked_counterarguments = assignment.asked_evidence = 0
    assignment.asked_comments = 1
    assignment.save()
    url = assignment.get_absolute_url()
    before = text_of(page(student).get(url))
    annotation_on(paragraphs[0], author=student, assignment=assignment)

    after = text_of(page(student).get(url))

    receipt = f'<a href="{url}receipt/">Get a receipt</a>'
    assert (receipt in before, receipt in after) == (False, True)
    assert "Everything that is asked is in." in after


def test_page_says_the_line_in_plain_words(page, assignment, paragraphs, student):
    assignment.due_at = timezone.now() + timedelta(minutes=1)
    assignment.save()
    annotation_on(paragraphs[0], author=student, assignment=assignment)

    content = strip_tags(text_of(page(student).get(assignment.get_absolute_url())))

    for words in ("Comments 1/3", "Counterarguments 0/2", "Evidence 0/2", ", your time"):
        assert words in content


def test_resolution_and_own_side_are_told(page, assignment, student, classmate, instructor):
    assignment.resolution = "Water should be priced by use."
    assignment.save()
    SideFactory(assignment=assignment, user=student)
    url = assignment.get_absolute_url()

    told = [
        ("priced by use" in content, "You argue the affirmative" in content)
        for content in (text_of(page(user).get(url)) for user in (student, classmate, instructor))
    ]

    assert told == [(True, True), (True, False), (True, False)]


def test_pseudonym_is_told(page, assignment, student):
    assignment.uses_pseudonyms = True
    assignment.save()
    AliasFactory(assignment=assignment, user=student, name="Heron")

    content = text_of(page(student).get(assignment.get_absolute_url()))

    assert "Others read you as Heron; staff know your name." in content


def test_staff_read_how_many_are_done_and_a_limited_assistant_of_the_own_section(
    page, assignment, student, classmate, instructor
):
    section = GroupFactory(seminar=assignment.seminar, kind=GroupKind.SECTION, members=[student])
    helper = MembershipFactory(seminar=assignment.seminar, role=Role.ASSISTANT, is_limited=True)
    helper.sections.set([section])
    url = assignment.get_absolute_url()

    line = f'<a href="{url}progress/">0 of 2 students are done</a>'
    section_line = f'<a href="{url}progress/">0 of 1 student is done</a>'
    assert line in text_of(page(instructor).get(url))
    assert section_line in text_of(page(helper.user).get(url))


def test_observer_reads_the_round_and_nothing_of_tasks(assignment, observer):
    assignment.rounds.update(mode=RoundMode.BLIND)

    found = standing_of(observer, assignment)

    assert found.round == "Blind round: the notes are not shown."
    assert (found.tasks, found.due, found.progress_url, found.students) == ([], "", "", 0)


def test_visitor_of_a_public_essay_has_no_standing_and_reads_no_instructions(page, assignment):
    assignment.essay.is_public = assignment.seminar.allows_public = True
    assignment.essay.save()
    assignment.seminar.save()
    assignment.instructions = "Read it twice."
    assignment.save()

    content = text_of(page(None).get(assignment.get_absolute_url()))

    assert "Read it twice." not in content
    assert 'class="todo"' not in content


@pytest.mark.parametrize(("instructions", "is_open"), [("Short.", True), ("Long. " * 100, False)])
def test_instructions_are_folded_when_long(page, assignment, student, instructions, is_open):
    assignment.instructions = instructions
    assignment.save()

    content = text_of(page(student).get(assignment.get_absolute_url()))

    assert ('<details class="fold asked" open>' in content) is is_open
    assert content.count(instructions.strip()) == 1


def test_page_with_everything_asks_as_often_for_one_note_as_for_many(
    page, assignment, paragraphs, student, classmate
):
    assignment.uses_pseudonyms, assignment.resolution = True, "Water should be priced."
    assignment.save()
    VisitFactory(user=student, assignment=assignment, last_at=timezone.now() - HOUR)
    first = annotation_on(paragraphs[0], author=classmate, assignment=assignment)
    browser = page(student)

    def more():
        annotation_on(paragraphs[1], author=student, assignment=assignment)
        for _ in range(2):
            ReplyFactory(parent=first, author=classmate, published_at=timezone.now())

    count = expect_constant_queries(lambda: browser.get(assignment.get_absolute_url()), grow=more)

    assert count <= 26
