"""Annotations made and replaced by Web Annotation clients, by the same actions as everywhere.

What is added are the names that an annotation has on the Web (`WebIdentity`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote
from uuid import UUID

from django.db import transaction
from django.utils.crypto import get_random_string

from annotations.actions import (
    Content,
    SourceInput,
    create_annotation,
    edit_annotation,
    place_annotation,
)
from annotations.enums import Kind
from annotations.models import Annotation, WebIdentity
from annotations.models.web import MOST_VIA
from debate.core.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotations.actions import Target
    from annotations.web.places import Resolved
    from annotations.web.reading import Incoming
    from debate.accounts.models import User
    from debate.assignments.models import Assignment

_LETTERS = "ghjkmnpqrstvwxyz"
"""What endings are made of: no digits of UUIDs, so that no name looks like one."""
_ENDING = 10
LONGEST_SLUG = 100 - _ENDING - 1
MARKED = "Marked."
"""What a mark without words says, where no words of the essay are marked either."""
_NO_SEGMENT = re.compile(r"[^A-Za-z0-9._~-]+")


@transaction.atomic
def create_named(
    *, actor: User, assignment: Assignment, given: Incoming, where: Resolved, slug: str = ""
) -> Annotation:
    """Attach the annotation and keep what its client calls it (Protocol, 5.1 and 5.2).

    The client's own IRI is kept among `via`. The last segment of its address begins with the
    `slug`, unless that can be none. Raises what `create_annotation` raises.
    """
    annotation = create_annotation(
        actor=actor,
        assignment_id=assignment.pk,
        content=_content(given),
        targets=where.targets,
        parent_id=where.parent,
    )
    segment = _told_apart(segment_of(slug))
    via = list(dict.fromkeys([*([given.iri] if given.iri else []), *given.via]))[:MOST_VIA]
    if segment or via or given.canonical:
        WebIdentity.objects.create(
            annotation=annotation,
            assignment=assignment,
            slug=segment,
            canonical=given.canonical,
            via=via,
        )
    return annotation


def segment_of(slug: str) -> str:
    """What a Slug header asks for, as a segment of a path; "" for what can be none.

    Quotation marks around it are those of the Recommendation's example. A UUID would look like
    the id of another annotation.
    """
    words = unquote(slug.strip().strip('"'), errors="ignore")
    segment = _NO_SEGMENT.sub("-", words).strip("-.")[:LONGEST_SLUG]
    try:
        UUID(segment)
    except ValueError:
        return segment
    return ""


def _told_apart(segment: str) -> str:
    """The segment with an ending of its own, whether or not another has it.

    Were only names that are taken given another form, trying one would tell of annotations that
    the client may not know of.
    """
    return f"{segment}-{get_random_string(_ENDING, _LETTERS)}" if segment else ""


@transaction.atomic
def replace(
    *,
    actor: User,
    annotation: Annotation,
    given: Incoming,
    where: Resolved | None,
    version: int | None,
) -> Annotation:
    """Let the annotation say what the document says (Protocol, 5.3); `where` is None for its place.

    Who reads it, what it replies to, and names that were set stay as they are: Conflict for others.
    Raises what `edit_annotation` and `place_annotation` raise.
    """
    _refuse_other_readers(annotation, given)
    changed = edit_annotation(
        actor=actor, annotation_id=annotation.pk, content=_content(given), version=version
    )
    if where is not None:
        if where.parent != annotation.parent_id:
            raise Conflict(
                "What an annotation replies to stays as it is.", field=where.parent_at or "target"
            )
        if not _stands_there(annotation, where.targets):
            changed = place_annotation(
                actor=actor, annotation_id=annotation.pk, targets=where.targets
            )
    _name(annotation, given)
    return changed


def _stands_there(annotation: Annotation, targets: Sequence[Target]) -> bool:
    """Whether the targets are the places of the annotation in the text that is shown."""
    anchors = annotation.anchors.filter(revision=annotation.assignment.revision_id)
    places = sorted((str(one.paragraph_id), one.start, one.exact or "") for one in anchors)
    wanted = []
    for target in targets:
        here = [one for one in places if one[0] == str(target.paragraph_id)]
        # Words that stand once in a paragraph may come without offsets.
        same = [one for one in here if one[2] == target.quote and target.start in {None, one[1]}]
        wanted += same[:1]
    return len(wanted) == len(targets) and sorted(wanted) == places


def _refuse_other_readers(annotation: Annotation, given: Incoming) -> None:
    if given.audience and (given.audience, given.group_id) != (
        annotation.audience,
        annotation.group_id,
    ):
        raise Conflict(
            f"Who reads it is changed at /api/v1/annotations/{annotation.pk}/audience/.",
            field="audience",
        )


def _name(annotation: Annotation, given: Incoming) -> None:
    """Keep `canonical` and `via` where there were none; Conflict for others than were set."""
    named = WebIdentity.objects.filter(pk=annotation.pk).first()
    if named is None:
        if not given.canonical and not given.via:
            return
        named = WebIdentity(annotation=annotation, assignment=annotation.assignment)
    for name in ("canonical", "via"):
        wanted, kept = getattr(given, name), getattr(named, name)
        if wanted and kept and wanted != kept:
            raise Conflict(f"Once set, `{name}` stays as it is.", field=name)
        setattr(named, name, kept or wanted)
    named.save()


def _content(given: Incoming) -> Content:
    """What the annotation says. A mark without words says the words that are marked."""
    link = "" if given.source_id else given.link
    body = given.body
    if not body.strip() and given.kind == Kind.COMMENT:
        words = [" ".join(place.quote.split()) for place in given.places if place.quote]
        body = "\n\n".join(f"> {one}" for one in words) or MARKED
    return Content(
        kind=given.kind,
        body=body,
        audience=given.audience,
        group_id=given.group_id,
        tags=tuple(given.tags),
        attacks=given.attacks,
        counterclaim=given.counterclaim,
        stance=given.stance,
        warrant=given.warrant,
        source=SourceInput(source_id=given.source_id, link=link),
        quote=given.quote,
        locator=given.locator,
        claim_id=given.claim_id,
        scope=given.scope,
    )
