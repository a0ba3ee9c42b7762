"""A whole export as the answer to a request, whether of the API or of a page.

Not one of the usual module names: both have views of their own, which say who may ask for what.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.urls import reverse

from annotations.exchange.bulk.scope import Wanted
from annotations.exchange.bulk.streams import Flow, flow_for
from annotations.exchange.bulk.writing import begin, cursor_of, format_of
from annotations.queries.conditions import stem_of
from debate.core.api.conditional import etag
from debate.core.errors import Invalid, Missing
from debate.core.seals import opened, seal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from django.http import HttpRequest

    from annotations.exchange.bulk.records import Records
    from annotations.exchange.bulk.scope import Scope
    from annotations.exchange.bulk.writing import BulkFormat
    from annotations.queries.conditions import State

_PURPOSE = "annotations.exchange.summary"
_BLOCK = 65_536


def tag_of(scope: Scope, wanted: Wanted, base: str) -> str:
    """The tag of what the scope gives in that form at the moment."""
    return etag(0, base, wanted, scope.stem, *scope.state(wanted))


def tag_by(state: State, wanted: Wanted, base: str) -> str:
    """The same of one assignment in that state, where authors are as they are shown."""
    return etag(0, base, wanted, stem_of(state), *map(str, state))


def headers_of(scope: Scope, wanted: Wanted) -> dict[str, str]:
    """What is told of the file before it comes."""
    return headers_by(scope.stem, format_of(scope, wanted))


def headers_by(stem: str, form: BulkFormat) -> dict[str, str]:
    """The same of a file in that format, called by that name."""
    return {
        "Content-Type": form.media_type,
        "Content-Disposition": f'attachment; filename="{stem}.{form.ending}"',
        "Cache-Control": "private, no-cache",
        # Compressed, the first piece would wait in the compressor; a proxy would gather them as well.
        "Content-Encoding": "identity",
        "X-Accel-Buffering": "no",
    }


def streamed(
    request: HttpRequest, scope: Scope, wanted: Wanted, *, base: str
) -> StreamingHttpResponse:
    """The export, piece by piece, from one snapshot. Raises what `begin` does.

    Without a last line, `Link` names the resource that tells what it would say.
    """
    headers = headers_of(scope, wanted)
    records = begin(scope, wanted, base=base)
    try:
        if not wanted.trailer:
            headers["Link"] = f'<{base}{_summary_address(records)}>; rel="describedby"'
        # With its generator not begun yet: what fails here lets go of the snapshot.
        flow = Flow(format_of(scope, wanted).write(records), records.snapshot)
    except BaseException:
        records.snapshot.close()
        raise
    return StreamingHttpResponse(flow_for(request, flow), headers=headers)


def summary_of(scope: Scope, sealed: str) -> dict[str, Any]:
    """What the last line of the export would say whose `Link` gave those words; of none, one of now.

    Raises Missing for words of another export or person, and for what is none at all.
    """
    if not sealed:
        cursor = cursor_of(scope)
        return {"end": True, "count": scope.annotations(Wanted()).count(), "cursor": cursor}
    try:
        told: dict[str, Any] = orjson.loads(opened(_PURPOSE, sealed))
    except Invalid:
        raise Missing from None
    if told.pop("of") != _whose(scope):
        raise Missing
    return told


def file_body(request: HttpRequest, path: Path) -> Iterator[bytes] | AsyncIterator[bytes]:
    """The file's bytes as the server of the request takes them."""
    return _read_async(path) if isinstance(request, ASGIRequest) else _read(path)


def _summary_address(records: Records) -> str:
    scope = records.scope
    told = {"of": _whose(scope), "end": True, "count": records.total(), "cursor": records.cursor}
    query = urlencode({"snapshot": seal(_PURPOSE, orjson.dumps(told))})
    if scope.assignment:
        address = reverse("api:export-summary", args=[scope.assignment.pk])
    elif scope.seminar:
        address = reverse("api:seminar-export-summary", args=[scope.seminar.pk])
    else:
        address = reverse("api:me-export-summary")
    return f"{address}?{query}"


def _whose(scope: Scope) -> list[str]:
    return [str(one and one.pk) for one in (scope.user, scope.assignment, scope.seminar)]


def _block(path: Path, at: int) -> bytes:
    """A block of the file, which nobody has to close when the other side goes."""
    with path.open("rb") as file:
        file.seek(at)
        return file.read(_BLOCK)


def _read(path: Path) -> Iterator[bytes]:
    at = 0
    while block := _block(path, at):
        yield block
        at += len(block)


async def _read_async(path: Path) -> AsyncIterator[bytes]:
    at = 0
    while block := await asyncio.to_thread(_block, path, at):
        yield block
        at += len(block)
