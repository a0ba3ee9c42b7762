"""What stands on a reader's page, at a glance: which annotations in which version, and no words.

Cheap enough to be asked for by everybody who listens, each time that something changes. Two
readers of whom it says the same, and who see by the same rules, see the same.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from annotations.enums import Audience, Status
from annotations.models import Anchor, Annotation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User
    from debate.assignments.models import Assignment


class Seen(NamedTuple):
    """An annotation that the reader reads."""

    id: UUID
    root_id: UUID | None
    version: int
    kind: str
    author_id: UUID
    audience: str
    published_at: datetime | None

    @property
    def thread(self) -> UUID:
        """The first annotation of its thread."""
        return self.root_id or self.id


class At(NamedTuple):
    """Where a thread stands in the shown revision: by the number of its card's paragraph, and of all."""

    card: int | None
    numbers: frozenset[int]


@dataclass(frozen=True)
class Glance:
    """What the reader's page holds."""

    user_id: UUID | None
    rows: list[Seen]
    places: Mapping[UUID, At]

    @cached_property
    def kinds(self) -> Counter[str]:
        """How many notes of each kind stand on the page, replies not counted."""
        return Counter(one.kind for one in self._notes)

    @cached_property
    def counts(self) -> Counter[int | None]:
        """How many notes each paragraph has; under None those whose words are gone."""
        return Counter(self.places[one.id].card for one in self._notes)

    @cached_property
    def digest(self) -> bytes:
        """The same for all who read the same, but for what each keeps private."""
        common = (
            one.id.bytes + one.version.to_bytes(4, "big")
            for one in self.rows
            if one.audience != Audience.PRIVATE
        )
        return hashlib.blake2b(b"".join(common), digest_size=16).digest()

    def own(self, number: int, since: datetime | None) -> tuple[object, ...]:
        """What tells the reader's view of a paragraph from others': own notes, and what is new."""
        return tuple(
            (one.id, one.version, one.author_id == self.user_id)
            for one in self._by_number[number]
            if one.author_id == self.user_id
            or (since and one.published_at and one.published_at > since)
        )

    @cached_property
    def _notes(self) -> list[Seen]:
        return [one for one in self.rows if one.root_id is None and one.id in self.places]

    @cached_property
    def _by_number(self) -> Mapping[int, list[Seen]]:
        groups: dict[int, list[Seen]] = defaultdict(list)
        for one in self.rows:
            for number in self.places[one.thread].numbers if one.thread in self.places else ():
                groups[number].append(one)
        return groups


def glance(user: User | AnonymousUser, assignment: Assignment, places: Mapping[UUID, At]) -> Glance:
    """What the reader's page holds now; `places` are those of `places_of`. Takes 1 query."""
    rows = (
        Annotation.objects.visible_to(user)
        .filter(assignment=assignment)
        .exclude(status=Status.WITHDRAWN)
        .order_by("pk")
        .values_list(*Seen._fields)
    )
    return Glance(user.pk, [Seen(*row) for row in rows], places)


def places_of(assignment: Assignment) -> dict[UUID, At]:
    """Where each thread stands in the shown revision, whoever may read it. Takes 1 query.

    No reader is given a place but of what the reader reads.
    """
    anchors = Anchor.objects.filter(
        annotation__assignment=assignment, revision=assignment.revision_id
    ).order_by("annotation_id", "position")
    return _by_annotation(anchors.values_list("annotation_id", "position", "paragraph__number"))


def _by_annotation(anchors: Iterable[tuple[UUID, int, int | None]]) -> dict[UUID, At]:
    places: dict[UUID, At] = {}
    for annotation_id, position, number in anchors:
        card, numbers = places.get(annotation_id, At(None, frozenset()))
        card = number if position == 0 else card
        places[annotation_id] = At(card, numbers | ({number} if number else set()))
    return places
