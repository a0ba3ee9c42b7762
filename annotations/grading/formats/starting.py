"""Rubrics to begin with, offered where there is none yet; to be changed as one likes."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from annotations.grading.formats.content import (
    COMPLETION,
    FEEDBACK,
    CriterionContent,
    LevelContent,
    RubricContent,
)


def _levels(*words: tuple[str, str]) -> tuple[LevelContent, ...]:
    return tuple(
        LevelContent(title=title, points=Decimal(points), description=description)
        for points, (title, description) in enumerate(words)
    )


DEBATE: Final = RubricContent(
    criteria=(
        CriterionContent(
            title="Says what it holds",
            tag="claim",
            student_text="Each note makes one point that somebody could deny.",
            marker_text="Look at the best three notes, not at their number.",
            levels=_levels(
                ("Not there", "Notes ask, praise or repeat, and hold nothing."),
                ("Vague", "One guesses what is held, but it is not said."),
                ("Clear", "Most notes say in a sentence what they hold."),
                ("Sharp", "Every note can be answered with yes or no, and says where it ends."),
            ),
        ),
        CriterionContent(
            title="Rests on evidence",
            tag="evidence",
            student_text="What you hold rests on sources that others can open, and you say why they "
            "bear on it.",
            marker_text="Open one source of each work. Cite the evidence that you looked at.",
            requires_citation=True,
            levels=_levels(
                ("None", "Nothing is backed."),
                ("Named", "Sources are named, without a word on why they matter."),
                ("Tied in", "Sources bear on the point, and it is said how."),
                ("Weighed", "Sources are compared, and what speaks against them is told."),
            ),
        ),
        CriterionContent(
            title="Answers the other side",
            tag="rebuttal",
            student_text="You meet the strongest objection, and attack reasons rather than people.",
            marker_text="An answer counts whether or not the other side replied to it.",
            levels=_levels(
                ("Passes by", "Other views are not met."),
                ("Contradicts", "It says no, without a reason."),
                ("Answers", "A reason of the other side is met with a reason."),
                ("Turns", "The best case of the other side is put fairly, and then met."),
            ),
        ),
        CriterionContent(
            title="Grants what is right",
            tag="concession",
            student_text="Where the other side is right you say so, and say what follows for you.",
            marker_text="Nobody loses points for having nothing to grant: look for fairness.",
            levels=_levels(
                ("Grants nothing", "Good points of others are passed over."),
                ("In passing", "A point is granted, and nothing follows from it."),
                ("With care", "What is granted changes what is held."),
            ),
        ),
    )
)
READING: Final = RubricContent(
    criteria=(
        CriterionContent(
            title="Reads the words",
            student_text="Your notes stand at exact words, and say what these do in the text.",
            levels=_levels(
                ("Beside the text", "Notes could stand under any text."),
                ("Near it", "Notes name a passage and retell it."),
                ("At the words", "Notes show what single words do."),
            ),
        ),
        CriterionContent(
            title="Asks what is open",
            student_text="You ask what the text leaves unsaid, so that others can answer.",
            levels=_levels(
                ("Nothing asked", ""),
                ("Asked", "The questions can be looked up."),
                ("Opened", "The questions start an argument."),
            ),
        ),
        CriterionContent(
            title="A word to you",
            kind=FEEDBACK,
            student_text="What to keep, and what to try next. It gives no points.",
        ),
    )
)
PARTICIPATION: Final = RubricContent(
    criteria=(
        CriterionContent(
            title="What was asked is in",
            kind=COMPLETION,
            points=Decimal(10),
            student_text="The share of what the assignment asks for, counted from what you posted.",
            marker_text="Proposed by itself; change it where the count is unfair.",
        ),
    )
)
STARTING: Final[dict[str, tuple[str, str, RubricContent]]] = {
    "debate": (
        "Debate commentary",
        "Four criteria: claim, evidence, rebuttal and concession.",
        DEBATE,
    ),
    "reading": ("Close reading", "Two criteria and a word to each student.", READING),
    "participation": ("Participation", "One criterion that counts what is in.", PARTICIPATION),
}
"""By the word in an address: title, what it is in a sentence, and the content."""
