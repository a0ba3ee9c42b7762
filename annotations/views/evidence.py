"""The evidence of an assignment: as a list, as debate cards, and as files."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from annotations.bibliography.cards import write_cards
from annotations.forms.sources import evidence_choice
from annotations.queries.evidence import (
    FLAGS,
    SORTS,
    STANCES,
    cards_of,
    cards_page,
    chosen_rows,
    evidence_page,
)
from annotations.views.sources import exported
from debate.assignments.models import Assignment
from debate.core.errors import Missing
from debate.core.policies import public
from debate.core.text import plain_cell
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from annotations.queries.evidence import SourceRow

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _assignment(request: HttpRequest, seminar: str, assignment: str) -> Assignment:
    """The assignment where the person reads it; 404 for others."""
    assignments = Assignment.objects.visible_to(request.user).for_pages()
    return get_object_or_404(assignments, seminar__slug=seminar, slug=assignment)


@public
@require_safe
def evidence(request: HttpRequest, seminar: str, assignment: str) -> HttpResponse:
    """Source by source what speaks for and against which claims, and who has checked it."""
    found = _assignment(request, seminar, assignment)
    page = evidence_page(request.user, found, evidence_choice(request.GET.dict()))
    context = {
        "page": page,
        "assignment": found,
        "is_member": membership_of(request.user, found.seminar) is not None,
        "stances": STANCES,
        "flags": FLAGS,
        "sorts": SORTS,
    }
    return render(request, "annotations/evidence.html", context)


@public
@require_safe
def cards(request: HttpRequest, seminar: str, assignment: str) -> HttpResponse:
    """The evidence as debate cards, to read and to print."""
    found = _assignment(request, seminar, assignment)
    page = cards_page(request.user, found, evidence_choice(request.GET.dict()))
    context = {"page": page, "assignment": found}
    return render(request, "annotations/evidence_cards.html", context)


@public
@require_safe
def evidence_export(request: HttpRequest, seminar: str, assignment: str, form: str) -> HttpResponse:
    """The evidence that the address chooses: cards as DOCX, uses as CSV, works as BibTeX, CSL-JSON."""
    found = _assignment(request, seminar, assignment)
    if form not in {"docx", "csv", "bib", "json"}:
        raise Missing
    rows = chosen_rows(request.user, found, evidence_choice(request.GET.dict()))
    name = f"evidence-{found.slug}"
    if form == "docx":
        content = write_cards(found.title, [one.card for one in cards_of(rows)])
        response = HttpResponse(content, content_type=DOCX)
    elif form == "csv":
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        _write_table(response, rows)
    else:
        return exported(form, [row.source for row in rows], name)
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def _write_table(response: HttpResponse, rows: Iterable[SourceRow]) -> None:
    table = csv.writer(response)
    table.writerow(
        ["title", "author", "year", "link", "stance", "claim", "warrant", "quote", "locator",
         "added by", "checked by", "found", "flags"]
    )  # fmt: skip
    for row in rows:
        for use in row.uses:
            check = use.last_check
            cells = [
                row.source.title,
                row.author,
                row.year,
                row.source.href,
                use.stance,
                use.bearing.text if use.bearing else "",
                use.note.warrant,
                use.passage.quote,
                use.passage.locator,
                use.by,
                check.by if check else "",
                check.words if check else "",
                "; ".join(row.flags.values()),
            ]
            table.writerow([plain_cell(cell) for cell in cells])
