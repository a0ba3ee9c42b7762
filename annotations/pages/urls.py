"""Addresses of the pages that span floors."""

from __future__ import annotations

from django.urls import path

from annotations.pages import demo, home, seminar

urlpatterns = [
    path("", home.home, name="home"),
    path("seminars/<slug:slug>/", seminar.seminar_detail, name="seminar_detail"),
    path("demo/enter/", demo.demo_entry, name="demo_entry"),
]
