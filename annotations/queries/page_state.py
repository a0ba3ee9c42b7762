"""The state on which the reading page of a visitor stands, told without looking at any annotation.

All that was said and done has its line, so the assignment's counter stands for it; beside that a page
shows rows that few write. What whoever is known sees besides (drafts, dates, notices, what is new)
changes in too many places to be told like this, so there is no such state for them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.utils import timezone

from annotations.models.appearance import NAMES
from debate.core.api.conditional import digest

if TYPE_CHECKING:
    from debate.assignments.models import Assignment

# Of these the page's tag holds the rows themselves …
_ROWS = """
    SELECT md5(concat(
        (SELECT one::text FROM assignments_assignment AS one WHERE id = %(assignment)s),
        (SELECT one::text FROM essays_essay AS one WHERE id = %(essay)s),
        (SELECT one::text FROM seminars_seminar AS one WHERE id = %(seminar)s),
        (SELECT concat(opens_at <= now(), '|', due_at <= now(), '|', closes_at <= now())
            FROM assignments_assignment WHERE id = %(assignment)s),
        (SELECT string_agg(concat(one::text, opens_at <= now(), ends_at <= now()), '|' ORDER BY id)
            FROM assignments_round AS one WHERE assignment_id = %(assignment)s),
        (SELECT string_agg(one::text, '|' ORDER BY id) FROM annotations_vocabulary AS one
            WHERE seminar_id = %(seminar)s),
        (SELECT string_agg(one::text, '|' ORDER BY one.id) FROM annotations_tag AS one
            JOIN annotations_vocabulary AS book ON book.id = vocabulary_id
            WHERE seminar_id = %(seminar)s),
        (SELECT string_agg(one::text, '|' ORDER BY id) FROM annotations_source AS one
            WHERE seminar_id = %(seminar)s),
        (SELECT string_agg(one::text, '|' ORDER BY about) FROM annotations_appearance AS one
            WHERE about IN (%(names)s, %(seminar)s, %(assignment)s))
    ))
"""
# … and of these what says that they changed: the counter, the revision, or how often names, aliases
# and passages did. What a visitor reads belongs to no group.
STANDS_ON = frozenset(
    {
        "assignments_assignment",
        "essays_essay",
        "seminars_seminar",
        "assignments_round",
        "annotations_vocabulary",
        "annotations_tag",
        "annotations_source",
        "annotations_annotation",
        "annotations_anchor",
        "annotations_claim",
        "annotations_claimanchor",
        "annotations_concession",
        "annotations_inference",
        "annotations_inference_premises",
        "annotations_relation",
        "annotations_houserules",
        "annotations_paragraphtag",
        "annotations_passage",
        "annotations_qualitymark",
        "accounts_user",
        "assignments_alias",
        "essays_paragraph",
        "essays_revision",
        "seminars_group",
    }
)


def state_for_visitors(assignment: Assignment) -> str:
    """A text that is the same as long as a visitor who may see the assignment is shown the same.

    Whatever the visitor's address asks for. Takes one query. To be read before what is shown, so
    that a change between the two makes the page once more, and is never passed over.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _ROWS,
            {
                "assignment": assignment.pk,
                "essay": assignment.essay_id,
                "seminar": assignment.seminar_id,
                "names": NAMES,
            },
        )
        (rows,) = cursor.fetchone()
    return digest(rows, edition(), timezone.localdate())


@lru_cache(maxsize=1)
def edition() -> str:
    """A text that is the same in all processes that run the same code with the same pages."""
    folders = [settings.BASE_DIR / name for name in ("annotations", "debate", "templates")]
    files = sorted(one for folder in folders for one in folder.rglob("*.*") if one.suffix != ".pyc")
    return digest(*((one, one.stat().st_mtime_ns) for one in files))
