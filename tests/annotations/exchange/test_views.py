"""The exchange page, its downloads, and the steps of taking a file in."""

from __future__ import annotations

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from annotations.exchange.formats import native
from annotations.exchange.forms import keep
from annotations.models import Claim, ImportedGraph
from tests.annotations.exchange.formats import samples
from tests.expect import expect_constant_queries
from tests.factories.argument import ClaimFactory, ImportedGraphFactory, RelationFactory

pytestmark = pytest.mark.django_db

HERE = "/seminars/water-policy/who-should-pay/exchange/"


def upload(value=None, name="talks.json"):
    content = value if isinstance(value, bytes) else samples.as_bytes(value or samples.nodeset())
    return SimpleUploadedFile(name, content, "application/json")


def kept_in(response):
    return re.search(r'name="kept" value="([^"]+)"', response.content.decode())[1]


def messages(client):
    return re.findall(r'<div class="alert [^"]*">([^<]+)</div>', client.get(HERE).content.decode())


def test_page_offers_every_format(assignment, student, page):
    html = page(student).get(HERE).content.decode()

    assert re.findall(r'href="([^"]+/export/[^"]+)"', html) == [
        f"{HERE}export/{name}/" for name in ("native", "aifdb", "xaif", "argdown", "graphml", "csv")
    ]
    assert "Take in a file" not in html


def test_page_lists_what_was_taken_in_to_staff(assignment, instructor, student, page):
    graph = ImportedGraphFactory(assignment=assignment, by=instructor, name="talks.json")
    ClaimFactory(assignment=assignment, origin="imported", imported=graph)

    texts = [page(user).get(HERE).content.decode() for user in (instructor, student)]

    assert ["talks.json" in text for text in texts] == [True, False]
    assert "1 claim, by Instructor" in texts[0]
    assert f"{HERE}imports/{graph.pk}/undo/" in texts[0]


def test_page_asks_the_database_as_often_for_three_files_as_for_one(assignment, instructor, page):
    ImportedGraphFactory(assignment=assignment, by=instructor)

    expect_constant_queries(
        lambda: page(instructor).get(HERE),
        grow=lambda: ImportedGraphFactory.create_batch(2, assignment=assignment, by=instructor),
    )


@pytest.mark.parametrize(
    ("name", "media_type", "ending"),
    [
        ("native", "application/json", "counterpoint.json"),
        ("aifdb", "application/json", "aif.json"),
        ("xaif", "application/json", "xaif.json"),
        ("argdown", "text/plain; charset=utf-8", "argdown"),
        ("graphml", "application/graphml+xml", "graphml"),
        ("csv", "application/zip", "csv.zip"),
    ],
)
def test_download_is_a_file_of_its_format(name, media_type, ending, assignment, student, page):
    ClaimFactory(assignment=assignment)

    response = page(student).get(f"{HERE}export/{name}/")

    assert (response.status_code, response["Content-Type"]) == (200, media_type)
    assert response["Content-Disposition"] == f'attachment; filename="who-should-pay.{ending}"'
    assert response["Cache-Control"] == "private, no-cache"


def test_download_of_the_same_state_is_not_sent_again(assignment, student, page):
    claim = ClaimFactory(assignment=assignment)
    client = page(student)
    etag = client.get(f"{HERE}export/aifdb/")["ETag"]

    same = client.get(f"{HERE}export/aifdb/", headers={"If-None-Match": etag})
    Claim.objects.filter(pk=claim.pk).update(text="Another text.")
    other = client.get(f"{HERE}export/aifdb/", headers={"If-None-Match": etag})

    assert (same.status_code, same.content) == (304, b"")
    assert other.status_code == 200


def test_visitors_take_away_what_is_public(assignment, instructor, anonymous, page):
    assignment.seminar.allows_public = assignment.essay.is_public = True
    assignment.seminar.save()
    assignment.essay.save()
    graph = ImportedGraphFactory(assignment=assignment, content=samples.nodeset())
    ClaimFactory(assignment=assignment, origin="imported", imported=graph)

    shown = page(anonymous).get(HERE)
    debate = json.loads(page(anonymous).get(f"{HERE}export/native/").content)["debate"]

    assert shown.status_code == 200
    assert "Taken in" not in shown.content.decode()
    assert debate["claims"] == debate["locutions"] == debate["people"] == debate["foreign"] == []


def test_download_of_no_format_is_nowhere(assignment, student, page):
    assert page(student).get(f"{HERE}export/docx/").status_code == 404


def test_import_shows_what_would_be_made_and_makes_nothing(assignment, instructor, page):
    response = page(instructor).post(f"{HERE}import/", {"file": upload()})

    html = response.content.decode()
    assert response.status_code == 200
    assert "4 claims, marked by you" in html
    assert "1 reason</li>" in html
    assert "2 challenges" in html
    assert "Reopening talks rewards aggression" in html
    assert "What was said by whom: 2" in html
    assert Claim.objects.count() == 0


def test_import_shows_what_is_unfinished_and_what_is_here_already(assignment, instructor, page):
    ClaimFactory(assignment=assignment, text="A is so", is_thesis=True)

    html = (
        page(instructor).post(f"{HERE}import/", {"file": upload(samples.xaif())}).content.decode()
    )

    assert "Unfinished, node 7:" in html
    assert "1 claim in the same words" in html
    assert "The map has its thesis." in html
    assert "Nodes of kind EN: 1" in html


def test_import_confirmed_is_taken_in(assignment, instructor, page):
    client = page(instructor)
    kept = kept_in(client.post(f"{HERE}import/", {"file": upload()}))

    response = client.post(f"{HERE}import/confirm/", {"kept": kept})

    assert (response.status_code, response["Location"]) == (302, HERE)
    graph = ImportedGraph.objects.get()
    assert (graph.name, graph.format, graph.by) == ("talks.json", "aifdb", instructor)
    assert messages(client) == ["The map has what the file holds."]


def test_import_confirmed_twice_says_that_it_is_there(assignment, instructor, page):
    client = page(instructor)
    kept = kept_in(client.post(f"{HERE}import/", {"file": upload()}))
    client.post(f"{HERE}import/confirm/", {"kept": kept})
    client.get(HERE)

    response = client.post(f"{HERE}import/confirm/", {"kept": kept})

    assert response["Location"] == f"{HERE}import/"
    assert messages(client) == ["This very file has been taken in already."]
    assert ImportedGraph.objects.count() == 1


def test_import_confirmed_with_another_files_stamp_asks_for_the_file_again(
    assignment, instructor, page
):
    client = page(instructor)
    other = keep(assignment.essay_id, format_name="aifdb", name="", content=b"{}")

    answers = [
        client.post(f"{HERE}import/confirm/", {"kept": kept}) for kept in ("", "x:y:z", other)
    ]

    assert [one["Location"] for one in answers] == [f"{HERE}import/"] * 3
    assert messages(client) == ["Please choose the file once more: the preview was too old."] * 3


def test_import_faulty_lists_rules_and_places(assignment, instructor, page):
    value = samples.nodeset()
    value["edges"][4]["toID"] = "102"

    response = page(instructor).post(f"{HERE}import/", {"file": upload(value)})

    html = response.content.decode()
    assert response.status_code == 400
    assert "Nothing was taken over: the file has 2 faults." in html
    assert "<code>edge 5 (103 → 102)</code>" in html
    assert "<code>node 106</code>" in html
    assert "And " not in html


def test_import_with_more_faults_than_are_listed_says_so(assignment, instructor, page):
    value = samples.nodeset()
    value["edges"] = [
        {"edgeID": str(number), "fromID": "102", "toID": "999"} for number in range(150)
    ]

    html = page(instructor).post(f"{HERE}import/", {"file": upload(value)}).content.decode()

    assert "the file has 156 faults" in html
    assert "And 56 more." in html


HOSTILE = {
    "nothing": b"",
    "no JSON": b"PK\x03\x04",
    "deep": b"[" * 1_000_000,
    "NUL": b'{"nodes": [{"nodeID": "1", "type": "I", "text": "\\u0000"}]}',
    "half a pair": b'{"nodes": [{"nodeID": "1", "type": "I", "text": "\\ud800"}]}',
    "NaN": b'{"nodes": [{"nodeID": NaN, "type": "I", "text": "x"}]}',
    "huge number": b'{"nodes": [{"nodeID": 1' + b"0" * 400 + b', "type": "I", "text": "x"}]}',
    "not UTF-8": b'{"nodes": "\xff"}',
    "too large": b" " * 8_000_001,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", ["", "native", "aifdb", "xaif"])
def test_import_hostile_is_refused_at_its_field(name, content, assignment, instructor, page):
    response = page(instructor).post(f"{HERE}import/", {"file": upload(content), "format": name})

    assert response.status_code == 400
    assert 'id="id_file_error"' in response.content.decode()


def test_import_of_unknown_format_is_refused_at_its_field(assignment, instructor, page):
    response = page(instructor).post(f"{HERE}import/", {"file": upload(), "format": "docx"})

    assert response.status_code == 400
    assert 'id="id_format_error"' in response.content.decode()


def test_import_by_students_is_not_allowed(assignment, student, page):
    client = page(student)

    answers = [
        client.get(f"{HERE}import/"),
        client.post(f"{HERE}import/", {"file": upload()}),
        client.post(f"{HERE}import/confirm/", {"kept": "x"}),
    ]

    assert [one.status_code for one in answers] == [403, 403, 403]


def test_undo_asks_and_takes_away(assignment, instructor, page):
    graph = ImportedGraphFactory(assignment=assignment, by=instructor, name="talks.json")
    client = page(instructor)

    asked = client.get(f"{HERE}imports/{graph.pk}/undo/").content.decode()
    response = client.post(f"{HERE}imports/{graph.pk}/undo/")

    assert "Undo the import of talks.json?" in asked
    assert response["Location"] == HERE
    assert ImportedGraph.objects.count() == 0
    assert messages(client) == ["What the file made is off the map."]


def test_undo_of_what_others_build_on_says_so(assignment, instructor, page):
    graph = ImportedGraphFactory(assignment=assignment, by=instructor)
    claim = ClaimFactory(assignment=assignment, origin="imported", imported=graph)
    RelationFactory(source=ClaimFactory(assignment=assignment, text="Not so."), target_claim=claim)
    client = page(instructor)

    asked = client.get(f"{HERE}imports/{graph.pk}/undo/").content.decode()
    client.post(f"{HERE}imports/{graph.pk}/undo/")

    assert "bear on what it made (1)" in asked
    assert ImportedGraph.objects.count() == 1
    assert messages(client)[0].startswith("Notes, links or marks of others bear")


def test_undo_of_another_assignments_file_is_nowhere(assignment, instructor, page):
    graph = ImportedGraphFactory()

    assert page(instructor).get(f"{HERE}imports/{graph.pk}/undo/").status_code == 404


def test_schema_is_that_of_our_format(page):
    response = page().get("/debate.schema.json")

    assert response["Content-Type"] == "application/schema+json"
    assert json.loads(response.content) == native.schema()
