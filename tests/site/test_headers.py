"""What every answer tells the browser: where content may come from, and what may not be done."""

from html.parser import HTMLParser

import pytest
from django.test import Client, RequestFactory

from debate.core.staticfiles import with_static_files_wsgi
from tests.factories.accounts import PASSWORD
from tests.site.test_urls import PAGES
from tests.tables import lines

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
OTHERS = [
    "/admin/", "/admin/login/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/",
    "/no-such-page/", "/essays/?q=%00", "/api/v1/", "/api/v1/no/such/", "/api/v1/annotations/?x=1",
    "/api/v1/?x=%00",
]  # fmt: skip


def policy_of(response):
    parts = (part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))
    return dict(parts)


def expect_headers(response):
    assert {name: response.headers.get(name) for name in FIXED} == FIXED
    assert policy_of(response) == POLICY


@pytest.mark.parametrize("name", [name for name, _ in lines(PAGES)])
def test_page_has_every_header_exactly_as_decided(name, world, student, page):
    expect_headers(page(student).get(world(name)))


@pytest.mark.parametrize("address", OTHERS)
def test_other_answer_has_every_header_exactly_as_decided(address, db, client):
    expect_headers(client.get(address))


def test_answer_for_our_own_fault_has_every_header(db, monkeypatch):
    monkeypatch.setattr("debate.core.health.pending_migrations", lambda: 1 / 0)
    client = Client(raise_request_exception=False)

    response = client.get("/readyz")

    assert response.status_code == 500
    expect_headers(response)


def test_policy_is_one_and_reports_nothing_away(db, client):
    response = client.get("/")

    assert "Content-Security-Policy-Report-Only" not in response.headers
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "nonce" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["/", "/accounts/login/", "/docs/"])
def test_page_is_not_for_other_sites_to_read(address, db, client):
    response = client.get(address, headers={"Origin": "https://elsewhere.example"})

    assert not [name for name in response.headers if name.startswith("Access-Control")]


def test_cookies_are_kept_from_scripts_and_other_sites(db, client):
    client.get("/accounts/login/")

    cookie = client.cookies["csrf"]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_session_cookie_is_kept_from_scripts_and_other_sites(student, client):
    client.post("/accounts/login/", {"login": student.username, "password": PASSWORD})

    cookie = client.cookies["session"]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


@pytest.mark.parametrize("name", ["main.css", "app.js", "icon.svg"])
def test_static_file_is_what_it_says_for_this_site_only(name, tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / name).write_text("content")
    headers = {}

    def start_response(status, given):
        headers.update(given, status=status)

    serve = with_static_files_wsgi(lambda _environ, respond: respond("404 Not Found", []))
    serve(RequestFactory().get(f"/static/{name}").environ, start_response).close()

    assert headers["status"] == "200 OK"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers


# A link of this relation names an address for programs; a browser loads nothing from it.
NAMED_ONLY = {"http://www.w3.org/ns/oa#annotationService"}


class Outside(HTMLParser):
    """The addresses of what a page loads."""

    def __init__(self, html):
        super().__init__()
        self.loaded = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag in {"script", "img", "iframe", "source", "video", "audio", "embed"}:
            self.loaded.append(attributes.get("src"))
        if tag == "link" and attributes.get("rel") not in NAMED_ONLY:
            self.loaded.append(attributes.get("href"))


@pytest.mark.parametrize("name", ["home", "annotations:reading", "docs", "api_docs"])
def test_page_loads_from_this_site_only(name, world, student, page):
    loaded = Outside(page(student).get(world(name)).content.decode()).loaded

    assert loaded
    assert [one for one in loaded if not one.startswith("/static/")] == []
