"""The OpenAPI description is whole, free of warnings, and says what the views answer."""

import re
from io import StringIO

import jsonschema
import pytest
from django.core.management import call_command
from rest_framework.settings import api_settings

from debate.accounts.enums import Scope
from debate.core import docs
from debate.core.api.described import examples
from debate.core.api.schema import description
from tests.site.sitemap import own_patterns

WRITES = {"post", "put", "patch", "delete"}
# The description itself, and the answer to addresses that there are not.
UNDESCRIBED = {"api:schema", "api:"}

# What pages and their scripts are told, and what any request may meet on our side.
NOT_OF_THE_API = {
    "nobody", "bad_cursor", "view_changed", "revised_meanwhile", "draft_changed", "posted",
    "too_many_drafts", "other_person", "too_many_streams", "throttled", "server_error",
    "unavailable", "method_not_allowed", "not_closed", "no_disagreement", "names_hidden",
}  # fmt: skip


def operations():
    return [
        pytest.param(method, path, operation, id=f"{method} {path}")
        for path, methods in description()["paths"].items()
        for method, operation in methods.items()
    ]


def test_description_validates_without_a_warning():
    told = StringIO()

    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO(), stderr=told)

    assert told.getvalue() == ""


def test_description_is_openapi_3_1():
    assert description()["openapi"].startswith("3.1")


def test_description_names_every_address_and_method():
    """What is not described, and what is described and not there."""
    offered = set()
    for name, route, view in own_patterns():
        if name.startswith("api:") and name not in UNDESCRIBED:
            path = "/" + re.sub(r"<\w+:(\w+)>", "{}", route)
            offered |= {(method, path) for method in _methods_of(view)}

    described = {
        (method, re.sub(r"\{\w+\}", "{}", path))
        for method, path, _ in (one.values for one in operations())
    }
    assert described == offered


def _methods_of(view):
    """The methods that a view answers by itself: those of a view set are named by its router."""
    if actions := getattr(view, "actions", None):
        return set(actions) - {"head"}
    return {one for one in WRITES | {"get"} if hasattr(view.cls, one)}


@pytest.mark.parametrize(("method", "path", "operation"), operations())
def test_operation_is_described_with_its_errors_and_ways_to_sign_in(method, path, operation):
    assert operation["description"]
    assert {"400", "401", "403", "406"} <= operation["responses"].keys()
    refused = operation["responses"]["400"]
    assert "invalid" in refused["x-codes"]
    assert "invalid" in refused["description"]
    problem = refused["content"]
    assert problem == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }
    needs_signing_in = method in WRITES or path == "/api/v1/me/"
    assert ({} in operation["security"]) is not needs_signing_in
    [scopes] = [way["bearer"] for way in operation["security"] if "bearer" in way]
    assert set(scopes) <= set(Scope.values)
    assert len(scopes) == 1
    assert {"session": []} in operation["security"]
    assert "429" in operation["responses"]
    assert ("422" in operation["responses"]) is (method == "post")


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("get", "/api/v1/annotations/", "read"),
        ("post", "/api/v1/annotations/", "write"),
        ("post", "/api/v1/seminars/{seminar_id}/members/", "admin"),
        ("get", "/api/v1/seminars/{seminar_id}/members/", "read"),
        ("get", "/api/v1/seminars/{seminar_id}/invitations/", "admin"),
    ],
)
def test_operation_names_the_scope_that_a_token_needs(method, path, scope):
    assert {"bearer": [scope]} in description()["paths"][path][method]["security"]


def test_every_code_that_is_explained_can_be_had_somewhere():
    explained = set(re.findall(r'<h3 id="(\w+)"', docs.text("errors").html))
    described = {
        code
        for _, _, operation in (one.values for one in operations())
        for response in operation["responses"].values()
        for code in response.get("x-codes", [])
    }

    assert explained - described == NOT_OF_THE_API
    assert described - explained == set()


@pytest.mark.parametrize("name", examples())
def test_example_is_as_its_schema_says(name):
    schemas = {"components": {"schemas": description()["components"]["schemas"]}}
    schema = {"$ref": f"#/components/schemas/{name}", **schemas}

    jsonschema.Draft202012Validator(schema).validate(examples()[name])


def test_creations_take_a_key():
    for method, path, operation in (one.values for one in operations()):
        named = {one["name"] for one in operation.get("parameters", [])}
        assert ("Idempotency-Key" in named) is (method == "post"), path


def test_creation_links_to_what_is_done_with_the_object():
    made = description()["paths"]["/api/v1/seminars/{seminar_id}/groups/"]["post"]
    named = {
        "path.seminar_id": "$request.path.seminar_id",
        "path.id": "$response.body#/id",
    }
    tagged = {**named, "header.If-Match": "$response.header.ETag"}

    assert made["responses"]["201"]["links"] == {
        "read": {"operationId": "seminars_groups_retrieve", "parameters": named},
        "change": {"operationId": "seminars_groups_partial_update", "parameters": tagged},
        "takeAway": {"operationId": "seminars_groups_destroy", "parameters": tagged},
    }


def test_links_lead_to_operations_with_these_parameters():
    known = {one.values[2]["operationId"]: one.values for one in operations()}
    links = [
        (link, known[link["operationId"]])
        for _, _, operation in known.values()
        for link in operation["responses"].get("201", {}).get("links", {}).values()
    ]

    assert len(links) > 25
    for link, (_, path, operation) in links:
        there = {f"{one['in']}.{one['name']}" for one in operation["parameters"]}
        assert link["parameters"].keys() <= there, path


def test_description_of_an_annotation_has_every_member_of_the_contract():
    annotation = description()["components"]["schemas"]["Annotation"]

    assert set(annotation["required"]) == set(annotation["properties"])
    assert set(annotation["properties"]) == {
        "id", "kind", "status", "status_reason", "audience", "group", "round", "author", "assignment",
        "body", "body_html", "anchors", "parent", "root", "reply_count", "is_answer", "is_unanswered",
        "is_late", "pinned_at", "locked_at", "tags", "version", "created_at", "updated_at", "html_url",
        "counterargument", "evidence", "support", "concession",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/vnd.oai.openapi+json"),
        ("application/json", "application/json"),
        ("application/vnd.oai.openapi", "application/vnd.oai.openapi"),
    ],
)
def test_description_is_served_to_anybody(api, db, accept, media_type):
    response = api(None).get("/api/v1/schema/", headers={"Accept": accept})

    assert response.status_code == 200
    assert response["Content-Type"].startswith(media_type)
    assert b"/api/v1/annotations/" in response.content


def test_suffix_never_chooses_the_format():
    assert api_settings.URL_FORMAT_OVERRIDE is None


@pytest.mark.parametrize(
    ("name", "member"),
    [("Assignment", "side"), ("Extension", "reason_code"), ("Member", "is_limited")],
)
def test_member_that_may_be_null_is_described_so(name, member):
    described = description()["components"]["schemas"][name]["properties"][member]

    kinds = described.get("oneOf", [described])
    assert {"$ref": "#/components/schemas/NullEnum"} in kinds or "null" in described["type"]
