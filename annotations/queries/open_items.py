"""What is open in an assignment: what waits for an answer, a look, or a decision.

One list a page, the others as counts. A fixed number of queries, whatever is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.text import Truncator

from annotations.arguments import Label
from annotations.enums import Attacks, Kind, MapStatus
from annotations.models import Anchor, Annotation, Claim, MeToo, PassageCheck, QualityMark
from annotations.permissions import may_ask_too, may_set_mark
from annotations.queries.attention import MeTooLine
from annotations.queries.flow import word_of
from annotations.queries.graph import SHORT_WORDS, argument_graph
from debate.core.db import is_there
from debate.seminars.permissions import is_staff, membership_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from annotations.models.annotation import AnnotationQuerySet
    from annotations.queries.graph import ArgumentGraph
    from debate.accounts.models import User
    from debate.assignments.models import Assignment
    from debate.seminars.models import Membership

ITEMS_A_PAGE = 30
LONGEST = 200

LISTS = {
    "challenges": "Challenges nobody has answered",
    "contested": "Answered, still open by the rules",
    "questions": "Questions",
    "evidence": "Evidence nobody has checked",
    "marks": "Quality marks",
    "attacks": "Counterarguments, unsure of their target",
    "proposed": "Proposed claims",
}
ONLY_STAFF = ("proposed",)
SORTS = {"": "Oldest first", "asked": "Asked by most first"}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is open: what it says, whose it is, where it stands, what can be done."""

    id: str
    kind: str
    word: str
    text: str
    by: str
    url: str
    at: datetime
    place: str = ""
    place_url: str = ""
    notes: tuple[str, ...] = ()
    act: str = ""
    act_url: str = ""
    me_too: MeTooLine | None = None


@dataclass(frozen=True, slots=True)
class OpenList:
    """One of the lists, with how much stands in it."""

    name: str
    label: str
    count: int
    is_current: bool


@dataclass(slots=True)
class OpenPage:
    """A page of one list."""

    graph: ArgumentGraph
    lists: list[OpenList]
    shown: str
    sort: str
    items: list[Item]
    next_after: str

    @property
    def total(self) -> int:
        """How much is open altogether."""
        return sum(one.count for one in self.lists)


class OpenItems:
    """What is open in an assignment for one reader; each list is a query set in a fixed order."""

    def __init__(self, user: User | AnonymousUser, assignment: Assignment) -> None:
        self.user = user
        self.assignment = assignment
        self.membership: Membership | None = membership_of(user, assignment.seminar)
        self.graph = argument_graph(user, assignment)
        readable = Annotation.objects.visible_to(user)
        self.notes = readable.filter(assignment=assignment).counted()
        self.unanswered = self.notes.with_is_unanswered(readable).filter(is_unanswered=True)  # type: ignore[misc]  # added by it
        self.attack_of = {edge.note.pk: edge for edge in self.graph.attacks.values() if edge.note}

    @property
    def names(self) -> list[str]:
        """The lists that concern the reader."""
        staff = is_staff(self.membership)
        return [name for name in LISTS if staff or name not in ONLY_STAFF]

    def rows(self, name: str) -> QuerySet[Any]:
        """The rows of the list of that name, the oldest first."""
        return {
            "challenges": self._challenges,
            "contested": self._contested,
            "questions": self.questions,
            "evidence": self._unchecked,
            "marks": self._marks,
            "attacks": self._unsure,
            "proposed": self._proposed,
        }[name]().order_by("id")

    def _challenges(self) -> AnnotationQuerySet:
        return self.unanswered.filter(kind=Kind.COUNTERARGUMENT)

    def _contested(self) -> AnnotationQuerySet:
        """Challenges that no answer holds, though somebody has replied; or evidence that attacks.

        What somebody has granted, or its author given up, is settled.
        """
        labels = self.graph.labelling.labels
        granted = {grant.claim for grant in self.graph.grants}
        standing = {
            pk
            for pk, edge in self.attack_of.items()
            if labels[edge.source] is not Label.OUT
            and not edge.is_conceded
            and edge.source not in granted
        }
        return self.notes.filter(pk__in=standing).exclude(pk__in=self._challenges().values("pk"))

    def questions(self) -> AnnotationQuerySet:
        """Open questions, with how many ask the same (`asked`) and whether the reader does."""
        said = MeToo.objects.filter(annotation=OuterRef("pk"))
        counts = said.order_by().values("annotation").annotate(count=Count("pk")).values("count")
        mine = Exists(said.filter(user_id=self.user.pk)) if self.user.pk else Value(value=False)
        return self.unanswered.filter(kind=Kind.QUESTION).annotate(
            asked=Coalesce(Subquery(counts, output_field=IntegerField()), 0), asks_too=mine
        )

    def _unchecked(self) -> AnnotationQuerySet:
        checks = PassageCheck.objects.filter(passage=OuterRef("passage_id"))
        return self.notes.filter(~is_there(checks), kind=Kind.EVIDENCE)

    def _marks(self) -> QuerySet[QualityMark]:
        marks = QualityMark.objects.visible_to(self.user).open()
        return marks.in_assignment(self.assignment, self.user)

    def _unsure(self) -> AnnotationQuerySet:
        return self.notes.filter(kind=Kind.COUNTERARGUMENT, attacks=Attacks.UNSPECIFIED)

    def _proposed(self) -> QuerySet[Claim]:
        claims = Claim.objects.visible_to(self.user)
        return claims.filter(assignment=self.assignment, annotation=None, status=MapStatus.PROPOSED)

    # -- in words ---------------------------------------------------------------------------------

    def items(self, name: str, rows: Sequence[Any]) -> list[Item]:
        """The rows as the page shows them. Takes 1 query."""
        if name == "marks":
            return [self._mark(one) for one in rows]
        if name == "proposed":
            return [self._claim(one) for one in rows]
        places = self._places(rows)
        return [self._note(name, one, places) for one in rows]

    def for_page(self, name: str, rows: Any) -> Any:
        """The rows with all that `items` reads of them."""
        if name == "marks":
            related = ("annotation", "claim", "passage__source", "seminar")
            return rows.with_shown_marker(self.user).select_related(*related)
        if name == "proposed":
            return rows.select_related("added_by")
        return rows.for_display(self.user)

    def _places(self, notes: Iterable[Annotation]) -> dict[UUID, int | None]:
        roots = {one.root_id or one.pk for one in notes}
        anchors = Anchor.objects.filter(
            annotation__in=roots,
            revision=self.assignment.revision_id,
            paragraph__number__isnull=False,
        )
        return dict(anchors.order_by("-position").values_list("annotation_id", "paragraph__number"))

    def _note(self, name: str, note: Any, places: dict[UUID, int | None]) -> Item:
        note.assignment = self.assignment
        number = places.get(note.root_id or note.pk)
        text = note.counterclaim or note.warrant or plain(note.body_html)
        return Item(
            id=str(note.pk),
            kind=note.kind,
            word=word_of(note),
            text=_short(text),
            by=note.shown_author_name,
            url=note.get_absolute_url(),
            at=note.created_at,
            place=f"¶ {number}" if number else "",
            place_url=f"{self.assignment.get_absolute_url()}#p-{number}" if number else "",
            notes=self._notes(name, note),
            **self._act(name, note),
            me_too=self._me_too(note) if name == "questions" else None,
        )

    def _notes(self, name: str, note: Any) -> tuple[str, ...]:
        if name == "evidence" and note.passage:
            return (note.passage.source.title,)
        edge = self.attack_of.get(note.pk) if name in {"challenges", "contested"} else None
        if edge is None:
            return ()
        return (f"against: {self._met(edge.target)}", self._label(edge.source))

    def _met(self, element: str) -> str:
        """What a challenge meets, in short: a claim, what a step concludes, or evidence."""
        step = self.graph.steps.get(element)
        evidence = self.graph.evidence.get(element)
        if evidence:
            return _short(evidence.note.warrant)
        claim = self.graph.claims[step.conclusion if step else element]
        return _short(claim.claim.text)

    def _label(self, element: str) -> str:
        return f"as the map stands: {SHORT_WORDS[self.graph.labelling.labels[element]]}"

    def _act(self, name: str, note: Any) -> dict[str, str]:
        """What the reader can do about it; nothing where the reader may not."""
        if not self.user.pk or not may_set_mark(self.membership, self.assignment.seminar):
            return {}
        if name == "attacks" and (note.author_id == self.user.pk or note.is_overseen):
            url = reverse("annotations:code", args=[note.pk])
            return {"act": "Say what it attacks", "act_url": url}
        if name == "evidence" and note.passage.added_by_id != self.user.pk:
            of = [self.assignment.seminar.slug, note.passage.source_id, note.passage_id]
            return {"act": "Check it", "act_url": reverse("annotations:passage_check", args=of)}
        if name in {"challenges", "contested", "questions"}:
            return {"act": "Answer", "act_url": reverse("annotations:reply", args=[note.pk])}
        return {}

    def _me_too(self, note: Any) -> MeTooLine:
        may = bool(self.user.pk) and may_ask_too(self.user, self.membership, note)  # type: ignore[arg-type]  # signed in
        url = reverse("annotations:me_too", args=[note.pk])
        return MeTooLine(note.asked, note.asks_too, may, url)

    def _mark(self, mark: Any) -> Item:
        return Item(
            id=str(mark.pk),
            kind="mark",
            word=mark.label,
            text=_short(words_of_target(mark.target)),
            by=mark.shown_marker_name,
            url=mark.get_absolute_url(),
            at=mark.created_at,
            notes=(mark.note,) if mark.note else (),
        )

    def _claim(self, claim: Claim) -> Item:
        names = [self.assignment.seminar.slug, self.assignment.slug]
        return Item(
            id=str(claim.pk),
            kind="claim",
            word="Proposed claim",
            text=_short(claim.text),
            by=claim.added_by.display_name,
            url=reverse("annotations:claim", args=[*names, claim.pk]),
            at=claim.created_at,
            act="Decide",
            act_url=reverse("annotations:claims", args=names),
        )


def open_page(
    user: User | AnonymousUser,
    assignment: Assignment,
    *,
    shown: str = "",
    sort: str = "",
    after: UUID | None = None,
) -> OpenPage:
    """The list of that name, from the row behind `after` on; the first with anything by default.

    A name, or an order, that there is not is taken for the default.
    """
    found = OpenItems(user, assignment)
    counts = {name: found.rows(name).count() for name in found.names}
    if shown not in counts:
        shown = next((name for name, count in counts.items() if count), next(iter(counts)))
    sort = sort if sort in SORTS and shown == "questions" else ""
    rows = found.rows(shown)
    if sort == "asked":
        rows = most_asked(rows, after)
    elif after:
        rows = rows.filter(pk__gt=after)
    page = list(found.for_page(shown, rows)[: ITEMS_A_PAGE + 1])
    more = page[ITEMS_A_PAGE:]
    page = page[:ITEMS_A_PAGE]
    return OpenPage(
        graph=found.graph,
        lists=[OpenList(name, LISTS[name], count, name == shown) for name, count in counts.items()],
        shown=shown,
        sort=sort,
        items=found.items(shown, page),
        next_after=str(page[-1].pk) if more else "",
    )


def most_asked(rows: QuerySet[Any], after: UUID | None = None) -> QuerySet[Any]:
    """Those that most people ask first; behind one of them by its count as it stands now."""
    rows = rows.order_by("-asked", "id")
    if after is None:
        return rows
    count = rows.filter(pk=after).values_list("asked", flat=True).first() or 0
    return rows.filter(Q(asked__lt=count) | Q(asked=count, pk__gt=after))


def words_of_target(target: Any) -> str:
    """The words that a quality mark is on."""
    if isinstance(target, Claim):
        return target.text
    if isinstance(target, Annotation):
        return target.counterclaim or target.warrant or plain(target.body_html)
    return str(target)


def plain(rendered: str) -> str:
    """The words of a rendered body."""
    return unescape(strip_tags(rendered))


def _short(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(LONGEST)
