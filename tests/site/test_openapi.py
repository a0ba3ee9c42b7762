"""The OpenAPI description is whole, free of warnings, and says what the views answer."""

from io import StringIO

import pytest
from django.core.management import call_command
from rest_framework.settings import api_settings

from debate.core.api.schema import description

WRITES = {"post", "put", "patch", "delete"}


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
    assert {(method, path) for method, path, _ in (one.values for one in operations())} == {
        ("get", "/api/v1/"),
        ("get", "/api/v1/me/"),
        ("get", "/api/v1/seminars/"),
        ("get", "/api/v1/seminars/{id}/"),
        ("get", "/api/v1/seminars/{seminar_id}/members/"),
        ("post", "/api/v1/seminars/{seminar_id}/members/"),
        ("get", "/api/v1/seminars/{seminar_id}/members/{user_id}/"),
        ("patch", "/api/v1/seminars/{seminar_id}/members/{user_id}/"),
        ("delete", "/api/v1/seminars/{seminar_id}/members/{user_id}/"),
        ("get", "/api/v1/seminars/{seminar_id}/invitations/"),
        ("post", "/api/v1/seminars/{seminar_id}/invitations/"),
        ("get", "/api/v1/seminars/{seminar_id}/invitations/{id}/"),
        ("delete", "/api/v1/seminars/{seminar_id}/invitations/{id}/"),
        ("get", "/api/v1/essays/"),
        ("get", "/api/v1/essays/{id}/"),
        ("get", "/api/v1/essays/{essay_id}/revisions/"),
        ("get", "/api/v1/essays/{essay_id}/paragraphs/"),
        ("get", "/api/v1/paragraphs/{id}/"),
        ("get", "/api/v1/assignments/"),
        ("get", "/api/v1/assignments/{id}/"),
        ("post", "/api/v1/assignments/"),
        ("patch", "/api/v1/assignments/{id}/"),
        ("get", "/api/v1/assignments/{id}/extensions/"),
        ("put", "/api/v1/assignments/{id}/extensions/{user_id}/"),
        ("delete", "/api/v1/assignments/{id}/extensions/{user_id}/"),
        ("get", "/api/v1/annotations/"),
        ("post", "/api/v1/annotations/"),
        ("get", "/api/v1/annotations/{id}/"),
        ("patch", "/api/v1/annotations/{id}/"),
        ("delete", "/api/v1/annotations/{id}/"),
        ("get", "/api/v1/annotations/{id}/replies/"),
        ("post", "/api/v1/annotations/{id}/replies/"),
        ("get", "/api/v1/annotations/{id}/history/"),
        ("put", "/api/v1/annotations/{id}/audience/"),
        ("get", "/api/v1/assignments/{assignment_id}/progress/"),
        ("put", "/api/v1/annotations/{id}/answer/"),
        ("delete", "/api/v1/annotations/{id}/answer/"),
        ("get", "/api/v1/sources/"),
        ("get", "/api/v1/sources/{id}/"),
        ("get", "/api/v1/evidence/"),
    }


@pytest.mark.parametrize(("method", "path", "operation"), operations())
def test_operation_is_described_with_its_errors_and_ways_to_sign_in(method, path, operation):
    assert operation["description"]
    assert {"400", "401", "403", "406"} <= operation["responses"].keys()
    problem = operation["responses"]["400"]["content"]
    assert problem == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }
    needs_signing_in = method in WRITES or path == "/api/v1/me/"
    assert ({} in operation["security"]) is not needs_signing_in
    assert {"bearer": []} in operation["security"]
    assert {"session": []} in operation["security"]


def test_description_of_an_annotation_has_every_member_of_the_contract():
    annotation = description()["components"]["schemas"]["Annotation"]

    assert set(annotation["required"]) == set(annotation["properties"])
    assert set(annotation["properties"]) == {
        "id", "kind", "status", "audience", "group", "round", "author", "assignment", "body",
        "body_html", "anchors", "parent", "root", "reply_count", "is_answer", "is_unanswered",
        "is_late", "tags", "version", "created_at", "updated_at", "html_url", "counterargument", "evidence",
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
