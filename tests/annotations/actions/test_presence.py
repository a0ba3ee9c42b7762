from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.actions import presence
from annotations.models import Presence, Visit
from annotations.queries.presence import MOST_NAMED, reading_now
from annotations.queries.view_keys import view_of
from debate.assignments.models import Assignment
from debate.core.errors import Invalid, Missing, NotAllowed
from debate.seminars.enums import Role
from tests.expect import expect_refusal
from tests.factories.accounts import UserFactory
from tests.factories.annotations import VisitFactory
from tests.factories.seminars import MembershipFactory

pytestmark = pytest.mark.django_db


def here(user, assignment):
    """Who reads beside the person, as the person is told."""
    found = Assignment.objects.for_pages().get(pk=assignment.pk)
    return reading_now(user, found, view_of(user, found))


def names(user, assignment):
    reading = here(user, assignment)
    return reading and [(one.name, one.paragraph) for one in reading.people]


def come(assignment, *people):
    for one in people:
        presence.come(actor=one, assignment=assignment)


def age(seconds, **which):
    Presence.objects.filter(**which).update(seen_at=timezone.now() - timedelta(seconds=seconds))


def test_come_twice_is_being_here_once(assignment, student, classmate):
    come(assignment, student, student)

    assert Presence.objects.count() == 1
    assert names(classmate, assignment) == [(student.display_name, None)]


def test_reading_now_counts_others_and_names_some(assignment, seminar, student):
    others = MembershipFactory.create_batch(MOST_NAMED + 2, seminar=seminar, role=Role.STUDENT)
    come(assignment, student, *(one.user for one in others))

    reading = here(student, assignment)

    assert reading.count == MOST_NAMED + 2
    assert len(reading.people) == MOST_NAMED
    assert student.display_name not in [one.name for one in reading.people]


def test_whoever_was_not_seen_for_a_minute_is_gone(assignment, student, classmate):
    come(assignment, student)
    age(61)

    assert names(classmate, assignment) == []
    presence.stay({(student.pk, assignment.pk)})
    assert names(classmate, assignment) == [(student.display_name, None)]


def test_whoever_leaves_stays_until_another_page_could_have_said_that_they_are_here(
    assignment, student, classmate
):
    come(assignment, student)
    before = timezone.now()
    presence.leave({(student.pk, assignment.pk)})
    after = timezone.now()
    assert names(classmate, assignment) == [(student.display_name, None)]

    gone = Presence.objects.get().seen_at + Presence.STALE
    assert before <= gone - presence.LEAVES_AFTER <= after
    assert presence.KEPT_FRESH < presence.LEAVES_AFTER


def test_leave_makes_nobody_younger(assignment, student):
    come(assignment, student)
    age(3_600)

    presence.leave({(student.pk, assignment.pk)})

    assert Presence.objects.get().seen_at < timezone.now() - timedelta(minutes=59)


def test_stay_of_nobody_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        presence.stay(set())
        presence.leave(set())
        presence.tell_of([])


def test_stay_lets_a_visit_go_on_and_no_older_one(assignment, student, classmate):
    now = timezone.now()
    going_on, ended = now - timedelta(minutes=20), now - timedelta(minutes=40)
    VisitFactory(user=student, assignment=assignment, last_at=going_on)
    VisitFactory(user=classmate, assignment=assignment, last_at=ended)

    presence.stay({(student.pk, assignment.pk), (classmate.pk, assignment.pk)})

    assert Visit.objects.get(user=student).last_at >= now
    assert Visit.objects.get(user=classmate).last_at == ended


def test_stand_in_is_nowhere(assignment, seminar, classmate):
    stand_in = UserFactory(is_active=False)
    MembershipFactory(seminar=seminar, user=stand_in, role=Role.STUDENT)

    come(assignment, stand_in)

    assert names(classmate, assignment) == []


def test_people_who_left_the_seminar_are_not_told_of(assignment, student, classmate):
    come(assignment, student)
    student.memberships.all().delete()

    assert names(classmate, assignment) == []


@pytest.mark.parametrize("role", ["outsider", "anonymous"])
def test_reading_now_tells_nobody_but_members(role, request, assignment, student):
    assignment.seminar.allows_public = True
    assignment.seminar.save()
    assignment.essay.is_public = True
    assignment.essay.save()
    come(assignment, student)

    assert here(request.getfixturevalue(role), assignment) is None


def test_reading_now_tells_nothing_in_a_blind_round(assignment, student, instructor):
    come(assignment, student)
    assignment.rounds.update(mode="blind")

    assert here(instructor, assignment) is None


def test_reading_now_tells_nothing_under_pseudonyms(assignment, student, instructor):
    come(assignment, student)
    Assignment.objects.update(uses_pseudonyms=True)

    assert here(instructor, assignment) is None
    assert not Presence.objects.visible_to(instructor).exists()


def share(student, assignment, number):
    presence.share_paragraph(actor=student, assignment_id=assignment.pk, number=number)


def test_paragraph_is_told_of_whoever_shares_it(assignment, student, classmate):
    student.shares_paragraph = True
    student.save()
    come(assignment, student)

    share(student, assignment, 2)
    assert names(classmate, assignment) == [(student.display_name, 2)]
    share(student, assignment, None)
    assert names(classmate, assignment) == [(student.display_name, None)]


def test_paragraph_is_kept_of_nobody_else(assignment, student):
    come(assignment, student)

    share(student, assignment, 2)

    assert Presence.objects.get().paragraph_key is None


def test_paragraph_is_forgotten_when_no_longer_shared(assignment, student, classmate):
    student.shares_paragraph = True
    student.save()
    come(assignment, student)
    share(student, assignment, 2)
    student.shares_paragraph = False
    student.save()

    assert names(classmate, assignment) == [(student.display_name, None)]
    share(student, assignment, 3)
    assert Presence.objects.get().paragraph_key is None


@pytest.mark.parametrize("why", ["blind", "pseudonyms"])
def test_paragraph_is_not_kept_where_nobody_is_to_know(why, assignment, student):
    student.shares_paragraph = True
    student.save()
    come(assignment, student)
    if why == "blind":
        assignment.rounds.update(mode="blind")
    else:
        Assignment.objects.update(uses_pseudonyms=True)

    share(student, assignment, 2)

    assert Presence.objects.get().paragraph_key is None


def test_share_paragraph_that_is_none_is_refused(assignment, student):
    expect_refusal(Invalid, lambda: share(student, assignment, 99), field="paragraph")


def test_share_paragraph_of_a_hidden_assignment_is_refused(assignment, outsider):
    expect_refusal(Missing, lambda: share(outsider, assignment, 1))


def test_share_paragraph_by_who_is_no_member_is_refused(assignment, outsider):
    assignment.seminar.allows_public = True
    assignment.seminar.save()
    assignment.essay.is_public = True
    assignment.essay.save()

    expect_refusal(NotAllowed, lambda: share(outsider, assignment, 1))
