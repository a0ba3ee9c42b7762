"""How an assignment is graded, in the API: set up, tried, changed; students see what is theirs to know."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import permissions, serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response

from annotations.grading.actions.plans import (
    ONLY_INSTRUCTORS,
    apply_plan_to,
    change_plan,
    end_blind,
    move_plan_to_version,
    set_up_grading,
    simulate_move,
    tried_plan,
)
from annotations.grading.api.rubrics import VERSION, Points, RubricVersionSerializer
from annotations.grading.enums import (
    AgreementRule,
    LateInterval,
    LateOwner,
    LateRule,
    MarkingMode,
    ReleaseMode,
    Via,
)
from annotations.grading.models import GradingPlan, RubricVersion
from annotations.grading.permissions import may_read_marker_text, may_set_up_grading
from annotations.grading.queries.names import shown_name
from annotations.grading.queries.rubrics import with_content
from debate.accounts.authentication import TokenScope
from debate.accounts.enums import Scope
from debate.assignments.api.inputs import Moment
from debate.assignments.models import Assignment
from debate.core.api.conditional import names_version
from debate.core.api.fields import Change, Choice, Id, Shape, Switch, Text, Whole
from debate.core.api.views import NO_COPIES, ApiView
from debate.core.errors import Missing, NotAllowed, PreconditionRequired
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from annotations.grading.actions.plans import PlanInput
    from annotations.grading.actions.simulating import Simulation

SAID_VERSION = VERSION.replace("rubric", "plan")
MOST_TARGETS = 200
FOR_STAFF = (
    "is_blind", "names_known_at", "marking_mode", "tolerance", "agreement_rule", "sample_percent",
    "sample_least", "pass_percent", "collected_at",
)  # fmt: skip
"""Members that are null for students."""


def _nullable(words: Any) -> Any:
    return serializers.ChoiceField(choices=words.choices, allow_null=True)


class GradingPlanSerializer(serializers.ModelSerializer[GradingPlan]):
    """How an assignment is graded.

    Students are told points, release, lateness, when to ask for another look, and the rubric
    without what it says to markers; all other members are null for them.
    """

    assignment = serializers.UUIDField(source="assignment_id", read_only=True)
    rubric = serializers.UUIDField(
        source="rubric_version.rubric_id", read_only=True, default=None, allow_null=True
    )
    rubric_version = serializers.SerializerMethodField()
    is_blind = serializers.BooleanField(read_only=True, allow_null=True)
    marking_mode = _nullable(MarkingMode)
    agreement_rule = _nullable(AgreementRule)
    tolerance = serializers.DecimalField(
        max_digits=7, decimal_places=2, read_only=True, allow_null=True
    )
    sample_percent = serializers.IntegerField(read_only=True, allow_null=True)
    sample_least = serializers.IntegerField(read_only=True, allow_null=True)
    pass_percent = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = GradingPlan
        fields = [
            "id", "assignment", "rubric", "rubric_version", "points", "is_blind",
            "names_known_at", "marking_mode", "tolerance", "agreement_rule", "sample_percent",
            "sample_least", "pass_percent", "release_mode", "release_at", "late_owner",
            "late_rule", "late_percent", "late_interval", "late_floor", "regrade_days",
            "regrade_wait_hours", "collected_at", "version",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(RubricVersionSerializer(allow_null=True))
    def get_rubric_version(self, plan: GradingPlan) -> dict[str, Any] | None:
        """What is asked; null where no rubric is chosen."""
        if plan.rubric_version is None:
            return None
        return dict(RubricVersionSerializer(plan.rubric_version, context=self.context).data)

    def to_representation(self, plan: GradingPlan) -> dict[str, Any]:
        """The members, as far as they are for the person."""
        told = dict(super().to_representation(plan))
        if not self.context.get("for_markers"):
            told |= dict.fromkeys(FOR_STAFF)
        return told


class PlanShape(Change):
    """How an assignment is graded; what is left out stays, or is as usual.

    `rubric` takes the newest version of a rubric of the seminar; one of your library is copied.
    """

    empty = {"rubric": None, "points": None, "release_at": None}

    rubric = Id(required=False)
    points = Points(required=False)
    is_blind = Switch(required=False)
    marking_mode = Choice(choices=MarkingMode.choices, required=False)
    tolerance = Points(required=False)
    agreement_rule = Choice(choices=AgreementRule.choices, required=False)
    sample_percent = Whole(required=False)
    sample_least = Whole(required=False)
    pass_percent = Whole(required=False)
    release_mode = Choice(choices=ReleaseMode.choices, required=False)
    release_at = Moment(required=False)
    late_owner = Choice(choices=LateOwner.choices, required=False)
    late_rule = Choice(choices=LateRule.choices, required=False)
    late_percent = Points(required=False)
    late_interval = Choice(choices=LateInterval.choices, required=False)
    late_floor = Points(required=False)
    regrade_days = Whole(required=False)
    regrade_wait_hours = Whole(required=False)

    def plan(self) -> PlanInput:
        """The members as the actions take them."""
        given = dict(self.validated_data)
        for name in ("version", "reason"):
            given.pop(name, None)
        if "rubric" in given:
            given["rubric_id"] = given.pop("rubric")
        return cast("PlanInput", given)


class PlanChangeShape(PlanShape):
    """The same, and why: demanded where scores move."""

    reason = Text(required=False)
    version = Whole(required=False, help_text=SAID_VERSION)


class ReasonShape(Shape):
    """Why."""

    reason = Text(required=False)
    version = Whole(required=False, help_text=SAID_VERSION)


class MoveShape(ReasonShape):
    """To which version of the plan's rubric, by its number; `dry_run` only tells what would move."""

    number = Whole()
    dry_run = Switch(required=False)


class AlikeShape(Shape):
    """Which other assignments of the seminar."""

    assignments = serializers.ListField(child=Id(), max_length=MOST_TARGETS)
    version = Whole(required=False, help_text=SAID_VERSION)


class MovedSerializer(serializers.Serializer[Any]):
    """A work whose score moves; numbers are null where there is none."""

    work = serializers.UUIDField()
    name = serializers.CharField(help_text="The alias, in blind marking.")
    before = serializers.DecimalField(max_digits=7, decimal_places=2, allow_null=True)
    after = serializers.DecimalField(max_digits=7, decimal_places=2, allow_null=True)


class SimulationSerializer(serializers.Serializer[Any]):
    """What a change would do to scores."""

    works = serializers.IntegerField()
    marks = serializers.IntegerField()
    moved = MovedSerializer(many=True)
    looks = serializers.ListField(
        child=serializers.UUIDField(), help_text="Works of which something became unset."
    )
    released = serializers.ListField(
        child=serializers.UUIDField(), help_text="Works whose grades stay until they are reopened."
    )


def told(plan: GradingPlan, simulation: Simulation) -> dict[str, Any]:
    """The simulation, with works under the names that markers of the plan know."""
    shown = {
        "works": simulation.works,
        "marks": simulation.marks,
        "moved": [
            {
                "work": one.work.pk,
                "name": shown_name(one.work, plan),
                "before": one.before,
                "after": one.after,
            }
            for one in simulation.moved
        ],
        "looks": [work.pk for work in simulation.looks],
        "released": [work.pk for work in simulation.released],
    }
    return dict(SimulationSerializer(shown).data)


class PlanReader(ApiView):
    """What views of one assignment's grading share."""

    queryset = GradingPlan.objects.none()
    serializer_class: type[serializers.BaseSerializer[Any]] = GradingPlanSerializer
    permission_classes = [permissions.IsAuthenticated, TokenScope]
    required_read_scope = Scope.MARKS_READ
    required_scope = Scope.MARKS_WRITE
    demands = frozenset({"PATCH", "POST"})
    caching = NO_COPIES

    def find(self) -> None:
        """The assignment, and for a change whether the person sets up its grading.

        Raises Missing, NotAllowed.
        """
        concerned = Assignment.objects.set_to(self.user).select_related("seminar")
        found = concerned.filter(pk=self.kwargs["assignment_id"]).first()
        if found is None:
            raise Missing
        self.assignment = found
        self.membership = membership_of(self.user, found.seminar)
        if self.request.method not in SAFE_METHODS and not may_set_up_grading(
            self.membership, found.seminar
        ):
            raise NotAllowed(ONLY_INSTRUCTORS)

    def get_serializer_context(self) -> dict[str, Any]:
        """Members for staff, and the text for markers, are shown to staff alone."""
        member = getattr(self, "membership", None)
        return {**super().get_serializer_context(), "for_markers": may_read_marker_text(member)}

    def plan(self) -> GradingPlan | None:
        """The plan as it stands now, with its rubric. Takes 4 queries."""
        versions = RubricVersion.objects.select_related("published_by")
        rows = GradingPlan.objects.visible_to(self.user).filter(assignment=self.assignment)
        read = Prefetch("rubric_version", versions.prefetch_related(with_content()))
        return rows.prefetch_related(read).first()

    def current(self) -> Any:
        """The plan as the person may see it now; None where nothing is set up."""
        plan = self.plan()
        return None if plan is None else self.get_serializer(plan).data

    def shown(self) -> dict[str, Any]:
        """The plan as it is answered. Raises Missing."""
        current = self.current()
        if current is None:
            raise Missing
        return dict(current)

    def given(self, shape: type[Shape]) -> Any:
        """The body by that shape, once it is judged."""
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return body


class GradingPlanView(PlanReader):
    """How one assignment is graded."""

    compares = True

    @extend_schema(
        responses={200: GradingPlanSerializer},
        operation_id="assignments_grading_plan_retrieve",
        description="How the assignment is graded. For students the members that are not theirs "
        "are null.",
    )
    def get(self, request: Request, assignment_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The plan."""
        return Response(self.shown())

    @extend_schema(
        request=PlanChangeShape,
        responses={200: GradingPlanSerializer, 201: GradingPlanSerializer},
        operation_id="assignments_grading_plan_update",
        description="Set up how the assignment is graded, or put another set-up in its place: "
        "what is left out is as usual then. Where there is one already, name its version.",
    )
    def put(self, request: Request, assignment_id: UUID) -> Response:
        """Set it up, or replace it."""
        shape = self.given(PlanChangeShape)
        if self.plan() is None:
            set_up_grading(actor=self.user, assignment_id=assignment_id, **shape.plan())
            return Response(self.shown(), status=201)
        if not names_version(request):
            raise PreconditionRequired
        return self._changed(shape, cast("PlanInput", {**USUAL, **shape.plan()}))

    @extend_schema(
        request=PlanChangeShape,
        responses={200: GradingPlanSerializer},
        operation_id="assignments_grading_plan_partial_update",
        description="Change what is given. Where scores move, a `reason` is demanded "
        "(`reason_required`), and every grade that moves keeps it; released grades stay.",
    )
    def patch(self, request: Request, assignment_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Change it."""
        shape = self.given(PlanChangeShape)
        return self._changed(shape, shape.plan())

    def _changed(self, shape: Any, given: PlanInput) -> Response:
        change_plan(
            actor=self.user,
            assignment_id=self.assignment.pk,
            version=self.version(shape),
            reason=shape.validated_data.get("reason", ""),
            via=Via.API,
            **given,
        )
        return Response(self.shown())


def _usual() -> dict[str, Any]:
    plan = GradingPlan()
    usual: dict[str, Any] = {"rubric_id": None}
    for name, field in PlanShape().fields.items():
        value = getattr(plan, name, None)
        if isinstance(field, Points) and value is not None:
            value = Decimal(value)
        usual[name] = value
    del usual["rubric"]
    return usual


USUAL = _usual()
"""A plan of which nothing is said."""


class PlanTry(PlanReader):
    """What a change of the plan would move."""

    demands = frozenset()
    makes_nothing = True

    @extend_schema(
        request=PlanShape,
        responses={200: SimulationSerializer},
        operation_id="assignments_grading_plan_try_create",
        description="What a PATCH with the same members would move. Nothing is changed.",
    )
    def post(self, request: Request, assignment_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Try it."""
        plan = self.plan()
        if plan is None:
            raise Missing
        shape = self.given(PlanShape)
        _, simulation = tried_plan(actor=self.user, assignment_id=assignment_id, **shape.plan())
        return Response(told(plan, simulation))


class PlanMove(PlanReader):
    """The plan taken to another version of its rubric."""

    @extend_schema(
        request=MoveShape,
        responses={200: SimulationSerializer},
        operation_id="assignments_grading_plan_move_create",
        description="Ask by that version of the rubric, and take all marks to it, by the keys of "
        "criteria and levels. With `dry_run` nothing is changed. The answer is what moves.",
    )
    def post(self, request: Request, assignment_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Move it."""
        shape = self.given(MoveShape)
        given = shape.validated_data
        if given.get("dry_run"):
            self.makes_nothing = True
            plan, simulation = simulate_move(self.user, assignment_id, given["number"])
        else:
            plan, simulation = move_plan_to_version(
                actor=self.user,
                assignment_id=assignment_id,
                number=given["number"],
                version=self.version(shape),
                reason=given.get("reason", ""),
                via=Via.API,
            )
        return Response(told(plan, simulation))


class PlanEndBlind(PlanReader):
    """The end of blind marking."""

    @extend_schema(
        request=ReasonShape,
        responses={200: GradingPlanSerializer},
        operation_id="assignments_grading_plan_end_blind_create",
        description="Let markers know the names from now on. It cannot be taken back, and stands "
        "in the history of every grade.",
    )
    def post(self, request: Request, assignment_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """End it."""
        shape = self.given(ReasonShape)
        end_blind(
            actor=self.user,
            assignment_id=assignment_id,
            version=self.version(shape),
            reason=shape.validated_data.get("reason", ""),
            via=Via.API,
        )
        return Response(self.shown())


class PlanApply(PlanReader):
    """Other assignments graded alike, which are answered all at once."""

    pagination_class = None

    @extend_schema(
        request=AlikeShape,
        responses={200: GradingPlanSerializer(many=True)},
        operation_id="assignments_grading_plan_apply_create",
        description="Grade these assignments of the seminar as this one: all of them, or none. A "
        "scheduled release is not taken over. Answers with their plans.",
    )
    def post(self, request: Request, assignment_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Apply it."""
        shape = self.given(AlikeShape)
        made = apply_plan_to(
            actor=self.user,
            assignment_id=assignment_id,
            version=self.version(shape),
            to=shape.validated_data["assignments"],
        )
        rows = GradingPlan.objects.filter(pk__in=[one.pk for one in made]).order_by("pk")
        versions = RubricVersion.objects.select_related("published_by")
        read = Prefetch("rubric_version", versions.prefetch_related(with_content()))
        plans = rows.prefetch_related(read)
        return Response(self.get_serializer(plans, many=True).data)
