"""Everything below `/api/`: version 1 of the REST API, its description and its documentation."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from annotations.api import urls as annotation_urls
from annotations.grading.api import urls as grading_urls
from debate.accounts.api import TokenDetail, TokenList
from debate.assignments.api import AssignmentViewSet, ExtensionDetail, ExtensionList
from debate.assignments.api.running import (
    AccommodationDetail,
    AccommodationList,
    CloseView,
    SidesView,
    TemplateDetail,
    TemplateList,
)
from debate.core import docs
from debate.core.api.schema import SchemaView
from debate.core.api.swagger import TryView
from debate.core.api.views import RootView, unknown
from debate.essays.api import (
    EssayViewSet,
    ImportDetail,
    ImportFinish,
    ImportGoOn,
    ImportList,
    ImportText,
    ImportUndo,
    ParagraphDetail,
    ParagraphList,
    RevisionDetail,
    RevisionList,
)
from debate.essays.api.files import ImportFile, ImportUpload
from debate.notices.api import NoticeRead, NoticesRead, NoticeViewSet, PreferencesView
from debate.seminars.api import MeView, SeminarViewSet
from debate.seminars.api.consent import ConsentView
from debate.seminars.api.drawing import GroupDraw
from debate.seminars.api.groups import GroupDetail, GroupList
from debate.seminars.api.invitations import InvitationDetail, InvitationList
from debate.seminars.api.people import MemberDetail, MemberList
from debate.seminars.api.roster import ExpectedDetail, ExpectedList, RosterView
from debate.seminars.api.running import (
    ArchiveView,
    GroupMembershipView,
    JoinView,
    OwnGroupView,
)

ROOT_LINKS = {
    "me": "api:me",
    "seminars": "api:seminar-list",
    "essays": "api:essay-list",
    "imports": "api:import-list",
    "assignments": "api:assignment-list",
    "annotations": "api:annotation-list",
    "changes": "api:change-list",
    "evidence": "api:evidence-list",
    "claims": "api:claim-list",
    "inferences": "api:inference-list",
    "relations": "api:relation-list",
    "concessions": "api:concession-list",
    "sources": "api:source-list",
    "flags": "api:flag-list",
    "quality_marks": "api:quality-mark-list",
    "grades": "api:grade-list",
    "marks": "api:mark-list",
    "regrade_requests": "api:regrade-request-list",
    "rubrics": "api:rubric-list",
    "notices": "api:notice-list",
    "works": "api:work-list",
    "schema": "api:schema",
    "documentation": "api_docs",
}

router = SimpleRouter(use_regex_path=False)
router.register("seminars", SeminarViewSet, basename="seminar")
router.register("essays", EssayViewSet, basename="essay")
router.register("assignments", AssignmentViewSet, basename="assignment")
router.register("notices", NoticeViewSet, basename="notice")

version_1: list[URLPattern | URLResolver] = [
    path("", RootView.as_view(links=ROOT_LINKS), name="root"),
    path("", include(annotation_urls)),  # the most asked for, and addresses are tried in order
    path("schema/", SchemaView.as_view(), name="schema"),
    path("me/", MeView.as_view(), name="me"),
    path("me/tokens/", TokenList.as_view(), name="token-list"),
    path("me/tokens/<uuid:pk>/", TokenDetail.as_view(), name="token-detail"),
    path("join/", JoinView.as_view(), name="join"),
    path("seminars/<uuid:pk>/archive/", ArchiveView.as_view(), name="seminar-archive"),
    path("seminars/<uuid:seminar_id>/groups/own/", OwnGroupView.as_view(), name="group-own"),
    path("seminars/<uuid:seminar_id>/groups/draw/", GroupDraw.as_view(), name="group-draw"),
    path("seminars/<uuid:seminar_id>/roster/", RosterView.as_view(), name="roster"),
    path("seminars/<uuid:seminar_id>/expected/", ExpectedList.as_view(), name="expected-list"),
    path(
        "seminars/<uuid:seminar_id>/expected/<uuid:pk>/",
        ExpectedDetail.as_view(),
        name="expected-detail",
    ),
    path(
        "seminars/<uuid:seminar_id>/groups/<uuid:pk>/membership/",
        GroupMembershipView.as_view(),
        name="group-membership",
    ),
    path(
        "seminars/<uuid:seminar_id>/accommodations/",
        AccommodationList.as_view(),
        name="accommodation-list",
    ),
    path(
        "seminars/<uuid:seminar_id>/accommodations/<uuid:user_id>/",
        AccommodationDetail.as_view(),
        name="accommodation-detail",
    ),
    path("imports/", ImportList.as_view(), name="import-list"),
    path("imports/<uuid:pk>/", ImportDetail.as_view(), name="import-detail"),
    path("imports/<uuid:pk>/text/", ImportText.as_view(), name="import-text"),
    path("imports/<uuid:pk>/file/", ImportFile.as_view(), name="import-file"),
    path("seminars/<uuid:seminar_id>/import-file/", ImportUpload.as_view(), name="import-upload"),
    path("imports/<uuid:pk>/undo/", ImportUndo.as_view(), name="import-undo"),
    path("imports/<uuid:pk>/go-on/", ImportGoOn.as_view(), name="import-go-on"),
    path("imports/<uuid:pk>/finish/", ImportFinish.as_view(), name="import-finish"),
    path(
        "essays/<uuid:essay_id>/revisions/<int:number>/",
        RevisionDetail.as_view(),
        name="revision-detail",
    ),
    path("assignment-templates/", TemplateList.as_view(), name="assignment-template-list"),
    path(
        "assignment-templates/<uuid:pk>/",
        TemplateDetail.as_view(),
        name="assignment-template-detail",
    ),
    path("assignments/<uuid:pk>/close/", CloseView.as_view(), name="assignment-close"),
    path("assignments/<uuid:pk>/sides/", SidesView.as_view(), name="side-list"),
    path("notices/read/", NoticesRead.as_view(), name="notices-read"),
    path("essays/<uuid:essay_id>/revisions/", RevisionList.as_view(), name="revision-list"),
    path("essays/<uuid:essay_id>/paragraphs/", ParagraphList.as_view(), name="paragraph-list"),
    path("paragraphs/<uuid:pk>/", ParagraphDetail.as_view(), name="paragraph-detail"),
    path("notices/preferences/", PreferencesView.as_view(), name="notice-preferences"),
    path("notices/<uuid:pk>/read/", NoticeRead.as_view(), name="notice-read"),
    path("assignments/<uuid:pk>/extensions/", ExtensionList.as_view(), name="extension-list"),
    path(
        "assignments/<uuid:pk>/extensions/<uuid:user_id>/",
        ExtensionDetail.as_view(),
        name="extension-detail",
    ),
    path("seminars/<uuid:seminar_id>/consent/", ConsentView.as_view(), name="consent"),
    path("seminars/<uuid:seminar_id>/members/", MemberList.as_view(), name="member-list"),
    path(
        "seminars/<uuid:seminar_id>/members/<uuid:user_id>/",
        MemberDetail.as_view(),
        name="member-detail",
    ),
    path(
        "seminars/<uuid:seminar_id>/invitations/", InvitationList.as_view(), name="invitation-list"
    ),
    path(
        "seminars/<uuid:seminar_id>/invitations/<uuid:pk>/",
        InvitationDetail.as_view(),
        name="invitation-detail",
    ),
    path("seminars/<uuid:seminar_id>/groups/", GroupList.as_view(), name="group-list"),
    path(
        "seminars/<uuid:seminar_id>/groups/<uuid:pk>/", GroupDetail.as_view(), name="group-detail"
    ),
    path("", include(router.urls)),
    path("", include(grading_urls)),
    re_path(r"^.*$", unknown),
]

urlpatterns = [
    path("v1/", include((version_1, "api"))),
    path("", docs.api_root, name="api_root"),
    path("docs/", docs.api, name="api_docs"),
    path("docs/try/", TryView.as_view(), name="api_try"),
    path("docs/errors/", docs.api, {"name": "errors"}, name="api_errors"),
]
