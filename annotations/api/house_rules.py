"""The house rules of an assignment in the API: every version, and the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import generics, serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response

from annotations.actions.house_rules import ONLY_INSTRUCTORS, set_house_rules
from annotations.api.claims import SEMINAR, VERSION_HELP, MapPersonSerializer, named, with_named
from annotations.enums import Burden
from annotations.models import HouseRules
from annotations.permissions import may_set_rules
from debate.accounts.enums import Scope
from debate.assignments.api.inputs import Moment
from debate.assignments.models import Assignment
from debate.core.api.fields import Choice, Shape, Switch, Text, Whole
from debate.core.api.views import ApiView
from debate.core.errors import Missing, NotAllowed
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from debate.accounts.models import User

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description='The `version` of the rules that you saw, as `"3"`; 412 when there are newer ones.',
)


class HouseRulesSerializer(serializers.ModelSerializer[HouseRules]):
    """One version of the rules by which labels are kept."""

    assignment = serializers.UUIDField(source="assignment_id", read_only=True)
    by = serializers.SerializerMethodField()

    class Meta:
        model = HouseRules
        fields = [
            "id",
            "assignment",
            "version",
            "burden",
            "symmetric_rebuts",
            "cutoff_at",
            "students_mark_claims",
            "note",
            "by",
            "at",
        ]
        read_only_fields = fields

    @extend_schema_field(MapPersonSerializer(allow_null=True))
    def get_by(self, rules: HouseRules) -> dict[str, Any] | None:
        """Who set them; null where the name is not for you."""
        return named(rules, "by")


class HouseRulesShape(Shape):
    """Other rules; what is left out stays."""

    burden = Choice(choices=Burden.choices, required=False)
    symmetric_rebuts = Switch(required=False)
    cutoff_at = Moment(required=False, allow_null=True)
    students_mark_claims = Switch(required=False)
    note = Text(required=False, help_text="Why, in a line.")
    version = Whole(required=False, help_text=VERSION_HELP + " 0 where nobody has set any.")


@extend_schema_view(
    get=extend_schema(
        operation_id="assignments_house_rules_list",
        description="The versions of an assignment's house rules; the last one holds. Without any "
        "the defaults hold: no burden, symmetric rebuttals, no cut-off.",
    )
)
class HouseRulesList(ApiView, generics.ListAPIView[HouseRules]):
    """The house rules of one assignment."""

    has_pages = True
    page_order = ("version",)
    queryset = HouseRules.objects.none()
    serializer_class = HouseRulesSerializer
    required_scope = Scope.ADMIN

    def find(self) -> None:
        """The assignment, and for a post whether the person sets its rules."""
        user = cast("User", self.request.user)
        known = Assignment.objects.visible_to(user).select_related("seminar")
        assignment = known.filter(pk=self.kwargs["assignment_id"]).first()
        if assignment is None:
            raise Missing
        membership = membership_of(user, assignment.seminar)
        if self.request.method not in SAFE_METHODS and not may_set_rules(
            membership, assignment.seminar
        ):
            raise NotAllowed(ONLY_INSTRUCTORS)

    def get_queryset(self) -> QuerySet[Any]:
        """The versions, with who set them."""
        rules = HouseRules.objects.visible_to(self.request.user)
        mine = rules.filter(assignment=self.kwargs["assignment_id"])
        return with_named(mine, self.request.user, person="by", seminar=SEMINAR)

    @extend_schema(
        request=HouseRulesShape,
        responses={201: HouseRulesSerializer},
        operation_id="assignments_house_rules_create",
        parameters=[IF_MATCH],
        description="Keep other rules from now on, as the next version. For instructors, with the "
        "scope `admin`.",
    )
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Set the rules."""
        shape = HouseRulesShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = {**shape.validated_data, "version": self.version(shape)}
        actor = cast("User", request.user)
        rules = set_house_rules(actor=actor, assignment_id=assignment_id, **given)
        data = HouseRulesSerializer(self.get_queryset().get(pk=rules.pk)).data
        return Response(data, status=201)
