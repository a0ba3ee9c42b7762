"""Writers at the same moment: one change from one version, and none that was acknowledged is lost."""

import re
import time

import pytest
from rest_framework.test import APIClient

from debate.accounts.actions import create_token
from tests.factories.annotations import SourceFactory, annotation_on
from tests.factories.argument import ClaimFactory
from tests.threads import at_once

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
