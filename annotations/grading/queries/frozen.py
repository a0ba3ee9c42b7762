"""A work as its marker reads it: each contribution as it was frozen, with what it answers and got.

In blind marking nothing of it leads to who wrote it: no ids but those of the items, no addresses,
no names, also none in what was written.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils.safestring import mark_safe

from annotations.comparison import Piece
from annotations.enums import Attacks, Audience, Kind, Stance, Status
from annotations.grading.enums import LateOwner, LateRule
from annotations.grading.models import WorkItem
from annotations.models import Anchor, Annotation, AnnotationVersion
from debate.core.text import render_markdown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.utils.safestring import SafeString

    from annotations.grading.models import GradingPlan, Work
    from annotations.grading.queries.veil import Veil
    from debate.accounts.models import User

LONGEST_REPLY: Final = 1200
_WORDS: Final = re.compile(r"(?<!\s)\s*\S+")
MOST_PAIRS: Final = 50_000
"""Pairs of equal words up to which two texts are compared word by word. Ten thousand characters of
prose have fewer; of the same few words over and over, the time would grow with the cube of them."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody else said: a reply that a contribution got, or what it replies to."""

    name: str
    kind: str
    label: str
    body: str
    at: datetime
    ref: UUID
    """Tells two apart; shown to nobody."""

    @property
    def html(self) -> SafeString:
        """The words as safe HTML, of long ones the beginning."""
        is_long = len(self.body) > LONGEST_REPLY
        return render_markdown(f"{self.body[:LONGEST_REPLY]} …" if is_long else self.body)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the essay a contribution stands; `quote` are its words, "" for all of a paragraph."""

    number: int | None
    before: str
    quote: str
    after: str
    position: int
    start: int


@dataclass(frozen=True, slots=True)
class Changed:
    """What has become of a contribution since: a sentence, and how the words differ."""

    sentence: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Item:
    """One contribution in the version that is graded.

    `words` is what is asked of its kind: what it attacks or supports, what it claims, its warrant.
    `is_left_out` says that it came late and does not count by the plan. `url` leads to it in the
    essay, "" where marking is blind, as `annotation_id` is None there.
    """

    id: UUID
    annotation_id: UUID | None
    version: int
    number: int
    kind: str
    label: str
    posted_at: datetime
    late_by: int
    is_left_out: bool
    meaning: str
    counterclaim: str
    warrant: str
    source: str
    quote: str
    locator: str
    attacks: str
    body: str
    html: SafeString
    place: Place | None
    parent: Said | None
    replies: list[Said]
    changed: Changed | None
    url: str

    @property
    def is_late(self) -> bool:
        """Whether it came after its author's due date."""
        return self.late_by > 0

    @property
    def reply_count(self) -> int:
        """How many replies it got."""
        return len(self.replies)

    @property
    def is_reply(self) -> bool:
        """Whether it answers what somebody else said."""
        return self.parent is not None


class _Around:
    """What stands around contributions: what they reply to, and the replies they got."""

    def __init__(self, notes: Mapping[UUID, Annotation]) -> None:
        self.notes = notes
        self.children: dict[UUID, list[Annotation]] = defaultdict(list)
        for one in notes.values():
            if one.parent_id and one.status == Status.PUBLISHED:
                self.children[one.parent_id].append(one)

    def replies_to(self, note: Annotation) -> list[Annotation]:
        return self.children.get(note.pk, [])


def frozen_items(
    user: User, plan: GradingPlan, works: Collection[Work], veil: Veil
) -> dict[UUID, list[Item]]:
    """The contributions of these works as they were frozen, by work, in essay order.

    Takes 2 queries for any number of them.
    """
    rows = list(
        WorkItem.objects.filter(work__in=works)
        .select_related("annotation__passage__source")
        .defer("annotation__search")
        .annotate(frozen=_as_frozen(), stands_at=_first_place(plan))
        .order_by("work_id", "position")
    )
    around = _Around(_around(user, rows))
    found: dict[UUID, list[Item]] = {work.pk: [] for work in works}
    for row in rows:
        found[row.work_id].append(_item(plan, row, veil, around))
    return found


def by_paragraph(items: Iterable[Item]) -> list[tuple[int | None, list[Item]]]:
    """The items under the numbers of the paragraphs on which they stand, those without one last."""
    found: dict[int | None, list[Item]] = defaultdict(list)
    for item in sorted(items, key=_by_place):
        found[item.place.number if item.place else None].append(item)
    return list(found.items())


def _by_place(item: Item) -> tuple[int, int, int]:
    place = item.place
    return (place.position, place.start, item.number) if place else (1 << 31, 0, item.number)


def _as_frozen() -> Subquery:
    """The version that is graded, as JSON; null where its history holds none."""
    version = AnnotationVersion.objects.filter(
        annotation=OuterRef("annotation"), version=OuterRef("annotation_version")
    )
    told = JSONObject(kind="kind", body="body", status="status", details="details")
    return Subquery(version.values(told=told)[:1])


def _around(user: User, rows: Iterable[WorkItem]) -> dict[UUID, Annotation]:
    """What these reply to and the replies they got, as far as the person may read it."""
    own = [row.annotation_id for row in rows]
    parents = [row.annotation.parent_id for row in rows if row.annotation.parent_id]
    if not own:
        return {}
    seen = Annotation.objects.visible_to(user).filter(Q(parent__in=own) | Q(pk__in=parents))
    found = seen.exclude(audience=Audience.PRIVATE).select_related("author")
    return {one.pk: one for one in found.defer("search").order_by("created_at", "pk")}


def _first_place(plan: GradingPlan) -> Subquery:
    """The first words of the item's thread in the essay that the assignment shows, as JSON."""
    anchors = Anchor.objects.filter(
        annotation=Coalesce(OuterRef("annotation__root"), OuterRef("annotation")),
        revision=plan.assignment.revision_id,
        paragraph__isnull=False,
    ).order_by("position")
    told = JSONObject(
        number="paragraph__number",
        text="paragraph__text",
        position="paragraph__position",
        start="start",
        end="end",
    )
    return Subquery(anchors.values(told=told)[:1])


def _place(told: Mapping[str, Any] | None) -> Place | None:
    if told is None:
        return None
    start, end = told["start"] or 0, told["end"] or 0
    text = told["text"]
    return Place(
        number=told["number"],
        before=text[:start],
        quote=text[start:end],
        after=text[end:],
        position=told["position"],
        start=start,
    )


def _item(plan: GradingPlan, row: Any, veil: Veil, around: _Around) -> Item:
    note = row.annotation
    then = row.frozen or _now_of(note)
    details = then["details"]
    parent = around.notes.get(note.parent_id) if note.parent_id else None
    is_as_it_was = note.version == row.annotation_version and not veil.hides
    return Item(
        id=row.pk,
        annotation_id=None if veil.hides else note.pk,
        version=row.annotation_version,
        number=row.position,
        kind=then["kind"],
        label=str(Kind(then["kind"]).label),
        posted_at=row.posted_at,
        late_by=row.late_by,
        is_left_out=bool(row.late_by) and leaves_out_late(plan),
        meaning=_meaning(details),
        counterclaim=veil.over(details.get("counterclaim", "")),
        warrant=veil.over(details.get("warrant", "")),
        source=veil.over(details.get("source_title", "")),
        quote=veil.over(details.get("quote", "")),
        locator=details.get("locator", ""),
        attacks=details.get("attacks", ""),
        body=veil.over(then["body"]),
        # What was rendered when it was written is what it still says, unless something is hidden.
        html=(
            mark_safe(note.body_html)  # noqa: S308 - rendered and sanitised when it was written
            if is_as_it_was
            else render_markdown(veil.over(then["body"]))
        ),
        place=_place(row.stands_at),
        parent=_said(parent, veil) if parent else None,
        replies=[_said(one, veil) for one in around.replies_to(note)],
        changed=_changed(row, then, veil),
        url="" if veil.hides else note.get_absolute_url(),
    )


def leaves_out_late(plan: GradingPlan) -> bool:
    """Whether what came late does not count at all."""
    return plan.late_owner == LateOwner.US and plan.late_rule == LateRule.DROP


def _now_of(note: Annotation) -> dict[str, Any]:
    """The annotation as it stands, in the shape of a kept version."""
    passage = note.passage
    return {
        "kind": note.kind,
        "body": note.body,
        "status": note.status,
        "details": {
            "attacks": note.attacks,
            "counterclaim": note.counterclaim,
            "stance": note.stance,
            "warrant": note.warrant,
            "source_title": passage.source.title if passage else "",
            "quote": passage.quote if passage else "",
            "locator": passage.locator if passage else "",
        },
    }


def _meaning(details: Mapping[str, Any]) -> str:
    """What it does to what it stands on, in words: what it attacks, or the stance of evidence."""
    if details.get("attacks"):
        return str(Attacks(details["attacks"]).label)
    return str(Stance(details["stance"]).label) if details.get("stance") else ""


def _said(one: Annotation, veil: Veil) -> Said:
    return Said(
        name=veil.name_of(one.author),
        kind=one.kind,
        label=str(one.get_kind_display()),
        body=veil.over(one.body or one.counterclaim or one.warrant),
        at=one.created_at,
        ref=one.pk,
    )


# -- what has become of it since -------------------------------------------------------------------


def _changed(row: Any, then: Mapping[str, Any], veil: Veil) -> Changed | None:
    note = row.annotation
    if note.status == Status.WITHDRAWN:
        return Changed("Withdrawn by its author since.", [])
    if note.status == Status.HIDDEN:
        return Changed("Hidden by staff since.", [])
    if note.version == row.annotation_version:
        return None
    before, after = (veil.over(_text_of(one)) for one in (then, _now_of(note)))
    if before == after:
        return Changed("Changed since, but not its words.", [])
    return Changed("Changed since. Graded are the words as they were.", difference(before, after))


def _text_of(state: Mapping[str, Any]) -> str:
    details = state["details"]
    parts = [details.get("counterclaim"), details.get("warrant"), details.get("quote")]
    return "\n\n".join(part for part in (*parts, state["body"]) if part)


def difference(before: str, after: str) -> list[Piece]:
    """The words of both texts in one row: those that stayed, went and came.

    Of texts with more than `MOST_PAIRS`, all between what begins and what ends alike went and came.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces = []
    for op, a, b, c, d in _runs(old, new):
        if op == "equal":
            pieces.append(Piece("same", "".join(new[c:d])))
            continue
        if b > a:
            pieces.append(Piece("del", "".join(old[a:b])))
        if d > c:
            pieces.append(Piece("ins", "".join(new[c:d])))
    return pieces


def _runs(old: Sequence[str], new: Sequence[str]) -> Iterable[tuple[str, int, int, int, int]]:
    """How the new words are made of the old, as `SequenceMatcher.get_opcodes` tells it."""
    counts = Counter(new)
    if sum(counts[word] for word in old) <= MOST_PAIRS:
        return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    begin = _alike(old, new)
    end = _alike(reversed(old[begin:]), reversed(new[begin:]))
    a, b = len(old) - end, len(new) - end
    return [
        ("equal", 0, begin, 0, begin),
        ("replace", begin, a, begin, b),
        ("equal", a, len(old), b, len(new)),
    ]


def _alike(some: Iterable[str], others: Iterable[str]) -> int:
    """How many words at their beginnings are the same."""
    same = (one == other for one, other in zip(some, others, strict=False))
    return sum(takewhile(bool, same))
