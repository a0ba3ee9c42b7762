"""The round that is current."""

from datetime import UTC, datetime, timedelta

import pytest

from debate.assignments.models import Round
from debate.assignments.queries import current_round, writable_round
from tests.factories.assignments import RoundFactory

OPENS = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def assignment(assignment):
    """Blind from day 0, closed from day 2, open from day 4."""
    Round.objects.update(opens_at=OPENS, mode="blind")
    RoundFactory(assignment=assignment, number=2, opens_at=OPENS + 2 * DAY, mode="closed")
    RoundFactory(assignment=assignment, number=3, opens_at=OPENS + 4 * DAY)
    return assignment


@pytest.mark.parametrize(
    ("day", "current", "writable"),
    [(-1, 1, 1), (0, 1, 1), (1, 1, 1), (2, 2, 1), (3, 2, 1), (4, 3, 3), (9, 3, 3)],
)
def test_round_is_current_from_its_opening_to_the_next(assignment, day, current, writable):
    now = OPENS + day * DAY

    assert current_round(assignment, now).number == current
    assert writable_round(assignment, now).number == writable
