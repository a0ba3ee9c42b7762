"""Essays for operators: what stands around the text. The text itself is never edited here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import models

from debate.essays.models import Essay, ImportDraft, Revision

if TYPE_CHECKING:
    from django.http import HttpRequest


class RevisionInline(admin.TabularInline):  # type: ignore[type-arg]  # generic for mypy only
    """The revisions of the essay; they are immutable."""

    model = Revision
    fk_name = "essay"
    fields = ["number", "note", "created_by", "published_at"]
    readonly_fields = ["number", "note", "created_by", "published_at"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Revisions are published by an action, which numbers and anchors them."""
        return False


@admin.register(Essay)
class EssayAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for mypy only
    """Essays by title, author and seminar."""

    list_display = ["title", "byline_author", "seminar", "language", "is_public", "created_at"]
    list_filter = ["is_public", "language", "seminar"]
    list_select_related = ["seminar"]
    search_fields = ["title", "byline_author", "affiliation", "seminar__title"]
    readonly_fields = ["seminar", "created_by", "created_at", "updated_at"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    inlines = [RevisionInline]

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Essays are imported on their seminar's page."""
        return False


@admin.register(ImportDraft)
class ImportDraftAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for mypy only
    """Imports under way: whose and where; what they hold is their owner's until it is an essay."""

    list_display = ["filename", "seminar", "created_by", "version", "updated_at"]
    list_filter = ["seminar"]
    list_select_related = ["seminar", "created_by"]
    search_fields = ["filename", "created_by__username", "created_by__name"]
    fields = ["filename", "seminar", "created_by", "version", "created_at", "updated_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Imports are begun on their seminar's page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """They are corrected by their owner only."""
        return False
