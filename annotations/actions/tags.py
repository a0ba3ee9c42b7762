"""Tags given to annotations; the vocabulary they come from, and the tags of paragraphs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.db import transaction

from annotations.actions.changes import record_paragraph_tag
from annotations.enums import Op
from annotations.models import ParagraphTag, Tag, Vocabulary
from annotations.permissions import may_tag_paragraphs
from debate.assignments.actions import lock_assignment
from debate.assignments.models import Assignment
from debate.core.db import THIS, Finder
from debate.core.errors import Invalid, Missing, NotAllowed
from debate.core.text import clean_name
from debate.essays.models import Paragraph
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from uuid import UUID

    from debate.accounts.models import User
    from debate.seminars.models import Seminar

MOST_TAGS = 10
ONLY_STAFF = "Only instructors and assistants tag paragraphs."


@dataclass
class TagWords:
    """The words by which a seminar tags, looked up once however many take tags of them."""

    vocabulary: Vocabulary | None

    @classmethod
    def of(cls, seminar: Seminar) -> TagWords:
        """Those of the seminar. Takes 1 query, and 1 more for tags if there is a vocabulary."""
        return cls(next(iter(_VOCABULARY.find(this=seminar.pk)), None))

    @property
    def is_closed(self) -> bool:
        """Whether no other words are taken."""
        return self.vocabulary is not None and self.vocabulary.is_closed

    @cached_property
    def tags(self) -> list[Tag]:
        """The vocabulary's tags, retired ones too."""
        return list(Tag.objects.filter(vocabulary=self.vocabulary)) if self.vocabulary else []


def take_tags(
    seminar: Seminar,
    given: Iterable[str],
    *,
    had: Iterable[str] = (),
    words: TagWords | None = None,
) -> list[str]:
    """The tags as an annotation keeps them: of the vocabulary the key, whatever of it was given.

    Other words are kept as they are, unless the vocabulary is closed. What the annotation `had`
    stays, though it be retired or strange to the vocabulary. `words` are the seminar's, where they
    are known already. Raises Invalid on `tags`, or on one of them by its number from 0.
    """
    names: dict[str, str] = {}
    for number, tag in enumerate(given):
        name = clean_name(tag, field=f"tags.{number}", limit=50)
        names.setdefault(name.casefold(), name)
    if not names:
        return []
    words = words or TagWords.of(seminar)
    known = _known(words, set(had))
    if words.is_closed and (other := [n for f, n in names.items() if f not in known]):
        raise Invalid(
            f"“{other[0]}” is not in this seminar’s vocabulary. Choose one of its tags.",
            field="tags",
        )
    tags = list(dict.fromkeys(known.get(folded, name) for folded, name in names.items()))
    if len(tags) > MOST_TAGS:
        raise Invalid(f"At most {MOST_TAGS} tags are taken.", field="tags")
    return tags


_VOCABULARY = Finder(lambda: Vocabulary.objects.filter(seminar=THIS))


def _known(words: TagWords, had: set[str]) -> dict[str, str]:
    """Keys by what may be given for them: what the annotation had, and keys and labels in use."""
    known = {tag.casefold(): tag for tag in had}
    for tag in words.tags:
        if tag.retired_at is None or tag.key in had:
            known[tag.label.casefold()] = tag.key
            known[tag.key.casefold()] = tag.key
    return known


@transaction.atomic
def tag_paragraph(
    *, actor: User, assignment_id: UUID, paragraph_key: UUID, tag_ids: Collection[UUID]
) -> list[ParagraphTag]:
    """Give the paragraph these tags and no others; they follow it from revision to revision.

    Raises Missing for an assignment that the actor may not know of, NotAllowed for all but staff,
    Invalid that names `paragraph` or `tag`.
    """
    assignment = _locked(actor, assignment_id)
    _check_paragraph(assignment, paragraph_key)
    given = assignment.paragraph_tags.filter(paragraph_key=paragraph_key)
    standing = {one.tag_id: one for one in given}
    new = [tag for tag in _tags(assignment, tag_ids, set(standing)) if tag.pk not in standing]
    for tag_id, one in standing.items():
        if tag_id not in tag_ids:
            _take_off(actor, one)
    return [_give(actor, assignment, paragraph_key, tag) for tag in new]


@transaction.atomic
def give_paragraph_tag(
    *, actor: User, assignment_id: UUID, paragraph_key: UUID, tag_id: UUID
) -> ParagraphTag:
    """Give the paragraph one more tag; one that it has already is returned. Raises as above."""
    assignment = _locked(actor, assignment_id)
    _check_paragraph(assignment, paragraph_key)
    given = assignment.paragraph_tags.filter(paragraph_key=paragraph_key, tag=tag_id)
    standing = given.select_related("tag").first()
    if standing:
        return standing
    [tag] = _tags(assignment, [tag_id], set())
    return _give(actor, assignment, paragraph_key, tag)


@transaction.atomic
def take_off_paragraph_tag(*, actor: User, assignment_id: UUID, paragraph_tag_id: UUID) -> None:
    """Take the tag off its paragraph. Raises Missing, NotAllowed for all but staff."""
    assignment = _locked(actor, assignment_id)
    standing = assignment.paragraph_tags.filter(pk=paragraph_tag_id).first()
    if standing is None:
        raise Missing
    _take_off(actor, standing)


def _locked(actor: User, assignment_id: UUID) -> Assignment:
    known = Assignment.objects.set_to(actor).select_related("seminar").filter(pk=assignment_id)
    assignment = known.first()
    if assignment is None:
        raise Missing
    membership = membership_of(actor, assignment.seminar)
    if not may_tag_paragraphs(membership, assignment.seminar):
        raise NotAllowed(ONLY_STAFF)
    locked, _ = lock_assignment(assignment_id)
    return locked


def _check_paragraph(assignment: Assignment, key: UUID) -> None:
    if not Paragraph.objects.filter(revision=assignment.revision_id, key=key).exists():
        raise Invalid("The assignment’s text has no such paragraph.", field="paragraph")


def _tags(assignment: Assignment, ids: Collection[UUID], standing: set[UUID]) -> list[Tag]:
    """The tags of the seminar's vocabulary: those in use, and retired ones that stand already."""
    tags = Tag.objects.filter(vocabulary__seminar=assignment.seminar_id, pk__in=ids)
    found = [tag for tag in tags if tag.retired_at is None or tag.pk in standing]
    if len(found) != len(set(ids)):
        raise Invalid("Choose tags of this seminar’s vocabulary.", field="tag")
    return found


def _give(actor: User, assignment: Assignment, key: UUID, tag: Tag) -> ParagraphTag:
    given = ParagraphTag.objects.create(
        assignment=assignment, paragraph_key=key, tag=tag, given_by=actor
    )
    record_paragraph_tag(given, Op.CREATE, by=actor)
    return given


def _take_off(actor: User, given: ParagraphTag) -> None:
    record_paragraph_tag(given, Op.WITHDRAW, by=actor)
    given.delete()
