"""What the inbox shows: each notice looked at again, whether its object may still be seen."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q
from django.utils import timezone

from debate.core.db import is_there
from debate.notices.models import Mute, Notice, Preference
from debate.notices.registry import NoticeKind, Wording, contexts_named, kind_of, kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date
    from typing import Any
    from uuid import UUID

    from django.db.models import QuerySet

    from debate.accounts.models import User
    from debate.notices.models import NoticeQuerySet

PAGE_SIZE = 30
MOST_COUNTED = 100
"""Beyond it the bar says "99+", and nothing more is counted."""


@dataclass(frozen=True, slots=True)
class Told:
    """A notice with what it says now."""

    notice: Notice
    wording: Wording
    kind: NoticeKind


@dataclass(frozen=True, slots=True)
class Section:
    """Notices of one day about one place of an essay."""

    heading: str
    items: list[Told]


@dataclass(frozen=True, slots=True)
class Day:
    """The notices of one day in the reader's time zone, by what they are about."""

    date: date
    sections: list[Section]


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of the inbox, the newest first; `before` is where the next page begins, if any."""

    days: list[Day]
    before: UUID | None
    newest: UUID | None
    unread: int


@dataclass(frozen=True, slots=True)
class Choice:
    """How soon a person wants e-mails of a kind."""

    kind: NoticeKind
    cadence: str


@dataclass(frozen=True, slots=True)
class Muted:
    """A context of which a person is told nothing; without wording it can be seen no longer."""

    context_id: UUID
    wording: Wording | None = field(default=None)


def visible_notices(user: User, notices: NoticeQuerySet | None = None) -> NoticeQuerySet:
    """Those of the notices, or of all, that are the person's and whose objects the person may see now.

    Takes 1 query at once, for the kinds that are among them: who may see what, told of every kind
    there is, takes the database many times as long to plan as of the few that most people have.
    """
    notices = (Notice.objects.all() if notices is None else notices).addressed_to(user)
    there = set(notices.order_by().values_list("kind", flat=True).distinct())
    names: dict[Callable[[User], QuerySet[Any, Any]], list[str]] = defaultdict(list)
    for kind in kinds():
        if kind.name in there:
            names[kind.visible].append(kind.name)
    shown = Q()
    for visible, some in names.items():
        seen = is_there(visible(user).filter(pk=OuterRef("object_id")))
        shown |= seen & Q(kind__in=some)
    return notices.filter(shown) if names else notices.none()


def unread_count(user: User) -> int:
    """How many notices the person has not read, up to 100; in two queries, in one if there is none."""
    unread = visible_notices(user, Notice.objects.unread())
    return unread.order_by()[:MOST_COUNTED].count()


def worded(user: User, notices: Iterable[Notice]) -> list[Told]:
    """The notices with their words, in the same order, without those that may not be seen."""
    rows = list(notices)
    ids = defaultdict(set)
    for one in rows:
        ids[one.kind].add(one.object_id)
    said = {name: kind.word(user, ids[name]) for name in ids if (kind := kind_of(name))}
    return [
        Told(notice=one, wording=said[one.kind][one.object_id], kind=kind)
        for one in rows
        if (kind := kind_of(one.kind)) and one.object_id in said[one.kind]
    ]


def inbox(
    user: User, *, kind: str = "", is_unread: bool = False, before: UUID | None = None
) -> Inbox:
    """A page of the person's inbox: of one kind, of what is unread, older than `before`."""
    notices = Notice.objects.filter(kind=kind) if kind else Notice.objects.all()
    if is_unread:
        notices = notices.unread()
    if before:
        notices = notices.filter(pk__lt=before)
    rows = list(visible_notices(user, notices).order_by("-id")[: PAGE_SIZE + 1])
    page = rows[:PAGE_SIZE]
    return Inbox(
        days=_days(worded(user, page)),
        before=page[-1].pk if len(rows) > PAGE_SIZE else None,
        newest=page[0].pk if page else None,
        unread=unread_count(user),
    )


def sections(items: Iterable[Told]) -> list[Section]:
    """The notices under their headings, in the order in which the headings come first."""
    by_heading: dict[str, list[Told]] = defaultdict(list)
    for one in items:
        by_heading[one.wording.heading].append(one)
    return [Section(heading=heading, items=some) for heading, some in by_heading.items()]


def _days(items: list[Told]) -> list[Day]:
    days = groupby(items, key=lambda one: timezone.localdate(one.notice.created_at))
    return [Day(date=day, sections=sections(some)) for day, some in days]


def choices(user: User) -> list[Choice]:
    """What the person wants by e-mail of each kind, the kind's own choice where nothing was said."""
    said = dict(Preference.objects.filter(user=user).values_list("kind", "cadence"))
    return [Choice(kind=one, cadence=said.get(one.name, one.cadence)) for one in kinds()]


def muted(user: User) -> list[Muted]:
    """What the person has muted, the latest first."""
    ids = list(
        Mute.objects.filter(user=user).order_by("-created_at").values_list("context_id", flat=True)
    )
    names = contexts_named(user, ids) if ids else {}
    return [Muted(context_id=pk, wording=names.get(pk)) for pk in ids]


def is_muted(user: User, context_id: UUID) -> bool:
    """Whether the person has muted the context."""
    return bool(user.pk) and Mute.objects.filter(user_id=user.pk, context_id=context_id).exists()
