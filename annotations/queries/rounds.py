"""What holds for a reader of an assignment at the moment, in plain words: round, kinds, side, name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.dateformat import format as formatted

from annotations.enums import Audience, Kind
from debate.assignments.enums import Position, RoundMode
from debate.assignments.models import Alias
from debate.assignments.queries import current_round, dates_for, writable_round
from debate.core.moments import in_words
from debate.seminars.enums import STAFF, Role
from debate.seminars.models import Group, Membership
from debate.seminars.permissions import is_staff, membership_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from annotations.models import Annotation
    from debate.accounts.models import User
    from debate.assignments.models import Assignment, Round
    from debate.assignments.queries import Dates


@dataclass(frozen=True, slots=True)
class OpenKinds:
    """The kinds that a person may post now; `reason` says why the others are not among them."""

    kinds: frozenset[str]
    reason: str = ""

    def __contains__(self, kind: object) -> bool:
        return kind in self.kinds


EVERY_KIND = OpenKinds(frozenset(Kind.values))


def open_kinds(assignment: Assignment, membership: Membership | None, current: Round) -> OpenKinds:
    """The kinds that the round which a post would belong to takes; a round binds no staff."""
    if is_staff(membership):
        return EVERY_KIND
    if current.mode == RoundMode.CLOSED:
        current = writable_round(assignment, timezone.now())
    if not current.allowed_kinds:
        return EVERY_KIND
    taken = frozenset(current.allowed_kinds)
    return OpenKinds(taken, f"This round takes {kinds_in_words(current)}.")


def kinds_to_edit(user: User, annotation: Annotation) -> OpenKinds:
    """The kinds that an annotation may have after an edit: its own, and what the round takes."""
    assignment = annotation.assignment
    current = current_round(assignment, timezone.now())
    opened = open_kinds(assignment, membership_of(user, assignment.seminar), current)
    return OpenKinds(opened.kinds | {annotation.kind}, opened.reason)


def kinds_in_words(current: Round) -> str:
    """Such as "counterarguments and evidence only"."""
    names = [_PLURAL[kind] for kind in Kind if kind in current.allowed_kinds]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{listed} only"


_PLURAL = {kind: f"{kind.label}s".lower() for kind in Kind} | {
    Kind.EVIDENCE: "evidence",
    Kind.SUPPORT: "support",
}


def round_in_words(
    current: Round,
    *,
    membership: Membership | None,
    dates: Dates,
    posted: int,
    now: datetime,
) -> str:
    """What holds in the round for this reader, who has `posted` so many in it; "" for nothing."""
    if now < dates.opens_at:
        return f"Not open yet: it opens {in_words(dates.opens_at, now)}."
    ends = f" until {in_words(current.ends_at, now)}" if current.ends_at else ""
    if current.mode == RoundMode.BLIND:
        return _blind_in_words(current, membership, ends, posted)
    if current.mode == RoundMode.CLOSED:
        return (
            "Open for you still: your own dates hold."
            if dates.is_own
            else "Closed: nothing more is posted."
        )
    takes = f" It takes {kinds_in_words(current)}." if current.allowed_kinds else ""
    if current.mode == RoundMode.OPEN and not (ends or takes):
        return ""
    name = "Rebuttal round" if current.mode == RoundMode.REBUTTAL else "Open round"
    return f"{name}{ends}.{takes}"


def _blind_in_words(current: Round, membership: Membership | None, ends: str, posted: int) -> str:
    """What a blind round hides from this reader, and what ends it."""
    takes = f" It takes {kinds_in_words(current)}." if current.allowed_kinds else ""
    if is_staff(membership):
        return f"Blind round: students see only their own notes{ends}.{takes}"
    if membership is None or not membership.may_write:
        return f"Blind round: the notes are not shown{ends}.{takes}"
    enough = current.reveals_after
    if enough and posted >= enough:
        return f"Blind round: you have posted {posted}, so you see the others’ notes.{takes}"
    or_once = f", or once you have posted {enough} (you have {posted})" if enough else ""
    return f"Blind round: you see only your own notes{ends}{or_once}.{takes}"


@dataclass(frozen=True, slots=True)
class SideView:
    """The side that somebody argues, as word and icon; never a sign of quality."""

    position: str
    label: str


def side_view(position: Position | None) -> SideView | None:
    """The side to show; None when there is none to argue."""
    if position is None or position == Position.NONE:
        return None
    return SideView(position, str(position.label))


def pseudonym_of(user: User | AnonymousUser, assignment: Assignment, *, staff: bool) -> str:
    """Under which name the others read the person, in a sentence; "" under the own."""
    if not assignment.uses_pseudonyms or staff or not user.pk:
        return ""
    name = Alias.objects.filter(assignment=assignment, user_id=user.pk).values_list(
        "name", flat=True
    )
    alias = name.first()
    if alias is None:
        return "Others will read you under another name; staff know yours."
    return f"Others read you as {alias}; staff know your name."


# --- who will read what one writes -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AudienceChoice:
    """An audience that may be chosen, and who that is in a sentence."""

    value: str
    label: str
    readers: str

    @property
    def audience(self) -> str:
        """The audience as annotations keep it."""
        return self.value.partition(":")[0]

    @property
    def group_id(self) -> str:
        """The group that is named beside it, or ""."""
        return self.value.partition(":")[2]


def audience_choices(assignment: Assignment, user: User) -> list[AudienceChoice]:
    """The audiences that are allowed here, the narrowest first. Takes 3 queries, 4 for groups."""
    members = _readers_of(assignment)
    staff = [role for role in members if role in STAFF]
    groups = list(Group.objects.filter(seminar=assignment.seminar_id).addressable_by(user))
    sizes = _sizes(groups)
    choices = [
        AudienceChoice(Audience.PRIVATE, "Only me", "Nobody else reads it, and it does not count."),
        AudienceChoice(
            Audience.STAFF,
            "Instructors and assistants",
            f"{_people(len(staff))} {'reads' if len(staff) == 1 else 'read'} it: the staff of the seminar.",
        ),
        *(
            AudienceChoice(
                f"{Audience.GROUP}:{group.pk}",
                group.name,
                f"{_people(sizes.get(group.pk, 0))} in the group, and the staff.",
            )
            for group in groups
        ),
        AudienceChoice(
            Audience.SEMINAR, "The whole seminar", f"{_people(len(members))} in the seminar."
        ),
    ]
    if assignment.seminar.allows_public and assignment.essay.is_public:
        choices.append(
            AudienceChoice(
                Audience.PUBLIC, "Everybody", "Everybody on the internet, without signing in."
            )
        )
    return choices


def audience_value(audience: str, group_id: object) -> str:
    """The value of the choice that stands for an annotation's audience."""
    return f"{audience}:{group_id}" if audience == Audience.GROUP else audience


def _readers_of(assignment: Assignment) -> list[str]:
    """The roles of all to whom the assignment is set."""
    members = Membership.objects.people().filter(seminar=assignment.seminar_id)
    if assignment.is_for_groups:
        inside = assignment.groups.values("members")
        members = members.filter(user__in=inside) | members.staff()
    return list(members.values_list("role", flat=True))


def _sizes(groups: Collection[Group]) -> dict[object, int]:
    """How many students each group has who are still in the seminar."""
    rows = (
        Membership.objects.people()
        .filter(role=Role.STUDENT, user__reading_groups__in=groups)
        .values_list("user__reading_groups", "seminar_id")
    )
    homes = {group.pk: group.seminar_id for group in groups}
    sizes: dict[object, int] = {}
    for group, seminar in rows:
        if homes.get(group) == seminar:
            sizes[group] = sizes.get(group, 0) + 1
    return sizes


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def waiting_in_words(assignment: Assignment, current: Round, *, staff: bool, now: datetime) -> str:
    """Why those who are named do not read it at once; "" when they do."""
    parts = []
    if current.mode == RoundMode.BLIND and not staff:
        until = (
            f"Until {in_words(current.ends_at, now)} only" if current.ends_at else "For now only"
        )
        parts.append(f"{until} you and the staff read it: the round is blind.")
    if assignment.requires_approval and not staff:
        parts.append("Others read it once staff have approved it.")
    return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a person writes here now; what the composer shows, which the action decides.

    `audiences` are empty for a reply, of which `readers` says who reads it. `waiting` says why not
    all of them do so at once.
    """

    kinds: OpenKinds
    audiences: list[AudienceChoice]
    readers: str
    waiting: str
    pseudonym: str
    is_closed: bool
    takes_late: bool
    received_now: str


def terms_of(assignment: Assignment, user: User, parent: Annotation | None) -> Terms:
    """On what terms the person annotates, or replies to `parent`, at this moment."""
    now = timezone.now()
    membership = membership_of(user, assignment.seminar)
    staff = is_staff(membership)
    current = current_round(assignment, now)
    dates = dates_for(user, assignment)
    choices = audience_choices(assignment, user)
    ended = bool(dates.closes_at and dates.closes_at <= now)
    closed = ended or (current.mode == RoundMode.CLOSED and not dates.is_own)
    return Terms(
        kinds=open_kinds(assignment, membership, current),
        audiences=[] if parent else choices,
        readers=readers_in_words(parent, choices) if parent else "",
        waiting=waiting_in_words(assignment, current, staff=staff, now=now),
        pseudonym=pseudonym_of(user, assignment, staff=staff),
        is_closed=closed and not staff,
        takes_late=parent is None or parent.audience in {Audience.STAFF, Audience.PRIVATE},
        received_now=formatted(timezone.localtime(now), "l, j F, H:i:s"),
    )


def readers_in_words(annotation: Annotation, choices: Collection[AudienceChoice]) -> str:
    """Who reads the annotation and its thread, in a sentence."""
    value = audience_value(annotation.audience, annotation.group_id)
    known = next((one for one in choices if one.value == value), None)
    if known:
        return f"{known.label}. {known.readers}"
    if annotation.group:
        return f"{annotation.group.name}, and the staff."
    return f"{annotation.get_audience_display()}."
