"""What an annotation says, checked and as the columns of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from annotations import selectors
from annotations.actions.evidence import find_or_add_source, take_passage
from annotations.actions.tags import take_tags
from annotations.enums import Attacks, Kind, Stance
from annotations.models import Annotation
from debate.core.errors import Invalid
from debate.core.text import clean, render_markdown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotations.actions.inputs import Content
    from annotations.actions.tags import TagWords
    from debate.accounts.models import User
    from debate.assignments.models import Assignment


def words_and_tags(
    content: Content,
    assignment: Assignment,
    *,
    had: Sequence[str] = (),
    words: TagWords | None = None,
) -> dict[str, Any]:
    """What every kind has: kind, body and tags; see `take_tags`."""
    if content.kind not in Kind.values:
        raise Invalid("Choose one of: " + ", ".join(Kind.values) + ".", field="kind")
    body = clean(
        content.body,
        field="body",
        limit=Annotation.BODY_LIMIT,
        required=content.kind != Kind.EVIDENCE,
    )
    return {
        "kind": content.kind,
        "body": body,
        "body_html": render_markdown(body),
        "tags": take_tags(assignment.seminar, content.tags, had=had, words=words),
    }


def members_of_kind(
    content: Content,
    actor: User,
    assignment: Assignment,
    current: Annotation | None,
    *,
    is_for_all: bool,
) -> dict[str, Any]:
    """What the kind adds; empty for the members of other kinds, which may not be given.

    `is_for_all` tells whether all who see the seminar's shelf read it; see `find_or_add_source`.
    """
    members = {"attacks": "", "counterclaim": "", "stance": "", "warrant": "", "passage": None}
    if content.kind != Kind.COUNTERARGUMENT and (content.attacks or content.counterclaim):
        raise Invalid("Only a counterargument attacks something.", field="counterargument")
    if content.kind != Kind.EVIDENCE and (content.stance or content.warrant):
        raise Invalid("Only evidence has a stance and a warrant.", field="evidence")
    if content.kind == Kind.COUNTERARGUMENT:
        members |= _counterargument(content)
    if content.kind == Kind.EVIDENCE:
        members |= _evidence(content, actor, assignment, current, is_for_all=is_for_all)
    return members


def _counterargument(content: Content) -> dict[str, Any]:
    attacks = content.attacks or Attacks.UNSPECIFIED
    if attacks not in Attacks.values:
        raise Invalid(
            "Choose one of: " + ", ".join(Attacks.values) + ".", field="counterargument.attacks"
        )
    claim = clean(
        content.counterclaim,
        field="counterargument.counterclaim",
        limit=300,
        required=False,
        one_line=True,
    )
    return {"attacks": attacks, "counterclaim": claim or selectors.first_sentence(content.body)}


def _evidence(
    content: Content,
    actor: User,
    assignment: Assignment,
    current: Annotation | None,
    *,
    is_for_all: bool,
) -> dict[str, Any]:
    if content.stance not in Stance.values:
        raise Invalid("Choose one of: " + ", ".join(Stance.values) + ".", field="evidence.stance")
    warrant = clean(content.warrant, field="evidence.warrant", limit=500, one_line=True)
    source = find_or_add_source(
        actor=actor, seminar=assignment.seminar, given=content.source, is_for_all=is_for_all
    )
    passage = take_passage(
        actor=actor,
        source=source,
        quote=content.quote,
        locator=content.locator,
        current=current.passage if current else None,
    )
    return {"stance": content.stance, "warrant": warrant, "passage": passage}
