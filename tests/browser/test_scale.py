"""A crowded essay: what the page carries of 5,000 notes, and what a note more does to it."""

import gzip

import pytest
from playwright.sync_api import expect

from annotations.actions import Content, Target, create_annotation
from annotations.enums import Kind
from tests.bench.reading import annotated
from tests.browser.conftest import PHONE
from tests.factories.seminars import MembershipFactory

MOST_CARDS = 44
"""On a paragraph: those that stay where more come than have room, and what came with the last answer."""


@pytest.fixture
def crowd(transactional_db):
    """An assignment of 12 paragraphs with 5,000 notes."""
    assignment, _ = annotated(5_000)
    return assignment


def post(author, assignment, number, body, quote=""):
    paragraph = assignment.revision.paragraphs.get(number=number)
    return create_annotation(
        actor=author,
        assignment_id=assignment.pk,
        content=Content(kind=Kind.COMMENT, body=body),
        targets=[Target(paragraph_id=paragraph.pk, quote=quote)],
    )


def opened(page, assignment):
    with page.expect_response("**/changes/?after=*"):
        return page.goto(assignment.get_absolute_url())


def nodes(page):
    return page.evaluate("document.querySelectorAll('*').length")


def tops(page):
    return page.locator(".essay > .x > p").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect().top)"
    )


@pytest.mark.parametrize("size", [(1440, 900), PHONE])
def test_page_of_5000_notes_is_small_and_takes_one_more_without_moving(browse, crowd, size):
    reader, author = (one.user for one in MembershipFactory.create_batch(2, seminar=crowd.seminar))
    page = browse(reader, size=size)

    answer = opened(page, crowd)

    assert len(gzip.compress(answer.body(), 6)) <= 25 * 1024
    assert nodes(page) <= 3_000
    marks = page.locator(".essay > .x").evaluate_all(
        "(all) => all.map((one) => one.querySelectorAll('mark').length)"
    )
    assert 0 < max(marks) <= 40
    before = tops(page)

    arrived = post(author, crowd, 1, "One more. " * 40)

    expect(page.locator(f"#a-{arrived.pk}")).to_be_attached()
    assert tops(page) == pytest.approx(before, abs=0.5)
    assert nodes(page) <= 3_000
    expect(page.locator('[data-count="words"]')).to_have_text("5,001 notes")


def test_notes_that_come_and_come_are_held_to_a_number(
    browse, assignment, paragraphs, student, classmate
):
    page = browse(student)
    opened(page, assignment)

    for n in range(60):
        last = post(classmate, assignment, 1, f"Thought {n}.")

    expect(page.locator(f"#a-{last.pk}")).to_be_attached()
    expect(page.locator("#p-1 > h2")).to_have_text("Paragraph 1, 60 notes")
    expect(page.get_by_role("link", name="more on paragraph 1")).to_be_visible()
    assert page.locator("#p-1 + .ns > .c").count() <= MOST_CARDS
