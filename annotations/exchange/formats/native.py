"""Counterpoint's own JSON: the document as it is, versioned, with a JSON Schema.

The envelope is `{"format": "counterpoint-debate", "version": 1, "debate": {…}}`. A reader of
version 1 takes no other: what it does not know it would lose.
"""

from __future__ import annotations

from typing import Any

from annotations.exchange.formats import codec, strict
from annotations.exchange.formats.document import Document
from annotations.exchange.formats.faults import Fault, Refused, refuse_if
from annotations.exchange.formats.integrity import faults_of
from annotations.exchange.formats.nodesets.graph import graph_of
from annotations.exchange.formats.nodesets.rules import check

NAME = "counterpoint-debate"
VERSION = 1
_DEEPEST = strict.DEEPEST + 8  # a foreign file inside is nested as deep as it may be


def write(document: Document) -> bytes:
    """The document as UTF-8 JSON, every member given."""
    envelope = {"format": NAME, "version": VERSION, "debate": codec.to_json(document)}
    return strict.dump(envelope)


def read(content: bytes) -> Document:
    """The document in the file. Raises Refused."""
    envelope = strict.load(content, deepest=_DEEPEST)
    if not isinstance(envelope, dict) or envelope.get("format") != NAME:
        raise Refused([Fault(0, "", f'This is no debate of ours: "format" is not "{NAME}".')])
    if envelope.get("version") != VERSION or isinstance(envelope["version"], bool):
        raise Refused([Fault(0, "/version", f"Only version {VERSION} is read here.")])
    faults = [
        Fault(0, strict.pointer((key, None)), "There is no such member here.")
        for key in envelope
        if key not in {"format", "version", "debate"}
    ]
    document = codec.from_json(Document, envelope.get("debate"), faults, ("debate", None))
    refuse_if(faults)
    refuse_if([*faults_of(document), *_of_files(document)])
    return document  # type: ignore[no-any-return]


def _of_files(document: Document) -> list[Fault]:
    """What is wrong with the files of others that the document brings along."""
    faults: list[Fault] = []
    for index, foreign in enumerate(document.foreign):
        way: strict.Way = ("graph", (index, ("foreign", ("debate", None))))
        raw = foreign.graph
        aif, way = (raw["AIF"], ("AIF", way)) if "AIF" in raw else (raw, way)
        found: list[Fault] = []
        graph = graph_of(aif, way, found, only_digits="AIF" not in raw)
        faults += found or check(graph, needs_people=False)[0]
    return faults


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the envelope and all that it holds."""
    inner = codec.schema_of(Document)
    definitions = inner.pop("$defs")
    dialect = inner.pop("$schema")
    return {
        "$schema": dialect,
        "title": "A debate of Counterpoint",
        "type": "object",
        "properties": {
            "format": {"const": NAME},
            "version": {"const": VERSION},
            "debate": {"$ref": "#/$defs/Document"},
        },
        "required": ["format", "version", "debate"],
        "additionalProperties": False,
        "$defs": {"Document": inner, **definitions},
    }
