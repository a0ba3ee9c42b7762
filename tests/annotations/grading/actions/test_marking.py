"""A mark begun, filled in, submitted, changed afterwards, and taken back."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from annotations.grading.actions.marking import (
    MarkChange,
    PartChange,
    change_mark,
    change_work,
    cite,
    reopen_mark,
    save_comment,
    save_item_feedback,
    save_part,
    save_private_note,
    start_mark,
    submit_mark,
    withdraw_mark,
)
from annotations.grading.actions.queueing import hold_work
from annotations.grading.enums import (
    CriterionKind,
    GradeState,
    LateOwner,
    LateRule,
    MarkingMode,
    MarkRole,
    MarkState,
    Verb,
    Via,
)
from annotations.grading.folding import fold
from annotations.grading.models import Criterion, Grade, ItemFeedback, Mark, MarkPart
from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed, Stale
from debate.seminars.enums import GroupKind, Role
from tests.expect import expect_refusal
from tests.factories.annotations import AnchorFactory, ReplyFactory
from tests.factories.grading import (
    CriterionFactory,
    GradeFactory,
    GradingPlanFactory,
    LeaseFactory,
    LevelFactory,
    MarkFactory,
    WorkFactory,
    WorkItemFactory,
)
from tests.factories.seminars import GroupFactory, MembershipFactory
from tests.threads import at_once


@pytest.fixture
def plan(assignment):
    return GradingPlanFactory(assignment=assignment)


@pytest.fixture
def work(plan, student):
    work = WorkFactory(assignment=plan.assignment, student=student)
    GradeFactory(work=work)
    return work


@pytest.fixture
def item(work):
    return WorkItemFactory(work=work)


@pytest.fixture
def mark(work, assistant):
    """The assistant's draft, in version 1."""
    return start_mark(actor=assistant, work_id=work.pk)


@pytest.fixture
def colleague(seminar):
    return MembershipFactory(seminar=seminar, role=Role.ASSISTANT, user__username="colleague").user


def criteria(mark):
    return list(mark.rubric_version.criteria.prefetch_related("levels"))


def grade_of(work):
    return Grade.objects.get(work=work)


def levels(mark, *positions):
    """A change that chooses these levels of the first criteria."""
    return MarkChange(
        parts={
            criterion.key: PartChange(level=criterion.levels.all()[position].key)
            for criterion, position in zip(criteria(mark), positions, strict=False)
        }
    )


def whole(mark):
    """A change that sets everything: 2 and 3 of 3, 2.5 of 4."""
    style = criteria(mark)[2]
    change = levels(mark, 2, 3)
    return MarkChange(parts={**change.parts, style.key: PartChange(points=Decimal("2.5"))})


def submitted(mark):
    changed = change_mark(actor=mark.marker, mark_id=mark.pk, change=whole(mark), version=None)
    return submit_mark(actor=mark.marker, mark_id=mark.pk, version=changed.version)


# -- beginning -------------------------------------------------------------------------------------


def test_start_by_an_assistant_makes_a_draft_and_moves_the_grade(work, assistant):
    mark = start_mark(actor=assistant, work_id=work.pk, via=Via.API)

    assert (mark.role, mark.state, mark.version, mark.total) == ("first", "draft", 1, None)
    grade = grade_of(work)
    assert (grade.state, grade.version) == (GradeState.IN_PROGRESS, 1)
    event = grade.events.get()
    assert (event.verb, event.actor, event.via) == (Verb.STARTED, assistant, Via.API)
    assert event.after == {"state": "in_progress"}


def test_start_again_gives_the_same_mark(mark, work, assistant):
    assert start_mark(actor=assistant, work_id=work.pk) == mark
    assert grade_of(work).version == 1


def test_start_raises_the_plans_counter(plan, work, assistant):
    start_mark(actor=assistant, work_id=work.pk)

    plan.refresh_from_db()
    assert plan.counter == 1


@pytest.mark.parametrize("who", ["classmate", "observer", "outsider", "operator"])
def test_start_by_who_does_not_mark_is_as_if_there_were_no_work(who, work, request):
    person = request.getfixturevalue(who)

    expect_refusal(Missing, lambda: start_mark(actor=person, work_id=work.pk))
    expect_refusal(Missing, lambda: start_mark(actor=person, work_id=uuid4()))


def test_start_of_the_own_work_is_refused(work, student):
    expect_refusal(NotAllowed, lambda: start_mark(actor=student, work_id=work.pk))


def test_start_by_an_assistant_of_another_section_is_as_if_there_were_no_work(
    seminar, work, classmate
):
    tuesday = GroupFactory(seminar=seminar, kind=GroupKind.SECTION, members=[classmate])
    limited = MembershipFactory(seminar=seminar, role=Role.ASSISTANT, is_limited=True)
    limited.sections.set([tuesday])

    expect_refusal(Missing, lambda: start_mark(actor=limited.user, work_id=work.pk))
    tuesday.members.add(work.student)
    assert start_mark(actor=limited.user, work_id=work.pk).marker == limited.user


def test_start_in_an_archived_seminar_is_refused(seminar, work, instructor):
    seminar.archived_at = timezone.now()
    seminar.save()

    expect_refusal(NotAllowed, lambda: start_mark(actor=instructor, work_id=work.pk))


def test_start_without_a_rubric_is_refused(plan, work, instructor):
    plan.rubric_version = None
    plan.save()

    expect_refusal(
        InvalidState, lambda: start_mark(actor=instructor, work_id=work.pk), code="no_rubric"
    )


def test_start_after_the_release_is_refused(work, instructor):
    Grade.objects.filter(work=work).update(state=GradeState.RELEASED, final=7)

    expect_refusal(
        InvalidState, lambda: start_mark(actor=instructor, work_id=work.pk), code="released"
    )


def test_start_of_what_somebody_else_marks_is_a_conflict(mark, work, instructor):
    expect_refusal(
        Conflict, lambda: start_mark(actor=instructor, work_id=work.pk), code="marked_already"
    )


@pytest.mark.parametrize("mode", [MarkingMode.OPEN_SECOND, MarkingMode.BLIND_DOUBLE])
def test_start_where_two_mark_gives_the_second_part(mode, plan, mark, work, instructor, colleague):
    plan.marking_mode = mode
    plan.save()

    assert start_mark(actor=instructor, work_id=work.pk).role == MarkRole.SECOND
    expect_refusal(
        Conflict, lambda: start_mark(actor=colleague, work_id=work.pk), code="marked_already"
    )


def test_start_where_two_disagree_gives_an_instructor_the_third_part(
    plan, mark, work, instructor, colleague
):
    plan.marking_mode = MarkingMode.BLIND_DOUBLE
    plan.save()
    start_mark(actor=colleague, work_id=work.pk)
    Grade.objects.filter(work=work).update(state=GradeState.DISAGREED)

    assert start_mark(actor=instructor, work_id=work.pk).role == MarkRole.THIRD


def test_start_of_what_is_assigned_to_another_is_refused_but_to_instructors(
    work, assistant, colleague, instructor
):
    work.marker = colleague
    work.save()

    expect_refusal(NotAllowed, lambda: start_mark(actor=assistant, work_id=work.pk))
    assert start_mark(actor=instructor, work_id=work.pk).role == MarkRole.FIRST


def test_start_by_whom_the_second_part_is_assigned_to_takes_it(plan, work, assistant):
    plan.marking_mode = MarkingMode.BLIND_DOUBLE
    plan.save()
    work.second_marker = assistant
    work.save()

    assert start_mark(actor=assistant, work_id=work.pk).role == MarkRole.SECOND


def test_start_of_what_somebody_has_open_is_a_conflict_until_the_lease_ends(
    work, assistant, colleague
):
    lease = LeaseFactory(work=work, holder=colleague)

    error = expect_refusal(
        Conflict, lambda: start_mark(actor=assistant, work_id=work.pk), code="held"
    )
    assert error.extra == {"held_until": lease.expires_at.isoformat()}
    lease.expires_at = timezone.now() - timedelta(seconds=1)
    lease.save()
    assert start_mark(actor=assistant, work_id=work.pk).role == MarkRole.FIRST


def test_start_with_an_own_lease_takes_its_part(plan, work, assistant):
    plan.marking_mode = MarkingMode.OPEN_SECOND
    plan.save()
    LeaseFactory(work=work, holder=assistant, role=MarkRole.SECOND)

    assert start_mark(actor=assistant, work_id=work.pk).role == MarkRole.SECOND


# -- filling in ------------------------------------------------------------------------------------


def test_a_level_gives_its_points_and_raises_the_version_once(mark, assistant):
    claim = criteria(mark)[0]
    level = claim.levels.all()[2]

    changed = save_part(
        actor=assistant,
        mark_id=mark.pk,
        criterion_key=claim.key,
        change=PartChange(level=level.key, comment=" Good. "),
        version=1,
    )

    part = MarkPart.objects.get()
    assert (part.level, part.points, part.comment) == (level, 2, "Good.")
    assert (changed.version, changed.total) == (2, None)


def test_a_level_taken_away_leaves_the_criterion_not_set(mark, assistant):
    claim = criteria(mark)[0]
    change_mark(actor=assistant, mark_id=mark.pk, change=levels(mark, 2), version=1)

    save_part(
        actor=assistant,
        mark_id=mark.pk,
        criterion_key=claim.key,
        change=PartChange(level=None),
        version=2,
    )

    part = MarkPart.objects.get()
    assert (part.level, part.points) == (None, None)


def test_checks_give_their_sum_within_the_criterions_bounds(mark, assistant):
    style = criteria(mark)[2]
    Criterion.objects.filter(pk=style.pk).update(kind=CriterionKind.CHECKS, points=3)
    style = Criterion.objects.get(pk=style.pk)
    plus, more, minus = (LevelFactory(criterion=style, points=points) for points in (2, 2, -1))

    def choose(*checks, version):
        return save_part(
            actor=assistant,
            mark_id=mark.pk,
            criterion_key=style.key,
            change=PartChange(checks=[check.key for check in checks]),
            version=version,
        )

    choose(plus, minus, version=1)
    part = MarkPart.objects.get()
    assert (part.points, set(part.checks.all())) == (1, {plus, minus})
    choose(plus, more, version=2)
    assert MarkPart.objects.get().points == 3
    choose(minus, version=3)
    assert MarkPart.objects.get().points == 0
    choose(version=4)
    part = MarkPart.objects.get()
    assert (part.points, part.checks.count()) == (0, 0)


@pytest.mark.parametrize("points", ["4.01", "-0.01", "1.005", "NaN", "Infinity"])
def test_points_outside_the_range_are_refused(points, mark, assistant):
    style = criteria(mark)[2]

    expect_refusal(
        Invalid,
        lambda: save_part(
            actor=assistant,
            mark_id=mark.pk,
            criterion_key=style.key,
            change=PartChange(points=Decimal(points)),
            version=1,
        ),
        field=f"parts.{style.key}.points",
    )
    assert not MarkPart.objects.exists()


@pytest.mark.parametrize(
    ("place", "change", "member"),
    [
        (0, PartChange(points=Decimal(1)), "points"),
        (0, PartChange(checks=[]), "checks"),
        (2, PartChange(level=None), "level"),
    ],
    ids=["points-of-levels", "checks-of-levels", "level-of-a-range"],
)
def test_what_does_not_suit_the_criterions_kind_is_refused(place, change, member, mark, assistant):
    key = criteria(mark)[place].key

    expect_refusal(
        Invalid,
        lambda: save_part(
            actor=assistant, mark_id=mark.pk, criterion_key=key, change=change, version=1
        ),
        field=f"parts.{key}.{member}",
    )


def test_a_level_of_another_criterion_is_refused(mark, assistant):
    claim, evidence, _ = criteria(mark)

    expect_refusal(
        Invalid,
        lambda: save_part(
            actor=assistant,
            mark_id=mark.pk,
            criterion_key=claim.key,
            change=PartChange(level=evidence.levels.all()[0].key),
            version=1,
        ),
        field=f"parts.{claim.key}.level",
    )


def test_a_criterion_of_another_rubric_is_refused(mark, assistant):
    key = CriterionFactory().key

    expect_refusal(
        Invalid,
        lambda: save_part(
            actor=assistant,
            mark_id=mark.pk,
            criterion_key=key,
            change=PartChange(comment="?"),
            version=1,
        ),
        field=f"parts.{key}",
    )


def test_cite_adds_to_what_is_cited_and_takes_away(mark, assistant, work, item):
    other = WorkItemFactory(work=work)
    key = criteria(mark)[0].key

    def choose(one, version, *, is_cited=True):
        cite(
            actor=assistant,
            mark_id=mark.pk,
            criterion_key=key,
            item_id=one.pk,
            version=version,
            is_cited=is_cited,
        )

    choose(item, 1)
    choose(other, 2)
    assert set(MarkPart.objects.get().cited.all()) == {item, other}
    choose(item, 3, is_cited=False)
    assert set(MarkPart.objects.get().cited.all()) == {other}


def test_cite_of_another_works_contribution_is_refused(mark, assistant):
    key = criteria(mark)[0].key
    foreign = WorkItemFactory()

    expect_refusal(
        Invalid,
        lambda: cite(
            actor=assistant, mark_id=mark.pk, criterion_key=key, item_id=foreign.pk, version=1
        ),
        field=f"parts.{key}.cited",
    )


def test_comment_and_private_note_are_kept_clean(mark, assistant):
    save_comment(actor=assistant, mark_id=mark.pk, comment=" Well argued.\r\n", version=1)
    save_private_note(actor=assistant, mark_id=mark.pk, private_note="Ask Ben.", version=2)

    mark.refresh_from_db()
    assert (mark.comment, mark.private_note, mark.version) == ("Well argued.", "Ask Ben.", 3)


@pytest.mark.parametrize("member", ["comment", "private_note"])
def test_words_that_are_too_long_name_their_member(member, mark, assistant):
    change = MarkChange(**{member: "a" * 10_001})

    expect_refusal(
        Invalid,
        lambda: change_mark(actor=assistant, mark_id=mark.pk, change=change, version=1),
        field=member,
        code="too_long",
    )


def test_feedback_on_a_contribution_is_said_changed_and_taken_away(mark, assistant, item):
    def say(body, version):
        return save_item_feedback(
            actor=assistant, mark_id=mark.pk, item_id=item.pk, body=body, version=version
        )

    assert say("Say where this comes from.", 1).body == "Say where this comes from."
    assert say("Name the page.", 2).body == "Name the page."
    assert ItemFeedback.objects.get().body == "Name the page."
    assert say("", 3) is None
    assert not ItemFeedback.objects.exists()
    mark.refresh_from_db()
    assert mark.version == 4


def test_stale_feedback_is_told_beside_what_stands(mark, assistant, item):
    say = {"actor": assistant, "mark_id": mark.pk, "item_id": item.pk, "version": 1}
    save_item_feedback(**say, body="First.")

    error = expect_refusal(Stale, lambda: save_item_feedback(**say, body="Second."))

    assert error.extra["theirs"] == {"feedback": "First."}


def test_a_change_that_changes_nothing_keeps_the_version(mark, work, assistant):
    version = submitted(mark).version
    events = grade_of(work).version

    again = change_mark(actor=assistant, mark_id=mark.pk, change=whole(mark), version=version)

    assert again.version == version
    assert grade_of(work).version == events


def test_an_empty_change_of_a_criterion_leaves_no_row(mark, assistant):
    key = criteria(mark)[0].key
    change = PartChange(level=None, comment="", cited=[])

    save_part(actor=assistant, mark_id=mark.pk, criterion_key=key, change=change, version=1)

    assert not MarkPart.objects.exists()


def test_checks_that_are_taken_back_leave_the_criterion_not_set(mark, assistant):
    style = criteria(mark)[2]
    Criterion.objects.filter(pk=style.pk).update(kind=CriterionKind.CHECKS)
    choose = {"actor": assistant, "mark_id": mark.pk, "criterion_key": style.key}
    save_part(**choose, change=PartChange(checks=[]), version=1)
    assert MarkPart.objects.get().points == 0

    save_part(**choose, change=PartChange(checks=None), version=2)

    assert MarkPart.objects.get().points is None


def test_feedback_on_another_works_contribution_is_refused(mark, assistant):
    foreign = WorkItemFactory()

    expect_refusal(
        Invalid,
        lambda: save_item_feedback(
            actor=assistant, mark_id=mark.pk, item_id=foreign.pk, body="?", version=1
        ),
        field="item",
    )


def test_the_total_stands_as_soon_as_everything_is_set(mark, assistant):
    changed = change_mark(actor=assistant, mark_id=mark.pk, change=whole(mark), version=1)

    assert (changed.total, changed.version) == (Decimal("7.50"), 2)


def test_the_total_weighs_the_criteria(mark, assistant):
    Criterion.objects.filter(pk=criteria(mark)[0].pk).update(weight=2)

    changed = change_mark(actor=assistant, mark_id=mark.pk, change=whole(mark), version=1)

    assert changed.total == Decimal("9.50")


# -- who, and from which version -------------------------------------------------------------------


def test_a_change_from_an_older_version_tells_the_version_and_what_stands_there(mark, assistant):
    claim = criteria(mark)[0]
    low, high = claim.levels.all()[0], claim.levels.all()[3]
    choose = {"actor": assistant, "mark_id": mark.pk, "criterion_key": claim.key}
    save_part(**choose, change=PartChange(level=high.key), version=1)

    error = expect_refusal(
        Stale, lambda: save_part(**choose, change=PartChange(level=low.key), version=1)
    )

    mark.refresh_from_db()
    assert error.extra == {
        "version": 2,
        "saved_by": assistant.display_name,
        "saved_at": mark.updated_at.isoformat(),
        "theirs": {"parts": {str(claim.key): {"level": str(high.key)}}},
    }
    assert MarkPart.objects.get().level == high


def test_a_stale_comment_is_told_beside_the_one_that_stands(mark, assistant):
    save_comment(actor=assistant, mark_id=mark.pk, comment="First.", version=1)

    error = expect_refusal(
        Stale,
        lambda: save_comment(actor=assistant, mark_id=mark.pk, comment="Second.", version=1),
    )

    assert error.extra["theirs"] == {"comment": "First."}


@pytest.mark.parametrize("who", ["instructor", "colleague"])
def test_anothers_mark_that_one_sees_is_not_ones_own_to_change(who, mark, request):
    submitted(mark)
    person = request.getfixturevalue(who)

    expect_refusal(
        NotAllowed,
        lambda: save_comment(actor=person, mark_id=mark.pk, comment="Mine.", version=None),
    )
    expect_refusal(
        NotAllowed, lambda: withdraw_mark(actor=person, mark_id=mark.pk, version=None, reason="?")
    )


def test_anothers_draft_is_absent_to_assistants(mark, colleague):
    expect_refusal(
        Missing,
        lambda: save_comment(actor=colleague, mark_id=mark.pk, comment="Mine.", version=1),
    )


@pytest.mark.parametrize("who", ["student", "classmate", "observer", "outsider"])
def test_a_mark_is_absent_to_all_but_staff(who, mark, request):
    submitted(mark)
    person = request.getfixturevalue(who)

    expect_refusal(
        Missing, lambda: save_comment(actor=person, mark_id=mark.pk, comment="?", version=None)
    )


def test_changes_in_an_archived_seminar_are_refused(seminar, mark, assistant):
    seminar.archived_at = timezone.now()
    seminar.save()

    expect_refusal(
        NotAllowed, lambda: save_comment(actor=assistant, mark_id=mark.pk, comment="?", version=1)
    )


def test_who_left_the_staff_no_longer_changes_an_own_mark(seminar, mark, assistant):
    seminar.memberships.filter(user=assistant).update(role=Role.STUDENT)

    expect_refusal(
        Missing, lambda: save_comment(actor=assistant, mark_id=mark.pk, comment="?", version=1)
    )


def test_changes_after_the_release_are_refused(mark, work, assistant):
    version = submitted(mark).version
    Grade.objects.filter(work=work).update(state=GradeState.RELEASED)

    for act in (
        lambda: save_comment(actor=assistant, mark_id=mark.pk, comment="?", version=version),
        lambda: reopen_mark(actor=assistant, mark_id=mark.pk, version=version),
        lambda: withdraw_mark(actor=assistant, mark_id=mark.pk, version=version, reason="?"),
    ):
        expect_refusal(InvalidState, act, code="released")


# -- by the work, as the desk does ------------------------------------------------------------------


def test_a_first_change_of_a_work_begins_the_mark(work, assistant):
    changed = change_work(
        actor=assistant, work_id=work.pk, change=MarkChange(comment="Well."), version=0
    )

    assert (changed.marker, changed.version, changed.comment) == (assistant, 2, "Well.")


def test_a_first_change_where_there_is_a_mark_is_stale(mark, work, assistant):
    expect_refusal(
        Stale,
        lambda: change_work(
            actor=assistant, work_id=work.pk, change=MarkChange(comment="Well."), version=0
        ),
    )


def test_a_change_of_a_mark_that_was_taken_back_is_stale(mark, work, assistant):
    withdraw_mark(actor=assistant, mark_id=mark.pk, version=1)

    error = expect_refusal(
        Stale,
        lambda: change_work(
            actor=assistant, work_id=work.pk, change=MarkChange(comment="Well."), version=1
        ),
    )
    assert error.extra == {"version": 0}


def test_a_first_change_that_is_refused_begins_nothing(work, assistant):
    expect_refusal(
        Invalid,
        lambda: change_work(
            actor=assistant, work_id=work.pk, change=MarkChange(comment="a" * 10_001), version=0
        ),
    )

    assert not Mark.objects.exists()
    assert grade_of(work).version == 0


# -- submitting, changing afterwards, taking back ---------------------------------------------------


def test_submit_totals_the_mark_and_settles_the_grade(mark, work, assistant):
    mark = submitted(mark)

    assert (mark.state, mark.total, mark.version) == (MarkState.SUBMITTED, Decimal("7.50"), 3)
    grade = grade_of(work)
    assert (grade.state, grade.final) == (GradeState.READY, Decimal("7.50"))
    assert [event.verb for event in grade.events.all()] == [Verb.STARTED, Verb.SUBMITTED]


def test_submit_leaves_the_work_open_to_the_next(mark, work, assistant, instructor):
    hold_work(actor=assistant, work_id=work.pk)

    submitted(mark)

    assert hold_work(actor=instructor, work_id=work.pk).holder == instructor


def test_submit_again_does_nothing(mark, work, assistant):
    version = submitted(mark).version

    assert submit_mark(actor=assistant, mark_id=mark.pk, version=version).version == version
    assert grade_of(work).version == 2


def test_submit_with_a_row_not_set_names_it(mark, work, assistant):
    change_mark(actor=assistant, mark_id=mark.pk, change=levels(mark, 2, 3), version=1)
    style = criteria(mark)[2]

    expect_refusal(
        Invalid,
        lambda: submit_mark(actor=assistant, mark_id=mark.pk, version=2),
        code="incomplete",
        field=f"parts.{style.key}",
    )
    assert grade_of(work).state == GradeState.IN_PROGRESS


def test_submit_demands_the_citations_that_the_rubric_demands(mark, assistant, item):
    claim = criteria(mark)[0]
    Criterion.objects.filter(pk=claim.pk).update(requires_citation=True)
    change_mark(actor=assistant, mark_id=mark.pk, change=whole(mark), version=1)

    expect_refusal(
        Invalid,
        lambda: submit_mark(actor=assistant, mark_id=mark.pk, version=2),
        code="uncited",
        field=f"parts.{claim.key}.cited",
    )
    cite(actor=assistant, mark_id=mark.pk, criterion_key=claim.key, item_id=item.pk, version=2)
    assert submit_mark(actor=assistant, mark_id=mark.pk, version=3).state == MarkState.SUBMITTED


def test_submit_demands_no_citation_for_no_points(mark, assistant):
    claim = criteria(mark)[0]
    Criterion.objects.filter(pk=claim.pk).update(requires_citation=True)
    change_mark(actor=assistant, mark_id=mark.pk, change=whole(mark), version=1)
    change_mark(actor=assistant, mark_id=mark.pk, change=levels(mark, 0), version=2)

    assert submit_mark(actor=assistant, mark_id=mark.pk, version=3).total == Decimal("5.50")


def test_submit_asks_nothing_of_feedback_only(mark, assistant):
    CriterionFactory(rubric_version=mark.rubric_version, kind=CriterionKind.FEEDBACK, points=0)

    assert submitted(mark).total == Decimal("7.50")


def asks(assignment, **asked):
    for name in ("comments", "counterarguments", "evidence", "replies", "paragraphs"):
        setattr(assignment, f"asked_{name}", asked.get(name, 0))
    assignment.save()


def completion(mark, points=6):
    return CriterionFactory(
        rubric_version=mark.rubric_version, kind=CriterionKind.COMPLETION, points=points
    )


def test_submit_takes_what_completion_proposes(mark, work, assignment, item):
    asks(assignment, comments=2, counterarguments=1)
    criterion = completion(mark)

    assert submitted(mark).total == Decimal("9.50")
    assert MarkPart.objects.get(criterion=criterion).points == 2


def test_submit_leaves_what_the_marker_said_of_completion(mark, work, assignment, item, assistant):
    asks(assignment, comments=2)
    criterion = completion(mark)
    save_part(
        actor=assistant,
        mark_id=mark.pk,
        criterion_key=criterion.key,
        change=PartChange(points=Decimal(6)),
        version=1,
    )

    assert submitted(mark).total == Decimal("13.50")


def test_completion_passes_over_what_came_late_where_that_is_dropped(
    plan, mark, work, assignment, item
):
    WorkItemFactory(work=work, late_by=60)
    asks(assignment, comments=2)
    criterion = completion(mark)
    plan.late_owner, plan.late_rule = LateOwner.US, LateRule.DROP
    plan.save()

    submitted(mark)

    assert MarkPart.objects.get(criterion=criterion).points == 3


def test_completion_counts_replies_and_paragraphs(mark, work, assignment, paragraphs):
    note = WorkItemFactory(work=work, annotation__counterargument=True).annotation
    reply = ReplyFactory(assignment=assignment, author=work.student, parent=note)
    WorkItemFactory(work=work, annotation=reply)
    for place, paragraph in enumerate(paragraphs[:2]):
        AnchorFactory(annotation=note, paragraph=paragraph, position=place)
    asks(assignment, replies=2, paragraphs=2)
    criterion = completion(mark, points=8)

    submitted(mark)

    assert MarkPart.objects.get(criterion=criterion).points == 6


def test_a_change_of_a_submitted_mark_leaves_it_submitted_and_settles_anew(mark, work, assistant):
    version = submitted(mark).version

    changed = change_mark(actor=assistant, mark_id=mark.pk, change=levels(mark, 0), version=version)

    assert (changed.state, changed.total) == (MarkState.SUBMITTED, Decimal("5.50"))
    grade = grade_of(work)
    assert (grade.final, grade.state) == (Decimal("5.50"), GradeState.READY)
    assert grade.events.last().verb == Verb.RECOMPUTED
    assert fold(event.after for event in grade.events.all())["final"] == "5.50"


def test_a_submitted_mark_stays_whole(mark, work, assistant):
    version = submitted(mark).version
    claim = criteria(mark)[0]

    expect_refusal(
        Invalid,
        lambda: save_part(
            actor=assistant,
            mark_id=mark.pk,
            criterion_key=claim.key,
            change=PartChange(level=None),
            version=version,
        ),
        code="incomplete",
    )
    assert MarkPart.objects.get(criterion=claim).points == 2


def test_reopen_makes_a_draft_that_counts_for_nothing(mark, work, assistant):
    version = submitted(mark).version

    reopened = reopen_mark(actor=assistant, mark_id=mark.pk, version=version)

    assert (reopened.state, reopened.submitted_at) == (MarkState.DRAFT, None)
    grade = grade_of(work)
    assert (grade.state, grade.final) == (GradeState.IN_PROGRESS, None)
    again = reopen_mark(actor=assistant, mark_id=mark.pk, version=reopened.version)
    assert again.version == reopened.version


def test_withdraw_of_a_submitted_mark_demands_a_reason_and_frees_its_part(
    mark, work, assistant, instructor
):
    version = submitted(mark).version
    take_back = {"actor": assistant, "mark_id": mark.pk, "version": version}
    expect_refusal(Invalid, lambda: withdraw_mark(**take_back), field="reason", code="blank")

    assert withdraw_mark(**take_back, reason="Wrong work.").state == MarkState.WITHDRAWN

    grade = grade_of(work)
    assert (grade.state, grade.final) == (GradeState.NOT_STARTED, None)
    assert grade.events.last().reason == "Wrong work."
    assert start_mark(actor=instructor, work_id=work.pk).role == MarkRole.FIRST


def test_withdraw_of_a_draft_needs_no_reason_and_cannot_be_done_twice(mark, assistant):
    withdrawn = withdraw_mark(actor=assistant, mark_id=mark.pk, version=1)

    expect_refusal(
        InvalidState,
        lambda: withdraw_mark(actor=assistant, mark_id=mark.pk, version=withdrawn.version),
        code="taken_back",
    )


def test_an_excused_works_mark_makes_no_number(mark, work):
    Grade.objects.filter(work=work).update(is_excused=True, state=GradeState.READY)

    submitted(mark)

    assert grade_of(work).final is None


# -- several at once -------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_at_once_do_not_both_get_the_part(work, assistant, instructor):
    results = at_once(
        *(lambda who=who: start_mark(actor=who, work_id=work.pk) for who in (assistant, instructor))
    )

    marks = [one for one in results if isinstance(one, Mark)]
    refusals = [one.code for one in results if not isinstance(one, Mark)]
    assert (len(marks), refusals) == (1, ["marked_already"])
    assert Mark.objects.get() == marks[0]


@pytest.mark.django_db(transaction=True)
def test_eight_writers_of_one_version_leave_exactly_one(mark, assistant):
    results = at_once(
        *(
            lambda n=n: save_comment(
                actor=assistant, mark_id=mark.pk, comment=f"Writer {n}.", version=1
            )
            for n in range(8)
        )
    )

    kept = [one for one in results if isinstance(one, Mark)]
    lost = [one for one in results if isinstance(one, Stale)]
    assert (len(kept), len(lost)) == (1, 7)
    mark.refresh_from_db()
    assert (mark.comment, mark.version) == (kept[0].comment, 2)
    assert {(one.extra["version"], one.extra["theirs"]["comment"]) for one in lost} == {
        (2, mark.comment)
    }


def test_the_marks_of_others_works_stay(work, assistant, plan, classmate):
    other = WorkFactory(assignment=plan.assignment, student=classmate)
    GradeFactory(work=other)
    mark = MarkFactory(work=other, marker=assistant)

    submitted(start_mark(actor=assistant, work_id=work.pk))

    mark.refresh_from_db()
    assert (mark.version, mark.state) == (1, MarkState.DRAFT)
