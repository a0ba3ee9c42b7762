import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations.actions import create_annotation
from annotations.actions.inputs import Content
from debate.assignments.models import Assignment
from debate.core.api.conditional import etag, tag_of, version_in
from tests.expect import expect_problem
from tests.factories.annotations import annotation_on

TAG = re.compile(r'"[0-9a-f]+-[0-9a-f]{16}"')


@pytest.fixture
def note(assignment, paragraphs, student):
    return annotation_on(paragraphs[0], assignment=assignment, author=student, body="First words.")


@pytest.fixture
def path(note):
    return f"/api/v1/annotations/{note.pk}/"


# -- tags ------------------------------------------------------------------------------------------


def test_tag_is_the_version_and_a_hash_of_all_parts():
    tag = etag(3, "view", b"body")

    assert re.fullmatch(r'"3-[0-9a-f]{16}"', tag)
    assert tag == etag(3, "view", b"body")
    assert len({tag, etag(4, "view", b"body"), etag(3, "vie", b"wbody"), etag(3, "view")}) == 4


def test_tag_hashes_under_the_key_of_the_site(settings):
    before = etag(3, "view")
    settings.SECRET_KEY = "another"

    assert etag(3, "view") != before


def test_version_of_what_has_none_passes_over_what_passes():
    shown = {"id": 1, "name": "x", "state": "open"}

    assert version_in({"version": 7, "name": "x"}) == 7
    assert version_in(shown, passing={"state"}) == version_in(
        shown | {"state": "shut"}, passing={"state"}
    )
    assert version_in(shown) != version_in(shown | {"name": "y"})
    assert tag_of(shown, passing={"state"}) != tag_of(shown | {"state": "shut"}, passing={"state"})


# -- reading ---------------------------------------------------------------------------------------


def test_object_is_answered_under_a_strong_tag(api, student, path):
    response = api(student).get(path)

    assert re.fullmatch(r'"1-[0-9a-f]{16}"', response["ETag"])
    assert response["ETag"] == api(student).get(path)["ETag"]


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_what_the_asker_has_is_not_sent_again(api, student, path, form):
    first = api(student).get(path)

    again = api(student).get(path, HTTP_IF_NONE_MATCH=form.format(first["ETag"]))

    assert (again.status_code, again.content) == (304, b"")
    repeated = {name: again.get(name) for name in ("ETag", "Vary", "Cache-Control")}
    assert repeated == {name: first[name] for name in repeated}
    assert "Content-Type" not in again


@pytest.mark.parametrize("given", ['"1"', '"1-0000000000000000"', "no tag", '"other"', ""])
def test_another_tag_is_sent_the_answer(api, student, path, given):
    assert api(student).get(path, HTTP_IF_NONE_MATCH=given).status_code == 200


def test_what_is_around_an_object_changes_its_tag_and_not_its_version(
    api, student, classmate, note, path
):
    before = api(student).get(path)["ETag"]
    create_annotation(
        actor=classmate,
        assignment_id=note.assignment_id,
        content=Content(kind="comment", body="A reply."),
        parent_id=note.pk,
    )
    after = api(student).get(path)["ETag"]

    assert (before != after, before.split("-")[0], after.split("-")[0]) == (True, '"1', '"1')
    changed = api(student).patch(path, {"body": "Other words."}, HTTP_IF_MATCH=before)
    assert (changed.status_code, changed.json()["version"]) == (200, 2)


def test_if_match_is_looked_at_before_if_none_match(api, student, path):
    tag = api(student).get(path)["ETag"]

    stale = api(student).get(path, HTTP_IF_MATCH='"9"', HTTP_IF_NONE_MATCH=tag)
    same = api(student).get(path, HTTP_IF_MATCH=tag, HTTP_IF_NONE_MATCH=tag)

    expect_problem(stale, 412, "stale_version")
    assert same.status_code == 304


def test_head_is_as_get(api, student, path):
    get, head = api(student).get(path), api(student).head(path)
    unmodified = api(student).head(path, HTTP_IF_NONE_MATCH=get["ETag"])

    assert (head.status_code, head["ETag"], head.content) == (200, get["ETag"], b"")
    assert (unmodified.status_code, unmodified["ETag"]) == (304, get["ETag"])


def test_compressed_answer_has_a_strong_tag_that_changes_it(api, student, path):
    client = api(student, if_match=None)
    plain = client.get(path)
    packed = client.get(path, HTTP_ACCEPT_ENCODING="gzip")

    assert packed["Content-Encoding"] == "gzip"
    assert packed["ETag"] == f'{plain["ETag"][:-1]}-gzip"'
    again = client.get(path, HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH=packed["ETag"])
    assert (again.status_code, again["ETag"]) == (304, packed["ETag"])
    changed = client.patch(path, {"body": "Other words."}, HTTP_IF_MATCH=packed["ETag"])
    assert changed.json()["version"] == 2


@pytest.mark.parametrize(
    "address",
    [
        "seminars/{seminar.pk}/",
        "seminars/{seminar.pk}/members/{student.pk}/",
        "essays/{essay.pk}/",
        "assignments/{assignment.pk}/",
        "paragraphs/{paragraph.pk}/",
        "notices/preferences/",
        "me/",
        "",
        "annotations/",
        "schema/",
    ],
)
def test_whatever_is_read_has_a_tag(
    api, student, seminar, essay, assignment, paragraphs, note, address
):
    at = "/api/v1/" + address.format(
        seminar=seminar,
        student=student,
        essay=essay,
        assignment=assignment,
        paragraph=paragraphs[0],
    )
    first = api(student, if_match=None).get(at)

    assert TAG.fullmatch(first["ETag"])
    again = api(student, if_match=None).get(at, HTTP_IF_NONE_MATCH=first["ETag"])
    assert again.status_code == 200 if address == "me/" else 304


# -- changing --------------------------------------------------------------------------------------


def test_change_without_a_version_is_not_made(api, student, note, path):
    client = api(student, if_match=None)

    expect_problem(client.patch(path, {"body": "Mine"}), 428, "precondition_required")
    expect_problem(client.delete(path), 428, "precondition_required")
    note.refresh_from_db()
    assert (note.body, note.version, note.status) == ("First words.", 1, "published")


@pytest.mark.parametrize("form", ['"{v}-{h}"', '"{v}"', "{v}", '"9", "{v}-{h}"', "*", '"{v}-x"'])
def test_change_from_the_version_that_stands_is_made(api, student, path, form):
    client = api(student, if_match=None)
    version, digest = client.get(path)["ETag"].strip('"').split("-")

    changed = client.patch(path, {"body": "Mine"}, HTTP_IF_MATCH=form.format(v=version, h=digest))

    assert (changed.status_code, changed.json()["body"]) == (200, "Mine")


@pytest.mark.parametrize(
    "given", ['"2"', '"2", "3"', 'W/"1"', 'W/"1", "2"', '"x"', '"01"', '"99999999999"', '""']
)
def test_change_from_another_version_is_refused_with_what_stands(api, student, path, given):
    client = api(student, if_match=None)

    problem = expect_problem(
        client.patch(path, {"body": "Mine"}, HTTP_IF_MATCH=given), 412, "stale_version"
    )

    assert problem["current"] == client.get(path).json()
    assert problem["current"]["body"] == "First words."


@pytest.mark.parametrize("given", ["no version", "", "W/1", '"'])
def test_what_is_no_tag_is_refused_as_such(api, student, path, given):
    response = api(student, if_match=None).patch(path, {"body": "Mine"}, HTTP_IF_MATCH=given)

    expect_problem(response, 400, "malformed")


def test_version_in_the_body_is_as_good(api, student, path):
    client = api(student, if_match=None)

    stale = client.patch(path, {"body": "Mine", "version": 2})
    changed = client.patch(path, {"body": "Mine", "version": 1})
    differing = client.patch(path, {"body": "Ours", "version": 2}, HTTP_IF_MATCH='"1"')

    expect_problem(stale, 412, "stale_version")
    assert changed.json()["version"] == 2
    expect_problem(differing, 412, "stale_version")


def test_answer_to_a_change_has_the_tag_of_the_object(api, student, assignment, paragraphs, path):
    client = api(student, if_match=None)
    words = {"kind": "comment", "body": "New.", "paragraph": str(paragraphs[1].pk)}

    made = client.post("/api/v1/annotations/", {"assignment": str(assignment.pk), **words})
    changed = client.patch(path, {"body": "Mine"}, HTTP_IF_MATCH='"1"')

    assert made["ETag"] == client.get(made["Location"])["ETag"]
    assert made["Content-Location"] == made["Location"]
    assert (changed["ETag"], changed["Content-Location"]) == (client.get(path)["ETag"], path)


def test_change_to_nothing_new_is_not_made_where_anything_stands(api, student, path):
    response = api(student).patch(path, {"body": "Mine"}, HTTP_IF_NONE_MATCH="*")

    expect_problem(response, 412, "stale_version")


def test_what_may_not_be_seen_or_changed_is_not_asked_for_its_version(
    api, outsider, classmate, path
):
    for client in (api(outsider, if_match=None), api(outsider, if_match='"9"')):
        expect_problem(client.patch(path, {"body": "Mine"}), 404, "not_found")
    for client in (api(classmate, if_match=None), api(classmate, if_match='"9"')):
        expect_problem(client.patch(path, {"body": "Mine"}), 403, "not_allowed")


def test_whatever_stands_is_changed_in_what_is_named(api, student, path):
    api(student).patch(path, {"body": "Second words."})
    api(student).patch(path, {"tags": ["water"]})

    shown = api(student).get(path).json()
    assert (shown["body"], shown["tags"], shown["version"]) == ("Second words.", ["water"], 3)


# -- what has no version of its own ----------------------------------------------------------------


def test_object_without_version_is_changed_from_the_tag_that_was_read(api, instructor, assignment):
    client = api(instructor, scopes=("read", "admin"), if_match=None)
    path = f"/api/v1/assignments/{assignment.pk}/"
    tag = client.get(path)["ETag"]

    expect_problem(client.patch(path, {"title": "Mine"}), 428, "precondition_required")
    changed = client.patch(path, {"title": "Mine"}, HTTP_IF_MATCH=tag)
    stale = client.patch(path, {"title": "Ours"}, HTTP_IF_MATCH=tag)

    assert (changed.status_code, changed["ETag"]) == (200, client.get(path)["ETag"])
    assert expect_problem(stale, 412, "stale_version")["current"] == changed.json()


def test_what_the_hour_brings_makes_no_change_stale(api, instructor, assignment, monkeypatch):
    now = timezone.now
    Assignment.objects.update(closes_at=now() + timedelta(days=1))
    client = api(instructor, scopes=("read", "admin"), if_match=None)
    path = f"/api/v1/assignments/{assignment.pk}/"
    before = client.get(path)
    monkeypatch.setattr(timezone, "now", lambda: now() + timedelta(days=2))
    after = client.get(path)

    assert (before.json()["is_open"], after.json()["is_open"]) == (True, False)
    assert before["ETag"] != after["ETag"]
    changed = client.patch(path, {"title": "Mine"}, HTTP_IF_MATCH=before["ETag"])
    assert changed.json()["title"] == "Mine"


def test_unchanged_object_is_found_in_the_queries_of_its_reading(api, student, path):
    client = api(student, if_match=None)
    tag = client.get(path)["ETag"]
    with CaptureQueriesContext(connection) as reading:
        client.get(path)
    with CaptureQueriesContext(connection) as again:
        client.get(path, HTTP_IF_NONE_MATCH=tag)

    assert len(again) <= len(reading)
