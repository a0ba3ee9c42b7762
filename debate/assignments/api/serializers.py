"""Assignments and extensions as the API shows them."""

from __future__ import annotations

from typing import Any
from uuid import UUID  # noqa: TC003 - read from the annotations for the description

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from debate.assignments.enums import Position, ReasonCode
from debate.assignments.models import Assignment, Extension, Round
from debate.assignments.queries import own_dates_of, own_side_of, round_at


class RoundSerializer(serializers.ModelSerializer[Round]):
    """A stretch of an assignment. No `allowed_kinds`: every kind may be posted."""

    class Meta:
        model = Round
        fields = [
            "id",
            "number",
            "name",
            "mode",
            "opens_at",
            "ends_at",
            "reveals_after",
            "allowed_kinds",
        ]


class AskedSerializer(serializers.ModelSerializer[Assignment]):
    """How much of each kind is asked of a student, and on how many different paragraphs."""

    comments = serializers.IntegerField(source="asked_comments", read_only=True)
    counterarguments = serializers.IntegerField(source="asked_counterarguments", read_only=True)
    evidence = serializers.IntegerField(source="asked_evidence", read_only=True)
    replies = serializers.IntegerField(source="asked_replies", read_only=True)
    paragraphs = serializers.IntegerField(source="asked_paragraphs", read_only=True)

    class Meta:
        model = Assignment
        fields = ["comments", "counterarguments", "evidence", "replies", "paragraphs"]


class DatesSerializer(serializers.Serializer[Any]):
    """The dates that hold for you; `is_own` when they are later than everybody's."""

    due_at = serializers.DateTimeField(read_only=True, allow_null=True)
    closes_at = serializers.DateTimeField(read_only=True, allow_null=True)
    is_own = serializers.BooleanField(read_only=True)


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    """An essay set to its seminar. What concerns members only is null to everybody else."""

    seminar = serializers.UUIDField(source="seminar_id", read_only=True)
    essay = serializers.UUIDField(source="essay_id", read_only=True)
    revision = serializers.IntegerField(
        source="revision.number",
        read_only=True,
        help_text="The number of the essay's revision that the assignment shows.",
    )
    instructions = serializers.SerializerMethodField()
    asked = serializers.SerializerMethodField()
    is_for_groups = serializers.SerializerMethodField()
    groups = serializers.SerializerMethodField()
    uses_pseudonyms = serializers.SerializerMethodField()
    requires_approval = serializers.SerializerMethodField()
    resolution = serializers.SerializerMethodField()
    is_open = serializers.BooleanField(read_only=True)
    rounds = RoundSerializer(many=True, read_only=True)
    current_round = serializers.SerializerMethodField()
    dates = serializers.SerializerMethodField()
    side = serializers.SerializerMethodField()
    html_url = serializers.SerializerMethodField()

    class Meta:
        model = Assignment
        fields = [
            "id",
            "seminar",
            "essay",
            "revision",
            "slug",
            "title",
            "instructions",
            "asked",
            "is_for_groups",
            "groups",
            "uses_pseudonyms",
            "requires_approval",
            "resolution",
            "opens_at",
            "due_at",
            "closes_at",
            "is_open",
            "rounds",
            "current_round",
            "dates",
            "side",
            "created_at",
            "updated_at",
            "html_url",
        ]

    def get_instructions(self, assignment: Assignment) -> str | None:
        """What the instructor wrote; null for who is no member."""
        return assignment.instructions if _is_member(assignment) else None

    @extend_schema_field(AskedSerializer(allow_null=True))
    def get_asked(self, assignment: Assignment) -> dict[str, Any] | None:
        """What is asked of a student; null for who is no member."""
        return dict(AskedSerializer(assignment).data) if _is_member(assignment) else None

    def get_is_for_groups(self, assignment: Assignment) -> bool | None:
        """Whether only `groups` take part, and staff; null for who is no member."""
        return assignment.is_for_groups if _is_member(assignment) else None

    def get_groups(self, assignment: Assignment) -> list[UUID] | None:
        """The ids of the groups that take part where it is for groups; null as above."""
        return [one.pk for one in assignment.groups.all()] if _is_member(assignment) else None

    def get_uses_pseudonyms(self, assignment: Assignment) -> bool | None:
        """Whether students read one another under aliases; null for who is no member."""
        return assignment.uses_pseudonyms if _is_member(assignment) else None

    def get_requires_approval(self, assignment: Assignment) -> bool | None:
        """Whether what students post waits for staff; null for who is no member."""
        return assignment.requires_approval if _is_member(assignment) else None

    def get_resolution(self, assignment: Assignment) -> str | None:
        """The sentence that the sides argue for and against; null for who is no member."""
        return assignment.resolution if _is_member(assignment) else None

    def get_current_round(self, assignment: Assignment) -> UUID:
        """The id of the round that is current; before the opening the first one's."""
        return _current(assignment).pk

    @extend_schema_field(DatesSerializer(allow_null=True))
    def get_dates(self, assignment: Assignment) -> dict[str, Any] | None:
        """The dates that hold for you; null for who is no member."""
        if not _is_member(assignment):
            return None
        return dict(DatesSerializer(own_dates_of(assignment)).data)

    @extend_schema_field(serializers.ChoiceField(choices=Position.choices, allow_null=True))
    def get_side(self, assignment: Assignment) -> Position | None:
        """The side that you argue in the current round; null when nothing is said of it."""
        user = self.context["request"].user
        return own_side_of(assignment, user, _current(assignment))

    def get_html_url(self, assignment: Assignment) -> str:
        """The reading page."""
        return str(self.context["request"].build_absolute_uri(assignment.get_absolute_url()))


def _is_member(assignment: Assignment) -> bool:
    return bool(assignment.is_member)  # type: ignore[attr-defined]  # by `for_api`


def _current(assignment: Assignment) -> Round:
    return round_at(list(assignment.rounds.all()), timezone.now())


class ExtensionSerializer(serializers.ModelSerializer[Extension]):
    """Other dates for one student."""

    user = serializers.UUIDField(source="user_id", read_only=True)
    name = serializers.CharField(source="user.display_name", read_only=True)
    reason_code = serializers.SerializerMethodField()

    class Meta:
        model = Extension
        fields = ["user", "name", "due_at", "closes_at", "reason_code", "created_at", "updated_at"]

    @extend_schema_field(serializers.ChoiceField(choices=ReasonCode.choices, allow_null=True))
    def get_reason_code(self, extension: Extension) -> ReasonCode | None:
        """Why; null to all but the student and instructors."""
        knows = self.context["reads_reasons"]
        if not knows and extension.user_id != self.context["request"].user.pk:
            return None
        return ReasonCode(extension.reason_code)
