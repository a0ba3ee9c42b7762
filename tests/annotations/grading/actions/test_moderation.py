"""The moderator's sample: who draws it, who says what, and what becomes of the grades."""

from decimal import Decimal

import pytest

from annotations.grading.actions.moderation import draw_sample, flag_for_moderation, say_outcome
from annotations.grading.enums import GradeState, MarkingMode, MarkState, SampleReason, Verb
from annotations.grading.folding import fold
from annotations.grading.models import Grade, GradeEvent, GradingPlan, Mark, Sample
from debate.core.errors import Invalid, InvalidState, Missing, NotAllowed, Stale
from tests.annotations.grading.actions.conftest import submitted
from tests.factories.grading import GradeFactory, WorkFactory
from tests.factories.seminars import MembershipFactory


@pytest.fixture
def moderator(assignment):
    return MembershipFactory(seminar=assignment.seminar, role="assistant").user


@pytest.fixture
def marked_works(plan, assistant):
    """Six works that the assistant marked with 1, 3, 5, 6, 8 and 10 of 10."""
    GradingPlan.objects.filter(pk=plan.pk).update(
        marking_mode=MarkingMode.SAMPLED, sample_percent=10, sample_least=1
    )
    works = []
    for total in (1, 3, 5, 6, 8, 10):
        student = MembershipFactory(seminar=plan.assignment.seminar).user
        works.append(WorkFactory(assignment=plan.assignment, student=student))
        submitted(works[-1], assistant, total)
        GradeFactory(work=works[-1], state=GradeState.MARKED, raw=total, final=total)
    return works


def draw(plan, actor, seed="seven"):
    return draw_sample(actor=actor, assignment_id=plan.assignment_id, seed=seed)


def states(plan):
    grades = Grade.objects.filter(work__assignment=plan.assignment_id)
    return sorted(grades.values_list("state", flat=True))


def agree_all(plan, moderator):
    for sample in Sample.objects.filter(work__assignment=plan.assignment_id).order_by("pk"):
        say_outcome(actor=moderator, sample_id=sample.pk, outcome="agree", version=sample.version)


def test_draw_over_first_marks_takes_fails_borders_and_spread(plan, marked_works, instructor):
    draw(plan, instructor)
    found = dict(Sample.objects.values_list("work", "why"))
    assert found == {
        marked_works[0].pk: "failed",
        marked_works[1].pk: "failed",
        marked_works[2].pk: "borderline",
        marked_works[3].pk: "spread",
        marked_works[5].pk: "spread",
    }


def test_draw_keeps_how_it_was_drawn_and_changes_no_grade(plan, marked_works, instructor):
    draw(plan, instructor)
    plan.refresh_from_db()
    (told,) = plan.sample_draws
    assert told.pop("at")
    assert told == {
        "seed": "seven",
        "percent": 10,
        "least": 1,
        "pass_percent": 50,
        "of": 6,
        "drawn": 5,
        "by": str(instructor.pk),
    }
    assert states(plan) == [GradeState.MARKED] * 6


def test_draw_again_before_an_outcome_replaces_all_but_what_was_picked(
    plan, marked_works, instructor
):
    GradingPlan.objects.update(sample_percent=0, pass_percent=0, sample_least=0)
    flagged = flag_for_moderation(actor=instructor, work_id=marked_works[4].pk)
    first = {one.pk for one in draw(plan, instructor)}
    second = {one.pk for one in draw(plan, instructor)}
    assert first.isdisjoint(second)
    assert Sample.objects.get(pk=flagged.pk).why == SampleReason.FLAGGED
    assert Sample.objects.count() == 1 + len(second)
    plan.refresh_from_db()
    assert len(plan.sample_draws) == 2


def test_draw_after_an_outcome_is_refused(plan, marked_works, instructor, moderator):
    sample = draw(plan, instructor)[0]
    say_outcome(actor=moderator, sample_id=sample.pk, outcome="agree", version=1)
    with pytest.raises(InvalidState) as caught:
        draw(plan, instructor)
    assert caught.value.code == "outcomes_said"


def test_draw_while_a_work_has_no_mark_is_refused(plan, marked_works, work, instructor):
    with pytest.raises(InvalidState) as caught:
        draw(plan, instructor)
    assert caught.value.code == "unmarked_works"


def test_draw_passes_over_excused_works(plan, marked_works, work, instructor):
    Grade.objects.filter(work__in=[work, marked_works[0]]).update(is_excused=True)
    assert marked_works[0].pk not in {one.work_id for one in draw(plan, instructor)}


def test_draw_in_another_way_of_marking_is_refused(plan, marked_works, instructor):
    GradingPlan.objects.update(marking_mode=MarkingMode.SINGLE)
    with pytest.raises(InvalidState) as caught:
        draw(plan, instructor)
    assert caught.value.code == "not_sampled"


@pytest.mark.parametrize("who", ["assistant", "student"])
def test_draw_by_others_than_instructors_is_refused(request, plan, marked_works, who):
    with pytest.raises(NotAllowed):
        draw(plan, request.getfixturevalue(who))


def test_draw_by_an_outsider_finds_nothing(plan, marked_works, outsider):
    with pytest.raises(Missing):
        draw(plan, outsider)


def test_flag_by_an_assistant_is_refused(plan, marked_works, assistant):
    with pytest.raises(NotAllowed):
        flag_for_moderation(actor=assistant, work_id=marked_works[0].pk)


def test_flag_of_a_work_of_the_sample_leaves_it(plan, marked_works, instructor):
    draw(plan, instructor)
    assert flag_for_moderation(actor=instructor, work_id=marked_works[0].pk).why == "failed"


def test_outcomes_that_all_agree_make_every_marked_work_ready(
    plan, marked_works, instructor, moderator
):
    draw(plan, instructor)
    agree_all(plan, moderator)
    assert states(plan) == [GradeState.READY] * 6
    grade = Grade.objects.get(work=marked_works[4])  # not in the sample
    last = GradeEvent.objects.filter(grade=grade).last()
    assert (last.verb, last.actor, last.after["state"]) == (Verb.MODERATED, moderator, "ready")
    assert grade.raw == Decimal("8.00")


def test_outcomes_before_the_last_leave_all_marked(plan, marked_works, instructor, moderator):
    samples = draw(plan, instructor)
    for sample in samples[:-1]:
        say_outcome(actor=moderator, sample_id=sample.pk, outcome="agree", version=1)
    assert states(plan) == [GradeState.MARKED] * 6


def test_concern_takes_all_back_and_keeps_every_mark(plan, marked_works, instructor, moderator):
    draw(plan, instructor)
    agree_all(plan, moderator)
    before = list(Mark.objects.order_by("pk").values_list("total", "version"))
    sample = Sample.objects.first()
    say_outcome(
        actor=instructor, sample_id=sample.pk, outcome="concern", note="Too mild.", version=2
    )
    assert states(plan) == [GradeState.MARKED] * 6
    assert list(Mark.objects.order_by("pk").values_list("total", "version")) == before
    sample.refresh_from_db()
    assert (sample.outcome, sample.note, sample.moderator) == ("concern", "Too mild.", instructor)
    said = GradeEvent.objects.filter(grade__work=sample.work, verb=Verb.MODERATED)
    assert said.exclude(reason="").last().reason == "Has a concern. Too mild."


def test_concern_that_is_renewed_lets_all_be_ready(plan, marked_works, instructor, moderator):
    draw(plan, instructor)
    agree_all(plan, moderator)
    sample = Sample.objects.first()
    say_outcome(actor=moderator, sample_id=sample.pk, outcome="concern", note="Why?", version=2)
    say_outcome(actor=moderator, sample_id=sample.pk, outcome="agree", version=3)
    assert states(plan) == [GradeState.READY] * 6


def test_outcome_by_the_first_marker_is_refused(plan, marked_works, instructor, assistant):
    sample = draw(plan, instructor)[0]
    with pytest.raises(NotAllowed):
        say_outcome(actor=assistant, sample_id=sample.pk, outcome="agree", version=1)


def test_outcome_by_a_student_finds_nothing(plan, marked_works, instructor, student):
    sample = draw(plan, instructor)[0]
    with pytest.raises(Missing):
        say_outcome(actor=student, sample_id=sample.pk, outcome="agree", version=1)


def test_outcome_of_an_older_version_is_stale(plan, marked_works, instructor, moderator):
    sample = draw(plan, instructor)[0]
    say_outcome(actor=moderator, sample_id=sample.pk, outcome="agree", version=1)
    with pytest.raises(Stale) as caught:
        say_outcome(actor=instructor, sample_id=sample.pk, outcome="concern", version=1)
    assert caught.value.extra == {"version": 2}


@pytest.mark.parametrize(
    ("given", "field"),
    [({"outcome": "maybe"}, "outcome"), ({"outcome": "concern"}, "note")],
    ids=["unknown", "concern_without_a_note"],
)
def test_outcome_that_says_too_little_is_refused(
    plan, marked_works, instructor, moderator, given, field
):
    sample = draw(plan, instructor)[0]
    with pytest.raises(Invalid) as caught:
        say_outcome(actor=moderator, sample_id=sample.pk, version=1, **given)
    assert caught.value.field == field


def test_outcome_while_the_mark_is_a_draft_again_is_refused(
    plan, marked_works, instructor, moderator
):
    sample = draw(plan, instructor)[0]
    Mark.objects.filter(work=sample.work).update(state=MarkState.DRAFT)
    with pytest.raises(InvalidState) as caught:
        say_outcome(actor=moderator, sample_id=sample.pk, outcome="agree", version=1)
    assert caught.value.code == "unmarked_works"


def test_outcome_of_a_released_grade_is_refused(plan, marked_works, instructor, moderator):
    sample = draw(plan, instructor)[0]
    Grade.objects.filter(work=sample.work).update(state=GradeState.RELEASED)
    with pytest.raises(InvalidState) as caught:
        say_outcome(actor=moderator, sample_id=sample.pk, outcome="agree", version=1)
    assert caught.value.code == "released"


def test_history_of_a_moderated_grade_folds_to_it(plan, marked_works, instructor, moderator):
    draw(plan, instructor)
    agree_all(plan, moderator)
    grade = Grade.objects.get(work=marked_works[5])
    events = GradeEvent.objects.filter(grade=grade).values_list("after", flat=True)
    assert fold(events)["state"] == grade.state
