"""The formats, by the names under which addresses and commands know them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotations.exchange.formats import aifdb, argdown, graphml, native, strict, tables, xaif

if TYPE_CHECKING:
    from collections.abc import Callable

    from annotations.exchange.formats.document import Document


@dataclass(frozen=True, slots=True)
class Format:
    """A format: `write` gives bytes, the same for the same document; `read` raises `Refused`."""

    name: str
    title: str
    summary: str
    media_type: str
    ending: str
    write: Callable[[Document], bytes]
    read: Callable[[bytes], Document] | None = None


FORMATS = {
    one.name: one
    for one in (
        Format(
            "native",
            "Counterpoint JSON",
            "Everything that can leave this page, for another assignment or site of this kind.",
            "application/json",
            "counterpoint.json",
            native.write,
            native.read,
        ),
        Format(
            "aifdb",
            "AIF for AIFdb",
            "The argument and who said what, as AIFdb, Carneades and arguebuf read it.",
            "application/json",
            "aif.json",
            aifdb.write,
            aifdb.read,
        ),
        Format(
            "xaif",
            "xAIF for OVA",
            "The same with the words that were said and a layout, for OVA and argument mining.",
            "application/json",
            "xaif.json",
            xaif.write,
            xaif.read,
        ),
        Format(
            "argdown",
            "Argdown",
            "Claims, reasons and challenges as text to read and to draw.",
            "text/plain; charset=utf-8",
            "argdown",
            argdown.write,
        ),
        Format(
            "graphml",
            "GraphML",
            "Claims, reasons and challenges as a graph, for programs that draw and count.",
            "application/graphml+xml",
            "graphml",
            graphml.write,
        ),
        Format(
            "csv",
            "Tables (CSV)",
            "A table for each kind of thing, together in a ZIP file.",
            "application/zip",
            "csv.zip",
            tables.write,
        ),
    )
}
READABLE = {name: one for name, one in FORMATS.items() if one.read is not None}
READERS = {name: one.read for name, one in FORMATS.items() if one.read is not None}


def recognised(content: bytes) -> str:
    """The name of the format that the file seems to be in. Raises Refused for what is no JSON."""
    value = strict.load(content, deepest=strict.DEEPEST * 2)
    if isinstance(value, dict) and "format" in value:
        return "native"
    return "xaif" if isinstance(value, dict) and "AIF" in value else "aifdb"
