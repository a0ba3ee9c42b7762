"""Setting an essay, and changing what is asked, on their pages."""

import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from debate.assignments.models import Assignment
from debate.seminars.models import Seminar
from tests.expect import (
    expect_constant_queries,
    expect_denied,
    expect_same_as_absent,
    expect_sign_in,
)
from tests.factories.annotations import AnnotationFactory
from tests.factories.assignments import AssignmentTemplateFactory, RoundFactory
from tests.factories.essays import essay_of
from tests.factories.seminars import GroupFactory

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


def test_moment_that_clocks_skip_is_told(page, instructor, set_path):
    response = page(instructor).post(set_path, GIVEN | {"opens_at": "2026-03-29T02:30"})

    assert response.context["form"].errors == {
        "opens_at": [
            "The clocks skip 02:30 on 29 March 2026 in this time zone. Please choose an hour later."
        ]
    }


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


# -- rounds, groups and the rest ------------------------------------------------------------------

KINDS = ["comment", "question", "support", "counterargument", "evidence", "concession"]
ROUNDS = {
    "rounds": "2",
    "rounds-0-name": "Alone",
    "rounds-0-mode": "blind",
    "rounds-0-reveals_after": "2",
    "rounds-0-allowed_kinds": KINDS,
    "rounds-1-name": "Talk",
    "rounds-1-mode": "open",
    "rounds-1-opens_at": "2026-03-05T09:00",
    "rounds-1-allowed_kinds": KINDS,
}


def test_essay_set_in_rounds_to_a_group_has_all_that_was_typed(page, instructor, set_path, group):
    more = {
        "asked_replies": "2",
        "audience": "groups",
        "groups": [str(group.pk)],
        "uses_pseudonyms": "on",
        "requires_approval": "on",
        "resolution": "Water should cost.",
    }

    page(instructor).post(set_path, GIVEN | ROUNDS | more)

    stored = Assignment.objects.get()
    assert [(one.name, one.mode, one.opens_at) for one in stored.rounds.all()] == [
        ("Alone", "blind", datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("Talk", "open", datetime(2026, 3, 5, 8, tzinfo=UTC)),
    ]
    assert (list(stored.groups.all()), stored.asked_replies) == ([group], 2)
    assert (stored.uses_pseudonyms, stored.requires_approval) == (True, True)
    assert stored.resolution == "Water should cost."


def test_button_adds_a_round_and_keeps_what_was_typed(page, instructor, set_path):
    response = page(instructor).post(set_path, GIVEN | ROUNDS | {"add_round": "1", "title": ""})

    form = response.context["form"]
    assert response.status_code == 200
    assert [one["name"].value() for one in form.rounds] == ["Alone", "Talk", "Round 3"]
    assert form["instructions"].value() == "Read it *twice*."
    assert b"errorlist" not in response.content
    assert not Assignment.objects.exists()


def test_round_that_forbids_what_is_asked_is_told_at_its_kinds(page, instructor, set_path):
    given = GIVEN | ROUNDS | {"rounds-1-allowed_kinds": ["comment"]}

    response = page(instructor).post(set_path, given)

    assert response.status_code == 400
    assert response.context["form"].rounds[1].errors == {
        "allowed_kinds": [
            "“Talk” does not take counterarguments, but 2 are asked for. Let the round take counterarguments, or ask for none."
        ]
    }


def test_template_is_offered_and_fills_the_form(page, instructor, set_path):
    template = AssignmentTemplateFactory(owner=instructor, setup={"asked_comments": 9})
    browser = page(instructor)

    offered = browser.get(set_path)
    filled = browser.get(set_path, {"template": str(template.pk)})

    assert list(offered.context["templates"]) == [template]
    assert filled.context["form"]["asked_comments"].value() == 9


def test_template_of_somebody_else_fills_nothing(page, instructor, set_path):
    template = AssignmentTemplateFactory(setup={"asked_comments": 9})

    form = page(instructor).get(set_path, {"template": str(template.pk)}).context["form"]

    assert form["asked_comments"].value() == 3


def test_rounds_shown_are_kept_when_saved_unchanged(page, instructor, edit_path, assignment):
    RoundFactory(assignment=assignment, number=2, opens_at=assignment.opens_at + timedelta(days=2))
    before = list(assignment.rounds.values())
    form = page(instructor).get(edit_path).context["form"]
    data = {"rounds": str(len(form.rounds))}
    for row in form.rounds:
        data |= {
            row.add_prefix("id"): str(row["id"].value()),
            row.add_prefix("name"): row["name"].value(),
            row.add_prefix("mode"): row["mode"].value(),
            row.add_prefix("opens_at"): row["opens_at"].value().strftime("%Y-%m-%dT%H:%M"),
            row.add_prefix("allowed_kinds"): row["allowed_kinds"].value(),
        }
    opens = form["opens_at"].value().strftime("%Y-%m-%dT%H:%M")

    page(instructor).post(edit_path, GIVEN | data | {"opens_at": opens, "due_at": ""})

    assert list(assignment.rounds.values()) == [
        {**row, "ends_at": end} for row, end in zip(before, [before[1]["opens_at"], None], strict=True)
    ]  # fmt: skip


def test_preset_puts_rounds_in_place_of_those_that_are_kept(
    page, instructor, edit_path, assignment
):
    one = assignment.rounds.get()

    response = page(instructor).post(
        edit_path, GIVEN | ROUNDS | {"preset": "rebuttal", "rounds-0-id": str(one.pk)}
    )

    rounds = response.context["form"].rounds
    assert response.status_code == 200
    assert [row["mode"].value() for row in rounds] == ["blind", "open", "rebuttal"]
    assert rounds[0]["id"].value() == str(one.pk)
    assert assignment.rounds.get().mode == "open"


def test_pseudonyms_are_not_offered_once_somebody_has_posted(
    page, instructor, edit_path, assignment
):
    AnnotationFactory(assignment=assignment)
    browser = page(instructor)

    response = browser.get(edit_path)
    browser.post(edit_path, GIVEN | {"uses_pseudonyms": "on"})

    assert response.context["form"].fields["uses_pseudonyms"].disabled
    assert "Somebody has posted" in response.content.decode()
    stored = Assignment.objects.get()
    assert (stored.title, stored.uses_pseudonyms) == ("Water", False)


def test_set_up_takes_a_fixed_number_of_queries(page, instructor, edit_path, assignment):
    browser = page(instructor)

    def grow():
        for number in (2, 3):
            RoundFactory(assignment=assignment, number=number)
            GroupFactory(seminar=assignment.seminar)

    expect_constant_queries(lambda: browser.get(edit_path), grow=grow)


# -- the end --------------------------------------------------------------------------------------


def test_assignment_is_deleted_after_a_question(page, instructor, edit_path):
    browser = page(instructor)

    asked = browser.get(f"{edit_path}delete/")
    answer = browser.post(f"{edit_path}delete/")

    assert "Delete this assignment?" in asked.content.decode()
    assert answer["Location"] == "/seminars/water-policy/"
    assert not Assignment.objects.exists()


def test_assignment_with_posts_is_closed_instead(page, instructor, edit_path, assignment):
    AnnotationFactory(assignment=assignment)
    browser = page(instructor)

    asked = browser.get(f"{edit_path}delete/").content.decode()
    refused = browser.post(f"{edit_path}delete/")
    closed = browser.post(f"{edit_path}close/")

    assert "Close this assignment?" in asked
    assert f'action="{edit_path}close/"' in asked
    assert refused.status_code == 409
    assert closed["Location"] == "/seminars/water-policy/"
    assert not Assignment.objects.get().is_open


def test_assignment_set_to_a_group_is_absent_for_others(
    page, classmate, edit_path, assignment, group
):
    assignment.is_for_groups = True
    assignment.save()
    assignment.groups.add(group)
    browser = page(classmate)

    for ending in ("", "delete/", "sides/", "extensions/", "template/"):
        expect_same_as_absent(
            browser.get(edit_path + ending),
            browser.get(f"/seminars/water-policy/-/assignments/none/{ending}"),
        )
