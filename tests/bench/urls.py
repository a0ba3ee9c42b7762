"""All addresses of the site, and those of the baselines."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from debate import urls as site
from debate.urls import handler400, handler403, handler404, handler500  # noqa: F401 - Django's names
from tests.bench import ninja_api, usual_drf

NINJA = ninja_api.api.urls
for pattern in NINJA[0]:
    login_not_required(pattern.callback)  # type: ignore[type-var]  # a pattern has one

urlpatterns = [
    path("usual/", usual_drf.Annotations.as_view()),
    path("usual/export/", usual_drf.Export.as_view()),
    path("ninja/", NINJA),
    *site.urlpatterns,
]
