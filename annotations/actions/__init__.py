"""What changes annotations: the one door for writing."""

from annotations.actions.annotations import (
    create_annotation,
    edit_annotation,
    mark_answer,
    withdraw_annotation,
)
from annotations.actions.inputs import Content, SourceInput, Target

__all__ = [
    "Content",
    "SourceInput",
    "Target",
    "create_annotation",
    "edit_annotation",
    "mark_answer",
    "withdraw_annotation",
]
