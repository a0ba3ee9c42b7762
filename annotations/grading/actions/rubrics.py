"""Rubrics: made, published in versions that never change, copied and put away."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final, cast

from django.db import transaction
from django.utils import timezone

from annotations.grading.formats.content import (
    CHECKS,
    FEEDBACK,
    KINDS,
    LEVELS,
    TAGS,
    WITH_LEVELS,
    CriterionContent,
    LevelContent,
    RubricContent,
    content_hash,
    structure_hash,
    with_keys,
)
from annotations.grading.models import Criterion, Level, Rubric, RubricVersion
from annotations.grading.permissions import may_change_rubric, may_set_up_grading
from annotations.grading.queries.rubrics import content_of, latest_of
from debate.core.errors import Invalid, InvalidState, Missing, NotAllowed, Stale
from debate.core.text import clean, clean_name
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from debate.accounts.models import User
    from debate.seminars.models import Seminar

MOST_CRITERIA = 30
FEWEST_LEVELS, MOST_LEVELS = 2, 10
MOST_POINTS = Decimal(1000)
MOST_WEIGHT = Decimal(100)
MOST_IN_ALL = Decimal(10_000)
TITLE_LENGTH = 200
LEVEL_TITLE_LENGTH = 100
TEXT_LENGTH = 4000
DESCRIPTION_LENGTH = 2000
NOTE_LENGTH = 300
ONLY_INSTRUCTORS = "Only instructors of this seminar change its rubrics, while it is not archived."
CENT: Final = Decimal("0.01")
NOTHING: Final = Decimal(0)


@transaction.atomic
def create_rubric(
    *,
    actor: User,
    title: str,
    seminar: Seminar | None = None,
    content: RubricContent | None = None,
    note: str = "",
    copied_from: Rubric | None = None,
) -> Rubric:
    """Make a rubric in the seminar, or in the actor's library; with content, its first version.

    Raises NotAllowed for all but the seminar's instructors, and Invalid that names the member.
    """
    refuse_others(actor, seminar)
    rubric = Rubric.objects.create(
        owner=actor,
        seminar=seminar,
        title=clean_name(title, field="title", limit=TITLE_LENGTH),
        copied_from=copied_from,
    )
    if content is not None:
        _published(rubric, actor, checked(content), note)
    return rubric


def refuse_others(actor: User, seminar: Seminar | None) -> None:
    """Raise NotAllowed unless the person makes rubrics in the seminar; a library is everybody's."""
    if seminar and not may_set_up_grading(membership_of(actor, seminar), seminar):
        raise NotAllowed(ONLY_INSTRUCTORS)


@transaction.atomic
def publish_rubric_version(
    *, actor: User, rubric_id: UUID, version: int | None, content: RubricContent, note: str = ""
) -> tuple[RubricVersion, bool]:
    """Publish the whole content as the rubric's next version; assignments stay on the one they have.

    What has no key is the same as what bears its title in the version before, or new. Content that
    is as the newest version makes none. Returns the version, and whether it is a new one. Raises
    Missing, NotAllowed, Stale, InvalidState for an archived rubric, and Invalid that names
    criterion and member (`criteria.0.levels.1.points`).
    """
    rubric = hold_rubric(actor, rubric_id, version)
    if rubric.archived_at:
        raise InvalidState("This rubric is archived. Restore it first.")
    before = latest_of(rubric)
    keyed = with_keys(checked(content), content_of(before))
    if before and before.content_hash == content_hash(keyed):
        return before, False
    made = _published(rubric, actor, keyed, note, before)
    _raise(rubric)
    return made, True


def _published(
    rubric: Rubric,
    actor: User,
    content: RubricContent,
    note: str,
    before: RubricVersion | None = None,
) -> RubricVersion:
    keyed = with_keys(content)
    made = RubricVersion.objects.create(
        rubric=rubric,
        number=before.number + 1 if before else 1,
        content_hash=content_hash(keyed),
        structure_hash=structure_hash(keyed),
        points=keyed.points.quantize(CENT),
        note=clean(note, field="note", limit=NOTE_LENGTH, required=False, one_line=True),
        published_by=actor,
    )
    rows = [
        Criterion(
            rubric_version=made,
            key=cast("UUID", one.key),
            position=position,
            title=one.title,
            student_text=one.student_text,
            marker_text=one.marker_text,
            kind=one.kind,
            tag=one.tag,
            points=one.most,
            weight=one.weight,
            requires_citation=one.requires_citation,
        )
        for position, one in enumerate(keyed.criteria, 1)
    ]
    Criterion.objects.bulk_create(rows)
    Level.objects.bulk_create(
        Level(
            criterion=row,
            key=cast("UUID", level.key),
            position=position,
            points=level.points,
            title=level.title,
            description=level.description,
        )
        for row, one in zip(rows, keyed.criteria, strict=True)
        for position, level in enumerate(one.levels, 1)
    )
    return made


@transaction.atomic
def rename_rubric(*, actor: User, rubric_id: UUID, version: int | None, title: str) -> Rubric:
    """Call the rubric otherwise. Raises Missing, NotAllowed, Stale, Invalid."""
    rubric = hold_rubric(actor, rubric_id, version)
    title = clean_name(title, field="title", limit=TITLE_LENGTH)
    if title != rubric.title:
        rubric.title = title
        _raise(rubric)
    return rubric


@transaction.atomic
def archive_rubric(
    *, actor: User, rubric_id: UUID, version: int | None, is_archived: bool = True
) -> Rubric:
    """Put the rubric away, or take it out again; assignments that use it go on using it.

    Raises Missing, NotAllowed, Stale.
    """
    rubric = hold_rubric(actor, rubric_id, version)
    if (rubric.archived_at is not None) != is_archived:
        rubric.archived_at = timezone.now() if is_archived else None
        _raise(rubric)
    return rubric


@transaction.atomic
def copy_rubric(
    *, actor: User, rubric_id: UUID, seminar: Seminar | None = None, title: str = ""
) -> Rubric:
    """Copy the newest version into the seminar, or into the actor's library; keys stay the same.

    Raises Missing, NotAllowed for all but the seminar's instructors, InvalidState for a rubric
    without a version.
    """
    source = Rubric.objects.visible_to(actor).filter(pk=rubric_id).first()
    if source is None:
        raise Missing
    newest = latest_of(source)
    if newest is None:
        raise InvalidState("Nothing of this rubric has been published yet.")
    return create_rubric(
        actor=actor,
        title=title or source.title,
        seminar=seminar,
        content=content_of(newest),
        copied_from=source,
    )


def hold_rubric(actor: User, rubric_id: UUID, version: int | None) -> Rubric:
    """The rubric under its lock, in the version that the change is made from; None for any.

    Raises Missing, NotAllowed, Stale.
    """
    visible = Rubric.objects.visible_to(actor).select_related("seminar")
    seen = visible.filter(pk=rubric_id).first()
    if seen is None:
        raise Missing
    membership = membership_of(actor, seen.seminar) if seen.seminar else None
    if not may_change_rubric(actor, membership, seen):
        raise NotAllowed(ONLY_INSTRUCTORS)
    # Alone: a seminar cannot be joined to what is locked where it may be none.
    rubric = Rubric.objects.select_for_update(no_key=True).get(pk=rubric_id)
    if version is not None and version != rubric.version:
        raise Stale(
            "Somebody has changed this rubric since you opened it.",
            field="version",
            extra={"version": rubric.version},
        )
    return rubric


def _raise(rubric: Rubric) -> None:
    rubric.version += 1
    rubric.save(update_fields=["title", "archived_at", "version", "updated_at"])


# -- what a version may say --------------------------------------------------------------------------


def checked(content: RubricContent) -> RubricContent:
    """The content in the form that is kept. Raises Invalid that names criterion and member."""
    if not 1 <= len(content.criteria) <= MOST_CRITERIA:
        raise Invalid(f"A rubric has 1 to {MOST_CRITERIA} criteria.", field="criteria")
    kept = RubricContent(
        criteria=tuple(
            _criterion(one, f"criteria.{index}") for index, one in enumerate(content.criteria)
        )
    )
    _refuse_twins([one.key for one in kept.criteria], [f"criteria.{i}.key" for i in _of(kept)])
    if kept.points > MOST_IN_ALL:
        raise Invalid(f"In all a rubric gives at most {MOST_IN_ALL:,} points.", field="criteria")
    return kept


def _of(content: RubricContent) -> range:
    return range(len(content.criteria))


def _refuse_twins(keys: list[UUID | None], places: list[str]) -> None:
    known: set[UUID] = set()
    for key, place in zip(keys, places, strict=True):
        if key in known:
            raise Invalid("This key stands there twice.", field=place)
        if key is not None:
            known.add(key)


def _criterion(one: CriterionContent, place: str) -> CriterionContent:
    title = clean_name(one.title, field=f"{place}.title", limit=TITLE_LENGTH)
    if one.kind not in KINDS:
        raise Invalid("Choose one of: " + ", ".join(KINDS) + ".", field=f"{place}.kind")
    if one.tag and one.tag not in TAGS:
        raise Invalid("Choose one of: " + ", ".join(TAGS) + ".", field=f"{place}.tag")
    levels = _levels(one, place)
    said = NOTHING if one.kind in {*WITH_LEVELS, FEEDBACK} else one.points
    weight = _number(one.weight, f"{place}.weight", least=NOTHING, most=MOST_WEIGHT)
    if weight == 0:
        raise Invalid(
            "Without weight it counts for nothing: choose “feedback only” instead.",
            field=f"{place}.weight",
        )
    kept = replace(
        one,
        title=title,
        student_text=clean(
            one.student_text, field=f"{place}.student_text", limit=TEXT_LENGTH, required=False
        ),
        marker_text=clean(
            one.marker_text, field=f"{place}.marker_text", limit=TEXT_LENGTH, required=False
        ),
        points=_number(said, f"{place}.points", least=NOTHING, most=MOST_POINTS),
        weight=weight,
        levels=levels,
    )
    if kept.kind != FEEDBACK and kept.most == 0:
        raise Invalid(_ZERO[kept.kind in WITH_LEVELS], field=f"{place}.points")
    return replace(kept, points=kept.most)


_ZERO: Final = {
    False: "It gives no points: say how many at most, or choose “feedback only”.",
    True: "No level gives points: give one some, or choose “feedback only”.",
}


def _levels(one: CriterionContent, place: str) -> tuple[LevelContent, ...]:
    if one.kind not in WITH_LEVELS:
        if one.levels:
            raise Invalid("This kind of criterion has no levels.", field=f"{place}.levels")
        return ()
    fewest = FEWEST_LEVELS if one.kind == LEVELS else 1
    word = "levels" if one.kind == LEVELS else "checks"
    if not fewest <= len(one.levels) <= MOST_LEVELS:
        raise Invalid(
            f"Such a criterion has {fewest} to {MOST_LEVELS} {word}.", field=f"{place}.levels"
        )
    least = -MOST_POINTS if one.kind == CHECKS else NOTHING
    levels = tuple(
        _level(level, f"{place}.levels.{index}", least) for index, level in enumerate(one.levels)
    )
    places = [f"{place}.levels.{index}.key" for index in range(len(levels))]
    _refuse_twins([level.key for level in levels], places)
    return levels


def _level(level: LevelContent, place: str, least: Decimal) -> LevelContent:
    return replace(
        level,
        title=clean_name(level.title, field=f"{place}.title", limit=LEVEL_TITLE_LENGTH),
        points=_number(level.points, f"{place}.points", least=least, most=MOST_POINTS),
        description=clean(
            level.description,
            field=f"{place}.description",
            limit=DESCRIPTION_LENGTH,
            required=False,
        ),
    )


def _number(value: Decimal, place: str, *, least: Decimal, most: Decimal) -> Decimal:
    """The number with two places. Raises Invalid for one out of bounds, or with more places."""
    if not value.is_finite() or not least <= value <= most:
        raise Invalid(f"Give a number from {least:f} to {most:f}.", field=place)
    kept = value.quantize(CENT)
    if kept != value:
        raise Invalid("Give at most two decimal places.", field=place)
    return kept
