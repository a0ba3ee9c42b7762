"""What counts, for one person and for everybody, and how it is said."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from annotations.enums import Kind, Status
from annotations.models import Annotation
from annotations.queries.progress import (
    Counts,
    ProgressChoice,
    counts_of,
    done_of,
    due_in_words,
    own_dates_of,
    own_progress,
    people_progress,
    progress_page,
    state_in_words,
    task_lines,
)
from debate.assignments.queries import Dates
from debate.seminars.enums import GroupKind, Role
from debate.seminars.models import Membership
from tests.expect import expect_constant_queries
from tests.factories.annotations import ReplyFactory, annotation_on
from tests.factories.assignments import ExtensionFactory
from tests.factories.seminars import GroupFactory, MembershipFactory

HOUR = timedelta(hours=1)


def by_kind(counts):
    return {kind: count for kind, count in counts.by_kind.items() if count}


def membership(user, seminar):
    return Membership.objects.get(user=user, seminar=seminar)


def asking(assignment, **asked):
    for name in ("comments", "counterarguments", "evidence", "replies", "paragraphs"):
        setattr(assignment, f"asked_{name}", asked.get(name, 0))
    assignment.save()
    return assignment


# --- what counts ---


def test_kinds_count_wherever_they_stand(assignment, paragraphs, student, classmate):
    mine = annotation_on(paragraphs[0], author=student, assignment=assignment)
    theirs = annotation_on(paragraphs[1], author=classmate, assignment=assignment)
    ReplyFactory(parent=theirs, author=student, counterargument=True)
    ReplyFactory(parent=mine, author=student, evidence=True)

    counts = counts_of(assignment, people=[student.pk])[student.pk]

    assert by_kind(counts) == {"comment": 1, "counterargument": 1, "evidence": 1}
    assert (counts.total, counts.replies, counts.paragraphs) == (3, 2, 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"audience": "private"},
        {"status": Status.HELD},
        {"status": Status.PENDING},
        {"status": Status.HIDDEN},
        {"status": Status.WITHDRAWN},
    ],
)
def test_what_others_do_not_read_counts_for_nothing(fields, assignment, paragraphs, student):
    annotation_on(paragraphs[0], author=student, assignment=assignment, **fields)

    assert counts_of(assignment) == {}


def test_what_staff_alone_read_counts(assignment, paragraphs, student):
    annotation_on(paragraphs[0], author=student, assignment=assignment, audience="staff")

    assert counts_of(assignment)[student.pk].total == 1


def test_paragraph_counts_once_and_only_with_a_number(assignment, paragraphs, student):
    for paragraph in (paragraphs[0], paragraphs[0], paragraphs[2]):
        annotation_on(paragraph, author=student, assignment=assignment)
    unnumbered = paragraphs[1]
    unnumbered.number = None
    unnumbered.kind = "note"
    unnumbered.save()
    annotation_on(unnumbered, author=student, assignment=assignment)

    counts = counts_of(assignment)[student.pk]

    assert (counts.total, counts.paragraphs) == (4, 2)


def test_late_is_what_came_after_the_own_due_date(assignment, paragraphs, student, classmate):
    now = timezone.now()
    assignment.due_at = now - 2 * HOUR
    assignment.save()
    ExtensionFactory(assignment=assignment, user=classmate, due_at=now - HOUR / 2)
    for author in (student, classmate):
        for ago in (3 * HOUR, HOUR, HOUR / 4):
            one = annotation_on(paragraphs[0], author=author, assignment=assignment)
            Annotation.objects.filter(pk=one.pk).update(created_at=now - ago)
    dates = own_dates_of(assignment, [student.pk, classmate.pk])

    counts = counts_of(assignment, dates=dates)

    assert list(dates) == [classmate.pk]
    assert (counts[student.pk].late, counts[classmate.pk].late) == (2, 1)


def test_last_activity_is_the_last_post_or_edit(assignment, paragraphs, student):
    edited_at = timezone.now() + HOUR
    annotation_on(paragraphs[0], author=student, assignment=assignment, edited_at=edited_at)
    annotation_on(paragraphs[0], author=student, assignment=assignment)

    assert counts_of(assignment)[student.pk].last_at == edited_at


def test_posts_of_the_round_are_counted_apart(assignment, paragraphs, student):
    one = annotation_on(paragraphs[0], author=student, assignment=assignment)

    counts = counts_of(assignment, people=[student.pk], current=one.round)[student.pk]

    assert (counts.total, counts.in_round) == (1, 1)


# --- in words ---


@pytest.mark.parametrize(
    ("asked", "counts", "words"),
    [
        ({"comments": 3, "replies": 1}, Counts(), "nothing yet"),
        (
            {"comments": 3, "replies": 1},
            Counts({"comment": 5}, replies=0, late=1),
            "3 of 4 asked, 1 late",
        ),
        ({"comments": 1, "paragraphs": 2}, Counts({"comment": 1}, paragraphs=2), "all 3 in"),
        ({}, Counts({"question": 2}), "2 posted"),
    ],
)
def test_state_is_said_in_words(asked, counts, words, assignment):
    tasks = task_lines(asking(assignment, **asked), counts)

    assert state_in_words(tasks, counts) == words


def test_tasks_name_what_is_asked_in_its_order(assignment):
    asking(assignment, comments=3, evidence=2, replies=1, paragraphs=4)
    counts = Counts({"comment": 2, "evidence": 2}, replies=1, paragraphs=1)

    tasks = task_lines(assignment, counts, {"comments": "/write/", "evidence": "/cite/"})

    assert [(task.words, task.href, task.is_met) for task in tasks] == [
        ("Comments 2/3", "/write/", False),
        ("Evidence 2/2", "", True),
        ("Replies 1/1", "", True),
        ("Paragraphs 1/4", "", False),
    ]


def test_due_date_is_said_in_the_readers_time_zone():
    now = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
    dates = Dates(now, now + HOUR, None)

    with timezone.override("Asia/Tokyo"):
        assert due_in_words(dates, now) == "due today 08:30, your time"
    assert due_in_words(dates, now) == "due today 23:30, your time"
    assert due_in_words(dates, now + 2 * HOUR) == "was due yesterday 23:30, your time"
    assert due_in_words(Dates(now, None, None), now) == ""


# --- one's own ---


def test_own_progress_lists_everything_of_ones_own_and_why_it_does_not_count(
    assignment, paragraphs, student, classmate
):
    annotation_on(paragraphs[1], author=student, assignment=assignment)
    annotation_on(paragraphs[0], author=student, assignment=assignment, audience="private")
    annotation_on(paragraphs[0], author=student, assignment=assignment, status=Status.PENDING)
    annotation_on(paragraphs[0], author=student, assignment=assignment, status=Status.WITHDRAWN)
    theirs = annotation_on(paragraphs[0], author=classmate, assignment=assignment)
    ReplyFactory(parent=theirs, author=student, kind=Kind.QUESTION)

    own = own_progress(student, assignment)

    assert [(note.label, note.place, note.counts, note.why_not) for note in own.notes] == [
        ("Comment", "paragraph 2", True, ""),
        ("Comment", "paragraph 1", False, "only you can read it"),
        ("Comment", "paragraph 1", False, "waiting for approval"),
        ("Question", "reply", True, ""),
    ]
    assert (own.words, own.is_done) == ("1 of 7 asked", False)


# --- everybody's ---


def test_staff_see_students_alone_and_a_limited_assistant_the_own_section(
    assignment, paragraphs, student, classmate, instructor, assistant, observer
):
    MembershipFactory(seminar=assignment.seminar, user__is_active=False)
    section = GroupFactory(
        seminar=assignment.seminar, name="Monday", kind=GroupKind.SECTION, members=[student]
    )
    helper = MembershipFactory(seminar=assignment.seminar, role=Role.ASSISTANT, is_limited=True)
    helper.sections.set([section])
    seminar = assignment.seminar

    seen = {
        who: sorted(one.name for one in people_progress(member, assignment))
        for who, member in {
            "instructor": membership(instructor, seminar),
            "assistant": membership(assistant, seminar),
            "helper": helper,
            "student": membership(student, seminar),
        }.items()
    }

    both = sorted([student.display_name, classmate.display_name])
    assert seen == {
        "instructor": both,
        "assistant": both,
        "helper": [student.display_name],
        "student": [],
    }
    assert done_of(helper, assignment) == (0, 1)


def test_assignment_of_groups_concerns_their_members_alone(
    assignment, group, student, classmate, instructor
):
    assignment.is_for_groups = True
    assignment.save()
    assignment.groups.set([group])

    found = people_progress(membership(instructor, assignment.seminar), assignment)

    assert [one.user_id for one in found] == [student.pk]


@pytest.fixture
def three(assignment, paragraphs, student, classmate, group):
    """Student has all in, in group Upstream; classmate has begun, late; Zoe has nothing."""
    asking(assignment, comments=1)
    assignment.due_at = timezone.now() - HOUR
    assignment.save()
    zoe = MembershipFactory(seminar=assignment.seminar, user__name="Zoe").user
    one = annotation_on(paragraphs[0], author=student, assignment=assignment)
    Annotation.objects.filter(pk=one.pk).update(created_at=timezone.now() - 2 * HOUR)
    annotation_on(paragraphs[0], author=classmate, assignment=assignment, kind=Kind.QUESTION)
    return {student.pk: "student", classmate.pk: "classmate", zoe.pk: "zoe"}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({}, ["classmate", "student", "zoe"]),
        ({"sort": "last"}, ["classmate", "student", "zoe"]),
        ({"state": "done"}, ["student"]),
        ({"state": "begun"}, ["classmate"]),
        ({"state": "none"}, ["zoe"]),
        ({"state": "late"}, ["classmate"]),
    ],
)
def test_people_are_chosen_and_ordered_as_asked(choice, expected, three, assignment, instructor):
    staff = membership(instructor, assignment.seminar)

    page = progress_page(staff, assignment, ProgressChoice(**choice))

    assert [three[one.user_id] for one in page.people] == expected
    assert (page.total, page.done, page.matching) == (3, 1, len(expected))


def test_people_are_chosen_by_group(three, assignment, instructor, group):
    staff = membership(instructor, assignment.seminar)

    page = progress_page(staff, assignment, ProgressChoice(group=str(group.pk)))

    assert [(three[one.user_id], one.groups) for one in page.people] == [("student", ["Upstream"])]


def test_pages_show_each_person_once(three, assignment, instructor, monkeypatch):
    monkeypatch.setattr("annotations.queries.progress.PEOPLE_A_PAGE", 2)
    staff = membership(instructor, assignment.seminar)

    first = progress_page(staff, assignment, ProgressChoice())
    rest = progress_page(staff, assignment, ProgressChoice(after=first.next_after))

    assert [three[one.user_id] for one in [*first.people, *rest.people]] == [
        "classmate",
        "student",
        "zoe",
    ]
    assert rest.next_after == ""


def test_progress_asks_as_often_for_one_person_as_for_three(
    page, assignment, paragraphs, student, instructor
):
    annotation_on(paragraphs[0], author=student, assignment=assignment)
    browser = page(instructor)

    def more():
        for _ in range(2):
            other = MembershipFactory(seminar=assignment.seminar).user
            GroupFactory(seminar=assignment.seminar, members=[other])
            annotation_on(paragraphs[0], author=other, assignment=assignment)

    count = expect_constant_queries(
        lambda: browser.get(f"{assignment.get_absolute_url()}progress/"), grow=more
    )

    assert count <= 14
