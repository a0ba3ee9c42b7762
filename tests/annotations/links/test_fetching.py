"""What sites do, and what is done about it: real servers on loopback, each for one test."""

import gzip
import ipaddress
import re
import socket
import ssl
import zlib
from pathlib import Path

import pytest

from annotations.links import child, fetching
from annotations.links.addresses import is_public
from annotations.links.fetching import Answer, Clock, Way, retrieve
from annotations.links.verdicts import NotOpened, Verdict
from tests.sites import NAME, endless, page, redirect, silent, way_to

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
PACKED = gzip.compress(b"Words.", mtime=0)


def verdict(url, way):
    with pytest.raises(NotOpened) as refused:
        retrieve(url, way=way)
    return refused.value.verdict


def test_page_comes_with_its_body_type_and_status(serve):
    site = serve(
        {"/a?b": page("<title>Water</title>", media_type='Text/HTML; v=1; Charset="UTF-8"')}
    )

    answer = retrieve(site.url("/a?b#c"), way=way_to(site))

    assert answer == Answer(
        status=200,
        url=site.url("/a?b"),
        moved_for_good=True,
        media_type="text/html",
        charset="utf-8",
        body=b"<title>Water</title>",
    )


def test_request_tells_who_asks_and_nothing_else(serve, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    site = serve({"/": page("Words.", "Set-Cookie: a=b"), "/on": redirect("/")})

    retrieve(site.url("/on"), way=way_to(site))

    assert site.asked[1].split("\r\n") == [
        "GET / HTTP/1.1",
        f"Host: {NAME}:{site.port}",
        "User-Agent: Counterpoint (+https://seminar.example)",
        "Accept: text/html, application/xhtml+xml, */*;q=0.5",
        "Accept-Encoding: gzip",
        "Connection: close",
        "",
        "",
    ]


def test_doi_is_asked_for_its_data(serve):
    site = serve({"/10.1/x": page("{}", media_type="application/json")})

    retrieve(site.url("/10.1/x", host="doi.org"), way=way_to(site))

    assert "\r\nAccept: application/vnd.citationstyles.csl+json\r\n" in site.asked[0]


# -- where it leads --------------------------------------------------------------------------------


def test_name_that_leads_inside_is_not_connected_to(serve):
    site = serve({"/": page("Secret.")})

    assert verdict(site.url(), way_to(site, allowed=is_public)) == Verdict.INSIDE
    assert site.connections == 0


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "::1"])
def test_redirect_to_name_that_leads_inside_is_not_followed(serve, address):
    site = serve({"/": redirect("http://rebound.example/")})
    way = way_to(
        site,
        lookup=lambda host, _port: ["127.0.0.9" if host == NAME else address],
        allowed=lambda found: str(found) == "127.0.0.9" or is_public(found),
        ports=frozenset({80, site.port}),
    )
    near = serve({"/": redirect("http://rebound.example/")}, host="127.0.0.9", port=site.port)

    assert verdict(near.url(), way) == Verdict.INSIDE
    assert (near.connections, site.connections) == (1, 0)


def test_redirect_to_loopback_is_not_followed(serve):
    canary = serve({"/": page("Secret.")}, host="127.0.0.2")
    site = serve({"/": redirect(canary.url(host="127.0.0.2"))})
    way = way_to(
        site, allowed=lambda address: str(address) == "127.0.0.1", ports={site.port, canary.port}
    )

    assert verdict(site.url(), way) == Verdict.INSIDE
    assert canary.connections == 0


def test_name_that_answers_twice_is_asked_once_and_connected_to_where_it_was_checked(serve):
    site = serve({"/": page("Words.")})
    canary = serve({"/": page("Secret.")}, host="127.0.0.2", port=site.port)
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])

    answer = retrieve(site.url(), way=way_to(site, lookup=lambda _host, _port: next(answers)))

    assert answer.body == b"Words."
    assert canary.connections == 0
    assert list(answers) == [["127.0.0.2"]]


def test_name_that_turns_inside_on_the_second_hop_is_not_followed(serve):
    site = serve({"/": redirect("/b")})
    canary = serve({"/b": page("Secret.")}, host="127.0.0.2", port=site.port)
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])

    assert verdict(site.url(), way_to(site, lookup=lambda _h, _p: next(answers))) == Verdict.INSIDE
    assert canary.connections == 0


def test_name_with_an_address_inside_is_opened_at_its_public_one(serve):
    site = serve({"/": page("Words.")})
    canary = serve({"/": page("Secret.")}, host="127.0.0.2", port=site.port)
    way = way_to(site, lookup=lambda _host, _port: ["127.0.0.2", "127.0.0.1"])

    assert retrieve(site.url(), way=way).body == b"Words."
    assert canary.connections == 0


def test_address_that_does_not_answer_is_passed_over(serve):
    site = serve({"/": page("Words.")})
    way = way_to(
        site,
        lookup=lambda _host, _port: ["127.0.0.3", "127.0.0.1"],
        allowed=lambda address: address.is_loopback,
    )

    assert retrieve(site.url(), way=way).body == b"Words."


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("file:///etc/passwd", Verdict.SCHEME),
        ("ftp://site.example/", Verdict.SCHEME),
        ("http://site.example:22/", Verdict.PORT),
        ("http://me:secret@site.example/", Verdict.LOGIN),
        ("http://localhost/", Verdict.NO_ADDRESS),
        ("http://0x7f000001/", Verdict.NO_ADDRESS),
        ("http://[::1", Verdict.NO_ADDRESS),
        ("/" + "a" * 9_000, Verdict.NO_ADDRESS),
        ("", Verdict.CIRCLE),
        ("/", Verdict.CIRCLE),
        ("/round", Verdict.CIRCLE),
        ("/1", Verdict.TOO_FAR),
    ],
)
def test_redirect_that_leads_nowhere_good_is_not_followed(serve, location, expected):
    site = serve(
        {
            "/": redirect(location),
            "/round": redirect("/"),
            "/1": redirect("/2"),
            "/2": redirect("/3"),
            "/3": redirect("/4"),
        }
    )

    assert verdict(site.url(), way_to(site)) == expected
    assert len(site.asked) <= 1 + fetching.HOPS


def test_three_redirects_are_followed(serve):
    site = serve(
        {"/": redirect("/1"), "/1": redirect("2"), "/2": redirect("/3 ü"), "/3%20%C3%BC": page("!")}
    )

    answer = retrieve(site.url(), way=way_to(site))

    assert (answer.url, answer.moved_for_good) == (site.url("/3%20%C3%BC"), False)


@pytest.mark.parametrize(
    ("status", "for_good"), [(301, True), (302, False), (303, False), (307, False), (308, True)]
)
def test_redirect_is_for_good_where_the_site_says_so(serve, status, for_good):
    site = serve({"/": redirect("/b", f"{status} Moved"), "/b": page("Words.")})

    assert retrieve(site.url(), way=way_to(site)).moved_for_good is for_good


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (socket.EAI_NONAME, Verdict.UNKNOWN_NAME),
        (socket.EAI_AGAIN, Verdict.NO_LOOKUP),
        (socket.EAI_FAIL, Verdict.NO_LOOKUP),
    ],
)
def test_name_that_is_not_found_is_told_from_one_that_could_not_be_asked_for(error, expected):
    def lookup(_host, _port):
        raise socket.gaierror(error, "as the resolver says")

    assert verdict("https://nobody.example/", Way(lookup=lookup)) == expected


# -- how much and how long -------------------------------------------------------------------------


def test_endless_page_is_read_as_far_as_it_may(serve):
    site = serve({"/": endless(HEAD + b"\r\n<title>On and on</title>", b"words " * 2_000)})

    body = retrieve(site.url(), way=way_to(site)).body

    assert body.startswith(b"<title>On and on</title>words ")
    assert len(body) == fetching.BODY_BYTES


def test_chunks_of_one_byte_without_end_are_read_as_far_as_they_may(serve):
    start = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    site = serve({"/": endless(start, b"1\r\nx\r\n" * 1_000)})

    body = retrieve(site.url(), way=way_to(site)).body

    assert set(body) == set(b"x")
    assert len(body) <= (fetching.BODY_BYTES + fetching.HEAD_BYTES) / 6


@pytest.mark.parametrize(
    "start",
    [b"", b"HTTP/1.1 200 OK\r\nX: ", HEAD + b"\r\n<p>", HEAD + b"Content-Length: 900\r\n\r\n<p>"],
)
def test_slow_drip_ends_when_its_time_is_over(serve, start):
    drops = []

    def drip(request, over):
        request.sendall(start)
        while not over.wait(0.05):
            request.sendall(b"x")
            drops.append("x")

    site = serve({"/": drip})

    assert verdict(site.url(), way_to(site, seconds=0.5)) == Verdict.SLOW
    assert len(drops) < 60  # those of three seconds


def test_silence_ends_when_its_time_is_over(serve):
    site = serve({"/": silent})

    assert verdict(site.url(), way_to(site, seconds=0.3)) == Verdict.SLOW


def test_handshake_that_is_never_answered_ends_when_its_time_is_over(serve):
    site = serve({}, astonished=silent)

    assert verdict(site.url(scheme="https"), way_to(site, seconds=0.3)) == Verdict.SLOW


def test_time_is_one_for_all_hops(serve):
    def slowly(location):
        def answer(request, over):
            over.wait(0.3)
            request.sendall(redirect(location))

        return answer

    site = serve({"/": slowly("/1"), "/1": slowly("/2"), "/2": slowly("/3"), "/3": page("!")})

    assert verdict(site.url(), way_to(site, seconds=0.5)) == Verdict.SLOW


def test_clock_that_has_run_down_leaves_no_time():
    with pytest.raises(NotOpened) as refused:
        Clock(0.0).left(5.0)

    assert refused.value.verdict == Verdict.SLOW


def test_bomb_is_inflated_as_far_as_it_may(serve):
    bomb = gzip.compress(b"<title>Boom</title>" + bytes(64 * 1024 * 1024))
    site = serve({"/": page(bomb, "Content-Encoding: gzip")})

    body = retrieve(site.url(), way=way_to(site)).body

    assert (body[:19], len(body)) == (b"<title>Boom</title>", fetching.BODY_BYTES)


def test_bomb_within_a_bomb_is_inflated_once(serve):
    bomb = gzip.compress(gzip.compress(bytes(64 * 1024 * 1024)))
    site = serve({"/": page(bomb, "Content-Encoding: gzip")})

    assert retrieve(site.url(), way=way_to(site)).body[:2] == b"\x1f\x8b"


@pytest.mark.parametrize(
    ("encoding", "body", "expected"),
    [
        ("gzip", PACKED, b"Words."),
        ("X-Gzip", PACKED, b"Words."),
        ("identity", b"Words.", b"Words."),
        ("gzip", b"no gzip at all", b""),
        ("gzip", PACKED[:-8], b"Words."),
        ("deflate", zlib.compress(b"Words."), b""),
        ("br", b"\x0b\x02\x80Words.\x03", b""),
        ("gzip, gzip", gzip.compress(PACKED, mtime=0), b""),
    ],
)
def test_packed_body_is_read_when_it_is_packed_as_asked(serve, encoding, body, expected):
    site = serve({"/": page(body, f"Content-Encoding: {encoding}")})

    answer = retrieve(site.url(), way=way_to(site))

    assert (answer.status, answer.body) == (200, expected)


def test_body_of_what_is_no_page_is_not_waited_for(serve):
    start = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 9000000\r\n\r\n%PDF"
    )
    site = serve({"/": endless(start, b"", pause=0.05)})

    answer = retrieve(site.url(), way=way_to(site))

    assert (answer.status, answer.media_type, answer.body) == (200, "application/pdf", b"")


def test_ten_thousand_headers_are_not_read(serve):
    site = serve({"/": page("Words.", *[f"X-{number}: x" for number in range(10_000)])})

    assert verdict(site.url(), way_to(site)) == Verdict.MALFORMED


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 ", b""]
)
def test_head_without_end_is_not_read(serve, start):
    site = serve({"/": endless(start, b"x" * 4_096)})

    assert verdict(site.url(), way_to(site)) == Verdict.MALFORMED


def test_preliminary_answers_without_end_are_not_read(serve):
    site = serve({"/": endless(b"", b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" * 100)})

    assert verdict(site.url(), way_to(site)) == Verdict.MALFORMED


def test_preliminary_answer_is_passed_over(serve):
    site = serve({"/": b"HTTP/1.1 103 Early Hints\r\n\r\n" + page("Words.")})

    assert retrieve(site.url(), way=way_to(site)).body == b"Words."


# -- what is no answer -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"HTTP/1.1 999999 OK\r\n\r\n",
        b"\x00\x01\x02\r\n\r\n",
    ],
)
def test_answer_that_is_no_http_is_told(serve, answer):
    site = serve({"/": answer})

    assert verdict(site.url(), way_to(site)) == Verdict.MALFORMED


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\nContent-", HEAD + b"Content-Length: 900\r\n\r\nWords."],
)
def test_answer_that_breaks_off_is_told(serve, answer):
    site = serve({"/": answer})

    assert verdict(site.url(), way_to(site)) == Verdict.DROPPED


def test_connection_that_is_reset_is_told(serve):
    def reset(request, _over):
        request.setsockopt(1, 13, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # SO_LINGER of no time
        request.close()

    site = serve({"/": reset})

    assert verdict(site.url(), way_to(site)) == Verdict.DROPPED


def test_port_that_nobody_listens_to_is_told(serve):
    site = serve({})
    way = way_to(site, lookup=lambda _host, _port: ["127.0.0.4"], allowed=lambda _address: True)

    assert verdict(site.url(), way) == Verdict.DROPPED


# -- TLS -------------------------------------------------------------------------------------------


def test_certificate_of_the_name_is_trusted_by_who_knows_its_signer(serve, server_tls, certificate):
    site = serve({"/": page("Words.")}, context=server_tls)
    way = way_to(site, trust=lambda: ssl.create_default_context(cafile=certificate))

    assert retrieve(site.url(scheme="https"), way=way).body == b"Words."


def test_certificate_of_another_name_is_not_trusted(serve, server_tls, certificate):
    site = serve({"/": page("Secret.")}, context=server_tls)
    way = way_to(site, trust=lambda: ssl.create_default_context(cafile=certificate))

    assert verdict(site.url(host="other.example", scheme="https"), way) == Verdict.INSECURE
    assert site.asked == []


def test_certificate_of_an_unknown_signer_is_not_trusted(serve, server_tls):
    site = serve({"/": page("Secret.")}, context=server_tls)

    assert verdict(site.url(scheme="https"), way_to(site)) == Verdict.INSECURE
    assert site.asked == []


def test_site_without_tls_is_not_asked_for_a_secure_page(serve):
    site = serve({"/": b""})

    assert verdict(site.url(scheme="https"), way_to(site)) == Verdict.INSECURE


# -- what nobody can switch on ---------------------------------------------------------------------


def test_way_of_the_site_leads_to_the_public_web_only():
    way = Way()

    assert (way.lookup, way.allowed, way.ports) == (
        fetching.system_lookup,
        is_public,
        frozenset({80, 443}),
    )
    assert not way.allowed(ipaddress.ip_address("127.0.0.1"))
    assert way.trust().verify_mode == ssl.CERT_REQUIRED
    assert way.trust().check_hostname


def test_ways_are_made_in_the_child_alone_and_with_name_and_trust_only():
    source = Path(child.__file__).read_text(encoding="utf-8")

    assert re.findall(r"Way\((.*?)\)", source) == ['agent=asked["agent"], trust=trust']
