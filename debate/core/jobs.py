"""The app with which a worker does jobs, beside the one with which requests write them.

Not one of the usual module names: procrastinate wants the app made elsewhere than in the module
that is run, which is `worker`.
"""

from __future__ import annotations

from procrastinate.contrib.django import DjangoApp, app


def worker_app() -> DjangoApp:
    """An app of the same tasks with connections of its own.

    The other one writes jobs in Django's transactions, which it would no longer do if its
    connector were replaced.
    """
    app.perform_import_paths()  # type: ignore[no-untyped-call]  # has no types
    worker = DjangoApp(connector=app.connector.get_worker_connector())  # type: ignore[attr-defined]  # DjangoConnector
    worker.tasks = app.tasks
    worker.periodic_registry = app.periodic_registry
    return worker
