"""What decides what a person sees in an assignment, beside the objects that stand in it.

Decision and key are of one moment: where the key is the same, the person sees by the same rules, so
that the change lines since a cursor tell all that changed. Where it is another, only a page loaded
anew shows what the person sees.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import Count
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import salted_hmac

from annotations.enums import Audience, Status
from annotations.models import Annotation
from debate.assignments.enums import RoundMode
from debate.assignments.models import Assignment, Round
from debate.assignments.queries.rounds import round_at
from debate.seminars.enums import STAFF, WRITERS, Role
from debate.seminars.models import Group, Membership

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User

Pair = tuple["UUID | None", "UUID"]
"""A person, None for a visitor, and an assignment."""


@dataclass(frozen=True, slots=True)
class View:
    """The rules by which a person sees an assignment.

    `role` is "" without membership, `is_set` whether the assignment is set to the person, `people`
    those whom a limited assistant oversees and `colleagues` that assistant's fellow staff,
    `closed_rounds` the blind rounds whose posts are not shown to the person yet.
    """

    user_id: UUID | None
    assignment_id: UUID
    revision: UUID
    role: str = ""
    is_limited: bool = False
    is_set: bool = False
    shows_public: bool = False
    uses_pseudonyms: bool = False
    is_archived: bool = False
    is_blind_now: bool = False
    groups: frozenset[UUID] = frozenset()
    people: frozenset[UUID] = frozenset()
    colleagues: frozenset[UUID] = frozenset()
    closed_rounds: frozenset[UUID] = frozenset()

    @property
    def is_open(self) -> bool:
        """Whether the person may see the assignment at all."""
        return self.is_set or self.shows_public

    @property
    def key(self) -> bytes:
        """16 bytes that are the same as long as the rules are; they tell nothing of them."""
        rules = [
            sorted(map(str, one)) if isinstance(one, frozenset) else str(one)
            for one in astuple(replace(self, is_blind_now=False))
        ]
        return salted_hmac("annotations.view_key", repr(rules), algorithm="sha256").digest()[:16]

    @property
    def oversees_all(self) -> bool:
        """Whether the person has staff's rights over everybody in the seminar."""
        return self.role in STAFF and not self.is_limited

    def reads(
        self, *, author_id: UUID, round_id: UUID, status: str, audience: str, group_id: UUID | None
    ) -> bool:
        """Whether the person reads an annotation of which that holds: `visible_to` in Python.

        It decides whom a change line concerns, and who loses sight of something; what is shown
        comes through `visible_to` alone.
        """
        published = status == Status.PUBLISHED
        revealed = round_id not in self.closed_rounds
        if published and revealed and audience == Audience.PUBLIC and self.shows_public:
            return True
        if not self.is_set:
            return False
        if author_id == self.user_id:
            return True
        if audience != Audience.PRIVATE and status != Status.HELD and self._oversees(author_id):
            return True
        for_all = audience in {Audience.SEMINAR, Audience.PUBLIC}
        for_group = audience == Audience.GROUP and group_id in self.groups
        return published and revealed and (for_all or for_group)

    def _oversees(self, author_id: UUID) -> bool:
        return self.oversees_all or author_id in self.people or author_id in self.colleagues


def view_of(user: User | AnonymousUser, assignment: Assignment) -> View:
    """The rules by which the person sees the assignment. Takes 3 to 7 queries."""
    return views_of([(user.pk, assignment.pk)], [assignment])[user.pk, assignment.pk]


def views_of(pairs: Collection[Pair], assignments: Iterable[Assignment]) -> dict[Pair, View]:
    """The rules of many at once, by person and assignment; those of other assignments are left out.

    The assignments have their seminar and essay with them. Takes 3 to 7 queries, however many.
    """
    given = {one.pk: one for one in assignments}
    wanted = [pair for pair in pairs if pair[1] in given]
    people = {user_id for user_id, _ in wanted if user_id}
    memberships = {
        (one.user_id, one.seminar_id): one
        for one in Membership.objects.filter(
            user__in=people, seminar__in={one.seminar_id for one in given.values()}
        )
    }
    groups = _groups_of(people)
    invited = _groups_set(given.values())
    rounds, now = _rounds_of(given)
    posted = _posted([one for some in rounds.values() for one in some], people, now)
    sections = _sections([one for one in memberships.values() if one.is_limited])
    views = {}
    for user_id, assignment_id in wanted:
        assignment = given[assignment_id]
        seminar = assignment.seminar
        membership = memberships.get((user_id, seminar.pk)) if user_id else None
        own = groups[user_id] if user_id and membership and membership.role in WRITERS else set()
        overseen, colleagues = sections.get(membership.pk if membership else None, ((), ()))
        view = View(
            user_id=user_id,
            assignment_id=assignment_id,
            revision=assignment.revision_id,
            role=membership.role if membership else "",
            is_limited=membership.is_limited if membership else False,
            is_set=membership is not None
            and (
                not assignment.is_for_groups
                or membership.role in STAFF
                or bool(own & invited[assignment_id])
            ),
            shows_public=assignment.essay.is_public and seminar.allows_public,
            uses_pseudonyms=assignment.uses_pseudonyms,
            is_archived=seminar.archived_at is not None,
            is_blind_now=round_at(rounds[assignment_id], now).mode == RoundMode.BLIND,
            groups=frozenset(own),
            people=frozenset(overseen),
            colleagues=frozenset(colleagues),
        )
        closed = (
            one.pk
            for one in rounds[assignment_id]
            if _hides(one, now) and not _has_done(one, posted.get((one.pk, user_id), 0))
        )
        views[user_id, assignment_id] = (
            view if view.oversees_all else replace(view, closed_rounds=frozenset(closed))
        )
    return views


def _groups_of(people: Collection[UUID]) -> dict[UUID, set[UUID]]:
    groups: dict[UUID, set[UUID]] = defaultdict(set)
    members = Group.members.through.objects.filter(user__in=people)
    for user_id, group_id in members.values_list("user_id", "group_id"):
        groups[user_id].add(group_id)
    return groups


def _groups_set(assignments: Iterable[Assignment]) -> dict[UUID, set[UUID]]:
    """By assignment, the groups that it is set to, where it is set to groups."""
    some = [one.pk for one in assignments if one.is_for_groups]
    invited: dict[UUID, set[UUID]] = defaultdict(set)
    if some:
        rows = Assignment.groups.through.objects.filter(assignment__in=some)
        for assignment_id, group_id in rows.values_list("assignment_id", "group_id"):
            invited[assignment_id].add(group_id)
    return invited


def _rounds_of(assignments: Collection[UUID]) -> tuple[dict[UUID, list[Round]], datetime]:
    """By assignment, its rounds in their order; and the moment by the clock of the database.

    By that clock `visible_to` opens blind rounds. By another one a round could count as open in the
    key while its posts are not shown yet, and would never be told of.
    """
    rounds: dict[UUID, list[Round]] = defaultdict(list)
    now = timezone.now()  # of no moment where there are no rounds
    found = Round.objects.filter(assignment__in=assignments).annotate(read_at=Now())
    for one in found.order_by("number"):
        rounds[one.assignment_id].append(one)
        now = one.read_at
    return rounds, now


def _hides(one: Round, now: datetime) -> bool:
    return one.mode == RoundMode.BLIND and (one.ends_at is None or one.ends_at > now)


def _has_done(one: Round, posts: int) -> bool:
    return one.reveals_after is not None and posts >= one.reveals_after


def _posted(
    rounds: Iterable[Round], people: Collection[UUID], now: datetime
) -> Mapping[tuple[UUID, UUID | None], int]:
    """How many count that each person posted in the blind rounds that show after some."""
    blind = [one.pk for one in rounds if _hides(one, now) and one.reveals_after]
    if not blind or not people:
        return {}
    rows = Annotation.objects.filter(round__in=blind, author__in=people).counted().order_by()
    counts = rows.values_list("round_id", "author_id").annotate(count=Count("pk"))
    return {(round_id, author_id): count for round_id, author_id, count in counts}


def _sections(
    limited: Collection[Membership],
) -> dict[UUID | None, tuple[set[UUID], set[UUID]]]:
    """By membership of a limited assistant, whom the person oversees, and the fellow staff."""
    if not limited:
        return {}
    people: dict[UUID, set[UUID]] = defaultdict(set)
    inside = Group.members.through.objects.filter(group__assistants__in=limited).values_list(
        "group__assistants", "user_id"
    )
    for membership_id, user_id in inside:
        people[membership_id].add(user_id)
    staff: dict[UUID, set[UUID]] = defaultdict(set)
    fellows = Membership.objects.filter(
        seminar__in={one.seminar_id for one in limited}, role__in=(Role.INSTRUCTOR, Role.ASSISTANT)
    )
    for seminar_id, user_id in fellows.values_list("seminar_id", "user_id"):
        staff[seminar_id].add(user_id)
    return {one.pk: (people[one.pk], staff[one.seminar_id]) for one in limited}
