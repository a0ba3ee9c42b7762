"""Text in templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from debate.core.text import render_markdown

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """What a person wrote in Markdown as safe HTML."""
    return render_markdown(text)


@register.simple_block_tag
def piece(content: str) -> str:
    """Markup kept under a name, to stand in a sentence: `{% piece as name %}…{% endpiece %}`.

    A sentence is translated as a whole, so `{% blocktranslate %}` takes no other tags; what needs them
    is made before it and named in it.
    """
    return content
