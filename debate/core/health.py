"""Two questions that machines ask: does the process live, and can it do its work?"""

from __future__ import annotations

from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import Error
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from debate.core.policies import public


@public
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view's signature
    """The process answers; it asks nothing else of the machine."""
    return JsonResponse({"status": "ok"})


@public
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view's signature
    """200 when requests can be answered; else 503, with what is wrong under the name of the part."""
    checks = {"database": "ok", "migrations": "ok"}
    try:
        if pending := _pending_migrations():
            checks["migrations"] = f"{pending} not applied"
    except Error:
        # The reason may name hosts and users: it is for the log, not for whoever asks.
        checks = {"database": "not reachable", "migrations": "unknown"}
    is_ready = set(checks.values()) == {"ok"}
    return JsonResponse(
        {"status": "ok" if is_ready else "unavailable", "checks": checks},
        status=200 if is_ready else 503,
    )


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """The migrations of this process's code, which cannot change while it lives."""
    return frozenset(MigrationLoader(None).graph.nodes)


def _pending_migrations() -> int:
    return len(_known_migrations() - set(MigrationRecorder(connection).applied_migrations()))
