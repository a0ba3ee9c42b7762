"""Templates: nothing inline, nothing unescaped, one h1 a page, and each piece says what it accepts."""

import re

import pytest
from django.conf import settings
from lxml import html

from tests.site.conftest import HTML_PAGES

FOLDER = settings.BASE_DIR / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))
PIECES = [one for one in TEMPLATES if one.name.startswith("_") or one.parent.name == "components"]
OTHERS = [
    "/no-such-page/", "/essays/?q=%00", "/accounts/login/", "/accounts/signup/",
    "/accounts/password/reset/", "/accounts/password/reset/done/",
]  # fmt: skip

# What no template may hold, and why.
FORBIDDEN = {
    "a style on an element": r"<[^>{%]*\sstyle\s*=",
    "a style sheet of its own": r"<style\b",
    "a handler on an element": r"<[^>{%]*\son[a-z]+\s*=",
    "a script of its own": r"<script(?![^>]*\ssrc=)",
    "text that is not escaped": r"\|\s*safe\b|\bautoescape\s+off\b|\bsafeseq\b",
    "an address that runs": r"javascript:",
}
# A label tells who has been answered, never who is right; what tags and comments hold is not shown,
# but for the words that are given to translators.
ARGUING = [one for one in TEMPLATES if one.parent.name in {"annotations", "exchange"}]
_TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", re.DOTALL)
_TRANSLATED = re.compile(r"\{% translate (?:\"([^\"]*)\"|'([^']*)')[^%]*%\}")
_VERDICTS = re.compile(
    r"\b(?:true|false|winners?|wins?|won|losers?|defeat\w*|refut\w*|prove[nsd]?|disprov\w*)\b",
    re.IGNORECASE,
)


def name_of(template):
    return str(template.relative_to(FOLDER))


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_template_holds_nothing_inline_and_nothing_unescaped(template):
    text = template.read_text(encoding="utf-8")

    assert [
        what for what, found in FORBIDDEN.items() if re.search(found, text, re.IGNORECASE)
    ] == []


@pytest.mark.parametrize("template", ARGUING, ids=name_of)
def test_template_of_the_argument_gives_no_verdict(template):
    shown = _TRANSLATED.sub(r"\1\2", template.read_text(encoding="utf-8"))
    text = _TAGS.sub(" ", shown)

    assert _VERDICTS.findall(text) == []


@pytest.mark.parametrize("piece", PIECES, ids=name_of)
def test_piece_of_a_page_begins_with_what_it_accepts(piece):
    text = piece.read_text(encoding="utf-8")

    comment = re.match(r"\{#(.+?)#\}|\{% comment %\}(.+?)\{% endcomment %\}", text, re.DOTALL)

    assert comment, "no comment at its beginning"
    assert re.search(r"\b(Accepts|Needs) ", comment[0])


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_template_includes_pieces_and_no_pages(template):
    included = re.findall(r"\{%\s*include\s+\"([^\"]+)\"", template.read_text(encoding="utf-8"))

    pages = [one for one in included if "/_" not in one and not one.startswith("components/")]
    missing = [one for one in included if not (FOLDER / one).exists()]

    assert (pages, missing) == ([], [])


def inline_parts(tree):
    """What of the page a strict policy would refuse."""
    scripts = [one for one in tree.iter("script") if not one.get("src")]
    styled = [one for one in tree.iter() if any(re.match("style$|on", at) for at in one.attrib)]
    return [html.tostring(one) for one in [*scripts, *styled, *tree.iter("style")]]


@pytest.mark.parametrize("name", HTML_PAGES)
def test_page_has_one_h1_and_nothing_inline(name, shown):
    tree = shown(name)

    assert len(tree.findall(".//h1")) == 1
    assert inline_parts(tree) == []


@pytest.mark.parametrize("name", HTML_PAGES)
def test_page_leaves_no_field_of_several_lines_unasked(name, shown):
    """Its form asks (js/pages/leaving.js), or the words are kept as they are typed."""
    asking = "ancestor::form[@data-leaving or @data-draft]"
    kept = "ancestor::*[@data-marking or @data-feedback]"

    fields = shown(name).xpath("//textarea")

    assert [one.get("name") for one in fields if not one.xpath(f"{asking} | {kept}")] == []


@pytest.mark.parametrize("address", OTHERS)
def test_page_that_is_no_view_of_ours_has_one_h1_and_nothing_inline(address, db, client):
    tree = html.document_fromstring(client.get(address).content)

    assert len(tree.findall(".//h1")) == 1
    assert inline_parts(tree) == []
