"""What changes essays: imports begun, corrected, and turned into an essay."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchVector
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Value

from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed
from debate.core.fulltext import config_of
from debate.core.text import clean, clean_name
from debate.essays import inline
from debate.essays.enums import ParagraphKind
from debate.essays.importing import edits
from debate.essays.importing.blocks import Block, Draft, numbered
from debate.essays.importing.errors import EditRefused
from debate.essays.models import Essay, ImportDraft, Paragraph, Revision
from debate.essays.permissions import may_import
from debate.seminars.permissions import MAKES_NO_SEMINAR, may_create_seminar, membership_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from debate.accounts.models import User
    from debate.seminars.models import Seminar


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands above an essay's text; `language` as BCP 47 writes it."""

    title: str
    author: str = ""
    affiliation: str = ""
    language: str = "en"

    def put_on(self, draft: Draft) -> Draft:
        """The draft under this head. Raises EditRefused."""
        if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", self.language):
            raise EditRefused("language", "Please give a language tag such as en, fr or pt-BR.")
        headed = edits.set_head(draft, self.title, self.author, self.affiliation)
        return replace(headed, language=self.language)


def start_import(
    *,
    actor: User,
    seminar: Seminar | None,
    draft: Draft,
    filename: str = "",
    source_url: str = "",
    licence_note: str = "",
) -> ImportDraft:
    """Keep what was read, so that it can be corrected before it is an essay.

    Without a seminar it is the first essay of one that the actor is about to make. Raises
    NotAllowed for all but instructors, and for people who may make none, Invalid that names
    `source_url` or `licence_note`.
    """
    if seminar is None:
        if not may_create_seminar(actor):
            raise NotAllowed(MAKES_NO_SEMINAR)
    elif not may_import(membership_of(actor, seminar), seminar):
        raise NotAllowed("Only instructors of this seminar import essays.")
    return ImportDraft.objects.create(
        seminar=seminar,
        created_by=actor,
        filename=filename[:255],
        source_url=web_address(source_url, field="source_url"),
        licence_note=_head(licence_note, "licence_note", limit=500),
        content=draft.to_json(),
    )


@transaction.atomic
def start_revision(*, actor: User, essay: Essay) -> ImportDraft:
    """Begin the essay's next revision from its current one, or go on with the actor's own draft.

    Raises NotAllowed for all but instructors of the seminar.
    """
    if not may_import(membership_of(actor, essay.seminar), essay.seminar):
        raise NotAllowed("Only instructors of this seminar revise essays.")
    locked = Essay.objects.select_for_update(no_key=True).get(pk=essay.pk)
    base = locked.current_revision
    if base is None:
        raise InvalidState("This essay has no text yet.")
    draft, _ = ImportDraft.objects.get_or_create(
        essay=essay,
        created_by=actor,
        defaults={
            "seminar": essay.seminar,
            "base": base,
            "content": draft_of(base).to_json(),
            "source_url": essay.source_url,
            "licence_note": essay.licence_note,
        },
    )
    return draft


def draft_of(revision: Revision) -> Draft:
    """The revision's paragraphs as the blocks of a draft."""
    essay = revision.essay
    blocks = [
        Block(kind=one.kind, html=one.html, level=one.level, label=one.label)
        for one in revision.paragraphs.order_by("position")
    ]
    return Draft(
        title=essay.title,
        author=essay.byline_author,
        affiliation=essay.affiliation,
        language=essay.language,
        blocks=blocks,
    )


@transaction.atomic
def go_on_from(*, actor: User, import_id: UUID, version: int, base: Revision) -> ImportDraft:
    """Keep the draft's text, and compare it from now on with another revision of the essay.

    For whoever was overtaken by another's revision and has seen it. Raises Missing, Conflict,
    Invalid when `base` is of another essay.
    """
    kept = lock_import(actor=actor, import_id=import_id, version=version)
    if kept.essay_id != base.essay_id:
        raise Invalid("This is no revision of the essay.", field="base")
    kept.base = base
    kept.save(update_fields=["base"])
    return _save_next_version(kept)


@transaction.atomic
def correct_import(
    *, actor: User, import_id: UUID, version: int, edit: Callable[[Draft], Draft]
) -> ImportDraft:
    """Replace the draft by what `edit` makes of it (see `importing.edits`).

    `version` is the one the correction was made on. Raises Missing for another's draft, Conflict
    when it has been corrected elsewhere meanwhile, Invalid that names the edit's argument.
    """
    kept = lock_import(actor=actor, import_id=import_id, version=version)
    kept.previous, kept.content = kept.content, _edited(kept.draft, edit).to_json()
    return _save_next_version(kept)


@transaction.atomic
def undo_correction(*, actor: User, import_id: UUID, version: int) -> ImportDraft:
    """Take the last correction back; only one is kept.

    Raises Missing for another's draft, Conflict when it has been corrected elsewhere meanwhile,
    InvalidState when there is nothing to take back.
    """
    kept = lock_import(actor=actor, import_id=import_id, version=version)
    if not kept.previous:
        raise InvalidState("There is nothing to take back.")
    kept.previous, kept.content = "", kept.previous
    return _save_next_version(kept)


@transaction.atomic
def discard_import(*, actor: User, import_id: UUID) -> None:
    """Drop the draft; no essay comes of it. Raises Missing for another's draft."""
    lock_import(actor=actor, import_id=import_id).delete()


@transaction.atomic
def finish_import(
    *,
    actor: User,
    import_id: UUID,
    version: int,
    head: Head | None = None,
    source_url: str | None = None,
    licence_note: str | None = None,
) -> Essay:
    """Make the essay that the draft shows, under the head when one is given, and drop the draft.

    Source and licence are those given when the import began unless given again. Raises Missing
    for another's draft, Conflict when it has been corrected elsewhere, and what `create_essay`
    raises.
    """
    kept = lock_import(actor=actor, import_id=import_id, version=version)
    if kept.essay_id:
        raise InvalidState("This is the next revision of an essay: publish it.")
    if kept.seminar is None:
        raise InvalidState("This essay waits for its seminar: go on to make it.")
    draft = _edited(kept.draft, head.put_on) if head else kept.draft
    essay = create_essay(
        actor=actor,
        seminar=kept.seminar,
        draft=_edited(draft, edits.finished),
        source_url=kept.source_url if source_url is None else source_url,
        licence_note=kept.licence_note if licence_note is None else licence_note,
    )
    kept.delete()
    return essay


@transaction.atomic
def place_import(*, actor: User, import_id: UUID, version: int, seminar: Seminar) -> ImportDraft:
    """Put a draft that belongs to no seminar yet into the one that was made for it.

    Raises Missing for another's draft and one that has a seminar, Conflict when it has been
    corrected elsewhere, Invalid when it is not yet an essay: it has no title or no paragraph.
    """
    kept = lock_import(actor=actor, import_id=import_id, version=version)
    if kept.seminar_id:
        raise Missing
    if not kept.draft.title:
        raise Invalid("The essay has no title yet. Go back to its paragraphs and give it one.")
    if not any(numbered(kept.draft)):
        raise Invalid("The essay has no paragraph to annotate. Go back and keep at least one.")
    kept.seminar = seminar
    kept.save(update_fields=["seminar"])
    return kept


@transaction.atomic
def change_head(
    *,
    actor: User,
    import_id: UUID,
    version: int,
    head: Head,
    source_url: str = "",
    licence_note: str = "",
) -> ImportDraft:
    """Keep what stands above the draft and where it comes from, without making an essay yet.

    Nothing is done when all of it stands so already.

    Raises Missing for another's draft, Conflict when it has been corrected elsewhere, Invalid that
    names the field.
    """
    kept = lock_import(actor=actor, import_id=import_id, version=version)
    content = _edited(kept.draft, head.put_on).to_json()
    origin = {
        "source_url": web_address(source_url, field="source_url"),
        "licence_note": _head(licence_note, "licence_note", limit=500),
    }
    if content == kept.content and all(getattr(kept, name) == origin[name] for name in origin):
        return kept
    kept.previous, kept.content = kept.content, content
    for name, value in origin.items():
        setattr(kept, name, value)
    kept.save(update_fields=[*origin])
    return _save_next_version(kept)


def lock_import(*, actor: User, import_id: UUID, version: int | None = None) -> ImportDraft:
    """Lock the actor's draft, for a transaction. Raises Missing, and Conflict at another version."""
    mine = ImportDraft.objects.visible_to(actor).select_related("seminar")
    kept = mine.select_for_update(of=("self",)).filter(pk=import_id).first()
    if kept is None:
        raise Missing
    if version not in {None, kept.version}:
        raise Conflict("This import was changed in another window. Here is how it stands now.")
    return kept


def _edited(draft: Draft, edit: Callable[[Draft], Draft]) -> Draft:
    try:
        return edit(draft)
    except EditRefused as refused:
        raise Invalid(refused.sentence, field=refused.field) from refused


def _save_next_version(kept: ImportDraft) -> ImportDraft:
    kept.version += 1
    kept.save(update_fields=["content", "previous", "version", "updated_at"])
    return kept


@transaction.atomic
def create_essay(
    *,
    actor: User,
    seminar: Seminar,
    draft: Draft,
    source_url: str = "",
    licence_note: str = "",
    is_public: bool = False,
) -> Essay:
    """Make an essay with its first revision out of the draft's blocks that are not left out.

    Raises NotAllowed for all but instructors of the seminar, Invalid that names `title` when the
    draft has none, `blocks` when no numbered paragraph is left, `source_url` for what is no web
    address.
    """
    if not may_import(membership_of(actor, seminar), seminar):
        raise NotAllowed("Only instructors of this seminar import essays.")
    title = clean_name(draft.title, field="title", limit=300)
    if not any(numbered(draft)):
        raise Invalid("At least one paragraph must be left to annotate.", field="blocks")
    essay = Essay.objects.create(
        seminar=seminar,
        title=title,
        byline_author=_head(draft.author, "author"),
        affiliation=_head(draft.affiliation, "affiliation"),
        language=draft.language or "en",
        source_url=web_address(source_url, field="source_url"),
        licence_note=_head(licence_note, "licence_note", limit=500),
        is_public=is_public,
        created_by=actor,
    )
    revision = Revision.objects.create(essay=essay, number=1, created_by=actor)
    Paragraph.objects.bulk_create(paragraphs_of(draft, revision))
    essay.current_revision = revision
    essay.save(update_fields=["current_revision", "updated_at"])
    return essay


def paragraphs_of(draft: Draft, revision: Revision) -> list[Paragraph]:
    """The draft's blocks that are not left out as paragraphs of the revision, not yet saved."""
    kept = [
        (block, number)
        for block, number in zip(draft.blocks, numbered(draft), strict=True)
        if not block.left_out
    ]
    config = config_of(draft.language or revision.essay.language)
    return [
        Paragraph(
            revision=revision,
            position=position,
            number=number,
            kind=ParagraphKind(block.kind),
            level=_depth(block.level),
            label=block.label[: Paragraph.LONGEST_LABEL],
            text=(text := inline.plain(block.html)),
            html=block.html,
            search=SearchVector(Value(text), config=config),
        )
        for position, (block, number) in enumerate(kept, start=1)
    ]


def index_paragraphs(essay: Essay) -> None:
    """Find the words of all the essay's revisions in the language that it has now."""
    paragraphs = Paragraph.objects.filter(revision__essay=essay)
    paragraphs.update(search=SearchVector("text", config=config_of(essay.language)))


def _depth(level: int | None) -> int | None:
    """The depth of a heading in the essay, below its title and above what nobody tells apart."""
    return level and min(max(level, 2), 4)


def web_address(url: str, *, field: str) -> str:
    """The address when it is one that a browser may follow, "" when none is given. Raises Invalid."""
    url = clean(url, field=field, limit=2_000, required=False, one_line=True)
    if url:
        try:
            URLValidator(schemes=["http", "https"])(url)
        except ValidationError as error:
            raise Invalid(
                "Please give an address that begins with https://.", field=field
            ) from error
    return url


def _head(text: str, field: str, limit: int = 300) -> str:
    return clean_name(text, field=field, limit=limit) if text.strip() else ""
