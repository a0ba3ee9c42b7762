"""The OpenAPI 3.1 description, with the errors that every operation may answer."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from debate.core.api.exceptions import MEDIA_TYPE, TITLES
from debate.core.api.views import Answering

if TYPE_CHECKING:
    from rest_framework.request import Request

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details. Some codes add members, such as `candidate`.",
    "required": ["type", "title", "status", "code", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "The stable word for the cause."},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "RFC 6901, into the body."},
                    "parameter": {"type": "string", "description": "Of the query."},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
ALWAYS = (400, 401, 403, 406)
WITH_ID = (404,)
WRITING = (404, 409, 413, 415)
OF_ONE_ANNOTATION = (410,)
CHANGING = (412,)


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> Any:  # noqa: ARG001 - drf-spectacular's signature
    """A drf-spectacular post-processing hook: problem documents, and reading without a token."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            for status in _statuses(path, method):
                operation["responses"].setdefault(
                    str(status),
                    {
                        "description": TITLES[status],
                        "content": {
                            MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}
                        },
                    },
                )
            if method == "get" and not path.endswith("/me/"):
                security = operation.setdefault("security", [])
                if {} not in security:
                    security.append({})
    return result


def _statuses(path: str, method: str) -> list[int]:
    statuses = set(ALWAYS)
    if "{" in path:
        statuses.update(WITH_ID)
    if "/annotations/{" in path:
        statuses.update(OF_ONE_ANNOTATION)
    if method != "get":
        statuses.update(WRITING)
    if method in {"patch", "delete"}:
        statuses.update(CHANGING)
    return sorted(statuses)


@functools.cache
def description() -> dict[str, Any]:
    """The whole description; it is the same for everybody."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]  # drf-spectacular's
    schema: dict[str, Any] = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # as above
    return schema


class PlainJsonRenderer(JSONRenderer):
    """The description for clients that ask for plain JSON."""

    media_type = "application/json"


class SchemaView(Answering):
    """The description as JSON, or as YAML when that is asked for."""

    renderer_classes = [OpenApiJsonRenderer, PlainJsonRenderer, OpenApiYamlRenderer]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """The OpenAPI document."""
        return Response(description())
