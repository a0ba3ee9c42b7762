"""Citations in templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nh3
from django import template
from django.utils.safestring import mark_safe

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def safe_citation(html: str) -> SafeString:
    """A citation of `annotations.bibliography.citations`, of whose HTML only <i> is let through."""
    return mark_safe(nh3.clean(html, tags={"i"}, attributes={}))  # noqa: S308 - just cleaned
