"""The ground of the ground: knows no user, essay or annotation."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Bases, errors, text, policies and the embedded server."""

    name = "debate.core"
    label = "core"

    def ready(self) -> None:
        from debate.core import checks  # noqa: F401, PLC0415 - registers them once apps are loaded
