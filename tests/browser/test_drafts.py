"""Nothing typed is lost: not by Escape, reload, signing out, a dead network or server, or a second device."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from annotations.models import Annotation, Draft
from tests.browser.composing import body, composer
from tests.browser.conftest import sign_in
from tests.factories.annotations import annotation_on

LEFT = "() => Object.keys(localStorage).filter((one) => one.startsWith('draft '))"


def said(page):
    return composer(page).locator("[data-said]")


def begin(page, number=1, words=""):
    page.get_by_role("link", name=f"Annotate paragraph {number}", exact=True).click()
    expect(body(page)).to_be_focused()
    if words:
        write(page, words)


def write(page, words):
    """Put them in at once: of words typed one letter after another, some may be saved before the others."""
    page.keyboard.insert_text(words)


def expect_nothing_left(page):
    """The browser has let go of all that the server has."""
    # As a function: the pages' policy lets no expression be evaluated a second time.
    page.wait_for_function(f"() => ({LEFT})().length === 0")


def kept(page, number=1, words="Half a thought"):
    """Write something, and wait until the server has it."""
    begin(page, number, words)
    expect(said(page)).to_have_text("Draft saved")


def is_save(request):
    """Whether it sends a draft, where others ask for the list of them."""
    return request.method == "POST" and request.url.endswith("/drafts/")


def is_save_answered(response):
    return is_save(response.request)


def hold(route, held):
    """Let what is posted wait among those held."""
    if route.request.method == "POST":
        held.append(route)
    else:
        route.continue_()


def held_at(page, held, at=0):
    """That one of those held: a request is told of a moment before it is held."""
    while len(held) <= at:
        page.evaluate("null")
    return held[at]


def discarding(page):
    """Discard the open draft; that waits among those returned."""
    held = []
    page.route("**/discard/", lambda route: hold(route, held))
    composer(page).get_by_text("Discard", exact=True).click()
    with page.expect_request("**/discard/"):
        composer(page).get_by_role("button", name="Discard this draft").click()
    return held


@contextmanager
def held_after(page, first):
    """`first` answers one draft that is sent; those after it wait until what that shows was read."""
    held = []
    is_read = False

    def take(route):
        if is_read:
            return route.continue_()
        hold(route, held)
        return first(route) if held == [route] else None

    page.route("**/drafts/", take)
    yield
    is_read = True
    for route in held[1:]:
        route.continue_()


def chip(page):
    return page.locator("[data-draft-chip] summary")


def test_draft_survives_escape_and_reload_and_is_taken_out_of_the_browser(reading):
    page = reading()
    kept(page)
    expect_nothing_left(page)

    page.keyboard.press("Escape")
    expect(chip(page)).to_have_text("1 draft")
    page.reload()
    chip(page).click()
    page.get_by_role("link", name=re.compile("^Comment, paragraph 1 Half a thought")).click()

    expect(body(page)).to_have_value("Half a thought")
    expect(composer(page)).to_contain_text("is back.")


def test_draft_is_in_the_browser_on_the_first_letter(reading):
    page = reading()
    page.guard.expect_failures()
    page.context.set_offline(True)
    page.context.set_offline(False)
    page.route("**/drafts/", lambda route: route.abort())
    begin(page, words="H")

    assert page.evaluate(LEFT) != []
    page.unroute("**/drafts/")


def test_draft_written_without_network_is_sent_when_it_returns(reading):
    page = reading()
    begin(page)
    page.context.set_offline(True)
    write(page, "On the train")
    expect(said(page)).to_have_text("Kept on this device")
    assert not Draft.objects.exists()

    page.context.set_offline(False)
    expect(said(page)).to_have_text("Draft saved")

    assert Draft.objects.get().words == ["On the train"]
    assert page.evaluate(LEFT) == []


def test_draft_whose_server_is_gone_is_sent_from_the_next_page(reading):
    page = reading()
    page.guard.expect_failures()
    page.route("**/drafts/", lambda route: route.abort())
    begin(page, words="Before the crash")
    expect(said(page)).to_have_text("Kept on this device")
    page.unroute("**/drafts/")

    page.reload()
    expect(chip(page)).to_have_text("1 draft")
    expect_nothing_left(page)

    assert Draft.objects.get().words == ["Before the crash"]


def test_draft_whose_answer_was_lost_is_no_conflict(reading):
    page = reading()
    page.guard.expect_failures()
    answers = []

    def lose(route):
        answers.append(route.fetch())
        route.abort()

    with held_after(page, lose):
        begin(page, words="Once")
        expect(said(page)).to_have_text("Kept on this device")
        write(page, " and more")
    expect(said(page)).to_have_text("Draft saved")

    assert answers[0].status == 201
    expect(page.locator(".differs")).to_have_count(0)
    expect_nothing_left(page)
    assert Draft.objects.get().words == ["Once and more"]


@pytest.mark.parametrize(("status", "text"), [(201, '{"revision": 1, '), (413, "<p>Too large.")])
def test_draft_whose_answer_cannot_be_read_is_sent_again(reading, status, text):
    page = reading()
    with held_after(page, lambda route: route.fulfill(status=status, body=text)):
        begin(page, words="Once")
        expect(said(page)).to_have_text("Kept on this device")

    expect(said(page)).to_have_text("Draft saved")

    assert Draft.objects.get().words == ["Once"]


def test_draft_survives_signing_out_and_in_and_is_shown_to_nobody_else(
    reading, student, classmate, assignment, address
):
    page = reading()
    page.guard.expect_failures()
    page.route("**/drafts/", lambda route: route.abort())
    begin(page, words="Mine alone")
    expect(said(page)).to_have_text("Kept on this device")
    page.unroute("**/drafts/")
    page.goto("/docs/")

    page.context.clear_cookies()
    sign_in(page.context, classmate, address)
    page.goto(assignment.get_absolute_url())
    begin(page)
    expect(body(page)).to_have_value("")
    page.keyboard.press("Escape")
    assert not Draft.objects.filter(user=classmate).exists()

    page.context.clear_cookies()
    sign_in(page.context, student, address)
    page.goto(assignment.get_absolute_url())
    expect(chip(page)).to_have_text("1 draft")
    begin(page)
    expect(body(page)).to_have_value("Mine alone")


def test_words_of_whoever_was_signed_out_in_another_tab_are_not_the_next_persons(
    reading, student, classmate, address
):
    page = reading()
    begin(page, words="Mine")
    expect(said(page)).to_have_text("Draft saved")
    page.context.clear_cookies()
    sign_in(page.context, classmate, address)

    write(page, " alone")
    expect(said(page)).to_contain_text("Somebody else has signed in")

    assert not Draft.objects.filter(user=classmate).exists()
    assert Draft.objects.get(user=student).words == ["Mine"]
    assert page.evaluate(LEFT) != []


def test_draft_begun_on_a_phone_is_there_on_the_laptop(reading):
    phone = reading(size=(360, 640))
    kept(phone, words="On the bus")

    laptop = reading()
    begin(laptop)

    expect(body(laptop)).to_have_value("On the bus")


def test_choice_between_two_drafts_stands_when_a_late_answer_says_they_differ(reading):
    phone, laptop = reading(size=(360, 640)), reading()
    kept(phone, words="From the phone")
    begin(laptop)
    body(laptop).fill("From the laptop")
    expect(said(laptop)).to_have_text("Draft saved")
    write(phone, ", later")
    expect(phone.locator(".differs")).to_contain_text("From the laptop")
    held = []
    phone.route("**/drafts/", lambda route: hold(route, held))

    # The field that is left is saved once more; its answer comes after the choice.
    with phone.expect_request(is_save):
        phone.get_by_role("button", name="Take that").click()
    expect(said(phone)).to_have_text("Draft saved")
    with phone.expect_response(is_save_answered) as answered:
        held[0].continue_()

    assert answered.value.status == 409
    answered.value.finished()
    phone.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    expect(said(phone)).to_have_text("Draft saved")
    expect(phone.locator(".differs")).to_have_count(0)
    expect(body(phone)).to_have_value("From the laptop")


@pytest.mark.parametrize(
    ("choice", "words"),
    [("Take that", "From the laptop"), ("Keep what is here", "From the phone, later")],
)
def test_draft_changed_on_two_devices_is_shown_twice_to_choose(choice, words, reading):
    phone, laptop = reading(size=(360, 640)), reading()
    kept(phone, words="From the phone")
    begin(laptop)
    body(laptop).fill("From the laptop")
    expect(said(laptop)).to_have_text("Draft saved")

    write(phone, ", later")
    expect(phone.locator(".differs")).to_contain_text("From the laptop")
    assert Draft.objects.get().words == ["From the laptop"]
    phone.get_by_role("button", name=choice).click()

    expect(body(phone)).to_have_value(words)
    expect(said(phone)).to_have_text("Draft saved")
    assert Draft.objects.get().words == [words]


def test_choice_between_two_drafts_is_taken_though_an_answer_comes_while_it_is_pressed(reading):
    phone, laptop = reading(size=(360, 640)), reading()
    kept(phone, words="From the phone")
    begin(laptop)
    body(laptop).fill("From the laptop")
    expect(said(laptop)).to_have_text("Draft saved")
    write(phone, ", later")
    choice = phone.get_by_role("button", name="Keep what is here")
    choice.scroll_into_view_if_needed()
    box = choice.bounding_box()
    phone.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    # The field that is left is saved once more, and refused, before the button is let go.
    with phone.expect_response(is_save_answered) as answered:
        phone.mouse.down()
    answered.value.finished()
    phone.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    phone.mouse.up()

    expect(phone.locator(".differs")).to_have_count(0)
    expect(said(phone)).to_have_text("Draft saved")
    assert answered.value.status == 409
    assert Draft.objects.get().words == ["From the phone, later"]


def test_composer_that_is_opened_while_its_draft_is_being_saved_has_its_words(reading):
    page = reading()
    held = []
    page.route("**/drafts/", lambda route: hold(route, held))
    with page.expect_request(is_save):
        begin(page, words="Half a thought")
        page.keyboard.press("Escape")

    page.get_by_role("link", name="Annotate paragraph 1", exact=True).click()
    with page.expect_request("**/annotate/1/1/"):
        held[0].continue_()

    expect(body(page)).to_be_focused()
    expect(body(page)).to_have_value("Half a thought")
    expect(composer(page)).to_contain_text("is back.")


def test_draft_that_is_emptied_keeps_its_words_until_it_is_discarded(reading):
    page = reading()
    kept(page)
    body(page).fill("")
    page.keyboard.press("Escape")

    begin(page)

    expect(body(page)).to_have_value("Half a thought")


def test_discarding_asks_and_can_be_undone(reading):
    page = reading()
    kept(page)

    composer(page).get_by_text("Discard", exact=True).click()
    assert Draft.objects.exists()
    composer(page).get_by_role("button", name="Discard this draft").click()
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    assert not Draft.objects.exists()
    page.keyboard.press("Enter")

    expect(body(page)).to_have_value("Half a thought")
    assert Draft.objects.get().words == ["Half a thought"]


def test_count_of_drafts_that_comes_late_does_not_replace_a_newer_one(reading):
    page = reading()
    kept(page)
    late = []

    def take(route):
        if route.request.method == "GET" and not late:
            late.append((route, route.fetch()))
        else:
            route.continue_()

    page.route("**/drafts/", take)
    composer(page).get_by_text("Discard", exact=True).click()
    composer(page).get_by_role("button", name="Discard this draft").click()
    page.get_by_role("button", name="Undo").click()
    expect(chip(page)).to_have_text("1 draft")

    [(route, answer)] = late
    with page.expect_response("**/drafts/") as answered:
        route.fulfill(response=answer)
    answered.value.finished()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")

    expect(chip(page)).to_have_text("1 draft")


def test_post_without_network_waits_for_it_and_is_posted_once(reading):
    page = reading()
    begin(page, words="To be posted")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(said(page)).to_contain_text("posted when it returns")
    assert not Annotation.objects.exists()

    page.context.set_offline(False)
    expect(page.locator(".c", has_text="To be posted")).to_have_count(1)

    assert Annotation.objects.count() == 1
    assert not Draft.objects.exists()


def test_post_whose_answer_was_lost_is_posted_once(reading):
    page = reading()
    page.guard.expect_failures()

    def lose(route):
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    begin(page, words="To be posted")
    page.route("**/annotate/**", lose, times=1)
    page.keyboard.press("Control+Enter")

    expect(page.locator(".c", has_text="To be posted")).to_have_count(1)
    expect(composer(page)).to_have_count(0)
    assert Annotation.objects.count() == 1
    assert not Draft.objects.exists()


def test_post_whose_answer_breaks_off_is_posted_once(reading):
    page = reading()

    def cut(route):
        route.fulfill(response=route.fetch(), body='{"id": "01')

    begin(page, words="To be posted")
    page.route("**/annotate/**", cut, times=1)
    page.keyboard.press("Control+Enter")

    expect(page.locator(".c", has_text="To be posted")).to_have_count(1)
    expect(composer(page)).to_have_count(0)
    assert Annotation.objects.count() == 1
    assert not Draft.objects.exists()


def test_post_that_waits_is_a_draft_only_once_the_composer_is_closed(reading):
    page = reading()
    begin(page, words="On second thoughts")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(said(page)).to_contain_text("posted when it returns")
    page.keyboard.press("Escape")

    page.context.set_offline(False)
    expect(chip(page)).to_have_text("1 draft")

    assert not Annotation.objects.exists()
    assert Draft.objects.get().words == ["On second thoughts"]


def test_post_whose_composer_is_closed_while_its_draft_is_saved_is_a_draft(reading):
    page = reading()
    held = []
    page.route("**/drafts/", lambda route: hold(route, held), times=1)
    begin(page, words="On second thoughts")
    with page.expect_request(is_save):
        page.keyboard.press("Control+Enter")
    page.keyboard.press("Escape")

    [route] = held
    route.continue_()
    expect(chip(page)).to_have_text("1 draft")
    expect_nothing_left(page)

    assert not Annotation.objects.exists()
    assert Draft.objects.get().words == ["On second thoughts"]


def test_draft_is_sent_once_at_a_time_so_that_none_comes_after_the_post(reading):
    page = reading()
    saves, posts = [], []
    page.route("**/drafts/", lambda route: hold(route, saves))
    page.route("**/annotate/**", lambda route: hold(route, posts))
    with page.expect_request(is_save):
        begin(page, words="Said")
    write(page, " once")

    # The press takes the focus from the field, which saves it, and the post does so as well.
    composer(page).get_by_role("button", name=re.compile("^Post")).click()
    with page.expect_request(is_save):
        held_at(page, saves).continue_()
    page.evaluate("fetch('/docs/').then(() => null)")  # time enough for one that does not wait
    with page.expect_request("**/annotate/**"):
        saves[-1].continue_()
    answer = held_at(page, posts).fetch()
    for route in saves[1:-1]:
        with page.expect_response(is_save_answered):
            route.continue_()
    posts[0].fulfill(response=answer)

    expect(page.locator(".c", has_text="Said once")).to_have_count(1)
    expect_nothing_left(page)
    assert len(saves) == 2
    assert not Draft.objects.exists()


@pytest.mark.parametrize("closes", [False, True])
@pytest.mark.parametrize("saves", ["before", "after"])
def test_words_written_while_a_note_is_posted_are_another_draft(saves, closes, reading):
    page = reading()
    posts = []
    page.route("**/annotate/**", lambda route: hold(route, posts))
    kept(page, words="Said once")
    with page.expect_request("**/annotate/**"):
        page.keyboard.press("Control+Enter")
    post = held_at(page, posts)
    answer = post.fetch() if saves == "after" else None
    with page.expect_response(is_save_answered):
        write(page, " and more")
        if closes:
            page.keyboard.press("Escape")

    post.fulfill(response=answer or post.fetch())

    expect(page.locator(".toast")).to_contain_text("Your comment is posted.")
    expect(composer(page)).to_have_count(0)
    expect(chip(page)).to_have_text("1 draft")
    expect_nothing_left(page)
    assert Annotation.objects.get().body == "Said once"
    assert Draft.objects.get().words == ["Said once and more"]


def test_post_that_fails_after_one_has_written_on_is_not_tried_again(reading):
    page = reading()
    page.guard.expect_failures()
    page.clock.install()
    posts = []
    page.route("**/annotate/**", lambda route: hold(route, posts))
    kept(page, words="Said")
    with page.expect_request("**/annotate/**"):
        page.keyboard.press("Control+Enter")
    write(page, " half a th")
    with page.expect_event("requestfailed", lambda one: "/annotate/" in one.url):
        held_at(page, posts).abort()

    expect_nothing_left(page)
    page.clock.fast_forward(60_000)
    page.evaluate("fetch('/docs/').then(() => null)")  # time enough for another

    assert len(posts) == 1
    expect(body(page)).to_have_value("Said half a th")
    assert Draft.objects.get().words == ["Said half a th"]


def test_note_whose_composer_is_closed_while_it_is_posted_leaves_no_draft(reading):
    page = reading()
    page.guard.expect_failures()
    posts = []
    page.route("**/annotate/**", lambda route: hold(route, posts))
    page.route("**/drafts/", lambda route: route.abort())
    begin(page, words="Said once")
    expect(said(page)).to_have_text("Kept on this device")
    with page.expect_request("**/annotate/**"):
        page.keyboard.press("Control+Enter")
    page.unroute("**/drafts/")
    answer = held_at(page, posts).fetch()

    with page.expect_response(is_save_answered) as saved:
        page.keyboard.press("Escape")
    posts[0].fulfill(response=answer)

    assert saved.value.status == 409
    expect(page.locator(".toast")).to_contain_text("Your comment is posted.")
    expect_nothing_left(page)
    assert not Draft.objects.exists()


def test_composer_that_is_opened_anew_while_its_draft_is_saved_has_its_newest_words(reading):
    page = reading()
    kept(page, words="Half")
    forms, saves = [], []
    page.route("**/annotate/1/1/", lambda route: forms.append(route))  # noqa: PLW0108 - it is asked for its signature
    page.route("**/drafts/", lambda route: hold(route, saves))
    with page.expect_request(is_save):
        write(page, " a thought")
    with page.expect_request("**/annotate/1/1/"):
        page.get_by_role("link", name="Annotate paragraph 1", exact=True).click()
    older = held_at(page, forms).fetch()
    with page.expect_response(is_save_answered):
        held_at(page, saves).continue_()
    page.unroute("**/drafts/")
    expect(said(page)).to_have_text("Draft saved")

    with page.expect_request("**/annotate/1/1/"):
        forms[0].fulfill(response=older)
    held_at(page, forms, 1).continue_()

    expect(composer(page)).to_contain_text("is back.")
    expect(body(page)).to_have_value("Half a thought")
    write(page, ", whole")
    expect(said(page)).to_have_text("Draft saved")
    expect(page.locator(".differs")).to_have_count(0)


def test_composer_that_is_opened_while_another_draft_is_discarded_keeps_the_focus(reading):
    page = reading()
    kept(page)
    held = discarding(page)
    begin(page, number=2, words="Elsewhere")

    held_at(page, held).continue_()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()

    expect(body(page)).to_be_focused()
    expect(body(page)).to_have_value("Elsewhere")


def test_draft_of_a_closed_composer_is_sent_until_the_server_has_it(reading):
    page = reading()
    page.guard.expect_failures()
    failed = []
    page.route("**/drafts/", lambda route: (failed.append(route), route.abort()))
    begin(page, words="The server restarts")
    page.keyboard.press("Escape")
    expect(composer(page)).to_have_count(0)
    while len(failed) < 3:  # as it was closed, as it was left over, and again
        with page.expect_request(is_save):
            pass
    page.unroute("**/drafts/")

    expect(chip(page)).to_have_text("1 draft")
    expect_nothing_left(page)
    assert Draft.objects.get().words == ["The server restarts"]


def test_count_of_drafts_that_fails_is_asked_for_again(reading):
    page = reading()
    page.guard.expect_failures()
    kept(page)
    failed = []

    def fail(route):
        failed.append(route)
        if len(failed) == 1:
            route.abort()
        else:
            route.fulfill(status=200, headers={"Content-Length": "9"}, body="")  # it breaks off

    page.route("**/drafts/", fail, times=2)
    page.keyboard.press("Escape")

    expect(chip(page)).to_have_text("1 draft")
    assert [one.request.method for one in failed] == ["GET", "GET"]


def test_draft_of_an_open_composer_is_not_sent_by_another_tab(reading):
    page = reading()
    page.guard.expect_failures()
    page.route("**/drafts/", lambda route: route.abort())
    begin(page, words="Still being")
    expect(said(page)).to_have_text("Kept on this device")
    other = page.context.new_page()
    other.goto(page.url)
    kept(other, number=2, words="Elsewhere")
    other.keyboard.press("Escape")
    expect(chip(other)).to_have_text("1 draft")  # which is told once all that waits was sent

    assert [one.words for one in Draft.objects.all()] == [["Elsewhere"]]

    write(page, " written")
    page.unroute("**/drafts/")
    page.keyboard.press("Escape")
    expect(chip(page)).to_have_text("2 drafts")
    assert Draft.objects.filter(content__body="Still being written").exists()


def test_draft_that_is_discarded_while_its_composer_is_closed_can_be_taken_back(reading):
    page = reading()
    kept(page)
    held = discarding(page)
    page.keyboard.press("Escape")
    expect(chip(page)).to_have_text("1 draft")

    held_at(page, held).continue_()
    expect(chip(page)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()

    expect(body(page)).to_have_value("Half a thought")
    expect(chip(page)).to_have_text("1 draft")


def test_posting_leaves_no_draft(reading):
    page = reading()
    kept(page)

    page.keyboard.press("Control+Enter")
    expect(page.locator(".c")).to_be_focused()

    expect(chip(page)).to_have_count(0)
    assert not Draft.objects.exists()
    assert page.evaluate(LEFT) == []


def test_draft_that_the_post_overtook_does_not_come_back(reading, assignment, paragraphs):
    page = reading()
    page.goto(f"{assignment.get_absolute_url()}annotate/1/1/")
    drafts = []
    page.route("**/drafts/", lambda route: hold(route, drafts))

    def overtake(route):
        posted = route.fetch(max_redirects=0)
        with page.expect_response(is_save_answered) as answered:
            held_at(page, drafts).continue_()
        assert answered.value.status == 409
        answered.value.finished()
        route.fulfill(response=posted)

    page.route("**/annotate/**", overtake)
    page.get_by_label("What do you want to say?").fill("Said once")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.locator(".c", has_text="Said once")).to_have_count(1)

    expect_nothing_left(page)
    assert not Draft.objects.exists()


def test_reply_is_drafted_on_its_own_page_and_found_in_the_margin(
    browse, student, classmate, assignment, paragraphs
):
    note = annotation_on(paragraphs[0], author=classmate, assignment=assignment, body="So.")
    page = browse(student)
    page.goto(f"{note.get_absolute_url()}reply/")
    page.get_by_label("Your reply").fill("Not so")
    expect(page.locator("[data-said]")).to_have_text("Draft saved")

    page.goto(assignment.get_absolute_url())
    chip(page).click()
    page.get_by_role("link", name=re.compile("reply to Classmate")).click()

    expect(body(page)).to_have_value("Not so")


def test_draft_without_scripts_is_kept_gone_on_with_and_discarded(reading, assignment, paragraphs):
    page = reading(java_script_enabled=False)
    page.get_by_role("link", name="Annotate paragraph 1").click()
    page.get_by_label("What do you want to say?").fill("Half a thought")
    page.get_by_role("button", name="Keep as draft").click()
    expect(page.get_by_text("Your draft is kept.")).to_be_visible()

    chip(page).click()
    page.get_by_role("link", name=re.compile("^Comment, paragraph 1")).click()
    expect(page.get_by_label("What do you want to say?")).to_have_value("Half a thought")
    page.goto(f"{assignment.get_absolute_url()}drafts/")
    page.get_by_text("Discard", exact=False).first.click()
    page.get_by_role("button", name="Discard this draft").click()
    expect(page.get_by_text("Draft discarded.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text("The draft is back.")).to_be_visible()
    assert Draft.objects.get().words == ["Half a thought"]
