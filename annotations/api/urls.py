"""Addresses of annotations, evidence and sources below `/api/v1/`."""

from __future__ import annotations

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from annotations.api import views
from annotations.api.audience import AudienceView
from annotations.api.moderation import FlagList, FlagsOfAnnotation, ModerationList
from annotations.api.progress import ProgressList
from annotations.api.tags import ParagraphTagDetail, ParagraphTagList, TagDetail, TagList

router = SimpleRouter(use_regex_path=False)
router.register("annotations", views.AnnotationViewSet, basename="annotation")
router.register("sources", views.SourceViewSet, basename="source")

urlpatterns = [
    path("annotations/<uuid:pk>/replies/", views.ReplyList.as_view(), name="reply-list"),
    path("annotations/<uuid:pk>/history/", views.HistoryList.as_view(), name="history-list"),
    path("annotations/<uuid:pk>/answer/", views.AnswerView.as_view(), name="answer"),
    path("annotations/<uuid:pk>/audience/", AudienceView.as_view(), name="audience"),
    path(
        "assignments/<uuid:assignment_id>/progress/",
        ProgressList.as_view(),
        name="progress-list",
    ),
    path("annotations/<uuid:pk>/flags/", FlagsOfAnnotation.as_view(), name="annotation-flag-list"),
    path("annotations/<uuid:pk>/moderation/", ModerationList.as_view(), name="moderation-list"),
    path("flags/", FlagList.as_view(), name="flag-list"),
    path("seminars/<uuid:seminar_id>/tags/", TagList.as_view(), name="tag-list"),
    path("seminars/<uuid:seminar_id>/tags/<uuid:pk>/", TagDetail.as_view(), name="tag-detail"),
    path(
        "assignments/<uuid:assignment_id>/paragraph-tags/",
        ParagraphTagList.as_view(),
        name="paragraph-tag-list",
    ),
    path(
        "assignments/<uuid:assignment_id>/paragraph-tags/<uuid:pk>/",
        ParagraphTagDetail.as_view(),
        name="paragraph-tag-detail",
    ),
    path("evidence/", views.EvidenceList.as_view(), name="evidence-list"),
    path("", include(router.urls)),
]
