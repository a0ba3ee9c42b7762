"""Taking everything away: at once, or by an export whose page tells how far it is."""

import pytest
from playwright.sync_api import expect

from annotations.exchange import views
from annotations.exchange.bulk.actions import make_export
from annotations.models import ExportJob
from tests.factories.annotations import AnnotationFactory


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA = tmp_path


def asked_for(browse, assignment, student, **options):
    AnnotationFactory.create_batch(2, assignment=assignment)
    page = browse(student, **options)
    page.goto(f"{assignment.get_absolute_url()}exchange/")
    page.get_by_label("As", exact=True).select_option("tables")
    return page


def test_few_annotations_are_downloaded_at_once(browse, assignment, student):
    page = asked_for(browse, assignment, student)

    with page.expect_download() as download:
        page.get_by_role("button", name="Take them away").click()

    assert download.value.suggested_filename.endswith(".tables.zip")


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no-scripts"])
def test_export_tells_how_far_it_is_and_is_downloaded(
    has_scripts, monkeypatch, browse, assignment, student
):
    monkeypatch.setattr(views, "MOST_AT_ONCE", 1)
    page = asked_for(browse, assignment, student, java_script_enabled=has_scripts)
    page.get_by_role("button", name="Take them away").click()
    status = page.get_by_role("main").get_by_role("status")
    expect(status).to_have_text("Waiting for its turn.")
    ExportJob.objects.update(state="running", done=1, total=2)
    if not has_scripts:
        page.get_by_role("link", name="See how far it is").click()
    expect(status).to_have_text("1 of 2 annotations are written.")

    make_export(ExportJob.objects.get().pk)
    if not has_scripts:
        page.get_by_role("link", name="See how far it is").click()
    expect(status).to_contain_text("It is ready:")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()

    assert download.value.suggested_filename.endswith(".tables.zip")


def test_export_that_becomes_ready_takes_no_focus_from_elsewhere(
    monkeypatch, browse, assignment, student
):
    monkeypatch.setattr(views, "MOST_AT_ONCE", 1)
    page = asked_for(browse, assignment, student)
    page.get_by_role("button", name="Take them away").click()
    status = page.get_by_role("main").get_by_role("status")
    expect(status).to_have_text("Waiting for its turn.")
    page.get_by_role("button", name="Cancel").focus()
    held = []
    page.route(page.url, lambda route: held.append(route))  # noqa: PLW0108 - it is asked for its signature
    while not held:
        page.context.cookies()  # whatever is asked of the browser lets what happened be heard of

    page.get_by_label("Search notes and essays").focus()
    make_export(ExportJob.objects.get().pk)
    held[0].continue_()

    expect(status).to_contain_text("It is ready:")
    expect(page.get_by_label("Search notes and essays")).to_be_focused()
