"""What it takes to run a seminar, bound to the rows of the permission matrix: see matrix.py."""

from django.urls import reverse

from annotations.enums import Status
from annotations.models import Annotation
from debate.notices.mail import unsubscribe_token
from tests.site.matrix import (
    archived,
    as_it_is,
    assignment_id,
    call,
    fixed,
    for_group,
    form,
    note,
    page,
    seminar,
    seminar_id,
    set_row,
)
from tests.site.people import MARK, NAME_MARK, where

NEW_DATE = fixed(due_at="2031-01-01T12:00", reason_code="other")


def member(world):
    return [world.seminar.slug, world.pupil.pk]


def member_id(world):
    return [world.seminar.pk, world.pupil.user_id]


def expected(world):
    return [world.seminar.slug, world.expected.pk]


def invitation(world):
    return [world.seminar.slug, world.invitation.pk]


def invitation_id(world):
    return [world.seminar.pk, world.invitation.pk]


def group(world):
    return [world.seminar.slug, world.open_group.pk]


def group_id(world):
    return [world.seminar.pk, world.open_group.pk]


def student(world):
    return where(world) | {"user_id": world.person["author"].pk}


def student_id(world):
    return [world.assignment.pk, world.person["author"].pk]


def notice(world):
    return [world.notice.pk]


def muted(world):
    return [world.note.pk]


def way_out(world):
    return [unsubscribe_token(world.person["author"], "reply")]


def way_in(_world):
    return ["a-link-to-come-in-by"]


def lock(world):
    return [world.note.pk, "lock"]


def students_make_groups(world):
    set_row(world.seminar, students_make_groups=True)


def in_the_open_group(world):
    world.open_group.members.set([world.person["author"], world.person["mate"]])


def alone(world):
    """Nobody has replied."""
    Annotation.objects.filter(pk=world.reply.pk).update(status=Status.WITHDRAWN)


def waiting(world):
    Annotation.objects.filter(pk=world.note.pk).update(status=Status.PENDING)


def joined(world):
    return reverse("seminars:join_link", args=way_in(world))


PEOPLE = [
    page("seminars:person_add", seminar),
    form("seminars:person_add", seminar, fixed(who="joining", role="student")),
    page("seminars:person", member),
    form("seminars:person", member, fixed(role="observer")),
    page("seminars:person_remove", member),
    form("seminars:person_remove", member),
    page("seminars:roster", seminar),
    form(
        "seminars:roster", seminar, fixed(text="email\nnew@example.org", role="student"),
        to=frozenset({200}),
    ),
    form("seminars:roster_apply", seminar, fixed(text="email\nnew@example.org", role="student")),
    page("seminars:roster_download", seminar),
    page("seminars:expected_remove", expected),
    form("seminars:expected_remove", expected),
]  # fmt: skip
PEOPLE_CALLS = [
    call("POST", "member-list", seminar_id, fixed(username="joining")),
    call("PATCH", "member-detail", member_id, fixed(role="observer")),
    call("DELETE", "member-detail", member_id),
]
INVITATIONS = [
    page("seminars:invitations", seminar),
    page("seminars:invitation_create", seminar),
    form("seminars:invitation_create", seminar, fixed(role="student", days=7), to=frozenset({200})),
    page("seminars:invitation_revoke", invitation),
    form("seminars:invitation_revoke", invitation),
]
INVITATION_CALLS = [
    call("GET", "invitation-list", seminar_id),
    call("GET", "invitation-detail", invitation_id),
    call("POST", "invitation-list", seminar_id),
    call("DELETE", "invitation-detail", invitation_id),
]
SETTINGS = [
    page("seminars:settings", seminar),
    form("seminars:settings", seminar, fixed(title="Water", time_zone="UTC")),
    page("seminars:archive", seminar),
    form("seminars:archive", seminar),
    form("seminars:student_view", seminar),
    page("seminar_copy", seminar),
    form("seminar_copy", seminar, fixed(title="Again", starts_on="2027-04-12")),
]
GROUPS = [
    page("seminars:groups", seminar),
    call("GET", "group-list", seminar_id),
    call("GET", "group-detail", group_id),
]
GROUP_CHANGES = [
    page("seminars:group_create", seminar),
    form("seminars:group_create", seminar, fixed(name="Delta", kind="reading")),
    page("seminars:group_edit", group),
    form("seminars:group_edit", group, fixed(name="Delta")),
    page("seminars:group_delete", group),
    form("seminars:group_delete", group),
    page("seminars:groups_random", seminar),
    form(
        "seminars:groups_random", seminar, fixed(kind="reading", by="size", number=2),
        to=frozenset({200}),
    ),
    form("seminars:groups_make", seminar),
    call("POST", "group-list", seminar_id, fixed(name="Delta")),
    call("PATCH", "group-detail", group_id, fixed(name="Delta")),
    call("DELETE", "group-detail", group_id),
]  # fmt: skip
EXTENDING = [
    page("assignments:extension", student),
    form("assignments:extension", student, NEW_DATE),
    form("assignments:extension_withdraw", student),
    page("assignments:accommodations", seminar),
    form("assignments:accommodations", seminar),
    call("PUT", "extension-detail", student_id, fixed(due_at="2031-01-01T12:00:00Z")),
    call("DELETE", "extension-detail", student_id),
]
FLAGGING = [
    page("annotations:flag", note),
    form("annotations:flag", note, fixed(reason="off_topic")),
    call("POST", "annotation-flag-list", note, fixed(reason="off_topic")),
]
MODERATING = [
    page("annotations:moderate", lock),
    form("annotations:moderate", lock, fixed(version=1)),
    call("GET", "moderation-list", note),
    call("POST", "moderation-list", note, fixed(act="lock")),
]
AUDIENCES = [
    page("annotations:audience", note),
    form("annotations:audience", note, fixed(version=1, audience="staff")),
    call("PUT", "audience", note, fixed(audience="staff")),
]


def tag(world):
    return [world.seminar.slug, world.tag.pk]


def tag_id(world):
    return [world.seminar.pk, world.tag.pk]


def tagged(world):
    return [world.assignment.pk, world.tagged.pk]


def first_paragraph(world):
    return where(world) | {"number": 1}


def paragraph_and_tag(world):
    return {"paragraph": str(world.paragraph.pk), "tag": str(world.needs.pk)}


def beginning_of_a_name(world):
    return f"?q=ma&assignment={world.assignment.pk}"


VOCABULARY = [
    page("annotations:vocabulary", seminar),
    page("annotations:vocabulary_history", seminar),
    call("GET", "tag-list", seminar_id),
    call("GET", "tag-detail", tag_id),
    call("GET", "paragraph-tag-list", assignment_id),
    call("GET", "paragraph-tag-detail", tagged),
]
VOCABULARY_CHANGES = [
    form("annotations:vocabulary_copy", seminar, fixed(preset="toulmin")),
    form("annotations:vocabulary_close", seminar, fixed(is_closed="on")),
    page("annotations:tag_add", seminar),
    form("annotations:tag_add", seminar, fixed(label="Agency")),
    page("annotations:tag_edit", tag),
    form("annotations:tag_edit", tag, fixed(label="Harm")),
    form("annotations:tag_move", tag, fixed(by="1")),
    form("annotations:tag_retire", tag),
    form("annotations:tag_restore", tag),
    call("POST", "tag-list", seminar_id, fixed(label="Agency")),
    call("PATCH", "tag-detail", tag_id, fixed(is_retired=True)),
]
TAGGING = [
    page("annotations:paragraph_tags", first_paragraph),
    form("annotations:paragraph_tags", first_paragraph),
    call("POST", "paragraph-tag-list", assignment_id, paragraph_and_tag),
    call("DELETE", "paragraph-tag-detail", tagged),
]

RUNNING = {
    "V1": (as_it_is, VOCABULARY),
    "V2": (as_it_is, VOCABULARY_CHANGES),
    "V3": (as_it_is, TAGGING),
    "N8": (as_it_is, [page("annotations:mentions", query=beginning_of_a_name)]),
    "P1": (
        as_it_is,
        [
            page("seminars:people", seminar, shows=NAME_MARK),
            call("GET", "member-list", seminar_id, shows=NAME_MARK),
            call("GET", "member-detail", member_id),
        ],
    ),
    "P2": (
        as_it_is,
        [
            page("seminars:people", seminar, shows="mate@example.org", lists=True),
            call("GET", "member-list", seminar_id, shows="mate@example.org", lists=True),
        ],
    ),
    "P3": (as_it_is, PEOPLE),
    "P4": (as_it_is, PEOPLE_CALLS),
    "P5": (as_it_is, [page("seminars:leave", seminar), form("seminars:leave", seminar)]),
    "P6": (as_it_is, INVITATIONS),
    "P7": (as_it_is, INVITATION_CALLS),
    "P8": (
        as_it_is,
        [
            page("seminars:join_link", way_in),
            page("seminars:join"),
            form("seminars:join", sends=fixed(code="AAAAABBBBB")),
            form("seminars:join_decline"),
        ],
    ),
    "P9": (
        as_it_is,
        [
            form("seminars:join_accept", after=joined, lands="/seminars/water-policy/"),
        ],
    ),
    "P10": (as_it_is, SETTINGS),
    "P11": (archived, [form("seminars:restore", seminar)]),
    "P12": (archived, [*PEOPLE[:2], *INVITATIONS[:1], *GROUP_CHANGES[:2]]),
    "P13": (as_it_is, [form("seminars:student_view_end", seminar)]),
    "P14": (
        as_it_is,
        [
            page("seminar_new"),
            form("seminar_new", sends=fixed(text="# A title\n\nOne paragraph of words.")),
        ],
    ),
    "G1": (as_it_is, GROUPS),
    "G2": (as_it_is, GROUP_CHANGES),
    "G3": (
        students_make_groups,
        [
            form("seminars:group_found", seminar, fixed(name="Delta")),
            form("seminars:group_join", group),
            form("seminars:group_leave", group),
        ],
    ),
    "D1": (
        as_it_is,
        [
            page("assignments:extensions", where, shows="2031", lists=True),
            call("GET", "extension-list", assignment_id, shows="2031", lists=True),
        ],
    ),
    "D2": (
        as_it_is,
        [call("GET", "extension-list", assignment_id, shows='"accommodation"', lists=True)],
    ),
    "D8": (
        as_it_is,
        [page("assignments:extensions", where, shows="Agreed accommodation", lists=True)],
    ),
    "D3": (as_it_is, EXTENDING),
    "D4": (as_it_is, [page("annotations:progress", where)]),
    "D5": (as_it_is, [call("GET", "progress-list", assignment_id, shows=NAME_MARK)]),
    "D6": (as_it_is, [page("annotations:progress_csv", where, shows=NAME_MARK)]),
    "D7": (as_it_is, [page("annotations:receipt", where), form("annotations:receipt", where)]),
    "M1": (as_it_is, FLAGGING),
    "M2": (for_group, FLAGGING),
    "M3": (
        as_it_is,
        [
            form("annotations:unflag", note),
            call("DELETE", "annotation-flag-list", note),
        ],
    ),
    "M4": (
        as_it_is,
        [
            call("GET", "annotation-flag-list", note, shows="Ibex"),
            call("GET", "flag-list", shows="Ibex", lists=True),
        ],
    ),
    "M5": (as_it_is, MODERATING),
    "M6": (for_group, MODERATING),
    "M7": (
        as_it_is,
        [
            page("annotations:moderation", seminar),
            page("annotations:moderation_approve", seminar),
            form("annotations:moderation_approve", seminar),
            page("annotations:moderation_log", seminar),
        ],
    ),
    "M8": (waiting, [page("annotations:moderation", seminar, shows=MARK)]),
    "W26": (alone, AUDIENCES),
    "W27": (as_it_is, AUDIENCES[2:]),
    "N1": (
        as_it_is,
        [
            page("notices:inbox"),
            page("notices:settings"),
            call("GET", "notice-list"),
            call("GET", "notice-preferences"),
        ],
    ),
    "N2": (
        as_it_is,
        [
            form(
                "notices:settings",
                sends=fixed(
                    **dict.fromkeys(
                        [
                            "reply",
                            "counterargument",
                            "mention",
                            "moderation",
                            "flag",
                            "assignment_opens",
                            "assignment_closes",
                            "revision",
                        ],
                        "daily",
                    )
                ),
            ),
            form("notices:read_all"),
            form("notices:unmute", muted),
            call("PUT", "notice-preferences"),
        ],
    ),
    "N3": (as_it_is, [call("GET", "notice-detail", notice)]),
    "N4": (
        as_it_is,
        [
            form("notices:open", notice),
            form("notices:read", notice),
            call("POST", "notice-read", notice),
        ],
    ),
    "N5": (
        as_it_is,
        [
            page("notices:unsubscribe", way_out),
            form("notices:unsubscribe", way_out, to=frozenset({200})),
        ],
    ),
    "N6": (as_it_is, [form("annotations:mute", note)]),
    "N7": (for_group, [form("annotations:mute", note)]),
}
