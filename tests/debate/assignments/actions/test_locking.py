"""The lock of an assignment and its counter."""

import uuid

from debate.assignments.actions import lock_assignment, raise_counter
from debate.assignments.models import Assignment
from debate.core.errors import Missing
from tests.expect import expect_refusal
from tests.factories.assignments import assignment_of


def test_unknown_assignment_cannot_be_locked(db):
    expect_refusal(Missing, lambda: lock_assignment(uuid.uuid4()))


def test_counter_raised_is_kept(essay):
    assignment = assignment_of(essay)

    first = raise_counter(assignment)
    second = raise_counter(assignment, by=2)

    assert (first, second) == (1, 3)
    assert Assignment.objects.get().change_counter == 3
