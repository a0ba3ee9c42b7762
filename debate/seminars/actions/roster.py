"""What a roster would do to a seminar, does to it, and who comes in by it later."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from debate.core.errors import Conflict, DomainError, Invalid, Missing
from debate.core.text import clean_name
from debate.seminars import rosters
from debate.seminars.actions.invitations import join
from debate.seminars.actions.people import Standing, lock_for_people, lock_people, settle
from debate.seminars.enums import GroupKind, Role
from debate.seminars.models import Group, Membership, RosterEntry, Seminar
from debate.seminars.queries.people import accounts_by_address, shown_sections, with_sections

if TYPE_CHECKING:
    from uuid import UUID

    from debate.accounts.models import User

LONGEST_SECTION = 100


# What lines do, of one and of many.
_WORDS = (
    (("error",), "cannot be taken", "cannot be taken"),
    (("join",), "becomes a member", "become members"),
    (("expect",), "is expected from now on", "are expected from now on"),
    (("change", "amend"), "changes", "change"),
    (("same",), "stays as it is", "stay as they are"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """What one line of a roster does.

    `deed` is `join` (an account becomes a member), `expect` (an address without account is kept),
    `change` (of a member), `amend` (of somebody who is expected), `same`, or `error`, with the
    `field` at fault; `sentence` says it.
    """

    number: int
    email: str
    name: str
    role: str
    section: str
    deed: str
    sentence: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a roster does, line by line; `mark` tells this plan from what it would be later."""

    steps: list[Step]
    new_sections: list[str]
    unused: list[str]
    absent: int
    mark: str

    @property
    def counts(self) -> Counter[str]:
        """How many lines do each deed."""
        return Counter(step.deed for step in self.steps)

    @property
    def changes(self) -> int:
        """How many lines change anything."""
        counts = self.counts
        return sum(counts[deed] for deed in ("join", "expect", "change", "amend"))

    @property
    def summary(self) -> list[str]:
        """How many lines do what, in words; what no line does is not said."""
        counts = self.counts
        return [
            f"{count} {(one if count == 1 else many)}"
            for deeds, one, many in _WORDS
            if (count := sum(counts[deed] for deed in deeds))
        ]

    @property
    def is_sound(self) -> bool:
        """Whether it can be applied as a whole."""
        return not self.counts["error"] and bool(self.steps)


def plan_roster(*, seminar: Seminar, text: str, role: str = Role.STUDENT) -> Plan:
    """What the roster does; `role` is that of lines which name none. Takes at most 9 queries.

    Raises Invalid and TooLarge on `text` for what is no roster at all.
    """
    role = str(role)  # as forms give it: the mark tells a word of an enumeration from its text
    roster = rosters.read(text)
    known = _Known.of(seminar, roster)
    steps = [_step(known, row, role) for row in roster.rows]
    steps = _with_an_instructor(known, steps)
    named = {one.casefold() for one in known.sections}
    new = {step.section.casefold(): step.section for step in steps if step.section}
    listed = {step.email for step in steps}
    return Plan(
        steps=steps,
        new_sections=sorted(new[one] for one in new.keys() - named),
        unused=roster.unused,
        absent=sum(
            1 for one in known.members.values() if not known.addresses[one.user_id] & listed
        ),
        mark=hashlib.sha256(repr((role, steps)).encode()).hexdigest(),
    )


@transaction.atomic
def apply_roster(*, actor: User, seminar: Seminar, text: str, role: str, mark: str | None) -> Plan:
    """Do what the plan of that mark says, all of it or nothing; returns the plan.

    Without `mark` it does what the roster says now, whatever that is.

    Raises NotAllowed for all but instructors, Invalid on `text` while a line has an error, and
    Conflict when the seminar has changed since, so that something else would happen.
    """
    lock_for_people(actor, seminar)
    plan = plan_roster(seminar=seminar, text=text, role=role)
    if not plan.is_sound:
        raise Invalid("Please correct the lines that are marked.", field="text")
    if mark is not None and plan.mark != mark:
        raise Conflict("The seminar has changed since you looked. Please look at the lines again.")
    for name in plan.new_sections:
        Group.objects.create(seminar=seminar, name=name, kind=GroupKind.SECTION)
    sections = {one.name.casefold(): one for one in _sections(seminar)}
    accounts = accounts_by_address(step.email for step in plan.steps)
    kept = []
    for step in plan.steps:
        section = sections.get(step.section.casefold())
        if step.deed in {"join", "change"}:
            _seat(seminar, accounts[step.email], step, section)
        elif step.deed in {"expect", "amend"}:
            kept.append(_entry(actor, seminar, step, section))
    RosterEntry.objects.bulk_create(
        kept,
        update_conflicts=True,
        unique_fields=["seminar", "email"],
        update_fields=["name", "role", "section", "updated_at"],
    )
    return plan


def _seat(seminar: Seminar, user: User, step: Step, section: Group | None) -> None:
    if section is None:
        settle(seminar, user, Standing(step.role))
    else:
        join(seminar, user, step.role, section)


def _entry(actor: User, seminar: Seminar, step: Step, section: Group | None) -> RosterEntry:
    return RosterEntry(
        seminar=seminar,
        email=step.email,
        name=step.name,
        role=step.role,
        section=section,
        created_by=actor,
    )


def forget_expected(*, actor: User, entry_id: UUID) -> None:
    """Expect somebody no longer. Raises Missing for all but instructors."""
    deleted, _ = RosterEntry.objects.visible_to(actor).filter(pk=entry_id).delete()
    if not deleted:
        raise Missing


def join_as_expected(user: User) -> list[Membership]:
    """Make the person a member wherever his or her confirmed addresses are expected.

    Members keep the role that they have; archived seminars take nobody in. Called when somebody
    signs in or confirms an address. Takes 2 queries when nobody waits for the person.
    """
    confirmed = EmailAddress.objects.filter(user=user, verified=True)
    addresses = [one.lower() for one in confirmed.values_list("email", flat=True)]
    if not addresses:
        return []
    waiting = RosterEntry.objects.filter(email__in=addresses, seminar__archived_at=None)
    return [
        membership
        for seminar_id in sorted(set(waiting.values_list("seminar_id", flat=True)))
        if (membership := _join_one(user, seminar_id, addresses))
    ]


@transaction.atomic
def _join_one(user: User, seminar_id: UUID, addresses: list[str]) -> Membership | None:
    seminar = lock_people(Seminar(pk=seminar_id))
    entries = RosterEntry.objects.filter(seminar=seminar, email__in=addresses)
    # Again, under the lock: somebody may have forgotten or archived it meanwhile.
    entry = entries.select_related("section").first()
    if entry is None or seminar.archived_at is not None:
        return None
    known = seminar.memberships.filter(user=user).exists()
    membership = None if known else join(seminar, user, entry.role, entry.section)
    entries.delete()
    return membership


@dataclass(frozen=True, slots=True)
class _Known:
    """What there is before a roster is applied, and what its lines have named so far."""

    accounts: dict[str, User]
    members: dict[UUID, Membership]
    addresses: dict[UUID, set[str]]
    entries: dict[str, RosterEntry]
    sections: dict[str, Group]
    groups: set[str]
    seen: dict[str, int]

    @classmethod
    def of(cls, seminar: Seminar, roster: rosters.Roster) -> _Known:
        members = with_sections(Membership.objects.filter(seminar=seminar).people(), seminar.pk)
        found = {one.user_id: one for one in members}
        addresses = {pk: {one.user.email.lower()} for pk, one in found.items()}
        confirmed = EmailAddress.objects.filter(user__in=found, verified=True)
        for pk, email in confirmed.values_list("user_id", "email"):
            addresses[pk].add(email.lower())
        groups = list(seminar.groups.all())
        return cls(
            accounts=accounts_by_address(row.cells["email"] for row in roster.rows),
            members=found,
            addresses=addresses,
            entries={one.email: one for one in seminar.roster_entries.select_related("section")},
            sections={one.name.casefold(): one for one in groups if one.kind == GroupKind.SECTION},
            groups={one.name.casefold() for one in groups if one.kind != GroupKind.SECTION},
            seen={},
        )


def _sections(seminar: Seminar) -> list[Group]:
    return list(seminar.groups.filter(kind=GroupKind.SECTION))


def _step(known: _Known, row: rosters.Row, default_role: str) -> Step:
    cells = row.cells
    step = Step(
        number=row.number,
        email=cells["email"].lower(),
        name=cells["name"],
        role=cells["role"].casefold() or default_role,
        section=cells["section"],
        deed="error",
        sentence=row.problem,
    )
    if row.problem:
        return step
    try:
        step = _judged(known, step)
    except DomainError as error:
        return replace(step, field=error.field, sentence=error.sentence)
    account = known.accounts.get(step.email)
    if account is None:
        return _for_address(known, step)
    member = known.members.get(account.pk)
    return _for_member(step, member) if member else _for_account(step, account)


def _judged(known: _Known, step: Step) -> Step:
    """The step with clean cells. Raises Invalid that names the cell at fault."""
    try:
        validate_email(step.email)
    except ValidationError as error:
        raise Invalid("This is no e-mail address.", field="email") from error
    _see_once(known, step)
    name = clean_name(step.name, field="name", required=False)
    if step.role not in Role.values:
        raise Invalid("Give one of: " + ", ".join(Role.values) + ".", field="role")
    section = clean_name(step.section, field="section", limit=LONGEST_SECTION, required=False)
    if section and step.role not in {Role.STUDENT, Role.ASSISTANT}:
        raise Invalid("Only students and assistants belong to sections.", field="section")
    if ";" in section and section != _joined(known, step):
        raise Invalid("Name one section; more are chosen on the person's page.", field="section")
    if section.casefold() in known.groups:
        raise Invalid("A reading group has this name.", field="section")
    if section.casefold() in known.sections:
        section = known.sections[section.casefold()].name
    return replace(step, name=name, section=section)


def _joined(known: _Known, step: Step) -> str:
    """The sections of the member in one cell, as the file of a seminar's people has them."""
    account = known.accounts.get(step.email)
    member = known.members.get(account.pk) if account else None
    return "; ".join(one.name for one in shown_sections(member)) if member else ""


def _see_once(known: _Known, step: Step) -> None:
    """Raise Invalid when an earlier line has the address, or another one of the same person."""
    account = known.accounts.get(step.email)
    whose = str(account.pk) if account else step.email
    if whose in known.seen:
        raise Invalid(f"Line {known.seen[whose]} has this person too.", field="email")
    known.seen[whose] = step.number


def _for_address(known: _Known, step: Step) -> Step:
    entry = known.entries.get(step.email)
    place = _place(step)
    if entry is None:
        sentence = f"Nobody has this address yet: kept, and {place} at the first sign-in."
        return replace(step, deed="expect", sentence=sentence)
    section = entry.section.name if entry.section else ""
    # A cell that is empty takes nothing away.
    step = replace(step, section=step.section or section, name=step.name or entry.name)
    if (entry.role, section, entry.name) == (step.role, step.section, step.name):
        return replace(step, deed="same", sentence="Is expected already.")
    return replace(step, deed="amend", sentence=f"Is expected already, and now {_place(step)}.")


def _for_account(step: Step, account: User) -> Step:
    sentence = f"{account.display_name} has an account: {_place(step)}."
    return replace(step, deed="join", sentence=sentence, name=account.display_name)


def _for_member(step: Step, member: Membership) -> Step:
    step = replace(step, name=member.user.display_name)
    sections = [one.name for one in shown_sections(member)]
    same_section = step.section in {"", "; ".join(sections)}
    if member.role == step.role and same_section:
        return replace(step, deed="same", sentence="Is a member already, as it says here.")
    was = str(Role(member.role).label).lower()
    if sections:
        was += f" in {', '.join(sections)}"
    return replace(step, deed="change", sentence=f"Was {was}; {_place(step)}.")


def _place(step: Step) -> str:
    role = str(Role(step.role).label).lower()
    if not step.section:
        return f"becomes {role}"
    where = "limited to" if step.role == Role.ASSISTANT else "in"
    return f"becomes {role} {where} {step.section}"


def _with_an_instructor(known: _Known, steps: list[Step]) -> list[Step]:
    """The steps, but for the one that would take the last instructor away."""
    roles = {one.user_id: one.role for one in known.members.values()}
    left = sum(1 for role in roles.values() if role == Role.INSTRUCTOR)
    left += sum(
        1 for step in steps if step.deed in {"join", "change"} and step.role == Role.INSTRUCTOR
        and roles.get(known.accounts[step.email].pk) != Role.INSTRUCTOR
    )  # fmt: skip
    result = []
    for step in steps:
        account = known.accounts.get(step.email)
        if (
            step.deed == "change"
            and account is not None
            and roles[account.pk] == Role.INSTRUCTOR
            and step.role != Role.INSTRUCTOR
        ):
            left -= 1
            if not left:
                sentence = "A seminar keeps at least one instructor."
                result.append(replace(step, deed="error", sentence=sentence, field="role"))
                continue
        result.append(step)
    return result
