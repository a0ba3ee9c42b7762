"""Addresses of grading below `/api/v1/`."""

from __future__ import annotations

from django.urls import path

from annotations.grading.api.collecting import CollectView, WorkLease, WorkTakeIn
from annotations.grading.api.fairness import AgreementView, ModerationView, SampleDetail
from annotations.grading.api.gradebook import (
    Gradebook,
    GradebookFill,
    ParticipationView,
    SeminarGradebook,
)
from annotations.grading.api.grades import (
    GradeDetail,
    GradeEventList,
    GradeList,
    GradeReopen,
    ReleaseList,
    ReleaseUndo,
)
from annotations.grading.api.levels import LevelsGive, LevelsTakeBack
from annotations.grading.api.marks import (
    MarkDetail,
    MarkFeedback,
    MarkList,
    MarkReopen,
    MarkSubmit,
    MarkWithdraw,
)
from annotations.grading.api.mine import MeExportGrades
from annotations.grading.api.plans import (
    GradingPlanView,
    PlanApply,
    PlanEndBlind,
    PlanMove,
    PlanTry,
)
from annotations.grading.api.remarks import RemarkDetail, RemarkList, RemarkUse
from annotations.grading.api.requests import (
    RegradeMessages,
    RegradeRequestDetail,
    RegradeRequestList,
)
from annotations.grading.api.rubrics import (
    RubricCopy,
    RubricDetail,
    RubricExport,
    RubricImport,
    RubricList,
    RubricVersionDetail,
    RubricVersionList,
)
from annotations.grading.api.splitting import SplitView
from annotations.grading.api.works import WorkDetail, WorkList, WorkNext

PLAN = "assignments/<uuid:assignment_id>/grading-plan/"

urlpatterns = [
    path("rubrics/", RubricList.as_view(), name="rubric-list"),
    path("rubrics/import/", RubricImport.as_view(), name="rubric-import"),
    path("rubrics/<uuid:pk>/", RubricDetail.as_view(), name="rubric-detail"),
    path("rubrics/<uuid:pk>/copy/", RubricCopy.as_view(), name="rubric-copy"),
    path("rubrics/<uuid:pk>/export/", RubricExport.as_view(), name="rubric-export"),
    path("rubrics/<uuid:pk>/versions/", RubricVersionList.as_view(), name="rubric-version-list"),
    path(
        "rubrics/<uuid:pk>/versions/<int:number>/",
        RubricVersionDetail.as_view(),
        name="rubric-version-detail",
    ),
    path(PLAN, GradingPlanView.as_view(), name="grading-plan"),
    path(f"{PLAN}try/", PlanTry.as_view(), name="grading-plan-try"),
    path(f"{PLAN}move/", PlanMove.as_view(), name="grading-plan-move"),
    path(f"{PLAN}end-blind/", PlanEndBlind.as_view(), name="grading-plan-end-blind"),
    path(f"{PLAN}apply/", PlanApply.as_view(), name="grading-plan-apply"),
    path("assignments/<uuid:assignment_id>/gradebook/", Gradebook.as_view(), name="gradebook-file"),
    path(
        "assignments/<uuid:assignment_id>/gradebook/fill/",
        GradebookFill.as_view(),
        name="gradebook-fill",
    ),
    path(
        "assignments/<uuid:assignment_id>/participation/",
        ParticipationView.as_view(),
        name="participation",
    ),
    path(
        "seminars/<uuid:seminar_id>/gradebook/",
        SeminarGradebook.as_view(),
        name="seminar-gradebook",
    ),
    path("assignments/<uuid:assignment_id>/agreement/", AgreementView.as_view(), name="agreement"),
    path(
        "assignments/<uuid:assignment_id>/moderation/", ModerationView.as_view(), name="moderation"
    ),
    path("samples/<uuid:pk>/", SampleDetail.as_view(), name="sample-detail"),
    path("works/", WorkList.as_view(), name="work-list"),
    path("works/next/", WorkNext.as_view(), name="work-next"),
    path("works/<uuid:pk>/", WorkDetail.as_view(), name="work-detail"),
    path("works/<uuid:pk>/take-in/", WorkTakeIn.as_view(), name="work-take-in"),
    path("works/<uuid:pk>/lease/", WorkLease.as_view(), name="work-lease"),
    path("assignments/<uuid:assignment_id>/collect/", CollectView.as_view(), name="collect"),
    path("assignments/<uuid:assignment_id>/split/", SplitView.as_view(), name="split"),
    path("marks/", MarkList.as_view(), name="mark-list"),
    path("marks/<uuid:pk>/", MarkDetail.as_view(), name="mark-detail"),
    path("marks/<uuid:pk>/submit/", MarkSubmit.as_view(), name="mark-submit"),
    path("marks/<uuid:pk>/reopen/", MarkReopen.as_view(), name="mark-reopen"),
    path("marks/<uuid:pk>/withdraw/", MarkWithdraw.as_view(), name="mark-withdraw"),
    path("marks/<uuid:pk>/feedback/", MarkFeedback.as_view(), name="mark-feedback"),
    path("assignments/<uuid:assignment_id>/levels/", LevelsGive.as_view(), name="levels"),
    path(
        "assignments/<uuid:assignment_id>/levels/take-back/",
        LevelsTakeBack.as_view(),
        name="levels-take-back",
    ),
    path("seminars/<uuid:seminar_id>/remarks/", RemarkList.as_view(), name="remark-list"),
    path(
        "seminars/<uuid:seminar_id>/remarks/<uuid:pk>/",
        RemarkDetail.as_view(),
        name="remark-detail",
    ),
    path(
        "seminars/<uuid:seminar_id>/remarks/<uuid:pk>/use/",
        RemarkUse.as_view(),
        name="remark-use",
    ),
    path("me/export/grades/", MeExportGrades.as_view(), name="me-export-grades"),
    path("grades/", GradeList.as_view(), name="grade-list"),
    path("grades/<uuid:pk>/", GradeDetail.as_view(), name="grade-detail"),
    path("grades/<uuid:pk>/events/", GradeEventList.as_view(), name="grade-event-list"),
    path("grades/<uuid:pk>/reopen/", GradeReopen.as_view(), name="grade-reopen"),
    path("assignments/<uuid:assignment_id>/releases/", ReleaseList.as_view(), name="release-list"),
    path("releases/<uuid:pk>/undo/", ReleaseUndo.as_view(), name="release-undo"),
    path("regrade-requests/", RegradeRequestList.as_view(), name="regrade-request-list"),
    path(
        "regrade-requests/<uuid:pk>/",
        RegradeRequestDetail.as_view(),
        name="regrade-request-detail",
    ),
    path(
        "regrade-requests/<uuid:pk>/messages/",
        RegradeMessages.as_view(),
        name="regrade-message-list",
    ),
]
