"""Creations that are made once, however often they are sent: the header `Idempotency-Key`.

As the draft of the IETF's HTTPAPI group describes it (draft-ietf-httpapi-idempotency-key-header).
The rows are those of the model `IdempotencyKey` of the accounts, which stand above this module;
hence its table by name.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import orjson
from django.db import connection, transaction
from django.http import HttpResponse
from rest_framework.exceptions import ParseError

from debate.core.errors import DomainError, Invalid
from debate.core.seals import opened, seal

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.request import Request

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST = 255
# Said anew with each answer, or of this connection and sender alone.
_NOT_KEPT = frozenset({
    "cache-control", "content-length", "ratelimit", "ratelimit-policy", "set-cookie", "vary",
})  # fmt: skip
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
# What an answer holds may be a secret that is shown once, such as the code of an invitation.
_PURPOSE = "idempotency"

# Whoever sends the same key at the same moment waits here until the other transaction has ended.
_TAKE = """
    INSERT INTO accounts_idempotencykey (user_id, key, fingerprint, headers, body)
    VALUES (%s, %s, %s, '{}', '') ON CONFLICT (user_id, key) DO NOTHING RETURNING id
"""
_LOOK = """
    SELECT fingerprint, status, headers, body FROM accounts_idempotencykey
    WHERE user_id = %s AND key = %s
"""
_KEEP = "UPDATE accounts_idempotencykey SET status = %s, headers = %s, body = %s WHERE id = %s"
_DROP = "DELETE FROM accounts_idempotencykey WHERE id = %s"


class Reused(DomainError):
    """The key stands for another request already."""

    status = 422
    code = "idempotency_key_reused"


def key_of(request: Request) -> str:
    """The request's key; "" without one. Raises Invalid for what cannot be one.

    The draft writes it as a string in quotation marks, most clients without: both are the same.
    """
    given = request.headers.get(HEADER)
    if given is None:
        return ""
    key = given[1:-1] if len(given) > 1 and given[0] == given[-1] == '"' else given
    if not _PRINTABLE.fullmatch(key) or len(key) > LONGEST:
        raise Invalid(
            f"{HEADER} takes 1 to {LONGEST} visible ASCII characters, such as a UUID.",
            header=HEADER,
            code="malformed",
        )
    return key


def answered_once(
    request: Request, key: str, act: Callable[[], HttpResponse], *, is_kept: Callable[[], bool]
) -> HttpResponse:
    """The answer of `act`, or the one that the same request with this key had before.

    `act` returns a rendered response. It runs in one transaction with the row of the key, so that
    both are there or neither; a refusal keeps no key, so that what was mended can be sent under it,
    and neither does that of which `is_kept` then says that nothing is to be kept. Raises Reused when
    the key stands for another method, address or body, and what `act` raises.
    """
    fingerprint = _fingerprint(request)
    whose = [request.user.pk, key]
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_TAKE, [*whose, fingerprint])
            taken = cursor.fetchone()
            if taken:
                response = act()
                _keep(cursor, taken[0], response, is_kept=is_kept())
                return response
            cursor.execute(_LOOK, whose)
            found = cursor.fetchone()
        if found:  # not when it was forgotten between the two statements, for its age
            return _again(found, fingerprint)


def _fingerprint(request: Request) -> str:
    """A digest of what is asked for. Raises ParseError for a body that broke off."""
    try:
        body = request._request.body  # noqa: SLF001 - DRF offers it only once it is parsed
    except OSError as error:
        raise ParseError("The body broke off before its end.") from error
    parts = [request.method, request.get_full_path(), request.content_type]
    return hashlib.sha256("\n".join(map(str, parts)).encode() + b"\n" + body).hexdigest()


def _keep(cursor: Any, row: int, response: HttpResponse, *, is_kept: bool) -> None:
    if not is_kept or response.status_code >= 400:  # noqa: PLR2004 - where refusals begin
        cursor.execute(_DROP, [row])
        return
    headers = {name: value for name, value in response.items() if name.lower() not in _NOT_KEPT}
    sealed = seal(_PURPOSE, response.content).encode()
    cursor.execute(_KEEP, [response.status_code, orjson.dumps(headers).decode(), sealed, row])


def _again(found: tuple[str, int, Any, Any], fingerprint: str) -> HttpResponse:
    """The answer that was kept."""
    known, status, headers, sealed = found
    if known != fingerprint:
        raise Reused(
            f"This {HEADER} was sent with another request. Give each its own.", header=HEADER
        )
    kept = orjson.loads(headers) if isinstance(headers, str) else headers
    response = HttpResponse(opened(_PURPOSE, bytes(sealed).decode()), status=status, headers=kept)
    response[REPLAYED] = "true"
    return response
