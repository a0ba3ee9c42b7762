"""Everything one may read, streamed by the API."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest
from django.urls import reverse
from docx import Document

from annotations.actions import Content, SourceInput, Target, create_annotation
from annotations.models import Annotation, WebIdentity
from debate.assignments.actions import change_assignment
from debate.essays.models import Essay
from tests.factories.annotations import AnnotationFactory
from tests.factories.assignments import AliasFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def notes(assignment, paragraphs, student, classmate, instructor):
    """Words of PLAIN that a student commented, a reply to it, and evidence on another paragraph."""

    def post(actor, content, targets=(), parent=None):
        return create_annotation(
            actor=actor,
            assignment_id=assignment.pk,
            content=content,
            targets=targets,
            parent_id=parent and parent.pk,
        )

    words = paragraphs[0].text[:6]
    first = post(
        student,
        Content(kind="comment", body='Which *cities*, "exactly"?\n\n=SUM(A1)'),
        [Target(paragraph_id=paragraphs[0].pk, start=0, end=6, quote=words)],
    )
    reply = post(classmate, Content(kind="comment", body="All of them."), parent=first)
    proof = post(
        instructor,
        Content(
            kind="evidence",
            stance="supports",
            warrant="+1 says so, it is measured.",
            source=SourceInput(link="https://example.org/water", title="Water"),
            quote="It fell.",
        ),
        [Target(paragraph_id=paragraphs[1].pk)],
    )
    return first, reply, proof


def where(assignment, **asked):
    return reverse("api:export", args=[assignment.pk]), {"format": "ndjson", **asked}


def lines_of(response):
    return [json.loads(line) for line in content_of(response).splitlines()]


def content_of(response):
    content = b"".join(response.streaming_content)
    response.close()
    return content


def test_ndjson_of_an_assignment_holds_what_the_list_holds_and_ends(
    api, assignment, notes, student
):
    client = api(student)

    found = lines_of(client.get(*where(assignment)))

    listed = client.get(reverse("api:annotation-list"), {"assignment": str(assignment.pk)})
    assert found[:-1] == listed.json()["results"]
    assert found[-1] == {"end": True, "count": 3, "cursor": found[-1]["cursor"]}
    since = client.get(
        reverse("api:assignment-change-list", args=[assignment.pk]),
        {"since": found[-1]["cursor"]},
    )
    assert since.status_code == 200


def test_ndjson_without_trailer_has_its_summary_beside_it(api, assignment, notes, student):
    client = api(student)

    response = client.get(*where(assignment, trailer="0"))
    address = response["Link"].partition(">")[0][1:]
    AnnotationFactory(assignment=assignment)
    found = lines_of(response)

    assert [one["id"] for one in found] == [str(one.pk) for one in notes]
    told = client.get(address).json()
    assert (told["end"], told["count"]) == (True, 3)
    assert api(notes[1].author).get(address).status_code == 404


def test_summary_is_not_sent_again_while_the_export_is_the_same(api, assignment, notes, student):
    client = api(student)
    export = client.get(*where(assignment, trailer="0"))
    lines_of(export)  # read to its end
    addresses = [
        reverse("api:export-summary", args=[assignment.pk]),
        reverse("api:seminar-export-summary", args=[assignment.seminar_id]),
        reverse("api:me-export-summary"),
        export["Link"].partition(">")[0][1:],
    ]
    tags = [client.get(one)["ETag"] for one in addresses]

    def asked():
        answers = [
            client.get(address, headers={"If-None-Match": tag})
            for address, tag in zip(addresses, tags, strict=True)
        ]
        return [one.status_code for one in answers]

    assert asked() == [304] * 4
    create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(kind="comment", body="One more."),
        parent_id=notes[0].pk,
    )
    assert asked() == [200, 200, 200, 304]  # the last is of the export that was taken


def test_ndjson_is_of_one_moment_while_others_write(api, assignment, student):
    AnnotationFactory.create_batch(40, assignment=assignment, body="x" * 400)

    response = api(student).get(*where(assignment))
    pieces = iter(response.streaming_content)
    first = next(pieces)
    AnnotationFactory.create_batch(3, assignment=assignment)
    Annotation.objects.update(body="Changed.")
    found = [json.loads(line) for line in (first + b"".join(pieces)).splitlines()]

    assert {one["body"] for one in found[:-1]} == {"x" * 400}
    assert (len(found) - 1, found[-1]["count"]) == (40, 40)


def test_export_of_a_seminar_and_of_ones_own(api, assignment, notes, student, outsider):
    client = api(student)

    seminar = lines_of(client.get(reverse("api:seminar-export", args=[assignment.seminar_id])))
    own = lines_of(client.get(reverse("api:me-export")))

    assert [one["id"] for one in seminar[:-1]] == [str(one.pk) for one in notes]
    assert [one["id"] for one in own[:-1]] == [str(notes[0].pk)]
    assert lines_of(api(outsider).get(reverse("api:me-export")))[:-1] == []


@pytest.mark.parametrize("hidden", ["private", "other_group", "blind"])
def test_export_holds_nothing_that_one_may_not_read(
    hidden, api, assignment, student, classmate, other_group
):
    fields = {
        "private": {"audience": "private"},
        "other_group": {"audience": "group", "group": other_group},
        "blind": {},
    }[hidden]
    note = AnnotationFactory(assignment=assignment, author=classmate, body="Zebrafish.", **fields)
    if hidden == "blind":
        note.round.mode = "blind"
        note.round.save()

    for form in ("ndjson", "jsonld", "html"):
        assert b"Zebrafish" not in content_of(api(student).get(*where(assignment, format=form)))
    assert b"Zebrafish" in content_of(api(classmate).get(*where(assignment)))


def test_unchanged_export_is_not_sent_again(api, assignment, notes, student, classmate):
    client = api(student)
    first = client.get(*where(assignment))
    content_of(first)

    again = client.get(*where(assignment), headers={"If-None-Match": first["ETag"]})
    other = api(classmate).get(*where(assignment), headers={"If-None-Match": first["ETag"]})
    create_annotation(
        actor=classmate,
        assignment_id=assignment.pk,
        content=Content(kind="comment", body="More."),
        parent_id=notes[0].pk,
    )
    changed = client.get(*where(assignment), headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again["ETag"], again.content) == (304, first["ETag"], b"")
    assert other.status_code == 200
    assert len(lines_of(changed)) == 5
    other.close()


@pytest.mark.parametrize("form", ["ndjson", "tables", "jsonld", "html", "docx"])
@pytest.mark.parametrize("retitled", ["assignment", "essay"])
def test_export_under_another_title_is_sent_again(
    retitled, form, api, assignment, notes, instructor, student
):
    client = api(student)
    first = client.get(*where(assignment, format=form))
    content_of(first)

    if retitled == "assignment":
        change_assignment(actor=instructor, assignment_id=assignment.pk, title="Another title")
    else:
        Essay.objects.filter(pk=assignment.essay_id).update(title="Another title")
    changed = client.get(*where(assignment, format=form), headers={"If-None-Match": first["ETag"]})

    assert (changed.status_code, changed["ETag"] == first["ETag"]) == (200, False)
    changed.close()


def exports_of(assignment):
    """The addresses at which annotations of an assignment are exported."""
    return {
        "assignment": reverse("api:export", args=[assignment.pk]),
        "seminar": reverse("api:seminar-export", args=[assignment.seminar_id]),
        "own": reverse("api:me-export"),
    }


@pytest.mark.parametrize("of", ["assignment", "seminar", "own"])
@pytest.mark.parametrize(
    "told", [{"title": "Le titre"}, {"byline_author": "A. Nother"}, {"language": "fr"}]
)
def test_export_of_an_essay_that_is_told_otherwise_is_sent_again(
    told, of, api, assignment, notes, student
):
    client, address = api(student), exports_of(assignment)[of]
    first = client.get(address, {"format": "jsonld"})
    before = content_of(first)

    Essay.objects.filter(pk=assignment.essay_id).update(**told)
    changed = client.get(address, {"format": "jsonld"}, headers={"If-None-Match": first["ETag"]})

    assert (changed.status_code, changed["ETag"] == first["ETag"]) == (200, False)
    assert (content_of(changed) == before) is ("language" not in told)


@pytest.mark.parametrize("of", ["assignment", "seminar", "own"])
def test_export_of_a_source_that_others_completed_is_sent_again(
    of, api, assignment, notes, instructor, classmate
):
    client, address = api(instructor), exports_of(assignment)[of]
    first = client.get(address, {"format": "ndjson"})
    before = evidence_in(first)

    completed = api(classmate).post(
        reverse("api:source-list"),
        {
            "seminar": str(assignment.seminar_id),
            "link": "https://example.org/water",
            "title": "Water",
            "publisher": "Water House",
        },
        format="json",
    )
    changed = client.get(address, {"format": "ndjson"}, headers={"If-None-Match": first["ETag"]})

    assert completed.status_code in {200, 201}
    assert (changed.status_code, changed["ETag"] == first["ETag"]) == (200, False)
    assert "Water House" in json.dumps(evidence_in(changed))
    assert "Water House" not in json.dumps(before)


@pytest.mark.parametrize("of", ["assignment", "seminar", "own"])
def test_unchanged_export_of_anything_is_not_sent_again(of, api, assignment, notes, student):
    client, address = api(student), exports_of(assignment)[of]
    first = client.get(address, {"format": "ndjson"})
    content_of(first)

    again = client.get(address, {"format": "ndjson"}, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again["ETag"], again.content) == (304, first["ETag"], b"")


def evidence_in(response):
    """What the export tells of the evidence in it."""
    return [one["evidence"] for one in lines_of(response) if one.get("kind") == "evidence"]


def test_head_tells_of_the_file_and_sends_nothing(api, assignment, student):
    response = api(student).head(*where(assignment))

    assert response.content == b""
    assert response["Content-Type"] == "application/x-ndjson"
    assert response["Content-Encoding"] == "identity"


@pytest.mark.parametrize(
    ("asked", "at"),
    [
        ({"format": "nonsense"}, "format"),
        ({"authors": "nobody"}, "authors"),
        ({"authors": "pseudonym"}, "project"),
        ({"project": "x"}, "project"),
        ({"cells": "safe"}, "cells"),
        ({"format": "tables", "trailer": "0"}, "trailer"),
        ({"trailer": "perhaps"}, "trailer"),
        ({"format": "native", "authors": "pseudonym"}, "authors"),
    ],
    ids=str,
)
def test_export_with_options_that_there_are_not_is_refused(asked, at, api, assignment, student):
    response = api(student).get(*where(assignment, **asked))

    assert response.status_code == 400
    assert [one["parameter"] for one in response.json()["errors"]] == [at]


def test_documents_are_of_one_assignment(api, seminar, student):
    address = reverse("api:seminar-export", args=[seminar.pk])

    assert api(student).get(address, {"format": "docx"}).status_code == 400


def test_third_export_of_a_person_at_once_waits(api, assignment, notes, student):
    client = api(student)
    open_ones = [client.get(*where(assignment)) for _ in range(2)]

    refused = client.get(*where(assignment))
    for one in open_ones:
        one.close()
    taken = client.get(*where(assignment))

    assert (refused.status_code, refused["Retry-After"]) == (429, "10")
    assert refused.json()["code"] == "too_many_exports"
    assert len(lines_of(taken)) == 4


def tables_of(client, assignment, **asked):
    content = content_of(client.get(*where(assignment, format="tables", **asked)))
    files = zipfile.ZipFile(io.BytesIO(content))
    assert files.testzip() is None
    return {name: files.read(name) for name in files.namelist()}


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_tables_give_back_every_cell_as_it_is(api, assignment, notes, student):
    files = tables_of(api(student), assignment)

    assert list(files) == [
        "README.txt",
        "dictionary.csv",
        "annotations.csv",
        "anchors.csv",
        "evidence.csv",
        "relations.csv",
        "paragraphs.csv",
    ]
    rows = rows_of(files["annotations.csv"])
    assert [row["body"] for row in rows] == [
        'Which *cities*, "exactly"?\n\n=SUM(A1)',
        "All of them.",
        "",
    ]
    assert rows[1]["parent"] == str(notes[0].pk)
    anchors = rows_of(files["anchors.csv"])
    assert [(row["annotation"], row["start"], row["exact"]) for row in anchors] == [
        (str(notes[0].pk), "0", "Cities"),
        (str(notes[2].pk), "", ""),
    ]
    assert [row["warrant"] for row in rows_of(files["evidence.csv"])] == [
        "+1 says so, it is measured."
    ]
    assert [row["text"] for row in rows_of(files["paragraphs.csv"])] == [
        one.text for one in assignment.revision.paragraphs.order_by("position")
    ]
    columns = rows_of(files["dictionary.csv"])
    for name in ("annotations", "anchors", "evidence", "relations", "paragraphs"):
        head = files[f"{name}.csv"].decode().partition("\r\n")[0].split(",")
        assert [row["column"] for row in columns if row["table"] == f"{name}.csv"] == head


def test_tables_for_spreadsheets_hold_no_formula(api, assignment, notes, student):
    files = tables_of(api(student), assignment, cells="safe")

    assert files["evidence.csv"].startswith("\N{BYTE ORDER MARK}".encode())
    assert [row["warrant"] for row in rows_of(files["evidence.csv"])] == [
        "'+1 says so, it is measured."
    ]


def test_json_ld_is_a_collection_of_all(api, assignment, notes, student):
    found = json.loads(content_of(api(student).get(*where(assignment, format="jsonld"))))

    assert (found["type"], found["total"]) == ("AnnotationCollection", 3)
    items = found["first"]["items"]
    assert [one["id"].rpartition("/")[2] for one in items] == [str(one.pk) for one in notes]
    assert {one["type"] for one in items} == {"Annotation"}


def test_json_ld_tells_what_the_container_tells(api, assignment, notes, student):
    WebIdentity.objects.create(
        annotation=notes[0], assignment=assignment, slug="mine", via=["https://example.org/1"]
    )

    found = json.loads(content_of(api(student).get(*where(assignment, format="jsonld"))))

    one = api(student).get(
        f"/wa/assignments/{assignment.pk}/mine", HTTP_ACCEPT="application/ld+json"
    )
    assert one.status_code == 200
    told = json.loads(one.content)
    del told["@context"]
    assert found["first"]["items"][0] == told


def test_page_to_print_shows_notes_below_their_paragraphs(api, assignment, notes, student):
    page = content_of(api(student).get(*where(assignment, format="html"))).decode()

    assert (
        page.index("Cities that price") < page.index("<em>cities</em>") < page.index("voted twice")
    )
    assert page.index("All of them.") < page.index("voted twice") < page.index("it is measured")
    assert "<script" not in page
    assert "style=" not in page


def test_word_document_has_notes_as_comments_on_their_words(api, assignment, notes, student):
    content = content_of(api(student).get(*where(assignment, format="docx")))

    document = Document(io.BytesIO(content))

    told = [(one.author, one.text.split("\n")[0]) for one in document.comments]
    assert told == [
        ("Student", "Comment"),
        ("Classmate", "Reply: Comment"),
        ("Instructor", "Evidence"),
    ]
    assert [words_of(document, number) for number in range(3)] == [
        "Cities",
        "Cities",
        assignment.revision.paragraphs.get(number=2).text,
    ]


def words_of(document, number):
    """The words between the marks of that comment."""
    name = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    inside, words = False, ""
    for element in document.element.body.iter():
        if element.get(f"{name}id") == str(number):
            inside = {f"{name}commentRangeStart": True, f"{name}commentRangeEnd": False}.get(
                element.tag, inside
            )
        elif inside and element.tag == f"{name}t":
            words += element.text
    return words


@pytest.fixture
def named(assignment, student, classmate, instructor):
    """A thread in which everybody is named, and who agreed: the student, the instructor, no other."""
    for person, name in ((student, "Zenobia Xylander"), (classmate, "Quirin Ypsilanti")):
        person.name, person.email = name, f"{person.username}@mail.example"
        person.save()
    seminar = assignment.seminar
    seminar.asks_consent = True
    seminar.save()
    seminar.memberships.filter(user__in=[student, instructor]).update(consents=True)
    AliasFactory(assignment=assignment, user=student, name="Mottled Heron")

    def post(actor, body, parent=None):
        targets = [] if parent else [Target(paragraph_id=assignment.revision.paragraphs.first().pk)]
        return create_annotation(
            actor=actor,
            assignment_id=assignment.pk,
            content=Content(kind="comment", body=body),
            targets=targets,
            parent_id=parent and parent.pk,
        )

    first = post(student, "@Quirin Ypsilanti, I am Zenobia. Write to student@mail.example.")
    post(classmate, "Platypus, @Zenobia Xylander!", first)
    post(instructor, "Mottled Heron is right, @classmate.", first)
    return [str(one.pk) for one in (student, classmate, instructor)]


SECRETS = ("Zenobia", "Xylander", "Quirin", "Ypsilanti", "mail.example", "Heron", "classmate")


@pytest.mark.parametrize("form", ["ndjson", "tables", "jsonld", "html", "docx"])
def test_pseudonymous_export_names_nobody(form, api, assignment, named, instructor):
    content = content_of(
        api(instructor).get(
            *where(assignment, format=form, authors="pseudonym", project="Water 2026")
        )
    )
    if content.startswith(b"PK"):
        files = zipfile.ZipFile(io.BytesIO(content))
        content = b"".join(files.read(name) for name in files.namelist())

    text = content.decode(errors="replace")
    assert [one for one in (*SECRETS, *named) if one in text] == []
    assert "Platypus" not in text
    assert "is right" in text


def test_pseudonyms_hold_within_a_project(api, assignment, named, instructor, student):
    def authors(project, **asked):
        asked = {"authors": "pseudonym", "project": project, **asked}
        found = lines_of(api(instructor).get(*where(assignment, **asked)))
        return [one["author"] for one in found[:-1]]

    once, again, other = authors("Water"), authors("Water"), authors("Rivers")

    assert once == again
    assert len({one["id"] for one in (*once, *other)}) == 4
    assert all(one["is_alias"] for one in once)


def test_pseudonymous_export_holds_everybody_where_nobody_is_asked(
    api, assignment, named, instructor
):
    type(assignment.seminar).objects.update(asks_consent=False)

    asked = where(assignment, authors="pseudonym", project="Water")

    assert len(lines_of(api(instructor).get(*asked))) == 4


def test_unchanged_export_asks_the_database_little(
    api, assignment, notes, student, django_assert_num_queries
):
    client = api(student)
    first = client.get(*where(assignment))
    content_of(first)

    with django_assert_num_queries(2):
        again = client.get(*where(assignment), headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
