"""What publishing a draft would do to the annotations: computed without writing anything.

The review page shows it, and the action that publishes (`actions.publishing`) carries it out; both
take it from here, so that what was shown is what happens.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from django.db.models import F, Max, Q
from django.utils import timezone

from annotations.enums import AnchorState
from annotations.models import Anchor, ClaimAnchor, Placement
from annotations.reanchoring.alignment import Alignment
from annotations.reanchoring.paragraphs import paragraph_keys
from annotations.reanchoring.places import Anchor as OldAnchor
from annotations.reanchoring.places import Carrier, Origin, Outcome, Place
from annotations.reanchoring.words import Text
from annotations.selectors import CONTEXT, select
from debate.core.errors import Invalid
from debate.essays.actions import paragraphs_of
from debate.essays.importing import edits
from debate.essays.importing.errors import EditRefused
from debate.essays.models import Paragraph, Revision

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from annotations.models.places import PlaceInText
    from debate.assignments.models import Assignment
    from debate.essays.models import Essay, ImportDraft

ORIGINS = (AnchorState.CREATED, AnchorState.BY_HAND)

Row = TypeVar("Row", Anchor, ClaimAnchor)


@dataclass(frozen=True)
class Plan:
    """The draft as a revision to be: its paragraphs, not yet saved, and who carries anchors to it."""

    revision: Revision
    paragraphs: list[Paragraph]
    alignment: Alignment
    carrier: Carrier
    placements: dict[UUID, Placement]

    @property
    def by_key(self) -> dict[str, Paragraph]:
        """The paragraphs by their keys."""
        return {str(paragraph.key): paragraph for paragraph in self.paragraphs}


def plan_publication(draft: ImportDraft) -> Plan:
    """The plan of publishing the draft on its base. Raises Invalid when it cannot be an essay."""
    if draft.essay is None or draft.base is None:
        raise Invalid("This is no revision of an essay.")
    try:
        finished = edits.finished(draft.draft)
    except EditRefused as refused:
        raise Invalid(refused.sentence, field=refused.field) from refused
    revision = Revision(essay=draft.essay, number=draft.base.number + 1)
    paragraphs = paragraphs_of(finished, revision)
    old = texts_of(draft.base)
    keys = paragraph_keys(
        old, [one.text for one in paragraphs], earlier=_earlier_texts(draft.essay, draft.base)
    )
    for paragraph, key in zip(paragraphs, keys, strict=True):
        paragraph.key = UUID(key)
    new = [Text(str(one.key), one.text) for one in paragraphs]
    decided = {one.annotation_id: one for one in Placement.objects.filter(draft=draft)}
    alignment = Alignment(old, new)
    return Plan(revision, paragraphs, alignment, Carrier(alignment), decided)


def carrier_between(old: Revision, new: Sequence[Paragraph]) -> Carrier:
    """Who carries anchors from a saved revision to those paragraphs."""
    return Carrier(Alignment(texts_of(old), [Text(str(one.key), one.text) for one in new]))


def texts_of(revision: Revision) -> list[Text]:
    """The revision's paragraphs as the engine reads them."""
    rows = revision.paragraphs.order_by("position").values_list("key", "text")
    return [Text(str(key), text) for key, text in rows]


def _earlier_texts(essay: Essay, base: Revision) -> list[Text]:
    rows = (
        Paragraph.objects.filter(revision__essay=essay, revision__number__lt=base.number)
        .order_by("-revision__number", "position")
        .values_list("key", "text")
    )
    return [Text(str(key), text) for key, text in rows]


def carry_over(written: Sequence[Anchor], old: Revision, new: Revision) -> list[Anchor]:
    """Unsaved anchors of a revision as rows of a later one that is published already."""
    paragraphs = list(new.paragraphs.order_by("position"))
    by_key = {str(paragraph.key): paragraph for paragraph in paragraphs}
    carrier = carrier_between(old, paragraphs)
    rows = [
        row
        for anchor in written
        for row in anchor_rows(by_key, anchor, carrier.carry(as_old(anchor, None)))
    ]
    rows.sort(key=lambda row: row.state == AnchorState.ORPHANED)
    for position, row in enumerate(rows):
        row.position, row.revision = position, new
    return rows


def open_assignments(essay: Essay) -> QuerySet[Assignment]:
    """The assignments that a publication moves: those that have not closed."""
    still_open = Q(closes_at=None) | Q(closes_at__gt=timezone.now())
    return essay.assignments.filter(still_open).order_by("id")


def standing_anchors(assignments: Iterable[Assignment]) -> QuerySet[Anchor]:
    """The anchors of the assignments' annotations in the revision that each assignment shows."""
    return (
        Anchor.objects.filter(
            annotation__assignment__in=[one.pk for one in assignments],
            revision=F("annotation__assignment__revision"),
        )
        .select_related("paragraph", "revision")
        .order_by("annotation_id", "position")
    )


def standing_claim_anchors(assignments: Iterable[Assignment]) -> QuerySet[ClaimAnchor]:
    """The places of the assignments' claims in the revision that each assignment shows."""
    return (
        ClaimAnchor.objects.filter(
            claim__assignment__in=[one.pk for one in assignments],
            revision=F("claim__assignment__revision"),
        )
        .select_related("paragraph", "revision")
        .order_by("claim_id", "position")
    )


def origins_of(anchors: Sequence[Row]) -> dict[UUID, Origin]:
    """For annotations and claims with one anchor only: where they were made last, or put by hand."""
    if not anchors:
        return {}
    model, owner = type(anchors[0]), anchors[0].OWNER
    owners = {anchor.owner_id for anchor in anchors}
    made = model.objects.filter(**{f"{owner}__in": owners}, state__in=ORIGINS)
    made = made.exclude(paragraph=None)
    latest = made.order_by().values_list(owner).annotate(number=Max("revision__number"))
    newest = dict(latest.values_list(owner, "number"))
    found: dict[UUID, list[Row]] = defaultdict(list)
    for anchor in made.select_related("paragraph", "revision"):
        if anchor.revision.number == newest[anchor.owner_id]:
            found[anchor.owner_id].append(anchor)
    return {
        owner_id: Origin(
            str(group[0].paragraph.key),
            group[0].start,
            group[0].end,
            group[0].exact or group[0].paragraph.text,
            group[0].prefix,
            group[0].suffix,
        )
        for owner_id, group in found.items()
        if len(group) == 1 and group[0].paragraph
    }


def as_old(anchor: PlaceInText, origin: Origin | None) -> OldAnchor:
    """The anchor row as the engine takes it."""
    return OldAnchor(
        key=str(anchor.paragraph.key) if anchor.paragraph else None,
        start=anchor.start,
        end=anchor.end,
        exact=anchor.exact,
        prefix=anchor.prefix,
        suffix=anchor.suffix,
        origin=origin,
    )


def carried(
    carrier: Carrier, anchors: Sequence[Row], origins: dict[UUID, Origin]
) -> dict[int, Outcome]:
    """What becomes of each anchor, by its primary key."""
    alone = {
        owner_id
        for owner_id, group in groupby(anchors, key=lambda one: one.owner_id)
        if len(list(group)) == 1
    }
    return {
        anchor.pk: carrier.carry(
            as_old(anchor, origins.get(anchor.owner_id))
            if anchor.owner_id in alone
            else as_old(anchor, None)
        )
        for anchor in anchors
    }


def outcomes_of(plan: Plan, anchors: Sequence[Row], base_id: UUID | None) -> dict[int, Outcome]:
    """What becomes of the anchors; those of assignments that show an older revision go from it."""
    origins = origins_of(anchors)
    outcomes: dict[int, Outcome] = {}
    of_base = [one for one in anchors if one.revision_id == base_id]
    outcomes |= carried(plan.carrier, of_base, origins)
    older = {one.revision_id: one.revision for one in anchors if one.revision_id != base_id}
    for revision_id, revision in older.items():
        between = [one for one in anchors if one.revision_id == revision_id]
        outcomes |= carried(carrier_between(revision, plan.paragraphs), between, origins)
    return outcomes


def new_anchors(plan: Plan, anchors: Sequence[Row], outcomes: dict[int, Outcome]) -> list[Row]:
    """The rows of the new revision, not yet saved: placed ones first, what was decided by hand heeded.

    `anchors` in the order of annotation or claim and position, as `standing_anchors` gives them.
    """
    by_key = plan.by_key
    rows: list[Row] = []
    for owner_id, group in groupby(anchors, key=lambda one: one.owner_id):
        mine = list(group)
        decided = plan.placements.get(owner_id)
        placed = decided_rows(plan, mine, decided) if decided else None
        if placed is None:
            placed = [row for old in mine for row in anchor_rows(by_key, old, outcomes[old.pk])]
        placed.sort(key=lambda row: row.state == AnchorState.ORPHANED)
        for position, row in enumerate(placed):
            row.position = position
            row.revision = plan.revision
        rows += placed
    return rows


def anchor_rows(by_key: dict[str, Paragraph], old: Row, outcome: Outcome) -> list[Row]:
    """One anchor's rows in the new revision; its revision and position are set by the caller."""
    if not outcome.places:
        return [orphan_of(old)]
    return [placed_anchor(old, by_key[place.key], place, outcome) for place in outcome.places]


def placed_anchor(old: Row, paragraph: Paragraph, place: Place, outcome: Outcome) -> Row:
    """The row of one place."""
    row = old.another(
        paragraph=paragraph,
        state=AnchorState(outcome.state),
        confidence=outcome.confidence,
    )
    if place.start is not None and place.end is not None:
        set_words(row, paragraph.text, place.start, place.end)
    return row


def set_words(row: PlaceInText, text: str, start: int, end: int) -> None:
    """Set the run's offsets with the words there and around."""
    found = select(text, start, end)
    row.start, row.end, row.exact = found.start, found.end, found.exact
    row.prefix, row.suffix = found.prefix, found.suffix


def orphan_of(old: Row) -> Row:
    """The row of an anchor whose words are gone: it keeps them, and what stood around them."""
    prefix = old.prefix
    if old.exact is None and old.paragraph:
        prefix = old.paragraph.text[:CONTEXT]
    return old.another(
        state=AnchorState.ORPHANED,
        confidence=0.0,
        exact=old.exact,
        prefix=prefix,
        suffix=old.suffix,
    )


def decided_rows(plan: Plan, anchors: Sequence[Row], decided: Placement) -> list[Row] | None:
    """The rows of a decision; None when the draft changed so that it no longer fits."""
    if decided.block is None:
        return [orphan_of(old) for old in anchors]
    paragraph = _decided_paragraph(plan, decided)
    if paragraph is None:
        return None
    row = anchors[0].another(paragraph=paragraph, state=AnchorState.BY_HAND)
    if decided.start is not None and decided.end is not None:
        set_words(row, paragraph.text, decided.start, decided.end)
    return [row]


def _decided_paragraph(plan: Plan, decided: Placement) -> Paragraph | None:
    """The paragraph of the decision, also where blocks before it came or went since."""

    def fits(paragraph: Paragraph) -> bool:
        words = paragraph.text[decided.start : decided.end]
        return paragraph.number is not None and words == decided.exact

    fitting = [place for place, paragraph in enumerate(plan.paragraphs) if fits(paragraph)]
    if decided.block in fitting:
        return plan.paragraphs[decided.block]
    return plan.paragraphs[fitting[0]] if len(fitting) == 1 else None
