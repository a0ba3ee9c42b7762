"""Essays as files in the API."""

import pytest

from debate.essays.importing.blocks import BYTES_UPLOADED
from debate.essays.models import ImportDraft
from tests.expect import expect_denied, expect_problem

SCOPES = ("read", "admin")
MARKDOWN = "# Rents\n\nOne paragraph of words."


@pytest.fixture
def client(api, instructor):
    return api(instructor, scopes=SCOPES)


@pytest.fixture
def address(seminar):
    return f"/api/v1/seminars/{seminar.pk}/import-file/"


def send(client, method, address, content, *, kind="application/octet-stream", **extra):
    return client.generic(method, address, content, content_type=kind, **extra)


def texts(response):
    return [one["text"] for one in response.json()["blocks"]]


def test_file_begins_an_import(client, address, seminar, instructor):
    response = send(client, "POST", f"{address}?filename=rents.md", MARKDOWN)

    assert response.status_code == 201
    kept = ImportDraft.objects.get()
    assert (kept.seminar, kept.created_by, kept.filename) == (seminar, instructor, "rents.md")
    assert response["Location"] == f"http://testserver/api/v1/imports/{kept.pk}/"
    assert response.json()["title"] == "Rents"
    assert texts(response) == ["One paragraph of words."]


def test_file_is_known_by_its_media_type(client, address):
    response = send(client, "POST", address, "<h1>Rents</h1><p>Words.</p>", kind="text/html")

    assert (response.json()["title"], texts(response)) == ("Rents", ["Words."])


def test_file_takes_the_place_of_the_text(client, address):
    kept = send(client, "POST", address, MARKDOWN).json()

    response = send(
        client, "PUT", f"/api/v1/imports/{kept['id']}/file/", "Other words. Quite others.",
        kind="text/plain",
    )  # fmt: skip

    assert response.status_code == 200
    assert (response.json()["title"], texts(response)) == ("Rents", ["Other words. Quite others."])


def test_file_that_was_changed_from_an_older_import_is_stale(client, address):
    kept = send(client, "POST", address, MARKDOWN).json()
    at = f"/api/v1/imports/{kept['id']}/file/"

    response = send(client, "PUT", at, "Other words.", HTTP_IF_MATCH='"99"')

    expect_problem(response, 412, "stale_version")


@pytest.mark.parametrize("content", [b"", b"\xd0\xcf\x11\xe0 old Word", b"%PDF-1.7 broken"])
def test_file_that_cannot_be_read_is_refused(client, address, content):
    expect_problem(send(client, "POST", address, content), 400, "invalid", "/file")
    assert not ImportDraft.objects.exists()


def test_file_that_is_too_large_is_refused(client, address):
    content = b"x" * (BYTES_UPLOADED + 1)

    expect_problem(send(client, "POST", address, content), 413, "too_large")


def test_file_is_called_something_that_is_a_name(client, address):
    response = send(client, "POST", f"{address}?filename={'x' * 201}", MARKDOWN)

    assert (response.status_code, response.json()["errors"][0]["parameter"]) == (400, "filename")


def test_file_is_taken_from_instructors(api, assistant, address):
    expect_denied(send(api(assistant, scopes=SCOPES), "POST", address, MARKDOWN))
