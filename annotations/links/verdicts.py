"""What can be said of an address that was opened, or was not."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Verdict(StrEnum):
    """How the opening of an address ended."""

    ALIVE = "alive"
    MOVED = "moved"
    MISSING = "missing"
    CLOSED = "closed"
    TROUBLE = "trouble"
    NO_ADDRESS = "no_address"
    SCHEME = "scheme"
    LOGIN = "login"
    PORT = "port"
    INSIDE = "inside"
    UNKNOWN_NAME = "unknown_name"
    NO_LOOKUP = "no_lookup"
    CIRCLE = "circle"
    TOO_FAR = "too_far"
    SLOW = "slow"
    DROPPED = "dropped"
    INSECURE = "insecure"
    MALFORMED = "malformed"
    UNREADABLE = "unreadable"


WORDS: Final = {
    Verdict.ALIVE: "It opens.",
    Verdict.MOVED: "It opens, and has moved to another address for good.",
    Verdict.MISSING: "The site says that there is no such page.",
    Verdict.CLOSED: "The site does not let programs in; a person may still be able to open it.",
    Verdict.TROUBLE: "The site has trouble of its own just now.",
    Verdict.NO_ADDRESS: "This is not an address on the public web.",
    Verdict.SCHEME: "It leads to something that is not on the web (http or https).",
    Verdict.LOGIN: "It holds a name or password, which is not sent on.",
    Verdict.PORT: "It leads to an unusual port; only 80 and 443 are opened.",
    Verdict.INSIDE: "It leads into a closed network, where nothing is opened.",
    Verdict.UNKNOWN_NAME: "No site of this name could be found.",
    Verdict.NO_LOOKUP: "The name of its site could not be looked up just now.",
    Verdict.CIRCLE: "It leads in a circle.",
    Verdict.TOO_FAR: "It leads on to other addresses more than three times.",
    Verdict.SLOW: "The site took too long to answer.",
    Verdict.DROPPED: "The site refused or broke off the connection.",
    Verdict.INSECURE: "No secure connection could be made; the site's certificate does not hold.",
    Verdict.MALFORMED: "The site's answer is not one that can be understood.",
    Verdict.UNREADABLE: "What stands there could not be read.",
}
"""Each verdict as a sentence for people; "it" is the link."""

NOT_OURS: Final = frozenset(
    {Verdict.NO_ADDRESS, Verdict.SCHEME, Verdict.LOGIN, Verdict.PORT, Verdict.INSIDE}
)
"""Verdicts on addresses that are not opened at all, whatever stands there."""


class NotOpened(Exception):
    """The address could not or may not be opened; `verdict` says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict)
        self.verdict = verdict
