"""Grading from one end to the other: an instructor who has a keyboard alone, a student with a phone."""

import csv
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from annotations.grading.actions.marking import MarkChange, PartChange, change_work, submit_mark
from annotations.grading.actions.releasing import release_grades
from annotations.grading.enums import GradeState, MarkingMode, MarkState
from annotations.grading.models import Grade, Mark, RegradeRequest, Rubric
from debate.seminars.enums import Role
from tests.browser.conftest import PHONE
from tests.browser.keys import press_on, tab_to
from tests.factories.annotations import annotation_on
from tests.factories.grading import GradeFactory, GradingPlanFactory, WorkFactory, WorkItemFactory
from tests.factories.seminars import MembershipFactory

MARKED = ("4", "e", "3", "3", "2", "3", "2", "Enter")
"""Six criteria, of which the second has to cite a contribution, and the way to the next work."""


@pytest.fixture
def closed(assignment, paragraphs):
    """The assignment after its closing; each of eight students has written one note."""
    for number in range(8):
        member = MembershipFactory(
            seminar=assignment.seminar, role=Role.STUDENT, user__username=f"writer{number}"
        )
        annotation_on(paragraphs[0], assignment=assignment, author=member.user)
    assignment.opens_at = timezone.now() - timedelta(days=9)
    assignment.closes_at = timezone.now() + timedelta(seconds=1)
    assignment.save()
    type(assignment).objects.filter(pk=assignment.pk).update(closes_at=timezone.now())
    return assignment


def type_criterion(page, title):
    """A further criterion of three levels, which give 0, 1 and 2 points."""
    press_on(page, "Add a criterion")
    tab_to(page, "Criterion")
    page.keyboard.type(title)
    for level in ("Not yet", "Nearly", "There"):
        tab_to(page, "Level")
        page.keyboard.type(level)


def make_rubric(page, seminar):
    page.goto(f"{seminar.get_absolute_url()}-/rubrics/")
    press_on(page, "Debate commentary")
    tab_to(page, "Add a criterion", key="Shift+Tab")
    page.keyboard.press("Shift+Tab")
    type_criterion(page, "Reads the words")
    type_criterion(page, "Writes plainly")
    press_on(page, "Publish")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Debate commentary")


def set_up(page, grading):
    page.goto(grading)
    press_on(page, "Set up grading")
    tab_to(page, "Rubric None yet")
    page.keyboard.type("Debate")
    press_on(page, "Set up grading")
    expect(page.get_by_role("main")).to_contain_text("The grading is set up.")


def mark_all(page, grading):
    """Mark works, which are collected as it has closed, until none is left."""
    page.goto(grading)
    press_on(page, "Start next")
    for _ in range(8):
        expect(page.locator("[data-row][aria-current]")).to_have_count(1)
        with page.expect_navigation():
            for key in MARKED:
                page.keyboard.press(key)


def test_keyboard_alone_sets_up_grades_eight_works_releases_and_takes_the_canvas_file(
    browse, instructor, closed
):
    page = browse(instructor)
    grading = f"{closed.get_absolute_url()}grading/"

    make_rubric(page, closed.seminar)
    set_up(page, grading)
    mark_all(page, grading)

    version = Rubric.objects.get().versions.get()
    assert version.criteria.count() == 6
    assert len(MARKED) <= 8
    marks = Mark.objects.filter(state=MarkState.SUBMITTED)
    assert list(marks.values_list("total", flat=True)) == [Decimal(3 + 2 + 2 + 1 + 2 + 1)] * 8

    page.goto(grading)
    press_on(page, "Release…")
    press_on(page, "Release those that are ticked…")
    press_on(page, "Release now")
    expect(page.get_by_role("main")).to_contain_text("8 grades were released")
    assert Grade.objects.filter(state=GradeState.RELEASED, final=11).count() == 8

    page.goto(f"{closed.get_absolute_url()}gradebook/")
    tab_to(page, "Download")
    page.keyboard.press("Enter")
    tab_to(page, "As")
    page.keyboard.type("A table that C")
    tab_to(page, "Download")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    rows = list(csv.reader(Path(download.value.path()).read_text("utf-8-sig").splitlines()))
    assert [row[-1] for row in rows[-8:]] == ["11.00"] * 8


def test_keyboard_alone_settles_what_two_blind_markers_disagree_about(
    browse, instructor, assistant, member_of_staff, assignment, student
):
    plan = GradingPlanFactory(
        assignment=assignment, marking_mode=MarkingMode.BLIND_DOUBLE, tolerance=1
    )
    work = marked_work(plan, student)
    for marker, level in ((assistant, 0), (member_of_staff, 3)):
        mark_by(marker, work, level)
    grade = work.grade
    grade.refresh_from_db()
    assert (grade.state, grade.final) == (GradeState.DISAGREED, None)

    page = browse(instructor)
    page.goto(f"{assignment.get_absolute_url()}grading/?state=disagreed")
    press_on(page, f"between the marks of {student.display_name}, side by side")
    tab_to(page, "Agreed value")
    page.keyboard.type("5.5")
    page.keyboard.press("Tab")
    page.keyboard.type("We read both once more: the evidence is there, the claim is not.")
    press_on(page, "Set the agreed value")

    expect(page.get_by_role("main")).to_contain_text("We read both once more")
    grade.refresh_from_db()
    assert (grade.state, grade.final) == (GradeState.READY, Decimal("5.5"))


@pytest.fixture
def member_of_staff(seminar):
    return MembershipFactory(seminar=seminar, role=Role.ASSISTANT).user


def marked_work(plan, student):
    work = WorkFactory(assignment=plan.assignment, student=student)
    GradeFactory(work=work)
    WorkItemFactory(work=work)
    return work


def mark_by(marker, work, level):
    """A submitted mark of that level throughout; all that it says besides is cited and said."""
    claim, evidence, style = work.assignment.grading_plan.rubric_version.criteria.all()
    item = work.items.get()
    parts = {
        one.key: PartChange(level=one.levels.all()[level].key, cited=[item.pk])
        for one in (claim, evidence)
    }
    change = MarkChange(
        comment="You read closely.", parts=parts | {style.key: PartChange(points=Decimal(level))}
    )
    mark = change_work(actor=marker, work_id=work.pk, change=change, version=0)
    return submit_mark(actor=marker, mark_id=mark.pk, version=mark.version)


def test_student_with_a_phone_reads_nothing_then_the_grade_and_asks_again(
    browse, instructor, assignment, student
):
    work = marked_work(GradingPlanFactory(assignment=assignment), student)
    mark_by(instructor, work, 3)
    page = browse(student, size=PHONE, has_touch=True)
    mine = f"{assignment.get_absolute_url()}grading/mine/"
    main = page.get_by_role("main")

    page.goto(mine)
    expect(main.get_by_role("heading", name="What is asked, and what is in")).to_be_visible()
    expect(main).not_to_contain_text("You read closely.")
    expect(main).not_to_contain_text("9 of 10")

    release_grades(actor=instructor, assignment_id=assignment.pk)
    page.goto(mine)
    expect(main).to_contain_text("9 of 10")
    expect(main).to_contain_text("You read closely.")
    expect(main.get_by_role("link", name="Comment", exact=True)).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    main.get_by_text("Ask to look at a criterion again").tap()
    main.get_by_label("About").select_option("Evidence")
    main.get_by_label("What should be looked at again, and why").fill("The second note has one.")
    main.get_by_role("button", name="Send the request").tap()
    expect(main.get_by_role("article")).to_contain_text("The second note has one.")
    asked = RegradeRequest.objects.get()
    assert (asked.state, asked.grade) == ("open", work.grade)
