"""Re-anchoring: where paragraphs and anchors of one revision stand in the next. Pure Python, no Django.

`paragraph_keys` gives the paragraphs of a new revision their keys, `Alignment` lays two revisions side by
side token by token, and `Carrier` (or `reanchor`, for many) takes anchors across. Each module names its
algorithm, its work and the source of each step.
"""

from annotations.reanchoring.alignment import Alignment
from annotations.reanchoring.paragraphs import paragraph_keys
from annotations.reanchoring.places import Anchor, Carrier, Origin, Outcome, Place, reanchor
from annotations.reanchoring.words import Text

__all__ = [
    "Alignment",
    "Anchor",
    "Carrier",
    "Origin",
    "Outcome",
    "Place",
    "Text",
    "paragraph_keys",
    "reanchor",
]
