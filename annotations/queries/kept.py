"""What was made a short while ago and is kept in the process; not one of the usual names, for all of them use it."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Hashable


class Kept:
    """What was made a short while ago, by what it was made of; what was used longest ago goes first."""

    def __init__(self, *, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._rows: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._lock = threading.Lock()
        _all.append(self)

    def get(self, key: Hashable) -> Any:
        """What was kept under the key; None when there is nothing, or it has become old."""
        with self._lock:
            at, value = self._rows.get(key, (0.0, None))
            if value is None or time.monotonic() - at > self._seconds:
                return None
            self._rows.move_to_end(key)
            return value

    def keep(self, key: Hashable, value: Any) -> None:
        """Keep the value under the key."""
        with self._lock:
            self._rows[key] = (time.monotonic(), value)
            self._rows.move_to_end(key)
            while len(self._rows) > self._most:
                self._rows.popitem(last=False)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._rows.clear()


_all: list[Kept] = []


def forget() -> None:
    """Keep nothing of what was made until now, as a process that has just begun."""
    for one in _all:
        one.clear()
