"""What clients send to set up assignments: the shape is checked here, every rule in the actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.utils import timezone
from django.utils.text import slugify
from rest_framework import serializers

from debate.assignments.actions import RoundInput
from debate.assignments.enums import POSTED_KINDS, ReasonCode, RoundMode
from debate.assignments.forms.zoned import EARLIEST, LATEST
from debate.core.api.fields import SENTENCES, Change, Choice, Id, Shape, Switch, Text, Whole

if TYPE_CHECKING:
    from datetime import datetime

    from debate.assignments.actions import SetUp

MOST_LISTED = 100
LONGEST_SLUG = 80


class Moment(serializers.DateTimeField):
    """A time with its offset from UTC, as RFC 3339 writes it."""

    default_error_messages = {
        **SENTENCES,
        "invalid": "Give a time such as 2026-05-31T14:00:00Z.",
        "absurd": f"Give a year from {EARLIEST} to {LATEST}.",
    }

    def to_internal_value(self, value: Any) -> datetime:
        """The moment; without offset it could be any of two dozen.

        The years are those of the pages: neither PostgreSQL nor every time zone has all of Python's.
        """
        if not isinstance(value, str) or "T" not in value:
            self.fail("invalid", format="")
        moment = super().to_internal_value(value)
        if not EARLIEST <= moment.year <= LATEST:
            self.fail("absurd")
        return moment

    def enforce_timezone(self, value: datetime) -> datetime:
        """Refuse a time without offset, rather than take it for the server's."""
        if timezone.is_naive(value):
            self.fail("invalid", format="")
        return value


class AskedShape(Shape):
    """How much is asked; what is left out stays as it is."""

    comments = Whole(required=False)
    counterarguments = Whole(required=False)
    evidence = Whole(required=False)
    replies = Whole(required=False)
    paragraphs = Whole(required=False)


class RoundShape(Shape):
    """A round; with `id`, what becomes of the round of that id. The first opens with the assignment."""

    id = Id(required=False)
    name = Text(required=False)
    mode = Choice(choices=RoundMode.choices, required=False)
    opens_at = Moment(required=False)
    reveals_after = Whole(required=False, allow_null=True)
    allowed_kinds = serializers.ListField(
        child=Choice(choices=POSTED_KINDS),
        required=False,
        max_length=MOST_LISTED,
        help_text="Empty: every kind.",
    )


class SetUpShape(Change):
    """What is to change of an assignment; what is left out stays as it is."""

    empty = {"instructions": "", "resolution": "", "groups": ()}

    title = Text(required=False)
    instructions = Text(required=False, help_text="Markdown, at most 10,000 characters.")
    opens_at = Moment(required=False)
    due_at = Moment(required=False, allow_null=True)
    closes_at = Moment(required=False, allow_null=True)
    asked = AskedShape(required=False)
    is_for_groups = Switch(required=False)
    groups = serializers.ListField(child=Id(), required=False, max_length=MOST_LISTED)
    uses_pseudonyms = Switch(required=False)
    requires_approval = Switch(required=False)
    resolution = Text(required=False)
    rounds = RoundShape(  # type: ignore[call-arg]  # of the list that many=True makes
        many=True,
        required=False,
        max_length=MOST_LISTED,
        help_text="All rounds in their order; those that are left out go.",
    )

    def given(self) -> SetUp:
        """What was sent, as the actions take it."""
        given = dict(self.validated_data)
        if "groups" in given:
            given["group_ids"] = given.pop("groups")
        if "rounds" in given:
            given["rounds"] = [_round(one) for one in given["rounds"]]
        return cast("SetUp", given)


class AssignmentShape(SetUpShape):
    """A new assignment; the least is `essay`."""

    essay = Id()
    slug = Text(required=False, help_text="Letters a to z, digits and hyphens; else of the title.")

    def validate_slug(self, slug: str) -> str:
        """The address as it will be. Raises ValidationError rather than to make another of it."""
        if slug and (slug != slugify(slug) or len(slug) > LONGEST_SLUG):
            raise serializers.ValidationError(
                f"Give letters a to z, digits and hyphens, at most {LONGEST_SLUG}."
            )
        return slug


class NamedEssay(serializers.Serializer[Any]):
    """The essay that a body names, whatever else it holds."""

    essay = Id()


class ExtensionShape(Shape):
    """Other dates for one student: at least one of them."""

    due_at = Moment(required=False, allow_null=True)
    closes_at = Moment(required=False, allow_null=True)
    reason_code = Choice(choices=ReasonCode.choices, required=False)


def _round(given: dict[str, Any]) -> RoundInput:
    members = {**given, "round_id": given.get("id")}
    members.pop("id", None)
    return RoundInput(**members)
