"""What an instructor types about assignments; the actions check every rule."""

from debate.assignments.forms.people import (
    AccommodationsForm,
    ExtensionForm,
    SidesForm,
    TemplateForm,
)
from debate.assignments.forms.rounds import PRESETS, RoundForm
from debate.assignments.forms.setting import AssignmentForm, initial_for_new, initial_of

__all__ = [
    "PRESETS",
    "AccommodationsForm",
    "AssignmentForm",
    "ExtensionForm",
    "RoundForm",
    "SidesForm",
    "TemplateForm",
    "initial_for_new",
    "initial_of",
]
