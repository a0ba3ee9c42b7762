"""Bodies, names and addresses that are made to break something: refused, never a failure of ours."""

import json
import uuid

import pytest

from annotations.models import Annotation
from tests.annotations.web.test_protocol import CONTAINER, MERGE, RESOURCE
from tests.factories.annotations import AnnotationFactory

LONE = "\\ud800"
NUL = "\\u0000"
DEEP = "[" * 40 + "]" * 40


def texts(document):
    """The document with each of its texts replaced by one that cannot be kept, as JSON."""
    plain = json.dumps(document)
    for word in ("I doubt it.", "Fairness", "TextQuoteSelector", "TextualBody"):
        for bad in (LONE, NUL, f"{LONE}a"):
            yield plain.replace(f'"{word}"', f'"{bad}"')


BODIES = {
    "nothing": "",
    "no JSON": "{",
    "array": "[]",
    "null": "null",
    "text": '"a"',
    "number": "1e999",
    "not a number": '{"type": NaN}',
    "not UTF-8": b'{"type": "\xff"}',
    "UTF-16": '{"type": "Annotation"}'.encode("utf-16"),
    "deep": '{"body": ' + DEEP + "}",
    "deep target": '{"type": "Annotation", "target": ' + '{"source": ' * 30 + "1" + "}" * 31,
    "key with NUL": f'{{"type": "Annotation", "{NUL}": 1}}',
    "key with half a pair": f'{{"type": "Annotation", "{LONE}": 1}}',
    "null members": '{"type": "Annotation", "body": null, "target": null, "id": null}',
    "objects": '{"type": "Annotation", "body": {}, "target": {}, "id": {}, "via": {}}',
    "arrays": '{"type": "Annotation", "body": [[]], "target": [[]], "id": [], "motivation": [[]]}',
    "numbers": '{"type": "Annotation", "body": 4, "target": 4, "id": 4, "motivation": 4}',
    "long motivation": json.dumps(
        {"type": "Annotation", "target": "x:y", "motivation": ["a"] * 10_000}
    ),
}


# Laid over what is there, these change nothing.
HARMLESS = {"nothing", "deep target"}


@pytest.mark.parametrize(
    ("method", "name"),
    [
        (method, name)
        for method in ("POST", "PUT", "PATCH")
        for name in BODIES
        if method != "PATCH" or name not in HARMLESS
    ],
)
def test_body_that_is_no_annotation_is_refused(name, method, api, student, container, noted, send):
    address = container if method == "POST" else f"{container}{noted.pk}"
    kind = MERGE if method == "PATCH" else "application/ld+json"

    response = send(api(student), method, address, BODIES[name], content_type=kind)

    assert response["Content-Type"] == "application/problem+json"
    assert response.status_code in {400, 415}, response.content
    assert response["Link"] == (CONTAINER if method == "POST" else RESOURCE)
    assert Annotation.objects.get().version == 1


@pytest.mark.parametrize("name", sorted(HARMLESS))
def test_patch_that_says_nothing_changes_nothing(name, api, student, container, noted, send):
    client = api(student)
    before = client.get(f"{container}{noted.pk}").json()

    response = send(client, "PATCH", before["id"], BODIES[name], content_type=MERGE)

    assert (response.status_code, response.json()) == (200, before)


def test_texts_that_cannot_be_kept_are_refused_at_their_place(api, student, container, least, send):
    client = api(student)
    answers = [send(client, "POST", container, body) for body in texts(least)]

    assert [one.status_code for one in answers] == [400] * 12
    assert answers[0].json()["errors"][0]["pointer"] == "/body/value"
    assert answers[3].json()["errors"][0]["pointer"] == "/target/selector/exact"
    assert Annotation.objects.count() == 0


def test_more_targets_tags_and_text_than_are_kept_are_refused(
    api, student, container, least, source, send
):
    client = api(student)
    cases = {
        "/target": {"target": [source] * 30},
        "/body": {"body": {"value": "a" * 10_001}},
    }

    for pointer, members in cases.items():
        response = send(client, "POST", container, {**least, **members})
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, pointer)
    tagged = [{"value": f"tag {number}", "purpose": "tagging"} for number in range(500)]
    response = send(client, "POST", container, {**least, "body": tagged})
    assert response.status_code == 400
    large = send(client, "POST", container, {**least, "x:more": "a" * 3_000_000})
    assert large.status_code == 413


@pytest.mark.parametrize(
    "html",
    ["<p>" * 5_000, "<script>alert(1)</script>", "<!--" * 999, "&#0;&#xD800;", "<a href='javascript:x'>a",
     "<![<![", "<!ELEMENT [", "<a " * 20_000],
    ids=["nested", "script", "comments", "references", "link", "sections", "element", "long"],
)  # fmt: skip
def test_html_becomes_plain_text_or_is_refused(html, api, student, container, least, send):
    body = {"value": html, "format": "text/html"}

    response = send(api(student), "POST", container, {**least, "body": body})

    assert response.status_code in {201, 400}
    if response.status_code == 201:
        assert "<script" not in Annotation.objects.get().body_html
        assert "javascript:" not in Annotation.objects.get().body_html


@pytest.mark.parametrize(
    "name",
    ["Slug", "Prefer", "Accept", "If-Match", "If-None-Match", "Content-Type"],
)
@pytest.mark.parametrize(
    "value", ["\u00ff", "'\"<>;,=", "%00%ff%d8", "a" * 7_000, ",,,;;;===", '"', "W/"]
)
def test_headers_of_any_shape_are_no_failure(name, value, api, student, container, least, send):
    client = api(student)
    headers = {} if name == "Content-Type" else {name: value}
    kind = value if name == "Content-Type" else "application/ld+json"

    made = send(client, "POST", container, least, content_type=kind, **headers)
    read = client.get(container, headers=headers)

    assert made.status_code in {201, 400, 406, 412, 415}
    assert read.status_code in {200, 304, 400, 406, 412}


def test_wish_behind_more_than_is_read_of_it_is_passed_over(api, student, container, noted):
    wish = 'return=representation;include="http://www.w3.org/ns/ldp#PreferMinimalContainer"'
    client = api(student)

    near = client.get(container, headers={"Prefer": f"wait={'9' * 1_500}, {wish}"})
    far = client.get(container, headers={"Prefer": f"wait={'9' * 2_500}, {wish}"})

    assert isinstance(near.json()["first"], str)
    assert "items" in far.json()["first"]
    assert "Preference-Applied" not in far


@pytest.mark.parametrize(
    "segment",
    ["%00", "%ed%a0%80", "..", "%2e%2e%2f", "a" * 5_000, "%f0%9f%99%82", "0", str(uuid.UUID(int=0))],
    ids=["NUL", "surrogate", "dots", "encoded dots", "long", "emoji", "zero", "zero UUID"],
)  # fmt: skip
def test_addresses_that_nobody_has_find_nothing(segment, api, student, container, noted):
    response = api(student).get(f"{container}{segment}")

    assert response.status_code in {400, 404}
    assert response["Content-Type"] == "application/problem+json"


def test_id_of_an_annotation_elsewhere_finds_nothing(api, student, container, noted):
    other = AnnotationFactory()

    assert api(student).get(f"{container}{other.pk}").status_code == 404
