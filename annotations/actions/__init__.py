"""What changes annotations: the one door for writing."""

from annotations.actions.annotations import (
    change_audience,
    create_annotation,
    edit_annotation,
    mark_answer,
    place_annotation,
    withdraw_annotation,
)
from annotations.actions.inputs import Content, SourceInput, Target
from annotations.actions.publishing import decide_placement, publish_revision

__all__ = [
    "Content",
    "SourceInput",
    "Target",
    "change_audience",
    "create_annotation",
    "decide_placement",
    "edit_annotation",
    "mark_answer",
    "place_annotation",
    "publish_revision",
    "withdraw_annotation",
]
