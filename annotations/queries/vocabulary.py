"""A seminar's vocabulary as its page shows it, what changed in it, and labels for what holds keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html

from annotations.models import ParagraphTag, Tag, Vocabulary, VocabularyVersion
from annotations.presets import PRESETS
from debate.core.errors import Missing
from debate.seminars.permissions import may_manage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser
    from django.utils.safestring import SafeString

    from annotations.presets import Preset
    from debate.accounts.models import User
    from debate.assignments.models import Assignment
    from debate.essays.models import Paragraph
    from debate.seminars.models import Membership, Seminar


@dataclass(frozen=True, slots=True)
class TagLabel:
    """A tag as it is shown: the label for the key of a vocabulary, else the word itself."""

    key: str
    label: str
    definition: str = ""


def tag_labels(
    user: User | AnonymousUser, seminar: Seminar, keys: Iterable[str]
) -> dict[str, TagLabel]:
    """How the keys and free words are shown; asks the database only when there are any.

    Whoever may not read the vocabulary, as on the page of a public essay, is shown the keys.
    """
    wanted = set(keys)
    if not wanted:
        return {}
    tags = Tag.objects.visible_to(user).filter(vocabulary__seminar=seminar, key__in=wanted)
    found = {one.key: TagLabel(one.key, one.label, one.definition) for one in tags}
    return {key: found.get(key, TagLabel(key, key)) for key in wanted}


@dataclass(frozen=True, slots=True)
class Offer:
    """The tags that an annotation may be given, and whether it is these alone."""

    tags: list[Tag]
    is_closed: bool


def tags_to_offer(seminar: Seminar, had: Iterable[str]) -> Offer:
    """The vocabulary's tags in use, and retired ones that the annotation has already; two queries."""
    vocabulary = Vocabulary.objects.filter(seminar=seminar).first()
    if vocabulary is None:
        return Offer([], is_closed=False)
    kept = set(had)
    tags = [one for one in vocabulary.tags.all() if one.retired_at is None or one.key in kept]
    return Offer(tags, vocabulary.is_closed)


def choice_label(tag: Tag) -> SafeString:
    """The tag to be ticked: its label, and what it means."""
    retired = " (retired)" if tag.retired_at else ""
    return format_html('{}{} <span class="hint">{}</span>', tag.label, retired, tag.definition)


# --- the page --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PresetLine:
    """A preset to copy, and how many of its tags the vocabulary has not."""

    preset: Preset
    new: int


@dataclass(frozen=True, slots=True)
class VocabularyPage:
    """What the page of a vocabulary shows; `version` is 0 as long as there is none."""

    version: int
    is_closed: bool
    tags: list[Tag]
    retired: list[Tag]
    presets: list[PresetLine]
    may_change: bool


def vocabulary_page(membership: Membership) -> VocabularyPage:
    """The vocabulary of the member's seminar; two queries."""
    seminar = membership.seminar
    vocabulary = Vocabulary.objects.filter(seminar=seminar).first()
    tags = list(vocabulary.tags.all()) if vocabulary else []
    taken = {one.label.casefold() for one in tags}
    return VocabularyPage(
        version=vocabulary.version if vocabulary else 0,
        is_closed=bool(vocabulary and vocabulary.is_closed),
        tags=[one for one in tags if one.retired_at is None],
        retired=[one for one in tags if one.retired_at],
        presets=[
            PresetLine(preset, sum(one.label.casefold() not in taken for one in preset.tags))
            for preset in PRESETS.values()
        ],
        may_change=may_manage(membership, seminar),
    )


def tag_of(user: User, seminar: str, tag_id: UUID) -> Tag:
    """A tag of the seminar with that slug. Raises Missing for what the person may not know."""
    tags = Tag.objects.visible_to(user).select_related("vocabulary__seminar")
    tag = tags.filter(pk=tag_id, vocabulary__seminar__slug=seminar).first()
    if tag is None:
        raise Missing
    return tag


# --- its history -----------------------------------------------------------------------------

_NAMES = {
    "label": "label",
    "definition": "definition",
    "example": "example",
    "counter_example": "counter-example",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a change did: to which tag, what, and what stood there before and after."""

    what: str
    label: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A version of the vocabulary: who made it, when, and what it changed."""

    version: int
    by: str
    at: datetime
    differences: list[Difference]


VERSIONS_A_PAGE = 50


def vocabulary_history(
    seminar: Seminar, before: int | None = None
) -> tuple[list[HistoryLine], int | None]:
    """What each version changed, the newest first, and the version before which the next page is."""
    versions = VocabularyVersion.objects.filter(vocabulary__seminar=seminar).select_related("by")
    if before:
        versions = versions.filter(version__lt=before)
    rows = list(versions.order_by("-version")[: VERSIONS_A_PAGE + 1])
    earlier = [*rows[1:], None][: len(rows)]
    lines = [
        HistoryLine(one.version, one.by.display_name, one.at, differences(then, one))
        for one, then in zip(rows, earlier, strict=True)
    ]
    more = len(rows) > VERSIONS_A_PAGE
    return lines[:VERSIONS_A_PAGE], rows[VERSIONS_A_PAGE - 1].version if more else None


def differences(before: VocabularyVersion | None, after: VocabularyVersion) -> list[Difference]:
    """What the later version changed; everything in it is new without an earlier one."""
    old = {one["key"]: one for one in before.entries} if before else {}
    new = {one["key"]: one for one in after.entries}
    found = []
    for key, entry in new.items():
        found += _of_tag(old.get(key), entry)
    if before is None or before.is_closed != after.is_closed:
        if after.is_closed:
            found.append(Difference("Closed: only its own tags are taken"))
        elif before:
            found.append(Difference("Opened: other words are taken as well"))
    if not found and list(old) != list(new):
        found.append(Difference("Put into another order"))
    return found


def _of_tag(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[Difference]:
    label = new["label"]
    if old is None:
        return [Difference("Added", label, after=new["definition"])]
    found = [
        Difference(f"Changed the {name} of", label, old[member], new[member])
        for member, name in _NAMES.items()
        if old[member] != new[member]
    ]
    if old["is_retired"] != new["is_retired"]:
        found.append(Difference("Retired" if new["is_retired"] else "Restored", label))
    return found


# --- paragraphs ------------------------------------------------------------------------------


def paragraph_tags(
    user: User | AnonymousUser, assignment: Assignment
) -> dict[UUID, list[TagLabel]]:
    """The tags of the assignment's paragraphs, by the paragraphs' keys, in the vocabulary's order."""
    found: dict[UUID, list[TagLabel]] = {}
    given = ParagraphTag.objects.visible_to(user).filter(assignment=assignment)
    given = given.select_related("tag")
    for one in given.order_by("tag__position", "tag__label"):
        label = TagLabel(one.tag.key, one.tag.label, one.tag.definition)
        found.setdefault(one.paragraph_key, []).append(label)
    return found


def tags_to_give(assignment: Assignment, paragraph: Paragraph) -> tuple[list[Tag], set[UUID]]:
    """The tags that the paragraph may have, and the ids of those it has."""
    standing = set(
        assignment.paragraph_tags.filter(paragraph_key=paragraph.key).values_list("tag", flat=True)
    )
    tags = Tag.objects.filter(vocabulary__seminar=assignment.seminar_id)
    return [one for one in tags if one.retired_at is None or one.pk in standing], standing
