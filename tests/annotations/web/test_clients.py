"""What annotation libraries send, as they send it, and what they need back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotations.models import Annotation
from tests.conftest import REPEATS
from tests.expect import expect_problem
from tests.factories.annotations import AnchorFactory, AnnotationFactory, ReplyFactory
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of

BARE = "7b6e4a52-5f0c-4a6e-9d3a-2f1c0b9a8e7d"


def words_of(response):
    assert response.status_code == 201, response.content
    anchor = Annotation.objects.get().anchors.get()
    return anchor.exact, anchor.start, anchor.end


@pytest.fixture
def text_annotator(assignment):
    """The format of text-annotator 4.1: a bare id, an array with a stray key, both selectors."""
    page = f"http://testserver{assignment.get_absolute_url()}"

    def document(exact, start, end, prefix="", suffix=""):
        return {
            "@context": "http://www.w3.org/ns/anno.jsonld",
            "id": BARE,
            "type": "Annotation",
            "body": [],
            "creator": {"isGuest": True, "id": "w7DUq2nCYpTyxJ"},
            "created": "2026-01-01T10:00:00.000Z",
            "target": [
                {
                    "annotation": BARE,
                    "source": page,
                    "selector": [
                        {
                            "type": "TextQuoteSelector",
                            "exact": exact,
                            "prefix": prefix,
                            "suffix": suffix,
                        },
                        {"type": "TextPositionSelector", "start": start, "end": end},
                    ],
                }
            ],
        }

    return document


def test_text_annotator_is_taken_and_its_strays_never_come_back(
    api, student, container, text_annotator, send
):
    response = send(api(student), "POST", container, text_annotator("council", 93, 100))

    assert words_of(response) == ("council", 4, 11)
    shown = response.json()
    assert shown["via"] == f"urn:uuid:{BARE}"
    assert shown["creator"]["name"] == student.display_name
    assert shown["body"]["value"] == "> council"
    assert "isGuest" not in str(shown)
    assert "annotation" not in shown["target"]


def test_text_annotator_words_that_repeat_are_told_apart_by_what_is_around(
    api, student, container, text_annotator, send
):
    document = text_annotator("the plan", 1, 2, prefix="once against ", suffix=".")

    response = send(api(student), "POST", container, document)

    at = REPEATS.rindex("the plan")
    assert words_of(response) == ("the plan", at, at + 8)


def test_text_annotator_words_that_cannot_be_told_apart_are_a_conflict(
    api, student, container, text_annotator, send, paragraphs
):
    response = send(api(student), "POST", container, text_annotator("the plan", 1, 2))

    problem = expect_problem(response, 409, "quote_repeats", "/target/0/selector")
    assert [one["paragraph"] for one in problem["places"]] == [str(paragraphs[1].pk)] * 2
    assert [one["exact"] for one in problem["places"]] == ["the plan"] * 2


def test_text_annotator_round_trip_keeps_what_it_sent(
    api, student, container, text_annotator, send
):
    client = api(student)
    made = send(client, "POST", container, text_annotator("council", 93, 100))
    document = {
        **text_annotator("council", 93, 100),
        "body": [{"type": "TextualBody", "purpose": "commenting", "value": "Which one?"}],
    }

    shown = send(client, "PUT", made["Location"], document).json()

    assert (shown["body"]["value"], shown["via"]) == ("Which one?", f"urn:uuid:{BARE}")
    assert Annotation.objects.get().anchors.get().state == "created"


def test_anchored_gives_only_what_text_annotator_can_load(
    api, student, container, assignment, noted
):
    whole = AnnotationFactory(assignment=assignment, author=student)
    AnchorFactory(annotation=whole)
    AnchorFactory(
        annotation=ReplyFactory(parent=noted, author=student),
        start=0, end=6, exact="Cities",
    )  # fmt: skip
    mixed = AnnotationFactory(assignment=assignment, author=student)
    AnchorFactory(annotation=mixed, start=0, end=6, exact="Cities")
    AnchorFactory(annotation=mixed, position=1)
    client = api(student)

    shown = client.get(container, {"anchored": 1}).json()

    assert (shown["total"], client.get(container).json()["total"]) == (1, 4)
    [item] = shown["first"]["items"]
    assert item["id"].endswith(str(noted.pk))
    assert [one["type"] for one in item["target"]["selector"]] == [
        "TextQuoteSelector",
        "TextPositionSelector",
    ]
    assert shown["id"] == f"http://testserver{container}?iris=0&anchored=1"
    assert shown["first"]["id"] == f"{shown['id']}&after=start"
    assert client.get(shown["first"]["id"]).json()["items"] == [item]


def test_recogito_target_without_source_is_the_essay_of_the_container(
    api, student, container, send
):
    document = {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"#{BARE}",
        "type": "Annotation",
        "body": [{"type": "TextualBody", "value": "tone", "purpose": "tagging"}],
        "target": {
            "selector": [
                {"type": "TextQuoteSelector", "exact": "council"},
                {"type": "TextPositionSelector", "start": 4, "end": 11},
            ]
        },
    }

    response = send(api(student), "POST", container, document)

    assert words_of(response) == ("council", 4, 11)
    assert response.json()["via"] == f"urn:uuid:{BARE}"
    assert [one["value"] for one in response.json()["body"]] == ["> council", "tone"]


def test_target_without_source_and_words_names_the_place(api, student, container, least, send):
    response = send(api(student), "POST", container, {**least, "target": {"type": "Text"}})

    expect_problem(response, 400, "invalid", "/target/source")


@pytest.mark.parametrize(
    ("start", "end"),
    [(15, 20), (14, 19), (3, 8), (0, 1), (500, 505)],
    ids=["UTF-16", "code points", "elsewhere", "other length", "outside"],
)
def test_offsets_are_recognised_by_the_quote(
    start, end, api, student, container, least, paragraphs, send
):
    target = {
        "source": f"http://testserver/api/v1/paragraphs/{paragraphs[1].pk}/",
        "selector": [
            {"type": "TextPositionSelector", "start": start, "end": end},
            {"type": "TextQuoteSelector", "exact": "voted"},
        ],
    }

    response = send(api(student), "POST", container, {**least, "target": target})

    assert words_of(response) == ("voted", 14, 19)
    position = response.json()["target"]["selector"][1]
    assert (position["start"], position["end"]) == (14, 19)


def test_offsets_alone_count_code_points(api, student, container, least, paragraphs, send):
    target = {
        "source": {"id": f"http://testserver/api/v1/paragraphs/{paragraphs[1].pk}/"},
        "selector": {"type": "TextPositionSelector", "start": 14, "end": 19},
    }

    response = send(api(student), "POST", container, {**least, "target": target})

    assert words_of(response) == ("voted", 14, 19)


def test_apache_annotator_finds_its_offsets_where_the_words_are(
    api, student, container, least, paragraphs, send
):
    source = f"http://testserver/api/v1/paragraphs/{paragraphs[2].pk}/"
    target = {"source": source, "selector": {"type": "TextQuoteSelector", "exact": "survey"}}

    shown = send(api(student), "POST", container, {**least, "target": target}).json()

    quote, position = shown["target"]["selector"]
    text = api(student).get(f"/api/v1/paragraphs/{paragraphs[2].pk}/").json()["text"]
    assert text[position["start"] : position["end"]] == quote["exact"] == "survey"


@pytest.mark.parametrize(
    "address",
    ["", "{base}{container}", "{base}{page}", "{base}{page}?notes=none#p2", "{base}{page}revisions/1/",
     "{base}/api/v1/essays/{essay}/", "{base}/api/v1/assignments/{assignment}",
     "{base}/essays/{essay}/"],
)  # fmt: skip
def test_essay_may_be_named_in_each_way(address, api, student, container, assignment, least, send):
    source = address.format(
        base="http://testserver",
        container=container,
        page=assignment.get_absolute_url(),
        essay=assignment.essay_id,
        assignment=assignment.pk,
    )
    target = {"source": source, "selector": {"type": "TextQuoteSelector", "exact": "council"}}

    response = send(api(student), "POST", container, {**least, "target": target})

    assert words_of(response) == ("council", 4, 11)


@pytest.mark.parametrize(
    "source",
    ["https://www.example.com/index.html", "http://testserver.evil.example/", "urn:x:1",
     "http://testserver/seminars/other/other/", "http://testserver"],
)  # fmt: skip
def test_source_elsewhere_is_refused_at_its_place(source, api, student, container, least, send):
    response = send(api(student), "POST", container, {**least, "target": [source]})

    expect_problem(response, 400, "invalid", "/target/0/source")


def test_paragraph_of_another_essay_is_refused_at_its_place(
    api, student, container, least, seminar, send
):
    other = assignment_of(essay_of("Other words.", seminar=seminar), slug="other")
    paragraph = other.revision.paragraphs.get()
    source = f"http://testserver/api/v1/paragraphs/{paragraph.pk}/"

    response = send(api(student), "POST", container, {**least, "target": source})

    expect_problem(response, 400, "invalid", "/target/source")


def test_many_targets_take_as_many_queries_as_two(api, student, container, least, send):
    client = api(student)
    words = {"selector": {"type": "TextQuoteSelector", "exact": "council"}}

    def queries_for(number):
        with CaptureQueriesContext(connection) as queries:
            response = send(client, "POST", container, {**least, "target": [words] * number})
        assert response.status_code == 201, response.content
        return len(queries)

    queries_for(2)  # what is kept of the first request is no matter of targets

    assert queries_for(2) == queries_for(20)


def test_more_targets_than_are_kept_are_refused_before_any_is_looked_for(
    api, student, container, least, send
):
    words = {"selector": {"type": "TextQuoteSelector", "exact": "council"}}

    with CaptureQueriesContext(connection) as queries:
        response = send(api(student), "POST", container, {**least, "target": [words] * 3_000})

    problem = expect_problem(response, 400, "invalid", "/target")
    assert problem["detail"] == "At most 20 targets are taken."
    assert not any('"essays_paragraph"."text"' in one["sql"] for one in queries)


def test_whole_essay_is_no_target(api, student, container, least, send):
    response = send(
        api(student), "POST", container, {**least, "target": f"http://testserver{container}"}
    )

    expect_problem(response, 400, "invalid", "/target/selector")


def test_whole_paragraph_is_one(api, student, container, least, source, send):
    response = send(api(student), "POST", container, {**least, "target": source})

    assert words_of(response) == (None, None, None)
    assert response.json()["body"]["value"] == "I doubt it."


def test_mark_on_a_whole_paragraph_says_that_it_is_one(
    api, student, container, least, source, send
):
    response = send(api(student), "POST", container, {**least, "target": source, "body": []})

    assert response.json()["body"]["value"] == "Marked."


def test_words_that_are_nowhere_are_a_conflict(api, student, container, least, source, send):
    selector = {"type": "TextQuoteSelector", "exact": "Cities that price air"}

    here = send(api(student), "POST", container,
                {**least, "target": {"source": source, "selector": selector}})  # fmt: skip
    anywhere = send(api(student), "POST", container, {**least, "target": {"selector": selector}})

    problem = expect_problem(here, 409, "quote_not_found", "/target/selector")
    assert problem["candidate"]["exact"] == "Cities that price water"
    expect_problem(anywhere, 409, "quote_not_found", "/target/selector")


def test_several_targets_are_several_anchors(
    api, student, container, least, source, paragraphs, send
):
    second = f"http://testserver/api/v1/paragraphs/{paragraphs[1].pk}/"
    targets = [second, {"source": source, "selector": {
        "type": "TextQuoteSelector", "exact": "Cities"}}]  # fmt: skip

    shown = send(api(student), "POST", container, {**least, "target": targets}).json()

    assert [one["source"]["id"] for one in shown["target"]] == [source, second]


def test_reply_answers_one_annotation(api, student, container, least, noted, send):
    parent = f"http://testserver/annotations/{noted.pk}/"

    response = send(api(student), "POST", container, {**least, "target": [parent, parent]})

    expect_problem(response, 400, "invalid", "/target/1")


def test_annotation_that_one_may_not_see_cannot_be_answered(
    api, classmate, student, container, assignment, least, send
):
    hidden = AnnotationFactory(assignment=assignment, author=student, audience="private")
    target = [f"http://testserver{container}{hidden.pk}"]

    response = send(api(classmate), "POST", container, {**least, "target": target})

    expect_problem(response, 400, "invalid", "/target/0")


def test_arguments_are_made_by_their_motivations(api, student, container, least, send):
    ns = "http://testserver/ns/#"
    client = api(student)
    countered = {
        **least,
        "motivation": ["commenting", f"{ns}countering"],
        "body": [{"value": "It does not."}, {"source": f"{ns}rebutting", "purpose": "classifying"}],
    }
    evidenced = {
        **least,
        "motivation": ["linking", f"{ns}evidencing"],
        "body": [
            {"source": "https://example.org/study", "purpose": "linking",
             "selector": {"type": "TextQuoteSelector", "exact": "It fell."}},
            {"source": f"{ns}evidenceFor", "purpose": "classifying"},
            {"value": "It measured it.", "purpose": f"{ns}warranting"},
        ],
    }  # fmt: skip

    first = send(client, "POST", container, countered).json()
    second = send(client, "POST", container, evidenced).json()

    counter, evidence = Annotation.objects.order_by("pk")
    assert (counter.kind, counter.attacks, counter.counterclaim) == (
        "counterargument",
        "conclusion",
        "It does not.",
    )
    assert (evidence.kind, evidence.stance, evidence.passage.quote) == (
        "evidence",
        "supports",
        "It fell.",
    )
    for shown in (first, second):
        again = send(client, "PUT", shown["id"], shown)
        assert again.json() == shown


def test_evidence_without_its_parts_is_refused_at_the_body(api, student, container, least, send):
    motivation = ["linking", "http://testserver/ns/#evidencing"]

    response = send(api(student), "POST", container, {**least, "motivation": motivation})

    expect_problem(response, 400, "invalid", "/body")


def test_scripts_of_other_sites_may_ask(api, student, container, noted):
    client = api(student)
    origin = {"Origin": "https://reader.example"}

    shown = client.get(container, headers=origin)
    refused = client.get(f"{container}nothing", headers=origin)
    asked = client.options(container, headers={
        **origin, "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,slug,if-match,prefer"})  # fmt: skip

    for response in (shown, refused, asked):
        assert response["Access-Control-Allow-Origin"] == "*"
    exposed = {one.strip() for one in shown["Access-Control-Expose-Headers"].split(",")}
    assert {"ETag", "Link", "Location", "Allow", "Accept-Post", "Accept-Patch",
            "Content-Location", "Preference-Applied"} <= exposed  # fmt: skip
    allowed = {one.strip().lower() for one in asked["Access-Control-Allow-Headers"].split(",")}
    assert {"authorization", "content-type", "slug", "if-match", "prefer"} <= allowed


def test_sent_twice_under_one_key_it_is_made_once(api, student, container, least, send):
    client = api(student)
    once = {"Idempotency-Key": "a-key", "Slug": "mine"}

    first = send(client, "POST", container, least, **once)
    second = send(client, "POST", container, least, **once)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second["Link"] == first["Link"]
    assert Annotation.objects.count() == 1


def test_alias_is_all_that_classmates_learn_of_an_author(
    api, classmate, student, container, assignment, least, send
):
    assignment.uses_pseudonyms = True
    assignment.save()
    mine = send(api(student), "POST", container, least)

    shown = api(classmate).get(mine["Location"])

    alias = Annotation.objects.get().alias
    assert shown.json()["creator"] == {
        "id": f"urn:uuid:{alias.pk}",
        "type": "Person",
        "name": alias.name,
        "nickname": alias.name,
    }
    assert str(student.pk) not in shown.content.decode()
    assert mine.json()["creator"]["id"] == f"urn:uuid:{student.pk}"
