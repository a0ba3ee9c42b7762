"""Debates as files in the API: taken away in any format, taken in by staff."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpResponse
from django.utils.functional import cached_property
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import permissions, serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.response import Response

from annotations.exchange.actions import ONLY_STAFF, import_debate, undo_import
from annotations.exchange.bulk.answers import headers_by, streamed, summary_of, tag_by, tag_of
from annotations.exchange.bulk.scope import OPTIONS, Scope, Wanted
from annotations.exchange.bulk.writing import BULK, BulkFormat, format_named, format_of
from annotations.exchange.formats.registry import FORMATS, READABLE
from annotations.exchange.formats.strict import LARGEST
from annotations.exchange.queries.debates import export_of
from annotations.exchange.queries.plans import import_of, plan_of, reading_of
from annotations.exchange.views import file_response
from annotations.models import ImportedGraph
from annotations.permissions import may_keep_map
from annotations.queries.conditions import state_of, stem_of
from debate.accounts.authentication import TokenScope
from debate.assignments.actions import lock_assignment
from debate.assignments.models import Assignment
from debate.core.api.conditional import is_unmodified, refuse_stale
from debate.core.api.exceptions import BadParameters
from debate.core.api.parsers import FileParser
from debate.core.api.views import ApiView
from debate.core.db import ANYBODY, THIS, Finder, Somebody
from debate.core.errors import Invalid, Missing, NotAllowed
from debate.seminars.models import Seminar
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http.response import HttpResponseBase
    from rest_framework.renderers import BaseRenderer
    from rest_framework.request import Request

    from annotations.exchange.queries.plans import Plan
    from debate.accounts.models import User

_RECORDS = [name for name, one in BULK.items() if not one.is_document]


class FirstOffered(BaseContentNegotiation):
    """What comes is decided by `?format=` alone, so that `Accept` refuses nothing."""

    def select_renderer(
        self,
        request: Request,  # noqa: ARG002 - DRF's signature
        renderers: Any,
        format_suffix: str | None = None,  # noqa: ARG002 - DRF's signature
    ) -> tuple[BaseRenderer, str]:
        """The renderer of errors."""
        return renderers[0], renderers[0].media_type


class DebateParser(FileParser):
    """A debate, which its format's reader judges."""

    media_type = "application/json"
    most = LARGEST
    sentence = f"The file is larger than the {LARGEST:,} bytes taken."


class PlanSerializer(serializers.Serializer[Any]):
    """What a file would make of the map, or made."""

    format = serializers.ChoiceField(choices=list(READABLE), read_only=True)
    counts = serializers.DictField(child=serializers.IntegerField(), read_only=True)
    twins = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        help_text="Claims whose words are on the map already.",
    )
    kept = serializers.DictField(
        child=serializers.IntegerField(),
        read_only=True,
        help_text="What stays in the file only, and goes out with the debate again.",
    )
    incomplete = serializers.ListField(
        child=serializers.DictField(), read_only=True, help_text="Unfinished steps of xAIF."
    )


class ImportSerializer(serializers.ModelSerializer[ImportedGraph]):
    """A file that was taken in, and which rows were made of its ids."""

    class Meta:
        model = ImportedGraph
        fields = ["id", "format", "name", "mapping", "created_at"]
        read_only_fields = fields


class SummarySerializer(serializers.Serializer[Any]):
    """What the last line of an export says."""

    end = serializers.BooleanField(read_only=True)
    count = serializers.IntegerField(read_only=True, help_text="How many records there are.")
    cursor = serializers.CharField(
        read_only=True, help_text="Ask for changes since it, and you miss none."
    )


_AUTHORS = OpenApiParameter(
    "authors",
    str,
    enum=["shown", "pseudonym"],
    description="As they are shown to you, which is the default; or nobody by name, id or mention, "
    "and without those who have not consented where the seminar asks.",
)
_PROJECT = OpenApiParameter(
    "project",
    str,
    description="For which project: pseudonyms are the same within it, and differ between two.",
)
_CELLS = OpenApiParameter(
    "cells",
    str,
    enum=["exact", "safe"],
    description="Of tables: exact, which is the default, or safe to open in a spreadsheet.",
)
_TRAILER = OpenApiParameter(
    "trailer",
    str,
    enum=["1", "0", "true", "false"],
    description="Of NDJSON: 0 for records alone. `Link` then names the resource with count and "
    "cursor.",
)
_SNAPSHOT = OpenApiParameter(
    "snapshot", str, description="As the `Link` of the export gives it; without, it is of now."
)
_UNCHANGED = OpenApiResponse(description="You have it in this state.")
_ENOUGH = "At most 4 exports are made at once, 2 of one person; wait as `Retry-After` says."


def _answers(*names: str) -> dict[Any, Any]:
    known: dict[str, Any] = {**FORMATS, **BULK}
    types = dict.fromkeys(known[name].media_type.partition(";")[0] for name in names)
    shapes = {True: OpenApiTypes.OBJECT, False: OpenApiTypes.BINARY}
    answers = {(200, one): shapes[one.endswith(("/json", "+json"))] for one in types}
    return answers | {304: _UNCHANGED}


class BulkView(ApiView):
    """Whatever one may read of something as a stream of records or as a file."""

    queryset = ImportedGraph.objects.none()
    serializer_class = serializers.Serializer
    query_parameters = frozenset({"format", *OPTIONS})
    content_negotiation_class = FirstOffered
    rate = "bulk"

    def find(self) -> None:
        """What is taken away. Raises Missing."""
        _ = self.scope

    @cached_property
    def scope(self) -> Scope:
        """What is taken away. Raises Missing."""
        return self.found()

    def found(self) -> Scope:
        """What the address names. Raises Missing."""
        raise NotImplementedError

    def form(self, wanted: Wanted) -> BulkFormat:
        """The format that is wanted. Raises Invalid."""
        return format_of(self.scope, wanted)

    def tagged(self, wanted: Wanted, base: str) -> tuple[str, str]:
        """The tag of what would be told now, and what files of it are called."""
        return tag_of(self.scope, wanted, base), self.scope.stem

    def stream(self, request: Request) -> HttpResponseBase:
        """The export, or that the asker has it as it is."""
        try:
            wanted = Wanted.read(request.query_params)
            form = self.form(wanted)
        except Invalid as error:
            raise BadParameters({error.field: [error.sentence]}) from error
        base = request.build_absolute_uri("/")[:-1]
        tag, stem = self.tagged(wanted, base)
        refuse_stale(request, 0)
        if is_unmodified(request, tag) or request.method == "HEAD":
            response: HttpResponseBase = HttpResponse(headers=headers_by(stem, form))
        else:
            response = streamed(request._request, self.scope, wanted, base=base)  # noqa: SLF001 - which server it came by
        response["ETag"] = tag
        return response


class SummaryView(BulkView):
    """How many records an export without a last line has, and its cursor."""

    serializer_class = SummarySerializer
    query_parameters = frozenset({"snapshot"})
    rate = ""

    def told(self, request: Request) -> Response:
        """What the last line would say. Raises Missing.

        Its cursor is made anew each time. The tag is that of the export, which is the same as long
        as what the cursors stand before is.
        """
        sealed = request.query_params.get("snapshot", "")
        base = request.build_absolute_uri("/")[:-1]
        tag = "" if sealed else tag_of(self.scope, Wanted(), base)
        headers = {"ETag": tag} if tag else None
        return Response(summary_of(self.scope, sealed), headers=headers)


class OfAssignment(ApiView):
    """What is of one assignment."""

    def found(self) -> Scope:
        """The assignment. Raises Missing."""
        return Scope(self.request.user, assignment=_assignment(self))


class OfSeminar(ApiView):
    """What is of one seminar, for its members."""

    def found(self) -> Scope:
        """The seminar. Raises Missing."""
        known = Seminar.objects.visible_to(self.request.user)
        seminar = known.filter(pk=self.kwargs["seminar_id"]).first()
        if seminar is None:
            raise Missing
        return Scope(self.request.user, seminar=seminar)


class OfMine(ApiView):
    """What is of the person who asks."""

    permission_classes = [permissions.IsAuthenticated, TokenScope]

    def found(self) -> Scope:
        """All of one's own."""
        return Scope(self.request.user)


class ExportView(OfAssignment, BulkView):
    """One assignment as a file: its debate, or all annotations."""

    def find(self) -> None:
        """The state in which the person sees the assignment, which suffices for most. Raises Missing."""
        state = state_of(self.request.user, self.kwargs["assignment_id"])
        if state is None:
            raise Missing
        self.state = state

    @cached_property
    def scope(self) -> Scope:
        """The assignment, in the state that was found. Raises Missing."""
        return replace(self.found(), known=self.state)

    def form(self, wanted: Wanted) -> BulkFormat:
        """The format that is wanted, which may be a document. Raises Invalid."""
        return format_named(wanted.format, of_assignment=True)

    def tagged(self, wanted: Wanted, base: str) -> tuple[str, str]:
        """As of every export; the assignment itself is looked at for pseudonyms alone."""
        if wanted.is_pseudonymous:
            return super().tagged(wanted, base)
        return tag_by(self.state, wanted, base), stem_of(self.state)

    @extend_schema(
        operation_id="assignments_export_retrieve",
        description="The argument and who said what, or all annotations, as far as you may know "
        "them, as a file. NDJSON comes from one state of the database and ends in a line "
        '`{"end": true, "count": …, "cursor": …}`, without which it broke off. The ETag tells one '
        f"state from another: send it as If-None-Match. {_ENOUGH}",
        parameters=[
            OpenApiParameter(
                "format",
                str,
                enum=[*FORMATS, *BULK],
                description='As which file; "native" if none.',
            ),
            _AUTHORS,
            _PROJECT,
            _CELLS,
            _TRAILER,
        ],
        responses=_answers(*FORMATS, *BULK),
    )
    def get(self, request: Request, assignment_id: Any) -> HttpResponseBase:  # noqa: ARG002 - DRF's signature
        """The file."""
        name = request.query_params.get("format", "native")
        if name in BULK:
            return self.stream(request)
        if name not in FORMATS:
            raise BadParameters(
                {"format": ["Choose one of: " + ", ".join([*FORMATS, *BULK]) + "."]}
            )
        for option in OPTIONS:
            if option in request.query_params:
                raise BadParameters({option: ["The formats of debates take no such option."]})
        assignment: Any = self.scope.assignment
        return file_response(export_of(request.user, assignment, name))


class ExportSummaryView(OfAssignment, SummaryView):
    """What the last line of an assignment's export would say."""

    @extend_schema(
        operation_id="assignments_export_summary_retrieve",
        description="Count and cursor of an export that was taken with `trailer=0`, at its "
        "`Link`: of the very state that its records are of.",
        parameters=[_SNAPSHOT],
        responses={200: SummarySerializer},
    )
    def get(self, request: Request, assignment_id: Any) -> Response:  # noqa: ARG002 - DRF's signature
        """Count and cursor."""
        return self.told(request)


class SeminarExportView(OfSeminar, BulkView):
    """All annotations of a seminar."""

    @extend_schema(
        operation_id="seminars_export_retrieve",
        description="All annotations of a seminar that you may read, as of an assignment. "
        + _ENOUGH,
        parameters=[
            OpenApiParameter("format", str, enum=_RECORDS, description='"ndjson" if none.'),
            _AUTHORS,
            _PROJECT,
            _CELLS,
            _TRAILER,
        ],
        responses=_answers(*_RECORDS),
    )
    def get(self, request: Request, seminar_id: Any) -> HttpResponseBase:  # noqa: ARG002 - DRF's signature
        """The file."""
        return self.stream(request)


class SeminarExportSummaryView(OfSeminar, SummaryView):
    """What the last line of a seminar's export would say."""

    @extend_schema(
        operation_id="seminars_export_summary_retrieve",
        description="Count and cursor of a seminar's export, as of an assignment's.",
        parameters=[_SNAPSHOT],
        responses={200: SummarySerializer},
    )
    def get(self, request: Request, seminar_id: Any) -> Response:  # noqa: ARG002 - DRF's signature
        """Count and cursor."""
        return self.told(request)


class MeExportView(OfMine, BulkView):
    """All that the person wrote."""

    @extend_schema(
        operation_id="me_export_retrieve",
        description="All that you wrote, whatever its state, as of an assignment. " + _ENOUGH,
        parameters=[
            OpenApiParameter("format", str, enum=_RECORDS, description='"ndjson" if none.'),
            _AUTHORS,
            _PROJECT,
            _CELLS,
            _TRAILER,
        ],
        responses=_answers(*_RECORDS),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """The file."""
        return self.stream(request)


class MeExportSummaryView(OfMine, SummaryView):
    """What the last line of the export of one's own would say."""

    @extend_schema(
        operation_id="me_export_summary_retrieve",
        description="Count and cursor of the export of your own, as of an assignment's.",
        parameters=[_SNAPSHOT],
        responses={200: SummarySerializer},
    )
    def get(self, request: Request) -> Response:
        """Count and cursor."""
        return self.told(request)


class GraphImportView(ApiView):
    """A file taken in."""

    queryset = ImportedGraph.objects.none()
    serializer_class = ImportSerializer
    query_parameters = frozenset({"format", "dry_run", "name"})
    parser_classes = [DebateParser]

    def find(self) -> None:
        """The assignment, for staff. Raises Missing, NotAllowed."""
        self.assignment = _assignment(self)
        _check_may_import(self, self.assignment)

    @extend_schema(
        operation_id="assignments_graph_import_create",
        description="Take in claims, reasons and challenges from a file, which is the body; staff "
        "do. A faulty file is refused as a whole, and `faults` lists rule, place and sentence of "
        "each fault. With `dry_run` nothing is made, and the answer (200) tells what would be.",
        parameters=[
            OpenApiParameter(
                "format", str, enum=list(READABLE), description="Found out by itself if not given."
            ),
            OpenApiParameter("dry_run", bool, description="Only tell what would be made."),
            OpenApiParameter("name", str, description="What the file is called, for the list."),
        ],
        request={"application/json": OpenApiTypes.OBJECT},
        responses={200: PlanSerializer, 201: ImportSerializer},
    )
    def post(self, request: Request, assignment_id: Any) -> Response:  # noqa: ARG002 - DRF's signature
        """Take it in, or tell what would be made."""
        user = cast("User", request.user)
        asked = request.query_params
        tries = self.is_trial()
        if asked.get("format", "native") not in READABLE:
            raise BadParameters({"format": ["Choose one of: " + ", ".join(READABLE) + "."]})
        body: Any = request.data
        given: dict[str, Any] = {
            "format_name": asked.get("format", ""),
            "content": body if isinstance(body, bytes) else b"",
        }
        if tries:
            plan = plan_of(user, self.assignment, reading_of(**given))
            return Response(PlanSerializer(_told(plan)).data)
        graph = import_debate(
            actor=user, assignment_id=self.assignment.pk, name=asked.get("name", ""), **given
        )
        return Response(ImportSerializer(graph).data, status=201)


class GraphImportDetail(ApiView):
    """One file that was taken in."""

    queryset = ImportedGraph.objects.none()
    serializer_class = ImportSerializer

    def find(self) -> None:
        """The file, for staff. Raises Missing, NotAllowed."""
        self.assignment = _assignment(self)
        _check_may_import(self, self.assignment)
        self.current()

    def current(self) -> Any:
        """The file as it is listed. Raises Missing."""
        graph = import_of(self.assignment, self.kwargs["pk"])
        if graph is None:
            raise Missing
        return self.get_serializer(graph).data

    def hold(self) -> None:
        """Lock the assignment, as every change of its map does."""
        lock_assignment(self.assignment.pk)

    @extend_schema(
        operation_id="assignments_graph_import_retrieve",
        description="One file that was taken in, and which rows were made of its ids; for staff.",
    )
    def get(self, request: Request, assignment_id: Any, pk: Any) -> Response:  # noqa: ARG002 - DRF's signature
        """The file as it is listed."""
        return Response(self.current())

    @extend_schema(
        operation_id="assignments_graph_import_destroy",
        description="Take away a file and all that it made, as long as nothing of others bears on "
        "that; staff do.",
        responses={204: None},
    )
    def delete(self, request: Request, assignment_id: Any, pk: Any) -> Response:  # noqa: ARG002 - DRF's signature
        """Undo the import."""
        with self.unchanged():
            undo_import(actor=cast("User", request.user), graph_id=pk)
        return Response(status=204)


def _assignment(view: ApiView) -> Assignment:
    user, which = view.request.user, view.kwargs["assignment_id"]
    found = (_SEEN if user.pk else _PUBLIC).find(anybody=user.pk, this=which)
    if not found:
        raise Missing
    return found[0]


def _seen(by: UUID | None) -> QuerySet[Assignment]:
    known = Assignment.objects.visible_to(cast("User", Somebody(by))).for_pages()
    return known.filter(pk=THIS)


_SEEN, _PUBLIC = Finder(lambda: _seen(ANYBODY)), Finder(lambda: _seen(None))
"""The assignment of an address, for a person and for a visitor."""


def _check_may_import(view: ApiView, assignment: Assignment) -> None:
    membership = membership_of(cast("User", view.request.user), assignment.seminar)
    if not may_keep_map(membership, assignment.seminar):
        raise NotAllowed(ONLY_STAFF)


def _told(plan: Plan) -> dict[str, Any]:
    return {
        "format": plan.format,
        "counts": plan.counts,
        "twins": plan.twins,
        "kept": dict(plan.kept),
        "incomplete": [
            {"rule": one.rule, "place": one.place, "detail": one.sentence}
            for one in plan.incomplete
        ],
    }
