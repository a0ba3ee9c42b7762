"""JSON-LD taken apart by a processor that is not ours, without a network."""

import warnings

from pyld import jsonld

from annotations.web.model import CONTEXT
from annotations.web.queries import LDP_CONTEXT
from annotations.web.turtle import CLASSES, LINKS, PREFIXES, VALUES, WORDS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the library's own imports
    import rdflib
    from rdflib.compare import isomorphic

# What our documents use of the two published contexts; the whole ones are read by test_standards.
TERMS = {
    **PREFIXES,
    "id": "@id",
    "type": "@type",
    **CLASSES,
    **{name: {"@id": iri, "@type": "@id"} for name, iri in LINKS.items()},
    **{name: {"@id": iri, "@type": "@vocab"} for name, iri in WORDS.items()},
    **{
        name: {"@id": iri, "@type": kind} if kind else iri for name, (iri, kind) in VALUES.items()
    },
    **{
        name: f"oa:{name}"
        for name in (
            "commenting", "questioning", "replying", "linking", "tagging", "classifying",
            "describing",
        )
    },
    "items": {"@id": "as:items", "@type": "@id", "@container": "@list"},
}  # fmt: skip


def loader(contexts=None):
    """What gives the processor its contexts: `contexts` by address, else the terms above for both."""
    known = contexts or {CONTEXT: {"@context": TERMS}, LDP_CONTEXT: {"@context": TERMS}}

    def load(url, options):
        return {"contextUrl": None, "documentUrl": url, "document": known[url]}

    return {"documentLoader": load}


def vanished(document, contexts=None):
    """The members of the document that JSON-LD expansion drops."""
    options = loader(contexts)
    dropped = []
    for path, name, value in _members(document):
        alone = {"@context": document["@context"], "id": "http://x.example/", name: value}
        expanded = jsonld.expand(alone, options)
        if name not in {"id", "type"} and not any(key[0] != "@" for key in expanded[0]):
            dropped.append(f"{path}{name}")
        if name == "type" and not all(one.startswith("http") for one in expanded[0]["@type"]):
            dropped.append(f"{path}{name}")
    return dropped


def _members(value, path="/"):
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from _members(one, f"{path}{index}/")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name != "@context":
                yield path, name, inner
                yield from _members(inner, f"{path}{name}/")


def same_statements(document, turtle, contexts=None):
    """Whether the Turtle says what the JSON-LD says, blank nodes by whatever label."""
    quads = jsonld.to_rdf(document, {**loader(contexts), "format": "application/n-quads"})
    return isomorphic(
        rdflib.Graph().parse(data=quads, format="nt"),
        rdflib.Graph().parse(data=turtle, format="turtle"),
    )
