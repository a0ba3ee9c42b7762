"""Works split among markers by a rule in the API: evenly, or by section."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import permissions, serializers
from rest_framework.response import Response

from annotations.grading.actions.queueing import find_plan_to_split, split_works
from annotations.grading.enums import MarkRole
from annotations.grading.models import GradingPlan
from debate.accounts.authentication import TokenScope
from debate.accounts.enums import Scope
from debate.core.api.fields import Choice, Id, Shape, Whole
from debate.core.api.views import NO_COPIES, ApiView

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

MOST_NAMED = 100
ROLES = [(one.value, one.label) for one in (MarkRole.FIRST, MarkRole.SECOND)]
"""Those of which works are split; a third marker is asked for by work."""


class SplitWorkSerializer(serializers.Serializer[Any]):
    """Who marks a work by the split; nothing of whose it is."""

    work = serializers.UUIDField()
    marker = serializers.UUIDField()


class SplitSerializer(serializers.Serializer[Any]):
    """Who marks which work by the rule, and in how many that is somebody else than before.

    Works to which the rule says nothing are left out. `counter` is the grading plan's after it.
    """

    works = SplitWorkSerializer(many=True)
    changed = serializers.IntegerField()
    counter = serializers.IntegerField()


class Markers(serializers.ListField):
    """The ids of the staff among whom works are split."""

    child = Id()
    default_error_messages = {
        "not_a_list": "Give a list of ids.",
        "empty": "Name at least one person.",
        "max_length": f"At most {MOST_NAMED} are taken.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MOST_NAMED, allow_empty=False, **options)


class SectionMarkerShape(Shape):
    """Who marks the works of a section's students."""

    section = Id()
    marker = Id()


class SplitShape(Shape):
    """How works are split: evenly among `markers`, or by `sections`, each with its marker.

    `counter` is that of the answer to a trial.
    """

    role = Choice(
        choices=ROLES,
        required=False,
        help_text="The first if none is given; the second only where two people mark a work.",
    )
    markers = Markers(required=False)
    sections = SectionMarkerShape(  # type: ignore[call-arg]  # of the list that many=True makes
        many=True, required=False, allow_empty=False, max_length=MOST_NAMED
    )
    counter = Whole(required=False, min_value=0)

    def validate(self, data: Any) -> Any:
        """One of markers and sections is needed."""
        if ("markers" in data) == ("sections" in data):
            raise serializers.ValidationError("Give either markers or sections.")
        return data


class SplitView(ApiView):
    """Who marks what of an assignment."""

    queryset = GradingPlan.objects.none()
    serializer_class = SplitSerializer
    permission_classes = [permissions.IsAuthenticated, TokenScope]
    required_scope = Scope.MARKS_WRITE
    query_parameters = frozenset({"dry_run"})
    caching = NO_COPIES

    def find(self) -> None:
        """The plan. Raises Missing, NotAllowed for all but instructors."""
        find_plan_to_split(self.user, self.kwargs["assignment_id"])

    @extend_schema(
        parameters=[
            OpenApiParameter("dry_run", bool, description="Only tell who would mark what.")
        ],
        request=SplitShape,
        responses={200: SplitSerializer},
        operation_id="assignments_split_create",
        description="Say by a rule who marks the works of the assignment, for instructors. Evenly, "
        "works that are assigned stay so and count to whom they are; by section, all works of its "
        "students get the marker. Works that are marked in the role, and released ones, stay as they "
        "are and count to whom marks them. Nobody is both markers of a work. With `dry_run` nothing is "
        "changed; sent again with the `counter` of that answer exactly this is done, or it is a 412 "
        "if anything was graded or assigned since.",
    )
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Split them, unless it is a trial."""
        tries = self.is_trial()
        shape = SplitShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = shape.validated_data
        split = split_works(
            actor=self.user,
            assignment_id=assignment_id,
            role=MarkRole(given.get("role", MarkRole.FIRST)),
            markers=given.get("markers", ()),
            sections=[(one["section"], one["marker"]) for one in given.get("sections", ())],
            counter=given.get("counter"),
            is_trial=tries,
        )
        works = [{"work": one, "marker": split.markers[one]} for one in sorted(split.markers)]
        shown = {"works": works, "changed": split.changed, "counter": split.counter}
        return Response(SplitSerializer(shown).data)
