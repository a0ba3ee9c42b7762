"""Works: what each student wrote, frozen as it stood at the closing that held for the student."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.grading.actions.collecting import collect_due, collect_works, take_in
from annotations.grading.enums import GradeState, Verb
from annotations.grading.folding import fold
from annotations.grading.models import Grade, GradeEvent, GradingPlan, Work
from annotations.grading.tasks import collect
from annotations.models import Annotation, AnnotationVersion
from debate.assignments.actions import delete_assignment
from debate.core.errors import InvalidState, Missing, NotAllowed, Stale
from tests.expect import expect_refusal
from tests.factories.annotations import (
    AnnotationFactory,
    AnnotationVersionFactory,
    ReplyFactory,
    annotation_on,
)
from tests.factories.assignments import AccommodationFactory, AliasFactory, ExtensionFactory
from tests.factories.grading import GradingPlanFactory
from tests.factories.seminars import MembershipFactory
from tests.threads import at_once

HOUR = timedelta(hours=1)


@pytest.fixture
def closed(assignment):
    """The assignment, due three hours ago and closed one hour ago."""
    now = timezone.now()
    assignment.opens_at, assignment.due_at = now - 9 * HOUR, now - 3 * HOUR
    assignment.closes_at = now - HOUR
    assignment.save()
    return assignment


@pytest.fixture
def plan(closed):
    return GradingPlanFactory(assignment=closed)


def written(note, ago, **first):
    """Move the note to that long ago, with a first version of then."""
    moment = timezone.now() - ago
    Annotation.objects.filter(pk=note.pk).update(created_at=moment)
    version = AnnotationVersionFactory(
        annotation=note, **{"version": 1, "details": {"audience": note.audience}} | first
    )
    AnnotationVersion.objects.filter(pk=version.pk).update(at=moment)
    note.refresh_from_db()
    return note


def changed(note, ago, **fields):
    """Give the note another version, as of that long ago."""
    Annotation.objects.filter(pk=note.pk).update(version=note.version + 1, **fields)
    note.refresh_from_db()
    version = AnnotationVersionFactory(annotation=note, details={"audience": note.audience})
    AnnotationVersion.objects.filter(pk=version.pk).update(at=timezone.now() - ago)
    return note


def items_of(student):
    work = Work.objects.get(student=student)
    return [(one.annotation_id, one.annotation_version) for one in work.items.all()]


def test_collecting_closed_assignment_gives_each_student_a_work_and_an_open_grade(
    plan, closed, student, classmate, observer, assistant, instructor
):
    works = collect_works(actor=instructor, assignment_id=closed.pk)

    assert {work.student_id for work in works} == {student.pk, classmate.pk}
    assert {work.frozen_at for work in works} == {closed.closes_at}
    assert [work.id.version for work in works] == [4, 4]
    for work in works:
        grade = work.grade
        assert (grade.state, grade.version) == (GradeState.NOT_STARTED, 1)
        events = GradeEvent.objects.filter(grade=grade)
        assert [(one.verb, one.actor_id) for one in events] == [(Verb.OPENED, instructor.pk)]
        assert fold(one.after for one in events)["state"] == grade.state
    plan.refresh_from_db()
    assert plan.collected_at is not None
    assert plan.counter == 1


def test_collecting_again_adds_nothing_but_who_joined_since(plan, closed, student, instructor):
    collect_works(actor=instructor, assignment_id=closed.pk)
    counter = GradingPlan.objects.get(pk=plan.pk).counter

    assert collect_works(actor=instructor, assignment_id=closed.pk) == []
    assert GradingPlan.objects.get(pk=plan.pk).counter == counter

    late_comer = MembershipFactory(seminar=closed.seminar).user
    (work,) = collect_works(actor=instructor, assignment_id=closed.pk)
    assert work.student_id == late_comer.pk


def test_collecting_takes_the_version_that_stood_at_the_closing(plan, closed, student, instructor):
    note = changed(
        written(AnnotationFactory(assignment=closed, author=student), 5 * HOUR), 4 * HOUR
    )
    changed(note, HOUR / 2, body="Other words, after the closing.")

    collect_works(actor=instructor, assignment_id=closed.pk)

    assert items_of(student) == [(note.pk, 2)]


def test_collecting_leaves_out_what_did_not_count_at_the_closing(plan, closed, student, instructor):
    by = {"assignment": closed, "author": student}
    written(AnnotationFactory(**by, audience="private"), 5 * HOUR)
    written(AnnotationFactory(**by, status="held"), 5 * HOUR, status="held")
    hidden = written(AnnotationFactory(**by), 5 * HOUR)
    changed(hidden, 4 * HOUR, status="hidden")

    collect_works(actor=instructor, assignment_id=closed.pk)

    assert items_of(student) == []


def test_collecting_keeps_what_was_withdrawn_after_the_closing(plan, closed, student, instructor):
    note = written(AnnotationFactory(assignment=closed, author=student), 5 * HOUR)
    changed(note, HOUR / 2, status="withdrawn")

    collect_works(actor=instructor, assignment_id=closed.pk)

    assert items_of(student) == [(note.pk, 1)]


def test_collecting_takes_what_was_approved_after_the_closing(plan, closed, student, instructor):
    note = written(AnnotationFactory(assignment=closed, author=student), 5 * HOUR, status="pending")
    changed(note, HOUR / 2)

    collect_works(actor=instructor, assignment_id=closed.pk)

    assert items_of(student) == [(note.pk, 2)]


def test_collecting_takes_replies_and_late_work_in_the_order_of_the_essay(
    plan, closed, student, classmate, instructor, paragraphs
):
    first, _, third = paragraphs
    by = {"assignment": closed, "author": student}
    late = written(annotation_on(third, **by, is_late=True, audience="staff"), HOUR / 2)
    unplaced = written(AnnotationFactory(**by), 6 * HOUR)
    theirs = written(annotation_on(first, "Cities", assignment=closed, author=classmate), 7 * HOUR)
    reply = written(ReplyFactory(parent=theirs, author=student), 4 * HOUR)
    early = written(annotation_on(first, "water", **by), 5 * HOUR)

    collect_works(actor=instructor, assignment_id=closed.pk)

    assert [pk for pk, _ in items_of(student)] == [reply.pk, early.pk, late.pk, unplaced.pk]
    assert items_of(classmate) == [(theirs.pk, 1)]


@pytest.mark.parametrize(
    ("ago", "late_by"),
    [(timedelta(hours=3, seconds=10), 0), (timedelta(hours=2), 3600)],
    ids=["in_time", "an_hour_late"],
)
def test_item_says_by_how_many_seconds_it_came_after_the_due_date(
    ago, late_by, plan, closed, student, instructor
):
    note = written(AnnotationFactory(assignment=closed, author=student), ago)
    Annotation.objects.filter(pk=note.pk).update(
        created_at=closed.due_at + timedelta(seconds=late_by)
    )

    collect_works(actor=instructor, assignment_id=closed.pk)

    work = Work.objects.get(student=student)
    assert [one.late_by for one in work.items.all()] == [late_by]
    assert (work.first_at, work.last_at) == (work.items.get().posted_at,) * 2


def test_item_held_back_counts_from_when_its_author_sent_it(plan, closed, student, instructor):
    note = written(AnnotationFactory(assignment=closed, author=student), 5 * HOUR, status="held")
    changed(note, 2 * HOUR)

    collect_works(actor=instructor, assignment_id=closed.pk)

    item = Work.objects.get(student=student).items.get()
    assert item.posted_at == AnnotationVersion.objects.get(annotation=note, version=2).at
    assert round(item.late_by / 60) == 60


def test_student_with_extension_is_collected_once_it_has_passed(
    plan, closed, student, classmate, instructor
):
    later = timezone.now() + HOUR
    extension = ExtensionFactory(assignment=closed, user=student, due_at=later, closes_at=later)

    (work,) = collect_works(actor=instructor, assignment_id=closed.pk)
    assert work.student_id == classmate.pk

    extension.due_at = extension.closes_at = timezone.now() - HOUR / 2
    extension.save()
    assert collect_due() == 1
    own = Work.objects.get(student=student)
    assert own.frozen_at == extension.closes_at
    (event,) = own.grade.events.all()
    assert (event.via, event.actor_id) == ("rule", None)


def test_student_with_accommodation_is_late_by_the_own_due_date(plan, closed, student, instructor):
    AccommodationFactory(seminar=closed.seminar, user=student, extra_days=1)
    note = written(AnnotationFactory(assignment=closed, author=student), 2 * HOUR)
    closed.closes_at -= timedelta(days=1)
    closed.due_at -= timedelta(days=1)
    closed.opens_at -= timedelta(days=1)
    closed.save()

    collect_works(actor=instructor, assignment_id=closed.pk)

    item = Work.objects.get(student=student).items.get()
    assert item.annotation_id == note.pk
    assert round(item.late_by / 3600) == 1


def test_assignment_of_groups_gives_works_to_their_members_alone(
    plan, closed, group, student, classmate, instructor
):
    closed.is_for_groups = True
    closed.save()
    closed.groups.set([group])

    assert collect_due() == 1
    assert Work.objects.get().student_id == student.pk


def test_aliases_are_unique_and_not_those_of_the_debate(plan, closed, student, instructor):
    for name in ("Even Abacus", "Heron"):
        AliasFactory(assignment=closed, name=name)
    MembershipFactory.create_batch(30, seminar=closed.seminar)

    works = collect_works(actor=instructor, assignment_id=closed.pk)

    aliases = [work.alias for work in works]
    assert len({*aliases}) == 31
    assert {"Even Abacus", "Heron"}.isdisjoint(aliases)
    assert aliases != sorted(aliases)
    assert {len(alias.split()) for alias in aliases} == {2}


def test_collecting_before_the_closing_is_refused(plan, closed, student, instructor):
    closed.closes_at = timezone.now() + HOUR
    closed.save()

    for by_hand in (False, True):
        expect_refusal(
            InvalidState,
            lambda by_hand=by_hand: collect_works(
                actor=instructor, assignment_id=closed.pk, by_hand=by_hand
            ),
            code="not_closed",
        )
    assert collect_due() == 0


def test_assignment_without_closing_is_collected_by_hand_alone(plan, closed, student, instructor):
    closed.closes_at = None
    closed.save()
    AnnotationFactory(assignment=closed, author=student)

    expect_refusal(
        InvalidState,
        lambda: collect_works(actor=instructor, assignment_id=closed.pk),
        code="not_closed",
    )
    assert collect_due() == 0
    (work,) = collect_works(actor=instructor, assignment_id=closed.pk, by_hand=True)
    assert len(items_of(student)) == 1
    assert abs(work.frozen_at - timezone.now()) < timedelta(minutes=1)


def test_collecting_is_for_staff_of_the_seminar(plan, closed, student, observer, outsider):
    for person in (student, observer):
        expect_refusal(
            NotAllowed, lambda person=person: collect_works(actor=person, assignment_id=closed.pk)
        )
    expect_refusal(Missing, lambda: collect_works(actor=outsider, assignment_id=closed.pk))


def test_collecting_without_a_plan_is_missing(closed, instructor):
    expect_refusal(Missing, lambda: collect_works(actor=instructor, assignment_id=closed.pk))


def test_job_collects_what_has_closed(plan, closed, student):
    collect(0)

    assert Work.objects.get().student_id == student.pk


def test_taking_in_what_came_since_adds_it_with_an_event(plan, closed, student, instructor):
    old = written(AnnotationFactory(assignment=closed, author=student), 5 * HOUR)
    (work,) = collect_works(actor=instructor, assignment_id=closed.pk)
    before = work.snapshot_hash
    new = AnnotationFactory(assignment=closed, author=student, is_late=True, audience="staff")

    assert take_in(actor=instructor, work_id=work.pk, version=1) == 1
    assert take_in(actor=instructor, work_id=work.pk) == 0

    assert items_of(student) == [(old.pk, 1), (new.pk, 1)]
    work.refresh_from_db()
    assert (work.version, work.last_at) == (2, new.created_at)
    assert work.snapshot_hash != before
    assert work.items.get(annotation=new).late_by == pytest.approx(3 * 3600, abs=120)
    events = work.grade.events.values_list("verb", "reason")
    assert list(events) == [
        (Verb.OPENED, ""),
        (Verb.RECOMPUTED, "Took in 1 more of what the student wrote."),
    ]


def test_taking_in_from_an_old_page_is_stale(plan, closed, student, instructor):
    (work,) = collect_works(actor=instructor, assignment_id=closed.pk)

    expect_refusal(Stale, lambda: take_in(actor=instructor, work_id=work.pk, version=7))


def test_taking_into_a_released_work_is_refused(plan, closed, student, instructor):
    (work,) = collect_works(actor=instructor, assignment_id=closed.pk)
    Grade.objects.filter(work=work).update(state=GradeState.RELEASED, final=7)

    expect_refusal(
        InvalidState, lambda: take_in(actor=instructor, work_id=work.pk), code="released"
    )


def test_taking_in_is_for_staff(plan, closed, student, classmate, instructor):
    collect_works(actor=instructor, assignment_id=closed.pk)
    work = Work.objects.get(student=student)

    for person in (student, classmate):
        expect_refusal(Missing, lambda person=person: take_in(actor=person, work_id=work.pk))


def test_work_of_who_left_stays(plan, closed, student, instructor):
    collect_works(actor=instructor, assignment_id=closed.pk)
    closed.seminar.memberships.filter(user=student).delete()

    assert Work.objects.visible_to(instructor).get().student_id == student.pk


def test_assignment_with_works_cannot_be_deleted(plan, closed, student, instructor):
    collect_works(actor=instructor, assignment_id=closed.pk)

    expect_refusal(
        InvalidState,
        lambda: delete_assignment(actor=instructor, assignment_id=closed.pk),
        code="has_works",
    )
    assert Work.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_collecting_at_once_makes_each_work_once(closed, student, classmate, instructor):
    GradingPlanFactory(assignment=closed)

    def collects():
        return len(collect_works(actor=instructor, assignment_id=closed.pk))

    assert sorted(at_once(collects, collects, collects)) == [0, 0, 2]
    assert Work.objects.count() == 2


def test_collecting_takes_as_many_queries_for_many_notes(
    plan, closed, student, instructor, django_assert_num_queries
):
    AnnotationFactory.create_batch(3, assignment=closed, author=student)
    with django_assert_num_queries(21):
        collect_works(actor=instructor, assignment_id=closed.pk)
