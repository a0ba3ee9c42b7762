"""Moments in the words of a page."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from debate.core.moments import in_words

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 25, 23, 59, tzinfo=UTC), "today 23:59"),
        (datetime(2026, 11, 26, 0, 0, tzinfo=UTC), "tomorrow 00:00"),
        (datetime(2026, 11, 24, 14, 2, tzinfo=UTC), "yesterday 14:02"),
        (datetime(2026, 12, 1, 9, 5, tzinfo=UTC), "Tuesday 09:05"),
        (datetime(2026, 12, 2, 9, 5, tzinfo=UTC), "2 December, 09:05"),
        (datetime(2027, 1, 3, 18, 0, tzinfo=UTC), "3 January 2027, 18:00"),
    ],
)
def test_moment_is_said_as_people_say_it(moment, words):
    assert in_words(moment, NOW) == words


def test_moment_is_said_in_the_readers_time_zone():
    with timezone.override("Asia/Tokyo"):
        assert in_words(datetime(2026, 11, 25, 16, tzinfo=UTC), NOW) == "tomorrow 01:00"
