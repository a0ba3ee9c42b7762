import orjson
import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig
from django.http import Http404
from django.test import RequestFactory
from rest_framework import exceptions, serializers
from rest_framework.request import Request

from debate.core.api.errors import BadMember
from debate.core.api.exceptions import BadParameters, pointer, problem_handler
from debate.core.api.fields import Shape, Texts
from debate.core.api.parsers import BoundedJSONParser
from debate.core.api.views import Answering
from debate.core.errors import Conflict, Gone, Invalid, PreconditionRequired, Stale, TooMany


def handle(error):
    request = RequestFactory().get("/api/v1/essays/")
    return problem_handler(error, {"request": request, "view": Answering()})


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), ""),
        (("body",), "/body"),
        (("anchors", 0, "quote"), "/anchors/0/quote"),
        (("a/b", "c~d", "e.f"), "/a~1b/c~0d/e.f"),
    ],
)
def test_pointer_of_a_path_is_as_rfc_6901_writes_it(path, expected):
    assert pointer(path) == expected


def test_handler_of_a_domain_error_tells_all_places_that_it_names():
    error = Invalid("“A” is not set.", field="parts.a", also={"parts.b": "“B” is not set."})

    assert handle(error).data["errors"] == [
        {"pointer": "/parts/a", "detail": "“A” is not set."},
        {"pointer": "/parts/b", "detail": "“B” is not set."},
    ]


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        (serializers.ListField(), "Give a list."),
        (serializers.ListSerializer(child=serializers.CharField()), "Give a list."),
        (serializers.DictField(), "Give an object."),
        (Texts(), "Give a list of texts."),
    ],
)
def test_handler_of_what_is_no_list_or_object_names_no_type_of_python(field, sentence):
    with pytest.raises(exceptions.ValidationError) as caught:
        field.run_validation(7)

    assert handle(caught.value).data["detail"] == sentence


def test_handler_of_a_domain_error_tells_code_place_and_extra_members():
    error = Conflict(
        "These words repeat.", field="anchors.1.quote", code="quote_repeats", extra={"places": []}
    )

    response = handle(error)

    assert response.status_code == 409
    assert response.content_type == "application/problem+json"
    assert response.data == {
        "type": "/api/docs/errors/#quote_repeats",
        "title": "Conflict",
        "status": 409,
        "code": "quote_repeats",
        "detail": "These words repeat.",
        "places": [],
        "errors": [{"pointer": "/anchors/1/quote", "detail": "These words repeat."}],
        "instance": "/api/v1/essays/",
    }


def test_handler_of_a_refusal_names_the_header_at_fault():
    sentence = "Send the ETag of what you change as If-Match, or * for any."

    assert handle(PreconditionRequired()).data["errors"] == [
        {"header": "If-Match", "detail": sentence}
    ]
    assert handle(PreconditionRequired("Which?", field="version")).data["errors"] == [
        {"pointer": "/version", "detail": "Which?"}
    ]


@pytest.mark.parametrize(
    ("error", "body", "place"),
    [
        (Stale("Old.", field="version"), {"body": "x"}, {"header": "If-Match"}),
        (Stale("Old.", field="version"), ["x"], {"header": "If-Match"}),
        (Stale("Old.", field="version"), {"version": 2}, {"pointer": "/version"}),
        (Stale("Old."), {"version": 2}, {"header": "If-Match"}),
        (Stale("Old.", field="standing"), {}, {"pointer": "/standing"}),
        (Stale("Here.", header="If-None-Match"), {}, {"header": "If-None-Match"}),
    ],
)
def test_handler_of_what_is_outdated_names_the_header_or_the_member(error, body, place):
    request = Request(
        RequestFactory().put(
            "/api/v1/essays/", orjson.dumps(body), "application/json", HTTP_IF_MATCH='"1"'
        ),
        parsers=[BoundedJSONParser()],
    )

    response = problem_handler(error, {"request": request, "view": Answering()})

    assert response.data["errors"] == [{**place, "detail": error.sentence}]


def test_handler_of_what_is_outdated_needs_no_body_that_can_be_read():
    request = Request(
        RequestFactory().delete("/api/v1/essays/", "{", "text/plain", HTTP_IF_MATCH='"1"'),
        parsers=[BoundedJSONParser()],
    )

    response = problem_handler(
        Stale("Old.", field="version"), {"request": request, "view": Answering()}
    )

    assert response.data["errors"] == [{"header": "If-Match", "detail": "Old."}]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            exceptions.NotAuthenticated(),
            "Send a token, as Authorization: Bearer <token>, or sign in.",
        ),
        (
            exceptions.NotAcceptable(),
            "Answers here are application/json. Accept that, or send no Accept.",
        ),
        (exceptions.MethodNotAllowed("GET"), "GET is not offered here. Allow says what is."),
        (exceptions.UnsupportedMediaType("a/b"), "Send the body as application/json."),
        (exceptions.AuthenticationFailed("It is unknown."), "It is unknown."),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_handler_says_what_to_do(error, sentence):
    assert handle(error).data["detail"] == sentence


def test_handler_of_a_body_that_is_null_asks_for_an_object():
    with pytest.raises(exceptions.ValidationError) as caught:
        Shape(data=None).is_valid(raise_exception=True)

    assert handle(caught.value).data["errors"] == [{"pointer": "", "detail": "Give an object."}]


def test_handler_of_too_many_tries_says_when_to_try_again():
    response = handle(TooMany("That was tried too often.", extra={"retry_after": 90}))

    assert (response.status_code, response["Retry-After"]) == (429, "90")
    assert (response.data["code"], response.data["retry_after"]) == ("too_many_attempts", 90)


def test_handler_of_nested_validation_errors_points_at_each():
    error = exceptions.ValidationError(
        {
            "kind": ["Choose."],
            "anchors": [{}, {"paragraph": ["Missing."]}],
            "tags": {2: ["No text."]},
            "evidence": {"non_field_errors": ["No object."], "a.b": ["Unknown."]},
        }
    )

    response = handle(error)

    assert response.data["detail"] == (
        "Please correct: kind, anchors/1/paragraph, tags/2, evidence, evidence/a.b."
    )
    assert response.data["errors"] == [
        {"pointer": "/kind", "detail": "Choose."},
        {"pointer": "/anchors/1/paragraph", "detail": "Missing."},
        {"pointer": "/tags/2", "detail": "No text."},
        {"pointer": "/evidence", "detail": "No object."},
        {"pointer": "/evidence/a.b", "detail": "Unknown."},
    ]


def test_handler_of_an_error_of_the_whole_document_points_at_it():
    response = handle(exceptions.ValidationError({"non_field_errors": ["Give an object."]}))

    assert response.data["errors"] == [{"pointer": "", "detail": "Give an object."}]
    assert response.data["detail"] == "Give an object."


def test_handler_of_a_bad_parameter_names_it():
    response = handle(BadParameters({"limit": ["Give 1 to 200."]}))

    assert response.data["errors"] == [{"parameter": "limit", "detail": "Give 1 to 200."}]


def test_handler_of_a_bad_member_points_at_its_path():
    response = handle(BadMember(("anchors", 0), "NUL."))

    assert response.data["errors"] == [{"pointer": "/anchors/0", "detail": "NUL."}]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "not_allowed"),
        (RequestDataTooBig(), 413, "too_large"),
        (Gone("Withdrawn."), 410, "gone"),
        (Stale("Outdated."), 412, "stale_version"),
        (Invalid("Empty.", code="blank"), 400, "blank"),
        (exceptions.PermissionDenied(), 403, "not_allowed"),
        (exceptions.ParseError(), 400, "malformed"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.UnsupportedMediaType("text/plain"), 415, "unsupported_media_type"),
        (exceptions.NotAcceptable(), 406, "not_acceptable"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_handler_gives_each_cause_its_status_and_code(error, status, code):
    response = handle(error)

    assert (response.status_code, response.data["code"]) == (status, code)
    assert response.data["type"] == f"/api/docs/errors/#{code}"


def test_handler_of_throttling_says_when_to_come_back():
    response = handle(exceptions.Throttled(wait=7))

    assert response.headers["Retry-After"] == "7"


def test_handler_leaves_our_own_faults_to_django():
    assert handle(ZeroDivisionError()) is None


def test_handler_of_what_vanished_before_it_was_answered_is_not_found():
    response = handle(ObjectDoesNotExist("Extension matching query does not exist."))

    assert (response.status_code, response.data["code"]) == (404, "not_found")
    assert "Extension" not in str(response.data)
