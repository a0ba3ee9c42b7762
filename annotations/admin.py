"""Annotations for operators: who, where, when and in what state, never what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db import models

from annotations.models import Annotation, Change, Flag, ModerationEntry, Source

if TYPE_CHECKING:
    from django.http import HttpRequest


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for mypy only
    """Rows that only actions write, so that history and change lines stay true."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Only actions add."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002 - Django's signature
        """Only actions change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002 - Django's signature
        """Nothing is deleted here: withdrawing keeps a tombstone."""
        return False


@admin.register(Annotation)
class AnnotationAdmin(ReadOnlyAdmin):
    """Annotations without their words, which an operator has no need to read."""

    list_display = ["id", "kind", "author", "assignment", "audience", "status", "created_at"]
    list_filter = ["kind", "status", "audience", "assignment__seminar"]
    list_select_related = ["author", "assignment"]
    search_fields = ["=id", "author__username", "author__name", "assignment__title"]
    fields = [
        "id", "kind", "author", "assignment", "round", "parent", "root", "audience", "group",
        "status", "version", "created_at", "updated_at", "edited_at",
    ]  # fmt: skip


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    """Works cited in a seminar."""

    list_display = ["title", "doi", "url", "seminar", "added_by", "created_at"]
    list_filter = ["seminar"]
    list_select_related = ["seminar", "added_by"]
    search_fields = ["doi", "url", "csl__title"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    """The change lines of assignments, for whoever looks for a gap."""

    list_display = ["counter", "assignment", "op", "type", "object_id", "version", "at"]
    list_filter = ["op", "assignment"]
    list_select_related = ["assignment"]
    search_fields = ["=object_id"]


@admin.register(Flag)
class FlagAdmin(ReadOnlyAdmin):
    """Flags without what was noted: whether somebody looks at them is what operators may ask."""

    list_display = ["id", "annotation", "reason", "flagged_by", "created_at", "resolved_at"]
    list_filter = ["reason", "annotation__assignment__seminar"]
    list_select_related = ["annotation", "flagged_by"]
    search_fields = ["=annotation__id", "flagged_by__username"]
    fields = [
        "id", "annotation", "reason", "flagged_by", "created_at", "resolved_at", "resolved_by",
    ]  # fmt: skip


@admin.register(ModerationEntry)
class ModerationEntryAdmin(ReadOnlyAdmin):
    """What staff did about annotations, without the reasons, which quote their words."""

    list_display = ["id", "annotation", "act", "actor", "at"]
    list_filter = ["act", "annotation__assignment__seminar"]
    list_select_related = ["annotation", "actor"]
    search_fields = ["=annotation__id", "actor__username"]
    fields = ["id", "annotation", "act", "actor", "at"]
