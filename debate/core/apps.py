"""The ground of the ground: knows no user, essay or annotation."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    """Bases, errors, text, policies and the embedded server."""

    name = "debate.core"
    label = "core"

    def ready(self) -> None:
        from debate.core import checks  # noqa: F401, PLC0415 - registers them once apps are loaded
        from debate.core.roles import grant_after_migrating  # noqa: PLC0415 - needs loaded apps

        post_migrate.connect(grant_after_migrating, sender=self, dispatch_uid="core.grant")
