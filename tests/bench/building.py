"""Large debates written in a few statements, for the benches that ask how fast they are read.

`essay_with` fills one assignment; `many_seminars` makes seminars of one assignment each, whose
annotations come in turns, as those of classes do that write at the same time. The words of the
bodies are as common as in a language: the n-th commonest word stands in about one n-th of what the
commonest does. Some are chosen by the benches: `aqueduct` stands in one of 5,000.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from debate.assignments.models import Assignment

PARAGRAPHS = 200
PEOPLE = 200
MANY = 100_000
VOCABULARY = 20_000
BODIES = 20_000
RARE = "aqueduct"
RARE_IN = 5_000
COMMON = "word1"
PAIR = "word3 word40"

_BODIES = """
    CREATE TABLE bench_bodies AS
    SELECT n, body, '<p>' || body || '</p>' AS html, setweight(to_tsvector('english', body), 'B') AS words
    FROM (
      SELECT n, string_agg('word' || floor(exp(random() * ln(%(vocabulary)s)))::int, ' ') || '.' AS body
      FROM generate_series(0, %(bodies)s - 1) AS n, generate_series(1, 25 + n %% 20)
      GROUP BY n
    ) AS made
"""
# Row n belongs to the scope n % scopes. Of ten in a scope two reply to the one before them, one
# is a counterargument, one evidence; one in twenty is for staff, one in fifty for its author.
_ROWS = """
    CREATE TEMPORARY TABLE bench_rows ON COMMIT DROP AS
    SELECT
      n, nth,
      ('%(series)s' || lpad(to_hex(n), 8, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid AS id,
      ('%(series)s' || lpad(to_hex(n - scopes), 8, '0') || '70008000' || lpad(to_hex(n - scopes), 12, '0'))::uuid
        AS before,
      nth %% 10 IN (4, 8) AS is_reply,
      now() - make_interval(secs => (%(count)s - n) * 0.001) AS at,
      scope.assignment, scope.seminar, scope.round, scope.revision, scope.passage, scope.paragraphs,
      scope.people[1 + nth %% array_length(scope.people, 1)] AS author,
      (ARRAY['comment', 'question', 'support', 'comment', 'support', 'counterargument', 'comment',
             'comment', 'concession', 'evidence'])[1 + nth %% 10] AS kind,
      CASE WHEN nth %% 10 IN (3, 4, 7, 8) THEN 'seminar' WHEN n %% 50 = 1 THEN 'private'
           WHEN n %% 20 = 2 THEN 'staff' WHEN n %% 50 = 6 THEN 'public' ELSE 'seminar' END AS audience
    FROM (
      SELECT n, n / %(scopes)s AS nth, %(scopes)s AS scopes FROM generate_series(0, %(count)s - 1) AS n
    ) AS numbered
    JOIN unnest(%(assignments)s::uuid[]) WITH ORDINALITY AS given (assignment, number)
      ON given.number = 1 + numbered.n %% numbered.scopes
    JOIN bench_scopes AS scope USING (assignment)
"""
_ANNOTATIONS = """
    INSERT INTO annotations_annotation (
      id, created_at, updated_at, assignment_id, round_id, author_id, kind, body, body_html,
      parent_id, root_id, depth, audience, status, status_reason, is_late, published_at, tags,
      is_answer, attacks, counterclaim, stance, warrant, passage_id, version, search,
      published_replies, is_met
    )
    SELECT
      made.id, at, at, assignment, round, author, kind,
      body || rare, html, CASE WHEN is_reply THEN before END, CASE WHEN is_reply THEN before END,
      is_reply::int, audience, CASE made.n %% 100 WHEN 17 THEN 'withdrawn' WHEN 27 THEN 'hidden' ELSE 'published' END,
      '', false, at, ARRAY[(ARRAY['harms', 'inherency', 'solvency'])[1 + made.n %% 3]], false,
      CASE kind WHEN 'counterargument' THEN 'conclusion' ELSE '' END,
      CASE kind WHEN 'counterargument' THEN 'It does not follow.' ELSE '' END,
      CASE kind WHEN 'evidence' THEN 'supports' ELSE '' END,
      CASE kind WHEN 'evidence' THEN 'It was measured.' ELSE '' END,
      CASE kind WHEN 'evidence' THEN passage END, 1,
      words || setweight(to_tsvector('english', rare), 'B') || annotations_scope(assignment, seminar, audience),
      0, false
    FROM (SELECT *, CASE WHEN n %% %(rare_in)s = 3 THEN ' An aqueduct.' ELSE '' END AS rare FROM bench_rows) AS made
    JOIN bench_bodies AS bodies ON bodies.n = (made.n::bigint * 7919) %% %(bodies)s
    ORDER BY made.n
"""
_COUNTS = """
    UPDATE annotations_annotation AS asked SET published_replies = found.replies, is_met = found.met
    FROM (
      SELECT parent_id, count(*) AS replies,
        bool_or(kind IN ('counterargument', 'evidence', 'concession')) AS met
      FROM annotations_annotation
      WHERE parent_id IS NOT NULL AND status = 'published' GROUP BY parent_id
    ) AS found
    WHERE asked.id = found.parent_id AND asked.id IN (SELECT id FROM bench_rows)
"""
_ANCHORS = """
    INSERT INTO annotations_anchor (
      annotation_id, revision_id, position, paragraph_id, start, "end", exact, prefix, suffix, state, confidence
    )
    SELECT made.id, revision, 0, one.id, start, start + 24, substr(one.text, start + 1, 24),
      substr(one.text, greatest(start - 31, 1), least(start, 32)), substr(one.text, start + 25, 32),
      'created', 1
    FROM (SELECT *, (nth * 13) %% 150 AS start FROM bench_rows WHERE NOT is_reply) AS made
    JOIN essays_paragraph AS one ON one.id = paragraphs[1 + nth %% array_length(paragraphs, 1)]
"""
_CHANGES = """
    INSERT INTO annotations_change (
      assignment_id, counter, type, object_id, op, version, at, author_id, round_id,
      status_before, status_after, audience_before, audience_after
    )
    SELECT made.assignment, nth + 1, 'annotation', made.id, 'create', 1, made.at, author, round,
      '', one.status, '', one.audience
    FROM bench_rows AS made JOIN annotations_annotation AS one USING (id) ORDER BY made.n
"""
_COUNTERS = """
    UPDATE assignments_assignment AS one SET change_counter = found.last
    FROM (SELECT assignment_id, max(counter) AS last FROM annotations_change GROUP BY assignment_id) AS found
    WHERE one.id = found.assignment_id
"""
_SCOPES = """
    CREATE TABLE IF NOT EXISTS bench_scopes (
      assignment uuid PRIMARY KEY, seminar uuid, round uuid, revision uuid, passage uuid, paragraphs uuid[], people uuid[]
    )
"""


@contextmanager
def prepared(folder: Path | None = None) -> Iterator[Path]:
    """Settings and an empty database that keeps its promises; it and its files go at the end.

    With `folder` the database of that folder, which stays, is used as it is.
    """
    base = folder or Path(mkdtemp(prefix="counterpoint-bench-"))
    base.chmod(0o755)
    data = base / "var"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the files go then, too
    os.environ |= {"COUNTERPOINT_DATA": str(data), "DJANGO_SETTINGS_MODULE": "debate.settings"}
    import django  # noqa: PLC0415 - the settings come first

    from debate.core import postgres  # noqa: PLC0415 - as above

    postgres.start(data)
    try:
        django.setup()
        from django.core.management import call_command  # noqa: PLC0415 - as above

        call_command("migrate", verbosity=0)
        yield data
    finally:
        from django.db import connections  # noqa: PLC0415 - as above

        connections.close_all()
        postgres.release(data)
        if folder is None:
            shutil.rmtree(base, ignore_errors=True)


def essay_with(count: int, *, series: int = 0x0190) -> Assignment:
    """An assignment with that many annotations by 200 students, on an essay of 200 paragraphs.

    The ids of its annotations begin with the four hexadecimal digits of `series`. Where a kept
    database has it already, that one.
    """
    from tests.factories.seminars import SeminarFactory  # noqa: PLC0415 - after the set-up

    for kept in _kept(1, series, last=count - 1):
        return kept
    assignment = _assignment(SeminarFactory(), PARAGRAPHS)
    fill([assignment], count, series=series, people=PEOPLE)
    return assignment


def many_seminars(seminars: int, count: int, *, series: int = 0x0191) -> list[Assignment]:
    """That many seminars of one assignment and ten students each, with `count` annotations in all.

    Where a kept database has them already, those.
    """
    from tests.factories.accounts import UserFactory  # noqa: PLC0415 - after the set-up
    from tests.factories.seminars import SeminarFactory  # noqa: PLC0415 - as above

    if kept := _kept(seminars, series, last=count - 1):
        return kept
    author = UserFactory()  # a password of each of theirs would take a minute to hash
    assignments = [
        _assignment(one, 5, created_by=author) for one in SeminarFactory.create_batch(seminars)
    ]
    fill(assignments, count, series=series, people=10)
    return assignments


def _kept(scopes: int, series: int, *, last: int) -> list[Assignment]:
    """The assignments of the series in their order, if it was written up to that number."""
    from annotations.models import Annotation  # noqa: PLC0415 - after the set-up

    def key(number: int) -> str:
        return f"{series:04x}{number:08x}70008000{number:012x}"

    if not Annotation.objects.filter(pk=key(last)).exists():
        return []
    firsts = Annotation.objects.filter(pk__in=map(key, range(scopes))).order_by("pk")
    beside = ("assignment__seminar", "assignment__essay", "assignment__revision")
    return [one.assignment for one in firsts.select_related(*beside)]


def _assignment(seminar: Any, paragraphs: int, **fields: Any) -> Assignment:
    from tests.bench.publication import sentences  # noqa: PLC0415 - after the set-up
    from tests.factories.assignments import assignment_of  # noqa: PLC0415 - as above
    from tests.factories.essays import essay_of  # noqa: PLC0415 - as above

    said = sentences()
    texts = [" ".join(said[10 * n : 10 * n + 10]) for n in range(paragraphs)]
    made: Assignment = assignment_of(essay_of(*texts, seminar=seminar, **fields))
    return made


def fill(assignments: Sequence[Assignment], count: int, *, series: int, people: int) -> None:
    """Write the annotations with their anchors and change lines, by students who are made for it."""
    from django.db import connection, transaction  # noqa: PLC0415 - after the set-up

    with transaction.atomic(), connection.cursor() as cursor:
        _members(cursor, assignments, people)
        cursor.execute("SELECT to_regclass('bench_bodies')")
        if cursor.fetchone() == (None,):
            cursor.execute("SELECT setseed(0.5)")
            cursor.execute(_BODIES, {"vocabulary": VOCABULARY, "bodies": BODIES})
        given: dict[str, Any] = {
            "count": count,
            "scopes": len(assignments),
            "series": series,
            "assignments": [one.pk for one in assignments],
        }
        cursor.execute(_ROWS.replace("'%(series)s'", f"'{series:04x}'"), given)
        # The rows are right as they are: keys, triggers and counts cost more than they say.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        with _indexed_afterwards(cursor) if count >= MANY else nullcontext():
            cursor.execute(_ANNOTATIONS, {"rare_in": RARE_IN, "bodies": BODIES})
            cursor.execute(_COUNTS)
        cursor.execute(_ANCHORS, {})
        cursor.execute(_CHANGES)
        cursor.execute(_COUNTERS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('annotation_by_word')")
        cursor.execute("VACUUM (ANALYZE) annotations_annotation, annotations_anchor")
        cursor.execute("ANALYZE")


@contextmanager
def _indexed_afterwards(cursor: Any) -> Iterator[None]:
    """Without the index of words, which is made of many rows at once sooner than row by row."""
    cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'annotation_by_word'")
    (made,) = cursor.fetchone()
    cursor.execute("DROP INDEX annotation_by_word")
    yield
    cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
    cursor.execute(made)


def _members(cursor: Any, assignments: Sequence[Assignment], people: int) -> None:
    """Students of each seminar, and a passage that its evidence rests on."""
    from debate.accounts.models import User  # noqa: PLC0415 - after the set-up
    from debate.seminars.models import Membership  # noqa: PLC0415 - as above
    from tests.factories.annotations import PassageFactory, SourceFactory  # noqa: PLC0415 - as above

    cursor.execute(_SCOPES)
    for assignment in assignments:
        users = User.objects.bulk_create(
            User(username=f"{assignment.pk.hex}-{number}", name=f"Student {number}", password="!")
            for number in range(people)
        )
        Membership.objects.bulk_create(
            Membership(seminar_id=assignment.seminar_id, user=one, role="student") for one in users
        )
        source: Any = SourceFactory(seminar=assignment.seminar, added_by=assignment.created_by)
        passage: Any = PassageFactory(source=source)
        cursor.execute(
            "INSERT INTO bench_scopes SELECT %s, %s, %s, %s, %s, array_agg(id), %s::uuid[]"
            " FROM essays_paragraph WHERE revision_id = %s",
            [
                assignment.pk,
                assignment.seminar_id,
                assignment.rounds.get().pk,
                assignment.revision_id,
                passage.pk,
                [one.pk for one in users],
                assignment.revision_id,
            ],
        )
