"""How an assignment is graded: set up, changed, shown before, taken to another version, applied."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from annotations.grading.actions.plans import (
    apply_plan_to,
    change_plan,
    end_blind,
    move_plan_to_version,
    set_up_grading,
    simulate_move,
    tried_plan,
)
from annotations.grading.actions.rubrics import create_rubric, publish_rubric_version
from annotations.grading.actions.settling import settle
from annotations.grading.actions.simulating import signed
from annotations.grading.enums import MarkRole, MarkState, Verb
from annotations.grading.folding import fold
from annotations.grading.formats.content import RubricContent
from annotations.grading.models import Grade, GradingPlan, Mark, Rubric
from annotations.grading.queries.rubrics import content_of, latest_of
from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed, Stale
from tests.expect import expect_constant_queries, expect_refusal
from tests.factories.assignments import AssignmentFactory
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    MarkFactory,
    MarkPartFactory,
    RubricFactory,
    WorkFactory,
    WorkItemFactory,
    rubric_of,
)


@pytest.fixture
def plan(assignment, instructor):
    """Graded by Claim (0 to 3), Evidence (0 to 3) and Style (up to 4)."""
    version = rubric_of(seminar=assignment.seminar, owner=instructor)
    return GradingPlanFactory(assignment=assignment, rubric_version=version, created_by=instructor)


def marked(plan, *, levels=(2, 2), style=3, role=MarkRole.FIRST, work=None, late_by=()):
    """A work with a submitted mark: so many points by Claim, Evidence and Style; settled."""
    is_new = work is None
    work = work or WorkFactory(assignment=plan.assignment)
    if is_new:
        GradeFactory(work=work)
        for seconds in late_by:
            WorkItemFactory(work=work, late_by=seconds)
    claim, evidence, range_ = plan.rubric_version.criteria.all()
    total = sum(levels) + style
    mark = MarkFactory(
        work=work, role=role, state=MarkState.SUBMITTED, total=total, submitted_at=timezone.now()
    )
    for criterion, points in ((claim, levels[0]), (evidence, levels[1])):
        MarkPartFactory(
            mark=mark,
            criterion=criterion,
            points=points,
            level=criterion.levels.get(points=points),
            comment=f"On {criterion.title}.",
        )
    MarkPartFactory(mark=mark, criterion=range_, points=style)
    settle(plan, work, actor=None)
    return work


def released(work):
    Grade.objects.filter(work=work).update(state="released", released_at=timezone.now())
    return work


def changed(plan, actor, **given):
    given = {"version": None, "reason": ""} | given
    return change_plan(actor=actor, assignment_id=plan.assignment_id, **given)


def final_of(work):
    return Grade.objects.get(work=work).final


def events_of(work):
    return [(one.verb, one.reason) for one in Grade.objects.get(work=work).events.all()]


# -- set up ------------------------------------------------------------------------------------------


def test_grading_is_set_up(instructor, assignment):
    rubric = rubric_of(seminar=assignment.seminar).rubric

    plan = set_up_grading(
        actor=instructor,
        assignment_id=assignment.pk,
        rubric_id=rubric.pk,
        points=Decimal(20),
        is_blind=True,
        marking_mode="blind_double",
        tolerance=Decimal(2),
    )

    plan.refresh_from_db()
    assert (plan.rubric_version.rubric, plan.points, plan.tolerance) == (rubric, 20, 2)
    assert (plan.is_blind, plan.marking_mode, plan.version) == (True, "blind_double", 1)
    assert (plan.release_mode, plan.created_by) == ("manual", instructor)


def test_grading_is_set_up_once(instructor, plan):
    expect_refusal(
        Conflict, lambda: set_up_grading(actor=instructor, assignment_id=plan.assignment_id)
    )


@pytest.mark.parametrize(
    ("who", "error"),
    [("assistant", NotAllowed), ("student", NotAllowed), ("outsider", Missing)],
)
def test_grading_is_set_up_by_instructors_alone(who, error, request, assignment):
    actor = request.getfixturevalue(who)

    expect_refusal(error, lambda: set_up_grading(actor=actor, assignment_id=assignment.pk))


def test_rubric_of_the_library_is_copied_into_the_seminar_once(instructor, assignment, seminar):
    content = content_of(rubric_of(seminar=None).rubric.versions.get())
    own = create_rubric(actor=instructor, title="Own", content=content)
    other = AssignmentFactory(essay=assignment.essay)

    plans = [
        set_up_grading(actor=instructor, assignment_id=one.pk, rubric_id=own.pk)
        for one in (assignment, other)
    ]

    copied = Rubric.objects.get(seminar=seminar)
    assert (copied.copied_from, copied.title) == (own, "Own")
    assert [plan.rubric_version.rubric for plan in plans] == [copied, copied]


REFUSED = {
    "points": {"points": Decimal(0)},
    "points of a rubric": {"points": Decimal(10_001)},
    "places": {"points": Decimal("1.005")},
    "tolerance": {"tolerance": Decimal(11)},
    "negative": {"tolerance": Decimal(-1)},
    "mode": {"marking_mode": "triple"},
    "rule": {"agreement_rule": "best"},
    "owner": {"late_owner": "students"},
    "interval": {"late_interval": "week"},
    "late": {"late_percent": Decimal(101)},
    "floor": {"late_floor": Decimal("NaN")},
    "sample": {"sample_percent": 101},
    "least": {"sample_least": 1001},
    "pass": {"pass_percent": -1},
    "days": {"regrade_days": 366},
    "hours": {"regrade_wait_hours": 337},
    "scheduled": {"release_mode": "scheduled"},
}


@pytest.mark.parametrize("what", REFUSED)
def test_member_that_cannot_be_is_named(what, instructor, plan):
    given = REFUSED[what]
    field = "release_at" if what == "scheduled" else next(iter(given))

    expect_refusal(Invalid, lambda: changed(plan, instructor, **given), field=field)


def test_release_time_that_has_passed_is_refused_and_one_to_come_kept(instructor, plan):
    now = timezone.now()
    past = {"release_mode": "scheduled", "release_at": now - timedelta(hours=1)}
    expect_refusal(Invalid, lambda: changed(plan, instructor, **past), field="release_at")
    to_come = past | {"release_at": now + timedelta(hours=1)}
    assert changed(plan, instructor, **to_come)[0].release_at == to_come["release_at"]
    GradingPlan.objects.update(release_at=past["release_at"])
    assert changed(plan, instructor, **past)[0].release_at == past["release_at"]

    assert changed(plan, instructor, release_mode="manual")[0].release_at is None


@pytest.mark.parametrize("what", ["unknown", "elsewhere", "empty", "archived"])
def test_rubric_that_cannot_be_chosen_is_refused(what, instructor, plan, seminar, other_seminar):
    rubric = {
        "unknown": RubricFactory.build,
        "elsewhere": lambda: rubric_of(seminar=other_seminar).rubric,
        "empty": lambda: RubricFactory(seminar=seminar),
        "archived": lambda: rubric_of(seminar=seminar, archived_at=timezone.now()).rubric,
    }[what]()

    expect_refusal(Invalid, lambda: changed(plan, instructor, rubric_id=rubric.pk), field="rubric")


# -- changed -----------------------------------------------------------------------------------------


def test_change_raises_version_and_counter(instructor, plan):
    after, simulation = changed(plan, instructor, version=1, regrade_days=3)

    plan.refresh_from_db()
    assert (after.version, plan.version, plan.counter, plan.regrade_days) == (2, 2, 1, 3)
    assert simulation.is_silent


def test_change_made_from_an_old_version_is_stale(instructor, plan):
    error = expect_refusal(Stale, lambda: changed(plan, instructor, version=7))

    assert error.extra == {"version": 1}


def test_other_rubric_is_taken_until_somebody_marks(instructor, plan):
    other = rubric_of(seminar=plan.assignment.seminar).rubric
    after, _ = changed(plan, instructor, rubric_id=other.pk)
    assert after.rubric_version.rubric == other
    assert changed(plan, instructor, rubric_id=None)[0].rubric_version is None
    changed(plan, instructor, rubric_id=plan.rubric_version.rubric_id)
    marked(plan)

    expect_refusal(
        InvalidState,
        lambda: changed(plan, instructor, rubric_id=other.pk),
        code="marks_exist",
        field="rubric",
    )
    changed(plan, instructor, rubric_id=plan.rubric_version.rubric_id)


def test_blindness_begins_before_marks_and_does_not_end_by_a_change(instructor, plan):
    changed(plan, instructor, is_blind=True)
    changed(plan, instructor, is_blind=False)
    changed(plan, instructor, is_blind=True)
    GradingPlan.objects.update(collected_at=timezone.now())

    expect_refusal(
        InvalidState,
        lambda: changed(plan, instructor, is_blind=False),
        code="works_collected",
        field="is_blind",
    )


def test_blindness_does_not_begin_once_somebody_has_marked(instructor, plan):
    marked(plan)

    expect_refusal(
        InvalidState,
        lambda: changed(plan, instructor, is_blind=True),
        code="marks_exist",
        field="is_blind",
    )


def test_way_of_marking_stays_once_somebody_marks_a_second_time(instructor, plan):
    changed(plan, instructor, marking_mode="open_second", tolerance=Decimal(5))
    plan.refresh_from_db()
    work = marked(plan)
    marked(plan, role=MarkRole.SECOND, work=work)

    expect_refusal(
        InvalidState,
        lambda: changed(plan, instructor, marking_mode="single", reason="Simpler."),
        code="second_marks_exist",
        field="marking_mode",
    )


def test_points_move_scores_with_a_reason_and_an_event(instructor, plan):
    work = marked(plan)
    expect_refusal(
        Invalid,
        lambda: changed(plan, instructor, points=Decimal(20)),
        code="reason_required",
        field="reason",
    )
    assert final_of(work) == 7

    _, simulation = changed(plan, instructor, points=Decimal(20), reason="Out of twenty.")

    assert [(one.before, one.after, one.by) for one in simulation.moved] == [(7, 14, 7)]
    assert final_of(work) == 14
    assert events_of(work)[-1] == (Verb.RECOMPUTED, "Out of twenty.")
    assert_folded(work)


def assert_folded(work):
    grade = Grade.objects.get(work=work)
    told = fold(event.after for event in grade.events.all())
    assert (told["state"], told["final"]) == (grade.state, f"{grade.final:.2f}")


def test_lateness_moves_those_alone_who_were_late(instructor, plan):
    in_time, late = marked(plan, late_by=[0]), marked(plan, late_by=[0, 90_000])
    given = {"late_owner": "us", "late_rule": "last", "late_percent": Decimal(10)}

    _, shown = tried_plan(actor=instructor, assignment_id=plan.assignment_id, **given)
    _, done = changed(plan, instructor, reason="As the syllabus says.", **given)

    assert [one.work for one in shown.moved] == [one.work for one in done.moved] == [late]
    assert (shown.least, shown.most) == (Decimal("-1.40"), Decimal("-1.40"))
    assert (final_of(in_time), final_of(late)) == (7, Decimal("5.60"))


def test_what_was_tried_changes_nothing(instructor, plan):
    work = marked(plan)
    own = rubric_of(seminar=None, owner=instructor).rubric

    after, simulation = tried_plan(
        actor=instructor, assignment_id=plan.assignment_id, points=Decimal(20)
    )

    plan.refresh_from_db()
    assert (after.points, plan.points, plan.version) == (20, None, 1)
    assert (simulation.works, simulation.marks, len(simulation.moved)) == (1, 1, 1)
    assert final_of(work) == 7
    with_other = AssignmentFactory(essay=plan.assignment.essay)
    GradingPlanFactory(assignment=with_other, rubric_version=None)
    tried, _ = tried_plan(actor=instructor, assignment_id=with_other.pk, rubric_id=own.pk)
    assert tried.rubric_version.rubric.copied_from == own
    assert not Rubric.objects.filter(copied_from=own).exists()


def test_plan_that_is_not_there_cannot_be_tried(instructor, assignment):
    expect_refusal(
        Missing, lambda: tried_plan(actor=instructor, assignment_id=assignment.pk, points=None)
    )


def test_released_grade_stays_until_it_is_reopened(instructor, plan):
    work = released(marked(plan))

    _, simulation = changed(plan, instructor, points=Decimal(20))

    assert ([*simulation.moved], simulation.released) == ([], [work])
    assert final_of(work) == 7


def test_excused_work_does_not_move(instructor, plan):
    work = marked(plan)
    Grade.objects.filter(work=work).update(is_excused=True, final=None, state="ready")

    _, simulation = changed(plan, instructor, points=Decimal(20))

    assert simulation.is_silent
    assert final_of(work) is None


def test_agreed_number_is_taken_to_the_new_scale(instructor, plan):
    changed(plan, instructor, marking_mode="open_second")
    plan.refresh_from_db()
    work = marked(plan)
    marked(plan, work=work, role=MarkRole.SECOND, style=1)
    marks = {str(mark.pk): mark.version for mark in work.marks.all()}
    basis = {"rule": "agreed", "marks": marks}
    Grade.objects.filter(work=work).update(raw=6, final=6, state="ready", basis=basis)

    _, simulation = changed(plan, instructor, points=Decimal(20), reason="Out of twenty.")

    assert [(one.before, one.after) for one in simulation.moved] == [(6, 12)]
    assert (final_of(work), Grade.objects.get(work=work).basis) == (12, basis)


def test_simulation_asks_as_often_for_three_works(instructor, plan):
    marked(plan)

    def visit():
        tried_plan(actor=instructor, assignment_id=plan.assignment_id, points=Decimal(20))

    expect_constant_queries(visit, grow=lambda: [marked(plan), marked(plan, levels=(1, 3))])


# -- the end of blind marking ------------------------------------------------------------------------


@pytest.fixture
def blind(plan):
    plan.is_blind, plan.collected_at = True, timezone.now()
    plan.save()
    return plan


def ended(plan, actor, **given):
    given = {"version": None, "reason": ""} | given
    return end_blind(actor=actor, assignment_id=plan.assignment_id, **given)


def test_end_of_blindness_stands_in_every_grade(instructor, blind):
    works = [marked(blind), marked(blind)]

    plan = ended(blind, instructor, version=1)

    assert not plan.hides_names
    assert (plan.version, plan.counter) == (2, 1)
    assert [events_of(work)[-1] for work in works] == [(Verb.BROKE_BLIND, "")] * 2
    assert Grade.objects.get(work=works[0]).events.last().actor == instructor


def test_end_of_blindness_needs_a_reason_while_works_are_marked(instructor, blind):
    GradeFactory(work__assignment=blind.assignment)

    expect_refusal(
        Invalid, lambda: ended(blind, instructor), code="reason_required", field="reason"
    )
    ended(blind, instructor, reason="A complaint.")


def test_end_of_blindness_is_the_instructors_and_once(instructor, assistant, blind):
    expect_refusal(NotAllowed, lambda: ended(blind, assistant))
    expect_refusal(Stale, lambda: ended(blind, instructor, version=9))
    ended(blind, instructor)

    expect_refusal(InvalidState, lambda: ended(blind, instructor))


# -- another version of the rubric -------------------------------------------------------------------


def next_version(plan, actor, change):
    """The rubric's next version, made of this one's content; returns its number."""
    rubric = plan.rubric_version.rubric
    content = content_of(latest_of(rubric))
    made, _ = publish_rubric_version(
        actor=actor, rubric_id=rubric.pk, version=None, content=change(content)
    )
    return made.number


def moved_to(plan, actor, number, **given):
    given = {"version": None, "reason": ""} | given
    return move_plan_to_version(
        actor=actor, assignment_id=plan.assignment_id, number=number, **given
    )


def stricter(content):
    """Claim: its third level gives 1 instead of 2."""
    claim, *rest = content.criteria
    levels = [replace(one, points=Decimal(1)) if one.points == 2 else one for one in claim.levels]
    return RubricContent(criteria=(replace(claim, levels=tuple(levels)), *rest))


def reworded(content):
    claim, *rest = content.criteria
    return RubricContent(criteria=(replace(claim, student_text="Say it plainly."), *rest))


def without_evidence(content):
    claim, _, style = content.criteria
    return RubricContent(criteria=(claim, style))


def without_third_level(content):
    claim, *rest = content.criteria
    levels = tuple(one for one in claim.levels if one.points != 2)
    return RubricContent(criteria=(replace(claim, levels=levels), *rest))


def test_version_is_shown_before_and_then_moves_the_same(instructor, plan):
    works = [marked(plan), marked(plan, levels=(3, 3))]
    number = next_version(plan, instructor, stricter)

    _, shown = simulate_move(instructor, plan.assignment_id, number)
    assert final_of(works[0]) == 7
    after, done = moved_to(plan, instructor, number, version=1, reason="It was too kind.")

    assert [(one.work, one.by) for one in shown.moved] == [(works[0], -1)]
    assert [(one.work, one.by) for one in done.moved] == [(works[0], -1)]
    assert (shown.works, shown.marks, [*shown.looks]) == (2, 2, [])
    assert [final_of(work) for work in works] == [6, 9]
    assert (after.rubric_version.number, after.version, after.counter) == (2, 2, 1)
    mark = works[0].marks.get()
    assert (mark.rubric_version, mark.total, mark.version, mark.state) == (
        after.rubric_version,
        6,
        2,
        "submitted",
    )
    claim = after.rubric_version.criteria.first()
    part = mark.parts.get(criterion=claim)
    assert (part.points, part.level.criterion, part.comment) == (1, claim, "On Claim.")
    assert events_of(works[0])[-1] == (Verb.RECOMPUTED, "It was too kind.")
    assert_folded(works[0])


def test_words_alone_move_no_score_and_need_no_reason(instructor, plan):
    work = marked(plan)
    number = next_version(plan, instructor, reworded)

    _, simulation = moved_to(plan, instructor, number)

    assert simulation.is_silent
    assert (final_of(work), work.marks.get().rubric_version.number) == (7, 2)


def test_agreed_number_stands_where_words_alone_move(instructor, plan):
    changed(plan, instructor, marking_mode="open_second")
    plan.refresh_from_db()
    work = marked(plan)
    marked(plan, work=work, role=MarkRole.SECOND, style=1)
    marks = {str(mark.pk): mark.version for mark in work.marks.all()}
    Grade.objects.filter(work=work).update(
        raw=6, final=6, state="ready", basis={"rule": "agreed", "marks": marks}
    )

    moved_to(plan, instructor, next_version(plan, instructor, reworded))

    grade = Grade.objects.get(work=work)
    assert (grade.state, grade.final) == ("ready", 6)
    assert grade.basis["marks"] == {str(mark.pk): mark.version for mark in work.marks.all()}


def test_criterion_that_is_gone_leaves_its_words_to_the_marker(instructor, plan):
    work = marked(plan)
    number = next_version(plan, instructor, without_evidence)

    _, simulation = moved_to(plan, instructor, number, reason="Too many.")

    mark = work.marks.get()
    assert simulation.looks == [work]
    assert (mark.total, mark.parts.count(), mark.private_note) == (
        5,
        2,
        "“Evidence”: On Evidence.",
    )
    assert final_of(work) == 5


def test_level_that_is_gone_makes_the_mark_a_draft_again(instructor, plan):
    work = marked(plan)
    number = next_version(plan, instructor, without_third_level)

    _, simulation = moved_to(plan, instructor, number, reason="Three will do.")

    mark = work.marks.get()
    assert [(one.before, one.after, one.by) for one in simulation.moved] == [(7, None, None)]
    assert (simulation.least, simulation.most) == (None, None)
    assert simulation.looks == [work]
    assert (mark.state, mark.total, mark.submitted_at) == ("draft", None, None)
    part = mark.parts.get(criterion__title="Claim")
    assert (part.level, part.points, part.comment) == (None, None, "On Claim.")
    grade = Grade.objects.get(work=work)
    assert (grade.state, grade.final) == ("in_progress", None)


def test_released_grade_stays_and_wants_a_reason(instructor, plan):
    work = released(marked(plan))
    number = next_version(plan, instructor, reworded)
    expect_refusal(
        Invalid,
        lambda: moved_to(plan, instructor, number),
        code="reason_required",
        field="reason",
    )

    _, simulation = moved_to(plan, instructor, number, reason="A slip.")

    assert simulation.released == [work]
    assert (final_of(work), work.marks.get().rubric_version.number) == (7, 2)


def test_mark_that_was_taken_back_stays_on_its_version(instructor, plan):
    work = marked(plan)
    Mark.objects.filter(work=work).update(state=MarkState.WITHDRAWN)
    settle(plan, work, actor=None)

    moved_to(plan, instructor, next_version(plan, instructor, reworded))

    assert work.marks.get().rubric_version.number == 1


def test_checks_are_taken_to_the_new_version(instructor, plan):
    rubric = plan.rubric_version.rubric
    content = content_of(latest_of(rubric))
    checks = replace(content.criteria[0], kind="checks")
    number = next_version(
        plan, instructor, lambda one: RubricContent(criteria=(checks, *one.criteria[1:]))
    )
    moved_to(plan, instructor, number)
    plan.refresh_from_db()
    claim = plan.rubric_version.criteria.first()
    mark = MarkFactory(work=WorkFactory(assignment=plan.assignment))
    GradeFactory(work=mark.work)
    part = MarkPartFactory(mark=mark, criterion=claim, points=3)
    part.checks.set(claim.levels.filter(points__in=(1, 2)))

    moved_to(
        plan,
        instructor,
        next_version(
            plan,
            instructor,
            lambda one: RubricContent(
                criteria=(replace(one.criteria[0], marker_text="Count."), *one.criteria[1:])
            ),
        ),
    )

    part.refresh_from_db()
    assert part.criterion.rubric_version.number == 3
    assert [one.points for one in part.checks.all()] == [1, 2]
    assert {one.criterion for one in part.checks.all()} == {part.criterion}


def test_move_to_the_version_that_is_asked_by_changes_nothing(instructor, plan):
    work = marked(plan)

    after, _ = moved_to(plan, instructor, 1)

    assert (after.version, work.marks.get().version) == (1, 1)


def test_move_is_refused_where_it_cannot_be(instructor, assistant, outsider, plan):
    expect_refusal(InvalidState, lambda: moved_to(plan, instructor, 9))
    expect_refusal(Stale, lambda: moved_to(plan, instructor, 1, version=9))
    expect_refusal(NotAllowed, lambda: moved_to(plan, assistant, 1))
    expect_refusal(Missing, lambda: moved_to(plan, outsider, 1))
    expect_refusal(Missing, lambda: simulate_move(instructor, plan.assignment_id, 9))
    changed(plan, instructor, rubric_id=None)
    expect_refusal(InvalidState, lambda: moved_to(plan, instructor, 1))
    expect_refusal(Missing, lambda: simulate_move(instructor, plan.assignment_id, 1))


# -- applied to others -------------------------------------------------------------------------------


def applied(plan, actor, *to, version=None):
    return apply_plan_to(
        actor=actor,
        assignment_id=plan.assignment_id,
        version=version,
        to=[one.pk for one in to],
    )


def test_plan_is_applied_to_others_without_its_release_time(instructor, plan):
    plan.points, plan.is_blind = 20, True
    plan.release_mode, plan.release_at = "scheduled", timezone.now() + timedelta(days=1)
    plan.save()
    new, old = (AssignmentFactory(essay=plan.assignment.essay) for _ in range(2))
    other = GradingPlanFactory(assignment=old, points=5)

    applied(plan, instructor, new, old, version=1)

    made = GradingPlan.objects.get(assignment=new)
    other.refresh_from_db()
    for one in (made, other):
        assert (one.rubric_version, one.points, one.is_blind) == (plan.rubric_version, 20, True)
        assert (one.release_mode, one.release_at) == ("manual", None)
    assert (made.version, other.version, other.counter) == (1, 2, 1)


def test_plan_is_applied_to_all_or_none(instructor, plan):
    new, collected = (AssignmentFactory(essay=plan.assignment.essay) for _ in range(2))
    GradingPlanFactory(assignment=collected, collected_at=timezone.now())

    expect_refusal(
        InvalidState,
        lambda: applied(plan, instructor, new, collected),
        code="works_collected",
        field="assignments",
    )

    assert not GradingPlan.objects.filter(assignment=new).exists()


def test_plan_is_applied_within_its_seminar_alone(instructor, assistant, plan):
    elsewhere = AssignmentFactory()

    for to in ([], [elsewhere], [plan.assignment]):
        expect_refusal(Invalid, lambda to=to: applied(plan, instructor, *to), field="assignments")
    expect_refusal(NotAllowed, lambda: applied(plan, assistant, elsewhere))
    expect_refusal(Stale, lambda: applied(plan, instructor, elsewhere, version=9))
    without = AssignmentFactory(essay=plan.assignment.essay)
    expect_refusal(
        Missing,
        lambda: apply_plan_to(
            actor=instructor, assignment_id=without.pk, version=None, to=[uuid4()]
        ),
    )


def test_rubric_made_for_the_plan_is_chosen_by_its_newest_version(instructor, assignment, seminar):
    rubric = create_rubric(
        actor=instructor,
        title="Own",
        seminar=seminar,
        content=content_of(latest_of(rubric_of(seminar=seminar).rubric)),
    )
    plan = set_up_grading(actor=instructor, assignment_id=assignment.pk, rubric_id=rubric.pk)

    assert plan.rubric_version == latest_of(rubric)


@pytest.mark.parametrize(
    ("number", "shown"),
    [("1", "+1"), ("-1.40", "−1.4"), ("0.25", "+0.25"), ("100.00", "+100"), (None, "")],
)
def test_move_is_told_with_its_sign(number, shown):
    assert signed(number and Decimal(number)) == shown
