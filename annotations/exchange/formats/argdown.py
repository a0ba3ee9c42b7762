"""Argdown: the argument as text that people read and argument-map programs draw (argdown.org).

Claims and passages are statements, inferences are arguments with numbered premises, relations
stand below their attackers. What was said by whom is not part of Argdown.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from annotations.exchange.formats.integrity import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotations.exchange.formats.document import (
        Claim,
        Document,
        Evidence,
        Inference,
        Ref,
        Relation,
    )

# What begins a tag, a link, a mention, bold text, data, a comment or front matter; and a dot or a
# colon that could begin a shortcode, such as ".A.".
_SPECIAL = re.compile(r"[\\{}\[\]<>#@*_/=]|[.:](?=\S)")
_PLAIN_NAME = re.compile(r"[^\W_]+(?:[ '’-][^\W_]+)*")
_ARROWS = {"rebuts": "->", "undermines": "->", "undercuts": "_>"}


def write(document: Document) -> bytes:
    """The document as Argdown 2."""
    return "\n\n".join(_Writer(document).blocks()).encode() + b"\n"


def escaped(text: str) -> str:
    """The text on one line, with nothing in it that Argdown takes for markup."""
    return _SPECIAL.sub(r"\\\g<0>", one_line(text))


def _quoted(value: Any) -> str:
    """The value as JSON, which YAML reads, without signs that would end the block around it."""
    text = json.dumps(value, ensure_ascii=False)
    return re.sub("[{}=\x7f-\x9f\u2028\u2029]", lambda sign: f"\\u{ord(sign.group()):04x}", text)


def _data(**members: Any) -> str:
    """Metadata in braces; members without a value are left out."""
    given = [
        f"{name}: {_quoted(value)}" for name, value in members.items() if value not in {None, ""}
    ]
    return f"{{{', '.join(given)}}}"


class _Writer:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._names: dict[tuple[str, str], str] = {}
        lists: tuple[tuple[str, str, tuple[Claim | Evidence | Inference, ...]], ...] = (
            ("C", "claim", document.claims),
            ("E", "evidence", document.evidence),
            ("S", "inference", document.inferences),
        )
        for letter, kind, things in lists:
            for number, thing in enumerate(things, 1):
                self._names[kind, thing.id] = f"{letter}{number}"

    def blocks(self) -> Iterator[str]:
        """The blocks that blank lines part; the first is the front matter."""
        document = self._document
        essay = document.essay
        yield "\n".join(
            filter(
                None,
                [
                    "===",
                    f"title: {_quoted(document.title)}",
                    f"subTitle: {_quoted(essay.title)}" if essay else "",
                    f"author: {_quoted(essay.author)}" if essay and essay.author else "",
                    f"date: {_quoted(document.at)}" if document.at else "",
                    "model:\n  mode: loose",
                    "===",
                ],
            )
        )
        if document.claims:
            yield "# Claims"
            yield from map(self._claim, document.claims)
        if document.evidence:
            yield "# Evidence"
            yield from map(self._evidence, document.evidence)
        if document.inferences:
            yield "# Reasons"
            for inference in document.inferences:
                yield from self._inference(inference)
        if document.relations:
            yield "# Challenges"
            for relation in document.relations:
                yield from self._relation(relation)

    def _claim(self, claim: Claim) -> str:
        place = claim.places[0] if claim.places else None
        data = _data(
            id=claim.id,
            type=claim.type,
            thesis=claim.is_thesis or None,
            para=place.number if place else None,
            start=place.start if place else None,
            end=place.end if place else None,
        )
        return f"[{self._names['claim', claim.id]}]: {escaped(claim.text)} {data}"

    def _evidence(self, evidence: Evidence) -> str:
        words = one_line(evidence.quote) or one_line(evidence.warrant) or "…"
        data = _data(
            id=evidence.id,
            cite=evidence.cite,
            locator=evidence.locator,
            stance=evidence.stance,
            warrant=evidence.warrant,
        )
        name = self._names["evidence", evidence.id]
        return f"[{name}]: {escaped(words)} {data}"

    def _inference(self, inference: Inference) -> Iterator[str]:
        name = self._names["inference", inference.id]
        data = _data(id=inference.id, scheme=inference.scheme, warrant=inference.warrant)
        words = f": {escaped(inference.warrant)}" if inference.warrant.strip() else ""
        yield f"<{name}>{words} {data}"
        lines = [
            f"({number}) {self._statement(premise)}"
            for number, premise in enumerate(inference.premises, 1)
        ]
        is_plain = _PLAIN_NAME.fullmatch(inference.scheme)
        lines.append(f"-- {inference.scheme} --" if is_plain else "----")
        conclusion = self._names["claim", inference.conclusion]
        yield "\n".join([f"<{name}>", "", *lines, f"({len(lines)}) [{conclusion}]"])

    def _relation(self, relation: Relation) -> Iterator[str]:
        source = self._statement(relation.source)
        is_step = relation.target.kind == "inference"
        target = (
            f"<{self._names['inference', relation.target.id]}>"
            if is_step
            else self._statement(relation.target)
        )
        yield f"{source}\n  {_ARROWS[relation.kind]} {target}"
        if relation.kind == "rebuts" and not relation.is_one_way:
            yield f"{target}\n  -> {source}"

    def _statement(self, ref: Ref) -> str:
        return f"[{self._names[ref.kind, ref.id]}]"
