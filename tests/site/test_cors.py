"""Scripts of other sites use the API with a token of theirs, and no page ever."""

import pytest
from django.test import Client

from tests.site.test_urls import PAGES
from tests.tables import lines

ORIGIN = {"Origin": "https://notebook.example"}
LIST = "/api/v1/annotations/"
EXPOSED = {
    "ETag", "Link", "Location", "Content-Location", "RateLimit", "RateLimit-Policy", "Retry-After",
    "Accept-Patch", "Accept-Post", "Allow", "Idempotency-Replayed", "Content-Disposition",
    "Deprecation", "Sunset", "Preference-Applied", "WWW-Authenticate",
}  # fmt: skip


def cors_of(response):
    told = {name.title(): value for name, value in response.headers.items()}
    start = "Access-Control-"
    return {name[len(start) :]: told[name] for name in told if name.startswith(start)}


def expect_open(response):
    found = cors_of(response)
    assert found.keys() == {"Allow-Origin", "Expose-Headers"}
    assert found["Allow-Origin"] == "*"
    assert set(found["Expose-Headers"].split(", ")) == EXPOSED
    assert "origin" in response["Vary"].lower()


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", LIST, 200),
        ("get", "/api/v1/schema/", 200),
        ("get", f"{LIST}?sort=x", 400),
        ("get", f"{LIST}?kind=%00", 400),
        ("post", LIST, 401),
        ("get", "/api/v1/me/", 401),
        ("get", "/api/v1/no/such/", 404),
        ("put", LIST, 405),
        ("options", LIST, 204),
    ],
)
def test_answer_of_the_api_may_be_read_by_scripts_of_other_sites(method, address, status, db):
    response = getattr(Client(), method)(address, headers=ORIGIN)

    assert response.status_code == status
    expect_open(response)


def test_failure_of_our_own_may_be_read_by_scripts_of_other_sites(db, monkeypatch):
    monkeypatch.setattr("debate.core.api.schema.description", lambda: 1 / 0)
    client = Client(raise_request_exception=False)

    response = client.get("/api/v1/schema/", headers=ORIGIN)

    assert response.status_code == 500
    expect_open(response)


@pytest.mark.parametrize("address", [LIST, "/wa/assignments/", "/api/v1/no/such/"])
def test_preflight_is_told_what_may_be_sent_without_a_session(address, db):
    asked = {"Access-Control-Request-Method": "PATCH"}
    asked |= {"Access-Control-Request-Headers": "authorization,if-match"}

    response = Client().options(address, headers=ORIGIN | asked)

    found = cors_of(response)
    assert response.status_code == 200
    assert found.pop("Expose-Headers")
    assert found == {
        "Allow-Origin": "*",
        "Allow-Methods": "GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE",
        "Allow-Headers": "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, "
        "If-None-Match, Last-Event-ID, Prefer, Slug",
        "Max-Age": "7200",
    }


@pytest.mark.parametrize("name", [name for name, _ in lines(PAGES)])
def test_page_is_never_for_scripts_of_other_sites(name, world, student, page):
    response = page(student).get(world(name), headers=ORIGIN)

    assert cors_of(response) == {}


def test_preflight_of_a_page_is_told_nothing(db):
    asked = {"Access-Control-Request-Method": "POST"}

    response = Client().options("/accounts/login/", headers=ORIGIN | asked)

    assert cors_of(response) == {}
