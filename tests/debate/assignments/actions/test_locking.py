"""The lock of an assignment and its counter."""

import uuid
from datetime import timedelta

from django.utils import timezone

from debate.assignments.actions import lock_assignment, raise_counter
from debate.assignments.models import Assignment
from debate.core.errors import InvalidState, Missing
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


def test_counter_is_raised_in_time_only(essay):
    assignment = assignment_of(essay)
    now = timezone.now()

    raised = raise_counter(assignment, until=now + timedelta(hours=1))
    expect_refusal(InvalidState, lambda: raise_counter(assignment, until=now), code="closed")

    assert (raised, Assignment.objects.get().change_counter) == (1, 1)
