"""Who is a member of what, as the tables keep it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from debate.seminars.models import Group, Membership, Seminar, validate_time_zone
from tests.factories.seminars import GroupFactory, MembershipFactory


@pytest.mark.parametrize(
    ("role", "sees", "teaches"),
    [
        ("instructor", True, True),
        ("assistant", True, False),
        ("student", True, False),
        ("observer", True, False),
        ("outsider", False, False),
        ("operator", False, False),
        ("anonymous", False, False),
    ],
)
def test_seminar_is_seen_by_its_members(request, seminar, role, sees, teaches):
    user = request.getfixturevalue(role)
    found = Seminar.objects.filter(pk=seminar.pk)

    assert found.visible_to(user).exists() is sees
    assert found.taught_by(user).exists() is teaches


@pytest.mark.parametrize(
    ("role", "is_staff", "may_write"),
    [
        ("instructor", True, True),
        ("assistant", True, True),
        ("student", False, True),
        ("observer", False, False),
    ],
)
def test_role_tells_what_a_member_is(seminar, role, is_staff, may_write):
    membership = MembershipFactory(seminar=seminar, role=role)

    assert (membership.is_staff, membership.may_write) == (is_staff, may_write)
    assert Membership.objects.staff().exists() is is_staff


def test_group_is_found_by_its_members(group, student, classmate, anonymous):
    assert list(Group.objects.of(student)) == [group]
    assert not Group.objects.of(classmate).exists()
    assert not Group.objects.of(anonymous).exists()


def test_objects_have_readable_names(seminar, group):
    membership = MembershipFactory(seminar=seminar)

    assert (str(seminar), str(group)) == ("Water policy", "Upstream")
    assert str(membership) == f"{membership.user_id} is student of {seminar.pk}"
    assert seminar.get_absolute_url() == "/seminars/water-policy/"


def test_person_has_one_role_in_a_seminar(seminar, student):
    with (
        pytest.raises(IntegrityError, match="membership_is_unique_in_its_seminar"),
        transaction.atomic(),
    ):
        MembershipFactory(seminar=seminar, user=student, role="observer")


def test_unknown_role_is_refused(seminar):
    with pytest.raises(IntegrityError, match="membership_role_is_known"), transaction.atomic():
        MembershipFactory(seminar=seminar, role="guest")


def test_group_name_is_unique_in_its_seminar(seminar, group):
    with (
        pytest.raises(IntegrityError, match="group_name_is_unique_in_seminar"),
        transaction.atomic(),
    ):
        GroupFactory(seminar=seminar, name="Upstream")


def test_time_zone_is_one_of_the_database():
    validate_time_zone("Europe/Berlin")

    with pytest.raises(ValidationError, match="is not a time zone's name"):
        validate_time_zone("Mars/Base")
