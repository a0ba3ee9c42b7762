"""What each role may do in a seminar, open and archived."""

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from debate.seminars.permissions import (
    is_instructor,
    is_staff,
    may_create_seminar,
    may_manage,
    may_write,
    membership_of,
)
from tests.factories.accounts import UserFactory
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


# -- who makes seminars -----------------------------------------------------------------------------

CREATORS = """
policy        stranger approved verified unverified elsewhere inactive operator anonymous
anyone        yes      yes      yes      yes        yes       -        yes      -
approved      -        yes      -        -          -         -        yes      -
example.edu   -        yes      yes      -          -         -        yes      -
"""


@pytest.fixture
def creators(operator, anonymous):
    """People by what the policies look at: who they are to the operator, and their addresses."""
    people = {
        "stranger": UserFactory(),
        "approved": UserFactory(may_create_seminars=True),
        "verified": UserFactory(),
        "unverified": UserFactory(),
        "elsewhere": UserFactory(),
        "inactive": UserFactory(is_active=False, may_create_seminars=True),
    }
    addresses = {
        "verified": ("ada@Example.EDU", True),
        "unverified": ("bo@example.edu", False),
        "elsewhere": ("cy@not.example.edu", True),
    }
    for who, (email, verified) in addresses.items():
        EmailAddress.objects.create(user=people[who], email=email, verified=verified)
    return people | {"operator": operator, "anonymous": anonymous}


@pytest.mark.parametrize(("policy", "expected"), rows(CREATORS, keys=1))
def test_seminar_is_made_by_exactly_whom_the_policy_lets(policy, expected, creators, settings):
    settings.SEMINAR_CREATORS = [policy]

    assert {who for who, user in creators.items() if may_create_seminar(user)} == expected
