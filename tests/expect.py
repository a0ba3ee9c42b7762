"""Assertions that recur: refusals, absence, and query counts."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.encoding import escape_uri_path

from annotations.queries import kept
from debate.core.errors import DomainError

_SECONDS = re.compile(r"\d\d:\d\d:\d\d\.\d+")
_CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')


def expect_problem(response, status, code, pointer=None):
    """The response is a problem document (RFC 9457) of that status and code; returns it.

    With `pointer`, its errors name exactly that place of the input.
    """
    assert response["Content-Type"] == "application/problem+json", response.content[:300]
    body = response.json()
    assert (response.status_code, body["status"], body["code"]) == (status, status, code), body
    assert {"type", "title", "detail", "instance"} <= body.keys()
    assert body["instance"] == escape_uri_path(response.wsgi_request.path)
    if pointer is not None:
        assert [one["pointer"] for one in body["errors"]] == [pointer]
    return body


def expect_denied(response):
    """The person may see it but not do this: a page or a problem document that says so."""
    if response.wsgi_request.path.startswith(("/api/v1/", "/wa/")):
        expect_problem(response, 403, "not_allowed")
    else:
        assert response.status_code == 403
        assert response["Content-Type"].startswith("text/html")


def expect_sign_in(response):
    """Nobody has signed in: a page sends to the sign-in page and back, the API answers 401."""
    request = response.wsgi_request
    if request.path.startswith(("/api/v1/", "/wa/")):
        expect_problem(response, 401, "not_authenticated")
    else:
        assert response.status_code == 302
        assert response["Location"] == f"{reverse('account_login')}?next={request.path}"


def without_seconds(response):
    """What the response says but for its times, whose seconds may happen to be any number."""
    return _SECONDS.sub("", response.content.decode())


def expect_same_as_absent(hidden, absent):
    """The answer for what is hidden is, but for its address, the answer for what does not exist."""
    assert hidden.status_code == 404
    assert _comparable(hidden) == _comparable(absent)


def _comparable(response):
    path = response.wsgi_request.path.encode()
    body = _CSRF.sub(b"", response.content.replace(path, b"PATH"))
    headers = dict(response.headers)
    headers.pop("Content-Length", None)  # it follows the address, which stands in the page
    if "Expires" in headers:
        headers["Expires"] = "at once"  # it tells the second of the answer
    return response.status_code, headers, body


def expect_refusal(error_class, act, *, code=None, field=None):
    """Calling `act` raises exactly that error of the house; returns it."""
    with pytest.raises(DomainError) as caught:
        act()
    error = caught.value
    assert type(error) is error_class, (error.code, error.field, error.sentence)
    if code is not None:
        assert error.code == code
    if field is not None:
        assert error.field == field
    return error


def expect_constant_queries(visit, *, grow):
    """`visit()` asks the database as often after `grow()` as before; returns how often.

    Counted as in a process that has kept nothing of what it was asked before.
    """
    visit()
    kept.forget()
    with CaptureQueriesContext(connection) as before:
        visit()
    grow()
    kept.forget()
    with CaptureQueriesContext(connection) as after:
        visit()
    assert len(after) == len(before), "\n".join(query["sql"] for query in after)
    return len(before)
