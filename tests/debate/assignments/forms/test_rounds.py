"""Rounds as they are typed, and set-ups of rounds to begin with."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from debate.assignments.forms import RoundForm
from debate.assignments.forms.rounds import preset_rounds

BERLIN = ZoneInfo("Europe/Berlin")
OPENS = datetime(2026, 3, 2, 10, 7, 12, tzinfo=BERLIN)
EVERY = ["comment", "question", "support", "counterargument", "evidence", "concession"]
ASKED = {"comments": "3", "counterarguments": "2", "evidence": "0", "replies": "5"}


def rounds(name, days, asked=ASKED, opens=OPENS):
    return preset_rounds(name, opens, opens + timedelta(days=days), asked, BERLIN)


def test_preset_is_spread_to_midnights_between_opening_and_due_date():
    assert [(one["mode"], one["opens_at"]) for one in rounds("rebuttal", 9)] == [
        ("blind", None),
        ("open", datetime(2026, 3, 5, tzinfo=BERLIN)),
        ("rebuttal", datetime(2026, 3, 8, tzinfo=BERLIN)),
    ]


def test_preset_of_an_afternoon_is_spread_to_the_minute():
    assert [one["opens_at"] for one in rounds("blind", 1 / 12)] == [
        None,
        datetime(2026, 3, 2, 11, 7, tzinfo=BERLIN),
    ]


def test_preset_without_due_date_takes_a_week():
    [_, second] = preset_rounds("blind", OPENS, None, {}, BERLIN)

    assert second["opens_at"] == datetime(2026, 3, 5, tzinfo=BERLIN)


def test_preset_due_before_it_opens_still_goes_forward():
    [_, second, third] = rounds("rebuttal", -3)

    assert (
        OPENS
        < second["opens_at"] + timedelta(minutes=1)
        <= third["opens_at"] + timedelta(minutes=1)
    )


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        (ASKED, ["comment", "counterargument", "evidence", "concession"]),
        ({"comments": "0"}, ["counterargument", "evidence", "concession"]),
        ({"comments": ""}, ["counterargument", "evidence", "concession"]),
    ],
)
def test_rebuttal_takes_answers_and_what_is_asked_for(asked, kinds):
    [first, _, third] = rounds("rebuttal", 9, asked)

    assert (first["allowed_kinds"], third["allowed_kinds"]) == (EVERY, kinds)


@pytest.mark.parametrize(
    ("mode", "errors"),
    [
        (
            "open",
            {"allowed_kinds": ["Tick at least one kind, or let the round be closed."]},
        ),
        ("closed", {}),
    ],
)
def test_round_takes_a_kind_unless_it_is_closed(mode, errors):
    form = RoundForm({"r-name": "Talk", "r-mode": mode}, prefix="r", zone=UTC)

    assert form.errors == errors
