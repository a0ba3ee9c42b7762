"""Words of assignments and their rounds."""

from __future__ import annotations

from django.db import models


class RoundMode(models.TextChoices):
    """What holds in a round: what one sees of the others', and what may be posted."""

    OPEN = "open", "Open discussion"
    BLIND = "blind", "Blind: everybody sees only the own"
    REBUTTAL = "rebuttal", "Rebuttal"
    CLOSED = "closed", "Closed: nothing is posted"


class Position(models.TextChoices):
    """The side of the resolution that a person argues; never a sign of quality."""

    AFFIRMATIVE = "affirmative", "Affirmative"
    NEGATIVE = "negative", "Negative"
    NONE = "none", "No side"


class ReasonCode(models.TextChoices):
    """Why an extension was given, in words that tell nothing of anybody's health."""

    CIRCUMSTANCES = "circumstances", "Personal circumstances"
    ACCOMMODATION = "accommodation", "Agreed accommodation"
    TECHNICAL = "technical", "Technical trouble"
    OTHER = "other", "Other"


# What can be posted, as `annotations.enums.Kind` names it: the ground may not look up there.
POSTED_KINDS = ("comment", "question", "support", "counterargument", "evidence", "concession")

# What an assignment asks for, by the kind that does it.
ASKED_KINDS = {
    "comments": "comment",
    "counterarguments": "counterargument",
    "evidence": "evidence",
}
KIND_PLURALS = {
    "comment": "comments",
    "question": "questions",
    "support": "support",
    "counterargument": "counterarguments",
    "evidence": "evidence",
    "concession": "concessions",
}
