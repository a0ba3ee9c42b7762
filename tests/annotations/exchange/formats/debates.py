"""Random debates, with all that a document can hold; one seed, one debate."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from annotations.exchange.formats.document import (
    Claim,
    Concession,
    Document,
    Essay,
    Evidence,
    Illocution,
    Inference,
    Locution,
    Person,
    Place,
    Ref,
    Relation,
    Transition,
)
from annotations.exchange.formats.integrity import one_line

if TYPE_CHECKING:
    from annotations.exchange.formats.document import Attack, Standing

_WORDS = (
    "water", "prices", "fall", "rise", "because", "cities", "<b>", "&", "#tag", "[link]", "{a}",
    "«ça»", "Ünïcödé", "𝒲", "日本語", '"quoted"', "it's", "-", "+", "1.", "\\", "*bold*", "_x_",
    "@home", "a:b", "//", "=1+1", "(1)", "->", "--", "U.S.A.", "e.g.", "3.5%", "x:y:z", ".A.", ":smile:", "a,b;", "===", "====", "}", "} x", "(a)[b]", "__b__", "{x: 1}", "\u2028", "~", "+>", "?",
)  # fmt: skip
_SCHEMES = ("", "", "Practical Reasoning", "Expert Opinion", "Negative Consequences")
_STANDINGS: tuple[Standing, ...] = ("marked", "marked", "marked", "proposed", "implied")


def debate(seed: int) -> Document:
    """The random debate of that number."""
    return _Draw(random.Random(seed)).document()


class _Draw:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def document(self) -> Document:
        people = tuple(Person(f"p{n}", self.name(n)) for n in range(self.chance.randint(1, 4)))
        self.people = [*(person.id for person in people), None]
        claims = self.claims()
        self.claim_refs = [Ref("claim", claim.id) for claim in claims]
        evidence = self.evidence()
        self.sources = [*self.claim_refs, *(Ref("evidence", one.id) for one in evidence)]
        inferences = self.inferences()
        relations = self.relations(inferences)
        locutions = self.locutions()
        self.said = [one.id for one in locutions]
        transitions = self.transitions()
        meant = [
            *self.sources,
            *(Ref("inference", one.id) for one in inferences),
            *(Ref("relation", one.id) for one in relations),
        ]
        return Document(
            title=self.text(),
            at="2026-11-20T10:00:00Z",
            essay=Essay(self.text(), "A. Author", 2),
            people=people,
            claims=claims,
            inferences=inferences,
            relations=relations,
            evidence=evidence,
            locutions=locutions,
            illocutions=self.illocutions(transitions, meant),
            transitions=transitions,
            concessions=self.concessions(),
        )

    def name(self, number: int) -> str:
        return self.chance.choice(["Ann", "Bo Li", "C  D", " E", "José María Ruiz"]) + str(number)

    def text(self) -> str:
        return " ".join(self.chance.choices(_WORDS, k=self.chance.randint(1, 8)))

    def person(self) -> str | None:
        return self.chance.choice(self.people)

    def at(self) -> str:
        seconds = self.chance.choice(["00", "59", "07.123456"])
        return f"2026-11-{self.chance.randint(10, 28)}T10:{self.chance.randint(10, 59)}:{seconds}Z"

    def place(self) -> Place:
        start = self.chance.randint(0, 40)
        run = Place("k1", 3, start, start + 9, "the words", "before", "after")
        return self.chance.choice([run, Place("k2"), Place("k3", 1)])

    def claims(self) -> tuple[Claim, ...]:
        return tuple(
            Claim(
                f"c{n}",
                one_line(self.text()) or "so",
                self.chance.choice(["essay", "annotation", "imported"]),
                self.chance.choice(_STANDINGS),
                self.chance.choice(["", "fact", "value", "policy", "definition"]),
                is_thesis=n == 0,
                has_burden=self.chance.random() < 0.3,
                is_explicit=self.chance.random() < 0.8,
                added_by=self.person(),
                places=tuple(self.place() for _ in range(self.chance.randint(0, 2))),
            )
            for n in range(self.chance.randint(2, 12))
        )

    def evidence(self) -> tuple[Evidence, ...]:
        return tuple(
            Evidence(
                f"e{n}",
                self.chance.choice([self.chance.choice(self.claim_refs).id, None]),
                self.chance.choice(["supports", "attacks", "context"]),
                self.text(),
                self.chance.choice(["", f"{self.text()}\n{self.text()}"]),
                self.chance.choice(["", "p. 7"]),
                self.chance.choice(["", "Smith 2020"]),
                self.chance.choice([{}, {"type": "book", "title": self.text(), "edition": 1.5}]),
            )
            for n in range(self.chance.randint(0, 3))
        )

    def inferences(self) -> tuple[Inference, ...]:
        found = []
        for n in range(self.chance.randint(0, 6)):
            conclusion = self.chance.choice(self.claim_refs)
            others = [ref for ref in self.sources if ref != conclusion]
            premises = self.chance.sample(others, self.chance.randint(1, min(3, len(others))))
            found.append(
                Inference(
                    f"i{n}",
                    conclusion.id,
                    tuple(premises),
                    self.chance.choice(_SCHEMES),
                    self.chance.choice(["", self.text()]),
                    is_explicit=self.chance.random() < 0.8,
                    status=self.chance.choice(_STANDINGS),
                    added_by=self.person(),
                )
            )
        return tuple(found)

    def relations(self, inferences: tuple[Inference, ...]) -> tuple[Relation, ...]:
        targets = [*self.sources, *(Ref("inference", one.id) for one in inferences)]
        found = []
        for n in range(self.chance.randint(0, 8)):
            target = self.chance.choice(targets)
            kinds: dict[str, list[Attack]] = {
                "claim": ["rebuts", "undermines"],
                "evidence": ["undermines"],
                "inference": ["undercuts"],
            }
            source = self.chance.choice([ref for ref in self.sources if ref != target])
            found.append(
                Relation(
                    f"r{n}",
                    self.chance.choice(kinds[target.kind]),
                    source,
                    target,
                    is_one_way=self.chance.random() < 0.5,
                    rationale=self.chance.choice(["", self.text()]),
                    status=self.chance.choice(_STANDINGS),
                    added_by=self.person(),
                )
            )
        return tuple(found)

    def locutions(self) -> tuple[Locution, ...]:
        return tuple(
            Locution(
                f"l{n}",
                self.chance.choice([self.text(), f"{self.text()}\n\n{self.text()}", "Bo Li1: so"]),
                self.person(),
                self.chance.choice(["", self.at()]),
                self.chance.choice(["", "comment", "question"]),
                self.chance.choice([None, self.place()]),
            )
            for n in range(self.chance.randint(2, 10))
        )

    def transitions(self) -> tuple[Transition, ...]:
        return tuple(
            Transition(f"t{n}", *self.chance.sample(self.said, 2))
            for n in range(self.chance.randint(0, 8))
        )

    def illocutions(
        self, transitions: tuple[Transition, ...], meant: list[Ref]
    ) -> tuple[Illocution, ...]:
        sources = [
            *(Ref("locution", one) for one in self.said),
            *(Ref("transition", one.id) for one in transitions),
        ]
        forces = ["asserting", "arguing", "disagreeing", "restating", "analysing", "Agreeing"]
        found = []
        for n in range(self.chance.randint(0, 12)):
            force = self.chance.choice([*forces, "questioning"])
            about = self.chance.choice(meant)
            target = self.chance.choice([about, None]) if force == "questioning" else about
            found.append(Illocution(f"y{n}", force, self.chance.choice(sources), target))
        return tuple(found)

    def concessions(self) -> tuple[Concession, ...]:
        return tuple(
            Concession(
                f"g{n}",
                self.chance.choice(self.said),
                self.chance.choice(self.claim_refs).id,
                self.chance.choice(["", self.text()]),
            )
            for n in range(self.chance.randint(0, 3))
        )
