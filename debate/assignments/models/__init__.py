"""Assignments with their rounds, aliases, sides and own dates; one noun or two a module."""

from debate.assignments.models.assignment import Assignment, AssignmentQuerySet, Round
from debate.assignments.models.dates import (
    Accommodation,
    AccommodationQuerySet,
    Extension,
    ExtensionQuerySet,
)
from debate.assignments.models.sides import Alias, Side
from debate.assignments.models.templates import AssignmentTemplate, AssignmentTemplateQuerySet

__all__ = [
    "Accommodation",
    "AccommodationQuerySet",
    "Alias",
    "Assignment",
    "AssignmentQuerySet",
    "AssignmentTemplate",
    "AssignmentTemplateQuerySet",
    "Extension",
    "ExtensionQuerySet",
    "Round",
    "Side",
]
