"""The page on which the API can be tried draws, asks and answers within the site's policy."""

from playwright.sync_api import expect

PATIENCE = 60_000
"""Milliseconds: the page takes 1.5 MB of script, and reads the whole description."""


def open_operation(page, tag, name):
    page.goto("/api/docs/try/", timeout=PATIENCE)
    operation = page.locator(f"#operations-{tag}-{name}")
    operation.locator(".opblock-summary-control").click(timeout=PATIENCE)
    expect(operation.get_by_role("button", name="Try it out")).to_be_visible(timeout=PATIENCE)
    return operation


def test_api_is_tried_with_the_readers_session(browse, student, assignment):
    operation = open_operation(browse(student), "me", "me_retrieve")

    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()

    answer = operation.locator(".live-responses-table .response").first
    expect(answer.locator(".response-col_status")).to_contain_text("200")
    expect(answer).to_contain_text('"username": "student"')


def test_what_an_operation_takes_is_shown_within_the_policy(browse, db):
    page = browse()

    operation = open_operation(page, "annotations", "annotations_create")

    expect(operation).to_contain_text("paragraph")
    expect(page.get_by_role("heading", name="Try the API")).to_be_visible()
