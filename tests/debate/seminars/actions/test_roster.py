"""What a roster would do, does, and who comes in by it later."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from debate.core.errors import Conflict, Invalid, Missing, NotAllowed
from debate.seminars.actions.roster import (
    apply_roster,
    forget_expected,
    join_as_expected,
    plan_roster,
)
from debate.seminars.models import Group, Membership, RosterEntry
from debate.seminars.queries.people import roster_file
from tests.expect import expect_refusal
from tests.factories.accounts import EmailAddressFactory, UserFactory
from tests.factories.seminars import GroupFactory, MembershipFactory, RosterEntryFactory


@pytest.fixture
def section(seminar):
    return GroupFactory(seminar=seminar, name="Monday", kind="section")


def plan(seminar, *lines, role="student"):
    text = "\n".join(("email,name,role,section", *lines))
    return plan_roster(seminar=seminar, text=text, role=role)


def deeds(seminar, *lines):
    return [step.deed for step in plan(seminar, *lines).steps]


def apply(actor, seminar, *lines, role="student"):
    text = "\n".join(("email,name,role,section", *lines))
    mark = plan_roster(seminar=seminar, text=text, role=role).mark
    return apply_roster(actor=actor, seminar=seminar, text=text, role=role, mark=mark)


def only(seminar, line):
    (step,) = plan(seminar, line).steps
    return step


# -- planned -----------------------------------------------------------------------------------


def test_plan_says_of_each_line_what_will_happen(seminar, instructor, student, assistant, section):
    UserFactory(username="ada", name="Ada Lovelace")
    RosterEntryFactory(seminar=seminar, email="waits@example.org")
    RosterEntryFactory(seminar=seminar, email="again@example.org")

    steps = plan(
        seminar,
        "ADA@example.org,Ada,student,Monday",
        "new@example.org,New,,Friday",
        "student@example.org,,,",
        "assistant@example.org,,assistant,Monday",
        "waits@example.org,,student,",
        "again@example.org,,observer,",
        "nonsense,,,",
    ).steps

    assert [(step.number, step.deed, step.sentence) for step in steps] == [
        (2, "join", "Ada Lovelace has an account: becomes student in Monday."),
        (
            3,
            "expect",
            "Nobody has this address yet: kept, and becomes student in Friday at the first sign-in.",
        ),
        (4, "same", "Is a member already, as it says here."),
        (5, "change", "Was assistant; becomes assistant limited to Monday."),
        (6, "same", "Is expected already."),
        (7, "amend", "Is expected already, and now becomes observer."),
        (8, "error", "This is no e-mail address."),
    ]


def test_plan_is_summed_up_in_words(seminar, instructor, student, classmate):
    UserFactory(username="ada")

    lines = [
        "ada@example.org,",
        "a@example.org,",
        "b@example.org,",
        "student@example.org,,observer",
        "classmate@example.org,",
        "nonsense,",
    ]

    assert plan(seminar, *lines).summary == [
        "1 cannot be taken",
        "1 becomes a member",
        "2 are expected from now on",
        "1 changes",
        "1 stays as it is",
    ]
    assert plan(seminar, "nonsense,").summary == ["1 cannot be taken"]


def test_plan_writes_nothing(seminar, instructor, section):
    plan(seminar, "new@example.org,New,student,Friday")

    assert not RosterEntry.objects.exists()
    assert Group.objects.count() == 1


@pytest.mark.parametrize(
    ("lines", "field", "sentence"),
    [
        (["a@example.org,,", "A@example.org,,"], "email", "Line 2 has this person too."),
        (
            ["a@example.org,,guest"],
            "role",
            "Give one of: instructor, assistant, student, observer.",
        ),
        (["a@example.org,A\u202eB"], "name", "Names may not hold characters that change"),
        (["a@example.org,,observer,Monday"], "section", "Only students and assistants belong"),
        (["a@example.org,,,upstream"], "section", "A reading group has this name."),
        (["a@example.org,,,A; B"], "section", "Name one section;"),
        (["a@example.org,,," + "x" * 101], "section", "This is 101 characters long;"),
        (["instructor@example.org,,student"], "role", "A seminar keeps at least one instructor."),
        (["a@example.org,,,,more"], "", "This line has more cells"),
    ],
)
def test_plan_names_the_cell_at_fault(seminar, instructor, group, lines, field, sentence):
    steps = plan(seminar, *lines)

    assert not steps.is_sound
    last = steps.steps[-1]
    assert (last.deed, last.field) == ("error", field)
    assert last.sentence.startswith(sentence)


def test_plan_knows_one_person_by_all_confirmed_addresses(seminar, instructor):
    person = UserFactory(username="ada")
    EmailAddressFactory(user=person, email="second@example.org")
    EmailAddressFactory(user=person, email="unconfirmed@example.org", verified=False)

    assert deeds(
        seminar, "ada@example.org,", "second@example.org,", "unconfirmed@example.org,"
    ) == ["join", "error", "expect"]


def test_plan_lets_the_last_instructor_go_when_another_comes(seminar, instructor, student):
    lines = ["instructor@example.org,,student,", "student@example.org,,instructor,"]

    assert deeds(seminar, *lines) == ["change", "change"]
    assert deeds(seminar, lines[0]) == ["error"]


def test_plan_finds_sections_in_any_case_and_names_new_ones_once(seminar, instructor, section):
    steps = plan(
        seminar,
        "a@example.org,,,MONDAY",
        "b@example.org,,,Friday",
        "c@example.org,,,friday",
    )

    assert steps.steps[0].section == "Monday"
    assert [one.casefold() for one in steps.new_sections] == ["friday"]


def test_plan_counts_members_that_are_not_listed(seminar, instructor, student, classmate):
    EmailAddressFactory(user=student, email="second@example.org")

    assert plan(seminar, "second@example.org,", "new@example.org,").absent == 2


def test_plan_takes_the_default_role_where_none_is_named(seminar, instructor):
    steps = plan(seminar, "a@example.org,,Assistant,", "b@example.org,,,", role="observer")

    assert [step.role for step in steps.steps] == ["assistant", "observer"]


def test_plan_of_a_large_class_takes_a_fixed_number_of_queries(seminar, instructor):
    def count(*names):
        with CaptureQueriesContext(connection) as queries:
            plan(seminar, *[f"{name}@example.org,,,Monday" for name in names])
        return len(queries)

    few = count("a", "instructor")
    MembershipFactory.create_batch(3, seminar=seminar)
    RosterEntryFactory.create_batch(3, seminar=seminar)

    assert few == count(*[f"person{n}" for n in range(200)]) <= 9


# -- applied -----------------------------------------------------------------------------------


def test_roster_applied_does_what_the_plan_said(seminar, instructor, student, section):
    person = UserFactory(username="ada", name="Ada Lovelace")
    section.members.add(student)

    apply(
        instructor,
        seminar,
        "ada@example.org,Ada,assistant,Friday",
        "new@example.org,New Person,student,Monday",
        "student@example.org,,student,Friday",
    )

    friday = Group.objects.get(name="Friday")
    assert (friday.seminar, friday.kind) == (seminar, "section")
    assert list(friday.members.all()) == [student]
    assert not section.members.exists()
    ada = Membership.objects.get(user=person)
    assert (ada.role, ada.is_limited, list(ada.sections.all())) == ("assistant", True, [friday])
    person.refresh_from_db()
    assert person.name == "Ada Lovelace"
    entry = RosterEntry.objects.get()
    assert (entry.email, entry.name, entry.role, entry.section, entry.created_by) == (
        "new@example.org",
        "New Person",
        "student",
        section,
        instructor,
    )


def test_roster_applied_twice_changes_nothing_more(seminar, instructor, student):
    lines = ["a@example.org,A,assistant,Friday", "student@example.org,,,Monday"]
    apply(instructor, seminar, *lines)

    again = plan(seminar, *lines)

    assert again.counts == {"same": 2}
    assert (again.changes, again.new_sections, again.is_sound) == (0, [], True)


def test_roster_with_an_error_is_not_applied_at_all(seminar, instructor):
    expect_refusal(
        Invalid, lambda: apply(instructor, seminar, "a@example.org,", "nonsense,"), field="text"
    )

    assert not RosterEntry.objects.exists()


def test_roster_that_would_do_something_else_by_now_conflicts(seminar, instructor):
    text = "email\nada@example.org"
    mark = plan_roster(seminar=seminar, text=text).mark
    UserFactory(username="ada")

    expect_refusal(
        Conflict,
        lambda: apply_roster(
            actor=instructor, seminar=seminar, text=text, role="student", mark=mark
        ),
    )

    assert not RosterEntry.objects.exists()
    assert seminar.memberships.count() == 1


@pytest.mark.parametrize("role", ["assistant", "student", "observer", "outsider", "operator"])
def test_rosters_are_applied_by_instructors_only(request, seminar, role):
    actor = request.getfixturevalue(role)
    entry = RosterEntryFactory(seminar=seminar)

    expect_refusal(NotAllowed, lambda: apply(actor, seminar, "a@example.org,"))
    expect_refusal(Missing, lambda: forget_expected(actor=actor, entry_id=entry.pk))

    assert list(RosterEntry.objects.all()) == [entry]


def test_person_is_expected_no_longer(seminar, instructor):
    entry = RosterEntryFactory(seminar=seminar)

    forget_expected(actor=instructor, entry_id=entry.pk)

    assert not RosterEntry.objects.exists()
    expect_refusal(Missing, lambda: forget_expected(actor=instructor, entry_id=entry.pk))


def test_roster_of_a_seminar_changes_nothing_when_it_is_read_in_again(
    seminar, instructor, student, observer, section
):
    section.members.add(student)
    limited = MembershipFactory(seminar=seminar, role="assistant", is_limited=True)
    limited.sections.set([section, GroupFactory(seminar=seminar, name="A", kind="section")])
    MembershipFactory(seminar=seminar, role="assistant")
    RosterEntryFactory(seminar=seminar, name="=1+1", section=section)

    again = plan_roster(seminar=seminar, text=roster_file(seminar.pk))

    assert again.counts == {"same": 6}


# -- coming in later ---------------------------------------------------------------------------


def expected(seminar, **fields):
    return RosterEntryFactory(seminar=seminar, email="ada@example.org", **fields)


def test_person_expected_becomes_a_member_with_a_confirmed_address(seminar, section):
    expected(seminar, role="assistant", section=section)
    person = EmailAddressFactory(email="Ada@example.org").user

    (membership,) = join_as_expected(person)

    assert (membership.user, membership.role, membership.is_limited) == (person, "assistant", True)
    assert list(membership.sections.all()) == [section]
    assert not RosterEntry.objects.exists()


def test_person_expected_is_not_let_in_by_an_address_that_is_not_confirmed(seminar):
    expected(seminar)
    person = EmailAddressFactory(email="ada@example.org", verified=False).user

    assert join_as_expected(person) == []
    assert RosterEntry.objects.exists()


def test_person_expected_in_an_archived_seminar_waits(seminar):
    expected(seminar)
    seminar.archived_at = timezone.now()
    seminar.save()
    person = EmailAddressFactory(email="ada@example.org").user

    assert join_as_expected(person) == []
    assert RosterEntry.objects.exists()


def test_member_expected_keeps_the_role(seminar):
    expected(seminar, role="instructor")
    person = EmailAddressFactory(email="ada@example.org").user
    MembershipFactory(seminar=seminar, user=person, role="observer")

    assert join_as_expected(person) == []
    assert Membership.objects.get().role == "observer"
    assert not RosterEntry.objects.exists()


def test_person_expected_comes_in_by_signing_in(page, seminar):
    expected(seminar)
    person = EmailAddressFactory(email="ada@example.org").user

    response = page(person).get("/seminars/water-policy/")

    assert response.status_code == 200


def test_person_who_is_expected_nowhere_signs_in_with_two_queries_more(
    student, django_assert_num_queries
):
    with django_assert_num_queries(1):
        join_as_expected(student)
    EmailAddressFactory(user=student)
    with django_assert_num_queries(2):
        join_as_expected(student)
