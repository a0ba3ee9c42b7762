"""What changed in an assignment for one reader since a cursor. Takes a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Exists, Q

from annotations.enums import Kind, Op, Status
from annotations.models import (
    Anchor,
    Annotation,
    AnnotationVersion,
    Change,
    ClaimAnchor,
    Mention,
    ParagraphTag,
)
from debate.core.db import asked
from debate.core.errors import Gone
from debate.seminars.enums import STAFF

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from annotations.queries.feed import Line
    from annotations.queries.view_keys import View
    from debate.accounts.models import User
    from debate.assignments.models import Assignment
    from debate.essays.models import Paragraph

MOST_LINES = 2_000
"""Who is further behind loads the page anew, which costs less than telling all that happened."""

PLACING = "placing"
"""The act by which an annotation leaves its paragraph (`actions.reversing`)."""

_OF_THE_ARGUMENT = frozenset({"claim", "inference", "relation", "house_rules"})
_ARGUES = (
    Q(claim__isnull=False)
    | Q(inference__isnull=False)
    | Q(relation__isnull=False)
    | Q(concession__isnull=False)
)


@dataclass(frozen=True, slots=True)
class Changed:
    """An annotation that changed, as the reader reads it now.

    `is_arrival`: the reader could not read it before. `paragraph` is where its thread stands, None
    where the words are gone.
    """

    id: UUID
    kind: str
    kind_label: str
    author_name: str
    is_reply: bool
    is_mine: bool
    is_to_me: bool
    is_arrival: bool
    paragraph: Paragraph | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed for a reader up to `counter`.

    `changed` in the order of their last changes, each once; `gone`: what the reader could have
    seen on the page before and cannot now. `paragraphs`: the numbers of those that look different.
    `by` are the authors of what changed.
    """

    counter: int
    changed: list[Changed] = field(default_factory=list)
    gone: list[UUID] = field(default_factory=list)
    paragraphs: frozenset[int] = frozenset()
    by: frozenset[UUID] = frozenset()

    @property
    def any(self) -> bool:
        """Whether anything changed for the reader."""
        return bool(self.changed or self.gone or self.paragraphs)


def changes_after(
    user: User | AnonymousUser, assignment: Assignment, view: View, counter: int
) -> Changes:
    """What changed for the reader after the counter, up to that which the assignment was read with.

    `view` says by which rules the reader sees it, now and at the counter. What the person may not
    see is not told of at all. Raises Gone for a reader who is too far behind.
    """
    until = assignment.change_counter
    if counter >= until:
        return Changes(until)
    if until - counter > MOST_LINES:
        raise Gone(
            "Much has changed here. Load the page anew.",
            code="view_changed",
            extra={"reload": True},
        )
    since = Change.objects.filter(assignment=assignment, counter__gt=counter, counter__lte=until)
    direct = {line.pk: concerns(view, line) for line in since}
    bearing = bearing_on([line for line in since if not direct[line.pk]])
    lines = [
        line
        for line in since
        if direct[line.pk] or is_known_beside(view, line, bearing.get(line.object_id, ()))
    ]
    if not lines:
        return Changes(until)
    about = [line for line in lines if line.type == "annotation"]
    first: dict[UUID, Change] = {}
    last: dict[UUID, Change] = {}
    for line in about:
        first.setdefault(line.object_id, line)
        last[line.object_id] = line
    ids = sorted(last, key=lambda pk: last[pk].counter)
    rows = {one.pk: one for one in _readable(user, ids)}
    places = _places(assignment, ids)
    named = _naming(user, rows)
    numbers = {one.number for some in places.values() for one in some if one.number}
    return Changes(
        counter=until,
        changed=[
            _changed(
                rows[pk],
                user,
                next(iter(places[pk]), None),
                is_named=pk in named,
                is_arrival=not was_seen(view, first[pk]),
            )
            for pk in ids
            if pk in rows
        ],
        gone=[
            pk
            for pk in ids
            if pk not in rows and any(was_seen(view, one) for one in about if one.object_id == pk)
        ],
        paragraphs=frozenset(numbers | _left(assignment, about) | _others(assignment, lines, ids)),
        by=frozenset(line.author_id for line in lines),
    )


def concerns(view: View, line: Change | Line) -> bool:
    """Whether the reader could have seen of what the line tells, before the change or after it.

    Of the argument, staff see all: it is theirs to keep.
    """
    if line.type != "annotation" and view.is_set and view.role in STAFF:
        return True
    return was_seen(view, line) or is_seen(view, line)


def was_seen(view: View, line: Change | Line) -> bool:
    """Whether the object stood on the reader's page before the change."""
    return line.status_before not in {"", Status.WITHDRAWN} and view.reads(
        author_id=line.author_id,
        round_id=line.round_id,
        status=line.status_before,
        audience=line.audience_before,
        group_id=line.group_before,
    )


def is_seen(view: View, line: Change | Line) -> bool:
    """Whether the object stands on the reader's page after the change."""
    return line.status_after != Status.WITHDRAWN and view.reads(
        author_id=line.author_id,
        round_id=line.round_id,
        status=line.status_after,
        audience=line.audience_after,
        group_id=line.group_after,
    )


def is_named_beside(line: Change | Line) -> bool:
    """Whether of what the line tells more people may know than it says: who read a note beside it.

    A claim that nobody has marked is known where a note bears on it, and so are the marks on it.
    """
    open_ones = line.type in {"claim", "quality_mark"}
    return open_ones and Status.PENDING in {line.status_before, line.status_after}


class Bearing(NamedTuple):
    """What decides who reads a note that bears on a claim."""

    author_id: UUID
    round_id: UUID
    status: str
    audience: str
    group_id: UUID | None


_BEARING = """
    WITH about AS (
        SELECT id, id AS claim FROM annotations_claim
        WHERE id = ANY(%(ids)s) AND annotation_id IS NULL
        UNION ALL SELECT mark.id, claim.id FROM annotations_qualitymark AS mark
        JOIN annotations_claim AS claim ON claim.id = mark.claim_id
        WHERE mark.id = ANY(%(ids)s) AND claim.annotation_id IS NULL
    ), made AS (
        SELECT about.id, one.annotation_id
        FROM about JOIN annotations_relation AS one ON one.target_claim_id = about.claim
        UNION SELECT about.id, one.annotation_id
        FROM about JOIN annotations_inference AS one ON one.conclusion_id = about.claim
        UNION SELECT about.id, one.annotation_id
        FROM about JOIN annotations_concession AS one ON one.claim_id = about.claim
    )
    SELECT made.id, author_id, round_id, status, audience, group_id
    FROM made JOIN annotations_annotation AS note ON note.id = made.annotation_id
    WHERE status <> 'withdrawn'
"""


def bearing_on(lines: Iterable[Change]) -> dict[UUID, list[Bearing]]:
    """By object of those of the lines that `is_named_beside`, the notes beside which it is known.

    A claim that was taken off keeps them. Takes one query, and none without such a line.
    """
    notes: dict[UUID, list[Bearing]] = defaultdict(list)
    ids = {line.object_id for line in lines if is_named_beside(line)}
    for pk, *note in asked(_BEARING, {"ids": list(ids)}) if ids else ():
        notes[pk].append(Bearing(*note))
    return notes


def is_known_beside(view: View, line: Change, bearing: Iterable[Bearing]) -> bool:
    """Whether the reader knows of what the line tells beside one of those notes."""
    if line.type == "quality_mark" and not view.role:
        return False  # of marks only members know
    return any(view.reads(**note._asdict()) for note in bearing)


def _readable(user: User | AnonymousUser, ids: Collection[UUID]) -> Iterable[Annotation]:
    """Those that stand on the reader's page; what is withdrawn stands on nobody's."""
    if not ids:
        return ()
    found = Annotation.objects.visible_to(user).filter(pk__in=ids)
    return (
        found.exclude(status=Status.WITHDRAWN)
        .select_related("author", "alias", "parent", "root")
        .only(*_SHOWN)
        .with_shown_author(user)
    )


_SHOWN = (
    "kind",
    "author_id",
    "author__name",
    "author__username",
    "alias__name",
    "root__author_id",
    "parent__author_id",
)


def _naming(user: User | AnonymousUser, rows: Collection[UUID]) -> set[UUID]:
    """Those of the annotations that name the reader."""
    if not user.pk or not rows:
        return set()
    named = Mention.objects.filter(annotation__in=rows, user=user.pk)
    return set(named.values_list("annotation_id", flat=True))


def _places(assignment: Assignment, ids: Collection[UUID]) -> dict[UUID, list[Paragraph]]:
    """By annotation, the paragraphs of its thread in the shown revision, that of its card first.

    Whether the reader may know of the annotations was decided by their change lines: of what is
    gone no door tells the place any more.
    """
    places: dict[UUID, list[Paragraph]] = defaultdict(list)
    if not ids:
        return places
    roots = {
        pk: root or pk
        for pk, root in Annotation.objects.filter(pk__in=ids).values_list("pk", "root_id")
    }
    anchors: dict[UUID, list[Paragraph]] = defaultdict(list)
    for anchor in (
        Anchor.objects.filter(annotation__in=roots.values(), revision=assignment.revision_id)
        .exclude(paragraph=None)
        .select_related("paragraph")
        .only("annotation_id", "paragraph__number", "paragraph__position", "paragraph__label")
        .order_by("position")
    ):
        if anchor.paragraph:
            anchors[anchor.annotation_id].append(anchor.paragraph)
    for pk, root in roots.items():
        places[pk] = anchors[root]
    return places


def _changed(
    row: Annotation,
    user: User | AnonymousUser,
    paragraph: Paragraph | None,
    *,
    is_named: bool,
    is_arrival: bool,
) -> Changed:
    is_mine = row.author_id == user.pk
    answered = {one.author_id for one in (row.parent, row.root) if one}
    return Changed(
        id=row.pk,
        kind=row.kind,
        kind_label=str(Kind(row.kind).label),
        author_name=row.shown_author_name,  # type: ignore[attr-defined]  # by `with_shown_author`
        is_reply=row.parent_id is not None,
        is_mine=is_mine,
        is_to_me=not is_mine and (is_named or user.pk in answered),
        is_arrival=is_arrival,
        paragraph=paragraph,
    )


def _left(assignment: Assignment, about: Collection[Change]) -> set[int]:
    """The numbers of the paragraphs that annotations left, being placed elsewhere by hand."""
    changed = {(line.object_id, line.version) for line in about if line.op == Op.UPDATE}
    if not changed:
        return set()
    made = AnnotationVersion.objects.filter(
        annotation__in={pk for pk, _ in changed}, undo__act=PLACING
    )
    left = set()
    for pk, version, undo in made.values_list("annotation_id", "version", "undo"):
        if undo and undo.get("is_undone"):
            return _all(assignment)
        if undo and (pk, version) in changed:
            left |= {place["paragraph_id"] for place in undo["places"]}
    if not left:
        return set()
    return _numbers(assignment, pk__in=left - {None})


def _others(assignment: Assignment, lines: Sequence[Change], ids: Collection[UUID]) -> set[int]:
    """The numbers of paragraphs whose tags changed, or how their claims stand.

    How one stands may follow from any note that makes a claim or bears on one, wherever it is.
    """
    types = {line.type for line in lines}
    claims = ClaimAnchor.objects.filter(claim__assignment=assignment)
    if not types & _OF_THE_ARGUMENT:
        arguing = Annotation.objects.filter(_ARGUES, pk__in=ids)
        claims = claims.filter(Exists(arguing)) if ids else claims.none()
    numbers = _numbers(assignment, pk__in=claims.order_by().values("paragraph"))
    if "paragraph_tag" in types:
        tagged = [one for one in lines if one.type == "paragraph_tag"]
        if any(one.op == Op.WITHDRAW for one in tagged):
            return _all(assignment)  # the tag that was taken off is gone, and its place with it
        given = ParagraphTag.objects.filter(pk__in=[one.object_id for one in tagged])
        numbers |= _numbers(assignment, key__in=given.values("paragraph_key"))
    return numbers


def _all(assignment: Assignment) -> set[int]:
    return _numbers(assignment)


def _numbers(assignment: Assignment, **which: Any) -> set[int]:
    numbered = assignment.revision.paragraphs.numbered().filter(**which).order_by()
    return {number for number in numbered.values_list("number", flat=True) if number}
