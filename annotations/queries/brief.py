"""The class brief: what to take up in class, on one page; each list says how much more there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from annotations.queries.concessions import Common, common_ground
from annotations.queries.flow import flow_sheet, word_of
from annotations.queries.open_items import OpenItems, most_asked, plain

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from annotations.models import Annotation
    from annotations.queries.flow import Argument, FlowSheet, Row
    from annotations.queries.graph import ArgumentGraph, ClaimNode
    from annotations.queries.open_items import Item
    from debate.accounts.models import User
    from debate.assignments.models import Assignment

# So many that the page prints on one sheet of A4, whatever stands in them.
MOST_LINES = 6
MOST_COMMON = 5
MOST_PIVOTS = 3
LONGEST = 130


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it says, where it stands, whose it is, and a remark."""

    text: str
    url: str
    place: str = ""
    by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A list, as much of it as there is room for; `href` has the rest."""

    name: str
    title: str
    empty: str
    lines: list[Line]
    total: int
    href: str = ""

    @property
    def more(self) -> int:
        """How many stand elsewhere."""
        return self.total - len(self.lines)


@dataclass(slots=True)
class Brief:
    """What the page holds; `pivots` are of the thesis, where one is marked."""

    graph: ArgumentGraph
    thesis: ClaimNode | None
    sections: list[Section]
    common: list[Common]
    more_common: int


def brief(user: User | AnonymousUser, assignment: Assignment) -> Brief:
    """The brief as the reader may know it. A fixed number of queries."""
    found = OpenItems(user, assignment)
    graph = found.graph
    names = [assignment.seminar.slug, assignment.slug]
    sheet = flow_sheet(graph, at=timezone.now())
    bare = [node for node in graph.essay_claims if not _has_evidence(graph, node)]
    pivots = graph.pivots(graph.thesis.id) if graph.thesis else []
    common = common_ground(graph)
    challenges = _challenges(sheet)
    dropped = [one for one in challenges if one[1].is_open]
    standing = [one for one in challenges if one[1].is_standing and not one[1].is_open]
    flow = reverse("annotations:flow", args=names)
    sections = [
        Section(
            "dropped", "Dropped: nobody has answered", "Every challenge has an answer.",
            [_challenge(*one) for one in dropped[:MOST_LINES]], len(dropped),
            f"{flow}?only=dropped",
        ),
        Section(
            "standing", "Open: answered, and not settled", "No answered challenge is still open.",
            [_challenge(*one) for one in standing[:MOST_LINES]], len(standing), flow,
        ),
        _questions(found, reverse("annotations:open_items", args=names)),
        Section(
            name="bare",
            title="Claims without evidence",
            empty="Every claim of the essay has evidence." if graph.essay_claims
            else "No claim of the essay is marked.",
            lines=[
                Line(
                    _short(node.claim.text),
                    reverse("annotations:claim", args=[*names, node.id]),
                    node.place.words if node.place.number else "",
                )
                for node in bare[:MOST_LINES]
            ],
            total=len(bare),
            href=reverse("annotations:map", args=names) + "?bare=1",
        ),
    ]  # fmt: skip
    if graph.thesis:
        sections.append(
            Section(
                name="pivots",
                title="What the thesis turns on",
                empty="No single note: whichever were withdrawn, its label would stay.",
                lines=[_pivot(graph, note) for note in pivots[:MOST_PIVOTS]],
                total=len(pivots),
                href=reverse("annotations:claim", args=[*names, graph.thesis.id]) + "?pivots=1",
            )
        )
    return Brief(
        graph=graph,
        thesis=graph.thesis,
        sections=sections,
        common=common[:MOST_COMMON],
        more_common=max(0, len(common) - MOST_COMMON),
    )


def _challenges(sheet: FlowSheet) -> list[tuple[Row, Argument]]:
    """The challenges to claims, each once, in the order of the sheet."""
    found = {one.id: (row, one) for row in reversed(sheet.rows) for one in row.challenges}
    return sorted(found.values(), key=lambda pair: pair[0].number)


def _challenge(row: Row, argument: Argument) -> Line:
    place = row.claim.place
    return Line(
        _short(argument.text),
        argument.url,
        place.words if place.number else "",
        argument.by,
        "" if argument.is_open else argument.standing,
    )


def _questions(found: OpenItems, page: str) -> Section:
    """The questions that most people ask."""
    rows = most_asked(found.rows("questions"))
    items = found.items("questions", list(found.for_page("questions", rows)[:MOST_LINES]))
    return Section(
        "questions",
        "Open questions",
        "No question waits for an answer.",
        [Line(_short(one.text), one.url, one.place, one.by, _asked(one)) for one in items],
        found.rows("questions").count(),
        f"{page}?show=questions&sort=asked",
    )


def _asked(item: Item) -> str:
    return f"{item.me_too.count} ask the same" if item.me_too and item.me_too.count else ""


def _pivot(graph: ArgumentGraph, note: Annotation) -> Line:
    place = graph.place_of(note)
    return Line(
        _short(note.counterclaim or note.warrant or plain(note.body_html)),
        note.get_absolute_url(),
        place.words if place.number else "",
        note.shown_author_name,  # type: ignore[attr-defined]  # by `for_display`
        word_of(note).lower(),
    )


def _has_evidence(graph: ArgumentGraph, node: ClaimNode) -> bool:
    return any(step.is_evidence for step in graph.steps_to.get(node.id, ()))


def _short(text: str) -> str:
    return Truncator(text).chars(LONGEST)
