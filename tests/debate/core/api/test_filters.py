from datetime import UTC, datetime

import pytest
from django.forms import ValidationError
from django.test import RequestFactory
from rest_framework.request import Request

from debate.core.api.exceptions import BadParameters
from debate.core.api.filters import MomentField, SwitchField, whole_parameter


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ("2026-05-31T14:00:00Z", datetime(2026, 5, 31, 14, tzinfo=UTC)),
        ("2026-05-31T14:00:00", datetime(2026, 5, 31, 14, tzinfo=UTC)),
        ("2026-05-31T16:00:00+02:00", datetime(2026, 5, 31, 14, tzinfo=UTC)),
        ("2026-05-31T16:00:00 02:00", datetime(2026, 5, 31, 14, tzinfo=UTC)),
        ("2026-05-31 14:00", datetime(2026, 5, 31, 14, tzinfo=UTC)),
        ("2026-05-31", datetime(2026, 5, 31, tzinfo=UTC)),
        ("", None),
    ],
)
def test_moment_of_an_iso_time_is_in_utc(given, moment):
    assert MomentField(required=False).clean(given) == moment


@pytest.mark.parametrize(
    "given",
    ["yesterday", "2026-02-30T00:00:00Z", "1", "2026-05-31T25:00:00Z", "0001-01-01T00:00:00+14:00"],
)
def test_moment_of_anything_else_is_refused(given):
    with pytest.raises(ValidationError, match="Give a time such as"):
        MomentField(required=False).clean(given)


@pytest.mark.parametrize(
    ("given", "value"), [("1", True), ("true", True), ("0", False), ("false", False), ("", None)]
)
def test_switch_of_its_words_is_on_or_off(given, value):
    assert SwitchField(required=False).clean(given) is value


@pytest.mark.parametrize("given", ["2", "yes", "True"])
def test_switch_of_another_word_is_refused(given):
    with pytest.raises(ValidationError, match="Give 1 or 0"):
        SwitchField(required=False).clean(given)


def revision_of(query):
    return whole_parameter(Request(RequestFactory().get("/", query)), "revision")


def test_whole_parameter_of_a_number_is_the_number():
    assert revision_of({"revision": "12"}) == 12
    assert revision_of({}) is None


@pytest.mark.parametrize("given", ["", "0", "-1", "1.0", "one", "9" * 30, "١"])
def test_whole_parameter_of_anything_else_is_refused(given):
    with pytest.raises(BadParameters) as caught:
        revision_of({"revision": given})

    assert caught.value.detail == {"revision": ["Give a whole number from 1."]}
