"""What keeps students unknown while their works are marked blind: names in what they wrote.

An alias stands for a student on both sides of a thread: as author, in mentions, and wherever the
words of a note name somebody of the seminar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef, Q, Subquery

from annotations.grading.models import Work
from annotations.grading.permissions import knows_names
from debate.accounts.models import User
from debate.assignments.models import Alias
from debate.seminars.enums import Role
from debate.seminars.models import Membership

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from annotations.grading.models import GradingPlan

SOMEBODY: Final = "A student"
SHORTEST: Final = 3


@dataclass(frozen=True, slots=True)
class Veil:
    """Says who somebody is, and makes texts name nobody; without `pattern` it hides nothing."""

    aliases: Mapping[UUID, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    pattern: re.Pattern[str] | None = None
    hides: bool = False

    def name_of(self, person: User) -> str:
        """The person's alias where the person is a student whose name is hidden, else the name."""
        if self.hides and person.pk in self.aliases:
            return self.aliases[person.pk]
        return person.display_name

    def over(self, text: str) -> str:
        """The text with aliases in place of what names a student."""
        if self.pattern is None:
            return text
        return self.pattern.sub(lambda found: self._instead(found[0]), text)

    def _instead(self, found: str) -> str:
        known = self.words.get(found.casefold())
        return known if known is not None else found


def veil_of(plan: GradingPlan) -> Veil:
    """The veil over an assignment's works; one that hides nothing where names are known.

    Takes 1 query in blind marking, and 1 more where the assignment uses pseudonyms.
    """
    if knows_names(plan):
        return Veil()
    works = Work.objects.filter(assignment=plan.assignment_id, student=OuterRef("pk"))
    member = Membership.objects.filter(
        seminar=plan.assignment.seminar_id, role=Role.STUDENT, user=OuterRef("pk")
    )
    students = User.objects.annotate(work_alias=Subquery(works.values("alias")[:1])).filter(
        Q(work_alias__isnull=False) | Exists(member)
    )
    aliases: dict[UUID, str] = {}
    words: dict[str, str] = {}
    for student in students.only("id", "name", "username", "email"):
        aliases[student.pk] = student.work_alias or SOMEBODY
        for word in _names_of(student):
            words[word.casefold()] = aliases[student.pk]
    if plan.assignment.uses_pseudonyms:
        named = Alias.objects.filter(assignment=plan.assignment_id)
        for person, name in named.values_list("user_id", "name"):
            if person in aliases:
                words[name.casefold()] = aliases[person]
    return Veil(aliases, words, _pattern_of(words), hides=True)


def _names_of(student: User) -> Iterable[str]:
    """What names the student in a text: name, parts of it, username and address."""
    given = [student.name, student.username, student.email, *student.name.split()]
    return (one for one in given if len(one) >= SHORTEST)


def _pattern_of(words: Iterable[str]) -> re.Pattern[str] | None:
    """Finds these as whole words in any case, the longest first, mentions with their sign."""
    longest_first = sorted(words, key=len, reverse=True)
    if not longest_first:
        return None
    either = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
