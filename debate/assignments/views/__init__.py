"""Pages on which an essay is set to its seminar, and what holds for its readers is said."""

from debate.assignments.views.extensions import (
    accommodations,
    extension_edit,
    extension_list,
    extension_withdraw,
)
from debate.assignments.views.setting import (
    assignment_close,
    assignment_create,
    assignment_delete,
    assignment_edit,
)
from debate.assignments.views.sides import side_list
from debate.assignments.views.templates import template_create, template_delete, template_list

__all__ = [
    "accommodations",
    "assignment_close",
    "assignment_create",
    "assignment_delete",
    "assignment_edit",
    "extension_edit",
    "extension_list",
    "extension_withdraw",
    "side_list",
    "template_create",
    "template_delete",
    "template_list",
]
