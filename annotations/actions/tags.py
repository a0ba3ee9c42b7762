"""Tags given to annotations; the vocabulary they come from, and the tags of paragraphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotations.models import Tag, Vocabulary
from debate.core.errors import Invalid
from debate.core.text import clean_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from debate.seminars.models import Seminar

MOST_TAGS = 10


def take_tags(seminar: Seminar, given: Iterable[str]) -> list[str]:
    """The tags as an annotation keeps them: of the vocabulary the key, whatever of it was given.

    Other words are kept as they are, unless the vocabulary is closed. Raises Invalid on `tags`.
    """
    names: dict[str, str] = {}
    for tag in given:
        name = clean_name(tag, field="tags", limit=50)
        names.setdefault(name.casefold(), name)
    if not names:
        return []
    vocabulary = Vocabulary.objects.filter(seminar=seminar).first()
    known: dict[str, str] = {}
    for key, label in (
        Tag.objects.in_use().filter(vocabulary=vocabulary).values_list("key", "label")
    ):
        known[label.casefold()] = key
        known[key.casefold()] = key
    if (
        vocabulary
        and vocabulary.is_closed
        and (other := [n for f, n in names.items() if f not in known])
    ):
        raise Invalid(
            f"“{other[0]}” is not in this seminar’s vocabulary. Choose one of its tags.",
            field="tags",
        )
    tags = list(dict.fromkeys(known.get(folded, name) for folded, name in names.items()))
    if len(tags) > MOST_TAGS:
        raise Invalid(f"At most {MOST_TAGS} tags are taken.", field="tags")
    return tags
