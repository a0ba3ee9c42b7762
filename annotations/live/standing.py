"""By which rules, accounts and sessions those who listen may listen: told from others by one query.

Not one of the usual module names: it reads no objects, but what `annotations.queries.view_keys`
decides by. Before anything is told it is asked whether that is still what it was when it was
decided who hears what. Where it is not, it is decided anew; else the decision holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from debate.core.db import asked

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID


@dataclass(frozen=True)
class Standing:
    """By assignment a mark of the rules in it, and how many accounts and sessions stand.

    As long as the mark is the same, everybody sees by the same rules. It is None where only
    annotations tell who sees what: where a blind round reveals itself after some posts.
    """

    marks: dict[UUID, str | None]
    accounts: int
    sessions: int


def standing_of(
    assignments: Collection[UUID], accounts: Collection[UUID], sessions: Collection[str]
) -> Standing:
    """What holds there now, and how many of those accounts are active and sessions open.

    Takes one query, however many they are.
    """
    # Joined, as the driver looks at each member of a list for what has to be quoted in it.
    people = ",".join([one.hex for one in accounts])
    rows = asked(_STANDING, [list(assignments), people, ",".join(sessions)])
    (counts,) = ((active, there) for pk, _, active, there in rows if pk is None)
    return Standing({pk: mark for pk, mark, _, _ in rows if pk}, *counts)


# All that `views_of` reads; what the database holds of it is hashed in the order of its keys. The
# clock is the same as there: by another one the mark would turn while the views have yet to, and
# they would not be asked for again when they do.
_STANDING = """
    WITH homes AS (
      SELECT home.id, home.seminar_id, md5(ROW(
        home.revision_id, home.is_for_groups, home.uses_pseudonyms, essay.is_public,
        seminar.allows_public, seminar.archived_at IS NULL,
        (SELECT string_agg(chosen.group_id::text, ',' ORDER BY chosen.group_id)
           FROM assignments_assignment_groups AS chosen WHERE chosen.assignment_id = home.id),
        (SELECT string_agg(concat_ws(' ', one.id, one.mode, one.opens_at <= statement_timestamp(),
                  coalesce(one.ends_at > statement_timestamp(), true)), ',' ORDER BY one.number)
           FROM assignments_round AS one WHERE one.assignment_id = home.id))::text) AS own,
        EXISTS (SELECT FROM assignments_round AS one
           WHERE one.assignment_id = home.id AND one.reveals_after IS NOT NULL
             AND coalesce(one.ends_at > statement_timestamp(), true)) AS is_revealing
      FROM assignments_assignment AS home
        JOIN essays_essay AS essay ON essay.id = home.essay_id
        JOIN seminars_seminar AS seminar ON seminar.id = home.seminar_id
      WHERE home.id = ANY(%s::uuid[])
    ), seminars AS (
      SELECT DISTINCT seminar_id FROM homes
    ), members AS (
      SELECT one.id, one.seminar_id, one.user_id, one.role, one.is_limited
      FROM seminars_membership AS one JOIN seminars USING (seminar_id)
    ), places AS (
      SELECT place.group_id, place.user_id, members.seminar_id
      FROM members JOIN seminars_group_members AS place ON place.user_id = members.user_id
      UNION
      SELECT place.group_id, place.user_id, own.seminar_id
      FROM seminars_group AS own JOIN seminars USING (seminar_id)
        JOIN seminars_group_members AS place ON place.group_id = own.id
    ), rules AS (
      SELECT seminar_id, md5(ROW(
        (SELECT string_agg(concat_ws(' ', user_id, role, is_limited), ',' ORDER BY user_id)
           FROM members WHERE members.seminar_id = seminars.seminar_id),
        (SELECT string_agg(concat_ws(' ', group_id, user_id), ',' ORDER BY group_id, user_id)
           FROM places WHERE places.seminar_id = seminars.seminar_id),
        (SELECT string_agg(concat_ws(' ', membership_id, group_id), ','
                  ORDER BY membership_id, group_id)
           FROM members JOIN seminars_membership_sections ON membership_id = members.id
           WHERE members.seminar_id = seminars.seminar_id))::text) AS common
      FROM seminars
    )
    SELECT homes.id, CASE WHEN NOT is_revealing THEN own || common END, NULL::bigint, NULL::bigint
    FROM homes JOIN rules USING (seminar_id)
    UNION ALL
    SELECT NULL, NULL,
      (SELECT count(*) FROM accounts_user WHERE id = ANY(string_to_array(%s, ',')::uuid[])
         AND is_active),
      (SELECT count(*) FROM django_session
       WHERE session_key = ANY(string_to_array(%s, ',')) AND expire_date > statement_timestamp())
"""
