"""Drafts saved and discarded, and let go once their words are posted.

They are nobody's business but the person's own: no change line is written, and the assignment is
not locked. The person's membership is, so that posting and a save that is still under way cannot
pass each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from django.db import transaction
from django.db.models.functions import Now

from annotations.actions.refusing import check_change
from annotations.models import Annotation, Draft
from annotations.models.drafts import MOST_BYTES, MOST_DRAFTS, DraftPlace, Fields, says_nothing
from annotations.permissions import may_annotate
from debate.assignments.models import Assignment
from debate.core.errors import Conflict, Invalid, Missing, NotAllowed, TooLarge
from debate.core.text import clean, refuse_unstorable
from debate.essays.models import Paragraph
from debate.seminars.models import Membership

if TYPE_CHECKING:
    from uuid import UUID

    from debate.accounts.models import User

MOST_FIELDS = 40
LONGEST_NAME = 40


@dataclass(frozen=True, kw_only=True)
class DraftInput:
    """A draft as a page sends it, not yet checked.

    `revision` is that of the draft from which this one was written, 0 where there was none.
    """

    key: str
    content: Fields
    submission_key: UUID
    revision: int = 0


@transaction.atomic
def save_draft(*, actor: User, assignment_id: UUID, given: DraftInput) -> Draft:
    """Keep what the person has written so far of one thing. The same again changes nothing.

    Raises Missing for what the person may not know of; NotAllowed for whoever does not write there;
    Invalid or TooLarge that name the member at fault, Invalid also for a draft without words, which
    never replaces one with words; Conflict of code `draft_changed` when the draft has been saved
    since from elsewhere, with that one in `extra`, `posted` when its words are posted already,
    `too_many_drafts` above the bound.
    """
    assignment = _assignment(actor, assignment_id)
    membership = lock_drafts(actor, assignment)
    if not may_annotate(membership, assignment.seminar):
        raise NotAllowed("You may read here, but not write.")
    _check_place(actor, assignment, membership, given.key)
    _check_content(given.content)
    if _is_posted(actor, given):
        raise Conflict("This has been posted already.", code="posted")
    mine = Draft.objects.visible_to(actor).filter(assignment=assignment)
    draft = mine.filter(key=given.key).first()
    if draft is None:
        if mine.count() >= MOST_DRAFTS:
            raise Conflict(
                f"You have {MOST_DRAFTS} drafts here. Post or discard one of them first.",
                code="too_many_drafts",
            )
        draft = Draft(user=actor, assignment=assignment, key=given.key, revision=0)
    elif draft.content == given.content and draft.submission_key == given.submission_key:
        return draft
    elif draft.revision != given.revision:
        raise Conflict(
            "This draft has been changed elsewhere since.",
            code="draft_changed",
            extra={"current": as_told(draft)},
        )
    draft.content = given.content
    draft.submission_key = given.submission_key
    draft.revision += 1
    draft.seen_at = Now()
    draft.save()
    draft.refresh_from_db(fields=["seen_at", "created_at"])
    return draft


@transaction.atomic
def discard_draft(*, actor: User, assignment_id: UUID, draft_id: UUID) -> Draft:
    """Let the draft go; returns it as it was, so that it can be saved again. Raises Missing."""
    assignment = _assignment(actor, assignment_id)
    lock_drafts(actor, assignment)
    draft = Draft.objects.visible_to(actor).filter(assignment=assignment, pk=draft_id).first()
    if draft is None:
        raise Missing
    kept = draft.pk
    draft.delete()
    draft.pk = kept
    return draft


def let_go_of_posted(actor: User, assignment: Assignment, submission_key: UUID | None) -> None:
    """Remove the draft whose words the caller's transaction posts or saves."""
    if submission_key:
        lock_drafts(actor, assignment)
        drafts = Draft.objects.filter(user=actor, assignment=assignment)
        drafts.filter(submission_key=submission_key).delete()


def as_told(draft: Draft) -> dict[str, Any]:
    """The draft as pages and problem documents tell it to its author."""
    return {
        "id": str(draft.pk),
        "key": draft.key,
        "content": draft.content,
        "words": draft.words,
        "submission_key": str(draft.submission_key),
        "revision": draft.revision,
        "seen_at": draft.seen_at.isoformat(),
    }


def _assignment(actor: User, assignment_id: UUID) -> Assignment:
    found = Assignment.objects.visible_to(actor).for_pages().filter(pk=assignment_id).first()
    if found is None:
        raise Missing
    return found


def lock_drafts(actor: User, assignment: Assignment) -> Membership | None:
    """The person's membership; after the assignment's row, where that is locked too."""
    mine = Membership.objects.of(actor).filter(seminar=assignment.seminar_id)
    return mine.select_for_update(no_key=True, of=("self",)).first()


def _check_place(
    actor: User, assignment: Assignment, membership: Membership | None, key: str
) -> None:
    """Raise Missing unless the key names a place that the person may know of, Invalid if it is none."""
    place = DraftPlace.of(key)
    if place is None:
        raise Invalid("This is no place to write at.", field="key")
    if place.annotation_id is None:
        there = Paragraph.objects.filter(
            revision__essay=assignment.essay_id,
            revision__number__lte=assignment.revision.number,
            revision__number=place.revision,
            number=place.number,
        )
        if not there.exists():
            raise Missing
        return
    seen = Annotation.objects.visible_to(actor).filter(assignment=assignment)
    annotation = seen.filter(pk=place.annotation_id).first()
    if annotation is None:
        raise Missing
    annotation.assignment = assignment
    if place.is_edit:
        check_change(actor, membership, annotation)


def _is_posted(actor: User, given: DraftInput) -> bool:
    """Whether the words stand already: posted, or saved as a change, while this was on its way."""
    mine = Annotation.objects.by(actor)
    place = DraftPlace.of(given.key)
    if place is None or place.annotation_id is None or not place.is_edit:
        return mine.filter(submission_key=given.submission_key).exists()
    body = str(given.content.get("body", ""))
    now = mine.filter(pk=place.annotation_id).values_list("body", "version").first()
    return (
        now is not None
        and now[0] == clean(body, field="content.body", limit=MOST_BYTES, required=False)
        and str(now[1]) != given.content.get("version")
    )


def _check_content(content: Fields) -> None:
    if len(content) > MOST_FIELDS:
        raise Invalid(f"A draft has at most {MOST_FIELDS} fields.", field="content")
    for name, value in content.items():
        if len(name) > LONGEST_NAME or not name.isidentifier():
            raise Invalid("A field's name is a word.", field="content")
        for text in [value] if isinstance(value, str) else value:
            refuse_unstorable(text, field=f"content.{name}")
    if len(orjson.dumps(content)) > MOST_BYTES:
        longest = max(content, key=lambda name: len(orjson.dumps(content[name])))
        raise TooLarge(
            f"A draft takes at most {MOST_BYTES // 1000} kB. Please shorten this.",
            field=f"content.{longest}",
        )
    if says_nothing(content):
        raise Invalid("There is nothing to keep yet.", field="content", code="blank")
