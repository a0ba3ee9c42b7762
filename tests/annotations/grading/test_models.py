"""What the database refuses of grading, each by the name of its constraint; and who sees which rows."""

import uuid
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError
from django.utils import timezone

from annotations.grading.enums import GradeState, MarkingMode, MarkRole, MarkState
from annotations.grading.models import (
    Grade,
    GradeEvent,
    GradingPlan,
    Mark,
    RegradeRequest,
    Release,
    Remark,
    Rubric,
    RubricVersion,
    Sample,
    Sheet,
    Work,
)
from annotations.grading.models.mark import asked_to_mark
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of
from tests.factories.grading import (
    CriterionFactory,
    GradeEventFactory,
    GradeFactory,
    GradingPlanFactory,
    ItemFeedbackFactory,
    LeaseFactory,
    LevelFactory,
    MarkFactory,
    MarkPartFactory,
    RegradeMessageFactory,
    RegradeRequestFactory,
    ReleaseFactory,
    RemarkFactory,
    RubricFactory,
    RubricVersionFactory,
    SampleFactory,
    SheetFactory,
    WorkFactory,
    WorkItemFactory,
    rubric_of,
)

ONE_KEY = uuid.UUID(int=7)


def twice(factory, *shared, **fields):
    """Make the row, and once more with these of its members."""
    first = factory(**fields)
    factory(**fields | {name: getattr(first, name) for name in shared})


def second_of_the_same_marker():
    first = MarkFactory()
    MarkFactory(work=first.work, marker=first.marker, role=MarkRole.SECOND)


# Each constraint of the app, and a row that offends it and no other.
OFFENCES = {
    "rubric_version_number_is_unique": lambda: twice(RubricVersionFactory, "rubric"),
    "criterion_position_is_unique": lambda: twice(CriterionFactory, "rubric_version", position=1),
    "criterion_key_is_unique_in_version": lambda: twice(
        CriterionFactory, "rubric_version", key=ONE_KEY
    ),
    "criterion_kind_and_tag_are_known": lambda: CriterionFactory(tag="humour"),
    "criterion_points_suit_its_kind": lambda: CriterionFactory(points=-1),
    "level_position_is_unique": lambda: twice(LevelFactory, "criterion", position=1),
    "level_key_is_unique": lambda: twice(LevelFactory, "criterion", key=ONE_KEY),
    "grading_plan_words_are_known": lambda: GradingPlanFactory(late_owner="students"),
    "grading_plan_points_are_positive": lambda: GradingPlanFactory(points=0),
    "grading_plan_percents_are_percents": lambda: GradingPlanFactory(late_percent=101),
    "grading_plan_says_when_it_releases": lambda: GradingPlanFactory(release_mode="scheduled"),
    "work_is_one_a_student": lambda: twice(WorkFactory, "assignment", "student"),
    "work_alias_is_unique": lambda: twice(WorkFactory, "assignment", "alias"),
    "work_item_is_there_once": lambda: twice(WorkItemFactory, "work", "annotation"),
    "work_item_position_is_unique": lambda: twice(WorkItemFactory, "work", position=1),
    "lease_is_one_a_role": lambda: twice(LeaseFactory, "work"),
    "lease_role_is_known": lambda: LeaseFactory(role="fifth"),
    "mark_is_one_a_role": lambda: twice(MarkFactory, "work"),
    "mark_is_one_a_marker": second_of_the_same_marker,
    "mark_role_and_state_are_known": lambda: MarkFactory(state="lost"),
    "mark_submitted_has_a_total": lambda: MarkFactory(state=MarkState.SUBMITTED),
    "mark_part_is_one_a_criterion": lambda: twice(MarkPartFactory, "mark"),
    "item_feedback_is_one_a_contribution": lambda: twice(ItemFeedbackFactory, "mark", "item"),
    "grade_state_is_known": lambda: GradeFactory(state="lost"),
    "grade_that_is_ready_has_a_number": lambda: GradeFactory(state=GradeState.READY),
    "grade_is_not_negative": lambda: GradeFactory(final=-1),
    "grade_event_number_is_unique": lambda: twice(GradeEventFactory, "grade"),
    "grade_event_words_are_known": lambda: GradeEventFactory(via="letter"),
    "sheet_is_one_a_release": lambda: twice(SheetFactory, "grade", "release"),
    "sample_words_are_known": lambda: SampleFactory(outcome="perhaps"),
    "regrade_request_is_open_once_a_criterion": lambda: twice(RegradeRequestFactory, "grade"),
    "regrade_request_state_is_known": lambda: RegradeRequestFactory(state="lost"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", OFFENCES)
def test_constraint_of_grading_offended_row_is_refused_by_name(name):
    with pytest.raises(IntegrityError, match=f'"{name}"'):
        OFFENCES[name]()


def test_offences_name_every_constraint_of_grading():
    named = [
        constraint.name
        for model in apps.get_app_config("grading").get_models()
        for constraint in model._meta.constraints
    ]

    assert sorted(OFFENCES) == sorted(named)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("criterion_kind_and_tag_are_known", lambda: CriterionFactory(kind="essay")),
        ("criterion_points_suit_its_kind", lambda: CriterionFactory(kind="feedback", points=1)),
        ("criterion_points_suit_its_kind", lambda: CriterionFactory(weight=-1)),
        ("grading_plan_percents_are_percents", lambda: GradingPlanFactory(late_floor=-1)),
        ("grading_plan_percents_are_percents", lambda: GradingPlanFactory(pass_percent=101)),
        ("grade_that_is_ready_has_a_number", lambda: GradeFactory(state=GradeState.RELEASED)),
        ("sample_words_are_known", lambda: SampleFactory(why="boredom")),
    ],
    ids=["kind", "feedback", "weight", "floor", "pass", "released", "why"],
)
def test_row_of_grading_of_a_wrong_shape_is_refused(name, make):
    with pytest.raises(IntegrityError, match=f'"{name}"'):
        make()


@pytest.mark.django_db
def test_mark_taken_back_leaves_room_for_another():
    first = MarkFactory(state=MarkState.WITHDRAWN)

    again = MarkFactory(work=first.work, marker=first.marker)

    assert list(Mark.objects.standing()) == [again]


@pytest.mark.django_db
def test_request_settled_may_be_made_again():
    first = RegradeRequestFactory(state="declined")

    again = RegradeRequestFactory(grade=first.grade)

    assert RegradeRequest.objects.filter(grade=first.grade).count() == 2
    assert again.state == "open"


@pytest.mark.django_db
def test_excused_grade_is_released_without_a_number():
    grade = GradeFactory(state=GradeState.RELEASED, is_excused=True)

    assert grade.final is None


@pytest.mark.django_db
def test_rows_of_grading_say_what_they_are():
    version = rubric_of(title="Commentary")
    claim = version.criteria.first()
    plan = GradingPlanFactory(rubric_version=version)
    work = WorkFactory(assignment=plan.assignment, alias="Otter")
    item = WorkItemFactory(work=work)
    mark = MarkFactory(work=work)
    part = MarkPartFactory(mark=mark, criterion=claim, points=2)
    grade = GradeFactory(work=work)
    lease = LeaseFactory(work=work)

    assert [str(one) for one in (version.rubric, claim, claim.levels.first())] == [
        "Commentary",
        "Claim",
        "Level 1",
    ]
    assert str(version) == f"{version.rubric_id}, version 1"
    assert str(plan) == f"grading of {plan.assignment_id}"
    assert str(work) == "Otter"
    assert str(item) == f"{item.annotation_id} in version 1"
    assert str(lease) == f"{work.pk} until {lease.expires_at}"
    assert str(mark) == f"first mark of {work.pk}"
    assert str(part) == f"{claim.pk}: 2"
    assert str(grade) == f"{work.pk}: not_started"
    assert str(GradeEventFactory(grade=grade)) == "1: opened"
    assert str(SheetFactory(grade=grade)) == f"sheet of {grade.pk}"
    assert str(ReleaseFactory(assignment=plan.assignment)) == f"1 grades of {plan.assignment_id}"
    assert str(ItemFeedbackFactory(mark=mark, item=item)) == "Say where this number comes from."
    assert str(RemarkFactory()) == "Say what would change your mind."
    assert str(SampleFactory(work=work)) == f"{work.pk}: not looked at"
    request = RegradeRequestFactory(grade=grade)
    assert str(request) == f"{grade.pk}: open"
    assert str(RegradeMessageFactory(request=request)) == "The second source answers this."


@pytest.mark.django_db
def test_mark_comment_is_rendered_as_safe_html():
    assert MarkFactory(comment="*Good* <script>").comment_html == (
        "<p><em>Good</em> &lt;script&gt;</p>"
    )


def test_plan_hides_names_until_an_instructor_ends_it():
    assert GradingPlan(is_blind=True).hides_names
    assert not GradingPlan(is_blind=False).hides_names
    assert not GradingPlan(is_blind=True, names_known_at=timezone.now()).hides_names


# Who sees which rows.

CAST = ("instructor", "assistant", "student", "classmate", "observer", "outsider", "operator")


@pytest.fixture
def cast(request, anonymous):
    return {name: request.getfixturevalue(name) for name in CAST} | {"anonymous": anonymous}


def seen_by(cast, model):
    """Who of the cast sees any row of the model."""
    return {name for name, user in cast.items() if model.objects.visible_to(user).exists()}


@pytest.fixture
def graded(cast, assignment):
    """The student's work in `assignment`: its plan, one item, the assistant's mark, a grade."""
    GradingPlanFactory(assignment=assignment)
    work = WorkFactory(assignment=assignment, student=cast["student"])
    mark = MarkFactory(work=work, marker=cast["assistant"])
    MarkPartFactory(mark=mark)
    GradeEventFactory(grade__work=work)
    return work


def test_rubric_of_a_seminar_is_seen_by_its_staff(cast, seminar):
    RubricFactory(seminar=seminar)

    assert seen_by(cast, Rubric) == {"instructor", "assistant"}


def test_rubric_of_a_seminar_is_hidden_from_who_made_it_and_is_no_longer_staff(cast, seminar):
    RubricFactory(seminar=seminar, owner=cast["student"])

    assert seen_by(cast, Rubric) == {"instructor", "assistant"}


def test_rubric_of_a_library_is_seen_by_its_owner_alone(cast):
    RubricFactory(seminar=None, owner=cast["student"])

    assert seen_by(cast, Rubric) == {"student"}


def test_rubric_version_is_seen_by_staff_and_by_whom_it_is_asked_of(cast, graded):
    version = graded.assignment.grading_plan.rubric_version
    rubric_of(version.rubric, number=2)

    assert seen_by(cast, RubricVersion) == {
        "instructor",
        "assistant",
        "student",
        "classmate",
        "observer",
    }
    assert list(RubricVersion.objects.visible_to(cast["student"])) == [version]
    assert RubricVersion.objects.visible_to(cast["assistant"]).count() == 2


def test_plan_is_seen_by_the_members_to_whom_the_assignment_is_set(cast, graded):
    members = {"instructor", "assistant", "student", "classmate", "observer"}

    assert seen_by(cast, GradingPlan) == members


def test_work_is_seen_by_its_student_and_staff_and_marked_by_staff(cast, graded):
    assert seen_by(cast, Work) == {"instructor", "assistant", "student"}
    markers = {name for name, user in cast.items() if Work.objects.marked_by(user).exists()}
    assert markers == {"instructor", "assistant"}


def test_work_of_staff_is_not_marked_by_its_author(cast, assignment):
    WorkFactory(assignment=assignment, student=cast["assistant"])

    assert not Work.objects.marked_by(cast["assistant"]).exists()


def test_draft_mark_is_seen_by_its_marker_and_instructors(cast, graded):
    assert seen_by(cast, Mark) == {"instructor", "assistant"}

    other = MarkFactory(work=graded, marker=cast["instructor"], role=MarkRole.SECOND)

    assert other not in Mark.objects.visible_to(cast["assistant"])


def test_submitted_mark_of_others_is_seen_by_staff(cast, graded):
    other = submitted_by(cast["instructor"], graded)

    assert other in Mark.objects.visible_to(cast["assistant"])


def test_blind_double_mark_of_others_is_seen_after_the_own_is_submitted(cast, graded):
    both_blind(graded)
    other = submitted_by(cast["instructor"], graded)
    own = graded.marks.get(marker=cast["assistant"])

    assert list(Mark.objects.visible_to(cast["assistant"])) == [own]

    own.state, own.total = MarkState.SUBMITTED, 5
    own.save()

    assert set(Mark.objects.visible_to(cast["assistant"])) == {own, other}


def test_blind_double_draft_of_others_stays_hidden_after_the_own_is_submitted(cast, graded):
    both_blind(graded)
    own = graded.marks.get(marker=cast["assistant"])
    Mark.objects.update(state=MarkState.SUBMITTED, total=5)
    MarkFactory(work=graded, marker=cast["instructor"], role=MarkRole.SECOND)

    assert list(Mark.objects.visible_to(cast["assistant"])) == [own]


def test_blind_double_mark_stays_hidden_from_who_submitted_one_of_another_work(cast, graded):
    both_blind(graded)
    other = submitted_by(cast["instructor"], graded)
    elsewhere = WorkFactory(assignment=graded.assignment)
    MarkFactory(work=elsewhere, marker=cast["assistant"], state=MarkState.SUBMITTED, total=5)

    assert other not in Mark.objects.visible_to(cast["assistant"])


def test_blind_double_mark_is_hidden_from_an_instructor_who_is_marking(cast, graded):
    both_blind(graded)
    first = graded.marks.get()

    assert list(Mark.objects.visible_to(cast["instructor"])) == [first]

    own = MarkFactory(work=graded, marker=cast["instructor"], role=MarkRole.SECOND)

    assert list(Mark.objects.visible_to(cast["instructor"])) == [own]


def test_blind_double_mark_is_seen_by_an_instructor_who_took_the_own_back(cast, graded):
    both_blind(graded)
    first = graded.marks.get()
    own = MarkFactory(
        work=graded,
        marker=cast["instructor"],
        role=MarkRole.SECOND,
        state=MarkState.WITHDRAWN,
    )

    assert set(Mark.objects.visible_to(cast["instructor"])) == {first, own}


UNSETTLED = {"not_started", "in_progress", "awaiting_second", "marked", "reopened"}


@pytest.mark.parametrize(
    ("role", "asked_in"),
    [
        ("marker", UNSETTLED),
        ("second_marker", UNSETTLED),
        ("third_marker", UNSETTLED | {"disagreed"}),
    ],
)
def test_marker_is_asked_until_the_grade_stands(cast, graded, role, asked_in):
    setattr(graded, role, cast["instructor"])
    graded.save()
    asked = set()
    for state in GradeState.values:
        Grade.objects.update(state=state, raw=5, final=5)
        if Work.objects.filter(asked_to_mark(cast["instructor"], work="")).exists():
            asked.add(state)

    assert asked == asked_in
    assert not Work.objects.filter(asked_to_mark(cast["student"], work="")).exists()


def test_grade_and_its_events_are_seen_by_staff_alone(cast, graded):
    assert seen_by(cast, Grade) == {"instructor", "assistant"}
    assert seen_by(cast, GradeEvent) == {"instructor", "assistant"}


def test_grade_of_staff_is_hidden_from_whose_it_is(cast, assignment):
    GradeFactory(work__assignment=assignment, work__student=cast["assistant"])

    assert not Grade.objects.visible_to(cast["assistant"]).exists()


def test_release_is_seen_by_instructors(cast, graded):
    ReleaseFactory(assignment=graded.assignment)

    assert seen_by(cast, Release) == {"instructor"}


def test_sheet_is_seen_by_its_student_until_it_is_taken_back(cast, graded):
    sheet = SheetFactory(grade=graded.grade)

    assert seen_by(cast, Sheet) == {"instructor", "assistant", "student"}

    Release.objects.filter(pk=sheet.release_id).update(undone_at=timezone.now())

    assert seen_by(cast, Sheet) == {"instructor", "assistant"}


def test_sample_is_seen_by_who_may_mark(cast, graded):
    SampleFactory(work=graded)

    assert seen_by(cast, Sample) == {"instructor", "assistant"}


def test_request_is_seen_by_its_student_and_staff(cast, graded):
    RegradeRequestFactory(grade=graded.grade)

    assert seen_by(cast, RegradeRequest) == {"instructor", "assistant", "student"}


def test_remark_is_its_owners_unless_it_is_shared(cast, seminar):
    own = RemarkFactory(seminar=seminar, owner=cast["assistant"])

    assert seen_by(cast, Remark) == {"assistant"}

    own.is_shared = True
    own.save()

    assert seen_by(cast, Remark) == {"instructor", "assistant"}


def test_rows_of_another_seminar_are_seen_by_nobody_of_the_cast(cast, other_seminar):
    RubricFactory(seminar=other_seminar)
    elsewhere = assignment_of(essay_of("Rents follow wages.", seminar=other_seminar))
    SheetFactory(grade__work__assignment=elsewhere)

    assert [seen_by(cast, model) for model in (Rubric, Work, Grade, Sheet)] == [set()] * 4


def both_blind(work):
    plan = work.assignment.grading_plan
    plan.marking_mode = MarkingMode.BLIND_DOUBLE
    plan.save()


def submitted_by(marker, work, role=MarkRole.SECOND):
    return MarkFactory(
        work=work,
        marker=marker,
        role=role,
        state=MarkState.SUBMITTED,
        total=5,
        submitted_at=timezone.now() - timedelta(minutes=1),
    )
