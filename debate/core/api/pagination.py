"""Keyset pages: stable while others write, as fast at the end as at the beginning."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

_SALT = "debate.api.cursor"


class KeysetPagination(BasePagination):
    """Pages in the order of the id, which a UUID of version 7 makes the order of creation.

    `limit` is 1 to 200 (50 when not given); more is a 400 that names the bound. The cursor is
    signed, made by the server and opaque. `total` stands in the answer when `count=1` is asked.
    """

    default_limit = 50
    max_limit = 200

    def paginate_queryset(
        self,
        queryset: QuerySet[Any],
        request: Request,
        view: Any = None,  # noqa: ARG002 - DRF's signature
    ) -> list[Any]:
        """The rows of the page that the request's cursor asks for."""
        self.request = request
        self.limit = self._limit()
        backwards, key = self._cursor()
        self.total = queryset.count() if request.query_params.get("count") == "1" else None
        if key is not None:
            queryset = queryset.filter(**{"id__lt" if backwards else "id__gt": key})
        rows = list(queryset.order_by("-id" if backwards else "id")[: self.limit + 1])
        more = len(rows) > self.limit
        rows = rows[: self.limit]
        if backwards:
            rows.reverse()
        self.has_next = backwards or more
        self.has_previous = more if backwards else key is not None
        self.first, self.last = (rows[0].pk, rows[-1].pk) if rows else (key, key)
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        """The list with the addresses of its neighbours, in the body and as Link (RFC 8288)."""
        following = self._url("n", self.last) if self.has_next and self.last else None
        preceding = self._url("p", self.first) if self.has_previous and self.first else None
        body = {"results": data, "next": following, "previous": preceding}
        if self.total is not None:
            body["total"] = self.total
        links = [
            f'<{url}>; rel="{rel}"'
            for url, rel in ((following, "next"), (preceding, "prev"))
            if url
        ]
        return Response(body, headers={"Link": ", ".join(links)} if links else None)

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
                "schema": {"type": "string", "enum": ["1"]},
            },
        ]

    def _limit(self) -> int:
        given = self.request.query_params.get("limit")
        if given is None:
            return self.default_limit
        if not given.isdecimal() or not 1 <= int(given[:6]) <= self.max_limit:
            raise ValidationError({"limit": [f"Give a whole number from 1 to {self.max_limit}."]})
        return int(given)

    def _cursor(self) -> tuple[bool, str | None]:
        given = self.request.query_params.get("cursor")
        if given is None:
            return False, None
        try:
            way, key = signing.loads(given, salt=_SALT)
        except (signing.BadSignature, ValueError) as error:
            raise ValidationError({"cursor": ["This is no cursor of ours."]}) from error
        return way == "p", key

    def _url(self, way: str, key: Any) -> str:
        cursor = signing.dumps([way, str(key)], salt=_SALT)
        url = remove_query_param(self.request.build_absolute_uri(), "count")
        return replace_query_param(url, "cursor", cursor)
