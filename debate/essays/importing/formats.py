"""Which reader a paste or a file goes to."""

from importlib import import_module
from pathlib import PurePath
from typing import Final

from debate.essays.importing.blocks import Draft
from debate.essays.importing.errors import ImportRefused

EXACT: Final = "text/markdown; variant=counterpoint"
"""The media type (RFC 7763) of our own Markdown, as `markdown_writer` writes it."""
FORMATS: Final = ("docx", "html", "markdown", "exact", "pdf", "text")
_BY_SUFFIX: Final = {
    ".docx": "docx", ".htm": "html", ".html": "html", ".markdown": "markdown", ".md": "markdown",
    ".pdf": "pdf", ".text": "text", ".txt": "text", ".xhtml": "html",
}  # fmt: skip
_BY_MEDIA_TYPE: Final = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/xhtml+xml": "html",
    "text/html": "html",
    "text/markdown": "markdown",
    "text/plain": "text",
    "text/x-markdown": "markdown",
}
_BY_FIRST_BYTES: Final = ((b"%PDF-", "pdf"), (b"PK\x03\x04", "docx"))
_OLD_WORD: Final = (b"\xd0\xcf\x11\xe0", b"{\\rtf")


def recognise(data: bytes, *, filename: str, media_type: str) -> str:
    """One of FORMATS: by the first bytes, then the file's name, then the media type; plain text otherwise.

    Raises ImportRefused for formats that are known and cannot be read, old Word files above all.
    """
    if media_type == EXACT:
        return "exact"
    for start, name in _BY_FIRST_BYTES:
        if data.startswith(start):
            return name
    if data.startswith(_OLD_WORD):
        raise _unsupported()
    suffix = PurePath(filename).suffix.lower()
    media = media_type.partition(";")[0].strip().lower()
    if suffix and suffix not in _BY_SUFFIX and media not in _BY_MEDIA_TYPE:
        raise _unsupported()
    found = _BY_SUFFIX.get(suffix) or _BY_MEDIA_TYPE.get(media) or "text"
    if found in {"pdf", "docx"}:
        # Its name says so and its bytes do not.
        raise _unsupported()
    return found


def read_as(name: str, data: bytes) -> Draft:
    """The draft of `data`, which has the format `name`. Raises ImportRefused. Imports one reader only."""
    assemble = import_module("debate.essays.importing.assemble").assemble
    if name in {"pdf", "docx"}:
        reader = import_module(f"debate.essays.importing.{name}")
        draft: Draft = assemble(reader.read(data))
        return draft
    decode = import_module("debate.essays.importing.decode").decode
    text, remarks = decode(data, is_html=name == "html")
    if name == "exact":
        exactly: Draft = import_module("debate.essays.importing.markdown").read_exactly(text)
        return exactly
    draft = assemble(_read_text(name, text))
    return Draft(**{**vars(draft), "remarks": [*remarks, *draft.remarks]})


def _read_text(name: str, text: str) -> Draft:
    markdown = import_module("debate.essays.importing.markdown") if name != "html" else None
    if name == "text" and markdown and markdown.looks_like_markdown(text):
        name = "markdown"
    reader = import_module(f"debate.essays.importing.{name}")
    draft: Draft = reader.read(text)
    return draft


def _unsupported() -> ImportRefused:
    return ImportRefused(
        "unsupported_format",
        "This kind of file cannot be read. Please save it as DOCX, PDF, HTML, Markdown or plain text.",
    )
