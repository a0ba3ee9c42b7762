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


# What makes a claim of its own; another kind has one only where somebody answers what it says.
ASSERTS = (Kind.COUNTERARGUMENT, Kind.SUPPORT)

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


class ExportState(models.TextChoices):
    """How far an export is that somebody asked for on a page."""

    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Being made"
    DONE = "done", "Ready"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


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


class ClaimOrigin(models.TextChoices):
    """Where a claim was found."""

    ESSAY = "essay", "In the essay"
    ANNOTATION = "annotation", "In an annotation"
    IMPORTED = "imported", "In an imported map"


class MapStatus(models.TextChoices):
    """Whether a claim, or a link between claims, stands on the map for everybody."""

    MARKED = "marked", "On the map"
    PROPOSED = "proposed", "Proposed"
    IMPLIED = "implied", "Named by a note, not marked yet"
    WITHDRAWN = "withdrawn", "Taken off the map"


class ClaimType(models.TextChoices):
    """What a claim speaks of."""

    FACT = "fact", "What is so"
    VALUE = "value", "What is good or bad"
    POLICY = "policy", "What should be done"
    DEFINITION = "definition", "What a word means"


class ClaimAct(models.TextChoices):
    """What happened to a claim, in its history."""

    CREATE = "create", "Written"
    MARK = "mark", "Put on the map"
    REWORD = "reword", "Reworded"
    CHANGE = "change", "Changed"
    MERGE = "merge", "Merged"
    UNMERGE = "unmerge", "Taken apart again"
    SPLIT = "split", "Split"
    WITHDRAW = "withdraw", "Taken off the map"
    RESTORE = "restore", "Put back on the map"


class RelationKind(models.TextChoices):
    """What a claim attacks, in the words of ASPIC+ (Modgil & Prakken 2014)."""

    REBUTS = "rebuts", "The opposite is so"
    UNDERMINES = "undermines", "That reason or evidence is wrong"
    UNDERCUTS = "undercuts", "Even if true, it does not follow"


class Burden(models.TextChoices):
    """Which claims need a standing reason to stand."""

    NONE = "none", "No claim: what nobody challenges stands"
    THESIS = "thesis", "The thesis"
    ESSAY = "essay", "Every claim of the essay"
    MARKED = "marked", "The claims marked so"


class SourceType(models.TextChoices):
    """What kind of witness a source is."""

    PRIMARY = "primary", "Primary document"
    DATA = "data", "Data or statistics"
    PEER_REVIEWED = "peer_reviewed", "Peer-reviewed research"
    OFFICIAL = "official", "Official publication"
    THINK_TANK = "think_tank", "Think tank"
    NEWS = "news", "News report"
    OPINION = "opinion", "Opinion piece"
    TESTIMONY = "testimony", "Interview or testimony"
    SOCIAL = "social", "Social media"
    OTHER = "other", "Something else"


class Match(models.TextChoices):
    """What a second reader found where the words should stand."""

    VERBATIM = "verbatim", "The words stand there"
    PARAPHRASE = "paraphrase", "It says so in other words"
    NOT_FOUND = "not_found", "The words do not stand there"


class LinkStatus(models.TextChoices):
    """What was found at a source's address when it was last opened."""

    UNCHECKED = "unchecked", "Not opened yet"
    ALIVE = "alive", "Opens"
    MOVED = "moved", "Opens at another address"
    GONE = "gone", "No longer there"
    UNREACHABLE = "unreachable", "Could not be opened"
    REFUSED = "refused", "Is not opened"


class QualityMarkType(models.TextChoices):
    """What a reader finds wanting in a note, a claim or a passage; never a score."""

    UNSUPPORTED = "unsupported", "Unsupported"
    NOT_A_CLAIM = "not_a_claim", "Not a claim"
    UNCLEAR = "unclear", "Unclear"
    ABUSIVE = "abusive", "Vulgar or abusive"
    DUPLICATE = "duplicate", "Duplicate claim"
    UNRELATED = "unrelated", "Unrelated"
    SEVERAL_CLAIMS = "several_claims", "More than one claim"
    MOVE = "move", "Belongs elsewhere"
    MISQUOTE = "misquote", "Misquotes its source"
    OUT_OF_CONTEXT = "out_of_context", "Taken out of context"
    OUTDATED = "outdated", "Outdated"
