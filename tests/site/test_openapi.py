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

# What pages and their scripts are told.
NOT_OF_THE_API = {
    "nobody", "bad_cursor", "revised_meanwhile", "draft_changed", "posted", "too_many_drafts",
    "other_person", "throttled",
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


COMPUTES = {
    "/api/v1/preview/",
    "/api/v1/assignments/{assignment_id}/gradebook/fill/",
    "/api/v1/assignments/{assignment_id}/grading-plan/try/",
}
"""Where a POST makes nothing."""


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
    assert ("422" in operation["responses"]) is (method == "post" and path not in COMPUTES)


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
    described |= {code for codes in description()["info"]["x-codes"].values() for code in codes}

    assert explained - described == NOT_OF_THE_API
    assert described - explained == set()


def test_refusals_that_any_request_may_meet_are_described_once():
    about = description()["info"]

    assert about["x-codes"] == {
        "405": ["method_not_allowed"],
        "500": ["server_error"],
        "503": ["unavailable"],
    }
    for status, [code] in about["x-codes"].items():
        assert f"{status} (`{code}`)" in about["description"]
    assert "/docs/web-annotation/" in about["description"]


@pytest.mark.parametrize(("method", "path", "operation"), operations())
def test_every_refusal_is_described_as_a_problem_document(method, path, operation):
    refusals = {status: one for status, one in operation["responses"].items() if status >= "400"}

    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert {status: one.get("content") for status, one in refusals.items()} == dict.fromkeys(
        refusals, problem
    )


@pytest.mark.parametrize(
    ("path", "status", "codes"),
    [
        ("/api/v1/changes/", "410", ["view_changed", "cursor_expired"]),
        ("/api/v1/assignments/{assignment_id}/changes/", "410", ["view_changed", "cursor_expired"]),
        ("/api/v1/changes/stream/", "410", ["view_changed", "cursor_expired"]),
        ("/api/v1/changes/stream/", "429", ["rate_limited", "too_many_streams"]),
        ("/api/v1/assignments/{assignment_id}/export/", "503", ["too_many_exports"]),
    ],
)
def test_refusal_of_feeds_and_exports_is_described(path, status, codes):
    assert description()["paths"][path]["get"]["responses"][status]["x-codes"] == codes


def test_parameters_of_pages_are_described_of_lists_that_are_read_alone():
    posts = [one.values for one in operations() if one.values[0] != "get"]

    assert len(posts) > 100
    for _, path, operation in posts:
        named = {one["name"] for one in operation.get("parameters", [])}
        assert named.isdisjoint({"cursor", "limit", "count"}), path


def test_annotation_is_described_in_the_forms_of_the_web():
    one = description()["paths"]["/api/v1/annotations/{id}/"]["get"]["responses"]["200"]

    assert {kind: shape["schema"].get("type") for kind, shape in one["content"].items()} == {
        "application/json": None,  # whole, or the members that were asked for
        "application/ld+json": "object",
        "text/turtle": "string",
    }


@pytest.mark.parametrize("name", examples())
def test_example_is_as_its_schema_says(name):
    schemas = {"components": {"schemas": description()["components"]["schemas"]}}
    schema = {"$ref": f"#/components/schemas/{name}", **schemas}

    jsonschema.Draft202012Validator(schema).validate(examples()[name])


def test_creations_take_a_key():
    for method, path, operation in (one.values for one in operations()):
        named = {one["name"] for one in operation.get("parameters", [])}
        assert ("Idempotency-Key" in named) is (method == "post" and path not in COMPUTES), path


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


def test_annotation_of_some_members_is_described_with_all_that_it_may_have():
    """So that the items of a list can be read in a typed client without a cast."""
    schemas = description()["components"]["schemas"]
    some = schemas["SomeOfAnnotation"]

    assert schemas["PaginatedAnnotationList"]["properties"]["results"]["items"] == {
        "anyOf": [
            {"$ref": "#/components/schemas/Annotation"},
            {"$ref": "#/components/schemas/SomeOfAnnotation"},
        ]
    }
    assert some["properties"] == schemas["Annotation"]["properties"]
    assert "required" not in some


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
    [
        ("Assignment", "side"),
        ("Extension", "reason_code"),
        ("Member", "is_limited"),
        ("GradingPlan", "rubric"),
        ("Rubric", "latest_version"),
        ("Rubric", "points"),
        ("Criterion", "marker_text"),
    ],
)
def test_member_that_may_be_null_is_described_so(name, member):
    described = description()["components"]["schemas"][name]["properties"][member]

    kinds = described.get("oneOf", [described])
    assert {"$ref": "#/components/schemas/NullEnum"} in kinds or "null" in described["type"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("post", "/api/v1/assignments/{assignment_id}/house-rules/", "412"),  # named, not demanded
        ("post", "/api/v1/assignments/{assignment_id}/releases/", "412"),  # by `counter`
        ("post", "/api/v1/imports/{id}/finish/", "412"),  # by `version`
        ("put", "/api/v1/assignments/{assignment_id}/grading-plan/", "428"),  # demanded of a second
        ("get", "/api/v1/assignments/{assignment_id}/gradebook/", "409"),
    ],
)
def test_operation_tells_what_it_may_meet_beside_the_usual(method, path, status):
    assert status in description()["paths"][path][method]["responses"]


def test_tag_is_described_of_all_that_is_read_but_feeds():
    without = set()
    for method, path, operation in (one.values for one in operations()):
        headers = {one["name"] for one in operation.get("parameters", []) if one["in"] == "header"}
        tagged = "ETag" in operation["responses"].get("200", {}).get("headers", {})
        if method == "get":
            assert ("If-None-Match" in headers, "304" in operation["responses"]) == (tagged,) * 2
            without |= set() if tagged else {path}

    assert without == {
        "/api/v1/changes/",
        "/api/v1/changes/stream/",
        "/api/v1/assignments/{assignment_id}/changes/",
    }


def test_version_is_demanded_of_what_is_there_alone():
    """An extension is granted, and one that is none taken away, from no version."""
    paths = description()["paths"]

    def demanded(path, method):
        headers = {one["name"]: one for one in paths[path][method]["parameters"]}
        return headers["If-Match"]["required"]

    extension = "/api/v1/assignments/{id}/extensions/{user_id}/"
    assert [demanded(extension, method) for method in ("put", "delete")] == [False, False]
    assert demanded("/api/v1/seminars/{seminar_id}/groups/{id}/", "delete")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/claims/{id}/split/", "201"),
        ("/api/v1/sources/copy/", "201"),
        ("/api/v1/seminars/{seminar_id}/vocabulary/copy/", "201"),
        ("/api/v1/assignments/{assignment_id}/grading-plan/apply/", "200"),
    ],
)
def test_list_that_is_answered_whole_is_described_so(path, status):
    answer = description()["paths"][path]["post"]["responses"][status]

    assert answer["content"]["application/json"]["schema"]["type"] == "array"


def test_file_is_described_as_what_it_is():
    file = description()["paths"]["/api/v1/rubrics/{id}/export/"]["get"]["responses"]["200"]

    assert {kind: one["schema"]["type"] for kind, one in file["content"].items()} == {
        "application/json": "object",
        "text/csv": "string",
    }
