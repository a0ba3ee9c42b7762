"""The addresses that an open page asks, as a browser does: without a server that holds streams."""

import re

import pytest
from django.urls import reverse

from annotations.models import Presence
from tests.annotations.live.conftest import cursor_of, loaded, post
from tests.expect import expect_problem, expect_same_as_absent

pytestmark = pytest.mark.django_db


def address(name, assignment, slug=None):
    return reverse(f"live:{name}", args=[assignment.seminar.slug, slug or assignment.slug])


def test_page_and_its_first_question_leave_nothing_out(assignment, student, classmate, page):
    """The cursor of a page is of the moment before the page was read."""
    client = page(classmate)
    html = client.get(assignment.get_absolute_url()).content.decode()
    cursor = re.search(r'data-cursor="([^"]+)"', html)[1]
    one = post(assignment, student)

    response = client.get(address("changes", assignment), {"after": cursor})

    assert [one["id"] for one in response.json()["arrivals"]] == [str(one.pk)]
    assert response["Cache-Control"] == "no-store"
    assert "Cookie" in response["Vary"]


def test_fragments_are_what_the_page_holds(assignment, student, classmate, page):
    post(assignment, student)
    html = page(classmate).get(assignment.get_absolute_url()).content.decode()

    for one in loaded(classmate, assignment).values():
        assert one["html"] in html
        assert one["pip"] in html


def test_page_names_the_addresses_it_asks_with_its_filters(assignment, student, page):
    html = page(student).get(assignment.get_absolute_url() + "?mine=1").content.decode()

    tag = re.search(r'<div class="read"[^>]*>', html)[0]
    assert f'data-stream="{address("stream", assignment)}"' in tag
    assert f'data-changes="{address("changes", assignment)}?mine=1"' in tag
    assert f'data-presence="{address("presence", assignment)}"' in tag


@pytest.mark.parametrize("ending", ["?notes=none", "revisions/1/"])
def test_page_without_notes_or_of_an_earlier_revision_asks_nothing(
    ending, assignment, essay, student, page
):
    if ending == "revisions/1/":
        newer = essay.revisions.create(number=2, created_by=essay.created_by)
        assignment.revision = newer
        assignment.save()

    html = page(student).get(assignment.get_absolute_url() + ending).content.decode()

    assert "data-cursor" not in html


def test_changes_bad_cursor_is_a_problem_document(assignment, student, page):
    response = page(student).get(address("changes", assignment), {"after": "x"})

    expect_problem(response, 400, "bad_cursor")


def test_changes_under_other_rules_is_a_problem_document_that_says_load_anew(
    assignment, student, page
):
    cursor = cursor_of(student, assignment)
    assignment.rounds.update(mode="blind")

    response = page(student).get(address("changes", assignment), {"after": cursor})

    assert expect_problem(response, 410, "view_changed")["reload"] is True


@pytest.mark.parametrize("name", ["changes", "stream"])
def test_address_of_a_hidden_assignment_is_as_of_none(name, assignment, outsider, page):
    hidden, absent = (
        page(outsider).get(address(name, assignment, slug)) for slug in (None, "no-such")
    )

    assert hidden.status_code == 404
    if name == "stream":
        expect_same_as_absent(hidden, absent)
    else:
        assert {**hidden.json(), "instance": ""} == {**absent.json(), "instance": ""}


@pytest.mark.parametrize("method", ["get", "head"])
def test_stream_where_none_can_be_held_says_not_to_come_back(method, assignment, student, page):
    response = getattr(page(student), method)(address("stream", assignment))

    assert (response.status_code, response.content) == (204, b"")
    assert not Presence.objects.exists()


def test_presence_takes_a_number_or_nothing(assignment, student, page):
    student.shares_paragraph = True
    student.save()
    row = Presence.objects.create(user=student, assignment=assignment)
    second = assignment.revision.paragraphs.get(number=2)
    client = page(student)
    kept = []

    for given in ("2", ""):
        response = client.post(address("presence", assignment), {"paragraph": given})
        assert response.status_code == 204
        row.refresh_from_db()
        kept.append(row.paragraph_key)

    assert kept == [second.key, None]


@pytest.mark.parametrize("given", ["x", "-1", "1.5", "99", "9" * 30, "²"])
def test_presence_at_no_paragraph_is_a_problem_document(given, assignment, student, page):
    response = page(student).post(address("presence", assignment), {"paragraph": given})

    expect_problem(response, 400, "invalid", "/paragraph")


def test_presence_in_a_hidden_assignment_is_absent(assignment, outsider, page):
    response = page(outsider).post(address("presence", assignment), {"paragraph": "1"})

    expect_problem(response, 404, "not_found")
