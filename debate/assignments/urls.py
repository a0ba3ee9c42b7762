"""Addresses of assignments that are not the reading page."""

from __future__ import annotations

from django.urls import path

from debate.assignments import views

app_name = "assignments"

urlpatterns = [
    path("essays/<uuid:essay_id>/set/", views.assignment_create, name="create"),
    path(
        "seminars/<slug:seminar>/-/assignments/<slug:assignment>/",
        views.assignment_edit,
        name="edit",
    ),
]
