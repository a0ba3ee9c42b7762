"""Marking on the desk: each choice is saved at once, by keys alone, and nothing chosen is lost."""

import re
import time
from zoneinfo import ZoneInfo

import pytest
from django.utils.timezone import localtime
from playwright.sync_api import expect

from annotations.grading.actions.marking import PartChange, save_comment, save_part
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


class Waiting:
    """What the page sends to such an address waits, until it is let on."""

    def __init__(self, page, address):
        self.page, self.routes, self.then = page, [], None
        page.route(address, self._take)

    def _take(self, route):
        if self.then:
            self.then(route)
        else:
            self.routes.append(route)

    def come(self):
        """The first that waits, once it does."""
        while not self.routes:
            self.page.context.cookies()  # whatever is asked of the browser lets what happened be heard of
        return self.routes[0]

    def let_on(self, then=lambda route: route.continue_()):
        """Let it go, and nothing wait any more: what is sent later does `then`."""
        self.then = then
        for route in self.routes:
            route.continue_()


def parts_of(page, work):
    return Waiting(page, f"**{address(work)}part/")


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


def test_choice_that_waits_behind_a_saved_one_is_sent_from_the_next_desk(desk, works):
    page = desk()
    held = parts_of(page, works[0])
    page.keyboard.press("4")
    held.come()
    page.keyboard.press("3")
    # As without network; but that a page which is closed may send something yet, past all routes.
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError()); }")
    held.let_on()
    expect(page.locator(STATUS)).to_contain_text("kept on this device")

    page.goto(address(works[1]))

    page.wait_for_function(f"() => ({LEFT})().length === 0")
    assert (points("Claim"), points("Evidence")) == (3, 2)


def test_choice_made_while_another_is_refused_is_saved(desk, works):
    page = desk()
    style = row(page, "Style").get_by_role("spinbutton")
    held = parts_of(page, works[0])
    style.fill("50")
    style.press("Enter")
    held.come()
    style.fill("3")
    style.press("Enter")

    held.let_on()

    saved(page, 2)
    expect(style).to_have_value("3")
    assert points("Style") == 3
    page.guard.take_faults()  # the refusal


def test_number_typed_while_another_is_refused_is_saved(desk, works):
    page = desk()
    style = row(page, "Style").get_by_role("spinbutton")
    held = parts_of(page, works[0])
    style.fill("50")
    style.press("Enter")
    held.come()
    page.clock.pause_at(time.time() + 3_600)
    style.fill("3")

    with page.expect_response("**/part/"):
        held.let_on()
    page.clock.resume()

    saved(page, 2)
    expect(style).to_have_value("3")
    assert points("Style") == 3


def test_refused_choice_is_not_said_to_be_on_its_way(desk):
    page = desk()
    style = row(page, "Style").get_by_role("spinbutton")
    style.fill("50")
    style.press("Enter")

    expect(page.locator("[data-trouble]")).to_contain_text("0 to 4")
    expect(page.locator(STATUS)).to_contain_text("Nothing marked yet")
    expect(style).to_have_value("")


def test_refusal_stands_though_a_choice_made_before_it_is_saved(desk, works):
    page = desk()
    style = row(page, "Style").get_by_role("spinbutton")
    held = parts_of(page, works[0])
    style.fill("50")
    style.press("Enter")
    held.come()
    row(page, "Claim").get_by_text("Level 3").click()

    held.let_on()
    saved(page, 2)

    expect(page.locator("[data-trouble]")).to_contain_text("0 to 4")
    row(page, "Claim").get_by_text("Level 4").click()
    expect(page.locator("[data-trouble]")).to_be_hidden()


def test_conflict_shows_what_was_chosen_last(desk, assistant, works):
    page = desk()
    row(page, "Burden").get_by_text("Level 1").click()
    saved(page, 2)
    mark = Mark.objects.get()
    claim = Criterion.objects.get(title="Claim")
    theirs = PartChange(level=claim.levels.get(title="Level 4").key)
    held = parts_of(page, works[0])
    row(page, "Claim").get_by_text("Level 1").click()
    held.come()
    row(page, "Claim").get_by_text("Level 2").click()
    save_part(actor=assistant, mark_id=mark.pk, criterion_key=claim.key, change=theirs, version=2)

    held.let_on()

    dialog = page.get_by_role("dialog", name="Saved elsewhere meanwhile")
    expect(dialog.locator("[data-mine]")).to_have_text("Level 2")
    dialog.get_by_role("button", name="Save mine over it").click()
    saved(page, 4)
    assert points("Claim") == 1
    page.guard.take_faults()  # the 412


def test_choice_changed_while_its_answer_is_lost_meets_no_conflict(desk, works):
    page = desk()
    page.guard.expect_failures()
    held = parts_of(page, works[0])
    row(page, "Claim").get_by_text("Level 1").click()
    held.come()
    row(page, "Claim").get_by_text("Level 2").click()
    held.routes[0].fetch()
    assert points("Claim") == 0

    held.then = lambda route: route.continue_()
    held.routes[0].abort()

    saved(page, 3)
    assert points("Claim") == 1
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.guard.take_faults()  # the 412, which is met by what was sent before


def test_none_of_the_checks_chosen_after_a_change_elsewhere_is_saved(desk, assistant, plan):
    checks = CriterionFactory(
        rubric_version=plan.rubric_version, title="Form", kind="checks", points=1
    )
    LevelFactory(criterion=checks)
    page = desk()
    row(page, "Claim").get_by_text("Level 1").click()
    saved(page, 2)
    save_comment(actor=assistant, mark_id=Mark.objects.get().pk, comment="Theirs.", version=2)

    row(page, "Form").get_by_label("None of these").check()

    saved(page, 4)
    assert points("Form") == 0
    page.guard.take_faults()  # the 412


def test_choice_left_behind_is_not_sent_over_a_newer_one_of_another_tab(desk, works):
    page = desk()
    page.guard.expect_failures()
    held = parts_of(page, works[0])
    held.then = lambda route: route.abort()
    page.keyboard.press("4")
    page.keyboard.press("4")
    expect(page.locator(STATUS)).to_contain_text("kept on this device")
    held.then = None
    page.goto(address(works[1]))
    held.come()
    other = page.context.new_page()
    other.goto(address(works[0]))
    saved(other, 3)
    row(other, "Evidence").get_by_text("Level 2").click()
    saved(other, 4)

    held.let_on()
    # The desk asked for the place in the store, and has it once the other page has let go of it.
    while page.evaluate("async () => (await navigator.locks.query()).pending.length"):
        pass

    assert (points("Claim"), points("Evidence")) == (3, 1)
    assert page.evaluate(LEFT) == []
    page.guard.take_faults()  # the 412


def test_long_words_of_wide_letters_are_saved(desk):
    page = desk()

    page.get_by_label("Note to").fill("水" * 9_000)

    saved(page, 2)
    assert Mark.objects.get().comment == "水" * 9_000


def test_submit_pressed_twice_leads_to_the_next_work(desk, works):
    page = desk()
    page.guard.expect_failures()
    for key in ("4", "3", "2", "4", "4", "4"):
        page.keyboard.press(key)
    saved(page, 7)
    held = Waiting(page, f"**{address(works[0])}mark/")
    page.keyboard.press("Enter")
    answer = held.come().fetch(max_redirects=0)
    held.then = lambda route: route.continue_()
    page.keyboard.press("Enter")
    page.context.cookies()
    held.routes[0].fulfill(response=answer)

    page.wait_for_url(f"**{address(works[1])}")


def test_key_pressed_while_the_mark_is_on_its_way_changes_nothing_of_it(desk, works):
    page = desk()
    for key in ("4", "3", "2", "4", "4", "4"):
        page.keyboard.press(key)
    saved(page, 7)
    held = Waiting(page, f"**{address(works[0])}mark/")
    parts = parts_of(page, works[0])
    page.keyboard.press("Enter")
    answer = held.come().fetch(max_redirects=0)

    page.keyboard.press("1")
    held.routes[0].fulfill(response=answer)

    page.wait_for_url(f"**{address(works[1])}")
    assert page.evaluate(LEFT) == []
    assert parts.routes == []
    assert Mark.objects.get(work=works[0]).total == 3 + 2 + 2 + 9


def test_key_pressed_while_a_mark_is_saved_to_be_submitted_changes_nothing_of_it(desk, works):
    page = desk()
    for key in ("4", "3", "2", "4", "4"):
        page.keyboard.press(key)
    saved(page, 6)
    held = parts_of(page, works[0])
    page.keyboard.press("4")
    held.come()
    page.keyboard.press("Enter")

    page.keyboard.press("1")
    held.let_on()

    page.wait_for_url(f"**{address(works[1])}")
    assert Mark.objects.get(work=works[0]).total == 3 + 2 + 2 + 9


def test_desk_that_is_come_back_to_shows_what_is_saved(desk, works, assistant):
    page = desk()
    page.get_by_label("Note to").fill("Mine.")
    saved(page, 2)
    page.locator(f'.beside a[href="{address(works[1])}"]').click()
    page.wait_for_url(f"**{address(works[1])}")
    save_comment(actor=assistant, mark_id=Mark.objects.get().pk, comment="Theirs.", version=2)

    page.go_back()

    expect(page.get_by_label("Note to")).to_have_value("Theirs.")
    row(page, "Claim").get_by_text("Level 3").click()
    saved(page, 4)
    assert Mark.objects.get().comment == "Theirs."
