"""Words of essays."""

from __future__ import annotations

from django.db import models


class ParagraphKind(models.TextChoices):
    """What a paragraph is; only body paragraphs, quotes and list items take numbers."""

    BODY = "body", "Paragraph"
    HEADING = "heading", "Heading"
    QUOTE = "quote", "Quote"
    LIST_ITEM = "list_item", "List item"
    BREAK = "break", "Break"
    BYLINE = "byline", "Byline"
    NOTE = "note", "Note"


NUMBERED = (ParagraphKind.BODY, ParagraphKind.QUOTE, ParagraphKind.LIST_ITEM)
