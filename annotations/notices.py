"""The kinds of notices about annotations and assignments: who may still see one, and what it says.

Not one of the usual module names: it fills the registry of `debate.notices`, which may not look up
here. Names stand as the reader may know them (`with_shown_author`); times in the time zone that is
active.
"""

from __future__ import annotations

from collections import Counter
from html import unescape
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, F, OuterRef
from django.template.defaultfilters import date as in_format
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.text import Truncator

from annotations.enums import AnchorState, Kind, ModerationAct
from annotations.models import (
    Anchor,
    Annotation,
    Flag,
    ModerationEntry,
    QualityMark,
    QualityMarkAnswer,
)
from debate.assignments.models import Accommodation, Assignment, Extension
from debate.assignments.queries import dates_with
from debate.essays.models import Revision
from debate.notices.enums import Cadence
from debate.notices.registry import NoticeKind, Wording, register, register_contexts

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from annotations.models.annotation import AnnotationQuerySet
    from annotations.models.quality import QualityMarkAnswerQuerySet, QualityMarkQuerySet
    from debate.accounts.models import User
    from debate.assignments.queries import Dates

REPLY = "reply"
COUNTERARGUMENT = "counterargument"
MENTION = "mention"
MODERATION = "moderation"
FLAG = "flag"
OPENING = "assignment_opens"
CLOSING = "assignment_closes"
REVISION = "revision"
QUALITY_MARK = "quality_mark"
QUALITY_ANSWER = "quality_answer"

TOLD_ACTS = {
    ModerationAct.HIDE: "was hidden by the staff",
    ModerationAct.UNHIDE: "is shown again",
    ModerationAct.APPROVE: "was approved: others can read it now",
}
TOLD_STATES = {
    AnchorState.MOVED: "moved",
    AnchorState.EDITED: "stands at words that were edited",
    AnchorState.ORPHANED: "lost its words",
}
QUOTED = 160


def register_kinds() -> None:
    """Make the kinds known; called once, when the app is ready."""
    for kind in (
        NoticeKind(
            REPLY, "Replies to me", "Somebody answers what you posted.",
            Cadence.AT_ONCE, _annotations, _word_replies,
        ),
        NoticeKind(
            COUNTERARGUMENT, "Counterarguments to me", "Somebody argues against what you posted.",
            Cadence.AT_ONCE, _annotations, _word_counterarguments,
        ),
        NoticeKind(
            MENTION, "Mentions", "Somebody names you with an @.",
            Cadence.AT_ONCE, _annotations, _word_mentions,
        ),
        NoticeKind(
            MODERATION, "Moderation", "Staff hide, show or approve what you posted.",
            Cadence.AT_ONCE, _entries, _word_entries,
        ),
        NoticeKind(
            FLAG, "My flags", "Staff have looked at what you flagged.",
            Cadence.DAILY, _flags, _word_flags,
        ),
        NoticeKind(
            OPENING, "Assignments opening", "An essay that is set to you opens.",
            Cadence.DAILY, _assignments, _word_openings,
        ),
        NoticeKind(
            CLOSING, "Assignments due", "An assignment is due within a day, and not all is in.",
            Cadence.AT_ONCE, _assignments, _word_closings,
        ),
        NoticeKind(
            REVISION, "Revisions", "A new revision of an essay moved or lost notes of yours.",
            Cadence.DAILY, _revisions, _word_revisions,
        ),
        NoticeKind(
            QUALITY_MARK, "Quality marks", "Words of yours are marked, or your mark is settled.",
            Cadence.DAILY, _marks, _word_marks,
        ),
        NoticeKind(
            QUALITY_ANSWER, "Answers to marks", "Somebody answers a mark that concerns you.",
            Cadence.DAILY, _mark_answers, _word_mark_answers,
        ),
    ):  # fmt: skip
        register(kind)
    register_contexts(_word_threads)
    register_contexts(_word_assignments)


# --- what may still be seen ----------------------------------------------------------------------


def _annotations(user: User) -> AnnotationQuerySet:
    return Annotation.objects.visible_to(user)


def _entries(user: User) -> QuerySet[ModerationEntry]:
    """What staff did about the person's own annotations."""
    own = Annotation.objects.visible_to(user).by(user).filter(pk=OuterRef("annotation_id"))
    return ModerationEntry.objects.filter(Exists(own), act__in=TOLD_ACTS)


def _flags(user: User) -> QuerySet[Flag]:
    """The person's flags in essays that are set to the person, also of what is hidden by now."""
    set_to = Assignment.objects.set_to(user).filter(pk=OuterRef("annotation__assignment_id"))
    return Flag.objects.filter(Exists(set_to), flagged_by_id=user.pk)


def _assignments(user: User) -> QuerySet[Assignment]:
    return Assignment.objects.set_to(user)


def _revisions(user: User) -> QuerySet[Revision]:
    """Revisions in which notes of the person's moved, were edited or lost their words."""
    return Revision.objects.filter(Exists(_affected(user).filter(revision=OuterRef("pk"))))


def _affected(user: User) -> QuerySet[Anchor]:
    set_to = Assignment.objects.set_to(user).filter(pk=OuterRef("annotation__assignment_id"))
    return Anchor.objects.filter(
        Exists(set_to), annotation__author_id=user.pk, state__in=TOLD_STATES
    )


def _marks(user: User) -> QualityMarkQuerySet:
    return QualityMark.objects.visible_to(user)


def _mark_answers(user: User) -> QualityMarkAnswerQuerySet:
    return QualityMarkAnswer.objects.visible_to(user)


# --- what it says --------------------------------------------------------------------------------


def _word_replies(user: User, ids: Collection[UUID]) -> dict[UUID, Wording]:
    return _word_posts(user, ids, "replied to your {parent}")


def _word_counterarguments(user: User, ids: Collection[UUID]) -> dict[UUID, Wording]:
    return _word_posts(user, ids, "countered your {parent}")


def _word_mentions(user: User, ids: Collection[UUID]) -> dict[UUID, Wording]:
    return _word_posts(user, ids, "mentioned you in a {kind}")


def _word_posts(user: User, ids: Collection[UUID], did: str) -> dict[UUID, Wording]:
    posts = list(
        Annotation.objects.visible_to(user)
        .filter(pk__in=ids)
        .select_related("assignment__seminar", "parent")
        .defer("body", "search", "parent__body", "parent__body_html", "parent__search")
        .with_shown_author(user)
    )
    places = _places(posts)
    return {
        one.pk: Wording(
            sentence=f"{one.shown_author_name} "  # type: ignore[attr-defined]  # with_shown_author
            + did.format(
                kind=_lower(one), parent=_lower(one.parent) if one.parent else "annotation"
            ),
            href=one.get_absolute_url(),
            heading=places[one.pk],
            quote=_quote(one.counterclaim or _plain(one.body_html) or one.warrant),
        )
        for one in posts
    }


def _places(posts: Collection[Annotation]) -> dict[UUID, str]:
    """Where each stands, such as "Who should pay?, paragraph 4"; a reply where its thread does."""
    roots = {one.root_id or one.pk for one in posts}
    anchors = Anchor.objects.filter(
        annotation__in=roots,
        revision=F("annotation__assignment__revision"),
        paragraph__number__isnull=False,
    )
    numbers = dict(anchors.order_by("-position").values_list("annotation_id", "paragraph__number"))
    return {
        one.pk: one.assignment.title
        + (f", paragraph {number}" if (number := numbers.get(one.root_id or one.pk)) else "")
        for one in posts
    }


def _lower(annotation: Annotation) -> str:
    return str(Kind(annotation.kind).label).lower()


def _plain(rendered: str) -> str:
    """The words of a rendered body, without its emphasis and links."""
    return unescape(strip_tags(rendered))


def _quote(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(QUOTED)


def _word_entries(user: User, ids: Collection[UUID]) -> dict[UUID, Wording]:
    entries = list(_entries(user).filter(pk__in=ids).select_related("annotation__assignment"))
    places = _places([one.annotation for one in entries])
    return {
        one.pk: Wording(
            sentence=f"Your {_lower(one.annotation)} {TOLD_ACTS[ModerationAct(one.act)]}",
            href=one.annotation.get_absolute_url(),
            heading=places[one.annotation_id],
            quote=_quote(one.reason),
        )
        for one in entries
    }


def _word_flags(user: User, ids: Collection[UUID]) -> dict[UUID, Wording]:
    flags = list(_flags(user).filter(pk__in=ids).select_related("annotation__assignment__seminar"))
    seen = Annotation.objects.visible_to(user).filter(pk__in=[one.annotation_id for one in flags])
    visible = set(seen.values_list("pk", flat=True))
    return {
        one.pk: Wording(
            sentence="Staff have looked at what you flagged",
            href=(
                one.annotation if one.annotation_id in visible else one.annotation.assignment
            ).get_absolute_url(),
            heading=one.annotation.assignment.title,
        )
        for one in flags
    }


def _word_openings(user: User, ids: Collection[UUID]) -> dict[UUID, Wording]:
    now = timezone.now()
    return {
        one.pk: _about(
            one,
            f"“{one.title}” opens {_moment(one.opens_at)}"
            if one.opens_at > now
            else f"“{one.title}” is open",
        )
        for one in _assignments(user).filter(pk__in=ids).select_related("seminar")
    }


def _word_closings(user: User, ids: Collection[UUID]) -> dict[UUID, Wording]:
    assignments = list(_assignments(user).filter(pk__in=ids).select_related("seminar"))
    dates = _own_dates(user, assignments)
    return {one.pk: _about(one, f"“{one.title}” {_deadline(dates[one.pk])}") for one in assignments}


def _about(assignment: Assignment, sentence: str) -> Wording:
    return Wording(
        sentence=sentence,
        href=assignment.get_absolute_url(),
        heading=assignment.seminar.title,
    )


def _deadline(dates: Dates) -> str:
    now = timezone.now()
    if dates.due_at:
        return f"{'is' if dates.due_at > now else 'was'} due {_moment(dates.due_at)}"
    if dates.closes_at:
        return f"{'closes' if dates.closes_at > now else 'closed'} {_moment(dates.closes_at)}"
    return "is due"


def _moment(moment: datetime) -> str:
    return in_format(timezone.localtime(moment), "l, j F, H:i")


def _own_dates(user: User, assignments: Collection[Assignment]) -> dict[UUID, Dates]:
    """The dates that hold for the person, of several assignments. Takes 2 queries."""
    extensions = {
        one.assignment_id: one
        for one in Extension.objects.filter(assignment__in=assignments, user_id=user.pk)
    }
    seminars = [one.seminar_id for one in assignments]
    days = dict(
        Accommodation.objects.filter(seminar__in=seminars, user_id=user.pk).values_list(
            "seminar_id", "extra_days"
        )
    )
    return {
        one.pk: dates_with(one, extensions.get(one.pk), days.get(one.seminar_id))
        for one in assignments
    }


def _word_revisions(user: User, ids: Collection[UUID]) -> dict[UUID, Wording]:
    counts: dict[UUID, Counter[str]] = {}
    rows = _affected(user).filter(revision__in=ids).order_by()
    for revision, state, count in rows.values_list("revision_id", "state").annotate(
        count=Count("annotation", distinct=True)
    ):
        counts.setdefault(revision, Counter())[state] = count
    assignments = {
        one.essay_id: one
        for one in Assignment.objects.set_to(user)
        .filter(essay__revisions__in=list(counts))
        .select_related("seminar", "essay")
        .order_by("-id")
    }
    revisions = Revision.objects.filter(pk__in=list(counts))
    return {
        one.pk: Wording(
            sentence="The essay was revised: " + _effects(counts[one.pk]),
            href=f"{assignment.get_absolute_url()}#changed",
            heading=assignment.title,
            quote=_quote(one.note),
        )
        for one in revisions
        if (assignment := assignments.get(one.essay_id))
    }


def _effects(counts: Counter[str]) -> str:
    parts = []
    for state, words in TOLD_STATES.items():
        if count := counts[state]:
            said = words
            if count > 1:
                said = words.replace("stands at", "stand at").replace("lost its", "lost their")
            parts.append(f"{count} note{'s' if count > 1 else ''} of yours {said}")
    return ", ".join(parts)


def _word_threads(user: User, ids: Collection[UUID]) -> dict[UUID, Wording]:
    roots = list(
        Annotation.objects.visible_to(user)
        .filter(pk__in=ids)
        .select_related("assignment")
        .with_shown_author(user)
    )
    places = _places(roots)
    return {
        one.pk: Wording(
            sentence=f"{Kind(one.kind).label} by {one.shown_author_name}",  # type: ignore[attr-defined]
            href=one.get_absolute_url(),
            heading=places[one.pk],
        )
        for one in roots
    }


def _word_assignments(user: User, ids: Collection[UUID]) -> dict[UUID, Wording]:
    found = _assignments(user).filter(pk__in=ids).select_related("seminar")
    return {one.pk: _about(one, one.title) for one in found}


def _word_marks(user: User, ids: Collection[UUID]) -> dict[UUID, Wording]:
    marks = QualityMark.objects.visible_to(user).filter(pk__in=ids).with_shown_marker(user)
    return {
        one.pk: Wording(
            sentence=(
                f"Your mark “{one.label}” was settled"
                if one.by_id == user.pk
                else f"{_said(one.shown_marker_name)} marked {_marked(one, user)} “{one.label}”"  # type: ignore[attr-defined]  # with_shown_marker
            ),
            href=one.get_absolute_url(),
            heading=_place_of(one),
            quote=_quote(one.resolution if one.by_id == user.pk else one.note),
        )
        for one in marks.select_related(*MARKED)
    }


def _word_mark_answers(user: User, ids: Collection[UUID]) -> dict[UUID, Wording]:
    answers = QualityMarkAnswer.objects.visible_to(user).filter(pk__in=ids).with_shown_writer(user)
    return {
        one.pk: Wording(
            sentence=f"{_said(one.shown_writer_name)} answered the mark “{one.mark.label}”",  # type: ignore[attr-defined]  # with_shown_writer
            href=one.mark.get_absolute_url(),
            heading=_place_of(one.mark),
            quote=_quote(one.body),
        )
        for one in answers.select_related("mark", *(f"mark__{name}" for name in MARKED))
    }


MARKED = ("seminar", "annotation__assignment", "claim__assignment")


def _said(name: str) -> str:
    """The name at the beginning of a sentence."""
    return name[:1].upper() + name[1:]


def _marked(mark: QualityMark, user: User) -> str:
    """What was marked, and whether it is the person's own."""
    if mark.annotation:
        whose = "your" if mark.annotation.author_id == user.pk else "the"
        return f"{whose} {_lower(mark.annotation)}"
    return "a claim" if mark.claim else "a passage that you added"


def _place_of(mark: QualityMark) -> str:
    on = mark.annotation or mark.claim
    return on.assignment.title if on else mark.seminar.title
