"""Essays, their revisions and paragraphs, and imports under way, in the API."""

from debate.essays.api.essays import ParagraphDetail, ParagraphList, RevisionDetail, RevisionList
from debate.essays.api.imports import (
    ImportDetail,
    ImportFinish,
    ImportGoOn,
    ImportList,
    ImportText,
    ImportUndo,
)
from debate.essays.api.making import EssayViewSet

__all__ = [
    "EssayViewSet",
    "ImportDetail",
    "ImportFinish",
    "ImportGoOn",
    "ImportList",
    "ImportText",
    "ImportUndo",
    "ParagraphDetail",
    "ParagraphList",
    "RevisionDetail",
    "RevisionList",
]
