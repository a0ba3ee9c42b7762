"""Where: seminars, their members and groups."""

from django.apps import AppConfig


class SeminarsConfig(AppConfig):
    name = "debate.seminars"
    label = "seminars"
