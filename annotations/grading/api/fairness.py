"""Agreement of markers, and the moderator's sample, in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import permissions, serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.grading.actions.locking import NO_PLAN
from annotations.grading.actions.moderation import (
    ONLY_INSTRUCTORS,
    draw_sample,
    find_sample,
    flag_for_moderation,
    say_outcome,
)
from annotations.grading.enums import SampleOutcome, SampleReason, Via
from annotations.grading.models import GradingPlan, Sample
from annotations.grading.permissions import may_see_gradebook, may_set_up_grading
from annotations.grading.queries.agreement import agreement_of
from annotations.grading.queries.moderation import moderation_of
from annotations.grading.queries.names import shown_name
from debate.accounts.authentication import TokenScope
from debate.accounts.enums import Scope
from debate.assignments.models import Assignment
from debate.core.api.fields import Change, Choice, Id, Shape, Text
from debate.core.api.views import NO_COPIES, ApiView
from debate.core.errors import Missing, NotAllowed
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from annotations.grading.metrics import Agreement
    from annotations.grading.queries.agreement import Figures, Report
    from annotations.grading.queries.moderation import Moderation

ONLY_STAFF = "Only staff of this seminar see its grading."


class CoefficientSerializer(serializers.Serializer[Any]):
    """A coefficient with the middle 95 percent of resampled ones; null where nothing can be told."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class FiguresSerializer(serializers.Serializer[Any]):
    """How far two markers agree by one criterion; `criterion` is null for the total."""

    criterion = serializers.UUIDField(source="key", allow_null=True)
    title = serializers.CharField()
    works = serializers.IntegerField(source="n")
    exact = serializers.IntegerField(help_text="How many works got the same from both.")
    alpha = CoefficientSerializer(allow_null=True, help_text="Null below five works.")
    kappa = CoefficientSerializer(allow_null=True, help_text="Of levels alone.")
    words = serializers.CharField(help_text="What alpha says, and no more.")


class SpreadSerializer(serializers.Serializer[Any]):
    """How one person marks, in percent of what the rubric gives."""

    marker = serializers.CharField()
    marks = serializers.IntegerField(source="n")
    mean = serializers.FloatField()
    median = serializers.FloatField()
    lowest = serializers.FloatField(source="low")
    highest = serializers.FloatField(source="high")
    distribution = serializers.ListField(
        child=serializers.IntegerField(), help_text="How many marks in each tenth of the scale."
    )


class OrderSerializer(serializers.Serializer[Any]):
    """A person's mean percent in each third of the works as they were begun; empty below six."""

    marker = serializers.CharField()
    marks = serializers.IntegerField(source="n")
    means = serializers.ListField(child=serializers.FloatField())


class AgreementSerializer(serializers.Serializer[Any]):
    """How far the markers of an assignment agree, over the marks that you may know of."""

    pairs = serializers.IntegerField(help_text="Of how many works two marks are known.")
    figures = FiguresSerializer(many=True)
    markers = SpreadSerializer(many=True)
    order = OrderSerializer(many=True)


def told_agreement(report: Report) -> dict[str, Any]:
    """The figures as they are answered."""
    shown = {
        "pairs": report.pairs,
        "figures": [_told_figures(one) for one in report.figures],
        "markers": [
            {
                "marker": one.marker,
                "n": one.n,
                "mean": one.mean,
                "median": one.median,
                "low": one.low,
                "high": one.high,
                "distribution": [bar.count for bar in one.bars],
            }
            for one in report.spreads
        ],
        "order": report.orders,
    }
    return dict(AgreementSerializer(shown).data)


def _told_figures(one: Figures) -> dict[str, Any]:
    names = ("key", "title", "n", "exact", "words")
    told = {name: getattr(one, name) for name in names}
    return told | {"alpha": _rounded(one.alpha), "kappa": _rounded(one.kappa)}


def _rounded(figure: Agreement | None) -> dict[str, float | None] | None:
    if figure is None:
        return None
    members = {"value": figure.value, "low": figure.low, "high": figure.high}
    return {name: None if one is None else round(one, 3) for name, one in members.items()}


class SampleSerializer(serializers.ModelSerializer[Sample]):
    """A work that a moderator looks at. `outcome` is empty while nothing is said."""

    assignment = serializers.UUIDField(source="work.assignment_id", read_only=True)
    work = serializers.UUIDField(source="work_id", read_only=True)
    name = serializers.SerializerMethodField()
    why = serializers.ChoiceField(choices=SampleReason.choices, read_only=True)
    outcome = serializers.ChoiceField(
        choices=SampleOutcome.choices, allow_blank=True, read_only=True
    )
    moderator = serializers.SerializerMethodField()

    class Meta:
        model = Sample
        fields = [
            "id", "assignment", "work", "name", "why", "outcome", "note", "moderator",
            "moderated_at", "version",
        ]  # fmt: skip
        read_only_fields = fields

    def get_name(self, sample: Sample) -> str:
        """Of the student; the alias in blind marking."""
        return shown_name(sample.work, sample.work.assignment.grading_plan)

    def get_moderator(self, sample: Sample) -> str | None:
        """Who said the outcome, by name."""
        return sample.moderator.display_name if sample.moderator else None


class DrawSerializer(serializers.Serializer[Any]):
    """How the sample was drawn; with the seed it can be drawn again."""

    seed = serializers.CharField()
    percent = serializers.IntegerField()
    least = serializers.IntegerField()
    pass_percent = serializers.IntegerField()
    of = serializers.IntegerField(help_text="Of how many marked works.")
    drawn = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.CharField()


class ModerationSerializer(serializers.Serializer[Any]):
    """The moderator's sample of an assignment, and how far it is."""

    works = serializers.IntegerField()
    unmarked = serializers.IntegerField(help_text="How many have no first mark yet.")
    said = serializers.IntegerField()
    agreed = serializers.IntegerField()
    concerns = serializers.IntegerField()
    is_done = serializers.BooleanField(help_text="Whether marked works are ready by it.")
    draws = DrawSerializer(many=True)
    samples = SampleSerializer(many=True)


class SampleDrawShape(Shape):
    """Nothing, to draw the sample by the rule; or a work that is put into it by hand."""

    work = Id(required=False)


class OutcomeShape(Change):
    """What was found of the work; a concern needs a note."""

    empty = {"note": ""}

    outcome = Choice(choices=SampleOutcome.choices)
    note = Text(required=False)


class FairnessReader(ApiView):
    """What views of one assignment's fairness share."""

    queryset: QuerySet[Any] = GradingPlan.objects.none()
    permission_classes = [permissions.IsAuthenticated, TokenScope]
    required_read_scope = Scope.MARKS_READ
    caching = NO_COPIES
    required_scope = Scope.MARKS_WRITE

    def find(self) -> None:
        """The plan of the assignment, and for a change whether the person sets up its grading.

        Raises Missing, NotAllowed.
        """
        concerned = Assignment.objects.set_to(self.user).select_related("seminar")
        found = concerned.filter(pk=self.kwargs["assignment_id"]).first()
        if found is None:
            raise Missing
        membership = membership_of(self.user, found.seminar)
        if not may_see_gradebook(membership):
            raise NotAllowed(ONLY_STAFF)
        if self.request.method not in SAFE_METHODS and not may_set_up_grading(
            membership, found.seminar
        ):
            raise NotAllowed(ONLY_INSTRUCTORS)
        plans = GradingPlan.objects.select_related("assignment__seminar", "rubric_version")
        plan = plans.filter(assignment=found).first()
        if plan is None:
            raise Missing(NO_PLAN)
        self.plan = plan


class AgreementView(FairnessReader):
    """How far markers agree."""

    serializer_class = AgreementSerializer

    @extend_schema(
        responses={200: AgreementSerializer},
        operation_id="assignments_agreement_retrieve",
        description="How far the markers agree by each criterion, and how each of them marks, over "
        "the marks that you may know of. For staff.",
    )
    def get(self, request: Request, assignment_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The figures."""
        return Response(told_agreement(agreement_of(self.user, self.plan)))


class ModerationView(FairnessReader):
    """The moderator's sample of an assignment."""

    serializer_class = ModerationSerializer

    def current(self) -> Any:
        """The sample as it stands now."""
        self.plan.refresh_from_db(fields=["sample_draws"])
        return self._told(moderation_of(self.user, self.plan))

    def _told(self, found: Moderation) -> dict[str, Any]:
        samples = [row.sample for row in found.rows]
        for sample in samples:
            sample.work.assignment = self.plan.assignment
        names = ("works", "unmarked", "said", "agreed", "concerns", "is_done", "draws")
        told = {name: getattr(found, name) for name in names} | {"samples": samples}
        return dict(ModerationSerializer(told, context=self.get_serializer_context()).data)

    @extend_schema(
        responses={200: ModerationSerializer},
        operation_id="assignments_moderation_retrieve",
        description="The moderator's sample with its outcomes, and how it was drawn. For staff, of "
        "the works that each of them marks.",
    )
    def get(self, request: Request, assignment_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The sample."""
        return Response(self.current())

    @extend_schema(
        request=SampleDrawShape,
        responses={201: ModerationSerializer},
        operation_id="assignments_moderation_create",
        description="Draw the sample by the rule of the set-up, anew as long as no outcome is "
        "said; or with `work` put one work into it by hand.",
    )
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Draw it, or add a work."""
        body = SampleDrawShape(data=request.data)
        body.is_valid(raise_exception=True)
        work = body.validated_data.get("work")
        if work is None:
            draw_sample(actor=self.user, assignment_id=assignment_id, via=Via.API)
        elif not self.plan.assignment.works.filter(pk=work).exists():
            raise Missing
        else:
            flag_for_moderation(actor=self.user, work_id=work, via=Via.API)
        address = reverse("api:moderation", args=[assignment_id], request=request)
        return Response(self.current(), status=201, headers={"Location": address})


class SampleDetail(ApiView):
    """One work of a moderator's sample."""

    queryset: QuerySet[Any] = Sample.objects.none()
    serializer_class = SampleSerializer
    permission_classes = [permissions.IsAuthenticated, TokenScope]
    required_read_scope = Scope.MARKS_READ
    caching = NO_COPIES
    required_scope = Scope.MARKS_WRITE

    def get_queryset(self) -> QuerySet[Sample]:
        """The samples that the person sees."""
        seen = Sample.objects.visible_to(self.user)
        return seen.select_related(
            "work__student", "work__assignment__grading_plan", "work__assignment__seminar",
            "moderator",
        )  # fmt: skip

    def find(self) -> None:
        """The sample, and for a change whether the person moderates it. Raises Missing, NotAllowed."""
        if not self.get_queryset().filter(pk=self.kwargs["pk"]).exists():
            raise Missing
        if self.request.method not in SAFE_METHODS:
            find_sample(self.user, self.kwargs["pk"])

    @extend_schema(
        responses={200: SampleSerializer},
        operation_id="samples_retrieve",
        description="One work of a moderator's sample.",
    )
    def get(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The sample."""
        return Response(self.current())

    @extend_schema(
        request=OutcomeShape,
        responses={200: SampleSerializer},
        operation_id="samples_partial_update",
        description="Say as a moderator what you found; again, to say otherwise. Not for the first "
        "marker of the work. Once all of the sample is agreed with, all marked works are ready; a "
        "concern takes them back to marked.",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Say an outcome."""
        body = OutcomeShape(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        say_outcome(
            actor=self.user,
            sample_id=pk,
            outcome=given["outcome"],
            note=given.get("note", ""),
            version=self.version(),
            via=Via.API,
        )
        return Response(self.current())
