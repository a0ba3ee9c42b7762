"""Essays made up by rule: plausible sentences on a policy, with turns of phrase that come again and again.

The same seed gives the same essay. Nothing here is anybody's text.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

_POOLS = {
    "actors": (
        "councils landlords tenants ministers employers teachers drivers farmers auditors nurses "
        "economists voters regulators parents shopkeepers judges engineers researchers donors "
        "insurers librarians carriers suppliers pensioners students inspectors builders residents "
        "lenders brokers"
    ),
    "thing": (
        "subsidy levy permit threshold quota pension transfer allowance contract budget tariff "
        "voucher curriculum timetable forecast register licence standard deposit surcharge "
        "exemption audit ceiling grant schedule charter ballot guarantee penalty settlement refund "
        "reserve inventory mandate survey benchmark waiver clause dividend premium endowment "
        "corridor pipeline reservoir harbour turbine archive clinic depot terminal orchard quarry "
        "dashboard ledger warrant"
    ),
    "idea": (
        "fairness trust delay scarcity demand congestion turnover inflation eligibility oversight "
        "privacy resilience enforcement competition literacy mobility efficiency dignity risk "
        "accountability precedent migration maintenance incentive discretion legitimacy pollution "
        "participation transparency volatility continuity redundancy leverage consent exposure"
    ),
    "act": (
        "raises lowers delays rewards punishes funds replaces weakens strengthens ignores measures "
        "distorts protects exposes simplifies duplicates postpones concentrates spreads anchors "
        "undercuts finances explains limits invites absorbs shifts crowds signals displaces"
    ),
    "manner": (
        "quietly steadily rarely openly abruptly locally partly visibly cheaply unevenly formally "
        "gradually reliably mostly perversely hastily evenly informally predictably belatedly"
    ),
    "sort": (
        "municipal regional rural voluntary temporary generous narrow hidden annual seasonal "
        "costly modest universal targeted credible fragile binding patchy ambitious outdated "
        "marginal transparent coastal chronic upfront recurring contested flat progressive "
        "statutory"
    ),
    "place": (
        "in the northern districts|along the river|across three counties|in the capital|"
        "near the border|in smaller towns|on the islands|within the old boundary|"
        "outside the port|beyond the ring road"
    ),
    "time": (
        "within two years|before the next election|after the first winter|over a decade|"
        "since the merger|during the trial period|by the end of the term|once the money is spent"
    ),
    "phrase": (
        "as the committee has said before|on the evidence we have|at the end of the day|"
        "for the people who pay the bill|in the long run|it is worth saying plainly that|"
        "the burden of proof lies with those who object|there is no reason to think that|"
        "when all the costs are counted|the question is not whether but when"
    ),
}
POOLS = {name: words.split("|" if "|" in words else None) for name, words in _POOLS.items()}
PATTERNS = (
    "The {sort} {thing} {act} {idea} {place}.",
    "{Actors} {manner} accept the {thing}, because it {act} {idea}.",
    "If the {thing} {act} {idea}, {actors} will ask for a {sort} {thing} {time}.",
    "{Phrase}, the {thing} {act} what {actors} call {idea}.",
    "Nobody who has met {actors} {place} doubts that {idea} {manner} {act} {idea}.",
    "A {sort} {thing} costs {number} million; a {sort} one {act} {idea} and {idea}.",
    "Critics reply that {idea} {act} the {thing}, {phrase}.",
    "{Time}, {actors} and {actors} shared a {thing} that {manner} {act} {idea}.",
    "Is {idea} worth a {sort} {thing}?",
    "What {actors} want is {idea}, {phrase}, and not another {sort} {thing}.",
    "The {thing} of {year} shows how {idea} {act} {idea} {time}.",
    "“{Phrase},” one of the {actors} told us, “the {thing} {act} {idea}.”",
    "{Idea} without {idea} {manner} {act} every {sort} {thing} {place}.",
    "Compare the {sort} {thing} with the {thing}: the former {act} {idea}, the latter {idea}.",
    "So the {thing} should stay, and the {sort} {thing} should go {time}.",
)
WORDS = [
    word for name in ("actors", "thing", "idea", "act", "manner", "sort") for word in POOLS[name]
]
_SLOT = re.compile(r"\{(\w+)\}")
_FEWEST_WORDS = 5


def sentence(rng: random.Random) -> str:
    """One sentence."""

    def fill(slot: re.Match[str]) -> str:
        name = slot.group(1)
        if name == "number":
            return str(rng.randrange(2, 90))
        if name == "year":
            return str(rng.randrange(1948, 2024))
        words = rng.choice(POOLS[name.lower()])
        return words[0].upper() + words[1:] if name[0].isupper() else words

    return _SLOT.sub(fill, rng.choice(PATTERNS))


def paragraph(rng: random.Random) -> str:
    """Three to eight sentences."""
    return " ".join(sentence(rng) for _ in range(rng.randint(3, 8)))


def essay(rng: random.Random, paragraphs: int) -> list[str]:
    """That many paragraphs."""
    return [paragraph(rng) for _ in range(paragraphs)]


def word(rng: random.Random) -> str:
    """A word that an editor puts in: one that the essay may well have elsewhere."""
    return rng.choice(WORDS)


def supplied_essays() -> list[list[str]]:
    """The paragraphs of the essays in the folder that COUNTERPOINT_FIXTURES names, markup left out."""
    folder = os.environ.get("COUNTERPOINT_FIXTURES")
    if not folder:
        return []
    return [_plain(file.read_text("utf-8")) for file in sorted(Path(folder, "essays").glob("*.md"))]


def _plain(markdown: str) -> list[str]:
    blocks = re.split(r"\n\s*\n", markdown)
    plain = [re.sub(r"[*_#>\\`\[]|\](?:\([^)]*\))?", "", block) for block in blocks]
    return [" ".join(block.split()) for block in plain if len(block.split()) >= _FEWEST_WORDS]
