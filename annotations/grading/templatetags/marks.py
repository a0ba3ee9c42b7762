"""What the desk asks of a mark while it shows a contribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

if TYPE_CHECKING:
    from uuid import UUID

    from annotations.grading.queries.marking import Marking

register = template.Library()


@register.filter
def said_of(marking: Marking, item_id: UUID) -> str:
    """What the own mark says of that contribution; "" for nothing."""
    return marking.content.feedback.get(str(item_id), "")
