"""A set-up with its dates counted from the opening, as templates keep it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from debate.assignments.queries.dates import zone_of

if TYPE_CHECKING:
    from datetime import tzinfo

    from debate.assignments.models import Assignment

KEPT_AS_THEY_ARE = (
    "instructions",
    "asked_comments",
    "asked_counterarguments",
    "asked_evidence",
    "asked_replies",
    "asked_paragraphs",
    "uses_pseudonyms",
    "requires_approval",
    "resolution",
)


def relative_set_up(assignment: Assignment) -> dict[str, Any]:
    """What a template keeps of the assignment, in members of JSON. Takes 1 query."""
    zone = zone_of(assignment.seminar.time_zone)
    opens = assignment.opens_at
    return {
        **{name: getattr(assignment, name) for name in KEPT_AS_THEY_ARE},
        "due_at": _after(opens, assignment.due_at, zone),
        "closes_at": _after(opens, assignment.closes_at, zone),
        "rounds": [
            {
                "name": one.name,
                "mode": one.mode,
                "opens_at": _after(opens, one.opens_at, zone),
                "reveals_after": one.reveals_after,
                "allowed_kinds": one.allowed_kinds,
            }
            for one in assignment.rounds.all()
        ],
    }


def absolute_set_up(
    kept: dict[str, Any], opens: datetime, zone: tzinfo
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The set-up of an assignment that opens then, and its rounds, as the form shows them."""
    fields = {name: kept[name] for name in KEPT_AS_THEY_ARE if name in kept}
    for name in ("due_at", "closes_at"):
        fields[name] = _moment(opens, kept.get(name), zone)
    rounds = [
        {**one, "opens_at": _moment(opens, one.get("opens_at"), zone)}
        for one in kept.get("rounds", [])
    ]
    return fields, rounds


def _after(opens: datetime, moment: datetime | None, zone: tzinfo) -> dict[str, Any] | None:
    """Days after the opening's and the time of the day: a week later is so across a clock change."""
    if moment is None:
        return None
    local = moment.astimezone(zone)
    days = (local.date() - opens.astimezone(zone).date()).days
    return {"days": days, "time": local.strftime("%H:%M")}


def _moment(opens: datetime, after: dict[str, Any] | None, zone: tzinfo) -> datetime | None:
    if after is None:
        return None
    day = opens.astimezone(zone).date() + timedelta(days=after["days"])
    moment = datetime.combine(day, time.fromisoformat(after["time"]), tzinfo=zone)
    # By way of UTC, so that a time which the clocks skip becomes the one they show then.
    return moment.astimezone(UTC).astimezone(zone)
