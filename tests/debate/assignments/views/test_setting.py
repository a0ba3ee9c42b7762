"""Setting an essay, and changing what is asked, on their pages."""

import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from debate.assignments.models import Assignment
from debate.seminars.models import Seminar
from tests.expect import expect_denied, expect_same_as_absent, expect_sign_in
from tests.factories.essays import essay_of

BERLIN = ZoneInfo("Europe/Berlin")
GIVEN = {
    "title": "Water",
    "instructions": "Read it *twice*.",
    "opens_at": "2026-03-02T09:00",
    "due_at": "2026-03-09T23:59",
    "closes_at": "",
    "asked_comments": "3",
    "asked_counterarguments": "2",
    "asked_evidence": "0",
}


@pytest.fixture
def seminar(seminar):
    Seminar.objects.update(time_zone="Europe/Berlin")
    seminar.refresh_from_db()
    return seminar


@pytest.fixture
def set_path(essay):
    return reverse("assignments:create", args=[essay.pk])


@pytest.fixture
def edit_path(assignment):
    return reverse("assignments:edit", args=[assignment.seminar.slug, assignment.slug])


def test_form_offers_a_week_in_seminar_zone(page, instructor, set_path):
    form = page(instructor).get(set_path).context["form"]

    due = form["due_at"].value()
    expected = timezone.now().astimezone(BERLIN) + timedelta(days=7)
    assert (due.date(), due.hour, due.minute) == (expected.date(), 23, 59)
    assert form["title"].value() == "Who should pay for water?"


def test_form_names_the_time_zone(page, instructor, set_path):
    assert "Europe/Berlin" in page(instructor).get(set_path).content.decode()


def test_essay_set_leads_to_its_reading_page(page, instructor, set_path, essay):
    response = page(instructor).post(set_path, GIVEN)

    assignment = Assignment.objects.get()
    assert response["Location"] == "/seminars/water-policy/water/"
    assert (assignment.essay, assignment.created_by) == (essay, instructor)
    assert assignment.opens_at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert assignment.due_at == datetime(2026, 3, 9, 22, 59, tzinfo=UTC)
    assert assignment.closes_at is None
    assert assignment.asked_evidence == 0


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"title": ""}, {"title": ["This field is required."]}),
        ({"title": "\u200b"}, {"title": ["Please write something here."]}),
        ({"opens_at": "soon"}, {"opens_at": ["Enter a valid date/time."]}),
        ({"opens_at": "0001-01-01T00:00"}, {"opens_at": ["Please give a year from 2000 to 2199."]}),
        ({"due_at": "2026-03-01T00:00"}, {"due_at": ["It cannot be due before it opens."]}),
        ({"closes_at": "2026-03-03T00:00"}, {"closes_at": ["It cannot close before it is due."]}),
        (
            {"asked_comments": "51"},
            {"asked_comments": ["Ensure this value is less than or equal to 50."]},
        ),
    ],
)
def test_form_with_error_keeps_what_was_typed(page, instructor, set_path, given, errors):
    response = page(instructor).post(set_path, GIVEN | given)

    assert response.status_code == 400
    assert response.context["form"].errors == errors
    assert response.context["form"]["instructions"].value() == "Read it *twice*."
    assert not Assignment.objects.exists()


def test_moment_that_clocks_skip_is_refused(page, instructor, set_path):
    response = page(instructor).post(set_path, GIVEN | {"opens_at": "2026-03-29T02:30"})

    assert list(response.context["form"].errors) == ["opens_at"]


def test_second_assignment_at_one_address_conflicts(page, instructor, set_path):
    browser = page(instructor)
    browser.post(set_path, GIVEN)

    response = browser.post(set_path, GIVEN)

    assert response.context["form"].errors == {
        "title": ["This seminar has an assignment of that name already. Please choose another."]
    }
    assert Assignment.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ["assistant", "student", "observer"])
def test_essay_is_set_by_instructors_only(request, page, set_path, role, method):
    browser = page(request.getfixturevalue(role))

    expect_denied(getattr(browser, method)(set_path, GIVEN))

    assert not Assignment.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_essay_of_another_seminar_looks_absent(page, outsider, set_path, method):
    browser = page(outsider)
    nowhere = reverse("assignments:create", args=[uuid.uuid4()])

    expect_same_as_absent(getattr(browser, method)(set_path), getattr(browser, method)(nowhere))


def test_setting_needs_sign_in(page, set_path):
    expect_sign_in(page().get(set_path))


def test_assignment_form_shows_what_is_kept(page, instructor, edit_path, assignment):
    form = page(instructor).get(edit_path).context["form"]

    assert form["title"].value() == assignment.title
    assert form["opens_at"].value() == timezone.make_naive(assignment.opens_at, BERLIN).replace(
        microsecond=0
    )


def test_assignment_posted_is_changed(page, instructor, edit_path):
    response = page(instructor).post(edit_path, GIVEN)

    stored = Assignment.objects.get()
    assert response["Location"] == "/seminars/water-policy/"
    assert (stored.title, stored.slug) == ("Water", "who-should-pay")
    assert stored.due_at == datetime(2026, 3, 9, 22, 59, tzinfo=UTC)


def test_assignment_refused_keeps_what_was_typed(page, instructor, edit_path):
    response = page(instructor).post(edit_path, GIVEN | {"due_at": "2026-03-01T00:00"})

    assert response.context["form"].errors == {"due_at": ["It cannot be due before it opens."]}
    assert response.context["form"]["title"].value() == "Water"
    assert Assignment.objects.get().title == "Who should pay for water?"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ["assistant", "student", "observer"])
def test_assignment_is_changed_by_instructors_only(request, page, edit_path, role, method):
    browser = page(request.getfixturevalue(role))

    expect_denied(getattr(browser, method)(edit_path, GIVEN))


def test_assignment_of_another_seminar_looks_absent(page, outsider, edit_path):
    browser = page(outsider)

    expect_same_as_absent(
        browser.get(edit_path), browser.get("/seminars/water-policy/-/assignments/none/")
    )


def test_essay_may_be_set_where_time_zone_is_unknown(page, instructor, seminar):
    Seminar.objects.update(time_zone="Mars/Base")
    essay = essay_of("One.", seminar=seminar)

    page(instructor).post(reverse("assignments:create", args=[essay.pk]), GIVEN)

    assert Assignment.objects.get().opens_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
