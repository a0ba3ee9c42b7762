"""Names under which students write."""

from debate.assignments.actions import alias_for
from debate.assignments.actions.aliases import ALIASES
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AliasFactory


def test_alias_stays_the_same_for_a_person(assignment, student):
    first = alias_for(assignment, student)

    assert alias_for(assignment, student) == first
    assert first.name in ALIASES


def test_aliases_differ_within_an_assignment(assignment):
    names = {alias_for(assignment, UserFactory()).name for _ in range(5)}

    assert len(names) == 5


def test_alias_takes_a_number_when_all_names_are_taken(assignment, student):
    for name in ALIASES:
        AliasFactory(assignment=assignment, name=name)

    assert alias_for(assignment, student).name.removesuffix(" 2") in ALIASES
