"""Rubrics as files to be sent and taken, for pages and the API alike; beside the views, as it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import HttpResponse
from django.utils.text import slugify

from annotations.grading.formats import as_csv, as_json
from annotations.grading.queries.rubrics import content_of

if TYPE_CHECKING:
    from annotations.grading.formats.content import RubricContent
    from annotations.grading.models import Rubric, RubricVersion

FORMATS: Final = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


def exported(rubric: Rubric, version: RubricVersion, form: str) -> HttpResponse:
    """The version as a file of that form."""
    content = content_of(version)
    text = as_json.dumped(rubric.title, content) if form == "json" else as_csv.dumped(content)
    name = slugify(rubric.title)[:60] or "rubric"
    # A spreadsheet takes a table for Unicode by its byte order mark alone.
    body = text.encode("utf-8-sig" if form == "csv" else "utf-8")
    disposition = f'attachment; filename="{name}-{version.number}.{form}"'
    return HttpResponse(
        body, content_type=FORMATS[form], headers={"Content-Disposition": disposition}
    )


def read_file(text: str) -> tuple[str, RubricContent]:
    """Title ("" for none) and content of a file, JSON or a table. Raises Unreadable."""
    if text.removeprefix("\ufeff").lstrip()[:1] in {"{", "["}:
        return as_json.loaded(text)
    return "", as_csv.loaded(text)
