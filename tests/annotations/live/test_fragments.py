"""Who shares a rendered paragraph, and who never does."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations.queries.kept import Kept
from debate.seminars.enums import Role
from tests.annotations.live.conftest import OpenPage, ask, cursor_of, loaded, post
from tests.factories.annotations import VisitFactory
from tests.factories.seminars import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def others(seminar):
    """Two students who have written nothing."""
    return [MembershipFactory(seminar=seminar, role=Role.STUDENT).user for _ in range(2)]


def queries(user, assignment, cursor):
    with CaptureQueriesContext(connection) as asked:
        ask(user, assignment, cursor)
    return len(asked)


def expect_each_sees_the_own(assignment, readers, act):
    """After `act` each open page is what a new page of that reader would show."""
    opened = [OpenPage(one, assignment).load() for one in readers]
    act()
    for page in opened:
        page.sync()
    assert {one.user: one.shown for one in opened} == {
        one: loaded(one, assignment) for one in readers
    }
    return [one.shown for one in opened]


def test_readers_who_see_the_same_share_what_was_rendered(assignment, student, others):
    cursors = [cursor_of(one, assignment) for one in others]
    post(assignment, student)

    first = queries(others[0], assignment, cursors[0])
    second = queries(others[1], assignment, cursors[1])

    assert second < first - 10
    answers = [
        ask(one, assignment, cursor)["paragraphs"]
        for one, cursor in zip(others, cursors, strict=True)
    ]
    assert answers[0] == answers[1]


def test_authors_keep_what_only_they_can_do(assignment, student, others, instructor):
    mine, another = expect_each_sees_the_own(
        assignment, [student, others[0]], lambda: post(assignment, instructor)
    )
    assert mine == another

    mine, another = expect_each_sees_the_own(
        assignment, [student, others[0]], lambda: post(assignment, student)
    )
    assert "/edit/" in mine["p-1"]["html"]
    assert "/edit/" not in another["p-1"]["html"]

    # Another's note beside it: each of them still has the own page.
    expect_each_sees_the_own(
        assignment, [others[1], student, others[0]], lambda: post(assignment, instructor)
    )


@pytest.mark.parametrize("audience", ["private", "staff", "group"])
def test_note_that_few_read_stays_theirs_when_something_else_changes(
    audience, assignment, student, classmate, group, others, instructor
):
    group_id = group.pk if audience == "group" else None
    post(assignment, student, audience=audience, group_id=group_id, body="For few.")

    of_student, of_other, _ = expect_each_sees_the_own(
        assignment, [student, others[0], classmate], lambda: post(assignment, instructor)
    )

    assert "For few." in of_student["p-1"]["html"]
    assert "For few." not in of_other["p-1"]["html"]


def test_observers_are_offered_nothing_that_students_are(
    assignment, student, observer, others, instructor
):
    of_student, of_observer = expect_each_sees_the_own(
        assignment, [others[0], observer], lambda: post(assignment, instructor)
    )

    assert "/reply/" in of_student["p-1"]["html"]
    assert "/reply/" not in of_observer["p-1"]["html"]


def test_staff_are_told_how_those_stand_whom_they_act_for(
    assignment, student, others, instructor, assistant, limited
):
    staff = [instructor, assistant, limited]
    cursors = {one: cursor_of(one, assignment) for one in staff}
    post(assignment, student)

    told = {one: ask(one, assignment, cursors[one])["standing"] for one in staff}

    assert "of 3 students" in told[instructor]
    assert told[assistant] == told[instructor]
    assert "of 1 student" in told[limited]


def test_what_is_new_to_one_is_not_to_another(assignment, others, instructor):
    VisitFactory(
        user=others[0],
        assignment=assignment,
        before=timezone.now() - timedelta(days=1),
        last_at=timezone.now(),
    )

    visited, never = expect_each_sees_the_own(
        assignment, others, lambda: post(assignment, instructor)
    )

    assert "fresh" in visited["p-1"]["html"]
    assert "fresh" not in never["p-1"]["html"]


def test_own_reply_bears_the_own_name_where_others_read_a_pseudonym(
    assignment, student, others, instructor
):
    assignment.uses_pseudonyms = True
    assignment.save()
    first = post(assignment, instructor)
    reply = post(assignment, student, parent=first)

    mine, another = expect_each_sees_the_own(
        assignment, [student, others[0]], lambda: post(assignment, instructor)
    )

    assert f'title="{student.display_name}"' in mine["p-1"]["html"]
    assert f'title="{reply.alias.name}"' in another["p-1"]["html"]


def test_marks_that_a_person_chose_are_that_persons(assignment, others, instructor):
    others[0].highlights = "mine"
    others[0].save()

    expect_each_sees_the_own(
        assignment, others, lambda: post(assignment, instructor, kind="support")
    )


def test_times_are_told_by_the_readers_clock(assignment, others, instructor):
    cursor = cursor_of(others[0], assignment)
    note = post(assignment, instructor)
    note.created_at = timezone.now().replace(month=6, day=15, hour=23, minute=30)
    note.save()

    with timezone.override("UTC"):
        here = ask(others[0], assignment, cursor)["paragraphs"][0]["html"]
    with timezone.override("Asia/Tokyo"):
        there = ask(others[0], assignment, cursor)["paragraphs"][0]["html"]

    assert "15 Jun" in here
    assert "16 Jun" in there


def test_kept_forgets_what_was_used_longest_ago():
    kept = Kept(most=2, seconds=60)

    kept.keep("a", 1)
    kept.keep("b", 2)
    kept.get("a")
    kept.keep("c", 3)

    assert [kept.get(key) for key in "abc"] == [1, None, 3]


def test_kept_forgets_what_became_old():
    kept = Kept(most=2, seconds=-1)

    kept.keep("a", 1)

    assert kept.get("a") is None
