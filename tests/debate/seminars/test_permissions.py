"""What each role may do in a seminar, open and archived."""

import pytest
from django.utils import timezone

from debate.seminars.permissions import (
    is_instructor,
    is_staff,
    may_manage,
    may_write,
    membership_of,
)
from tests.tables import rows

DEEDS = """
deed           seminar   instructor assistant student observer outsider operator anonymous
is_member      open      yes        yes       yes     yes      -        -        -
is_instructor  open      yes        -         -       -        -        -        -
is_staff       open      yes        yes       -       -        -        -        -
may_write      open      yes        yes       yes     -        -        -        -
may_manage     open      yes        -         -       -        -        -        -
is_member      archived  yes        yes       yes     yes      -        -        -
is_instructor  archived  yes        -         -       -        -        -        -
is_staff       archived  yes        yes       -       -        -        -        -
may_write      archived  -          -         -       -        -        -        -
may_manage     archived  -          -         -       -        -        -        -
"""
PREDICATES = {
    "is_member": lambda member, _seminar: member is not None,
    "is_instructor": lambda member, _seminar: is_instructor(member),
    "is_staff": lambda member, _seminar: is_staff(member),
    "may_write": may_write,
    "may_manage": may_manage,
}


@pytest.fixture
def cast(instructor, assistant, student, observer, outsider, operator, anonymous):
    return {
        "instructor": instructor,
        "assistant": assistant,
        "student": student,
        "observer": observer,
        "outsider": outsider,
        "operator": operator,
        "anonymous": anonymous,
    }


@pytest.mark.parametrize(("deed", "state", "expected"), rows(DEEDS, keys=2))
def test_deed_in_a_seminar_is_allowed_to_exactly_its_roles(deed, state, expected, seminar, cast):
    seminar.archived_at = timezone.now() if state == "archived" else None

    allowed = {
        name
        for name, user in cast.items()
        if PREDICATES[deed](membership_of(user, seminar), seminar)
    }

    assert allowed == expected


def test_membership_of_another_seminar_counts_there_only(seminar, other_seminar, outsider):
    assert membership_of(outsider, seminar) is None
    assert membership_of(outsider, other_seminar).user == outsider
