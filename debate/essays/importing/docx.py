"""Word files (DOCX) as blocks: the archive is checked first, then mammoth makes HTML of it."""

import io
import re
import zipfile
from dataclasses import replace
from typing import Final

import mammoth

from debate.essays.importing import html, limits
from debate.essays.importing.blocks import BYTES_UNPACKED, PARAGRAPHS, Draft, tally
from debate.essays.importing.errors import ImportRefused

_ENTRIES: Final = 2_000
_CHUNK: Final = 64 * 1024
_DOCUMENT: Final = "word/document.xml"
_XML_NAMES: Final = (".xml", ".rels")
_PARAGRAPH = re.compile(rb"<w:p[ >]")
_TEXT = re.compile(rb"<w:t(?: [^>]*)?>([^<]+)</w:t>")
_STYLES: Final = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => h2:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Block Text'] => blockquote > p:fresh
"""


def read(data: bytes) -> Draft:
    """The blocks of a Word file as they stand; tracked deletions are not among them.

    Raises ImportRefused for what is no Word file, unpacks to more than the limit, or declares entities.
    """
    parts = _checked_parts(data)
    images: list[tuple[str, str]] = []

    def leave_image_out(image: mammoth.documents.Image) -> list[object]:
        images.append(("image", image.alt_text or ""))
        return []

    converted = mammoth.convert_to_html(
        io.BytesIO(data),
        style_map=_STYLES,
        convert_image=leave_image_out,
        include_embedded_style_map=False,
        external_file_access=False,
    )
    draft = html.read(f"<article>{converted.value}</article>")
    found = tally([*images, *_outside_the_text(parts)])
    return replace(draft, title="", left_out=[*draft.left_out, *found])


def _checked_parts(data: bytes) -> dict[str, bytes]:
    """The XML parts by name, every entry of the archive unpacked once under the limit."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > _ENTRIES:
                raise _too_large()
            parts = _unpack(archive, entries)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _not_word() from error
    if _DOCUMENT not in parts:
        raise _not_word()
    for content in parts.values():
        _check_no_doctype(content)
    # Empty ones and those in tables count too, so this bounds the work and not yet the essay.
    if len(_PARAGRAPH.findall(parts[_DOCUMENT])) > 5 * PARAGRAPHS:
        limits.check_count(PARAGRAPHS + 1)
    return parts


def _unpack(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    left = BYTES_UNPACKED
    for entry in entries:
        # The size an archive claims may be a lie, so what comes out is counted.
        keep = entry.filename.lower().endswith(_XML_NAMES)
        pieces: list[bytes] = []
        with archive.open(entry) as stream:
            while piece := stream.read(_CHUNK):
                left -= len(piece)
                if left < 0:
                    raise _too_large()
                if keep:
                    pieces.append(piece)
        if keep:
            parts[entry.filename] = b"".join(pieces)
    return parts


def _check_no_doctype(content: bytes) -> None:
    # Parts may be UTF-16; without its NUL bytes a declaration reads the same.
    if b"<!doctype" in content.replace(b"\x00", b"").lower():
        raise ImportRefused(
            "entities_refused",
            "This Word file declares entities, which could fetch other files. "
            "Please save it again from your word processor and try once more.",
        )


def _outside_the_text(parts: dict[str, bytes]) -> list[tuple[str, str]]:
    """What a Word file keeps beside its text: margin comments, headers and footers, deletions."""
    found: list[tuple[str, str]] = []
    for name, content in sorted(parts.items()):
        if re.fullmatch(r"word/(?:header|footer)\d*\.xml", name):
            words = _words(content)
            if words:
                found.append((f"page {name[5:11]}", words))
    comments = re.split(rb"<w:comment\b(?!s)", parts.get("word/comments.xml", b""))[1:]
    found.extend(("comment", _words(comment)) for comment in comments)
    # The words of a tracked deletion are not shown anywhere, so there is no sample.
    deletions = re.findall(rb"<w:(?:del|moveFrom)\s[^>/]*>", parts[_DOCUMENT])
    found.extend(("deleted passage", "") for _ in deletions)
    return found


def _words(content: bytes) -> str:
    return b" ".join(_TEXT.findall(content)).decode("utf-8", "replace").strip()


def _too_large() -> ImportRefused:
    return ImportRefused(
        "unpacks_too_large",
        "This file unpacks to more than 64 MiB. Please take large images out and try again.",
    )


def _not_word() -> ImportRefused:
    return ImportRefused(
        "not_word",
        "This file is not a Word document that can be read. "
        "Please save it as .docx, without a password, and try again.",
    )
