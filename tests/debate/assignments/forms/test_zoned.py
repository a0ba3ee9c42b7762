"""Moments typed by the clocks of a zone, in the nights in which they change too."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from debate.assignments.forms.zoned import ZonedDateTimeField, ZonedForm

BERLIN = ZoneInfo("Europe/Berlin")


class Typed(ZonedForm):
    at = ZonedDateTimeField()


def typed(text, **fields):
    return Typed({"at": text}, zone=fields.pop("zone", BERLIN), **fields)


@pytest.mark.parametrize(
    ("text", "zone", "moment"),
    [
        ("2026-03-28T02:30", BERLIN, datetime(2026, 3, 28, 1, 30, tzinfo=UTC)),
        ("2026-03-29T01:59", BERLIN, datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        ("2026-03-29T03:00", BERLIN, datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("2026-10-25T01:59", BERLIN, datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
        ("2026-10-25T03:00", BERLIN, datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
        ("2026-03-29T02:30", UTC, datetime(2026, 3, 29, 2, 30, tzinfo=UTC)),
    ],
)
def test_moment_is_that_of_the_zones_clocks(text, zone, moment):
    form = typed(text, zone=zone)

    assert form.is_valid()
    assert form.cleaned_data["at"] == moment


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "2026-03-29T02:30",
            "The clocks skip 02:30 on 29 March 2026 in this time zone. Please choose an hour later.",
        ),
        (
            "2026-10-25T02:30",
            (
                "The clocks show 02:30 on 25 October 2026 twice in this time zone. Please choose a "
                "time before or after that hour."
            ),
        ),
        ("1999-12-31T10:00", "Please give a year from 2000 to 2199."),
        ("2200-01-01T10:00", "Please give a year from 2000 to 2199."),
        ("soon", "Enter a valid date/time."),
    ],
)
def test_moment_that_is_none_or_two_is_told(text, sentence):
    assert typed(text).errors == {"at": [sentence]}


def test_moment_left_as_it_was_keeps_seconds_and_which_of_two_it_is():
    second = datetime(2026, 10, 25, 1, 30, 12, tzinfo=UTC)

    form = typed("2026-10-25T02:30", initial={"at": second})

    assert form.is_valid()
    assert form.cleaned_data["at"] == second


def test_moment_is_shown_by_the_zones_clocks():
    form = Typed(zone=BERLIN, initial={"at": datetime(2026, 3, 2, 8, tzinfo=UTC)})

    assert 'value="2026-03-02T09:00"' in str(form["at"])


def test_what_was_typed_is_shown_again_as_it_was():
    assert typed("soon").typed() == {"at": "soon"}
