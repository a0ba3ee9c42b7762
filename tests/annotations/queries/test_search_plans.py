"""What a search costs where there is much: a seminar of 200 people with 20,000 annotations."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotations.queries.search import SearchFilters, search
from debate.essays.actions import index_paragraphs
from tests.factories.bulk import crowd


@pytest.fixture
def crowded(assignment):
    crowd(assignment)
    index_paragraphs(assignment.essay)
    return assignment


def plans_of(user, words, **filters):
    """The plans of the queries by which the notes are found and counted."""
    with CaptureQueriesContext(connection) as made:
        search(user, words, SearchFilters(**filters))
    asked = [one["sql"] for one in made if '"annotations_annotation"."search" @@' in one["sql"]]
    assert len(asked) == 2
    with connection.cursor() as cursor:
        return [plan_of(cursor, sql) for sql in asked]


def plan_of(cursor, sql):
    cursor.execute(f"EXPLAIN {sql}")
    return "\n".join(line for (line,) in cursor.fetchall())


# One crowd for all of them: it is dear to make.
FILTERS = [{}, {"kind": "question"}, {"tag": "harms"}, {"state": "unanswered"}, {"paragraph": 2}]


def test_search_for_a_rare_word_is_answered_from_the_index_of_words(
    crowded, instructor, assistant, student, observer
):
    readers = [instructor, assistant, student, observer]

    plans = [
        plan
        for user in readers
        for given in FILTERS
        for plan in plans_of(user, "aqueduct", **given)
    ]

    assert len(plans) == 2 * len(readers) * len(FILTERS)
    assert [plan for plan in plans if "annotation_by_word" not in plan] == []
