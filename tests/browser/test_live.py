"""What arrives while one reads: it appears, is told of once, and nothing that is read or typed moves.

Nothing here waits for a time: where a time matters, the page's own clock is put forward.
"""

import re
import time
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect

from annotations.actions import (
    Content,
    Target,
    create_annotation,
    publish_revision,
    withdraw_annotation,
)
from annotations.enums import Audience, Kind
from annotations.live import subscriptions
from annotations.models import Annotation
from debate.assignments.enums import RoundMode
from debate.essays.actions import correct_import, start_revision
from debate.essays.importing import edits
from debate.seminars.models import Membership
from tests.browser import looks
from tests.browser.conftest import PATIENCE, PHONE
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of

LISTEN = """
window.told = [];
addEventListener("DOMContentLoaded", () => {
  const line = document.querySelector(".toast [role=status]");
  new MutationObserver(() => line.textContent && window.told.push(line.textContent))
    .observe(line, { childList: true });
});
"""
"""Keeps what the page says of arrivals, as a screen reader would hear it."""

TURNS = """
let told = 0;
window.EventSource = class extends EventSource {
  constructor(address) {
    super(address);
    this.addEventListener("change", ({ data }) => {
      told += 1;
      Object.assign(document.documentElement.dataset, { told, turn: data });
    });
  }
};
"""
"""Writes on the page how often it was told of a change, and after how many milliseconds it may ask."""

REST = """
let asked = 0, shown = 0;
const tell = () => Object.assign(document.documentElement.dataset, { rests: asked === shown });
const ask = window.fetch;
window.fetch = (...given) => {
  if (String(given[0]).includes("/changes/")) {
    asked += 1;
    tell();
  }
  return ask(...given);
};
document.addEventListener("cp:drafts", () => {
  shown += 1;
  tell();
});
"""
"""Writes on the page whether it has shown all the answers that it asked for: `cp:drafts` ends each."""

ANSWERS = """
const ask = window.fetch;
window.fetch = async (...given) => {
  const answer = await ask(...given);
  if (answer.url.includes("/changes/")) document.documentElement.dataset.answer = await answer.clone().text();
  return answer;
};
"""
"""Writes on the page what it was answered last."""

HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
"""What a browser does when another tab is chosen, or this one again."""


@pytest.fixture
def assignment(seminar):
    """A long essay, so that there is something above and below what is read."""
    texts = [
        " ".join(f"Reason {n}.{m} is that water costs this city more each year." for m in range(8))
        for n in range(1, 17)
    ]
    return assignment_of(essay_of(*texts, seminar=seminar, title="Much to read"), slug="much")


@pytest.fixture
def paragraphs(assignment):
    return list(assignment.revision.paragraphs.numbered())


@pytest.fixture
def reading(browse, assignment):
    """`reading(user)`: the essay as the person sees it, once the page hears of what happens.

    Its clock may be put forward if it `has_clock`, which is there before the page plans anything by
    the clock of the machine.
    """

    def open_page(user, *, has_clock=False, **options):
        page = browse(user, **options)
        if has_clock:
            page.clock.install()
        page.add_init_script(LISTEN)
        return listening(page, assignment)

    return open_page


def listening(page, assignment):
    """The page once it has shown the first answer; its fonts are there, so that no text moves for them."""
    page.add_init_script(REST)
    page.goto(assignment.get_absolute_url())
    page.evaluate("document.fonts.ready.then(() => null)")
    at_rest(page)
    return page


def at_rest(page):
    expect(page.locator("html")).to_have_attribute("data-rests", "true")


def counting(page, assignment):
    """The same, with a clock to put forward, and the element that says how often it was told."""
    page.clock.install()
    page.add_init_script(TURNS)
    root = listening(page, assignment).locator("html")
    expect(root).to_have_attribute("data-told", "1")
    # What it was told before is asked for before anything else happens.
    page.clock.fast_forward(2_000)
    at_rest(page)
    return page, root


@pytest.fixture
def post(assignment, paragraphs):
    """`post(author, number, body, …)`: a note on a paragraph, made by whoever it is."""

    def create(author, number, body="Says who?", quote="", parent=None, **content):
        targets = [Target(paragraph_id=paragraphs[number - 1].pk, quote=quote)]
        return create_annotation(
            actor=author,
            assignment_id=assignment.pk,
            content=Content(kind=content.pop("kind", Kind.COMMENT), body=body, **content),
            targets=[] if parent else targets,
            parent_id=parent.pk if parent else None,
        )

    return create


def card(page, annotation):
    return page.locator(f"#a-{annotation.pk}")


def words_of(page, number):
    return page.locator(f"#p-{number} > p")


def top_of(page, number):
    return words_of(page, number).evaluate("(one) => one.getBoundingClientRect().top")


def first_words(paragraph, count=5):
    return " ".join(paragraph.text.split()[:count])


def bring_up(page, number):
    words_of(page, number).evaluate("(one) => one.scrollIntoView({ block: 'center' })")


def scroll_to(page, number):
    """Bring the paragraph up, and return once the page has noticed."""
    words_of(page, number).evaluate(
        """(one) => new Promise((done) => {
             addEventListener("scroll", () => done(), { once: true });
             one.scrollIntoView({ block: "center" });
           })"""
    )


def select(page, number, start, end):
    """Select words of a paragraph over whatever marks stand in it, from the end to the start."""
    return words_of(page, number).evaluate(
        """(root, [start, end]) => {
             const found = [];
             const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
             let seen = 0;
             while (walker.nextNode()) {
               const node = walker.currentNode;
               for (const at of [start, end])
                 if (seen <= at && at <= seen + node.length) found[at === start ? 0 : 1] = [node, at - seen];
               seen += node.length;
             }
             getSelection().setBaseAndExtent(...found[1], ...found[0]);
             return getSelection().toString();
           }""",
        [start, end],
    )


def selection(page):
    return page.evaluate("getSelection().toString()")


def told(page):
    return page.evaluate("window.told")


def test_note_of_another_person_appears_beside_its_words(
    browse, reading, assignment, student, classmate
):
    page = reading(student)
    other = browse(classmate)
    other.goto(f"{assignment.get_absolute_url()}annotate/1/2/")
    other.get_by_role("radio", name="Reason 2.0 is that").check()
    other.get_by_label("What do you want to say?").fill(
        "A thought from the other side of the room."
    )
    other.get_by_role("main").get_by_role("button", name="Post", exact=True).click()

    expect(page.get_by_text("A thought from the other side of the room.")).to_be_visible()
    assert (
        Annotation.objects.get().anchors.get().exact
        == "Reason 2.0 is that water costs this city more each year."
    )
    expect(page.locator("#p-2 mark.k-comment")).not_to_have_count(0)
    expect(page.locator(".rail li").nth(1).locator(".k-comment")).to_have_count(1)
    expect(page.locator(".toast [role=status]")).to_have_text(
        "Classmate: new comment on paragraph 2"
    )
    assert told(page) == ["Classmate: new comment on paragraph 2"]


@pytest.mark.parametrize("number", [2, 7, 8])
@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), PHONE])
def test_arrival_moves_no_text_and_keeps_the_selection(
    size, number, reading, post, paragraphs, student, classmate
):
    for each in (2, 7, 8):
        post(classmate, each, f"Old {each}.", quote=first_words(paragraphs[each - 1]))
    page = reading(student, size=size)
    bring_up(page, 8)
    chosen = select(page, 8, 3, 60)
    before = [top_of(page, each) for each in (7, 8)]

    arrived = post(
        classmate, number, "Long words. " * 60, quote=first_words(paragraphs[number - 1], 8)
    )

    expect(card(page, arrived)).to_be_attached()
    assert [top_of(page, each) for each in (7, 8)] == pytest.approx(before, abs=0.5)
    assert selection(page) == chosen
    assert page.evaluate("getSelection().direction ?? 'backward'") == "backward"


@pytest.mark.parametrize("size", [(1440, 900), PHONE])
def test_half_typed_words_stay_in_the_composer(size, reading, post, paragraphs, student, classmate):
    page = reading(student, size=size)
    words_of(page, 8).evaluate("(one) => one.scrollIntoView({ block: 'center' })")
    page.get_by_role("link", name="Annotate paragraph 8", exact=True).click()
    field = page.get_by_label("What do you want to say?")
    field.press_sequentially("Half a thought")
    field.press("ArrowLeft")
    before = top_of(page, 8)

    arrived = post(classmate, 8, "In between.", quote=first_words(paragraphs[7]))
    expect(card(page, arrived)).to_be_attached()
    field.press("!")

    expect(field).to_be_focused()
    expect(field).to_have_value("Half a though!t")
    assert top_of(page, 8) == pytest.approx(before, abs=0.5)


def test_notes_that_are_shown_stay_where_more_come_than_have_room(
    reading, post, student, classmate
):
    notes = [post(classmate, 1, f"Thought {n}.") for n in range(4)]
    page = reading(student)

    notes += [post(classmate, 1, f"Another {n}.") for n in range(2)]

    for note in notes:
        expect(card(page, note)).to_be_visible()
    expect(page.get_by_text("more on paragraph 1")).to_have_count(0)


def test_focus_stays_on_the_link_of_a_card_that_changes(reading, post, student, classmate):
    note = post(student, 1)
    page = reading(student)
    card(page, note).get_by_role("link", name="Thread,").focus()

    post(classmate, 1, "Because.", parent=note)

    expect(card(page, note)).to_contain_text("1 reply")
    expect(card(page, note).get_by_role("link", name="Thread,")).to_be_focused()


def test_open_folds_and_notes_stay_open(reading, assignment, post, student, classmate):
    assignment.instructions = "Read with care. " * 30
    assignment.save()
    note = post(classmate, 2)
    page = reading(student, size=PHONE)
    page.get_by_text("Instructions").click()
    page.locator("#p-2 + .ns > summary").click()
    expect(card(page, note)).to_be_visible()

    arrived = post(classmate, 2, "Another.")

    expect(card(page, arrived)).to_be_visible()
    expect(page.get_by_text("Read with care.")).to_be_visible()


def test_paragraph_waits_while_the_button_is_down(browse, assignment, post, student, classmate):
    page = browse(student)
    page.add_init_script(ANSWERS)
    listening(page, assignment)
    bring_up(page, 3)
    box = words_of(page, 3).bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 220, box["y"] + 12, steps=4)
    chosen = selection(page)
    assert chosen

    arrived = post(classmate, 3)
    answered = re.compile(str(arrived.pk))
    expect(page.locator("html")).to_have_attribute("data-answer", answered)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(card(page, arrived)).to_have_count(0)

    page.mouse.up()
    expect(card(page, arrived)).to_be_visible()
    assert selection(page) == chosen


def test_paragraph_waits_for_the_click_of_a_button_that_was_just_let_go(
    browse, assignment, post, student, classmate
):
    page = browse(student)
    page.add_init_script(ANSWERS)
    page, root = counting(page, assignment)
    page.clock.pause_at(time.time() + 3_600)
    at_rest(page)
    held = []
    page.route("**/changes/?after=*", lambda route: held.append(route))  # noqa: PLW0108 - it is asked for its signature
    arrived = post(classmate, 3)
    expect(root).to_have_attribute("data-told", "2")
    while not held:
        page.clock.run_for(1_000)
    words_of(page, 1).click()

    with page.expect_response("**/changes/?after=*"):
        held[0].continue_()
    expect(root).to_have_attribute("data-answer", re.compile(str(arrived.pk)))
    page.evaluate("fetch('/docs/').then(() => null)")  # time enough for what does not wait
    expect(card(page, arrived)).to_have_count(0)

    page.clock.run_for(100)
    expect(card(page, arrived)).to_be_visible()


def test_several_arrivals_are_told_of_together(browse, assignment, post, student, classmate):
    page = browse(student)
    page.add_init_script(LISTEN)
    page, root = counting(page, assignment)
    # From here on no time passes but what is put forward; what was due until then is asked for.
    page.clock.pause_at(time.time() + 3_600)
    at_rest(page)

    for number, body in enumerate(["One.", "Two.", "Three."], start=1):
        post(classmate, number, body)
        expect(root).to_have_attribute("data-told", str(1 + number))
        page.clock.run_for(1_000)
        expect(page.get_by_text(body)).to_be_visible()
    assert told(page) == ["Classmate: new comment on paragraph 1"]
    page.clock.fast_forward(5_000)

    expect(page.locator(".toast [role=status]")).to_have_text(
        "3 new notes; the last by Classmate: new comment on paragraph 3"
    )
    assert len(told(page)) == 2
    page.clock.fast_forward(20_000)
    expect(page.locator(".toast [role=status]")).to_be_empty()


@pytest.mark.parametrize(("wish", "heard"), [("all", 2), ("replies", 1), ("none", 0)])
def test_arrivals_are_told_of_as_the_reader_wishes(wish, heard, reading, post, student, classmate):
    student.announcements = wish
    student.save()
    mine = post(student, 1, "Mine.")
    page = reading(student, has_clock=True)

    post(classmate, 2, "To nobody.")
    expect(page.get_by_text("To nobody.")).to_be_visible()
    page.clock.fast_forward(5_000)
    post(classmate, 1, "To you.", parent=mine)
    expect(card(page, mine)).to_contain_text("1 reply")
    page.clock.fast_forward(5_000)
    post(student, 3, "My own, from another device.")
    expect(page.get_by_text("My own, from another device.")).to_be_visible()

    assert len(told(page)) == heard
    assert all("Classmate" in one for one in told(page))


def test_go_there_leads_to_the_card(reading, post, student, classmate):
    page = reading(student)
    arrived = post(classmate, 14, "Far below.")
    go = page.get_by_role("link", name="Go there")
    expect(go).to_be_visible()
    assert page.evaluate("scrollY") == 0

    go.focus()
    page.keyboard.press("Enter")

    expect(card(page, arrived)).to_be_focused()
    expect(card(page, arrived)).to_be_in_viewport()
    expect(page.locator(".toast [role=status]")).to_be_empty()


def test_what_was_missed_without_network_comes_once(reading, post, student, classmate):
    page = reading(student)
    page.context.set_offline(True)

    arrived = post(classmate, 2, "Said meanwhile.")
    page.context.set_offline(False)

    expect(card(page, arrived)).to_be_visible()
    expect(card(page, arrived)).to_have_count(1)
    assert told(page) == ["Classmate: new comment on paragraph 2"]


def test_what_happened_before_the_stream_stood_open_is_asked_for(
    browse, assignment, post, classmate, student
):
    page = browse(student)
    page.clock.install()
    held = []
    page.route("**/stream/", lambda route: held.append(route))  # noqa: PLW0108 - it is asked for its signature
    page.goto(assignment.get_absolute_url())
    with page.expect_response("**/changes/?after=*") as answered:
        page.clock.fast_forward(1_000)
    answered.value.finished()
    post(classmate, 2, "While nobody listened.")

    [route] = held
    with page.expect_response("**/stream/"):
        route.continue_()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestIdleCallback(done)))")
    page.clock.fast_forward(1_000)

    expect(page.get_by_text("While nobody listened.")).to_be_visible()


def test_lost_connection_is_told_of_quietly_and_taken_back(reading, post, student, classmate):
    page = reading(student, has_clock=True)
    page.context.set_offline(True)
    with page.expect_event("requestfailed", lambda request: "/changes/" in request.url):
        page.evaluate("dispatchEvent(new Event('online'))")
    page.evaluate("new Promise((done) => setTimeout(done))")
    expect(page.locator(".trouble")).to_be_empty()

    page.clock.fast_forward(11_000)
    expect(page.locator(".trouble")).to_have_text(
        "Not connected. New notes will appear when the connection returns."
    )
    assert page.evaluate("document.activeElement === document.body")
    assert looks.axe(page) == []

    page.context.set_offline(False)
    expect(page.locator(".trouble")).to_be_empty()


def test_page_that_is_told_while_its_request_fails_asks_again(
    browse, assignment, post, student, classmate
):
    page, root = counting(browse(student), assignment)
    page.guard.expect_failures()
    asked = []
    page.route("**/changes/?after=*", lambda route: asked.append(route), times=1)  # noqa: PLW0108 - it is asked for its signature
    with page.expect_request("**/changes/?after=*"):
        post(classmate, 2, "While it asks.")
    expect(root).to_have_attribute("data-told", "2")
    post(classmate, 3, "While it still asks.")
    expect(root).to_have_attribute("data-told", "3")
    page.clock.fast_forward(2_000)

    asked[0].abort()

    expect(page.get_by_text("While it still asks.")).to_be_visible()


def test_page_polls_where_the_stream_is_refused(
    reading, browse, assignment, post, student, classmate
):
    page = browse(student)
    page.clock.install()
    page.route("**/stream/", lambda route: route.fulfill(status=204))
    listening(page, assignment)
    arrived = post(classmate, 2)

    page.clock.fast_forward(40_000)

    expect(card(page, arrived)).to_be_visible()


@pytest.fixture
def slow_turns(monkeypatch):
    """One page may ask at once, and another each hundred seconds; none has to wait for it later."""
    monkeypatch.setattr(subscriptions, "BURST", 1)
    monkeypatch.setattr(subscriptions, "A_SECOND", 0.01)
    yield
    for hub in list(subscriptions._hubs.values()):
        hub._pace = subscriptions.Pace()


@pytest.mark.usefixtures("slow_turns")
def test_page_that_is_told_asks_when_its_turn_comes(browse, assignment, post, student, classmate):
    page, root = counting(browse(student), assignment)

    arrived = post(classmate, 2)
    expect(root).to_have_attribute("data-told", "2")

    assert 10_000 < int(root.get_attribute("data-turn")) <= 200_000
    page.clock.fast_forward(5_000)
    expect(card(page, arrived)).to_have_count(0)
    page.clock.fast_forward(200_000)
    expect(card(page, arrived)).to_be_visible()


def test_hidden_tab_counts_and_lets_go_of_its_stream(reading, post, student, classmate):
    page = reading(student, has_clock=True)
    title = page.title()
    page.evaluate(HIDE, True)

    post(classmate, 2, "One.")
    expect(page).to_have_title(f"(1) {title}")
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/stream/")):
        page.clock.fast_forward(61_000)
    missed = post(classmate, 3, "Two.")

    with page.expect_request("**/stream/"):
        page.evaluate(HIDE, False)
    expect(page).to_have_title(title)
    expect(card(page, missed)).to_be_visible()


def test_withdrawn_note_disappears_quietly(reading, post, student, classmate):
    note = post(classmate, 2, "Too hasty.")
    page = reading(student)
    expect(card(page, note)).to_be_visible()

    withdraw_annotation(actor=classmate, annotation_id=note.pk)

    expect(card(page, note)).to_have_count(0)
    expect(page.locator("#p-2 mark")).to_have_count(0)
    assert told(page) == []


def test_note_that_is_withdrawn_while_more_are_fetched_does_not_come_back(
    reading, post, student, classmate
):
    notes = [post(classmate, 2, f"Remark {n}.") for n in range(30)]
    page = reading(student)
    held = []
    page.route("**/much/?*cards=*", lambda route: held.append(route), times=1)  # noqa: PLW0108 - it is asked for its signature
    with page.expect_request("**/much/?*cards=*"):
        page.locator("#p-2 + .ns [data-more]").click()
    shown = page.locator("#p-2 + .ns > .c").first.get_attribute("id")
    [note] = [one for one in notes if shown == f"a-{one.pk}"]
    older = held[0].fetch()
    withdraw_annotation(actor=classmate, annotation_id=note.pk)
    expect(card(page, note)).to_have_count(0)

    held[0].fulfill(response=older)

    expect(page.locator("#p-2 + .ns > .c").nth(20)).to_be_attached()
    expect(card(page, note)).to_have_count(0)


def test_bar_stays_at_the_selected_words_where_a_note_arrives(
    reading, post, paragraphs, student, classmate
):
    page = reading(student)
    bring_up(page, 3)
    chosen = select(page, 3, 3, 60)
    page.keyboard.press("Shift")
    link = page.locator(".kindbar").get_by_role("link", name="Comment")
    link.focus()

    arrived = post(classmate, 3, quote=first_words(paragraphs[2]))

    expect(card(page, arrived)).to_be_visible()
    expect(link).to_be_focused()
    assert selection(page) == chosen


def test_reader_hears_that_the_note_in_use_is_gone(reading, post, student, classmate):
    note = post(classmate, 2, "Too hasty.")
    page = reading(student)
    card(page, note).get_by_role("link", name="Thread,").focus()

    withdraw_annotation(actor=classmate, annotation_id=note.pk)

    expect(card(page, note)).to_have_count(0)
    expect(page.get_by_text("The note you were reading is no longer here.")).to_be_visible()


def test_note_for_a_group_reaches_its_members_alone(
    browse, reading, post, assignment, student, classmate, instructor, group
):
    answers = []
    page = browse(classmate)
    page.on("response", lambda one: answers.append(one))  # noqa: PLW0108 - Playwright marks it
    listening(page, assignment)
    staff = reading(instructor)

    post(student, 2, "Between us alone.", audience=Audience.GROUP, group_id=group.pk)
    expect(staff.get_by_text("Between us alone.")).to_be_visible()
    last = post(student, 3, "For everybody.")

    expect(card(page, last)).to_be_visible()
    asked = {"document", "fetch"}
    bodies = [
        one.text() for one in answers if one.status == 200 and one.request.resource_type in asked
    ]
    assert any("For everybody." in body for body in bodies)
    assert not any("Between us alone." in body for body in bodies)
    expect(page.locator('[data-count="words"]')).to_have_text("1 note")


def test_seven_tabs_of_one_browser_share_a_stream(browse, assignment, post, student, classmate):
    first = browse(student)
    streams = set()
    first.context.on("request", lambda one: one.url.endswith("/stream/") and streams.add(one))
    first.context.on("requestfailed", lambda one: streams.discard(one))  # noqa: PLW0108 - Playwright marks it
    pages = [first, *(first.context.new_page() for _ in range(6))]
    for page in pages:
        listening(page, assignment)

    arrived = post(classmate, 2, "To all of you.")
    for page in pages:
        expect(card(page, arrived)).to_be_visible()
    assert len(streams) == 1

    last = pages[-1]
    last.goto(f"{assignment.get_absolute_url()}annotate/1/3/")
    last.get_by_label("What do you want to say?").fill("From the seventh.")
    last.get_by_role("main").get_by_role("button", name="Post", exact=True).click()
    for page in pages:
        expect(page.locator(".c", has_text="From the seventh.")).to_be_visible()

    first.close()
    another = post(classmate, 4, "After the first was closed.")
    for page in pages[1:]:
        expect(card(page, another)).to_be_visible()


def test_new_revision_offers_to_load_the_page_anew(reading, assignment, instructor, student):
    page = reading(student)
    draft = start_revision(actor=instructor, essay=assignment.essay)
    draft = correct_import(
        actor=instructor,
        import_id=draft.pk,
        version=draft.version,
        edit=lambda text: edits.leave_out(text, 3),
    )
    publish_revision(actor=instructor, import_id=draft.pk, version=draft.version)

    anew = page.get_by_role("link", name="Load it anew")
    expect(anew).to_be_visible()
    assert looks.axe(page) == []
    anew.click()
    expect(page.get_by_role("link", name="Load it anew")).to_have_count(0)
    page.guard.take_faults()  # the refusal


def test_page_stops_in_words_when_one_may_not_read_any_more(reading, post, student, classmate):
    page = reading(student)
    Membership.objects.filter(user=student).delete()
    post(classmate, 2)

    expect(page.get_by_text("You cannot read this here any more.")).to_be_visible()
    page.guard.take_faults()  # the refusal


def test_readers_see_who_reads_and_where(browse, reading, assignment, student, classmate):
    classmate.shares_paragraph = True
    classmate.save()
    page = reading(student)
    expect(page.locator(".here")).to_be_hidden()
    other = browse(classmate)
    other.clock.install()
    listening(other, assignment)
    here = page.locator(".here > summary")
    expect(here).to_contain_text("2 reading now")

    scroll_to(other, 9)
    with other.expect_request("**/presence/") as said:
        other.clock.fast_forward(15_000)
    number = parse_qs(said.value.post_data)["paragraph"][0]

    assert int(number) in {7, 8, 9, 10}
    disc = page.locator(f'.rail li:has([href="#p-{number}"]) .disc')
    expect(disc).to_have_text("C", timeout=PATIENCE)
    here.click()
    expect(page.get_by_role("link", name=f"paragraph {number}", exact=True)).to_be_visible()
    assert looks.axe(page) == []


def test_nobody_is_shown_in_a_blind_round(reading, assignment, student, classmate):
    assignment.rounds.update(mode=RoundMode.BLIND)
    reading(classmate)
    page = reading(student)

    with page.expect_response("**/changes/?after=*") as answer:
        page.evaluate("dispatchEvent(new Event('online'))")
    assert answer.value.json()["reading"] is None
    expect(page.locator(".here")).to_be_hidden()


def test_toast_and_new_cards_are_accessible_in_light_and_dark(reading, post, student, classmate):
    page = reading(student)
    post(classmate, 1)
    expect(page.get_by_role("link", name="Go there")).to_be_visible()

    assert looks.faults(page) == {}
