import ipaddress

import pytest

from annotations.links.addresses import addresses_of, is_public, system_lookup, target_of
from annotations.links.verdicts import NotOpened, Verdict


def verdict_of(url, **rest):
    with pytest.raises(NotOpened) as refused:
        target_of(url, **rest)
    return refused.value.verdict


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.1", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1",
        "127.255.255.254", "168.63.129.16", "169.254.169.254", "169.254.170.2", "172.16.0.1",
        "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1",
        "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
        "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1",
        "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8",
        "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::7f00:1", "100::1", "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1", "2001:10::1", "2001:20::1",
        "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "4000::1", "5f00::1",
        "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
    ],
)  # fmt: skip
def test_is_public_of_closed_networks_is_false(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1", "8.8.8.8", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.255.255.255",
        "128.0.0.1", "169.253.255.255", "172.15.255.255", "172.32.0.1", "192.0.1.1", "223.255.255.1",
        "2001:4860:4860::8888", "2003::1", "2606:4700::1111", "2a00:1450::1",
    ],
)  # fmt: skip
def test_is_public_of_the_internet_is_true(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://Example.ORG", "http://example.org/"),
        ("https://example.org./a b".replace(" ", "%20"), "https://example.org/a%20b"),
        ("https://example.org:443/a?b=c#d", "https://example.org/a?b=c"),
        ("http://example.org:443/", "http://example.org:443/"),
        ("https://bücher.example/größe?ü", "https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe?%C3%BC"),
        ("https://example.org?q=1", "https://example.org/?q=1"),
        ("http://93.184.216.34/", "http://93.184.216.34/"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
        ("https://example.org/10.1016/S0140-6736(20)30183-5", None),
        ("https://example.org/a;b=1/%41/~c/'d'?x=[1]", "https://example.org/a;b=1/%41/~c/'d'?x=%5B1%5D"),
    ],
)  # fmt: skip
def test_target_of_web_address_is_in_one_form(url, expected):
    assert target_of(url).url == (expected or url)


@pytest.mark.parametrize(
    ("url", "verdict"),
    [
        ("file:///etc/passwd", Verdict.SCHEME),
        ("ftp://example.org/", Verdict.SCHEME),
        ("gopher://example.org/", Verdict.SCHEME),
        ("javascript:alert(1)", Verdict.SCHEME),
        ("data:text/html,x", Verdict.SCHEME),
        ("example.org", Verdict.SCHEME),
        ("//example.org/", Verdict.SCHEME),
        ("", Verdict.SCHEME),
        ("http://user:secret@example.org/", Verdict.LOGIN),
        ("http://example.org@127.0.0.1/", Verdict.LOGIN),
        ("http://@example.org/", Verdict.LOGIN),
        ("http://example.org:22/", Verdict.PORT),
        ("http://example.org:8080/", Verdict.PORT),
        ("http://example.org:0/", Verdict.PORT),
        ("http://example.org:99999/", Verdict.NO_ADDRESS),
        ("http://example.org:x/", Verdict.NO_ADDRESS),
        ("http:///path", Verdict.NO_ADDRESS),
        ("http://localhost/", Verdict.NO_ADDRESS),
        ("http://intranet/", Verdict.NO_ADDRESS),
        ("http://db.localhost/", Verdict.NO_ADDRESS),
        ("http://printer.local/", Verdict.NO_ADDRESS),
        ("http://metadata.google.internal/", Verdict.NO_ADDRESS),
        ("http://x.onion/", Verdict.NO_ADDRESS),
        ("http://2130706433/", Verdict.NO_ADDRESS),
        ("http://0x7f000001/", Verdict.NO_ADDRESS),
        ("http://0x7f.1/", Verdict.NO_ADDRESS),
        ("http://0177.0.0.1/", Verdict.NO_ADDRESS),
        ("http://127.1/", Verdict.NO_ADDRESS),
        ("http://1.2.3.4.5/", Verdict.NO_ADDRESS),
        ("http://example.0x/", Verdict.NO_ADDRESS),
        ("http://[::1", Verdict.NO_ADDRESS),
        ("http://[fe80::1%25eth0]/", Verdict.NO_ADDRESS),
        ("http://[v1.a:b]/", Verdict.NO_ADDRESS),
        ("http://exa mple.org/", Verdict.NO_ADDRESS),
        ("http://example.org/\r\nHost: x", Verdict.NO_ADDRESS),
        ("http://example.org\\@127.0.0.1/", Verdict.NO_ADDRESS),
        ("http://example.org/\x00", Verdict.NO_ADDRESS),
        ("http://example.org/\ud800", Verdict.NO_ADDRESS),
        ("http://example..org/", Verdict.NO_ADDRESS),
        ("http://-example.org/", Verdict.NO_ADDRESS),
        ("http://exam%70le.org/", Verdict.NO_ADDRESS),
        (f"http://{'a' * 64}.org/", Verdict.NO_ADDRESS),
        (f"http://{'a.' * 130}org/", Verdict.NO_ADDRESS),
        (f"http://example.org/{'a' * 8_000}", Verdict.NO_ADDRESS),
    ],
)
def test_target_of_other_address_is_refused(url, verdict):
    assert verdict_of(url) == verdict


def test_target_of_digits_in_disguise_is_the_address_that_they_are():
    assert target_of("http://１２７。０。０。１/").host == "127.0.0.1"


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/b", "https://example.org/b"),
        ("c?d", "https://example.org/a/c?d"),
        ("//other.example/", "https://other.example/"),
        ("http://other.example/x", "http://other.example/x"),
    ],
)
def test_target_of_redirect_is_relative_to_what_redirects(location, expected):
    assert target_of(location, base="https://example.org/a/b").url == expected


def test_target_of_redirect_to_a_file_is_refused():
    assert verdict_of("file:///etc/passwd", base="https://example.org/") == Verdict.SCHEME


def found(*addresses):
    target = target_of("https://example.org/")
    return addresses_of(target, lookup=lambda _host, _port: list(addresses), allowed=is_public)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "fe80::1%eth0", "no address"]
)
def test_addresses_of_name_that_leads_inside_are_refused(address):
    with pytest.raises(NotOpened) as refused:
        found(address)

    assert refused.value.verdict == Verdict.INSIDE


def test_addresses_of_name_with_two_answers_are_the_public_ones():
    assert found("127.0.0.1", "8.8.8.8", "64:ff9b::808:808") == ["8.8.8.8"]


def test_addresses_of_name_without_any_are_refused():
    with pytest.raises(NotOpened) as refused:
        found()

    assert refused.value.verdict == Verdict.UNKNOWN_NAME


def test_system_lookup_of_an_address_is_itself_once():
    assert system_lookup("127.0.0.1", 80) == ["127.0.0.1"]
    assert system_lookup("::ffff:10.0.0.1", 80) == ["::ffff:10.0.0.1"]
