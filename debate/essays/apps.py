"""What: essays, their revisions and paragraphs."""

from django.apps import AppConfig


class EssaysConfig(AppConfig):
    name = "debate.essays"
    label = "essays"
