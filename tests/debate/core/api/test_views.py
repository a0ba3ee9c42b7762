import pytest
from django.test import Client
from django.urls import path
from rest_framework.test import APIClient

from debate.core.api.views import Answering
from tests.expect import expect_problem, expect_same_as_absent
from tests.factories.accounts import ApiTokenFactory
from tests.factories.annotations import AnnotationFactory
from tests.factories.essays import EssayFactory

NOBODY = "00000000-0000-7000-8000-000000000000"


def test_root_names_every_resource(api, db):
    response = api(None).get("/api/v1/")

    assert response.json() == {
        "me": "http://testserver/api/v1/me/",
        "seminars": "http://testserver/api/v1/seminars/",
        "essays": "http://testserver/api/v1/essays/",
        "assignments": "http://testserver/api/v1/assignments/",
        "annotations": "http://testserver/api/v1/annotations/",
        "claims": "http://testserver/api/v1/claims/",
        "inferences": "http://testserver/api/v1/inferences/",
        "relations": "http://testserver/api/v1/relations/",
        "concessions": "http://testserver/api/v1/concessions/",
        "quality_marks": "http://testserver/api/v1/quality-marks/",
        "grades": "http://testserver/api/v1/grades/",
        "marks": "http://testserver/api/v1/marks/",
        "regrade_requests": "http://testserver/api/v1/regrade-requests/",
        "evidence": "http://testserver/api/v1/evidence/",
        "sources": "http://testserver/api/v1/sources/",
        "flags": "http://testserver/api/v1/flags/",
        "rubrics": "http://testserver/api/v1/rubrics/",
        "notices": "http://testserver/api/v1/notices/",
        "works": "http://testserver/api/v1/works/",
        "imports": "http://testserver/api/v1/imports/",
        "changes": "http://testserver/api/v1/changes/",
        "schema": "http://testserver/api/v1/schema/",
        "documentation": "http://testserver/api/docs/",
    }


@pytest.mark.parametrize(
    "address", ["/api/v1/essays/", f"/api/v1/essays/{NOBODY}/", "/api/v1/essays/?limit=0"]
)
def test_every_answer_is_for_whoever_asked(api, student, address):
    response = api(student).get(address)

    assert response["Cache-Control"] == "private, no-cache"
    assert {"Accept", "Authorization", "Cookie"} <= set(response["Vary"].split(", "))


@pytest.mark.parametrize(
    "header", ["Bearer nonsense", "Bearer ", "Basic dTpw", "Bearer a b", "bearer", "Bearer é"]
)
def test_bad_token_is_refused_even_where_none_is_needed(db, header):
    response = APIClient().get("/api/v1/essays/", headers={"Authorization": header})

    expect_problem(response, 401, "authentication_failed")
    assert response["WWW-Authenticate"] == 'Bearer realm="counterpoint", error="invalid_token"'


def test_token_of_a_person_who_was_shut_out_is_refused(db):
    token = ApiTokenFactory(secret="cp_1", user__is_active=False)

    response = APIClient().get("/api/v1/me/", headers={"Authorization": "Bearer cp_1"})

    assert token.user.is_active is False
    expect_problem(response, 401, "authentication_failed")


def test_write_without_signing_in_is_challenged(api, db):
    response = api(None).post("/api/v1/annotations/", {})

    expect_problem(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"] == 'Bearer realm="counterpoint"'


def test_write_with_a_token_to_read_lacks_the_scope(api, student):
    response = api(student, scopes=["read"]).post("/api/v1/annotations/", {})

    body = expect_problem(response, 403, "insufficient_scope")
    assert body["detail"] == "This token lacks the scope write."
    assert response["WWW-Authenticate"] == (
        'Bearer realm="counterpoint", error="insufficient_scope"'
    )


def test_read_with_a_token_to_write_only_lacks_the_scope(api, student):
    response = api(student, scopes=["write"]).get("/api/v1/essays/")

    expect_problem(response, 403, "insufficient_scope")


def test_session_reads_without_a_csrf_token(page, student, essay):
    response = page(student).get("/api/v1/essays/")

    assert [one["id"] for one in response.json()["results"]] == [str(essay.pk)]


def test_session_writes_only_with_its_csrf_token(student, assignment, paragraphs):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(student)
    body = {
        "assignment": str(assignment.pk),
        "paragraph": str(paragraphs[0].pk),
        "kind": "comment",
        "body": "Yes.",
    }
    without = browser.post("/api/v1/annotations/", body, content_type="application/json")
    browser.cookies["csrf"] = "a" * 32

    with_it = browser.post(
        "/api/v1/annotations/",
        body,
        content_type="application/json",
        headers={"X-CSRFToken": "a" * 32},
    )

    expect_problem(without, 403, "csrf_failed")
    assert with_it.status_code == 201


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_method_that_is_not_offered_is_refused_before_anything_else(api, db, method):
    response = getattr(api(None), method)("/api/v1/evidence/", {})

    expect_problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_options_tells_the_methods_and_no_more(api, student, essay):
    response = api(student).options(f"/api/v1/essays/{essay.pk}/")

    assert (response.status_code, response.content) == (204, b"")
    assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_options_of_what_is_hidden_is_as_of_what_is_absent(api, outsider, assignment):
    client = api(outsider)

    expect_same_as_absent(
        client.options(f"/api/v1/essays/{assignment.essay_id}/paragraphs/"),
        client.options(f"/api/v1/essays/{NOBODY}/paragraphs/"),
    )


def test_head_has_the_headers_of_get(api, student, essay):
    client = api(student)
    get = client.get("/api/v1/essays/")

    head = client.head("/api/v1/essays/")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "nonsense", "image/*;q=1"])
def test_media_type_that_is_not_offered_is_refused(api, student, accept):
    response = api(student).get("/api/v1/essays/", headers={"Accept": accept})

    expect_problem(response, 406, "not_acceptable")


@pytest.mark.parametrize(
    "accept", ["application/json", "*/*", "application/*", "text/html, */*;q=0.1"]
)
def test_media_type_that_is_offered_is_json(api, student, accept):
    response = api(student).get("/api/v1/essays/", headers={"Accept": accept})

    assert response["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nothing/",
        "/api/v1/nothing",
        "/api/v1/essays/1/",
        f"/api/v1/essays/{NOBODY}/nothing/",
        "/api/v1/essays//",
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_unknown_address_is_not_found(api, student, path, method):
    response = getattr(api(student), method)(path)

    expect_problem(response, 404, "not_found")


@pytest.mark.parametrize("method", ["get", "post"])
def test_address_without_its_slash_leads_to_the_one_with_it(api, student, method):
    response = getattr(api(student), method)("/api/v1/annotations?limit=3")

    assert response.status_code == 308
    assert response["Location"] == "/api/v1/annotations/?limit=3"


@pytest.mark.parametrize("end", ["", "/"])
def test_address_with_an_id_in_capitals_leads_to_the_one_in_small_letters(api, student, essay, end):
    client = api(student)
    at = f"/api/v1/essays/{essay.pk}"

    response = client.get(f"/api/v1/essays/{str(essay.pk).upper()}{end}?a=B")

    assert (response.status_code, response["Location"]) == (308, f"{at}/?a=B")
    found = client.get(f"/api/v1/essays/{str(essay.pk).upper()}{end}", follow=True)
    assert found.json()["id"] == str(essay.pk)


def test_address_with_an_id_in_capitals_that_leads_nowhere_is_not_found(api, student):
    path = f"/api/v1/nothing/{'A' * 8}-0000-7000-8000-{'A' * 12}/"

    expect_problem(api(student).get(path), 404, "not_found")


def test_parameter_that_is_not_known_is_refused_and_named(api, student):
    response = api(student).get("/api/v1/essays/?offset=3&limit=2")

    body = expect_problem(response, 400, "invalid")
    assert body["errors"] == [{"parameter": "offset", "detail": "There is no such parameter here."}]


def test_parameter_given_twice_is_refused_and_named(api, student):
    response = api(student).get("/api/v1/essays/?limit=3&limit=2")

    body = expect_problem(response, 400, "invalid")
    assert body["errors"] == [
        {"parameter": "limit", "detail": "This parameter is given more than once."}
    ]


def test_list_parameter_on_one_object_is_refused(api, student, essay):
    response = api(student).get(f"/api/v1/essays/{essay.pk}/?limit=3")

    assert expect_problem(response, 400, "invalid")["errors"][0]["parameter"] == "limit"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("cursor=%00", ["cursor"]),
        ("limit=3&seminar=a%00b&q=%00", ["seminar", "q"]),
        ("%00=1", ["%00"]),
        ("a%00", ["a%00"]),
    ],
)
def test_nul_in_the_query_is_refused_and_named(api, student, query, names):
    response = api(student).get(f"/api/v1/essays/?{query}")

    body = expect_problem(response, 400, "invalid")
    assert body["detail"] == "The query holds a NUL character."
    assert body["errors"] == [{"parameter": one, "detail": body["detail"]} for one in names]


@pytest.mark.parametrize(
    "query",
    ["limit=", "cursor=", "count=", "seminar=", "limit", "limit=&cursor=&count=&seminar="],
)
def test_parameter_without_a_value_counts_as_not_given(api, student, essay, query):
    client = api(student)

    assert client.get(f"/api/v1/essays/?{query}").json() == client.get("/api/v1/essays/").json()


@pytest.mark.parametrize(
    "name", ["fields", "embed", "sort", "revision", "q", "root", "kind", "tag"]
)
def test_parameter_of_annotations_without_a_value_counts_as_not_given(
    api, student, assignment, name
):
    AnnotationFactory(assignment=assignment)
    client = api(student)
    address = f"/api/v1/annotations/?assignment={assignment.pk}"

    assert client.get(f"{address}&{name}=").json() == client.get(address).json()


def test_page_asked_for_without_a_cursor_keeps_what_has_a_value(api, student, essay):
    EssayFactory.create_batch(2, seminar=essay.seminar)
    client = api(student)

    page = client.get(f"/api/v1/essays/?limit=2&cursor=&seminar={essay.seminar_id}").json()

    assert f"seminar={essay.seminar_id}" in page["next"]
    assert len(client.get(page["next"]).json()["results"]) == 1


def test_parameter_without_a_value_that_is_not_known_is_refused(api, student):
    response = api(student).get("/api/v1/essays/?limits=")

    assert expect_problem(response, 400, "invalid")["errors"][0]["parameter"] == "limits"


def test_body_of_unknown_length_is_refused(api, student):
    response = api(student).post(
        "/api/v1/annotations/", {}, headers={"Transfer-Encoding": "chunked", "Content-Length": ""}
    )

    expect_problem(response, 400, "malformed")


class Broken(Answering):
    def get(self, request):
        raise ZeroDivisionError(request)


urlpatterns = [path("api/v1/broken/", Broken.as_view())]
handler500 = "debate.core.views.server_error"


def test_fault_of_ours_is_a_problem_document_without_details(db, settings):
    settings.ROOT_URLCONF = __name__
    client = APIClient(raise_request_exception=False)

    response = client.get("/api/v1/broken/")

    body = expect_problem(response, 500, "server_error")
    assert body["detail"] == "Something went wrong on our side. It has been logged."


def test_parameter_without_a_name_is_refused(api, student):
    problem = expect_problem(api(student).get("/api/v1/essays/?=x&a=1"), 400, "invalid")

    assert [one["parameter"] for one in problem["errors"]] == ["", "a"]


def test_instance_is_a_uri_reference_whatever_was_asked_for(api, student):
    response = api(student).get("/api/v1/essays/£ “x”/")

    assert response.json()["instance"] == "/api/v1/essays/%C2%A3%20%E2%80%9Cx%E2%80%9D/"


def test_hidden_object_is_absent_under_any_version(api, outsider, assignment):
    client = api(outsider, scopes=("read", "admin"))
    path = f"/api/v1/assignments/{assignment.pk}/"

    expect_problem(client.patch(path, {}, HTTP_IF_MATCH='"1"'), 404, "not_found")
