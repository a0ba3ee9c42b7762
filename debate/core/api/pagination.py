"""Keyset pages: stable while others write, as fast at the end as at the beginning."""

from __future__ import annotations

import hashlib
from contextlib import nullcontext
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.core import signing
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from debate.core.api.exceptions import BadParameters
from debate.core.api.filters import whole_parameter
from debate.core.db import one_snapshot, prepared

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.request import Request

_SALT = "debate.api.cursor"
PARAMETERS = frozenset({"limit", "cursor", "count"})


class KeysetPagination(BasePagination):
    """Pages in the order of the view's `page_order`, by default the id, which is that of creation.

    `page_order` names fields of the model, all ascending or all (with `-`) descending, which together
    are unique in the list.
    `limit` is 1 to 200 (50 when not given); more is a 400 that names the bound. The cursor is
    signed, made by the server, opaque, good for the list that it came from, and the same whenever
    the page is. `total` stands in the answer when `count=1` is asked.
    """

    default_limit = 50
    max_limit = 200

    def paginate_queryset(  # type: ignore[override]  # a list in memory has no keys
        self, queryset: QuerySet[Any], request: Request, view: Any = None
    ) -> list[Any]:
        """The rows of the page that the request's cursor asks for."""
        backwards, key = self.asked(request, view)
        with one_snapshot() if self._counts() else nullcontext():
            self.total = queryset.count() if self._counts() else None
            down = backwards != self.falls
            if key:
                queryset = queryset.filter(self._beyond(key, "lt" if down else "gt"))
            names = [f"-{name}" for name in self.order] if down else self.order
            rows = self.read(queryset.order_by(*names)[: self.limit + 1])
        return self._cut(rows, key, backwards=backwards)

    def _cut(self, rows: list[Any], key: list[str], *, backwards: bool) -> list[Any]:
        """The rows of the page, of those that were read behind the key or before it."""
        more = len(rows) > self.limit
        rows = rows[: self.limit]
        if backwards:
            rows.reverse()
        self.has_next = backwards or more
        self.has_previous = more if backwards else bool(key)
        self.first, self.last = (self._key(rows[0]), self._key(rows[-1])) if rows else (key, key)
        return rows

    def asked(self, request: Request, view: Any) -> tuple[bool, list[str]]:
        """Whether the page before a key is asked for, or the one behind it, and the key.

        Raises BadParameters.
        """
        self.request, self.view = request, view
        order: tuple[str, ...] = getattr(view, "page_order", ("id",))
        self.falls = order[0].startswith("-")
        self.order = tuple(name.removeprefix("-") for name in order)
        self.limit = whole_parameter(request, "limit", most=self.max_limit) or self.default_limit
        return self._cursor()

    def by_age(self, request: Request, view: Any) -> tuple[int, UUID | None, bool] | None:
        """How many rows are read for the page, behind which id, and whether downwards.

        None where they are in another order than that of ids, or counted. Raises BadParameters.
        """
        backwards, key = self.asked(request, view)
        if self.order != ("id",) or self._counts():
            return None
        return self.limit + 1, UUID(key[0]) if key else None, backwards != self.falls

    def read(self, queryset: QuerySet[Any]) -> list[Any]:
        """The rows of the page and one more."""
        return list(queryset)

    @cached_property
    def neighbours(self) -> tuple[str | None, str | None]:
        """The addresses of the next page and the previous one."""
        following = self._url("n", self.last) if self.has_next and self.last else None
        preceding = self._url("p", self.first) if self.has_previous and self.first else None
        return following, preceding

    def get_paginated_response(self, data: Any) -> Response:
        """The list with the addresses of its neighbours, in the body and as Link (RFC 8288)."""
        following, preceding = self.neighbours
        body = {"results": data, "next": following, "previous": preceding}
        if self.total is not None:
            body["total"] = self.total
        return Response(body, headers=self.links())

    def links(self) -> dict[str, str]:
        """The neighbours as the header Link."""
        links = [
            f'<{url}>; rel="{rel}"'
            for url, rel in zip(self.neighbours, ("next", "prev"), strict=True)
            if url
        ]
        return {"Link": ", ".join(links)} if links else {}

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The shape of a page, for the OpenAPI description."""
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {
                "results": schema,
                "next": address,
                "previous": address,
                "total": {"type": "integer", "description": "With `count=1` only."},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:  # noqa: ARG002 - DRF's signature
        """The query parameters of a page, for the OpenAPI description."""
        return [
            {
                "name": "limit",
                "in": "query",
                "description": "How many to return.",
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": self.max_limit,
                    "default": self.default_limit,
                },
            },
            {
                "name": "cursor",
                "in": "query",
                "description": "From `next` or `previous` of another page.",
                "schema": {"type": "string"},
            },
            {
                "name": "count",
                "in": "query",
                "description": "`1` adds the exact `total`.",
                "schema": {"type": "string", "enum": ["0", "1"]},
            },
        ]

    def _counts(self) -> bool:
        given = self.request.query_params.get("count", "0")
        if given not in {"0", "1"}:
            raise BadParameters({"count": ["Give 1 for the exact total, or 0."]})
        return given == "1"

    def _cursor(self) -> tuple[bool, list[str]]:
        given = self.request.query_params.get("cursor")
        if given is None:
            return False, []
        # Of the cursors that once bore the time of their making, clients hold some still.
        signer = signing.TimestampSigner if given.count(":") > 1 else signing.Signer
        try:
            way, of, key = signer(salt=_SALT).unsign_object(given)
        except (signing.BadSignature, ValueError) as error:
            raise BadParameters({"cursor": ["This is no cursor of ours."]}) from error
        if of != self._list():
            raise BadParameters({"cursor": ["This cursor belongs to another list."]})
        return way == "p", key

    def _list(self) -> str:
        """What tells this list from others: its address, filters and order."""
        query = self.request.query_params
        filters = sorted((name, query.getlist(name)) for name in query if name not in PARAMETERS)
        parts = repr((self.request.path, filters, self.order, self.falls))
        return hashlib.sha256(parts.encode()).hexdigest()[:12]

    def _key(self, row: Any) -> list[str]:
        return [str(getattr(row, name)) for name in self.order]

    def _opens(self, key: list[str], way: str) -> Q:
        """What an index on the first field alone can find: it is at the key, or beyond it."""
        return Q(**{f"{self.order[0]}__{way}e": key[0]}) if len(key) > 1 else Q()

    def _beyond(self, key: list[str], way: str) -> Q:
        """Rows behind (`gt`) or before (`lt`) the key, in the order of all its fields."""
        beyond = Q()
        same = Q()
        for name, value in zip(self.order, key, strict=True):
            beyond |= same & Q(**{f"{name}__{way}": value})
            same &= Q(**{name: value})
        return self._opens(key, way) & beyond

    def _url(self, way: str, key: list[str]) -> str:
        # Without a time: the same page has the same addresses, and with them the same tag.
        cursor = signing.Signer(salt=_SALT).sign_object([way, self._list(), key])
        query = {**dict(self.request.query_params.lists()), "cursor": [cursor]}
        query.pop("count", None)
        address = self.request.build_absolute_uri(self.request.path)
        return f"{address}?{urlencode(sorted(query.items()), doseq=True)}"


INCLUDED = {
    "type": "object",
    "description": "With `embed` only: what was asked to be brought along, by name.",
    "additionalProperties": {"type": "array", "items": {"type": "object"}},
}


SOME_OF = "SomeOf"
"""How the shape is called that has members of another, of which none must be there."""


def whole_or_some(shape: dict[str, Any]) -> dict[str, Any]:
    """The shape of an object that is whole, or has the members alone that `fields` names.

    The latter is made of the former by `debate.core.api.schema.add_parts`.
    """
    of, name = shape["$ref"].rsplit("/", 1)
    return {"anyOf": [shape, {"$ref": f"{of}/{SOME_OF}{name}"}]}


class WirePagination(KeysetPagination):
    """Pages of rows whose JSON the database makes, in the column `wire`; nothing is parsed again."""

    def paginate_by_age(
        self, request: Request, view: Any, read: Callable[[int, UUID | None, bool], list[Any]]
    ) -> list[Any] | None:
        """The rows of the page, for which `read` is called as `by_age` says; None where it says nothing.

        Raises BadParameters.
        """
        asked = self.by_age(request, view)
        if asked is None:
            return None
        _, key, down = asked
        self.total = None
        return self._cut(read(*asked), [str(key)] if key else [], backwards=down != self.falls)

    def read(self, queryset: QuerySet[Any]) -> list[Any]:
        """The rows of the page and one more: their keys, id and text."""
        rows = queryset.values_list(*self.order, "pk", "wire")
        return prepared(rows) if self.view.asks_as_usual() else list(rows)

    def _key(self, row: Any) -> list[str]:
        return [str(one) for one in row[: len(self.order)]]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The shape of a page; of its rows some members may have been asked for alone."""
        whole = super().get_paginated_response_schema(
            {**schema, "items": whole_or_some(schema["items"])}
        )
        whole["properties"]["included"] = INCLUDED
        return whole

    def get_paginated_response(self, data: Any, *, included: bytes | None = None) -> HttpResponse:  # type: ignore[override]  # bytes, not yet to be rendered
        """The list as bytes, of texts that the database made."""
        following, preceding = self.neighbours
        parts = [b'{"results":[', ",".join(data).encode(), b'],"next":', orjson.dumps(following)]
        parts += [b',"previous":', orjson.dumps(preceding)]
        if self.total is not None:
            parts += [b',"total":', str(self.total).encode()]
        if included is not None:
            parts += [b',"included":', included]
        return HttpResponse(
            b"".join([*parts, b"}"]), content_type="application/json", headers=self.links()
        )
