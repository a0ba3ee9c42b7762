"""Whatever comes from outside: nothing breaks, and what is kept has its bounds."""

import json
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.links.addresses import target_of
from annotations.links.drafts import checked, line
from annotations.links.fetching import Answer
from annotations.links.pages import read
from annotations.links.verdicts import NotOpened

TEXT = st.text(alphabet=st.characters(), max_size=60)
URLISH = st.lists(
    st.sampled_from(
        [
            "http", "https", "://", ":", "/", "//", "@", "[", "]", "::1", "127.0.0.1", "example.org",
            "%", "%2e", ".", "。", "\\", "?", "#", "0x7f", "：", "８", "ü", "xn--", "\ud800", "80", " ",
        ]
    ),
    max_size=12,
).map("".join)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)
MEMBERS = st.sampled_from(
    ["type", "title", "author", "editor", "issued", "DOI", "URL", "volume", "publisher", "note"]
)
MARKUP = st.lists(
    st.sampled_from(
        [
            "<title>", "</title>", "<meta name=citation_title content=", "<meta property=og:title ",
            "<script type=application/ld+json>", "</script>", '{"@type":"Book","name":', '"', "}",
            "<!--", "-->", "<svg>", "<html lang=", "&amp;", "&#0;", "<p>", "x", "\x00", "\u202e", "'",
        ]
    ),
    max_size=20,
).map("".join)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(URLISH | TEXT)
def test_target_of_anything_is_refused_or_stays_what_it_is(url):
    try:
        target = target_of(url)
    except NotOpened:
        return
    assert target_of(target.url) == target
    assert target.url.isascii()
    assert target.port in {80, 443}
    assert "@" not in target.authority


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(MEMBERS, JSON, max_size=6))
def test_checked_anything_is_small_and_stays_what_it_is(item):
    csl = checked(item)

    assert checked(csl) == csl
    assert len(json.dumps(csl)) < 100_000
    json.dumps(csl, ensure_ascii=False).encode()


@settings(max_examples=200, deadline=None)
@given(TEXT, st.integers(min_value=1, max_value=40))
def test_line_of_anything_is_one_line_within_its_limit(text, limit):
    found = line(text, limit)

    assert len(found) <= limit
    assert found.split() == found.split(" ") or found == ""
    assert not {unicodedata.category(char) for char in found} & {"Cc", "Cs"}


@settings(max_examples=200, deadline=None)
@given(MARKUP | TEXT, st.sampled_from(["text/html", "text/plain", "application/json"]))
def test_page_of_anything_is_read(markup, media_type):
    body = markup.encode("utf-8", "surrogatepass")

    page = read(Answer(200, "https://example.org/", True, media_type, "", body))

    assert len(page.title) <= 300
    assert page.csl == checked(page.csl)
