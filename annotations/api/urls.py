"""Addresses of annotations, evidence and sources below `/api/v1/`."""

from __future__ import annotations

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from annotations.api import views

router = SimpleRouter(use_regex_path=False)
router.register("annotations", views.AnnotationViewSet, basename="annotation")
router.register("sources", views.SourceViewSet, basename="source")

urlpatterns = [
    path("annotations/<uuid:pk>/replies/", views.ReplyList.as_view(), name="reply-list"),
    path("annotations/<uuid:pk>/history/", views.HistoryList.as_view(), name="history-list"),
    path("annotations/<uuid:pk>/answer/", views.AnswerView.as_view(), name="answer"),
    path("evidence/", views.EvidenceList.as_view(), name="evidence-list"),
    path("", include(router.urls)),
]
