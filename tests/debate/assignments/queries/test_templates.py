"""Set-ups with dates counted from the opening, across a change of the clocks."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from debate.assignments.actions import RoundInput, set_essay
from debate.assignments.queries import absolute_set_up, relative_set_up
from debate.seminars.models import Seminar

BERLIN = ZoneInfo("Europe/Berlin")


def berlin(day, hour, minute=0, month=3):
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


@pytest.fixture
def kept(instructor, essay):
    Seminar.objects.update(time_zone="Europe/Berlin")
    essay.seminar.refresh_from_db()
    assignment = set_essay(
        actor=instructor,
        essay=essay,
        instructions="Read it twice.",
        opens_at=berlin(2, 10),
        due_at=berlin(9, 23, 59),
        asked={"comments": 1, "paragraphs": 4},
        uses_pseudonyms=True,
        resolution="It should.",
        rounds=[
            RoundInput(name="Alone", mode="blind", reveals_after=2),
            RoundInput(opens_at=berlin(6, 2, 30), allowed_kinds=("comment", "counterargument", "evidence")),
        ],
    )  # fmt: skip
    return relative_set_up(assignment)


def test_template_keeps_what_is_asked_and_counts_dates_from_the_opening(kept):
    assert kept == {
        "instructions": "Read it twice.",
        "asked_comments": 1,
        "asked_counterarguments": 2,
        "asked_evidence": 2,
        "asked_replies": 0,
        "asked_paragraphs": 4,
        "uses_pseudonyms": True,
        "requires_approval": False,
        "resolution": "It should.",
        "due_at": {"days": 7, "time": "23:59"},
        "closes_at": None,
        "rounds": [
            {
                "name": "Alone",
                "mode": "blind",
                "opens_at": {"days": 0, "time": "10:00"},
                "reveals_after": 2,
                "allowed_kinds": [],
            },
            {
                "name": "Open discussion",
                "mode": "open",
                "opens_at": {"days": 4, "time": "02:30"},
                "reveals_after": None,
                "allowed_kinds": ["comment", "counterargument", "evidence"],
            },
        ],
    }


def test_template_used_keeps_days_and_hours_across_a_clock_change(kept):
    fields, rounds = absolute_set_up(kept, berlin(25, 18), BERLIN)

    assert fields["due_at"] == datetime(2026, 4, 1, 21, 59, tzinfo=UTC)
    assert (fields["closes_at"], fields["asked_paragraphs"]) == (None, 4)
    # 02:30 on 29 March is skipped: the clocks show 03:30 then.
    assert rounds[1]["opens_at"] == berlin(29, 3, 30)
    assert rounds[1]["opens_at"].hour == 3


def test_template_that_holds_little_leaves_the_rest_to_the_form():
    fields, rounds = absolute_set_up({}, berlin(2, 10), BERLIN)

    assert (fields, rounds) == ({"due_at": None, "closes_at": None}, [])
