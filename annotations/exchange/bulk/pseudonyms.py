"""People without their names: who says what stays known within a project, and nowhere else.

Not one of the usual module names: it turns what was read into what may be shown to others. Names are
looked for wherever words are free: whole ones in any case, single parts of them as they are
written. A word that is also somebody's name is replaced as well.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from debate.core.text import render_markdown

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")
_SHORTEST_PART = 2


class Pseudonyms:
    """The pseudonyms of one project: a keyed hash of whom the reader is shown as the author."""

    def __init__(self, project: str, people: Iterable[tuple[str, tuple[str, ...]]]) -> None:
        """`people` are ids with all their names."""
        self._key = salted_hmac(
            "annotations.exchange.project", project, secret=settings.SECRET_KEY, algorithm="sha256"
        ).digest()
        names: dict[str, dict[str, str]] = {}
        parts: dict[str, str] = {}
        for id_, known in people:
            pseudonym = self.name(id_)
            for name in (id_, UUID(id_).hex, *known):
                if word := _WORD.search(name):
                    names.setdefault(word[0].casefold(), {})[name[word.start() :]] = pseudonym
            for name in known:
                if "@" not in name:
                    for part in _WORD.findall(name):
                        if len(part) >= _SHORTEST_PART and not part.isdigit():
                            parts.setdefault(part, pseudonym)
        self._parts = parts
        self._names = {
            word: [
                (_pattern(name), pseudonym)
                for name, pseudonym in sorted(some.items(), key=lambda one: -len(one[0]))
            ]
            for word, some in names.items()
        }

    def id(self, id_: str) -> str:
        """An id that stands for that one in this project (RFC 9562, 5.8)."""
        digest = hmac.new(self._key, id_.encode(), hashlib.sha256).digest()[:16]
        bits = int.from_bytes(digest, "big")
        bits = bits & ~(0xF << 76) | 0x8 << 76
        return str(UUID(int=bits & ~(0b11 << 62) | 0b10 << 62))

    def name(self, id_: str) -> str:
        """What the person is called in this project."""
        return f"P-{self.id(id_)[:8]}"

    def words(self, text: str, *, parts: bool = True) -> str:
        """The text without names; also without single parts of them, unless that is not wanted."""
        made, at = [], 0
        for word in _WORD.finditer(text):
            if word.start() < at:
                continue
            found = self._named(text, word, parts=parts)
            if found:
                end, pseudonym = found
                made += [text[at : word.start()], pseudonym]
                at = end
        return "".join([*made, text[at:]]) if made else text

    def annotation(self, wire: dict[str, Any]) -> dict[str, Any]:
        """The annotation as others may see it; the words of the essay stay as they are."""
        author = str(wire["author"]["id"])
        told = {
            **wire,
            "author": {"id": self.id(author), "name": self.name(author), "is_alias": True},
            "tags": [self.words(tag) for tag in wire["tags"]],
            "status_reason": self._all(wire["status_reason"]),
            "counterargument": self._free(wire["counterargument"], "counterclaim"),
            "concession": self._free(wire["concession"], "scope"),
            "evidence": self._evidence(wire["evidence"]),
        }
        if wire["body"] is not None:
            told["body"] = self.words(wire["body"])
            told["body_html"] = str(render_markdown(told["body"]))
        return told

    def relation(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row of relations as others may see it."""
        told: dict[str, Any] = self._free(row, "rationale", "source_text", "target_text")
        return told

    def _named(self, text: str, word: re.Match[str], *, parts: bool) -> tuple[int, str] | None:
        for pattern, pseudonym in self._names.get(word[0].casefold(), ()):
            if match := pattern.match(text, word.start()):
                return match.end(), pseudonym
        if parts and word[0] in self._parts:
            return word.end(), self._parts[word[0]]
        return None

    def _evidence(self, evidence: dict[str, Any] | None) -> dict[str, Any] | None:
        """What others have published is not taken apart: of their names only whole ones go."""
        told: dict[str, Any] | None = self._free(evidence, "warrant", "locator")
        if told:
            told |= {"quote": self.words(told["quote"], parts=False)}
            told |= {"source": self._all(told["source"], parts=False)}
        return told

    def _free(self, value: Any, *names: str) -> Any:
        return value and {**value, **{name: self._all(value[name]) for name in names}}

    def _all(self, value: Any, *, parts: bool = True) -> Any:
        if isinstance(value, str):
            return self.words(value, parts=parts)
        if isinstance(value, dict):
            return {name: self._all(one, parts=parts) for name, one in value.items()}
        if isinstance(value, list):
            return [self._all(one, parts=parts) for one in value]
        return value


def _pattern(name: str) -> re.Pattern[str]:
    """The name as a text may hold it: in any case, with any gaps, and not within a longer word."""
    return re.compile(r"\s+".join(map(re.escape, name.split())) + r"(?![^\W_])", re.IGNORECASE)
