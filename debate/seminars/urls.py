"""Addresses of seminars: below `/seminars/<slug>/-/`, and the ways in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.urls import URLPattern

app_name = "seminars"

urlpatterns: list[URLPattern] = []
