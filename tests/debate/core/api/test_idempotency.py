"""A creation with an `Idempotency-Key` is made once, however often and from wherever it is sent."""

import http.client
import json
import socket
import time
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from annotations.actions import withdraw_annotation
from annotations.models import Annotation
from debate.accounts.actions import create_token
from debate.accounts.models import IdempotencyKey
from debate.core.api.idempotency import HEADER, LONGEST
from debate.seminars.models import Invitation
from tests.expect import expect_problem
from tests.factories.annotations import AnnotationFactory
from tests.threads import at_once

LIST = "/api/v1/annotations/"


@pytest.fixture
def comment(assignment, paragraphs):
    return {
        "assignment": str(assignment.pk),
        "paragraph": str(paragraphs[0].pk),
        "kind": "comment",
        "body": "A remark.",
    }


@pytest.fixture
def send(api, student, comment):
    """`send(key, body=…, path=…)` posts the comment as the student."""

    def posted(key="a-key", *, body=None, path=LIST, client=None):
        return (client or api(student)).post(path, body or comment, headers={HEADER: key})

    return posted


def test_creation_sent_again_has_the_equal_answer_and_makes_nothing(send):
    first, again = send(), send()

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert (again["Location"], again["Content-Type"]) == (first["Location"], first["Content-Type"])
    assert again.get("ETag") == first.get("ETag")
    assert Annotation.objects.count() == 1


def test_replay_says_that_it_is_one(send):
    assert send().get("Idempotency-Replayed") is None
    assert send()["Idempotency-Replayed"] == "true"


def test_key_in_quotation_marks_is_the_same_key(send):
    send("a-key")

    assert send('"a-key"')["Idempotency-Replayed"] == "true"
    assert IdempotencyKey.objects.get().key == "a-key"


def test_other_key_makes_another(send):
    assert send("a-key").json()["id"] != send("another").json()["id"]


def test_key_is_that_of_its_person(send, api, classmate):
    mine, theirs = send(), send(client=api(classmate))

    assert theirs.status_code == 201
    assert theirs.json()["id"] != mine.json()["id"]


def test_key_of_a_session_is_that_of_the_persons_tokens(send, student):
    client = APIClient()
    client.force_login(student)

    first, again = send(client=client), send()

    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"


def test_key_for_another_body_is_refused(send, comment):
    send()

    response = send(body=comment | {"body": "Another remark."})

    expect_problem(response, 422, "idempotency_key_reused")
    assert Annotation.objects.count() == 1


def test_key_for_another_address_is_refused(send):
    parent = send().json()["id"]

    response = send(path=f"{LIST}{parent}/replies/", body={"kind": "comment", "body": "Well."})

    expect_problem(response, 422, "idempotency_key_reused")


def test_refusal_keeps_no_key(send, comment):
    expect_problem(send(body=comment | {"body": " "}), 400, "blank", "/body")

    assert IdempotencyKey.objects.count() == 0
    assert send().status_code == 201


def test_preview_keeps_no_key(send):
    first = send(path="/api/v1/preview/", body={"body": "*Well.*"})
    other = send(path="/api/v1/preview/", body={"body": "No."})

    assert (first.status_code, other.status_code) == (200, 200)
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("key", ["", '""', "two words", "a" * (LONGEST + 1), "ключ", "a\tb"])
def test_key_that_is_none_is_refused_by_name(key, send):
    response = send(key)

    body = expect_problem(response, 400, "malformed")
    assert HEADER in body["detail"]
    assert Annotation.objects.count() == 0


def test_longest_key_is_taken(send):
    assert send("k" * LONGEST).status_code == 201


def test_visitor_creates_nothing_with_a_key(send, api):
    expect_problem(send(client=api(None)), 401, "not_authenticated")
    assert IdempotencyKey.objects.count() == 0


def test_token_without_scope_reads_no_kept_answer(send, api, student):
    send()

    response = send(client=api(student, scopes=["read"]))

    expect_problem(response, 403, "insufficient_scope")


def test_outcome_is_known_even_when_the_object_has_gone_since(send, student, assignment):
    parent = AnnotationFactory(assignment=assignment, author=student, kind="comment")
    replies = {"path": f"{LIST}{parent.pk}/replies/", "body": {"kind": "comment", "body": "Yes."}}
    first = send(**replies)
    withdraw_annotation(actor=student, annotation_id=parent.pk)

    again = send(**replies)

    assert (again.status_code, again.content) == (201, first.content)


def test_kept_answer_is_sealed(send, api, instructor, seminar):
    teacher = api(instructor, scopes=["read", "write", "admin"])
    path = f"/api/v1/seminars/{seminar.pk}/invitations/"

    first = send(path=path, body={"role": "student"}, client=teacher)
    again = send(path=path, body={"role": "student"}, client=teacher)

    assert Invitation.objects.count() == 1
    assert again.json()["code"] == first.json()["code"]
    assert first.json()["code"].encode() not in bytes(IdempotencyKey.objects.get().body)


def test_creation_without_key_asks_nothing_of_keys(api, student, comment):
    client = api(student)
    with CaptureQueriesContext(connection) as asked:
        client.post(LIST, comment)

    assert not [one for one in asked.captured_queries if "idempotencykey" in one["sql"]]


@pytest.fixture
def sender(transactional_db, student):
    """The headers of a token of the student's, for threads and for a server of its own."""
    _, secret = create_token(actor=student, name="threads", scopes=["read", "write"])
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("turn", range(3))
def test_32_creations_at_once_with_one_key_make_one(turn, sender, comment):
    headers = sender | {HEADER: f"turn-{turn}"}

    def post():
        return APIClient().post(LIST, comment, headers=headers)

    answers = at_once(*[post] * 32)

    assert [one.status_code for one in answers] == [201] * 32
    assert len({one.content for one in answers}) == 1
    assert len([one for one in answers if one.get("Idempotency-Replayed")]) == 31
    assert Annotation.objects.count() == 1


def test_creation_whose_sender_hung_up_is_known_by_its_key(sender, comment, live_server):
    key = str(uuid4())
    body = json.dumps(comment).encode()
    _hang_up(live_server, sender | {HEADER: key}, body, sent=len(body))
    deadline = time.monotonic() + 60
    while not IdempotencyKey.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.01)

    again = APIClient().post(
        LIST, body, content_type="application/json", headers=sender | {HEADER: key}
    )

    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")
    assert Annotation.objects.count() == 1


def test_body_that_was_cut_off_half_way_keeps_no_key(sender, comment, live_server):
    key = str(uuid4())
    body = json.dumps(comment).encode()
    _hang_up(live_server, sender | {HEADER: key}, body, sent=len(body) // 2)

    again = APIClient().post(
        LIST, body, content_type="application/json", headers=sender | {HEADER: key}
    )

    assert again.status_code == 201
    assert "Idempotency-Replayed" not in again.headers
    assert Annotation.objects.count() == 1


def _hang_up(server, headers, body, *, sent):
    """Post the body's first bytes and close the connection without waiting for an answer."""
    told = headers | {"Content-Type": "application/json", "Content-Length": str(len(body))}
    line = http.client.HTTPConnection(server.thread.host, server.thread.port)
    line.putrequest("POST", LIST)
    for name, value in told.items():
        line.putheader(name, value)
    line.endheaders(body[:sent])
    line.sock.shutdown(socket.SHUT_RDWR)
    line.close()
