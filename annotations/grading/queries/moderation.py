"""The moderator's sample as staff see it, and the record of it for an external examiner."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F

from annotations.grading.enums import (
    GradeState,
    MarkingMode,
    MarkRole,
    MarkState,
    SampleOutcome,
    Verb,
)
from annotations.grading.models import GradeEvent, Mark, Sample, Work
from annotations.grading.queries.names import shown_name
from annotations.grading.queries.veil import veil_of
from annotations.grading.scoring import NOTHING, scaled
from debate.accounts.models import User

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal
    from uuid import UUID

    from annotations.grading.models import GradingPlan

    Told = tuple[dict[UUID, list["Happened"]], dict[UUID, list["Happened"]]]


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to a work of the sample: what was said of it, or a score that moved."""

    who: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Sampled:
    """A work of the sample. `total` is the first mark on the plan's scale, None while it is open.

    `is_own` says that the person is its first marker, and so not its moderator; `has_changed` that
    its mark was changed after the outcome.
    """

    sample: Sample
    name: str
    marker: str
    total: Decimal | None
    is_own: bool
    has_changed: bool
    said: list[Happened]
    changes: list[Happened]

    @property
    def work(self) -> Work:
        """The work."""
        return self.sample.work

    @property
    def can_be_judged(self) -> bool:
        """Whether the person may say an outcome now."""
        is_open = self.work.grade.state != GradeState.RELEASED
        return not self.is_own and self.total is not None and is_open


@dataclass(frozen=True, slots=True)
class Draw:
    """How the sample was drawn, at one time."""

    seed: str
    percent: int
    least: int
    pass_percent: int
    of: int
    drawn: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Moderation:
    """The sample of an assignment, and how far it is."""

    rows: list[Sampled]
    draws: list[Draw]
    works: int
    unmarked: int
    others: list[tuple[UUID, str]]

    @property
    def said(self) -> int:
        """Of how many works an outcome is said."""
        return sum(bool(row.sample.outcome) for row in self.rows)

    @property
    def agreed(self) -> int:
        """With how many the moderator agrees."""
        return sum(row.sample.outcome == SampleOutcome.AGREE for row in self.rows)

    @property
    def concerns(self) -> int:
        """Of how many there is a concern."""
        return sum(row.sample.outcome == SampleOutcome.CONCERN for row in self.rows)

    @property
    def is_done(self) -> bool:
        """Whether all of the sample is agreed with, so that grades are ready."""
        return bool(self.rows) and self.agreed == len(self.rows)

    @property
    def moderators(self) -> list[str]:
        """Who said an outcome, by name."""
        names = [one.sample.moderator.display_name for one in self.rows if one.sample.moderator]
        return sorted(set(names), key=str.casefold)

    @property
    def can_be_drawn(self) -> bool:
        """Whether the sample can be drawn, for the first time or anew."""
        return not self.said and not self.unmarked and self.works > 0


def moderation_of(user: User, plan: GradingPlan) -> Moderation:
    """The sample, of the works that the person may mark. Takes 6 queries, one or two more if blind."""
    works = Work.objects.marked_by(user).filter(assignment=plan.assignment_id)
    rows = list(
        Sample.objects.visible_to(user)
        .filter(work__assignment=plan.assignment_id)
        .select_related("work__student", "work__grade", "moderator")
    )
    if plan.marking_mode != MarkingMode.SAMPLED:
        rows = []
    found = [sample.work_id for sample in rows]
    firsts = Mark.objects.visible_to(user).filter(
        work__in=found, role=MarkRole.FIRST, state=MarkState.SUBMITTED
    )
    marks = {one.work_id: one for one in firsts.select_related("marker", "rubric_version")}
    told = _events(user, plan, rows)
    sampled = [_sampled(user, plan, one, marks.get(one.work_id), told) for one in rows]
    counted: list[Any] = list(
        works.filter(grade__is_excused=False)
        .select_related("student")
        .annotate(state=F("grade__state"))
    )
    unmarked = (GradeState.NOT_STARTED, GradeState.IN_PROGRESS)
    others = [
        (one.pk, shown_name(one, plan))
        for one in counted
        if one.pk not in set(found) and one.state not in unmarked
    ]
    return Moderation(
        rows=sorted(sampled, key=lambda one: one.name.casefold()),
        draws=_draws(plan),
        works=len(counted),
        unmarked=sum(one.state in unmarked for one in counted),
        others=sorted(others, key=lambda one: one[1].casefold()),
    )


def _sampled(
    user: User,
    plan: GradingPlan,
    sample: Sample,
    mark: Mark | None,
    told: Told,
) -> Sampled:
    total = None
    if mark is not None:
        total = scaled(mark.total or NOTHING, mark.rubric_version.points, plan.points)
    said, changes = told
    after = sample.moderated_at
    return Sampled(
        sample=sample,
        name=shown_name(sample.work, plan),
        marker=mark.marker.display_name if mark else "",
        total=total,
        is_own=mark is not None and mark.marker_id == user.pk,
        has_changed=bool(mark and after and mark.updated_at > after),
        said=said.get(sample.work_id, []),
        changes=changes.get(sample.work_id, []),
    )


def _events(user: User, plan: GradingPlan, samples: Iterable[Sample]) -> Told:
    """What was said of each work, and how its score moved after the first outcome."""
    veil = veil_of(plan)
    said: dict[UUID, list[Happened]] = defaultdict(list)
    changes: dict[UUID, list[Happened]] = defaultdict(list)
    works = [sample.work_id for sample in samples]
    events = GradeEvent.objects.visible_to(user).filter(grade__work__in=works)
    for event in events.select_related("actor", "grade").order_by("grade", "number"):
        work, who = event.grade.work_id, event.actor.display_name if event.actor else "A rule"
        if event.verb == Verb.MODERATED and event.reason:
            said[work].append(Happened(who, event.at, veil.over(event.reason)))
        elif said.get(work) and "raw" in event.after:
            moved = f"{event.before.get('raw') or '–'} → {event.after['raw'] or '–'}"
            changes[work].append(Happened(who, event.at, moved))
    return said, changes


def _draws(plan: GradingPlan) -> list[Draw]:
    told: list[dict[str, Any]] = plan.sample_draws
    people = {
        str(one.pk): one.display_name
        for one in User.objects.filter(pk__in={draw["by"] for draw in told})
    }
    return [
        Draw(
            seed=one["seed"],
            percent=one["percent"],
            least=one["least"],
            pass_percent=one["pass_percent"],
            of=one["of"],
            drawn=one["drawn"],
            at=datetime.fromisoformat(one["at"]),
            by=people.get(one["by"], "–"),
        )
        for one in told
    ]
