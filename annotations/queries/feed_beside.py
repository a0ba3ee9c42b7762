"""What stands beside what changed, and whether a reader knew it before the change.

What a person may know of on the map follows from who reads its notes and which of its claims stand
(`visible_to` in `annotations.models.argument`), so that a change of one object takes away, or brings,
others that nobody changed. The feed asks here which these are. Of those that are there no more, it
is worked out by the same rules from how notes and claims stood before each of the lines of a page:
a tombstone for what somebody never knew would tell that it is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from annotations.enums import ASSERTS, MapStatus, Op, Status
from debate.core.db import asked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    from annotations.queries.feed import Line
    from annotations.queries.view_keys import View

Thing = tuple[str, "UUID"]
"""The type and the id of an object."""

_OF_NOTES = """
    SELECT id, 'annotation', parent_id FROM annotations_annotation
    WHERE id = ANY(%(notes)s) AND parent_id IS NOT NULL
    UNION ALL SELECT annotation_id, 'claim', id FROM annotations_claim
    WHERE annotation_id = ANY(%(notes)s)
    UNION ALL SELECT annotation_id, 'inference', id FROM annotations_inference
    WHERE annotation_id = ANY(%(notes)s)
    UNION ALL SELECT annotation_id, 'relation', id FROM annotations_relation
    WHERE annotation_id = ANY(%(notes)s)
    UNION ALL SELECT annotation_id, 'concession', id FROM annotations_concession
    WHERE annotation_id = ANY(%(notes)s)
    UNION ALL SELECT annotation_id, 'quality_mark', id FROM annotations_qualitymark
    WHERE annotation_id = ANY(%(notes)s)
    UNION ALL SELECT claim.annotation_id, 'quality_mark', mark.id FROM annotations_claim AS claim
    JOIN annotations_qualitymark AS mark ON mark.claim_id = claim.id
    WHERE claim.annotation_id = ANY(%(notes)s)
    UNION ALL (
        WITH made AS (
            SELECT annotation_id AS note, conclusion_id AS borne FROM annotations_inference
            WHERE annotation_id = ANY(%(notes)s)
            UNION SELECT annotation_id, target_claim_id FROM annotations_relation
            WHERE annotation_id = ANY(%(notes)s) AND target_claim_id IS NOT NULL
            UNION SELECT annotation_id, claim_id FROM annotations_concession
            WHERE annotation_id = ANY(%(notes)s)
        )
        SELECT made.note, 'claim', made.borne FROM made
        UNION ALL SELECT made.note, 'quality_mark', mark.id FROM made
        JOIN annotations_qualitymark AS mark ON mark.claim_id = made.borne
    )
"""
"""What changes with notes: the id of one, and type and id of what is beside it.

What it replies to, what it makes on the map, the claim that it bears on, the marks on these.
"""

_OF_CLAIMS = """
    SELECT target_claim_id, 'annotation', annotation_id FROM annotations_relation
    WHERE target_claim_id = ANY(%(claims)s) AND annotation_id IS NOT NULL
    UNION ALL SELECT step.conclusion_id, 'annotation', attack.annotation_id
    FROM annotations_inference AS step JOIN annotations_relation AS attack
        ON attack.target_inference_id = step.id
    WHERE step.conclusion_id = ANY(%(claims)s) AND attack.annotation_id IS NOT NULL
    UNION ALL SELECT conclusion_id, 'annotation', annotation_id
    FROM annotations_inference
    WHERE conclusion_id = ANY(%(claims)s) AND annotation_id IS NOT NULL
    UNION ALL SELECT claim_id, 'annotation', annotation_id
    FROM annotations_concession WHERE claim_id = ANY(%(claims)s)
    UNION ALL SELECT claim_id, 'concession', id
    FROM annotations_concession WHERE claim_id = ANY(%(claims)s)
"""
"""The same of claims: the notes that bear on one, whose own words name it, and what is granted of it."""

_OF_ENDS = """
    WITH own AS (
        SELECT id, annotation_id AS centre FROM annotations_claim
        WHERE annotation_id = ANY(%(notes)s)
        UNION ALL SELECT id, id FROM annotations_claim WHERE id = ANY(%(claims)s)
    ), step AS (
        SELECT id, annotation_id AS centre FROM annotations_inference
        WHERE annotation_id = ANY(%(notes)s)
        UNION SELECT id, id FROM annotations_inference WHERE id = ANY(%(inferences)s)
        UNION SELECT step.id, own.centre
        FROM own JOIN annotations_inference AS step ON step.conclusion_id = own.id
        UNION SELECT premise.inference_id, own.centre
        FROM own JOIN annotations_inference_premises AS premise ON premise.claim_id = own.id
    ), attack AS (
        SELECT attack.id, own.centre
        FROM own JOIN annotations_relation AS attack ON attack.target_claim_id = own.id
        UNION SELECT attack.id, own.centre
        FROM own JOIN annotations_relation AS attack ON attack.source_id = own.id
        UNION SELECT attack.id, step.centre
        FROM step JOIN annotations_relation AS attack ON attack.target_inference_id = step.id
        UNION SELECT id, target_evidence_id FROM annotations_relation
        WHERE target_evidence_id = ANY(%(notes)s)
    )
    SELECT step.centre, 'inference', made.id, made.annotation_id
    FROM step JOIN annotations_inference AS made ON made.id = step.id
    UNION ALL SELECT attack.centre, 'relation', made.id, made.annotation_id
    FROM attack JOIN annotations_relation AS made ON made.id = attack.id
    UNION ALL SELECT own.centre, 'concession', made.id, made.annotation_id
    FROM own JOIN annotations_concession AS made ON made.claim_id = own.id
    UNION ALL SELECT own.centre, 'claim', merged.id, NULL
    FROM own JOIN annotations_claim AS merged ON merged.merged_into_id = own.id
    UNION ALL SELECT own.centre, 'quality_mark', mark.id, NULL
    FROM own JOIN annotations_qualitymark AS mark ON mark.claim_id = own.id
"""
"""What stands between ends that went or came: notes, claims kept by hand, and steps.

The id of the end, type and id of what stands there, and the note that made it; what is shown as the
claim, which names it, and the marks on it.
"""


def beside(
    notes: Collection[UUID],
    claims: Collection[UUID],
    moved: Collection[Thing],
) -> Iterable[tuple[UUID, Thing]]:
    """What changes with these notes and claims, and with those of the `moved` that went or came.

    The id of one, and what is beside it. Whether it may be told, the doors decide. Takes at most 3
    queries, and none for what there is not.
    """
    if notes:
        for pk, type_, other in asked(_OF_NOTES, {"notes": list(notes)}):
            yield pk, (type_, other)
    if claims:
        for pk, type_, other in asked(_OF_CLAIMS, {"claims": list(claims)}):
            yield pk, (type_, other)
    if moved:
        ids = {
            name: [pk for type_, pk in moved if type_ == of]
            for name, of in (
                ("notes", "annotation"),
                ("claims", "claim"),
                ("inferences", "inference"),
            )
        }
        for pk, type_, other, maker in asked(_OF_ENDS, ids):
            if other != pk:
                yield pk, (type_, other)
            if maker and maker != pk:
                yield pk, ("annotation", maker)


# --- who knew it ---------------------------------------------------------------------------------


class _Row(NamedTuple):
    """Something on the map, and what it hangs on.

    `note` made it, or of a mark is what it is on; `claims` are its ends and `claim` is that which is
    granted or marked, `evidence` and `step` what is attacked.
    """

    type: str
    id: UUID
    assignment_id: UUID
    note: UUID | None
    status: str
    added_by: UUID | None
    claims: Sequence[UUID]
    claim: UUID | None
    step: UUID | None
    evidence: UUID | None


class _Claim(NamedTuple):
    """A claim; `bearing` are the notes that bear on it."""

    id: UUID
    assignment_id: UUID
    note: UUID | None
    status: str
    added_by: UUID
    bearing: Sequence[UUID]


class _Note(NamedTuple):
    """What decides who reads a note, and whether it asserts a claim."""

    id: UUID
    assignment_id: UUID
    author_id: UUID
    round_id: UUID
    kind: str
    status: str
    audience: str
    group_id: UUID | None


_ROWS = """
    SELECT 'inference', id, assignment_id, annotation_id, status, added_by_id,
        ARRAY(
            SELECT claim_id FROM annotations_inference_premises WHERE inference_id = made.id
        ) || conclusion_id, NULL::uuid, NULL::uuid, NULL::uuid
    FROM annotations_inference AS made
    WHERE id = ANY(%(inference)s || ARRAY(
        SELECT target_inference_id FROM annotations_relation WHERE id = ANY(%(relation)s)
    ))
    UNION ALL SELECT 'relation', id, assignment_id, annotation_id, status, added_by_id,
        array_remove(ARRAY[source_id, target_claim_id], NULL), NULL, target_inference_id,
        target_evidence_id
    FROM annotations_relation WHERE id = ANY(%(relation)s)
    UNION ALL SELECT 'concession', made.id, note.assignment_id, note.id, '', NULL,
        ARRAY[]::uuid[], made.claim_id, NULL, NULL
    FROM annotations_concession AS made
    JOIN annotations_annotation AS note ON note.id = made.annotation_id
    WHERE made.id = ANY(%(concession)s)
    UNION ALL SELECT 'quality_mark', made.id, coalesce(note.assignment_id, claim.assignment_id),
        note.id, '', NULL, ARRAY[]::uuid[], claim.id, NULL, NULL
    FROM annotations_qualitymark AS made
    LEFT JOIN annotations_annotation AS note ON note.id = made.annotation_id
    LEFT JOIN annotations_claim AS claim ON claim.id = made.claim_id
    WHERE made.id = ANY(%(quality_mark)s) AND made.passage_id IS NULL
"""

_CLAIMS = """
    SELECT id, assignment_id, annotation_id, status, added_by_id, ARRAY(
        SELECT annotation_id FROM annotations_inference
        WHERE conclusion_id = one.id AND annotation_id IS NOT NULL
        UNION ALL SELECT annotation_id FROM annotations_relation
        WHERE target_claim_id = one.id AND annotation_id IS NOT NULL
        UNION ALL SELECT annotation_id FROM annotations_concession WHERE claim_id = one.id
    ) FROM annotations_claim AS one WHERE id = ANY(%(claims)s)
"""

_NOTES = """
    SELECT id, assignment_id, author_id, round_id, kind, status, audience, group_id
    FROM annotations_annotation WHERE id = ANY(%(notes)s)
"""

_LATER = """
    SELECT DISTINCT ON (object_id) object_id, author_id, round_id, status_before, audience_before,
        group_before
    FROM (
        SELECT * FROM annotations_change
        WHERE assignment_id = ANY(%(assignments)s) AND number > %(known)s
        UNION ALL SELECT * FROM annotations_change
        WHERE assignment_id = ANY(%(assignments)s) AND number IS NULL
    ) AS line
    WHERE object_id = ANY(%(ids)s) AND (op <> 'withdraw' OR status_after = 'withdrawn')
    ORDER BY object_id, number NULLS LAST, counter
"""
"""How objects stood that changed after the page, before the first of those changes."""

_BY_HAND = {
    Status.PUBLISHED.value: MapStatus.MARKED.value,
    Status.PENDING.value: MapStatus.PROPOSED.value,
    Status.WITHDRAWN.value: MapStatus.WITHDRAWN.value,
}
"""What a line's status says of what is kept by hand; "" is what was not there yet."""

_NAMED = (MapStatus.PROPOSED.value, MapStatus.IMPLIED.value)


class _Stood(NamedTuple):
    """How an object stood, as its change lines tell it."""

    author_id: UUID
    round_id: UUID
    status: str
    audience: str
    group_id: UUID | None


class Knowledge:
    """What one reader knew of some objects before the lines of a page, or between two of them.

    Of what has no line among them it is as it stood before its next one, so that what a later page
    tells of is not taken for changed. Takes 4 queries, and none without objects.
    """

    def __init__(
        self,
        views: Mapping[UUID, View],
        lines: Sequence[Line],
        known: int,
        things: Collection[Thing],
    ) -> None:
        self._views = views
        self._lines = lines
        self._own: dict[UUID, list[Line]] = {}
        for line in lines:
            if not _is_freeing(line):
                self._own.setdefault(line.object_id, []).append(line)
        self._rows: dict[Thing, _Row] = {}
        self._claims: dict[UUID, _Claim] = {}
        self._notes: dict[UUID, _Note] = {}
        self._later: dict[UUID, _Stood] = {}
        self._at = 0
        if things:
            self._read(known, things)

    def _read(self, known: int, things: Collection[Thing]) -> None:
        ids: dict[str, list[UUID]] = {
            name: [] for name in ("claim", "inference", "relation", "concession", "quality_mark")
        }
        for type_, pk in things:
            ids.setdefault(type_, []).append(pk)
        rows = [_Row(*row) for row in asked(_ROWS, _some(ids, but="claim"))]
        self._rows = {(row.type, row.id): row for row in rows}
        claims = {*ids["claim"], *(row.claim for row in rows if row.claim)}
        claims.update(*(row.claims for row in rows))
        found = [_Claim(*row) for row in asked(_CLAIMS, {"claims": list(claims)})]
        self._claims = {one.id: one for one in found}
        notes = {one.note for some in (rows, found) for one in some if one.note}
        notes |= {row.evidence for row in rows if row.evidence}
        notes.update(*(one.bearing for one in found))
        self._notes = {row[0]: _Note(*row) for row in asked(_NOTES, {"notes": list(notes)})}
        others = [*notes, *claims, *(pk for _, pk in self._rows)]
        asking = {
            "assignments": list(self._views),
            "known": known,
            "ids": [pk for pk in others if pk not in self._own],
        }
        self._later = {row[0]: _Stood(*row[1:]) for row in asked(_LATER, asking)}

    def had(self, thing: Thing) -> bool:
        """Whether the reader knew it at any of these times, of the objects that were asked for."""
        for at in range(len(self._lines)):
            self._at = self._lines[at].number
            if self._knows(thing):
                return True
        return False

    def had_by_its_note(self, claim_id: UUID) -> bool:
        """The same of a claim that a note bore on once, of which nothing tells any more.

        True of one that is gone altogether.
        """
        if claim_id not in self._claims:
            return True
        for line in self._lines:
            self._at = line.number
            if self._is_named(claim_id) and self._stands(claim_id):
                return True
        return False

    def _before(self, pk: UUID) -> _Stood | None:
        """How it stood before the line of that number; None if no line says otherwise than its row."""
        own = self._own.get(pk)
        if own is None:
            return self._later.get(pk)
        past = [line for line in own if line.number < self._at]
        if past:
            return _after(past[-1])
        return _Stood(*_first(own[0]))

    def _knows(self, thing: Thing) -> bool:
        type_, pk = thing
        if type_ == "claim":
            return self._stands(pk) and self._sees(pk)
        row = self._rows.get(thing)
        if row is None or (type_ == "quality_mark" and not self._views[row.assignment_id].role):
            return False
        is_there = (
            (row.note is None or self._has_read(row.note))
            and (row.evidence is None or self._has_read(row.evidence))
            and (row.claim is None or self._knows(("claim", row.claim)))
        )
        return is_there and (type_ in {"concession", "quality_mark"} or self._links(row))

    def _links(self, row: _Row) -> bool:
        if row.note is None:
            status = self._status(row)
            if status == MapStatus.WITHDRAWN or not self._holds(row, status):
                return False
        if row.step and not self._knows(("inference", row.step)):
            return False
        return all(self._stands(pk) and self._is_named(pk) for pk in row.claims)

    def _reads(self, note_id: UUID) -> bool:
        note = self._notes[note_id]
        stood = self._before(note_id) or _Stood(
            note.author_id, note.round_id, note.status, note.audience, note.group_id
        )
        view = self._views.get(note.assignment_id)
        return bool(view and stood.status and view.reads(**stood._asdict()))

    def _has_read(self, note_id: UUID) -> bool:
        return self._reads(note_id) and self._has(note_id)

    def _has(self, note_id: UUID) -> bool:
        """Whether the note was not withdrawn."""
        stood = self._before(note_id)
        return (stood or self._notes[note_id]).status != Status.WITHDRAWN

    def _status(self, row: _Row | _Claim) -> str:
        """The status of what is kept by hand; "" before it was there."""
        stood = self._before(row.id)
        return row.status if stood is None else _BY_HAND.get(stood.status, "")

    def _holds(self, row: _Row | _Claim, status: str) -> bool:
        """Whether the reader knew what is kept by hand without reading any note."""
        view = self._views[row.assignment_id]
        if not (view.is_set and status):
            return False
        if status == MapStatus.MARKED:
            return True
        is_kept = status in {MapStatus.PROPOSED, MapStatus.WITHDRAWN}
        return row.added_by == view.user_id or (
            is_kept and (view.oversees_all or row.added_by in view.people)
        )

    def _stands(self, claim_id: UUID) -> bool:
        claim = self._claims[claim_id]
        return self._has(claim.note) if claim.note else self._status(claim) != MapStatus.WITHDRAWN

    def _is_named(self, claim_id: UUID) -> bool:
        """Whether the reader knew the claim beside a note that the reader read (`known_beside`)."""
        claim = self._claims[claim_id]
        if claim.note:
            return self._reads(claim.note)
        status = self._status(claim)
        return status in _NAMED or self._holds(claim, status)

    def _sees(self, claim_id: UUID) -> bool:
        claim = self._claims[claim_id]
        if claim.note:
            named = self._reads(claim.note)
            asserted = self._notes[claim.note].kind in ASSERTS
        else:
            status = self._status(claim)
            if self._holds(claim, status):
                return True
            named, asserted = status in _NAMED, False
        return named and (asserted or any(self._reads(note) for note in claim.bearing))


def _some(ids: Mapping[str, list[UUID]], *, but: str) -> dict[str, Any]:
    return {name: some for name, some in ids.items() if name != but}


def _first(line: Line) -> tuple[Any, ...]:
    return (
        line.author_id,
        line.round_id,
        line.status_before,
        line.audience_before,
        line.group_before,
    )


def _after(line: Line) -> _Stood:
    return _Stood(
        line.author_id, line.round_id, line.status_after, line.audience_after, line.group_after
    )


def _is_freeing(line: Line) -> bool:
    """Whether it says that a note has let something go, which is no change of what it let go."""
    return line.op == Op.WITHDRAW and line.status_after != Status.WITHDRAWN


def is_moved(line: Line) -> bool:
    """Whether the line is of what some could see before it and others behind it."""
    if line.status_before == "":
        return False
    if line.op == Op.WITHDRAW:
        return True
    before = line.status_before, line.audience_before, line.group_before
    after = line.status_after, line.audience_after, line.group_after
    return before != after
