"""Ways of arguing, by name: the short list for policy essays, after Walton, Reed & Macagno (2008).

`name` is what the field and AIF files call a scheme, `label` what a reader is shown; the questions
are ours, of the sort that "Argumentation Schemes" asks of each.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scheme:
    """A way of arguing, and what to ask of an argument that takes it."""

    name: str
    label: str
    questions: tuple[str, ...]


_LIST = (
    Scheme(
        "Expert Opinion",
        "Somebody who knows says so",
        (
            "Is the person an expert in this very field?",
            "What exactly was said, and is it quoted fairly?",
            "Do other experts agree?",
        ),
    ),
    Scheme(
        "Practical Reasoning",
        "It is the way to a goal",
        (
            "Is the goal shared, and are there others that count?",
            "Would the means really bring it about?",
            "Is there a better way to the same goal?",
        ),
    ),
    Scheme(
        "Positive Consequences",
        "It would do good",
        (
            "How likely are the good effects, and on what evidence?",
            "Who gets them, and who pays?",
            "What bad effects stand against them?",
        ),
    ),
    Scheme(
        "Negative Consequences",
        "It would do harm",
        (
            "How likely is the harm, and on what evidence?",
            "Would it come in any case?",
            "What good effects stand against it?",
        ),
    ),
    Scheme(
        "Cause to Effect",
        "One thing brings about another",
        (
            "How strong is the link from cause to effect?",
            "Is the cause really present here?",
            "What could keep the effect from coming?",
        ),
    ),
    Scheme(
        "Correlation to Cause",
        "Two things go together, so one causes the other",
        (
            "Do they really go together, and how often?",
            "Could a third thing cause both?",
            "Could it be the other way round?",
        ),
    ),
    Scheme(
        "Analogy",
        "A similar case went that way",
        (
            "Are the cases alike in what matters here?",
            "In what do they differ?",
            "Is there a case that went the other way?",
        ),
    ),
    Scheme(
        "Sign",
        "One thing shows that another is there",
        (
            "How reliable is the sign?",
            "What else could it be a sign of?",
            "Are other signs missing that should be there?",
        ),
    ),
    Scheme(
        "Example",
        "A case stands for the rule",
        (
            "Is the example true as told?",
            "Is it typical, or an exception?",
            "How far does the rule reach?",
        ),
    ),
    Scheme(
        "Commitment",
        "They have bound themselves to it",
        (
            "What exactly did they commit themselves to?",
            "Does it cover this case?",
            "Have they changed their position openly?",
        ),
    ),
    Scheme(
        "Popular Opinion",
        "Most people think so",
        (
            "Who was asked, and how?",
            "Why should many be right about this?",
            "Do those who know best think so as well?",
        ),
    ),
    Scheme(
        "Slippery Slope",
        "One step leads to the worst",
        (
            "Which steps lie between, and how likely is each?",
            "Could one stop on the way?",
            "Is the last step as bad as it is made out?",
        ),
    ),
    Scheme(
        "Threat",
        "Something will be done to us otherwise",
        (
            "Can it be done, and will it?",
            "Would giving in prevent it?",
            "Does fear take the place of a reason here?",
        ),
    ),
)
SCHEMES = {scheme.name: scheme for scheme in _LIST}
