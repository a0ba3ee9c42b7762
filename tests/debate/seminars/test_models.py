"""Who is a member of what, as the tables keep it."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from debate.seminars.models import (
    Group,
    Invitation,
    Membership,
    RosterEntry,
    Seminar,
    validate_time_zone,
)
from tests.factories.seminars import (
    GroupFactory,
    InvitationFactory,
    MembershipFactory,
    RosterEntryFactory,
    SeminarFactory,
)


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
    assert str(RosterEntryFactory(email="a@example.org")) == "a@example.org (Student)"
    assert str(InvitationFactory(code="AB2CDEF3GH")) == "AB2C… (Student)"


def same_seminar(factory, **fields):
    """Make the row twice in one seminar, with the same of what is named."""
    seminar = SeminarFactory()
    for _ in range(2):
        factory(seminar=seminar, **fields)


def same_member():
    first = MembershipFactory()
    MembershipFactory(seminar=first.seminar, user=first.user)


# Each constraint of the app, and a row that offends it and no other.
OFFENCES = {
    "membership_is_unique_in_its_seminar": same_member,
    "membership_role_is_known": lambda: MembershipFactory(role="guest"),
    "membership_limits_assistants_only": lambda: MembershipFactory(is_limited=True),
    "group_name_is_unique_in_seminar": lambda: same_seminar(GroupFactory, name="Upstream"),
    "invitation_role_is_known": lambda: InvitationFactory(role="guest"),
    "invitation_is_used_no_more_than_allowed": lambda: InvitationFactory(most_uses=1, uses=2),
    "roster_entry_is_unique_in_its_seminar": lambda: same_seminar(
        RosterEntryFactory, email="a@example.org"
    ),
    "roster_entry_role_is_known": lambda: RosterEntryFactory(role="guest"),
    "roster_entry_email_is_in_small_letters": lambda: RosterEntryFactory(email="A@example.org"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", OFFENCES)
def test_constraint_offended_row_is_refused_by_name(name):
    with pytest.raises(IntegrityError, match=f'"{name}"'):
        OFFENCES[name]()


def test_offences_name_every_constraint_of_the_app():
    named = [
        constraint.name
        for model in apps.get_app_config("seminars").get_models()
        for constraint in model._meta.constraints
    ]

    assert sorted(OFFENCES) == sorted(named)


def test_time_zone_is_one_of_the_database():
    validate_time_zone("Europe/Berlin")

    with pytest.raises(ValidationError, match="is not a time zone's name"):
        validate_time_zone("Mars/Base")


HOUR = timedelta(hours=1)
NOW = timezone.now()
STATES = [
    ({}, "active"),
    ({"most_uses": 2, "uses": 1}, "active"),
    ({"most_uses": 1, "uses": 1}, "used"),
    ({"expires_at": NOW - HOUR}, "expired"),
    ({"revoked_at": NOW}, "revoked"),
]


@pytest.mark.parametrize(("fields", "state"), STATES)
def test_invitation_lets_in_while_it_is_active(db, fields, state):
    invitation = InvitationFactory(**fields)

    assert invitation.state == state
    for found in (Invitation.objects.usable(), Invitation.objects.acceptable()):
        assert found.exists() is (state == "active")


def test_invitation_of_an_archived_seminar_lets_nobody_in(db):
    InvitationFactory(seminar__archived_at=NOW)

    assert Invitation.objects.usable().exists()
    assert not Invitation.objects.acceptable().exists()


@pytest.mark.parametrize(
    "said", ["AB2CDEF3GH", "ab2cd-ef3gh", " ab2cd ef3gh ", "AB2C-DEF3-GH", "link-of-1"]
)
def test_invitation_is_known_by_its_link_and_its_code_however_typed(db, said):
    invitation = InvitationFactory(code="AB2CDEF3GH", token="link-of-1")

    assert list(Invitation.objects.known_by(said)) == [invitation]


@pytest.mark.parametrize("said", ["", "AB2CDEF3G", "LINK-OF-AN-INVITATION", "ab2cdef3gh!"])
def test_invitation_is_not_known_by_anything_else(db, said):
    InvitationFactory(code="AB2CDEF3GH", token="link-of-an-invitation")

    assert not Invitation.objects.known_by(said).exists()


def test_secrets_of_invitations_are_long_and_easily_read():
    token, code = Invitation.fresh_secrets()

    assert len(token) == 27
    assert len(code) == 10
    assert not set(code) & set("01ILOU")


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("instructor", True),
        ("assistant", False),
        ("student", False),
        ("outsider", False),
        ("anonymous", False),
    ],
)
def test_invitations_and_expected_people_are_seen_by_instructors(request, seminar, role, sees):
    InvitationFactory(seminar=seminar)
    RosterEntryFactory(seminar=seminar)
    user = request.getfixturevalue(role)

    assert Invitation.objects.visible_to(user).exists() is sees
    assert RosterEntry.objects.visible_to(user).exists() is sees
