"""What is kept of reading pages saves work, and shows nobody what was made for somebody else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations.queries import kept
from annotations.queries.cards import Rules
from annotations.queries.kept import Kept
from debate.assignments.models import Assignment
from tests.annotations.live.conftest import post
from tests.factories.annotations import annotation_on
from tests.factories.assignments import RoundFactory


@pytest.fixture(autouse=True)
def _from_nothing():
    kept.forget()


@pytest.fixture
def card_of(page, assignment):
    """`card_of(user)`: the first card beside the first paragraph, as the user is shown it."""

    def shown(user):
        return page(user).get(assignment.get_absolute_url()).context["page"].paragraphs[0].cards[0]

    return shown


def queries_of(browser, url):
    with CaptureQueriesContext(connection) as made:
        browser.get(url)
    return [one["sql"] for one in made]


def test_cards_that_others_were_shown_are_not_read_again(
    page, assignment, paragraphs, student, classmate, instructor
):
    annotation_on(paragraphs[0], "Cities", assignment=assignment, author=instructor)
    url = assignment.get_absolute_url()
    first, second = page(student), page(classmate)
    first.get(url)
    second.get(url)
    kept.forget()
    cold = queries_of(first, url)
    other = queries_of(second, url)
    again = queries_of(first, url)

    # Cards with their places and replies; then the rows, and whether the rules hold still.
    assert len(cold) - len(other) == 3
    assert len(other) - len(again) == 2


def test_reply_in_a_blind_round_is_counted_for_its_author_alone(
    card_of, assignment, student, classmate, instructor
):
    note = post(assignment, instructor)
    now = timezone.now()
    RoundFactory(assignment=assignment, number=2, mode="blind", opens_at=now - timedelta(hours=1))
    post(assignment, student, parent=note)

    assert card_of(student).reply_count == 1
    assert card_of(classmate).reply_count == 0
    assert card_of(student).reply_count == 1


def test_alias_is_told_to_others_whoever_looks_first(
    card_of, assignment, student, classmate, instructor
):
    Assignment.objects.filter(pk=assignment.pk).update(uses_pseudonyms=True)
    post(Assignment.objects.get(pk=assignment.pk), student)

    names = [card_of(one).author_name for one in (student, instructor, classmate)]

    assert names[:2] == [student.name, student.name]
    assert names[2] != student.name


def test_own_card_may_be_changed_by_its_author_alone(
    card_of, assignment, student, classmate, observer
):
    post(assignment, student)

    shown = [card_of(one) for one in (student, classmate, observer)]

    assert [(bool(one.edit_url), bool(one.reply_url), one.is_mine) for one in shown] == [
        (True, True, True),
        (False, True, False),
        (False, False, False),
    ]


def test_new_is_said_to_whom_it_is_new(page, assignment, student, classmate, instructor):
    url = assignment.get_absolute_url()
    browser = page(classmate)
    browser.get(url)
    classmate.visits.update(last_at=assignment.opens_at)
    post(assignment, instructor)

    new = browser.get(url).context["page"].paragraphs[0].cards[0]
    known = page(student).get(url).context["page"].paragraphs[0].cards[0]

    assert (new.is_new, known.is_new) == (True, False)


@pytest.mark.parametrize("hold", [True, False])
def test_what_was_made_is_kept_only_where_the_rules_hold_still(hold):
    pieces = Kept(most=2, seconds=60)
    rules = Rules("key", lambda: hold)

    rules.keep(pieces, "name", "piece")
    assert pieces.get("name") is None
    rules.settle()

    assert pieces.get("name") == ("piece" if hold else None)
    assert rules.made == []
