"""Addresses of seminars: below `/seminars/<slug>/-/`, and the ways in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from debate.seminars.views import groups, invitations, people, roster, settings

if TYPE_CHECKING:
    from django.urls import URLPattern

app_name = "seminars"

SEMINAR = "seminars/<slug:seminar>/-/"

urlpatterns: list[URLPattern] = [
    path(f"{SEMINAR}settings/", settings.settings, name="settings"),
    path(f"{SEMINAR}settings/archive/", settings.archive, name="archive"),
    path(f"{SEMINAR}settings/restore/", settings.restore, name="restore"),
    path(f"{SEMINAR}student-view/", settings.student_view, name="student_view"),
    path(f"{SEMINAR}student-view/end/", settings.student_view_end, name="student_view_end"),
    path(f"{SEMINAR}groups/", groups.group_list, name="groups"),
    path(f"{SEMINAR}groups/new/", groups.group_create, name="group_create"),
    path(f"{SEMINAR}groups/own/", groups.group_found, name="group_found"),
    path(f"{SEMINAR}groups/random/", groups.groups_random, name="groups_random"),
    path(f"{SEMINAR}groups/random/make/", groups.groups_make, name="groups_make"),
    path(f"{SEMINAR}groups/<uuid:pk>/", groups.group_edit, name="group_edit"),
    path(f"{SEMINAR}groups/<uuid:pk>/delete/", groups.group_delete, name="group_delete"),
    path(f"{SEMINAR}groups/<uuid:pk>/join/", groups.group_join, name="group_join"),
    path(f"{SEMINAR}groups/<uuid:pk>/leave/", groups.group_leave, name="group_leave"),
    path(f"{SEMINAR}people/", people.people, name="people"),
    path(f"{SEMINAR}people/add/", people.person_add, name="person_add"),
    path(f"{SEMINAR}people/leave/", people.leave, name="leave"),
    path(f"{SEMINAR}people/consent/", people.consent, name="consent"),
    path(f"{SEMINAR}people/roster/", roster.roster, name="roster"),
    path(f"{SEMINAR}people/roster/apply/", roster.roster_apply, name="roster_apply"),
    path(f"{SEMINAR}people/roster/download/", roster.roster_download, name="roster_download"),
    path(
        f"{SEMINAR}people/roster/<uuid:pk>/remove/", roster.expected_remove, name="expected_remove"
    ),
    path(f"{SEMINAR}people/<uuid:pk>/", people.person, name="person"),
    path(f"{SEMINAR}people/<uuid:pk>/remove/", people.person_remove, name="person_remove"),
    path(f"{SEMINAR}invitations/", invitations.invitations, name="invitations"),
    path(f"{SEMINAR}invitations/create/", invitations.invitation_create, name="invitation_create"),
    path(
        f"{SEMINAR}invitations/<uuid:pk>/revoke/",
        invitations.invitation_revoke,
        name="invitation_revoke",
    ),
    path("join/", invitations.join, name="join"),
    path("join/-/accept/", invitations.join_accept, name="join_accept"),
    path("join/-/decline/", invitations.join_decline, name="join_decline"),
    path("join/<str:token>/", invitations.join_link, name="join_link"),
]
