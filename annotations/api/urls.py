"""Addresses of annotations, evidence and sources below `/api/v1/`."""

from __future__ import annotations

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from annotations.api import sources, views
from annotations.api.audience import AudienceView
from annotations.api.batch import BatchView
from annotations.api.claims import (
    AcceptView,
    ClaimHistoryList,
    ClaimViewSet,
    MergeView,
    RestoreView,
    SplitView,
)
from annotations.api.copying import SeminarCopyView
from annotations.api.drafts import DraftDetail, DraftList, MentionList
from annotations.api.evidence import EvidenceDetail
from annotations.api.exchange import (
    ExportSummaryView,
    ExportView,
    GraphImportDetail,
    GraphImportView,
    MeExportSummaryView,
    MeExportView,
    SeminarExportSummaryView,
    SeminarExportView,
)
from annotations.api.feed import AssignmentChangeList, ChangeList, ChangeStream
from annotations.api.graphs import GraphView, LabelsView
from annotations.api.house_rules import HouseRulesList
from annotations.api.keeping import DuplicateList, FoundDetails
from annotations.api.linking import (
    AttacksView,
    ConcessionViewSet,
    InferenceRestoreView,
    InferenceViewSet,
    RelationRestoreView,
    RelationViewSet,
)
from annotations.api.links import LinkCheckView
from annotations.api.moderation import FlagList, FlagsOfAnnotation, ModerationList
from annotations.api.overseeing import ModerationLog
from annotations.api.placing import AnchorsView, MuteView, UndoView
from annotations.api.previewing import PreviewView
from annotations.api.progress import ProgressList
from annotations.api.publishing import ChangesView, PlacementView, PublishView
from annotations.api.quality import (
    MeTooView,
    QualityMarkAnswerList,
    QualityMarkDetail,
    QualityMarkList,
    QualityMarkResolve,
)
from annotations.api.receipts import ReceiptSend, ReceiptView
from annotations.api.tags import ParagraphTagDetail, ParagraphTagList, TagDetail, TagList
from annotations.api.vocabulary import (
    PresetCopyView,
    PresetList,
    VocabularyHistory,
    VocabularyView,
)

router = SimpleRouter(use_regex_path=False)
router.register("annotations", views.AnnotationViewSet, basename="annotation")
router.register("sources", sources.SourceViewSet, basename="source")
router.register("passages", sources.PassageViewSet, basename="passage")
router.register("claims", ClaimViewSet, basename="claim")
router.register("inferences", InferenceViewSet, basename="inference")
router.register("relations", RelationViewSet, basename="relation")
router.register("concessions", ConcessionViewSet, basename="concession")

urlpatterns = [
    # First what is asked for most: addresses are tried in their order.
    path("", include(router.urls)),
    path("assignments/<uuid:assignment_id>/export/", ExportView.as_view(), name="export"),
    path(
        "assignments/<uuid:assignment_id>/changes/",
        AssignmentChangeList.as_view(),
        name="assignment-change-list",
    ),
    path("annotations/batch/", BatchView.as_view(), name="annotation-batch"),
    path("annotations/<uuid:pk>/replies/", views.ReplyList.as_view(), name="reply-list"),
    path("annotations/<uuid:pk>/history/", views.HistoryList.as_view(), name="history-list"),
    path("annotations/<uuid:pk>/answer/", views.AnswerView.as_view(), name="answer"),
    path("annotations/<uuid:pk>/audience/", AudienceView.as_view(), name="audience"),
    path(
        "assignments/<uuid:assignment_id>/progress/",
        ProgressList.as_view(),
        name="progress-list",
    ),
    path("assignments/<uuid:assignment_id>/receipt/", ReceiptView.as_view(), name="receipt"),
    path(
        "assignments/<uuid:assignment_id>/receipt/send/",
        ReceiptSend.as_view(),
        name="receipt-send",
    ),
    path("changes/", ChangeList.as_view(), name="change-list"),
    path("changes/stream/", ChangeStream.as_view(), name="change-stream"),
    path("assignments/<uuid:assignment_id>/graph/", GraphView.as_view(), name="graph"),
    path("assignments/<uuid:assignment_id>/labels/", LabelsView.as_view(), name="labels"),
    path("annotations/<uuid:pk>/flags/", FlagsOfAnnotation.as_view(), name="annotation-flag-list"),
    path("annotations/<uuid:pk>/moderation/", ModerationList.as_view(), name="moderation-list"),
    path("flags/", FlagList.as_view(), name="flag-list"),
    path("annotations/<uuid:pk>/me-too/", MeTooView.as_view(), name="me-too"),
    path("quality-marks/", QualityMarkList.as_view(), name="quality-mark-list"),
    path("quality-marks/<uuid:pk>/", QualityMarkDetail.as_view(), name="quality-mark-detail"),
    path(
        "quality-marks/<uuid:pk>/answers/",
        QualityMarkAnswerList.as_view(),
        name="quality-mark-answer-list",
    ),
    path(
        "quality-marks/<uuid:pk>/resolve/",
        QualityMarkResolve.as_view(),
        name="quality-mark-resolve",
    ),
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
    path("sources/import/", sources.SourceImportView.as_view(), name="source-import"),
    path("sources/copy/", sources.SourceCopyView.as_view(), name="source-copy"),
    path("sources/<uuid:pk>/citations/", sources.CitationsView.as_view(), name="source-citations"),
    path("sources/<uuid:pk>/merge/", sources.SourceMergeView.as_view(), name="source-merge"),
    path("passages/<uuid:pk>/checks/", sources.CheckList.as_view(), name="passage-check-list"),
    path("sources/<uuid:pk>/check-link/", LinkCheckView.as_view(), name="link-check"),
    path(
        "assignments/<uuid:assignment_id>/export/summary/",
        ExportSummaryView.as_view(),
        name="export-summary",
    ),
    path("seminars/<uuid:seminar_id>/export/", SeminarExportView.as_view(), name="seminar-export"),
    path(
        "seminars/<uuid:seminar_id>/export/summary/",
        SeminarExportSummaryView.as_view(),
        name="seminar-export-summary",
    ),
    path("me/export/", MeExportView.as_view(), name="me-export"),
    path("me/export/summary/", MeExportSummaryView.as_view(), name="me-export-summary"),
    path(
        "assignments/<uuid:assignment_id>/graph-import/",
        GraphImportView.as_view(),
        name="graph-import",
    ),
    path(
        "assignments/<uuid:assignment_id>/graph-import/<uuid:pk>/",
        GraphImportDetail.as_view(),
        name="graph-import-detail",
    ),
    path("annotations/<uuid:pk>/attacks/", AttacksView.as_view(), name="attacks"),
    path("claims/<uuid:pk>/accept/", AcceptView.as_view(), name="claim-accept"),
    path("claims/<uuid:pk>/restore/", RestoreView.as_view(), name="claim-restore"),
    path("claims/<uuid:pk>/merge/", MergeView.as_view(), name="claim-merge"),
    path("claims/<uuid:pk>/split/", SplitView.as_view(), name="claim-split"),
    path("claims/<uuid:pk>/history/", ClaimHistoryList.as_view(), name="claim-history"),
    path("inferences/<uuid:pk>/restore/", InferenceRestoreView.as_view(), name="inference-restore"),
    path("relations/<uuid:pk>/restore/", RelationRestoreView.as_view(), name="relation-restore"),
    path(
        "assignments/<uuid:assignment_id>/house-rules/",
        HouseRulesList.as_view(),
        name="house-rules-list",
    ),
    path("evidence/", views.EvidenceList.as_view(), name="evidence-list"),
    path("evidence/<uuid:pk>/", EvidenceDetail.as_view(), name="evidence-detail"),
    path("annotations/<uuid:pk>/anchors/", AnchorsView.as_view(), name="anchors"),
    path("annotations/<uuid:pk>/undo/", UndoView.as_view(), name="undo"),
    path("annotations/<uuid:pk>/mute/", MuteView.as_view(), name="mute"),
    path("assignments/<uuid:assignment_id>/drafts/", DraftList.as_view(), name="draft-list"),
    path(
        "assignments/<uuid:assignment_id>/drafts/<uuid:pk>/",
        DraftDetail.as_view(),
        name="draft-detail",
    ),
    path("assignments/<uuid:assignment_id>/mentions/", MentionList.as_view(), name="mention-list"),
    path("imports/<uuid:pk>/changes/", ChangesView.as_view(), name="import-changes"),
    path("imports/<uuid:pk>/publish/", PublishView.as_view(), name="import-publish"),
    path(
        "imports/<uuid:pk>/placements/<uuid:annotation_id>/",
        PlacementView.as_view(),
        name="import-placement",
    ),
    path("seminars/<uuid:pk>/copy/", SeminarCopyView.as_view(), name="seminar-copy"),
    path("seminars/<uuid:seminar_id>/moderation/", ModerationLog.as_view(), name="moderation-log"),
    path("seminars/<uuid:seminar_id>/vocabulary/", VocabularyView.as_view(), name="vocabulary"),
    path(
        "seminars/<uuid:seminar_id>/vocabulary/copy/",
        PresetCopyView.as_view(),
        name="vocabulary-copy",
    ),
    path(
        "seminars/<uuid:seminar_id>/vocabulary/history/",
        VocabularyHistory.as_view(),
        name="vocabulary-history",
    ),
    path("sources/<uuid:pk>/found/", FoundDetails.as_view(), name="source-found"),
    path(
        "seminars/<uuid:seminar_id>/duplicate-sources/",
        DuplicateList.as_view(),
        name="duplicate-list",
    ),
    path("preview/", PreviewView.as_view(), name="preview"),
    path("vocabularies/", PresetList.as_view(), name="preset-list"),
]
