"""Titles in headline style, as the MLA Handbook (2.90) and the Chicago Manual (8.160) set them."""

from __future__ import annotations

import re

# Both manuals set these in lower case between the first word and the last.
_SHORT = {
    "a", "an", "the", "and", "but", "for", "nor", "or", "as", "at", "by", "from", "in", "into", "of",
    "off", "on", "onto", "per", "to", "upon", "v.", "v", "via", "vs", "vs.", "with", "de", "la", "van",
    "von", "ex", "et", "al.",
}  # fmt: skip
# MLA sets prepositions of any length in lower case; Chicago (18th edition) those of up to four letters.
_LONG = {
    "about", "above", "across", "after", "against", "along", "among", "around", "before", "behind",
    "below", "beneath", "beside", "between", "beyond", "despite", "during", "inside", "outside",
    "since", "through", "throughout", "toward", "towards", "under", "underneath", "until", "within",
    "without",
}  # fmt: skip
# Chicago 8.161 (3): what follows such a beginning keeps its case ("Non-nuclear Deterrence").
_PREFIXES = {"anti", "co", "de", "inter", "intra", "multi", "non", "post", "pre", "pro", "re", "semi", "sub", "un"}  # fmt: skip

_WORD = re.compile(r"\S+")
_ENDS_A_SENTENCE = (":", "?", "!", ".", "—")


def headline(title: str, *, long_prepositions: bool) -> str:
    """The title with its words capitalized, those with a capital of their own left as they are.

    With `long_prepositions`, those of five letters and more are capitalized too (Chicago), else
    not (MLA), and words joined to a prefix keep their case. First and last words, and those
    after a colon or the end of a sentence, are always capitalized.
    """
    words = list(_WORD.finditer(title))
    small = _SHORT if long_prepositions else _SHORT | _LONG
    pieces, end = [], 0
    for at, word in enumerate(words):
        before = words[at - 1].group() if at else ":"
        is_edge = at == len(words) - 1 or _begins_anew(before)
        pieces += [title[end : word.start()], _set(word.group(), small, is_edge, long_prepositions)]
        end = word.end()
    return "".join(pieces) + title[end:]


def _begins_anew(before: str) -> bool:
    return before.rstrip("”’\"')]").endswith(_ENDS_A_SENTENCE) and not _is_abbreviation(before)


def _is_abbreviation(word: str) -> bool:
    """Whether the stop belongs to the word: v., vs., U.S., J."""
    bare = word.strip("“”‘’\"'()[]")
    return bare.lower() in {"v.", "vs.", "al.", "no.", "vol.", "st."} or bool(
        re.fullmatch(r"(?:[A-Za-z]\.)+", bare)
    )


def _set(word: str, small: set[str], is_edge: bool, after_prefixes: bool) -> str:
    bare = word.strip("“”‘’\"'()[],;:?!").lower()
    if bare in small and not is_edge:
        return word if word != word.lower() and not word.istitle() else word.lower()
    parts = word.split("-")
    for at, part in enumerate(parts):
        inner = 0 < at < len(parts) - 1 or (at and not is_edge and at < len(parts) - 1)
        keeps = at and after_prefixes and parts[at - 1].lower() in _PREFIXES
        if not keeps and not (inner and part.lower() in small) and part == part.lower():
            parts[at] = _capitalized(part)
    return "-".join(parts)


def _capitalized(part: str) -> str:
    """With its first letter as a capital, whatever quote or bracket stands before it."""
    at = next((at for at, char in enumerate(part) if char.isalnum()), None)
    return part if at is None else part[:at] + part[at].upper() + part[at + 1 :]
