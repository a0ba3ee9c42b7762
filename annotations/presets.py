"""Vocabularies to copy: not `enums`, for a seminar makes the words its own and changes them.

Stock issues as policy debaters know them; the parts of an argument after Toulmin, "The Uses of
Argument" (1958); and the usual tests of evidence. Definitions and examples are ours.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TagDraft:
    """A tag as it is put into a vocabulary."""

    label: str
    definition: str = ""
    example: str = ""
    counter_example: str = ""


@dataclass(frozen=True, slots=True)
class Preset:
    """Tags that belong together."""

    key: str
    label: str
    about: str
    tags: tuple[TagDraft, ...]


STOCK_ISSUES = Preset(
    "stock-issues",
    "Stock issues",
    "The questions that every case for a new policy must answer.",
    (
        TagDraft(
            "Topicality",
            "Whether what is proposed is an instance of what the resolution speaks of.",
            "The resolution is about cities; this plan changes national law.",
            "The plan would be expensive.",
        ),
        TagDraft(
            "Harms",
            "What is wrong as things stand: who is hurt, and how badly.",
            "One household in six had its water cut off last winter.",
            "Water could be cleaner than it is.",
        ),
        TagDraft(
            "Significance",
            "Whether a harm or a benefit is large enough to act upon.",
            "Six million people are concerned, and the number rises.",
            "This would be nice to have.",
        ),
        TagDraft(
            "Inherency",
            "What keeps the harm in being unless policy changes: a law, an interest, a habit.",
            "No utility may lower tariffs by itself: the statute fixes them.",
            "Nobody has thought of it yet.",
        ),
        TagDraft(
            "Solvency",
            "Whether the plan would in fact remove the harm.",
            "Where meters were read monthly, cut-offs fell by half within two years.",
            "Something must be done about cut-offs.",
        ),
        TagDraft(
            "Advantage",
            "A good that comes of the plan beside removing the harm.",
            "Lower demand also spares a new reservoir.",
            "The plan is popular.",
        ),
        TagDraft(
            "Disadvantage",
            "A harm that the plan itself would cause, and that would not come without it.",
            "Renters cannot change pipes, so a higher price only takes their money.",
            "The present system has faults as well.",
        ),
        TagDraft(
            "Counterplan",
            "Another way to the same end that cannot well be taken together with the plan.",
            "Give every household its first cubic metres free instead.",
            "The plan needs more money.",
        ),
    ),
)
TOULMIN = Preset(
    "toulmin",
    "Parts of an argument (Toulmin)",
    "What is claimed, on what grounds, by what right, and how surely.",
    (
        TagDraft(
            "Claim",
            "What the author wants the reader to accept.",
            "Cities should price water by use.",
            "Cities have priced water by use since 1990.",
        ),
        TagDraft(
            "Grounds",
            "The facts from which the argument starts.",
            "Demand fell by a tenth in the towns that had meters.",
            "People answer to prices.",
        ),
        TagDraft(
            "Warrant",
            "The rule that leads from these grounds to this claim, said or silent.",
            "What lowered demand there will lower it here.",
            "Demand fell there.",
        ),
        TagDraft(
            "Backing",
            "What gives the warrant its authority.",
            "Forty studies of different climates find the same answer to prices.",
            "One town found it too.",
        ),
        TagDraft(
            "Qualifier",
            "How sure the author is, and within what bounds.",
            "In most cities, and at least in dry years.",
            "Cities are different.",
        ),
        TagDraft(
            "Rebuttal",
            "The conditions under which the claim would not hold, as the author grants them.",
            "Unless tenants do not see the bill.",
            "Critics are wrong about this.",
        ),
    ),
)
EVIDENCE_QUALITY = Preset(
    "evidence-quality",
    "Quality of evidence",
    "What to ask of a source before it is relied upon.",
    (
        TagDraft(
            "Recency",
            "Whether it is new enough for what it is used for.",
            "Tariffs were reformed in 2021; these figures are of 2009.",
            "A proof of 1736 is old.",
        ),
        TagDraft(
            "Relevance",
            "Whether it bears on this very claim, these people, this place.",
            "The study is of farms; the claim is about households.",
            "The study is long.",
        ),
        TagDraft(
            "Source expertise",
            "Whether who says it knows this field, and by what work.",
            "The author ran the agency's metering survey for ten years.",
            "The author is well known.",
        ),
        TagDraft(
            "Source interest",
            "Whether who says it gains by being believed.",
            "The report was paid for by the maker of the meters.",
            "The author holds an opinion.",
        ),
        TagDraft(
            "Sufficiency",
            "Whether there is enough of it to carry the claim.",
            "One winter in one town is all there is.",
            "More research is always possible.",
        ),
        TagDraft(
            "Representativeness",
            "Whether those who were looked at stand for those who are spoken of.",
            "Only people who had volunteered for a meter were asked.",
            "Not everybody was asked.",
        ),
        TagDraft(
            "Corroboration",
            "Whether others, independent of it, found the same.",
            "Two utilities with other methods report the same fall.",
            "Three newspapers printed the same report.",
        ),
        TagDraft(
            "Fair quotation",
            "Whether the words mean in their place what they are made to mean here.",
            "The sentence goes on: “but only in the first year”.",
            "The quotation is short.",
        ),
    ),
)
PRESETS = {preset.key: preset for preset in (STOCK_ISSUES, TOULMIN, EVIDENCE_QUALITY)}
