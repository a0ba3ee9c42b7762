"""What changes assignments, and the lock that every change of their annotations takes first."""

from debate.assignments.actions.aliases import alias_for
from debate.assignments.actions.extensions import (
    MOST_EXTRA_DAYS,
    change_accommodations,
    grant_extension,
    withdraw_extension,
)
from debate.assignments.actions.locking import (
    ClockTimestamp,
    Standing,
    lock_assignment,
    lock_assignments,
    lock_for,
    raise_counter,
)
from debate.assignments.actions.rounds import MOST_ROUNDS, RoundInput, change_rounds
from debate.assignments.actions.setting import (
    MOST_ASKED,
    SetUp,
    change_assignment,
    close_assignment,
    delete_assignment,
    set_essay,
)
from debate.assignments.actions.sides import change_sides
from debate.assignments.actions.templates import delete_template, save_template

__all__ = [
    "MOST_ASKED",
    "MOST_EXTRA_DAYS",
    "MOST_ROUNDS",
    "ClockTimestamp",
    "RoundInput",
    "SetUp",
    "Standing",
    "alias_for",
    "change_accommodations",
    "change_assignment",
    "change_rounds",
    "change_sides",
    "close_assignment",
    "delete_assignment",
    "delete_template",
    "grant_extension",
    "lock_assignment",
    "lock_assignments",
    "lock_for",
    "raise_counter",
    "save_template",
    "set_essay",
    "withdraw_extension",
]
