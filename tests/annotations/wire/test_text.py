"""The pieces of which the database makes JSON."""

import orjson
import pytest
from django.db.models import F

from annotations.wire.text import array, joined, moment, name, plain, quoted
from debate.accounts.models import User

pytestmark = pytest.mark.django_db


def told(user, piece):
    return User.objects.annotate(told=piece).values_list("told", flat=True).get(pk=user.pk)


@pytest.mark.parametrize("text", ["plain", "it's", "50% of %s and %%", '"', "\\", "ü🙂"])
def test_fixed_text_stands_as_it_is(text, student):
    assert told(student, joined(text, F("username"), text)) == f"{text}student{text}"


def test_joined_takes_more_pieces_than_a_function_has_arguments(student):
    pieces = [one for _ in range(250) for one in (F("username"), ",")]

    assert told(student, joined(*pieces)) == "student," * 250


@pytest.mark.parametrize("text", ["", 'a"b', "a\\b", "\n\t\x01\x1f\x7f", "</script>\u2028", "🙂%s"])
def test_quoted_is_json(text, student):
    User.objects.filter(pk=student.pk).update(name=text)

    assert orjson.loads(told(student, joined(quoted("name")))) == text


@pytest.mark.parametrize("make", [quoted, plain, name, moment], ids=lambda make: make.__name__)
def test_nothing_is_null(make, student):
    student.last_login = None
    student.save()

    assert orjson.loads(told(student, joined(make(F("last_login"))))) is None


def test_moment_has_six_digits_in_utc(student):
    User.objects.filter(pk=student.pk).update(last_login="2026-05-31T14:00:00+02:00")

    assert told(student, joined(moment("last_login"))) == '"2026-05-31T12:00:00.000000Z"'


def test_array_is_json(assignment):
    round_ = assignment.rounds.get()
    round_.allowed_kinds = ["com'ment", 'a"b']
    round_.save()
    found = type(round_).objects.annotate(told=joined(array("allowed_kinds"))).get()

    assert orjson.loads(found.told) == ["com'ment", 'a"b']
