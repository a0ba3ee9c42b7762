"""What changes seminars, memberships, invitations and groups: one function a change."""

from debate.seminars.actions.groups import create_group
from debate.seminars.actions.people import add_member
from debate.seminars.actions.seminars import create_seminar

__all__ = ["add_member", "create_group", "create_seminar"]
