"""Many annotations posted and changed in one request, each with an outcome of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import orjson
from django.db import transaction
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from annotations.actions.evidence import hold_shelf
from annotations.api.finding import address_of
from annotations.api.inputs import AnnotationChangeShape, AnnotationShape
from annotations.api.posting import (
    change_annotation,
    find_to_change,
    post_annotation,
    post_together,
)
from annotations.api.serializers import AnnotationSerializer
from annotations.api.views import AnnotationReader
from annotations.api.wired import base_of
from annotations.models import Annotation
from annotations.queries.hits import one_of
from debate.assignments.actions import lock_assignments
from debate.assignments.models import Assignment
from debate.core.api import idempotency
from debate.core.api.exceptions import MEDIA_TYPE, BadParameters, problem_handler
from debate.core.api.fields import Id, Shape
from debate.core.db import ANYBODY, KEPT, THIS, Somebody, Statement
from debate.core.errors import DomainError, PreconditionRequired

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.request import Request

    from debate.accounts.models import User

    Act = Callable[[], dict[str, Any]]

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
    """An item of a batch that is done as a whole or not at all; its problem document, and headers."""


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
        items = _items(cast("dict[str, Any]", request.data)["items"], shape)
        if not is_atomic and idempotency.HEADER not in request.headers:
            return self._answer_to(self._outcomes(items, is_whole=False))
        try:
            with transaction.atomic():
                self._lock_for([one.body for one in items])
                return self._answer_to(self._outcomes(items, is_whole=is_atomic))
        except _Refused as error:
            [document, headers] = error.args
            return Response(
                document, status=document["status"], headers=headers, content_type=MEDIA_TYPE
            )

    def current(self) -> Any:
        """The annotation that the item at hand changes, for the problem of a stale one."""
        return self.shown(find_to_change(self.user, self.doing)) if self.doing else None

    def _is_atomic(self) -> bool:
        given = self.request.query_params.get("atomic", "0")
        if given not in {"0", "1"}:
            raise BadParameters({"atomic": ["Give 1 for all or none, or 0."]})
        return given == "1"

    def _outcomes(self, items: list[_Item], *, is_whole: bool) -> list[dict[str, Any]]:
        """What became of the items, of which those that go together are done together."""
        outcomes: list[dict[str, Any]] = []
        for assignment_id, run in groupby(items, lambda one: one.goes_with):
            some = list(run)
            acts: list[Act] = [partial(self._done, item) for item in some]
            if assignment_id:
                shapes = [item.shape for item in some if item.shape]
                acts = [partial(_given, one) for one in post_together(self.user, shapes)]
            outcomes += [
                self._outcome(item, act, is_whole=is_whole)
                for item, act in zip(some, acts, strict=True)
            ]
        return outcomes

    def _outcome(self, item: _Item, act: Act, *, is_whole: bool) -> dict[str, Any]:
        """What becomes of the item: `status` with `id`, or with `problem`. Raises _Refused."""
        self.doing = None
        try:
            return act()
        except Exception as error:
            refusal = problem_handler(error, self.get_exception_handler_context())
            if refusal is None:
                raise
        within = "/create" if item.shape else ""
        document = refusal.data
        for one in document.get("errors", []):
            one["pointer"] = f"/items/{item.at}{within}{one.get('pointer', '')}"
        if is_whole:
            again = {name: refusal[name] for name in ("Retry-After",) if name in refusal}
            raise _Refused({**document, "item": item.at}, again)
        return {"status": refusal.status_code, "problem": document}

    def _done(self, item: _Item) -> dict[str, Any]:
        if item.shape:
            return _given(post_annotation(self.user, item.body["create"], item.shape))
        found = find_to_change(self.user, UUID(item.body["change"]))
        self.doing = found.pk
        members = {name: value for name, value in item.body.items() if name != "change"}
        changed = change_annotation(self.user, found, members, _version)
        return {"status": 200, "id": changed.pk}

    def _lock_for(self, items: list[dict[str, Any]]) -> None:
        """Lock what the items are about, in one order before any item: all is held to their end.

        The shelves as well, whether a work is named or not: who says more of one holds its shelf
        and then waits for notes that cite it, which the items change in any order.
        """
        assignments = self._assignments(items)
        lock_assignments(assignments)
        known = Assignment.objects.filter(pk__in=assignments)
        for seminar_id in sorted(set(known.values_list("seminar_id", flat=True))):
            hold_shelf(seminar_id)

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
        asked = _wires(base_of(self.request))
        wires = dict(asked.ask({ANYBODY: self.user.pk, THIS: made})) if asked else {}
        address = address_of(ANYBODY, self.request)
        results: list[dict[str, Any]] = []
        for one in outcomes:
            if "id" not in one:
                results.append(one)
                continue
            shown = wires.get(one["id"])
            result = {"status": one["status"], "body": orjson.Fragment(shown) if shown else None}
            if one["status"] == 201:  # noqa: PLR2004 - created
                result["location"] = address.replace(str(ANYBODY), str(one["id"]))
            results.append(result)
        content = orjson.dumps({"results": results}, default=str)
        return HttpResponse(content, content_type="application/json")


@dataclass(frozen=True)
class _Item:
    """One item of the batch, the `at`-th; `shape` is that of what it creates."""

    at: int
    body: dict[str, Any]
    shape: AnnotationShape | None

    @property
    def goes_with(self) -> UUID | None:
        """The assignment, if the item can be done together with others on it that follow it."""
        if self.shape is None or not self.shape.post.stands_alone:
            return None
        assignment_id: UUID = self.shape.validated_data["assignment"]
        return assignment_id


def _items(bodies: list[dict[str, Any]], shape: BatchShape) -> list[_Item]:
    """The items of a batch that was found right."""
    values = shape.validated_data["items"]
    return [
        _Item(
            at,
            body,
            AnnotationShape.found_right(body["create"], value["create"])
            if "create" in body
            else None,
        )
        for at, (body, value) in enumerate(zip(bodies, values, strict=True))
    ]


def _given(outcome: Annotation | DomainError) -> dict[str, Any]:
    """That the annotation was created. Raises what refused it."""
    if isinstance(outcome, DomainError):
        raise outcome
    return {"status": 201, "id": outcome.pk}


@lru_cache(maxsize=KEPT)
def _wires(base: str) -> Statement | None:
    """The statement of the annotations with the ids [THIS], for whoever reads them."""
    reader = cast("User", Somebody(ANYBODY))
    rows: Any = Annotation.objects.visible_to(reader).with_wire(reader, base=base)
    return Statement.of(rows.filter(one_of([THIS])).values_list("pk", "wire"))


def _version(shape: AnnotationChangeShape) -> int:
    """The version that an item of a batch was made from. Raises PreconditionRequired without."""
    version = shape.validated_data.get("version")
    if version is None:
        raise PreconditionRequired("Give the `version` that you change.", field="version")
    return int(version)
