"""The desk in a browser: who has a work open, and how one comes to the rubric on a phone."""

import re

import pytest
from playwright.sync_api import expect

from annotations.grading.models import Lease
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    WorkFactory,
    WorkItemFactory,
)


@pytest.fixture
def work(assignment, student):
    GradingPlanFactory(assignment=assignment)
    work = WorkFactory(assignment=assignment, student=student)
    GradeFactory(work=work)
    WorkItemFactory(work=work)
    return work


def address(work):
    assignment = work.assignment
    return f"/seminars/{assignment.seminar.slug}/{assignment.slug}/grading/works/{work.pk}/"


def test_open_desk_holds_the_work_until_it_is_left(browse, assistant, instructor, work):
    page = browse(assistant)
    page.goto(address(work))
    expect(page.locator("[data-desk]")).to_have_attribute("data-held", re.compile("T"))
    assert Lease.objects.get(work=work).holder == assistant

    other = browse(instructor)
    other.goto(address(work))
    expect(other.get_by_role("main").get_by_text("Assistant is here.")).to_be_visible()

    page.goto("/docs/grading/")
    other.wait_for_function(
        """async () => !(await (await fetch(location.href)).text()).includes("Assistant is here.")"""
    )


def test_phone_leads_from_the_work_to_the_rubric(browse, assistant, work):
    page = browse(assistant, size=(320, 640))
    page.goto(address(work))

    page.get_by_role("link", name="To the rubric").click()

    expect(page.locator("#rubric")).to_be_in_viewport()
    expect(page.get_by_role("link", name="To the rubric")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
