"""The three screens to a first seminar."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from debate.assignments.models import Assignment
from debate.essays.actions import start_import
from debate.essays.importing.blocks import Block, Draft
from debate.essays.models import ImportDraft
from debate.seminars.models import Invitation, Seminar
from tests.factories.accounts import UserFactory
from tests.factories.essays import ImportDraftFactory

ESSAY = {"text": "# Rents\n\nOne paragraph of words.\n\nAnother one of words."}


@pytest.fixture
def teacher(db):
    return UserFactory(username="teacher", time_zone="Europe/Berlin")


@pytest.fixture
def kept(teacher):
    draft = Draft(title="Rents", blocks=[Block(kind="body", html="One. Two.")])
    return start_import(actor=teacher, seminar=None, draft=draft)


@pytest.fixture
def confirm(page, teacher, kept):
    """`confirm(**given)`: the answer to the third screen, posted as it stands but for `given`."""
    client = page(teacher)
    address = f"/seminars/new/{kept.pk}/"
    shown = client.get(address)
    form = shown.context["form"]
    usual = {field.html_name: field.value() or "" for field in form}
    usual["due_at"] = usual["due_at"].strftime("%Y-%m-%dT%H:%M")

    def send(**given):
        return client.post(address, {**usual, "title": "Housing", **given})

    send.client, send.usual, send.address = client, usual, address
    return send


def test_pasted_essay_goes_to_its_paragraphs_and_on(page, teacher):
    client = page(teacher)

    response = client.post("/seminars/new/", ESSAY)

    kept = ImportDraft.objects.get()
    assert (kept.seminar, kept.created_by) == (None, teacher)
    assert response["Location"] == f"/essays/imports/{kept.pk}/"
    shown = client.get(response["Location"]).content.decode()
    assert "Its paragraphs" in shown
    assert f'action="/essays/imports/{kept.pk}/head/?then=seminar"' in shown
    head = {"title": "Rents, again", "language": "en", "version": 1}
    gone_on = client.post(f"/essays/imports/{kept.pk}/head/?then=seminar", head)
    assert gone_on["Location"] == f"/seminars/new/{kept.pk}/"


def test_essay_begun_before_is_offered(page, teacher, kept):
    ImportDraftFactory()

    shown = page(teacher).get("/seminars/new/").content.decode()

    assert re.findall(r"Go on with “(.*?)”", shown) == ["Rents"]


def test_nothing_pasted_is_told(page, teacher):
    response = page(teacher).post("/seminars/new/", {"text": " "})

    assert response.status_code == 400
    assert "Please paste the essay, or choose its file." in response.content.decode()


@pytest.mark.parametrize("address", ["/seminars/new/", "confirm"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_whom_the_site_does_not_let_is_told(address, method, page, teacher, kept, settings):
    settings.SEMINAR_CREATORS = ["approved"]
    address = f"/seminars/new/{kept.pk}/" if address == "confirm" else address

    response = getattr(page(teacher), method)(address, ESSAY)

    assert response.status_code == 403
    assert "Ask whoever runs it to let you." in response.content.decode()


def test_third_screen_says_the_usual(confirm):
    assert confirm.usual["time_zone"] == "Europe/Berlin"
    assert confirm.usual["assignment_title"] == "Rents"
    asked = ("comments", "counterarguments", "evidence")
    assert [confirm.usual[f"asked_{what}"] for what in asked] == [3, 2, 2]
    due = datetime.fromisoformat(confirm.usual["due_at"])
    today = timezone.now().astimezone(ZoneInfo("Europe/Berlin")).date()
    assert (due.hour, due.minute, (due.date() - today).days) == (23, 59, 7)


def test_seminar_made_shows_its_ways_in_once(confirm):
    response = confirm()

    seminar, invitation = Seminar.objects.get(), Invitation.objects.get()
    shown = response.content.decode()
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    token = re.search(r'value="http://testserver/join/([\w-]+)/"', shown)[1]
    code = re.search(r'value="(\w{5}-\w{5})"', shown)[1]
    assert Invitation.objects.known_by(token).get() == invitation
    assert Invitation.objects.known_by(code).get() == invitation
    assert 'src="data:image/svg+xml' in shown
    assert f'action="/seminars/{seminar.slug}/-/student-view/"' in shown
    again = confirm()
    assert again["Location"] == "/seminars/housing/"
    assert confirm.client.get(confirm.address)["Location"] == "/seminars/housing/"


def test_due_date_is_meant_in_the_seminars_time_zone(confirm):
    confirm(time_zone="Asia/Tokyo", due_at="2199-05-04T23:59")

    due = Assignment.objects.get().due_at
    assert due.astimezone(ZoneInfo("Asia/Tokyo")).strftime("%d %H:%M") == "04 23:59"


def test_counts_left_empty_ask_for_none(confirm):
    confirm(asked_comments="", asked_evidence="", due_at="", assignment_title="")

    made = Assignment.objects.get()
    assert (made.asked_comments, made.asked_counterarguments, made.asked_evidence) == (0, 2, 0)
    assert (made.due_at, made.title) == (None, "Rents")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"title": ""}, "This field is required."),
        ({"title": "\u200b"}, "Please write something here."),
        ({"asked_evidence": "51"}, "less than or equal to 50"),
        ({"due_at": "2020-01-01T12:00"}, "It cannot be due before it opens."),
        ({"version": "7"}, "This import was changed in another window."),
    ],
)
def test_refusal_stands_at_its_field_and_keeps_what_was_typed(given, sentence, confirm):
    response = confirm(**{"assignment_title": "Read this", **given})

    shown = response.content.decode()
    assert response.status_code == 400
    assert sentence in shown
    assert 'value="Read this"' in shown
    assert not Seminar.objects.exists()


def test_going_back_to_the_paragraphs_keeps_what_was_typed(confirm, kept):
    typed = {**confirm.usual, "title": "Half a ti", "asked_comments": "5"}

    back = confirm.client.post(f"{confirm.address}keep/", typed)

    assert back["Location"] == f"/essays/imports/{kept.pk}/"
    form = confirm.client.get(confirm.address).context["form"]
    assert (form["title"].value(), form["asked_comments"].value()) == ("Half a ti", "5")
    assert form["due_at"].value() == confirm.usual["due_at"]


@pytest.mark.parametrize("step", ["", "keep/"])
def test_anothers_import_is_absent(step, page, kept):
    response = page(UserFactory()).post(f"/seminars/new/{kept.pk}/{step}", {})

    assert response.status_code == 404


def test_import_that_has_its_seminar_is_absent(page, seminar, instructor):
    kept = ImportDraftFactory(seminar=seminar, created_by=instructor)

    assert page(instructor).get(f"/seminars/new/{kept.pk}/").status_code == 404


def test_import_dropped_leads_home(page, teacher, kept):
    response = page(teacher).post(f"/essays/imports/{kept.pk}/discard/")

    assert response["Location"] == "/"


def test_home_tells_what_waits_and_offers_to_make_one(page, teacher, kept):
    shown = page(teacher).get("/").content.decode()

    assert "Finish importing “Rents” and make its seminar." in shown
    assert 'href="/seminars/new/"' in shown


def test_home_offers_no_seminar_to_whom_the_site_does_not_let(page, teacher, settings):
    settings.SEMINAR_CREATORS = ["approved"]

    assert 'href="/seminars/new/"' not in page(teacher).get("/").content.decode()
