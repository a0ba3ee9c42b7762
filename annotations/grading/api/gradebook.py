"""An assignment's gradebook as a file, for programs of its instructors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import permissions

from annotations.grading.gradebooks import (
    CSV,
    FORMS,
    LONGEST_COLUMN,
    MEDIA_TYPES,
    answered,
    sheet_for,
)
from annotations.grading.models import GradingPlan
from annotations.grading.permissions import may_take_grades
from debate.accounts.authentication import TokenScope
from debate.accounts.enums import Scope
from debate.core.api.exceptions import BadParameters
from debate.core.api.views import ApiView
from debate.core.errors import Missing, NotAllowed
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse
    from rest_framework.request import Request

RELEASED, ALL = "released", "all"


class Gradebook(ApiView):
    """The grades of an assignment as a file."""

    queryset = GradingPlan.objects.none()
    permission_classes = [permissions.IsAuthenticated, TokenScope]
    required_read_scope = Scope.GRADES_READ
    required_scope = Scope.GRADES_WRITE
    query_parameters = frozenset({"format", "grades", "bom", "column"})

    def find(self) -> None:
        """The plan of the assignment. Raises Missing, NotAllowed for all but instructors."""
        plans = GradingPlan.objects.visible_to(self.user)
        known = plans.select_related("assignment__seminar", "rubric_version")
        found = known.filter(assignment=self.kwargs["assignment_id"]).first()
        if found is None:
            raise Missing
        if not may_take_grades(membership_of(self.user, found.assignment.seminar)):
            raise NotAllowed("Only instructors of this seminar take its grades away.")
        self.plan = found

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """As of every view, but that grades are kept nowhere."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "private, no-store"
        return final

    @extend_schema(
        parameters=[
            OpenApiParameter("format", str, enum=list(FORMS), description="csv if none."),
            OpenApiParameter(
                "grades",
                str,
                enum=[RELEASED, ALL],
                description="What students read now, which is meant if none is given, or all "
                "grades as they stand.",
            ),
            OpenApiParameter(
                "bom", str, enum=["0", "1"], description="1: a byte order mark before a CSV file."
            ),
            OpenApiParameter(
                "column",
                str,
                description="What Canvas calls the assignment, with its id, such as "
                "`Week 6 commentary (90211)`.",
            ),
        ],
        responses={
            (200, kind.partition(";")[0]): OpenApiTypes.BINARY for kind in MEDIA_TYPES.values()
        },
        operation_id="assignments_gradebook_retrieve",
        description="The grades of an assignment: a table, a workbook, or the form that Canvas "
        "imports. In blind marking by alias; Canvas then gets none (`names_hidden`).",
    )
    def get(self, request: Request, assignment_id: UUID) -> HttpResponse:  # noqa: ARG002 - DRF's signature
        """The file."""
        given = request.query_params
        form = _one_of(given.get("format", CSV), "format", FORMS)
        which = _one_of(given.get("grades", RELEASED), "grades", (RELEASED, ALL))
        marked = _one_of(given.get("bom", "0"), "bom", ("0", "1"))
        column = given.get("column", "")
        if len(column) > LONGEST_COLUMN or "\x00" in column:
            raise BadParameters({"column": [f"At most {LONGEST_COLUMN} characters."]})
        sheet = sheet_for(self.user, self.plan, form, released=which == RELEASED, column=column)
        name = f"grades-{self.plan.assignment.slug}"
        return answered(sheet, form, name=name, marked=marked == "1")


def _one_of(given: str, name: str, known: Any) -> str:
    if given not in known:
        raise BadParameters({name: ["Choose one of: " + ", ".join(known) + "."]})
    return given
