"""What people attach to essays, where it sits, what it rests on, and how it changed."""

from annotations.models.annotation import Anchor, Annotation, AnnotationVersion
from annotations.models.changes import Change
from annotations.models.evidence import Passage, Source
from annotations.models.placement import Placement

__all__ = ["Anchor", "Annotation", "AnnotationVersion", "Change", "Passage", "Placement", "Source"]
