"""The few reads that span models: the reading page, a paragraph's margin, a thread.

Each takes a fixed number of queries, whatever the number of annotations. The dataclasses are what
the templates show; nothing in a template touches the database.
"""

from annotations.queries.cards import (
    Card,
    Initials,
    KindCount,
    Reader,
    SourceLine,
    card,
    card_of,
    cards_for,
    initials,
    kind_counts,
)
from annotations.queries.margin import Margin, margin
from annotations.queries.paragraphs import (
    AnchoredRow,
    ReadingParagraph,
    Run,
    RunEnd,
    annotate_url,
    dom_id,
    marked_runs,
    more_url,
)
from annotations.queries.reading import (
    Affected,
    EarlierRevision,
    ReadingFilters,
    ReadingPage,
    TaskLine,
    anchored_rows,
    reading_page,
)
from annotations.queries.thread import (
    LostWords,
    Reply,
    Thread,
    ThreadParagraph,
    Withdrawn,
    in_ellipses,
    lost_words,
    thread,
)

__all__ = [
    "Affected",
    "AnchoredRow",
    "Card",
    "EarlierRevision",
    "Initials",
    "KindCount",
    "LostWords",
    "Margin",
    "Reader",
    "ReadingFilters",
    "ReadingPage",
    "ReadingParagraph",
    "Reply",
    "Run",
    "RunEnd",
    "SourceLine",
    "TaskLine",
    "Thread",
    "ThreadParagraph",
    "Withdrawn",
    "anchored_rows",
    "annotate_url",
    "card",
    "card_of",
    "cards_for",
    "dom_id",
    "in_ellipses",
    "initials",
    "kind_counts",
    "lost_words",
    "margin",
    "marked_runs",
    "more_url",
    "reading_page",
    "thread",
]
