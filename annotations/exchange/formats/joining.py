"""A document together with the files that parts of it were made from.

The rows of an imported map change as other rows do; the words that were said, and all that the
rows do not hold, stand in the file. Both together are the debate again.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotations.exchange.formats.document import Ref
from annotations.exchange.formats.integrity import one_line
from annotations.exchange.formats.nodesets import words
from annotations.selectors import first_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from annotations.exchange.formats.document import (
        Claim,
        Concession,
        Document,
        Evidence,
        Foreign,
        Illocution,
        Kind,
    )

LONGEST_CLAIM = 300


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was taken in: its document, and by kind of thing the rows made of its ids.

    `name` tells its ids from those of other files.
    """

    name: str
    document: Document
    rows: Mapping[str, Mapping[str, str]]


def joined(document: Document, taken: list[Taken]) -> Document:
    """The document with what the files hold besides the rows that are still there."""
    for one in taken:
        document = _Joint(document, one).joined()
    return document


class _Joint:
    def __init__(self, document: Document, taken: Taken) -> None:
        self._document, self._taken, self._file = document, taken, taken.document
        self._known = {
            "claim": {claim.id for claim in document.claims},
            "inference": {one.id for one in document.inferences},
            "relation": {one.id for one in document.relations},
        }
        self._restored = self._restorable()

    def joined(self) -> Document:
        """The document, with the file's evidence, dialogue and rest."""
        document = self._with_evidence()
        file = self._file
        return dataclasses.replace(
            document,
            people=(
                *document.people,
                *(dataclasses.replace(one, id=self._own(one.id)) for one in file.people),
            ),
            locutions=(
                *document.locutions,
                *(
                    dataclasses.replace(
                        one, id=self._own(one.id), person=one.person and self._own(one.person)
                    )
                    for one in file.locutions
                ),
            ),
            transitions=(
                *document.transitions,
                *(
                    dataclasses.replace(
                        one,
                        id=self._own(one.id),
                        source=self._own(one.source),
                        target=self._own(one.target),
                    )
                    for one in file.transitions
                ),
            ),
            illocutions=(*document.illocutions, *self._illocutions()),
            concessions=(*document.concessions, *self._concessions()),
            foreign=(*document.foreign, *map(self._foreign, file.foreign)),
        )

    def _own(self, id_: str) -> str:
        return f"{self._taken.name}:{id_}"

    def _row(self, kind: str, id_: str) -> str:
        """The row that was made of the file's thing; what is not a row keeps its id in the file."""
        return self._taken.rows.get(kind, {}).get(id_) or self._own(id_)

    def _ref(self, ref: Ref) -> Ref:
        """What the file's thing is now; it need not be there any more."""
        if ref.kind == "evidence" and ref.id not in self._restored:
            return Ref("claim", self._row("evidence", ref.id))
        kind: Kind = "evidence" if ref.kind in {"cite", "cited"} else ref.kind
        return Ref(ref.kind, self._row(kind, ref.id))

    def _is_there(self, ref: Ref) -> bool:
        if ref.kind == "evidence":
            return True
        return ref.id in self._known.get(ref.kind, {ref.id})

    def _restorable(self) -> set[str]:
        """The file's evidence whose claims are still no more than evidence.

        Nothing concludes them, they are attacked as evidence is, and they say what they said.
        """
        rows = self._taken.rows.get("evidence", {})
        concluded = {one.conclusion for one in self._document.inferences}
        concluded |= {one.claim for one in self._document.concessions}
        concluded |= {one.target.id for one in self._document.relations if one.kind != "undermines"}
        plain = {
            claim.id: claim
            for claim in self._document.claims
            if claim.id not in concluded and _is_plain(claim)
        }
        return {
            use.id
            for use in self._file.evidence
            if (claim := plain.get(rows.get(use.id, ""))) and claim.text == wording(use)
        }

    def _with_evidence(self) -> Document:
        """The document with the restored evidence in place of the claims that were made of it."""
        gone = {self._row("evidence", id_) for id_ in self._restored}
        uses = [
            dataclasses.replace(
                use,
                id=self._row("evidence", use.id),
                claim=use.claim and self._claim(use.claim),
            )
            for use in self._file.evidence
            if use.id in self._restored
        ]

        def turned(ref: Ref) -> Ref:
            return Ref("evidence", ref.id) if ref.kind == "claim" and ref.id in gone else ref

        document = self._document
        return dataclasses.replace(
            document,
            claims=tuple(claim for claim in document.claims if claim.id not in gone),
            evidence=(*document.evidence, *uses),
            inferences=tuple(
                dataclasses.replace(one, premises=tuple(map(turned, one.premises)))
                for one in document.inferences
            ),
            relations=tuple(
                dataclasses.replace(one, source=turned(one.source), target=turned(one.target))
                for one in document.relations
            ),
            illocutions=tuple(
                dataclasses.replace(one, target=one.target and turned(one.target))
                for one in document.illocutions
            ),
        )

    def _claim(self, id_: str) -> str | None:
        row = self._row("claim", id_)
        return row if row in self._known["claim"] else None

    def _illocutions(self) -> list[Illocution]:
        return [
            dataclasses.replace(
                one, id=self._own(one.id), source=self._ref(one.source), target=target
            )
            for one in self._file.illocutions
            for target in [one.target and self._ref(one.target)]
            if target is None or self._is_there(target)
        ]

    def _concessions(self) -> list[Concession]:
        return [
            dataclasses.replace(
                one, id=self._own(one.id), locution=self._own(one.locution), claim=claim
            )
            for one in self._file.concessions
            if (claim := self._claim(one.claim)) is not None
        ]

    def _foreign(self, foreign: Foreign) -> Foreign:
        return dataclasses.replace(
            foreign,
            nodes={node: self._ref(ref) for node, ref in foreign.nodes.items()},
            people={number: self._own(person) for number, person in foreign.people.items()},
        )


def _is_plain(claim: Claim) -> bool:
    return not (claim.is_thesis or claim.has_burden)


def wording(use: Evidence) -> str:
    """The claim that a passage becomes where there is nobody whose evidence it could be.

    Its words if they are few enough, else what it is brought for; the rest stays in the file.
    """
    choice = (use.quote, words.saying(use.warrant, use.cite), use.warrant, use.cite)
    fitting = (line for text in choice if 0 < len(line := one_line(text)) <= LONGEST_CLAIM)
    return next(fitting, None) or first_sentence(use.quote or use.warrant) or "Evidence"
