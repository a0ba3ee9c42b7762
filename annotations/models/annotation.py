"""Annotations, their anchors in a revision, and every state they have had."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Self, cast

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, Now, NullIf
from django.urls import reverse

from annotations.enums import (
    MEETS_A_CHALLENGE,
    Attacks,
    Audience,
    Kind,
    Stance,
    Status,
)
from annotations.models.evidence import Passage
from annotations.models.places import PlaceInText
from annotations.wire.annotation import OF_ONE_KIND, wire_of
from debate.assignments.enums import RoundMode
from debate.assignments.models import Alias, Assignment, Round
from debate.core.db import ANYBODY, KEPT, Somebody, built_once, is_there, to_be_told, told
from debate.core.models import PublicId, Timestamped
from debate.core.text import render_markdown
from debate.seminars.models import Group, Membership

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.contrib.auth.models import AnonymousUser
    from django.utils.safestring import SafeString

    from debate.accounts.models import User
    from debate.essays.models import Paragraph


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    """Reads of annotations; every one of them begins with `visible_to`."""

    @built_once
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The annotations whose words the person may read.

        Members read their own, whatever its state. Staff read all but what others keep private
        or hold; assistants limited to sections do so for those sections' people and for what
        staff wrote. Others read what is published for the seminar, for a group of theirs, or for
        everybody; observers belong to no group. Without membership one reads what is public.
        What was posted in a blind round is read by its author and staff alone until the round has
        ended, or until the person has posted as many as the round says.
        """
        return self._readable_by(user, Q(status=Status.PUBLISHED))

    @built_once
    def known_to(self, user: User | AnonymousUser) -> Self:
        """`visible_to`, and withdrawn annotations that the person could have read before.

        What never was published, or was hidden when its author withdrew it, is as absent as it was.
        """
        stood = Q(status=Status.WITHDRAWN, published_at__isnull=False, status_reason="")
        return self._readable_by(user, Q(status=Status.PUBLISHED) | stood)

    def overseen_by(self, user: User | AnonymousUser) -> Self:
        """The annotations that the person moderates, and whose authors' names the person knows.

        Instructors and assistants: of the whole seminar; those limited to sections: what the
        sections' people wrote. Never what is private or held.
        """
        return self.filter(overseen_by(user) & _is_shared())

    def _readable_by(self, user: User | AnonymousUser, standing: Q) -> Self:
        revealed = _is_revealed_to(user)
        public = standing & Q(
            audience=Audience.PUBLIC,
            assignment__seminar__allows_public=True,
            assignment__essay__is_public=True,
        )
        if not user.pk:
            return self.filter(public & revealed)
        own = Q(author_id=user.pk)
        for_staff = (overseen_by(user) | _by_a_colleague(user)) & _is_shared()
        for_members = (
            standing
            & revealed
            & (
                Q(audience__in=(Audience.SEMINAR, Audience.PUBLIC))
                | Q(audience=Audience.GROUP, group__in=Group.objects.of(user).values("pk"))
            )
        )
        set_to = Assignment.objects.set_to(user).values("pk")
        inside = Q(assignment__in=set_to) & (own | for_staff | for_members)
        return self.filter(inside | (public & revealed))

    def with_shown_author(self, user: User | AnonymousUser) -> Self:
        """Adds whom the person reads as the author: the alias to those who may not know the name.

        `shown_author_id`, `shown_author_name`, `shown_as_alias`. Authors and staff know. Also
        `is_overseen`: whether the person has staff's rights over it.
        """
        overseen = overseen_by(user)
        hidden = Q(alias__isnull=False) & ~overseen
        if user.pk:
            hidden &= ~Q(author_id=user.pk)
        return self.annotate(
            is_overseen=models.ExpressionWrapper(overseen, output_field=models.BooleanField()),
            shown_as_alias=models.ExpressionWrapper(hidden, output_field=models.BooleanField()),
            shown_author_id=Case(When(hidden, then="alias_id"), default="author_id"),
            shown_author_name=Case(When(hidden, then="alias__name"), default=_name_of("author")),
        )

    def on(self, paragraph: Paragraph) -> Self:
        """Annotations anchored in the paragraph of that revision."""
        return self.filter(
            Exists(Anchor.objects.filter(annotation=OuterRef("pk"), paragraph=paragraph))
        )

    def by(self, author: User) -> Self:
        """Annotations of that author."""
        return self.filter(author=author)

    def counted(self) -> Self:
        """What counts towards what an assignment asks: published, and seen by at least staff."""
        return self.filter(status=Status.PUBLISHED).exclude(audience=Audience.PRIVATE)

    def top_level(self) -> Self:
        """Annotations that are no replies."""
        return self.filter(parent=None)

    def with_is_unanswered(self, readable: AnnotationQuerySet) -> Self:
        """Adds `is_unanswered` as the person sees it, who may read the annotations in `readable`.

        A question is open until a reply is marked as the answer; a challenge until a published
        reply of kind counterargument, evidence or concession meets it. Others never are.
        """
        replies = readable.filter(parent=OuterRef("pk"), status=Status.PUBLISHED)
        # One look for both kinds: what a person may read is long to tell, and to plan.
        met = Q(parent__kind=Kind.QUESTION, is_answer=True) | Q(
            parent__kind=Kind.COUNTERARGUMENT, kind__in=MEETS_A_CHALLENGE
        )
        asks = Q(kind__in=(Kind.QUESTION, Kind.COUNTERARGUMENT))
        return self.annotate(
            is_unanswered=models.ExpressionWrapper(
                asks & ~is_there(replies.filter(met)), output_field=models.BooleanField()
            )
        )

    def with_wire(
        self,
        user: User | AnonymousUser,
        *,
        base: str,
        revision: int | None = None,
        fields: Collection[str] | None = None,
    ) -> Self:
        """Adds `wire`: the annotation as the person may see it, as JSON text.

        With all members or those of `fields`; `base` is scheme and host without a slash at the end.
        Anchors are those of the revision that the assignment shows, or of the one of that number.
        Also what `with_shown_author` adds, and `is_unanswered`: null while nobody may tell.

        Said of what a door such as `visible_to` gives, before all filters, it is built once for
        everybody; else it takes Django 30 ms.
        """
        names = None if fields is None else frozenset(fields)
        opened_by = getattr(self, "opened_by", None)
        if opened_by is None or opened_by[1] != user.pk or revision is not None:
            return self._with_wire(user, base, revision, names)
        return cast("Self", told(_wired(opened_by[0], user.pk is None, base, names), user.pk))

    def _with_wire(
        self,
        user: User | AnonymousUser,
        base: str,
        revision: int | None,
        fields: frozenset[str] | None,
    ) -> Self:
        shown = self.with_shown_author(user).with_what_is_told(user)
        if fields is None or OF_ONE_KIND & fields:
            shown = shown.with_known_claim(user, Annotation.objects.visible_to(user))
        return shown.annotate(wire=wire_of(base=base, revision=revision, fields=fields))

    def with_what_is_told(self, user: User | AnonymousUser) -> Self:
        """Adds what of an annotation the person is told, after `with_shown_author`.

        `hides_words`: withdrawn, and neither the person's nor overseen. `hides_counts`: a blind
        round of the assignment hides others' posts from the person. `reply_count`, of published
        replies, and `is_unanswered`, as in `with_is_unanswered`, both null where counts are hidden.
        """
        withdrawn = Q(status=Status.WITHDRAWN) & ~Q(is_overseen=True)
        if user.pk:
            withdrawn &= ~Q(author_id=user.pk) & ~_by_a_colleague(user)
        asks = Q(kind__in=(Kind.QUESTION, Kind.COUNTERARGUMENT))
        flag = models.BooleanField(null=True)
        open_still = models.ExpressionWrapper(Q(is_met=False), output_field=flag)
        return self.annotate(
            hides_words=models.ExpressionWrapper(withdrawn, output_field=flag),
            hides_counts=models.ExpressionWrapper(_hides_counts(user), output_field=flag),
        ).annotate(
            reply_count=Case(When(hides_counts=False, then="published_replies")),
            is_unanswered=Case(
                When(~asks, then=Value(value=False)),
                When(hides_counts=False, then=open_still),
                output_field=flag,
            ),
        )

    def for_api(
        self,
        user: User | AnonymousUser,
        readable: AnnotationQuerySet,
        *,
        revision: int | None = None,
    ) -> Self:
        """What the API shows, as the person sees it who may read what stands in `readable`.

        Adds `shown_anchors`, those in the revision that the assignment shows, or in the one of
        that number, and `known_claim_id`, the claim that it bears on if the person may know of it.
        """
        anchors = Anchor.objects.select_related("revision", "paragraph").defer(
            "paragraph__text", "paragraph__html"
        )
        anchors = (
            anchors.filter(revision__number=revision)
            if revision
            else anchors.filter(revision=F("annotation__assignment__revision"))
        )
        return (
            self.for_display(user)
            .with_what_is_told(user)
            .with_known_claim(user, readable)
            .prefetch_related(
                models.Prefetch("anchors", anchors.order_by("position"), to_attr="shown_anchors")
            )
        )

    def with_known_claim(self, user: User | AnonymousUser, readable: AnnotationQuerySet) -> Self:
        """Adds `known_claim_id`, as `for_api` says.

        Of an attacked step it is the conclusion. Those in `readable` the person may read.
        """
        borne_on = Coalesce(
            "relation__target_claim",
            "relation__target_inference__conclusion",
            "inference__conclusion",
            "concession__claim",
        )
        # By its name: claims rest on annotations, so their module imports this one.
        claims = apps.get_model("annotations", "Claim").objects
        known = claims.known_beside(user, readable).filter(pk=OuterRef("borne_claim_id"))
        return self.annotate(borne_claim_id=borne_on).annotate(
            known_claim_id=Case(When(is_there(known), then="borne_claim_id"))
        )

    def for_display(self, user: User | AnonymousUser) -> Self:
        """What a card shows the person beside the annotation's own fields; adds `granted_scope`."""
        shown = self.select_related("author", "alias", "group", "root", "passage__source")
        words = ("root__body", "root__body_html", "root__search", "search")
        scope = Coalesce("concession__scope", Value(""))
        return shown.defer(*words).with_shown_author(user).annotate(granted_scope=scope)


def _name_of(person: str) -> Coalesce:
    """What `User.display_name` says of that person."""
    return Coalesce(NullIf(f"{person}__name", Value("")), f"{person}__username")


def _is_shared() -> Q:
    """Not kept by its author: staff may look at it."""
    return ~Q(audience=Audience.PRIVATE) & ~Q(status=Status.HELD)


def overseen_by(
    user: User | AnonymousUser, *, person: str = "author_id", assignment: str = "assignment"
) -> Q:
    """In a seminar where the person is staff; for a limited assistant, by the sections' people."""
    memberships = Membership.objects.of(user)
    section = Group.members.through.objects.filter(
        user=OuterRef(person),
        group__seminar=OuterRef(f"{assignment}__seminar_id"),
        group__in=memberships.limited().values("sections"),
    )
    staffed = memberships.unlimited().values("seminar_id")
    return Q(**{f"{assignment}__seminar__in": staffed}) | Q(Exists(section))


def _by_a_colleague(user: User | AnonymousUser) -> Q:
    """Written by staff, where the person is an assistant limited to sections."""
    limited = Membership.objects.of(user).limited().values("seminar_id")
    staff = Membership.objects.staff().filter(
        seminar=OuterRef("assignment__seminar_id"), user=OuterRef("author_id")
    )
    return Q(assignment__seminar__in=limited) & is_there(staff)


def _is_revealed_to(user: User | AnonymousUser) -> Q:
    """Not of a blind round that is going on; or the person has posted enough in that round."""
    revealed = ~Q(round__mode=RoundMode.BLIND) | Q(round__ends_at__lte=Now())
    if not user.pk:
        return revealed
    posted = models.Subquery(_posted_by(user))
    done = Round.objects.filter(mode=RoundMode.BLIND, reveals_after__lte=posted)
    return revealed | Q(round__in=done.values("pk"))


def _posted_by(user: User | AnonymousUser) -> AnnotationQuerySet:
    """How many count that the person posted in the round of the outer row."""
    mine = Annotation.objects.filter(round=OuterRef("pk"), author_id=user.pk).counted()
    counts = mine.order_by().values("round").annotate(count=models.Count("pk"))
    return cast("AnnotationQuerySet", counts.values("count"))


def _hides_counts(user: User | AnonymousUser) -> Q:
    """A blind round of the assignment hides others' posts from the person."""
    closed = Round.objects.filter(assignment=OuterRef("assignment_id"), mode=RoundMode.BLIND)
    closed = closed.filter(Q(ends_at=None) | Q(ends_at__gt=Now()))
    if not user.pk:
        return is_there(closed)
    enough = Q(reveals_after__lte=models.Subquery(_posted_by(user)))
    staffed = Membership.objects.of(user).unlimited().values("seminar_id")
    closed = closed.annotate(
        is_done=Coalesce(
            models.ExpressionWrapper(enough, output_field=models.BooleanField()), False
        )
    )
    return ~Q(assignment__seminar__in=staffed) & is_there(closed.filter(is_done=False))


@lru_cache(maxsize=KEPT)
def _wired(
    door: str,
    by_visitor: bool,
    base: str,
    fields: frozenset[str] | None,
) -> AnnotationQuerySet:
    """`with_wire` of what the door gives, for whoever reads it."""
    reader = cast("User", Somebody(None if by_visitor else ANYBODY))
    rows: AnnotationQuerySet = getattr(Annotation.objects, door)(reader)
    return to_be_told(rows._with_wire(reader, base, None, fields))  # noqa: SLF001 - its other half


class Annotation(PublicId, Timestamped):
    """What a person attaches to words, paragraphs or another annotation of one assignment.

    Each kind keeps to its shape, held by the constraints: counterarguments say what they attack
    and claim; evidence has a passage, a stance and a warrant; the others have neither. Without
    parent it has at least one anchor (the action's promise). `root` is the first of the thread,
    null for that one itself. `version` is raised by each change of the annotation, not by replies.
    `published_replies` and `is_met` follow from the direct replies; a trigger keeps them.
    """

    BODY_LIMIT = 10_000
    DEEPEST = 64

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="annotations")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="annotations")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="annotations"
    )
    alias = models.ForeignKey(
        Alias, on_delete=models.PROTECT, null=True, blank=True, related_name="annotations"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    body = models.TextField(blank=True)
    body_html = models.TextField(blank=True, editable=False)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replies"
    )
    root = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="thread"
    )
    depth = models.PositiveSmallIntegerField(default=0, help_text="0 for the root of a thread.")
    audience = models.CharField(max_length=20, choices=Audience.choices, default=Audience.SEMINAR)
    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="annotations"
    )
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PUBLISHED)
    status_reason = models.CharField(
        max_length=500, blank=True, help_text="Why staff hid it; its author reads this."
    )
    is_late = models.BooleanField(
        default=False, help_text="Whether it was sent to staff after the closing."
    )
    pinned_at = models.DateTimeField(null=True, blank=True)
    locked_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when only staff add to the thread."
    )
    published_at = models.DateTimeField(
        null=True, blank=True, help_text="When others could read it first."
    )
    search = SearchVectorField(null=True, editable=False)
    tags = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    is_answer = models.BooleanField(
        default=False, help_text="Whether the asker or staff took this reply as the answer."
    )
    attacks = models.CharField(max_length=20, choices=Attacks.choices, blank=True)
    counterclaim = models.CharField(max_length=300, blank=True)
    stance = models.CharField(max_length=20, choices=Stance.choices, blank=True)
    warrant = models.CharField(max_length=500, blank=True)
    passage = models.ForeignKey(
        Passage, on_delete=models.PROTECT, null=True, blank=True, related_name="annotations"
    )
    published_replies = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text="Kept by the database, as is_met."
    )
    is_met = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Whether its question is answered, or its challenge met.",
    )
    version = models.PositiveIntegerField(default=1)
    edited_at = models.DateTimeField(null=True, blank=True)
    submission_key = models.UUIDField(
        null=True, blank=True, help_text="Made by the form, so that sending it twice posts once."
    )

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values), name="annotation_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="annotation_status_is_known"
            ),
            models.CheckConstraint(
                condition=(Q(audience=Audience.GROUP) & Q(group__isnull=False))
                | (Q(audience__in=[a for a in Audience.values if a != "group"]) & Q(group=None)),
                name="annotation_has_a_group_only_for_its_audience",
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind=Kind.COUNTERARGUMENT, attacks__in=Attacks.values) & ~Q(counterclaim="")
                )
                | (~Q(kind=Kind.COUNTERARGUMENT) & Q(attacks="", counterclaim="")),
                name="annotation_counterargument_has_its_shape",
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind=Kind.EVIDENCE, stance__in=Stance.values, passage__isnull=False)
                    & ~Q(warrant="")
                )
                | (~Q(kind=Kind.EVIDENCE) & Q(stance="", warrant="", passage=None)),
                name="annotation_evidence_has_its_shape",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.EVIDENCE) | ~Q(body=""), name="annotation_has_a_body"
            ),
            models.CheckConstraint(
                condition=Q(parent=None, root=None) | Q(parent__isnull=False, root__isnull=False),
                name="annotation_reply_has_a_root",
            ),
            models.CheckConstraint(
                condition=Q(is_answer=False) | Q(parent__isnull=False),
                name="annotation_answer_is_a_reply",
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")), name="annotation_is_not_its_own_parent"
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | Q(pinned_at=None, locked_at=None),
                name="annotation_is_pinned_or_locked_as_a_thread",
            ),
            models.CheckConstraint(
                condition=Q(is_late=False) | Q(audience__in=[Audience.STAFF, Audience.PRIVATE]),
                name="annotation_late_is_for_staff",
            ),
            models.UniqueConstraint(
                fields=["author", "submission_key"], name="annotation_is_submitted_once"
            ),
        ]
        indexes = [
            models.Index(fields=["assignment", "id"], name="annotation_by_assignment"),
            models.Index(fields=["assignment", "updated_at", "id"], name="annotation_by_change"),
            models.Index(fields=["author", "id"], name="annotation_by_author"),
            models.Index(fields=["root", "id"], name="annotation_by_thread"),
            models.Index(fields=["parent", "kind"], name="annotation_by_parent"),
            GinIndex(fields=["tags"], name="annotation_by_tag"),
            GinIndex(fields=["search"], name="annotation_by_word"),
            models.Index(fields=["round", "author"], name="annotation_by_round_author"),
            models.Index(
                fields=["assignment", "id"],
                condition=Q(status="pending"),
                name="annotation_pending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def first(self) -> Annotation:
        """The first annotation of its thread, which holds what is said of the whole."""
        return self.root or self

    def get_absolute_url(self) -> str:
        """The permalink: the annotation with its thread."""
        return reverse("annotations:detail", args=[self.pk])


class Anchor(PlaceInText):
    """Where an annotation sits in one revision."""

    OWNER = "annotation_id"

    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="anchors")

    class Meta(PlaceInText.Meta):
        ordering = ["annotation_id", "position"]
        constraints = [
            *PlaceInText.Meta.constraints,
            models.UniqueConstraint(
                fields=["annotation", "revision", "position"], name="anchor_position_is_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["revision", "paragraph"], name="anchor_by_paragraph"),
        ]

    def __str__(self) -> str:
        return f"{self.annotation_id} at {self.paragraph_id} {self.start}-{self.end}"


class AnnotationVersionQuerySet(models.QuerySet["AnnotationVersion"]):
    """Reads of earlier states; who may read them at all says `may_read_history`."""

    def with_shown_actor(self, user: User | AnonymousUser) -> Self:
        """Adds whom the person reads as having made the change, as `with_shown_author` does.

        `shown_actor_id`, `shown_actor_name`, `shown_as_alias`. Another student changes an
        annotation by taking it as an answer, or by changing who reads the thread.
        """
        alias = Alias.objects.filter(
            assignment=OuterRef("annotation__assignment"), user=OuterRef("by")
        )
        overseen = overseen_by(user, person="by_id", assignment="annotation__assignment")
        hidden = Q(Exists(alias)) & ~overseen
        if user.pk:
            hidden &= ~Q(by_id=user.pk)
        return self.annotate(
            shown_as_alias=models.ExpressionWrapper(hidden, output_field=models.BooleanField()),
            shown_actor_id=Case(
                When(hidden, then=models.Subquery(alias.values("pk"))), default="by_id"
            ),
            shown_actor_name=Case(
                When(hidden, then=models.Subquery(alias.values("name"))), default=_name_of("by")
            ),
        )


class AnnotationVersion(models.Model):
    """An annotation as it stood after one of its changes; the first is its creation.

    `details` holds what the kind adds (attacks, counterclaim, stance, warrant, source, quote,
    locator), and the tags, audience and group of that moment. `undo` is what taking this change
    back needs (`actions.undoing`), null for what cannot be undone.
    """

    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="history")
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    status = models.CharField(max_length=20, choices=Status.choices)
    body = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    undo = models.JSONField(null=True, blank=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = AnnotationVersionQuerySet.as_manager()

    class Meta:
        ordering = ["annotation_id", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["annotation", "version"], name="annotation_version_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version} of {self.annotation_id}"

    @property
    def body_html(self) -> SafeString:
        """The body of that moment as safe HTML."""
        return render_markdown(self.body)
