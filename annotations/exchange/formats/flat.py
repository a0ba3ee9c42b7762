"""Flat tables of annotations and what belongs to them: CSV files in a ZIP archive, row by row.

RFC 4180, UTF-8. Cells are exact: texts stand in quotes, whatever they hold, and an empty cell
without quotes is a value that there is not. The other form is for spreadsheets alone: there a text
that would be taken for a formula begins with an apostrophe (OWASP, CSV injection), and a byte order
mark says that it is UTF-8.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

from annotations.exchange.formats.tables import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Row = dict[str, Any]
# The first moment that ZIP knows: the same rows are the same file.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_BLOCK = 65_536
_MARK = "\N{BYTE ORDER MARK}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what its cells are, what they mean, and how they come from a row."""

    name: str
    type: str
    meaning: str
    way: str | Callable[[Row], Any] = ""

    def cell(self, row: Row) -> Any:
        """The value in the row; None where there is none."""
        if callable(self.way):
            return self.way(row)
        value: Any = row
        for step in (self.way or self.name).split("."):
            value = value and value.get(step)
        return value


def _tags(row: Row) -> str:
    return json.dumps(row["tags"], ensure_ascii=False)


def _csl(row: Row) -> str:
    return json.dumps(row["evidence"]["source"]["csl"], ensure_ascii=False)


def _claim(row: Row) -> Any:
    found = row.get(row["kind"])
    return found.get("claim") if isinstance(found, dict) else None


def _target_type(row: Row) -> str | None:
    kinds = ("claim", "inference", "evidence")
    return next((kind for kind in kinds if row[f"target_{kind}_id"]), None)


def _target(row: Row) -> Any:
    kind = _target_type(row)
    return kind and row[f"target_{kind}_id"]


ANNOTATIONS = (
    Column("id", "uuid", "The annotation."),
    Column("assignment", "uuid", "The assignment in which it stands."),
    Column("kind", "word", "comment, question, support, counterargument, evidence or concession."),
    Column("status", "word", "held, pending, published, hidden or withdrawn."),
    Column("status_reason", "text", "Why staff hid it; for its author and staff."),
    Column("audience", "word", "Who may read it: private, staff, group, seminar or public."),
    Column("group", "uuid", "The group, where it is for one."),
    Column("round", "uuid", "The round of the assignment in which it was written."),
    Column("author_id", "uuid", "Its author, as you may know of them.", "author.id"),
    Column("author_name", "text", "What the author is called there.", "author.name"),
    Column("author_is_alias", "boolean", "Whether that is a pseudonym.", "author.is_alias"),
    Column("body", "text", "What it says, in Markdown."),
    Column("parent", "uuid", "The annotation that it replies to."),
    Column("root", "uuid", "The first annotation of its thread."),
    Column("reply_count", "integer", "Published replies; empty while a round hides them."),
    Column("is_answer", "boolean", "Whether it was taken as the answer to the question."),
    Column("is_unanswered", "boolean", "Whether it asks or challenges, and nothing meets that."),
    Column("is_late", "boolean", "Whether it was sent to staff after the closing."),
    Column("pinned_at", "time", "Since when its thread stands first."),
    Column("locked_at", "time", "Since when only staff add to its thread."),
    Column("tags", "JSON", "Its tags, as a JSON array.", _tags),
    Column("attacks", "word", "What a counterargument attacks.", "counterargument.attacks"),
    Column("counterclaim", "text", "What it claims instead.", "counterargument.counterclaim"),
    Column("scope", "text", "How far a concession goes.", "concession.scope"),
    Column("claim", "uuid", "The claim that it bears on, if you may know of it.", _claim),
    Column("version", "integer", "Raised by each change of it."),
    Column("created_at", "time", "When it was made, in UTC."),
    Column("updated_at", "time", "When it was changed last, in UTC."),
    Column("html_url", "address", "Its page."),
)
ANCHORS = (
    Column("annotation", "uuid", "The annotation that stands there."),
    Column("position", "integer", "Which of its places it is, from 0."),
    Column("paragraph", "uuid", "The paragraph; empty where the words are gone."),
    Column("key", "uuid", "What the paragraph is known by in every revision."),
    Column("number", "integer", "The paragraph's number."),
    Column("revision", "integer", "The revision of the essay."),
    Column("start", "integer", "The first code point; empty for a whole paragraph."),
    Column("end", "integer", "The code point behind the last."),
    Column("exact", "text", "The words."),
    Column("prefix", "text", "Up to 32 characters before them."),
    Column("suffix", "text", "Up to 32 characters behind them."),
    Column("state", "word", "created, kept, moved, edited, by_hand or orphaned."),
    Column("confidence", "number", "How sure the place is, from 0 to 1."),
)
EVIDENCE = (
    Column("annotation", "uuid", "The annotation of kind evidence.", "id"),
    Column("stance", "word", "supports, attacks or context.", "evidence.stance"),
    Column("warrant", "text", "Why it bears on that.", "evidence.warrant"),
    Column("quote", "text", "The words of the source.", "evidence.quote"),
    Column("locator", "text", "Where they stand in it.", "evidence.locator"),
    Column("source", "uuid", "The work.", "evidence.source.id"),
    Column("title", "text", "What the work is called.", "evidence.source.title"),
    Column("url", "address", "Where to open it.", "evidence.source.url"),
    Column("doi", "text", "Its DOI.", "evidence.source.doi"),
    Column("csl", "JSON", "The work as a CSL-JSON item.", _csl),
)
RELATIONS = (
    Column("id", "uuid", "What attacks what."),
    Column("assignment", "uuid", "The assignment.", "assignment_id"),
    Column("kind", "word", "rebuts, undermines or undercuts."),
    Column("source", "uuid", "The claim that attacks; empty where evidence does.", "source_id"),
    Column("source_text", "text", "Its words."),
    Column("target_type", "word", "What is attacked: claim, inference or evidence.", _target_type),
    Column("target", "uuid", "Its id.", _target),
    Column("target_text", "text", "Its words, where it is a claim."),
    Column("is_one_way", "boolean", "Whether a rebuttal is not contradicted in turn."),
    Column("rationale", "text", "Why, in a sentence."),
    Column("status", "word", "marked, proposed or withdrawn."),
    Column("annotation", "uuid", "The annotation that makes it.", "annotation_id"),
    Column("created_at", "time", "When it was made, in UTC."),
    Column("updated_at", "time", "When it was changed last, in UTC."),
)
PARAGRAPHS = (
    Column("id", "uuid", "The paragraph of that revision."),
    Column("key", "uuid", "What it is known by in every revision."),
    Column("essay", "uuid", "The essay.", "essay_id"),
    Column("essay_title", "text", "What the essay is called."),
    Column("revision", "integer", "The revision of the essay.", "revision_number"),
    Column("position", "integer", "Its place in the revision."),
    Column("number", "integer", "Its number; empty for what takes none."),
    Column("kind", "word", "body, heading, quote, list_item, break, byline or note."),
    Column("level", "integer", "A heading's depth."),
    Column("label", "text", "The mark of a note or list item."),
    Column("text", "text", "Its words, which places are counted in."),
    Column("html", "text", "The same with inline markup."),
)
TABLES = {
    "annotations": ANNOTATIONS,
    "anchors": ANCHORS,
    "evidence": EVIDENCE,
    "relations": RELATIONS,
    "paragraphs": PARAGRAPHS,
}
DICTIONARY = (
    Column("table", "text", "The file."),
    Column("column", "text", "The column in it."),
    Column("type", "word", "What its cells are."),
    Column("meaning", "text", "What they mean."),
)
README = """\
Annotations as tables. dictionary.csv says what each column of each file means.

The files are CSV by RFC 4180: UTF-8, lines end in CR LF, texts stand in double quotes. An empty
cell without quotes is a value that there is not; two quotes are an empty text. Times are UTC.
Places in paragraphs count Unicode code points from 0; the end is the one behind the last.
{form}
"""
FORMS = {
    False: "Cells are exact. Do not open them in a spreadsheet program, which may run formulas.",
    True: "Texts that a spreadsheet would take for formulas begin with an apostrophe that is not\n"
    "theirs. Ask for exact cells to work with them in programs.",
}


class _Pipe(io.RawIOBase):
    """What is written can be taken out at the other end; there is no going back."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._held.append(bytes(content))
        self.size += len(content)
        return len(content)

    def taken(self) -> bytes:
        held, self._held, self.size = self._held, [], 0
        return b"".join(held)


def archive(
    annotations: Iterable[Row],
    relations: Iterable[Row],
    paragraphs: Iterable[Row],
    *,
    is_safe: bool,
) -> Iterator[bytes]:
    """The archive in pieces, of which never more than one is held; `is_safe` for spreadsheets."""
    pipe = _Pipe()
    with (
        zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as files,
        TemporaryFile() as anchors,
        TemporaryFile() as evidence,
    ):
        form = _Form(is_safe=is_safe)
        read_me = README.format(form=FORMS[is_safe]).encode()
        yield from _entry(files, pipe, "README.txt", [read_me])
        first: dict[str, Iterable[Row]] = {
            "dictionary": _dictionary(),
            "annotations": _with_parts(annotations, form, anchors, evidence),
        }
        for name, rows in first.items():
            yield from _entry(files, pipe, f"{name}.csv", form.table(name, rows))
        for name, kept in (("anchors", anchors), ("evidence", evidence)):
            yield from _entry(files, pipe, f"{name}.csv", form.kept(name, kept))
        for name, rows in (("relations", relations), ("paragraphs", paragraphs)):
            yield from _entry(files, pipe, f"{name}.csv", form.table(name, rows))
    yield pipe.taken()


class _Form:
    """How cells are written."""

    def __init__(self, *, is_safe: bool) -> None:
        self._is_safe = is_safe

    def table(self, name: str, rows: Iterable[Row]) -> Iterator[bytes]:
        yield self.head(name)
        for row in rows:
            yield self.line(name, row)

    def kept(self, name: str, file: IO[bytes]) -> Iterator[bytes]:
        yield self.head(name)
        file.seek(0)
        while block := file.read(_BLOCK):
            yield block

    def head(self, name: str) -> bytes:
        names = ",".join(column.name for column in _columns(name))
        return ((_MARK if self._is_safe else "") + names + "\r\n").encode()

    def line(self, name: str, row: Row) -> bytes:
        cells = (self.cell(column.cell(row)) for column in _columns(name))
        return (",".join(cells) + "\r\n").encode()

    def cell(self, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, str):
            return str(value)
        text = plain(value) if self._is_safe else value
        return '"' + text.replace('"', '""') + '"'


def _columns(name: str) -> tuple[Column, ...]:
    return DICTIONARY if name == "dictionary" else TABLES[name]


def _dictionary() -> Iterator[Row]:
    for table, columns in TABLES.items():
        for one in columns:
            yield {
                "table": f"{table}.csv",
                "column": one.name,
                "type": one.type,
                "meaning": one.meaning,
            }


def _with_parts(
    annotations: Iterable[Row], form: _Form, anchors: IO[bytes], evidence: IO[bytes]
) -> Iterator[Row]:
    """The annotations; what belongs to other tables is put aside as they pass."""
    for one in annotations:
        for position, anchor in enumerate(one["anchors"]):
            row = {**anchor, "annotation": one["id"], "position": position}
            anchors.write(form.line("anchors", row))
        if one["evidence"]:
            evidence.write(form.line("evidence", one))
        yield one


def _entry(
    files: zipfile.ZipFile, pipe: _Pipe, name: str, pieces: Iterable[bytes]
) -> Iterator[bytes]:
    info = zipfile.ZipInfo(name, _MOMENT)
    info.compress_type = zipfile.ZIP_DEFLATED
    with files.open(info, "w", force_zip64=True) as file:
        for piece in pieces:
            file.write(piece)
            if pipe.size >= _BLOCK:
                yield pipe.taken()
    yield pipe.taken()
