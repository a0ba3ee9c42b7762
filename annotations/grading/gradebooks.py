"""Gradebooks as files: tables for spreadsheets, and the form that Canvas imports.

Not one of the usual module names: it writes files, for pages and the API alike. No cell begins as a
formula does, numbers are numbers, and no file's name tells a person's.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import xlsxwriter
from django.http import HttpResponse

from annotations.grading.permissions import knows_names
from annotations.grading.queries.gradebook import (
    BookChoice,
    book_of,
    lines_of,
    points_of,
    shown_now,
)
from debate.core.api.conditional import etag
from debate.core.errors import InvalidState
from debate.core.text import plain_cell

if TYPE_CHECKING:
    from annotations.grading.models import GradingPlan
    from annotations.grading.queries.gradebook import Line, Shown
    from debate.accounts.models import User
    from debate.seminars.models import Membership

CSV, XLSX, CANVAS = "csv", "xlsx", "canvas"
FORMS: Final = {
    CSV: "A table (CSV)",
    XLSX: "A workbook (XLSX)",
    CANVAS: "A table that Canvas imports (CSV)",
}
MEDIA_TYPES: Final = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CANVAS: "text/csv; charset=utf-8",
}
LONGEST_COLUMN: Final = 255
NAMES_HIDDEN: Final = (
    "Names are hidden as long as this assignment is marked blind, so nobody's row is known. "
    "End blind marking in the set-up first."
)

Value = str | Decimal | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: what its columns are called, its rows, and how many columns stay in sight."""

    title: str
    head: list[str]
    rows: list[list[Value]]
    fixed: int = 1


def seminar_sheet(user: User, membership: Membership, *, released: bool) -> Sheet:
    """A seminar's students with each assignment's grade and state: what students read, or all."""
    book = book_of(user, membership, BookChoice())
    plans = [column.plan for column in book.columns]
    open_ids = [plan.assignment_id for plan in plans if knows_names(plan)]
    shown = shown_now(user, open_ids) if released else {}
    head = ["Name", "Username", "E-mail", "Section"]
    for column in book.columns:
        head += [f"{column.title} (of {_plain(column.points)})", f"{column.title}: state"]
    rows: list[list[Value]] = []
    for row in book.rows:
        student = row.student
        cells: list[Value] = [row.name, student.username, student.email, row.section]
        for column, cell in zip(book.columns, row.cells, strict=True):
            if not released or column.is_blind:
                cells += [cell.score, cell.words]
                continue
            cells += _released(shown.get((student.pk, column.plan.assignment_id)))
        rows.append(cells)
    return Sheet("Gradebook", head, rows)


def assignment_sheet(user: User, plan: GradingPlan, *, released: bool) -> Sheet:
    """An assignment's works with their numbers: what students read, or all. By alias if blind."""
    named = knows_names(plan)
    who = ["Name", "Username", "E-mail", "Section"] if named else ["Alias"]
    numbers = ["By the marks", "Taken off for lateness", "Adjustment", "Final", "Points possible"]
    head = [*who, "State", *numbers, "Markers", "Released at"]
    shown = shown_now(user, [plan.assignment_id]) if released else {}
    most = points_of(plan)
    rows: list[list[Value]] = []
    for line in lines_of(user, plan).lines:
        student = line.row.work.student
        own = [line.name, student.username, student.email, line.row.section]
        cells: list[Value] = [*own] if named else [line.name]
        one = shown.get((line.row.work.student_id, plan.assignment_id))
        cells += _numbers_of(one) if released else _all_numbers(line)
        at = line.released_at if line.released_at and (one or not released) else None
        when = at.isoformat(timespec="seconds") if at else ""
        cells += [most, ", ".join(line.row.markers), when]
        rows.append(cells)
    return Sheet("Grades", head, rows)


def canvas_sheet(user: User, plan: GradingPlan, *, released: bool, column: str = "") -> Sheet:
    """The form that Canvas imports: its five columns of people, the assignment, and its points.

    `column` is how Canvas calls the assignment, with its id: without that it makes a new one.
    Raises InvalidState (`names_hidden`) while names are hidden.
    """
    refuse_hidden_names(plan)
    title = " ".join(column.split())[:LONGEST_COLUMN] or plan.assignment.title
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title]
    points: list[Value] = ["    Points Possible", "", "", "", "", points_of(plan)]
    shown = shown_now(user, [plan.assignment_id]) if released else {}
    rows: list[list[Value]] = [points]
    for line in lines_of(user, plan).lines:
        work = line.row.work
        grade: Value = line.final
        is_excused = line.key == "excused"
        if released:
            one = shown.get((work.student_id, plan.assignment_id))
            grade = one.final if one else None
            is_excused = one is not None and one.final is None
        own = [line.name, "", "", work.student.username, line.row.section]
        rows.append([*own, "EX" if is_excused else grade])
    return Sheet("Canvas", head, rows)


def refuse_hidden_names(plan: GradingPlan) -> None:
    """Raise InvalidState (`names_hidden`) while the assignment is marked blind."""
    if not knows_names(plan):
        raise InvalidState(NAMES_HIDDEN, code="names_hidden")


def _released(one: Shown | None) -> list[Value]:
    if one is None:
        return [None, "not released"]
    return [one.final, "excused" if one.final is None else "released"]


def _numbers_of(one: Shown | None) -> list[Value]:
    if one is None:
        return ["not released", None, None, None, None]
    if one.final is None:
        return ["excused", None, None, None, None]
    return ["released", one.raw, one.late_deduction, one.adjustment, one.final]


def _all_numbers(line: Line) -> list[Value]:
    numbers = [line.raw, line.late_deduction, line.adjustment, line.final]
    return [line.state_words, *numbers]


# -- as files ----------------------------------------------------------------------------------------


def sheet_for(
    user: User, plan: GradingPlan, form: str, *, released: bool, column: str = ""
) -> Sheet:
    """An assignment's table as the form wants it; see `canvas_sheet` and `assignment_sheet`."""
    if form == CANVAS:
        return canvas_sheet(user, plan, released=released, column=column)
    return assignment_sheet(user, plan, released=released)


def answered(sheet: Sheet, form: str, *, name: str, marked: bool = False) -> HttpResponse:
    """The table as a file to be kept; `marked` puts a byte order mark before a CSV file."""
    body = workbook(sheet) if form == XLSX else table(sheet).encode()
    if marked and form != XLSX:
        body = "\ufeff".encode() + body
    end = "-canvas.csv" if form == CANVAS else f".{form}"
    disposition = f'attachment; filename="{name}{end}"'
    # Of the table, not of the file: a workbook also says when it was made.
    tag = etag(0, form, marked, repr(sheet))
    return HttpResponse(
        body,
        content_type=MEDIA_TYPES[form],
        headers={"Content-Disposition": disposition, "ETag": tag},
    )


def table(sheet: Sheet) -> str:
    """The table as separated values, with CRLF as RFC 4180 wants it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([plain_cell(name) for name in sheet.head])
    writer.writerows([_text(value) for value in row] for row in sheet.rows)
    return out.getvalue()


def workbook(sheet: Sheet) -> bytes:
    """The table as an .xlsx file: texts as texts, numbers as numbers, names and people in sight."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    page = book.add_worksheet(sheet.title)
    page.freeze_panes(1, sheet.fixed)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_column(0, 0, 28)
    page.set_column(1, len(sheet.head) - 1, 16)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    number = book.add_format({"num_format": "0.00"})
    for at, name in enumerate(sheet.head):
        page.write_string(0, at, plain_cell(name), bold)
    for line, row in enumerate(sheet.rows, 1):
        for at, value in enumerate(row):
            if isinstance(value, Decimal):
                page.write_number(line, at, value, number)
            elif value:
                page.write_string(line, at, plain_cell(value))
    book.close()
    return file.getvalue()


def _text(value: Value) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if isinstance(value, Decimal) else plain_cell(value)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
