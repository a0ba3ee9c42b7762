"""A seminar as large as they come, written in a few statements: for plans and query times."""

from decimal import Decimal

from django.db import connection
from django.utils import timezone

from annotations.grading.enums import GradeState
from annotations.grading.models import Grade, Work
from debate.seminars.enums import Role
from debate.seminars.models import Membership
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.grading import GradingPlanFactory

# Made in the order of `n`, as a class would write: every person in turn, on one
# paragraph after the other; one in 500 with the rare word.
_ANNOTATIONS = """
    INSERT INTO annotations_annotation (
      id, created_at, updated_at, assignment_id, round_id, author_id, kind, body, body_html,
      parent_id, root_id, depth, audience, status, status_reason, is_late, published_at, tags,
      is_answer, attacks, counterclaim, stance, warrant, version, search
    )
    SELECT
      id, at, at, %(assignment)s, %(round)s, author, kind, body, '<p>' || body || '</p>', NULL,
      NULL, 0, CASE n %% 20 WHEN 0 THEN 'private' WHEN 1 THEN 'staff' ELSE 'seminar' END,
      CASE n %% 50 WHEN 7 THEN 'hidden' WHEN 8 THEN 'withdrawn' ELSE 'published' END, '', false,
      at, ARRAY[(ARRAY['harms', 'inherency', 'solvency'])[1 + n %% 3]], false,
      CASE kind WHEN 'counterargument' THEN 'conclusion' ELSE '' END,
      CASE kind WHEN 'counterargument' THEN 'It fails.' ELSE '' END, '', '', 1,
      setweight(to_tsvector('english', body), 'B')
    FROM (
      SELECT
        n,
        (%(series)s || lpad(to_hex(n), 8, '0') || '7000' || '8000' || lpad(to_hex(n), 12, '0'))::uuid
          AS id,
        now() - make_interval(secs => %(count)s - n) AS at,
        (%(people)s::uuid[])[1 + n %% array_length(%(people)s::uuid[], 1)] AS author,
        (ARRAY['comment', 'question', 'counterargument', 'comment'])[1 + n %% 4] AS kind,
        'The council reads meters in district ' || n %% 97 || ', and households answer '
          || 'that prices ' || (ARRAY['rise', 'fall', 'stay', 'vary'])[1 + n %% 4] || '.'
          || CASE WHEN n %% 500 = 3 THEN ' An aqueduct would help.' ELSE '' END AS body
      FROM generate_series(1, %(count)s) AS n
    ) AS made
"""
_ANCHORS = """
    INSERT INTO annotations_anchor (
      annotation_id, revision_id, position, paragraph_id, prefix, suffix, state, confidence
    )
    SELECT a.id, %(revision)s, 0, (%(paragraphs)s::uuid[])[1 + (row_number() OVER () %% %(span)s)],
      '', '', 'created', 1
    FROM annotations_annotation AS a WHERE a.assignment_id = %(assignment)s
"""


def crowd(assignment, *, people=200, annotations=20_000, series="0197"):
    """Fill the assignment: that many students more, and annotations by them; returns the people.

    The ids of its annotations begin with `series`, four hexadecimal digits.
    """
    users = UserFactory.create_batch(people)
    Membership.objects.bulk_create(
        Membership(seminar=assignment.seminar, user=user, role=Role.STUDENT) for user in users
    )
    paragraphs = list(assignment.revision.paragraphs.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            _ANNOTATIONS,
            {
                "assignment": assignment.pk,
                "round": assignment.rounds.get().pk,
                "count": annotations,
                "series": series,
                "people": [user.pk for user in users],
            },
        )
        cursor.execute(
            _ANCHORS,
            {
                "assignment": assignment.pk,
                "revision": assignment.revision_id,
                "paragraphs": paragraphs,
                "span": len(paragraphs),
            },
        )
        # What autovacuum does by and by: new words are moved into the index, and counted.
        cursor.execute("SELECT gin_clean_pending_list('annotation_by_word')")
    count_rows()
    return users


def count_rows():
    """Let the planner count what the tables hold.

    Not those of the server itself, as a mere ANALYZE does: until the transaction ends, all others
    would wait who do so in other databases.
    """
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        cursor.execute("ANALYZE " + ", ".join(map(connection.ops.quote_name, names)))


def graded_crowd(seminar, *, people=200, assignments=20):
    """That many students and assignments more, each work with a grade; returns the plans.

    One in four is released, ready, being marked, or not begun; its score follows from its place.
    """
    users = UserFactory.create_batch(people)
    Membership.objects.bulk_create(
        Membership(seminar=seminar, user=user, role=Role.STUDENT) for user in users
    )
    plans = [
        GradingPlanFactory(
            assignment=AssignmentFactory(seminar=seminar, title=f"Commentary of week {number}"),
            points=20,
        )
        for number in range(assignments)
    ]
    for number, plan in enumerate(plans):
        graded_works(plan, users, shift=number)
    return plans


def graded_works(plan, users, *, shift=0):
    """A work with a grade of each of these students in the plan's assignment, in two statements."""
    works = Work.objects.bulk_create(
        Work(
            assignment=plan.assignment,
            student=user,
            alias=f"Heron {number}",
            frozen_at=timezone.now(),
            snapshot_hash="0" * 64,
        )
        for number, user in enumerate(users)
    )
    states = (GradeState.RELEASED, GradeState.READY, GradeState.IN_PROGRESS, GradeState.NOT_STARTED)
    grades = []
    for number, work in enumerate(works):
        state = states[(number + shift) % 4]
        score = Decimal((37 * number + 11 * shift) % 2000) / 100
        has_score = state in {GradeState.RELEASED, GradeState.READY}
        final = score if has_score else None
        grades.append(Grade(work=work, state=state, raw=final, final=final))
    Grade.objects.bulk_create(grades)
