"""Addresses of grading below `/api/v1/`."""

from __future__ import annotations

from django.urls import path

from annotations.grading.api.marks import (
    MarkDetail,
    MarkFeedback,
    MarkList,
    MarkReopen,
    MarkSubmit,
    MarkWithdraw,
)
from annotations.grading.api.works import WorkDetail, WorkList, WorkNext

urlpatterns = [
    path("works/", WorkList.as_view(), name="work-list"),
    path("works/next/", WorkNext.as_view(), name="work-next"),
    path("works/<uuid:pk>/", WorkDetail.as_view(), name="work-detail"),
    path("marks/", MarkList.as_view(), name="mark-list"),
    path("marks/<uuid:pk>/", MarkDetail.as_view(), name="mark-detail"),
    path("marks/<uuid:pk>/submit/", MarkSubmit.as_view(), name="mark-submit"),
    path("marks/<uuid:pk>/reopen/", MarkReopen.as_view(), name="mark-reopen"),
    path("marks/<uuid:pk>/withdraw/", MarkWithdraw.as_view(), name="mark-withdraw"),
    path("marks/<uuid:pk>/feedback/", MarkFeedback.as_view(), name="mark-feedback"),
]
