"""Who is told, and how."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices; the apps above register what they say."""

    name = "debate.notices"
    label = "notices"
