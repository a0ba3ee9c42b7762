"""What can go wrong when something is taken in, or taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debate.core.errors import DomainError

if TYPE_CHECKING:
    from annotations.exchange.formats.faults import Refused


class GraphRefused(DomainError):
    """The file is refused as a whole; `extra` lists its faults by rule and place, and their number."""

    code = "graph_refused"

    def __init__(self, refused: Refused) -> None:
        count = "1 fault" if refused.count == 1 else f"{refused.count:,} faults"
        super().__init__(
            f"Nothing was taken over: the file has {count}.",
            field="file",
            extra={
                "count": refused.count,
                "faults": [
                    {"rule": fault.rule, "place": fault.place, "detail": fault.sentence}
                    for fault in refused.faults
                ],
            },
        )


class Busy(DomainError):
    """As many exports as the database serves at once are being made (RFC 9110, 15.6.4)."""

    status = 503
    code = "too_many_exports"

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(
            "Too many exports are being made just now. Try again in a moment.",
            extra={"retry_after": retry_after},
        )
