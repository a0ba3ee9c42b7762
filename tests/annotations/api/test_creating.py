"""What clients post, in each of its forms, and what is refused with its place in the body."""

import json
import uuid

import pytest

from annotations.models import Annotation, Claim, Source
from debate.accounts.enums import Scope
from tests.annotations.api.test_reading import NOBODY, URL
from tests.expect import expect_problem, expect_same_as_absent
from tests.factories.annotations import ReplyFactory, SourceFactory, annotation_on
from tests.factories.argument import ClaimFactory
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of

EVIDENCE = {
    "stance": "supports",
    "warrant": "It measured it.",
    "source": {"link": "https://example.org/a"},
}


@pytest.fixture
def least(assignment, paragraphs):
    """The least that can be posted."""
    return {
        "assignment": str(assignment.pk),
        "paragraph": str(paragraphs[0].pk),
        "kind": "comment",
        "body": "I doubt it.",
    }


def anchor_of(response):
    assert response.status_code == 201, response.content
    (anchor,) = response.json()["anchors"]
    return anchor["exact"], anchor["start"], anchor["end"]


def test_least_create_is_a_comment_on_the_whole_paragraph(api, student, least):
    response = api(student).post(URL, least)

    annotation = Annotation.objects.get()
    assert anchor_of(response) == (None, None, None)
    assert response["Location"].endswith(f"{URL}{annotation.pk}/")
    assert (annotation.author, annotation.audience, annotation.version) == (student, "seminar", 1)


def test_post_with_tags_takes_8_statements(api, student, least, django_assert_num_queries):
    client = api(student)
    body = {**least, "tags": ["harms"]}
    client.post(URL, body)  # the first notes when the token was used

    with django_assert_num_queries(8):
        response = client.post(URL, body)

    assert response.json()["tags"] == ["harms"]


@pytest.mark.parametrize(
    ("paragraph", "words", "expected"),
    [
        (0, {"quote": "Fairness"}, ("Fairness", 48, 56)),
        (0, {"quote": "Fairness", "start": 48, "end": 56}, ("Fairness", 48, 56)),
        (0, {"start": 48, "end": 56}, ("Fairness", 48, 56)),
        (1, {"quote": "the plan", "prefix": "against "}, ("the plan", 59, 67)),
        (1, {"quote": "voted", "start": 15, "end": 20}, ("voted", 14, 19)),
        (2, {"quote": 'paid "too much"'}, ("paid “too much”", 25, 40)),
    ],
    ids=["quote", "quote and offsets", "offsets", "prefix", "UTF-16 offsets", "straight quotes"],
)
def test_words_are_found_and_checked(paragraph, words, expected, api, student, least, paragraphs):
    body = {**least, "paragraph": str(paragraphs[paragraph].pk), **words}

    assert anchor_of(api(student).post(URL, body)) == expected


def test_several_anchors_are_kept_in_the_order_of_the_text(api, student, least, paragraphs):
    del least["paragraph"]
    anchors = [
        {"paragraph": str(paragraphs[1].pk), "exact": "council"},
        {"paragraph": str(paragraphs[0].pk)},
    ]

    response = api(student).post(URL, {**least, "anchors": anchors})

    assert [one["exact"] for one in response.json()["anchors"]] == [None, "council"]


def test_counterargument_without_claim_takes_the_first_sentence(api, student, least):
    response = api(student).post(
        URL, {**least, "kind": "counterargument", "body": "No. It rose.", "counterargument": {}}
    )

    shown = response.json()["counterargument"]
    assert (shown["attacks"], shown["counterclaim"]) == (None, "No.")
    assert shown["claim"] == str(Claim.objects.get(status="implied").pk)


@pytest.mark.parametrize(
    "given",
    [
        {"doi": "10.1000/ABC"},
        {"url": "https://doi.org/10.1000/abc"},
        {"link": "doi:10.1000/aBc"},
    ],
)
def test_one_work_stands_on_the_shelf_once(given, api, instructor, student, least, assignment):
    source = SourceFactory(
        seminar=assignment.seminar, doi="10.1000/abc", url="", added_by=instructor
    )

    response = api(student).post(
        URL, {**least, "kind": "evidence", "evidence": {**EVIDENCE, "source": given}}
    )

    assert response.json()["evidence"]["source"]["id"] == str(source.pk)
    assert Source.objects.count() == 1


def test_evidence_can_name_a_source_of_the_shelf(api, student, least, assignment):
    source = SourceFactory(seminar=assignment.seminar, added_by=student)

    response = api(student).post(
        URL,
        {**least, "kind": "evidence", "evidence": {**EVIDENCE, "source": {"id": str(source.pk)}}},
    )

    assert response.json()["evidence"]["source"]["id"] == str(source.pk)


def test_group_tags_and_audience_are_kept(api, student, least, group):
    response = api(student).post(
        URL, {**least, "audience": "group", "group": str(group.pk), "tags": ["cost", "Cost", "law"]}
    )

    body = response.json()
    assert (body["audience"], body["group"], body["tags"]) == (
        "group",
        str(group.pk),
        ["cost", "law"],
    )


def test_reply_by_parent_and_by_address_join_the_thread(
    api, student, classmate, least, paragraphs, assignment
):
    root = annotation_on(paragraphs[0], author=classmate, assignment=assignment)
    client = api(student)
    del least["paragraph"]

    by_parent = client.post(URL, {**least, "parent": str(root.pk)}).json()
    by_address = client.post(f"{URL}{root.pk}/replies/", {"kind": "support", "body": "Yes."}).json()

    assert [one["root"] for one in (by_parent, by_address)] == [str(root.pk)] * 2
    assert by_parent["anchors"] == []


def test_submission_key_twice_posts_once(api, student, least):
    client = api(student)
    body = {**least, "submission_key": str(uuid.uuid4())}

    answers = [client.post(URL, body).json()["id"] for _ in range(2)]

    assert answers[0] == answers[1]
    assert Annotation.objects.count() == 1


BAD_BODIES = {
    "empty": ({"body": ""}, 400, "blank", "/body"),
    "blank-looking": ({"body": " \u200b\u2800\n\u00ad "}, 400, "blank", "/body"),
    "too long": ({"body": "a" * 10_001}, 400, "too_long", "/body"),
    "NUL": ({"body": "a\x00b"}, 400, "invalid", "/body"),
    "lone surrogate": ({"body": "a\ud800b"}, 400, "invalid", "/body"),
    "surrogate in a quote": ({"quote": "\udfff"}, 400, "invalid", "/quote"),
    "NUL in a tag": ({"tags": ["ok", "\x00"]}, 400, "invalid", "/tags/1"),
    "too long a tag": ({"tags": ["ok", "y" * 60]}, 400, "too_long", "/tags/1"),
    "number as body": ({"body": 7}, 400, "invalid", "/body"),
    "unknown kind": ({"kind": "slander"}, 400, "invalid", "/kind"),
    "unknown member": ({"color": "red"}, 400, "invalid", "/color"),
    "author of another": ({"author": NOBODY}, 400, "invalid", "/author"),
    "unknown paragraph": ({"paragraph": NOBODY}, 400, "invalid", "/paragraph"),
    "no uuid": ({"paragraph": "p4"}, 400, "invalid", "/paragraph"),
    "start outside": ({"start": 500, "end": 501}, 400, "invalid", "/start"),
    "end outside": ({"start": 0, "end": 500}, 400, "invalid", "/end"),
    "end before start": ({"start": 9, "end": 4}, 400, "invalid", "/end"),
    "start alone": ({"start": 9}, 400, "invalid", "/end"),
    "negative": ({"start": -1, "end": 4}, 400, "invalid", "/start"),
    "huge": ({"start": 10**30, "end": 10**31}, 400, "invalid", "/start"),
    "boolean as number": ({"start": True, "end": 4}, 400, "invalid", "/start"),
    "text as number": ({"start": "1", "end": 4}, 400, "invalid", "/start"),
    "no such words": ({"quote": "Farness not scarcity"}, 409, "quote_not_found", "/quote"),
    "space between words": ({"start": 6, "end": 7}, 400, "invalid", "/start"),
    "unknown parent": ({"parent": NOBODY}, 400, "invalid", "/parent"),
    "unknown audience": ({"audience": "world"}, 400, "invalid", "/audience"),
    "public where nothing is": ({"audience": "public"}, 400, "invalid", "/audience"),
    "group without audience": ({"group": NOBODY}, 400, "invalid", "/group"),
    "a thousand tags": ({"tags": ["t"] * 1_000}, 400, "invalid", "/tags"),
    "21 anchors": ({"anchors": [{"paragraph": "x"}] * 21}, 400, "invalid", "/anchors"),
    "eleven tags": ({"tags": [f"t{n}" for n in range(11)]}, 400, "invalid", "/tags"),
    "evidence on a comment": ({"evidence": EVIDENCE}, 400, "invalid", "/evidence"),
    "evidence without its object": ({"kind": "evidence"}, 400, "invalid", "/evidence"),
    "javascript: address": (
        {"kind": "evidence", "evidence": {**EVIDENCE, "source": {"url": "javascript:alert(1)"}}},
        400,
        "invalid",
        "/evidence/source/url",
    ),
    "blank warrant": (
        {"kind": "evidence", "evidence": {**EVIDENCE, "warrant": " "}},
        400,
        "blank",
        "/evidence/warrant",
    ),
    "source of nowhere": (
        {"kind": "evidence", "evidence": {**EVIDENCE, "source": {"id": NOBODY}}},
        400,
        "invalid",
        "/evidence/source/id",
    ),
}


@pytest.mark.parametrize("case", BAD_BODIES)
def test_bad_body_is_refused_at_its_place_and_nothing_is_written(case, api, student, least):
    change, status, code, pointer = BAD_BODIES[case]

    response = api(student).post(
        URL, json.dumps({**least, **change}), content_type="application/json"
    )

    expect_problem(response, status, code, pointer)
    assert not Annotation.objects.exists()
    assert not Source.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b'"text"',
        b"{",
        b'{"assignment": ',
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b"[" * 5_000 + b"]" * 5_000,
    ],
)
def test_body_that_is_no_object_is_malformed_or_invalid(raw, api, student, db):
    response = api(student).generic("POST", URL, raw, content_type="application/json")

    assert response.status_code == 400
    assert response.json()["code"] in {"malformed", "invalid"}


def test_words_that_do_not_stand_there_come_with_the_likest(api, student, least):
    body = api(student).post(URL, {**least, "quote": "Farness, not scarcity"}).json()

    assert body["candidate"]["exact"] == "Fairness, not scarcity"
    assert 0.9 < body["candidate"]["similarity"] < 1


def test_words_that_repeat_come_with_their_places(api, student, least, paragraphs):
    body = {**least, "paragraph": str(paragraphs[1].pk), "quote": "the plan"}

    problem = expect_problem(api(student).post(URL, body), 409, "quote_repeats", "/quote")

    assert [(one["start"], one["end"]) for one in problem["places"]] == [(36, 44), (59, 67)]


def test_error_in_an_anchor_names_its_place_in_the_list(api, student, least, paragraphs):
    del least["paragraph"]
    anchors = [{"paragraph": str(paragraphs[0].pk)}, {"paragraph": NOBODY}]

    response = api(student).post(URL, {**least, "anchors": anchors})

    expect_problem(response, 400, "invalid", "/anchors/1/paragraph")


def test_hidden_parent_and_parent_of_elsewhere_are_as_absent(
    api, student, instructor, least, assignment, paragraphs, seminar
):
    private = annotation_on(
        paragraphs[0], author=instructor, assignment=assignment, audience="private"
    )
    elsewhere = ReplyFactory(parent__assignment=assignment_of(essay_of("Text.", seminar=seminar)))
    client = api(student)

    answers = [
        client.post(URL, {**least, "parent": str(parent)}).content
        for parent in (private.pk, elsewhere.pk, NOBODY)
    ]

    assert answers[0] == answers[1] == answers[2]
    assert json.loads(answers[0])["errors"][0]["pointer"] == "/parent"


@pytest.mark.parametrize(
    ("path", "member"),
    [
        ("annotations/", "assignment"),
        ("claims/", "assignment"),
        ("inferences/", "assignment"),
        ("relations/", "assignment"),
        ("essays/", "seminar"),
        ("imports/", "seminar"),
        ("sources/", "seminar"),
        ("sources/import/", "seminar"),
        ("sources/copy/", "seminar"),
        ("assignments/", "essay"),
        ("assignment-templates/", "assignment"),
        ("works/next/", "assignment"),
        ("marks/", "work"),
        ("regrade-requests/", "grade"),
    ],
)
def test_member_that_names_what_one_may_not_see_is_pointed_at(path, member, api, instructor):
    client = api(instructor, scopes=Scope.values)

    response = client.post(f"/api/v1/{path}", {member: NOBODY})

    expect_problem(response, 404, "not_found", f"/{member}")


@pytest.mark.parametrize("rubbish", [{}, {"kind": 7}, {"color": "red"}])
def test_hidden_assignment_is_as_absent_before_the_body_is_judged(
    rubbish, api, outsider, assignment
):
    client = api(outsider)

    expect_same_as_absent(
        client.post(URL, {"assignment": str(assignment.pk), **rubbish}),
        client.post(URL, {"assignment": NOBODY, **rubbish}),
    )


def test_observer_may_not_post_whatever_the_body_says(api, observer, assignment):
    response = api(observer).post(URL, {"assignment": str(assignment.pk), "kind": 7})

    expect_problem(response, 403, "not_allowed")


@pytest.mark.parametrize("rubbish", [{}, {"kind": 7}])
def test_reply_to_what_is_hidden_is_as_to_what_is_absent(
    rubbish, api, classmate, student, assignment, paragraphs
):
    private = annotation_on(
        paragraphs[0], author=student, assignment=assignment, audience="private"
    )
    client = api(classmate)

    expect_same_as_absent(
        client.post(f"{URL}{private.pk}/replies/", rubbish),
        client.post(f"{URL}{NOBODY}/replies/", rubbish),
    )


def test_closed_assignment_takes_nothing_more(api, student, least, assignment):
    assignment.closes_at = assignment.opens_at
    assignment.save()

    expect_problem(api(student).post(URL, least), 409, "closed")


# What an object of the kind may hold beside the claim.
WITH_CLAIM = {
    "counterargument": {"attacks": "reason"},
    "support": {},
    "concession": {"scope": "in dry years"},
    "evidence": EVIDENCE,
}


@pytest.mark.parametrize(("kind", "members"), WITH_CLAIM.items())
def test_claim_that_is_named_is_met(kind, members, api, student, least, assignment):
    claim = ClaimFactory(assignment=assignment)

    response = api(student).post(
        URL, {**least, "kind": kind, kind: {**members, "claim": str(claim.pk)}}
    )

    assert response.status_code == 201, response.content
    assert response.json()[kind]["claim"] == str(claim.pk)


@pytest.mark.parametrize(("kind", "members"), WITH_CLAIM.items())
def test_claim_that_there_is_not_is_named_where_it_was_sent(kind, members, api, student, least):
    response = api(student).post(URL, {**least, "kind": kind, kind: {**members, "claim": NOBODY}})

    problem = expect_problem(response, 400, "invalid", pointer=f"/{kind}/claim")
    assert problem["errors"][0]["detail"] == "This assignment has no such claim."


@pytest.mark.parametrize("kind", ["support", "concession"])
@pytest.mark.parametrize("sent", [None, {}, {"claim": None}])
def test_support_and_concession_need_no_object(sent, kind, api, student, least):
    response = api(student).post(URL, {**least, "kind": kind, kind: sent})

    assert response.json()[kind]["claim"] == str(Claim.objects.get(status="implied").pk)


@pytest.mark.parametrize("name", ["support", "concession"])
def test_object_of_another_kind_is_refused(name, api, student, least):
    response = api(student).post(URL, {**least, name: {}})

    expect_problem(response, 400, "invalid", pointer=f"/{name}")


@pytest.mark.parametrize(
    ("members", "place", "code"),
    [
        ({"scope": "x" * 501}, "scope", "too_long"),
        ({"scope": None}, "scope", "invalid"),
        ({"scope": 3}, "scope", "invalid"),
        ({"claim": "the first"}, "claim", "invalid"),
        ({"reason": "none"}, "reason", "invalid"),
    ],
)
def test_concession_of_a_wrong_shape_is_refused_where_it_is_wrong(
    members, place, code, api, student, least
):
    response = api(student).post(URL, {**least, "kind": "concession", "concession": members})

    expect_problem(response, 400, code, pointer=f"/concession/{place}")


def test_reply_names_the_claim_that_it_supports(api, student, classmate, assignment, paragraphs):
    parent = annotation_on(paragraphs[0], author=classmate, assignment=assignment)
    claim = ClaimFactory(assignment=assignment)

    response = api(student).post(
        f"{URL}{parent.pk}/replies/",
        {"kind": "support", "body": "So it is.", "support": {"claim": str(claim.pk)}},
    )

    assert response.json()["support"] == {"claim": str(claim.pk)}
