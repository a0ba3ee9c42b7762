import hashlib

import pytest

from annotations.links.child import seen, verdict_on
from annotations.links.fetching import Answer
from annotations.links.verdicts import WORDS, Verdict
from tests.sites import page, redirect, way_to


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, Verdict.ALIVE),
        (204, Verdict.ALIVE),
        (206, Verdict.ALIVE),
        (304, Verdict.MALFORMED),
        (300, Verdict.MALFORMED),
        (400, Verdict.CLOSED),
        (401, Verdict.CLOSED),
        (403, Verdict.CLOSED),
        (404, Verdict.MISSING),
        (406, Verdict.CLOSED),
        (410, Verdict.MISSING),
        (429, Verdict.CLOSED),
        (451, Verdict.CLOSED),
        (500, Verdict.TROUBLE),
        (503, Verdict.TROUBLE),
        (999, Verdict.MALFORMED),
    ],
)
def test_verdict_follows_the_status(status, expected):
    url = "https://example.org/"

    assert verdict_on(url, Answer(status, url, moved_for_good=True)) == expected


@pytest.mark.parametrize(
    ("url", "final", "for_good", "expected"),
    [
        ("http://example.org/a", "https://www.example.org/a/", True, Verdict.ALIVE),
        ("http://example.org/a", "https://example.org/b", True, Verdict.MOVED),
        ("http://example.org/a", "https://example.org/b", False, Verdict.ALIVE),
        ("http://example.org/a?b", "https://example.org/a?c", True, Verdict.MOVED),
        ("http://example.org/a#b", "https://example.org/a", True, Verdict.ALIVE),
        ("http://example.org/a", "https://example.com/a", True, Verdict.MOVED),
        ("https://doi.org/10.1/x", "https://example.com/a", True, Verdict.ALIVE),
    ],
)
def test_verdict_tells_a_move_that_a_reader_would_notice(url, final, for_good, expected):
    assert verdict_on(url, Answer(200, final, moved_for_good=for_good)) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [(200, Verdict.ALIVE), (204, Verdict.ALIVE), (404, Verdict.MISSING), (406, Verdict.ALIVE)],
)
def test_verdict_on_a_doi_is_whether_there_is_one(status, expected):
    answer = Answer(status, "https://api.example.org/10.1/x", moved_for_good=False)

    assert verdict_on("https://doi.org/10.1/x", answer) == expected


def test_seen_tells_what_stands_there(serve):
    site = serve({"/": redirect("/b", "301 Moved"), "/b": page("<title>Water</title><p>Words.")})

    assert seen(site.url(), way=way_to(site)) == {
        "verdict": "moved",
        "http_status": 200,
        "final_url": site.url("/b"),
        "title": "Water",
        "digest": hashlib.sha256(b"Water Words.").hexdigest(),
        "csl": {"type": "webpage", "title": "Water", "URL": site.url("/b")},
    }


def test_seen_of_an_error_page_keeps_its_status_and_no_word_of_it(serve):
    site = serve({"/": page("<title>Not found</title>", status="404 Not Found")})

    assert seen(site.url(), way=way_to(site)) == {
        "verdict": "missing",
        "http_status": 404,
        "final_url": site.url(),
        "title": "",
        "digest": "",
        "csl": {},
    }


def test_seen_of_what_is_no_page_is_that_it_opens(serve):
    site = serve({"/": page(b"%PDF-1.7\x00\xff", media_type="application/pdf")})

    assert seen(site.url(), way=way_to(site))["verdict"] == "alive"
    assert seen(site.url(), way=way_to(site))["title"] == ""


def test_seen_of_a_long_address_leaves_it_out(serve):
    path = "/" + "a" * 2_000
    site = serve({"/": redirect(path), path: page("Words.")})

    assert seen(site.url(), way=way_to(site))["final_url"] == ""


def test_seen_of_what_is_not_opened_is_why():
    site = "http://127.0.0.1:22/"

    assert seen(site, way=way_to(lookup=None, allowed=None, ports=frozenset({80}))) == {
        "verdict": "port"
    }


def test_every_verdict_has_words():
    assert list(WORDS) == list(Verdict)
