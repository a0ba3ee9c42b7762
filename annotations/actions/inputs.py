"""What pages and API hand to the actions: plain values, not yet checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annotations.enums import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Target:
    """A paragraph, or a run of its words.

    Without offsets and quote it is the whole paragraph. A quote alone is looked for; with offsets
    it must stand there. `prefix` and `suffix` tell repeated words apart. `field` is the place of
    the target in the input, for errors ("" when its members stand at the top).
    """

    paragraph_id: UUID
    start: int | None = None
    end: int | None = None
    quote: str = ""
    prefix: str = ""
    suffix: str = ""
    field: str = ""

    def place(self, name: str) -> str:
        """The input's name of one member of the target."""
        return f"{self.field}.{name}".lstrip(".")


@dataclass(frozen=True, kw_only=True)
class SourceInput:
    """The work that evidence rests on: one of the shelf, or a link or DOI with what is known of it."""

    source_id: UUID | None = None
    link: str = ""
    title: str = ""
    author: str = ""
    publisher: str = ""
    issued: str = ""
    type: str = ""


@dataclass(frozen=True, kw_only=True)
class Content:
    """What an annotation says. Members of other kinds than its own must be left empty.

    `claim_id` is the claim it bears on: what is attacked, supported or granted; without it the
    place in the essay, or the annotation replied to, says which.
    """

    kind: str
    body: str = ""
    audience: str = ""
    group_id: UUID | None = None
    tags: tuple[str, ...] = ()
    attacks: str = ""
    counterclaim: str = ""
    stance: str = ""
    warrant: str = ""
    source: SourceInput = field(default_factory=SourceInput)
    quote: str = ""
    locator: str = ""
    claim_id: UUID | None = None
    scope: str = ""


@dataclass(frozen=True, kw_only=True)
class Post:
    """An annotation to be attached to paragraphs, to words of them, or to another annotation.

    The same `submission_key` again is what was made the first time. `as_late` sends to staff alone
    what comes after the closing.
    """

    content: Content
    targets: Sequence[Target] = ()
    parent_id: UUID | None = None
    submission_key: UUID | None = None
    as_late: bool = False

    @property
    def stands_alone(self) -> bool:
        """Whether it makes nothing but itself, and is made of nothing but what is sent."""
        return (
            self.content.kind in {Kind.COMMENT, Kind.QUESTION}
            and not (self.content.claim_id or self.parent_id or self.submission_key)
            and not self.as_late
        )
