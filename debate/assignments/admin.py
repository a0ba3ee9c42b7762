"""Assignments for operators."""

from __future__ import annotations

from django.contrib import admin

from debate.assignments.models import Assignment, Round


class RoundInline(admin.TabularInline):  # type: ignore[type-arg]  # generic for mypy only
    """The rounds of an assignment; the first comes with it."""

    model = Round
    extra = 0
    can_delete = False


@admin.register(Assignment)
class AssignmentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for mypy only
    """Assignments: found by title and seminar; the essay and its revision are not moved here."""

    list_display = ["title", "seminar", "essay", "opens_at", "due_at", "closes_at"]
    list_filter = ["seminar"]
    list_select_related = ["seminar", "essay"]
    search_fields = ["title", "slug", "essay__title", "seminar__title"]
    date_hierarchy = "opens_at"
    readonly_fields = ["seminar", "essay", "revision", "created_by", "created_at", "updated_at"]
    inlines = [RoundInline]

    def has_add_permission(self, request: object) -> bool:  # noqa: ARG002 - Django's signature
        """An essay is set on its own page, which gives the assignment its revision and round."""
        return False
