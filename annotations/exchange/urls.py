"""Addresses of the exchange of debates."""

from __future__ import annotations

from django.urls import path

from annotations.exchange import views

app_name = "exchange"

_HERE = "seminars/<slug:seminar>/<slug:assignment>/exchange/"

urlpatterns = [
    path(_HERE, views.exchange, name="exchange"),
    path(f"{_HERE}export/<slug:name>/", views.download, name="download"),
    path(f"{_HERE}import/", views.import_file, name="import"),
    path(f"{_HERE}import/confirm/", views.import_confirm, name="import_confirm"),
    path(f"{_HERE}imports/<uuid:graph_id>/undo/", views.undo, name="undo"),
    path(f"{_HERE}print/", views.to_print, name="print"),
    path("seminars/<slug:seminar>/-/export/", views.seminar_export, name="seminar"),
    path("exports/", views.my_exports, name="mine"),
    path("exports/take/", views.take, name="take"),
    path("exports/annotations/", views.at_once, name="annotations"),
    path("exports/<uuid:job_id>/", views.job, name="job"),
    path("exports/<uuid:job_id>/cancel/", views.job_cancel, name="job_cancel"),
    path("exports/<uuid:job_id>/file/", views.job_file, name="job_file"),
    path("debate.schema.json", views.schema, name="schema"),
]
