"""Addresses below /accounts/ that are ours; the others there are allauth's."""

from __future__ import annotations

from django.urls import path

from debate.accounts import views

app_name = "accounts"

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("reading/", views.reading, name="reading"),
    path("tokens/", views.token_list, name="token_list"),
    path("tokens/create/", views.token_create, name="token_create"),
    path("tokens/<uuid:pk>/revoke/", views.token_revoke, name="token_revoke"),
]
