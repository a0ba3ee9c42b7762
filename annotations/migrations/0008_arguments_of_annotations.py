"""What annotations argued before claims had rows of their own: the same as posting them would make."""

import re
from html import unescape
from typing import Any

from django.apps.registry import Apps as StateApps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils.html import strip_tags

BATCH = 1_000
LONGEST = 300
OPEN_TO_ALL = ("seminar", "public")
PLACE = (
    "revision_id",
    "position",
    "paragraph_id",
    "start",
    "end",
    "exact",
    "prefix",
    "suffix",
    "state",
    "confidence",
)
SENTENCE = re.compile(r".+?[.!?…]+[\"”’»)]*(?=\s|$)")


def first_sentence(text: str) -> str:
    line = " ".join(text.split())
    found = SENTENCE.match(line)
    sentence = found.group() if found else line
    if len(sentence) <= LONGEST:
        return sentence
    return sentence[: LONGEST - 1].rsplit(" ", 1)[0] + "…"


def of_sentence(anchor: Any) -> dict[str, Any]:
    """The place of a claim where the anchor stands: the first sentence that has its words."""
    place = {name: getattr(anchor, name) for name in PLACE}
    if not anchor.paragraph or anchor.start is None:
        return place
    text = anchor.paragraph.text
    for found in SENTENCE.finditer(text):
        start = found.end() - len(found.group().lstrip())
        if start < anchor.end and anchor.start < found.end():
            around = {
                "prefix": text[max(0, start - 32) : start],
                "suffix": text[found.end() : found.end() + 32],
            }
            words = {"start": start, "end": found.end(), "exact": text[start : found.end()]}
            return {**place, **words, **around}
    return place


def said(annotation: Any) -> str:
    words = unescape(strip_tags(annotation.body_html)) or annotation.body or annotation.warrant
    return annotation.counterclaim or first_sentence(words)


class Debate:
    """The rows of one assignment, in the order of its annotations: parents come before replies."""

    def __init__(self, apps: StateApps, assignment_id: Any) -> None:
        self.models = {
            name: apps.get_model("annotations", name)
            for name in (
                "Anchor",
                "Annotation",
                "Claim",
                "ClaimAnchor",
                "ClaimVersion",
                "Inference",
                "Relation",
                "Concession",
            )
        }
        self.assignment_id = assignment_id
        self.rows: dict[str, list[Any]] = {name: [] for name in self.models}
        self.premises: list[tuple[Any, Any]] = []
        self.annotations: dict[Any, Any] = {}
        self.anchors: dict[Any, list[Any]] = {}
        self.implied: dict[Any, Any] = {}
        # What was posted since claims have rows has its own.
        of_notes = {"assignment": assignment_id, "annotation__isnull": False}
        claims = self.models["Claim"].objects.filter(**of_notes)
        self.claims = {one.annotation_id: one for one in claims}
        steps = self.models["Inference"].objects.filter(**of_notes)
        self.steps = {one.annotation_id: one for one in steps.select_related("conclusion")}

    def fill(self) -> None:
        notes = self.models["Annotation"].objects.filter(assignment=self.assignment_id)
        done = set(
            notes.exclude(relation=None, inference=None, concession=None).values_list(
                "pk", flat=True
            )
        )
        anchors = self.models["Anchor"].objects.filter(annotation__assignment=self.assignment_id)
        anchors = anchors.select_related("paragraph", "revision")
        for anchor in anchors.order_by("-revision__number", "position").iterator(BATCH):
            self.anchors.setdefault(anchor.annotation_id, []).append(anchor)
        notes = notes.select_related("round").defer("search").order_by("depth", "id")
        for note in notes.iterator(BATCH):
            self.annotations[note.pk] = note
            if note.pk not in done:
                self.argue(note)
        self.save()

    def argue(self, note: Any) -> None:
        kind, stance = note.kind, note.stance
        if kind not in ("support", "counterargument", "evidence", "concession"):
            return
        aim = self.aim(note) if stance != "context" else None
        if aim is None:
            return
        _, own, reason, step = aim
        if kind == "support":
            self.infer(note, own or self.asserted(reason), premise=self.asserted(note))
        elif kind == "concession":
            self.add("Concession", annotation=note, claim=own or self.asserted(reason))
        elif kind == "counterargument":
            self.attack(note, note.attacks, aim, source=self.asserted(note))
        elif stance == "supports":
            self.infer(note, own or self.asserted(reason), premise=None)
        else:
            self.attack(note, "conclusion", (own, own, reason, step), source=None)

    def aim(self, note: Any) -> tuple[Any, Any, Any, Any] | None:
        """Conclusion, what is said, reason and step of what it answers; None where nothing is."""
        parent = self.annotations.get(note.parent_id)
        while parent and parent.kind == "question":
            if parent.parent_id is None:
                return self.at(self.implied_by(parent))
            parent = self.annotations.get(parent.parent_id)
        if parent is None:
            return self.at(self.implied_by(note))
        step = self.steps.get(parent.pk)
        conclusion = step.conclusion if step else None
        if parent.kind == "evidence":
            return conclusion, conclusion, parent, step
        own = self.asserted(parent)
        if parent.kind == "support":
            return conclusion or own, own, own, step
        return self.at(own)

    @staticmethod
    def at(claim: Any) -> tuple[Any, Any, Any, Any] | None:
        return (claim, claim, None, None) if claim else None

    def asserted(self, note: Any) -> Any:
        if note.pk not in self.claims:
            self.claims[note.pk] = self.add(
                "Claim",
                annotation=note,
                assignment_id=self.assignment_id,
                text=said(note),
                origin="annotation",
                status="marked",
                added_by_id=note.author_id,
            )
        return self.claims[note.pk]

    def implied_by(self, note: Any) -> Any:
        """The words of a note that is anchored; one claim for all who may know of one another."""
        anchors = self.anchors.get(note.pk, [])
        had = [one for one in anchors if one.exact or one.paragraph]
        if not had:
            return None
        is_open = note.audience in OPEN_TO_ALL and note.round.mode != "blind"
        first = had[0]
        place: list[Any] = [first.paragraph_id or first.pk, first.start, first.end]
        if not is_open:
            place += [note.author_id, note.audience, note.group_id, note.round_id]
        key = tuple(place)
        if key not in self.implied:
            words = of_sentence(first)["exact"] or first.paragraph.text
            claim = self.implied[key] = self.add(
                "Claim",
                assignment_id=self.assignment_id,
                text=first_sentence(words),
                origin="essay",
                status="implied",
                added_by_id=note.author_id,
            )
            for anchor in anchors:
                self.add("ClaimAnchor", claim=claim, **of_sentence(anchor))
            self.add(
                "ClaimVersion",
                claim=claim,
                version=1,
                act="create",
                text=claim.text,
                details={
                    "type": "",
                    "status": "implied",
                    "is_thesis": False,
                    "has_burden": False,
                },
                by_id=note.author_id,
            )
        return self.implied[key]

    def infer(self, note: Any, conclusion: Any, *, premise: Any) -> None:
        step = self.steps[note.pk] = self.add(
            "Inference",
            assignment_id=self.assignment_id,
            annotation=note,
            conclusion=conclusion,
            warrant=note.warrant,
            added_by_id=note.author_id,
        )
        if premise:
            self.premises.append((step, premise))

    def attack(
        self, note: Any, attacks: str, aim: tuple[Any, Any, Any, Any], *, source: Any
    ) -> None:
        conclusion, _, reason, step = aim
        hit: dict[str, Any] = {"kind": "undermines"}
        if attacks == "step" and step:
            hit = {"kind": "undercuts", "target_inference": step}
        elif attacks in ("conclusion", "unspecified") and conclusion:
            hit = {"kind": "rebuts", "target_claim": conclusion}
        elif isinstance(reason or conclusion, self.models["Claim"]):
            hit["target_claim"] = reason or conclusion
        else:
            hit["target_evidence"] = reason
        self.add(
            "Relation",
            assignment_id=self.assignment_id,
            annotation=note,
            source=source,
            added_by_id=note.author_id,
            **hit,
        )

    def add(self, name: str, **fields: Any) -> Any:
        row = self.models[name](**fields)
        self.rows[name].append(row)
        return row

    def save(self) -> None:
        for name in (
            "Claim",
            "ClaimAnchor",
            "ClaimVersion",
            "Inference",
            "Relation",
            "Concession",
        ):
            self.models[name].objects.bulk_create(self.rows[name], batch_size=BATCH)
        through = self.models["Inference"].premises.through
        through.objects.bulk_create(
            [through(inference=step, claim=premise) for step, premise in self.premises],
            batch_size=BATCH,
        )


def fill(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    annotations = apps.get_model("annotations", "Annotation").objects
    assignments = annotations.order_by("assignment_id").values_list("assignment_id", flat=True)
    for assignment_id in assignments.distinct():
        Debate(apps, assignment_id).fill()


def empty(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    claims = apps.get_model("annotations", "Claim").objects
    made = claims.exclude(annotation=None) | claims.filter(status="implied")
    claims.filter(merged_into__in=made.values("pk")).update(merged_into=None)
    for name in ("Relation", "Inference"):
        apps.get_model("annotations", name).objects.exclude(annotation=None).delete()
    apps.get_model("annotations", "Concession").objects.all().delete()
    made.delete()


class Migration(migrations.Migration):
    dependencies = [("annotations", "0007_argument")]

    operations = [migrations.RunPython(fill, empty)]
