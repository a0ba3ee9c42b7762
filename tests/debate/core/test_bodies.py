"""A body over the bound is answered before it is read, whether or not it says how long it is."""

import asyncio
import json

import pytest

from debate.core.bodies import with_bounded_bodies

BOUND = 10


async def reader(scope, receive, send):
    """An application that reads its whole body and tells how long it was, as Django does."""
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length += len(message["body"])
        more = message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


def ask(*chunks, path="/", announced=None, kind="http"):
    """Send the chunks; returns the messages that came back, and how many chunks were taken."""
    headers = [] if announced is None else [(b"content-length", str(announced).encode())]
    waiting = [
        {"type": "http.request", "body": chunk, "more_body": at < len(chunks) - 1}
        for at, chunk in enumerate(chunks)
    ]
    sent, taken = [], 0

    async def receive():
        nonlocal taken
        taken += 1
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "path": path, "headers": headers}
    asyncio.run(with_bounded_bodies(reader, BOUND)(scope, receive, send))
    return sent, taken


def test_body_within_the_bound_reaches_the_application():
    (start, body), taken = ask(b"12345", b"67890", announced=10)

    assert (start["status"], body["body"], taken) == (200, b"10", 2)


def test_body_announced_too_long_is_not_read():
    (start, body), taken = ask(b"1", announced=11)

    assert (start["status"], taken) == (413, 0)
    assert body["body"] == b"The body is larger than is taken in one request."


def test_body_that_turns_out_too_long_is_read_no_further():
    (start, _), taken = ask(b"123456", b"78901", b"2", b"3")

    assert (start["status"], taken) == (413, 2)


def test_body_too_long_for_the_api_is_a_problem_document():
    (start, body), _ = ask(announced=11, path="/api/v1/annotations/")

    problem = json.loads(body["body"])
    assert dict(start["headers"])[b"content-type"] == b"application/problem+json"
    assert (problem["status"], problem["code"], problem["instance"]) == (
        413,
        "too_large",
        "/api/v1/annotations/",
    )


def test_answer_that_has_begun_is_not_followed_by_another():
    async def hasty(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await receive()

    sent = []

    async def receive():
        return {"type": "http.request", "body": b"12345678901", "more_body": False}

    async def send(message):
        sent.append(message["type"])

    scope = {"type": "http", "path": "/", "headers": []}
    asyncio.run(with_bounded_bodies(hasty, BOUND)(scope, receive, send))

    assert sent == ["http.response.start"]


@pytest.mark.parametrize("value", ["", "many", "-1"])
def test_length_that_is_no_number_is_left_to_the_server(value):
    (start, _), _ = ask(b"12345", announced=value)

    assert start["status"] == 200


def test_other_protocols_pass():
    sent, taken = ask(b"x" * 20, kind="lifespan")

    assert (sent[0]["status"], taken) == (200, 1)
