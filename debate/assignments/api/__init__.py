"""Assignments in the API: read by members, set up by instructors."""

from debate.assignments.api.views import AssignmentViewSet, ExtensionDetail, ExtensionList

__all__ = ["AssignmentViewSet", "ExtensionDetail", "ExtensionList"]
