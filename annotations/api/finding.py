"""The one annotation that an address names, found before anything of the request is judged."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.urls import get_script_prefix, reverse

from annotations.models import Annotation
from debate.core.db import ANYBODY
from debate.core.errors import Gone, Missing

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser
    from rest_framework.request import Request

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


def address_of(annotation_id: UUID, request: Request) -> str:
    """The address of the annotation on the site that the request came to."""
    path = _path(get_script_prefix()).replace(str(ANYBODY), str(annotation_id))
    return str(request.build_absolute_uri(path))


@lru_cache(maxsize=8)
def _path(prefix: str) -> str:  # noqa: ARG001 - what is found depends on it
    """The path of an annotation with the id ANYBODY; Django takes a tenth of a millisecond for it."""
    return reverse("api:annotation-detail", args=[ANYBODY])
