"""Addresses of the pages that span floors."""

from __future__ import annotations

from django.urls import path

from annotations.pages import copying, demo, founding, home, seminar

urlpatterns = [
    path("", home.home, name="home"),
    path("seminars/new/", founding.seminar_new, name="seminar_new"),
    path("seminars/new/<uuid:pk>/", founding.seminar_confirm, name="seminar_confirm"),
    path("seminars/new/<uuid:pk>/keep/", founding.seminar_keep, name="seminar_keep"),
    path("seminars/<slug:slug>/", seminar.seminar_detail, name="seminar_detail"),
    path("seminars/<slug:slug>/-/copy/", copying.seminar_copy, name="seminar_copy"),
    path("demo/enter/", demo.demo_entry, name="demo_entry"),
]
