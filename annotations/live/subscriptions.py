"""Who listens in this process, and the waking of them: one hub for each event loop.

All of it runs in the loop, so that nothing here needs a lock; only `_looked` and `_kept` run on a
thread, with a connection of their own that they close.

Nobody is told of anything by rules that were read before it happened: one query says of all who
listen whether those by which each hears still hold (`standing`). Who reads alike hears alike, so
that whom a line concerns is decided once for all of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID
from weakref import WeakKeyDictionary

from django.contrib.sessions.models import Session
from django.db import Error as DatabaseFailure
from django.db import connections
from django.db.models.functions import Now

from annotations.actions import presence
from annotations.actions.changes import CHANNEL as CHANGES
from annotations.live.filters import line_of, may_concern
from annotations.live.standing import standing_of
from annotations.live.stream import PAUSE
from annotations.queries.changes import bearing_on, is_named_beside
from annotations.queries.view_keys import views_of
from debate.accounts.models import User
from debate.assignments.models import Assignment
from debate.core.errors import TooMany
from debate.core.notify import Listener
from debate.core.shutdown import closing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping

    from annotations.live.standing import Standing
    from annotations.models import Change
    from annotations.queries.changes import Bearing
    from annotations.queries.feed import Feed
    from annotations.queries.view_keys import Pair, View

    Bearings = Mapping[UUID, Collection[Bearing]]

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

AGAIN = 1.0
"""Seconds after which it is tried again to tell, where the database could not say whom."""

AT_A_TIME = 25
"""Listeners that are told before whoever else waits for this process has a turn."""

BURST, A_SECOND = 25, 60
"""How many come to ask at once, and from then on each second, for what changed: three hundred at the
same moment would keep those waiting who post. Pages are told at once when their turn comes."""

CHANGE, PRESENCE, GONE = "change", "presence", "gone"

_ANYBODY = UUID(int=0)
"""Whose views are those of all who see by the same rules: nobody's, who has written nothing."""


@dataclass(eq=False)
class Subscription:
    """One open stream: who listens to which assignment, by which session, and what is to be said.

    `sending` sends to the client once the stream `is_open`, where something before Django gives that.
    `mark` is that of the rules by which the view holds (`standing`), None where it has to be looked
    at before anything is told; `asks_at` the loop's time at which the page has its turn to ask.
    """

    view: View
    session_key: str | None
    account_id: UUID | None
    sending: Callable[[dict[str, Any]], Coroutine[Any, Any, None]] | None = None
    is_open: bool = False
    waiting: set[str] = field(default_factory=set)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    has_ended: bool = False
    mark: str | None = None
    asks_at: float = 0.0

    def __post_init__(self) -> None:
        self.sees_by(self.view)

    def sees_by(self, view: View) -> None:
        """Hear from now on what the view lets one read."""
        self.view = view
        self.shared = replace(view, user_id=_ANYBODY if view.user_id else None)
        self.alike = self.shared.key

    @property
    def pair(self) -> tuple[UUID | None, UUID]:
        """The person, None for a visitor, and the assignment."""
        return self.view.user_id, self.view.assignment_id

    @property
    def is_present(self) -> bool:
        """Whether others may be told that the person is here: members are."""
        return self.account_id is not None and self.view.is_set

    @property
    def words(self) -> str:
        """What is to be said now, as events: each with the milliseconds until the page may ask."""
        left = self.asks_at - asyncio.get_running_loop().time()
        turn = math.ceil(1000 * left) if left > 0 else 0
        return "".join(f"event: {name}\ndata: {turn}\n\n" for name in sorted(self.waiting))

    def taken(self) -> list[str]:
        """What is to be said now; it then no longer waits."""
        said = sorted(self.waiting)
        self.waiting.clear()
        self.woken.clear()
        return said

    def tell(self, what: str) -> None:
        """Say it at once where the client takes what it is sent, else as soon as it does."""
        self.waiting.add(what)
        if self.woken.is_set():
            return  # it is about to be said
        if self.is_open and self.sending and self._is_sent(self.sending):
            self.taken()
        else:
            self.woken.set()

    def _is_sent(self, sending: Callable[[dict[str, Any]], Coroutine[Any, Any, None]]) -> bool:
        """Whether all that is to be said could be sent without waiting for anything.

        Five hundred tasks that are woken one after the other take three times as long. A server
        that waits does so before it writes, for the client to take what was written before: then
        nothing was, and the stream's own task does it, as it does from then on.
        """
        part = {"type": "http.response.body", "body": self.words.encode(), "more_body": True}
        begun = sending(part)
        try:
            begun.send(None)
        except StopIteration:
            return True
        except Exception:  # noqa: BLE001, S110 - what is wrong with one client keeps nothing from others
            pass  # the stream's own task finds out what it is
        else:
            begun.close()
        self.sending = None
        return False

    def end(self, *, said: str = "") -> None:
        """Let the stream end, after that was said."""
        self.waiting = {said} if said else set()
        self.has_ended = True
        self.asks_at = 0.0
        self.woken.set()


@dataclass(eq=False)
class Watcher:
    """One client that waits for news of a feed; it has to ask again by which rules it sees."""

    feed: Feed
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class Pace:
    """Gives turns, some at once and the others one after the other."""

    def __init__(self) -> None:
        self._next = -math.inf
        self._queued: set[Watcher | Subscription] = set()

    def turn(self, now: float) -> float:
        """The loop's time at which the next may come, which is now for some."""
        # A turn that is not used is kept for a burst, and no longer.
        at = max(self._next, now - (BURST - 1) / A_SECOND)
        self._next = at + 1 / A_SECOND
        return max(at, now)

    def wake(self, one: Watcher | Subscription) -> None:
        """Wake it as soon as its turn comes, unless it is awake already."""
        if one.woken.is_set() or one in self._queued:
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        at = self.turn(now)
        if at <= now:
            one.woken.set()
        else:
            self._queued.add(one)
            loop.call_at(at, self._wake, one)

    def _wake(self, one: Watcher | Subscription) -> None:
        self._queued.discard(one)
        one.woken.set()


@dataclass
class _News:
    """What the listeners of an assignment are to be told of together.

    `lines` are those of changes; `is_all` says that something may have been missed.
    """

    lines: list[Change] = field(default_factory=list)
    is_all: bool = False
    is_presence: bool = False

    def add(self, other: _News) -> None:
        """Tell of that as well."""
        self.lines += other.lines
        self.is_all |= other.is_all
        self.is_presence |= other.is_presence

    def may_concern(self, view: View, bearing: Bearings) -> bool:
        """Whether any of the lines may concern who reads by that view."""
        return any(may_concern(view, line, bearing.get(line.object_id, ())) for line in self.lines)

    def for_each(
        self, some: Iterable[Subscription], bearing: Bearings
    ) -> Iterable[tuple[Subscription, str]]:
        """Whom it concerns, and what each is told: asked once of all who read alike."""
        authors = {line.author_id for line in self.lines}
        authors |= {note.author_id for notes in bearing.values() for note in notes}
        known: dict[bytes, bool] = {}
        for one in some:
            if self.is_presence:
                yield one, PRESENCE
            if one.view.user_id in authors:
                is_told = True
            elif one.alike in known:
                is_told = known[one.alike]
            else:
                is_told = self.may_concern(one.shared, bearing)
                known[one.alike] = is_told
            if is_told or self.is_all:
                yield one, CHANGE


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
        self._news: dict[UUID, _News] = {}
        self._telling: dict[UUID, asyncio.Task[None]] = {}
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
            self._tell(one, CHANGE)

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
            for assignment_id in self._by_assignment:
                self._news_of(assignment_id).is_all = True
            for one in self._watchers:
                self._pace.wake(one)
            return
        assignment_id = UUID(told["assignment"])
        if channel == presence.CHANNEL:
            if assignment_id in self._by_assignment:
                self._tell_of_presence(assignment_id)
            return
        line = line_of(told)
        for watcher in self._watching.get(assignment_id, ()):
            if may_concern(watcher.feed.views[assignment_id], line):
                self._pace.wake(watcher)
        # Of what is known beside notes it takes a query to say who waits for it.
        is_asked = assignment_id in self._watching and is_named_beside(line)
        if assignment_id in self._by_assignment or is_asked:
            self._news_of(assignment_id).lines.append(line)

    def _drop(self, one: Subscription) -> None:
        self._all.pop(one, None)
        listeners = self._by_assignment.get(one.view.assignment_id, {})
        listeners.pop(one, None)
        if not listeners:
            self._by_assignment.pop(one.view.assignment_id, None)

    def _news_of(self, assignment_id: UUID) -> _News:
        """What the listeners of the assignment are told next, which somebody then does."""
        if assignment_id not in self._telling:
            # In a context of its own, as the keeper.
            self._telling[assignment_id] = asyncio.get_running_loop().create_task(
                self._tell_all(assignment_id), context=contextvars.Context()
            )
        return self._news.setdefault(assignment_id, _News())

    async def _tell_all(self, assignment_id: UUID) -> None:
        """Tell the listeners of the assignment, until there is nothing more to tell."""
        try:
            while assignment_id in self._news and not closing().is_set():
                listeners = list(self._by_assignment.get(assignment_id, ()))
                # What comes from here on is told the next time: the look may not have seen it.
                news = self._news.pop(assignment_id)
                try:
                    bearing = await _bearing_on(news.lines)
                    await self._look(listeners)
                except DatabaseFailure as error:
                    logger.warning("Whom to tell could not be asked: %s", str(error).strip())
                    self._news.setdefault(assignment_id, _News()).add(news)
                    await asyncio.sleep(AGAIN)
                    continue
                # Decided for all by what was just looked at, before anything else has a turn.
                told = list(news.for_each(listeners, bearing))
                for watcher in self._watching.get(assignment_id, ()) if bearing else ():
                    if news.may_concern(watcher.feed.views[assignment_id], bearing):
                        self._pace.wake(watcher)
                for number, (one, what) in enumerate(told, 1):
                    self._tell(one, what)
                    if not number % AT_A_TIME:
                        await asyncio.sleep(0)
                await asyncio.sleep(PAUSE)
        finally:
            del self._telling[assignment_id]

    def _tell(self, one: Subscription, what: str) -> None:
        """Let it say so at once; the page asks when its turn comes, of which each has one at a time."""
        if one.has_ended or one not in self._all:
            return
        now = asyncio.get_running_loop().time()
        if one.asks_at <= now:
            one.asks_at = self._pace.turn(now)
        one.tell(what)

    def _tell_of_presence(self, assignment_id: UUID) -> None:
        """At once, and from then on every few seconds at most, however many come and go."""
        loop = asyncio.get_running_loop()
        last = self._told.get(assignment_id, -PRESENCE_PAUSE)
        if last > loop.time():
            return  # all are about to be told
        at = max(loop.time(), last + PRESENCE_PAUSE)
        self._told[assignment_id] = at
        loop.call_at(at, self._told_of_presence, assignment_id)

    def _told_of_presence(self, assignment_id: UUID) -> None:
        if assignment_id in self._by_assignment:
            self._news_of(assignment_id).is_presence = True

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
                await self._keep(now, is_due=is_due)
                await self._look(list(self._all))
            except DatabaseFailure as error:
                logger.warning("Who listens could not be looked at: %s", str(error).strip())

    async def _keep(self, now: float, *, is_due: bool) -> None:
        here = {one.pair for one in self._all if one.is_present} if is_due else set()
        left, self._left = self._left, set()
        told = [pk for pk, at in self._to_tell.items() if at <= now]
        if here or left or told:
            await asyncio.to_thread(_kept, here, left, told)
        gone_at = now + presence.LEAVES_AFTER.total_seconds()
        self._to_tell = {pk: at for pk, at in self._to_tell.items() if pk not in told}
        self._to_tell |= {pk: gone_at for _, pk in left}

    async def _look(self, some: Collection[Subscription]) -> None:
        """Let each of them hear by the rules of now, and end those who may hear no more."""
        if not some:
            return
        looked = await asyncio.to_thread(_looked, some)
        for one, mark in looked.anew:
            view = looked.views.get(one.pair)
            if one.has_ended or one not in self._all:
                continue
            if view is None or not view.is_open or not looked.knows(one):
                self._drop(one)
                one.end(said=GONE)
                continue
            one.mark = mark
            if view != one.view:
                is_same = view.key == one.view.key
                one.sees_by(view)
                if not is_same:
                    self._tell(one, CHANGE)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


@dataclass(frozen=True)
class _Looked:
    """Those of whom had to be decided anew what they hear, each with the mark of the rules.

    By which rules they see, and whose sessions and accounts still stand.
    """

    anew: list[tuple[Subscription, str | None]]
    views: dict[Pair, View] = field(default_factory=dict)
    sessions: set[str] = field(default_factory=set)
    accounts: set[UUID] = field(default_factory=set)

    def knows(self, one: Subscription) -> bool:
        return one.account_id is None or (
            one.session_key in self.sessions and one.account_id in self.accounts
        )


def _looked(some: Collection[Subscription]) -> _Looked:
    """One look for all of them, on a thread: one query, and 5 to 9 where that found a difference."""
    try:
        accounts = {one.account_id for one in some if one.account_id}
        sessions = {one.session_key for one in some if one.session_key and one.account_id}
        standing = standing_of({one.view.assignment_id for one in some}, accounts, sessions)
        anew = _to_decide(some, standing, (len(accounts), len(sessions)))
        if not anew:
            return _Looked([])
        rows = Assignment.objects.filter(pk__in={one.view.assignment_id for one, _ in anew})
        open_now = Session.objects.filter(session_key__in=sessions, expire_date__gt=Now())
        active = User.objects.filter(pk__in=accounts, is_active=True)
        return _Looked(
            anew,
            views=views_of([one.pair for one, _ in anew], rows.for_pages()),
            sessions=set(open_now.values_list("session_key", flat=True)),
            accounts=set(active.values_list("pk", flat=True)),
        )
    finally:
        connections.close_all()


def _to_decide(
    some: Collection[Subscription], standing: Standing, whole: tuple[int, int]
) -> list[tuple[Subscription, str | None]]:
    """All where an account or a session ended; else those whose rules are others than they were."""
    are_whole = (standing.accounts, standing.sessions) == whole
    marks = standing.marks
    return [
        (one, mark)
        for one in some
        if (mark := marks.get(one.view.assignment_id)) is None or mark != one.mark or not are_whole
    ]


async def _bearing_on(lines: Collection[Change]) -> Bearings:
    """Beside which notes that is known of which the lines tell, asked on a thread if need be."""

    def found() -> Bearings:
        try:
            return bearing_on(lines)
        finally:
            connections.close_all()

    return await asyncio.to_thread(found) if any(map(is_named_beside, lines)) else {}


def _kept(here: Collection[Pair], left: Collection[Pair], told: Collection[UUID]) -> None:
    """Say who is here and who has gone, on a thread."""
    try:
        presence.stay(here)
        presence.leave(left)
        presence.tell_of(told)
    finally:
        connections.close_all()
