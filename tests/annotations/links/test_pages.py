import hashlib
import json

import pytest

from annotations.links.fetching import Answer
from annotations.links.pages import Page, decoded, read


def said(body, media_type="text/html", charset=""):
    body = body.encode() if isinstance(body, str) else body
    return read(Answer(200, "https://example.org/a", False, media_type, charset, body))


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def test_page_of_plain_words_is_title_digest_and_draft():
    page = said("<html lang=en><title> Who pays\n for water? </title><body><p>A  b.</p><p>c</p>")

    assert page == Page(
        title="Who pays for water?",
        digest=digest("Who pays for water? A b. c"),
        csl={
            "type": "webpage",
            "title": "Who pays for water?",
            "URL": "https://example.org/a",
            "language": "en",
        },
    )


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ('<meta property="og:title" content="Shared"><title>Own | Site</title>', "Shared"),
        ('<meta name="Citation_Title" content="Cited"><title>Own</title>', "Cited"),
        ('<meta name="citation_title" content=" "><title>Own</title>', "Own"),
        ("<title>One</title><title>Two</title>", "One"),
        ("<title>A &amp; B &lt;i&gt;</title>", "A & B <i>"),
        ("<title>\u202eTurned\u202c \x07bell\x9f</title>", "Turned bell"),
        ("<title>Cafe\u0301</title>", "Café"),
        (f"<title>{'a' * 301}</title>", "a" * 299 + "…"),
        (f"<title>{'b ' * 200_000}</title>", ("b " * 149 + "b") + "…"),
        ("<title></title>", ""),
        ("<p>No title", ""),
    ],
)  # fmt: skip
def test_title_of_page_is_one_line_of_plain_text(head, title):
    assert said(head).title == title


def test_title_with_a_script_is_its_letters():
    page = said("<title><script>alert(1)</script></title><script>document.title = 'x'</script>")

    assert page.title == "<script>alert(1)</script>"
    assert page.csl["title"] == "alert(1)"


def test_digest_of_page_leaves_scripts_and_styles_out():
    once = said("<p>Words.</p><script>now = 1</script><style>p { top: 1px }</style><!-- one -->")
    twice = said("<p>Words.</p>\n<script>now = 2</script><noscript>On!</noscript><!-- two -->")

    assert once.digest == twice.digest == digest("Words.")


def test_page_whose_charset_lies_keeps_its_letters():
    page = "<meta charset=utf-16><title>Größe</title>".encode("cp1252")

    assert said(page, "text/html", "utf-8").title == "Größe"


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("Größe".encode(), "utf-8", "Größe"),
        ("Größe".encode(), "", "Größe"),
        ("Größe".encode("cp1252"), "iso-8859-1", "Größe"),
        ("“Größe”".encode("cp1252"), "latin1", "“Größe”"),
        ("Größe".encode("cp1252"), "utf-8", "Größe"),
        ("Größe".encode(), "us-ascii", "Größe"),
        ("вода".encode("cp1251"), "windows-1251", "вода"),
        ("水".encode("shift_jis"), "Shift_JIS", "水"),
        ("Größe".encode("utf-16"), "utf-16", "Größe"),
        (b"\xef\xbb\xbfA", "utf-8", "A"),
        (b'<meta charset="koi8-r">' + "вода".encode("koi8-r"), "", '<meta charset="koi8-r">вода'),
        (b'<meta charset="utf-16">A', "", '<meta charset="utf-16">A'),
        (b"cut within a letter \xc3", "utf-8", "cut within a letter "),
        (b"neither \xff nor \x81", "utf-8", "neither ÿ nor \ufffd"),
        (b"Words.", "rot13", "Words."),
        (b"Words.", "zlib", "Words."),
        (b"Words.", "idna", "Words."),
        (b"Words.", "unicode_escape", "Words."),
        (b"Words.", "no-such-thing", "Words."),
        (b"Words.", "a\x00b", "Words."),
        (b"Words.", "ü", "Words."),
    ],
)
def test_decoded_believes_a_charset_that_the_bytes_bear_out(body, charset, text):
    assert decoded(body, charset) == text


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 100_000 + "deep",
        "<" * 400_000,
        "<title>" + "<![CDATA[" * 10_000,
        "<!DOCTYPE x [<!ENTITY a 'b'><!ENTITY c '&a;&a;'>]><title>&c;</title>",
        "<meta " + 'name="a" ' * 50_000 + ">",
        '<script type="application/ld+json">' + "[" * 200_000,
        '<script type="application/ld+json">{"@type": "Article", "headline": 7e999}</script>',
        "\x00" * 1_000,
        "]]>" * 1_000,
        "<?xml version='1.0' encoding='utf-32'?><title>x</title>",
    ],
)
def test_page_made_to_hurt_is_read_or_passed_over(body):
    assert len(said(body).digest) in {0, 64}


@pytest.mark.parametrize("body", ["", " ", "<!-- nothing -->", "<!DOCTYPE html>"])
def test_page_of_nothing_says_nothing(body):
    assert said(body) == Page()


def test_page_never_reads_a_file():
    page = said("<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><title>&a;</title>")

    assert "root" not in page.title


def test_plain_text_has_a_digest_and_no_title():
    assert said("Just\n words.", "text/plain") == Page(digest=digest("Just words."))


def test_data_of_a_doi_are_an_item_whose_digest_does_not_count_readers():
    item = {"type": "journal-article", "title": "Water <i>prices</i>", "DOI": "10.1/X"}
    media_type = "application/vnd.citationstyles.csl+json"
    once = said(json.dumps(item | {"is-referenced-by-count": 1}), media_type)
    twice = said(json.dumps(item | {"is-referenced-by-count": 2}), media_type)

    assert once == twice
    assert once.title == "Water prices"
    assert once.csl == {"type": "article-journal", "title": "Water prices"}
    assert len(once.digest) == 64


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"title": {}}', "[" * 100_000, '"x"', '{"a'])
def test_data_that_name_no_work_say_nothing(body):
    assert said(body, "application/json") == Page()
