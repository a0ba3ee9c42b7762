"""The names under which students write where an assignment uses pseudonyms."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from debate.assignments.models import Alias

if TYPE_CHECKING:
    from debate.accounts.models import User
    from debate.assignments.models import Assignment

# Neutral names of things that nobody is called after.
ALIASES = (
    "Amber", "Anchor", "Aspen", "Basalt", "Beacon", "Birch", "Bramble", "Brook", "Cedar", "Chalk",
    "Cinder", "Clover", "Cobalt", "Comet", "Copper", "Coral", "Cypress", "Delta", "Dune", "Elm",
    "Ember", "Fern", "Fjord", "Flint", "Garnet", "Granite", "Harbour", "Hazel", "Heath", "Heron",
    "Indigo", "Inlet", "Island", "Jasper", "Juniper", "Kestrel", "Lagoon", "Lantern", "Larch",
    "Linden", "Marble", "Meadow", "Meridian", "Moss", "Nimbus", "Oak", "Ochre", "Onyx", "Opal",
    "Orchard", "Pebble", "Pine", "Plover", "Poplar", "Prairie", "Quartz", "Quill", "Reed", "Ridge",
    "Rowan", "Rush", "Saffron", "Sage", "Sandstone", "Sequoia", "Slate", "Spruce", "Summit",
    "Tamarisk", "Teal", "Thicket", "Thistle", "Tide", "Topaz", "Tundra", "Umber", "Valley",
    "Walnut", "Willow", "Zephyr",
)  # fmt: skip


def alias_for(assignment: Assignment, user: User) -> Alias:
    """The person's alias in the assignment, whose lock the caller holds; a new one at first.

    Names are drawn by chance, so that they tell nothing of the order in which people came.
    """
    known = Alias.objects.filter(assignment=assignment, user=user).first()
    if known:
        return known
    taken = set(assignment.aliases.values_list("name", flat=True))
    free = [name for name in ALIASES if name not in taken]
    number = 2
    while not free:
        free = [f"{name} {number}" for name in ALIASES if f"{name} {number}" not in taken]
        number += 1
    return Alias.objects.create(assignment=assignment, user=user, name=secrets.choice(free))
