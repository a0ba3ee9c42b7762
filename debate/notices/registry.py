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

    Words = Callable[[User, Collection[UUID]], Mapping[UUID, "Wording"]]


@dataclass(frozen=True, slots=True)
class Wording:
    """What a notice says: a sentence, where it leads, the heading it stands under, some words."""

    sentence: str
    href: str
    heading: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice; `cadence` is how soon its e-mail goes out unless a person says otherwise.

    `visible(user)` gives the objects of the kind that the person may see now; it is asked for one
    of them at a time, inside the statement that lists or counts. `word(user, ids)` words those of
    the ids that the person may see, in a fixed number of queries; what is left out is not shown.
    """

    name: str
    label: str
    hint: str
    cadence: str
    visible: Callable[[User], QuerySet[Any, Any]]
    word: Words


_kinds: dict[str, NoticeKind] = {}
_contexts: list[Words] = []


def register(kind: NoticeKind) -> None:
    """Make a kind of notice known; once, while the apps get ready."""
    _kinds[kind.name] = kind


def register_contexts(word: Words) -> None:
    """Make known how contexts, by which notices are muted, are called; as `NoticeKind.word`."""
    _contexts.append(word)


def kinds() -> list[NoticeKind]:
    """All kinds, in the order in which they were registered."""
    return list(_kinds.values())


def kind_of(name: str) -> NoticeKind | None:
    """The kind of that name, if it is still known."""
    return _kinds.get(name)


def contexts_named(user: User, ids: Collection[UUID]) -> dict[UUID, Wording]:
    """How those of the contexts are called that the person may see."""
    return {pk: said for word in _contexts for pk, said in word(user, ids).items()}
