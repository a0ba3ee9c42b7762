"""Answers that are made of the JSON which the database makes of annotations.

Not one of the usual module names: views of several addresses answer so.
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import orjson
from django.db.models import F
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter

from annotations.enums import Status
from annotations.models import Annotation
from annotations.queries.conditions import state_of
from annotations.wire import MEMBERS
from debate.core.api.conditional import etag, is_unmodified
from debate.core.api.exceptions import BadParameters
from debate.core.api.filters import whole_parameter
from debate.core.api.pagination import WirePagination
from debate.core.api.views import ApiView
from debate.core.db import ANYBODY, KEPT, THIS, Somebody, Statement, one_snapshot, prepared
from debate.essays.api.essays import ParagraphSerializer
from debate.essays.models import Paragraph

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from rest_framework.request import Request

    from annotations.models.annotation import AnnotationQuerySet
    from annotations.queries.conditions import State
    from debate.accounts.models import User

EMBEDDED = ("replies", "root", "paragraphs")
MOST_REPLIES = 1_000
SORTS = {
    "created": ("id",),
    "-created": ("-id",),
    "updated": ("updated_at", "id"),
    "-updated": ("-updated_at", "-id"),
}
FIELDS = OpenApiParameter(
    "fields",
    {"type": "array", "items": {"type": "string", "enum": list(MEMBERS)}},
    explode=False,
    style="form",
    description="Only these members of each annotation, separated by commas.",
)
EMBED = OpenApiParameter(
    "embed",
    {"type": "array", "items": {"type": "string", "enum": list(EMBEDDED)}},
    explode=False,
    style="form",
    description="What the answer brings along as `included`, once each: the direct `replies`, at "
    f"most {MOST_REPLIES:,}; the first annotation of each thread (`root`); the `paragraphs` that "
    "the annotations are anchored in.",
)
SORT = OpenApiParameter(
    "sort",
    str,
    enum=list(SORTS),
    description="The order: by creation, which is that of ids, or by the last change.",
)
INCLUDED = frozenset({"revision", "fields", "embed"})


def base_of(request: Request) -> str:
    """Scheme and host that the request came to, without a slash at the end."""
    return str(request.build_absolute_uri("/"))[:-1]


def _named(request: Request, name: str, known: Collection[str]) -> frozenset[str] | None:
    """The words of a parameter that is a list; None without. Raises BadParameters."""
    given = request.query_params.get(name)
    if given is None:
        return None
    words = given.split(",")
    unknown = [one for one in words if one not in known]
    if unknown:
        said = ", ".join(f"“{one[:40]}”" for one in unknown[:5])
        raise BadParameters({name: [f"There is no {said} here. Choose of: {', '.join(known)}."]})
    return frozenset(words)


class WireAnswers(ApiView):
    """What views share that answer with annotations."""

    def fields(self) -> frozenset[str] | None:
        """The members that are asked for; None for all. Raises BadParameters."""
        return _named(self.request, "fields", MEMBERS)

    def embedded(self) -> frozenset[str]:
        """What is to be brought along. Raises BadParameters."""
        return _named(self.request, "embed", EMBEDDED) or frozenset()

    def wired(self, *, fields: frozenset[str] | None = None) -> AnnotationQuerySet:
        """What the person may read, with `wire`. Raises BadParameters."""
        revision = whole_parameter(self.request, "revision")
        rows = Annotation.objects.visible_to(self.user)
        return rows.with_wire(
            self.user, base=base_of(self.request), revision=revision, fields=fields
        )

    knows_rows = False
    """Whether the filters have found the rows before, so that a plan of any others is good for them."""

    def asks_as_usual(self) -> bool:
        """Whether the statement is one of the few that are asked all day long."""
        rare = {"revision", "tag"} if self.knows_rows else {"revision", "q", "tag"}
        return not rare & self.request.query_params.keys()

    def texts(self, rows: AnnotationQuerySet, *columns: str) -> list[Any]:
        """Those columns of the rows, in the order of their ids."""
        found = rows.order_by("id").values_list(*columns)
        return prepared(found) if self.asks_as_usual() else list(found)

    def wire(self, annotation_id: UUID) -> dict[str, Any]:
        """The annotation as the person may see it now. Raises Annotation.DoesNotExist."""
        if "revision" in self.request.query_params:
            rows = self.texts(self.wired().filter(pk=annotation_id), "wire")
        else:
            one = _one(is_visitor=self.user.pk is None, base=base_of(self.request))
            rows = one.ask({ANYBODY: self.user.pk, THIS: annotation_id}) if one else []
        if not rows:
            raise Annotation.DoesNotExist
        return cast("dict[str, Any]", orjson.loads(rows[0][0]))

    def included(self, ids: Sequence[UUID]) -> bytes:
        """What is brought along with those annotations, as a JSON object; 1 to 2 queries each."""
        wanted = self.embedded()
        parts = {
            "replies": self._replies,
            "root": self._roots,
            "paragraphs": self._paragraphs,
        }
        told = [f'"{name}":'.encode() + make(ids) for name, make in parts.items() if name in wanted]
        return b"{" + b",".join(told) + b"}"

    def _replies(self, ids: Sequence[UUID]) -> bytes:
        replies = self.wired(fields=self.fields()).filter(parent__in=ids)
        rows: Any = replies.exclude(status=Status.WITHDRAWN).order_by("id")[:MOST_REPLIES]
        return _array(text for (text,) in rows.values_list("wire"))

    def _roots(self, ids: Sequence[UUID]) -> bytes:
        threads = Annotation.objects.visible_to(self.user).filter(pk__in=ids, root__isnull=False)
        roots: Any = self.wired(fields=self.fields()).filter(pk__in=threads.values("root"))
        return _array(text for (text,) in roots.order_by("id").values_list("wire"))

    def _paragraphs(self, ids: Sequence[UUID]) -> bytes:
        revision = whole_parameter(self.request, "revision")
        shown = F("anchors__annotation__assignment__revision")
        at = {"anchors__revision__number": revision} if revision else {"anchors__revision": shown}
        found = Paragraph.objects.visible_to(self.user).select_related("revision")
        rows = found.filter(anchors__annotation__in=ids, **at).order_by("pk").distinct()
        return orjson.dumps(ParagraphSerializer(rows, many=True).data)


@lru_cache(maxsize=KEPT)
def _one(*, is_visitor: bool, base: str) -> Statement | None:
    """The statement of one annotation, for whoever reads it."""
    reader = cast("User", Somebody(None if is_visitor else ANYBODY))
    rows: Any = Annotation.objects.visible_to(reader).with_wire(reader, base=base)
    return Statement.of(rows.filter(pk=THIS).values_list("wire"))


def _array(texts: Iterator[str]) -> bytes:
    return ("[" + ",".join(texts) + "]").encode()


class WireObject(WireAnswers):
    """One annotation, as bytes that the database made."""

    found: tuple[int, str] | None = None

    def look(self, annotation_id: UUID) -> bool:
        """Whether the annotation is there to be read, which then is `found`."""
        rows = self.texts(
            self.wired(fields=self.fields()).filter(pk=annotation_id), "version", "wire"
        )
        self.found = rows[0] if rows else None
        return bool(rows)

    def answer(self, annotation_id: UUID) -> HttpResponse:
        """The annotation that was found, under its tag."""
        fields = self.fields()
        version, text = cast("tuple[int, str]", self.found)
        content = text.encode()
        if self.embedded():
            content = content[:-1] + b',"included":' + self.included([annotation_id]) + b"}"
        shown = orjson.loads(content)
        tag = self.tag(shown) if fields is None else etag(version, content)
        return HttpResponse(content, content_type="application/json", headers={"ETag": tag})


class WireList(WireAnswers):
    """Pages of annotations, as bytes that the database made, and their tags.

    Where all are of one assignment, the tag is that of its state, so that whoever has the list
    already is told so without a look at annotations; elsewhere it is that of what is told.
    """

    pagination_class = WirePagination

    @property
    def page_order(self) -> tuple[str, ...]:  # type: ignore[override]  # as the request says
        """The order that is asked for. Raises BadParameters."""
        sort = self.request.query_params.get("sort", "created")
        if sort not in SORTS:
            raise BadParameters({"sort": [f"Choose one of: {', '.join(SORTS)}."]})
        return SORTS[sort]

    def rows(self) -> AnnotationQuerySet:
        """The annotations of the list."""
        return self.wired(fields=self.fields())

    def state(self) -> State | None:
        """What decides what the list tells; None where that is more than one assignment."""
        return None

    def answer_list(self) -> HttpResponse:
        """The page that is asked for, or only its tag where the asker has it."""
        embedded = self.embedded()
        state = self.state()
        asked = (self.request.build_absolute_uri(), "application/json")
        tag = etag(0, *state, *asked) if state else ""
        if tag and is_unmodified(self.request, tag):
            return HttpResponse(headers={"ETag": tag})
        with one_snapshot() if embedded else nullcontext():
            rows = self.paginate_queryset(self.filter_queryset(self.rows()))
            assert rows is not None  # noqa: S101 - lists have pages
            ids = [row[-2] for row in rows]
            included = self.included(ids) if embedded else None
        pages = cast("WirePagination", self.paginator)
        answer = pages.get_paginated_response([row[-1] for row in rows], included=included)
        answer["ETag"] = tag or etag(0, answer.content, *asked)
        return answer


def state_of_list(user: User, request: Request) -> State | None:
    """The state of the one assignment that the list is limited to; None for several.

    What is no id at all is refused with the other filters.
    """
    try:
        assignment = UUID(request.query_params.get("assignment", ""))
    except ValueError:
        return None
    return state_of(user, assignment)
