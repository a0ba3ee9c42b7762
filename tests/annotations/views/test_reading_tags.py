"""A visitor's reading page that has not changed is not made again, and nobody gets an old or foreign one."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotations.actions import withdraw_annotation
from annotations.models import Source
from annotations.queries.page_state import STANDS_ON
from tests.factories.annotations import ReplyFactory, annotation_on


@pytest.fixture
def public(assignment, essay, seminar):
    seminar.allows_public = essay.is_public = True
    seminar.save()
    essay.save()
    return assignment


@pytest.fixture
def note(public, paragraphs, student):
    return annotation_on(
        paragraphs[0], evidence=True, assignment=public, author=student, audience="public"
    )


@pytest.fixture
def address(public):
    return public.get_absolute_url()


def test_page_that_a_visitor_has_is_not_made_again(page, address, note):
    first = page().get(address)
    with CaptureQueriesContext(connection) as made:
        again = page().get(address, headers={"If-None-Match": first["ETag"]})

    assert first.status_code == 200
    assert first["Cache-Control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert len(made) == 1


def test_page_for_a_visitor_reads_nothing_that_its_tag_does_not_stand_on(
    page, address, note, student, public
):
    ReplyFactory(parent=note, author=student, audience="public")

    with CaptureQueriesContext(connection) as made:
        page().get(address)

    read = {table for one in made for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', one["sql"])}
    assert read - STANDS_ON == set()


CHANGES = {
    "a note taken back": lambda note: withdraw_annotation(actor=note.author, annotation_id=note.pk),
    "another name": lambda note: rename(note.author),
    "a source with another address": lambda note: readdress(note.passage.source_id),
    "another title": lambda note: retitle(note.assignment.essay),
    "instructions": lambda note: instruct(note.assignment),
}


def readdress(source_id):
    Source.objects.filter(pk=source_id).update(archived_url="https://web.archive.org/1")


def rename(person):
    person.name = "Somebody else"
    person.save()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit does


def retitle(essay):
    essay.title = "Another title"
    essay.save()


def instruct(assignment):
    assignment.instructions = "Read it twice."
    assignment.save()


@pytest.mark.parametrize("name", CHANGES)
def test_page_is_made_again_after_a_change(name, page, address, note):
    tag = page().get(address)["ETag"]

    CHANGES[name](note)
    again = page().get(address, headers={"If-None-Match": tag})

    assert again.status_code == 200
    assert again["ETag"] != tag


def test_page_with_other_filters_has_another_tag(page, address, note):
    tag = page().get(address)["ETag"]

    assert page().get(f"{address}?kind=comment", headers={"If-None-Match": tag}).status_code == 200


def test_page_that_is_no_longer_public_is_absent(page, address, note, seminar):
    tag = page().get(address)["ETag"]
    seminar.allows_public = False
    seminar.save()

    assert page().get(address, headers={"If-None-Match": tag}).status_code == 404


def test_page_of_a_visitor_who_has_chosen_the_text_alone_has_no_tag(page, address, note):
    chosen = page()
    chosen.get(f"{address}?notes=none")

    assert "ETag" not in chosen.get(address)
