"""Abstract bases that every model of the site may take."""

from __future__ import annotations

import os
import threading
import time
import uuid

from django.db import models

_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """A version 7 UUID (RFC 9562, 5.7) that is greater than every earlier one of this process.

    48 bits of Unix milliseconds, then 12 bits of the fraction of that millisecond (RFC 9562,
    6.2, method 3), then 62 random bits.
    """
    global _last  # noqa: PLW0603 - monotonic within the process
    with _lock:
        now = time.time_ns()
        stamp = (now // 1_000_000 << 12) | (now % 1_000_000 * 4096 // 1_000_000)
        _last = max(stamp, _last + 1)
        stamp = _last
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64
    value |= 0b10 << 62 | int.from_bytes(os.urandom(8), "big") >> 2
    return uuid.UUID(int=value)


class PublicId(models.Model):
    """A row known by a UUID of version 7 inside and outside: nobody can count or guess rows."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class Timestamped(models.Model):
    """A row that tells when it was made and last changed, in UTC."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
