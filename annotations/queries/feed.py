"""The change feed: what changed for one reader since a cursor, and the full state to begin with.

A page of changes is read in this order: by which rules the reader sees, which lines there are, how
their objects stand now. An object may thus be newer than its line; the line of that newer change
comes with a later page. It is never older, and nothing is told that the reader may not see now.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from django.db import connection
from django.utils.crypto import salted_hmac

from annotations.enums import ASSERTS, MapStatus, Op
from annotations.models import FeedBook
from annotations.queries.changes import is_seen, was_seen
from annotations.queries.conditions import view_in
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
) -> Feed:
    """The feed over those assignments, which are in the order of their ids."""
    keys = b"".join(one.pk.bytes + views[one.pk].key for one in found)
    scope = salted_hmac("annotations.feed_scope", f"{user.pk}:{asked}", algorithm="sha256")
    return Feed(
        user_id=user.pk,
        scope=scope.digest()[:16],
        rules=sha256(keys).digest()[:16],
        set_up=_set_up(found),
        views=views,
    )


_ROUNDS = "SELECT one::text FROM assignments_round AS one WHERE assignment_id = ANY(%s) ORDER BY id"


def _set_up(assignments: Sequence[Assignment]) -> bytes:
    """A digest of how the assignments are set up, which no change line tells of."""
    names = [
        one.attname
        for one in Assignment._meta.concrete_fields  # noqa: SLF001 - Django's documented name
        if one.attname != "change_counter"
    ]
    rows = [[getattr(one, name) for name in names] for one in assignments]
    told = asked(_ROUNDS, [[one.pk for one in assignments]]) if rows else []
    return sha256(repr((rows, told)).encode()).digest()[:8]


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
    `known`, the person's state in the assignment a moment ago, it takes 3 queries; what changed in
    the rules since then is told when the cursor is used.
    """
    last = _last_number()  # before it is seen by which rules: what comes between is told again
    given = list(assignments or ())
    view = view_in(known) if known else None
    if len(given) == 1 and view:
        feed = _feed_over(user, given, {given[0].pk: view}, f":{given[0].pk}")
    elif len(given) == 1:
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
    claim that it bears on, which are seen where it is; the notes that bear on a claim, or on that of
    a note that went or came, and what they make on the map.
    Raises Gone for a cursor that is older than what is kept. Takes 1 query for the lines and at
    most 3 for what they move, and those of the shelf, one or two a type.
    """
    lines, known, more = _concerning(feed, cursor.number, limit)
    moved = _Moved.by(feed, lines)
    told = {type_: shelf.named(type_, ids) for type_, ids in moved.asked().items()}
    items = moved.items(cursor, told)
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
            if line.type not in TYPES or not (was_seen(view, line) or is_seen(view, line)):
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


Thing = tuple[str, "UUID"]
"""The type and the id of an object."""


@dataclass
class _Moved:
    """The objects that some lines tell of, and those that change with them.

    `last` is each object's last line; `arrived` are those that the reader could not see before the
    first of their lines, `known` those that the reader could see before any of them, `lost` those
    that a line may have taken from the reader. `goes` are the pairs of an object and what is beside
    it of which the reader of the first knew the second, if also the notes of `beside` the pair.
    """

    last: dict[Thing, Line] = field(default_factory=dict)
    arrived: set[Thing] = field(default_factory=set)
    known: set[Thing] = field(default_factory=set)
    lost: set[Thing] = field(default_factory=set)
    with_it: dict[Thing, set[Thing]] = field(default_factory=lambda: defaultdict(set))
    goes: set[tuple[Thing, Thing]] = field(default_factory=set)
    beside: dict[tuple[Thing, Thing], set[UUID]] = field(default_factory=dict)

    @classmethod
    def by(cls, feed: Feed, lines: Collection[Line]) -> _Moved:
        """What these lines move, which concern the reader."""
        moved = cls()
        for line in lines:
            thing = line.type, line.object_id
            view = feed.views[line.assignment_id]
            if was_seen(view, line):
                moved.known.add(thing)
            elif thing not in moved.last:
                moved.arrived.add(thing)
            # Of what stands beside notes a line tells less exactly who sees it than its door does.
            if line.type == "annotation" or line.op == Op.WITHDRAW or not is_seen(view, line):
                moved.lost.add(thing)
            moved.last[thing] = line
        moved._look_around(
            {line.object_id for line in moved.last.values() if feed.views[line.assignment_id].role}
        )
        moved._look_at_links({line.object_id for line in lines if _has_moved(line)})
        return moved

    def _ids(self, type_: str) -> list[UUID]:
        return [pk for name, pk in self.last if name == type_]

    def _look_around(self, inside: Collection[UUID]) -> None:
        """Find what changes with the lines' objects. Whether it may be told, the doors decide.

        `inside` are the objects of seminars of which the reader is a member.
        """
        for type_, statement in _BESIDE.items():
            ids = self._ids(type_)
            for pk, other, beside, goes in _asked(statement, ids, inside) if ids else ():
                self.with_it[type_, pk].add((other, beside))
                if goes:
                    self.goes.add(((type_, pk), (other, beside)))

    def _look_at_links(self, notes: Collection[UUID]) -> None:
        """Find what bears on notes that went or came, and the notes whose claims are named so."""
        for note, type_, link, goes, maker, ends in _asked(_LINKS, notes) if notes else ():
            thing, other = ("annotation", note), (type_, link)
            self.with_it[thing].add(other)
            if maker:
                self.with_it[thing].add(("annotation", maker))
            if goes:
                self.goes.add((thing, other))
                self.beside[thing, other] = set(ends) - {note}

    def asked(self) -> dict[str, set[UUID]]:
        """The ids of all these objects, by type."""
        ids: dict[str, set[UUID]] = defaultdict(set)
        ids["annotation"].update(*self.beside.values())
        for type_, pk in [*self.last, *(one for some in self.with_it.values() for one in some)]:
            ids[type_].add(pk)
        return ids

    def items(self, cursor: FeedCursor, told: Mapping[str, Mapping[UUID, Told]]) -> list[Item]:
        """What the reader is told, in the order of the lines, each object once."""
        items: list[Item] = []
        # What its own line does not tell may be gone with what it is beside.
        done = {
            one for one in self.last if one in self.lost | self.arrived or one[1] in told[one[0]]
        }
        number = cursor.number
        for thing, line in sorted(self.last.items(), key=lambda one: one[1].number):
            group = self._group(thing, line, told, done)
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
        done: set[Thing],
    ) -> list[_Bare]:
        """What one line tells the reader, and what is told with it; nothing of what never was seen."""
        found = told[thing[0]].get(thing[1])
        is_new = thing in self.arrived
        if found:
            group = [
                _Bare(
                    Op.CREATE if is_new else Op.UPDATE, *thing, found.version, found.words, line.at
                )
            ]
        elif thing in self.known and thing in self.lost:
            version = line.version if line.type in _VERSIONED else None
            group = [_Bare(Op.WITHDRAW, *thing, version, None, line.at)]
        else:
            return []
        for other in sorted(self.with_it[thing] - done):
            is_note = other[0] == "annotation"
            beside = told[other[0]].get(other[1])
            if beside:
                op = Op.CREATE if is_new and not is_note else Op.UPDATE
                group.append(_Bare(op, *other, beside.version, beside.words, line.at))
            elif not found and not is_note and self._knew((thing, other), told["annotation"]):
                group.append(_Bare(Op.WITHDRAW, *other, None, None, line.at))
            else:
                continue
            done.add(other)
        return group

    def _knew(self, pair: tuple[Thing, Thing], readable: Collection[UUID]) -> bool:
        """Whether the reader of the first knew the second before these lines."""
        return pair in self.goes and all(
            ("annotation", pk) in self.known if ("annotation", pk) in self.last else pk in readable
            for pk in self.beside.get(pair, ())
        )


def _has_moved(line: Line) -> bool:
    """Whether the line is of a note that some could read before it and others behind it."""
    before = line.status_before, line.audience_before, line.group_before
    after = line.status_after, line.audience_after, line.group_after
    return line.type == "annotation" and line.status_before != "" and before != after


_VERSIONED = frozenset({"annotation", "claim", "inference", "relation", "house_rules"})


class _Bare(NamedTuple):
    """An item without its cursor."""

    op: str
    type: str
    id: UUID
    version: int | None
    words: str | None
    at: datetime


_BESIDE: Final = {
    "annotation": """
        SELECT id, 'annotation', parent_id, false FROM annotations_annotation
        WHERE id = ANY(%(ids)s) AND parent_id IS NOT NULL
        UNION ALL SELECT claim.annotation_id, 'claim', claim.id, note.kind = ANY(%(asserts)s)
        FROM annotations_claim AS claim JOIN annotations_annotation AS note
            ON note.id = claim.annotation_id WHERE claim.annotation_id = ANY(%(ids)s)
        UNION ALL SELECT step.annotation_id, 'inference', step.id, true
        FROM annotations_inference AS step WHERE step.annotation_id = ANY(%(ids)s)
        UNION ALL SELECT attack.annotation_id, 'relation', attack.id, true
        FROM annotations_relation AS attack WHERE attack.annotation_id = ANY(%(ids)s)
        UNION ALL SELECT grant_.annotation_id, 'concession', grant_.id, true
        FROM annotations_concession AS grant_ WHERE grant_.annotation_id = ANY(%(ids)s)
        UNION ALL SELECT made.note, 'claim', claim.id,
            claim.annotation_id IS NULL AND claim.status = ANY(%(unmarked)s)
        FROM (
            SELECT annotation_id AS note, conclusion_id AS borne FROM annotations_inference
            UNION ALL SELECT annotation_id, target_claim_id FROM annotations_relation
            UNION ALL SELECT annotation_id, claim_id FROM annotations_concession
        ) AS made JOIN annotations_claim AS claim ON claim.id = made.borne
        WHERE made.note = ANY(%(ids)s)
        UNION ALL SELECT annotation_id, 'quality_mark', id, annotation_id = ANY(%(inside)s)
        FROM annotations_qualitymark WHERE annotation_id = ANY(%(ids)s)
        UNION ALL SELECT claim.annotation_id, 'quality_mark', mark.id,
            note.kind = ANY(%(asserts)s) AND note.id = ANY(%(inside)s)
        FROM annotations_claim AS claim
        JOIN annotations_qualitymark AS mark ON mark.claim_id = claim.id
        JOIN annotations_annotation AS note ON note.id = claim.annotation_id
        WHERE claim.annotation_id = ANY(%(ids)s)
    """,
    "claim": """
        SELECT target_claim_id, 'annotation', annotation_id, false FROM annotations_relation
        WHERE target_claim_id = ANY(%(ids)s) AND annotation_id IS NOT NULL
        UNION ALL SELECT step.conclusion_id, 'annotation', attack.annotation_id, false
        FROM annotations_inference AS step JOIN annotations_relation AS attack
            ON attack.target_inference_id = step.id
        WHERE step.conclusion_id = ANY(%(ids)s) AND attack.annotation_id IS NOT NULL
        UNION ALL SELECT conclusion_id, 'annotation', annotation_id, false
        FROM annotations_inference
        WHERE conclusion_id = ANY(%(ids)s) AND annotation_id IS NOT NULL
        UNION ALL SELECT claim_id, 'annotation', annotation_id, false
        FROM annotations_concession WHERE claim_id = ANY(%(ids)s)
    """,
}
"""What changes with objects of a type: the id of one, type and id of what is beside it, and if whoever
knew the one knew the other, so that both are gone together.

Of a note: what it replies to, what it makes on the map, what it bears on, the marks on these; of a
claim the notes that bear on it, whose own words name it. A note that only others' answers made a
claim has one that its readers need not know; marks are known to members alone (`inside`).
"""


_LINKS: Final = """
    WITH own AS (
        SELECT id, annotation_id AS note FROM annotations_claim WHERE annotation_id = ANY(%(ids)s)
    ), step AS (
        SELECT id, annotation_id AS note FROM annotations_inference
        WHERE annotation_id = ANY(%(ids)s)
        UNION SELECT step.id, own.note
        FROM own JOIN annotations_inference AS step ON step.conclusion_id = own.id
        UNION SELECT premise.inference_id, own.note
        FROM own JOIN annotations_inference_premises AS premise ON premise.claim_id = own.id
    ), attack AS (
        SELECT attack.id, own.note
        FROM own JOIN annotations_relation AS attack ON attack.target_claim_id = own.id
        UNION SELECT attack.id, own.note
        FROM own JOIN annotations_relation AS attack ON attack.source_id = own.id
        UNION SELECT attack.id, step.note
        FROM step JOIN annotations_relation AS attack ON attack.target_inference_id = step.id
        UNION SELECT id, target_evidence_id FROM annotations_relation
        WHERE target_evidence_id = ANY(%(ids)s)
    ), link AS (
        SELECT step.note, 'inference' AS type, made.id, made.annotation_id AS maker, made.status,
            made.id AS step, ARRAY[made.conclusion_id] AS claims, ARRAY[made.annotation_id] AS notes
        FROM step JOIN annotations_inference AS made ON made.id = step.id
        UNION ALL SELECT attack.note, 'relation', made.id, made.annotation_id, made.status, met.id,
            ARRAY[made.source_id, made.target_claim_id, met.conclusion_id],
            ARRAY[made.annotation_id, made.target_evidence_id, met.annotation_id]
        FROM attack JOIN annotations_relation AS made ON made.id = attack.id
        LEFT JOIN annotations_inference AS met ON met.id = made.target_inference_id
        UNION ALL SELECT own.note, 'concession', made.id, made.annotation_id, '', NULL,
            ARRAY[made.claim_id], ARRAY[made.annotation_id]
        FROM own JOIN annotations_concession AS made ON made.claim_id = own.id
    )
    SELECT link.note, link.type, link.id,
        link.maker IS NOT NULL OR (link.status = %(marked)s AND note.kind = ANY(%(asserts)s)),
        link.maker,
        ARRAY(
            SELECT end_ FROM unnest(link.notes) AS end_ WHERE end_ IS NOT NULL
            UNION SELECT annotation_id FROM annotations_claim
            WHERE id = ANY(link.claims) AND annotation_id IS NOT NULL
            UNION SELECT claim.annotation_id FROM annotations_inference_premises AS premise
            JOIN annotations_claim AS claim ON claim.id = premise.claim_id
            WHERE premise.inference_id = link.step AND claim.annotation_id IS NOT NULL
        )
    FROM link JOIN annotations_annotation AS note ON note.id = link.note
    WHERE link.maker IS DISTINCT FROM link.note
"""
"""What bears on the claims, the steps and the evidence of notes: the note, type and id of what does,
if whoever knew its ends knew it, the note that made it, and all notes that it stands between.

What a note brings to the map is in `_BESIDE`. What was put on the map by hand is known to whoever
knows its ends once it is marked, and the claim of a note that asserts none only beside an answer.
"""


def _asked(
    statement: str, ids: Collection[UUID], inside: Collection[UUID] = ()
) -> list[tuple[Any, ...]]:
    return asked(
        statement,
        {
            "ids": list(ids),
            "inside": list(inside),
            "asserts": [one.value for one in ASSERTS],
            "unmarked": [MapStatus.IMPLIED.value, MapStatus.PROPOSED.value],
            "marked": MapStatus.MARKED.value,
        },
    )
