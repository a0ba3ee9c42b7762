"""The page of one grade: how it comes about, its history, and what instructors do to it."""

from decimal import Decimal

import pytest

from annotations.grading.enums import GradeState, MarkingMode
from annotations.grading.folding import fold
from annotations.grading.models import Grade, GradingPlan, Mark
from tests.annotations.grading.views.conftest import words
from tests.expect import expect_denied


@pytest.fixture
def address(at_grading, graded_work):
    return f"{at_grading}works/{graded_work.pk}/grade/"


def filled(act, **given):
    return {"act": act, "version": Grade.objects.get().version, "reason": "A slip."} | given


def test_grade_page_tells_numbers_and_who_did_what(page, assistant, address):
    response = page(assistant).get(address)

    told = words(response)
    assert response["Cache-Control"] == "private, no-store"
    assert "<dd>8 of 10</dd>" in told
    assert "The mark of one marker." in told
    assert f"<b>{assistant.display_name}</b> recomputed" in told
    assert "Final: – → 8.00" in told


def test_grade_is_adjusted_with_a_reason_that_its_history_keeps(page, instructor, address):
    client = page(instructor)

    response = client.post(address, filled("adjust", adjustment="-0.5"), follow=True)

    grade = Grade.objects.get()
    assert (grade.raw, grade.adjustment, grade.final) == (8, Decimal("-0.5"), Decimal("7.5"))
    told = words(response)
    assert "The grade is adjusted." in told
    assert "Adjustment: 0.00 → -0.50; Final: 8.00 → 7.50" in told
    assert "A slip." in told


def test_grade_adjusted_from_an_older_version_shows_both_and_keeps_what_was_typed(
    page, instructor, address
):
    client = page(instructor)
    form = filled("adjust", adjustment="-2")
    client.post(address, filled("adjust", adjustment="1"))

    response = client.post(address, form)

    told = words(response)
    assert response.status_code == 412
    assert "<td>1</td><td>-2</td>" in told
    assert "The grade has changed since you looked at it." in told
    version = Grade.objects.get().version
    assert f'name="version" value="{version}"' in told
    assert Grade.objects.get().adjustment == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"adjustment": "11"}, "Give a number between -10.00 and 10.00."),
        ({"adjustment": "x"}, "Enter a number."),
        ({"adjustment": "1", "reason": " "}, "This field is required."),
    ],
    ids=["out of bounds", "no number", "no reason"],
)
def test_grade_adjusted_by_what_cannot_be_is_refused(page, instructor, address, given, said):
    response = page(instructor).post(address, filled("adjust", **given))

    assert response.status_code == 400
    assert said in words(response)
    assert Grade.objects.get().adjustment == 0


def test_work_is_excused_and_graded_after_all(page, instructor, address):
    client = page(instructor)

    excused = words(client.post(address, filled("excuse"), follow=True))
    assert "This work is excused: it has no number" in excused
    assert "Adjust the grade" in excused
    graded = words(client.post(address, filled("unexcuse"), follow=True))

    assert "<dd>8 of 10</dd>" in graded
    assert Grade.objects.get().state == GradeState.READY


def test_released_grade_is_reopened_alone(page, instructor, address, released):
    client = page(instructor)

    assert "Adjust the grade" not in words(client.get(address))
    response = client.post(address, filled("reopen"), follow=True)

    assert "Its student reads that it is under review." in words(response)
    grade = Grade.objects.get()
    assert grade.state == GradeState.REOPENED
    assert fold(grade.events.values_list("after", flat=True))["state"] == GradeState.REOPENED


@pytest.mark.parametrize("act", ["adjust", "excuse", "reopen"])
def test_grade_is_changed_by_instructors_alone(page, assistant, address, act):
    expect_denied(page(assistant).post(address, filled(act, adjustment="1")))


def test_grade_page_in_blind_marking_names_nobody(page, instructor, address, student):
    GradingPlan.objects.update(is_blind=True)
    page(instructor).post(
        address, filled("adjust", adjustment="1", reason=f"{student.name} asked.")
    )

    told = words(page(instructor).get(address))

    assert "Quiet Lever asked." in told
    for hidden in (student.name, student.username, student.email, str(student.pk)):
        assert hidden not in told


def test_grade_of_two_who_mark_blind_is_hidden_from_who_has_still_to_mark(
    page, assistant, instructor, address
):
    GradingPlan.objects.update(marking_mode=MarkingMode.BLIND_DOUBLE)
    Grade.objects.update(state=GradeState.AWAITING_SECOND)
    Mark.objects.update(marker=instructor)

    told = words(page(assistant).get(address))

    assert "You see the grade once you have submitted your mark." in told
    assert "8" not in told.partition("<h1>")[2].partition("</main>")[0].replace(address, "")
    assert "<dd>8 of 10</dd>" in words(page(instructor).get(address))


def test_grade_of_two_who_mark_blind_is_hidden_from_an_instructor_who_is_to_mark(
    page, instructor, address, graded_work
):
    GradingPlan.objects.update(marking_mode=MarkingMode.BLIND_DOUBLE)
    Grade.objects.update(state=GradeState.AWAITING_SECOND)
    graded_work.second_marker = instructor
    graded_work.save()

    told = words(page(instructor).get(address))

    assert "You see the grade once you have submitted your mark." in told


@pytest.mark.parametrize(("who", "status"), [("student", 403), ("outsider", 404)])
def test_grade_page_is_for_staff(page, address, who, status, request):
    assert page(request.getfixturevalue(who)).get(address).status_code == status
