"""The change feed: what changed for one reader since a cursor, and the full state to begin with.

A page of changes is read in this order: by which rules the reader sees, which lines there are, how
their objects stand now. An object may thus be newer than its line; the line of that newer change
comes with a later page. It is never older, and nothing is told that the reader may not see now.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from django.db import connection
from django.utils.crypto import salted_hmac

from annotations.enums import Op, Status
from annotations.models import FeedBook
from annotations.queries.changes import is_named_beside, is_seen, was_seen
from annotations.queries.conditions import view_in
from annotations.queries.feed_beside import Knowledge, beside, is_moved
from annotations.queries.feed_cursors import ALL_TOLD, FeedCursor
from annotations.queries.view_keys import views_of
from debate.assignments.models import Assignment
from debate.core.db import asked
from debate.core.errors import Gone

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from annotations.queries.conditions import State
    from annotations.queries.feed_beside import Thing
    from annotations.queries.view_keys import View
    from debate.accounts.models import User

TYPES: Final = (
    "assignment",
    "house_rules",
    "paragraph_tag",
    "annotation",
    "claim",
    "inference",
    "relation",
    "concession",
    "quality_mark",
)
"""The types of objects that the feed tells of, in the order of the full state."""

LOOK: Final = 2_000
"""Lines that are read at a time; those that do not concern the reader are passed over."""

LOOKS: Final = 10
"""How often at most for one page, which may then be empty though there is more."""


STREAMED: Final = frozenset({"since", "seminar", "assignment"})
"""The query parameters of a stream."""

WAITING: Final = "counterpoint.waiting"
"""The name in an ASGI scope of who can wait until a feed has something new (`annotations.live`)."""


class Line(NamedTuple):
    """A change line, as the feed reads it; the names are those of `Change`."""

    number: int
    assignment_id: UUID
    type: str
    object_id: UUID
    op: str
    version: int
    at: datetime
    author_id: UUID
    round_id: UUID
    status_before: str
    status_after: str
    audience_before: str
    audience_after: str
    group_before: UUID | None
    group_after: UUID | None


class Told(NamedTuple):
    """An object as the reader may see it now: `words` is its JSON text.

    `version` is None where the type has none.
    """

    id: UUID
    version: int | None
    words: str
    at: datetime


class Shelf(Protocol):
    """Where the objects come from that the feed tells of, through the doors of one reader."""

    def named(self, type_: str, ids: Collection[UUID]) -> Mapping[UUID, Told]:
        """Those of the ids that stand and that the reader may see."""

    def following(
        self, type_: str, assignments: Collection[UUID], after: UUID | None, limit: int
    ) -> Sequence[Told]:
        """The next that the reader may see in those assignments, by id."""


@dataclass(frozen=True, slots=True)
class Item:
    """One change as its reader lives it: `words` is None for what is gone."""

    cursor: FeedCursor
    op: str
    type: str
    id: UUID
    version: int | None
    words: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the feed, the cursor behind it, and whether there is more already."""

    items: list[Item]
    cursor: FeedCursor
    more: bool


@dataclass(frozen=True, slots=True)
class Feed:
    """What one reader asks the feed of: the assignments, by which rules, and what binds a cursor.

    `scope` is of reader and question, `rules` of the view keys, `set_up` of the assignments' rows.
    """

    user_id: UUID | None
    scope: bytes
    rules: bytes
    set_up: bytes
    views: Mapping[UUID, View]


def feed_of(
    user: User | AnonymousUser,
    *,
    seminar: UUID | None = None,
    assignment: UUID | None = None,
) -> Feed:
    """The feed over all that the person may see, of one seminar, or of one assignment.

    Takes 5 to 9 queries, however many assignments there are.
    """
    visible = Assignment.objects.visible_to(user).select_related("seminar", "essay")
    if seminar:
        visible = visible.filter(seminar=seminar)
    if assignment:
        visible = visible.filter(pk=assignment)
    found = sorted(visible, key=lambda one: one.pk)
    views = views_of([(user.pk, one.pk) for one in found], found) if found else {}
    seen = {one.pk: views[user.pk, one.pk] for one in found}
    return _feed_over(user, found, seen, f"{seminar or ''}:{assignment or ''}")


def _feed_over(
    user: User | AnonymousUser,
    found: Sequence[Assignment],
    views: Mapping[UUID, View],
    asked: str,
    beside: Sequence[str] | None = None,
) -> Feed:
    """The feed over those assignments, in the order of their ids; with what is `beside` them if known."""
    keys = b"".join(one.pk.bytes + views[one.pk].key for one in found)
    scope = salted_hmac("annotations.feed_scope", f"{user.pk}:{asked}", algorithm="sha256")
    return Feed(
        user_id=user.pk,
        scope=scope.digest()[:16],
        rules=sha256(keys).digest()[:16],
        set_up=_set_up(found, _beside(user, found) if beside is None else beside),
        views=views,
    )


# The rounds and the groups of assignments, and what is the reader's own there: of it only the reader
# is told, as nobody else's row of the assignment changes.
_SET_UP = """
    SELECT one::text FROM assignments_round AS one WHERE assignment_id = ANY(%(assignments)s)
    UNION ALL SELECT one::text FROM assignments_assignment_groups AS one
    WHERE assignment_id = ANY(%(assignments)s)
    UNION ALL SELECT one::text FROM assignments_extension AS one
    WHERE assignment_id = ANY(%(assignments)s) AND user_id = %(reader)s::uuid
    UNION ALL SELECT one::text FROM assignments_accommodation AS one
    WHERE user_id = %(reader)s::uuid AND seminar_id IN (
        SELECT seminar_id FROM assignments_assignment WHERE id = ANY(%(assignments)s)
    )
    UNION ALL SELECT one::text FROM assignments_side AS one
    WHERE assignment_id = ANY(%(assignments)s) AND (
        user_id = %(reader)s::uuid OR group_id IN (
            SELECT group_id FROM seminars_group_members WHERE user_id = %(reader)s::uuid
        )
    )
    ORDER BY 1
"""


def _beside(user: User | AnonymousUser, assignments: Sequence[Assignment]) -> list[str]:
    """What belongs to the assignments' set-up beside their rows, as rows in words."""
    if not assignments:
        return []
    return [
        told
        for (told,) in asked(
            _SET_UP, {"assignments": [one.pk for one in assignments], "reader": user.pk}
        )
    ]


def _set_up(assignments: Sequence[Assignment], beside: Sequence[str]) -> bytes:
    """A digest of how the assignments are set up for the reader, which no change line tells of."""
    names = [
        one.attname
        for one in Assignment._meta.concrete_fields  # noqa: SLF001 - Django's documented name
        if one.attname != "change_counter"
    ]
    rows = [[getattr(one, name) for name in names] for one in assignments]
    return sha256(repr((rows, [(one,) for one in beside])).encode()).digest()[:8]


# What a cursor of one assignment is made of, beside the state in which a person sees it.
_OF_CURSOR = f"""
    SELECT (SELECT last_number FROM annotations_feedbook WHERE id = %(book)s),
        ARRAY(SELECT group_id FROM seminars_group_members WHERE user_id = %(reader)s::uuid),
        ARRAY({_SET_UP})
"""  # noqa: S608 - made of constants


def feed_cursor(
    user: User | AnonymousUser,
    assignments: Collection[Assignment] | None = None,
    *,
    seminar: UUID | None = None,
    known: State | None = None,
) -> str:
    """The cursor of who knows all of a feed that is committed at this moment.

    Of an assignment where one is given, else of the seminar, else of all that the person may see.
    What is committed but not yet numbered counts as not known; it is told of once more. With
    `known`, the person's state in the assignment a moment ago, it takes one query; what changed in
    the rules since then is told when the cursor is used.
    """
    given = list(assignments or ())
    if len(given) == 1 and known:
        ((number, own, beside),) = asked(
            _OF_CURSOR,
            {"book": FeedBook.THE_ONE, "reader": user.pk, "assignments": [given[0].pk]},
        )
        view = view_in(known, own)
        if view:
            feed = _feed_over(user, given, {given[0].pk: view}, f":{given[0].pk}", beside)
            return str(FeedCursor.at(int(number or 0), feed))
    last = _last_number()  # before it is seen by which rules: what comes between is told again
    if len(given) == 1:
        feed = feed_of(user, assignment=given[0].pk)
    else:
        feed = feed_of(user, seminar=seminar)
    return str(FeedCursor.at(last, feed))


_LAST = "SELECT last_number FROM annotations_feedbook WHERE id = %s"


def _last_number() -> int:
    return next((int(one[0]) for one in asked(_LAST, [FeedBook.THE_ONE])), 0)


# --- the full state ------------------------------------------------------------------------------


def full_state(feed: Feed, cursor: FeedCursor | None, limit: int, shelf: Shelf) -> Page:
    """The next objects of the full state; without a cursor the first.

    All that is committed before its first page is in it, or in the changes after its last page's
    cursor: the feed's number is taken before anything is read, and an object that is created during
    the walk may come twice. Takes a query a type, of those that the page reaches.
    """
    at = cursor or FeedCursor.at(_last_number(), feed).begun()
    items: list[Item] = []
    for stage in range(at.stage, len(TYPES)):
        after = at.last if stage == at.stage else None
        left = limit - len(items)
        rows = shelf.following(TYPES[stage], feed.views.keys(), after, left + 1)
        items += [
            Item(at.told(stage, one.id), "create", TYPES[stage], one.id, *one[1:])
            for one in rows[:left]
        ]
        if len(rows) > left:
            return Page(items, items[-1].cursor, more=True)
    return Page(items, at.told(ALL_TOLD, None), more=False)


# --- what changed --------------------------------------------------------------------------------


def changes_since(feed: Feed, cursor: FeedCursor, limit: int, shelf: Shelf) -> Page:
    """What changed for the reader after the cursor, from at most `limit` change lines.

    Several lines of one object are told as one, at the place of the last. What a change moves
    beside it is told with it, so that a page may have more items than `limit`: the annotation that
    was replied to, whose replies are counted; what a note makes on the map, the marks on it and the
    claim that it bears on, which are seen where it is; the notes that bear on a claim; and what
    hangs on notes, claims and steps that went or came. Of all that is there no more the reader is
    told who knew it.
    Raises Gone for a cursor that is older than what is kept. Takes 1 query for the lines and at
    most 3 for what they move, those of the shelf, one or two a type, and 4 more if something has gone.
    """
    lines, known, more = _concerning(feed, cursor.number, limit)
    moved = _Moved.by(feed, lines)
    told = {type_: shelf.named(type_, ids) for type_, ids in moved.asked().items()}
    knowledge = Knowledge(feed.views, lines, known, moved.missed(told))
    items = moved.items(cursor, told, knowledge)
    behind = cursor.known(known)
    if cursor.set_up != feed.set_up and not more:
        behind = FeedCursor.at(known, feed)
        rows = shelf.named("assignment", feed.views.keys())
        items += [
            Item(behind, Op.UPDATE, "assignment", one.id, *one[1:])
            for one in sorted(rows.values(), key=lambda one: one.id)
        ]
    return Page(items, behind, more)


_LINES = """
SELECT book.last_number, book.forgotten, line.*
FROM annotations_feedbook AS book LEFT JOIN LATERAL (
    SELECT number, assignment_id, type, object_id, op, version, at, author_id, round_id,
        status_before, status_after, audience_before, audience_after, group_before, group_after
    FROM annotations_change
    WHERE assignment_id = ANY(%(assignments)s)
        AND number > %(after)s AND number <= book.last_number
    ORDER BY number LIMIT %(most)s
) AS line ON true
WHERE book.id = %(book)s ORDER BY number
"""
"""The lines after a number, in the order of `Line`, beside what the book says at that moment."""


def _concerning(feed: Feed, number: int, limit: int) -> tuple[list[Line], int, bool]:
    """Lines after the number that concern the reader, the number that is then known, if more."""
    found: list[Line] = []
    for _ in range(LOOKS):
        # One statement: what is forgotten, what there is and how far it goes are of one moment.
        with connection.cursor() as asking:
            asking.execute(
                _LINES,
                {
                    "assignments": list(feed.views),
                    "after": number,
                    "most": LOOK,
                    "book": FeedBook.THE_ONE,
                },
            )
            rows = asking.fetchall()
        if rows and number < rows[0][1]:
            raise Gone(
                "Changes are kept for 90 days, and this cursor is older. Begin again with the "
                "full state.",
                code="cursor_expired",
            )
        lines = [Line(*row[2:]) for row in rows if row[2] is not None]
        for line in lines:
            view = feed.views[line.assignment_id]
            may_know = was_seen(view, line) or is_seen(view, line) or is_named_beside(line)
            if line.type not in TYPES or not may_know:
                continue
            if line.type == "quality_mark" and not view.role:
                continue  # its line has the audience of the note it is on, but only members see it
            if len(found) == limit:
                return found, found[-1].number, True
            found.append(line)
        if len(lines) < LOOK:
            return found, rows[0][0] if rows else number, False
        number = lines[-1].number
    return found, number, True


@dataclass
class _Moved:
    """The objects that some lines tell of, and those that change with them.

    `last` is each object's last line; `arrived` are those that the reader could not see before the
    first of their lines, `known` those that the reader could see before any of them, `lost` those
    that a line may have taken from the reader, `unsure` those of which it does not say who knew
    them, `freed` the claims on which a note bears no longer.
    """

    last: dict[Thing, Line] = field(default_factory=dict)
    arrived: set[Thing] = field(default_factory=set)
    known: set[Thing] = field(default_factory=set)
    lost: set[Thing] = field(default_factory=set)
    unsure: set[Thing] = field(default_factory=set)
    freed: set[Thing] = field(default_factory=set)
    with_it: dict[Thing, set[Thing]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def by(cls, feed: Feed, lines: Collection[Line]) -> _Moved:
        """What these lines move, which concern the reader."""
        moved = cls()
        gone_or_come = set()
        for line in lines:
            thing = line.type, line.object_id
            view = feed.views[line.assignment_id]
            if was_seen(view, line):
                moved.known.add(thing)
            elif is_named_beside(line) and line.status_before == Status.PENDING:
                moved.known.add(thing)
                moved.lost.add(thing)
                moved.unsure.add(thing)
            elif thing not in moved.last:
                moved.arrived.add(thing)
            # Of what stands beside notes a line tells less exactly who sees it than its door does.
            if line.type == "annotation" or line.op == Op.WITHDRAW or not is_seen(view, line):
                moved.lost.add(thing)
            if line.type == "claim" and line.op == Op.WITHDRAW and is_seen(view, line):
                moved.freed.add(thing)
            if is_moved(line):
                gone_or_come.add(thing)
            moved.last[thing] = line
        of = {pk: (type_, pk) for type_, pk in moved.last}
        for pk, other in beside(moved._ids("annotation"), moved._ids("claim"), gone_or_come):
            moved.with_it[of[pk]].add(other)
        return moved

    def _ids(self, type_: str) -> list[UUID]:
        return [pk for name, pk in self.last if name == type_]

    def asked(self) -> dict[str, set[UUID]]:
        """The ids of all these objects, by type."""
        ids: dict[str, set[UUID]] = defaultdict(set)
        for type_, pk in [*self.last, *(one for some in self.with_it.values() for one in some)]:
            ids[type_].add(pk)
        return ids

    def missed(self, told: Mapping[str, Mapping[UUID, Told]]) -> set[Thing]:
        """Those that are there no more, of which it is to be found out whether the reader knew them."""
        found = self.unsure | self.freed
        for some in self.with_it.values():
            found.update(one for one in some if one[0] != "annotation")
        return {one for one in found if one[1] not in told[one[0]]}

    def items(
        self,
        cursor: FeedCursor,
        told: Mapping[str, Mapping[UUID, Told]],
        knowledge: Knowledge,
    ) -> list[Item]:
        """What the reader is told, in the order of the lines, each object once."""
        items: list[Item] = []
        # What its own line does not tell may be gone with what it is beside.
        done = {
            one for one in self.last if one in self.lost | self.arrived or one[1] in told[one[0]]
        }
        number = cursor.number
        for thing, line in sorted(self.last.items(), key=lambda one: one[1].number):
            group = self._group(thing, line, told, knowledge, done)
            # Only who was told all of a change knows it.
            before, behind = cursor.known(number), cursor.known(line.number)
            items += [Item(before, *one) for one in group[:-1]]
            items += [Item(behind, *one) for one in group[-1:]]
            number = line.number
        return items

    def _group(
        self,
        thing: Thing,
        line: Line,
        told: Mapping[str, Mapping[UUID, Told]],
        knowledge: Knowledge,
        done: set[Thing],
    ) -> list[_Bare]:
        """What one line tells the reader, and what is told with it; nothing of what never was seen."""
        found = told[thing[0]].get(thing[1])
        is_new = thing in self.arrived
        group: list[_Bare] = []
        if found:
            op = Op.CREATE if is_new else Op.UPDATE
            group.append(_Bare(op, *thing, found.version, found.words, line.at))
        elif self._is_lost(thing, knowledge):
            version = line.version if line.type in _VERSIONED else None
            group.append(_Bare(Op.WITHDRAW, *thing, version, None, line.at))
        for other in sorted(self.with_it[thing] - done):
            is_note = other[0] == "annotation"
            now = told[other[0]].get(other[1])
            if now:
                op = Op.CREATE if is_new and not is_note else Op.UPDATE
                group.append(_Bare(op, *other, now.version, now.words, line.at))
            elif not is_note and knowledge.had(other):
                group.append(_Bare(Op.WITHDRAW, *other, None, None, line.at))
            else:
                continue
            done.add(other)
        return group

    def _is_lost(self, thing: Thing, knowledge: Knowledge) -> bool:
        """Whether the reader knew it of its own line, and it is there no more."""
        if thing not in self.known or thing not in self.lost:
            return False
        if thing in self.freed:
            return knowledge.had_by_its_note(thing[1])
        return thing not in self.unsure or knowledge.had(thing)


_VERSIONED = frozenset({"annotation", "claim", "inference", "relation", "house_rules"})


class _Bare(NamedTuple):
    """An item without its cursor."""

    op: str
    type: str
    id: UUID
    version: int | None
    words: str | None
    at: datetime
