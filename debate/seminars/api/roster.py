"""A seminar's roster in the API: read in as CSV, taken away as CSV, and whom it expects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.response import Response

from debate.accounts.enums import Scope
from debate.core.api.fields import Choice, Shape, Text
from debate.core.api.views import NO_COPIES
from debate.core.errors import Missing, NotAllowed
from debate.seminars.actions.roster import apply_roster, forget_expected, plan_roster
from debate.seminars.api.people import MemberReader, SectionSerializer
from debate.seminars.enums import Role
from debate.seminars.models import RosterEntry
from debate.seminars.permissions import is_instructor
from debate.seminars.queries.people import roster_file

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request

DEEDS = ("join", "expect", "change", "amend", "same", "error")
LENGTH_OF_MARK = 64
ONLY_INSTRUCTORS = "Only instructors of this seminar read its roster."


class RosterLineSerializer(serializers.Serializer[Any]):
    """What one line does, and why in `detail`; of an error `field` is the column at fault."""

    line = serializers.IntegerField(source="number")
    email = serializers.CharField()
    name = serializers.CharField()
    role = serializers.CharField()
    section = serializers.CharField()
    deed = serializers.ChoiceField(choices=DEEDS)
    detail = serializers.CharField(source="sentence")
    field = serializers.CharField()


class RosterPlanSerializer(serializers.Serializer[Any]):
    """What a roster does, or did. `mark` tells this plan from what it would be later."""

    mark = serializers.CharField()
    is_sound = serializers.BooleanField(help_text="Whether it can be applied.")
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many lines do what."
    )
    lines = RosterLineSerializer(source="steps", many=True)
    new_sections = serializers.ListField(child=serializers.CharField())
    unused_columns = serializers.ListField(source="unused", child=serializers.CharField())
    absent = serializers.IntegerField(help_text="Members whom no line names; they stay.")


class RosterShape(Shape):
    """A roster as CSV: its first line names the columns, of which `email` is needed."""

    text = Text(help_text="At most 2,000 lines, 1 MiB. Also a plain list of addresses.")
    role = Choice(
        choices=Role.choices, required=False, help_text="Of lines that name none; student."
    )
    mark = Text(
        required=False,
        max_length=LENGTH_OF_MARK,
        help_text="That of the plan which was looked at: where it would do something else by now, "
        "it is a 409.",
    )


class ExpectedSerializer(serializers.ModelSerializer[RosterEntry]):
    """Somebody who is expected and becomes a member at the first sign-in by that address."""

    section = SectionSerializer(allow_null=True, read_only=True)

    class Meta:
        model = RosterEntry
        fields = ["id", "email", "name", "role", "section", "created_at", "updated_at"]
        read_only_fields = fields


class RosterReader(MemberReader):
    """What views of a roster share: all of it is for instructors."""

    required_read_scope = Scope.ROSTER_READ

    def find_member(self) -> None:
        """Nobody: the roster is all the people's. Raises NotAllowed for all but instructors."""
        if not is_instructor(self.membership):
            raise NotAllowed(ONLY_INSTRUCTORS)


class RosterView(RosterReader):
    """The roster of a seminar."""

    query_parameters = frozenset({"dry_run"})
    caching = NO_COPIES

    def known_parameters(self) -> frozenset[str]:
        """Of what is read in alone."""
        return self.query_parameters if self.request.method == "POST" else frozenset()

    @extend_schema(
        responses={(200, "text/csv"): OpenApiTypes.BINARY},
        operation_id="seminars_roster_retrieve",
        description="The seminar's people and those it expects as a CSV file, which can be read in "
        "again. For instructors, with the scope `roster:read`.",
    )
    def get(self, request: Request, seminar_id: UUID) -> HttpResponse:  # noqa: ARG002 - DRF's signature
        """The file."""
        return HttpResponse(
            roster_file(seminar_id),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{self.seminar.slug}-roster.csv"'
            },
        )

    @extend_schema(
        parameters=[
            OpenApiParameter("dry_run", bool, description="Only tell what each line would do.")
        ],
        request=RosterShape,
        responses={200: RosterPlanSerializer},
        operation_id="seminars_roster_create",
        description="Read in a roster: who has an account becomes a member, who has none is "
        "expected, and members get the role and section of their line. All of it is done or, while "
        "a line has an error, nothing (400). With `dry_run` nothing is done, and the answer tells "
        "what each line would do; sent again with its `mark`, exactly that is done. For "
        "instructors, with the scope `admin`.",
    )
    def post(self, request: Request, seminar_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Apply it, or tell what it would do."""
        tries = self.is_trial()
        shape = RosterShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = shape.validated_data
        roster: dict[str, Any] = {
            "seminar": self.seminar,
            "text": given["text"],
            "role": given.get("role", Role.STUDENT),
        }
        if tries:
            plan = plan_roster(**roster)
        else:
            plan = apply_roster(actor=self.user, mark=given.get("mark"), **roster)
        return Response(RosterPlanSerializer(plan).data)


class ExpectedReader(RosterReader):
    """What views of people who are expected share."""

    queryset = RosterEntry.objects.none()  # type: ignore[assignment]  # of those expected
    serializer_class = ExpectedSerializer  # type: ignore[assignment]  # as above

    def get_queryset(self) -> QuerySet[RosterEntry]:  # type: ignore[override]  # as above
        """Those whom the seminar expects."""
        entries = RosterEntry.objects.visible_to(self.user).filter(seminar=self.seminar)
        return entries.select_related("section")


@extend_schema_view(
    get=extend_schema(
        operation_id="seminars_expected_list",
        description="Who is expected: addresses of the roster whose owners have not signed in yet. "
        "For instructors, with the scope `roster:read`.",
    )
)
class ExpectedList(ExpectedReader, generics.ListAPIView[RosterEntry]):
    """Who is expected in one seminar."""

    has_pages = True


class ExpectedDetail(ExpectedReader):
    """One who is expected."""

    def find_member(self) -> None:
        """Whom the address names. Raises NotAllowed, Missing."""
        super().find_member()
        found = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        self.entry = found

    @extend_schema(
        operation_id="seminars_expected_retrieve",
        responses={200: ExpectedSerializer},
        description="One who is expected.",
    )
    def get(self, request: Request, seminar_id: UUID, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The entry of the roster."""
        return Response(self.get_serializer(self.entry).data)

    @extend_schema(
        responses={204: None},
        operation_id="seminars_expected_destroy",
        description="Expect somebody no longer. For instructors, with the scope `admin`.",
    )
    def delete(self, request: Request, seminar_id: UUID, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Forget the entry."""
        with self.unchanged():
            forget_expected(actor=self.user, entry_id=pk)
        return Response(status=204)
