"""Many annotations posted and changed in one request, each with an outcome of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import orjson
from django.db import transaction
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.api.inputs import AnnotationChangeShape, AnnotationShape
from annotations.api.posting import change_annotation, find_to_change, post_annotation
from annotations.api.serializers import AnnotationSerializer
from annotations.api.views import AnnotationReader
from annotations.models import Annotation
from debate.assignments.actions import lock_assignments
from debate.assignments.models import Assignment
from debate.core.api import idempotency
from debate.core.api.exceptions import MEDIA_TYPE, BadParameters, problem_handler
from debate.core.api.fields import Id, Shape
from debate.core.errors import PreconditionRequired

if TYPE_CHECKING:
    from rest_framework.request import Request

MOST_ITEMS = 200
TOO_MANY = f"At most {MOST_ITEMS} items are taken in one request."


class BatchItemShape(AnnotationChangeShape):
    """An annotation to `create`, or the id of one to `change` with its `version` and new members."""

    create = AnnotationShape(required=False)  # type: ignore[assignment]  # a member of that name
    change = Id(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two; whether the members go with the kind is judged with the annotation."""
        if ("create" in attrs) == ("change" in attrs):
            raise serializers.ValidationError("Give either `create` or `change` with an id.")
        if "create" in attrs and len(attrs) > 1:
            raise serializers.ValidationError("Everything that goes with `create` stands in it.")
        return attrs


class BatchShape(Shape):
    """The items, in the order in which they are done."""

    items = BatchItemShape(  # type: ignore[call-arg]  # of the list that many=True makes
        many=True, max_length=MOST_ITEMS, error_messages={"max_length": TOO_MANY}
    )


class OutcomeSerializer(serializers.Serializer[Any]):
    """What became of one item: the annotation, or why not."""

    status = serializers.IntegerField(help_text="As the item alone would have been answered.")
    location = serializers.URLField(required=False, help_text="Of what was created.")
    body = AnnotationSerializer(required=False, allow_null=True)
    problem = serializers.DictField(
        required=False, help_text="RFC 9457; its pointers lead into this batch."
    )


class BatchSerializer(serializers.Serializer[Any]):
    """The outcomes, in the order of the items."""

    results = OutcomeSerializer(many=True)


class _Refused(Exception):
    """An item of a batch that is done as a whole or not at all; holds its problem document."""


class BatchView(AnnotationReader):
    """Annotations posted and changed by the hundred."""

    rate = "bulk"
    query_parameters = frozenset({"atomic"})
    serializer_class = BatchSerializer
    doing: UUID | None = None

    @extend_schema(
        request=BatchShape,
        responses={200: BatchSerializer},
        operation_id="annotations_batch_create",
        parameters=[
            OpenApiParameter(
                "atomic", str, enum=["0", "1"], description="`1`: all items, or none of them."
            )
        ],
        description="Create and change up to 200 annotations. An item is `create` with what "
        "`POST /api/v1/annotations/` takes, or `change` with an id, its `version`, and what "
        "`PATCH` takes. They are done in their order, each by itself; the answer has the outcome "
        "of each. With `atomic=1`, the first that cannot be done refuses them all. What does not "
        "have the form of a batch is refused before anything is done.",
    )
    def post(self, request: Request) -> HttpResponse:
        """Do the items. Refused as a whole is only what is no batch, and `atomic=1`."""
        is_atomic = self._is_atomic()
        shape = BatchShape(data=request.data)
        shape.is_valid(raise_exception=True)
        items: list[dict[str, Any]] = cast("dict[str, Any]", request.data)["items"]
        if not is_atomic and idempotency.HEADER not in request.headers:
            return self._answer_to([self._outcome(at, item) for at, item in enumerate(items)])
        try:
            # All locks in one order before any item, for all are held to the end of them all.
            with transaction.atomic():
                lock_assignments(self._assignments(items))
                outcomes = [
                    self._outcome(at, item, is_whole=is_atomic) for at, item in enumerate(items)
                ]
                return self._answer_to(outcomes)
        except _Refused as error:
            [document] = error.args
            return Response(document, status=document["status"], content_type=MEDIA_TYPE)

    def current(self) -> Any:
        """The annotation that the item at hand changes, for the problem of a stale one."""
        return self.shown(find_to_change(self.user, self.doing)) if self.doing else None

    def _is_atomic(self) -> bool:
        given = self.request.query_params.get("atomic", "0")
        if given not in {"0", "1"}:
            raise BadParameters({"atomic": ["Give 1 for all or none, or 0."]})
        return given == "1"

    def _outcome(self, at: int, item: dict[str, Any], *, is_whole: bool = False) -> dict[str, Any]:
        """What became of the item: `status` with `id`, or with `problem`. Raises _Refused."""
        self.doing = None
        try:
            return self._done(item)
        except Exception as error:
            refusal = problem_handler(error, self.get_exception_handler_context())
            if refusal is None:
                raise
        within = "/create" if "create" in item else ""
        document = refusal.data
        for one in document.get("errors", []):
            one["pointer"] = f"/items/{at}{within}{one.get('pointer', '')}"
        if is_whole:
            raise _Refused({**document, "item": at})
        return {"status": refusal.status_code, "problem": document}

    def _done(self, item: dict[str, Any]) -> dict[str, Any]:
        if "create" in item:
            created = post_annotation(self.user, item["create"])
            return {"status": 201, "id": created.pk}
        found = find_to_change(self.user, UUID(item["change"]))
        self.doing = found.pk
        members = {name: value for name, value in item.items() if name != "change"}
        changed = change_annotation(self.user, found, members, _version)
        return {"status": 200, "id": changed.pk}

    def _assignments(self, items: list[dict[str, Any]]) -> list[UUID]:
        """Those that the items are about, as far as the person may know of them."""
        new = [item["create"]["assignment"] for item in items if "create" in item]
        changed = [item["change"] for item in items if "change" in item]
        assignments = Assignment.objects.visible_to(self.user).filter(pk__in=new)
        annotations = Annotation.objects.visible_to(self.user).filter(pk__in=changed)
        return [
            *assignments.values_list("pk", flat=True),
            *annotations.values_list("assignment_id", flat=True),
        ]

    def _answer_to(self, outcomes: list[dict[str, Any]]) -> HttpResponse:
        """The outcomes with what the annotations now are, all read in one statement."""
        made = [one["id"] for one in outcomes if "id" in one]
        base = self.request.build_absolute_uri("/").rstrip("/")
        rows: Any = Annotation.objects.visible_to(self.user).with_wire(self.user, base=base)
        wires = dict(rows.filter(pk__in=made).values_list("pk", "wire"))
        results: list[dict[str, Any]] = []
        for one in outcomes:
            if "id" not in one:
                results.append(one)
                continue
            shown = wires.get(one["id"])
            result = {"status": one["status"], "body": orjson.Fragment(shown) if shown else None}
            if one["status"] == 201:  # noqa: PLR2004 - created
                result["location"] = self._address_of(one["id"])
            results.append(result)
        content = orjson.dumps({"results": results}, default=str)
        return HttpResponse(content, content_type="application/json")

    def _address_of(self, annotation_id: UUID) -> str:
        return str(reverse("api:annotation-detail", args=[annotation_id], request=self.request))


def _version(shape: AnnotationChangeShape) -> int:
    """The version that an item of a batch was made from. Raises PreconditionRequired without."""
    version = shape.validated_data.get("version")
    if version is None:
        raise PreconditionRequired("Give the `version` that you change.")
    return int(version)
