"""Answers that are made of the JSON which the database makes of annotations.

Not one of the usual module names: views of several addresses answer so.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import orjson
from django.db.models import BooleanField, F, Func
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
    """The words of a parameter that is a list; None without. Raises BadParameters.

    They are separated by commas, or the parameter is given again for each, as openapi-python-client
    does whatever the description says.
    """
    given = request.query_params.getlist(name)
    if not given:
        return None
    words = ",".join(given).split(",")
    unknown = [one for one in words if one not in known]
    if unknown:
        said = ", ".join(f"“{one[:40]}”" for one in unknown[:5])
        raise BadParameters({name: [f"There is no {said} here. Choose of: {', '.join(known)}."]})
    return frozenset(words)


class WireAnswers(ApiView):
    """What views share that answer with annotations."""

    repeatable = frozenset({"fields", "embed"})

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
            one = _one(_Wired(self.user.pk is None, base_of(self.request), None))
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
def _one(wired: _Wired) -> Statement | None:
    """The statement of one annotation."""
    found: Any = wired.rows().filter(pk=THIS)
    return Statement.of(found.values_list("wire"))


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
        # Who has the tag has had the list; who sends `*` may ask for one that there is not.
        if tag and is_unmodified(self.request, tag, takes_any=False):
            return HttpResponse(headers={"ETag": tag})
        pages = cast("WirePagination", self.paginator)
        with one_snapshot() if embedded else nullcontext():
            rows = self._usual_page(pages)
            if rows is None:
                rows = self.paginate_queryset(self.filter_queryset(self.rows()))
            assert rows is not None  # noqa: S101 - lists have pages
            ids = [row[-2] for row in rows]
            included = self.included(ids) if embedded else None
        answer = pages.get_paginated_response([row[-1] for row in rows], included=included)
        answer["ETag"] = tag or etag(0, answer.content, *asked)
        return answer

    def _usual_page(self, pages: WirePagination) -> list[Any] | None:
        """The rows of a page that is asked for all day long; None for any other. Raises BadParameters.

        Its statement is made once a process: of a list by age that is narrowed by ids alone.
        """
        filters = getattr(self, "filterset_class", None)
        if type(self).rows is not WireList.rows:
            return None  # of which nothing is known here
        asked = self.request.query_params.items()
        given = {name: str(said) for name, said in asked if name not in _OF_ANY_PAGE}
        if filters is None or not given.keys() <= _STAND_INS.keys():
            return None
        try:
            narrowed: dict[Any, Any] = {
                _STAND_INS[name]: UUID(said) for name, said in given.items()
            }
        except ValueError:
            return None  # the filters say what is wrong
        wired = _Wired(self.user.pk is None, base_of(self.request), self.fields())

        def read(limit: int, key: UUID | None, down: bool) -> list[Any]:
            way = f"id__{'lt' if down else 'gt'}" if key else ""
            asked = {**narrowed, ANYBODY: self.user.pk, THIS: key}
            if "assignment" in given:
                page = _first(filters, frozenset(given), wired, way, limit, down=down)
                *rows, (_, _, looked_at) = page.ask(asked) if page else [(None, None, "0")]
                if len(rows) == limit or int(looked_at) < window(limit):
                    return rows
            whole = _page(filters, frozenset(given), wired, way, limit, down=down)
            return whole.ask(asked) if whole else []

        return pages.paginate_by_age(self.request, self, read)


_OF_ANY_PAGE = frozenset({"limit", "cursor", "count", "fields", "embed", "sort"})
_STAND_INS = {
    name: UUID(int=ANYBODY.int - 16 - number)
    for number, name in enumerate(("assignment", "seminar", "essay", "author", "parent", "root"))
}
"""Filters whose values are ids, and what stands for those in a statement."""


@dataclass(frozen=True)
class _Wired:
    """Which JSON is made of the rows."""

    is_visitor: bool
    base: str
    fields: frozenset[str] | None

    def rows(self) -> AnnotationQuerySet:
        """The rows with it, for whoever reads them."""
        reader = cast("User", Somebody(None if self.is_visitor else ANYBODY))
        found = Annotation.objects.visible_to(reader)
        return found.with_wire(reader, base=self.base, fields=self.fields)


_AMONG = '%(expressions)s = ANY(ARRAY(SELECT "id" FROM "few"))'


def window(limit: int) -> int:
    """How many annotations are looked at first for so many that the reader may know of."""
    return limit + limit // 4 + 2


@lru_cache(maxsize=KEPT)
def _page(
    filters: Any, names: frozenset[str], wired: _Wired, way: str, limit: int, *, down: bool
) -> Statement | None:
    """The statement of a page that those filters narrow, `way` (a lookup) of the id THIS."""
    rows = _narrowed(filters, names, wired)
    rows = rows.filter(**{way: THIS}) if way else rows
    return Statement.of(_cut(rows, limit, down=down).values_list("id", "pk", "wire"))


@lru_cache(maxsize=KEPT)
def _first(
    filters: Any, names: frozenset[str], wired: _Wired, way: str, limit: int, *, down: bool
) -> Statement | None:
    """The same of the first annotations of an assignment that come next, and how many those are.

    The server plans for an assignment as large as most. In one that is much larger it would
    look at all there is, and sort that, for each page. A last row says how many were looked at.
    """
    beyond = {way: THIS} if way else {}
    following = Annotation.objects.filter(assignment=_STAND_INS["assignment"], **beyond)
    rows = _narrowed(filters, names - {"assignment"}, wired)
    # Whether the reader may know of them is asked of these alone, by the door.
    among = Func(F("pk"), template=_AMONG, output_field=BooleanField())
    next_ones = Statement.of(_cut(following, window(limit), down=down).values_list("id"))
    page = Statement.of(_cut(rows.filter(among), limit, down=down).values_list("id", "pk", "wire"))
    if next_ones is None or page is None:
        return None
    sql = f"""
        WITH "few" ("id") AS MATERIALIZED ({next_ones.sql})
        ({page.sql}) UNION ALL SELECT NULL, NULL, count(*)::text FROM "few"
    """  # noqa: S608 - statements of ours, with places for values
    return Statement(sql, (*next_ones.params, *page.params), page.alias)


def _narrowed(filters: Any, names: frozenset[str], wired: _Wired) -> Any:
    """The rows that those filters leave, by what stands for their values."""
    given = {name: str(_STAND_INS[name]) for name in names}
    return filters(data=given, queryset=wired.rows()).qs


def _cut(rows: Any, limit: int, *, down: bool) -> Any:
    return rows.order_by("-id" if down else "id")[:limit]


def state_of_list(user: User, request: Request) -> State | None:
    """The state of the one assignment that the list is limited to; None for several.

    What is no id at all is refused with the other filters.
    """
    try:
        assignment = UUID(request.query_params.get("assignment", ""))
    except ValueError:
        return None
    return state_of(user, assignment)
