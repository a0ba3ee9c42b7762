"""What changes annotations: the one door for writing."""

from annotations.actions.annotations import (
    change_audience,
    create_annotation,
    create_annotations,
    edit_annotation,
    mark_answer,
    place_annotation,
    withdraw_annotation,
)
from annotations.actions.inputs import Content, Post, SourceInput, Target
from annotations.actions.moderation import (
    approve_annotation,
    approve_annotations,
    flag_annotation,
    hide_annotation,
    lock_thread,
    moderate,
    pin_thread,
    resolve_flags,
    unhide_annotation,
    unlock_thread,
    unpin_thread,
    withdraw_flag,
)
from annotations.actions.publishing import decide_placement, publish_revision
from annotations.actions.undoing import undo

__all__ = [
    "Content",
    "Post",
    "SourceInput",
    "Target",
    "approve_annotation",
    "approve_annotations",
    "change_audience",
    "create_annotation",
    "create_annotations",
    "decide_placement",
    "edit_annotation",
    "flag_annotation",
    "hide_annotation",
    "lock_thread",
    "mark_answer",
    "moderate",
    "pin_thread",
    "place_annotation",
    "publish_revision",
    "resolve_flags",
    "undo",
    "unhide_annotation",
    "unlock_thread",
    "unpin_thread",
    "withdraw_annotation",
    "withdraw_flag",
]
