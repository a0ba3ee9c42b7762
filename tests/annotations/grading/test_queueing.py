"""Who marks which work: the next one, leases, and the split among markers."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from annotations.grading.actions.queueing import (
    assign_markers,
    hold_work,
    let_go,
    take_next,
)
from annotations.grading.enums import GradeState, MarkingMode, MarkRole, MarkState
from annotations.grading.models import GradingPlan, Lease, Work
from annotations.grading.queries.splitting import planned_split, split_by_section
from debate.core.errors import Conflict, Invalid, Missing, NotAllowed, Stale
from debate.seminars.enums import GroupKind, Role
from tests.expect import expect_refusal
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    LeaseFactory,
    MarkFactory,
    WorkFactory,
)
from tests.factories.seminars import GroupFactory, MembershipFactory
from tests.threads import at_once


@pytest.fixture
def plan(assignment):
    return GradingPlanFactory(assignment=assignment)


def works_of(plan, count):
    works = WorkFactory.create_batch(count, assignment=plan.assignment)
    for work in works:
        GradeFactory(work=work)
    return works


def submitted(work, marker, role=MarkRole.FIRST):
    return MarkFactory(work=work, marker=marker, role=role, state=MarkState.SUBMITTED, total=5)


def next_of(actor, plan, **fields):
    taken = take_next(actor=actor, assignment_id=plan.assignment_id, **fields)
    return taken and (taken.work, taken.role)


def test_next_is_what_the_marker_began_before_what_is_assigned_before_what_is_free(
    plan, instructor, assistant
):
    begun, given, free, theirs = works_of(plan, 4)
    MarkFactory(work=begun, marker=instructor)
    Work.objects.filter(pk=given.pk).update(marker=instructor)
    Work.objects.filter(pk=theirs.pk).update(marker=assistant)

    assert next_of(instructor, plan) == (begun, MarkRole.FIRST)
    begun.marks.update(state=MarkState.SUBMITTED, total=5)
    assert next_of(instructor, plan) == (given, MarkRole.FIRST)
    submitted(given, instructor)
    assert next_of(instructor, plan) == (free, MarkRole.FIRST)
    submitted(free, instructor)
    assert next_of(instructor, plan) is None


def test_next_passes_over_what_another_marker_holds_or_has_begun(plan, instructor, assistant):
    held, begun, expired = works_of(plan, 3)
    LeaseFactory(work=held, holder=assistant)
    MarkFactory(work=begun, marker=assistant)
    LeaseFactory(work=expired, holder=assistant, expires_at=timezone.now() - timedelta(seconds=1))

    assert next_of(instructor, plan) == (expired, MarkRole.FIRST)

    lease = Lease.objects.get(work=expired)
    assert lease.holder == instructor
    assert abs(lease.expires_at - timezone.now() - timedelta(minutes=15)) < timedelta(minutes=1)


@pytest.mark.parametrize("state", ["marked", "ready", "released"])
def test_next_leaves_out_what_is_settled(state, plan, instructor):
    (work,) = works_of(plan, 1)
    work.grade.__class__.objects.filter(work=work).update(state=state, final=5)

    assert next_of(instructor, plan) is None


def test_next_leaves_out_excused_works_and_the_own(plan, instructor):
    (excused,) = works_of(plan, 1)
    excused.grade.is_excused = True
    excused.grade.save()
    own = WorkFactory(assignment=plan.assignment, student=instructor)
    GradeFactory(work=own)

    assert next_of(instructor, plan) is None


def test_what_one_leaves_comes_last(plan, instructor):
    one, other = works_of(plan, 2)
    first, _ = next_of(instructor, plan)

    left = other if first == one else one
    assert next_of(instructor, plan, after=first.pk) == (left, MarkRole.FIRST)


def test_order_is_the_markers_own(plan, instructor, assistant):
    works_of(plan, 12)

    def order_of(person):
        found = []
        for _ in range(12):
            work, _ = next_of(person, plan)
            submitted(work, person)
            found.append(work.pk)
        for work in Work.objects.all():
            work.marks.all().delete()
        Lease.objects.all().delete()
        return found

    one, again, other = order_of(instructor), order_of(instructor), order_of(assistant)
    assert one == again
    assert one != other
    assert {*one} == {*other}


def test_open_second_waits_for_the_first_mark(plan, instructor, assistant):
    plan.marking_mode = MarkingMode.OPEN_SECOND
    plan.save()
    (work,) = works_of(plan, 1)
    mark = MarkFactory(work=work, marker=assistant)

    assert next_of(instructor, plan) is None
    mark.state, mark.total = MarkState.SUBMITTED, 5
    mark.save()
    assert next_of(instructor, plan) == (work, MarkRole.SECOND)


def test_blind_double_gives_the_second_part_while_the_first_is_being_made(
    plan, instructor, assistant
):
    plan.marking_mode = MarkingMode.BLIND_DOUBLE
    plan.save()
    (work,) = works_of(plan, 1)

    assert next_of(assistant, plan) == (work, MarkRole.FIRST)
    assert next_of(instructor, plan) == (work, MarkRole.SECOND)


def test_first_marker_is_not_given_the_second_part(plan, instructor, assistant):
    plan.marking_mode = MarkingMode.BLIND_DOUBLE
    plan.save()
    (work,) = works_of(plan, 1)
    submitted(work, instructor)

    assert next_of(instructor, plan) is None
    assert next_of(assistant, plan) == (work, MarkRole.SECOND)


def test_assigned_second_marker_begins_at_once(plan, instructor, assistant):
    plan.marking_mode = MarkingMode.BLIND_DOUBLE
    plan.save()
    (work,) = works_of(plan, 1)
    Work.objects.filter(pk=work.pk).update(second_marker=instructor)

    assert next_of(instructor, plan) == (work, MarkRole.SECOND)


def test_next_is_for_staff(plan, student, outsider):
    expect_refusal(NotAllowed, lambda: next_of(student, plan))
    expect_refusal(Missing, lambda: next_of(outsider, plan))


def test_next_without_a_plan_is_missing(assignment, instructor):
    expect_refusal(Missing, lambda: take_next(actor=instructor, assignment_id=assignment.pk))


@pytest.mark.django_db(transaction=True)
def test_many_who_take_the_next_at_once_get_different_works(assignment):
    plan = GradingPlanFactory(assignment=assignment)
    works_of(plan, 5)
    markers = [
        MembershipFactory(seminar=assignment.seminar, role=Role.ASSISTANT).user for _ in range(7)
    ]

    taken = at_once(*(lambda one=one: next_of(one, plan) for one in markers))

    got = [one[0].pk for one in taken if one]
    assert len(got) == 5
    assert len({*got}) == 5
    assert Lease.objects.count() == 5


def test_lease_is_renewed_by_its_holder_and_refused_to_others(plan, instructor, assistant):
    (work,) = works_of(plan, 1)
    soon = timezone.now() + timedelta(minutes=1)
    LeaseFactory(work=work, holder=instructor, expires_at=soon)

    assert hold_work(actor=instructor, work_id=work.pk).expires_at > soon
    expect_refusal(Conflict, lambda: hold_work(actor=assistant, work_id=work.pk), code="held")

    let_go(actor=assistant, work_id=work.pk)
    assert Lease.objects.count() == 1
    let_go(actor=instructor, work_id=work.pk)
    assert hold_work(actor=assistant, work_id=work.pk).holder == assistant


def test_hold_of_a_work_that_is_let_go_meanwhile_takes_it(plan, instructor, assistant):
    (work,) = works_of(plan, 1)
    hold_work(actor=instructor, work_id=work.pk)
    looks = []

    def let_go_after_the_first_try(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.lstrip().startswith("INSERT INTO grading_lease"):
            looks.append(sql)
            if len(looks) == 1:
                Lease.objects.all().delete()
        return result

    with connection.execute_wrapper(let_go_after_the_first_try):
        lease = hold_work(actor=assistant, work_id=work.pk)

    assert lease.holder == assistant
    assert len(looks) == 2


def test_lease_is_for_staff(plan, student, outsider):
    (work,) = works_of(plan, 1)
    for person in (student, outsider):
        expect_refusal(Missing, lambda person=person: hold_work(actor=person, work_id=work.pk))


def test_even_split_gives_each_marker_as_many_and_is_the_same_again(plan, instructor, assistant):
    works = works_of(plan, 5)

    split = planned_split(works, [instructor.pk, assistant.pk], role=MarkRole.FIRST)

    assert sorted(Counter(split.values()).values()) == [2, 3]
    assert planned_split(works[::-1], [instructor.pk, assistant.pk], role=MarkRole.FIRST) == split


def test_even_split_counts_what_is_assigned_and_keeps_first_and_second_apart(
    plan, instructor, assistant
):
    works = works_of(plan, 4)
    for work in works[:2]:
        work.marker = instructor
        work.save()

    split = planned_split(works, [instructor.pk, assistant.pk], role=MarkRole.FIRST)
    assert split == {work.pk: assistant.pk for work in works[2:]}

    second = planned_split(works[:2], [instructor.pk, assistant.pk], role=MarkRole.SECOND)
    assert second == {work.pk: assistant.pk for work in works[:2]}


def test_split_by_section_follows_the_students_sections(plan, assignment, instructor, assistant):
    one, other, free = works_of(plan, 3)
    monday, tuesday = (
        GroupFactory(seminar=assignment.seminar, name=name, kind=GroupKind.SECTION, members=[who])
        for name, who in (("Monday", one.student), ("Tuesday", other.student))
    )

    split = split_by_section(
        assignment,
        [one, other, free],
        {monday.pk: instructor.pk, tuesday.pk: assistant.pk},
        role=MarkRole.FIRST,
    )

    assert split == {one.pk: instructor.pk, other.pk: assistant.pk}


def test_assigning_markers_changes_works_and_the_counter(plan, instructor, assistant):
    one, other = works_of(plan, 2)
    given = [(one.pk, MarkRole.FIRST, assistant.pk), (other.pk, MarkRole.FIRST, None)]

    changed = assign_markers(
        actor=instructor, assignment_id=plan.assignment_id, changes=given, counter=0
    )

    assert changed == 1
    one.refresh_from_db()
    assert (one.marker, one.version) == (assistant, 2)
    assert GradingPlan.objects.get(pk=plan.pk).counter == 1
    expect_refusal(
        Stale,
        lambda: assign_markers(
            actor=instructor, assignment_id=plan.assignment_id, changes=given, counter=0
        ),
    )
    expect_refusal(
        Stale,
        lambda: assign_markers(
            actor=instructor,
            assignment_id=plan.assignment_id,
            changes=[(one.pk, MarkRole.FIRST, None)],
            versions={one.pk: 1},
        ),
    )


def test_assigning_markers_is_for_instructors(plan, assistant, student, outsider):
    for person, refusal in ((assistant, NotAllowed), (student, NotAllowed), (outsider, Missing)):
        expect_refusal(
            refusal,
            lambda person=person: assign_markers(
                actor=person, assignment_id=plan.assignment_id, changes=[]
            ),
        )


def test_assigning_to_who_may_not_mark_the_work_is_refused(
    plan, assignment, instructor, assistant, student
):
    (work,) = works_of(plan, 1)
    limited = MembershipFactory(seminar=assignment.seminar, role=Role.ASSISTANT, is_limited=True)

    def assigns(person, role=MarkRole.FIRST):
        return assign_markers(
            actor=instructor,
            assignment_id=assignment.pk,
            changes=[(work.pk, role, person.pk)],
        )

    expect_refusal(Invalid, lambda: assigns(student), field="marker")
    expect_refusal(Invalid, lambda: assigns(limited.user), field="marker")
    section = GroupFactory(
        seminar=assignment.seminar, kind=GroupKind.SECTION, members=[work.student]
    )
    limited.sections.set([section])
    assert assigns(limited.user) == 1
    expect_refusal(Invalid, lambda: assigns(limited.user, MarkRole.SECOND), field="second_marker")


def test_assigning_a_work_of_another_assignment_is_missing(plan, instructor):
    other = WorkFactory()

    expect_refusal(
        Missing,
        lambda: assign_markers(
            actor=instructor,
            assignment_id=plan.assignment_id,
            changes=[(other.pk, MarkRole.FIRST, None)],
        ),
    )


def test_reopened_work_without_marks_is_given_again(plan, instructor):
    (work,) = works_of(plan, 1)
    work.grade.state = GradeState.REOPENED
    work.grade.save()

    assert next_of(instructor, plan) == (work, MarkRole.FIRST)
