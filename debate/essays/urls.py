"""Addresses of essays and of their imports."""

from __future__ import annotations

from django.urls import path

from debate.essays import views

app_name = "essays"

urlpatterns = [
    path("essays/", views.essay_list, name="list"),
    path("essays/<uuid:pk>/", views.essay_detail, name="detail"),
    path("essays/<uuid:pk>/revise/", views.essay_revise, name="revise"),
    path("seminars/<slug:seminar>/-/import/", views.essay_import, name="import"),
    path("essays/imports/<uuid:pk>/", views.import_preview, name="import_preview"),
    path("essays/imports/<uuid:pk>/correct/", views.import_correct, name="import_correct"),
    path("essays/imports/<uuid:pk>/text/", views.import_text, name="import_text"),
    path("essays/imports/<uuid:pk>/replace/", views.import_replace, name="import_replace"),
    path("essays/imports/<uuid:pk>/go-on/", views.import_go_on, name="go_on"),
    path("essays/imports/<uuid:pk>/undo/", views.import_undo, name="import_undo"),
    path("essays/imports/<uuid:pk>/head/", views.import_head, name="import_head"),
    path("essays/imports/<uuid:pk>/finish/", views.import_finish, name="import_finish"),
    path("essays/imports/<uuid:pk>/discard/", views.import_discard, name="import_discard"),
]
