"""What is wrong with a file: where, and how to mend it."""

from __future__ import annotations


class Unreadable(Exception):
    """The file is no rubric: `place` says where it goes wrong ("line 3, column points")."""

    def __init__(self, place: str, sentence: str) -> None:
        super().__init__(f"{place}: {sentence}" if place else sentence)
        self.place = place
        self.sentence = sentence
