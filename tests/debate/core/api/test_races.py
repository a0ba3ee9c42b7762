"""Writers at the same moment: one change from one version, and none that was acknowledged is lost."""

import json
import re
import threading
import time

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from annotations.models import Annotation
from debate.accounts.actions import create_token
from debate.assignments.actions import lock_assignment
from tests.expect import expect_problem
from tests.factories.annotations import SourceFactory, annotation_on
from tests.factories.argument import ClaimFactory
from tests.threads import at_once, waiting

WRITERS = 8
COUNTING = 4
THINGS = {
    "annotations": "body",
    "claims": "text",
    "assignments": "title",
    "sources": "title",
}


@pytest.fixture
def world(transactional_db, instructor, seminar, assignment, paragraphs):
    """The address of one object of each kind, and the headers of somebody who changes them."""
    _, secret = create_token(actor=instructor, name="race", scopes=["read", "write", "admin"])
    things = {
        "annotations": annotation_on(
            paragraphs[0], assignment=assignment, author=instructor, body="Number 0"
        ),
        "claims": ClaimFactory(assignment=assignment, added_by=instructor, text="Number 0"),
        "assignments": assignment,
        "sources": SourceFactory(seminar=seminar, added_by=instructor),
    }
    paths = {name: f"/api/v1/{name}/{thing.pk}/" for name, thing in things.items()}
    return paths, {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("thing", THINGS)
def test_one_of_eight_changes_from_one_version_is_made(thing, world):
    paths, headers = world
    path, member = paths[thing], THINGS[thing]
    tag = APIClient().get(path, headers=headers)["ETag"]

    def write(number):
        return APIClient().patch(
            path, {member: f"Number {number}"}, headers={**headers, "If-Match": tag}
        )

    answers = at_once(*[lambda number=number: write(number) for number in range(1, WRITERS + 1)])

    made = [one for one in answers if one.status_code == 200]
    refused = [one.json() for one in answers if one.status_code == 412]
    assert (len(made), len(refused)) == (1, WRITERS - 1)
    assert [one["code"] for one in refused] == ["stale_version"] * (WRITERS - 1)
    now = APIClient().get(path, headers=headers)
    assert (now["ETag"], now.json()) == (made[0]["ETag"], made[0].json())
    assert all(one["current"] == now.json() for one in refused)


def number_in(text):
    """The number at the end of the text; 0 for none."""
    return int(re.search(r"\d*$", text)[0] or 0)


def counted(path, member, headers, seconds):
    """How many changes were acknowledged to writers who raise a number, and by how much it rose.

    Whoever is refused goes on from what the refusal says stands now; everybody makes one at least.
    """
    until = time.monotonic() + seconds

    def write():
        client, made = APIClient(), 0
        read = client.get(path, headers=headers)
        shown, tag = read.json(), read["ETag"]
        while time.monotonic() < until or not made:
            sent = {**headers, "If-Match": tag}
            following = f"Number {number_in(shown[member]) + 1}"
            answer = client.patch(path, {member: following}, headers=sent)
            if answer.status_code == 200:
                made, shown, tag = made + 1, answer.json(), answer["ETag"]
                continue
            assert answer.status_code == 412, answer.content
            shown, tag = answer.json()["current"], answer["ETag"]
        return made

    begun = number_in(APIClient().get(path, headers=headers).json()[member])
    acknowledged = sum(at_once(*[write] * COUNTING))
    ended = number_in(APIClient().get(path, headers=headers).json()[member])
    return acknowledged, ended - begun


@pytest.mark.parametrize(
    "seconds", [0.6, pytest.param(30, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_no_acknowledged_change_is_lost(seconds, world):
    paths, headers = world

    for thing, member in THINGS.items():
        acknowledged, raised = counted(paths[thing], member, headers, seconds)
        assert raised == acknowledged >= COUNTING, thing


# -- in a circle -------------------------------------------------------------------------------


@pytest.fixture
def note(world, assignment):
    """A note of the instructor's."""
    return Annotation.objects.get(assignment=assignment)


@pytest.fixture
def in_a_circle(world, note):
    """`in_a_circle(method, path, body)`: the answer to a change that the database breaks off.

    As it and somebody who locks the note before its assignment wait for one another.
    """
    _, headers = world

    def broken_off(method, path, body):
        is_note_locked, is_assignment_locked = threading.Event(), threading.Event()

        def pause_once(execute, sql, *given):
            found = execute(sql, *given)
            locks = "assignments_assignment" in sql and "FOR NO KEY UPDATE" in sql
            if locks and not is_assignment_locked.is_set():
                is_assignment_locked.set()
                assert waiting(1)
            return found

        def change():
            assert is_note_locked.wait(60)
            client = APIClient(raise_request_exception=False)
            with connection.execute_wrapper(pause_once):
                return client.generic(
                    method,
                    path,
                    json.dumps(body),
                    content_type="application/json",
                    headers={**headers, "If-Match": "*"},
                )

        def the_other_way_round():
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL deadlock_timeout = '10min'")  # so it is not this one
                Annotation.objects.select_for_update().get(pk=note.pk)
                is_note_locked.set()
                assert is_assignment_locked.wait(60)
                lock_assignment(note.assignment_id)

        answer, _ = at_once(change, the_other_way_round)
        return answer

    return broken_off


@pytest.fixture
def items(note, paragraphs):
    """Of a batch: something new, and a change of the note."""
    new = {
        "assignment": str(note.assignment_id),
        "paragraph": str(paragraphs[0].pk),
        "kind": "comment",
        "body": "New.",
    }
    return [
        {"change": str(note.pk), "version": note.version, "body": "Number 1"},
        {"create": new},
    ]


SENTENCE = (
    "Others changed the same things at the same moment, so this was not done. Please try again."
)


def test_change_that_the_database_breaks_off_can_be_sent_again(in_a_circle, note):
    answer = in_a_circle("PATCH", f"/api/v1/annotations/{note.pk}/", {"body": "Number 1"})

    body = expect_problem(answer, 503, "unavailable")
    assert (body["detail"], body["retry_after"], answer["Retry-After"]) == (SENTENCE, 1, "1")
    note.refresh_from_db()
    assert (note.body, note.version) == ("Number 0", 1)


def test_whole_batch_that_the_database_breaks_off_can_be_sent_again(in_a_circle, note, items):
    answer = in_a_circle("POST", "/api/v1/annotations/batch/?atomic=1", {"items": items})

    body = expect_problem(answer, 503, "unavailable")
    assert (body["detail"], body["item"], answer["Retry-After"]) == (SENTENCE, 0, "1")
    assert [one.body for one in Annotation.objects.all()] == ["Number 0"]


def test_item_that_the_database_breaks_off_leaves_the_others_alone(in_a_circle, note, items):
    answer = in_a_circle("POST", "/api/v1/annotations/batch/", {"items": items})

    broken, made = answer.json()["results"]
    assert (broken["status"], broken["problem"]["detail"]) == (503, SENTENCE)
    assert (made["status"], made["body"]["body"]) == (201, "New.")
    note.refresh_from_db()
    assert (note.body, note.version) == ("Number 0", 1)
