"""People added, changed, removed, and leaving."""

import uuid

import pytest
from django.utils import timezone

from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed
from debate.seminars.actions.people import (
    Standing,
    add_person,
    change_member,
    leave_seminar,
    remove_member,
    say_consent,
)
from debate.seminars.enums import GroupKind
from debate.seminars.models import Group, Membership, RosterEntry
from tests.expect import expect_refusal
from tests.factories.accounts import EmailAddressFactory, UserFactory
from tests.factories.annotations import annotation_on
from tests.factories.seminars import GroupFactory, MembershipFactory, RosterEntryFactory

NOT_INSTRUCTORS = ["assistant", "student", "observer", "outsider", "operator"]
STUDENT = Standing("student")


@pytest.fixture
def section(seminar):
    return GroupFactory(seminar=seminar, name="Monday", kind=GroupKind.SECTION)


@pytest.fixture
def other_section(seminar):
    return GroupFactory(seminar=seminar, name="Friday", kind=GroupKind.SECTION)


def of(user):
    return Membership.objects.get(user=user)


def groups_of(user):
    return set(user.reading_groups.values_list("name", flat=True))


# -- by hand -----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["ada", "ADA", "ada@example.org", " Ada@Example.org "])
def test_person_added_by_hand_is_found_by_username_or_address(instructor, seminar, who):
    person = UserFactory(username="ada")

    membership = add_person(actor=instructor, seminar=seminar, who=who, standing=STUDENT)

    assert (membership.user, membership.role) == (person, "student")


def test_person_added_by_hand_is_found_by_a_second_address(instructor, seminar):
    address = EmailAddressFactory(email="Second@example.org")

    added = add_person(
        actor=instructor, seminar=seminar, who="second@example.org", standing=STUDENT
    )

    assert added.user == address.user


def test_address_that_nobody_confirmed_is_nobodys(instructor, seminar):
    """Else whoever types another's address at sign-up is let in for that person."""
    EmailAddressFactory(user__username="mallory", user__email="ada@example.org", verified=False)

    added = add_person(actor=instructor, seminar=seminar, who="ada@example.org", standing=STUDENT)

    assert isinstance(added, RosterEntry)
    assert not seminar.memberships.filter(user__username="mallory").exists()


def test_address_without_account_is_expected_once(instructor, seminar, section):
    add_person(actor=instructor, seminar=seminar, who="New@example.org", standing=STUDENT)
    add_person(
        actor=instructor,
        seminar=seminar,
        who="new@example.org",
        standing=Standing("assistant", True, (section.pk,)),
    )

    entry = RosterEntry.objects.get()
    assert (entry.email, entry.role, entry.section, entry.created_by) == (
        "new@example.org",
        "assistant",
        section,
        instructor,
    )


def test_person_shut_out_of_the_site_is_not_found(instructor, seminar):
    UserFactory(username="gone", email="", is_active=False)

    expect_refusal(
        Invalid,
        lambda: add_person(actor=instructor, seminar=seminar, who="gone", standing=STUDENT),
        field="who",
    )


@pytest.mark.parametrize(
    ("who", "error", "field"),
    [("nobody", Invalid, "who"), ("", Invalid, "who"), ("student", Conflict, "who")],
)
def test_person_who_cannot_be_added_is_named(instructor, seminar, student, who, error, field):
    expect_refusal(
        error,
        lambda: add_person(
            actor=instructor, seminar=seminar, who=who, standing=Standing("observer")
        ),
        field=field,
    )

    assert of(student).role == "student"


@pytest.mark.parametrize(("is_limited", "count"), [(True, 0), (True, 2)])
def test_address_without_account_is_kept_with_one_section_only(
    instructor, seminar, section, other_section, is_limited, count
):
    sections = (section.pk, other_section.pk)[:count]

    expect_refusal(
        Invalid,
        lambda: add_person(
            actor=instructor,
            seminar=seminar,
            who="new@example.org",
            standing=Standing("assistant", is_limited, sections),
        ),
        field="sections",
    )


@pytest.mark.parametrize("role", NOT_INSTRUCTORS)
def test_people_are_added_by_hand_by_instructors_only(request, seminar, role):
    actor = request.getfixturevalue(role)
    UserFactory(username="ada")

    expect_refusal(
        NotAllowed, lambda: add_person(actor=actor, seminar=seminar, who="ada", standing=STUDENT)
    )


# -- roles, limits and sections ----------------------------------------------------------------


def change(actor, user, *standing):
    return change_member(actor=actor, membership_id=of(user).pk, standing=Standing(*standing))


def test_assistant_is_limited_to_sections(instructor, assistant, section, other_section):
    change(instructor, assistant, "assistant", True, (section.pk,))

    assert of(assistant).is_limited
    assert list(of(assistant).sections.all()) == [section]


def test_assistant_limited_stays_so_when_nothing_else_is_said(instructor, assistant, section):
    change(instructor, assistant, "assistant", True, (section.pk,))

    change(instructor, assistant, "assistant")

    assert of(assistant).is_limited
    assert list(of(assistant).sections.all()) == [section]


def test_assistant_no_longer_limited_has_no_sections(instructor, assistant, section):
    change(instructor, assistant, "assistant", True, (section.pk,))

    change(instructor, assistant, "assistant", False, ())

    assert not of(assistant).is_limited
    assert not of(assistant).sections.exists()


def test_assistant_limited_who_becomes_student_is_limited_no_longer(instructor, assistant, section):
    change(instructor, assistant, "assistant", True, (section.pk,))

    change(instructor, assistant, "student")

    assert (of(assistant).role, of(assistant).is_limited) == ("student", False)
    assert not of(assistant).sections.exists()


def test_student_belongs_to_the_section_named_and_no_other(
    instructor, student, group, section, other_section
):
    change(instructor, student, "student", None, (section.pk,))
    change(instructor, student, "student", None, (other_section.pk,))

    assert groups_of(student) == {"Upstream", "Friday"}


def test_student_keeps_the_section_when_none_is_named(instructor, student, section):
    section.members.add(student)

    change(instructor, student, "student")

    assert groups_of(student) == {"Monday"}


@pytest.mark.parametrize(
    ("role", "left"),
    [("assistant", {"Upstream"}), ("instructor", {"Upstream"}), ("observer", set())],
)
def test_student_who_changes_role_leaves_what_the_role_has_not(
    instructor, student, group, section, role, left
):
    section.members.add(student)

    change(instructor, student, role)

    assert groups_of(student) == left


@pytest.mark.parametrize(
    ("standing", "field"),
    [
        (("guest",), "role"),
        (("student", True), "is_limited"),
        (("instructor", None, "one"), "sections"),
        (("observer", None, "one"), "sections"),
        (("student", None, "two"), "sections"),
        (("student", None, "unknown"), "sections"),
        (("student", None, "reading"), "sections"),
        (("assistant", False, "one"), "is_limited"),
    ],
)
def test_standing_that_no_role_has_names_field(
    instructor, student, group, section, other_section, standing, field
):
    role, is_limited, which = (*standing, None, None)[:3]
    sections = {
        "one": (section.pk,),
        "two": (section.pk, other_section.pk),
        "unknown": (uuid.UUID(int=1),),
        "reading": (group.pk,),
        None: None,
    }[which]

    expect_refusal(
        Invalid, lambda: change(instructor, student, role, is_limited, sections), field=field
    )

    assert (of(student).role, groups_of(student)) == ("student", {"Upstream"})


def test_last_instructor_keeps_the_role_and_stays(instructor, seminar):
    expect_refusal(Invalid, lambda: change(instructor, instructor, "assistant"), field="role")
    expect_refusal(
        InvalidState, lambda: remove_member(actor=instructor, membership_id=of(instructor).pk)
    )
    expect_refusal(InvalidState, lambda: leave_seminar(actor=instructor, seminar=seminar))

    assert of(instructor).role == "instructor"


@pytest.mark.parametrize("role", ["assistant", "student", "observer"])
def test_members_are_changed_and_removed_by_instructors_only(request, seminar, classmate, role):
    actor = request.getfixturevalue(role)

    expect_refusal(NotAllowed, lambda: change(actor, classmate, "observer"))
    expect_refusal(NotAllowed, lambda: remove_member(actor=actor, membership_id=of(classmate).pk))
    expect_refusal(NotAllowed, lambda: change(actor, actor, "instructor"))

    assert (of(classmate).role, of(actor).role) == ("student", role)


@pytest.mark.parametrize("role", ["outsider", "operator"])
def test_members_are_missing_to_people_of_elsewhere(request, seminar, classmate, role):
    actor = request.getfixturevalue(role)

    expect_refusal(Missing, lambda: change(actor, classmate, "observer"))
    expect_refusal(Missing, lambda: remove_member(actor=actor, membership_id=of(classmate).pk))
    expect_refusal(Missing, lambda: leave_seminar(actor=actor, seminar=seminar))


def test_member_of_an_archived_seminar_is_not_changed_but_may_leave(instructor, seminar, student):
    seminar.archived_at = timezone.now()
    seminar.save()

    expect_refusal(NotAllowed, lambda: change(instructor, student, "observer"))
    expect_refusal(
        NotAllowed, lambda: remove_member(actor=instructor, membership_id=of(student).pk)
    )
    leave_seminar(actor=student, seminar=seminar)

    assert not seminar.memberships.filter(user=student).exists()


# -- leaving -----------------------------------------------------------------------------------


def end(how, instructor, user, seminar):
    if how == "removed":
        remove_member(actor=instructor, membership_id=of(user).pk)
    else:
        leave_seminar(actor=user, seminar=seminar)


@pytest.mark.parametrize("how", ["removed", "leaving"])
def test_member_who_goes_leaves_groups_and_posts_behind(
    how, instructor, seminar, student, group, section, assignment, paragraphs
):
    section.members.add(student)
    elsewhere = GroupFactory(members=[student])
    post = annotation_on(paragraphs[0], assignment=assignment, author=student)

    end(how, instructor, student, seminar)

    assert not seminar.memberships.filter(user=student).exists()
    assert list(Group.objects.filter(members=student)) == [elsewhere]
    post.refresh_from_db()
    assert (post.author, post.status) == (student, "published")


@pytest.mark.parametrize("how", ["removed", "leaving"])
@pytest.mark.parametrize("role", ["student", "assistant", "observer"])
def test_member_who_goes_gets_404_on_the_next_request(
    how, role, request, page, api, instructor, seminar, assignment
):
    user = request.getfixturevalue(role)
    addresses = [
        "/seminars/water-policy/",
        "/seminars/water-policy/-/people/",
        assignment.get_absolute_url(),
        f"/api/v1/seminars/{seminar.pk}/",
        f"/api/v1/seminars/{seminar.pk}/members/",
        f"/api/v1/assignments/{assignment.pk}/",
    ]
    browser, client = page(user), api(user)
    clients = [client if address.startswith("/api") else browser for address in addresses]
    before = [one.get(address).status_code for one, address in zip(clients, addresses, strict=True)]

    end(how, instructor, user, seminar)

    after = [one.get(address).status_code for one, address in zip(clients, addresses, strict=True)]
    assert (before, after) == ([200] * 6, [404] * 6)


def test_instructor_may_leave_when_there_is_another(instructor, seminar):
    MembershipFactory(seminar=seminar, role="instructor")

    leave_seminar(actor=instructor, seminar=seminar)

    assert not seminar.memberships.filter(user=instructor).exists()


def test_member_removed_is_expected_no_more_than_before(instructor, seminar, student):
    RosterEntryFactory(seminar=seminar)

    remove_member(actor=instructor, membership_id=of(student).pk)

    assert RosterEntry.objects.count() == 1


# -- consent ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [True, False, None])
def test_member_says_whether_words_may_go_into_research(answer, seminar, student):
    type(seminar).objects.update(asks_consent=True)

    say_consent(actor=student, seminar=seminar, consents=answer)

    assert of(student).consents is answer


def test_consent_is_asked_of_members_alone_and_where_the_seminar_asks(seminar, student, outsider):
    with pytest.raises(InvalidState):
        say_consent(actor=student, seminar=seminar, consents=True)
    with pytest.raises(Missing):
        say_consent(actor=outsider, seminar=seminar, consents=True)

    assert of(student).consents is None
