"""A person who has just signed up makes a first seminar, in three screens."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from debate.assignments.models import Assignment
from debate.essays.actions import start_import
from debate.essays.importing.blocks import Block, Draft
from debate.seminars.models import Membership
from tests.factories.accounts import UserFactory

ESSAY = Path(__file__).parents[1] / "data" / "essay.md"
MOST_REQUIRED = 8


class Hand:
    """Does what a person does, and counts it; `required` are the inputs that must not stay empty."""

    def __init__(self, page):
        self.page = page
        self.inputs = self.clicks = self.required = 0

    def fill(self, label, words):
        self.page.get_by_label(label, exact=True).fill(words)
        self.inputs += 1

    def press(self, role, name):
        main = self.page.get_by_role("main")
        self.required += main.locator("[required]:visible").count()
        main.get_by_role(role, name=name, exact=True).first.click()
        self.clicks += 1

    def told(self):
        return (
            f"{self.inputs} inputs filled in and {self.clicks} clicks; "
            f"{self.required} of all inputs are required"
        )


def heading(page):
    return page.get_by_role("heading", level=1)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_first_seminar_is_made_in_three_screens(scripts, browse, db, record_property):
    page = browse(UserFactory(name="Ada"), java_script_enabled=scripts)
    page.goto("/")
    hand = Hand(page)

    hand.press("link", "Make a seminar")
    hand.fill("Paste the essay (optional)", ESSAY.read_text(encoding="utf-8"))
    hand.required += 1  # the text, or a file in its place
    hand.press("button", "Look at the paragraphs")
    expect(heading(page)).to_have_text("Look it through")
    hand.press("button", "Go on")
    expect(heading(page)).to_have_text("Make the seminar")
    hand.fill("Title of the seminar", "Policy and argument")
    hand.required += 1  # the time zone: a list in which one is always chosen
    hand.press("button", "Make the seminar")

    expect(heading(page)).to_have_text("Policy and argument is ready")
    print(f"\nA first seminar: {hand.told()}")  # noqa: T201 - what the test is asked to tell
    record_property("first seminar", hand.told())
    assert (hand.inputs, hand.clicks) == (2, 4)
    assert hand.required <= MOST_REQUIRED
    assert "/join/" in page.get_by_label("Link", exact=True).input_value()
    expect(page.get_by_role("img", name="QR code of the link")).to_be_visible()
    made = Assignment.objects.get()
    asked = (made.asked_comments, made.asked_counterarguments, made.asked_evidence)
    assert (asked, made.is_open, made.rounds.get().mode) == ((3, 2, 2), True, "open")
    assert made.revision.paragraphs.numbered().count() == 9


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_going_back_keeps_everything(scripts, browse, db):
    page = browse(UserFactory(), java_script_enabled=scripts)
    page.goto("/seminars/new/")
    page.get_by_label("Paste the essay").fill("# Tolls\n\nOne. Two.\n\nThree.")
    page.get_by_role("button", name="Look at the paragraphs").click()
    page.get_by_label("Author").fill("A. Ng")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Title of the seminar").fill("Half a ti")
    page.get_by_label("Comments (optional)").fill("5")

    page.get_by_role("button", name="Back to the paragraphs").click()
    expect(page.get_by_label("Author")).to_have_value("A. Ng")
    page.get_by_text("Change paragraph 2", exact=True).click()
    page.get_by_role("button", name="Leave it out").last.click()
    page.get_by_role("button", name="Go on").click()

    expect(page.get_by_label("Title of the seminar")).to_have_value("Half a ti")
    expect(page.get_by_label("Comments (optional)")).to_have_value("5")
    page.goto("/seminars/new/")
    expect(page.get_by_role("link", name="Go on with “Tolls”")).to_be_visible()


def test_students_come_in_by_the_link_and_the_instructor_sees_what_they_see(browse, db):
    teacher, student = UserFactory(name="Ada"), UserFactory(name="Bo")
    page = browse(teacher)
    page.goto("/seminars/new/")
    page.get_by_label("Paste the essay").fill("# Tolls\n\nOne. Two.\n\nThree.")
    page.get_by_role("button", name="Look at the paragraphs").click()
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Title of the seminar").fill("Tolls and roads")
    page.get_by_role("button", name="Make the seminar").click()
    link = page.get_by_label("Link", exact=True).input_value()

    joining = browse(student)
    joining.goto(link)
    with joining.expect_navigation():
        joining.get_by_role("main").get_by_role("button").first.click()
    assert Membership.objects.get(user=student).role == "student"

    page.get_by_role("button", name="View as student").click()
    expect(heading(page)).to_have_text("Tolls and roads")
    banner = page.get_by_role("region", name="Student’s view")
    expect(banner).to_be_visible()
    expect(page.get_by_role("link", name="Settings")).to_have_count(0)
    page.get_by_role("link", name="Tolls", exact=True).click()
    expect(banner).to_be_visible()
    banner.get_by_role("button", name="End the student’s view").click()
    expect(banner).to_have_count(0)
    expect(page.get_by_role("link", name="Settings")).to_be_visible()
    assert list(
        Membership.objects.people().values_list("user__name", flat=True).order_by("user__name")
    ) == ["Ada", "Bo"]


@pytest.mark.parametrize(
    ("own", "here", "offered"),
    [
        ("UTC", "America/Bogota", "America/Bogota"),
        ("Europe/Berlin", "America/Bogota", "Europe/Berlin"),
    ],
)
def test_time_zone_is_the_persons_else_the_browsers(own, here, offered, browse, db):
    teacher = UserFactory(time_zone=own)
    draft = Draft(title="Tolls", blocks=[Block(kind="body", html="One.")])
    kept = start_import(actor=teacher, seminar=None, draft=draft)
    page = browse(teacher, timezone_id=here)

    page.goto(f"/seminars/new/{kept.pk}/")

    expect(page.get_by_label("Time zone")).to_have_value(offered)
    page.get_by_label("Title of the seminar").fill("Tolls")
    page.get_by_role("button", name="Make the seminar").click()
    expect(heading(page)).to_have_text("Tolls is ready")
    made = Assignment.objects.get()
    assert made.seminar.time_zone == offered
    assert made.due_at.astimezone(ZoneInfo(offered)).strftime("%H:%M") == "23:59"
