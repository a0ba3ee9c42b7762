"""Everything said about an essay."""

from django.apps import AppConfig


class AnnotationsConfig(AppConfig):
    """Annotations, their anchors, history and the change lines."""

    name = "annotations"
