"""DOIs and addresses in one form, and the key of a work, as a table of cases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.bibliography.identifiers import canonical_url, doi_in, normal_doi, work_key

DOIS = [
    ("10.2307/2539097", "10.2307/2539097"),
    ("  10.2307/2539097 ", "10.2307/2539097"),
    ("10.1017/S0003055403000534", "10.1017/s0003055403000534"),
    ("doi:10.2307/2539097", "10.2307/2539097"),
    ("DOI: 10.2307/2539097", "10.2307/2539097"),
    ("DOI 10.2307/2539097.", "10.2307/2539097"),
    ("info:doi/10.2307/2539097", "10.2307/2539097"),
    ("https://doi.org/10.2307/2539097", "10.2307/2539097"),
    ("http://dx.doi.org/10.2307/2539097", "10.2307/2539097"),
    ("https://www.doi.org/10.2307/2539097", "10.2307/2539097"),
    ("doi.org/10.2307/2539097", "10.2307/2539097"),
    ("https://doi.org/doi:10.2307/2539097", "10.2307/2539097"),
    ("HTTPS://DOI.ORG/10.2307/2539097", "10.2307/2539097"),
    ("https://doi.org/10.2307%2F2539097", "10.2307/2539097"),
    ("https://doi.org/10.2307/2539097?utm_source=mail#page", "10.2307/2539097"),
    ("<https://doi.org/10.2307/2539097>", "10.2307/2539097"),
    ("(10.2307/2539097)", ""),
    ("10.2307/2539097),", "10.2307/2539097"),
    ("10.1016/S0140-6736(97)11096-0", "10.1016/s0140-6736(97)11096-0"),
    ("10.1016/0022-5193(64)(a)", "10.1016/0022-5193(64)(a)"),
    (
        "https://doi.org/10.1002/%28SICI%291097-0258%2819980815/30%2917:15/16%3C1661::AID-SIM968%3E3.0.CO;2-2",
        "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2",
    ),
    ("10.1000.10/123", "10.1000.10/123"),
    ("10.2307/25\u200b39097", "10.2307/2539097"),
    ("10.2307", ""),
    ("10.2307/...", ""),
    ("10.2307/)", ""),
    ("10.23/x", ""),
    ("10.2307/two words", ""),
    ("11.2307/2539097", ""),
    ("https://example.org/10.2307/2539097", ""),
    ("", ""),
]

ADDRESSES = [
    ("https://example.org/a", "https://example.org/a"),
    ("http://example.org/a", "https://example.org/a"),
    ("HTTPS://Example.ORG/A", "https://example.org/A"),
    ("example.org/a", "https://example.org/a"),
    ("//example.org/a", "https://example.org/a"),
    ("https://www.example.org/a", "https://example.org/a"),
    ("https://www.org/a", "https://www.org/a"),
    ("https://example.org./a", "https://example.org/a"),
    ("https://example.org:443/a", "https://example.org/a"),
    ("http://example.org:80/a", "https://example.org/a"),
    ("https://example.org:8443/a", "https://example.org:8443/a"),
    ("example.org:8443/a", "https://example.org:8443/a"),
    ("https://reader:secret@example.org/a", "https://example.org/a"),
    ("https://example.org", "https://example.org"),
    ("https://example.org/", "https://example.org"),
    ("https://example.org/a/", "https://example.org/a"),
    ("https://example.org/a/index.html", "https://example.org/a"),
    ("https://example.org/a/./b/../c", "https://example.org/a/c"),
    ("https://example.org/a#section-2", "https://example.org/a"),
    ("https://example.org/a#:~:text=the%20words", "https://example.org/a"),
    ("https://example.org/#!/reports/7", "https://example.org#!/reports/7"),
    ("https://example.org/#/reports/7:~:text=x", "https://example.org#/reports/7"),
    ("https://example.org/a?utm_source=x&utm_medium=y", "https://example.org/a"),
    ("https://example.org/a?UTM_Source=x&id=3", "https://example.org/a?id=3"),
    ("https://example.org/a?id=3&fbclid=abc&gclid=def", "https://example.org/a?id=3"),
    ("https://example.org/a?mc_cid=1&mc_eid=2&page=2", "https://example.org/a?page=2"),
    ("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2"),
    ("https://example.org/a?b=2&a=1&b=1", "https://example.org/a?a=1&b=1&b=2"),
    ("https://example.org/a?", "https://example.org/a"),
    ("https://example.org/a?print", "https://example.org/a?print"),
    ("https://example.org/a;jsessionid=1F2E?id=3", "https://example.org/a?id=3"),
    ("https://example.org/%7Euser/%61", "https://example.org/~user/a"),
    ("https://example.org/a%2fb", "https://example.org/a%2Fb"),
    ("https://example.org/caf%c3%a9", "https://example.org/caf%C3%A9"),
    ("https://example.org/café", "https://example.org/caf%C3%A9"),
    ("https://example.org/a b", "https://example.org/a%20b"),
    ("https://example.org/100%", "https://example.org/100%25"),
    ("https://example.org/%ff", "https://example.org/%FF"),
    ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
    ("https://xn--bcher-kva.example/a", "https://xn--bcher-kva.example/a"),
    ("https://m.example.org/a", "https://example.org/a"),
    ("https://mobile.example.org/a", "https://example.org/a"),
    ("https://en.m.wikipedia.org/wiki/Deterrence_theory", "https://en.wikipedia.org/wiki/Deterrence_theory"),
    ("https://m.org/a", "https://m.org/a"),
    ("https://blog.example.org/a", "https://blog.example.org/a"),
    ("https://[2001:DB8::1]/a", "https://[2001:db8::1]/a"),
    ("https://web.archive.org/web/20240102030405/http://www.example.org/a?id=3", "https://example.org/a?id=3"),
    ("https://web.archive.org/web/2024id_/https:/example.org/a", "https://example.org/a"),
    ("https://web.archive.org/about/", "https://web.archive.org/about"),
    ("\u200bhttps://example.org/a\u200b", "https://example.org/a"),
    ("“https://example.org/a”", "https://example.org/a"),
    ("https://doi.org/10.2307/2539097", ""),
    ("ftp://example.org/a", ""),
    ("mailto:reader@example.org", ""),
    ("javascript:alert(1)", ""),
    ("localhost", ""),
    ("https://", ""),
    ("https://exa mple.org/", ""),
    ("https://example.org:99999/", ""),
    ("https://[::1/", ""),
    ("https://" + "ü" * 70 + ".example/", ""),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "doi"), DOIS)
def test_normal_doi_of_text_is_one_form(text, doi):
    assert normal_doi(text) == doi


@pytest.mark.parametrize(("text", "url"), ADDRESSES)
def test_canonical_url_of_text_is_one_form(text, url):
    assert canonical_url(text) == url


@pytest.mark.parametrize(
    ("url", "doi"),
    [
        ("https://doi.org/10.2307/2539097", "10.2307/2539097"),
        ("https://www.tandfonline.com/doi/full/10.1080/00396338.2020.1739947", "10.1080/00396338.2020.1739947"),
        ("https://www.science.org/doi/10.1126/science.1259855?cookieSet=1", "10.1126/science.1259855"),
        ("https://onlinelibrary.wiley.com/doi/10.1111/isqu.12013/abstract", "10.1111/isqu.12013"),
        ("https://journals.sagepub.com/doi/pdf/10.1177/0022002713478568", "10.1177/0022002713478568"),
        ("https://example.org/doings/10.1000/x", ""),
        ("https://example.org/doi/", ""),
        ("https://[::1/doi/10.1000/x", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_doi_in_address_is_that_of_its_path(url, doi):
    assert doi_in(url) == doi


@pytest.mark.parametrize(
    ("item", "url", "doi", "key"),
    [
        ({"title": "Arms"}, "https://example.org/a", "10.1000/X", "doi:10.1000/x"),
        ({"DOI": "https://doi.org/10.1000/X"}, "https://example.org/a", "", "doi:10.1000/x"),
        ({}, "https://example.org/doi/10.1000/x", "", "doi:10.1000/x"),
        ({"URL": "https://doi.org/10.1000/x"}, "https://example.org/a", "", "doi:10.1000/x"),
        ({"title": "Arms"}, "http://www.example.org/a/?utm_source=x", "", "url:https://example.org/a"),
        ({"URL": "https://example.org/a"}, "", "", "url:https://example.org/a"),
        ({"URL": "no address", "title": "Arms"}, "", "", "title:arms|"),
        ({"title": "  Arms and Influence ", "issued": {"date-parts": [[1966]]}}, "", "", "title:arms and influence|1966"),
        ({"title": "“Ärms” & influence", "issued": {"date-parts": [["1966", 5]]}}, "", "", "title:arms influence|1966"),
        ({"title": "戦争論"}, "", "", "title:戦争論|"),
        ({"title": "…"}, "", "", ""),
        ({}, "", "", ""),
        ({"title": "Arms", "issued": {"literal": "spring"}}, "", "", "title:arms|"),
    ],
)  # fmt: skip
def test_work_key_takes_doi_else_address_else_title_and_year(item, url, doi, key):
    assert work_key(item, url, doi) == key


def test_work_key_that_is_too_long_is_a_digest_of_its_kind():
    item = {"title": "word " * 200}

    key = work_key(item)

    assert key == "title:sha256:ecf43cf3a3c8461fba58719fecb98b2da88ef90b98ab2ffa1545d669df369f45"
    assert work_key({"title": "word " * 201}) != key


@given(st.text(max_size=80))
def test_canonical_url_of_its_own_result_stays(text):
    once = canonical_url(text)

    assert canonical_url(once) == once


@given(st.text("10.234/aB()<>%:; ", max_size=30))
def test_normal_doi_of_its_own_result_stays(text):
    once = normal_doi(text)

    assert normal_doi(once) == once


@given(
    st.lists(st.sampled_from(["a", "b", "../", "./", "%41", "%2f", "?", "#", "&", "=", "utm_x=1", "é", "%C3%A9", "+", ";", ":", "index.html", "www.", "🙂"]), max_size=12)
)  # fmt: skip
def test_canonical_url_of_awkward_paths_is_stable_ascii(pieces):
    once = canonical_url("https://example.org/" + "".join(pieces))

    assert once.isascii()
    assert canonical_url(once) == once
