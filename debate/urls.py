"""The site map: includes, nothing else."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from debate.core import docs, health, views

urlpatterns = [
    path("api/", include("debate.api_urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("admin/", admin.site.urls),
    path("docs/", docs.guide, name="docs"),
    path("docs/<slug:name>/", docs.guide, name="docs_page"),
    path("accounts/", include("debate.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("inbox/", include("debate.notices.urls")),
    # Of seminars, /-/ comes before an assignment's slug, which is never "-".
    path("", include("debate.seminars.urls")),
    path("", include("debate.essays.urls")),
    path("", include("debate.assignments.urls")),
    path("", include("annotations.pages.urls")),
    path("", include("annotations.grading.urls")),
    path("", include("annotations.urls")),
    path("", include("annotations.live.urls")),
    path("", include("annotations.exchange.urls")),
    path("", include("annotations.web.urls")),
]

handler400 = "debate.core.views.bad_request"
handler403 = "debate.core.views.permission_denied"
handler404 = "debate.core.views.not_found"
handler500 = "debate.core.views.server_error"
