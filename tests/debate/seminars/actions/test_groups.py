"""Groups made by hand, at random and by students; sections that nobody is in twice."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed
from debate.seminars.actions import (
    Chance,
    begin_student_view,
    change_group,
    create_group,
    delete_group,
    draw_groups,
    join_group,
    leave_group,
    make_drawn_groups,
    make_own_group,
    put_into_section,
)
from debate.seminars.models import Group
from tests.expect import expect_refusal
from tests.factories.accounts import UserFactory
from tests.factories.annotations import AnnotationFactory
from tests.factories.assignments import SideFactory
from tests.factories.seminars import GroupFactory, MembershipFactory

NOT_INSTRUCTORS = ["assistant", "student", "observer", "operator"]


def members(group):
    return set(group.members.values_list("username", flat=True))


def archive(seminar):
    seminar.archived_at = timezone.now()
    seminar.save()


# -- by hand ----------------------------------------------------------------------------------------


def test_group_made_has_its_members(instructor, seminar, student, classmate):
    create_group(
        actor=instructor,
        seminar=seminar,
        name="  Upstream ",
        members=[student, classmate, student],
        is_open=True,
    )

    group = Group.objects.get()
    assert (group.seminar, group.name, group.kind, group.is_open) == (
        seminar, "Upstream", "reading", True,
    )  # fmt: skip
    assert members(group) == {"student", "classmate"}


@pytest.mark.parametrize("role", NOT_INSTRUCTORS)
def test_groups_are_made_by_instructors_only(request, seminar, role):
    actor = request.getfixturevalue(role)

    expect_refusal(NotAllowed, lambda: create_group(actor=actor, seminar=seminar, name="A"))

    assert not Group.objects.exists()


def test_archived_seminar_gets_no_group(instructor, seminar):
    archive(seminar)

    expect_refusal(NotAllowed, lambda: create_group(actor=instructor, seminar=seminar, name="A"))


@pytest.mark.parametrize(
    ("given", "error", "field"),
    [
        ({"name": "Upstream"}, Conflict, "name"),
        ({"name": " "}, Invalid, "name"),
        ({"name": "A", "kind": "choir"}, Invalid, "kind"),
        ({"name": "A", "kind": "section", "is_open": True}, Invalid, "is_open"),
    ],
)
def test_group_that_cannot_be_names_the_field(given, error, field, instructor, seminar, group):
    expect_refusal(
        error, lambda: create_group(actor=instructor, seminar=seminar, **given), field=field
    )

    assert list(Group.objects.all()) == [group]


def test_group_takes_nobody_from_elsewhere(instructor, seminar, outsider):
    expect_refusal(
        Invalid,
        lambda: create_group(actor=instructor, seminar=seminar, name="A", members=[outsider]),
        field="members",
    )

    assert not Group.objects.exists()


def test_group_does_not_take_the_stand_in(instructor, seminar):
    stand_in = begin_student_view(actor=instructor, seminar=seminar)

    expect_refusal(
        Invalid,
        lambda: create_group(actor=instructor, seminar=seminar, name="A", members=[stand_in]),
        field="members",
    )


def test_group_changed_keeps_what_is_not_given(instructor, group, classmate):
    change_group(actor=instructor, group_id=group.pk, name="Source")
    change_group(actor=instructor, group_id=group.pk, is_open=True)
    change_group(actor=instructor, group_id=group.pk, members=[classmate])

    group.refresh_from_db()
    assert (group.name, group.is_open, members(group)) == ("Source", True, {"classmate"})


def test_group_may_be_called_as_it_is(instructor, group, other_group):
    change_group(actor=instructor, group_id=group.pk, name="Upstream")

    expect_refusal(
        Conflict,
        lambda: change_group(actor=instructor, group_id=group.pk, name=other_group.name),
        field="name",
    )


@pytest.mark.parametrize("role", NOT_INSTRUCTORS[:3])
def test_groups_are_changed_and_removed_by_instructors_only(request, group, role):
    actor = request.getfixturevalue(role)

    expect_refusal(NotAllowed, lambda: change_group(actor=actor, group_id=group.pk, name="A"))
    expect_refusal(NotAllowed, lambda: delete_group(actor=actor, group_id=group.pk))


@pytest.mark.parametrize("role", ["outsider", "operator"])
def test_group_of_another_seminar_is_absent(request, group, role):
    actor = request.getfixturevalue(role)

    for act in (change_group, delete_group, join_group, leave_group):
        expect_refusal(Missing, lambda act=act: act(actor=actor, group_id=group.pk))


# -- sections ---------------------------------------------------------------------------------------


def test_student_is_in_one_section_at_most(instructor, seminar, student):
    create_group(
        actor=instructor, seminar=seminar, name="Tuesday", members=[student], kind="section"
    )
    friday = create_group(actor=instructor, seminar=seminar, name="Friday", kind="section")

    refusal = expect_refusal(
        Invalid,
        lambda: change_group(actor=instructor, group_id=friday.pk, members=[student]),
        code="second_section",
        field="members",
    )
    expect_refusal(Invalid, lambda: put_into_section(section=friday, user=student))

    assert refusal.sentence == ("Everybody is in one section at most: Student is in Tuesday.")
    assert members(friday) == set()


def test_sections_of_another_seminar_do_not_count(instructor, seminar, other_seminar, student):
    MembershipFactory(seminar=other_seminar, user=student)
    GroupFactory(seminar=other_seminar, kind="section", members=[student])
    tuesday = create_group(actor=instructor, seminar=seminar, name="Tuesday", kind="section")

    put_into_section(section=tuesday, user=student)

    assert members(tuesday) == {"student"}


@pytest.mark.django_db(transaction=True)
def test_student_put_into_two_sections_at_once_is_in_one(instructor, seminar, student):
    sections = [
        create_group(actor=instructor, seminar=seminar, name=name, kind="section")
        for name in ("Tuesday", "Friday")
    ]
    ready = threading.Barrier(2)
    outcomes = []

    def put(section):
        ready.wait()
        try:
            change_group(actor=instructor, group_id=section.pk, members=[student])
            outcomes.append("in")
        except Invalid as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=put, args=[section]) for section in sections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["in", "second_section"]
    assert student.reading_groups.count() == 1


# -- removed ----------------------------------------------------------------------------------------


def test_group_that_nothing_names_is_removed(instructor, group):
    delete_group(actor=instructor, group_id=group.pk)

    assert not Group.objects.exists()


def use_for_annotation(group, assignment, student):
    AnnotationFactory(assignment=assignment, author=student, audience="group", group=group)


def use_for_assignment(group, assignment, student):
    assignment.groups.add(group)


def use_for_side(group, assignment, student):
    SideFactory(assignment=assignment, group=group, user=None, position="negative")


@pytest.mark.parametrize("use", [use_for_annotation, use_for_assignment, use_for_side])
def test_group_that_something_names_stays(use, instructor, group, assignment, student):
    use(group, assignment, student)

    expect_refusal(
        InvalidState,
        lambda: delete_group(actor=instructor, group_id=group.pk),
        code="group_in_use",
    )

    assert Group.objects.get() == group
    assert members(group) == {"student"}


# -- at random --------------------------------------------------------------------------------------


@pytest.fixture
def students(seminar):
    people = [UserFactory(username=f"s{number}") for number in range(7)]
    for person in people:
        MembershipFactory(seminar=seminar, user=person)
    return people


def drawn(draw):
    return {one.name: sorted(person.username for person in one.members) for one in draw.groups}


@pytest.mark.parametrize(
    ("how", "sizes"),
    [
        ({"count": 3}, [3, 2, 2]),
        ({"count": 50}, [1] * 7),
        ({"size": 3}, [4, 3]),
        ({"size": 2}, [2, 2, 2, 1]),
        ({"size": 100}, [7]),
    ],
)
def test_groups_are_drawn_evenly(how, sizes, instructor, seminar, students, assistant, observer):
    begin_student_view(actor=instructor, seminar=seminar)

    draw = draw_groups(actor=instructor, seminar=seminar, chance=Chance(seed=1, **how))

    assert [len(one.members) for one in draw.groups] == sizes
    assert sorted(name for names in drawn(draw).values() for name in names) == [
        f"s{number}" for number in range(7)
    ]
    assert not Group.objects.exists()


def test_what_was_drawn_is_made(instructor, seminar, students):
    GroupFactory(seminar=seminar, name="Group 1")
    chance = Chance(seed=7, count=2)
    draw = draw_groups(actor=instructor, seminar=seminar, chance=chance)

    made = make_drawn_groups(actor=instructor, seminar=seminar, chance=chance, digest=draw.digest)

    assert {group.name: sorted(members(group)) for group in made} == drawn(draw)
    assert [group.name for group in made] == ["Group 2", "Group 3"]


def test_other_seed_draws_otherwise(instructor, seminar, students):
    draws = {
        draw_groups(actor=instructor, seminar=seminar, chance=Chance(seed=seed, count=2)).digest
        for seed in range(10)
    }

    assert len(draws) > 1


def test_draw_of_a_seminar_that_has_changed_is_refused(instructor, seminar, students):
    chance = Chance(seed=7, count=2)
    digest = draw_groups(actor=instructor, seminar=seminar, chance=chance).digest
    MembershipFactory(seminar=seminar)

    expect_refusal(
        Conflict,
        lambda: make_drawn_groups(actor=instructor, seminar=seminar, chance=chance, digest=digest),
    )

    assert not Group.objects.exists()


def test_only_those_in_no_group_are_drawn_when_asked(instructor, seminar, students):
    GroupFactory(seminar=seminar, name="Ours", members=students[:5])

    draw = draw_groups(
        actor=instructor, seminar=seminar, chance=Chance(seed=1, count=1, only_free=True)
    )

    assert drawn(draw) == {"Group 1": ["s5", "s6"]}


def test_sections_are_drawn_of_those_in_none(instructor, seminar, students):
    GroupFactory(seminar=seminar, name="Ours", kind="section", members=students[:5])

    draw = draw_groups(
        actor=instructor, seminar=seminar, chance=Chance(seed=1, count=1, kind="section")
    )

    assert drawn(draw) == {"Section 1": ["s5", "s6"]}


def test_groups_are_drawn_within_sections(instructor, seminar, students):
    GroupFactory(seminar=seminar, name="Tuesday", kind="section", members=students[:4])
    GroupFactory(seminar=seminar, name="Friday", kind="section", members=students[4:6])

    draw = draw_groups(
        actor=instructor, seminar=seminar, chance=Chance(seed=1, size=2, within_sections=True)
    )

    found = drawn(draw)
    assert sorted(found["Tuesday 1"] + found["Tuesday 2"]) == ["s0", "s1", "s2", "s3"]
    assert (found["Friday 1"], found["Group 1"]) == (["s4", "s5"], ["s6"])


@pytest.mark.parametrize(
    ("how", "field"),
    [
        ({"count": 0}, "count"),
        ({"count": 201}, "count"),
        ({"size": 0}, "size"),
        ({}, "size"),
        ({"count": 2, "kind": "section", "within_sections": True}, "within_sections"),
    ],
)
def test_draw_that_cannot_be_names_the_field(how, field, instructor, seminar, students):
    chance = Chance(seed=1, **how)

    expect_refusal(
        Invalid,
        lambda: draw_groups(actor=instructor, seminar=seminar, chance=chance),
        field=field,
    )


def test_draw_without_students_is_refused(instructor, seminar):
    expect_refusal(
        Invalid,
        lambda: draw_groups(actor=instructor, seminar=seminar, chance=Chance(seed=1, count=2)),
        code="nobody",
    )


@pytest.mark.parametrize("role", NOT_INSTRUCTORS)
def test_groups_are_drawn_by_instructors_only(request, seminar, students, role):
    actor = request.getfixturevalue(role)

    expect_refusal(
        NotAllowed,
        lambda: draw_groups(actor=actor, seminar=seminar, chance=Chance(seed=1, count=2)),
    )


# -- by students ------------------------------------------------------------------------------------


@pytest.fixture
def free(seminar):
    """The seminar in which students make groups."""
    seminar.students_make_groups = True
    seminar.save()
    return seminar


def test_student_makes_an_open_group_and_is_in_it(free, student):
    group = make_own_group(actor=student, seminar=free, name="Ours")

    assert (group.kind, group.is_open, members(group)) == ("reading", True, {"student"})


@pytest.mark.parametrize("role", ["instructor", "assistant", "observer", "outsider", "operator"])
def test_own_groups_are_made_by_students_only(request, free, role):
    actor = request.getfixturevalue(role)

    expect_refusal(NotAllowed, lambda: make_own_group(actor=actor, seminar=free, name="Ours"))


def test_students_make_no_group_where_that_is_not_allowed(seminar, student):
    expect_refusal(NotAllowed, lambda: make_own_group(actor=student, seminar=seminar, name="A"))


def test_students_make_no_group_in_an_archived_seminar(free, student):
    archive(free)

    expect_refusal(NotAllowed, lambda: make_own_group(actor=student, seminar=free, name="A"))


def test_own_group_of_a_taken_name_conflicts(free, student, group):
    expect_refusal(
        Conflict,
        lambda: make_own_group(actor=student, seminar=free, name="Upstream"),
        field="name",
    )


def test_students_make_no_more_than_200_groups(free, student):
    Group.objects.bulk_create(Group(seminar=free, name=f"G{number}") for number in range(200))

    expect_refusal(
        InvalidState,
        lambda: make_own_group(actor=student, seminar=free, name="A"),
        code="too_many_groups",
    )


def test_student_joins_and_leaves_an_open_group(free, student, classmate):
    group = make_own_group(actor=classmate, seminar=free, name="Ours")

    join_group(actor=student, group_id=group.pk)
    join_group(actor=student, group_id=group.pk)
    assert members(group) == {"student", "classmate"}

    leave_group(actor=classmate, group_id=group.pk)
    leave_group(actor=classmate, group_id=group.pk)
    assert members(group) == {"student"}


def test_student_neither_joins_nor_leaves_a_closed_group(free, student, classmate, group):
    expect_refusal(NotAllowed, lambda: join_group(actor=classmate, group_id=group.pk))
    expect_refusal(NotAllowed, lambda: leave_group(actor=student, group_id=group.pk))

    assert members(group) == {"student"}


def test_student_joins_no_group_where_that_is_not_allowed(seminar, student):
    group = GroupFactory(seminar=seminar, is_open=True)

    expect_refusal(NotAllowed, lambda: join_group(actor=student, group_id=group.pk))
