import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path

from debate.core.errors import (
    Conflict,
    Gone,
    InvalidState,
    Missing,
    NotAllowed,
    Stale,
    TooLarge,
    TooMany,
)
from debate.core.policies import public
from tests.expect import expect_problem, expect_same_as_absent

REFUSALS = {
    "not-allowed": NotAllowed("You may read here, but not write."),
    "missing": Missing(),
    "conflict": Conflict("Somebody was faster."),
    "invalid-state": InvalidState("This has closed."),
    "gone": Gone("It has been withdrawn."),
    "stale": Stale("It has changed since."),
    "too-large": TooLarge("This is too much."),
    "too-many": TooMany("That was tried too often.", extra={"retry_after": 90}),
}


@public
def refuse(request, name):
    raise REFUSALS[name]


@public
def fail(request):
    raise ZeroDivisionError


@public
def answer(request):
    return HttpResponse("Here you are.")


urlpatterns = [
    path("refuse/<slug:name>/", refuse),
    path("api/v1/refuse/<slug:name>/", refuse),
    path("fail/", fail),
    path("answer/", answer),
    # The error pages lead on to these.
    path("", answer, name="home"),
    path("login/", answer, name="account_login"),
    path("docs/", answer, name="docs"),
    path("docs/<slug:page>/", answer, name="docs_page"),
    path("api/docs/", answer, name="api_docs"),
    path("essays/", answer, name="list"),
    path("search/", include(([path("", answer, name="search")], "annotations"))),
]
handler404 = "debate.core.views.not_found"
handler500 = "debate.core.views.server_error"


@pytest.fixture
def bare(settings, db):
    """A client of a site with the views of this file only."""
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("name", sorted(REFUSALS.keys() - {"missing"}))
def test_refusal_of_a_page_is_a_page_that_says_so(name, bare):
    response = bare.get(f"/refuse/{name}/")

    assert response.status_code == REFUSALS[name].status
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert REFUSALS[name].sentence in response.content.decode()


def test_refusal_of_what_is_missing_is_the_page_of_any_unknown_address(bare):
    expect_same_as_absent(bare.get("/refuse/missing/"), bare.get("/no-such-page/"))


@pytest.mark.parametrize("name", REFUSALS)
def test_refusal_below_the_api_is_a_problem_document(name, bare):
    response = bare.get(f"/api/v1/refuse/{name}/")

    body = expect_problem(response, REFUSALS[name].status, REFUSALS[name].code)
    assert body["detail"] == REFUSALS[name].sentence


@pytest.mark.parametrize("prefix", ["", "/api/v1"])
def test_refusal_that_says_when_to_try_again_has_it_as_a_header(prefix, bare):
    assert bare.get(f"{prefix}/refuse/too-many/")["Retry-After"] == "90"
    assert "Retry-After" not in bare.get(f"{prefix}/refuse/gone/")


def test_fault_of_ours_is_left_to_django(bare):
    response = bare.get("/fail/")

    assert response.status_code == 500
    assert b"ZeroDivisionError" not in response.content


@pytest.mark.parametrize(
    ("address", "status"),
    [("/answer/?q=a%00b", 400), ("/answer/?q=%2500", 200), ("/fail/?q=%00", 400)],
)
def test_nul_in_the_query_is_refused_before_any_view(address, status, bare):
    assert bare.get(address).status_code == status


def test_nul_in_the_path_is_refused_as_a_page(bare):
    response = bare.get("/answer/%00/")

    assert response.status_code == 400
    assert "The path holds a NUL character." in response.content.decode()


def test_nul_in_a_path_of_the_api_is_a_problem_document(bare):
    body = expect_problem(bare.get("/api/v1/refuse/%00/"), 400, "invalid")

    assert body["detail"] == "The path holds a NUL character."
    assert "errors" not in body  # which point into the body of the request


@pytest.mark.parametrize("address", ["/healthz", "/api/v1/nothing", "/wa/nothing"])
def test_answer_has_the_policy_of_the_settings(address, client, settings):
    response = client.get(address)

    told = dict(
        part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";")
    )
    said = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert told == {name: " ".join(values) for name, values in said.items()}
