"""A vocabulary as a whole, and the collections of tags there are, in the API."""

import pytest

from annotations.models import Tag
from tests.expect import expect_problem


@pytest.fixture
def client(api, instructor):
    return api(instructor, scopes=("read", "write", "admin"))


@pytest.fixture
def address(seminar):
    return f"/api/v1/seminars/{seminar.pk}/vocabulary/"


def test_vocabulary_is_closed_from_what_was_read(client, address):
    none = client.get(address)
    closed = client.patch(address, {"is_closed": True}, headers={"If-Match": none["ETag"]})
    stale = client.patch(address, {"is_closed": False}, headers={"If-Match": none["ETag"]})

    assert none.json() == {"is_closed": False, "version": 0}
    assert closed.json()["is_closed"] is True
    expect_problem(stale, 412, "stale_version")
    assert client.get(address).json() == closed.json()


def test_collections_of_tags_are_listed_and_copied(client, api, student, address, seminar):
    presets = api(student).get("/api/v1/vocabularies/").json()["results"]
    copied = client.post(f"{address}copy/", {"preset": "toulmin"})
    again = client.post(f"{address}copy/", {"preset": "toulmin"})

    labels = {one["key"]: [tag["label"] for tag in one["tags"]] for one in presets}
    assert copied.status_code == 201
    assert [tag["label"] for tag in copied.json()] == labels["toulmin"]
    assert Tag.objects.filter(vocabulary__seminar=seminar).count() == len(labels["toulmin"])
    expect_problem(again, 409, "invalid_state", "/preset")
