"""Facts beside each criterion by the part of an argument that it looks at; never points.

What is counted are the contributions as they were frozen. Those that came late are left out where
the plan says that they do not count, and it is told how many.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotations.enums import MEETS_A_CHALLENGE, Attacks, Kind
from annotations.grading.enums import CriterionTag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from annotations.grading.queries.frozen import Item

ATTACKED = {
    Attacks.CONCLUSION: "on conclusions",
    Attacks.REASON: "on reasons",
    Attacks.STEP: "on steps",
    Attacks.UNSPECIFIED: "not told apart",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was counted, with its word: such as 3 and "sources"."""

    name: str
    label: str
    count: int
    of: int | None = None

    @property
    def words(self) -> str:
        """Such as "3 of 5 name a source", or "2 replies given"."""
        told = f"{self.count} of {self.of}" if self.of is not None else str(self.count)
        return f"{told} {self.label}"


def facts_of(items: Sequence[Item]) -> dict[str, list[Fact]]:
    """What is told beside a criterion, by its tag; "" for criteria without one.

    `items` are those of one work (`queries.frozen`). Shares of nothing are left out. Reads nothing.
    """
    counted = [item for item in items if not item.is_left_out]
    kinds = Counter(item.kind for item in counted)
    found = {
        "": _whole(items, counted, kinds),
        CriterionTag.CLAIM: _claims(counted, kinds),
        CriterionTag.EVIDENCE: _evidence([one for one in counted if one.kind == Kind.EVIDENCE]),
        CriterionTag.REBUTTAL: _rebuttal(counted, kinds),
        CriterionTag.CONCESSION: [
            Fact("concessions", _plural(kinds[Kind.CONCESSION], "concession"), kinds["concession"])
        ],
    }
    return {tag: [fact for fact in facts if fact.of != 0] for tag, facts in found.items()}


def _whole(items: Sequence[Item], counted: Sequence[Item], kinds: Mapping[str, int]) -> list[Fact]:
    paragraphs = {one.place.number for one in counted if one.place and one.place.number}
    late = sum(one.is_late for one in counted)
    left_out = len(items) - len(counted)
    facts = [
        Fact(kind, _plural(kinds[kind], str(kind.label).lower()), kinds[kind])
        for kind in Kind
        if kinds.get(kind)
    ]
    facts.append(Fact("paragraphs", _plural(len(paragraphs), "paragraph"), len(paragraphs)))
    facts += _replies(counted)
    if late:
        facts.append(Fact("late", "late", late))
    if left_out:
        facts.append(Fact("left_out", "late and left out", left_out))
    return facts


def _claims(counted: Iterable[Item], kinds: Mapping[str, int]) -> list[Fact]:
    claims = sum(bool(one.counterclaim) for one in counted)
    return [
        Fact("claims", _plural(claims, "claim of its own", "claims of its own"), claims),
        Fact("supports", _plural(kinds.get(Kind.SUPPORT, 0), "support"), kinds.get("support", 0)),
    ]


def _evidence(evidence: Sequence[Item]) -> list[Fact]:
    total = len(evidence)
    sources = len({one.source for one in evidence if one.source})
    return [
        Fact("evidence", _plural(total, "piece of evidence", "pieces of evidence"), total),
        Fact("sources", _plural(sources, "source"), sources),
        Fact("with_source", "name a source", sum(bool(one.source) for one in evidence), total),
        Fact("with_locator", "say where in it", sum(bool(one.locator) for one in evidence), total),
        Fact("with_quote", "quote it", sum(bool(one.quote) for one in evidence), total),
        Fact("with_warrant", "have a warrant", sum(bool(one.warrant) for one in evidence), total),
    ]


def _rebuttal(counted: Sequence[Item], kinds: Mapping[str, int]) -> list[Fact]:
    attacks = Counter(one.attacks for one in counted if one.attacks)
    challenges = [one for one in counted if one.kind == Kind.COUNTERARGUMENT]
    answers = {one.parent.ref for one in counted if one.parent and one.kind in MEETS_A_CHALLENGE}
    received = [
        reply.ref for one in counted for reply in one.replies if reply.kind == Kind.COUNTERARGUMENT
    ]
    answered = sum(ref in answers for ref in received)
    met = sum(any(r.kind in MEETS_A_CHALLENGE for r in one.replies) for one in challenges)
    total = kinds.get(Kind.COUNTERARGUMENT, 0)
    return [
        Fact("counterarguments", _plural(total, "counterargument"), total),
        *(Fact(f"attacks_{key}", label, attacks[key]) for key, label in ATTACKED.items()),
        Fact("challenges_answered", "challenges received are answered", answered, len(received)),
        Fact("challenges_met", "own challenges were met by others", met, total),
    ]


def _replies(counted: Sequence[Item]) -> list[Fact]:
    given = sum(one.is_reply for one in counted)
    received = sum(one.reply_count for one in counted)
    return [
        Fact("replies_given", _plural(given, "reply given", "replies given"), given),
        Fact("replies_received", _plural(received, "reply received", "replies received"), received),
    ]


def _plural(count: int, one: str, many: str = "") -> str:
    if count == 1:
        return one
    return many or (one if one == "evidence" else f"{one}s")
