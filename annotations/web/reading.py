"""What clients of the Web Annotation Protocol send, read as an annotation of ours.

Clients differ from the model in small ways: no context, ids that are no IRIs, a target without
source, `body: []`. What can be meant in one way only is taken so; members that nobody here knows
are passed over and never given back, but for who is to read it: what is not understood of that is
refused. Pure Python; what cannot be taken names its place.

Not one of the usual module names: the counterpart of `model`, which writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from uuid import UUID

import nh3

from annotations.web.model import ATTACKS, AUDIENCES, CONTEXT, MOTIVATIONS, STANCES
from annotations.web.vocabulary import OA, PATH

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]

LONGEST_IRI = 2_000
LONGEST_HTML = 40_000
"""Characters of HTML in all bodies together: four times what a body's words may be, for the tags."""
MOST_VIA = 20
MOST_TARGETS = 20
DEEPEST_REFINEMENT = 8
AUDIENCE = ("audience", "schema:audience")
AUDIENCE_TYPE = ("schema:audienceType", "audienceType")
UNKNOWN_AUDIENCE = (
    f"This is none of the audiences here: give {', '.join(AUDIENCES)}, or a group's id."
)

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_UUID = re.compile(r"#?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)
_OURS = re.compile(rf"https?://[^/]+{re.escape(PATH)}#(\w+)")
_KINDS = {own: kind for kind, (_, own) in MOTIVATIONS.items() if own} | {"questioning": "question"}
_ATTACKS = {concept: attacks for attacks, concept in ATTACKS.items()}
_STANCES = {concept: stance for stance, concept in STANCES.items()}
_AUDIENCES = {concept: audience for audience, concept in AUDIENCES.items()}
_SOURCE = re.compile(r"https?://[^/]+/api/v1/sources/([0-9a-f-]{36})/?", re.IGNORECASE)
_CLAIM = re.compile(r"https?://[^/]+/api/v1/claims/([0-9a-f-]{36})/?", re.IGNORECASE)


class Fault(ValueError):
    """The document cannot be taken: the place in it, and why."""

    def __init__(self, path: Path, sentence: str) -> None:
        super().__init__(sentence)
        self.path, self.sentence = path, sentence


class NoAnnotation(Fault):
    """The document is something else than an annotation, or in a context that nobody here knows."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """One target: the resource, the words that are looked for, and where it stands in the document.

    Without source it is in the essay that the container belongs to. `start` and `end` are as the
    client counts: in code points, or in UTF-16 units.
    """

    path: Path
    source: str = ""
    quote: str = ""
    prefix: str = ""
    suffix: str = ""
    start: int | None = None
    end: int | None = None


@dataclass(kw_only=True)
class Incoming:
    """An annotation as a client sent it, in our words; `iri` is what the client calls it."""

    kind: str = "comment"
    body: str = ""
    tags: list[str] = field(default_factory=list)
    attacks: str = ""
    counterclaim: str = ""
    stance: str = ""
    warrant: str = ""
    locator: str = ""
    quote: str = ""
    link: str = ""
    source_id: UUID | None = None
    scope: str = ""
    claim_id: UUID | None = None
    audience: str = ""
    group_id: UUID | None = None
    places: list[Place] = field(default_factory=list)
    iri: str = ""
    canonical: str = ""
    via: list[str] = field(default_factory=list)


def read(document: Any) -> Incoming:
    """The annotation in the document. Raises Fault, and NoAnnotation for what is none."""
    if not isinstance(document, dict):
        raise Fault((), "Send one annotation: a JSON object.")
    _check_context(document.get("@context", CONTEXT))
    if "Annotation" not in _names(_member(document, "type")):
        raise NoAnnotation(("type",), "This is no annotation: its `type` is not `Annotation`.")
    if document.get("body") and "bodyValue" in document:
        raise Fault(("bodyValue",), "Give `body` or `bodyValue`, not both.")
    found = Incoming(
        iri=_own_iri(_member(document, "id")),
        canonical=_iris(document, "canonical", most=1)[0] if document.get("canonical") else "",
        via=_iris(document, "via", most=MOST_VIA) if document.get("via") else [],
    )
    _read_kind(document, found)
    _read_audience(document, found)
    _read_bodies(document, found)
    for name, value in document.items():
        if _ours(name) == "bearsOn":
            found.claim_id = _id_in(_CLAIM, _source_of(value))
    found.places = list(_places(document))
    return found


def _check_context(context: Any) -> None:
    contexts = context if isinstance(context, list) else [context]
    known = {CONTEXT, CONTEXT.replace("http:", "https:")}
    if not any(isinstance(one, str) and one in known for one in contexts):
        raise NoAnnotation(("@context",), f"The `@context` must be or hold {CONTEXT}.")


def _member(of: dict[str, Any], name: str) -> Any:
    """A keyword of JSON-LD by the name that the context gives it, or by its own."""
    return of.get(name, of.get(f"@{name}"))


def _names(value: Any) -> list[str]:
    """One name or several, without the prefix or address of the W3C's vocabulary."""
    given = value if isinstance(value, list) else [value]
    return [
        one.removeprefix("oa:").removeprefix(OA) for one in given if isinstance(one, str) and one
    ]


def _ours(value: Any) -> str:
    """The name of a word of our vocabulary; "" for anything else."""
    match = _OURS.fullmatch(value) if isinstance(value, str) else None
    return match.group(1) if match else ""


def _id_in(pattern: re.Pattern[str], iri: str) -> UUID | None:
    match = pattern.fullmatch(iri)
    try:
        return UUID(match.group(1)) if match else None
    except ValueError:
        return None


def _own_iri(value: Any) -> str:
    """What the client calls its annotation, as an IRI; "" for what can be none."""
    if not isinstance(value, str):
        return ""
    if match := _UUID.fullmatch(value):
        return f"urn:uuid:{match.group(1).lower()}"
    return value if _IRI.fullmatch(value) and len(value) <= LONGEST_IRI else ""


def _iris(document: dict[str, Any], name: str, *, most: int) -> list[str]:
    given = document[name] if isinstance(document[name], list) else [document[name]]
    found = [_source_of(one) for one in given]
    if not all(_IRI.fullmatch(one) and len(one) <= LONGEST_IRI for one in found):
        raise Fault((name,), f"Give absolute IRIs of at most {LONGEST_IRI:,} characters.")
    if len(found) > most:
        raise Fault((name,), f"At most {most} can be kept.")
    return found


def _source_of(value: Any) -> str:
    """The IRI of a resource given as such, or as an object with `id`; "" for neither."""
    if isinstance(value, dict):
        value = _member(value, "id")
    return value if isinstance(value, str) else ""


# --- what it says ----------------------------------------------------------------------------


def _read_kind(document: dict[str, Any], found: Incoming) -> None:
    motivations = _names(document.get("motivation"))
    ours = [_ours(one) for one in motivations]
    kinds = [_KINDS[one] for one in [*ours, *motivations] if one in _KINDS]
    found.kind = kinds[0] if kinds else "comment"
    for one in ours:
        _read_role(one, found)


def _read_role(concept: str, found: Incoming) -> None:
    """What an argument does says its kind, too."""
    if concept in _ATTACKS:
        found.kind, found.attacks = "counterargument", _ATTACKS[concept]
    elif concept in _STANCES:
        found.kind, found.stance = "evidence", _STANCES[concept]


def _read_audience(document: dict[str, Any], found: Incoming) -> None:
    """Who is to read it: one of our audiences, or none is named.

    Raises Fault for whatever else is named: it would be shown to more people than its author meant.
    """
    given = [(name, one) for name in AUDIENCE for one in _several(document.get(name))]
    if not given:
        return
    name, one = given[0]
    if len(given) > 1:
        raise Fault((name,), "Name one audience.")
    named = {_audience_in(value, name) for value in _namings(one, name)}
    if len(named) != 1:
        differing = "Its members name different audiences."
        raise Fault((name,), differing if named else UNKNOWN_AUDIENCE)
    ((found.audience, found.group_id),) = named


def _several(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _namings(audience: Any, name: str) -> Iterator[Any]:
    """What an audience is called: by its id, by its type, or both in one."""
    if not isinstance(audience, dict):
        yield audience
        return
    types = [one for key in AUDIENCE_TYPE for one in _several(audience.get(key))]
    iri = _member(audience, "id")
    if "group" in types and _group_in(iri) is None:
        raise Fault((name,), "Name the group by its id.")
    yield from (one for one in types if one != "group")
    if iri is not None:
        yield iri


def _audience_in(value: Any, name: str) -> tuple[str, UUID | None]:
    word = value if isinstance(value, str) else ""
    if group := _group_in(word):
        return "group", group
    concept = _ours(word) or word
    if audience := concept if concept in AUDIENCES else _AUDIENCES.get(concept, ""):
        return audience, None
    raise Fault((name,), UNKNOWN_AUDIENCE)


def _group_in(value: Any) -> UUID | None:
    match = _UUID.fullmatch(value.removeprefix("urn:uuid:")) if isinstance(value, str) else None
    return UUID(match.group(1)) if match else None


def _read_bodies(document: dict[str, Any], found: Incoming) -> None:
    bodies = document.get("body")
    if "bodyValue" in document:
        bodies = {"value": document["bodyValue"]}
    several = isinstance(bodies, list)
    listed: list[Any] = bodies if isinstance(bodies, list) else [bodies]
    texts: list[str] = []
    html = 0
    for index, given in enumerate(listed):
        place: Path = ("body", index) if several else ("body",)
        one = _default(given)
        if one is None:
            continue
        if isinstance(one, str):
            _read_link(one, "", found, texts)
        elif not isinstance(one, dict):
            raise Fault(place, "A body is an IRI, a text or a resource.")
        elif "value" in one:
            html += _length_of_html(one)
            if html > LONGEST_HTML:
                raise Fault((*place, "value"), f"At most {LONGEST_HTML:,} characters of HTML.")
            _read_text(one, place, found, texts)
        else:
            _read_resource(one, place, found, texts)
    found.body = "\n\n".join(texts)


def _default(body: Any) -> Any:
    """Of a choice the first (Model, 3.2.7); anything else as it is."""
    items = body.get("items") if isinstance(body, dict) else None
    return items[0] if isinstance(items, list) and items else body


def _length_of_html(body: dict[str, Any]) -> int:
    value = body["value"]
    return len(value) if body.get("format") == "text/html" and isinstance(value, str) else 0


def _read_text(one: dict[str, Any], place: Path, found: Incoming, texts: list[str]) -> None:
    text = one["value"]
    for name in AUDIENCE:
        if one.get(name) is not None:
            raise Fault((*place, name), "Say who reads it by the `audience` of the annotation.")
    if not isinstance(text, str):
        raise Fault((*place, "value"), "Give one text.")
    if one.get("format") == "text/html":
        text = _Words.of(text)
    purposes = _names(one.get("purpose"))
    own = {_ours(purpose) for purpose in purposes}
    if "tagging" in purposes:
        found.tags.append(text)
    elif "claiming" in own:
        found.counterclaim = text
    elif "warranting" in own:
        found.warrant = text
    elif "limiting" in own:
        found.scope = text
    elif "describing" in purposes and found.kind == "evidence":
        found.locator = text
    else:
        texts.append(text)


def _read_resource(one: dict[str, Any], place: Path, found: Incoming, texts: list[str]) -> None:
    source = one.get("source", one)
    iri = _source_of(source)
    if not iri:
        raise Fault(place, "A body is an IRI, a text with `value`, or a resource with `source`.")
    if role := _ours(iri):
        _read_role(role, found)
        return
    about = source.get("rdfs:seeAlso") if isinstance(source, dict) else None
    found.source_id = found.source_id or _id_in(_SOURCE, _source_of(about))
    quote = next(
        (s for s in _selectors(one.get("selector")) if "TextQuoteSelector" in _types(s)), {}
    )
    words = quote.get("exact")
    _read_link(iri, words if isinstance(words, str) else "", found, texts)


def _read_link(iri: str, words: str, found: Incoming, texts: list[str]) -> None:
    """Evidence rests on the first thing that it links to; elsewhere links stand in the text."""
    if found.kind == "evidence" and not found.link:
        found.link, found.quote = iri, words
        found.source_id = found.source_id or _id_in(_SOURCE, iri)
    elif iri:
        texts.append(f"<{iri}>")


class _Words(HTMLParser):
    """The words of an HTML body, one block a line: ours are kept as Markdown.

    It is fed only what nh3 has written. Of HTML that is broken on purpose, Python's parser takes a
    time that grows with the square of its length, or fails.
    """

    BLOCKS = frozenset({"p", "br", "div", "li", "blockquote", "h1", "h2", "h3", "pre", "tr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    @classmethod
    def of(cls, html: str) -> str:
        """The words of the HTML."""
        words = cls()
        words.feed(nh3.clean(html, tags=set(cls.BLOCKS), attributes={}))
        words.close()
        return re.sub(r"\n{3,}", "\n\n", "".join(words.found)).strip()

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's signature
        """A block begins on a new line."""
        if tag in self.BLOCKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """A block ends with its line."""
        if tag in self.BLOCKS:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        """Words stay."""
        self.found.append(data)


# --- where it belongs ------------------------------------------------------------------------


def _places(document: dict[str, Any]) -> Iterator[Place]:
    targets = document.get("target")
    if not targets:
        raise Fault(("target",), "Say what it is about: give a `target`.")
    if not isinstance(targets, list):
        yield _place(targets, ("target",))
        return
    # One more may be the annotation that is replied to.
    if len(targets) > MOST_TARGETS + 1:
        raise Fault(("target",), f"At most {MOST_TARGETS} targets are taken.")
    for index, one in enumerate(targets):
        yield _place(one, ("target", index))


def _place(target: Any, path: Path) -> Place:
    if isinstance(target, str):
        return Place(path=path, source=target)
    if not isinstance(target, dict) or "items" in target:
        raise Fault(path, "A target is an IRI, or a resource with `source` and `selector`.")
    # With a selector, the `id` is that of the selection.
    source = _source_of(target.get("source", None if target.get("selector") else target))
    if target.get("source") and not source:
        raise Fault((*path, "source"), "Give the source as an IRI, or as an object with `id`.")
    if not target.get("selector"):
        if not source:
            raise Fault((*path, "source"), "Say where the words stand: give `source`, or words.")
        return Place(path=path, source=source)
    return _with_words(target["selector"], source, path)


def _with_words(selector: Any, source: str, path: Path) -> Place:
    given: dict[str, Any] = {}
    place = (*path, "selector")
    for one in _selectors(selector):
        types = _types(one)
        if "TextQuoteSelector" in types and "quote" not in given:
            given |= _quoted(one, place)
        elif "TextPositionSelector" in types and "start" not in given:
            given |= {name: _offset(one, name, place) for name in ("start", "end")}
    if not given:
        raise Fault(place, "Give the words in a TextQuoteSelector, or a TextPositionSelector.")
    return Place(path=path, source=source, **given)


def _selectors(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The selectors, one or several, and those that refine them (Model, 4.2.9)."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield one
            if depth < DEEPEST_REFINEMENT and "refinedBy" in one:
                yield from _selectors(one["refinedBy"], depth + 1)


def _types(of: dict[str, Any]) -> list[str]:
    return _names(_member(of, "type"))


def _quoted(selector: dict[str, Any], place: Path) -> dict[str, str]:
    found = {"quote": selector.get("exact")}
    found |= {name: selector[name] for name in ("prefix", "suffix") if selector.get(name)}
    for name, value in found.items():
        if not isinstance(value, str) or (name == "quote" and not value.strip()):
            key = "exact" if name == "quote" else name
            raise Fault((*place, key), "Give one text.")
    return found  # type: ignore[return-value]  # each has just been seen to be a text


def _offset(selector: dict[str, Any], name: str, place: Path) -> int:
    value = selector.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise Fault((*place, name), "Give a whole number, not below 0.")
    return value
