"""What people attach to essays, where it sits, what it argues and rests on, and how it changed."""

from annotations.models.annotation import Anchor, Annotation, AnnotationVersion
from annotations.models.appearance import Appearance
from annotations.models.argument import (
    Claim,
    ClaimAnchor,
    ClaimVersion,
    Concession,
    HouseRules,
    ImportedGraph,
    Inference,
    Relation,
)
from annotations.models.attention import Mention, MeToo, Presence, Visit
from annotations.models.changes import Change, FeedBook
from annotations.models.drafts import Draft
from annotations.models.evidence import LinkHealth, Passage, PassageCheck, Source
from annotations.models.exports import ExportJob
from annotations.models.moderation import Flag, ModerationEntry
from annotations.models.placement import Placement
from annotations.models.quality import QualityMark, QualityMarkAnswer
from annotations.models.tags import ParagraphTag, Tag, Vocabulary, VocabularyVersion
from annotations.models.web import WebIdentity

__all__ = [
    "Anchor",
    "Annotation",
    "AnnotationVersion",
    "Appearance",
    "Change",
    "Claim",
    "ClaimAnchor",
    "ClaimVersion",
    "Concession",
    "Draft",
    "ExportJob",
    "FeedBook",
    "Flag",
    "HouseRules",
    "ImportedGraph",
    "Inference",
    "LinkHealth",
    "MeToo",
    "Mention",
    "ModerationEntry",
    "ParagraphTag",
    "Passage",
    "PassageCheck",
    "Placement",
    "Presence",
    "QualityMark",
    "QualityMarkAnswer",
    "Relation",
    "Source",
    "Tag",
    "Visit",
    "Vocabulary",
    "VocabularyVersion",
    "WebIdentity",
]
