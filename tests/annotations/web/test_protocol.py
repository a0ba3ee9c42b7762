"""The Web Annotation Protocol (W3C Recommendation of 2017-02-23): names begin with its sections."""

import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.actions import withdraw_annotation
from annotations.models import Annotation, WebIdentity
from annotations.web import queries
from tests.annotations.web.expanding import same_statements, vanished
from tests.expect import expect_constant_queries, expect_problem, expect_same_as_absent
from tests.factories.annotations import AnchorFactory, AnnotationFactory, ReplyFactory
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
PROFILE = f'application/ld+json; profile="{CONTEXT}"'
RESOURCE = '<http://www.w3.org/ns/ldp#Resource>; rel="type"'
CONTAINER = (
    '<http://www.w3.org/ns/ldp#BasicContainer>; rel="type", '
    "<http://www.w3.org/TR/annotation-protocol/>; "
    'rel="http://www.w3.org/ns/ldp#constrainedBy"'
)
MINIMAL = "http://www.w3.org/ns/ldp#PreferMinimalContainer"
IRIS = "http://www.w3.org/ns/oa#PreferContainedIRIs"
DESCRIPTIONS = "http://www.w3.org/ns/oa#PreferContainedDescriptions"
MERGE = "application/merge-patch+json"


def prefer(*wishes):
    return {"Prefer": f'return=representation;include="{" ".join(wishes)}"'}


def methods(response):
    return {one.strip() for one in response["Allow"].split(",")}


@pytest.fixture
def address(container, noted):
    """The address of the one annotation."""
    return f"{container}{noted.pk}"


@pytest.fixture
def many(assignment, student, monkeypatch):
    """Seven annotations in pages of three; the ids in their order."""
    monkeypatch.setattr(queries, "PAGE", 3)
    made = [AnnotationFactory(assignment=assignment, author=student) for _ in range(7)]
    for one in made:
        AnchorFactory(annotation=one)
    return [str(one.pk) for one in made]


def walk(client, container, way="next", *, between=lambda: None, iris=1):
    """The ids on all pages from one end to the other."""
    whole = client.get(container, {"iris": iris}, headers=prefer(MINIMAL)).json()
    page = whole["first"] if way == "next" else whole["last"]
    found = []
    while page:
        shown = client.get(page).json()
        ids = [one["id"] if isinstance(one, dict) else one for one in shown["items"]]
        ids = [one.rpartition("/")[2] for one in ids]
        found = found + ids if way == "next" else ids + found
        page = shown.get(way)
        between()
    return found


# --- 3: annotation retrieval -----------------------------------------------------------------


def test_3_get_gives_the_annotation_as_json_ld_with_its_profile(api, student, address):
    response = api(student).get(address)

    assert (response.status_code, response["Content-Type"]) == (200, PROFILE)
    assert response.json()["id"] == f"http://testserver{address}"


def test_3_head_gives_the_headers_of_get_alone(api, student, address):
    client = api(student)
    got, headed = client.get(address), client.head(address)

    assert headed.content == b""
    for name in ("Content-Type", "ETag", "Link", "Allow", "Vary"):
        assert headed[name] == got[name]


def test_3_options_of_what_may_not_be_known_of_finds_nothing(api, address):
    expect_problem(api(None).options(address), 404, "not_found")


def test_3_options_tells_methods_and_links(api, student, address):
    response = api(student).options(address)

    assert response.status_code == 204
    assert methods(response) == {"GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
    assert response["Link"] == RESOURCE
    assert response["Accept-Patch"] == f"{MERGE}, application/json"


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_3_link_says_resource_and_nothing_else(method, api, student, address):
    assert getattr(api(student), method)(address)["Link"] == RESOURCE


@pytest.mark.parametrize("method", ["get", "head"])
def test_3_etag_allow_and_vary_stand_on_get_and_head(method, api, student, address):
    response = getattr(api(student), method)(address)

    assert response["ETag"].startswith('"1-')
    assert methods(response) == {"GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
    assert "Accept" in [one.strip() for one in response["Vary"].split(",")]


def test_3_turtle_says_the_same(api, student, address):
    client = api(student)
    response = client.get(address, headers={"Accept": "text/turtle"})

    assert response["Content-Type"] == "text/turtle; charset=utf-8"
    assert same_statements(client.get(address).json(), response.content.decode())


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", PROFILE),
        ("*/*", PROFILE),
        (PROFILE, PROFILE),
        ('application/ld+json; profile="http://x.example/another"', PROFILE),
        ("application/*", PROFILE),
        ("application/json", "application/json"),
        ("text/turtle;q=0.5, application/ld+json;q=0.9", PROFILE),
        ("text/turtle, application/ld+json;q=0.9", "text/turtle; charset=utf-8"),
        ("text/*;q=0.1, application/ld+json;q=0", "text/turtle; charset=utf-8"),
        ("text/html, */*;q=0.1", PROFILE),
    ],
)
def test_3_form_is_the_one_that_is_liked_best(accept, media_type, api, student, address):
    headers = {"Accept": accept} if accept else {}

    assert api(student).get(address, headers=headers)["Content-Type"] == media_type


def test_3_each_form_has_a_tag_of_its_own_and_an_unchanged_one_is_304(api, student, address):
    client = api(student)
    tags = {
        accept: client.get(address, headers={"Accept": accept})["ETag"]
        for accept in ("application/ld+json", "text/turtle", "application/json")
    }

    again = client.get(address, headers={"If-None-Match": tags["application/ld+json"]})

    assert len(set(tags.values())) == 3
    assert (again.status_code, again.content) == (304, b"")
    assert (again["ETag"], again["Link"]) == (tags["application/ld+json"], RESOURCE)
    other = {"If-None-Match": tags["text/turtle"]}
    assert client.get(address, headers=other).status_code == 200


def test_3_native_address_gives_the_same_document_to_those_who_ask(api, student, address, noted):
    client = api(student)
    native = f"/api/v1/annotations/{noted.pk}/"

    web = client.get(native, headers={"Accept": PROFILE})
    turtle = client.get(native, headers={"Accept": "text/turtle"})

    assert (web["Content-Type"], web.json()) == (PROFILE, client.get(address).json())
    assert same_statements(web.json(), turtle.content.decode())
    assert (web["ETag"], web["Link"]) == (client.get(address)["ETag"], RESOURCE)
    assert client.get(native).json()["kind"] == "comment"
    assert client.get(native, headers={"Accept": "*/*"})["Content-Type"] == "application/json"
    assert "Accept" in web["Vary"]


# --- 4: containers ---------------------------------------------------------------------------


def test_4_container_iri_ends_in_a_slash_and_has_no_query(container):
    assert container.endswith("/")
    assert "?" not in container


def test_4_1_get_without_accept_gives_json_ld_with_both_contexts(api, student, container, noted):
    response = api(student).get(container)

    assert response["Content-Type"] == PROFILE
    assert response.json()["@context"] == [CONTEXT, "http://www.w3.org/ns/ldp.jsonld"]
    assert response.json()["type"] == ["BasicContainer", "AnnotationCollection"]


def test_4_1_turtle_says_the_same(api, student, container, noted):
    client = api(student)
    response = client.get(container, headers={"Accept": "text/turtle"})

    assert same_statements(client.get(container).json(), response.content.decode())


def test_4_1_no_member_vanishes_in_expansion(api, student, container, noted):
    assert vanished(api(student).get(container).json()) == []


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_4_1_allow_accept_post_and_links_stand_on_every_reading(method, api, student, container):
    response = getattr(api(student), method)(container)

    assert methods(response) == {"GET", "POST", "HEAD", "OPTIONS"}
    assert response["Accept-Post"] == f"{PROFILE}, application/json"
    assert response["Link"] == CONTAINER


@pytest.mark.parametrize("method", ["get", "head"])
def test_4_1_etag_and_vary_stand_on_get_and_head(method, api, student, container, noted):
    response = getattr(api(student), method)(container)

    assert response["ETag"].startswith('"')
    assert {"Accept", "Prefer"} <= {one.strip() for one in response["Vary"].split(",")}


def test_4_1_unchanged_container_is_304_and_a_change_shows(api, student, container, noted):
    client = api(student)
    tag = client.get(container)["ETag"]

    unchanged = client.get(container, headers={"If-None-Match": tag})
    AnnotationFactory(assignment=noted.assignment)

    assert (unchanged.status_code, unchanged["Link"]) == (304, CONTAINER)
    assert client.get(container, headers={"If-None-Match": tag}).status_code == 200


def test_4_1_links_stand_on_refusals_too(api, student, outsider, container, least, send):
    client = api(student)
    answers = {
        401: send(api(None), "POST", container, least),
        404: api(outsider).get(container),
        400: send(client, "POST", container, "{"),
        405: client.delete(container),
        406: client.get(container, headers={"Accept": "application/rdf+xml"}),
        409: send(client, "POST", container, {**least, "target": {
            "selector": {"type": "TextQuoteSelector", "exact": "words of nobody"}}}),
        415: client.post(container, "a=1", content_type="application/x-www-form-urlencoded"),
        201: send(client, "POST", container, least),
    }  # fmt: skip

    assert {status: one.status_code for status, one in answers.items()} == {
        status: status for status in answers
    }
    assert {one["Link"] for one in answers.values()} == {CONTAINER}


def test_4_2_container_tells_label_total_modified_first_and_last(api, student, container, many):
    shown = api(student).get(container).json()

    newest = Annotation.objects.order_by("-updated_at").first().updated_at
    assert (shown["label"], shown["total"]) == ("Who should pay for water?", 7)
    assert shown["modified"] == f"{newest:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert shown["first"]["id"] == f"http://testserver{container}?iris=0&after=start"
    assert shown["last"] == f"http://testserver{container}?iris=0&after={many[5]}"


def test_4_2_withdrawal_moves_modified(api, student, container, noted):
    client = api(student)
    before = client.get(container).json()["modified"]

    withdraw_annotation(actor=student, annotation_id=noted.pk)

    shown = client.get(container).json()
    assert (shown["total"], "first" in shown, "last" in shown) == (0, False, False)
    assert shown["modified"] > before


def test_4_2_content_location_is_the_iri_of_the_representation(api, student, container, noted):
    client = api(student)

    for query, iri in [({}, "?iris=0"), ({"iris": 1}, "?iris=1"), ({"iris": 0}, "?iris=0")]:
        response = client.get(container, query)
        assert response["Content-Location"] == response.json()["id"]
        assert response.json()["id"] == f"http://testserver{container}{iri}"


@pytest.mark.parametrize(
    ("headers", "query", "iris", "applied"),
    [
        ({}, {}, False, None),
        (prefer(IRIS), {}, True, IRIS),
        (prefer(DESCRIPTIONS), {}, False, DESCRIPTIONS),
        (prefer(IRIS, DESCRIPTIONS), {}, False, DESCRIPTIONS),
        (prefer(IRIS), {"iris": 0}, False, DESCRIPTIONS),
        ({"Prefer": 'respond-async, return=representation; omit="a"; include="' + IRIS + '"'},
         {}, True, IRIS),
        ({"Prefer": "return=minimal"}, {}, False, None),
        (prefer("http://x.example/wish"), {}, False, None),
    ],
    ids=["none", "IRIs", "descriptions", "both", "parameter first", "among others", "minimal",
         "unknown"],
)  # fmt: skip
def test_4_2_1_preferences(headers, query, iris, applied, api, student, container, noted):
    response = api(student).get(container, query, headers=headers)

    [item] = response.json()["first"]["items"]
    assert isinstance(item, str) is iris
    expected = f'return=representation; include="{applied}"' if applied else None
    assert response.get("Preference-Applied") == expected


@pytest.mark.parametrize(("wishes", "iris"), [([], 0), ([IRIS], 1), ([DESCRIPTIONS], 0)])
def test_4_2_2_minimal_embeds_nothing(wishes, iris, api, student, container, noted):
    response = api(student).get(container, headers=prefer(MINIMAL, *wishes))

    shown = response.json()
    page = f"http://testserver{container}?iris={iris}&after=start"
    assert (shown["first"], shown["last"]) == (page, page)
    assert "contains" not in shown
    assert response["Preference-Applied"] == (
        f'return=representation; include="{" ".join([MINIMAL, *wishes])}"'
    )


def test_4_2_3_iris_are_embedded_and_pages_follow(api, student, container, many):
    client = api(student)
    first = client.get(container, headers=prefer(IRIS)).json()["first"]

    assert first["type"] == "AnnotationPage"
    assert first["items"] == [f"http://testserver{container}{one}" for one in many[:3]]
    assert client.get(first["next"]).json()["items"] == [
        f"http://testserver{container}{one}" for one in many[3:6]
    ]


def test_4_2_4_descriptions_are_embedded_and_pages_follow(api, student, container, many):
    client = api(student)
    first = client.get(container, headers=prefer(DESCRIPTIONS)).json()["first"]
    alone = client.get(f"{container}{many[0]}").json()
    del alone["@context"]

    assert first["items"][0] == alone
    assert [one["type"] for one in client.get(first["next"]).json()["items"]] == ["Annotation"] * 3


def test_4_3_page_names_itself_its_neighbours_and_the_whole(api, student, container, many):
    client = api(student)
    start = f"http://testserver{container}?iris=1"
    shown = client.get(f"{container}?iris=1&after={many[2]}").json()

    assert shown == {
        "@context": CONTEXT,
        "id": f"{start}&after={many[2]}",
        "type": "AnnotationPage",
        "partOf": {
            "id": start,
            "label": "Who should pay for water?",
            "total": 7,
            "modified": shown["partOf"]["modified"],
        },
        "startIndex": 3,
        "next": f"{start}&after={many[5]}",
        "prev": f"{start}&before={many[3]}",
        "items": [f"http://testserver{container}{one}" for one in many[3:6]],
    }
    assert vanished(shown) == []


def test_4_3_first_page_has_no_prev_and_last_no_next(api, student, container, many):
    client = api(student)
    whole = client.get(container, headers=prefer(MINIMAL)).json()
    first, last = client.get(whole["first"]).json(), client.get(whole["last"]).json()

    assert ("prev" in first, first["startIndex"]) == (False, 0)
    assert ("next" in last, last["startIndex"], len(last["items"])) == (False, 6, 1)


@pytest.mark.parametrize("iris", [0, 1])
@pytest.mark.parametrize("way", ["next", "prev"])
def test_4_3_walk_gives_every_annotation_once_either_way(way, iris, api, student, container, many):
    assert walk(api(student), container, way, iris=iris) == many


@pytest.mark.parametrize("way", ["next", "prev"])
def test_4_3_walk_survives_what_others_create_and_delete(
    way, api, student, container, many, assignment
):
    others = [AnnotationFactory(assignment=assignment, author=student) for _ in range(3)]
    others = [str(one.pk) for one in others]
    doomed = iter([many[0], others[2], many[3]] if way == "next" else [others[1], many[6], many[0]])

    def meanwhile():
        AnnotationFactory(assignment=assignment, author=student)
        if one := next(doomed, None):
            Annotation.objects.filter(pk=one).update(status="withdrawn")

    found = walk(api(student), container, way, between=meanwhile)

    stayed = list(
        Annotation.objects.filter(pk__in=[*many, *others])
        .exclude(status="withdrawn")
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    assert len(found) == len(set(found))
    assert [one for one in found if one in map(str, stayed)] == [str(one) for one in stayed]


def test_4_3_page_without_items_is_not_there(api, student, container, many):
    client = api(student)

    expect_problem(client.get(f"{container}?iris=1&after={many[-1]}"), 404, "not_found")
    expect_problem(client.get(f"{container}?iris=1&before={many[0]}"), 404, "not_found")


@pytest.mark.parametrize(
    "query",
    ["iris=2", "iris=", "anchored=yes", "after=x", "after=", "before=start", "page=0",
     "iris=1&iris=0", f"after=start&before={uuid.UUID(int=1)}"],
)  # fmt: skip
def test_4_3_parameters_that_are_none_are_refused(query, api, student, container, noted):
    expect_problem(api(student).get(f"{container}?{query}"), 400, "invalid")


@pytest.mark.parametrize("query", [{}, {"iris": 1}, {"iris": 0, "after": "start"}])
def test_4_queries_are_as_many_whatever_is_in_it(query, api, student, container, noted):
    client = api(student)

    def grow():
        for _ in range(3):
            AnchorFactory(annotation=AnnotationFactory(assignment=noted.assignment))
        ReplyFactory(parent=noted)

    assert expect_constant_queries(lambda: client.get(container, query), grow=grow) <= 14


def test_4_4_reading_page_names_its_container(page, student, assignment, container):
    response = page(student).get(assignment.get_absolute_url())

    rel = "http://www.w3.org/ns/oa#annotationService"
    assert response["Link"] == f'<http://testserver{container}>; rel="{rel}"'
    assert f'<link rel="{rel}" href="{container}">' in response.content.decode()


# --- 5.1, 5.2: create ------------------------------------------------------------------------


def test_5_1_creation_answers_201_with_address_tag_and_the_annotation(
    api, student, container, least, send
):
    client = api(student)
    response = send(client, "POST", container, least)

    made = Annotation.objects.get()
    address = f"http://testserver{container}{made.pk}"
    assert (response.status_code, response["Location"]) == (201, address)
    assert (response["Content-Type"], response.json()) == (PROFILE, client.get(address).json())
    assert response["ETag"] == client.get(address)["ETag"]
    assert (made.author, made.body, made.anchors.get().exact) == (
        student,
        "I doubt it.",
        "Fairness",
    )


def test_5_1_id_of_the_client_goes_to_via_and_canonical_stays(api, student, container, least, send):
    names = {
        "id": "https://x.example/1",
        "canonical": "https://x.example/canonical",
        "via": ["https://y.example/2"],
    }

    shown = send(api(student), "POST", container, {**least, **names}).json()

    assert shown["id"] == f"http://testserver{container}{Annotation.objects.get().pk}"
    assert shown["via"] == ["https://x.example/1", "https://y.example/2"]
    assert shown["canonical"] == "https://x.example/canonical"


@pytest.mark.parametrize(
    ("slug", "segment"),
    [
        ("mine", "mine"),
        ('"my_first_annotation"', "my_first_annotation"),
        ("my first", "my-first"),
        ("caf%C3%A9", "caf"),
        ("a/../b", "a-..-b"),
        ("x" * 150, "x" * 89),
        ("a" * 24, "a" * 24),
    ],
    ids=["word", "quoted", "space", "accent", "path", "long", "hex"],
)
def test_5_2_slug_begins_the_last_segment(slug, segment, api, student, container, least, send):
    client = api(student)
    response = send(client, "POST", container, least, Slug=slug)

    name = response["Location"].removeprefix(f"http://testserver{container}")
    assert re.fullmatch(rf"{re.escape(segment)}-[g-z]{{10}}", name)
    assert WebIdentity.objects.get().slug == name
    assert client.get(response["Location"]).json()["id"] == response["Location"]
    assert client.get(f"{container}{Annotation.objects.get().pk}").json() == response.json()


@pytest.mark.parametrize("slug", ["", "..", "%2F", str(uuid.UUID(int=1))])
def test_5_2_slug_that_can_be_no_name_is_passed_over(slug, api, student, container, least, send):
    response = send(api(student), "POST", container, least, Slug=slug)

    assert response["Location"] == f"http://testserver{container}{Annotation.objects.get().pk}"


def test_5_2_slug_is_never_given_twice_not_even_after_deletion(
    api, student, classmate, container, least, send
):
    client = api(student)
    first = send(client, "POST", container, least, Slug="mine")["Location"]
    second = send(api(classmate), "POST", container, least, Slug="mine")["Location"]
    client.delete(first)
    third = send(client, "POST", container, least, Slug="mine")["Location"]

    assert len({first, second, third}) == 3
    for one in (first, second, third):
        assert re.fullmatch(rf"http://testserver{container}mine-[g-z]{{10}}", one)
    assert client.get(first).status_code == 410


def test_5_2_slug_that_a_hidden_annotation_has_is_answered_as_a_free_one(
    api, student, classmate, container, least, send
):
    """Neither asking for the name, nor replying to or reading its address tells of it."""
    taken = send(api(student), "POST", container, least, Slug="mine")["Location"]
    Annotation.objects.filter(author=student).update(audience="private")
    free = f"{taken[:-10]}{'g' * 10}"
    client = api(classmate)

    def told(slug, address):
        made = send(client, "POST", container, least, Slug=slug)
        name = made["Location"].removeprefix(f"http://testserver{container}")
        reply = send(client, "POST", container, {**least, "target": address})
        read = client.get(address)
        refused = [(one.status_code, one.content) for one in (reply, read)]
        return made.status_code, name[len(slug) : len(slug) + 1], len(name), [
            (status, content.replace(address.rpartition("/")[2].encode(), b""))
            for status, content in refused
        ]  # fmt: skip

    assert told("mine", taken) == told("free", free)


def test_5_2_name_of_one_container_is_free_in_another(api, student, container, least, send):
    send(api(student), "POST", container, least, Slug="mine")
    seminar = WebIdentity.objects.get().assignment.seminar
    other = assignment_of(essay_of("Other words.", seminar=seminar), slug="other")
    document = {**least, "target": {
        "selector": {"type": "TextQuoteSelector", "exact": "Other"}}}  # fmt: skip

    response = send(api(student), "POST", f"/wa/assignments/{other.pk}/", document, Slug="mine")

    assert response["Location"].startswith(f"http://testserver/wa/assignments/{other.pk}/mine-")


@pytest.mark.parametrize(
    "audience",
    ["private", ["http://testserver/ns/#audiencePrivate"], {"schema:audienceType": "private"}],
    ids=["word", "list", "type"],
)
def test_5_1_audience_in_any_form_is_heard(
    audience, api, student, classmate, container, least, send
):
    made = send(api(student), "POST", container, {**least, "audience": audience})

    assert made.json()["audience"]["id"] == "http://testserver/ns/#audiencePrivate"
    expect_problem(api(classmate).get(made["Location"]), 404, "not_found")


@pytest.mark.parametrize("form", ["{}", "urn:uuid:{}"])
def test_5_1_group_by_its_id_alone_is_the_audience(
    form, api, student, group, container, least, send
):
    made = send(api(student), "POST", container, {**least, "audience": form.format(group.pk)})

    assert made.json()["audience"] == {
        "id": f"urn:uuid:{group.pk}",
        "type": "Audience",
        "schema:audienceType": "group",
    }


@pytest.mark.parametrize(
    "audience",
    [
        "http://testserver/ns/#audiencePrivat",
        {"id": "http://example.edu/roles/teacher", "type": "schema:EducationalAudience"},
        ["private", "staff"],
    ],
    ids=["slip", "strange", "several"],
)
def test_5_1_audience_that_is_not_understood_is_shown_to_nobody(
    audience, api, student, container, least, send
):
    response = send(api(student), "POST", container, {**least, "audience": audience})

    expect_problem(response, 400, "invalid", "/audience")
    assert not Annotation.objects.exists()


def test_5_1_group_of_others_is_refused(api, student, other_group, container, least, send):
    response = send(api(student), "POST", container, {**least, "audience": str(other_group.pk)})

    expect_problem(response, 400, "invalid", "/audience")
    assert not Annotation.objects.exists()


def test_5_1_reply_targets_the_annotation_by_its_address(
    api, classmate, container, noted, address, least, send
):
    document = {**least, "motivation": "replying", "target": f"http://testserver{address}"}

    shown = send(api(classmate), "POST", container, document).json()

    assert Annotation.objects.get(author=classmate).parent == noted
    assert (shown["target"], shown["motivation"]) == (f"http://testserver{address}", "replying")


def test_5_1_reply_to_an_annotation_with_a_name_of_its_own(
    api, student, classmate, container, least, send
):
    parent = send(api(student), "POST", container, least, Slug="mine")["Location"]

    shown = send(api(classmate), "POST", container, {**least, "target": parent}).json()

    assert shown["target"] == parent


# --- 5.3: update -----------------------------------------------------------------------------


def test_5_3_put_answers_200_with_the_new_state(api, student, address, send):
    client = api(student)
    document = client.get(address).json()
    document["body"] = {"type": "TextualBody", "value": "Says nobody."}

    response = send(client, "PUT", address, document)

    assert (response.status_code, response["Content-Type"]) == (200, PROFILE)
    assert response.json() == client.get(address).json()
    assert response.json()["body"]["value"] == "Says nobody."
    assert response["ETag"].startswith('"2-')


def test_5_3_put_of_what_stands_changes_nothing(api, student, address, noted, send):
    client = api(student)
    before = client.get(address)

    response = send(client, "PUT", address, before.json())

    assert (response.json(), response["ETag"]) == (before.json(), before["ETag"])


def test_5_3_put_may_move_the_annotation(api, student, address, noted, send, paragraphs):
    client = api(student)
    document = client.get(address).json()
    document["target"] = {
        "source": f"http://testserver/api/v1/paragraphs/{paragraphs[1].pk}/",
        "selector": {"type": "TextQuoteSelector", "exact": "council"},
    }

    shown = send(client, "PUT", address, document).json()

    assert shown["target"]["selector"][0]["exact"] == "council"
    anchor = noted.anchors.get()
    assert (anchor.paragraph, anchor.state) == (paragraphs[1], "by_hand")


def test_5_3_put_of_the_same_place_in_other_words_leaves_the_anchor(
    api, student, address, noted, send, source
):
    client = api(student)
    document = client.get(address).json()
    document["target"] = {"source": source, "selector": {
        "type": "TextQuoteSelector", "exact": "Fairness"}}  # fmt: skip

    send(client, "PUT", address, document)

    assert noted.anchors.get().state == "created"


@pytest.mark.parametrize("tag", ['"9-0000000000000000"', 'W/"1-0000000000000000"', '"2"'])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_5_3_stale_or_weak_tag_is_412(method, tag, api, student, address, noted, send):
    client = api(student)
    document = client.get(address).json()
    kind = MERGE if method == "PATCH" else "application/ld+json"

    response = send(client, method, address, document, content_type=kind, **{"If-Match": tag})

    expect_problem(response, 412, "stale_version")
    assert response["Link"] == RESOURCE
    noted.refresh_from_db()
    assert (noted.version, noted.status) == (1, "published")


def test_5_3_current_tag_is_obeyed(api, student, address, send):
    client = api(student)
    response = client.get(address)
    document = {**response.json(), "body": {"type": "TextualBody", "value": "Anew."}}

    done = send(client, "PUT", address, document, **{"If-Match": response["ETag"]})
    again = send(client, "PUT", address, document, **{"If-Match": response["ETag"]})

    assert (done.status_code, again.status_code) == (200, 412)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_5_3_current_tag_among_others_is_obeyed(method, api, student, address, noted, send):
    client = api(student)
    response = client.get(address)
    kind = MERGE if method == "PATCH" else "application/ld+json"
    tags = f'"9-0000000000000000", {response["ETag"]}'

    done = send(client, method, address, response.json(), content_type=kind, **{"If-Match": tags})

    assert done.status_code == (204 if method == "DELETE" else 200)


@pytest.mark.parametrize(
    ("name", "value"),
    [("canonical", "https://z.example/"), ("via", ["https://z.example/"])],
)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_5_3_canonical_and_via_stay_once_set(
    method, name, value, api, student, container, least, send
):
    client = api(student)
    names = {"canonical": "https://x.example/c", "via": "https://x.example/v"}
    address = send(client, "POST", container, {**least, **names})["Location"]
    kind = MERGE if method == "PATCH" else "application/ld+json"

    response = send(client, method, address, {**least, name: value}, content_type=kind)

    expect_problem(response, 409, "conflict", f"/{name}")
    assert client.get(address).json()["schema:version"] == 1


def test_5_3_canonical_and_via_may_be_set_later_and_left_out(api, student, address, least, send):
    client = api(student)
    names = {"canonical": "https://x.example/c", "via": ["urn:a:1"]}

    send(client, "PUT", address, {**least, **names})
    shown = send(client, "PUT", address, {**least, "bodyValue": "Anew.", "body": []}).json()

    assert (shown["canonical"], shown["via"]) == ("https://x.example/c", "urn:a:1")


def test_5_3_merge_patch_changes_the_members_sent(api, student, address, send):
    client = api(student)
    before = client.get(address).json()

    shown = send(client, "PATCH", address, {"motivation": "questioning"}, content_type=MERGE).json()

    assert shown["motivation"] == "questioning"
    assert (shown["target"], shown["body"][0]["value"]) == (before["target"], "Says *who*?")


def test_5_3_merge_patch_takes_away_no_name(api, student, container, least, send):
    client = api(student)
    named = {**least, "canonical": "https://x.example/c"}
    address = send(client, "POST", container, named)["Location"]

    response = send(client, "PATCH", address, {"canonical": None}, content_type=MERGE)

    expect_problem(response, 409, "conflict", "/canonical")


@pytest.mark.parametrize(
    "kind", ["application/ld+json", "application/json-patch+json", "text/turtle"]
)
def test_5_3_patch_of_another_kind_is_415(kind, api, student, address, send):
    response = send(api(student), "PATCH", address, {"motivation": "x"}, content_type=kind)

    expect_problem(response, 415, "unsupported_media_type")
    assert response["Accept-Patch"] == f"{MERGE}, application/json"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"audience": {"id": "http://testserver/ns/#audiencePrivate"}}, "/audience"),
        ({"target": "http://testserver/annotations/{noted}/"}, "/target"),
    ],
    ids=["readers", "parent"],
)
def test_5_3_what_clients_do_not_change_is_409(change, pointer, api, student, address, noted, send):
    client = api(student)
    document = {**client.get(address).json(), **change}
    if "target" in change:
        document["target"] = change["target"].format(noted=noted.pk)

    expect_problem(send(client, "PUT", address, document), 409, "conflict", pointer)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_5_3_audience_that_is_not_understood_is_refused_before_anything_is_changed(
    method, api, student, address, noted, least, send
):
    document = {**least, "audience": "http://testserver/ns/#audiencePrivat"}
    kind = MERGE if method == "PATCH" else PROFILE

    response = send(api(student), method, address, document, content_type=kind)

    expect_problem(response, 400, "invalid", "/audience")
    noted.refresh_from_db()
    assert (noted.body, noted.version) == ("Says *who*?", 1)


def test_5_3_audience_in_another_form_is_the_same(api, student, address, least, send):
    response = send(api(student), "PUT", address, {**least, "audience": ["seminar"]})

    assert response.status_code == 200


def test_5_3_kind_of_what_was_answered_stays(api, student, address, noted, send):
    ReplyFactory(parent=noted)

    response = send(
        api(student), "PATCH", address, {"motivation": "questioning"}, content_type=MERGE
    )

    expect_problem(response, 409, "invalid_state", "/motivation")


# --- 5.4: delete -----------------------------------------------------------------------------


def test_5_4_deletion_is_204_then_410_and_gone_from_the_container(
    api, student, instructor, container, address, noted
):
    client = api(student)
    deleted = client.delete(address)

    assert (deleted.status_code, deleted.content, deleted["Link"]) == (204, b"", RESOURCE)
    for reader in (student, instructor):
        gone = api(reader).get(address)
        expect_problem(gone, 410, "gone")
        assert gone["Link"] == RESOURCE
    assert client.get(container).json()["total"] == 0
    native = client.get(f"/api/v1/annotations/{noted.pk}/", headers={"Accept": PROFILE})
    assert native.json()["schema:creativeWorkStatus"] == "withdrawn"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_5_4_nothing_brings_it_back(method, api, student, address, noted, least, send):
    client = api(student)
    client.delete(address)

    expect_problem(send(client, method, address, least), 410, "gone")
    noted.refresh_from_db()
    assert noted.status == "withdrawn"


# --- 6: errors -------------------------------------------------------------------------------


def test_6_who_may_not_see_it_finds_nothing(api, outsider, container, address, noted):
    client = api(outsider)
    absent = f"/wa/assignments/{uuid.UUID(int=7)}/"

    expect_same_as_absent(client.get(container), client.get(absent))
    expect_same_as_absent(client.get(address), client.get(f"{container}{uuid.UUID(int=7)}"))


def test_6_private_annotation_is_absent_for_others(api, classmate, student, container, assignment):
    note = AnnotationFactory(assignment=assignment, author=student, audience="private")
    client = api(classmate)

    expect_problem(client.get(f"{container}{note.pk}"), 404, "not_found")
    assert client.get(container).json()["total"] == 0
    assert api(student).get(container).json()["total"] == 1


def test_6_other_than_its_author_may_not_change_it(api, classmate, observer, address, least, send):
    for method in ("PUT", "PATCH", "DELETE"):
        expect_problem(send(api(classmate), method, address, least), 403, "not_allowed")
    container = address.rpartition("/")[0] + "/"
    expect_problem(send(api(observer), "POST", container, least), 403, "not_allowed")


def test_6_archived_seminar_is_told_of_to_its_author_alone(
    api, student, classmate, assignment, address, least, send
):
    type(assignment.seminar).objects.update(archived_at=timezone.now())

    own = expect_problem(send(api(student), "PUT", address, least), 403, "not_allowed")
    others = expect_problem(send(api(classmate), "PUT", address, least), 403, "not_allowed")

    assert own["detail"] == "This seminar is archived: nothing in it can be changed."
    assert others["detail"] == "Only its author changes or withdraws an annotation."


def test_6_token_without_scope_or_unknown_is_refused(api, student, container, least, send):
    reader = api(student, scopes=["read"])
    strange = api(None)
    strange.credentials(HTTP_AUTHORIZATION="Bearer nothing")

    expect_problem(send(reader, "POST", container, least), 403, "insufficient_scope")
    expect_problem(strange.get(container), 401, "authentication_failed")


def test_6_method_that_is_not_offered_is_405(api, student, container, address, send, many):
    client = api(student)

    for method in ("PUT", "PATCH", "DELETE"):
        response = send(client, method, container, {})
        expect_problem(response, 405, "method_not_allowed")
        assert methods(response) == {"GET", "POST", "HEAD", "OPTIONS"}
    expect_problem(send(client, "POST", address, {}), 405, "method_not_allowed")
    page = send(client, "POST", f"{container}?iris=1&after=start", {})
    expect_problem(page, 405, "method_not_allowed")
    assert methods(page) == {"GET", "HEAD", "OPTIONS"}


def test_6_form_that_is_not_offered_is_406(api, student, container, address):
    for place in (container, address):
        response = api(student).get(place, headers={"Accept": "application/rdf+xml"})
        expect_problem(response, 406, "not_acceptable")


def test_6_refusal_is_a_problem_document_also_for_readers_of_turtle(api, student, container):
    response = api(student).get(f"{container}nothing", headers={"Accept": "text/turtle"})

    expect_problem(response, 404, "not_found")


def test_6_what_is_no_annotation_is_415(api, student, container, least, send):
    client = api(student)
    other = {**least, "@context": "https://x.example/context"}

    expect_problem(
        send(client, "POST", container, {**least, "type": "Note"}),
        415,
        "unsupported_media_type",
        "/type",
    )
    expect_problem(
        send(client, "POST", container, other), 415, "unsupported_media_type", "/@context"
    )
    expect_problem(
        send(client, "POST", container, least, content_type="text/turtle"),
        415,
        "unsupported_media_type",
    )


def test_6_closed_assignment_takes_nothing(api, student, container, assignment, least, send):
    assignment.closes_at = timezone.now() - timedelta(minutes=1)
    assignment.save()

    expect_problem(send(api(student), "POST", container, least), 409, "closed")
