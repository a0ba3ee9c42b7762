"""The flow sheet: what became of each claim of the essay, from column to column.

Rows are claims, in the order of the text. Columns are the assignment's rounds where it has several,
else the steps of an exchange: challenge, defence, reply. What nobody answered is seen at the empty
cell behind it. Worked out from `argument_graph`, with one query more for the rounds.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.urls import reverse

from annotations.arguments import Label
from annotations.enums import Kind, RelationKind, Stance
from annotations.queries.graph import SHORT_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from annotations.models import Annotation
    from annotations.queries.graph import (
        ArgumentGraph,
        AttackEdge,
        ClaimNode,
        EvidenceNode,
        Grant,
        Step,
    )
    from debate.assignments.models import Round

ROWS_A_PAGE = 40
STEPS = ("Essay", "Challenge", "Defence", "Reply", "Second defence", "Second reply")
LEAST_STEPS = 4

DROPPED = "Dropped: nobody has answered"
PENDING = "No answer yet"
HOW = {
    RelationKind.REBUTS: "says the opposite",
    RelationKind.UNDERMINES: "says that this is wrong",
    RelationKind.UNDERCUTS: "says that it does not follow",
}
AGAINST_EVIDENCE = "against the evidence"
_EVIDENCE = {Stance.SUPPORTS: "Evidence for", Stance.ATTACKS: "Evidence against"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet; `has_begun` is False for a round that is still to come."""

    label: str
    hint: str = ""
    has_begun: bool = True


@dataclass(slots=True)
class Argument:
    """An argument in short, as a cell holds it.

    `how` says what an attack does to what it meets. `is_standing` is what no answer holds and nobody
    has granted. `nested` ones stand under what they bear on, in
    the same cell. `is_against` the row's claim is its challenges' side; `is_open` a challenge that
    nobody has answered, `goes_on` one whose answers the sheet has no room for; `elsewhere` is the
    row that has them.
    """

    id: str
    text: str
    kind: str
    word: str
    by: str
    url: str
    place: str = ""
    how: str = ""
    source: str = ""
    standing: str = ""
    is_against: bool = False
    is_given_up: bool = False
    is_open: bool = False
    is_standing: bool = False
    goes_on: bool = False
    elsewhere: int = 0
    nested: bool = False

    @property
    def is_evidence(self) -> bool:
        """Whether it rests on a passage."""
        return self.kind == Kind.EVIDENCE


@dataclass(slots=True)
class Group:
    """Arguments of one cell, which are answered together by `answers` in later columns."""

    column: int
    arguments: list[Argument]
    answers: list[Group] = field(default_factory=list)

    @property
    def open(self) -> list[Argument]:
        """The challenges in it that nobody has answered."""
        return [one for one in self.arguments if one.is_open]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a line: a group of arguments, or what its being empty means."""

    column: Column
    group: Group | None = None
    lines: int = 1
    words: str = ""


@dataclass(slots=True)
class Row:
    """A claim and what became of it; the first cell spans all its lines."""

    number: int
    claim: ClaimNode
    head: Group
    lines: list[list[Cell]]
    challenges: list[Argument]

    @property
    def dropped(self) -> list[Argument]:
        """The challenges that nobody has answered."""
        return [one for one in self.challenges if one.is_open]

    @property
    def dom_id(self) -> str:
        """The id of its part of the table."""
        return f"flow-{self.claim.id}"


@dataclass(slots=True)
class FlowSheet:
    """The sheet: `rows` of the page that is asked for, `total` of all that fit the choice."""

    graph: ArgumentGraph
    columns: list[Column]
    rows: list[Row]
    all_rows: list[Row]
    by_rounds: bool
    only_dropped: bool = False
    next_after: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many claims, challenges to them, and of these how many nobody has answered."""
        return {
            "claims": len(self.all_rows),
            "challenges": sum(len(row.challenges) for row in self.all_rows),
            "dropped": sum(len(row.dropped) for row in self.all_rows),
        }


def flow_sheet(graph: ArgumentGraph, *, at: datetime) -> FlowSheet:
    """The whole sheet as it stands at that moment. Takes 1 query beside the graph's."""
    rounds = list(graph.assignment.rounds.order_by("number"))
    by_rounds = len(rounds) > 1
    columns = _round_columns(rounds, at) if by_rounds else [Column(name) for name in STEPS]
    builder = _Builder(graph, [one.pk for one in rounds] if by_rounds else [], len(columns))
    built = [(node, *builder.row(number, node)) for number, node in enumerate(builder.heads(), 1)]
    if not by_rounds:
        last = max((_last(head) for _, head, _ in built), default=0)
        columns = columns[: max(LEAST_STEPS, last + 1)]
    rows = [
        Row(
            number=number,
            claim=node,
            head=head,
            lines=_lines(head.answers, columns),
            challenges=challenges,
        )
        for number, (node, head, challenges) in enumerate(built, 1)
    ]
    return FlowSheet(graph, columns, rows, rows, by_rounds)


def chosen_rows(sheet: FlowSheet, *, only_dropped: bool, after: str) -> FlowSheet:
    """The page of the sheet behind the claim of id `after`, as far as `only_dropped` lets them in."""
    rows = [row for row in sheet.all_rows if row.dropped or not only_dropped]
    ids = [row.claim.id for row in rows]
    start = ids.index(after) + 1 if after in ids else 0
    page = rows[start : start + ROWS_A_PAGE]
    more = start + ROWS_A_PAGE < len(rows)
    return replace(
        sheet,
        rows=page,
        only_dropped=only_dropped,
        next_after=page[-1].claim.id if more else "",
    )


def _round_columns(rounds: Sequence[Round], at: datetime) -> list[Column]:
    return [
        Column(STEPS[0]),
        *(Column(one.name, f"round {one.number}", one.opens_at <= at) for one in rounds),
    ]


def _last(group: Group) -> int:
    return max([group.column, *(_last(one) for one in group.answers)])


def _lines(groups: Sequence[Group], columns: Sequence[Column]) -> list[list[Cell]]:
    """The cells behind the first of each line of a row; those that a cell above spans are left out."""
    grid: dict[tuple[int, int], Cell] = {}
    total = max(1, _lay(groups, 0, grid, columns))
    spanned = {
        (line + below, column)
        for (line, column), cell in grid.items()
        for below in range(1, cell.lines)
    }
    return [
        [
            grid.get((line, column)) or Cell(columns[column])
            for column in range(1, len(columns))
            if (line, column) not in spanned
        ]
        for line in range(total)
    ]


def _lay(
    groups: Sequence[Group],
    line: int,
    grid: dict[tuple[int, int], Cell],
    columns: Sequence[Column],
) -> int:
    """Put the groups and their answers into the grid from that line on; returns the next line."""
    for group in groups:
        end = _lay(group.answers, line, grid, columns) if group.answers else line + 1
        grid[line, group.column] = Cell(columns[group.column], group, end - line)
        behind = group.column + 1
        if group.open and not group.answers and behind < len(columns):
            words = DROPPED if columns[behind].has_begun else PENDING
            grid[line, behind] = Cell(columns[behind], words=words)
        line = end
    return line


@dataclass(frozen=True, slots=True)
class _Bearing:
    """That something bears on an element: the element it is, how it does so, since which column."""

    element: str
    how: str
    is_answer: bool
    edge: AttackEdge | None = None
    step: Step | None = None
    grant: Grant | None = None

    @property
    def note(self) -> Annotation | None:
        """The annotation that makes it bear."""
        link = self.edge or self.step or self.grant
        return link.note if link else None


class _Builder:
    """Builds rows of a graph; what has been placed once is not unfolded again."""

    def __init__(self, graph: ArgumentGraph, rounds: Sequence[UUID], width: int) -> None:
        self.graph = graph
        self.width = width
        self.round_column = {pk: column for column, pk in enumerate(rounds, 1)}
        self.row_of: dict[str, int] = {}
        self.bearing: dict[str, list[_Bearing]] = defaultdict(list)
        for element, one in _bearings(graph):
            self.bearing[element].append(one)
        self.granted = {grant.claim for grant in graph.grants}
        self.names = [graph.assignment.seminar.slug, graph.assignment.slug]

    def heads(self) -> Iterator[ClaimNode]:
        """The claims that have rows: the essay's, then those of notes that met none of these."""
        essay = self.graph.essay_claims
        self.row_of.update({node.id: number for number, node in enumerate(essay, 1)})
        self.essay = {node.id for node in essay}
        yield from essay
        own = [node for node in self.graph.claims.values() if not node.is_of_essay]
        bears = {one.element for some in self.bearing.values() for one in some}
        for is_root in (True, False):  # first what bears on nothing, then what only circles bear on
            for node in sorted(own, key=lambda one: one.id):
                if node.id not in self.row_of and (node.id not in bears) is is_root:
                    yield node

    def row(self, number: int, node: ClaimNode) -> tuple[Group, list[Argument]]:
        """The group of the row's head with all answers, and the challenges of the row."""
        self.row_of[node.id] = number
        self.number = number
        self.challenges: list[Argument] = []
        return self._grown(0, [self._of_claim(node)]), self.challenges

    def _grown(self, column: int, seeds: Sequence[Argument]) -> Group:
        """The group of these arguments, with what bears on them in the same and in later columns."""
        group = Group(column, [])
        later: dict[str, tuple[int, Argument]] = {}
        work = list(seeds)
        while work:
            argument = work.pop(0)
            group.arguments.append(argument)
            beside = []
            for one in () if argument.elsewhere else self.bearing[argument.id]:
                at = self._column(one, column)
                if at >= self.width:
                    argument.goes_on = True
                elif at == column:
                    child = self._argument(one, argument)
                    child.nested = True
                    beside.append(child)
                elif one.element not in later:  # which answers two of them at once stands once
                    later[one.element] = at, self._argument(one, argument)
            work = beside + work
        for at, together in self._together(later.values()):
            group.answers.append(self._grown(at, together))
        return group

    def _together(
        self, arguments: Iterable[tuple[int, Argument]]
    ) -> Iterator[tuple[int, list[Argument]]]:
        """Those of one column that the same arguments answer, together; the others each alone."""
        found: dict[tuple[int, frozenset[str]], list[Argument]] = {}
        for column, argument in arguments:
            answers = frozenset() if argument.elsewhere else self._answers(argument.id)
            key = column, answers or frozenset({argument.id})
            found.setdefault(key, []).append(argument)
        for (column, _), together in found.items():
            yield column, together

    def _column(self, one: _Bearing, column: int) -> int:
        if not self.round_column:
            return column + one.is_answer
        note = one.note or self._note_of(one.element)
        if note is None:
            return min(column + one.is_answer, self.width - 1)
        return max(self.round_column.get(note.round_id, 1), column)

    def _note_of(self, element: str) -> Annotation | None:
        found = self.graph.claims.get(element) or self.graph.evidence.get(element)
        return found.note if found else None

    def _answers(self, element: str) -> frozenset[str]:
        return frozenset(one.element for one in self.bearing[element] if one.is_answer)

    def _argument(self, one: _Bearing, met: Argument) -> Argument:
        """What bears on the argument that it meets."""
        if one.grant:
            return self._of_grant(one.grant)
        evidence = self.graph.evidence.get(one.element)
        if evidence:
            argument = self._of_evidence(evidence)
        else:
            argument = self._of_claim(self.graph.claims[one.element])
        argument.how = one.how
        argument.elsewhere = self.row_of.get(argument.id, 0)
        self.row_of.setdefault(argument.id, self.number)
        argument.is_against = met.is_against is not one.is_answer
        if one.edge and argument.is_against:
            argument.is_given_up = one.edge.is_conceded
            answered = self._answers(argument.id) or argument.id in self.essay
            argument.is_open = not answered and not argument.is_given_up
            label = self.graph.labelling.labels[argument.id]
            argument.is_standing = label is not Label.OUT and argument.id not in self.granted
            self.challenges.append(argument)
        return argument

    def _of_claim(self, node: ClaimNode) -> Argument:
        note = node.note
        return Argument(
            id=node.id,
            text=node.claim.text,
            kind=note.kind if note else "claim",
            word=word_of(note) if note else "Claim",
            by=note.shown_author_name if note else "",  # type: ignore[attr-defined]  # by `for_display`
            url=reverse("annotations:claim", args=[*self.names, node.id]),
            place=node.place.words if node.place.number and not note else "",
            standing=SHORT_WORDS[node.label],
        )

    def _of_evidence(self, node: EvidenceNode) -> Argument:
        note = node.note
        return Argument(
            id=node.id,
            text=note.warrant,
            kind=Kind.EVIDENCE,
            word=word_of(note),
            by=note.shown_author_name,  # type: ignore[attr-defined]  # by `for_display`
            url=note.get_absolute_url(),
            source=note.passage.source.title if note.passage else "",
            standing=SHORT_WORDS[node.label],
        )

    def _of_grant(self, grant: Grant) -> Argument:
        scope = grant.concession.scope
        return Argument(
            id=str(grant.note.pk),
            text=f"Granted: {scope}" if scope else "Granted",
            kind=Kind.CONCESSION,
            word="Concession",
            by=grant.note.shown_author_name,  # type: ignore[attr-defined]  # by `for_display`
            url=grant.note.get_absolute_url(),
        )


def _bearings(graph: ArgumentGraph) -> Iterator[tuple[str, _Bearing]]:
    """What bears on what: attacks, reasons that notes give, and concessions, the oldest first.

    An attack on a step stands at the reason that a note gives, else at the conclusion.
    """
    at_step = {
        step.id: (step.premises or (str(step.note.pk),))[0] if step.note else step.conclusion
        for step in graph.steps.values()
    }
    for edge in graph.attacks.values():
        how = HOW[RelationKind(edge.relation.kind)]
        if edge.target in graph.evidence:
            how = AGAINST_EVIDENCE
        yield (
            at_step.get(edge.target, edge.target),
            _Bearing(edge.source, how, is_answer=True, edge=edge),
        )
    for step in graph.steps.values():
        if step.note:
            for premise in step.premises or (str(step.note.pk),):
                yield step.conclusion, _Bearing(premise, "", is_answer=False, step=step)
    for grant in graph.grants:
        one = _Bearing(str(grant.note.pk), "", is_answer=True, grant=grant)
        yield grant.claim, one


def word_of(note: Annotation) -> str:
    """What the annotation is called; evidence by what it speaks for."""
    if note.kind == Kind.EVIDENCE:
        return _EVIDENCE.get(Stance(note.stance), "Evidence")
    return str(Kind(note.kind).label)
