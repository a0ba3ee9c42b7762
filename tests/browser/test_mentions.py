"""Naming somebody in the composer, by keys alone; and what the named person then finds."""

import time

import pytest
from playwright.sync_api import expect

from annotations.models import Mention
from tests.factories.assignments import AliasFactory


@pytest.fixture
def composing(browse, student, assignment, paragraphs):
    """The composer of the first paragraph, with the cursor in its text."""

    def open_page(**options):
        page = browse(student, **options)
        page.goto(f"{assignment.get_absolute_url()}annotate/1/1/")
        page.get_by_label("What do you want to say?").click()
        return page

    return open_page


def test_name_is_completed_by_keys_and_tells_that_person(
    composing, browse, student, classmate, instructor
):
    page = composing()
    body = page.get_by_label("What do you want to say?")
    names = page.get_by_role("listbox", name="Names")

    page.keyboard.type("I think, @")
    expect(names.get_by_role("option")).to_have_text(["Classmate", "Instructor"])
    page.keyboard.press("ArrowDown")
    expect(names.get_by_role("option", selected=True)).to_have_text("Instructor")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(body).to_have_value("I think, @Classmate ")
    expect(names).to_be_hidden()
    page.keyboard.type("knows more.")
    page.get_by_role("main").get_by_role("button", name="Post", exact=True).click()
    page.wait_for_url("**/#a-*")

    other = browse(classmate)
    other.goto("/docs/")
    other.get_by_role("link", name="Inbox 1 unread").click()
    other.get_by_role("button", name="Unread: Student mentioned you in a comment").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Comment by Student")
    expect(other.get_by_role("link", name="Inbox", exact=True)).to_be_visible()
    assert Mention.objects.get().user == classmate


def test_name_is_narrowed_by_letters_and_closed_by_escape(composing, classmate, instructor):
    page = composing()
    names = page.get_by_role("listbox", name="Names")

    page.keyboard.type("@in")
    expect(names.get_by_role("option")).to_have_text(["Instructor"])
    page.keyboard.press("Escape")

    expect(names).to_be_hidden()
    expect(page.get_by_label("What do you want to say?")).to_have_value("@in")


def test_names_that_are_closed_stay_so_though_an_answer_comes_late(
    composing, classmate, instructor
):
    page = composing()
    names = page.get_by_role("listbox", name="Names")
    page.keyboard.type("@")
    expect(names.get_by_role("option")).to_have_text(["Classmate", "Instructor"])
    held = []
    page.route("**/mentions/**", lambda route: held.append(route))  # noqa: PLW0108 - it is asked for its signature
    with page.expect_request("**/mentions/**"):
        page.keyboard.type("i")

    page.keyboard.press("Escape")
    expect(names).to_be_hidden()
    with page.expect_response("**/mentions/**"):
        held[0].continue_()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")

    expect(names).to_be_hidden()


def test_names_of_fewer_letters_do_not_open_over_more(composing, classmate, instructor):
    page = composing()
    page.clock.install()
    page.clock.pause_at(time.time() + 3_600)
    held = []
    is_held = True

    def take(route):
        if is_held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/mentions/**", take)
    page.keyboard.type("@")
    page.clock.run_for(200)
    while not held:
        page.context.cookies()  # whatever is asked of the browser lets what happened be heard of
    page.keyboard.type("i")

    is_held = False
    with page.expect_response("**/mentions/**"):
        held[0].continue_()
    # What is asked for later is answered later.
    page.evaluate("fetch(location.href).then((answer) => answer.text())")

    names = page.get_by_role("listbox", name="Names")
    expect(names).to_be_hidden()
    page.clock.run_for(200)
    expect(names.get_by_role("option")).to_have_text(["Instructor"])


def test_name_is_taken_of_those_that_go_on_as_typed(composing, classmate, instructor):
    page = composing()
    names = page.get_by_role("listbox", name="Names")
    page.keyboard.type("@")
    expect(names.get_by_role("option")).to_have_text(["Classmate", "Instructor"])
    held = []
    page.route("**/mentions/**", lambda route: held.append(route))  # noqa: PLW0108 - it is asked for its signature

    page.keyboard.type("i")
    page.keyboard.press("Enter")

    expect(page.get_by_label("What do you want to say?")).to_have_value("@Instructor ")


def test_name_taken_with_the_mouse_stands_in_the_text(composing, classmate):
    page = composing()

    page.keyboard.type("@cl")
    page.get_by_role("option", name="Classmate").click()

    expect(page.get_by_label("What do you want to say?")).to_have_value("@Classmate ")


def test_name_under_pseudonyms_is_the_alias(composing, classmate, assignment):
    assignment.uses_pseudonyms = True
    assignment.save()
    AliasFactory(assignment=assignment, user=classmate, name="Heron")
    page = composing()

    page.keyboard.type("@")

    names = page.get_by_role("listbox", name="Names")
    expect(names.get_by_role("option")).to_have_text(["Heron"])


def test_name_typed_without_scripts_tells_that_person(composing, classmate):
    page = composing(java_script_enabled=False)

    page.get_by_label("What do you want to say?").fill("As @Classmate says.")
    page.get_by_role("main").get_by_role("button", name="Post", exact=True).click()
    page.wait_for_url("**/#a-*")

    assert Mention.objects.get().user == classmate
