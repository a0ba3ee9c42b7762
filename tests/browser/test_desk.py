"""The queue and the desk in a browser: what of both a phone has room for, and who has a work open."""

import re

import pytest
from playwright.sync_api import expect

from annotations.grading.models import Lease
from tests.browser.keys import press_on, tab_to
from tests.factories.grading import (
    CriterionFactory,
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


PHONE = {"size": (360, 640), "has_touch": True, "is_mobile": True}
OTHERS = ("Collect…", "One level for many…", "Split among markers…", "Set-up", "Agreement")


@pytest.fixture
def queue(work):
    """The address of the queue, with a rubric that asks for three things."""
    for title in ("Says what it holds", "Answers the other side", "Rests on evidence"):
        CriterionFactory(rubric_version=work.assignment.grading_plan.rubric_version, title=title)
    return address(work).split("works/")[0]


def rows(found):
    """At how many heights the elements stand."""
    return len({round(one.bounding_box()["y"] / 8) for one in found.all() if one.is_visible()})


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_queue_on_a_phone_folds_what_is_used_seldom(browse, instructor, queue, scripts):
    page = browse(instructor, java_script_enabled=scripts, **PHONE)
    page.goto(queue)

    controls = page.get_by_role("main").locator("a.btn, a.chip, .btn, summary, select")
    seen = [one for one in controls.all() if one.is_visible()]
    assert min(one.bounding_box()["height"] for one in seen) >= 44
    assert rows(page.locator(".tallies a")) == 1
    assert rows(page.locator(".ways > a, .ways > form > button, .ways > details > summary")) <= 2
    expect(page.get_by_role("link", name="Student", exact=True)).to_be_in_viewport()
    for name in OTHERS:
        expect(page.get_by_role("link", name=name, exact=True)).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 360

    page.get_by_text("More", exact=True).tap()
    for name in OTHERS:
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    page.get_by_text("One criterion across all works", exact=True).tap()
    expect(page.get_by_role("link", name="Rests on evidence")).to_be_visible()
    page.get_by_text("Choose and order", exact=True).tap()
    page.get_by_label("Order").select_option("By state")
    page.get_by_role("button", name="Show").tap()
    expect(page.get_by_label("Order")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_queue_on_a_phone_shows_the_state_that_is_chosen(browse, instructor, queue):
    page = browse(instructor, **PHONE)

    page.goto(f"{queue}?state=released")

    expect(page.locator(".tallies [aria-current]")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_folds_of_the_queue_open_by_keys(browse, instructor, queue, scripts):
    page = browse(instructor, size=(360, 640), java_script_enabled=scripts)
    page.goto(queue)

    tab_to(page, "More")
    page.keyboard.press("Enter")
    press_on(page, "Agreement")
    expect(page.get_by_role("heading", level=1)).to_have_text("Agreement")

    page.goto(queue)
    tab_to(page, "One criterion across all works")
    page.keyboard.press("Enter")
    press_on(page, "Answers the other side")
    expect(page.get_by_role("main")).to_contain_text("Answers the other side")


@pytest.mark.parametrize("width", [1024, 1440])
def test_queue_on_a_wide_screen_shows_all_ways(browse, instructor, queue, width):
    page = browse(instructor, size=(width, 900))
    page.goto(queue)

    for name in (*OTHERS, "Rests on evidence", "Gradebook", "Release…"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    expect(page.get_by_label("Order")).to_be_visible()
    expect(page.get_by_role("main").locator("summary:visible")).to_have_count(0)
    press_on(page, "Split among markers…")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Split")


def address(work):
    assignment = work.assignment
    return f"/seminars/{assignment.seminar.slug}/{assignment.slug}/grading/works/{work.pk}/"


ASK_AGAIN = """() => {
  const look = async () => {
    const html = await (await fetch(location.href)).text();
    document.documentElement.dataset.shared = html.includes("Assistant is here.");
    setTimeout(look, 100);
  };
  look();
}"""
"""Writes on the page whether it would say, loaded now, that somebody else is there."""


def test_open_desk_holds_the_work_until_it_is_left(browse, assistant, instructor, work):
    page = browse(assistant)
    page.goto(address(work))
    expect(page.locator("[data-desk]")).to_have_attribute("data-held", re.compile("T"))
    assert Lease.objects.get(work=work).holder == assistant

    other = browse(instructor)
    other.goto(address(work))
    expect(other.get_by_role("main").get_by_text("Assistant is here.")).to_be_visible()

    page.goto("/docs/grading/")
    other.evaluate(ASK_AGAIN)
    expect(other.locator("html")).to_have_attribute("data-shared", "false")
    assert not Lease.objects.filter(holder=assistant).exists()


def test_desk_whose_server_was_away_holds_the_work_once_it_is_back(browse, assistant, work):
    page = browse(assistant)
    page.guard.expect_failures()
    page.route("**/lease/", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.goto(address(work))

    page.unroute("**/lease/")

    expect(page.locator("[data-desk]")).to_have_attribute("data-held", re.compile("T"))
    assert Lease.objects.get(work=work).holder == assistant


def test_desk_of_somebody_signed_out_says_no_more_that_it_is_held(
    browse, assistant, work, settings
):
    page = browse(assistant)
    page.goto(address(work))
    expect(page.locator("[data-desk]")).to_have_attribute("data-held", re.compile("T"))
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.locator("[data-desk]")).to_have_attribute("data-held", "")


def test_phone_leads_from_the_work_to_the_rubric(browse, assistant, work):
    page = browse(assistant, size=(320, 640))
    page.goto(address(work))

    page.get_by_role("link", name="To the rubric").click()

    expect(page.locator("#rubric")).to_be_in_viewport()
    expect(page.get_by_role("link", name="To the rubric")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
