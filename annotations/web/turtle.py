"""Our JSON-LD as Turtle: the same statements, for programs that read no JSON.

Knows the terms that our own documents use and no others, so nothing of anybody's context is
fetched. The terms are those of the Web Annotation context, and of the Linked Data Platform's.

Not one of the usual module names: one format, a pure function of a document.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from annotations.web.vocabulary import OA

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PREFIXES = {
    "oa": OA,
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "dctypes": "http://purl.org/dc/dcmitype/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "as": "http://www.w3.org/ns/activitystreams#",
    "schema": "http://schema.org/",
    "ldp": "http://www.w3.org/ns/ldp#",
}
CLASSES = {
    "Annotation": "oa:Annotation",
    "TextualBody": "oa:TextualBody",
    "SpecificResource": "oa:SpecificResource",
    "TextQuoteSelector": "oa:TextQuoteSelector",
    "TextPositionSelector": "oa:TextPositionSelector",
    "Text": "dctypes:Text",
    "Person": "foaf:Person",
    "Software": "as:Application",
    "Audience": "schema:Audience",
    "AnnotationCollection": "as:OrderedCollection",
    "AnnotationPage": "as:OrderedCollectionPage",
    "BasicContainer": "ldp:BasicContainer",
}
LINKS = {
    "body": "oa:hasBody",
    "target": "oa:hasTarget",
    "source": "oa:hasSource",
    "selector": "oa:hasSelector",
    "scope": "oa:hasScope",
    "creator": "dcterms:creator",
    "generator": "as:generator",
    "homepage": "foaf:homepage",
    "via": "oa:via",
    "canonical": "oa:canonical",
    "audience": "schema:audience",
    "first": "as:first",
    "last": "as:last",
    "next": "as:next",
    "prev": "as:prev",
    "partOf": "as:partOf",
}
WORDS = {"motivation": "oa:motivatedBy", "purpose": "oa:hasPurpose"}
VALUES = {
    "value": ("rdf:value", ""),
    "exact": ("oa:exact", ""),
    "prefix": ("oa:prefix", ""),
    "suffix": ("oa:suffix", ""),
    "format": ("dc:format", ""),
    "language": ("dc:language", ""),
    "name": ("foaf:name", ""),
    "nickname": ("foaf:nick", ""),
    "label": ("rdfs:label", ""),
    "created": ("dcterms:created", "xsd:dateTime"),
    "modified": ("dcterms:modified", "xsd:dateTime"),
    "start": ("oa:start", "xsd:nonNegativeInteger"),
    "end": ("oa:end", "xsd:nonNegativeInteger"),
    "total": ("as:totalItems", "xsd:nonNegativeInteger"),
    "startIndex": ("as:startIndex", "xsd:nonNegativeInteger"),
}

_NO_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def to_turtle(document: Mapping[str, Any]) -> str:
    """The statements of one of our JSON-LD documents as Turtle (W3C Recommendation of 2014-02-25)."""
    writer = _Writer()
    for node in document.get("@graph", [document]):
        writer.node(node)
    heads = [f"@prefix {name}: <{iri}> ." for name, iri in PREFIXES.items()]
    blocks = [
        f"{subject} " + " ;\n    ".join(f"{verb} {thing}" for verb, thing in said) + " ."
        for subject, said in writer.said.items()
        if said
    ]
    return "\n".join([*heads, "", *blocks, ""])


class _Writer:
    """The statements so far, by subject; what has no IRI gets a label of this document."""

    def __init__(self) -> None:
        self.said: dict[str, dict[tuple[str, str], None]] = {}
        self.blanks = 0

    def blank(self) -> str:
        self.blanks += 1
        return f"_:b{self.blanks}"

    def node(self, node: Mapping[str, Any]) -> str:
        """Say what the object holds; returns what it is called."""
        subject = iri(node["id"]) if "id" in node else self.blank()
        said = self.said.setdefault(subject, {})
        for name, value in node.items():
            if name in {"id", "@context"}:
                continue
            for verb, thing in self.statements(name, value):
                said[verb, thing] = None
        return subject

    def statements(self, name: str, value: Any) -> Iterator[tuple[str, str]]:
        values = value if isinstance(value, list) else [value]
        if name == "items":
            yield "as:items", self.sequence(values)
        elif name == "type":
            yield from (("a", CLASSES.get(str(one), str(one))) for one in values)
        elif name in LINKS:
            yield from ((LINKS[name], self.thing(one)) for one in values)
        elif name in WORDS:
            yield from ((WORDS[name], word(one)) for one in values)
        elif name in VALUES:
            verb, kind = VALUES[name]
            yield from ((verb, literal(one, kind)) for one in values)
        else:
            verb = name if name.partition(":")[0] in PREFIXES else iri(name)
            for one in values:
                is_node = isinstance(one, dict) and "@value" not in one
                yield verb, self.node(one) if is_node else literal(one)

    def thing(self, value: Any) -> str:
        return self.node(value) if isinstance(value, dict) else iri(value)

    def sequence(self, values: list[Any]) -> str:
        """An ordered list, in Turtle's brackets."""
        return "( " + " ".join(self.thing(one) for one in values) + " )"


def iri(value: str) -> str:
    """An IRI in angle brackets; characters that no IRI has are escaped."""
    return f"<{_NO_IRI.sub(lambda found: f'%{ord(found.group()):02X}', value)}>"


def word(value: str) -> str:
    """A motivation or purpose: one of the W3C's by its name, or an IRI."""
    return iri(value) if ":" in value else f"oa:{value}"


def literal(value: Any, kind: str = "") -> str:
    """A value as JSON-LD understands it (JSON-LD 1.1 API, 8.2)."""
    if isinstance(value, dict):
        return f"{_quoted(value['@value'])}@{value['@language']}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not value.is_integer():
        return f"{_quoted(_double(value))}^^xsd:double"
    if isinstance(value, (int, float)):
        return f"{_quoted(str(int(value)))}^^{kind or 'xsd:integer'}"
    return _quoted(value) + (f"^^{kind}" if kind else "")


def _double(value: float) -> str:
    """The canonical form of xsd:double."""
    mantissa, _, exponent = f"{value:.15E}".partition("E")
    digits = mantissa.rstrip("0")
    return f"{digits}{'0' if digits.endswith('.') else ''}E{int(exponent)}"


def _quoted(text: str) -> str:
    escaped = "".join(
        _ESCAPES.get(char) or (f"\\u{ord(char):04X}" if char < " " else char) for char in text
    )
    return f'"{escaped}"'
