"""The argument: claims, what supports them, what attacks them, and what is granted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q

from annotations.enums import (
    ASSERTS,
    Burden,
    ClaimAct,
    ClaimOrigin,
    ClaimType,
    MapStatus,
    RelationKind,
    Status,
)
from annotations.models.annotation import Annotation, overseen_by
from annotations.models.places import PlaceInText
from debate.assignments.models import Assignment
from debate.core.db import built_once, is_there
from debate.core.models import PublicId, Timestamped

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User


def _of_readable(readable: models.QuerySet[Annotation], path: str = "annotation_id") -> Q:
    """Made by an annotation that stands in `readable`."""
    return Q(**{f"{path}__isnull": False}) & is_there(readable.filter(pk=OuterRef(path)))


def _is_hidden(readable: models.QuerySet[Annotation], *paths: str) -> Q:
    """One of the annotations at these paths does not stand in `readable`."""
    there = Q(*[Q(pk=OuterRef(path)) for path in paths], _connector=Q.OR)
    known = is_there(readable.filter(pk=OuterRef("pk")))
    return is_there(Annotation.objects.filter(there).exclude(known))


def _is_unknown(
    user: User | AnonymousUser, readable: models.QuerySet[Annotation], *paths: str
) -> Q:
    """One of the claims at these paths is not known beside what stands in `readable`."""
    there = Q(*[Q(pk=OuterRef(path)) for path in paths], _connector=Q.OR)
    known = Claim.objects.known_beside(user, readable).filter(pk=OuterRef("pk"))
    return is_there(Claim.objects.filter(there).exclude(is_there(known)))


def _has_unknown_premise(
    user: User | AnonymousUser, readable: models.QuerySet[Annotation], path: str
) -> Q:
    """The inference at that path has a premise that is not known beside what is in `readable`."""
    premises = Inference.premises.through.objects.filter(inference=OuterRef(path))
    known = Claim.objects.known_beside(user, readable).filter(pk=OuterRef("claim_id"))
    return is_there(premises.exclude(is_there(known)))


def _has_gone(*paths: str) -> Q:
    """One of the claims at these paths was taken off the map, or the note that makes it withdrawn."""
    there = Q(*[Q(pk=OuterRef(path)) for path in paths], _connector=Q.OR)
    gone = Q(status=MapStatus.WITHDRAWN) | Q(annotation__status=Status.WITHDRAWN)
    return is_there(Claim.objects.filter(there).filter(gone))


def _has_premise_gone(path: str) -> Q:
    """The same of a premise of the inference at that path."""
    premises = Inference.premises.through.objects.filter(inference=OuterRef(path))
    return is_there(premises.filter(_has_gone("claim_id")))


def _on_the_map(user: User | AnonymousUser, of: str = "") -> Q:
    """Put on the map by hand, of an assignment that the person is concerned with."""
    set_to = Assignment.objects.set_to(user).values("pk")
    marked = {f"{of}annotation": None, f"{of}status": MapStatus.MARKED}
    return Q(**marked, assignment__in=set_to)


def _in_hand(user: User | AnonymousUser, of: str = "") -> Q:
    """Proposed or taken off: seen by who added it and by staff over that person."""
    if not user.pk:
        return Q(pk=None)
    by_hand = {f"{of}annotation": None}
    own = Q(**by_hand, **{f"{of}added_by_id": user.pk}) & ~Q(**{f"{of}status": MapStatus.MARKED})
    kept = Q(**by_hand, **{f"{of}status__in": (MapStatus.PROPOSED, MapStatus.WITHDRAWN)})
    set_to = Assignment.objects.set_to(user).values("pk")
    overseen = overseen_by(user, person=f"{of}added_by_id")
    return (own | (kept & overseen)) & Q(assignment__in=set_to)


class ImportedGraph(PublicId):
    """A map read from a file: its content as it came, and which rows were made of which nodes.

    What we do not model stays in `content`, so that an export gives it back. Deleting it takes
    away what it made.
    """

    assignment = models.ForeignKey(
        Assignment, on_delete=models.CASCADE, related_name="imported_graphs"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    format = models.CharField(max_length=20)
    name = models.CharField(max_length=200, blank=True)
    content = models.JSONField()
    mapping = models.JSONField(default=dict, help_text="Keys of the file to ids of rows.")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.format} {self.name}"


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Reads of claims; every one of them begins with `visible_to`."""

    @built_once
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The claims that the person may know of.

        The claim of a counterargument or a support is known where that is read; other notes have
        one because somebody answered them, and who reads no such answer is not told. A claim of
        the essay that stands on the map is known to whoever the assignment is set to; one that is
        proposed, or taken off, to who added it and to staff over that person. What an annotation
        bears on is known where that annotation is read, and of an implied claim nobody else knows:
        it would tell what a private note, a blind round or another group says.
        """
        readable = Annotation.objects.visible_to(user)
        bearing = is_there(
            readable.filter(
                Q(relation__target_claim=OuterRef("pk"))
                | Q(inference__conclusion=OuterRef("pk"))
                | Q(concession__claim=OuterRef("pk"))
            )
        )
        asserted = Q(annotation__kind__in=ASSERTS)
        open_to_notes = Q(annotation=None, status__in=(MapStatus.PROPOSED, MapStatus.IMPLIED))
        named = (_of_readable(readable) | open_to_notes) & (asserted | bearing)
        return self.filter(named | _on_the_map(user) | _in_hand(user))

    def known_beside(
        self, user: User | AnonymousUser, readable: models.QuerySet[Annotation]
    ) -> Self:
        """`visible_to` of claims that an annotation bears on which the person reads anyway.

        `readable` are the annotations that the person may read.
        """
        named = Q(annotation=None, status__in=(MapStatus.PROPOSED, MapStatus.IMPLIED))
        return self.filter(_of_readable(readable) | _on_the_map(user) | _in_hand(user) | named)

    def standing(self) -> Self:
        """Those neither taken off the map nor made by a withdrawn note."""
        return self.exclude(status=MapStatus.WITHDRAWN).exclude(annotation__status=Status.WITHDRAWN)

    def on_map(self, user: User | AnonymousUser, borne_on: Collection[UUID]) -> Self:
        """The essay's and imported claims that the person's map shows.

        Those put on it by hand, and those of `borne_on`, which annotations bear on that the person
        reads; so a part of `visible_to`, found without asking again who reads those annotations.
        """
        named = Q(annotation=None, pk__in=borne_on) & ~Q(status=MapStatus.WITHDRAWN)
        return self.filter(_on_the_map(user) | named)


class Claim(PublicId, Timestamped):
    """One proposition, of the essay or asserted by an annotation.

    `status` speaks of claims put on the map by hand; an annotation's claim stands and falls with
    its annotation. `merged_into` is the claim that says the same and is shown instead. `version` is
    raised by each change; the states before are kept as `ClaimVersion`.
    """

    TEXT_LIMIT = 300

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="claims")
    text = models.CharField(max_length=TEXT_LIMIT)
    origin = models.CharField(max_length=20, choices=ClaimOrigin.choices, default=ClaimOrigin.ESSAY)
    status = models.CharField(max_length=20, choices=MapStatus.choices, default=MapStatus.MARKED)
    type = models.CharField(max_length=20, choices=ClaimType.choices, blank=True)
    is_thesis = models.BooleanField(default=False)
    has_burden = models.BooleanField(
        default=False, help_text="Whether it needs a standing reason, by a house rule that says so."
    )
    is_explicit = models.BooleanField(
        default=True, help_text="Whether the essay says it, rather than takes it for granted."
    )
    annotation = models.OneToOneField(
        Annotation, on_delete=models.CASCADE, null=True, blank=True, related_name="claim"
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="claims"
    )
    imported = models.ForeignKey(
        ImportedGraph, on_delete=models.CASCADE, null=True, blank=True, related_name="claims"
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )
    version = models.PositiveIntegerField(default=1)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(origin=ClaimOrigin.ANNOTATION, annotation__isnull=False)
                | (Q(annotation=None) & Q(origin__in=(ClaimOrigin.ESSAY, ClaimOrigin.IMPORTED))),
                name="claim_of_an_annotation_has_one",
            ),
            models.CheckConstraint(
                condition=Q(origin=ClaimOrigin.IMPORTED, imported__isnull=False)
                | (~Q(origin=ClaimOrigin.IMPORTED) & Q(imported=None)),
                name="claim_imported_names_its_file",
            ),
            models.CheckConstraint(
                condition=Q(status__in=MapStatus.values), name="claim_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(type="") | Q(type__in=ClaimType.values), name="claim_type_is_known"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="claim_says_something"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
                name="claim_is_not_merged_into_itself",
            ),
            models.CheckConstraint(
                condition=Q(is_thesis=False) | Q(annotation=None, merged_into=None),
                name="claim_thesis_stands_for_itself",
            ),
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(is_thesis=True) & ~Q(status=MapStatus.WITHDRAWN),
                name="claim_thesis_is_one_an_assignment",
            ),
        ]
        indexes = [models.Index(fields=["assignment", "id"], name="claim_by_assignment")]

    def __str__(self) -> str:
        return self.text


class ClaimAnchor(PlaceInText):
    """Where the essay says a claim, in one revision."""

    OWNER = "claim_id"

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="anchors")

    class Meta(PlaceInText.Meta):
        ordering = ["claim_id", "position"]
        constraints = [
            *PlaceInText.Meta.constraints,
            models.UniqueConstraint(
                fields=["claim", "revision", "position"], name="claimanchor_position_is_unique"
            ),
        ]
        indexes = [models.Index(fields=["revision", "paragraph"], name="claimanchor_by_paragraph")]

    def __str__(self) -> str:
        return f"{self.claim_id} at {self.paragraph_id} {self.start}-{self.end}"


class ClaimVersion(models.Model):
    """A claim as it stood after one of its changes; the first is its creation.

    `details` holds type, burden, thesis, status and what it was merged into or split from.
    """

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="history")
    version = models.PositiveIntegerField()
    act = models.CharField(max_length=20, choices=ClaimAct.choices)
    text = models.CharField(max_length=Claim.TEXT_LIMIT)
    details = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["claim_id", "version"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "version"], name="claim_version_is_unique"),
            models.CheckConstraint(
                condition=Q(act__in=ClaimAct.values), name="claim_version_act_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version} of {self.claim_id}"


class InferenceQuerySet(models.QuerySet["Inference"]):
    """Reads of inferences."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those between claims that the person may know of, and made by what the person may read."""
        readable = Annotation.objects.visible_to(user)
        return self.filter(
            Q(annotation__isnull=False) | _on_the_map(user) | _in_hand(user),
            ~_is_hidden(readable, "annotation_id"),
            ~_is_unknown(user, readable, "conclusion_id"),
            ~_has_unknown_premise(user, readable, "pk"),
        )

    def standing(self) -> Self:
        """Those neither taken off the map nor made by a withdrawn note, as all claims at their ends."""
        on_map = self.exclude(status=MapStatus.WITHDRAWN).exclude(
            annotation__status=Status.WITHDRAWN
        )
        return on_map.filter(~_has_gone("conclusion_id"), ~_has_premise_gone("pk"))

    def on_map(self, user: User | AnonymousUser) -> Self:
        """The steps put on the map by hand that the person's map shows between claims known there."""
        return self.filter(_on_the_map(user))


class Inference(PublicId, Timestamped):
    """Premises, taken together, as a reason for a conclusion; convergent reasons are several rows.

    One made by evidence has no claims as premises: its premise is the annotation's passage.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="inferences")
    conclusion = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="reasons")
    premises = models.ManyToManyField(Claim, related_name="uses", blank=True)
    scheme = models.CharField(
        max_length=100, blank=True, help_text="Argumentation scheme, after Walton."
    )
    warrant = models.CharField(max_length=500, blank=True)
    is_explicit = models.BooleanField(default=True)
    status = models.CharField(max_length=20, choices=MapStatus.choices, default=MapStatus.MARKED)
    annotation = models.OneToOneField(
        Annotation, on_delete=models.CASCADE, null=True, blank=True, related_name="inference"
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="inferences"
    )
    imported = models.ForeignKey(
        ImportedGraph, on_delete=models.CASCADE, null=True, blank=True, related_name="inferences"
    )
    version = models.PositiveIntegerField(default=1)

    objects = InferenceQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=MapStatus.values), name="inference_status_is_known"
            ),
        ]
        indexes = [models.Index(fields=["assignment", "id"], name="inference_by_assignment")]

    def __str__(self) -> str:
        return f"a reason for {self.conclusion_id}"


class RelationQuerySet(models.QuerySet["Relation"]):
    """Reads of relations."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those whose both ends the person may know of, and made by what the person may read."""
        readable = Annotation.objects.visible_to(user)
        step = (
            Q(target_inference=None)
            | Q(target_inference__annotation__isnull=False)
            | _on_the_map(user, "target_inference__")
            | _in_hand(user, "target_inference__")
        )
        notes = ("annotation_id", "target_evidence_id", "target_inference__annotation_id")
        claims = ("source_id", "target_claim_id", "target_inference__conclusion_id")
        return self.filter(
            Q(annotation__isnull=False) | _on_the_map(user) | _in_hand(user),
            step,
            ~_is_hidden(readable, *notes),
            ~_is_unknown(user, readable, *claims),
            ~_has_unknown_premise(user, readable, "target_inference_id"),
        )

    def standing(self) -> Self:
        """Those neither taken off the map nor made by a withdrawn note, as all at their ends."""
        on_map = (
            self.exclude(status=MapStatus.WITHDRAWN)
            .exclude(annotation__status=Status.WITHDRAWN)
            .exclude(target_inference__status=MapStatus.WITHDRAWN)
            .exclude(target_inference__annotation__status=Status.WITHDRAWN)
            .exclude(target_evidence__status=Status.WITHDRAWN)
        )
        ends = ("source_id", "target_claim_id", "target_inference__conclusion_id")
        return on_map.filter(~_has_gone(*ends), ~_has_premise_gone("target_inference_id"))

    def on_map(self, user: User | AnonymousUser) -> Self:
        """The attacks put on the map by hand that the person's map shows between claims known there."""
        return self.filter(_on_the_map(user))


class Relation(PublicId, Timestamped):
    """A claim, or a piece of evidence, attacks a claim, a step or a piece of evidence.

    Without `source` the attacker is the evidence of `annotation`. A rebuttal holds both ways
    unless it `is_one_way` or the house rules say otherwise; the others are one way (Modgil &
    Prakken 2014, "The ASPIC+ framework for structured argumentation", 3.3).
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="relations")
    kind = models.CharField(max_length=20, choices=RelationKind.choices)
    source = models.ForeignKey(
        Claim, on_delete=models.CASCADE, null=True, blank=True, related_name="attacks_made"
    )
    target_claim = models.ForeignKey(
        Claim, on_delete=models.CASCADE, null=True, blank=True, related_name="attacks_met"
    )
    target_inference = models.ForeignKey(
        Inference, on_delete=models.CASCADE, null=True, blank=True, related_name="attacks_met"
    )
    target_evidence = models.ForeignKey(
        Annotation, on_delete=models.CASCADE, null=True, blank=True, related_name="attacks_met"
    )
    is_one_way = models.BooleanField(default=False)
    rationale = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=20, choices=MapStatus.choices, default=MapStatus.MARKED)
    annotation = models.OneToOneField(
        Annotation, on_delete=models.CASCADE, null=True, blank=True, related_name="relation"
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="relations"
    )
    imported = models.ForeignKey(
        ImportedGraph, on_delete=models.CASCADE, null=True, blank=True, related_name="relations"
    )
    version = models.PositiveIntegerField(default=1)

    objects = RelationQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind=RelationKind.UNDERCUTS,
                    target_inference__isnull=False,
                    target_claim=None,
                    target_evidence=None,
                )
                | Q(
                    kind__in=(RelationKind.REBUTS, RelationKind.UNDERMINES),
                    target_claim__isnull=False,
                    target_inference=None,
                    target_evidence=None,
                )
                | Q(
                    kind=RelationKind.UNDERMINES,
                    target_evidence__isnull=False,
                    target_claim=None,
                    target_inference=None,
                ),
                name="relation_attacks_one_thing_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(source__isnull=False) | Q(annotation__isnull=False),
                name="relation_has_an_attacker",
            ),
            models.CheckConstraint(
                condition=Q(source=None) | Q(target_claim=None) | ~Q(source=F("target_claim")),
                name="relation_is_not_to_itself",
            ),
            models.CheckConstraint(
                condition=Q(status__in=MapStatus.values), name="relation_status_is_known"
            ),
            models.UniqueConstraint(
                fields=["source", "kind", "target_claim", "target_inference", "target_evidence"],
                condition=Q(source__isnull=False) & ~Q(status=MapStatus.WITHDRAWN),
                nulls_distinct=False,
                name="relation_is_made_once",
            ),
        ]
        indexes = [models.Index(fields=["assignment", "id"], name="relation_by_assignment")]

    def __str__(self) -> str:
        return f"{self.kind} by {self.source_id or self.annotation_id}"

    @property
    def target_id(self) -> Any:
        """The id of what is attacked, of whichever kind."""
        return self.target_claim_id or self.target_inference_id or self.target_evidence_id


class ConcessionQuerySet(models.QuerySet["Concession"]):
    """Reads of concessions."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those made by what the person may read, of a claim that the person may know of."""
        readable = Annotation.objects.visible_to(user).filter(pk=OuterRef("annotation_id"))
        known = Claim.objects.visible_to(user).filter(pk=OuterRef("claim_id"))
        return self.filter(is_there(readable), is_there(known))

    def standing(self) -> Self:
        """Those made by no withdrawn note, of a claim that was not taken off the map."""
        return self.exclude(annotation__status=Status.WITHDRAWN).filter(~_has_gone("claim_id"))


class Concession(PublicId):
    """What the author of a concession grants, and how far ("granted, but …")."""

    annotation = models.OneToOneField(
        Annotation, on_delete=models.CASCADE, related_name="concession"
    )
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="concessions")
    scope = models.CharField(max_length=500, blank=True)

    objects = ConcessionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.annotation_id} grants {self.claim_id}"


class HouseRulesQuerySet(models.QuerySet["HouseRules"]):
    """Reads of house rules."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The rules of the assignments that the person may see: they explain every label."""
        return self.filter(assignment__in=Assignment.objects.visible_to(user))


class HouseRules(PublicId):
    """By which rules an assignment's labels are kept; each change is a new version, the last holds.

    `cutoff_at` leaves out what was published later. Without a row the defaults of the fields hold,
    as version 0.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="house_rules")
    version = models.PositiveIntegerField(default=1)
    burden = models.CharField(max_length=20, choices=Burden.choices, default=Burden.NONE)
    symmetric_rebuts = models.BooleanField(default=True)
    cutoff_at = models.DateTimeField(null=True, blank=True)
    students_mark_claims = models.BooleanField(default=False)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = HouseRulesQuerySet.as_manager()

    class Meta:
        ordering = ["assignment_id", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "version"], name="house_rules_version_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(burden__in=Burden.values), name="house_rules_burden_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"rules {self.version} of {self.assignment_id}"
