"""Grading of commentary."""

from django.apps import AppConfig


class GradingConfig(AppConfig):
    """Rubrics, works, marks and grades."""

    name = "annotations.grading"
    label = "grading"
