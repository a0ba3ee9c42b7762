"""When and how: an essay set to its seminar."""

from django.apps import AppConfig


class AssignmentsConfig(AppConfig):
    name = "debate.assignments"
    label = "assignments"
