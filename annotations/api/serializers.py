"""Annotations, evidence and sources as the API shows them.

Texts that were not given are empty; null stands for a thing that there is not.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotations.bibliography.completeness import FIELDS
from annotations.enums import Attacks, Kind, Match, SourceType, Stance
from annotations.models import Anchor, Annotation, AnnotationVersion, Source
from annotations.queries.evidence import completeness_of
from annotations.wire import MEMBERS

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from rest_framework.request import Request

BEARS_ON = "The claim it bears on, of a step its conclusion; null for none that you may know of."
# "Not sure" is null in the API: the contract knows three things that can be attacked.
ATTACKED = [choice for choice in Attacks.choices if choice[0] != Attacks.UNSPECIFIED]


class AnchorSerializer(serializers.ModelSerializer[Anchor]):
    """Where an annotation sits in one revision; `start` and `end` count code points, half-open."""

    revision = serializers.IntegerField(source="revision.number", read_only=True)
    paragraph = serializers.UUIDField(source="paragraph_id", read_only=True, allow_null=True)
    key = serializers.UUIDField(source="paragraph.key", read_only=True, allow_null=True)
    number = serializers.IntegerField(
        source="paragraph.number", read_only=True, allow_null=True, help_text="The paragraph's."
    )

    class Meta:
        model = Anchor
        fields = [
            "paragraph",
            "key",
            "number",
            "revision",
            "start",
            "end",
            "exact",
            "prefix",
            "suffix",
            "state",
            "confidence",
        ]


COMPLETENESS = {
    "type": "object",
    "required": list(FIELDS),
    "properties": {
        name: {"type": "string", "enum": ["given", "not_given", "missing"], "description": label}
        for name, label in FIELDS.items()
    },
}


class SourceSerializer(serializers.ModelSerializer[Source]):
    """A cited work on a seminar's shelf."""

    seminar = serializers.UUIDField(source="seminar_id", read_only=True)
    title = serializers.CharField(read_only=True, help_text="Else the DOI or the address.")
    url = serializers.URLField(source="href", read_only=True, help_text="Where to open it.")
    csl = serializers.DictField(read_only=True, help_text="CSL-JSON 1.0 item")
    source_type = serializers.ChoiceField(
        choices=[("", "Not said"), *SourceType.choices], read_only=True
    )
    completeness = serializers.SerializerMethodField()
    not_given = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Source
        fields = [
            "id", "seminar", "title", "url", "doi", "csl", "source_type", "author_qualifications",
            "accessed_on", "archived_url", "interest_note", "retraction_note", "not_given",
            "completeness", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(COMPLETENESS)
    def get_completeness(self, source: Source) -> dict[str, str]:
        """How the eight fields of its citation stand."""
        return completeness_of(source).as_dict()


class CitedSourceSerializer(SourceSerializer):
    """A source within the evidence that rests on it."""

    class Meta(SourceSerializer.Meta):
        fields = ["id", "title", "url", "doi", "csl"]


class SupportedSerializer(serializers.Serializer[Any]):
    """What a support supports."""

    claim = serializers.UUIDField(
        source="known_claim_id", read_only=True, allow_null=True, help_text=BEARS_ON
    )


class GrantSerializer(SupportedSerializer):
    """What a concession grants, and how far."""

    scope = serializers.CharField(source="granted_scope", read_only=True)


class CounterargumentSerializer(serializers.Serializer[Any]):
    """What a counterargument attacks (null: its author is not sure), and what it claims."""

    attacks = serializers.ChoiceField(choices=ATTACKED, allow_null=True, read_only=True)
    counterclaim = serializers.CharField(read_only=True)
    claim = serializers.UUIDField(allow_null=True, read_only=True, help_text=BEARS_ON)


class EvidenceSerializer(serializers.Serializer[Any]):
    """What a piece of evidence does for its target, why, and what it rests on."""

    stance = serializers.ChoiceField(choices=Stance.choices, read_only=True)
    warrant = serializers.CharField(read_only=True)
    quote = serializers.CharField(source="passage.quote", read_only=True)
    locator = serializers.CharField(source="passage.locator", read_only=True)
    claim = serializers.UUIDField(
        source="known_claim_id", read_only=True, allow_null=True, help_text=BEARS_ON
    )
    source = CitedSourceSerializer(source="passage.source", read_only=True)  # type: ignore[assignment]  # a member of that name


class AuthorSerializer(serializers.Serializer[Annotation]):
    """The author as the person who asks may know of them: under pseudonyms the alias."""

    id = serializers.UUIDField(source="shown_author_id", read_only=True)
    name = serializers.CharField(source="shown_author_name", read_only=True)
    is_alias = serializers.BooleanField(source="shown_as_alias", read_only=True)


class MomentField(serializers.DateTimeField):
    """A time in UTC, always with six digits behind the second."""

    def to_representation(self, value: datetime) -> str:
        """As `2026-05-31T14:00:00.000000Z`."""
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class AnnotationSerializer(serializers.ModelSerializer[Annotation]):
    """An annotation as the person who asks may see it."""

    group = serializers.UUIDField(source="group_id", read_only=True, allow_null=True)
    round = serializers.UUIDField(source="round_id", read_only=True)
    author = AuthorSerializer(source="*", read_only=True)
    assignment = serializers.UUIDField(source="assignment_id", read_only=True)
    anchors = AnchorSerializer(source="shown_anchors", many=True, read_only=True)
    parent = serializers.UUIDField(source="parent_id", read_only=True, allow_null=True)  # type: ignore[assignment]  # a member of that name
    root = serializers.UUIDField(source="root_id", read_only=True, allow_null=True)  # type: ignore[assignment]  # a member of that name
    body = serializers.SerializerMethodField()
    body_html = serializers.SerializerMethodField()
    reply_count = serializers.IntegerField(
        read_only=True,
        allow_null=True,
        help_text="Published replies; null while a blind round hides others' posts from you.",
    )
    is_unanswered = serializers.BooleanField(
        read_only=True,
        allow_null=True,
        help_text="Whether a question or challenge is open; null where replies are not counted.",
    )
    status_reason = serializers.SerializerMethodField()
    pinned_at = MomentField(
        source="first.pinned_at",
        read_only=True,
        allow_null=True,
        help_text="Since when its thread stands first.",
    )
    locked_at = MomentField(
        source="first.locked_at",
        read_only=True,
        allow_null=True,
        help_text="Since when only staff add to its thread.",
    )
    tags = serializers.ListField(child=serializers.CharField(), read_only=True)
    created_at = MomentField(read_only=True)
    updated_at = MomentField(read_only=True)
    html_url = serializers.SerializerMethodField()
    counterargument = serializers.SerializerMethodField()
    evidence = serializers.SerializerMethodField()
    support = serializers.SerializerMethodField()
    concession = serializers.SerializerMethodField()

    class Meta:
        model = Annotation
        fields = list(MEMBERS)
        read_only_fields = fields

    def get_html_url(self, annotation: Annotation) -> str:
        """The permalink of its page."""
        request: Request = self.context["request"]
        return str(request.build_absolute_uri(annotation.get_absolute_url()))

    def get_body(self, annotation: Annotation) -> str | None:
        """The words as Markdown; null where they are not for you."""
        return None if annotation.hides_words else annotation.body  # type: ignore[attr-defined]  # by `for_api`

    def get_body_html(self, annotation: Annotation) -> str | None:
        """The words as safe HTML; null where they are not for you."""
        return None if annotation.hides_words else annotation.body_html  # type: ignore[attr-defined]  # by `for_api`

    def get_status_reason(self, annotation: Annotation) -> str | None:
        """Why staff hid it, to its author and staff; null where there is no such reason."""
        return annotation.status_reason or None  # empty once others may read the annotation

    @extend_schema_field(CounterargumentSerializer(allow_null=True))
    def get_counterargument(self, annotation: Annotation) -> dict[str, Any] | None:
        """What is attacked and claimed; null for other kinds."""
        if annotation.kind != Kind.COUNTERARGUMENT:
            return None
        known = None if annotation.attacks == Attacks.UNSPECIFIED else annotation.attacks
        claim: UUID | None = annotation.known_claim_id  # type: ignore[attr-defined]  # by `for_api`
        return {"attacks": known, "counterclaim": annotation.counterclaim, "claim": claim}

    @extend_schema_field(EvidenceSerializer(allow_null=True))
    def get_evidence(self, annotation: Annotation) -> dict[str, Any] | None:
        """The evidence; null for other kinds."""
        return dict(EvidenceSerializer(annotation).data) if annotation.passage_id else None

    @extend_schema_field(SupportedSerializer(allow_null=True))
    def get_support(self, annotation: Annotation) -> dict[str, Any] | None:
        """What is supported; null for other kinds."""
        if annotation.kind != Kind.SUPPORT:
            return None
        return dict(SupportedSerializer(annotation).data)

    @extend_schema_field(GrantSerializer(allow_null=True))
    def get_concession(self, annotation: Annotation) -> dict[str, Any] | None:
        """What is granted, and how far; null for other kinds."""
        if annotation.kind != Kind.CONCESSION:
            return None
        return dict(GrantSerializer(annotation).data)


class EvidenceItemSerializer(serializers.ModelSerializer[Annotation]):
    """An annotation of kind evidence, with what it speaks to and the passage it rests on."""

    annotation = serializers.UUIDField(source="id", read_only=True)
    author = AuthorSerializer(source="*", read_only=True)
    assignment = serializers.UUIDField(source="assignment_id", read_only=True)
    target = serializers.SerializerMethodField()
    passage = serializers.UUIDField(source="passage_id", read_only=True)
    quote = serializers.CharField(source="passage.quote", read_only=True)
    locator = serializers.CharField(source="passage.locator", read_only=True)
    source = CitedSourceSerializer(source="passage.source", read_only=True)  # type: ignore[assignment]  # a member of that name
    completeness = serializers.SerializerMethodField()
    check = serializers.SerializerMethodField()

    class Meta:
        model = Annotation
        fields = [
            "annotation",
            "assignment",
            "author",
            "stance",
            "warrant",
            "target",
            "passage",
            "quote",
            "locator",
            "source",
            "completeness",
            "check",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    @extend_schema_field(COMPLETENESS)
    def get_completeness(self, annotation: Annotation) -> dict[str, str]:
        """How the eight fields of its citation stand."""
        passage: Any = annotation.passage
        return completeness_of(passage.source, [passage]).as_dict()

    @extend_schema_field(
        {
            "type": ["object", "null"],
            "required": ["match", "opened", "at", "by"],
            "properties": {
                "match": {"type": "string", "enum": list(Match.values)},
                "opened": {"type": "boolean"},
                "at": {"type": "string", "format": "date-time"},
                "by": {"type": ["string", "null"], "description": "Null where not for you."},
            },
        }
    )
    def get_check(self, annotation: Annotation) -> dict[str, Any] | None:
        """What the last second reader found in the source; null as long as nobody has looked."""
        passage: Any = annotation.passage
        if not passage.shown_checks:
            return None
        last = passage.shown_checks[-1]
        by = last.by.display_name if last.is_named else None
        return {"match": last.match, "opened": last.opened, "at": last.at, "by": by}

    @extend_schema_field(
        {
            "type": "object",
            "required": ["annotation", "paragraphs"],
            "properties": {
                "annotation": {"type": ["string", "null"], "format": "uuid"},
                "paragraphs": {"type": "array", "items": {"type": "string", "format": "uuid"}},
            },
        }
    )
    def get_target(self, annotation: Annotation) -> dict[str, Any]:
        """The annotation that it answers, or null, and the paragraphs that it is anchored in."""
        anchors: list[Anchor] = annotation.shown_anchors  # type: ignore[attr-defined]  # by `for_api`
        paragraphs = [anchor.paragraph_id for anchor in anchors if anchor.paragraph_id]
        return {"annotation": annotation.parent_id, "paragraphs": paragraphs}


class ActorSerializer(serializers.Serializer[AnnotationVersion]):
    """Who made a change, as the person who asks may know of them."""

    id = serializers.UUIDField(source="shown_actor_id", read_only=True)
    name = serializers.CharField(source="shown_actor_name", read_only=True)
    is_alias = serializers.BooleanField(source="shown_as_alias", read_only=True)


class VersionSerializer(serializers.ModelSerializer[AnnotationVersion]):
    """An annotation as it stood after one of its changes."""

    by = ActorSerializer(source="*", read_only=True)
    details = serializers.DictField(
        read_only=True, help_text="Tags, audience, and what the kind adds."
    )

    class Meta:
        model = AnnotationVersion
        fields = ["version", "kind", "status", "body", "details", "by", "at"]
        read_only_fields = fields
