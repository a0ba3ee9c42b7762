"""One's own grades as a file: what was released, with its feedback, and what one asked about it."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import orjson
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import permissions, serializers

from annotations.grading.models import Sheet
from annotations.grading.queries.mine import own_record
from debate.accounts.authentication import TokenScope
from debate.accounts.enums import Scope
from debate.core.api.exceptions import BadParameters
from debate.core.api.views import NO_COPIES, ApiView

if TYPE_CHECKING:
    from rest_framework.request import Request

NDJSON, JSON = "ndjson", "json"
MEDIA_TYPES = {NDJSON: "application/x-ndjson", JSON: "application/json"}


class MeExportGrades(ApiView):
    """All grades that the person was released."""

    queryset = Sheet.objects.none()
    serializer_class = serializers.Serializer
    permission_classes = [permissions.IsAuthenticated, TokenScope]
    required_read_scope = Scope.GRADES_READ
    query_parameters = frozenset({"format"})
    rate = "bulk"
    caching = NO_COPIES

    @extend_schema(
        parameters=[
            OpenApiParameter("format", str, enum=list(MEDIA_TYPES), description="ndjson if none.")
        ],
        responses={
            (200, MEDIA_TYPES[NDJSON]): OpenApiTypes.BINARY,
            (200, MEDIA_TYPES[JSON]): OpenApiTypes.OBJECT,
        },
        operation_id="me_export_grades_retrieve",
        description="Every grade that you were released as a student, as you were shown it, with "
        "the feedback (`type` is `grade`; `is_latest` tells whether it was shown anew since), and "
        "what you asked about it (`regrade_request`): as NDJSON, of which the last line is "
        '`{"end": true, "count": …}`, or as JSON, as `results`. Nothing that has not been released is in it. It stands beside '
        "the export of what you wrote, as it needs the scope `grades:read`.",
    )
    def get(self, request: Request) -> HttpResponse:
        """The file."""
        form = request.query_params.get("format", NDJSON)
        if form not in MEDIA_TYPES:
            raise BadParameters({"format": ["Choose one of: " + ", ".join(MEDIA_TYPES) + "."]})
        lines: list[dict[str, Any]] = own_record(self.user)
        if form == JSON:
            body = orjson.dumps({"results": lines})
        else:
            end = {"end": True, "count": len(lines)}
            body = b"".join(orjson.dumps(line) + b"\n" for line in chain(lines, [end]))
        return HttpResponse(
            body,
            content_type=MEDIA_TYPES[form],
            headers={"Content-Disposition": f'attachment; filename="my-grades.{form}"'},
        )
