"""A draft published as the essay's next revision, with every annotation and claim carried over.

The places are computed before any lock is taken; under the locks only what came meanwhile. Readers
see the old revision or the new one: both keep their own anchors, and an assignment shows one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from annotations.actions.changes import record_publication
from annotations.actions.indexing import index_annotations
from annotations.actions.telling import tell_of_revision
from annotations.models import Anchor, Annotation, ClaimAnchor, Placement
from annotations.publication import (
    Plan,
    Row,
    new_anchors,
    open_assignments,
    outcomes_of,
    plan_publication,
    standing_anchors,
    standing_claim_anchors,
)
from debate.assignments.models import Assignment
from debate.core.errors import Conflict, Invalid, Missing, NotAllowed
from debate.core.text import clean_name
from debate.essays.actions import index_paragraphs
from debate.essays.models import Essay, ImportDraft, Paragraph
from debate.essays.permissions import may_import
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from annotations.reanchoring.places import Outcome
    from debate.accounts.models import User
    from debate.essays.models import Revision


CHANGED = "This draft was changed in another window. Here is how it stands now."


def revision_draft(actor: User, import_id: UUID) -> ImportDraft:
    """The actor's draft of a revision. Raises Missing for another's, NotAllowed without the right."""
    drafts = ImportDraft.objects.visible_to(actor).exclude(essay=None)
    draft = (
        drafts.select_related("essay__seminar", "essay__current_revision", "base")
        .filter(pk=import_id)
        .first()
    )
    if draft is None or draft.essay is None:
        raise Missing
    if not may_import(membership_of(actor, draft.essay.seminar), draft.essay.seminar):
        raise NotAllowed("Only instructors of this seminar revise essays.")
    return draft


def publish_revision(*, actor: User, import_id: UUID, version: int, note: str = "") -> Revision:
    """Publish the draft as its essay's next revision, and move the essay's open assignments to it.

    `version` is the draft's that was reviewed. Raises Missing for another's draft, NotAllowed;
    Conflict (`revised_meanwhile`) when another revision was published since the draft was begun,
    and when the draft was changed elsewhere; Invalid when it cannot be an essay or changes nothing.
    """
    draft = revision_draft(actor, import_id)
    _check_base(draft, version)
    plan = plan_publication(draft)
    plan.revision.note = clean_name(note, field="note", limit=500) if note.strip() else ""
    plan.revision.created_by = actor
    _check_difference(plan, draft)
    assignments = open_assignments(draft.essay)  # type: ignore[arg-type]  # revision_draft promises an essay
    notes = outcomes_of(plan, list(standing_anchors(assignments)), draft.base_id)
    claims = outcomes_of(plan, list(standing_claim_anchors(assignments)), draft.base_id)
    with transaction.atomic():
        return _publish(actor, draft, version, plan, notes=notes, claims=claims)


def _check_base(draft: ImportDraft, version: int) -> None:
    if draft.version != version:
        raise Conflict(CHANGED)
    if draft.essay and draft.base_id != draft.essay.current_revision_id:
        raise Conflict(
            "Another revision was published while you worked on this one. Nothing of yours is lost.",
            code="revised_meanwhile",
        )


def _check_difference(plan: Plan, draft: ImportDraft) -> None:
    rows = draft.base.paragraphs.order_by("position") if draft.base else []
    before = [(one.kind, one.level, one.label, one.html) for one in rows]
    after = [(one.kind, one.level, one.label, one.html) for one in plan.paragraphs]
    if before == after and _head_of(draft) == _head_now(draft):
        raise Invalid("This is the text as it stands already.", field="blocks")


def _head_of(draft: ImportDraft) -> dict[str, Any]:
    content = draft.draft
    return {
        "title": content.title,
        "byline_author": content.author,
        "affiliation": content.affiliation,
        "language": content.language,
        "source_url": draft.source_url,
        "licence_note": draft.licence_note,
    }


def _head_now(draft: ImportDraft) -> dict[str, Any]:
    return {name: getattr(draft.essay, name) for name in _head_of(draft)}


def _publish(
    actor: User,
    draft: ImportDraft,
    version: int,
    plan: Plan,
    *,
    notes: dict[int, Outcome],
    claims: dict[int, Outcome],
) -> Revision:
    _locked_assignments(plan)
    essay = Essay.objects.select_for_update(no_key=True).get(pk=plan.revision.essay_id)
    # Once more: the essay may have been set again before its row was locked.
    assignments = _locked_assignments(plan)
    list(ImportDraft.objects.select_for_update().filter(pk=draft.pk).values_list("pk"))
    _check_base(revision_draft(actor, draft.pk), version)
    plan.revision.save(force_insert=True)
    Paragraph.objects.bulk_create(plan.paragraphs)
    standing = list(standing_anchors(assignments))
    Anchor.objects.bulk_create(_carried(plan, draft, standing, notes), batch_size=2_000)
    of_claims = list(standing_claim_anchors(assignments))
    ClaimAnchor.objects.bulk_create(_carried(plan, draft, of_claims, claims), batch_size=2_000)
    language = essay.language
    for name, value in _head_of(draft).items():
        setattr(essay, name, value)
    essay.current_revision = plan.revision
    essay.save()
    if essay.language != language:
        index_paragraphs(essay)
        index_annotations(essay)
    for assignment in assignments:
        assignment.revision = plan.revision
        assignment.save(update_fields=["revision", "updated_at"])
        record_publication(assignment, plan.revision, by=actor)
    tell_of_revision(plan.revision, assignments, actor=actor)
    ImportDraft.objects.filter(pk=draft.pk).delete()
    return plan.revision


def _carried(
    plan: Plan, draft: ImportDraft, standing: list[Row], outcomes: dict[int, Outcome]
) -> list[Row]:
    """The rows of the new revision, with those that came after the outcomes were computed."""
    missed = [one for one in standing if one.pk not in outcomes]
    return new_anchors(plan, standing, outcomes | outcomes_of(plan, missed, draft.base_id))


def _locked_assignments(plan: Plan) -> list[Assignment]:
    """The open assignments of the essay, locked in the order of their ids."""
    still_open = open_assignments(plan.revision.essay).values("pk")
    locked = Assignment.objects.filter(pk__in=still_open).select_for_update(no_key=True)
    return list(locked.order_by("id"))


@transaction.atomic
def decide_placement(
    *,
    actor: User,
    import_id: UUID,
    annotation_id: UUID,
    choice: str,
    block: int | None = None,
    start: int | None = None,
    end: int | None = None,
    version: int | None = None,
) -> Placement | None:
    """Decide where an annotation goes when the draft is published.

    `choice` is `proposed` (take back a decision), `orphan`, or `by_hand` with the `block` (its
    place among the paragraphs the draft would save, from 0) and the run in it, the whole paragraph
    without; `version` is the draft's in which they were chosen. Raises Missing, for annotations
    that the actor may not read too; NotAllowed; Conflict when the draft was changed since; Invalid
    that names the member.
    """
    draft = revision_draft(actor, import_id)
    anchors = standing_anchors(open_assignments(draft.essay))  # type: ignore[arg-type]  # as above
    readable = Annotation.objects.visible_to(actor)
    if not anchors.filter(annotation__in=readable.filter(pk=annotation_id)).exists():
        raise Missing
    if version not in {None, draft.version}:
        raise Conflict(CHANGED)
    Placement.objects.filter(draft=draft, annotation=annotation_id).delete()
    if choice == "proposed":
        return None
    placement = Placement(draft=draft, annotation_id=annotation_id)
    if choice == "by_hand":
        paragraphs = plan_publication(draft).paragraphs
        if block is None or not 0 <= block < len(paragraphs) or paragraphs[block].number is None:
            raise Invalid("Choose a numbered paragraph.", field="block")
        text = paragraphs[block].text
        placement.block, placement.exact = block, text
        if start is not None and end is not None:
            if not 0 <= start < end <= len(text):
                raise Invalid("These words lie outside the paragraph.", field="start")
            placement.start, placement.end, placement.exact = start, end, text[start:end]
    elif choice != "orphan":
        raise Invalid("Choose one of: proposed, by_hand, orphan.", field="choice")
    placement.save()
    return placement
