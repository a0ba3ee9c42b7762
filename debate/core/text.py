"""Text as people give it: one form in which it is kept, and Markdown made safe to show."""

from __future__ import annotations

import functools
import re
import unicodedata

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from debate.core.errors import Invalid

# Letters and symbols that draw nothing though Unicode does not count them as spaces or controls.
_INVISIBLE = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc")
_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_INVISIBLE_CATEGORIES = {"Cc", "Cf", "Cn", "Co", "Mn", "Me", "Zl", "Zp", "Zs"}

MARKDOWN_TAGS = {
    "a", "blockquote", "br", "code", "em", "li", "ol", "p", "pre", "strong", "ul",
}  # fmt: skip


def is_blank(text: str) -> bool:
    """Whether nothing in the text leaves a mark on paper: spaces, controls, invisible letters."""
    return all(
        char in _INVISIBLE or unicodedata.category(char) in _INVISIBLE_CATEGORIES for char in text
    )


def refuse_unstorable(text: str, *, field: str) -> None:
    """Raise Invalid when the text holds NUL or half a surrogate pair, which no UTF-8 text can."""
    if "\x00" in text:
        raise Invalid("The text holds a NUL character, which cannot be kept.", field=field)
    if _SURROGATE.search(text):
        raise Invalid(
            "The text holds half of a surrogate pair, which is no character.", field=field
        )


def clean(
    text: str, *, field: str, limit: int, required: bool = True, one_line: bool = False
) -> str:
    """The text in the form that is kept: NFC, line ends as LF, outer white space removed.

    `limit` counts code points after that. With `one_line`, every run of white space becomes one
    space. Raises Invalid that names `field` when the text cannot be stored, is longer than
    `limit`, or looks blank though `required`.
    """
    refuse_unstorable(text, field=field)
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if one_line:
        text = " ".join(text.split())
    if required and is_blank(text):
        raise Invalid("Please write something here.", field=field, code="blank")
    if len(text) > limit:
        raise Invalid(
            f"This is {len(text):,} characters long; at most {limit:,} are taken.",
            field=field,
            code="too_long",
        )
    return "" if is_blank(text) else text


def clean_name(text: str, *, field: str, limit: int = 200, required: bool = True) -> str:
    """One line that names something: as `clean`, and without controls that turn text around."""
    text = clean(text, field=field, limit=limit, required=required, one_line=True)
    if any(char in _BIDI_CONTROLS for char in text):
        raise Invalid(
            "Names may not hold characters that change the direction of text.", field=field
        )
    return text


def plain_cell(text: str) -> str:
    """The text as a cell of a CSV file that no spreadsheet takes for a formula (OWASP)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


@functools.cache
def _markdown() -> MarkdownIt:
    # Reference definitions let 20 kB of input become megabytes; nobody needs them in a note.
    return MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).disable(
        ["image", "heading", "lheading", "hr", "reference", "html_block", "html_inline"]
    )


# Lines that mean themselves: they begin with a letter, which begins no list or quotation, and hold
# nothing that Markdown or HTML reads otherwise.
_LINE = r"""[^\W\d_](?:[^\W_]|[ ,.;:!?'"()/%+=–—“”‘’…-])*(?<! )"""
_PLAIN = re.compile(rf"{_LINE}(?:\n+{_LINE})*")


def render_markdown(text: str) -> SafeString:
    """The note's Markdown (CommonMark without HTML, images, headings or rules) as safe HTML."""
    if _PLAIN.fullmatch(text):
        # As most notes are, for which the whole way takes fifty times as long.
        paragraphs = re.sub(r"\n\n+", "</p>\n<p>", text)
        return mark_safe(f"<p>{paragraphs}</p>")  # noqa: S308 - it has nothing of HTML
    html = nh3.clean(
        _markdown().render(text),
        tags=MARKDOWN_TAGS,
        attributes={"a": {"href"}, "*": set()},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow ugc",
    )
    return mark_safe(html.strip())  # noqa: S308 - nh3 has just cleaned it
