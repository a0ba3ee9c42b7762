"""Addresses of annotations and of the pages they stand on."""

from __future__ import annotations

from django.urls import path

from annotations.views import annotations, reading

app_name = "annotations"

urlpatterns = [
    path("seminars/<slug:seminar>/<slug:assignment>/", reading.reading, name="reading"),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/paragraphs/<int:number>/",
        reading.paragraph,
        name="paragraph",
    ),
    path(
        "seminars/<slug:seminar>/<slug:assignment>/annotate/<int:revision>/<int:number>/",
        annotations.create,
        name="create",
    ),
    path("annotations/<uuid:annotation_id>/", annotations.detail, name="detail"),
    path("annotations/<uuid:annotation_id>/reply/", annotations.reply, name="reply"),
    path("annotations/<uuid:annotation_id>/edit/", annotations.edit, name="edit"),
    path("annotations/<uuid:annotation_id>/withdraw/", annotations.withdraw, name="withdraw"),
    path("annotations/<uuid:annotation_id>/history/", annotations.history, name="history"),
    path("annotations/<uuid:annotation_id>/answer/", annotations.answer, name="answer"),
]
