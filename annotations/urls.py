"""Addresses of annotations and of the pages they stand on."""

from __future__ import annotations

from django.urls import path

from annotations.views import annotations as notes
from annotations.views import publishing, reading

app_name = "annotations"

urlpatterns = [
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
    path("annotations/<uuid:annotation_id>/", notes.detail, name="detail"),
    path("annotations/<uuid:annotation_id>/reply/", notes.reply, name="reply"),
    path("annotations/<uuid:annotation_id>/edit/", notes.edit, name="edit"),
    path("annotations/<uuid:annotation_id>/withdraw/", notes.withdraw, name="withdraw"),
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
