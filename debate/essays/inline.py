"""Inline markup: the few tags kept beside a paragraph's plain text.

A paragraph is stored twice: as plain text, into which annotations point by code points, and as inline HTML
with emphasis, links and note references. This module is the only maker of that HTML, so three promises hold
everywhere:

- `plain(sanitise(x))` is NFC, a single line, without leading, trailing or doubled white space;
- `sanitise` is idempotent, and its output holds no tag but ``em strong a sup sub code``, properly nested, an
  ``a`` only with an http, https or mailto address or a ``#note-…`` reference;
- the fragments of `split_at` are balanced, and their plain texts joined are the plain text of the whole.

The one rule for white space: a run of it, no-break spaces and line breaks (``<br>`` too) included, is one
space. Control characters, unpaired surrogates, soft hyphens, zero-width spaces, word joiners and byte order
marks are removed. Joiners and direction marks, which scripts need, stay. There is no ``br`` in the result: a
browser counts it as no character, so offsets would differ between the page and the server.

Whatever merely looks like a tag (``<T>``, ``a<b c``, ``<script>``) is text and stays visible.
"""

import html as entities
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

import nh3

TAGS: Final = frozenset({"em", "strong", "a", "sup", "sub", "code"})
LINK_REL: Final = "noopener nofollow ugc"
URL_LENGTH: Final = 2_000

Run = tuple[tuple[str, ...], str]
"""Opening tags from the outermost in, and the text that stands inside them."""

# Only the names we know, and no `<` or `>` inside: every search ends at the next bracket, so time is linear.
_TAG = re.compile(r"<(/?)(em|strong|sup|sub|code|br|a|b|i)((?:[\s/][^<>]*)?)>", re.IGNORECASE)
_HREF = re.compile(r"""\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_SAFE_HREF = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f]+|#note-[\w-]{1,40}", re.IGNORECASE)
_NAME = re.compile(r"</?([a-z]+)")
_WHITE = re.compile(r"\s+")
_SYNONYMS: Final = {"b": "strong", "i": "em"}
_REMOVED: Final = dict.fromkeys(
    [
        *(code for code in range(0x20) if code not in range(0x09, 0x0E)),
        *(code for code in range(0x7F, 0xA0) if code != 0x85),  # noqa: PLR2004 - U+0085 is a line break
        *range(0xD800, 0xE000),
        0x00AD,
        0x200B,
        0x2060,
        0xFEFF,
    ],
)
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f")
_HANGUL_VOWELS_AND_TAILS: Final = range(0x1160, 0x1200)


def sanitise(html: str) -> str:
    """The markup of `html` that we keep, in its one canonical form.

    ``b`` and ``i`` become ``strong`` and ``em``; a link elsewhere than http, https, mailto or ``#note-…`` is
    dropped and its words are kept. Never raises.
    """
    cleaned = nh3.clean(
        _well_formed(html.translate(_REMOVED)),
        tags=set(TAGS),
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    return _emit(_normalised(_parse(cleaned)))


def plain(html: str) -> str:
    """The text of `html`, which `sanitise` returned, without its tags."""
    return unicodedata.normalize("NFC", entities.unescape(_TAG.sub("", html)))


def from_plain(text: str) -> str:
    """Inline HTML of `text`, in which nothing is markup; white space follows the one rule."""
    return _emit(_normalised([((), text.translate(_REMOVED))]))


def split_at(html: str, offsets: Iterable[int]) -> list[str]:
    """Balanced pieces of `html`, which `sanitise` returned, cut at `offsets` of its plain text.

    Offsets may come in any order and repeat; 0 and the length cut nothing off, so no piece is empty unless
    the whole is. Raises ValueError for an offset outside the text. Linear in the length of `html`.
    """
    runs = _parse(html)
    length = sum(len(text) for _, text in runs)
    cuts = sorted({*offsets, length})
    if cuts[0] < 0 or cuts[-1] > length:
        raise ValueError(f"An offset lies outside the text of {length} characters.")
    return [_emit(piece) for piece in _pieces(runs, [cut for cut in cuts if cut or not length])]


def slice_html(html: str, start: int, end: int) -> str:
    """The balanced part of `html` from `start` to `end` of its plain text, nothing trimmed.

    Raises ValueError unless ``0 <= start <= end <= len(plain(html))``.
    """
    if start > end:
        raise ValueError("A slice ends before it starts.")
    if start == end:
        split_at(html, [start])
        return ""
    return split_at(html, [start, end])[1 if start else 0]


def join(a: str, b: str, separator: str = " ") -> str:
    """`a` and `b` as one piece of inline HTML, in canonical form; `separator` is plain text."""
    return sanitise(a + entities.escape(separator, quote=False) + b)


def replace_text(html: str, start: int, end: int, text: str) -> str:
    """`html` with plain `text` in place of what stands from `start` to `end` of its plain text.

    The new words take the markup of the first character they replace, or of the one before when they replace
    none. Raises ValueError for an impossible span.
    """
    before, after = slice_html(html, 0, start), slice_html(html, end, len(plain(html)))
    inherited = _parse(slice_html(html, start, end)) or _parse(before)[-1:]
    marks = inherited[0][0] if inherited else ()
    return _emit(_normalised([*_parse(before), (marks, text.translate(_REMOVED)), *_parse(after)]))


def is_kept_address(address: str) -> bool:
    """Whether a link to `address` stays a link: http, https, mailto or ``#note-…``, of a sensible length."""
    return len(address) <= URL_LENGTH and _SAFE_HREF.fullmatch(address) is not None


def is_blank(text: str) -> bool:
    """Whether plain `text` shows nothing: only white space, controls and invisible characters."""
    return all(
        character.isspace()
        or character in _BLANK_LETTERS
        or unicodedata.category(character) in {"Cc", "Cf", "Cn", "Cs"}
        or unicodedata.name(character, "").startswith("VARIATION SELECTOR")
        for character in text
    )


def _well_formed(html: str) -> str:
    """The known tags rewritten without attributes but `href`; everything else escaped as text."""
    parts: list[str] = []
    position = 0
    for tag in _TAG.finditer(html):
        parts.append(_escape(entities.unescape(html[position : tag.start()])))
        parts.append(_rewritten(tag))
        position = tag.end()
    parts.append(_escape(entities.unescape(html[position:])))
    return "".join(parts)


def _rewritten(tag: re.Match[str]) -> str:
    name = _SYNONYMS.get(tag[2].lower(), tag[2].lower())
    if name == "br":
        return " "
    if tag[1] or name != "a":
        return f"<{tag[1]}{name}>"
    href = _HREF.search(tag[3])
    address = entities.unescape(next(filter(None, href.groups()), "")) if href else ""
    return f'<a href="{entities.escape(address.translate(_REMOVED).strip())}">'


def _escape(text: str) -> str:
    # Entities may have brought in what was removed from the source.
    return entities.escape(text.translate(_REMOVED), quote=False)


def _parse(html: str) -> list[Run]:
    """Runs of text with the tags around them; a tag inside its own kind and a dead link count for nothing."""
    runs: list[Run] = []
    stack: list[tuple[str, str]] = []
    position = 0
    for tag in _TAG.finditer(html):
        _append(runs, stack, html[position : tag.start()])
        position = tag.end()
        if tag[1]:
            _close(stack, tag[2])
        else:
            stack.append((tag[2], _opening(stack, tag)))
    _append(runs, stack, html[position:])
    return runs


def _append(runs: list[Run], stack: list[tuple[str, str]], source: str) -> None:
    if source:
        marks = tuple(opening for _, opening in stack if opening)
        runs.append((marks, entities.unescape(source)))


def _close(stack: list[tuple[str, str]], name: str) -> None:
    for index in range(len(stack) - 1, -1, -1):
        if stack[index][0] == name:
            del stack[index:]
            return


def _opening(stack: list[tuple[str, str]], tag: re.Match[str]) -> str:
    name = tag[2]
    if any(opening for open_name, opening in stack if open_name == name):
        return ""
    if name != "a":
        return f"<{name}>"
    href = _HREF.search(tag[3])
    address = entities.unescape(href[1] or "") if href else ""
    if not is_kept_address(address):
        return ""
    if address.startswith("#"):
        return f'<a href="{address}">'
    return f'<a href="{entities.escape(address)}" rel="{LINK_REL}">'


def _normalised(runs: list[Run]) -> list[Run]:
    """The one rule for white space, then NFC, over the borders between runs too."""
    spaced: list[Run] = []
    after_space = True
    for marks, text in runs:
        collapsed = _WHITE.sub(" ", text)
        if after_space:
            collapsed = collapsed.removeprefix(" ")
        if collapsed:
            after_space = collapsed.endswith(" ")
            spaced.append((marks, collapsed))
    if spaced and after_space:
        marks, text = spaced.pop()
        if text != " ":
            spaced.append((marks, text[:-1]))
    return [(marks, unicodedata.normalize("NFC", text)) for marks, text in _on_safe_borders(spaced)]


def _on_safe_borders(runs: list[Run]) -> list[Run]:
    """Runs none of which but the first starts with a character that could compose with the one before.

    NFC of the whole is then the same as NFC of each, so a tag can never stand inside a composed letter.
    """
    result: list[Run] = []
    for marks, text in runs:
        cut = 0
        while result and cut < len(text) and _may_compose(text[cut]):
            cut += 1
        if cut:
            result[-1] = (result[-1][0], result[-1][1] + text[:cut])
        if text[cut:]:
            result.append((marks, text[cut:]))
    return result


def _may_compose(character: str) -> bool:
    return (
        unicodedata.category(character).startswith("M")
        or ord(character) in _HANGUL_VOWELS_AND_TAILS
    )


def _pieces(runs: list[Run], ends: list[int]) -> list[list[Run]]:
    """`runs` cut at the ascending `ends`, the last of which is the length of the text."""
    pieces: list[list[Run]] = [[] for _ in ends]
    index = position = 0
    for marks, whole in runs:
        text = whole
        while position + len(text) > ends[index]:
            head = ends[index] - position
            pieces[index].append((marks, text[:head]))
            position, text, index = ends[index], text[head:], index + 1
        pieces[index].append((marks, text))
        position += len(text)
        if position == ends[index] and index + 1 < len(ends):
            index += 1
    return pieces


def _emit(runs: list[Run]) -> str:
    parts: list[str] = []
    current: tuple[str, ...] = ()
    for marks, text in runs:
        parts.append(_transition(current, marks))
        parts.append(entities.escape(text, quote=False))
        current = marks
    parts.append(_transition(current, ()))
    return "".join(parts)


def _transition(current: tuple[str, ...], following: tuple[str, ...]) -> str:
    shared = 0
    while shared < min(len(current), len(following)) and current[shared] == following[shared]:
        shared += 1
    closings = [f"</{_name(opening)}>" for opening in reversed(current[shared:])]
    return "".join([*closings, *following[shared:]])


def _name(tag: str) -> str:
    match = _NAME.match(tag)
    return match[1] if match else ""
