"""Addresses of assignments that are not the reading page."""

from __future__ import annotations

from django.urls import include, path

from debate.assignments import views

app_name = "assignments"

of_an_assignment = [
    path("", views.assignment_edit, name="edit"),
    path("delete/", views.assignment_delete, name="delete"),
    path("close/", views.assignment_close, name="close"),
    path("template/", views.template_create, name="template_create"),
    path("sides/", views.side_list, name="sides"),
    path("extensions/", views.extension_list, name="extensions"),
    path("extensions/<uuid:user_id>/", views.extension_edit, name="extension"),
    path(
        "extensions/<uuid:user_id>/withdraw/", views.extension_withdraw, name="extension_withdraw"
    ),
]

urlpatterns = [
    path("essays/<uuid:essay_id>/set/", views.assignment_create, name="create"),
    path("seminars/<slug:seminar>/-/assignments/<slug:assignment>/", include(of_an_assignment)),
    path("seminars/<slug:seminar>/-/accommodations/", views.accommodations, name="accommodations"),
    path("assignment-templates/", views.template_list, name="template_list"),
    path(
        "assignment-templates/<uuid:template_id>/delete/",
        views.template_delete,
        name="template_delete",
    ),
]
