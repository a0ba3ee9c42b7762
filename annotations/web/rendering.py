"""In which form a document is sent: JSON-LD or Turtle, by the Accept header, and what is taken.

Not one of the usual module names: renderers, a parser and the choice between them, as DRF wants.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import orjson
from django.http.request import MediaType
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer

from annotations.web.model import CONTEXT
from annotations.web.turtle import to_turtle
from debate.core.api.parsers import BoundedJSONParser

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest
    from rest_framework.request import Request

PROFILE = f'application/ld+json; profile="{CONTEXT}"'


class JsonLd(BaseRenderer):
    """The document as JSON-LD, with the profile of the Web Annotation context (Protocol, 3)."""

    media_type = "application/ld+json"
    sent_as = PROFILE
    format = "jsonld"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        renderer_context: Any = None,  # noqa: ARG002 - DRF's signature
    ) -> bytes:
        """The bytes of the document; nothing for an answer without one."""
        return b"" if data is None else orjson.dumps(data)


class Json(JsonLd):
    """The same for clients that accept no more than JSON; members that it does not know pass."""

    media_type = "application/json"
    sent_as = "application/json"
    format = "json"


class Turtle(JsonLd):
    """The same statements as Turtle. Refusals stay JSON, as their media type says."""

    media_type = "text/turtle"
    sent_as = "text/turtle; charset=utf-8"
    format = "turtle"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Any = None,
    ) -> bytes:
        """The bytes of the document."""
        response = (renderer_context or {}).get("response")
        if data is None or (response is not None and response.exception):
            return super().render(data, accepted_media_type, renderer_context)
        return to_turtle(data).encode()


class LdParser(BoundedJSONParser):
    """JSON-LD as the API takes JSON: bounded, and without what cannot be kept."""

    media_type = "application/ld+json"


class ByPreference(DefaultContentNegotiation):
    """The form that the client likes best; of those it likes alike, the first one offered.

    A profile that is asked for is no condition (Protocol, 3). Without Accept it is JSON-LD.
    """

    forms: ClassVar[tuple[type[JsonLd], ...]] = (JsonLd, Turtle, Json)

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,  # noqa: ARG002 - DRF's signature
    ) -> tuple[BaseRenderer, str]:
        """The renderer, and the media type to send. Raises NotAcceptable when none is liked."""
        offered = list(renderers)
        liked = [(quality(request, one.media_type or ""), one) for one in offered]
        best = max(liked, key=lambda pair: pair[0])
        if not best[0]:
            raise NotAcceptable(available_renderers=offered)
        return best[1], getattr(best[1], "sent_as", best[1].media_type or "")


def quality(request: HttpRequest | Request, media_type: str) -> float:
    """How much the client likes the media type, from 0 to 1 (RFC 9110, 12.5.1)."""
    return _quality(request.headers.get("Accept", "").strip() or "*/*", media_type)


@lru_cache(maxsize=64)
def _quality(given: str, media_type: str) -> float:
    """The same of the header: most requests carry one of a few."""
    main, _, sub = media_type.partition("/")
    found: tuple[int, float] = (-1, 0.0)
    for one in (MediaType(part) for part in given.split(",") if part.strip()):
        if one.main_type not in {main, "*"} or one.sub_type not in {sub, "*"}:
            continue
        exactness = (one.main_type != "*") + (one.sub_type != "*")
        found = max(found, (exactness, float(one.quality)))
    return found[1]
