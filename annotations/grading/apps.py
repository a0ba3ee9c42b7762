"""Grading of commentary."""

from django.apps import AppConfig


class GradingConfig(AppConfig):
    """Rubrics, works, marks and grades."""

    name = "annotations.grading"
    label = "grading"

    def ready(self) -> None:
        """Register the kinds of notices, which need the models."""
        from annotations.grading.notices import register_kinds  # noqa: PLC0415 - see above

        register_kinds()
