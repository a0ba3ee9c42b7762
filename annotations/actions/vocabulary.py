"""What changes a seminar's vocabulary. Each change raises its version, and every version is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from annotations.models import Tag, Vocabulary, VocabularyVersion
from annotations.presets import PRESETS
from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed, Stale
from debate.core.text import clean, clean_name
from debate.seminars.models import Seminar
from debate.seminars.permissions import may_manage, membership_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from annotations.presets import TagDraft
    from debate.accounts.models import User

MOST_TAGS_OF_A_VOCABULARY = 200
ONLY_INSTRUCTORS = "Only instructors of this seminar change its vocabulary."
_TEXTS = ("definition", "example", "counter_example")


@transaction.atomic
def add_tag(*, actor: User, seminar: Seminar, draft: TagDraft) -> Tag:
    """Put a tag at the end of the vocabulary; its key is made of the label, once and for all.

    Raises Missing, NotAllowed for all but instructors, Invalid that names the field, Conflict on
    `label` for one that another tag has.
    """
    vocabulary = _locked(actor, seminar)
    [tag] = _add(vocabulary, [draft])
    _keep(vocabulary, actor)
    return tag


@transaction.atomic
def copy_preset(*, actor: User, seminar: Seminar, preset: str) -> list[Tag]:
    """Put the preset's tags at the end, but for those whose labels the vocabulary has already.

    Raises as `add_tag`; Invalid on `preset` for one there is not, InvalidState when all of it is
    there.
    """
    vocabulary = _locked(actor, seminar)
    if preset not in PRESETS:
        raise Invalid("There is no such collection of tags.", field="preset")
    taken = {label.casefold() for label in vocabulary.tags.values_list("label", flat=True)}
    new = [draft for draft in PRESETS[preset].tags if draft.label.casefold() not in taken]
    if not new:
        raise InvalidState("The vocabulary has all of these tags already.", field="preset")
    tags = _add(vocabulary, new)
    _keep(vocabulary, actor)
    return tags


@transaction.atomic
def change_tag(*, actor: User, tag_id: UUID, version: int | None = None, **changes: str) -> Tag:
    """Say otherwise what a tag means: `label`, `definition`, `example`, `counter_example`.

    The key stays. `version` is the vocabulary's that was seen: Stale when it is no longer current.
    Raises otherwise as `add_tag`.
    """
    tag = _locked_tag(actor, tag_id)
    vocabulary = tag.vocabulary
    if version not in {None, vocabulary.version}:
        raise Stale(
            "The vocabulary has been changed since you opened it.",
            field="version",
            extra={"current_version": vocabulary.version},
        )
    if "label" in changes:
        changes["label"] = _free_label(vocabulary, changes["label"], of=tag)
    for name in _TEXTS:
        if name in changes:
            changes[name] = _text(changes[name], name)
    if all(getattr(tag, name) == value for name, value in changes.items()):
        return tag
    for name, value in changes.items():
        setattr(tag, name, value)
    tag.save(update_fields=[*changes, "updated_at"])
    _keep(vocabulary, actor)
    return tag


@transaction.atomic
def move_tag(*, actor: User, tag_id: UUID, by: int) -> Tag:
    """Put a tag that many places later in the vocabulary, or earlier; at an end it stays.

    Raises Missing, NotAllowed.
    """
    tag = _locked_tag(actor, tag_id)
    tags = list(tag.vocabulary.tags.all())
    before = [one.pk for one in tags]
    at = before.index(tag.pk)
    tags.insert(max(at + by, 0), tags.pop(at))
    if [one.pk for one in tags] == before:
        return tag
    for position, one in enumerate(tags):
        one.position = position
    Tag.objects.bulk_update(tags, ["position"])
    _keep(tag.vocabulary, actor)
    return tag


@transaction.atomic
def retire_tag(*, actor: User, tag_id: UUID) -> Tag:
    """Give the tag to nothing from now on; it stays where it is. Again does nothing.

    Raises Missing, NotAllowed.
    """
    tag = _locked_tag(actor, tag_id)
    if tag.retired_at is None:
        tag.retired_at = timezone.now()
        tag.save(update_fields=["retired_at", "updated_at"])
        _keep(tag.vocabulary, actor)
    return tag


@transaction.atomic
def restore_tag(*, actor: User, tag_id: UUID) -> Tag:
    """Let the tag be given again. Again does nothing. Raises Missing, NotAllowed."""
    tag = _locked_tag(actor, tag_id)
    if tag.retired_at is not None:
        tag.retired_at = None
        tag.save(update_fields=["retired_at", "updated_at"])
        _keep(tag.vocabulary, actor)
    return tag


@transaction.atomic
def update_tag(
    *,
    actor: User,
    tag_id: UUID,
    version: int | None = None,
    position: int | None = None,
    is_retired: bool | None = None,
    **texts: str,
) -> Tag:
    """Do all of it as one: `change_tag`, put it at that place from 0, retire or restore it."""
    tag = change_tag(actor=actor, tag_id=tag_id, version=version, **texts)
    if position is not None:
        standing = list(tag.vocabulary.tags.values_list("pk", flat=True))
        place = min(max(position, 0), len(standing))
        tag = move_tag(actor=actor, tag_id=tag_id, by=place - standing.index(tag.pk))
    if is_retired is not None:
        tag = (retire_tag if is_retired else restore_tag)(actor=actor, tag_id=tag_id)
    return tag


@transaction.atomic
def close_vocabulary(*, actor: User, seminar: Seminar, is_closed: bool) -> Vocabulary:
    """Take only the vocabulary's own tags, or free words as well. Raises as `add_tag`."""
    vocabulary = _locked(actor, seminar)
    if vocabulary.is_closed != is_closed:
        vocabulary.is_closed = is_closed
        _keep(vocabulary, actor)
    return vocabulary


@transaction.atomic
def copy_vocabulary(*, actor: User, seminar: Seminar, to: Seminar) -> None:
    """Take the tags in use, under their keys, into a seminar that has no vocabulary yet.

    Does nothing when there is none to copy. Raises Missing and NotAllowed for all but instructors
    of the seminar that gets it; that the actor may read the other, the caller has made sure.
    """
    known = Vocabulary.objects.filter(seminar=seminar).first()
    if known is None:
        return
    copied = _locked(actor, to)
    copied.is_closed = known.is_closed
    Tag.objects.bulk_create(
        Tag(
            vocabulary=copied,
            key=tag.key,
            label=tag.label,
            position=tag.position,
            **{name: getattr(tag, name) for name in _TEXTS},
        )
        for tag in known.tags.in_use()
    )
    _keep(copied, actor)


def _check_instructor(actor: User, seminar: Seminar) -> None:
    if not may_manage(membership_of(actor, seminar), seminar):
        raise NotAllowed(ONLY_INSTRUCTORS)


def _locked(actor: User, seminar: Seminar) -> Vocabulary:
    """The seminar's vocabulary, begun when there is none; Missing unless the actor may know it."""
    known = Seminar.objects.visible_to(actor).filter(pk=seminar.pk).first()
    if known is None:
        raise Missing
    _check_instructor(actor, known)
    Vocabulary.objects.get_or_create(seminar=known, defaults={"version": 0})
    return Vocabulary.objects.select_for_update(no_key=True).get(seminar=known)


def _locked_tag(actor: User, tag_id: UUID) -> Tag:
    seen = Tag.objects.visible_to(actor).select_related("vocabulary__seminar").filter(pk=tag_id)
    tag = seen.first()
    if tag is None:
        raise Missing
    vocabulary = _locked(actor, tag.vocabulary.seminar)
    tag = seen.get()
    tag.vocabulary = vocabulary
    return tag


def _add(vocabulary: Vocabulary, drafts: Iterable[TagDraft]) -> list[Tag]:
    tags = list(vocabulary.tags.all())
    keys = {one.key for one in tags}
    added = []
    for position, draft in enumerate(drafts, start=max([t.position + 1 for t in tags], default=0)):
        label = _free_label(vocabulary, draft.label)
        tag = Tag(
            vocabulary=vocabulary,
            key=_free_key(label, keys),
            label=label,
            position=position,
            **{name: _text(getattr(draft, name), name) for name in _TEXTS},
        )
        keys.add(tag.key)
        added.append(tag)
    if len(keys) > MOST_TAGS_OF_A_VOCABULARY:
        raise Invalid(f"A vocabulary has at most {MOST_TAGS_OF_A_VOCABULARY} tags.", field="label")
    return Tag.objects.bulk_create(added)


def _free_label(vocabulary: Vocabulary, given: str, *, of: Tag | None = None) -> str:
    label = clean_name(given, field="label", limit=50)
    if "," in label:
        raise Invalid("A label has no comma, which separates tags.", field="label")
    other = vocabulary.tags.filter(label__iexact=label)
    if of:
        other = other.exclude(pk=of.pk)
    found = other.first()
    if found:
        how = ", which is retired: restore it" if found.retired_at else ""
        raise Conflict(f"There is a tag “{found.label}” already{how}.", field="label")
    return label


def _free_key(label: str, taken: set[str]) -> str:
    """A key of the label's letters and digits that no tag of the vocabulary has."""
    stem = slugify(label, allow_unicode=True)[:46]
    if not stem:
        raise Invalid("A label has at least one letter or digit.", field="label")
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    return key


def _text(given: str, name: str) -> str:
    return clean(given, field=name, limit=1_000, required=False)


def _keep(vocabulary: Vocabulary, actor: User) -> None:
    """Raise the version, and keep the vocabulary as it now stands."""
    vocabulary.version += 1
    vocabulary.save(update_fields=["version", "is_closed", "updated_at"])
    VocabularyVersion.objects.create(
        vocabulary=vocabulary,
        version=vocabulary.version,
        is_closed=vocabulary.is_closed,
        entries=[_entry(tag) for tag in vocabulary.tags.all()],
        by=actor,
    )


def _entry(tag: Tag) -> dict[str, Any]:
    return {
        "key": tag.key,
        "label": tag.label,
        **{name: getattr(tag, name) for name in _TEXTS},
        "is_retired": tag.retired_at is not None,
    }
