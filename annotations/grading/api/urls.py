"""Addresses of grading below `/api/v1/`."""

from __future__ import annotations

from django.urls import path

from annotations.grading.api.fairness import AgreementView, ModerationView, SampleDetail
from annotations.grading.api.gradebook import Gradebook
from annotations.grading.api.grades import (
    GradeDetail,
    GradeEventList,
    GradeList,
    GradeReopen,
    ReleaseList,
    ReleaseUndo,
)
from annotations.grading.api.marks import (
    MarkDetail,
    MarkFeedback,
    MarkList,
    MarkReopen,
    MarkSubmit,
    MarkWithdraw,
)
from annotations.grading.api.plans import (
    GradingPlanView,
    PlanApply,
    PlanEndBlind,
    PlanMove,
    PlanTry,
)
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
    path("assignments/<uuid:assignment_id>/agreement/", AgreementView.as_view(), name="agreement"),
    path(
        "assignments/<uuid:assignment_id>/moderation/", ModerationView.as_view(), name="moderation"
    ),
    path("samples/<uuid:pk>/", SampleDetail.as_view(), name="sample-detail"),
    path("works/", WorkList.as_view(), name="work-list"),
    path("works/next/", WorkNext.as_view(), name="work-next"),
    path("works/<uuid:pk>/", WorkDetail.as_view(), name="work-detail"),
    path("marks/", MarkList.as_view(), name="mark-list"),
    path("marks/<uuid:pk>/", MarkDetail.as_view(), name="mark-detail"),
    path("marks/<uuid:pk>/submit/", MarkSubmit.as_view(), name="mark-submit"),
    path("marks/<uuid:pk>/reopen/", MarkReopen.as_view(), name="mark-reopen"),
    path("marks/<uuid:pk>/withdraw/", MarkWithdraw.as_view(), name="mark-withdraw"),
    path("marks/<uuid:pk>/feedback/", MarkFeedback.as_view(), name="mark-feedback"),
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
