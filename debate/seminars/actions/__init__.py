"""What changes seminars, memberships, invitations and groups: one function a change."""

from debate.seminars.actions.groups import (
    Chance,
    Draw,
    Drawn,
    change_group,
    create_group,
    delete_group,
    draw_groups,
    join_group,
    leave_group,
    make_drawn_groups,
    make_own_group,
    put_into_section,
)
from debate.seminars.actions.people import add_member
from debate.seminars.actions.seminars import (
    archive_seminar,
    change_seminar,
    create_seminar,
    lock_seminar,
    restore_seminar,
)
from debate.seminars.actions.student_view import begin_student_view

__all__ = [
    "Chance",
    "Draw",
    "Drawn",
    "add_member",
    "archive_seminar",
    "begin_student_view",
    "change_group",
    "change_seminar",
    "create_group",
    "create_seminar",
    "delete_group",
    "draw_groups",
    "join_group",
    "leave_group",
    "lock_seminar",
    "make_drawn_groups",
    "make_own_group",
    "put_into_section",
    "restore_seminar",
]
