"""Where the sentences of a paragraph end: pure, for splitting an essay and for choosing words in it."""

from __future__ import annotations

import re

# A point after one of these words ends no sentence.
_ABBREVIATIONS = frozenset(
    [
        "adm",
        "al",
        "approx",
        "art",
        "ca",
        "capt",
        "cf",
        "ch",
        "col",
        "dept",
        "dr",
        "ed",
        "eds",
        "eg",
        "est",
        "etc",
        "fig",
        "gen",
        "gov",
        "hon",
        "ie",
        "inc",
        "jr",
        "lt",
        "ltd",
        "mr",
        "mrs",
        "ms",
        "mt",
        "nos",
        "op",
        "p",
        "para",
        "pp",
        "prof",
        "rep",
        "rev",
        "sec",
        "sen",
        "sr",
        "st",
        "vol",
        "vs",
    ]
)
# Begins only at the first of several stops: trying each again made 50,000 of them take seconds.
_END = re.compile(r"(?<![.!?…。！？؟۔])[.!?…。！？؟۔]+(?:[\"'”’»)]|\[[\w-]{1,40}\]|\])*(?=\s|$)")
_SPACE = re.compile(r"\s*")


def sentence_runs(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence of a paragraph, white space between them left out.

    A sentence ends at a full stop, question or exclamation mark that white space follows, unless
    the stop belongs to an initial, an abbreviation, or what follows begins in lower case.
    """
    found: list[tuple[int, int]] = []
    start = _skip_space(text, 0)
    for mark in _END.finditer(text):
        following = _skip_space(text, mark.end())
        if following < len(text) and not _ends(text, mark, following):
            continue
        found.append((start, mark.end()))
        start = following
    if start < len(text.rstrip()):
        found.append((start, len(text.rstrip())))
    return found


def _skip_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _ends(text: str, mark: re.Match[str], following: int) -> bool:
    if text[following].islower():
        return False
    if not mark.group().startswith(".") or mark.group().startswith(".."):
        return True
    word = re.search(r"[\w.]*$", text[max(0, mark.start() - 20) : mark.start()])
    before = word.group() if word else ""
    is_initial = len(before) == 1 and before.isupper()
    return not (is_initial or "." in before.strip(".") or before.lower() in _ABBREVIATIONS)
