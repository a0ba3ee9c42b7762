"""Seminars started, people added, groups made."""

import pytest
from django.utils import timezone

from debate.core.errors import Conflict, Invalid, NotAllowed
from debate.seminars.actions import add_member, create_group, create_seminar
from debate.seminars.models import Group, Membership, Seminar
from tests.expect import expect_refusal
from tests.factories.accounts import UserFactory
from tests.factories.seminars import MembershipFactory, SeminarFactory

NOT_INSTRUCTORS = ["assistant", "student", "observer", "outsider", "operator"]


def role_of(user):
    return Membership.objects.get(user=user).role


def test_seminar_started_has_its_instructor(operator):
    seminar = create_seminar(
        actor=operator,
        title="  Transport   policy ",
        description="Thursdays.",
        time_zone="Europe/Berlin",
        allows_public=True,
    )

    stored = Seminar.objects.get()
    assert stored == seminar
    assert (stored.title, stored.slug, stored.description) == (
        "Transport policy",
        "transport-policy",
        "Thursdays.",
    )
    assert (stored.time_zone, stored.allows_public) == ("Europe/Berlin", True)
    assert role_of(operator) == "instructor"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": "\u200b"}, "title"),
        ({"title": "Вода"}, "slug"),
        ({"title": "A", "time_zone": "Mars/Base"}, "time_zone"),
        ({"title": "A", "description": "x" * 5_001}, "description"),
    ],
)
def test_seminar_with_bad_input_names_field(operator, given, field):
    expect_refusal(Invalid, lambda: create_seminar(actor=operator, **given), field=field)

    assert not Seminar.objects.exists()


def test_seminar_at_a_taken_address_conflicts(operator, seminar):
    expect_refusal(
        Conflict,
        lambda: create_seminar(actor=operator, title="Water", slug="water-policy"),
        field="slug",
    )


def test_person_added_becomes_member(instructor, seminar):
    person = UserFactory()

    add_member(actor=instructor, seminar=seminar, user=person, role="observer")

    assert role_of(person) == "observer"


def test_member_added_again_changes_role(instructor, seminar, student):
    add_member(actor=instructor, seminar=seminar, user=student, role="assistant")

    assert role_of(student) == "assistant"


@pytest.mark.parametrize("role", NOT_INSTRUCTORS)
def test_people_are_added_by_instructors_only(request, seminar, role):
    actor = request.getfixturevalue(role)
    person = UserFactory()

    expect_refusal(
        NotAllowed, lambda: add_member(actor=actor, seminar=seminar, user=person, role="student")
    )

    assert not Membership.objects.filter(user=person).exists()


@pytest.mark.parametrize("role", ["observer", "guest"])
def test_last_instructor_keeps_the_role(instructor, seminar, role):
    expect_refusal(
        Invalid,
        lambda: add_member(actor=instructor, seminar=seminar, user=instructor, role=role),
        field="role",
    )

    assert role_of(instructor) == "instructor"


def test_one_of_two_instructors_may_step_down(instructor, seminar):
    MembershipFactory(seminar=seminar, role="instructor")

    add_member(actor=instructor, seminar=seminar, user=instructor, role="observer")

    assert role_of(instructor) == "observer"


def test_archived_seminar_takes_nobody_in(instructor, seminar):
    seminar.archived_at = timezone.now()
    person = UserFactory()

    expect_refusal(
        NotAllowed,
        lambda: add_member(actor=instructor, seminar=seminar, user=person, role="student"),
    )


def test_group_made_has_its_members(instructor, seminar, student, classmate):
    create_group(actor=instructor, seminar=seminar, name="Upstream", members=[student, classmate])

    group = Group.objects.get()
    assert (group.seminar, group.name, group.kind) == (seminar, "Upstream", "reading")
    assert set(group.members.all()) == {student, classmate}


@pytest.mark.parametrize("role", NOT_INSTRUCTORS)
def test_groups_are_made_by_instructors_only(request, seminar, role):
    actor = request.getfixturevalue(role)

    expect_refusal(NotAllowed, lambda: create_group(actor=actor, seminar=seminar, name="A"))

    assert not Group.objects.exists()


def test_group_of_taken_name_conflicts(instructor, seminar, group):
    expect_refusal(
        Conflict,
        lambda: create_group(actor=instructor, seminar=seminar, name="Upstream"),
        field="name",
    )


def test_group_of_the_same_name_elsewhere_is_made(instructor, group):
    elsewhere = SeminarFactory()
    MembershipFactory(seminar=elsewhere, user=instructor, role="instructor")

    create_group(actor=instructor, seminar=elsewhere, name="Upstream")

    assert Group.objects.filter(name="Upstream").count() == 2


@pytest.mark.parametrize(("name", "field"), [("", "name"), ("x" * 101, "name")])
def test_group_with_bad_name_is_refused(instructor, seminar, name, field):
    expect_refusal(
        Invalid, lambda: create_group(actor=instructor, seminar=seminar, name=name), field=field
    )


def test_group_with_an_outsider_is_refused(instructor, seminar, outsider):
    expect_refusal(
        Invalid,
        lambda: create_group(actor=instructor, seminar=seminar, name="A", members=[outsider]),
        field="members",
    )

    assert not Group.objects.exists()
