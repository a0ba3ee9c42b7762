"""Groups drawn at random in the API: looked at, then made."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from debate.core.api.fields import Choice, Shape, Switch, Text, Whole
from debate.seminars.actions import Chance, draw_groups, make_drawn_groups
from debate.seminars.actions.groups import MOST_GROUPS
from debate.seminars.api.groups import GroupMemberSerializer, GroupReader, SeminarGroupSerializer
from debate.seminars.enums import GroupKind

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

LARGEST_SEED = 2**31 - 1
LARGEST_SIZE = 1_000
LENGTH_OF_DIGEST = 64


class DrawnGroupSerializer(serializers.Serializer[Any]):
    """A group as it was drawn, not made yet."""

    name = serializers.CharField()
    members = GroupMemberSerializer(many=True)


class GroupDrawSerializer(serializers.Serializer[Any]):
    """What was drawn. `seed` draws the same again, `digest` tells whether it still is the same."""

    seed = serializers.IntegerField()
    digest = serializers.CharField()
    groups = DrawnGroupSerializer(many=True)


class MadeGroupsSerializer(serializers.Serializer[Any]):
    """The groups that were made, and by which `seed`."""

    seed = serializers.IntegerField()
    groups = SeminarGroupSerializer(many=True)


class GroupDrawShape(Shape):
    """How groups are drawn: so many (`count`), or of about so many people (`size`).

    With the `digest` of what was looked at, and its `seed`, exactly that is made.
    """

    kind = Choice(choices=GroupKind.choices, required=False)
    count = Whole(required=False, min_value=1, max_value=MOST_GROUPS)
    size = Whole(required=False, min_value=1, max_value=LARGEST_SIZE)
    only_free = Switch(
        required=False, help_text="Only students who are in no such group; always so of sections."
    )
    within_sections = Switch(required=False, help_text="Draw in each section for itself.")
    seed = Whole(required=False, min_value=0, max_value=LARGEST_SEED)
    digest = Text(required=False, max_length=LENGTH_OF_DIGEST)

    def validate(self, data: Any) -> Any:
        """One of count and size is needed, and the seed of what is to be made as it was seen."""
        if ("count" in data) == ("size" in data):
            raise serializers.ValidationError("Give either count or size.")
        if "digest" in data and "seed" not in data:
            raise serializers.ValidationError("Give the seed that the digest came with.")
        return data

    def chance(self) -> Chance:
        """As the actions take it; by chance of now where no seed is given."""
        given = {name: one for name, one in self.validated_data.items() if name != "digest"}
        return Chance(**{"seed": secrets.randbelow(LARGEST_SEED), **given})


class GroupDraw(GroupReader):
    """Groups of a seminar drawn at random."""

    query_parameters = frozenset({"dry_run"})

    @extend_schema(
        parameters=[OpenApiParameter("dry_run", bool, description="Only tell what is drawn.")],
        request=GroupDrawShape,
        responses={200: GroupDrawSerializer, 201: MadeGroupsSerializer},
        operation_id="seminars_groups_draw_create",
        description="Draw groups of the seminar's students at random, and make them. With `dry_run` "
        "nothing is made, and the answer (200) tells `seed`, `digest` and who would be with whom; "
        "sent again with both, exactly these groups are made, or it is a 409 where somebody came or "
        "left meanwhile. For instructors, with the scope `admin`.",
    )
    def post(self, request: Request, seminar_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Draw them, and make them unless it is a trial."""
        tries = self.is_trial()
        shape = GroupDrawShape(data=request.data)
        shape.is_valid(raise_exception=True)
        chance = shape.chance()
        if tries:
            draw = draw_groups(actor=self.user, seminar=self.seminar, chance=chance)
            shown = {"seed": chance.seed, "digest": draw.digest, "groups": draw.groups}
            return Response(GroupDrawSerializer(shown).data)
        digest = shape.validated_data.get("digest")
        made = make_drawn_groups(
            actor=self.user, seminar=self.seminar, chance=chance, digest=digest
        )
        groups = self.get_queryset().filter(pk__in=[one.pk for one in made])
        return Response(
            {"seed": chance.seed, "groups": self.get_serializer(groups, many=True).data},
            status=201,
        )
