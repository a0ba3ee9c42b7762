"""What staff have to look at, what they did, and what can be done about an annotation.

A fixed number of queries, whatever the number of annotations, flags and acts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse

from annotations.enums import Audience, ModerationAct, Status
from annotations.models import Anchor, Annotation, Flag, ModerationEntry
from annotations.queries.cards import Card, Reader, card
from annotations.queries.paragraphs import dom_id
from debate.accounts.models import User
from debate.seminars.permissions import may_write, membership_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from annotations.models.annotation import AnnotationQuerySet
    from debate.assignments.models import Assignment
    from debate.seminars.models import Seminar

CASES_A_PAGE = 20
ENTRIES_A_PAGE = 50
CHARACTERS_A_CASE = 1_200

# What the queue can show, by the word in its address.
SHOWN = {
    "todo": "To look at",
    "flagged": "Flagged",
    "pending": "Waiting for approval",
    "hidden": "Hidden",
    "resolved": "Flags resolved",
}
# Who waits longest is looked at first; what is done is read from the newest on.
_OLDEST_FIRST = ("todo", "flagged", "pending")


@dataclass(frozen=True, slots=True)
class Act:
    """Something that the person may do about an annotation; `asks` for words on a page first."""

    name: str
    label: str
    url: str
    asks: bool


@dataclass(frozen=True, slots=True)
class Tools:
    """What the person may do about an annotation: staff moderate it, members flag it."""

    version: int
    acts: list[Act]
    flag_url: str
    is_flagged: bool
    flag_count: int


_LABELS = {
    ModerationAct.APPROVE: "Approve",
    ModerationAct.UNHIDE: "Show again",
    ModerationAct.RESOLVE: "Resolve the flags",
    ModerationAct.HIDE: "Hide",
    ModerationAct.LOCK: "Lock the thread",
    ModerationAct.UNLOCK: "Unlock the thread",
    ModerationAct.PIN: "Pin it",
    ModerationAct.UNPIN: "Unpin it",
}
_ASKED = (ModerationAct.HIDE, ModerationAct.RESOLVE)


def acts_on(annotation: Annotation, *, flags: int) -> list[Act]:
    """What staff who oversee the annotation may do as it stands, the likeliest first."""
    offered = {
        ModerationAct.APPROVE: annotation.status == Status.PENDING,
        ModerationAct.UNHIDE: annotation.status == Status.HIDDEN,
        ModerationAct.RESOLVE: flags > 0,
        ModerationAct.HIDE: annotation.status in {Status.PUBLISHED, Status.PENDING},
        ModerationAct.LOCK: not annotation.locked_at,
        ModerationAct.UNLOCK: annotation.locked_at is not None,
        ModerationAct.PIN: annotation.status == Status.PUBLISHED and not annotation.pinned_at,
        ModerationAct.UNPIN: annotation.pinned_at is not None,
    }
    of_threads = {
        ModerationAct.LOCK, ModerationAct.UNLOCK, ModerationAct.PIN, ModerationAct.UNPIN,
    }  # fmt: skip
    return [
        Act(
            name=act.value,
            label=_LABELS[act],
            url=reverse("annotations:moderate", args=[annotation.pk, act.value]),
            asks=act in _ASKED,
        )
        for act, is_offered in offered.items()
        if is_offered and not (act in of_threads and annotation.parent_id)
    ]


def tools_for(reader: Reader, assignment: Assignment, ids: Sequence[UUID]) -> dict[UUID, Tools]:
    """What the person may do about each of the annotations; empty for whoever only reads. 2 queries."""
    user = reader.user
    if not isinstance(user, User) or not may_write(reader.membership, assignment.seminar):
        return {}
    flags: dict[UUID, list[UUID]] = defaultdict(list)
    for annotation_id, flagged_by in (
        Flag.objects.visible_to(user)
        .open()
        .filter(annotation__in=ids)
        .values_list("annotation_id", "flagged_by_id")
    ):
        flags[annotation_id].append(flagged_by)
    found = {}
    for one in reader.annotations().filter(pk__in=ids).with_shown_author(user):
        open_flags = flags[one.pk]
        is_kept = one.audience == Audience.PRIVATE or one.status == Status.HELD
        overseen = one.is_overseen and not is_kept  # type: ignore[attr-defined]  # annotated
        may_flag = one.author_id != user.pk and one.status == Status.PUBLISHED
        found[one.pk] = Tools(
            version=one.version,
            acts=acts_on(one, flags=len(open_flags)) if overseen else [],
            flag_url=reverse("annotations:flag", args=[one.pk]) if may_flag else "",
            is_flagged=user.pk in open_flags,
            flag_count=len(open_flags) if overseen else 0,
        )
    return found


# --- the queue -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FlagLine:
    """A flag as staff read it; `by` is empty to the author of what it is about."""

    reason: str
    note: str
    by: str
    at: datetime
    resolved_at: datetime | None
    resolved_by: str
    resolution: str


@dataclass(slots=True)
class Case:
    """An annotation that staff look at, with its place and what is said about it."""

    card: Card
    version: int
    alias: str
    assignment: Assignment
    paragraph_number: int | None
    href: str
    flags: list[FlagLine]
    acts: list[Act]
    is_edited: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the lists that can be looked at; `count` is None where it is not told."""

    name: str
    label: str
    count: int | None
    is_current: bool


@dataclass(slots=True)
class Queue:
    """A page of the annotations of one seminar that staff look at."""

    seminar: Seminar
    shown: str
    choices: list[Choice]
    cases: list[Case]
    next_after: UUID | None
    can_act: bool

    @property
    def pending(self) -> list[Case]:
        """Those of the page that wait for approval."""
        return [case for case in self.cases if any(act.name == "approve" for act in case.acts)]


def moderation_queue(
    *, user: User, seminar: Seminar, shown: str, after: UUID | None = None
) -> Queue:
    """A page of what the person oversees in the seminar, of the list that `shown` names."""
    overseen = Annotation.objects.overseen_by(user).filter(assignment__seminar=seminar)
    asked = overseen.filter(_asked(shown, seminar))
    forwards = shown in _OLDEST_FIRST
    if after:
        asked = asked.filter(pk__gt=after) if forwards else asked.filter(pk__lt=after)
    order = "pk" if forwards else "-pk"
    page = list(asked.order_by(order).values_list("pk", flat=True)[: CASES_A_PAGE + 1])
    membership = membership_of(user, seminar)
    can_act = may_write(membership, seminar)
    cases = {case.card.id: case for case in _cases(user, seminar, page[:CASES_A_PAGE])}
    if not can_act:
        for case in cases.values():
            case.acts = []
    return Queue(
        seminar=seminar,
        shown=shown,
        choices=_choices(overseen, seminar, shown),
        cases=[cases[str(pk)] for pk in page[:CASES_A_PAGE] if str(pk) in cases],
        next_after=page[CASES_A_PAGE - 1] if len(page) > CASES_A_PAGE else None,
        can_act=can_act,
    )


def pending_cases(*, user: User, seminar: Seminar, ids: Iterable[UUID]) -> list[Case]:
    """Those of the annotations that the person oversees and that still wait, the oldest first."""
    overseen = Annotation.objects.overseen_by(user).filter(assignment__seminar=seminar)
    waiting = overseen.filter(pk__in=ids, status=Status.PENDING)
    found = _cases(user, seminar, list(waiting.values_list("pk", flat=True)))
    return sorted(found, key=lambda case: case.card.id)


def _asked(shown: str, seminar: Seminar) -> Q:
    """What belongs to the list: found from its flags and from what waits, not by going through all."""
    flags = Flag.objects.filter(annotation__assignment__seminar=seminar)
    flagged = flags.open().values("annotation_id")
    settled = flags.exclude(resolved_at=None).values("annotation_id")
    pending = Annotation.objects.filter(assignment__seminar=seminar, status=Status.PENDING)
    waiting = pending.order_by().values("pk")
    return {
        "todo": Q(pk__in=flagged.union(waiting)),
        "flagged": Q(pk__in=flagged),
        "pending": Q(status=Status.PENDING),
        "hidden": Q(status=Status.HIDDEN),
        "resolved": Q(pk__in=settled) & ~Q(pk__in=flagged),
    }[shown]


def _choices(overseen: AnnotationQuerySet, seminar: Seminar, shown: str) -> list[Choice]:
    """The lists; how many there are to do is told, how many are done is not."""
    counts = {name: overseen.filter(_asked(name, seminar)).count() for name in _OLDEST_FIRST}
    return [
        Choice(name=name, label=label, count=counts.get(name), is_current=name == shown)
        for name, label in SHOWN.items()
    ]


def _cases(user: User, seminar: Seminar, ids: Sequence[UUID]) -> list[Case]:
    hidden = ModerationEntry.objects.filter(annotation=OuterRef("pk"), act=ModerationAct.HIDE)
    annotations = (
        Annotation.objects.overseen_by(user)
        .filter(pk__in=ids)
        .for_display(user)
        .select_related("assignment__essay", "assignment__revision")
        .annotate(hidden_at=Subquery(hidden.order_by("-pk").values("at")[:1]))
    )
    anchors: dict[UUID, list[Anchor]] = defaultdict(list)
    for anchor in Anchor.objects.filter(
        annotation__in=ids, revision=F("annotation__assignment__revision")
    ).select_related("paragraph"):
        anchors[anchor.annotation_id].append(anchor)
    flags = _flags(user, ids)
    membership = membership_of(user, seminar)
    found = []
    for annotation in annotations:
        annotation.assignment.seminar = seminar
        reader = Reader(user, membership, annotation.assignment.revision)
        found.append(_case(reader, annotation, anchors[annotation.pk], flags[annotation.pk]))
    return found


def _case(
    reader: Reader, annotation: Annotation, anchors: Sequence[Anchor], flags: list[FlagLine]
) -> Case:
    shown = card(reader, annotation, anchors, [], limit=CHARACTERS_A_CASE)
    assignment = annotation.assignment
    first = next((anchor.paragraph for anchor in anchors if anchor.paragraph), None)
    page = assignment.get_absolute_url()
    open_flags = sum(flag.resolved_at is None for flag in flags)
    hidden_at: datetime | None = annotation.hidden_at  # type: ignore[attr-defined]  # annotated
    edited_at = annotation.edited_at
    return Case(
        card=shown,
        version=annotation.version,
        alias=annotation.alias.name if annotation.alias else "",
        assignment=assignment,
        paragraph_number=first.number if first else None,
        href=f"{page}#{dom_id(first)}" if first else page,
        flags=flags,
        acts=acts_on(annotation, flags=open_flags),
        is_edited=bool(hidden_at and edited_at and edited_at > hidden_at),
    )


def _flags(user: User, ids: Sequence[UUID]) -> dict[UUID, list[FlagLine]]:
    found: dict[UUID, list[FlagLine]] = defaultdict(list)
    flags = Flag.objects.visible_to(user).filter(annotation__in=ids).with_shown_flagger(user)
    for flag in flags.select_related("flagged_by", "resolved_by").order_by("id"):
        shows = flag.shows_flagger  # type: ignore[attr-defined]  # annotated
        # Who took back a flag is who gave it.
        is_own = flag.resolved_by_id == flag.flagged_by_id
        found[flag.annotation_id].append(
            FlagLine(
                reason=str(flag.get_reason_display()),
                note=flag.note,
                by=flag.flagged_by.display_name if shows else "",
                at=flag.created_at,
                resolved_at=flag.resolved_at,
                resolved_by=(
                    flag.resolved_by.display_name
                    if flag.resolved_by and (shows or not is_own)
                    else ""
                ),
                resolution=flag.resolution,
            )
        )
    return found


# --- the log -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LogLine:
    """One act, whose annotation it was about, and where that stands."""

    act: str
    label: str
    actor: str
    at: datetime
    reason: str
    what: str
    author: str
    assignment: str
    href: str


@dataclass(slots=True)
class Log:
    """A page of what staff did in one seminar, the newest first."""

    seminar: Seminar
    lines: list[LogLine]
    people: list[User]
    next_after: UUID | None


def moderation_log(
    *,
    user: User,
    seminar: Seminar,
    act: str = "",
    person: UUID | None = None,
    after: UUID | None = None,
) -> Log:
    """A page of the acts on what the person oversees; of one kind or person if asked for."""
    entries = ModerationEntry.objects.visible_to(user).filter(
        annotation__assignment__seminar=seminar
    )
    people = User.objects.filter(pk__in=entries.values("actor")).order_by("name", "username")
    if act:
        entries = entries.filter(act=act)
    if person:
        entries = entries.filter(actor=person)
    if after:
        entries = entries.filter(pk__lt=after)
    found = entries.select_related("actor", "annotation__author", "annotation__assignment")
    page = list(found.order_by("-pk")[: ENTRIES_A_PAGE + 1])
    return Log(
        seminar=seminar,
        lines=[_line(entry) for entry in page[:ENTRIES_A_PAGE]],
        people=list(people),
        next_after=page[ENTRIES_A_PAGE - 1].pk if len(page) > ENTRIES_A_PAGE else None,
    )


def _line(entry: ModerationEntry) -> LogLine:
    annotation = entry.annotation
    return LogLine(
        act=entry.act,
        label=str(entry.get_act_display()),
        actor=entry.actor.display_name,
        at=entry.at,
        reason=entry.reason,
        what=str(annotation.get_kind_display()),
        author=annotation.author.display_name,  # whoever reads the log oversees the author
        assignment=annotation.assignment.title,
        href=annotation.get_absolute_url(),
    )
