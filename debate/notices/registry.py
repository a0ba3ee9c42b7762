"""The kinds of notices that there are, registered by the apps that know what they are about.

Not one of the usual module names: notices are on the ground floor and may not look up, so whoever
stands above registers here, in `AppConfig.ready`, how a kind reads and who may still see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from uuid import UUID

    from django.db.models import QuerySet

    from debate.accounts.models import User


@dataclass(frozen=True, slots=True)
class Wording:
    """What a notice says: a sentence, where it leads, the heading it stands under, some words."""

    sentence: str
    href: str
    heading: str = ""
    quote: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice.

    `visible(user)` gives the ids of all objects of the kind that the person may see now (one
    column, used as a subquery). `word(user, ids)` words those of the ids that the person may see,
    in a fixed number of queries; what is left out is not shown.
    """

    name: str
    label: str
    cadence: str
    visible: Callable[[User], QuerySet[Any, Any]]
    word: Callable[[User, Collection[UUID]], Mapping[UUID, Wording]]


_kinds: dict[str, NoticeKind] = {}


def register(kind: NoticeKind) -> None:
    """Make a kind of notice known; once, while the apps get ready."""
    _kinds[kind.name] = kind


def kinds() -> list[NoticeKind]:
    """All kinds, in the order in which they were registered."""
    return list(_kinds.values())


def kind_of(name: str) -> NoticeKind | None:
    """The kind of that name, if it is still known."""
    return _kinds.get(name)
