"""The formats of whole exports, by the names under which addresses and commands know them.

Not one of the usual module names: it joins the records of a scope with the formats, of which those
that know nothing of this site stand in `exchange.formats`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from annotations.exchange.bulk.records import Records
from annotations.exchange.bulk.scope import SAFE, Scope, Wanted
from annotations.exchange.bulk.snapshot import Snapshot
from annotations.exchange.formats import flat, margins
from annotations.queries.feed import feed_cursor
from annotations.web.model import CONTEXT, to_web
from debate.core.errors import Invalid, TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_PRINTED = 5_000
"""Annotations that a document for people holds at most: nobody reads more, and it is made whole."""


@dataclass(frozen=True, slots=True)
class BulkFormat:
    """A format of whole exports; `is_document` for those that hold one essay with its margin."""

    name: str
    title: str
    summary: str
    media_type: str
    ending: str
    write: Callable[[Records], Iterator[bytes]]
    is_document: bool = False


def ndjson(records: Records) -> Iterator[bytes]:
    """An annotation a line, as the API shows it, and a last line that says it is the last."""
    yield from records.lines()
    if records.wanted.trailer:
        yield orjson.dumps({"end": True, "count": records.count, "cursor": records.cursor}) + b"\n"


def json_ld(records: Records) -> Iterator[bytes]:
    """A collection of the Web Annotation Data Model (5.1) with all annotations on one page (5.2)."""
    address = f"{records.base}/api/v1/{address_of(records)}?format=jsonld"
    head = {
        "@context": CONTEXT,
        "id": address,
        "type": "AnnotationCollection",
        "label": records.scope.title,
    }
    page = {"id": f"{address}#page", "type": "AnnotationPage", "startIndex": 0}
    yield orjson.dumps(head)[:-1] + b',"first":' + orjson.dumps(page)[:-1] + b',"items":['
    number = 0
    for one in records.annotations():
        told = records.essays.get(one["assignment"], {})
        shown = to_web(one, base=records.base, names=records.names, **told)
        shown.pop("@context", None)
        yield b"," * (number > 0) + orjson.dumps(shown)
        number += 1
    yield b']},"total":%d}\n' % number


def tables(records: Records) -> Iterator[bytes]:
    """Flat tables in a ZIP archive."""
    return flat.archive(
        records.annotations(),
        records.relations(),
        records.paragraphs(),
        is_safe=records.wanted.cells == SAFE,
    )


def page(records: Records) -> Iterator[bytes]:
    """A page to print: the essay, and below each paragraph what was said of it."""
    yield render_to_string("exchange/print.html", printed(records)).encode()


def document(records: Records) -> Iterator[bytes]:
    """A Word document with comments in its margin."""
    parts = [
        margins.Part(str(one.pk), one.kind, one.text, one.number, one.level, one.label)
        for one in records.shown
    ]
    yield margins.write(records.scope.title, parts, records.annotations())


def printed(records: Records) -> dict[str, Any]:
    """What the page to print is made of."""
    threads: dict[str, list[Any]] = defaultdict(list)
    for note in records.annotations():
        note["lines"] = margins.spoken(note | {"body": ""})
        note["safe_html"] = mark_safe(note["body_html"] or "")  # noqa: S308 - sanitised when it was written
        threads[note["root"] or note["id"]].append(note)
    here = {str(one.pk) for one in records.shown}
    placed: dict[str, list[Any]] = defaultdict(list)
    for thread in threads.values():
        places = [one["paragraph"] for one in thread[0]["anchors"] if one["paragraph"] in here]
        placed[places[0] if places else ""].append(thread)
    assignment: Any = records.scope.assignment
    return {
        "assignment": assignment,
        "base": records.base,
        "parts": [
            (one, mark_safe(one.html), placed[str(one.pk)])  # noqa: S308 - sanitised when stored
            for one in records.shown
        ],
        "loose": placed[""],
        "count": records.count,
    }


def address_of(records: Records) -> str:
    """Where the same is found below `/api/v1/`."""
    scope = records.scope
    if scope.assignment:
        return f"assignments/{scope.assignment.pk}/export/"
    return f"seminars/{scope.seminar.pk}/export/" if scope.seminar else "me/export/"


BULK = {
    one.name: one
    for one in (
        BulkFormat(
            "ndjson",
            "NDJSON",
            "An annotation a line, as the API shows it, for programs.",
            "application/x-ndjson",
            "ndjson",
            ndjson,
        ),
        BulkFormat(
            "tables",
            "Tables of annotations (CSV)",
            "Annotations, places, evidence, relations and paragraphs, with a dictionary of columns.",
            "application/zip",
            "tables.zip",
            tables,
        ),
        BulkFormat(
            "jsonld",
            "Web Annotations (JSON-LD)",
            "A collection by the W3C’s Web Annotation Data Model, for other annotation tools.",
            "application/ld+json",
            "jsonld",
            json_ld,
        ),
        BulkFormat(
            "html",
            "A page to print",
            "The essay, and below each paragraph what was said of it.",
            "text/html; charset=utf-8",
            "html",
            page,
            is_document=True,
        ),
        BulkFormat(
            "docx",
            "Word document",
            "The essay, with annotations as comments in its margin.",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "docx",
            document,
            is_document=True,
        ),
    )
}


def begin(
    scope: Scope, wanted: Wanted, *, base: str, tell: Callable[[int], None] | None = None
) -> Records:
    """The records of a new snapshot, which whoever has them closes.

    Raises Invalid for a format that there is not of this, TooLarge for a document of too many,
    TooMany and Busy where there is no room.
    """
    form = format_of(scope, wanted)
    # Before the snapshot: what is changed in between is in both, and nothing is in neither.
    cursor = cursor_of(scope) if form.name == "ndjson" else ""
    snapshot = Snapshot(scope.user.pk, at_once=scope.seminar is None)
    try:
        records = Records(scope, wanted, base, cursor, snapshot, tell)
        if form.is_document:
            _refuse_too_many(records)
            records.shown = scope.shown_paragraphs()
    except BaseException:
        snapshot.close()
        raise
    return records


def cursor_of(scope: Scope) -> str:
    """From where the change feed of the same goes on; of one's own data, that of all one may see."""
    seminar = scope.seminar.pk if scope.seminar else None
    given = [scope.assignment] if scope.assignment else None
    return feed_cursor(scope.user, given, seminar=seminar, known=scope.known)


def _refuse_too_many(records: Records) -> None:
    if records.total() > MOST_PRINTED:
        raise TooLarge(
            f"A document holds {MOST_PRINTED:,} annotations at most. Take tables or NDJSON."
        )


def format_of(scope: Scope, wanted: Wanted) -> BulkFormat:
    """The format that is wanted. Raises Invalid for what there is not, or not of this."""
    return format_named(wanted.format, of_assignment=scope.assignment is not None)


def format_named(name: str, *, of_assignment: bool) -> BulkFormat:
    """The format of that name, of an assignment or of more. Raises Invalid where there is none."""
    known = {key: one for key, one in BULK.items() if of_assignment or not one.is_document}
    if name not in known:
        raise Invalid(f"Choose one of: {', '.join(known)}.", field="format")
    return known[name]
