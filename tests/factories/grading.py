"""One factory a model of grading; `rubric_of` publishes a rubric that has criteria."""

from datetime import timedelta

import factory
from django.utils import timezone

from annotations.grading.enums import (
    CriterionKind,
    CriterionTag,
    MarkRole,
    SampleReason,
    Verb,
)
from annotations.grading.models import (
    Criterion,
    Grade,
    GradeEvent,
    GradingPlan,
    ItemFeedback,
    Lease,
    Level,
    Mark,
    MarkPart,
    RegradeMessage,
    RegradeRequest,
    Release,
    Remark,
    Rubric,
    RubricVersion,
    Sample,
    Sheet,
    Work,
    WorkItem,
)
from tests.factories.accounts import UserFactory
from tests.factories.annotations import AnnotationFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.seminars import SeminarFactory


class RubricFactory(factory.django.DjangoModelFactory):
    """A rubric of a seminar, without a version; `seminar=None` puts it into the owner's library."""

    class Meta:
        model = Rubric

    owner = factory.SubFactory(UserFactory)
    seminar = factory.SubFactory(SeminarFactory)
    title = factory.Sequence(lambda n: f"Rubric {n}")


class RubricVersionFactory(factory.django.DjangoModelFactory):
    """The first version of a rubric, without criteria; see `rubric_of` for one that has them."""

    class Meta:
        model = RubricVersion

    rubric = factory.SubFactory(RubricFactory)
    number = 1
    content_hash = factory.Sequence(lambda n: f"{n:064x}")
    structure_hash = factory.Sequence(lambda n: f"{n:064x}")
    points = 10
    published_by = factory.SelfAttribute("rubric.owner")


class CriterionFactory(factory.django.DjangoModelFactory):
    """A range from 0 to 4 points."""

    class Meta:
        model = Criterion

    rubric_version = factory.SubFactory(RubricVersionFactory)
    position = factory.LazyAttribute(lambda one: one.rubric_version.criteria.count() + 1)
    title = factory.LazyAttribute(lambda one: f"Criterion {one.position}")
    student_text = "What you show."
    marker_text = "What to look for."
    kind = CriterionKind.RANGE
    points = 4


class LevelFactory(factory.django.DjangoModelFactory):
    """A level worth one point less than its place."""

    class Meta:
        model = Level

    criterion = factory.SubFactory(CriterionFactory, kind=CriterionKind.LEVELS)
    position = factory.LazyAttribute(lambda one: one.criterion.levels.count() + 1)
    points = factory.LazyAttribute(lambda one: one.position - 1)
    title = factory.LazyAttribute(lambda one: f"Level {one.position}")


def rubric_of(rubric=None, *, number=1, **fields):
    """A published version with three criteria, 10 points: Claim (levels 0, 1, 2, 3), Evidence
    (levels 0, 1, 2, 3), Style (a range up to 4). `fields` are the rubric's. Returns the version.
    """
    rubric = rubric or RubricFactory(**fields)
    version = RubricVersionFactory(rubric=rubric, number=number, points=10)
    for title, tag in (("Claim", CriterionTag.CLAIM), ("Evidence", CriterionTag.EVIDENCE)):
        levelled = CriterionFactory(
            rubric_version=version, title=title, tag=tag, kind=CriterionKind.LEVELS, points=3
        )
        LevelFactory.create_batch(4, criterion=levelled)
    CriterionFactory(rubric_version=version, title="Style")
    return version


class GradingPlanFactory(factory.django.DjangoModelFactory):
    """An assignment graded out of 10 by one marker who knows the names, released by hand."""

    class Meta:
        model = GradingPlan

    assignment = factory.SubFactory(AssignmentFactory)
    rubric_version = factory.LazyAttribute(
        lambda plan: rubric_of(seminar=plan.assignment.seminar, owner=plan.assignment.created_by)
    )
    created_by = factory.SelfAttribute("assignment.created_by")


class WorkFactory(factory.django.DjangoModelFactory):
    """A frozen work without contributions, of a student who is no member of the seminar."""

    class Meta:
        model = Work

    assignment = factory.SubFactory(AssignmentFactory)
    student = factory.SubFactory(UserFactory)
    alias = factory.Sequence(lambda n: f"Otter {n}")
    frozen_at = factory.LazyFunction(timezone.now)
    snapshot_hash = factory.Sequence(lambda n: f"{n:064x}")


class WorkItemFactory(factory.django.DjangoModelFactory):
    """A comment of the work's student, in time."""

    class Meta:
        model = WorkItem

    work = factory.SubFactory(WorkFactory)
    annotation = factory.SubFactory(
        AnnotationFactory,
        assignment=factory.SelfAttribute("..work.assignment"),
        author=factory.SelfAttribute("..work.student"),
    )
    annotation_version = factory.SelfAttribute("annotation.version")
    position = factory.LazyAttribute(lambda one: one.work.items.count() + 1)
    posted_at = factory.LazyFunction(timezone.now)


class LeaseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Lease

    work = factory.SubFactory(WorkFactory)
    role = MarkRole.FIRST
    holder = factory.SubFactory(UserFactory)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=15))


class MarkFactory(factory.django.DjangoModelFactory):
    """A first marker's draft without parts; its rubric is that of the work's plan, if it has one."""

    class Meta:
        model = Mark

    work = factory.SubFactory(WorkFactory)
    marker = factory.SubFactory(UserFactory)
    role = MarkRole.FIRST
    rubric_version = factory.LazyAttribute(lambda mark: _asked_of(mark.work) or rubric_of())


class MarkPartFactory(factory.django.DjangoModelFactory):
    """The first criterion of the mark's rubric, not set yet."""

    class Meta:
        model = MarkPart

    mark = factory.SubFactory(MarkFactory)
    criterion = factory.LazyAttribute(lambda part: part.mark.rubric_version.criteria.first())


class ItemFeedbackFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ItemFeedback

    mark = factory.SubFactory(MarkFactory)
    item = factory.SubFactory(WorkItemFactory, work=factory.SelfAttribute("..mark.work"))
    body = "Say where this number comes from."


class RemarkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Remark

    owner = factory.SubFactory(UserFactory)
    seminar = factory.SubFactory(SeminarFactory)
    text = "Say what would change your mind."


class GradeFactory(factory.django.DjangoModelFactory):
    """A grade of a work that nobody has begun to mark, before any event."""

    class Meta:
        model = Grade

    work = factory.SubFactory(WorkFactory)


class GradeEventFactory(factory.django.DjangoModelFactory):
    """The event that opened the grade; it is folded into nothing."""

    class Meta:
        model = GradeEvent

    grade = factory.SubFactory(GradeFactory)
    number = 1
    verb = Verb.OPENED


class ReleaseFactory(factory.django.DjangoModelFactory):
    """A release of one grade that can be taken back for ten minutes."""

    class Meta:
        model = Release

    assignment = factory.SubFactory(AssignmentFactory)
    by = factory.SelfAttribute("assignment.created_by")
    undo_until = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=10))
    count = 1


class SheetFactory(factory.django.DjangoModelFactory):
    """What the student was shown: 7 of 10, without parts."""

    class Meta:
        model = Sheet

    grade = factory.SubFactory(GradeFactory)
    release = factory.SubFactory(
        ReleaseFactory, assignment=factory.SelfAttribute("..grade.work.assignment")
    )
    grade_version = factory.SelfAttribute("grade.version")
    content = factory.LazyFunction(lambda: {"final": "7.00", "points": "10.00", "parts": []})


class SampleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Sample

    work = factory.SubFactory(WorkFactory)
    why = SampleReason.RANDOM


class RegradeRequestFactory(factory.django.DjangoModelFactory):
    """A request about the whole grade."""

    class Meta:
        model = RegradeRequest

    grade = factory.SubFactory(GradeFactory)


class RegradeMessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RegradeMessage

    request = factory.SubFactory(RegradeRequestFactory)
    author = factory.SelfAttribute("request.grade.work.student")
    body = "The second source answers this."


def _asked_of(work):
    plan = GradingPlan.objects.filter(assignment=work.assignment).first()
    return plan and plan.rubric_version
