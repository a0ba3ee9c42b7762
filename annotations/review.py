"""What an instructor sees before a revision is published: what the text becomes, and where notes go.

The reads of publishing, beside `queries`: they stand on the plan that the publication carries out. A
fixed number of queries, whatever the number of annotations. What others keep private or hold is counted
and never shown.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from annotations.comparison import ChangedParagraph, Unchanged, compare
from annotations.enums import AnchorState, MapStatus, Status
from annotations.models import Annotation, Claim, ClaimAnchor
from annotations.publication import (
    Plan,
    decided_rows,
    new_anchors,
    open_assignments,
    outcomes_of,
    plan_publication,
    standing_anchors,
    standing_claim_anchors,
)
from annotations.queries import in_ellipses
from annotations.reanchoring.alignment import Alignment
from annotations.reanchoring.words import Text
from debate.core.errors import Invalid, Missing
from debate.essays.queries import Revising, revising

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from annotations.models import Anchor
    from annotations.models.places import PlaceInText
    from debate.accounts.models import User
    from debate.assignments.models import Assignment
    from debate.essays.importing.blocks import Draft
    from debate.essays.models import Essay, ImportDraft, Paragraph, Revision

AFFECTED_A_PAGE: Final = 50
AROUND: Final = 60
STAYS = {AnchorState.CREATED, AnchorState.KEPT}
HEAD: Final = (
    ("Title", "title", "title"),
    ("Author", "byline_author", "author"),
    ("Affiliation", "affiliation", "affiliation"),
    ("Language", "language", "language"),
)
ORIGIN: Final = (("Where it was published", "source_url"), ("Licence", "licence_note"))


@dataclass(frozen=True, slots=True)
class HeadChange:
    """Something that stands above the essay and changes."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Words:
    """Words within their paragraph; without `exact` it is the whole paragraph that is meant."""

    number: int | None
    before: str
    exact: str
    after: str


@dataclass(frozen=True, slots=True)
class Affected:
    """An annotation that does not stay exactly where it is.

    `was` is where it stands now, `goes` where it will (nowhere: it loses its place). `decision` says
    what was decided by hand, "" when the proposal stands.
    """

    id: UUID
    kind: str
    label: str
    author_name: str
    url: str
    decide_url: str
    was: list[Words]
    goes: list[Words]
    state_label: str
    decision: str


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Revisions that others published while this draft was worked on, and what they changed."""

    revisions: list[Revision]
    theirs: list[ChangedParagraph | Unchanged]

    @property
    def newest(self) -> Revision:
        """The one that is current."""
        return self.revisions[-1]


@dataclass(slots=True)
class Review:
    """All that the page shows; `refusal` says why it cannot be published as it stands, if so."""

    draft: ImportDraft
    essay: Essay
    number: int
    base_number: int
    revising: Revising
    refusal: str = ""
    head: list[HeadChange] | None = None
    rows: list[ChangedParagraph | Unchanged] | None = None
    overtaken: Overtaken | None = None
    assignments: Sequence[Assignment] = ()
    affected: Sequence[Affected] = ()
    page: int = 1
    pages: int = 1
    total: int = 0
    staying: int = 0
    changing: int = 0
    unseen: int = 0
    claims: int = 0
    claims_lost: Sequence[Claim] = ()

    @property
    def changes_text(self) -> bool:
        """Whether any paragraph is not as it was."""
        return any(isinstance(row, ChangedParagraph) for row in self.rows or [])

    @property
    def changes_nothing(self) -> bool:
        """Whether the essay stands as the draft has it."""
        return not self.refusal and not self.head and not self.changes_text

    @property
    def unseen_label(self) -> str:
        """How many notes are carried over that are not the instructor's to read."""
        if not self.unseen:
            return ""
        what = "1 private note is" if self.unseen == 1 else f"{self.unseen} private notes are"
        return f"{what} carried over as well."


def review(*, user: User, draft: ImportDraft, page: int = 1) -> Review:
    """What publishing the person's draft would do. Raises Missing when it is no revision's."""
    essay, base = draft.essay, draft.base
    if essay is None or base is None or essay.current_revision is None:
        raise Missing
    current = essay.current_revision
    found = Review(
        draft=draft,
        essay=essay,
        number=current.number + 1,
        base_number=base.number,
        revising=revising(user, essay),
        head=_head_changes(draft, essay),
    )
    old = list(current.paragraphs.order_by("position"))
    if base != current:
        found.overtaken = _overtaken(essay, base, old)
    # Compared, and never saved, with what readers have now: publishing asks for the same base.
    draft.base = current
    try:
        plan = plan_publication(draft)
    except Invalid as error:
        found.refusal = error.sentence
        return found
    finally:
        draft.base = base
    found.rows = compare(old, plan.paragraphs, plan.alignment)
    _count(found, user, plan, current, page)
    _count_claims(found, user, plan, current)
    return found


def _head_changes(draft: ImportDraft, essay: Essay) -> list[HeadChange]:
    content: Draft = draft.draft
    pairs = [
        *((label, getattr(essay, old), getattr(content, new)) for label, old, new in HEAD),
        *((label, getattr(essay, name), getattr(draft, name)) for label, name in ORIGIN),
    ]
    return [HeadChange(label, old, new) for label, old, new in pairs if old != new]


def _overtaken(essay: Essay, base: Revision, current: list[Paragraph]) -> Overtaken:
    revisions = essay.revisions.filter(number__gt=base.number).select_related("created_by")
    before = list(base.paragraphs.order_by("position"))
    alignment = Alignment(_texts(before), _texts(current))
    return Overtaken(
        revisions=list(revisions.order_by("number")), theirs=compare(before, current, alignment)
    )


def _texts(paragraphs: Sequence[Paragraph]) -> list[Text]:
    return [Text(str(one.key), one.text) for one in paragraphs]


def _count(found: Review, user: User, plan: Plan, current: Revision, page: int) -> None:
    """Add what becomes of the annotations, a page of them with their words."""
    found.assignments = list(open_assignments(found.essay).select_related("seminar"))
    standing = list(standing_anchors(found.assignments))
    rows = new_anchors(plan, standing, outcomes_of(plan, standing, current.pk))
    old, new = _by_annotation(standing), _by_annotation(rows)
    states = dict(Annotation.objects.filter(pk__in=old).values_list("pk", "status"))
    readable = set(
        Annotation.objects.visible_to(user).filter(pk__in=old).values_list("pk", flat=True)
    )
    seen = [pk for pk in old if pk in readable and states[pk] != Status.WITHDRAWN]
    changing = [
        pk for pk in seen if pk in plan.placements or any(row.state not in STAYS for row in new[pk])
    ]
    found.unseen = sum(pk not in readable for pk in old)
    found.total, found.changing = len(seen), len(changing)
    found.staying = found.total - found.changing
    changing.sort(key=lambda pk: (_rank(new[pk]), pk))
    found.pages = max(1, -(-len(changing) // AFFECTED_A_PAGE))
    found.page = min(max(page, 1), found.pages)
    shown = changing[(found.page - 1) * AFFECTED_A_PAGE : found.page * AFFECTED_A_PAGE]
    found.affected = _affected(found.draft, plan, shown, old, new)


def _count_claims(found: Review, user: User, plan: Plan, current: Revision) -> None:
    """Add how many claims of the map stand in the text, and those whose words are gone from it."""
    standing = list(standing_claim_anchors(found.assignments))
    new = new_anchors(plan, standing, outcomes_of(plan, standing, current.pk))
    before, after = _placed(standing), _placed(new)
    marked = Claim.objects.visible_to(user).filter(status=MapStatus.MARKED, pk__in=before)
    claims = list(marked.order_by("id"))
    found.claims = len(claims)
    found.claims_lost = [one for one in claims if one.pk not in after]


def _placed(anchors: Iterable[PlaceInText]) -> set[UUID]:
    return {one.owner_id for one in anchors if one.paragraph}


def claims_without_words(revision: Revision) -> int:
    """How many claims of the map had words in an earlier revision and have none in this one."""
    marked = Claim.objects.filter(assignment__revision=revision, status=MapStatus.MARKED)
    lost = marked.filter(anchors__revision=revision, anchors__state=AnchorState.ORPHANED)
    standing = ClaimAnchor.objects.filter(revision=revision, paragraph__isnull=False)
    return lost.exclude(pk__in=standing.values("claim")).distinct().count()


def _by_annotation(anchors: Iterable[Anchor]) -> dict[UUID, list[Anchor]]:
    return {pk: list(group) for pk, group in groupby(anchors, key=lambda one: one.annotation_id)}


def _rank(rows: Sequence[Anchor]) -> tuple[int, float]:
    """What needs a look first: what loses its place, then what is least sure."""
    lost = any(row.state == AnchorState.ORPHANED for row in rows)
    return (0 if lost else 1, min(row.confidence for row in rows))


def _affected(
    draft: ImportDraft,
    plan: Plan,
    shown: Sequence[UUID],
    old: dict[UUID, list[Anchor]],
    new: dict[UUID, list[Anchor]],
) -> list[Affected]:
    annotations = Annotation.objects.select_related("author").in_bulk(shown)
    return [
        affected_of(draft, plan, annotations[pk], old[pk], new[pk])
        for pk in shown
        if pk in annotations
    ]


def affected_of(
    draft: ImportDraft,
    plan: Plan,
    annotation: Annotation,
    old: Sequence[Anchor],
    new: Sequence[Anchor],
) -> Affected:
    """One annotation on its way from the old rows to the new ones."""
    return Affected(
        id=annotation.pk,
        kind=annotation.kind,
        label=str(annotation.get_kind_display()),
        author_name=annotation.author.display_name,
        url=annotation.get_absolute_url(),
        decide_url=reverse("annotations:placement", args=[draft.pk, annotation.pk]),
        was=[words_of(one) for one in old],
        goes=[words_of(one) for one in new if one.paragraph],
        state_label=_state_label(old, new),
        decision=_decision(plan, annotation.pk, old),
    )


def words_of(anchor: Anchor) -> Words:
    """The anchor's words in what stands around them."""
    if anchor.paragraph is None:
        return Words(None, *in_ellipses(anchor.prefix, anchor.exact or "", anchor.suffix))
    number, text = anchor.paragraph.number, anchor.paragraph.text
    if anchor.start is None or anchor.end is None:
        start = text[: 2 * AROUND].rsplit(" ", 1)[0] + " …" if len(text) > 2 * AROUND else text
        return Words(number, start, "", "")
    before, after = text[: anchor.start], text[anchor.end :]
    if len(before) > AROUND:
        before = "… " + before[-AROUND:].split(" ", 1)[-1]
    if len(after) > AROUND:
        after = after[:AROUND].rsplit(" ", 1)[0] + " …"
    return Words(number, before, anchor.exact or "", after)


def _state_label(old: Sequence[Anchor], new: Sequence[Anchor]) -> str:
    """How sure the place is, of the least sure of several: "moved", "text edited (82 %)" …"""
    if all(row.state == AnchorState.ORPHANED for row in [*old, *new]):
        return "text removed before"
    labels = Counter(row.state_label for row in sorted(new, key=lambda row: row.confidence))
    return ", ".join(label for label in labels if label != "exact") or "exact"


def _decision(plan: Plan, annotation_id: UUID, old: Sequence[Anchor]) -> str:
    decided = plan.placements.get(annotation_id)
    if decided is None:
        return ""
    if decided.block is None:
        return "You leave it without a place."
    if decided_rows(plan, old, decided) is None:
        return "The words you chose are no longer there, so the proposal stands."
    return "You placed it by hand."


@dataclass(frozen=True, slots=True)
class Choice:
    """What the page of one annotation shows: the proposal, and the paragraphs to place it in."""

    draft: ImportDraft
    essay: Essay
    number: int
    affected: Affected
    proposed: Affected
    paragraphs: list[tuple[int, Paragraph]]


def choice_for(*, user: User, draft: ImportDraft, annotation_id: UUID) -> Choice:
    """Where the annotation stands and would go. Raises Missing for what the person may not read.

    The paragraphs are the numbered ones that the draft would save, each with its place among all.
    Raises Invalid when the draft cannot be an essay.
    """
    essay, base = draft.essay, draft.base
    seen = Annotation.objects.visible_to(user).select_related("author")
    annotation = seen.filter(pk=annotation_id).first()
    if essay is None or base is None or annotation is None:
        raise Missing
    standing = list(standing_anchors(open_assignments(essay)).filter(annotation=annotation_id))
    if not standing:
        raise Missing
    plan = plan_publication(draft)
    outcomes = outcomes_of(plan, standing, base.pk)
    rows = new_anchors(plan, standing, outcomes)
    decided = plan.placements.pop(annotation_id, None)
    proposed = new_anchors(plan, standing, outcomes)
    without = affected_of(draft, plan, annotation, standing, proposed)
    if decided:
        plan.placements[annotation_id] = decided
    return Choice(
        draft=draft,
        essay=essay,
        number=base.number + 1,
        affected=affected_of(draft, plan, annotation, standing, rows),
        proposed=without,
        paragraphs=[
            (place, paragraph)
            for place, paragraph in enumerate(plan.paragraphs)
            if paragraph.number is not None
        ],
    )
