"""The names that stand for students while their works are marked blind."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from annotations.grading.models import Work
from debate.assignments.models import Alias

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

# Two plain words, so that nobody takes them for a name or for a pseudonym of the debate, which is one.
MANNERS = (
    "Even", "Level", "Steady", "Plain", "Broad", "Narrow", "Upper", "Lower", "Inner", "Outer",
    "Early", "Later", "Quiet", "Brisk", "Calm", "Clear", "Crisp", "Deep", "Firm", "Fleet",
    "Gentle", "Hollow", "Humble", "Keen", "Light", "Lively", "Long", "Mellow", "Mild", "Nimble",
    "Northern", "Southern", "Eastern", "Western", "Open", "Patient", "Placid", "Polished", "Ready",
    "Round", "Rustic", "Settled", "Silent", "Simple", "Slender", "Smooth", "Sober", "Solid",
    "Spare", "Sturdy", "Subtle", "Sudden", "Supple", "Swift", "Tall", "Tidy", "Wide", "Winding",
)  # fmt: skip
THINGS = (
    "Abacus", "Arch", "Atlas", "Awning", "Balcony", "Barrel", "Bellows", "Bobbin", "Bridge",
    "Bucket", "Button", "Candle", "Canal", "Chimney", "Column", "Compass", "Corridor", "Crane",
    "Drawer", "Easel", "Engine", "Fountain", "Gable", "Gallery", "Hinge", "Kettle", "Ladder",
    "Lattice", "Lectern", "Lever", "Loom", "Mallet", "Mosaic", "Needle", "Pavement", "Pendulum",
    "Pillar", "Piston", "Plough", "Pulley", "Rudder", "Saddle", "Sextant", "Shutter", "Sickle",
    "Spindle", "Staircase", "Tapestry", "Thimble", "Tower", "Trellis", "Tunnel", "Turbine",
    "Vault", "Veranda", "Wagon", "Wheel", "Window", "Workbench", "Yardstick",
)  # fmt: skip


def fresh_aliases(assignment_id: UUID) -> Iterator[str]:
    """Names that no work of the assignment has, nor anybody as a pseudonym in it; without end.

    Drawn by chance under the plan's lock, so that they tell nothing of the order of people.
    """
    works = Work.objects.filter(assignment=assignment_id)
    taken = {*works.values_list("alias", flat=True)}
    taken |= {*Alias.objects.filter(assignment=assignment_id).values_list("name", flat=True)}
    number = 1
    while True:
        ending = f" {number}" if number > 1 else ""
        free = [f"{one} {other}{ending}" for one in MANNERS for other in THINGS]
        free = [name for name in free if name not in taken]
        while free:
            name = free.pop(secrets.randbelow(len(free)))
            taken.add(name)
            yield name
        number += 1
