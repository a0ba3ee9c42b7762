"""Addresses that an open reading page asks by itself."""

from __future__ import annotations

from django.urls import path

from annotations.live import views

app_name = "live"

urlpatterns = [
    path("seminars/<slug:seminar>/<slug:assignment>/stream/", views.stream, name="stream"),
    path("seminars/<slug:seminar>/<slug:assignment>/changes/", views.changes, name="changes"),
    path("seminars/<slug:seminar>/<slug:assignment>/presence/", views.presence, name="presence"),
]
