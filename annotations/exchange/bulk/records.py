"""What an export is made of: the records of one scope, in one state of the database.

Not one of the usual module names: it is what the formats of `writing` read, whoever asked for them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from annotations.exchange.bulk.pseudonyms import Pseudonyms
from annotations.models import WebIdentity
from annotations.web.model import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from annotations.exchange.bulk.scope import Scope, Wanted
    from annotations.exchange.bulk.snapshot import Lines, Snapshot
    from debate.essays.models import Paragraph


@dataclass(slots=True)
class Records:
    """The annotations of a scope and what belongs to them, as whoever asked may read them.

    `base` is scheme and host of the site, `cursor` from where the change feed goes on, taken before
    the snapshot, so that nothing falls between the two. `count` is how many annotations have been
    read; `tell` hears of it. `shown` are the paragraphs of an assignment for documents, `names` and
    `essays` what Web Annotations say beside. Statements are built when this is made: later on nothing
    is asked of the database but over the snapshot.
    """

    scope: Scope
    wanted: Wanted
    base: str
    cursor: str
    snapshot: Snapshot
    tell: Callable[[int], None] | None = None
    count: int = 0
    pseudonyms: Pseudonyms | None = None
    asked: Lines = field(init=False)
    shown: list[Paragraph] = field(default_factory=list)
    names: dict[str, Names] = field(default_factory=dict)
    essays: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.asked = self.scope.lines(self.wanted, self.base)
        if self.wanted.format == "jsonld":
            self._find_web()
        if self.wanted.is_pseudonymous:
            self.pseudonyms = Pseudonyms(self.wanted.project, self.scope.people())

    def lines(self) -> Iterator[bytes]:
        """The annotations as JSON, each with a line end, some at a time."""
        for number, piece in self.snapshot.lines(self.asked):
            if self.pseudonyms:
                hide = self.pseudonyms.annotation
                some = map(orjson.dumps, map(hide, map(orjson.loads, piece.splitlines())))
                yield b"".join(line + b"\n" for line in some)
            else:
                yield piece
            self._tell(number)

    def annotations(self) -> Iterator[dict[str, Any]]:
        """The annotations one by one."""
        for lines in self.lines():
            yield from map(orjson.loads, lines.splitlines())

    def relations(self) -> Iterator[dict[str, Any]]:
        """What attacks what."""
        found = self.snapshot.records(self.scope.relations(self.wanted))
        return map(self.pseudonyms.relation, found) if self.pseudonyms else found

    def paragraphs(self) -> Iterator[dict[str, Any]]:
        """The paragraphs of every revision."""
        return self.snapshot.records(self.scope.paragraphs())

    def total(self) -> int:
        """How many annotations there are."""
        return self.snapshot.count(self.scope.annotations(self.wanted))

    def _find_web(self) -> None:
        """What is told on the Web of annotations and essays; by names that clients gave, nobody."""
        known = self.scope.assignments()
        self.essays = {
            str(one.pk): {
                "page": f"{self.base}{one.get_absolute_url()}",
                "language": one.essay.language,
            }
            for one in known
        }
        if not self.wanted.is_pseudonymous:
            named = WebIdentity.objects.filter(assignment__in=known.order_by().values("pk"))
            self.names = {
                str(one.pk): Names(one.slug, one.canonical, tuple(one.via)) for one in named
            }

    def _tell(self, number: int) -> None:
        self.count += number
        if self.tell:
            self.tell(self.count)
