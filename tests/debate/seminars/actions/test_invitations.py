"""Invitations made, revoked, found by link and code, and accepted by many at once."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from debate.core.errors import Invalid, Missing, NotAllowed, TooMany
from debate.seminars.actions.invitations import (
    NO_WAY_IN,
    accept_invitation,
    create_invitation,
    find_invitation,
    revoke_invitation,
)
from debate.seminars.enums import GroupKind
from debate.seminars.models import Invitation, Membership
from tests.expect import expect_refusal
from tests.factories.accounts import UserFactory
from tests.factories.seminars import GroupFactory, InvitationFactory, SeminarFactory
from tests.threads import at_once

HOUR = timedelta(hours=1)


@pytest.fixture
def section(seminar):
    return GroupFactory(seminar=seminar, name="Monday", kind=GroupKind.SECTION)


def accept(user, invitation):
    return accept_invitation(actor=user, invitation_id=invitation.pk)


# -- made --------------------------------------------------------------------------------------


def test_invitation_made_keeps_digests_only(instructor, seminar):
    invitation, token, code = create_invitation(actor=instructor, seminar=seminar)

    stored = Invitation.objects.get()
    assert stored == invitation
    assert (stored.role, stored.most_uses, stored.uses, stored.section) == (
        "student",
        None,
        0,
        None,
    )
    assert (stored.hint, stored.created_by) == (code[:4], instructor)
    kept = str(vars(stored))
    assert token not in kept
    assert code not in kept
    left = stored.expires_at - timezone.now()
    assert timedelta(days=13, hours=23) < left <= timedelta(days=14)
    for secret in (token, code, code.lower()):
        assert list(Invitation.objects.known_by(secret)) == [stored]


@pytest.mark.parametrize("role", ["student", "assistant"])
def test_invitation_may_name_a_section(instructor, seminar, section, role):
    create_invitation(actor=instructor, seminar=seminar, role=role, section_id=section.pk)

    assert Invitation.objects.get().section == section


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"role": "guest"}, "role"),
        ({"most_uses": 0}, "most_uses"),
        ({"most_uses": 10_001}, "most_uses"),
        ({"days": 0}, "days"),
        ({"days": 15}, "days"),
        ({"section_id": uuid.UUID(int=1)}, "section"),
        ({"section_id": "section", "role": "observer"}, "section"),
        ({"section_id": "section", "role": "instructor"}, "section"),
    ],
)
def test_invitation_of_bad_input_names_field(instructor, seminar, section, given, field):
    if given.get("section_id") == "section":
        given = given | {"section_id": section.pk}

    expect_refusal(
        Invalid, lambda: create_invitation(actor=instructor, seminar=seminar, **given), field=field
    )

    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", ["assistant", "student", "observer", "outsider", "operator"])
def test_invitations_are_made_and_revoked_by_instructors_only(request, seminar, role):
    actor = request.getfixturevalue(role)
    invitation = InvitationFactory(seminar=seminar)

    expect_refusal(NotAllowed, lambda: create_invitation(actor=actor, seminar=seminar))
    expect_refusal(Missing, lambda: revoke_invitation(actor=actor, invitation_id=invitation.pk))

    assert Invitation.objects.get().revoked_at is None


def test_invitations_to_an_archived_seminar_are_not_made(instructor, seminar):
    seminar.archived_at = timezone.now()
    seminar.save()

    expect_refusal(NotAllowed, lambda: create_invitation(actor=instructor, seminar=seminar))


def test_invitation_revoked_twice_keeps_the_first_time(instructor, seminar):
    invitation = InvitationFactory(seminar=seminar)
    revoke_invitation(actor=instructor, invitation_id=invitation.pk)
    first = Invitation.objects.get().revoked_at

    revoke_invitation(actor=instructor, invitation_id=invitation.pk)

    assert first is not None
    assert Invitation.objects.get().revoked_at == first


# -- found -------------------------------------------------------------------------------------

CLOSED = {
    "unknown": None,
    "expired": lambda: {"expires_at": timezone.now() - HOUR},
    "revoked": lambda: {"revoked_at": timezone.now()},
    "used up": lambda: {"most_uses": 1, "uses": 1},
    "archived": lambda: {"seminar": SeminarFactory(archived_at=timezone.now())},
}


@pytest.mark.parametrize("state", CLOSED)
def test_invitation_that_lets_nobody_in_is_one_sentence_whatever_the_matter(db, state):
    if CLOSED[state]:
        InvitationFactory(code="AB2CDEF3GH", token="a-link", **CLOSED[state]())

    for secret in ("ab2cd-ef3gh", "a-link"):
        error = expect_refusal(
            Invalid, lambda secret=secret: find_invitation(secret=secret), field="code"
        )
        assert (error.code, error.sentence) == ("no_way_in", NO_WAY_IN)


def test_codes_guessed_are_refused_beyond_the_limit_of_each_key(db):
    InvitationFactory(code="AB2CDEF3GH")
    limits = {"account:1": 2, "address:1": 3}

    def guess(code="WRONGWRONG", **limits):
        return find_invitation(secret=code, limits=limits)

    for _ in range(2):
        expect_refusal(Invalid, lambda: guess(**limits))
    expect_refusal(TooMany, lambda: guess(**limits))
    error = expect_refusal(TooMany, lambda: guess("AB2CDEF3GH", **limits))
    assert 3590 < error.extra["retry_after"] <= 3600
    assert guess("AB2CDEF3GH", **{"account:2": 2}).hint == "AB2C"
    expect_refusal(Invalid, lambda: guess(**{"address:1": 3}))
    expect_refusal(TooMany, lambda: guess("AB2CDEF3GH", **{"address:1": 3}))


def test_codes_that_are_right_count_for_nothing(db):
    InvitationFactory(code="AB2CDEF3GH")

    for _ in range(5):
        find_invitation(secret="AB2CDEF3GH", limits={"address:1": 2})


# -- accepted ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["instructor", "assistant", "student", "observer"])
def test_invitation_accepted_gives_its_role(seminar, role):
    person = UserFactory()
    invitation = InvitationFactory(seminar=seminar, role=role)

    membership = accept(person, invitation)

    assert (membership.user, membership.seminar, membership.role) == (person, seminar, role)
    assert Invitation.objects.get().uses == 1


def test_invitation_accepted_puts_students_into_its_section(seminar, section):
    person = UserFactory()

    accept(person, InvitationFactory(seminar=seminar, section=section))

    assert list(section.members.all()) == [person]


def test_invitation_accepted_limits_assistants_to_its_section(seminar, section):
    person = UserFactory()

    membership = accept(
        person, InvitationFactory(seminar=seminar, role="assistant", section=section)
    )

    assert membership.is_limited
    assert list(membership.sections.all()) == [section]
    assert not section.members.exists()


@pytest.mark.parametrize("role", ["instructor", "assistant", "student", "observer"])
def test_invitation_accepted_by_a_member_uses_nothing_and_keeps_the_role(request, seminar, role):
    member = request.getfixturevalue(role)
    invitation = InvitationFactory(seminar=seminar, role="observer", most_uses=1)

    membership = accept(member, invitation)

    assert membership.role == role
    assert Invitation.objects.get().uses == 0


@pytest.mark.parametrize("state", CLOSED)
def test_invitation_that_lets_nobody_in_is_not_accepted(db, state):
    fields = CLOSED[state]() if CLOSED[state] else None
    invitation_id = InvitationFactory(**fields).pk if fields else uuid.UUID(int=1)
    person = UserFactory()

    error = expect_refusal(
        Invalid, lambda: accept_invitation(actor=person, invitation_id=invitation_id)
    )

    assert (error.code, error.field) == ("no_way_in", "code")
    assert not Membership.objects.filter(user=person).exists()


def test_invitation_of_two_uses_lets_two_in(seminar):
    invitation = InvitationFactory(seminar=seminar, most_uses=2)
    for _ in range(2):
        accept(UserFactory(), invitation)
    person = UserFactory()

    expect_refusal(Invalid, lambda: accept(person, invitation))


@pytest.mark.django_db(transaction=True)
def test_invitation_for_one_accepted_by_thirty_two_at_once_lets_exactly_one_in(seminar):
    invitation = InvitationFactory(seminar=seminar, most_uses=1)
    people = UserFactory.create_batch(32)

    results = at_once(*[lambda one=one: accept(one, invitation) for one in people])

    let_in = [one for one in results if isinstance(one, Membership)]
    assert len(let_in) == 1
    assert {one.code for one in results if one not in let_in} == {"no_way_in"}
    assert list(seminar.memberships.values_list("user_id", flat=True)) == [let_in[0].user_id]
    assert Invitation.objects.get().uses == 1


@pytest.mark.django_db(transaction=True)
def test_invitation_accepted_by_one_person_many_times_at_once_is_used_once(seminar):
    invitation = InvitationFactory(seminar=seminar, most_uses=3)
    person = UserFactory()

    results = at_once(*[lambda: accept(person, invitation)] * 8)

    assert {one.user_id for one in results} == {person.pk}
    assert seminar.memberships.count() == 1
    assert Invitation.objects.get().uses == 1
