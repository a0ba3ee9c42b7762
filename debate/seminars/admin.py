"""Seminars for operators: start one by adding it with its first instructor."""

from __future__ import annotations

from django.contrib import admin

from debate.seminars.models import Group, Membership, Seminar


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]  # generic for mypy only
    """The people of the seminar, each with a role."""

    model = Membership
    extra = 1
    raw_id_fields = ["user"]


class GroupInline(admin.TabularInline):  # type: ignore[type-arg]  # generic for mypy only
    """The reading groups and sections of the seminar."""

    model = Group
    extra = 0
    fields = ["name", "kind"]
    show_change_link = True


@admin.register(Seminar)
class SeminarAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for mypy only
    """Seminars with their people and groups."""

    list_display = ["title", "slug", "time_zone", "allows_public", "archived_at", "created_at"]
    list_filter = ["allows_public", "archived_at"]
    search_fields = ["title", "slug", "memberships__user__username", "memberships__user__name"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [MembershipInline, GroupInline]


@admin.register(Group)
class GroupAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for mypy only
    """Groups and who is in them."""

    list_display = ["name", "seminar", "kind"]
    list_filter = ["kind", "seminar"]
    list_select_related = ["seminar"]
    search_fields = ["name", "seminar__title"]
    raw_id_fields = ["seminar", "members"]
