"""What is said of a source's link, on pages and in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from annotations.enums import LinkStatus
from annotations.links.verdicts import WORDS, Verdict

if TYPE_CHECKING:
    from annotations.models import LinkHealth

_SAYS_ALL: Final = (LinkStatus.UNCHECKED, LinkStatus.ALIVE, LinkStatus.MOVED)


def link_words(health: LinkHealth | None) -> str:
    """Whether the link opens, in one or two sentences; None is of a source never opened.

    For example "Opens.", or "Could not be opened. The site took too long to answer."
    """
    status = LinkStatus(health.status) if health else LinkStatus.UNCHECKED
    words = f"{status.label}."
    if health is None or status in _SAYS_ALL or health.reason not in set(Verdict):
        return words
    return f"{words} {WORDS[Verdict(health.reason)]}"
