"""What an annotation does in the argument: the claim it asserts, and what that bears on.

A person who annotates says what is wrong, in plain words; claim, inference, relation or concession
follow from that, from the place in the essay and from the annotation replied to.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Case, F, Q, Value, When
from django.utils.html import strip_tags

from annotations import arguments, selectors
from annotations.actions.changes import NOUNS, record_argument, record_gone
from annotations.enums import (
    ASSERTS,
    BREADTH,
    Attacks,
    Audience,
    ClaimAct,
    ClaimOrigin,
    Kind,
    MapStatus,
    Op,
    RelationKind,
    Stance,
    Status,
)
from annotations.models import (
    Claim,
    ClaimAnchor,
    ClaimVersion,
    Concession,
    Inference,
    Relation,
)
from debate.core.errors import Invalid
from debate.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from annotations.actions.inputs import Content
    from annotations.models import Anchor, Annotation
    from annotations.models.places import PlaceInText
    from debate.accounts.models import User
    from debate.assignments.models import Assignment

# From what share of its words on a note is taken to mean a claim that nobody has marked.
SAME_WORDS = 0.5

LONGEST_SCOPE = 500

NO_TARGET = {"target_claim": None, "target_inference": None, "target_evidence": None}

# What a place of a claim has from the place of the annotation.
PLACE = (
    "revision",
    "position",
    "paragraph",
    "start",
    "end",
    "exact",
    "prefix",
    "suffix",
    "state",
    "confidence",
)

Linked = TypeVar("Linked", Inference, Relation)


@dataclass(frozen=True)
class Aim:
    """An argument as it can be met: its conclusion, the reason given, the step between them.

    `own` is what the argument itself says, which is supported, granted or spoken against: for a
    support its reason, else the conclusion.
    """

    conclusion: Claim | None
    own: Claim | None
    reason: Claim | Annotation | None = None
    step: Inference | None = None


def argues(kind: str, stance: str) -> bool:
    """Whether an annotation of the kind bears on a claim; evidence that gives context does not."""
    return kind in {Kind.SUPPORT, Kind.COUNTERARGUMENT, Kind.CONCESSION} or (
        kind == Kind.EVIDENCE and stance != Stance.CONTEXT
    )


def attach_argument(
    annotation: Annotation, content: Content, *, actor: User, anchors: Sequence[Anchor]
) -> None:
    """Make the rows that the new annotation's kind stands for, under the assignment's lock.

    Evidence for a claim and supports make an inference, evidence against it and counterarguments a
    relation, concessions a concession; comments, questions and evidence that only gives context
    make nothing. Raises Invalid that names `claim` or `concession.scope`.
    """
    scope = scope_in(content)
    if not argues(annotation.kind, annotation.stance):
        _refuse_claim(content)
        return
    aim = (
        _chosen(annotation, content.claim_id, actor)
        if content.claim_id
        else _aim(annotation, actor, anchors)
    )
    _Argument(annotation, scope, actor, is_new=True).aim_at(aim)


def follow_argument(
    annotation: Annotation, content: Content, *, actor: User, argued: tuple[str, str, str]
) -> None:
    """Let the rows follow an edited annotation; `argued` is kind, attacks and stance before.

    What it bears on stays, unless `content.claim_id` names another; challenges to a step that is
    gone stand against what the annotation says now. Raises as `attach_argument`.
    """
    scope = scope_in(content)
    claim = Claim.objects.filter(annotation=annotation).first()
    if claim:
        claim.annotation = annotation
        _reword(claim)
    argument = _Argument(annotation, scope, actor, claim)
    now = (annotation.kind, annotation.attacks, annotation.stance)
    if not argues(annotation.kind, annotation.stance):
        _refuse_claim(content)
    if now == argued and not content.claim_id:
        argument.keep_words()
        return
    before = claim_borne_on(annotation)
    around = _around(annotation, [one for one in (before, argument.claim) if one])
    if not argues(annotation.kind, annotation.stance):
        argument.keep_only(None)
    elif content.claim_id:
        argument.aim_at(_chosen(annotation, content.claim_id, actor))
    else:
        anchors = list(annotation.anchors.select_related("paragraph", "revision"))
        argument.aim_at(_aim(annotation, actor, anchors, before=before))
    for one in (before, argument.claim):
        _drop_idle(one)
    _record_rest(annotation, around)


def _around(
    annotation: Annotation, claims: Sequence[Claim]
) -> dict[UUID, Claim | Inference | Relation | Concession]:
    """What an edit of the annotation may move or take off the map, by id."""
    own = {"annotation": annotation}
    met = Q(target_inference__annotation=annotation) | Q(target_evidence=annotation)
    met |= Q(target_claim__annotation=annotation)
    rows = (
        *claims,
        *Inference.objects.filter(**own),
        *Concession.objects.filter(**own),
        *Relation.objects.filter(Q(**own) | met),
    )
    return {row.pk: row for row in rows}


def _record_rest(
    annotation: Annotation, around: Mapping[UUID, Claim | Inference | Relation | Concession]
) -> None:
    """Write lines of what is gone of these rows, or shown by it no more, and of others' that were turned.

    What the annotation makes is told of with the annotation.
    """
    for pk, row in around.items():
        fresh = type(row).objects.filter(pk=pk).first()
        is_others = isinstance(row, Relation) and row.annotation_id != annotation.pk
        if isinstance(row, Relation) and is_others:
            if fresh is None or fresh.version != row.version:  # type: ignore[union-attr]  # a relation
                row.assignment = annotation.assignment
                row.version += 1
                op = Op.UPDATE if fresh else Op.WITHDRAW
                record_argument(row, op, before=row.status)
        elif fresh is None or (isinstance(fresh, Claim) and not _is_shown_by(annotation, fresh)):
            record_gone(annotation, NOUNS[type(row)], pk)


def _is_shown_by(annotation: Annotation, claim: Claim) -> bool:
    """Whether the annotation's readers know the claim anyway, or by it: it asserts it, or bears on it."""
    if claim.annotation_id is None and claim.status == MapStatus.MARKED:
        return True
    if claim.annotation_id == annotation.pk:
        return annotation.kind in ASSERTS
    borne = claim_borne_on(annotation)
    return borne is not None and borne.pk == claim.pk


def changes_argument(annotation: Annotation, content: Content) -> bool:
    """Whether the content names another claim, or grants as far as another scope, than stands.

    Raises Invalid that names `concession.scope`.
    """
    if content.claim_id:
        before = claim_borne_on(annotation)
        if before is None or before.pk != content.claim_id:
            return True
    if content.kind != Kind.CONCESSION:
        return bool(content.scope)
    stands = Concession.objects.filter(annotation=annotation).values_list("scope", flat=True)
    return scope_in(content) != (stands.first() or "")


def claim_borne_on(annotation: Annotation) -> Claim | None:
    """The claim that the annotation attacks, supports or grants; of an attacked step its conclusion.

    None where it attacks a piece of evidence, and where it bears on nothing.
    """
    relation = Relation.objects.filter(annotation=annotation)
    attack = relation.select_related("target_claim", "target_inference__conclusion").first()
    if attack:
        step = attack.target_inference
        return step.conclusion if step else attack.target_claim
    reason = Inference.objects.filter(annotation=annotation).select_related("conclusion").first()
    if reason:
        return reason.conclusion
    granted = Concession.objects.filter(annotation=annotation).select_related("claim").first()
    return granted.claim if granted else None


def refuse_cycle(
    assignment: Assignment, premises: Iterable[Claim], conclusion: Claim, *, but: UUID | None = None
) -> None:
    """Raise Invalid that names `claim` if the step would make a claim a reason for itself.

    `but` is the inference that is about to be replaced.
    """
    standing = Inference.objects.filter(assignment=assignment).exclude(status=MapStatus.WITHDRAWN)
    if but:
        standing = standing.exclude(pk=but)
    rows = standing.values_list(
        "pk",
        "conclusion_id",
        "conclusion__merged_into_id",
        "premises",
        "premises__merged_into_id",
    )
    known = [
        arguments.Inference(str(pk), (str(into or premise),), str(merged or end))
        for pk, end, merged, premise, into in rows
        if premise
    ]
    new = arguments.Inference(
        "new",
        tuple(str(one.merged_into_id or one.pk) for one in premises),
        str(conclusion.merged_into_id or conclusion.pk),
    )
    # A circle of others, as in an imported map, is not this step's fault.
    circle = arguments.find_cycle_of_supports(known, new)
    if circle and new.conclusion in circle and not set(new.premises).isdisjoint(circle):
        raise Invalid("So the claim would be a reason for itself, by way of others.", field="claim")


def keep_claim_version(claim: Claim, act: ClaimAct, *, by: User, **details: str) -> None:
    """Keep the claim as it now stands in its history."""
    ClaimVersion.objects.create(
        claim=claim,
        version=claim.version,
        act=act,
        text=claim.text,
        details={
            "type": claim.type,
            "status": claim.status,
            "is_thesis": claim.is_thesis,
            "has_burden": claim.has_burden,
            "is_explicit": claim.is_explicit,
            **details,
        },
        by=by,
    )


def scope_in(content: Content) -> str:
    """How far the content grants, "" for other kinds. Raises Invalid that names the member."""
    scope = clean(
        content.scope, field="concession.scope", limit=LONGEST_SCOPE, required=False, one_line=True
    )
    if scope and content.kind != Kind.CONCESSION:
        raise Invalid("Only a concession says how far it grants.", field="concession")
    return scope


def _refuse_claim(content: Content) -> None:
    if content.claim_id:
        raise Invalid("What is posted so bears on no claim.", field="claim")


class _Argument:
    """The rows of one annotation, made or brought to what it says now.

    `claim` is the one that the annotation asserts already; of a new annotation nothing is looked for.
    """

    def __init__(
        self,
        annotation: Annotation,
        scope: str,
        actor: User,
        claim: Claim | None = None,
        *,
        is_new: bool = False,
    ) -> None:
        self.annotation = annotation
        self.scope = scope
        self.actor = actor
        self.claim = claim
        self.is_new = is_new

    def aim_at(self, aim: Aim) -> None:
        """Let it bear on the claim, or on the argument that it replies to."""
        kind, stance = self.annotation.kind, self.annotation.stance
        if kind == Kind.CONCESSION:
            self._concede(self._own(aim))
        elif kind == Kind.SUPPORT:
            self._infer(self._own(aim), premises=[self._asserted()])
        elif kind == Kind.COUNTERARGUMENT:
            hit = _hit(aim, self.annotation.attacks, self.actor)
            self._attack(hit, source=self._asserted())
        elif stance == Stance.SUPPORTS:
            self._infer(self._own(aim), premises=[])
        else:
            hit = _hit(Aim(aim.own, aim.own, aim.reason), Attacks.CONCLUSION, self.actor)
            self._attack(hit, source=None)

    def keep_words(self) -> None:
        """Bring warrant and scope to what they are now; what it bears on stays."""
        kind, warrant = self.annotation.kind, self.annotation.warrant
        if kind == Kind.EVIDENCE:
            steps = Inference.objects.filter(annotation=self.annotation).exclude(warrant=warrant)
            steps.update(warrant=warrant, version=F("version") + 1)
        elif kind == Kind.CONCESSION:
            Concession.objects.filter(annotation=self.annotation).update(scope=self.scope)

    def keep_only(self, made: type[Inference | Relation | Concession] | None) -> None:
        """Take away what a former kind made; challenges to it stand against what it says now."""
        if self.is_new:
            return
        if made is not Inference:
            self._turn_challenges()
        for model in (Inference, Relation, Concession):
            if model is not made:
                model.objects.filter(annotation=self.annotation).delete()

    def _own(self, aim: Aim) -> Claim:
        """The claim that is supported or granted; of evidence that has none, what it shows."""
        return aim.own or _asserted_by(self.annotation.parent)  # type: ignore[arg-type]  # what has no claim is replied to

    def _asserted(self) -> Claim:
        if self.claim is None:
            self.claim = _assert(self.annotation)
        return self.claim

    def _concede(self, claim: Claim) -> None:
        self.keep_only(Concession)
        given = {"claim": claim, "scope": self.scope}
        if self.is_new:
            Concession.objects.create(annotation=self.annotation, **given)
        else:
            Concession.objects.update_or_create(annotation=self.annotation, defaults=given)

    def _infer(self, conclusion: Claim, *, premises: list[Claim]) -> None:
        self.keep_only(Inference)
        row = self._linked(Inference)
        # Nothing can lead to a claim that has only now been made.
        if not self.is_new:
            refuse_cycle(self.annotation.assignment, premises, conclusion, but=row.pk)
        row.conclusion, row.warrant = conclusion, self.annotation.warrant
        _save(row)
        if not self.is_new:
            row.premises.clear()
        row.premises.add(*premises)

    def _attack(self, hit: dict[str, Any], *, source: Claim | None) -> None:
        self.keep_only(Relation)
        row = self._linked(Relation)
        row.source = source
        for name, value in {**NO_TARGET, **hit}.items():
            setattr(row, name, value)
        if source and source == row.target_claim:
            raise Invalid("A claim cannot attack itself.", field="claim")
        if not self.is_new and _twin_of(row):
            raise Invalid("This attack stands on the map already.", field="claim")
        _save(row)

    def _linked(self, model: type[Linked]) -> Linked:
        """The annotation's row of that model, a new one where there is none."""
        stands = None if self.is_new else model.objects.filter(annotation=self.annotation).first()
        return stands or model(
            assignment=self.annotation.assignment,
            annotation=self.annotation,
            added_by=self.annotation.author,
        )

    def _turn_challenges(self) -> None:
        """Let challenges to a step, or to evidence, that is no more stand against what is said now."""
        met = Relation.objects.filter(
            Q(target_inference__annotation=self.annotation) | Q(target_evidence=self.annotation)
        )
        is_evidence = self.annotation.kind == Kind.EVIDENCE
        for challenge in met.exclude(annotation=self.annotation):
            if is_evidence and challenge.target_evidence_id:
                continue
            hit: dict[str, Any] = {"kind": RelationKind.UNDERMINES}
            hit |= (
                {"target_evidence": self.annotation}
                if is_evidence
                else {"target_claim": self._asserted()}
            )
            _turn(challenge, hit)


def _save(row: Inference | Relation) -> None:
    if not row._state.adding:  # noqa: SLF001 - Django's documented way to tell a new row
        row.version += 1
    row.save()


def _turn(challenge: Relation, hit: dict[str, Any]) -> None:
    """Let a challenge hit something else; of two that are the same then, one made by a note stays."""
    for name, value in {**NO_TARGET, **hit}.items():
        setattr(challenge, name, value)
    twin = _twin_of(challenge)
    if twin and challenge.annotation_id is None:
        challenge.delete()
        return
    if twin:
        twin.delete()
    challenge.version += 1
    challenge.save()


def _twin_of(relation: Relation) -> Relation | None:
    """Another relation that says the same: the map keeps one of the kind between two ends."""
    if relation.source_id is None:
        return None
    others = Relation.objects.filter(
        source=relation.source_id,
        kind=relation.kind,
        target_claim=relation.target_claim_id,
        target_inference=relation.target_inference_id,
        target_evidence=relation.target_evidence_id,
    )
    return others.exclude(pk=relation.pk).exclude(status=MapStatus.WITHDRAWN).first()


def _hit(aim: Aim, attacks: str, actor: User) -> dict[str, Any]:
    """What is attacked, and how; a step or reason that nobody has told apart is the claim itself."""
    if attacks == Attacks.STEP:
        step = aim.step or (_marked_step(aim.conclusion, actor) if aim.conclusion else None)
        if step:
            return {"kind": RelationKind.UNDERCUTS, "target_inference": step}
    elif attacks != Attacks.REASON and aim.conclusion:
        return {"kind": RelationKind.REBUTS, "target_claim": aim.conclusion}
    reason = aim.reason or aim.conclusion
    name = "target_claim" if isinstance(reason, Claim) else "target_evidence"
    return {"kind": RelationKind.UNDERMINES, name: reason}


def _marked_step(claim: Claim, actor: User) -> Inference | None:
    """The step of the map that leads to the claim, else the one that leads from it."""
    steps = Inference.objects.visible_to(actor).filter(
        Q(conclusion=claim) | Q(premises=claim),
        assignment=claim.assignment_id,
        annotation=None,
        status=MapStatus.MARKED,
    )
    leads_to_it = Case(When(conclusion=claim, then=Value(0)), default=Value(1))
    return steps.order_by(leads_to_it, "id").first()


def _aim(
    annotation: Annotation,
    actor: User,
    anchors: Sequence[Anchor],
    *,
    before: Claim | None = None,
) -> Aim:
    """What is met: the thread's argument or the essay's claim, unless it bore on another before."""
    parent, before = annotation.parent, _standing_for(before) if before else None
    # Of these alone more than one thing can be met.
    if before and (parent is None or parent.kind not in {Kind.EVIDENCE, Kind.SUPPORT}):
        return _at(before)
    if parent is None:
        return _at(_claim_at(annotation.assignment, actor, anchors))
    met = _met(parent, annotation.assignment, actor)
    return met if before in {None, met.conclusion, met.own} else _at(before)


def _chosen(annotation: Annotation, claim_id: UUID, actor: User) -> Aim:
    """The claim that the actor named, which as many must be able to read as the annotation."""
    known = Claim.objects.visible_to(actor).filter(assignment=annotation.assignment)
    known = known.select_related("annotation")
    claim = known.filter(pk=claim_id).first()
    if claim and claim.merged_into_id:
        claim = known.filter(pk=claim.merged_into_id).first() or claim
    if claim is None or claim.status == MapStatus.WITHDRAWN:
        raise Invalid("This assignment has no such claim.", field="claim")
    if claim.annotation_id == annotation.pk:
        raise Invalid("A claim cannot bear on itself.", field="claim")
    if claim.annotation and claim.annotation.status != Status.PUBLISHED:
        raise Invalid("What makes that claim is not published.", field="claim")
    if claim.annotation and not is_read_where(claim.annotation, annotation):
        raise Invalid("That claim is read by fewer people than this note.", field="claim")
    return _at(claim)


def is_read_where(one: Annotation, other: Annotation) -> bool:
    """Whether whoever reads the other, which the actor writes, reads the one, which the actor reads."""
    breadth, wanted = BREADTH[Audience(one.audience)], BREADTH[Audience(other.audience)]
    if wanted == BREADTH[Audience.PRIVATE] or breadth >= max(wanted, BREADTH[Audience.SEMINAR]):
        return True
    return (one.audience, one.group_id) == (other.audience, other.group_id)


def _standing_for(claim: Claim) -> Claim:
    return claim.merged_into or claim


def _at(claim: Claim) -> Aim:
    return Aim(conclusion=claim, own=claim)


def _met(parent: Annotation, assignment: Assignment, actor: User) -> Aim:
    """The argument that an annotation makes, as a reply meets it.

    A question asserts nothing: who replies to it speaks of what it asks about.
    """
    while parent.kind == Kind.QUESTION:
        if parent.parent is None:
            anchors = list(parent.anchors.select_related("paragraph", "revision"))
            return _at(_claim_at(assignment, actor, anchors))
        parent = parent.parent
    if parent.kind not in {Kind.EVIDENCE, Kind.SUPPORT}:
        return _at(_asserted_by(parent))
    steps = Inference.objects.filter(annotation=parent)
    step = steps.select_related("conclusion__merged_into").first()
    conclusion = _standing_for(step.conclusion) if step else None
    if parent.kind == Kind.EVIDENCE:
        return Aim(conclusion, conclusion, parent, step)
    own = _asserted_by(parent)
    return Aim(conclusion or own, own, own, step)


def _said(annotation: Annotation) -> str:
    """What the annotation asserts in one line: its claim, else the first sentence, without markup."""
    if annotation.counterclaim:
        return annotation.counterclaim
    words = unescape(strip_tags(annotation.body_html)) or annotation.body or annotation.warrant
    return selectors.first_sentence(words, limit=Claim.TEXT_LIMIT)


def _assert(annotation: Annotation) -> Claim:
    return Claim.objects.create(
        assignment_id=annotation.assignment_id,
        annotation=annotation,
        text=_said(annotation),
        origin=ClaimOrigin.ANNOTATION,
        added_by_id=annotation.author_id,
    )


def _asserted_by(annotation: Annotation) -> Claim:
    """The claim of an annotation, made where its kind has made none, or what stands for it."""
    claim = Claim.objects.filter(annotation=annotation).select_related("merged_into").first()
    return _standing_for(claim) if claim else _assert(annotation)


def _reword(claim: Claim) -> None:
    text = _said(claim.annotation) if claim.annotation else claim.text
    if claim.text != text:
        claim.text, claim.version = text, claim.version + 1
        claim.save(update_fields=["text", "version", "updated_at"])


def _claim_at(assignment: Assignment, actor: User, anchors: Sequence[Anchor]) -> Claim:
    """The essay's claim at the place; without one, the words there as an implied one."""
    if not anchors:
        raise Invalid("Say which claim this bears on.", field="claim")
    shown = [
        one for one in anchors if one.revision_id == assignment.revision_id and one.paragraph_id
    ]
    return _best(assignment, actor, shown) or _imply(assignment, actor, anchors)


def _best(assignment: Assignment, actor: User, places: Sequence[Anchor]) -> Claim | None:
    """The claim that most probably is meant: a marked one, else one of the same words.

    One that is not marked and only others know of is passed over: it would tell of their notes.
    """
    there = ClaimAnchor.objects.filter(
        revision=assignment.revision_id,
        paragraph__in={place.paragraph_id for place in places},
        claim__assignment=assignment,
        claim__annotation=None,
    ).exclude(claim__status=MapStatus.WITHDRAWN)
    order = (F("paragraph__position"), F("start").asc(nulls_last=True), "claim_id")
    scored = [
        (row.claim.status == MapStatus.MARKED, _in_common(places, row), row.claim)
        for row in there.select_related("claim__merged_into").order_by(*order)
    ]
    likely = [one for one in scored if one[1] > 0 and (one[0] or one[1] >= SAME_WORDS)]
    unmarked = [claim.pk for is_marked, _, claim in likely if not is_marked]
    if unmarked:
        seen = Claim.objects.visible_to(actor).filter(pk__in=unmarked)
        known = set(seen.values_list("pk", flat=True))
        likely = [one for one in likely if one[0] or one[2].pk in known]
    best = max(likely, key=lambda one: one[:2], default=None)
    return _standing_for(best[2]) if best else None


def _in_common(places: Iterable[PlaceInText], other: PlaceInText) -> float:
    """From 0 to 1: how much of the words of one of the places stand in the other."""
    return max(
        _shared(place, other) for place in places if place.paragraph_id == other.paragraph_id
    )


def _shared(place: PlaceInText, other: PlaceInText) -> float:
    if place.start is None or place.end is None:
        return 1.0 if other.start is None else 0.2
    if other.start is None or other.end is None:
        return 0.1
    shared = min(place.end, other.end) - max(place.start, other.start)
    return max(0.0, shared / (place.end - place.start))


def _imply(assignment: Assignment, actor: User, anchors: Sequence[Anchor]) -> Claim:
    """A claim of the sentence that has the words annotated: a few words of it claim nothing."""
    places = [_of_sentence(place) for place in anchors]
    # Words that are gone from the essay are those of the newest revision that had them.
    had = [one for one in places if one.exact or one.paragraph]
    had.sort(key=lambda one: (one.revision_id != assignment.revision_id, -one.revision.number))
    # An orphan of the shown revision stands behind those that still have their words.
    first = next((one for one in had if one.paragraph), had[0])
    words = first.exact or (first.paragraph.text if first.paragraph else "")
    claim = Claim.objects.create(
        assignment=assignment,
        text=selectors.first_sentence(words, limit=Claim.TEXT_LIMIT),
        status=MapStatus.IMPLIED,
        added_by=actor,
    )
    for place in places:
        place.claim = claim
    ClaimAnchor.objects.bulk_create(places)
    keep_claim_version(claim, ClaimAct.CREATE, by=actor)
    return claim


def _of_sentence(anchor: Anchor) -> ClaimAnchor:
    """A claim's place, not yet saved, where the annotation stands: the sentence of its words."""
    place = ClaimAnchor(**{name: getattr(anchor, name) for name in PLACE})
    if anchor.paragraph and anchor.start is not None and anchor.end is not None:
        text = anchor.paragraph.text
        sentence = selectors.sentence_at(text, anchor.start, anchor.end)
        run = selectors.select(text, sentence.start, sentence.end)
        place.start, place.end, place.exact = run.start, run.end, run.exact
        place.prefix, place.suffix = run.prefix, run.suffix
    return place


def _drop_idle(claim: Claim | None) -> None:
    """Delete a claim that was there only because something bore on it, and nothing does any more."""
    if claim is None or (claim.annotation is None and claim.status != MapStatus.IMPLIED):
        return
    if claim.annotation and claim.annotation.kind in ASSERTS:
        return
    in_use = Claim.objects.filter(pk=claim.pk).filter(
        Q(attacks_met__isnull=False)
        | Q(attacks_made__isnull=False)
        | Q(reasons__isnull=False)
        | Q(uses__isnull=False)
        | Q(concessions__isnull=False)
        | Q(merged__isnull=False)
        | Q(quality_marks__isnull=False)
    )
    if not in_use.exists():
        claim.delete()
