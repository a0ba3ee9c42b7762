"""Debates as files in the API."""

from __future__ import annotations

import io
import json
import uuid
import zipfile

import pytest
from rest_framework.exceptions import ParseError

from annotations.api.exchange import DebateParser
from annotations.exchange.formats import aifdb
from annotations.models import Claim, ImportedGraph
from tests.annotations.exchange.formats import samples
from tests.expect import expect_problem
from tests.factories.argument import ClaimFactory, ImportedGraphFactory, RelationFactory

FILE = samples.as_bytes(samples.nodeset())


def export(assignment, name=None):
    query = f"?format={name}" if name else ""
    return f"/api/v1/assignments/{assignment.pk}/export/{query}"


def importing(assignment, query=""):
    return f"/api/v1/assignments/{assignment.pk}/graph-import/{query}"


def send(client, address, content=FILE):
    return client.generic("POST", address, content, content_type="application/json")


@pytest.mark.parametrize("accept", ["application/json", "application/zip", "text/html", "*/*"])
def test_export_comes_in_its_format_whatever_is_accepted(accept, api, assignment, student):
    ClaimFactory(assignment=assignment)

    response = api(student).get(export(assignment, "csv"), headers={"Accept": accept})

    assert response["Content-Type"] == "application/zip"
    assert "claims.csv" in zipfile.ZipFile(io.BytesIO(response.content)).namelist()


def test_export_without_format_is_our_own(api, assignment, student):
    response = api(student).get(export(assignment))

    assert json.loads(response.content)["format"] == "counterpoint-debate"


def test_export_without_slash_leads_to_the_file(api, assignment, student):
    response = api(student).get(f"/api/v1/assignments/{assignment.pk}/export?format=aifdb")

    assert (response.status_code, response["Location"]) == (308, export(assignment, "aifdb"))


def test_export_in_the_same_state_is_not_sent_again(api, assignment, student):
    ClaimFactory(assignment=assignment)
    client = api(student)
    etag = client.get(export(assignment, "aifdb"))["ETag"]

    response = client.get(export(assignment, "aifdb"), headers={"If-None-Match": etag})

    assert (response.status_code, response["ETag"]) == (304, etag)


@pytest.mark.parametrize("name", ["native", "aifdb"])
def test_export_of_another_version_than_is_wanted_is_a_problem(name, api, assignment, student):
    client = api(student)
    etag = client.get(export(assignment, name))["ETag"]

    stale = client.get(export(assignment, name), headers={"If-Match": '"9-x"'})
    same = client.get(export(assignment, name), headers={"If-Match": etag})

    expect_problem(stale, 412, "stale_version")
    assert same.status_code == 200


def test_export_is_not_sent_again_under_the_tag_of_its_compressed_form(api, assignment, student):
    client = api(student)
    packed = f'{client.get(export(assignment))["ETag"][:-1]}-gzip"'

    again = client.get(export(assignment), headers={"If-None-Match": packed})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", packed)


def test_export_in_unknown_format_is_refused(api, assignment, student):
    response = api(student).get(export(assignment, "odt"))

    expect_problem(response, 400, "invalid")
    assert response.json()["errors"][0]["parameter"] == "format"


def test_export_of_what_is_hidden_is_as_of_nothing(api, assignment, outsider):
    expect_problem(api(outsider).get(export(assignment)), 404, "not_found")


def test_import_makes_what_the_file_holds(api, assignment, instructor):
    response = send(api(instructor), importing(assignment, "?name=talks.json"))

    graph = ImportedGraph.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "id": str(graph.pk),
        "format": "aifdb",
        "name": "talks.json",
        "mapping": graph.mapping,
        "created_at": response.json()["created_at"],
    }
    assert Claim.objects.count() == 4


def test_import_goes_out_as_it_came_in(api, assignment, instructor, student):
    send(api(instructor), importing(assignment))

    value = json.loads(api(student).get(export(assignment, "aifdb")).content)

    assert value.pop("counterpoint")["title"] == assignment.title
    assert value == samples.nodeset()


@pytest.mark.parametrize("dry_run", ["true", "1", "True"])
def test_import_tried_tells_what_would_be_made(dry_run, api, assignment, instructor):
    content = samples.as_bytes(samples.xaif())

    response = send(api(instructor), importing(assignment, f"?dry_run={dry_run}"), content)

    assert response.status_code == 200
    assert response.json() == {
        "format": "xaif",
        "counts": {"claims": 2, "passages": 0, "reasons": 0, "challenges": 0},
        "twins": [],
        "kept": {"nodes of kind EN": 1, "nodes of kind RA": 2},
        "incomplete": [
            {
                "rule": 2,
                "place": "node 7",
                "detail": "Of this RA, edges in: 1, edges out: 0. "
                "It needs at least one in and exactly one out.",
            }
        ],
    }
    assert ImportedGraph.objects.count() == 0


@pytest.mark.parametrize("dry_run", ["true", "false"])
def test_import_faulty_lists_rules_and_places(dry_run, api, assignment, instructor):
    value = samples.nodeset()
    value["edges"].append({"edgeID": "90", "fromID": "103", "toID": "999"})

    response = send(
        api(instructor), importing(assignment, f"?dry_run={dry_run}"), samples.as_bytes(value)
    )

    expect_problem(response, 400, "graph_refused")
    assert response.json()["count"] == 1
    assert response.json()["faults"] == [
        {"rule": 6, "place": "edge 90 (103 → 999)", "detail": "There is no node 999."}
    ]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("?dry_run=maybe", "dry_run"), ("?format=argdown", "format"), ("?colour=red", "colour")],
)
def test_import_with_parameters_that_mean_nothing_is_refused(
    query, parameter, api, assignment, instructor
):
    response = send(api(instructor), importing(assignment, query))

    expect_problem(response, 400, "invalid")
    assert response.json()["errors"][0]["parameter"] == parameter


HOSTILE = {
    "nothing": b"",
    "deep": b"[" * 1_000_000,
    "deep objects": b'{"nodes":' * 100_000,
    "NUL": b'{"nodes": [{"nodeID": "1", "type": "I", "text": "\\u0000"}]}',
    "half a pair": b'{"nodes": [{"nodeID": "1", "type": "I", "text": "\\ud800"}]}',
    "NaN": b'{"nodes": [{"nodeID": NaN, "type": "I", "text": "x"}]}',
    "huge number": b'{"nodes": [{"nodeID": "1", "type": "I", "text": "x", "x": 1'
    + b"0" * 99
    + b"}]}",
    "not UTF-8": b'{"nodes": "\xff"}',
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_import_hostile_is_refused(content, api, assignment, instructor):
    response = send(api(instructor), importing(assignment), content)

    expect_problem(response, 400, "graph_refused")
    assert {fault["rule"] for fault in response.json()["faults"]} == {0}


def test_import_larger_than_is_taken_is_refused(api, assignment, instructor):
    response = send(api(instructor), importing(assignment), b" " * 8_000_001)

    expect_problem(response, 413, "too_large")


def test_import_that_breaks_off_is_refused():
    class Broken(io.RawIOBase):
        def read(self, size=-1):
            raise OSError(size)

    with pytest.raises(ParseError):
        DebateParser().parse(Broken())


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml"])
def test_import_of_another_media_type_is_refused(media_type, api, assignment, instructor):
    response = api(instructor).generic("POST", importing(assignment), FILE, content_type=media_type)

    expect_problem(response, 415, "unsupported_media_type")


def test_import_by_students_is_not_allowed_before_the_file_is_read(api, assignment, student):
    response = send(api(student), importing(assignment), b"no file")

    expect_problem(response, 403, "not_allowed")


def test_import_with_a_token_to_read_is_refused(api, assignment, instructor):
    response = send(api(instructor, scopes=["read"]), importing(assignment))

    expect_problem(response, 403, "insufficient_scope")


def test_import_undone_is_gone(api, assignment, instructor):
    made = send(api(instructor), importing(assignment)).json()["id"]
    address = f"{importing(assignment)}{made}/"

    first, again = (api(instructor).delete(address) for _ in range(2))

    assert first.status_code == 204
    expect_problem(again, 404, "not_found")
    assert Claim.objects.count() == 0


def test_import_on_which_others_build_is_not_undone(api, assignment, instructor):
    graph = ImportedGraphFactory(assignment=assignment, by=instructor)
    claim = ClaimFactory(assignment=assignment, origin="imported", imported=graph)
    RelationFactory(source=ClaimFactory(assignment=assignment, text="Not so."), target_claim=claim)

    response = api(instructor).delete(f"{importing(assignment)}{graph.pk}/")

    expect_problem(response, 409, "import_in_use")
    assert response.json()["bearing"] == 1


def test_undo_by_students_is_not_allowed_whatever_there_is(api, assignment, student, instructor):
    graph = ImportedGraphFactory(assignment=assignment, by=instructor)

    answers = [
        api(student).delete(f"{importing(assignment)}{one}/") for one in (graph.pk, uuid.uuid4())
    ]

    assert [one.status_code for one in answers] == [403, 403]


def test_own_export_of_an_assignment_passes_the_rules(api, assignment, student):
    ClaimFactory(assignment=assignment)

    content = api(student).get(export(assignment, "aifdb")).content

    assert [one.text for one in aifdb.read(content).claims] == [
        "Talks cut the risk of miscalculation."
    ]
