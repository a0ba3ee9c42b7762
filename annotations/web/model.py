"""Our annotations in the Web Annotation Data Model, and the annotations of its clients as ours.

W3C Recommendation of 2017-02-23; sections are named where they decide something. Pure: what goes
in is the JSON of an annotation as the API writes it, what comes out is its JSON-LD.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from annotations.web.vocabulary import term

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
SOFTWARE = "Counterpoint"

# Of each kind: the standard motivation, and our own beside it.
MOTIVATIONS = {
    "comment": ("commenting", ""),
    "question": ("questioning", ""),
    "support": ("commenting", "supporting"),
    "counterargument": ("commenting", "countering"),
    "evidence": ("linking", "evidencing"),
    "concession": ("commenting", "conceding"),
}
# What an argument does, as the concept that classifies it.
ATTACKS = {"conclusion": "rebutting", "reason": "undermining", "step": "undercutting"}
STANCES = {"supports": "evidenceFor", "attacks": "evidenceAgainst", "context": "evidenceContext"}
AUDIENCES = {
    "private": "audiencePrivate",
    "staff": "audienceStaff",
    "seminar": "audienceSeminar",
    "public": "audiencePublic",
}
STATES = {
    "kept": "anchorKept",
    "moved": "anchorMoved",
    "edited": "anchorEdited",
    "by_hand": "anchorByHand",
    "orphaned": "anchorOrphaned",
}


@dataclass(frozen=True, slots=True)
class Names:
    """What an annotation is called on the Web beside its id: see `WebIdentity`."""

    slug: str = ""
    canonical: str = ""
    via: tuple[str, ...] = ()


NAMELESS = Names()


def container_iri(base: str, assignment: str) -> str:
    """The address of an assignment's container."""
    return f"{base}/wa/assignments/{assignment}/"


def annotation_iri(base: str, assignment: str, segment: str) -> str:
    """The address of an annotation: its container's with one segment more (Protocol, 5.1)."""
    return f"{container_iri(base, assignment)}{segment}"


def to_web(
    wire: dict[str, Any],
    *,
    base: str,
    names: Mapping[str, Names] | None = None,
    page: str = "",
    language: str = "",
) -> dict[str, Any]:
    """The annotation as JSON-LD of the Web Annotation Data Model.

    `wire` is what the API answers with, `base` the site's scheme and host. `names` holds those of
    this annotation and its parent, by id; without them the address ends in the id. `page` is the
    page on which the essay is read, `language` the essay's.
    """
    return _Writer(base, names or {}, page, language).annotation(wire)


class _Writer:
    """What is the same for every part of one annotation."""

    def __init__(self, base: str, names: Mapping[str, Names], page: str, language: str) -> None:
        self.base, self.names, self.page, self.language = base, names, page, language

    def ours(self, name: str) -> str:
        return term(self.base, name)

    def annotation(self, wire: dict[str, Any]) -> dict[str, Any]:
        names = self.names.get(wire["id"], NAMELESS)
        body, target = self.bodies(wire), self.targets(wire)
        found: dict[str, Any] = {
            "@context": CONTEXT,
            "id": annotation_iri(self.base, wire["assignment"], names.slug or wire["id"]),
            "type": "Annotation",
            "motivation": _one_or_all(self.motivations(wire)),
            "creator": self.author(wire["author"]),
            "created": wire["created_at"],
            "modified": wire["updated_at"],
            "generator": {
                "id": f"{self.base}/",
                "type": "Software",
                "name": SOFTWARE,
                "homepage": f"{self.base}/",
            },
            "audience": self.audience(wire),
            "body": _one_or_all(body),
            "target": _one_or_all(target),
            "canonical": names.canonical,
            "via": _one_or_all(list(names.via)),
            "schema:url": {"id": wire["html_url"]},
            "schema:version": wire["version"],
            "schema:creativeWorkStatus": wire["status"],
        }
        if wire["is_answer"]:
            found[self.ours("isAnswer")] = True
        if claim := _own_object(wire).get("claim"):
            found[self.ours("bearsOn")] = {"id": f"{self.base}/api/v1/claims/{claim}/"}
        return {name: value for name, value in found.items() if value not in ("", [], None)}

    def motivations(self, wire: dict[str, Any]) -> list[str]:
        """A reply's is that it replies; its kind stands beside where that says more (3.3.5)."""
        standard, own = MOTIVATIONS[wire["kind"]]
        if wire["parent"]:
            standards = ["replying"] + [standard] * (standard != "commenting")
        else:
            standards = [standard]
        return [*standards, self.ours(own)] if own else standards

    def author(self, author: dict[str, Any]) -> dict[str, Any]:
        """Who wrote it, as whoever asks may know of them (3.3.2)."""
        person = {"id": f"urn:uuid:{author['id']}", "type": "Person", "name": author["name"]}
        return {**person, "nickname": author["name"]} if author["is_alias"] else person

    def audience(self, wire: dict[str, Any]) -> dict[str, Any]:
        """Who may read it (3.3.3)."""
        group = wire["group"]
        iri = f"urn:uuid:{group}" if group else self.ours(AUDIENCES.get(wire["audience"], ""))
        return {"id": iri, "type": "Audience", "schema:audienceType": wire["audience"]}

    def bodies(self, wire: dict[str, Any]) -> list[dict[str, Any]]:
        """What it says (3.2.4), what it does, what it rests on, and its tags."""
        kind, own = wire["kind"], _own_object(wire)
        found = []
        if wire["body"]:
            found.append(self.text(wire["body"], purpose=self.main_purpose(wire), markdown=True))
        if kind == "counterargument":
            if own["counterclaim"]:
                found.append(self.text(own["counterclaim"], purpose=self.ours("claiming")))
            found += self.roles(ATTACKS.get(own["attacks"] or ""))
        elif kind == "evidence":
            found += [self.passage(own), *self.roles(STANCES.get(own["stance"]))]
            found.append(self.text(own["warrant"], purpose=self.ours("warranting")))
            if own["locator"]:
                found.append(self.text(own["locator"], purpose="describing"))
        elif kind == "concession" and own["scope"]:
            found.append(self.text(own["scope"], purpose=self.ours("limiting")))
        tags = [
            {"type": "TextualBody", "value": tag, "format": "text/plain", "purpose": "tagging"}
            for tag in wire["tags"]
        ]
        return found + tags

    def main_purpose(self, wire: dict[str, Any]) -> str:
        if wire["parent"]:
            return "replying"
        return "questioning" if wire["kind"] == "question" else "commenting"

    def text(self, value: str, *, purpose: str, markdown: bool = False) -> dict[str, Any]:
        """Words as a TextualBody (3.2.4)."""
        form = "text/markdown" if markdown else "text/plain"
        return {"type": "TextualBody", "value": value, "format": form, "purpose": purpose}

    def roles(self, concept: str | None) -> list[dict[str, Any]]:
        """What the argument does, as a concept that classifies it."""
        if not concept:
            return []
        source = {"id": self.ours(concept), "type": "skos:Concept"}
        return [{"type": "SpecificResource", "source": source, "purpose": "classifying"}]

    def passage(self, evidence: dict[str, Any]) -> dict[str, Any]:
        """The passage of the source that evidence rests on (4.2.4)."""
        work = evidence["source"]
        page = f"{self.base}/api/v1/sources/{work['id']}/"
        source = {"id": _iri(work["url"]) or page, "type": "Text", "dcterms:title": work["title"]}
        if source["id"] != page:
            source["rdfs:seeAlso"] = {"id": page}
        found = {"type": "SpecificResource", "source": source, "purpose": "linking"}
        if evidence["quote"]:
            found["selector"] = {"type": "TextQuoteSelector", "exact": evidence["quote"]}
        return found

    def targets(self, wire: dict[str, Any]) -> list[Any]:
        """The words and paragraphs it is about, then the annotation that it replies to."""
        found: list[Any] = [self.place(anchor, wire) for anchor in wire["anchors"]]
        if parent := wire["parent"]:
            segment = self.names.get(parent, NAMELESS).slug or parent
            found.append(annotation_iri(self.base, wire["assignment"], segment))
        return found or [self.assignment(wire)]

    def assignment(self, wire: dict[str, Any]) -> str:
        return f"{self.base}/api/v1/assignments/{wire['assignment']}/"

    def place(self, anchor: dict[str, Any], wire: dict[str, Any]) -> dict[str, Any]:
        """A paragraph of one revision, or words of it, counted in code points (4.2.4, 4.2.5).

        Words that the text has lost are looked for in the whole essay, and have no offsets.
        """
        scope = self.page or self.assignment(wire)
        paragraph = anchor["paragraph"]
        source: dict[str, Any] = {
            "id": f"{self.base}/api/v1/paragraphs/{paragraph}/" if paragraph else scope,
            "type": "Text",
            "language": self.language,
        }
        source = {name: value for name, value in source.items() if value}
        found: dict[str, Any] = {"type": "SpecificResource", "source": source, "scope": scope}
        if anchor["exact"]:
            words = {"type": "TextQuoteSelector", "exact": anchor["exact"]}
            words |= {name: anchor[name] for name in ("prefix", "suffix") if anchor[name]}
            found["selector"] = words
            if anchor["start"] is not None:
                position = {"start": anchor["start"], "end": anchor["end"]}
                found["selector"] = [words, {"type": "TextPositionSelector", **position}]
        if state := STATES.get(anchor["state"]):
            found[self.ours("anchorState")] = {"id": self.ours(state)}
            found[self.ours("confidence")] = anchor["confidence"]
        return found


def _own_object(wire: dict[str, Any]) -> dict[str, Any]:
    """What the kind adds; empty for kinds that add nothing."""
    return wire.get(wire["kind"]) or {}


def _one_or_all(values: list[Any]) -> Any:
    """A single value stands alone, as clients that read one object expect."""
    return values[0] if len(values) == 1 else values


def _iri(text: str) -> str:
    """The address in a form that any reader takes: what is no ASCII or no IRI character escaped."""
    return quote(text, safe="%!#$&'()*+,/:;=?@[]~") if "://" in text else ""
