"""Marking on the desk: each choice is saved at once, by keys alone, and nothing chosen is lost."""

import re
import time
from zoneinfo import ZoneInfo

import pytest
from django.utils.timezone import localtime
from playwright.sync_api import expect

from annotations.grading.actions.marking import save_comment
from annotations.grading.enums import MarkState
from annotations.grading.models import Criterion, ItemFeedback, Lease, Mark, MarkPart
from tests.factories.grading import (
    CriterionFactory,
    GradeFactory,
    GradingPlanFactory,
    LevelFactory,
    RemarkFactory,
    WorkFactory,
    WorkItemFactory,
    rubric_of,
)

LEFT = "() => Object.keys(localStorage).filter((one) => one.startsWith('marking '))"
STATUS = "form[data-marking] [data-status]"


@pytest.fixture
def plan(assignment, instructor):
    """A plan whose rubric has six criteria: two with levels and a range as ever, three more levels."""
    version = rubric_of(seminar=assignment.seminar, owner=instructor)
    for title in ("Burden", "Concession", "Civility"):
        criterion = CriterionFactory(rubric_version=version, title=title, kind="levels", points=3)
        LevelFactory.create_batch(4, criterion=criterion)
    return GradingPlanFactory(assignment=assignment, rubric_version=version)


@pytest.fixture
def works(plan, student, classmate):
    made = []
    for person in (student, classmate):
        work = WorkFactory(assignment=plan.assignment, student=person)
        GradeFactory(work=work)
        WorkItemFactory(work=work)
        made.append(work)
    return made


def address(work):
    assignment = work.assignment
    return f"/seminars/{assignment.seminar.slug}/{assignment.slug}/grading/works/{work.pk}/"


@pytest.fixture
def desk(browse, assistant, works):
    """`desk()`: the first work on the assistant's desk."""

    def opened(**options):
        page = browse(assistant, **options)
        page.goto(address(works[0]))
        return page

    return opened


def row(page, title):
    return page.locator("[data-row]").filter(has=page.locator(f"[data-title]:text-is('{title}')"))


def saved(page, version):
    expect(page.locator(STATUS)).to_contain_text(f"version {version}")


def points(title):
    part = MarkPart.objects.filter(criterion__title=title, mark__state=MarkState.DRAFT).first()
    return part and part.points


def test_a_choice_is_saved_at_once_and_stands_after_a_reload(desk):
    page = desk()

    row(page, "Claim").get_by_text("Level 3").click()
    saved(page, 2)

    assert points("Claim") == 2
    expect(row(page, "Claim").locator("[data-points]")).to_have_text("2/3")
    expect(page.locator("[data-total]")).to_have_text("2")
    expect(page.locator("[data-unset]")).to_have_text("rows not set: 5")
    page.reload()
    expect(row(page, "Claim").get_by_role("radio", checked=True)).to_have_count(1)


def test_seven_keys_mark_six_criteria_submit_and_lead_to_the_next_work(desk, works):
    page = desk()

    for key in ("4", "3", "2", "4", "4", "4", "Enter"):
        page.keyboard.press(key)

    page.wait_for_url(f"**{address(works[1])}")
    mark = Mark.objects.get(work=works[0])
    assert (mark.state, mark.total) == (MarkState.SUBMITTED, 3 + 2 + 2 + 9)


def test_keys_turn_cite_undo_and_write(desk, works):
    page = desk()
    page.keyboard.press("ArrowDown")
    expect(row(page, "Evidence")).to_have_attribute("aria-current", "true")
    page.keyboard.press("l")
    expect(page.locator(".item")).to_be_focused()
    page.keyboard.press("e")
    saved(page, 2)
    assert MarkPart.objects.get().cited.get() == works[0].items.get()

    page.keyboard.press("2")
    saved(page, 3)
    page.keyboard.press("u")
    saved(page, 4)
    assert points("Evidence") is None

    page.keyboard.press("n")
    # However long it takes to type them, they are saved together: the page's clock stands.
    page.clock.pause_at(time.time() + 3_600)
    page.keyboard.type("1 j e")
    page.locator("#mark-note").blur()
    page.clock.run_for(1_000)
    saved(page, 5)
    assert Mark.objects.get().private_note == "1 j e"


def test_keys_do_nothing_once_they_are_switched_off(desk, assistant):
    assistant.single_keys = False
    assistant.save()
    page = desk()

    page.keyboard.press("4")
    row(page, "Style").get_by_role("spinbutton").fill("2.5")
    row(page, "Style").get_by_role("spinbutton").press("Enter")
    saved(page, 2)

    assert (points("Claim"), points("Style")) == (None, 2.5)


def test_a_remark_goes_where_the_caret_stands(desk, assistant, plan):
    RemarkFactory(seminar=plan.assignment.seminar, owner=assistant, text="Name your source.")
    page = desk()
    page.get_by_label("Note to").fill("Good.")
    saved(page, 2)

    page.get_by_text("Remarks", exact=True).click()
    page.get_by_role("button", name="Name your source.").click()

    expect(page.get_by_label("Note to")).to_have_value("Good. Name your source.")
    saved(page, 3)
    assert Mark.objects.get().comment == "Good. Name your source."


def test_feedback_on_a_contribution_is_saved_as_it_is_written(desk):
    page = desk()

    page.get_by_text("Feedback on this").click()
    page.get_by_label("Feedback on contribution 1").fill("Where from?")
    saved(page, 2)

    assert ItemFeedback.objects.get().body == "Where from?"


def test_two_values_are_both_shown_and_one_is_asked(desk, assistant):
    page = desk()
    row(page, "Claim").get_by_text("Level 1").click()
    saved(page, 2)
    save_comment(actor=assistant, mark_id=Mark.objects.get().pk, comment="Theirs.", version=2)

    page.get_by_label("Note to").fill("Mine.")
    dialog = page.get_by_role("dialog", name="Saved elsewhere meanwhile")
    expect(dialog).to_contain_text("Mine.")
    expect(dialog).to_contain_text("Theirs.")
    assert Mark.objects.get().comment == "Theirs."
    dialog.get_by_role("button", name="Save mine over it").click()
    saved(page, 4)
    assert Mark.objects.get().comment == "Mine."
    page.guard.take_faults()  # the 412


def test_without_network_choices_are_kept_and_sent_when_it_returns(desk):
    page = desk()
    page.context.set_offline(True)
    page.keyboard.press("3")
    expect(page.locator(STATUS)).to_contain_text("kept on this device")
    assert page.evaluate(LEFT) != []

    page.context.set_offline(False)
    saved(page, 2)

    assert points("Claim") == 2
    assert page.evaluate(LEFT) == []


def test_choice_left_on_another_work_is_sent_until_the_server_has_it(desk, works):
    page = desk()
    page.guard.expect_failures()
    failed = []
    page.route(f"**{address(works[0])}part/", lambda route: (failed.append(route), route.abort()))
    page.keyboard.press("3")
    expect(page.locator(STATUS)).to_contain_text("kept on this device")
    page.locator(f'.beside a[href="{address(works[1])}"]').click()
    page.wait_for_url(f"**{address(works[1])}")
    before = len(failed)
    while len(failed) < before + 2:
        with page.expect_request(f"**{address(works[0])}part/"):
            pass
    page.unroute(f"**{address(works[0])}part/")

    page.wait_for_function(f"() => ({LEFT})().length === 0")
    assert points("Claim") == 2


def test_choice_whose_answer_breaks_off_is_sent_again(desk):
    page = desk()

    held = []
    is_read = False

    def cut(route):
        if is_read:
            return route.continue_()
        held.append(route)
        if len(held) == 1:
            return route.fulfill(response=route.fetch(), body='{"version": ')
        return None

    # What is told stands there for a second, until it is sent again: that waits until it was read.
    page.route(lambda address: "/grading/" in address, cut)
    page.keyboard.press("3")
    expect(page.locator(STATUS)).to_contain_text("kept on this device")
    is_read = True
    for route in held[1:]:
        route.continue_()
    saved(page, 2)

    assert points("Claim") == 2
    assert page.evaluate(LEFT) == []
    page.guard.take_faults()  # the 412, which is met by what was sent before


def test_leaving_waits_until_what_was_chosen_is_saved(desk, works):
    page = desk()

    # The first is on its way, and the second waits for it, when the page is left.
    page.evaluate("""() => {
        const ask = window.fetch;
        window.fetch = (...given) => new Promise((go) => setTimeout(go, 500)).then(() => ask(...given));
    }""")
    page.keyboard.press("4")
    page.keyboard.press("4")
    page.locator(f'.beside a[href="{address(works[1])}"]').click()
    page.wait_for_url(f"**{address(works[1])}")

    assert (points("Claim"), points("Evidence")) == (3, 3)


def test_without_scripts_one_form_saves_and_submits_all(desk, works):
    page = desk(java_script_enabled=False)
    for title in ("Claim", "Evidence", "Burden", "Concession", "Civility"):
        row(page, title).get_by_text("Level 4").click()
    row(page, "Style").get_by_role("spinbutton").fill("1")

    page.get_by_role("button", name="Submit and next").click()

    page.wait_for_url(f"**{address(works[1])}")
    assert Mark.objects.get(work=works[0]).total == 16


def test_submit_of_what_is_not_whole_stays_on_the_desk_and_leads_to_what_is_missing(desk, works):
    Criterion.objects.filter(title="Evidence").update(requires_citation=True)
    page = desk()
    for key in ("4", "3"):
        page.keyboard.press(key)
    saved(page, 3)

    page.keyboard.press("Control+Enter")

    told = page.locator("[data-trouble]")
    expect(told.get_by_role("link")).to_have_text(
        [
            "“Evidence” has to rest on a contribution: cite at least one.",
            "“Style” is not set yet.",
            "“Burden” is not set yet.",
            "“Concession” is not set yet.",
            "“Civility” is not set yet.",
        ]
    )
    expect(told).to_be_in_viewport()
    first = row(page, "Evidence").get_by_role("checkbox").first
    expect(first).to_be_focused()
    expect(first).to_be_in_viewport()
    expect(page).to_have_url(re.compile(f"{address(works[0])}$"))

    first.check()
    expect(told.get_by_role("link")).to_have_count(4)
    expect(page.locator(".crit.missing")).to_have_count(4)
    row(page, "Style").get_by_role("spinbutton").fill("1")
    for title in ("Burden", "Concession", "Civility"):
        row(page, title).get_by_text("Level 4").click()
    expect(told).to_be_hidden()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**{address(works[1])}")


def test_submit_of_an_untouched_mark_does_not_say_that_it_is_saved(desk):
    page = desk()

    page.keyboard.press("Control+Enter")

    expect(page.locator("[data-trouble]")).to_contain_text("Not submitted yet. This is missing:")
    expect(page.locator("[data-status]")).to_contain_text("Nothing marked yet")
    assert not Mark.objects.exists()


def test_submit_of_what_is_not_whole_without_scripts_shows_the_desk_with_what_is_missing(
    desk, works
):
    page = desk(java_script_enabled=False)
    row(page, "Claim").get_by_text("Level 4").click()

    page.get_by_role("button", name="Submit and next").click()

    expect(page).to_have_title(re.compile("^Not submitted"))
    expect(page.locator("[data-trouble]").get_by_role("link")).to_have_count(5)
    expect(row(page, "Claim").get_by_role("radio", checked=True)).to_have_count(1)
    expect(page.locator(".item")).to_be_visible()
    page.guard.take_faults()  # the 400


def test_desk_tells_how_long_it_is_held_in_the_zone_of_the_person(desk, assistant):
    assistant.time_zone = "Pacific/Auckland"
    assistant.save()
    page = desk(timezone_id="America/New_York", locale="en-US")
    expect(page.locator("[data-desk]")).to_have_attribute("data-held", re.compile("T"))

    page.keyboard.press("4")
    saved(page, 2)

    until = localtime(Lease.objects.get().expires_at, ZoneInfo("Pacific/Auckland"))
    expect(page.locator(STATUS)).to_contain_text(f"yours until {until:%H:%M}")
