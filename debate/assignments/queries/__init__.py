"""What holds in an assignment for whom: dates, the current round, sides; and kept set-ups."""

from debate.assignments.queries.dates import (
    Dates,
    dates_for,
    dates_of,
    dates_with,
    own_dates,
    posting_ends_at,
    zone_of,
)
from debate.assignments.queries.own import own_dates_of, own_side_of, with_own
from debate.assignments.queries.people import (
    accommodations_in,
    extensions_page,
    sides_page,
    students_in,
    students_of,
)
from debate.assignments.queries.rounds import (
    current_round,
    round_at,
    rounds_of,
    writable_among,
    writable_round,
)
from debate.assignments.queries.sides import (
    chosen_side,
    drawn_sides,
    side_of,
    sides_of,
    sides_said,
    swapped_sides,
)
from debate.assignments.queries.templates import absolute_set_up, relative_set_up

__all__ = [
    "Dates",
    "absolute_set_up",
    "accommodations_in",
    "chosen_side",
    "current_round",
    "dates_for",
    "dates_of",
    "dates_with",
    "drawn_sides",
    "extensions_page",
    "own_dates",
    "own_dates_of",
    "own_side_of",
    "posting_ends_at",
    "relative_set_up",
    "round_at",
    "rounds_of",
    "side_of",
    "sides_of",
    "sides_page",
    "sides_said",
    "students_in",
    "students_of",
    "swapped_sides",
    "with_own",
    "writable_among",
    "writable_round",
    "zone_of",
]
