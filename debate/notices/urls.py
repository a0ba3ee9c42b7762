"""Addresses below /inbox/."""

from __future__ import annotations

from django.urls import path

from debate.notices import views

app_name = "notices"

urlpatterns = [
    path("", views.inbox_page, name="inbox"),
    path("read/", views.read, name="read_all"),
    path("settings/", views.settings_page, name="settings"),
    path("unsubscribe/<str:token>/", views.unsubscribe_page, name="unsubscribe"),
    path("muted/<uuid:context_id>/end/", views.unmute_context, name="unmute"),
    path("<uuid:notice_id>/open/", views.open_notice, name="open"),
    path("<uuid:notice_id>/read/", views.read_one, name="read"),
]
