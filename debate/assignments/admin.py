"""Assignments for operators, to look at: what is asked and when is set up on the site's pages."""

from __future__ import annotations

from django.contrib import admin

from debate.assignments.models import Assignment, Round


class ReadOnly:
    """Rows that are looked at only: their changes go by actions, which know what they mean."""

    def has_add_permission(self, *args: object) -> bool:  # noqa: ARG002 - Django's signature
        """An essay is set on its own page, which gives the assignment its revision and rounds."""
        return False

    def has_change_permission(self, *args: object) -> bool:  # noqa: ARG002 - Django's signature
        """Rounds bind one another, and what has been posted binds them."""
        return False

    def has_delete_permission(self, *args: object) -> bool:  # noqa: ARG002 - Django's signature
        """What people wrote would go with it."""
        return False


class RoundInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]  # generic for mypy only
    """The rounds of an assignment."""

    model = Round
    extra = 0


@admin.register(Assignment)
class AssignmentAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # generic for mypy only
    """Assignments: found by title and seminar."""

    list_display = ["title", "seminar", "essay", "opens_at", "due_at", "closes_at"]
    list_filter = ["seminar"]
    list_select_related = ["seminar", "essay"]
    search_fields = ["title", "slug", "essay__title", "seminar__title"]
    date_hierarchy = "opens_at"
    inlines = [RoundInline]
