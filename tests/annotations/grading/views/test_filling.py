"""A learning management system's file filled through the page: looked at, then taken exactly so."""

import html
import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from annotations.grading.enums import GradeState
from annotations.grading.models import Release
from debate.seminars.enums import Role
from tests.expect import without_seconds
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    ReleaseFactory,
    SheetFactory,
    WorkFactory,
)
from tests.factories.seminars import MembershipFactory

FILL = "/seminars/water-policy/who-should-pay/gradebook/fill/"

CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Who should pay? (90211),Essay (90212),Notes\r\n"
    "    Points Possible,,,,,20.0,100.0,(read only)\r\n"
    '"Somebody, Else",101,S-1,{student},"Mon, 9:00",,77.5,  80.1 "said ""hi"""\r\n'
    '"Reyes, Jonah",102,S-2,{classmate},"Mon, 9:00",12,,=2+2\r\n'
    "\r\n"
    '"Nobody, Ada",103,S-3,ada,Tue,,,\x85\r\n'
)


@pytest.fixture
def plan(assignment):
    assignment.title = "Who should pay?"
    assignment.save()
    return GradingPlanFactory(assignment=assignment, collected_at=timezone.now())


@pytest.fixture
def released(plan, student):
    """The student's grade of 7.50, of 10, is released, with a comment."""
    return released_grade(plan, student)


def released_grade(plan, student, *, final="7.50", excused=False):
    work = WorkFactory(assignment=plan.assignment, student=student)
    number = None if excused else Decimal(final)
    grade = GradeFactory(
        work=work, state=GradeState.RELEASED, final=number, raw=number, is_excused=excused
    )
    content = {
        "final": None if excused else final,
        "excused": excused,
        "marks": [{"comment": "Well argued."}],
    }
    release = ReleaseFactory(assignment=plan.assignment)
    SheetFactory(grade=grade, release=release, content=content)
    return grade


@pytest.fixture
def file(student, classmate):
    return CANVAS.format(student=student.username, classmate=classmate.username).encode()


def uploaded(browser, content):
    """The page after the upload of that file."""
    return browser.post(FILL, {"file": SimpleUploadedFile("grades.csv", content)})


def hidden(response):
    """What the page carries along."""
    found = re.findall(
        r'<input type="hidden" name="(kept|digest)" value="([^"]*)"', response.content.decode()
    )
    return {name: html.unescape(value) for name, value in found}


def changes(response):
    """Row, person, column, before and after, of each cell that changes."""
    body = response.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [
            html.unescape(re.sub(r"<[^>]+>", "", cell))
            for cell in re.findall(r"<t[dh].*?</t[dh]>", row)
        ]
        for row in body.split("</tr>")[:-1]
    ]


def test_file_comes_back_with_its_column_filled_and_every_other_byte_as_it_was(
    released, student, instructor, file, page
):
    browser = page(instructor)
    shown = uploaded(browser, file)
    assert shown["Cache-Control"] == "private, no-store"
    assert changes(shown) == [["3", "Somebody, Else 101", "Who should pay? (90211)", "–", "7.50"]]
    assert "1 row of nobody who is known here" in shown.content.decode()
    assert "Row 6: Nobody, Ada 103" in shown.content.decode()
    taken = browser.post(FILL, {**hidden(shown), "column": "5", "words": "on", "step": "take"})
    assert taken["Content-Disposition"] == 'attachment; filename="filled-who-should-pay.csv"'
    assert taken.content == file.replace(b'"Mon, 9:00",,77.5', b'"Mon, 9:00",7.50,77.5')


def test_grades_are_converted_to_the_points_of_the_file_where_that_is_chosen(
    released, instructor, file, page
):
    browser = page(instructor)
    form = {**hidden(uploaded(browser, file)), "column": "5", "scales": "on"}
    looked = browser.post(FILL, {**form, "step": "look"})
    assert [row[-1] for row in changes(looked)] == ["15.00"]
    taken = browser.post(FILL, {**form, **hidden(looked), "step": "take"})
    assert b'"Mon, 9:00",15.00,77.5' in taken.content


def test_choice_that_was_not_looked_at_is_shown_before_it_is_taken(
    released, instructor, file, page
):
    browser = page(instructor)
    form = {**hidden(uploaded(browser, file)), "column": "6", "step": "take"}
    response = browser.post(FILL, form)
    assert response.status_code == 409
    assert [row[2:] for row in changes(response)] == [["Essay (90212)", "77.5", "7.50"]]


def test_grade_taken_back_meanwhile_is_not_in_the_file(released, instructor, file, page):
    browser = page(instructor)
    form = {**hidden(uploaded(browser, file)), "column": "5", "words": "on", "step": "take"}
    Release.objects.update(undone_at=timezone.now())
    response = browser.post(FILL, form)
    assert (response.status_code, changes(response)) == (409, [])


def test_grade_that_is_not_released_is_filled_in_nowhere(plan, student, instructor, file, page):
    work = WorkFactory(assignment=plan.assignment, student=student)
    GradeFactory(work=work, state=GradeState.READY, final=Decimal("6.25"), raw=Decimal("6.25"))
    response = uploaded(page(instructor), file)
    assert changes(response) == []
    assert "6.25" not in without_seconds(response)


def test_people_are_found_by_the_part_of_their_address_before_the_sign(
    plan, student, instructor, page
):
    student.email = "m.haddad@example.edu"
    student.save()
    released_grade(plan, student)
    response = uploaded(page(instructor), b"Username,Grade\nm.haddad,\n")
    assert changes(response) == [["2", "m.haddad", "Grade", "–", "7.50"]]


def test_rows_and_people_without_one_another_are_told(released, plan, classmate, instructor, page):
    text = uploaded(page(instructor), b"Username,Grade\nnobody,\n").content.decode()
    assert "1 row of nobody who is known here" in text
    assert "Row 2: nobody" in text
    assert "1 person with a released grade is not in the file" in text


def test_moodle_worksheet_is_filled_with_grade_and_words(plan, student, instructor, page):
    released_grade(plan, student)
    content = (
        b"Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
        b"Last modified (grade),Feedback comments\r\n"
        b"Participant 11,X," + student.email.encode() + b",Submitted,,10.00,Yes,-,\r\n"
    )
    browser = page(instructor)
    shown = uploaded(browser, content)
    assert [row[2:] for row in changes(shown)] == [
        ["Grade", "–", "7.50"],
        ["Feedback comments", "–", "Well argued."],
    ]
    taken = browser.post(FILL, {**hidden(shown), "column": "4", "words": "on", "step": "take"})
    assert taken.content == content.replace(b"Submitted,,", b"Submitted,7.50,").replace(
        b",-,\r", b",-,Well argued.\r"
    )


def test_excused_work_says_so_to_canvas(plan, student, instructor, file, page):
    released_grade(plan, student, excused=True)
    assert [row[-1] for row in changes(uploaded(page(instructor), file))] == ["EX"]


def test_file_whose_column_is_not_clear_asks_for_it(released, student, instructor, page):
    browser = page(instructor)
    content = f"Username,One,Two\n{student.username},,\n".encode()
    shown = uploaded(browser, content)
    assert "Choose one, then look again" in shown.content.decode()
    assert "Download the filled file" not in shown.content.decode()
    again = browser.post(FILL, {**hidden(shown), "column": "2", "step": "look"})
    assert [row[2:] for row in changes(again)] == [["Two", "–", "7.50"]]
    refused = browser.post(FILL, {**hidden(shown), "column": "0", "step": "look"})
    assert "Choose one, then look again" in refused.content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b" ", "The file is empty."),
        (b"a,b\n1,2\n", "line 1: it names no column of people"),
        (b"x" * 5_000_001, "The file is larger than 5 MB."),
    ],
    ids=["blank", "no people", "too large"],
)
def test_file_that_is_no_gradebook_is_refused_at_its_field(content, words, plan, instructor, page):
    response = uploaded(page(instructor), content)
    assert response.status_code == 400
    assert words in html.unescape(response.content.decode())


def test_kept_file_that_the_site_did_not_give_is_refused(released, instructor, file, page):
    kept = hidden(uploaded(page(instructor), file))
    changed = kept["kept"][:-4] + "AAAA"
    response = page(instructor).post(FILL, {"kept": changed, "column": "5"})
    assert response.status_code == 400
    assert "This was not given by this site" in response.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_blind_plan_fills_no_file(method, released, plan, student, instructor, file, page):
    plan.is_blind = True
    plan.save()
    response = getattr(page(instructor), method)(FILL)
    assert response.status_code == 409
    assert "Names are hidden" in response.content.decode()
    assert student.display_name not in response.content.decode()


def test_kept_file_of_another_instructor_is_refused(released, seminar, instructor, file, page):
    other = MembershipFactory(seminar=seminar, role=Role.INSTRUCTOR).user
    kept = hidden(uploaded(page(other), file))
    assert page(instructor).post(FILL, {**kept, "column": "5"}).status_code == 400
