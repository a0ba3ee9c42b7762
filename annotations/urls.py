"""Addresses of annotations and of the pages they stand on."""

from __future__ import annotations

from django.urls import path

from annotations.views import annotations as notes
from annotations.views import (
    mentions,
    moderation,
    progress,
    publishing,
    reading,
    search,
    vocabulary,
)

app_name = "annotations"

urlpatterns = [
    path("seminars/<slug:seminar>/-/moderation/", moderation.queue, name="moderation"),
    path(
        "seminars/<slug:seminar>/-/moderation/approve/",
        moderation.approve,
        name="moderation_approve",
    ),
    path("seminars/<slug:seminar>/-/moderation/log/", moderation.log, name="moderation_log"),
    path("annotations/<uuid:annotation_id>/flag/", moderation.flag, name="flag"),
    path("annotations/<uuid:annotation_id>/flag/withdraw/", moderation.unflag, name="unflag"),
    path("annotations/<uuid:annotation_id>/moderate/<slug:act>/", moderation.act, name="moderate"),
    path("search/", search.search_page, name="search"),
    path("seminars/<slug:seminar>/-/vocabulary/", vocabulary.vocabulary, name="vocabulary"),
    path(
        "seminars/<slug:seminar>/-/vocabulary/history/",
        vocabulary.history,
        name="vocabulary_history",
    ),
    path(
        "seminars/<slug:seminar>/-/vocabulary/copy/",
        vocabulary.vocabulary_copy,
        name="vocabulary_copy",
    ),
    path(
        "seminars/<slug:seminar>/-/vocabulary/close/",
        vocabulary.vocabulary_close,
        name="vocabulary_close",
    ),
    path("seminars/<slug:seminar>/-/vocabulary/new/", vocabulary.tag_add, name="tag_add"),
    path("seminars/<slug:seminar>/-/vocabulary/<uuid:pk>/", vocabulary.tag_edit, name="tag_edit"),
    path(
        "seminars/<slug:seminar>/-/vocabulary/<uuid:pk>/move/", vocabulary.tag_move, name="tag_move"
    ),
    path(
        "seminars/<slug:seminar>/-/vocabulary/<uuid:pk>/retire/",
        vocabulary.tag_retire,
        name="tag_retire",
    ),
    path(
        "seminars/<slug:seminar>/-/vocabulary/<uuid:pk>/restore/",
        vocabulary.tag_restore,
        name="tag_restore",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/paragraphs/<int:number>/tags/",
        vocabulary.paragraph_tags,
        name="paragraph_tags",
    ),
    path("seminars/<slug:seminar>/<slug:assignment>/", reading.reading, name="reading"),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/paragraphs/<int:number>/",
        reading.paragraph,
        name="paragraph",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/revisions/<int:number>/",
        reading.reading,
        name="revision",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/revisions/<int:revision>/paragraphs/<int:number>/",
        reading.paragraph,
        name="revision_paragraph",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/annotate/<int:revision>/<int:number>/",
        notes.create,
        name="create",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/progress/",
        progress.progress,
        name="progress",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/progress/progress.csv",
        progress.progress_csv,
        name="progress_csv",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/receipt/",
        progress.receipt,
        name="receipt",
    ),
    path("annotations/mentions/", mentions.mentions, name="mentions"),
    path("annotations/<uuid:annotation_id>/mute/", mentions.mute, name="mute"),
    path("annotations/<uuid:annotation_id>/", notes.detail, name="detail"),
    path("annotations/<uuid:annotation_id>/reply/", notes.reply, name="reply"),
    path("annotations/<uuid:annotation_id>/edit/", notes.edit, name="edit"),
    path("annotations/<uuid:annotation_id>/withdraw/", notes.withdraw, name="withdraw"),
    path("annotations/<uuid:annotation_id>/audience/", notes.audience, name="audience"),
    path("annotations/<uuid:annotation_id>/place/", notes.place, name="place"),
    path("essays/imports/<uuid:import_id>/publish/", publishing.publication, name="publication"),
    path(
        "essays/imports/<uuid:import_id>/publish/<uuid:annotation_id>/",
        publishing.placement,
        name="placement",
    ),
    path("annotations/<uuid:annotation_id>/history/", notes.history, name="history"),
    path("annotations/<uuid:annotation_id>/answer/", notes.answer, name="answer"),
]
