"""What clients send to write: the shape is checked here, every rule in the actions."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from rest_framework import serializers

from annotations.actions import Content, Post, SourceInput, Target
from annotations.actions.anchoring import MOST_TARGETS
from annotations.actions.arguing import argues
from annotations.actions.changes import scope_of
from annotations.bibliography.identifiers import normal_doi
from annotations.enums import Attacks, Audience, Kind, Stance
from debate.core.api.fields import Change, Choice, Id, Shape, Switch, Text, Texts, Whole
from debate.core.errors import DomainError
from debate.core.text import is_blank

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from annotations.models import Annotation

LINKS = ("id", "doi", "url", "link")
BEARS_ON = "The claim it bears on; left out, the marked claim at its place, or what it replies to."
# The kinds that have an object of their own, under their name.
WITH_OBJECT = (Kind.COUNTERARGUMENT, Kind.SUPPORT, Kind.EVIDENCE, Kind.CONCESSION)
WORDS_OF_A_PLACE = ("quote", "start", "end", "prefix", "suffix")


class CounterargumentShape(Shape):
    """What is attacked (null or `unspecified`: not sure) and the claim in one line.

    Without counterclaim, the first sentence of the body is taken.
    """

    attacks = Choice(choices=Attacks.choices, required=False, allow_null=True)
    counterclaim = Text(required=False)
    claim = Id(required=False, allow_null=True, help_text=BEARS_ON)


class SupportShape(Shape):
    """The claim that is supported, where the place or the parent does not say which."""

    claim = Id(required=False, allow_null=True, help_text=BEARS_ON)


class ConcessionShape(Shape):
    """The claim that is granted, and how far: "granted, but …"."""

    claim = Id(required=False, allow_null=True, help_text=BEARS_ON)
    scope = Text(required=False, help_text="At most 500 characters, in one line.")


class SourceShape(Shape):
    """A source of the seminar's shelf by `id`, or a work by `doi`, `url`, or `link` for either."""

    id = Id(required=False)
    link = Text(required=False)
    url = Text(required=False)
    doi = Text(required=False)
    title = Text(required=False)
    author = Text(required=False, help_text="Family, Given; several apart by semicolons.")
    publisher = Text(required=False)
    issued = Text(required=False, help_text="2024, 2024-05 or 2024-05-31")
    type = Text(required=False, help_text="A CSL type, such as `article-journal` or `webpage`.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one way to name the work."""
        if sum(name in attrs for name in LINKS) != 1:
            raise serializers.ValidationError("Give exactly one of: id, doi, url, link.")
        if "doi" in attrs and not normal_doi(attrs["doi"]):
            raise serializers.ValidationError(
                {"doi": "This is no DOI, such as 10.1000/182 or https://doi.org/10.1000/182."}
            )
        return attrs


class EvidenceShape(Shape):
    """Stance, one sentence that says why it bears on the target, and the work."""

    stance = Choice(choices=Stance.choices)
    warrant = Text()
    quote = Text(required=False)
    locator = Text(required=False)
    claim = Id(required=False, allow_null=True, help_text=BEARS_ON)
    source = SourceShape()  # type: ignore[assignment]  # a member of that name


class CounterargumentChangeShape(Change, CounterargumentShape):
    """Any of the members of a counterargument; the others stay."""

    empty = {"counterclaim": ""}


class ConcessionChangeShape(Change, ConcessionShape):
    """Any of the members of a concession; the others stay."""

    empty = {"scope": ""}


class EvidenceChangeShape(Change, EvidenceShape):
    """Any of the members of a piece of evidence; the others stay."""

    empty = {"quote": "", "locator": ""}

    stance = Choice(choices=Stance.choices, required=False)
    warrant = Text(required=False)
    source = SourceShape(
        required=False,
        help_text="Another work, named as for a new piece of evidence: it is replaced whole, never "
        "merged. What is known of a work is changed at `/api/v1/sources/{id}/`.",
    )


class AnchorShape(Shape):
    """A paragraph, or words of it: by quote (or `exact`), by offsets, or by both."""

    paragraph = Id()
    quote = Text(required=False, allow_null=True)
    exact = Text(required=False, allow_null=True)
    start = Whole(required=False, allow_null=True)
    end = Whole(required=False, allow_null=True)
    prefix = Text(required=False)
    suffix = Text(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One quote, which is not blank."""
        for name in ("quote", "exact"):
            _refuse_blank(attrs, name)
        quote, exact = attrs.get("quote"), attrs.get("exact")
        if quote is not None and exact is not None and quote != exact:
            raise serializers.ValidationError({"exact": "This is not what `quote` says."})
        return attrs


class WordsShape(Shape):
    """What an annotation says, whatever it is attached to."""

    kind = Choice(choices=Kind.choices)
    body = Text(required=False, help_text="Markdown, at most 10,000 characters.")
    tags = Texts(required=False)
    counterargument: Shape = CounterargumentShape(required=False, allow_null=True)
    evidence: Shape = EvidenceShape(required=False, allow_null=True)
    support = SupportShape(required=False, allow_null=True)
    concession: Shape = ConcessionShape(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Each kind with its own object only."""
        before = self.context.get("kind", "")
        kind = attrs.get("kind", before)
        for name in WITH_OBJECT:
            if attrs.get(name) is not None and kind != name:
                raise serializers.ValidationError({name: f"This member goes with the kind {name}."})
        if kind == Kind.EVIDENCE and before != kind and attrs.get("evidence") is None:
            raise serializers.ValidationError(
                {"evidence": "Evidence needs a stance, a warrant and a source."}
            )
        return attrs

    def overlay(self, content: Content) -> Content:
        """The content with what was sent in place of what stood there."""
        given = self.validated_data
        said = {name: given[name] for name in ("kind", "body") if name in given}
        if "tags" in given:
            said["tags"] = tuple(given["tags"])
        for name in WITH_OBJECT:
            if given.get(name):
                said |= _members(given[name])
        return replace(content, **said)

    def sent_as(self) -> dict[str, str]:
        """The actions' names of members, where the client sent another: action's → client's."""
        evidence = self.initial_data.get("evidence")
        source = evidence.get("source") if isinstance(evidence, dict) else None
        used = [name for name in LINKS if isinstance(source, dict) and name in source]
        place = "evidence.source" + (f".{used[0]}" if used else "")
        kind = self.validated_data.get("kind", self.context.get("kind", ""))
        return {"evidence.source.link": place, "claim": f"{kind}.claim"}

    @contextmanager
    def naming_members(self) -> Iterator[None]:
        """Refusals inside name members as the client sent them."""
        try:
            yield
        except DomainError as error:
            error.field = self.name_of(error.field)
            raise

    def name_of(self, field: str) -> str:
        """What the client sent in place of that member of the actions."""
        return self.sent_as().get(field, field)


class PlacedShape(WordsShape):
    """What an annotation says and where: one paragraph at the top, or several in `anchors`."""

    PLACE: ClassVar[tuple[str, ...]] = WORDS_OF_A_PLACE

    paragraph = Id(required=False)
    quote = Text(required=False, help_text="Words of the paragraph; the server finds them.")
    start = Whole(required=False, help_text="Offset in code points.")
    end = Whole(required=False, help_text="Offset in code points, half-open.")
    prefix = Text(required=False, help_text="Words before the quote, when it repeats.")
    suffix = Text(required=False, help_text="Words after the quote, when it repeats.")
    anchors = AnchorShape(  # type: ignore[call-arg]  # of the list that many=True makes
        many=True,
        required=False,
        max_length=MOST_TARGETS,
        error_messages={"max_length": f"At most {MOST_TARGETS} targets are taken."},
    )
    submission_key = Id(
        required=False, help_text="Made by the client, so that sending it twice posts once."
    )
    as_late = Switch(
        required=False, help_text="After the closing: send it to staff alone, as late."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One way to say where; words only with their paragraph."""
        attrs = super().validate(attrs)
        _refuse_blank(attrs, "quote")
        if "paragraph" in attrs and "anchors" in attrs:
            raise serializers.ValidationError({"anchors": "Give `paragraph` or `anchors`."})
        if "paragraph" not in attrs:
            for name in self.PLACE:
                if name in attrs:
                    raise serializers.ValidationError({name: "This goes with `paragraph`."})
        return attrs

    def targets(self) -> list[Target]:
        """Where it goes."""
        given = self.validated_data
        if "paragraph" in given:
            return [_target(given, "")]
        anchors = given.get("anchors", [])
        return [_target(one, f"anchors.{index}") for index, one in enumerate(anchors)]

    @cached_property
    def post(self) -> Post:
        """All of it."""
        given = self.validated_data
        return Post(
            content=self.content(),
            targets=self.targets(),
            parent_id=given.get("parent"),
            submission_key=given.get("submission_key"),
            as_late=given.get("as_late", False),
        )

    def content(self) -> Content:
        """What it says."""
        given = self.validated_data
        content = Content(
            kind=given["kind"], audience=given.get("audience", ""), group_id=given.get("group")
        )
        return self.overlay(content)

    def sent_as(self) -> dict[str, str]:
        """As of the words; `exact` may stand for the quote of an anchor."""
        names = super().sent_as()
        for index, one in enumerate(self.validated_data.get("anchors", [])):
            if one.get("quote") is None:
                names[f"anchors.{index}.quote"] = f"anchors.{index}.exact"
        return names


class AnnotationShape(PlacedShape):
    """A new annotation; the least is `assignment`, `paragraph`, `kind` and `body`."""

    assignment = Id()
    parent = Id(required=False, allow_null=True)  # type: ignore[assignment]  # a member of that name
    audience = Choice(choices=Audience.choices, required=False)
    group = Id(required=False, allow_null=True)

    @classmethod
    def found_right(cls, body: Any, value: Mapping[str, Any]) -> AnnotationShape:
        """The shape of a body that has been looked at as a part of another, and found to be `value`."""
        shape = cls(data=body)
        shape._validated_data, shape._errors = value, {}  # type: ignore[attr-defined]  # DRF's
        return shape


class ReplyShape(PlacedShape):
    """A reply to the annotation of the address, for the audience of its thread."""

    def sent_as(self) -> dict[str, str]:
        """As of what is placed; the parent stands in the address."""
        return {**super().sent_as(), "parent": ""}


class AnnotationChangeShape(Change, WordsShape):
    """What is to change of what an annotation says; its place, thread and audience stay."""

    empty = {"body": "", "tags": ()}

    kind = Choice(choices=Kind.choices, required=False)
    counterargument: Shape = CounterargumentChangeShape(required=False, allow_null=True)
    concession: Shape = ConcessionChangeShape(required=False, allow_null=True)
    evidence = EvidenceChangeShape(required=False, allow_null=True)
    version = Whole(required=False, help_text="The one that you changed; 412 when it is outdated.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """As of any; a piece of evidence cannot be without what makes it one."""
        attrs = super().validate(attrs)
        kind = attrs.get("kind", self.context.get("kind", ""))
        if kind == Kind.EVIDENCE and attrs.get("evidence", {}) is None:
            raise serializers.ValidationError({"evidence": "This member may not be null."})
        return attrs

    def keeps(self, annotation: Annotation, kind: Kind) -> bool:
        """Whether the annotation stays of that kind, and what it says as such is not taken away."""
        stays = self.validated_data.get("kind", annotation.kind) == annotation.kind == kind
        return stays and self.validated_data.get(kind.value, {}) is not None

    def takes_claim_off(self, annotation: Annotation) -> bool:
        """Whether the claim is set to null of what argues as before."""
        kind = Kind(annotation.kind)
        said = self.validated_data.get(kind.value) or {}
        stance = said.get("stance", annotation.stance)
        return (
            self.keeps(annotation, kind)
            and "claim" in said
            and said["claim"] is None
            and argues(kind, stance)
        )

    def changed(self, annotation: Annotation) -> Content:
        """What the annotation says with the changes; of another kind, without what it had."""
        content = Content(kind=annotation.kind, body=annotation.body, tags=tuple(annotation.tags))
        if self.keeps(annotation, Kind.COUNTERARGUMENT):
            content = replace(
                content, attacks=annotation.attacks, counterclaim=annotation.counterclaim
            )
        if self.keeps(annotation, Kind.CONCESSION):
            content = replace(content, scope=scope_of(annotation))
        if self.keeps(annotation, Kind.EVIDENCE) and annotation.passage:
            passage = annotation.passage
            content = replace(
                content,
                stance=annotation.stance,
                warrant=annotation.warrant,
                source=SourceInput(source_id=passage.source_id),
                quote=passage.quote,
                locator=passage.locator,
            )
        return self.overlay(content)


def _refuse_blank(attrs: dict[str, Any], name: str) -> None:
    if attrs.get(name) is not None and is_blank(attrs[name]):
        raise serializers.ValidationError({name: "Give the words, or leave this member out."})


def _target(given: dict[str, Any], place: str) -> Target:
    return Target(
        paragraph_id=given["paragraph"],
        start=given.get("start"),
        end=given.get("end"),
        quote=given.get("quote") or given.get("exact") or "",
        prefix=given.get("prefix", ""),
        suffix=given.get("suffix", ""),
        field=place,
    )


def _members(given: dict[str, Any]) -> dict[str, Any]:
    """The members of a kind's object, as the actions name them."""
    members = {name: given[name] for name in given.keys() - {"claim", "source"}}
    if "attacks" in members:
        members["attacks"] = members["attacks"] or ""
    if given.get("claim"):
        members["claim_id"] = given["claim"]
    if given.get("source"):
        members["source"] = _source(given["source"])
    return members


def _source(given: dict[str, Any]) -> SourceInput:
    details = {name: value for name, value in given.items() if name not in LINKS}
    link = next((given[name] for name in LINKS[1:] if name in given), "")
    return SourceInput(source_id=given.get("id"), link=link, **details)


class AudienceShape(Shape):
    """Who is to read an annotation from now on; `group` goes with the audience of that name."""

    audience = Choice(choices=Audience.choices)
    group = Id(required=False, allow_null=True)
    version = Whole(required=False, help_text="The one that you changed; 412 when it is outdated.")


class AnchorsShape(Shape):
    """Where an annotation is to stand: at least one anchor."""

    anchors = AnchorShape(  # type: ignore[call-arg]  # of the list that many=True makes
        many=True,
        max_length=MOST_TARGETS,
        error_messages={"max_length": f"At most {MOST_TARGETS} targets are taken."},
    )
    version = Whole(required=False, help_text="The one that you changed; 412 when it is outdated.")

    def targets(self) -> list[Target]:
        """Where it goes."""
        anchors = self.validated_data["anchors"]
        return [_target(one, f"anchors.{index}") for index, one in enumerate(anchors)]


class UndoShape(Shape):
    """Which act is taken back: the one that made that version."""

    version = Whole()
