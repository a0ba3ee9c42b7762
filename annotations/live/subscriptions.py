"""Who listens in this process, and the waking of them: one hub for each event loop.

All of it runs in the loop, so that nothing here needs a lock; only `_look` and `_keep` run on a
thread, with a connection of their own that they close.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID
from weakref import WeakKeyDictionary

from django.contrib.sessions.models import Session
from django.db import DatabaseError, connections
from django.utils import timezone

from annotations.actions import presence
from annotations.actions.changes import CHANNEL as CHANGES
from annotations.live.filters import line_of, may_concern
from annotations.queries.view_keys import views_of
from debate.accounts.models import User
from debate.assignments.models import Assignment
from debate.core.errors import TooMany
from debate.core.notify import Listener
from debate.core.shutdown import closing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annotations.queries.feed import Feed
    from annotations.queries.view_keys import Pair, View

logger = logging.getLogger(__name__)

STREAMS_A_PROCESS = 500
VISITORS_A_PROCESS = 100
STREAMS_A_PERSON = 12
WATCHERS_A_PROCESS = 500
WATCHERS_A_PERSON = 12

LOOK = 3.0
"""Seconds between two looks at whether the listeners still may listen."""

PRESENCE_PAUSE = 5.0
"""Seconds between two times that the listeners of an assignment are told of who is there."""

BURST, A_SECOND = 25, 60
"""How many listeners are woken at once, and from then on each second: each of them asks for what
changed, and three hundred at the same moment would keep those waiting who post."""

CHANGE, PRESENCE, GONE = "change", "presence", "gone"


@dataclass(eq=False)
class Subscription:
    """One open stream: who listens to which assignment, by which session, and what is to be said."""

    view: View
    session_key: str | None
    account_id: UUID | None
    waiting: set[str] = field(default_factory=set)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    has_ended: bool = False

    @property
    def pair(self) -> tuple[UUID | None, UUID]:
        """The person, None for a visitor, and the assignment."""
        return self.view.user_id, self.view.assignment_id

    @property
    def is_present(self) -> bool:
        """Whether others may be told that the person is here: members are."""
        return self.account_id is not None and self.view.is_set

    def taken(self) -> list[str]:
        """What is to be said now; it then no longer waits."""
        said = sorted(self.waiting)
        self.waiting.clear()
        self.woken.clear()
        return said

    def end(self, *, said: str = "") -> None:
        """Let the stream end, after that was said."""
        self.waiting = {said} if said else set()
        self.has_ended = True
        self.woken.set()


@dataclass(eq=False)
class Watcher:
    """One client that waits for news of a feed; it has to ask again by which rules it sees."""

    feed: Feed
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class Pace:
    """Wakes some at once and the others one after the other, each once however often it is asked."""

    def __init__(self) -> None:
        self._queue: dict[Subscription | Watcher, None] = {}
        self._left = float(BURST)
        self._at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def wake(self, one: Subscription | Watcher) -> None:
        """Wake it as soon as its turn comes, unless it is awake already."""
        if one.woken.is_set():
            return
        self._queue[one] = None
        if self._timer is None:
            self._go_on()

    def _go_on(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._left = min(BURST, self._left + (now - self._at) * A_SECOND)
        self._at = now
        while self._queue and self._left >= 1:
            one = next(iter(self._queue))
            del self._queue[one]
            one.woken.set()
            self._left -= 1
        self._timer = loop.call_later(1 / A_SECOND, self._go_on) if self._queue else None


class Hub:
    """The listeners of one event loop."""

    def __init__(self) -> None:
        self._all: dict[Subscription, None] = {}
        self._by_assignment: dict[UUID, dict[Subscription, None]] = {}
        self._listener = Listener((CHANGES, presence.CHANNEL), self.heard)
        self._keeper: asyncio.Task[None] | None = None
        self._pace = Pace()
        self._left: set[Pair] = set()
        self._to_tell: dict[UUID, float] = {}
        self._told: dict[UUID, float] = {}
        self._watchers: dict[Watcher, None] = {}
        self._watching: dict[UUID, dict[Watcher, None]] = {}

    @classmethod
    def here(cls) -> Hub:
        """The running loop's."""
        loop = asyncio.get_running_loop()
        if loop not in _hubs:
            _hubs[loop] = cls()
        return _hubs[loop]

    def add(self, one: Subscription) -> None:
        """Let it hear from now on: first, once this process does, that something may have changed.

        Of a person's streams the oldest ends where there are too many. Raises TooMany where the
        process has as many as it can hold.
        """
        visitors = sum(other.view.user_id is None for other in self._all)
        is_visitor = one.view.user_id is None
        if len(self._all) >= STREAMS_A_PROCESS or (is_visitor and visitors >= VISITORS_A_PROCESS):
            raise TooMany(
                "Too many pages listen here just now.",
                code="too_many_streams",
                extra={"retry_after": 60},
            )
        own = [other for other in self._all if other.view.user_id == one.view.user_id]
        for other in [] if is_visitor else own[: max(0, len(own) + 1 - STREAMS_A_PERSON)]:
            self._drop(other)
            other.end()
        self._all[one] = None
        self._by_assignment.setdefault(one.view.assignment_id, {})[one] = None
        self._left.discard(one.pair)
        self._listener.start()
        if self._keeper is None or self._keeper.done():
            # Not in the context of this request, whose thread ends with it.
            self._keeper = asyncio.get_running_loop().create_task(
                self._keep_up(), context=contextvars.Context()
            )
        if self._listener.is_listening:
            self._tell([one], CHANGE)

    def remove(self, one: Subscription) -> None:
        """Let it hear no more; its person is gone where no other page of theirs is open."""
        self._drop(one)
        user_id, assignment_id = one.pair
        others = self._by_assignment.get(assignment_id, ())
        if user_id and all(other.pair != one.pair for other in others):
            self._left.add(one.pair)

    def watch(self, one: Watcher) -> None:
        """Wake it from now on when something in its feed may concern its reader.

        Raises TooMany where the process, or the reader, has as many as there may be.
        """
        own = sum(other.feed.user_id == one.feed.user_id for other in self._watchers)
        most = WATCHERS_A_PERSON if one.feed.user_id else VISITORS_A_PROCESS
        if len(self._watchers) >= WATCHERS_A_PROCESS or own >= most:
            raise TooMany(
                "Too many clients wait here just now.",
                code="too_many_streams",
                extra={"retry_after": 60},
            )
        self._watchers[one] = None
        for assignment_id in one.feed.views:
            self._watching.setdefault(assignment_id, {})[one] = None
        self._listener.start()

    def unwatch(self, one: Watcher) -> None:
        """Wake it no more."""
        self._watchers.pop(one, None)
        for assignment_id in one.feed.views:
            watching = self._watching.get(assignment_id, {})
            watching.pop(one, None)
            if not watching:
                self._watching.pop(assignment_id, None)

    def heard(self, channel: str, told: dict[str, Any]) -> None:
        """Wake whom the notification may concern; all where something may have been missed."""
        if not channel:
            self._tell(self._all, CHANGE)
            for one in self._watchers:
                self._pace.wake(one)
            return
        assignment_id = UUID(told["assignment"])
        watching = self._watching.get(assignment_id) if channel == CHANGES else None
        if watching:
            line = line_of(told)
            for watcher in watching:
                if may_concern(watcher.feed.views[assignment_id], line):
                    self._pace.wake(watcher)
        listeners = self._by_assignment.get(assignment_id)
        if not listeners:
            return
        if channel == presence.CHANNEL:
            self._tell_of_presence(assignment_id)
            return
        line = line_of(told)
        self._tell([one for one in listeners if may_concern(one.view, line)], CHANGE)

    def _drop(self, one: Subscription) -> None:
        self._all.pop(one, None)
        listeners = self._by_assignment.get(one.view.assignment_id, {})
        listeners.pop(one, None)
        if not listeners:
            self._by_assignment.pop(one.view.assignment_id, None)

    def _tell(self, some: Iterable[Subscription], what: str) -> None:
        for one in some:
            one.waiting.add(what)
            self._pace.wake(one)

    def _tell_of_presence(self, assignment_id: UUID) -> None:
        """At once, and from then on every few seconds at most, however many come and go."""
        loop = asyncio.get_running_loop()
        last = self._told.get(assignment_id, -PRESENCE_PAUSE)
        if last > loop.time():
            return  # all are about to be told
        at = max(loop.time(), last + PRESENCE_PAUSE)
        self._told[assignment_id] = at
        loop.call_at(at, lambda: self._tell(self._by_assignment.get(assignment_id, ()), PRESENCE))

    async def _keep_up(self) -> None:
        """Look every few seconds who still may listen, and keep fresh who is here."""
        ending, kept_at = closing(), asyncio.get_running_loop().time()
        while self._all or self._left or self._to_tell:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ending.wait(), LOOK)
            if ending.is_set():
                for one in self._all:
                    one.end()
                return
            now = asyncio.get_running_loop().time()
            is_due = now - kept_at >= presence.KEPT_FRESH.total_seconds()
            kept_at = now if is_due else kept_at
            try:
                await self._look(now, is_due=is_due)
            except DatabaseError as error:
                logger.warning("Who listens could not be looked at: %s", str(error).strip())

    async def _look(self, now: float, *, is_due: bool) -> None:
        some = list(self._all)
        here = {one.pair for one in some if one.is_present} if is_due else set()
        left, self._left = self._left, set()
        told = [pk for pk, at in self._to_tell.items() if at <= now]
        seen = await asyncio.to_thread(_seen, some, here, left, told)
        gone_at = now + presence.LEAVES_AFTER.total_seconds()
        self._to_tell = {pk: at for pk, at in self._to_tell.items() if pk not in told}
        self._to_tell |= {pk: gone_at for _, pk in left}
        for one in some:
            view = seen.views.get(one.pair)
            if one.has_ended or one not in self._all:
                continue
            if view is None or not view.is_open or not seen.knows(one):
                self._drop(one)
                one.end(said=GONE)
            elif view.key != one.view.key:
                one.view = view
                self._tell([one], CHANGE)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


@dataclass(frozen=True)
class _Seen:
    """By which rules the listeners see, and whose sessions and accounts still stand."""

    views: dict[Pair, View]
    sessions: set[str]
    accounts: set[UUID]

    def knows(self, one: Subscription) -> bool:
        return one.account_id is None or (
            one.session_key in self.sessions and one.account_id in self.accounts
        )


def _seen(
    some: list[Subscription],
    here: set[Pair],
    left: set[Pair],
    told: list[UUID],
) -> _Seen:
    """One look for all listeners of the process, on a thread and a connection of its own."""
    try:
        presence.stay(here)
        presence.leave(left)
        presence.tell_of(told)
        assignments = {one.view.assignment_id for one in some}
        rows = Assignment.objects.filter(pk__in=assignments).for_pages()
        accounts = {one.account_id for one in some if one.account_id}
        sessions = Session.objects.filter(
            session_key__in=[one.session_key for one in some if one.session_key],
            expire_date__gt=timezone.now(),
        )
        return _Seen(
            views=views_of([one.pair for one in some], rows),
            sessions=set(sessions.values_list("session_key", flat=True)),
            accounts=set(
                User.objects.filter(pk__in=accounts, is_active=True).values_list("pk", flat=True)
            ),
        )
    finally:
        connections.close_all()
