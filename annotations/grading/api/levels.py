"""One level for many works in the API: given to those that are ungraded, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import permissions, serializers
from rest_framework.response import Response

from annotations.grading.actions.bulk import MOST_AT_ONCE, find_plan, give_level, take_levels_back
from annotations.grading.enums import Via
from annotations.grading.forms.bulk import signed, unsigned
from annotations.grading.models import GradingPlan
from debate.accounts.authentication import TokenScope
from debate.accounts.enums import Scope
from debate.core.api.fields import Id, Shape, Text
from debate.core.api.views import NO_COPIES, ApiView
from debate.core.errors import Invalid

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

LONGEST_NOTE = 100_000


class GivenMarkSerializer(serializers.Serializer[Any]):
    """A mark of yours that has the level now, and whether it was begun for it."""

    mark = serializers.UUIDField(source="mark_id")
    version = serializers.IntegerField()
    is_begun = serializers.BooleanField()


class GivenLevelsSerializer(serializers.Serializer[Any]):
    """What was given; `note` is what it is taken back by, within ten minutes."""

    marks = GivenMarkSerializer(many=True)
    note = serializers.CharField()


class TakenLevelsSerializer(serializers.Serializer[Any]):
    """In how many works the level was taken back; what was changed since stays."""

    count = serializers.IntegerField()


class WorkIds(serializers.ListField):
    """The ids of works."""

    child = Id()
    default_error_messages = {
        "not_a_list": "Give a list of ids.",
        "max_length": f"At most {MOST_AT_ONCE} works are marked at once.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MOST_AT_ONCE, **options)


class LevelsShape(Shape):
    """Which level of which criterion, by their keys, and which works get it."""

    criterion = Id()
    level = Id()
    works = WorkIds()


class TakeBackShape(Shape):
    """The note of what was given."""

    note = Text(max_length=LONGEST_NOTE)


class LevelsReader(ApiView):
    """What both views share: the plan of the address, for those who mark by it."""

    queryset = GradingPlan.objects.none()
    serializer_class: type[serializers.BaseSerializer[Any]] = GivenLevelsSerializer
    permission_classes = [permissions.IsAuthenticated, TokenScope]
    required_scope = Scope.MARKS_WRITE
    caching = NO_COPIES

    def find(self) -> None:
        """The plan. Raises Missing, NotAllowed for all but staff."""
        find_plan(self.user, self.kwargs["assignment_id"])


class LevelsGive(LevelsReader):
    """How many works get a level at once."""

    @extend_schema(
        request=LevelsShape,
        responses={200: GivenLevelsSerializer},
        operation_id="assignments_levels_create",
        description="Give one level to those of the works that are still ungraded and that you have "
        "not set by that criterion, in drafts of yours. Works that others mark or hold are passed "
        "over.",
    )
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Give it."""
        shape = LevelsShape(data=request.data)
        shape.is_valid(raise_exception=True)
        keys = shape.validated_data["criterion"], shape.validated_data["level"]
        given = give_level(
            actor=self.user,
            assignment_id=assignment_id,
            criterion_key=keys[0],
            level_key=keys[1],
            work_ids=set(shape.validated_data["works"]),
            via=Via.API,
        )
        shown = {"marks": given, "note": signed(*keys, given)}
        return Response(GivenLevelsSerializer(shown).data)


class LevelsTakeBack(LevelsReader):
    """How that is undone."""

    serializer_class = TakenLevelsSerializer

    @extend_schema(
        request=TakeBackShape,
        responses={200: TakenLevelsSerializer},
        operation_id="assignments_levels_take_back_create",
        description="Take back what you gave to many works within the last ten minutes, where "
        "nobody has changed it since.",
    )
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Take it back."""
        shape = TakeBackShape(data=request.data)
        shape.is_valid(raise_exception=True)
        noted = unsigned(shape.validated_data["note"])
        if noted is None:
            raise Invalid("This can be taken back for ten minutes only.", field="note")
        criterion, level, given = noted
        count = take_levels_back(
            actor=self.user,
            assignment_id=assignment_id,
            criterion_key=criterion,
            level_key=level,
            given=given,
            via=Via.API,
        )
        return Response(TakenLevelsSerializer({"count": count}).data)
