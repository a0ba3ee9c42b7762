"""One assignment's debate, independent of any format.

Two layers, as in the Argument Interchange Format (Chesñevar et al. 2006; Reed et al. 2008, "AIF+:
Dialogue in the Argument Interchange Format"): the argument (claims, inferences, relations,
evidence) and the dialogue that made it (who said what, in reply to what, and doing what).
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - the codec reads the types while it runs
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal[
    "claim", "inference", "relation", "evidence", "locution", "transition", "illocution",
    "concession", "cite", "cited", "content",
]  # fmt: skip
Attack = Literal["rebuts", "undermines", "undercuts"]
Stance = Literal["supports", "attacks", "context"]
Origin = Literal["essay", "annotation", "imported"]
Standing = Literal["marked", "proposed", "implied"]
ClaimType = Literal["", "fact", "value", "policy", "definition"]


@dataclass(frozen=True, slots=True)
class Ref:
    """One thing of the document: its kind, and its id, which is unique within the kind."""

    kind: Kind
    id: str


@dataclass(frozen=True, slots=True)
class Essay:
    """The essay that is debated, at the revision whose places are given."""

    title: str
    author: str = ""
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who speaks, under the name that the reader of the file may know."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Words in the essay: half-open code point offsets into a paragraph; none: all of it."""

    paragraph: str
    number: int | None = None
    start: int | None = None
    end: int | None = None
    exact: str = ""
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One proposition: one line, in Unicode's form C."""

    id: str
    text: str
    origin: Origin = "imported"
    status: Standing = "marked"
    type: ClaimType = ""
    is_thesis: bool = False
    has_burden: bool = False
    is_explicit: bool = True
    added_by: str | None = None
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Inference:
    """Premises (claims or evidence) that together are a reason for a conclusion."""

    id: str
    conclusion: str
    premises: tuple[Ref, ...]
    scheme: str = ""
    warrant: str = ""
    is_explicit: bool = True
    status: Standing = "marked"
    added_by: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A claim or a piece of evidence attacks a claim, an inference or a piece of evidence."""

    id: str
    kind: Attack
    source: Ref
    target: Ref
    is_one_way: bool = False
    rationale: str = ""
    status: Standing = "marked"
    added_by: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The use of a passage. `source` is CSL-JSON, `cite` its one-line reference."""

    id: str
    claim: str | None = None
    stance: Stance = "context"
    warrant: str = ""
    quote: str = ""
    locator: str = ""
    cite: str = ""
    source: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Locution:
    """What a person said; `at` is RFC 3339 in UTC or empty, `kind` that of the annotation."""

    id: str
    text: str
    person: str | None = None
    at: str = ""
    kind: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """From what was said (`source`) to what was said in reply to it (`target`)."""

    id: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Illocution:
    """What somebody did by saying something, or by replying: asserting, arguing, disagreeing …

    `force` is one of `FORCES`, or the foreign word as it was. A question that is about nothing
    on the map has no target.
    """

    id: str
    force: str
    source: Ref
    target: Ref | None = None


@dataclass(frozen=True, slots=True)
class Concession:
    """By a locution, its speaker grants a claim, as far as `scope` says."""

    id: str
    locution: str
    claim: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A file as it came, with what we do not model: `nodes` and `people` lead from its ids to ours."""

    format: Literal["aifdb", "xaif"]
    graph: Mapping[str, Any]
    nodes: Mapping[str, Ref] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A debate. `at` is the moment of the state that it shows, RFC 3339 in UTC, or empty."""

    title: str = ""
    at: str = ""
    essay: Essay | None = None
    people: tuple[Person, ...] = ()
    claims: tuple[Claim, ...] = ()
    inferences: tuple[Inference, ...] = ()
    relations: tuple[Relation, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    locutions: tuple[Locution, ...] = ()
    illocutions: tuple[Illocution, ...] = ()
    transitions: tuple[Transition, ...] = ()
    concessions: tuple[Concession, ...] = ()
    foreign: tuple[Foreign, ...] = ()


FORCES = (
    "asserting", "arguing", "disagreeing", "questioning", "restating", "conceding", "analysing",
)  # fmt: skip
