"""Addresses of grading below `/api/v1/`."""

from __future__ import annotations

from django.urls import path

from annotations.grading.api.works import WorkDetail, WorkList, WorkNext

urlpatterns = [
    path("works/", WorkList.as_view(), name="work-list"),
    path("works/next/", WorkNext.as_view(), name="work-next"),
    path("works/<uuid:pk>/", WorkDetail.as_view(), name="work-detail"),
]
