"""Seminars started, changed, archived and restored, and people added."""

import pytest

from debate.core.errors import Conflict, Invalid, InvalidState, NotAllowed
from debate.seminars.actions import (
    add_member,
    archive_seminar,
    change_seminar,
    create_seminar,
    restore_seminar,
)
from debate.seminars.models import Membership, Seminar
from tests.expect import expect_refusal
from tests.factories.accounts import UserFactory
from tests.factories.seminars import MembershipFactory

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
        ({"title": "A", "slug": "Вода"}, "slug"),
        ({"title": "A", "time_zone": "Mars/Base"}, "time_zone"),
        ({"title": "A", "description": "x" * 5_001}, "description"),
    ],
)
def test_seminar_with_bad_input_names_field(operator, given, field):
    expect_refusal(Invalid, lambda: create_seminar(actor=operator, **given), field=field)

    assert not Seminar.objects.exists()


@pytest.mark.parametrize("slug", ["water-policy", "new"])
def test_seminar_at_a_taken_address_conflicts(slug, operator, seminar):
    expect_refusal(
        Conflict,
        lambda: create_seminar(actor=operator, title="Water", slug=slug),
        field="slug",
    )


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Water policy", "water-policy-2"),
        ("New", "new-2"),
        ("-", "seminar"),
        ("Вода", "seminar"),
        ("x" * 200, "x" * 76),
    ],
)
def test_seminar_without_an_address_gets_a_free_one(title, slug, operator, seminar):
    assert create_seminar(actor=operator, title=title).slug == slug


def test_seminars_of_one_title_get_an_address_each(operator, seminar):
    made = [create_seminar(actor=operator, title="Water policy").slug for _ in range(3)]

    assert made == ["water-policy-2", "water-policy-3", "water-policy-4"]


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
    archive_seminar(actor=instructor, seminar=seminar)
    person = UserFactory()

    expect_refusal(
        NotAllowed,
        lambda: add_member(actor=instructor, seminar=seminar, user=person, role="student"),
    )


# -- settings and archive ---------------------------------------------------------------------------

SETTINGS = {"title": "Water, again", "time_zone": "Europe/Berlin"}


def test_seminar_changed_says_what_was_given_and_keeps_its_address(instructor, seminar):
    change_seminar(
        actor=instructor,
        seminar=seminar,
        description=" On *Thursdays*. ",
        allows_public=True,
        students_make_groups=True,
        asks_consent=True,
        **SETTINGS,
    )

    seminar.refresh_from_db()
    assert (seminar.title, seminar.slug) == ("Water, again", "water-policy")
    assert (seminar.description, seminar.time_zone) == ("On *Thursdays*.", "Europe/Berlin")
    assert (seminar.allows_public, seminar.students_make_groups) == (True, True)
    assert seminar.asks_consent is True


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": " "}, "title"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"description": "x" * 5_001}, "description"),
    ],
)
def test_seminar_changed_badly_names_the_field(given, field, instructor, seminar):
    expect_refusal(
        Invalid,
        lambda: change_seminar(actor=instructor, seminar=seminar, **{**SETTINGS, **given}),
        field=field,
    )


@pytest.mark.parametrize("role", NOT_INSTRUCTORS)
@pytest.mark.parametrize(
    ("act", "given"), [(change_seminar, SETTINGS), (archive_seminar, {}), (restore_seminar, {})]
)
def test_seminar_is_managed_by_instructors_only(act, given, role, request, seminar):
    actor = request.getfixturevalue(role)

    expect_refusal(NotAllowed, lambda: act(actor=actor, seminar=seminar, **given))


def test_seminar_archived_is_not_changed_until_it_is_restored(instructor, seminar):
    archived = archive_seminar(actor=instructor, seminar=seminar)
    again = archive_seminar(actor=instructor, seminar=seminar)
    assert archived.archived_at == again.archived_at is not None
    expect_refusal(
        InvalidState, lambda: change_seminar(actor=instructor, seminar=seminar, **SETTINGS)
    )

    restore_seminar(actor=instructor, seminar=seminar)
    change_seminar(actor=instructor, seminar=seminar, **SETTINGS)

    seminar.refresh_from_db()
    assert (seminar.archived_at, seminar.title) == (None, "Water, again")
