"""The gradebook of a seminar and of an assignment: who sees what, in how many queries, how heavy."""

import csv
import gzip
import io
import re
import zipfile
from decimal import Decimal

import pytest
from django.utils import timezone

from annotations.grading.enums import GradeState, MarkingMode
from annotations.grading.models import Grade
from debate.seminars.enums import GroupKind, Role
from tests.expect import expect_constant_queries, without_seconds
from tests.factories.accounts import UserFactory
from tests.factories.annotations import ReplyFactory, annotation_on
from tests.factories.assignments import AssignmentFactory
from tests.factories.bulk import graded_crowd, graded_works
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    MarkFactory,
    ReleaseFactory,
    SheetFactory,
    WorkFactory,
    WorkItemFactory,
)
from tests.factories.seminars import GroupFactory, MembershipFactory

BOOK = "/seminars/water-policy/-/gradebook/"
OWN = "/seminars/water-policy/who-should-pay/gradebook/"
API = "/api/v1/assignments/{}/gradebook/"


@pytest.fixture
def plan(assignment):
    return GradingPlanFactory(assignment=assignment, collected_at=timezone.now())


def graded(plan, student, final=None, state=GradeState.RELEASED, **fields):
    """A grade of a new work; a released one has its sheet."""
    work = WorkFactory(assignment=plan.assignment, student=student)
    grade = GradeFactory(work=work, state=state, raw=final, final=final, **fields)
    if state == GradeState.RELEASED:
        release = ReleaseFactory(assignment=plan.assignment)
        number = None if final is None else f"{final:.2f}"
        content = {"final": number, "raw": number, "excused": grade.is_excused}
        SheetFactory(grade=grade, release=release, content=content)
    return grade


def rows(response):
    """Each body row's name with the words of its cells."""
    found = re.findall(r'<tr><th scope="row">([^<]*).*?</th>(.*?)</tr>', response.content.decode())
    return {
        name: [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<td.*?</td>", cells)
        ]
        for name, cells in found
        if name != "Mean"
    }


def lines(response):
    """The rows of a CSV file."""
    return list(csv.reader(io.StringIO(response.content.decode(), newline="")))


def test_gradebook_tells_score_and_state_of_each_student(
    plan, student, classmate, instructor, page
):
    graded(plan, student, Decimal("7.50"))
    other = GradingPlanFactory(assignment=AssignmentFactory(seminar=plan.assignment.seminar))
    graded(other, student, state=GradeState.REOPENED, final=Decimal(3))
    graded(other, classmate, state=GradeState.NOT_STARTED)
    response = page(instructor).get(BOOK)
    assert rows(response) == {
        student.display_name: ["7.5 released", "3 under review"],
        classmate.display_name: ["no work", "not handed in"],
    }
    assert response["Cache-Control"] == "private, no-store"
    assert f"../../who-should-pay/gradebook/of/{student.pk}/" in response.content.decode()


def test_gradebook_without_plans_says_how_to_begin(seminar, instructor, page):
    assert (
        "No assignment of this seminar is graded yet" in page(instructor).get(BOOK).content.decode()
    )


def test_gradebook_of_a_blind_plan_tells_nothing_beside_names(
    plan, student, classmate, instructor, page
):
    plan.is_blind = True
    plan.save()
    for number, one in enumerate((student, classmate, *UserFactory.create_batch(5))):
        graded(plan, one, Decimal(number))
    browser = page(instructor)
    shown = browser.get(f"{BOOK}?sort=who-should-pay")
    assert rows(shown) == {
        student.display_name: ["marked blind"],
        classmate.display_name: ["marked blind"],
    }
    assert list(rows(shown)) == sorted(rows(shown), key=str.casefold)
    assert rows(browser.get(f"{BOOK}?state=released")) == {}
    assert str(student.pk) not in shown.content.decode()
    assert browser.get(f"{OWN}of/{student.pk}/").status_code == 404


def test_gradebook_cell_leads_to_the_desk(plan, student, instructor, page):
    work = graded(plan, student, Decimal(7)).work
    response = page(instructor).get(f"{OWN}of/{student.pk}/")
    assert response["Location"].endswith(f"/grading/works/{work.pk}/")


def test_gradebook_of_a_limited_assistant_holds_the_own_section(
    plan, student, classmate, seminar, page
):
    section = GroupFactory(seminar=seminar, kind=GroupKind.SECTION, members=[student])
    limited = MembershipFactory(seminar=seminar, role=Role.ASSISTANT, is_limited=True)
    limited.sections.add(section)
    for one in (student, classmate):
        graded(plan, one, Decimal(7))
    browser = page(limited.user)
    assert list(rows(browser.get(BOOK))) == [student.display_name]
    assert classmate.display_name not in browser.get(OWN).content.decode()
    assert browser.get(f"{OWN}of/{classmate.pk}/").status_code == 404


def test_number_that_a_second_blind_marker_may_not_know_is_left_out(
    plan, student, assistant, instructor, page
):
    plan.marking_mode = MarkingMode.BLIND_DOUBLE
    plan.save()
    grade = graded(plan, student, Decimal("6.25"), state=GradeState.AWAITING_SECOND)
    MarkFactory(work=grade.work, marker=instructor)
    for address in (BOOK, OWN):
        assert "6.25" not in without_seconds(page(assistant).get(address))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?sort=who-should-pay", ["Cy", "Ada", "Bo", "Di"]),
        ("?sort=-who-should-pay", ["Bo", "Ada", "Cy", "Di"]),
        ("?q=B", ["Bo"]),
        ("?state=ready", ["Ada"]),
        ("?state=nonsense&sort=nonsense", ["Ada", "Bo", "Cy", "Di"]),
    ],
    ids=["highest", "lowest", "name", "state", "nonsense"],
)
def test_gradebook_is_sorted_and_filtered_by_its_address(
    query, names, plan, seminar, instructor, page
):
    for name, final, state in (
        ("Ada", 5, GradeState.READY),
        ("Bo", 4, GradeState.RELEASED),
        ("Cy", 9, GradeState.RELEASED),
        ("Di", None, GradeState.IN_PROGRESS),
    ):
        one = MembershipFactory(seminar=seminar, user__name=name, user__username=f"x{name}q").user
        graded(plan, one, final if final is None else Decimal(final), state=state)
    query = query.replace("?q=B", "?q=Bo")
    assert list(rows(page(instructor).get(BOOK + query))) == names


def test_gradebook_is_filtered_by_section(plan, student, classmate, seminar, instructor, page):
    section = GroupFactory(seminar=seminar, kind=GroupKind.SECTION, members=[student])
    response = page(instructor).get(f"{BOOK}?section={section.pk}")
    assert list(rows(response)) == [student.display_name]


@pytest.mark.parametrize(("people", "mean"), [(4, ""), (5, "8.00")], ids=["four", "five"])
def test_mean_is_told_of_five_or_more(people, mean, plan, seminar, instructor, page):
    for one in MembershipFactory.create_batch(people, seminar=seminar):
        graded(plan, one.user, Decimal(8))
    foot = page(instructor).get(BOOK).content.decode().partition("<tfoot>")[2]
    assert re.findall(r"<td>(.*?)</td>", foot.partition("</tfoot>")[0]) == [mean]


def test_gradebook_asks_as_often_for_30_people_as_for_3(plan, seminar, instructor, page):
    users = [one.user for one in MembershipFactory.create_batch(3, seminar=seminar)]
    graded_works(plan, users)
    browser = page(instructor)

    def grow():
        more = [one.user for one in MembershipFactory.create_batch(27, seminar=seminar)]
        Grade.objects.filter(work__student__in=users).update(state=GradeState.NOT_STARTED)
        new = GradingPlanFactory(assignment=AssignmentFactory(seminar=seminar))
        graded_works(new, [*users, *more])

    expect_constant_queries(lambda: browser.get(BOOK), grow=grow)


def test_assignment_gradebook_asks_as_often_for_30_people_as_for_3(plan, seminar, instructor, page):
    users = [one.user for one in MembershipFactory.create_batch(3, seminar=seminar)]
    graded_works(plan, users)
    browser = page(instructor)

    def grow():
        for work in plan.assignment.works.all():
            WorkItemFactory(work=work)
        for one in MembershipFactory.create_batch(27, seminar=seminar):
            graded(plan, one.user, Decimal(8))

    for address in (OWN, f"{OWN}file/?form=csv", f"{OWN}participation/"):
        expect_constant_queries(lambda address=address: browser.get(address), grow=lambda: None)
    expect_constant_queries(lambda: browser.get(OWN), grow=grow)


def test_gradebook_of_200_students_by_20_assignments_weighs_under_120_kb(seminar, instructor, page):
    graded_crowd(seminar)
    response = page(instructor).get(BOOK)
    assert len(rows(response)) == 200
    assert len(gzip.compress(response.content)) < 120_000


def test_assignment_gradebook_tells_how_a_number_comes_about(
    plan, student, instructor, assistant, page
):
    grade = graded(plan, student, Decimal(8), late_deduction=1, adjustment=Decimal("0.5"))
    Grade.objects.filter(pk=grade.pk).update(final=Decimal("7.50"), released_at=timezone.now())
    MarkFactory(work=grade.work, marker=assistant)
    (cells,) = (
        [
            re.sub(r"<[^>]+>", "", cell).strip()
            for cell in re.findall(r"<td.*?</td>", page(instructor).get(OWN).content.decode())
        ][:7],
    )
    assert cells[:6] == ["Released", "8.00", "−1.00", "0.50", "7.50", assistant.display_name]


def test_participation_counts_kinds_replies_and_paragraphs(
    plan, paragraphs, student, classmate, instructor, page
):
    note = annotation_on(paragraphs[0], "water", assignment=plan.assignment, author=student)
    ReplyFactory(parent=note, author=classmate)
    browser = page(instructor)
    assert rows(browser.get(f"{OWN}participation/"))[student.display_name][-3:] == ["0", "1", "1"]
    table = lines(browser.get(f"{OWN}participation.csv"))
    assert table[0][-3:] == ["Replies given", "Replies received", "Paragraphs"]
    assert {row[0]: row[-3:] for row in table[1:]} == {
        student.display_name: ["0", "1", "1"],
        classmate.display_name: ["1", "0", "0"],
    }


# -- files -------------------------------------------------------------------------------------------


def test_csv_tells_released_grades_alone_unless_all_are_asked_for(
    plan, student, classmate, instructor, page
):
    graded(plan, student, Decimal("7.50"))
    graded(plan, classmate, Decimal("6.25"), state=GradeState.READY)
    browser = page(instructor)
    released = browser.get(f"{OWN}file/?form=csv")
    assert released["Content-Disposition"] == 'attachment; filename="grades-who-should-pay.csv"'
    assert {row[0]: (row[4], row[8]) for row in lines(released)[1:]} == {
        student.display_name: ("released", "7.50"),
        classmate.display_name: ("not released", ""),
    }
    whole = lines(browser.get(f"{OWN}file/?form=csv&grades=all"))
    assert {row[0]: row[8] for row in whole[1:]}[classmate.display_name] == "6.25"
    book = lines(browser.get(f"{BOOK}file/?form=csv"))
    assert {row[0]: row[4:] for row in book[1:]} == {
        student.display_name: ["7.50", "released"],
        classmate.display_name: ["", "not released"],
    }
    every = lines(browser.get(f"{BOOK}file/?form=csv&grades=all"))
    assert {row[0]: row[4:] for row in every[1:]}[classmate.display_name] == ["6.25", "ready"]


def test_csv_bears_a_byte_order_mark_where_that_is_wanted(plan, student, instructor, page):
    browser = page(instructor)
    assert browser.get(f"{OWN}file/?form=csv&bom=on").content.startswith(b"\xef\xbb\xbfName,")
    assert browser.get(f"{OWN}file/?form=csv").content.startswith(b"Name,")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_cell_that_a_spreadsheet_would_run_is_neutralised(sign, plan, seminar, instructor, page):
    loud = MembershipFactory(seminar=seminar, user__name=f"{sign}HYPERLINK(1)").user
    graded(plan, loud, Decimal(7))
    browser = page(instructor)
    for address in (f"{OWN}file/?form=csv", f"{OWN}file/?form=canvas", f"{BOOK}file/?form=csv"):
        cells = [cell for row in lines(browser.get(address)) for cell in row]
        assert f"'{sign}HYPERLINK(1)" in cells
        assert f"{sign}HYPERLINK(1)" not in cells


def test_workbook_holds_numbers_as_numbers_and_keeps_names_in_sight(
    plan, student, instructor, page
):
    graded(plan, student, Decimal("7.50"))
    for address in (f"{OWN}file/?form=xlsx", f"{BOOK}file/?form=xlsx"):
        book = zipfile.ZipFile(io.BytesIO(page(instructor).get(address).content))
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        numbers = re.findall(r'<c r="\w+" s="\d"><v>(7[^<]*)</v>', sheet)
        assert set(numbers) == {"7.50"}
        assert 'state="frozen"' in sheet
        assert "<f>" not in sheet


def test_canvas_form_has_its_columns_points_and_words(plan, student, classmate, instructor, page):
    graded(plan, student, Decimal("7.50"))
    graded(plan, classmate, None, is_excused=True)
    query = "?form=canvas&column=Week+6+(90211)"
    table = lines(page(instructor).get(f"{OWN}file/{query}"))
    assert table[:2] == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Week 6 (90211)"],
        ["    Points Possible", "", "", "", "", "10.00"],
    ]
    assert sorted(table[2:]) == sorted(
        [
            [student.display_name, "", "", student.username, "", "7.50"],
            [classmate.display_name, "", "", classmate.username, "", "EX"],
        ]
    )


def test_canvas_form_of_a_blind_plan_is_refused(plan, student, instructor, page, api):
    plan.is_blind = True
    plan.save()
    graded(plan, student, Decimal(7))
    response = page(instructor).get(f"{OWN}file/?form=canvas")
    assert response.status_code == 409
    assert "Names are hidden" in response.content.decode()
    told = api(instructor, scopes=("grades:read",)).get(
        API.format(plan.assignment_id), {"format": "canvas"}
    )
    assert (told.status_code, told.json()["code"]) == (409, "names_hidden")


def test_files_of_a_blind_plan_tell_aliases_alone(plan, student, instructor, page):
    plan.is_blind = True
    plan.save()
    work = graded(plan, student, Decimal("7.50")).work
    browser = page(instructor)
    table = lines(browser.get(f"{OWN}file/?form=csv&grades=all"))
    assert table[0][:2] == ["Alias", "State"]
    assert table[1][0] == work.alias
    assert lines(browser.get(f"{BOOK}file/?form=csv&grades=all"))[1][4:] == ["", "marked blind"]


@pytest.mark.parametrize("address", [f"{OWN}file/", f"{BOOK}file/", f"{OWN}fill/"])
def test_files_are_for_instructors_alone(address, plan, assistant, student, page):
    assert page(assistant).get(address).status_code == 403
    assert page(student).get(address).status_code == 403


def test_program_takes_the_same_file_as_the_page(plan, student, instructor, page, api):
    graded(plan, student, Decimal("7.50"))
    client = api(instructor, scopes=("grades:read",))
    for form in ("csv", "canvas"):
        told = client.get(API.format(plan.assignment_id), {"format": form})
        assert told.content == page(instructor).get(f"{OWN}file/?form={form}").content
        assert told["Cache-Control"] == "private, no-store"
    assert client.get(API.format(plan.assignment_id), {"format": "pdf"}).status_code == 400


def test_program_without_the_scope_or_of_an_assistant_is_refused(plan, assistant, instructor, api):
    address = API.format(plan.assignment_id)
    assert api(instructor, scopes=("read",)).get(address).status_code == 403
    assert api(assistant, scopes=("grades:read",)).get(address).status_code == 403
