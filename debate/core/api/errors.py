"""What a parser refuses; apart from the handler, because DRF loads its parsers while it is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework import exceptions

if TYPE_CHECKING:
    from collections.abc import Iterable


class BadMember(exceptions.ValidationError):
    """One place of the body, as the path of its member names and indexes, that cannot be taken."""

    def __init__(self, path: Iterable[str | int], sentence: str) -> None:
        super().__init__(sentence)
        self.path = tuple(path)
