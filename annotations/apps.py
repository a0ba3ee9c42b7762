"""Everything said about an essay."""

from django.apps import AppConfig


class AnnotationsConfig(AppConfig):
    """Annotations, their anchors, history and the change lines."""

    name = "annotations"

    def ready(self) -> None:
        """Register the kinds of notices, which need the models."""
        from annotations.notices import register_kinds  # noqa: PLC0415 - see above

        register_kinds()
