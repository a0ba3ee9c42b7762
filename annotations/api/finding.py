"""The one annotation that an address names, found before anything of the request is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotations.models import Annotation
from debate.core.errors import Gone, Missing

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User


def find_annotation(
    user: User | AnonymousUser, annotation_id: UUID, *, also_withdrawn: bool = False
) -> Annotation:
    """The annotation with its assignment and parent.

    Raises Missing for what the person may not know of, and Gone for what was withdrawn since the
    person could read it, unless `also_withdrawn`.
    """
    beside = ("assignment__seminar", "parent", "passage__source")
    # The doors come first, as their statements then are those that are built already.
    seen = Annotation.objects.visible_to(user).select_related(*beside)
    found = seen.filter(pk=annotation_id).first()
    if found:
        return found
    known = Annotation.objects.known_to(user).select_related(*beside)
    withdrawn = known.filter(pk=annotation_id).first()
    if withdrawn is None:
        raise Missing
    if not also_withdrawn:
        raise Gone("This annotation has been withdrawn by its author.")
    return withdrawn
