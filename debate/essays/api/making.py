"""Essays made through the API, each in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from drf_spectacular.utils import extend_schema

from debate.accounts.enums import Scope
from debate.essays.api.essays import EssayReader, EssaySerializer
from debate.essays.api.imports import NewEssayShape, find_seminar, made, make_essay

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response

    from debate.accounts.models import User


class EssayViewSet(EssayReader):
    """Essays: read by whoever may, made by instructors."""

    required_scope = Scope.ADMIN

    @extend_schema(
        request=NewEssayShape,
        responses={201: EssaySerializer},
        description="Make an essay of a text in Markdown, HTML or plain text, in one go; to look at "
        "its paragraphs first, begin an import. For instructors, with the scope `admin`.",
    )
    def create(self, request: Request) -> Response:
        """Make an essay."""
        user = cast("User", request.user)
        seminar = find_seminar(user, request.data, NewEssayShape)
        shape = NewEssayShape(data=request.data)
        shape.is_valid(raise_exception=True)
        return made(self, make_essay(actor=user, seminar=seminar, shape=shape))
