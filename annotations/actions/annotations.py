"""Annotations created, edited and withdrawn, and replies taken as answers.

Each action does the same in the same order: may the person know of it and do it; lock the
assignment; the rules; the rows; the version kept; the change line. All in one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django.db import IntegrityError, transaction
from django.db.models import FilteredRelation, Q

from annotations.actions.anchoring import anchors_for, numbered_paragraphs
from annotations.actions.arguing import (
    attach_argument,
    changes_argument,
    follow_argument,
    scope_in,
)
from annotations.actions.changes import Visibility, save_change, version_of, write_posts
from annotations.actions.content import members_of_kind, words_and_tags
from annotations.actions.drafts import let_go_of_posted
from annotations.actions.indexing import words_of
from annotations.actions.inputs import Content, Post
from annotations.actions.quality import settle_by_reason, settle_marks
from annotations.actions.refusing import check_audience, check_change, check_placing
from annotations.actions.reversing import placing_kept, withdrawal_kept
from annotations.actions.tags import TagWords
from annotations.actions.telling import tell_of_post, tell_of_readers
from annotations.enums import (
    BREADTH,
    READ_BY_STUDENTS,
    AnchorState,
    Audience,
    Kind,
    ModerationAct,
    Op,
    QualityMarkType,
    Status,
)
from annotations.models import Anchor, Annotation, ModerationEntry
from annotations.permissions import (
    may_annotate,
    may_annotate_outside_dates,
    may_mark_answer,
    may_moderate,
)
from annotations.publication import carry_over
from debate.assignments.actions import alias_for, lock_assignment, lock_for
from debate.assignments.enums import RoundMode
from debate.assignments.models import Assignment
from debate.assignments.queries import (
    current_round,
    dates_for,
    posting_ends_at,
    round_at,
    rounds_of,
    writable_among,
)
from debate.core.db import ANYBODY, THIS, Finder, Somebody
from debate.core.errors import (
    Conflict,
    DomainError,
    Invalid,
    InvalidState,
    Missing,
    NotAllowed,
    Stale,
)
from debate.essays.models import Revision
from debate.seminars.models import Group, Membership
from debate.seminars.permissions import is_staff, membership_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from annotations.actions.inputs import Target
    from annotations.models import AnnotationVersion, Vocabulary
    from debate.accounts.models import User
    from debate.assignments.actions import Standing
    from debate.assignments.models import Alias, Round
    from debate.assignments.queries import Dates
    from debate.essays.models import Paragraph

CLOSED = "This assignment has closed, so nothing more can be posted or changed."


@dataclass(frozen=True)
class Writer:
    """Somebody who writes in an assignment, by that membership, with the words that tag there."""

    assignment: Assignment
    membership: Membership | None
    words: TagWords


def writer_in(actor: User, assignment_id: UUID) -> Writer:
    """The actor, who attaches annotations there; whether it is open is another matter.

    Raises Missing for an assignment that the actor may not know of, NotAllowed for whoever does not
    write there. Takes 1 query.
    """
    known = _SEEN.find(anybody=actor.pk, this=assignment_id)
    if not known:
        raise Missing
    (assignment,) = known
    membership: Membership | None = getattr(assignment, "mine", None)
    if not may_annotate(membership, assignment.seminar):
        raise NotAllowed("You may read here, but not write.")
    vocabulary: Vocabulary | None = getattr(assignment.seminar, "vocabulary", None)
    return Writer(assignment, membership, TagWords(vocabulary))


_SEEN = Finder(
    lambda: (
        Assignment.objects.visible_to(cast("User", Somebody(ANYBODY)))
        .annotate(
            mine=FilteredRelation(
                "seminar__memberships", condition=Q(seminar__memberships__user=ANYBODY)
            )
        )
        .select_related("seminar__vocabulary", "mine")  # type: ignore[misc]  # annotated
        .only("seminar__archived_at", "seminar__vocabulary__is_closed")
        .filter(pk=THIS)
    )
)


@transaction.atomic
def create_annotation(
    *,
    actor: User,
    assignment_id: UUID,
    content: Content,
    targets: Sequence[Target] = (),
    parent_id: UUID | None = None,
    submission_key: UUID | None = None,
    as_late: bool = False,
    writer: Writer | None = None,
) -> Annotation:
    """Attach an annotation to paragraphs, to words of them, or to another annotation.

    The same `submission_key` again returns what was made the first time; a draft of it is let go.
    A reply has its thread's
    audience and no targets of its own unless given. `as_late` sends to staff alone what comes
    after the closing. `writer` is what `writer_in` found of the actor there in the same request.
    Raises Missing for an assignment that the actor may not know of, NotAllowed
    for whoever does not write there, InvalidState outside its dates, in a closed round or a locked
    thread, Invalid that names the member at fault, Conflict for a submission that reaches two
    assignments at once, and what `anchors_for` raises.
    """
    writer = writer or writer_in(actor, assignment_id)
    paragraph_id = targets[0].paragraph_id if len(targets) == 1 else None
    standing = lock_for(actor, assignment_id, paragraph_id)
    posting = _Posting(actor, writer, standing)
    if standing.paragraph:
        posting.known = {standing.paragraph.pk: standing.paragraph}
    earlier = _submitted(actor, submission_key)
    if earlier:
        return earlier
    post = Post(
        content=content,
        targets=targets,
        parent_id=parent_id,
        submission_key=submission_key,
        as_late=as_late,
    )
    made = posting.made(post)
    _sent_once(made.annotation, lambda: posting.write([made]))
    posting.follow(made)
    let_go_of_posted(actor, posting.assignment, submission_key)
    return made.annotation


def create_annotations(
    *, actor: User, assignment_id: UUID, posts: Sequence[Post], writer: Writer | None = None
) -> list[Annotation | DomainError]:
    """Attach several annotations, each of which `stands_alone`, in their order and at one moment.

    Returns for each the annotation, or what `create_annotation` would have raised. All that can be
    attached are, under one lock and in a fixed number of statements, however many they are.
    Raises Missing and NotAllowed as `create_annotation`.
    """
    writer = writer or writer_in(actor, assignment_id)
    outcomes: list[_Made | DomainError] = []
    try:
        with transaction.atomic():
            posting = _Posting(actor, writer, lock_for(actor, assignment_id))
            posting.look_for(posts)
            outcomes += [_outcome(posting, post) for post in posts]
            made = [one for one in outcomes if isinstance(one, _Made)]
            if made:
                posting.write(made)
            for one in made:
                posting.follow(one)
    except InvalidState as too_late:
        return [one if isinstance(one, DomainError) else too_late for one in outcomes]
    return [one if isinstance(one, DomainError) else one.annotation for one in outcomes]


def _outcome(posting: _Posting, post: Post) -> _Made | DomainError:
    try:
        return posting.made(post)
    except DomainError as error:
        return error


@dataclass(frozen=True)
class _Made:
    """An annotation that is to be written, by `until`, with what is written beside it."""

    annotation: Annotation
    content: Content
    anchors: list[Anchor]
    kept: AnnotationVersion
    until: datetime | None


@dataclass
class _Posting:
    """What one person posts in an assignment, under its lock."""

    actor: User
    writer: Writer
    standing: Standing
    known: dict[UUID, Paragraph] | None = None

    @property
    def assignment(self) -> Assignment:
        """The assignment, as it stands under the lock."""
        return self.standing.assignment

    @cached_property
    def alias(self) -> Alias | None:
        """The name that the other students read."""
        return _alias(self.assignment, self.actor, self.writer.membership)

    def look_for(self, posts: Iterable[Post]) -> None:
        """Find the paragraphs of all posts at once."""
        wanted = {target.paragraph_id for post in posts for target in post.targets}
        self.known = numbered_paragraphs(self.assignment.revision, wanted)

    def made(self, post: Post) -> _Made:
        """The annotation with what is kept beside it, not yet written. Raises what refuses it."""
        locked, now, membership = self.assignment, self.standing.now, self.writer.membership
        dates, rounds, content = self.standing.dates, self.standing.rounds, post.content
        is_late = post.as_late and _has_closed(rounds, dates, now)
        if not is_late:
            check_dates(locked, dates, now, membership, rounds=rounds)
        parent = _parent(self.actor, locked, post.parent_id, membership)
        if parent is None and not post.targets:
            raise Invalid("Say which paragraph or annotation this is about.", field="paragraph")
        audience = _audience(content, parent, locked, self.actor)
        if is_late:
            audience = _for_staff(parent)
        current = _round(rounds, now, content.kind, membership)
        for_all = _is_for_all(locked, audience["audience"], current, now, membership)
        annotation = Annotation(
            assignment=locked,
            round=current,
            author=self.actor,
            alias=self.alias,
            is_late=is_late,
            parent=parent,
            root=(parent.root or parent) if parent else None,
            depth=parent.depth + 1 if parent else 0,
            submission_key=post.submission_key,
            **audience,
            **words_and_tags(content, locked, words=self.writer.words),
            **members_of_kind(content, self.actor, locked, current=None, is_for_all=for_all),
        )
        annotation.status = _status(annotation, membership)
        annotation.published_at = now if annotation.status == Status.PUBLISHED else None
        anchors = _anchors(locked, post.targets, self.known)
        annotation.search = words_of(annotation, language=locked.essay.language, anchors=anchors)
        for anchor in anchors:
            anchor.annotation = annotation
        return _Made(
            annotation=annotation,
            content=content,
            anchors=anchors,
            kept=version_of(annotation, by=self.actor, scope=scope_in(content)),
            until=None if is_late else self._latest(current),
        )

    def _latest(self, current: Round) -> datetime | None:
        standing, membership = self.standing, self.writer.membership
        if may_annotate_outside_dates(membership):
            return None
        return posting_ends_at(self.assignment, current, standing.dates, rounds=standing.rounds)

    def write(self, made: Sequence[_Made]) -> None:
        """Write what was made, with a version and a change line each. Raises InvalidState too late."""
        beside = [row for one in made for row in (*one.anchors, one.kept)]
        bounds = [one.until for one in made if one.until]
        write_posts(
            self.assignment,
            [one.annotation for one in made],
            beside,
            until=min(bounds, default=None),
        )

    def follow(self, made: _Made) -> None:
        """Do what follows from what was written: in the argument, and for whom it concerns."""
        annotation = made.annotation
        attach_argument(annotation, made.content, actor=self.actor, anchors=made.anchors)
        tell_of_post(annotation, actor=self.actor)
        settle_by_reason(annotation)


@transaction.atomic
def edit_annotation(
    *,
    actor: User,
    annotation_id: UUID,
    content: Content,
    version: int | None = None,
    submission_key: UUID | None = None,
) -> Annotation:
    """Replace what the annotation says by `content`; its place, thread and audience stay.

    `version` is the one that was edited: Stale when it is no longer current. The kind may change
    until somebody has replied. The draft of that `submission_key` is let go. Raises Missing,
    NotAllowed, InvalidState, Invalid.
    """
    annotation, membership, now = locked_annotation(actor, annotation_id)
    check_change(actor, membership, annotation)
    check_version(annotation, version)
    assignment = annotation.assignment
    dates = dates_for(actor, assignment)
    check_dates(assignment, dates, now, membership)
    let_go_of_posted(actor, assignment, submission_key)
    if content.kind != annotation.kind:
        if annotation.replies.exists():
            raise InvalidState("Somebody has replied, so the kind stays as it is.", field="kind")
        _round(rounds_of(assignment), now, content.kind, membership)
    before = Visibility.of(annotation)
    for_all = annotation.status == Status.PUBLISHED and _is_for_all(
        assignment, annotation.audience, annotation.round, now, membership
    )
    members = {
        **words_and_tags(content, assignment, had=annotation.tags),
        **members_of_kind(content, actor, assignment, current=annotation, is_for_all=for_all),
    }
    argued = (annotation.kind, annotation.attacks, annotation.stance)
    same = all(getattr(annotation, name) == value for name, value in members.items())
    if same and not changes_argument(annotation, content):
        return annotation
    for name, value in members.items():
        setattr(annotation, name, value)
    follow_argument(annotation, content, actor=actor, argued=argued)
    annotation.edited_at = now
    annotation.status = _status(annotation, membership)
    until = latest_for(assignment, current_round(assignment, now), dates, membership)
    save_change(annotation, actor, Op.UPDATE, before, until=until)
    tell_of_post(annotation, actor=actor)
    settle_by_reason(annotation)
    return annotation


@transaction.atomic
def withdraw_annotation(
    *, actor: User, annotation_id: UUID, version: int | None = None
) -> Annotation:
    """Take the annotation back: others no longer read it, author and staff do. Again does nothing.

    Raises Missing, NotAllowed, InvalidState after closing, Stale as `edit_annotation`.
    """
    annotation, membership, now = locked_annotation(actor, annotation_id)
    if annotation.author_id == actor.pk and annotation.status == Status.WITHDRAWN:
        return annotation
    check_change(actor, membership, annotation, "Only its author may withdraw an annotation.")
    check_version(annotation, version)
    dates = dates_for(actor, annotation.assignment)
    check_dates(annotation.assignment, dates, now, membership)
    before = Visibility.of(annotation)
    undo = withdrawal_kept(annotation, now)
    annotation.status = Status.WITHDRAWN
    until = None if may_annotate_outside_dates(membership) else dates.closes_at
    save_change(annotation, actor, Op.WITHDRAW, before, until=until, undo=undo)
    return annotation


@transaction.atomic
def change_audience(
    *,
    actor: User,
    annotation_id: UUID,
    audience: str,
    group_id: UUID | None = None,
    version: int | None = None,
) -> Annotation:
    """Let fewer or more people read the annotation and its thread; replies go with their root.

    For its author until somebody else has replied, and for staff, who may not make it private.
    Those who replied keep sight of their own words. Raises Missing, NotAllowed, Stale, Invalid
    that names `audience` or `group`, InvalidState for a reply or once others have replied.
    """
    annotation, membership, _ = locked_annotation(actor, annotation_id)
    if annotation.parent_id:
        raise InvalidState("A reply has the audience of its thread.", field="audience")
    check_audience(actor, membership, annotation)
    check_version(annotation, version)
    content = Content(kind=annotation.kind, audience=audience, group_id=group_id)
    chosen = _audience(content, None, annotation.assignment, actor)
    if (annotation.audience, annotation.group) == (chosen["audience"], chosen["group"]):
        return annotation
    is_mine = annotation.author_id == actor.pk
    if chosen["audience"] == Audience.PRIVATE and not is_mine:
        raise Invalid("Only its author keeps an annotation private.", field="audience")
    if annotation.is_late and chosen["audience"] not in {Audience.STAFF, Audience.PRIVATE}:
        raise InvalidState("What came late is read by staff alone.", field="audience")
    others = annotation.thread.exclude(author=actor).exclude(status=Status.WITHDRAWN)
    if not may_moderate(membership, annotation) and others.exists():
        raise InvalidState(
            "Others have replied, so only an instructor or assistant changes who reads this.",
            field="audience",
        )
    is_wider = BREADTH[Audience(chosen["audience"])] > BREADTH[Audience(annotation.audience)]
    for one in [annotation, *annotation.thread.select_related("passage__source")]:
        before = Visibility.of(one)
        one.assignment = annotation.assignment
        one.audience, one.group = chosen["audience"], chosen["group"]
        if one.author_id == actor.pk:
            one.status = _status_among(one, before, membership)
        save_change(one, actor, Op.UPDATE, before)
        tell_of_readers(one, actor=actor)
    if not is_mine:
        ModerationEntry.objects.create(
            annotation=annotation,
            actor=actor,
            act=ModerationAct.WIDEN if is_wider else ModerationAct.NARROW,
        )
    return annotation


@transaction.atomic
def mark_answer(
    *, actor: User, reply_id: UUID, is_answer: bool, version: int | None = None
) -> Annotation:
    """Take the reply as its question's answer, or no longer; at most one reply is the answer.

    Again does nothing. Raises Missing, NotAllowed for all but the asker and staff, InvalidState
    when the parent is no question, Stale as `edit_annotation`.
    """
    reply, membership, _ = locked_annotation(actor, reply_id)
    question = reply.parent
    if question is None or question.kind != Kind.QUESTION:
        raise InvalidState("Only a reply to a question can be its answer.")
    if not may_mark_answer(actor, membership, question):
        raise NotAllowed("Only the asker or staff say what answers a question.")
    if reply.is_answer == is_answer:
        return reply
    check_version(reply, version)
    former = question.replies.filter(is_answer=True).exclude(pk=reply.pk) if is_answer else ()
    for other in [*former, reply]:
        before = Visibility.of(other)
        other.is_answer = other is reply and is_answer
        other.assignment = reply.assignment
        save_change(other, actor, Op.UPDATE, before)
    return reply


@transaction.atomic
def place_annotation(
    *,
    actor: User,
    annotation_id: UUID,
    targets: Sequence[Target],
    version: int | None = None,
) -> Annotation:
    """Put the annotation by hand where its words now stand, in the revision that is shown.

    For its author and staff; what it says stays the author's. Raises Missing, NotAllowed, Invalid
    for a reply or without targets, Stale, and what `anchors_for` raises.
    """
    annotation, membership, now = locked_annotation(actor, annotation_id)
    check_placing(actor, membership, annotation)
    check_version(annotation, version)
    if annotation.parent_id or not targets:
        raise Invalid("Say which paragraph or words it belongs to.", field="paragraph")
    before = Visibility.of(annotation)
    revision = annotation.assignment.revision
    anchors = anchors_for(revision, targets)
    undo = placing_kept(annotation, now)
    annotation.anchors.filter(revision=revision).delete()
    for anchor in anchors:
        anchor.annotation = annotation
        anchor.state = AnchorState.BY_HAND
    Anchor.objects.bulk_create(anchors)
    save_change(annotation, actor, Op.UPDATE, before, undo=undo)
    settle_marks(annotation, QualityMarkType.MOVE)
    return annotation


def _anchors(
    assignment: Assignment,
    targets: Sequence[Target],
    known: Mapping[UUID, Paragraph] | None = None,
) -> list[Anchor]:
    """The anchors of a new annotation in the revision that is shown.

    Whoever wrote while another revision was published named words of the older one: then they are
    anchored there, and carried over. `known` has those of the named paragraphs that the shown one
    has, where they were looked for before.
    """
    wanted = {target.paragraph_id for target in targets}
    if known is None:
        known = numbered_paragraphs(assignment.revision, wanted) if wanted else {}
    if assignment.revision.number == 1 or wanted <= known.keys():
        return anchors_for(assignment.revision, targets, known=known)
    older = Revision.objects.filter(
        essay=assignment.essay_id,
        number__lt=assignment.revision.number,
        paragraphs__in=wanted,
    ).distinct()
    written_on = older.first() if len(older) == 1 else None
    if written_on is None:
        return anchors_for(assignment.revision, targets, known=known)
    written = anchors_for(written_on, targets)
    now = carry_over(written, written_on, assignment.revision)
    return [*written, *now]


def _submitted(actor: User, key: UUID | None) -> Annotation | None:
    return Annotation.objects.by(actor).filter(submission_key=key).first() if key else None


def _sent_once(annotation: Annotation, write: Callable[[], None]) -> None:
    """Write the annotation; only one of two assignments that get one submission at once does."""
    if annotation.submission_key is None:
        write()
        return
    try:
        with transaction.atomic():
            write()
    except IntegrityError as error:
        if "annotation_is_submitted_once" not in str(error):
            raise
        raise Conflict("This has been sent to another assignment.") from error


def locked_annotation(
    actor: User, annotation_id: UUID
) -> tuple[Annotation, Membership | None, datetime]:
    """The annotation, its assignment locked before it; Missing unless the actor may see it."""
    seen = Annotation.objects.visible_to(actor).filter(pk=annotation_id)
    assignment_id = seen.values_list("assignment_id", flat=True).first()
    if assignment_id is None:
        raise Missing
    assignment, now = lock_assignment(assignment_id)
    annotation = seen.select_related("parent", "passage__source", "author", "group").first()
    if annotation is None:
        raise Missing
    annotation.assignment = assignment
    if annotation.parent:
        annotation.parent.assignment = assignment
    return annotation, membership_of(actor, assignment.seminar), now


def check_version(annotation: Annotation, version: int | None) -> None:
    """Raise Stale unless the change was made from the version that stands."""
    if version is not None and version != annotation.version:
        raise Stale(
            "This annotation has been changed since you opened it.",
            field="version",
            extra={"current_version": annotation.version},
        )


def check_dates(
    assignment: Assignment,
    dates: Dates,
    now: datetime,
    membership: Membership | None,
    *,
    rounds: Sequence[Round] | None = None,
) -> None:
    """Refuse what comes too early or too late; the statement that writes looks once more."""
    if may_annotate_outside_dates(membership):
        return
    if now < dates.opens_at:
        raise InvalidState("This assignment has not opened yet.", code="not_open")
    if _has_closed(rounds or rounds_of(assignment), dates, now):
        raise InvalidState(CLOSED, code="closed")


def latest_for(
    assignment: Assignment, current: Round, dates: Dates, membership: Membership | None
) -> datetime | None:
    """The moment by which it must be written; for staff there is none."""
    if may_annotate_outside_dates(membership):
        return None
    return posting_ends_at(assignment, current, dates)


def _has_closed(rounds: Sequence[Round], dates: Dates, now: datetime) -> bool:
    if dates.closes_at and now >= dates.closes_at:
        return True
    return round_at(rounds, now).mode == RoundMode.CLOSED and not dates.is_own


def _round(
    rounds: Sequence[Round],
    now: datetime,
    kind: str,
    membership: Membership | None,
) -> Round:
    """The round that a post of the kind belongs to; a round's rules do not bind staff."""
    current = round_at(rounds, now)
    if is_staff(membership):
        return current
    if current.mode == RoundMode.CLOSED:
        current = writable_among(rounds, now)
    if current.allowed_kinds and kind in Kind.values and kind not in current.allowed_kinds:
        allowed = ", ".join(str(Kind(one).label).lower() for one in current.allowed_kinds)
        raise InvalidState(f"This round takes only: {allowed}.", code="kind_closed", field="kind")
    return current


def _alias(assignment: Assignment, actor: User, membership: Membership | None) -> Alias | None:
    """The name that the other students read; staff write under their own."""
    if not assignment.uses_pseudonyms or is_staff(membership):
        return None
    return alias_for(assignment, actor)


def _status(annotation: Annotation, membership: Membership | None) -> Status:
    """Published, unless staff must have read what students say to one another."""
    status = Status(annotation.status or Status.PUBLISHED)
    needs_approval = (
        annotation.assignment.requires_approval
        and not is_staff(membership)
        and annotation.audience in READ_BY_STUDENTS
    )
    if status in {Status.PUBLISHED, Status.HIDDEN} and needs_approval:
        return Status.PENDING
    if status == Status.PENDING and not needs_approval:
        return Status.PUBLISHED
    return status


def _is_for_all(
    assignment: Assignment,
    audience: str,
    posted_in: Round,
    now: datetime,
    membership: Membership | None,
) -> bool:
    """Whether the whole seminar reads at once what is published so."""
    is_blind = posted_in.mode == RoundMode.BLIND and not (
        posted_in.ends_at and posted_in.ends_at <= now
    )
    waits = assignment.requires_approval and not is_staff(membership)
    is_open = audience in {Audience.SEMINAR, Audience.PUBLIC}
    return is_open and not (is_blind or waits or assignment.is_for_groups)


def _status_among(
    annotation: Annotation, before: Visibility, membership: Membership | None
) -> Status:
    """Its status for other readers than before: for fewer of them, what staff approved stays so.

    What staff have hidden stays hidden whoever is to read it; only other words are looked at anew.
    """
    if annotation.status == Status.HIDDEN:
        return Status.HIDDEN
    is_narrower = BREADTH[Audience(annotation.audience)] < BREADTH[Audience(before.audience)]
    if annotation.status == Status.PUBLISHED and is_narrower:
        return Status.PUBLISHED
    return _status(annotation, membership)


def _for_staff(parent: Annotation | None) -> dict[str, Any]:
    """The audience of what comes late; a thread that others read takes nothing late."""
    if parent and parent.audience in READ_BY_STUDENTS:
        raise InvalidState(
            "A reply to others cannot be sent late. Write to staff about the paragraph instead.",
            code="closed",
        )
    return {"audience": parent.audience if parent else Audience.STAFF, "group": None}


def _parent(
    actor: User, assignment: Assignment, parent_id: UUID | None, membership: Membership | None
) -> Annotation | None:
    """The annotation replied to; one of elsewhere and one that may not be seen are the same."""
    if parent_id is None:
        return None
    seen = Annotation.objects.visible_to(actor).filter(assignment=assignment, pk=parent_id)
    parent = seen.select_related("root", "group").first()
    if parent is None:
        raise Invalid("This assignment has no such annotation to reply to.", field="parent")
    if parent.status != Status.PUBLISHED:
        raise InvalidState("This annotation can no longer be replied to.", field="parent")
    if (parent.root or parent).locked_at and not is_staff(membership):
        raise InvalidState(
            "Staff have locked this thread; it takes no more replies.",
            code="locked",
            field="parent",
        )
    if parent.depth >= Annotation.DEEPEST:
        raise InvalidState("This thread is as deep as threads can be.", field="parent")
    return parent


def _audience(
    content: Content,
    parent: Annotation | None,
    assignment: Assignment,
    actor: User,
) -> dict[str, Any]:
    """Who may read it: the thread's audience for a reply, else what was chosen."""
    if parent:
        if content.audience not in {"", parent.audience}:
            raise Invalid("A reply has the audience of its thread.", field="audience")
        if content.group_id not in {None, parent.group_id}:
            raise Invalid("A reply has the audience of its thread.", field="group")
        return {"audience": parent.audience, "group": parent.group}
    audience = content.audience or Audience.SEMINAR
    if audience not in Audience.values:
        raise Invalid("Choose one of: " + ", ".join(Audience.values) + ".", field="audience")
    if audience == Audience.PUBLIC and not (
        assignment.seminar.allows_public and assignment.essay.is_public
    ):
        raise Invalid("Nothing is made public in this seminar.", field="audience")
    if audience != Audience.GROUP:
        if content.group_id:
            raise Invalid("A group goes with the audience “group” only.", field="group")
        return {"audience": audience, "group": None}
    groups = Group.objects.filter(seminar=assignment.seminar).addressable_by(actor)
    group = groups.filter(pk=content.group_id).first() if content.group_id else None
    if group is None:
        raise Invalid("Choose a group that you belong to.", field="group")
    return {"audience": audience, "group": group}
