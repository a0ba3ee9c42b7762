"""Gradebooks in the API: taken away as a file, another system's file filled, who took part how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import permissions, serializers
from rest_framework.response import Response

from annotations.grading.filling import Filling, filling_of
from annotations.grading.formats.cells import MOST_BYTES
from annotations.grading.gradebooks import (
    CANVAS,
    CSV,
    FORMS,
    LONGEST_COLUMN,
    MEDIA_TYPES,
    answered,
    refuse_hidden_names,
    seminar_sheet,
    sheet_for,
)
from annotations.grading.models import GradingPlan
from annotations.grading.permissions import may_see_gradebook, may_take_grades
from annotations.grading.queries.participation import participation_of
from debate.accounts.authentication import TokenScope
from debate.accounts.enums import Scope
from debate.core.api.exceptions import BadParameters
from debate.core.api.fields import Shape, Text
from debate.core.api.filters import whole_parameter
from debate.core.api.parsers import BoundedJSONParser, FileParser
from debate.core.api.views import NO_COPIES, ApiView
from debate.core.errors import Invalid, Missing, NotAllowed
from debate.seminars.models import Seminar
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from debate.seminars.models import Membership

RELEASED, ALL = "released", "all"
NO, YES = "0", "1"
LAST_COLUMN = 99_999  # of any file
FORMS_OF_A_SEMINAR = [form for form in FORMS if form != CANVAS]
ONLY_INSTRUCTORS = "Only instructors of this seminar take its grades away."
ONLY_STAFF = "Only staff of this seminar see its grading."
GRADES = OpenApiParameter(
    "grades",
    str,
    enum=[RELEASED, ALL],
    description="What students read now, which is meant if none is given, or all grades as they "
    "stand.",
)
BOM = OpenApiParameter(
    "bom", str, enum=[NO, YES], description="1: a byte order mark before a CSV file."
)


class BookReader(ApiView):
    """What views of gradebooks share: they are for instructors, and kept nowhere."""

    queryset = GradingPlan.objects.none()
    permission_classes = [permissions.IsAuthenticated, TokenScope]
    required_read_scope = Scope.GRADES_READ
    caching = NO_COPIES
    required_scope = Scope.GRADES_READ
    refusal = ONLY_INSTRUCTORS

    def find(self) -> None:
        """The plan of the assignment. Raises Missing, NotAllowed for whoever may not."""
        plans = GradingPlan.objects.visible_to(self.user)
        known = plans.select_related("assignment__seminar", "rubric_version")
        found = known.filter(assignment=self.kwargs["assignment_id"]).first()
        if found is None:
            raise Missing
        self.plan = found
        self.judge_member(membership_of(self.user, found.assignment.seminar))

    def judge_member(self, membership: Membership | None) -> None:
        """Raise NotAllowed for all but those who may."""
        if membership is None or not self.may(membership):
            raise NotAllowed(self.refusal)
        self.membership = membership

    def may(self, membership: Membership) -> bool:
        """Whether the member may: instructors."""
        return may_take_grades(membership)


class Gradebook(BookReader):
    """The grades of an assignment as a file."""

    query_parameters = frozenset({"format", "grades", "bom", "column"})

    @extend_schema(
        parameters=[
            OpenApiParameter("format", str, enum=list(FORMS), description="csv if none."),
            GRADES,
            BOM,
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
        marked = _truth(given.get("bom", NO), "bom")
        column = given.get("column", "")
        if len(column) > LONGEST_COLUMN or "\x00" in column:
            raise BadParameters({"column": [f"At most {LONGEST_COLUMN} characters."]})
        sheet = sheet_for(self.user, self.plan, form, released=which == RELEASED, column=column)
        name = f"grades-{self.plan.assignment.slug}"
        return answered(sheet, form, name=name, marked=marked)


class SeminarGradebook(BookReader):
    """The grades of all assignments of a seminar as a file."""

    query_parameters = frozenset({"format", "grades", "bom"})

    def find(self) -> None:
        """The seminar. Raises Missing, NotAllowed for all but instructors."""
        known = Seminar.objects.visible_to(self.user).filter(pk=self.kwargs["seminar_id"])
        found = known.first()
        if found is None:
            raise Missing
        self.seminar = found
        self.judge_member(membership_of(self.user, found))

    @extend_schema(
        parameters=[
            OpenApiParameter("format", str, enum=FORMS_OF_A_SEMINAR, description="csv if none."),
            GRADES,
            BOM,
        ],
        responses={
            (200, MEDIA_TYPES[form].partition(";")[0]): OpenApiTypes.BINARY
            for form in FORMS_OF_A_SEMINAR
        },
        operation_id="seminars_gradebook_retrieve",
        description="The students of a seminar by its assignments: a table or a workbook. Where an "
        "assignment is marked blind, its column tells no grade.",
    )
    def get(self, request: Request, seminar_id: UUID) -> HttpResponse:  # noqa: ARG002 - DRF's signature
        """The file."""
        given = request.query_params
        form = _one_of(given.get("format", CSV), "format", FORMS_OF_A_SEMINAR)
        which = _one_of(given.get("grades", RELEASED), "grades", (RELEASED, ALL))
        marked = _truth(given.get("bom", NO), "bom")
        sheet = seminar_sheet(self.user, self.membership, released=which == RELEASED)
        return answered(sheet, form, name=f"gradebook-{self.seminar.slug}", marked=marked)


class ParticipantSerializer(serializers.Serializer[Any]):
    """A student, by alias while names are hidden, and the counts by column."""

    name = serializers.CharField()
    counts = serializers.DictField(child=serializers.IntegerField())


class ColumnSerializer(serializers.Serializer[Any]):
    """What is counted, and how that is called."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a member, not the option


class ParticipationSerializer(serializers.Serializer[Any]):
    """How much each student took part: what is in, never its worth."""

    columns = ColumnSerializer(many=True)
    students = ParticipantSerializer(many=True)


class ParticipationView(BookReader):
    """How much the students of an assignment took part, for staff."""

    required_read_scope = Scope.MARKS_READ
    refusal = ONLY_STAFF

    def may(self, membership: Membership) -> bool:
        """Whether the member may: staff."""
        return may_see_gradebook(membership)

    @extend_schema(
        responses={200: ParticipationSerializer},
        operation_id="assignments_participation_retrieve",
        description="How much each student whom you look after took part in an assignment: notes by "
        "kind, replies given and received, paragraphs. By alias while names are hidden.",
    )
    def get(self, request: Request, assignment_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The counts."""
        found = participation_of(self.user, self.membership, self.plan)
        shown = {
            "columns": [
                {"key": key, "label": label}
                for key, label in zip(found.columns, found.labels, strict=True)
            ],
            "students": [
                {
                    "name": one.name,
                    "counts": {
                        key: number.count
                        for key, number in zip(found.columns, one.counts, strict=True)
                    },
                }
                for one in found.people
            ],
        }
        return Response(ParticipationSerializer(shown).data)


class TableParser(FileParser):
    """A table in any encoding."""

    most = MOST_BYTES
    sentence = "The file is larger than 5 MB."


class FillShape(Shape):
    """The file as text, where it is sent as JSON."""

    text = Text()


class FillColumnSerializer(serializers.Serializer[Any]):
    """A column that could take grades; `number` counts from 0."""

    number = serializers.IntegerField()
    name = serializers.CharField()


class FillChangeSerializer(serializers.Serializer[Any]):
    """One cell that changes; `row` counts from 1."""

    row = serializers.IntegerField()
    person = serializers.CharField()
    column = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class FillingSerializer(serializers.Serializer[Any]):
    """What filling does: into which of the columns (null: say which), and what it changes."""

    system = serializers.CharField()
    columns = FillColumnSerializer(many=True)
    column = serializers.IntegerField(allow_null=True)
    changes = FillChangeSerializer(many=True)
    same = serializers.IntegerField(help_text="Rows that have the grade already.")
    people_left = serializers.ListField(
        child=serializers.CharField(), help_text="With a released grade, and not in the file."
    )


class GradebookFill(BookReader):
    """Another system's file filled with released grades."""

    parser_classes = [BoundedJSONParser, TableParser]
    makes_nothing = True
    query_parameters = frozenset({"column", "scales", "words", "dry_run"})

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "column",
                int,
                description="Which column takes the grades, counted from 0; that with the "
                "assignment's title if none is given.",
            ),
            OpenApiParameter(
                "scales",
                str,
                enum=[NO, YES],
                description="1: convert to the points that the file says.",
            ),
            OpenApiParameter(
                "words",
                str,
                enum=[NO, YES],
                description="0: without comments in the file's column for them.",
            ),
            OpenApiParameter("dry_run", bool, description="Only tell what would change."),
        ],
        request={"application/json": FillShape, "application/octet-stream": OpenApiTypes.BINARY},
        responses={
            (200, "text/csv"): OpenApiTypes.BINARY,
            (200, "application/json"): FillingSerializer,
        },
        operation_id="assignments_gradebook_fill_create",
        description="Send the gradebook that Canvas, Moodle or Blackboard gave out, or another CSV "
        "file with one row a person, at most 5 MB as it is or as text in JSON, and get it back "
        "with the released grades in it; all else stays to the byte. Nothing of it is kept: sent again, it is filled "
        "anew, whatever its `Idempotency-Key`. With `dry_run` the answer tells what "
        "would change. Not while names are hidden (`names_hidden`).",
    )
    def post(self, request: Request, assignment_id: UUID) -> Any:  # noqa: ARG002 - DRF's signature
        """The filled file, or what would change in it."""
        given = request.query_params
        tries = self.is_trial()
        refuse_hidden_names(self.plan)
        choice: dict[str, Any] = {
            "column": whole_parameter(request, "column", least=0, most=LAST_COLUMN),
            "scales": _truth(given.get("scales", NO), "scales"),
            "with_words": _truth(given.get("words", YES), "words"),
        }
        content = self._content(request.data)
        try:
            filling = filling_of(self.user, self.plan, content, **choice)
        except Invalid as refused:
            if refused.field != "column":
                raise
            raise BadParameters({"column": [refused.sentence]}) from refused
        if tries:
            return Response(FillingSerializer(_told_filling(filling)).data)
        if filling.column is None:
            raise Invalid("Say which column takes the grades: none has the assignment's title.")
        name = f"filled-{self.plan.assignment.slug}.csv"
        return HttpResponse(
            filling.content,
            content_type="text/csv",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _content(self, body: Any) -> bytes:
        """The bytes of the file, however they were sent. Raises ValidationError."""
        if isinstance(body, bytes):
            return body
        shape = FillShape(data=body)
        shape.is_valid(raise_exception=True)
        return str(shape.validated_data["text"]).encode()


def _told_filling(filling: Filling) -> dict[str, Any]:
    filled = filling.filled
    return {
        "system": filling.layout.system,
        "columns": [{"number": at, "name": one} for at, one in filling.layout.columns.items()],
        "column": filling.column,
        "changes": filled.changes if filled else [],
        "same": filled.same if filled else 0,
        "people_left": filling.people_left,
    }


def _truth(given: str, name: str) -> bool:
    return _one_of(given, name, (NO, YES)) == YES


def _one_of(given: str, name: str, known: Any) -> str:
    if given not in known:
        raise BadParameters({name: ["Choose one of: " + ", ".join(known) + "."]})
    return given
