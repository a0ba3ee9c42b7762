"""How many requests a sender may make: buckets for reading, writing and what is large.

One row a sender and kind holds the moment at which all that was taken has flowed back, the
theoretical arrival time of the generic cell rate algorithm (ITU-T I.371). One statement reads and
moves it under the row's lock, so that the count is exact however many requests come at once. The
table is not logged, and a transaction that writes nothing else waits for no disk. It is that of
the model `RateBucket` of the accounts, which stand above this module; hence its name here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.crypto import salted_hmac
from rest_framework.permissions import SAFE_METHODS

from debate.core.db import asked
from debate.core.errors import TooMany

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request

_TAKE = """
    INSERT INTO accounts_ratebucket AS b (key, empty_at)
    SELECT {key}, clock_timestamp() + make_interval(secs => %s) {of}
    ON CONFLICT (key) DO UPDATE
        SET empty_at = greatest(b.empty_at, clock_timestamp()) + make_interval(secs => %s)
        WHERE b.empty_at + make_interval(secs => %s)
            <= clock_timestamp() + make_interval(secs => %s)
    RETURNING extract(epoch FROM b.empty_at - clock_timestamp())
"""
_WAIT = """
    SELECT extract(epoch FROM empty_at - clock_timestamp()) FROM accounts_ratebucket WHERE key = %s
"""


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one request left of its sender's share: `filled` seconds of `window` are taken."""

    kind: str
    quota: int
    window: int
    filled: float
    is_over: bool

    def headers(self) -> dict[str, str]:
        """`RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers).

        `r` is how many more requests are taken at once, `t` the seconds until it is all of them.
        """
        left = 0 if self.is_over else int((self.window - self.filled) * self.quota / self.window)
        resets = max(0, math.ceil(self.filled))
        return {
            "RateLimit-Policy": f'"{self.kind}";q={self.quota};w={self.window}',
            "RateLimit": f'"{self.kind}";r={max(0, left)};t={resets}',
        }

    def check(self) -> None:
        """Raise TooMany when the share was used up."""
        if not self.is_over:
            return
        wait = max(1, math.ceil(self.filled + self.window / self.quota - self.window))
        raise TooMany(
            f"There were more than {self.quota:,} requests of the kind “{self.kind}” in "
            f"{self.window:,} seconds. Please wait {wait} second{'' if wait == 1 else 's'}.",
            code="rate_limited",
            extra={"retry_after": wait, "violated-policies": [self.kind]},
        )


def count_page(request: HttpRequest, kind: str) -> None:
    """Count the request for a page to its sender's share of that kind. Raises TooMany."""
    share = take(request, kind)
    if share:
        share.check()


@dataclass(frozen=True)
class Bound:
    """What `settings.API_RATES` says of a kind: so many requests in a window of seconds."""

    kind: str
    quota: int
    window: int

    @classmethod
    def of(cls, request: Request | HttpRequest, kind: str = "") -> Bound | None:
        """That of the kind, by default of `read` or `write` by the method; None without a bound."""
        kind = kind or ("read" if request.method in SAFE_METHODS else "write")
        bound = settings.API_RATES.get(kind)
        return cls(kind, *bound) if bound else None

    def statement(self, key: str, of: str = "") -> tuple[str, list[float]]:
        """The statement that takes a request, and its values but those of `key`.

        `key` is an SQL expression, which may name columns of what `of` selects from. It returns one
        row, of the seconds that are taken, unless the share is used up.
        """
        each = self.window / self.quota
        return _TAKE.format(key=key, of=of), [each, each, each, self.window]

    def share(self, key: str, filled: float | None) -> Share:
        """What is left, with so many seconds taken; None where the share is used up."""
        waits = asked(_WAIT, [key]) if filled is None else [(filled,)]
        return Share(
            kind=self.kind,
            quota=self.quota,
            window=self.window,
            filled=float(waits[0][0]) if waits else 0.0,
            is_over=filled is None,
        )


def take(request: Request | HttpRequest, kind: str = "") -> Share | None:
    """Count the request to its sender's share; None where `settings.API_RATES` knows no bound.

    `kind` is a name of that setting, by default `read` or `write` by the method. To be called
    outside a transaction, which would hold up all other requests of the sender until it ends. A
    token that was counted to that share when it was looked up is not counted again.
    """
    bound = Bound.of(request, kind)
    if bound is None:
        return None
    counted: Share | None = getattr(getattr(request, "auth", None), "counted", None)
    if counted and counted.kind == bound.kind:
        return counted
    key = _key(request, bound.kind)
    sql, values = bound.statement("%s")
    taken = asked(sql, [key, *values])
    return bound.share(key, taken[0][0] if taken else None)


def key_of_token(kind: str, pk: object) -> str:
    """The key of a token's share."""
    return f"{kind}:token:{pk}"


def _key(request: Request | HttpRequest, kind: str) -> str:
    """Whose share it is: that of the token, of the person of a session, or of the address.

    An address is kept as a keyed digest.
    """
    token = getattr(getattr(request, "auth", None), "pk", None)
    if token:
        return key_of_token(kind, token)
    if request.user.is_authenticated:
        return f"{kind}:user:{request.user.pk}"
    address = request.META.get("REMOTE_ADDR", "")
    return f"{kind}:address:{salted_hmac(__name__, address, algorithm='sha256').hexdigest()}"
