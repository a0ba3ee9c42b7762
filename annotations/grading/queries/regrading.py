"""Requests to look at a grade again: their threads, their numbers, and what criteria they name."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Prefetch, QuerySet

from annotations.grading.enums import RequestState
from annotations.grading.models import Criterion, RegradeMessage, RegradeRequest
from annotations.grading.queries.names import shown_name
from annotations.grading.queries.veil import Veil, veil_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from annotations.grading.models import Grade, GradingPlan
    from debate.accounts.models import User

WHOLE: Final = "The whole grade"
UNSETTLED: Final = (RequestState.OPEN, RequestState.ESCALATED)
FILTERS: Final = {
    "": "Unsettled",
    "open": "Open",
    "escalated": "With the instructor",
    "upheld": "Grade changed",
    "declined": "Grade stands",
    "taken_back": "Taken back",
    "all": "All",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a thread; of staff a student is told no name."""

    who: str
    by_student: bool
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Thread:
    """A request as it is read. `name` is whose it is, as the reader may know it."""

    request: RegradeRequest
    name: str
    title: str
    messages: list[Said]

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is to be done."""
        return self.request.state not in UNSETTLED

    @property
    def state_words(self) -> str:
        """Where it stands."""
        return str(self.request.get_state_display())

    @property
    def grade(self) -> Grade:
        """The grade that it is about."""
        return self.request.grade


@dataclass(frozen=True, slots=True)
class Faults:
    """How often a criterion was asked about, and what came of it."""

    title: str
    asked: int
    upheld: int
    declined: int


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests of an assignment, as its staff see them."""

    threads: list[Thread]
    tallies: list[tuple[str, str, int]]
    faults: list[Faults]
    state: str
    total: int


def requests_of(user: User, plan: GradingPlan, *, state: str = "", criterion: str = "") -> Requests:
    """The requests that fit, the last ones first, with counts of all. Takes 3 queries.

    In blind marking 1 or 2 more, and nobody is named in it.
    """
    rows = list(_with_messages(_of_staff(user, plan)))
    titles = titles_of(plan)
    veil = veil_of(plan)
    state = state if state in FILTERS else ""
    fitting = [row for row in rows if _fits(row, state) and criterion in {"", _key(row)}]
    return Requests(
        threads=[
            Thread(
                request=row,
                name=shown_name(row.grade.work, plan),
                title=titles.get(_key(row), WHOLE),
                messages=_as_staff(row, plan, veil),
            )
            for row in fitting
        ],
        tallies=[
            (key, label, sum(_fits(row, key) for row in rows)) for key, label in FILTERS.items()
        ],
        faults=_faults(rows, titles),
        state=state,
        total=len(rows),
    )


def own_threads(user: User, plan: GradingPlan) -> list[Thread]:
    """What the student asked in an assignment, the last one first. Takes 3 queries."""
    own = RegradeRequest.objects.visible_to(user).filter(
        grade__work__student=user.pk, grade__work__assignment=plan.assignment_id
    )
    titles = titles_of(plan)
    return [
        Thread(
            request=row,
            name=user.display_name,
            title=titles.get(_key(row), WHOLE),
            messages=[
                Said(
                    who="You" if one.author_id == user.pk else "Staff",
                    by_student=one.author_id == user.pk,
                    body=one.body,
                    at=one.at,
                )
                for one in row.messages.all()
            ],
        )
        for row in _with_messages(own)
    ]


def titles_of(plan: GradingPlan) -> dict[str, str]:
    """What the criteria of the plan's rubric are called, of all its versions, by key."""
    if plan.rubric_version is None:
        return {}
    rows = Criterion.objects.filter(rubric_version__rubric=plan.rubric_version.rubric_id)
    pairs = rows.order_by("rubric_version__number", "position").values_list("key", "title")
    return {str(key): title for key, title in pairs}


def _of_staff(user: User, plan: GradingPlan) -> QuerySet[RegradeRequest]:
    seen = RegradeRequest.objects.visible_to(user).filter(
        grade__work__assignment=plan.assignment_id
    )
    return seen.exclude(grade__work__student=user.pk)


def _with_messages(rows: QuerySet[RegradeRequest]) -> QuerySet[RegradeRequest]:
    messages = RegradeMessage.objects.select_related("author")
    return rows.select_related("grade__work__student", "settled_by").prefetch_related(
        Prefetch("messages", messages)
    )


def _as_staff(row: RegradeRequest, plan: GradingPlan, veil: Veil) -> list[Said]:
    student = row.grade.work.student_id
    return [
        Said(
            who=shown_name(row.grade.work, plan)
            if one.author_id == student
            else one.author.display_name,
            by_student=one.author_id == student,
            body=veil.over(one.body),
            at=one.at,
        )
        for one in row.messages.all()
    ]


def _fits(row: RegradeRequest, state: str) -> bool:
    if state == "all":
        return True
    return row.state == state if state else row.state in UNSETTLED


def _key(row: RegradeRequest) -> str:
    return str(row.criterion_key) if row.criterion_key else WHOLE


def _faults(rows: Iterable[RegradeRequest], titles: Mapping[str, str]) -> list[Faults]:
    """What came of the requests by criterion, the one asked about most often first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[titles.get(_key(row), WHOLE)][row.state] += 1
    found = [
        Faults(
            title=title,
            asked=states.total(),
            upheld=states[RequestState.UPHELD],
            declined=states[RequestState.DECLINED],
        )
        for title, states in counts.items()
    ]
    return sorted(found, key=lambda one: (-one.asked, one.title))


def asked_about(threads: Iterable[Thread]) -> set[UUID | None]:
    """The criteria about which a request is not settled; None for the whole."""
    return {one.request.criterion_key for one in threads if not one.is_settled}
