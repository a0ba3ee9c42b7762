"""The flow sheet as an Excel workbook: one argument a cell, one line for each answer.

Not one of the usual module names: it writes a file. Every cell is a text, and none begins as a
formula does (`plain_cell`), so that neither a spreadsheet nor a CSV made of it runs anything.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import xlsxwriter

from annotations.queries.flow import DROPPED, PENDING
from debate.core.text import plain_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from annotations.queries.flow import Argument, Column, FlowSheet, Group

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NUMBER, _CLAIM, _OTHER = 5, 34, 30
_A4 = 9


def flow_workbook(sheet: FlowSheet, *, title: str) -> bytes:
    """The rows of the sheet as an .xlsx file; the header stays in sight, and on each printed page."""
    file = BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    book.set_properties({"title": plain_cell(title)})
    page = book.add_worksheet("Flow sheet")
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.freeze_panes(1, 2)
    page.set_column(0, 0, _NUMBER)
    page.set_column(1, 1, _CLAIM)
    page.set_column(2, len(sheet.columns), _OTHER)
    shared = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BBBBBB"}
    plain = book.add_format(shared)
    formats = {
        "head": book.add_format({**shared, "bold": True, "bg_color": "#EEEEEE"}),
        "claim": book.add_format({**shared, "bold": True}),
        "evidence": book.add_format({**shared, "italic": True}),
        "empty": book.add_format({**shared, "bold": True, "font_color": "#AD3517"}),
    }
    writer = _Writer(page, sheet.columns, plain, formats)
    writer.write_header()
    for row in sheet.rows:
        writer.write_row(row.number, row.head)
    book.close()
    return file.getvalue()


class _Writer:
    """Writes lines below one another; `line` is the next free one."""

    def __init__(
        self,
        page: Worksheet,
        columns: Sequence[Column],
        plain: Format,
        formats: dict[str, Format],
    ) -> None:
        self.page = page
        self.columns = columns
        self.plain = plain
        self.formats = formats
        self.line = 0

    def write_header(self) -> None:
        """Write what the columns are called."""
        self._write(0, 0, "No.", "head")
        for number, column in enumerate(self.columns, 1):
            label = f"{column.label} ({column.hint})" if column.hint else column.label
            self._write(0, number, label, "head")
        self.line = 1

    def write_row(self, number: int, head: Group) -> None:
        """Write a claim with all that was said to it."""
        self._write(self.line, 0, str(number), "claim")
        self.line = self._group(head, self.line)

    def _group(self, group: Group, start: int) -> int:
        """Write the group with its answers beside it; returns the line below them."""
        behind = group.column + 1
        for line, argument in enumerate(group.arguments, start):
            style = "claim" if group.column == 0 and line == start else argument.kind
            self._write(line, group.column + 1, _words(argument), style)
            if argument.is_open and not group.answers and behind < len(self.columns):
                words = DROPPED if self.columns[behind].has_begun else PENDING
                self._write(line, behind + 1, words, "empty")
        line = start
        for answer in group.answers:
            line = self._group(answer, line)
        return max(line, start + len(group.arguments))

    def _write(self, line: int, column: int, text: str, style: str) -> None:
        self.page.write_string(line, column, plain_cell(text), self.formats.get(style, self.plain))


def _words(argument: Argument) -> str:
    """The argument and, on a second line, whose it is and what it does."""
    notes = [argument.word, argument.by, argument.how, argument.place, argument.source]
    if argument.is_given_up:
        notes.append("given up")
    if argument.elsewhere:
        notes.append(f"goes on in row {argument.elsewhere}")
    if argument.goes_on:
        notes.append("goes on beyond this sheet")
    if argument.is_open:
        notes.append("open")
    elif argument.standing:
        notes.append(argument.standing)
    return f"{argument.text}\n{' · '.join(note for note in notes if note)}"
