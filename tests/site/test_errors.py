"""One shape for every error: a problem document below /api/v1/, a page everywhere else."""

import json
import re

import pytest
from django.conf import settings
from django.test import Client

from annotations.actions import withdraw_annotation
from debate.core import docs
from tests.expect import expect_problem

MEMBERS = {"type", "title", "status", "code", "detail", "instance"}
JSON = {"content_type": "application/json"}


@pytest.fixture
def anger(world, cast, api, student, assignment, paragraphs):
    """`anger(name)` makes the API answer with the error of that name."""
    nothing = "/api/v1/annotations/00000000-0000-7000-8000-000000000000/"
    mine, list_of_all = world("api:annotation-detail"), "/api/v1/annotations/"
    comment = {"assignment": str(assignment.pk), "paragraph": str(paragraphs[0].pk)}
    comment |= {"kind": "comment", "body": "A remark."}

    def withdrawn():
        withdraw_annotation(actor=student, annotation_id=mine.split("/")[-2])
        return api(cast["classmate"]).get(mine)

    errors = {
        "body that is no JSON": lambda: api(student).post(list_of_all, "{", **JSON),
        "body with a bad member": lambda: api(student).post(list_of_all, comment | {"kind": "x"}),
        "blank body": lambda: api(student).post(list_of_all, comment | {"body": " "}),
        "unknown parameter": lambda: api(student).get(list_of_all, {"sort": "x"}),
        "nul in the query": lambda: api(student).get(list_of_all, {"kind": "\x00"}),
        "nobody": lambda: api(None).post(list_of_all, comment),
        "bad token": lambda: Client().get(list_of_all, headers={"Authorization": "Bearer x"}),
        "scope": lambda: api(student, scopes=["read"]).post(list_of_all, comment),
        "another's": lambda: api(cast["classmate"]).patch(mine, {"body": "Mine now."}),
        "nothing there": lambda: api(student).get(nothing),
        "no such address": lambda: api(student).get("/api/v1/no/such/"),
        "method": lambda: api(student).put(list_of_all, {}),
        "media type asked for": lambda: api(student).get(list_of_all, headers={"Accept": "a/b"}),
        "media type sent": lambda: api(student).post(list_of_all, "x", content_type="text/csv"),
        "words not there": lambda: api(student).post(
            list_of_all, comment | {"quote": "no such words"}
        ),
        "withdrawn": withdrawn,
        "stale": lambda: api(student).patch(mine, {"body": "B."}, headers={"If-Match": '"9"'}),
        "no version": lambda: api(student, if_match=None).patch(mine, {"body": "B."}),
        "too large": lambda: api(student).post(
            list_of_all, comment | {"body": "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE}
        ),
    }
    return lambda name: errors[name]()


# What goes wrong, the status and the code, and the place in the input that is named.
ERRORS = [
    ("body that is no JSON", 400, "malformed", None),
    ("body with a bad member", 400, "invalid", "/kind"),
    ("blank body", 400, "blank", "/body"),
    ("unknown parameter", 400, "invalid", None),
    ("nul in the query", 400, "invalid", None),
    ("nobody", 401, "not_authenticated", None),
    ("bad token", 401, "authentication_failed", None),
    ("scope", 403, "insufficient_scope", None),
    ("another's", 403, "not_allowed", None),
    ("nothing there", 404, "not_found", None),
    ("no such address", 404, "not_found", None),
    ("method", 405, "method_not_allowed", None),
    ("media type asked for", 406, "not_acceptable", None),
    ("words not there", 409, "quote_not_found", "/quote"),
    ("withdrawn", 410, "gone", None),
    ("stale", 412, "stale_version", None),
    ("too large", 413, "too_large", None),
    ("media type sent", 415, "unsupported_media_type", None),
    ("no version", 428, "precondition_required", None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "status", "code", "pointer"), ERRORS)
def test_error_of_the_api_is_a_problem_document(name, status, code, pointer, anger):
    response = anger(name)

    body = expect_problem(response, status, code, pointer)
    assert body.keys() >= MEMBERS
    assert body["type"] == f"/api/docs/errors/#{code}"
    assert re.fullmatch(r"[A-Z].*[.?]", body["detail"]), body["detail"]


@pytest.mark.parametrize("code", sorted({code for _, _, code, _ in ERRORS}))
def test_error_of_the_api_leads_to_its_explanation(code):
    assert f'id="{code}"' in docs.text("errors").html


def test_errors_are_in_the_list_by_each_status_that_is_promised():
    assert {status for _, status, _, _ in ERRORS} == {
        400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 415, 428,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/no-such-page", 404),
        ("/no-such-page/", 404),
        ("/essays/00000000-0000-7000-8000-000000000000/", 404),
        ("/seminars/no-such/either/", 404),
        ("/essays/?q=%00", 400),
        ("/api/no-such-thing/", 404),
        ("/api/v2/essays/", 404),
    ],
)
def test_error_elsewhere_is_a_page(address, status, db, client):
    response = client.get(address)

    assert response.status_code == status
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert response.content.count(b"<h1") == 1
    assert b"Go to your start page" in response.content


def test_error_of_a_page_tells_nothing_of_the_inside(db, client):
    page = client.get("/no-such-page/").content.decode()

    assert "urlpatterns" not in page
    assert "Django" not in page
    assert "Traceback" not in page


def test_form_that_is_too_large_is_a_page_that_says_so(student, page, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000

    response = page(student).post("/accounts/profile/", {"name": "x" * 2_000})

    assert response.status_code == 413
    assert "This is more than is taken in one go." in response.content.decode()


def test_form_with_too_many_fields_is_a_page(student, page):
    response = page(student).post("/accounts/profile/", {f"f{n}": "" for n in range(1_100)})

    assert response.status_code == 400
    assert response["Content-Type"] == "text/html; charset=utf-8"


def test_method_that_a_page_does_not_offer_says_which_it_does(db, client):
    response = client.delete("/essays/")

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("depth", [33, 5_000, 100_000])
def test_json_nested_too_deep_is_a_problem_document(depth, student, api):
    body = "[" * depth + "]" * depth

    response = api(student).post("/api/v1/annotations/", body, **JSON)

    expect_problem(response, 400, response.json()["code"])
    assert "nested deeper than 32 levels" in json.dumps(response.json())
