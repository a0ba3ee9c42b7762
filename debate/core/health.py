"""Two questions that machines ask: does the process live, and can it do its work?"""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import Error
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from debate.core.policies import public

LATE = timedelta(minutes=5)
"""So long a job may wait before it is told; each is looked for every second."""

OVERDUE = """
    SELECT count(*) FROM procrastinate_jobs
     WHERE status = 'todo'
       AND coalesce(scheduled_at, (SELECT max(at) FROM procrastinate_events
                                    WHERE job_id = procrastinate_jobs.id))
           < now() - make_interval(secs => %s)
"""


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
    """200 when requests can be answered; else 503, with what is wrong under the name of the part.

    Jobs that wait say that no worker does them. Requests are answered all the same, so that alone
    is no 503.
    """
    checks = {"database": "ok", "migrations": "ok"}
    try:
        if pending := pending_migrations():
            checks["migrations"] = f"{pending} not applied"
        jobs = "unknown" if pending else _state_of_jobs()
    except Error:
        # The reason may name hosts and users: it is for the log, not for whoever asks.
        checks = {"database": "not reachable", "migrations": "unknown"}
        jobs = "unknown"
    is_ready = set(checks.values()) == {"ok"}
    return JsonResponse(
        {"status": "ok" if is_ready else "unavailable", "checks": checks | {"jobs": jobs}},
        status=200 if is_ready else 503,
    )


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """The migrations of this process's code, which cannot change while it lives."""
    return frozenset(MigrationLoader(None).graph.nodes)


def pending_migrations() -> int:
    """How many migrations of the code the database lacks. Raises Error without a database."""
    return len(_known_migrations() - set(MigrationRecorder(connection).applied_migrations()))


def _state_of_jobs() -> str:
    with connection.cursor() as cursor:
        cursor.execute(OVERDUE, [LATE.total_seconds()])
        (count,) = cursor.fetchone()
    return f"{count} waiting" if count else "ok"
