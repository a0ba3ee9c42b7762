"""The states on which the reading page stands, told without looking at any annotation.

All that was said and done has its line, so the assignment's counter stands for it; beside that a page
shows rows that few write. Of whoever is known it shows more: by which rules the person reads, what is
the person's own, and what is asked of the person until when.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.utils import timezone
from psycopg.sql import Literal

from annotations.models import Visit
from annotations.models.appearance import NAMES
from debate.assignments.models import Assignment
from debate.core.api.conditional import digest
from debate.core.db import ANYBODY, Somebody, asked

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User

# Of these the page's tag holds the rows themselves …
_FOR_VISITORS = """
    md5(concat(
        (SELECT one::text FROM assignments_assignment AS one WHERE one.id = given.id),
        (SELECT one::text FROM essays_essay AS one WHERE one.id = given.essay_id),
        (SELECT one::text FROM seminars_seminar AS one WHERE one.id = given.seminar_id),
        (SELECT concat(opens_at <= now(), '|', due_at <= now(), '|', closes_at <= now())
            FROM assignments_assignment AS one WHERE one.id = given.id),
        (SELECT string_agg(concat(one::text, opens_at <= now(), ends_at <= now()), '|' ORDER BY id)
            FROM assignments_round AS one WHERE assignment_id = given.id),
        (SELECT string_agg(one::text, '|' ORDER BY id) FROM annotations_vocabulary AS one
            WHERE seminar_id = given.seminar_id),
        (SELECT string_agg(one::text, '|' ORDER BY one.id) FROM annotations_tag AS one
            JOIN annotations_vocabulary AS book ON book.id = vocabulary_id
            WHERE seminar_id = given.seminar_id),
        (SELECT string_agg(one::text, '|' ORDER BY id) FROM annotations_source AS one
            WHERE seminar_id = given.seminar_id),
        (SELECT string_agg(one::text, '|' ORDER BY about) FROM annotations_appearance AS one
            WHERE about IN (%(names)s, given.seminar_id, given.id))
    ))
"""
# What decides who reads what in the seminar and is in which group, and what is the person's own. Of
# dates all of which the person's may be made is told whether they have passed.
_FOR_PEOPLE = f"""
        {_FOR_VISITORS},
        md5(concat(
            (SELECT string_agg(concat(user_id, role, is_limited, is_active), '|' ORDER BY user_id)
                FROM seminars_membership AS one JOIN accounts_user AS who ON who.id = user_id
                WHERE seminar_id = given.seminar_id),
            (SELECT string_agg(one::text, '|' ORDER BY id) FROM seminars_group AS one
                WHERE seminar_id = given.seminar_id),
            (SELECT string_agg(concat(group_id, user_id), '|' ORDER BY group_id, user_id)
                FROM seminars_group_members JOIN seminars_group AS one ON one.id = group_id
                WHERE seminar_id = given.seminar_id),
            (SELECT string_agg(concat(membership_id, group_id), '|' ORDER BY membership_id, group_id)
                FROM seminars_membership_sections JOIN seminars_group AS one ON one.id = group_id
                WHERE seminar_id = given.seminar_id),
            (SELECT string_agg(group_id::text, '|' ORDER BY group_id)
                FROM assignments_assignment_groups WHERE assignment_id = given.id),
            (SELECT string_agg(one::text, '|' ORDER BY id) FROM assignments_side AS one
                WHERE assignment_id = given.id)
        )),
        md5(concat(
            (SELECT one::text FROM accounts_user AS one WHERE id = %(person)s),
            (SELECT concat(one::text, due_at <= now(), '|', closes_at <= now())
                FROM assignments_extension AS one
                WHERE assignment_id = given.id AND user_id = %(person)s),
            (SELECT concat(one::text, due_at + make_interval(days => extra_days) <= now(), '|',
                    closes_at + make_interval(days => extra_days) <= now())
                FROM assignments_accommodation AS one
                JOIN assignments_assignment AS dated ON dated.id = given.id
                WHERE one.seminar_id = given.seminar_id AND user_id = %(person)s),
            (SELECT string_agg(one::text, '|' ORDER BY id) FROM assignments_alias AS one
                WHERE assignment_id = given.id AND user_id = %(person)s),
            (SELECT string_agg(one::text, '|' ORDER BY id) FROM annotations_draft AS one
                WHERE assignment_id = given.id AND user_id = %(person)s)
        )),
        EXISTS (SELECT FROM notices_notice WHERE recipient_id = %(person)s AND read_at IS NULL),
        EXISTS (SELECT FROM annotations_draft
            WHERE assignment_id = given.id AND user_id = %(person)s),
        (SELECT last_at FROM annotations_visit
            WHERE assignment_id = given.id AND user_id = %(person)s),
        (SELECT before FROM annotations_visit
            WHERE assignment_id = given.id AND user_id = %(person)s)
"""  # noqa: S608 - no value stands in it
# Stand for what the address names, in a statement that is made for all addresses.
_SEMINAR, _SLUG = "the seminar's slug", "the assignment's slug"
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
# What the page of whoever is known reads besides, all of which `_FOR_PEOPLE` holds.
STANDS_ON_TOO = frozenset(
    {
        "accounts_user",
        "annotations_draft",
        "annotations_visit",
        "assignments_accommodation",
        "assignments_assignment_groups",
        "assignments_extension",
        "assignments_side",
        "notices_notice",
        "seminars_group",
        "seminars_group_members",
        "seminars_membership",
        "seminars_membership_sections",
    }
)


@dataclass(frozen=True, slots=True)
class PageState:
    """What decides what the reading page shows to somebody, beside the address.

    `text` is the same as long as the same is shown, but for what is new since the last visit, for
    notices, and for what the session holds; `common` is the part of it that is the same for all.
    `has_unread` says whether there may be notices to count, `has_drafts` whether there are drafts,
    `visit` when the person looked last; of a visitor none of it is known.
    """

    text: str
    common: str
    has_unread: bool = False
    has_drafts: bool = False
    visit: Visit | None = None


def page_state(user: User | AnonymousUser, seminar: str, assignment: str) -> PageState | None:
    """The state of the page at that address; None where the person may see no assignment there.

    Takes one query. To be read before what is shown, so that a change between the two makes the
    page once more, and is never passed over.
    """
    given = {"seminar_slug": seminar, "slug": assignment, "person": user.pk, "names": NAMES}
    rows = asked(_statement(is_known=user.pk is not None), given)
    if not rows:
        return None
    if user.pk is None:
        text = digest(edition(), timezone.localdate(), *rows[0])
        return PageState(text, common=text)
    pk, shared, people, own, has_unread, has_drafts, last_at, before = rows[0]
    visit = Visit(user_id=user.pk, assignment_id=pk, last_at=last_at, before=before)
    common = digest(edition(), timezone.localdate(), pk, shared, people)
    text = digest(common, user.pk, own)
    return PageState(text, common, has_unread, has_drafts, visit if last_at else None)


@cache
def _statement(*, is_known: bool) -> str:
    """The statement, of which nothing but who asks and for what address differs."""
    reader = cast("User", Somebody(ANYBODY if is_known else None))
    rows = Assignment.objects.visible_to(reader).filter(seminar__slug=_SEMINAR, slug=_SLUG)
    ids = rows.order_by().values_list("id", "essay_id", "seminar_id")
    sql, params = ids.query.sql_with_params()
    names = {ANYBODY: "%(person)s", _SEMINAR: "%(seminar_slug)s", _SLUG: "%(slug)s"}
    visible = sql.replace("%%", "%%%%") % tuple(
        names.get(one) or Literal(one).as_string(None).replace("%", "%%") for one in params
    )
    return (
        f"WITH given (id, essay_id, seminar_id) AS ({visible}) "  # noqa: S608 - made here alone
        f"SELECT given.id, {_FOR_PEOPLE if is_known else _FOR_VISITORS} FROM given"
    )


@lru_cache(maxsize=1)
def edition() -> str:
    """A text that is the same in all processes that run the same code with the same pages."""
    folders = [settings.BASE_DIR / name for name in ("annotations", "debate", "templates")]
    files = sorted(one for folder in folders for one in folder.rglob("*.*") if one.suffix != ".pyc")
    return digest(*((one, one.stat().st_mtime_ns) for one in files))
