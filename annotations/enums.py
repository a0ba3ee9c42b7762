"""Words of annotating, as the W3C and the argumentation field write them."""

from __future__ import annotations

from django.db import models


class Kind(models.TextChoices):
    """What a person attaches."""

    COMMENT = "comment", "Comment"
    QUESTION = "question", "Question"
    SUPPORT = "support", "Support"
    COUNTERARGUMENT = "counterargument", "Counterargument"
    EVIDENCE = "evidence", "Evidence"
    CONCESSION = "concession", "Concession"


# A reply of one of these kinds meets a challenge; other replies leave it unanswered.
MEETS_A_CHALLENGE = (Kind.COUNTERARGUMENT, Kind.EVIDENCE, Kind.CONCESSION)


class Audience(models.TextChoices):
    """Who may read an annotation."""

    PRIVATE = "private", "Only me"
    STAFF = "staff", "Instructors and assistants"
    GROUP = "group", "My group"
    SEMINAR = "seminar", "The whole seminar"
    PUBLIC = "public", "Everybody"


# How many read it, for narrowing and widening; staff and a group are not comparable.
BREADTH = {
    Audience.PRIVATE: 0,
    Audience.STAFF: 1,
    Audience.GROUP: 1,
    Audience.SEMINAR: 2,
    Audience.PUBLIC: 3,
}


# Whose words students read of one another: what an assignment with approval keeps back first.
READ_BY_STUDENTS = (Audience.GROUP, Audience.SEMINAR, Audience.PUBLIC)


class Status(models.TextChoices):
    """Where an annotation stands between its author and its readers."""

    HELD = "held", "Held by its author"
    PENDING = "pending", "Waiting for approval"
    PUBLISHED = "published", "Published"
    HIDDEN = "hidden", "Hidden by staff"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Attacks(models.TextChoices):
    """What a counterargument attacks: it rebuts, undermines or undercuts."""

    UNSPECIFIED = "unspecified", "Not sure"
    CONCLUSION = "conclusion", "The conclusion"
    REASON = "reason", "A reason given for it"
    STEP = "step", "The step from reason to conclusion"


class Stance(models.TextChoices):
    """What a piece of evidence does for its target."""

    SUPPORTS = "supports", "Supports it"
    ATTACKS = "attacks", "Speaks against it"
    CONTEXT = "context", "Gives context"


class AnchorState(models.TextChoices):
    """How an anchor came to its place in its revision."""

    CREATED = "created", "exact"
    KEPT = "kept", "exact"
    MOVED = "moved", "moved"
    EDITED = "edited", "text edited"
    BY_HAND = "by_hand", "placed by hand"
    ORPHANED = "orphaned", "text removed"


class Op(models.TextChoices):
    """What a change line says happened to an object."""

    CREATE = "create", "Created"
    UPDATE = "update", "Changed"
    WITHDRAW = "withdraw", "Withdrawn"


class FlagReason(models.TextChoices):
    """Why a member asks staff to look at an annotation."""

    OFFENSIVE = "offensive", "Offensive or attacks a person"
    OFF_TOPIC = "off_topic", "Has nothing to do with the essay"
    MISLEADING = "misleading", "Misquotes or misleads"
    PERSONAL = "personal", "Tells personal things"
    OTHER = "other", "Something else"


class ModerationAct(models.TextChoices):
    """What staff did about an annotation."""

    HIDE = "hide", "Hidden"
    UNHIDE = "unhide", "Shown again"
    APPROVE = "approve", "Approved"
    LOCK = "lock", "Thread locked"
    UNLOCK = "unlock", "Thread unlocked"
    PIN = "pin", "Pinned"
    UNPIN = "unpin", "No longer pinned"
    RESOLVE = "resolve", "Flag resolved"
    NARROW = "narrow", "Audience narrowed"
    WIDEN = "widen", "Audience widened"
