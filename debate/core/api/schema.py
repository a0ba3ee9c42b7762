"""The OpenAPI 3.1 description, with the errors that every operation may answer."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from debate.core.api.exceptions import MEDIA_TYPE, TITLES
from debate.core.api.pagination import SOME_OF
from debate.core.api.views import CHANGING as CHANGING_METHODS
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
                    "header": {"type": "string", "description": "Of the request."},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": 'The `ETag` of the object that you change, or its version as `"3"`, or `*` for '
    "whatever there is. 412 when it is outdated.",
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "The `ETag` of the answer that you have; 304 while it is still the same.",
}
ETAG = {
    "description": "The strong tag of what is answered: its version and a hash, such as "
    '`"3-5f0c9a1b2d3e4f60"`.',
    "schema": {"type": "string"},
}
LINKED = {"get": "read", "patch": "change", "put": "replace", "delete": "takeAway"}
"""What a link from a creation to each method of the object's own address is called."""
ALWAYS = (400, 401, 403, 406)
WITH_ID = (404,)
WRITING = (404, 409, 413, 415)
OF_ONE_ANNOTATION = (410,)
CHANGING = (412,)
DEMANDING = (428,)


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> Any:  # noqa: ARG001 - drf-spectacular's signature
    """A drf-spectacular post-processing hook: problem documents, and reading without a token."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    result["components"].setdefault("headers", {})["ETag"] = ETAG
    add_parts(result["components"]["schemas"])
    add_conditions(result, generator)
    add_links(result)
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            for status in _statuses(path, method):
                operation["responses"].setdefault(str(status), _problem(status))
            if method == "get" and not path.endswith("/me/"):
                security = operation.setdefault("security", [])
                if {} not in security:
                    security.append({})
    return result


def add_parts(schemas: dict[str, Any]) -> None:
    """Of each object of which `fields` names members, the shape that has some of them.

    So that what a generated client gives from a list can be read without asking what it is first.
    """
    named = re.findall(rf"/schemas/{SOME_OF}(\w+)", str(schemas))
    for name in sorted(set(named)):
        schemas[f"{SOME_OF}{name}"] = {
            "type": "object",
            "description": "With `fields`: the members that it names, and no others.",
            "properties": schemas[name]["properties"],
        }


def add_conditions(result: dict[str, Any], generator: Any) -> None:
    """What each operation answers under a tag, and of what it demands one."""
    for path, _, verb, view in generator._get_paths_and_endpoints():  # noqa: SLF001 - the only way to the views
        method = verb.lower()
        operation = result["paths"].get(path, {}).get(method)
        if operation is None:
            continue
        responses = operation["responses"]
        if method == "get" and not view.has_tags:
            continue
        if method == "get":
            _parameter(operation, IF_NONE_MATCH)
            responses.setdefault("304", {"description": "You have it as it is."})
        elif verb in view.demands or verb in CHANGING_METHODS:
            always = type(view).demands_version is Answering.demands_version
            needed = verb in view.demands and always and not _may_say(result, operation, "version")
            _parameter(operation, {**IF_MATCH, "required": needed})
            may_demand = verb in view.demands or view.compares
            statuses = CHANGING + (DEMANDING if may_demand else ())
            for status in statuses:
                responses.setdefault(str(status), _problem(status))
        elif _may_be_stale(result, operation):
            responses.setdefault("412", _problem(412))
        for made in ("200", "201"):
            if "content" in responses.get(made, {}):
                headers = responses[made].setdefault("headers", {})
                headers.setdefault("ETag", {"$ref": "#/components/headers/ETag"})


def add_links(result: dict[str, Any]) -> None:
    """From what is created to what can be done with it, at its own address, and under its tag."""
    for path, operations in result["paths"].items():
        made = operations.get("post", {}).get("responses", {}).get("201")
        own = re.compile(rf"{re.escape(path)}\{{(\w+)\}}/")
        found = next(filter(None, map(own.fullmatch, result["paths"])), None)
        if not made or not found or not _has_id(result, made):
            continue
        around = {one: f"$request.path.{one}" for one in re.findall(r"\{(\w+)\}", path)}
        named = {**around, found[1]: "$response.body#/id"}
        linked = {one: result["paths"][found[0]].get(one) for one in LINKED}
        made["links"] = {
            LINKED[method]: {
                "operationId": operation["operationId"],
                "parameters": {
                    **{f"path.{name}": value for name, value in named.items()},
                    **({} if method == "get" else {"header.If-Match": "$response.header.ETag"}),
                },
            }
            for method, operation in linked.items()
            if operation
        }


def _has_id(result: dict[str, Any], response: dict[str, Any]) -> bool:
    """Whether the answer is one object with an `id`."""
    content = response.get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return "id" in result["components"]["schemas"].get(name, {}).get("properties", {})


def _parameter(operation: dict[str, Any], parameter: dict[str, Any]) -> None:
    """The parameter, in place of one of that name."""
    others = [one for one in operation.get("parameters", []) if one["name"] != parameter["name"]]
    operation["parameters"] = [*others, parameter]


def _may_be_stale(result: dict[str, Any], operation: dict[str, Any]) -> bool:
    """Whether a creation can say what it was made from, by a header or in its body."""
    named = {one["name"] for one in operation.get("parameters", [])}
    return IF_MATCH["name"] in named or _may_say(result, operation, "version", "counter")


def _may_say(result: dict[str, Any], operation: dict[str, Any], *members: str) -> bool:
    """Whether the body has one of the members, of which `version` is as good as If-Match."""
    content = operation.get("requestBody", {}).get("content", {})
    name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    schema = result["components"]["schemas"].get(name, {})
    return not schema.get("properties", {}).keys().isdisjoint(members)


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": TITLES[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _statuses(path: str, method: str) -> list[int]:
    statuses = set(ALWAYS)
    if "{" in path:
        statuses.update(WITH_ID)
    if "/annotations/{" in path:
        statuses.update(OF_ONE_ANNOTATION)
    if method != "get":
        statuses.update(WRITING)
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
