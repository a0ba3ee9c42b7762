"""Words of grading."""

from __future__ import annotations

from django.db import models


class CriterionKind(models.TextChoices):
    """How points are given for a criterion."""

    LEVELS = "levels", "One of several levels"
    RANGE = "range", "Points from 0 to the most"
    CHECKS = "checks", "Any of several checks"
    FEEDBACK = "feedback", "Feedback only, no points"
    COMPLETION = "completion", "How much of what was asked is in"


class CriterionTag(models.TextChoices):
    """What part of an argument a criterion looks at; facts of that part stand beside it."""

    CLAIM = "claim", "Claim"
    EVIDENCE = "evidence", "Evidence"
    REBUTTAL = "rebuttal", "Rebuttal"
    CONCESSION = "concession", "Concession"


class MarkingMode(models.TextChoices):
    """How many people mark a work, and what they know of one another."""

    SINGLE = "single", "One marker"
    SAMPLED = "sampled", "One marker, a sample moderated"
    OPEN_SECOND = "open_second", "Two markers, the second sees the first mark"
    BLIND_DOUBLE = "blind_double", "Two markers, neither sees the other's mark"


# Modes in which two marks make a grade.
DOUBLE = (MarkingMode.OPEN_SECOND, MarkingMode.BLIND_DOUBLE)


class AgreementRule(models.TextChoices):
    """What two marks within the tolerance make."""

    MEAN = "mean", "The mean of both"
    FIRST = "first", "The first mark stands"


class ReleaseMode(models.TextChoices):
    """When students see grades."""

    MANUAL = "manual", "When an instructor releases them"
    SCHEDULED = "scheduled", "At a set time, whatever is ready then"


class LateOwner(models.TextChoices):
    """Who takes points off for lateness: one alone."""

    NOBODY = "nobody", "Nobody"
    US = "us", "Counterpoint"
    LMS = "lms", "The learning management system"


class LateRule(models.TextChoices):
    """What lateness costs; it is told per contribution."""

    DROP = "drop", "Late contributions do not count"
    EACH = "each", "Each late contribution counts for less"
    LAST = "last", "The whole loses by its last counted contribution"


class LateInterval(models.TextChoices):
    """What lateness is counted in; a begun one is a whole one."""

    HOUR = "hour", "Hours"
    DAY = "day", "Days"


class MarkRole(models.TextChoices):
    """In which part somebody marks a work."""

    FIRST = "first", "First marker"
    SECOND = "second", "Second marker"
    THIRD = "third", "Third marker"


class MarkState(models.TextChoices):
    """Whether a mark is still being made."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    WITHDRAWN = "withdrawn", "Taken back"


class GradeState(models.TextChoices):
    """Where a grade stands; students learn of `released` and `reopened` alone."""

    NOT_STARTED = "not_started", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    AWAITING_SECOND = "awaiting_second", "Waits for the second mark"
    DISAGREED = "disagreed", "The marks disagree"
    MARKED = "marked", "Marked"
    READY = "ready", "Ready for release"
    RELEASED = "released", "Released"
    REOPENED = "reopened", "Reopened"


class Verb(models.TextChoices):
    """What an event did to a grade."""

    OPENED = "opened", "opened the work for marking"
    STARTED = "started", "began to mark"
    SUBMITTED = "submitted", "submitted a mark"
    WITHDREW = "withdrew", "took a mark back"
    AGREED = "agreed", "agreed the mark"
    MODERATED = "moderated", "moderated"
    RECOMPUTED = "recomputed", "recomputed"
    ADJUSTED = "adjusted", "adjusted the grade"
    EXCUSED = "excused", "excused the work"
    RELEASED = "released", "released the grade"
    UNRELEASED = "unreleased", "took the release back"
    REOPENED = "reopened", "reopened the grade"
    BROKE_BLIND = "broke_blind", "looked who wrote the work"


class Via(models.TextChoices):
    """By what way an event came."""

    WEB = "web", "page"
    API = "api", "API"
    RULE = "rule", "rule"


class SampleReason(models.TextChoices):
    """Why a work is in the moderator's sample."""

    FAILED = "failed", "Fails"
    BORDERLINE = "borderline", "On a border"
    SPREAD = "spread", "Spread over the range"
    RANDOM = "random", "Drawn at random"
    FLAGGED = "flagged", "Picked by hand"


class SampleOutcome(models.TextChoices):
    """What the moderator found; empty while nothing is said."""

    AGREE = "agree", "Agrees"
    CONCERN = "concern", "Has a concern"


class RequestState(models.TextChoices):
    """Where a request to look at a grade again stands."""

    OPEN = "open", "Open"
    ESCALATED = "escalated", "With the instructor"
    UPHELD = "upheld", "Grade changed"
    DECLINED = "declined", "Grade stands"
    TAKEN_BACK = "taken_back", "Taken back"
