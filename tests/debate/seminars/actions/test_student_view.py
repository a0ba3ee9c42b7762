"""The stand-in through which an instructor sees the seminar as a student does."""

import pytest

from debate.accounts.models import User
from debate.core.errors import NotAllowed
from debate.seminars.actions import begin_student_view
from debate.seminars.models import Membership
from debate.seminars.permissions import may_create_seminar, membership_of
from tests.expect import expect_refusal


def test_stand_in_is_a_student_whom_nobody_can_sign_in_as(instructor, seminar):
    stand_in = begin_student_view(actor=instructor, seminar=seminar)

    stored = User.objects.get(username=seminar.stand_in_username)
    assert stored == stand_in
    assert (stored.is_active, stored.email, stored.has_usable_password()) == (False, "", False)
    assert membership_of(stored, seminar).role == "student"
    assert not may_create_seminar(stored)


def test_stand_in_is_one_a_seminar(instructor, seminar):
    first = begin_student_view(actor=instructor, seminar=seminar)

    assert begin_student_view(actor=instructor, seminar=seminar) == first
    assert Membership.objects.filter(seminar=seminar).count() == 2


def test_stand_in_is_none_of_the_people(instructor, seminar):
    begin_student_view(actor=instructor, seminar=seminar)

    assert [one.user for one in seminar.memberships.people()] == [instructor]


@pytest.mark.parametrize("role", ["assistant", "student", "observer", "outsider", "operator"])
def test_student_view_is_begun_by_instructors_only(request, seminar, role):
    actor = request.getfixturevalue(role)

    expect_refusal(NotAllowed, lambda: begin_student_view(actor=actor, seminar=seminar))

    assert not User.objects.filter(username=seminar.stand_in_username).exists()
