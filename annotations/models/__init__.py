"""What people attach to essays, where it sits, what it rests on, and how it changed."""

from annotations.models.annotation import Anchor, Annotation, AnnotationVersion
from annotations.models.attention import Mention, Visit
from annotations.models.changes import Change
from annotations.models.evidence import Passage, Source
from annotations.models.moderation import Flag, ModerationEntry
from annotations.models.placement import Placement
from annotations.models.tags import ParagraphTag, Tag, Vocabulary, VocabularyVersion

__all__ = [
    "Anchor",
    "Annotation",
    "AnnotationVersion",
    "Change",
    "Flag",
    "Mention",
    "ModerationEntry",
    "ParagraphTag",
    "Passage",
    "Placement",
    "Source",
    "Tag",
    "Visit",
    "Vocabulary",
    "VocabularyVersion",
]
