"""What a search costs where there is much: a seminar of 200 people with 20,000 annotations."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotations.models import Annotation
from annotations.queries.search import SearchFilters, search
from debate.essays.actions import index_paragraphs
from tests.factories.bulk import crowd

# The aquifer is named by the essay under each fifth annotation, and by each 2,000th itself.
_STAND_ON = """
    UPDATE annotations_annotation AS one SET search = one.search || setweight(
      to_tsvector('english', 'aquifer'), CASE nth % 2000 WHEN 10 THEN 'B' ELSE 'D' END::"char"
    )
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS nth FROM annotations_annotation) AS numbered
    WHERE numbered.id = one.id AND nth % 5 = 0
"""


@pytest.fixture
def crowded(assignment):
    crowd(assignment)
    index_paragraphs(assignment.essay)
    with connection.cursor() as cursor:
        cursor.execute(_STAND_ON)
        cursor.execute("SELECT gin_clean_pending_list('annotation_by_word')")
        cursor.execute("ANALYZE annotations_annotation")
    return assignment


def plans_of(user, words, **filters):
    """The plans of the queries that ask for the words."""
    with CaptureQueriesContext(connection) as made:
        search(user, words, SearchFilters(**filters))
    asked = [one["sql"] for one in made if '"annotations_annotation"."search" @@' in one["sql"]]
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

    assert len(plans) == len(readers) * len(FILTERS)
    assert [plan for plan in plans if "annotation_by_word" not in plan] == []


def pages_of(user, words, count):
    """The ids that the first pages show, and what each tells of the total."""
    ids, totals, after = [], [], ""
    for _ in range(count):
        found = search(user, words, SearchFilters(after=after))
        ids += [one.id for one in found.notes]
        totals.append(found.notes_total)
        after = found.next_after
    return ids, totals


def test_search_for_a_common_word_is_paged_from_the_newest_that_says_it(
    crowded, student, instructor
):
    readable = Annotation.objects.visible_to(student).exclude(status="withdrawn").order_by("-pk")
    newest = [str(pk) for pk in readable.values_list("pk", flat=True)]
    said = set(search_words("aquifer", "{a,b,c}"))
    stood_on = set(search_words("aquifer", "{d}"))

    council = pages_of(student, "council", 3)
    aquifer = pages_of(student, "aquifer", 3)

    assert council == (newest[:60], [1_001] * 3)
    first = [pk for pk in newest if pk in said]
    then = [pk for pk in newest if pk in stood_on]
    assert 0 < len(first) < 20
    assert aquifer == ((first + then)[:60], [1_001] * 3)


def search_words(word, weights):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM annotations_annotation"
            " WHERE ts_filter(search, %s) @@ to_tsquery('english', %s)",
            [weights, word],
        )
        return [str(pk) for (pk,) in cursor.fetchall()]
