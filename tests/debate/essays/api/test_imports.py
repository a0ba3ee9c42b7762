"""Essays made, and imports and next revisions corrected, through the API."""

import pytest

from debate.essays.actions import start_import
from debate.essays.importing.blocks import Block, Draft
from debate.essays.models import Essay, ImportDraft
from tests.expect import expect_constant_queries, expect_problem

ADMIN = ("read", "admin")
TEXT = "# Rents\n\nOne paragraph of words.\n\nAnother one of words."


@pytest.fixture
def client(api, instructor):
    return api(instructor, scopes=ADMIN)


@pytest.fixture
def kept(instructor, seminar):
    blocks = [Block(kind="body", html="One."), Block(kind="body", html="Two.")]
    draft = Draft(title="Rents", author="A. Author", blocks=blocks)
    return start_import(actor=instructor, seminar=seminar, draft=draft)


def at(kept, step=""):
    return f"/api/v1/imports/{kept.pk}/{step}"


def test_essay_is_made_of_markdown_in_one_go(client, seminar):
    response = client.post(
        "/api/v1/essays/",
        {
            "seminar": str(seminar.pk),
            "text": TEXT,
            "media_type": "text/markdown",
            "author": "B. Author",
            "licence_note": "CC BY 4.0",
        },
    )

    essay = Essay.objects.get()
    body = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"http://testserver/api/v1/essays/{essay.pk}/"
    assert (body["title"], body["byline"], body["licence_note"]) == (
        "Rents",
        "B. Author",
        "CC BY 4.0",
    )
    paragraphs = essay.current_revision.paragraphs.numbered()
    assert [one.text for one in paragraphs] == ["One paragraph of words.", "Another one of words."]
    assert not ImportDraft.objects.exists()


def test_essay_that_cannot_be_made_leaves_nothing(client, seminar):
    response = client.post("/api/v1/essays/", {"seminar": str(seminar.pk), "text": "Words only."})

    expect_problem(response, 400, "invalid", "/title")
    assert not Essay.objects.exists()
    assert not ImportDraft.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/seminar"),
        ({"text": " "}, "/text"),
        ({"text": "x", "media_type": "pdf"}, "/media_type"),
    ],
)
def test_essay_names_what_is_wrong_with_it(client, seminar, body, pointer):
    given = {"seminar": str(seminar.pk), **body} if body else {"text": TEXT}

    response = client.post("/api/v1/essays/", given)

    expect_problem(response, 400, "invalid", pointer)


def test_import_is_begun_and_shown_with_its_text(client, seminar):
    response = client.post("/api/v1/imports/", {"seminar": str(seminar.pk), "text": TEXT})

    body = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"http://testserver/api/v1/imports/{body['id']}/"
    assert (body["title"], body["version"], body["has_undo"]) == ("Rents", 1, False)
    assert [(one["number"], one["text"]) for one in body["blocks"]] == [
        (1, "One paragraph of words."),
        (2, "Another one of words."),
    ]
    assert client.get(response["Location"]).json() == body


def test_imports_are_the_persons_own(client, api, assistant, kept):
    listed = [one["id"] for one in client.get("/api/v1/imports/").json()["results"]]

    assert listed == [str(kept.pk)]
    assert api(assistant).get("/api/v1/imports/").json()["results"] == []


def test_imports_take_the_same_queries_for_three(client, instructor, seminar, kept):
    def grow():
        for _ in range(2):
            start_import(actor=instructor, seminar=seminar, draft=Draft(blocks=[]))

    expect_constant_queries(lambda: client.get("/api/v1/imports/"), grow=grow)


def test_head_of_an_import_is_changed_where_it_is_sent(client, kept):
    body = client.patch(at(kept), {"title": "Rents and wages", "language": "fr"}).json()

    assert (body["title"], body["author"], body["language"], body["version"]) == (
        "Rents and wages",
        "A. Author",
        "fr",
        2,
    )


@pytest.mark.parametrize(("header", "version"), [('"9"', None), (None, 9)])
def test_change_of_an_outdated_import_is_refused_with_what_stands(client, kept, header, version):
    body = {"title": "Other", **({"version": version} if version else {})}
    headers = {"If-Match": header} if header else {}

    response = client.patch(at(kept), body, headers=headers)

    expect_problem(response, 412, "stale_version")
    assert response.json()["current"]["title"] == "Rents"


def test_text_of_an_import_is_replaced_and_the_change_taken_back(client, kept):
    markdown = client.get(at(kept)).json()["markdown"]

    replaced = client.put(at(kept, "text/"), {"text": markdown.replace("Two.", "Three.")}).json()
    undone = client.post(at(kept, "undo/"), {"version": replaced["version"]}).json()

    assert [one["text"] for one in replaced["blocks"]] == ["One.", "Three."]
    assert [one["text"] for one in undone["blocks"]] == ["One.", "Two."]
    assert (replaced["has_undo"], undone["has_undo"], undone["version"]) == (True, False, 3)


def test_import_becomes_an_essay(client, kept, seminar):
    response = client.post(at(kept, "finish/"), {"title": "Wages"})

    essay = Essay.objects.get()
    assert response.status_code == 201
    assert (response.json()["id"], essay.title, essay.seminar) == (str(essay.pk), "Wages", seminar)
    assert client.get(at(kept)).status_code == 404


def test_import_is_dropped(client, kept):
    response = client.delete(at(kept))

    assert response.status_code == 204
    assert not ImportDraft.objects.exists()


def test_next_revision_is_begun_once_and_then_gone_on_with(client, essay):
    given = {"essay": str(essay.pk)}

    first = client.post("/api/v1/imports/", given)
    second = client.post("/api/v1/imports/", given | {"text": "Only words."})

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert (first.json()["base"], first.json()["essay"]) == (1, str(essay.pk))
    assert [one["text"] for one in second.json()["blocks"]] == ["Only words."]


def test_draft_of_a_revision_names_a_base_that_is_there(client, essay, kept):
    draft = client.post("/api/v1/imports/", {"essay": str(essay.pk)}).json()["id"]
    address = f"/api/v1/imports/{draft}/go-on/"

    assert client.post(address, {"base": 1}).json()["version"] == 2
    expect_problem(client.post(address, {"base": 2}), 400, "invalid", "/base")
    assert client.post(at(kept, "go-on/"), {"base": 1}).status_code == 404


def test_import_begins_of_one_thing(client, seminar):
    expect_problem(client.post("/api/v1/imports/", {"text": TEXT}), 400, "invalid", "/seminar")
    response = client.post("/api/v1/imports/", {"seminar": str(seminar.pk)})
    expect_problem(response, 400, "invalid", "/text")


def test_essays_are_found_by_words_of_their_head(api, student, essay):
    client = api(student)

    found = client.get("/api/v1/essays/?q=PAY  for").json()["results"]

    assert [one["id"] for one in found] == [str(essay.pk)]
    assert client.get("/api/v1/essays/?q=nothing").json()["results"] == []


def test_revision_is_read_by_its_number(api, student, essay):
    client = api(student)

    body = client.get(f"/api/v1/essays/{essay.pk}/revisions/1/").json()

    assert (body["id"], body["number"]) == (str(essay.current_revision.pk), 1)
    assert client.get(f"/api/v1/essays/{essay.pk}/revisions/2/").status_code == 404
