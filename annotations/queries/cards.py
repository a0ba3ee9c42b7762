"""Annotations as cards: what is shown beside the text, in a thread and in lists.

A fixed number of queries, whatever the number of annotations.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import get_language

from annotations.enums import Attacks, Audience, Kind, Stance, Status
from annotations.models import Anchor, Annotation
from annotations.permissions import may_change, may_reply
from annotations.queries.kept import Kept
from annotations.queries.vocabulary import TagLabel, tag_labels
from debate.core.errors import Missing
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from annotations.models.annotation import AnnotationQuerySet
    from debate.accounts.models import User
    from debate.assignments.models import Assignment
    from debate.essays.models import Revision
    from debate.seminars.models import Membership


CHARACTERS_A_PAGE = 8_000
FEWEST_CHARACTERS, MOST_CHARACTERS = 90, 320


@dataclass
class Rules:
    """By what rules somebody reads the notes of a moment, as others may do.

    Whoever has the same `key` is shown the same, but for what the person wrote. `still_hold` asks
    whether nothing of it has changed since.
    """

    key: Hashable
    still_hold: Callable[[], bool]
    made: list[tuple[Kept, Hashable, Any]] = field(default_factory=list)

    def keep(self, kept: Kept, key: Hashable, value: Any) -> None:
        """Keep what was made by these rules, once it is sure that they held all the while."""
        self.made.append((kept, key, value))

    def settle(self) -> None:
        """Keep what was made, if the rules hold still: else it may have been made by others."""
        if self.made and self.still_hold():
            for kept, key, value in self.made:
                kept.keep(key, value)
        self.made.clear()


@dataclass(frozen=True)
class Reader:
    """Who reads, what the person may do in the seminar, which revision is read, and what is new.

    What others posted after `since` is marked as new. Where the `rules` are known, cards that
    others were shown are not made again.
    """

    user: User | AnonymousUser
    membership: Membership | None
    revision: Revision
    since: datetime | None = None
    rules: Rules | None = None

    def annotations(self) -> AnnotationQuerySet:
        """What the person may read."""
        return Annotation.objects.visible_to(self.user)


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many annotations of one kind."""

    kind: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Initials:
    """A person who replied, as a small disc."""

    initials: str
    name: str


@dataclass(frozen=True, slots=True)
class SourceLine:
    """The work that evidence rests on."""

    title: str
    href: str
    host: str
    quote: str
    locator: str
    note: str


@dataclass(slots=True)
class Card:
    """An annotation as it is shown beside the text, or in its thread."""

    id: str
    kind: str
    label: str
    author_name: str
    is_mine: bool
    created_at: datetime
    edited: bool
    status_label: str
    quote: str
    paragraph_number: int | None
    body_html: SafeString
    truncated: bool
    counterclaim: str
    attacks_label: str
    stance_label: str
    warrant: str
    source: SourceLine | None
    reply_count: int
    repliers: list[Initials]
    unanswered: bool
    state_label: str
    audience_label: str
    tags: list[TagLabel]
    url: str
    reply_url: str
    edit_url: str
    withdraw_url: str
    pinned: bool = False
    locked: bool = False
    is_late: bool = False
    scope: str = ""
    is_new: bool = False
    new_replies: int = 0

    @property
    def dom_id(self) -> str:
        """The id of the card's element, the target of permalinks and marks."""
        return f"a-{self.id}"

    @property
    def spoken(self) -> str:
        """What it is, for links that are heard without what stands around them."""
        return f"{self.label} by {self.author_name}"

    @property
    def day(self) -> str:
        """The day of its writing as programs read it, by the clocks of the page."""
        return localtime(self.created_at).date().isoformat()

    @property
    def counter_url(self) -> str:
        """Where a counterargument to it is written."""
        return f"{self.reply_url}?kind=counterargument" if self.reply_url else ""


def cards_for(
    reader: Reader,
    assignment: Assignment,
    ids: Sequence[UUID],
    *,
    whole: bool = False,
    among: int = 0,
) -> list[Card]:
    """The annotations as cards, in no order.

    Bodies are shown to the end if `whole`; else cut so that many cards weigh no more than a few,
    also where only these are asked for `among` that many.
    """
    if not ids:
        return []
    readable = reader.annotations()
    annotations = readable.filter(pk__in=ids).for_display(reader.user).with_is_unanswered(readable)
    anchors: dict[UUID, list[Anchor]] = defaultdict(list)
    for anchor in Anchor.objects.filter(
        annotation__in=ids, revision=reader.revision
    ).select_related("paragraph"):
        anchors[anchor.annotation_id].append(anchor)
    replies: dict[UUID | None, list[str]] = defaultdict(list)
    for parent_id, name in (
        readable.filter(parent__in=ids, status=Status.PUBLISHED)
        .with_shown_author(reader.user)
        .order_by("created_at", "id")
        .values_list("parent_id", "shown_author_name")  # type: ignore[misc]  # annotated
    ):
        replies[parent_id].append(name)
    limit = None if whole else _limit(max(among, len(ids)))
    found = []
    rows = list(annotations)
    labels = tag_labels(reader.user, assignment.seminar, (key for one in rows for key in one.tags))
    for annotation in rows:
        annotation.assignment = assignment
        placed, said = anchors[annotation.pk], replies[annotation.pk]
        found.append(card(reader, annotation, placed, said, limit=limit, labels=labels))
    return found


def _limit(count: int) -> int:
    """At how many characters each body is cut where so many stand on a page."""
    return max(FEWEST_CHARACTERS, min(MOST_CHARACTERS, CHARACTERS_A_PAGE // count))


# A card takes some 3 kB. Their keys tell all that they are made of, so that none grows old.
_cards = Kept(most=3_000, seconds=3_600)


def shown_cards(
    reader: Reader, assignment: Assignment, ids: Sequence[UUID], *, among: int
) -> list[Card]:
    """The annotations as cut cards, as `cards_for` makes them, those that others were shown as well.

    None of them says what is new. They are shared: whoever changes one copies it before.
    """
    reader = replace(reader, since=None)
    if reader.rules is None or not ids:
        return cards_for(reader, assignment, ids, among=among)
    among = max(among, len(ids))
    common = (reader.rules.key, reader.revision.pk, _limit(among), get_language())
    own = _own_threads(reader, assignment)
    keys = {pk: (common, pk, reader.user.pk if pk in own else None) for pk in ids}
    found = {pk: _cards.get(key) for pk, key in keys.items()}
    missing = [pk for pk, one in found.items() if one is None]
    if missing:
        made = {UUID(one.id): one for one in cards_for(reader, assignment, missing, among=among)}
        found |= made
        for pk, one in made.items():
            reader.rules.keep(_cards, keys[pk], one)
    return [one for one in found.values() if one]


def _own_threads(reader: Reader, assignment: Assignment) -> set[UUID]:
    """The first annotations of the threads in which the reader wrote something."""
    if not reader.user.pk:
        return set()
    mine = reader.annotations().filter(assignment=assignment, author_id=reader.user.pk).order_by()
    return {root or pk for pk, root in mine.values_list("pk", "root_id")}


def card(
    reader: Reader,
    annotation: Annotation,
    anchors: Sequence[Anchor],
    repliers: Sequence[str],
    *,
    limit: int | None,
    labels: Mapping[str, TagLabel] | None = None,
) -> Card:
    """One annotation as a card, its body cut at `limit` characters if any.

    `labels` say how its tags are shown; without them a tag is shown as it is kept.
    """
    user, membership = reader.user, reader.membership
    first = anchors[0] if anchors else None
    is_mine = annotation.author_id == user.pk
    changeable = is_mine and may_change(annotation.author, membership, annotation)
    truncated = limit is not None and len(annotation.body) > limit
    url = reverse("annotations:detail", args=[annotation.pk])
    return Card(
        id=str(annotation.pk),
        kind=annotation.kind,
        label=str(annotation.get_kind_display()),
        author_name=annotation.shown_author_name,  # type: ignore[attr-defined]  # by `for_display`
        is_mine=is_mine,
        created_at=annotation.created_at,
        edited=annotation.edited_at is not None,
        status_label=_status_label(annotation),
        quote=shortened(" … ".join(anchor.exact for anchor in anchors if anchor.exact), limit),
        paragraph_number=first.paragraph.number if first and first.paragraph else None,
        body_html=_body(annotation, limit if truncated else None),
        truncated=truncated,
        counterclaim=_said_apart(annotation),
        attacks_label=_ATTACKS.get(annotation.attacks, ""),
        stance_label=_STANCES.get(annotation.stance, ""),
        warrant=annotation.warrant,
        source=_source_line(annotation),
        reply_count=len(repliers),
        repliers=[Initials(initials(name), name) for name in dict.fromkeys(repliers)][:4],
        unanswered=bool(getattr(annotation, "is_unanswered", False)),
        state_label="" if not first or first.state_label == "exact" else first.state_label,
        audience_label=_audience_label(annotation),
        tags=[(labels or {}).get(key) or TagLabel(key, key) for key in annotation.tags],
        url=url,
        reply_url=f"{url}reply/" if may_reply(membership, annotation) else "",
        edit_url=f"{url}edit/" if changeable else "",
        withdraw_url=f"{url}withdraw/" if changeable else "",
        pinned=annotation.pinned_at is not None,
        locked=annotation.locked_at is not None,
        is_late=annotation.is_late,
        scope=annotation.granted_scope,  # type: ignore[attr-defined]  # by `for_display`
        is_new=not is_mine and _is_after(annotation.published_at, reader.since),
    )


def _is_after(moment: datetime | None, since: datetime | None) -> bool:
    return moment is not None and since is not None and moment > since


def card_of(user: User | AnonymousUser, annotation: Annotation) -> Card:
    """The annotation, which the person may read, as a card with its whole body. Raises Missing."""
    assignment = annotation.assignment
    reader = Reader(user, membership_of(user, assignment.seminar), assignment.revision)
    found = cards_for(reader, assignment, [annotation.pk], whole=True)
    if not found:
        raise Missing
    return found[0]


_ATTACKS: dict[str, str] = {
    Attacks.UNSPECIFIED: "",
    Attacks.CONCLUSION: "the conclusion",
    Attacks.REASON: "a reason given",
    Attacks.STEP: "the step from reason to conclusion",
}
_STANCES: dict[str, str] = {
    Stance.SUPPORTS: "supports",
    Stance.ATTACKS: "speaks against",
    Stance.CONTEXT: "gives context",
}


def initials(name: str) -> str:
    """One or two letters for a small disc."""
    words = [word for word in name.split() if word[0].isalnum()] or ["?"]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def kind_counts(kinds: Iterable[str], *, all_kinds: bool = True) -> list[KindCount]:
    """How many of each kind, in the order of the kinds; those without any only if asked."""
    counts = Counter(kinds)
    shown = Kind if all_kinds else [Kind(one) for one in sorted(counts, key=_ORDER.__getitem__)]
    return [KindCount(kind.value, str(kind.label), counts[kind]) for kind in shown]


_ORDER = {kind.value: number for number, kind in enumerate(Kind)}


def _body(annotation: Annotation, limit: int | None) -> SafeString:
    html = annotation.body_html
    if limit:
        html = Truncator(html).chars(limit, html=True)
    return mark_safe(html)  # noqa: S308 - sanitised when stored


def shortened(quote: str, limit: int | None) -> str:
    return quote if limit is None else str(Truncator(quote).chars(140))


def _said_apart(annotation: Annotation) -> str:
    """The counterclaim, unless the body begins with the very same words."""
    body = " ".join(annotation.body.split())
    return "" if body.startswith(annotation.counterclaim.rstrip("…")) else annotation.counterclaim


def _status_label(annotation: Annotation) -> str:
    """Why others do not read it, to those who do; "" for what is published."""
    if annotation.status == Status.PUBLISHED:
        return ""
    label = str(annotation.get_status_display())
    if not annotation.status_reason:
        return label
    if annotation.status == Status.HIDDEN:
        return f"{label}: {annotation.status_reason}"
    return f"{label}. It was hidden: {annotation.status_reason}"


def _audience_label(annotation: Annotation) -> str:
    if annotation.is_late and annotation.audience == Audience.STAFF:
        return "late, read by staff"
    if annotation.audience == Audience.SEMINAR:
        return ""
    if annotation.audience == Audience.GROUP and annotation.group:
        return annotation.group.name
    return str(annotation.get_audience_display())


def _source_line(annotation: Annotation) -> SourceLine | None:
    passage = annotation.passage
    if passage is None:
        return None
    source = passage.source
    note = "" if passage.quote else "no quote yet"
    return SourceLine(source.title, source.href, source.host, passage.quote, passage.locator, note)
