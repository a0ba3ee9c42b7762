"""Annotations by the hundred: each item an outcome of its own, or all of them or none."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from annotations.actions import withdraw_annotation
from annotations.models import Annotation, Change, Tag, Vocabulary
from debate.accounts.actions import create_token
from debate.notices.models import Notice
from tests.expect import expect_problem
from tests.factories.annotations import AnnotationFactory
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of
from tests.threads import at_once

BATCH = "/api/v1/annotations/batch/"


@pytest.fixture
def new(assignment, paragraphs):
    """`new("words", …)`: an item that creates a comment with those words."""

    def item(body="A remark.", **members):
        about = {"assignment": str(assignment.pk), "paragraph": str(paragraphs[0].pk)}
        return {"create": about | {"kind": "comment", "body": body} | members}

    return item


@pytest.fixture
def own(assignment, student):
    return AnnotationFactory(assignment=assignment, author=student, kind="comment")


@pytest.fixture
def send(api, student):
    """`send(items…, atomic=…)` as the student."""

    def posted(*items, atomic=None, **headers):
        path = BATCH + (f"?atomic={atomic}" if atomic is not None else "")
        return api(student).post(path, {"items": list(items)}, **headers)

    return posted


def statuses(response):
    assert response.status_code == 200
    return [one["status"] for one in response.json()["results"]]


def test_items_are_created_and_changed_in_their_order(send, new, own, api, student):
    change = {"change": str(own.pk), "version": 1, "body": "In other words."}

    response = send(new("First."), change, new("Last."))

    first, changed, last = response.json()["results"]
    assert statuses(response) == [201, 200, 201]
    assert [one["body"]["body"] for one in (first, changed, last)] == [
        "First.", "In other words.", "Last.",
    ]  # fmt: skip
    assert (changed["body"]["id"], changed["body"]["version"]) == (str(own.pk), 2)
    assert first["body"]["id"] < last["body"]["id"]
    assert first["body"] == api(student).get(first["location"]).json()
    assert "location" not in changed


def test_item_that_cannot_be_done_leaves_the_others_alone(send, new, paragraphs):
    response = send(new("First."), new(" "), new(quote="no such words"), new("Last."))

    blank, elsewhere = response.json()["results"][1:3]
    assert statuses(response) == [201, 400, 409, 201]
    assert blank["problem"]["code"] == "blank"
    assert blank["problem"]["errors"][0]["pointer"] == "/items/1/create/body"
    assert elsewhere["problem"]["code"] == "quote_not_found"
    assert elsewhere["problem"]["errors"][0]["pointer"] == "/items/2/create/quote"
    assert sorted(Annotation.objects.values_list("body", flat=True)) == ["First.", "Last."]


def test_all_or_nothing_is_nothing_when_one_cannot_be_done(send, new):
    response = send(new("First."), new(" "), new("Last."), atomic=1)

    body = expect_problem(response, 400, "blank", "/items/1/create/body")
    assert body["item"] == 1
    assert (Annotation.objects.count(), Change.objects.count()) == (0, 0)


def test_all_or_nothing_is_all_when_all_can_be_done(send, new):
    assert statuses(send(new("First."), new("Last."), atomic=1)) == [201, 201]
    assert Annotation.objects.count() == 2


def test_stale_change_shows_what_it_is_now(send, own):
    response = send({"change": str(own.pk), "version": 7, "body": "Again."})

    [outcome] = response.json()["results"]
    assert outcome["status"] == 412
    assert outcome["problem"]["code"] == "stale_version"
    assert outcome["problem"]["current"]["id"] == str(own.pk)


def test_change_without_version_is_told_to_name_it(send, own):
    [outcome] = send({"change": str(own.pk), "body": "Again."}).json()["results"]

    assert (outcome["status"], outcome["problem"]["code"]) == (428, "precondition_required")
    assert outcome["problem"]["errors"] == [
        {"pointer": "/items/0/version", "detail": "Give the `version` that you change."}
    ]


def test_creation_in_what_is_no_assignment_of_ones_own_names_the_member(send, new, paragraphs):
    outside = new(assignment=str(uuid.uuid4()))

    outcomes = send(new(), outside, outside).json()["results"]

    assert [one["status"] for one in outcomes] == [201, 404, 404]
    assert [one["problem"]["errors"][0]["pointer"] for one in outcomes[1:]] == [
        "/items/1/create/assignment",
        "/items/2/create/assignment",
    ]


def test_batch_without_items_asks_for_them_in_the_words_of_the_api(api, student):
    refusal = expect_problem(api(student).post(BATCH, {}), 400, "invalid", "/items")

    assert refusal["detail"] == "This member is required."


@pytest.mark.parametrize(
    ("item", "pointer"),
    [
        ({}, "/items/1"),
        ("x", "/items/1"),
        (None, "/items/1"),
        ({"change": 7}, "/items/1/change"),
        ({"create": 7}, "/items/1/create"),
        ({"body": "x"}, "/items/1"),
        ({"change": str(uuid.UUID(int=7)), "note": 1}, "/items/1/note"),
        ({"create": {"kind": "comment"}}, "/items/1/create/assignment"),
    ],
)
def test_batch_with_an_item_that_is_none_is_refused_before_anything_is_done(
    item, pointer, send, new
):
    expect_problem(send(new(), item), 400, "invalid", pointer)
    assert Annotation.objects.count() == 0


def test_item_is_either_new_or_a_change(send, new, own):
    both = new() | {"change": str(own.pk)}

    expect_problem(send(both), 400, "invalid", "/items/0")
    expect_problem(send(new() | {"version": 1}), 400, "invalid", "/items/0")


def test_item_on_what_is_hidden_is_as_one_on_what_is_absent(send, new, classmate, assignment):
    hidden = AnnotationFactory(assignment=assignment, author=classmate, audience="private")
    other = assignment_of(essay_of("Elsewhere."))
    change = {"version": 1, "body": " "}

    outcomes = send(
        {"change": str(hidden.pk), **change},
        {"change": str(uuid.uuid4()), **change},
        new(assignment=str(other.pk), body=" "),
        new(assignment=str(uuid.uuid4()), body=" "),
    ).json()["results"]

    places = [one["problem"].pop("errors", None) for one in outcomes]
    assert outcomes[0] == outcomes[1]
    assert outcomes[2] == outcomes[3]
    assert {one["status"] for one in outcomes} == {404}
    sentence = outcomes[2]["problem"]["detail"]
    assert places == [
        None,
        None,
        [{"pointer": "/items/2/create/assignment", "detail": sentence}],
        [{"pointer": "/items/3/create/assignment", "detail": sentence}],
    ]


def test_what_is_anothers_is_not_changed(send, classmate, assignment):
    theirs = AnnotationFactory(assignment=assignment, author=classmate, kind="comment")
    gone = AnnotationFactory(assignment=assignment, author=classmate, kind="comment")
    withdraw_annotation(actor=classmate, annotation_id=gone.pk)

    response = send(
        {"change": str(theirs.pk), "version": 1, "body": "Mine."},
        {"change": str(gone.pk), "version": 1, "body": "Mine."},
    )

    assert statuses(response) == [403, 410]


def test_200_items_are_taken_and_201_are_not(send, new):
    assert statuses(send(*[new(" ")] * 200)) == [400] * 200

    body = expect_problem(send(*[new(" ")] * 201), 400, "invalid", "/items")
    assert body["detail"] == "At most 200 items are taken in one request."


def test_batch_of_nothing_does_nothing(send, db):
    assert send().json() == {"results": []}


@pytest.mark.parametrize("body", [{}, [], {"items": {}}, {"items": None}, {"items": [], "x": 1}])
def test_body_that_is_no_batch_is_refused_as_a_whole(body, api, student):
    assert api(student).post(BATCH, body).status_code == 400


def test_parameter_atomic_takes_1_or_0(send, new):
    expect_problem(send(new(), atomic="yes"), 400, "invalid")


def test_batch_with_a_key_is_done_once(send, new):
    items = [new("First."), new(" "), new("Last.")]

    first, again = (send(*items, headers={"Idempotency-Key": "a-key"}) for _ in range(2))

    assert statuses(first) == [201, 400, 201]
    assert again.content == first.content
    assert again["Idempotency-Replayed"] == "true"
    assert Annotation.objects.count() == 2


def test_refused_batch_of_all_or_nothing_keeps_no_key(send, new):
    key = {"headers": {"Idempotency-Key": "a-key"}}

    expect_problem(send(new(" "), atomic=1, **key), 400, "blank")

    assert statuses(send(new(), atomic=1, **key)) == [201]


def test_answer_is_read_in_one_statement(send, new, django_assert_max_num_queries):
    one, three = [new()], [new()] * 3
    with django_assert_max_num_queries(10_000) as of_one:
        send(*one)
    with django_assert_max_num_queries(10_000) as of_three:
        send(*three)

    def wires(asked):
        return len([each for each in asked if '"wire"' in each["sql"]])

    assert (wires(of_one), wires(of_three)) == (1, 1)


def test_comments_on_one_essay_take_as_many_statements_however_many(
    send, new, django_assert_max_num_queries
):
    with django_assert_max_num_queries(10_000) as of_one:
        send(new(tags=["harms"]))
    with django_assert_max_num_queries(10_000) as of_five:
        assert statuses(send(*[new(tags=["harms"])] * 5)) == [201] * 5

    assert len(of_five) == len(of_one)


def test_item_of_a_batch_is_kept_as_one_that_is_posted_alone(
    send, new, api, student, seminar, paragraphs
):
    seminar.vocabulary = Vocabulary.objects.create(seminar=seminar)
    Tag.objects.create(vocabulary=seminar.vocabulary, key="harms", label="Harms")
    item = new("*So* be it.", tags=["Harms", "own"], quote=paragraphs[0].text[:9], kind="question")

    alone = api(student).post("/api/v1/annotations/", item["create"]).json()
    together = [one["body"] for one in send(item, item).json()["results"]]

    passing = {"id", "created_at", "updated_at", "published_at", "html_url", "links"}
    assert [same_members(one, passing) for one in together] == [same_members(alone, passing)] * 2
    one, *others = Annotation.objects.order_by("pk")
    assert [other.search for other in others] == [one.search] * 2
    kept = [
        note.history.values("version", "kind", "body", "details", "by").get()
        for note in (one, *others)
    ]
    assert kept[1:] == [kept[0]] * 2


def same_members(shown, passing):
    return {name: value for name, value in shown.items() if name not in passing}


def test_items_that_go_together_have_a_change_line_each_without_gaps(send, new, assignment):
    outcomes = send(new("First."), new(" "), new("Second."), new("Last.")).json()["results"]

    made = [uuid.UUID(one["body"]["id"]) for one in outcomes if one["status"] == 201]
    lines = Change.objects.filter(assignment=assignment).order_by("counter")
    assert list(lines.values_list("counter", "object_id", "op")) == [
        (at, one, "create") for at, one in enumerate(made, 1)
    ]
    assignment.refresh_from_db()
    assert assignment.change_counter == len(made) == 3


def test_items_after_the_closing_are_refused_each(send, new, assignment):
    assignment.closes_at = timezone.now() - timedelta(minutes=1)
    assignment.save()

    outcomes = send(new("First."), new(" ")).json()["results"]

    assert [one["problem"]["code"] for one in outcomes] == ["closed"] * 2
    assert Change.objects.count() == 0


def test_item_on_a_paragraph_of_elsewhere_is_refused_beside_others(send, new):
    there = essay_of("Elsewhere.").current_revision.paragraphs.get()

    outcomes = send(new(), new(paragraph=str(there.pk)), new()).json()["results"]

    assert [one["status"] for one in outcomes] == [201, 400, 201]
    [error] = outcomes[1]["problem"]["errors"]
    assert error["pointer"] == "/items/1/create/paragraph"


def test_reply_between_others_is_done_in_its_turn(send, new, own, paragraphs):
    reply = new("A reply.", parent=str(own.pk))
    del reply["create"]["paragraph"]

    outcomes = send(new("First."), reply, new("Last.")).json()["results"]

    ids = [one["body"]["id"] for one in outcomes]
    assert ids == sorted(ids)
    lines = Change.objects.filter(object_id__in=ids).order_by("counter")
    assert [str(one) for one in lines.values_list("object_id", flat=True)] == ids


def test_person_who_is_named_in_a_batch_is_told(send, new, classmate):
    send(new("Well."), new(f"See @{classmate.username}."), new("So."))

    assert Notice.objects.filter(recipient=classmate, kind="mention").count() == 1


def test_batches_over_several_assignments_at_once_never_wait_for_one_another(
    transactional_db, assignment, paragraphs, student, seminar
):
    other = assignment_of(essay_of("Other words.", seminar=seminar), slug="other")
    there = other.revision.paragraphs.get()
    _, secret = create_token(actor=student, name="threads", scopes=["read", "write"])
    headers = {"Authorization": f"Bearer {secret}"}
    places = [(assignment.pk, paragraphs[0].pk), (other.pk, there.pk)]

    def batch(turned):
        items = [
            {
                "create": {
                    "assignment": str(of),
                    "paragraph": str(at),
                    "kind": "comment",
                    "body": "Yes.",
                }
            }
            for of, at in (places[::-1] if turned else places) * 3
        ]
        return lambda: (
            APIClient().post(f"{BATCH}?atomic=1", {"items": items}, headers=headers).status_code
        )

    assert at_once(*[batch(turned=index % 2) for index in range(8)]) == [200] * 8
    assert Annotation.objects.count() == 48
