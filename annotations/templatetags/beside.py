"""Paragraphs with what stands beside them, rendered once for all to whom they look the same."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast

import orjson
from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from annotations.queries.kept import Kept
from annotations.queries.paragraphs import ReadingParagraph

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.safestring import SafeString

register = template.Library()

# By a hash of all that is shown, so that none of them grows old; one takes some 3 kB.
_paragraphs = Kept(most=4_000, seconds=86_400)
_pips = Kept(most=4_000, seconds=86_400)
_SHOWN = tuple(one.name for one in fields(ReadingParagraph) if one.name != "words")


@register.simple_tag
def paragraphs_html(paragraphs: Iterable[ReadingParagraph], *, can_annotate: bool) -> SafeString:
    """The paragraphs with their notes, as `_paragraph.html` shows each."""
    around = (get_language(), get_current_timezone_name(), can_annotate)
    return format_html_join("", "{}", ((_paragraph(one, around),) for one in paragraphs))


def paragraph_html(paragraph: ReadingParagraph, *, can_annotate: bool) -> SafeString:
    """One paragraph with its notes."""
    return paragraphs_html([paragraph], can_annotate=can_annotate)


def _paragraph(paragraph: ReadingParagraph, around: tuple[str | None, str, bool]) -> SafeString:
    shown = [getattr(paragraph, name) for name in _SHOWN]
    said = orjson.dumps([around, shown, paragraph.words.key])
    key = hashlib.blake2b(said, digest_size=16).digest()
    html = _paragraphs.get(key)
    if html is None:
        html = _made("annotations/_paragraph.html", {"p": paragraph, "can_annotate": around[-1]})
        _paragraphs.keep(key, html)
    return cast("SafeString", html)


@register.simple_tag
def pips_html(paragraphs: Iterable[ReadingParagraph]) -> SafeString:
    """The numbered paragraphs' places in the rail, as `_pip.html` shows each."""
    numbered = ((pip_html(one),) for one in paragraphs if one.number)
    return format_html_join("", "{}", numbered)


def pip_html(paragraph: ReadingParagraph) -> SafeString:
    """A paragraph's place in the rail."""
    key = (paragraph.dom_id, paragraph.number, tuple(paragraph.dots), paragraph.more_dots)
    html = _pips.get(key)
    if html is None:
        html = _made("annotations/reading/_pip.html", {"p": paragraph})
        _pips.keep(key, html)
    return cast("SafeString", html)


def _made(template: str, given: dict[str, Any]) -> SafeString:
    return mark_safe(render_to_string(template, given).strip())  # noqa: S308 - a template's
