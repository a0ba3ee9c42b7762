import json

import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.test import Client, RequestFactory
from psycopg.errors import DeadlockDetected

from debate.core import views


def request_of(path, anonymous):
    request = RequestFactory().get(path)
    request.user = anonymous
    return request


HANDLERS = {
    "bad request": (views.bad_request, [SuspiciousOperation()], 400, "invalid"),
    "too large": (views.bad_request, [RequestDataTooBig()], 413, "too_large"),
    "permission denied": (views.permission_denied, [Exception()], 403, "not_allowed"),
    "not found": (views.not_found, [Exception()], 404, "not_found"),
    "server error": (views.server_error, [], 500, "server_error"),
    "no csrf token": (views.csrf_failure, [], 403, "csrf_failed"),
}


@pytest.mark.parametrize("name", HANDLERS)
def test_handler_below_the_api_answers_with_a_problem_document(name, anonymous):
    handler, given, status, code = HANDLERS[name]
    request = request_of("/api/v1/essays/", anonymous)

    response = handler(request, *given)

    body = json.loads(response.content)
    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["instance"] == "/api/v1/essays/"


@pytest.mark.parametrize("name", HANDLERS)
def test_handler_of_a_page_answers_with_a_page(name, anonymous):
    handler, given, status, _ = HANDLERS[name]

    response = handler(request_of("/essays/", anonymous), *given)

    assert response.status_code == status
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert response.content.count(b"<h1") == 1


def test_form_without_its_token_is_refused_with_a_page(db):
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "ada"})

    assert response.status_code == 403
    assert response.templates[0].name == "403_csrf.html"


def test_robots_are_asked_to_stay_away(client):
    response = client.get("/robots.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content == b"User-agent: *\nDisallow: /\n"


def test_favicon_is_found_where_programs_look_for_it(client):
    response = client.get("/favicon.ico")

    assert (response.status_code, response["Location"]) == (302, "/static/img/favicon.ico")


@pytest.mark.parametrize("path", ["/robots.txt", "/favicon.ico"])
def test_small_files_cannot_be_written(path, client):
    assert client.post(path).status_code == 405


in_either_form = pytest.mark.parametrize(
    ("path", "content"),
    [("/api/v1/essays/", "application/problem+json"), ("/essays/", "text/html; charset=utf-8")],
)


def answer_to(error, request):
    try:
        raise error
    except OperationalError:
        return views.server_error(request)


@in_either_form
def test_database_that_is_away_is_said_to_come_back(path, content, anonymous):
    response = answer_to(OperationalError(), request_of(path, anonymous))

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response["Content-Type"] == content
    assert b"database cannot be reached" in response.content


@in_either_form
def test_what_the_database_broke_off_can_be_sent_again(path, content, anonymous):
    error = OperationalError()
    error.__cause__ = DeadlockDetected()

    response = answer_to(error, request_of(path, anonymous))

    assert (response.status_code, response["Retry-After"]) == (503, "1")
    assert response["Content-Type"] == content
    assert b"Others changed the same things at the same moment" in response.content
    assert b"database" not in response.content
