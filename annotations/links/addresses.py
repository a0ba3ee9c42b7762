"""Which addresses are opened: those of the public web, on its two ports, and no others.

Networks that are not reachable from everywhere stand in the registries of IANA for special-purpose
addresses (RFC 6890 and its updates). `ipaddress.is_global` knows most of them, in some versions of
Python wrongly, so they are listed here.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from annotations.links.verdicts import NotOpened, Verdict

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], list[str]]

PORTS: Final = frozenset({80, 443})
LONGEST: Final = 8_000
"""Characters of an address that somebody else's redirect may have."""

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_INSIDE_V4: Final = [
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by carriers, RFC 6598; some clouds tell secrets here
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's own services
        "169.254.0.0/16",  # link-local; most clouds tell secrets here
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/3",  # multicast, reserved, broadcast
    )
]
# All that is allocated lies here; outside are loopback, link-local, unique local, multicast, and
# the addresses that hold one of version 4: mapped, compatible, translated (NAT64).
_PUBLIC_V6: Final = ipaddress.IPv6Network("2000::/3")
_INSIDE_V6: Final = [
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo and ORCHID among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which holds an address of version 4
        "3fff::/20",  # documentation
    )
]
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))+")
# What URLs call an address of version 4, also in decimal, octal and hexadecimal writing.
_ENDS_IN_NUMBER = re.compile(r"(?:\A|\.)(?:[0-9]+|0x[0-9a-f]*)\Z")
# Names of closed networks by RFC 6761, 6762, 7686, 8375 and ICANN's decision on .internal.
_CLOSED_NAMES: Final = (".localhost", ".local", ".internal", ".onion", ".home.arpa", ".localdomain")
# Any other error is the resolver's own trouble. The second is not known to every C library.
_NO_SUCH_NAME: Final = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
_LONGEST_NAME: Final = 253
_LAST_CONTROL: Final = "\x20"
# Delimiters and escapes of RFC 3986 that stay as they are; everything else is escaped.
_SAFE_PATH: Final = "/:@!$&'()*+,;=~%-._"
_SAFE_QUERY: Final = _SAFE_PATH + "?"


@dataclass(frozen=True)
class Target:
    """One address, taken apart and checked; nothing about it has been looked up yet."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host and port as the header ``Host`` gives them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address as text, without fragment."""
        return f"{self.scheme}://{self.authority}{self.path}"


def is_public(address: Address) -> bool:
    """Whether the address is one of the public internet, reachable from everywhere."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _INSIDE_V4)
    return address in _PUBLIC_V6 and not any(address in network for network in _INSIDE_V6)


def target_of(url: str, *, base: str = "", ports: frozenset[int] = PORTS) -> Target:
    """The target that `url` names, relative to `base` where it is a redirect's.

    Raises NotOpened for other schemes and ports, for names and passwords in the address, and for
    hosts that no public site can have.
    """
    if len(url) > LONGEST or any(c <= _LAST_CONTROL or c in "\x7f\\" for c in url):
        raise NotOpened(Verdict.NO_ADDRESS)
    try:
        parts = urlsplit(urljoin(base, url) if base else url)
        port = parts.port
    except ValueError as error:
        raise NotOpened(Verdict.NO_ADDRESS) from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise NotOpened(Verdict.SCHEME)
    if "@" in parts.netloc:
        raise NotOpened(Verdict.LOGIN)
    host = _host(parts.hostname or "")
    port = _DEFAULT_PORTS[parts.scheme] if port is None else port
    if port not in ports:
        raise NotOpened(Verdict.PORT)
    try:
        path = quote(parts.path or "/", safe=_SAFE_PATH)
        query = quote(parts.query, safe=_SAFE_QUERY)
    except UnicodeEncodeError as error:
        raise NotOpened(Verdict.NO_ADDRESS) from error
    return Target(parts.scheme, host, port, f"{path}?{query}" if query else path)


def _host(name: str) -> str:
    """The host as it is looked up; raises NotOpened for what is no name of a public site."""
    # A per cent sign is an escape, or the name of an interface of this machine.
    if "%" in name or len(name) > _LONGEST_NAME + 1:
        raise NotOpened(Verdict.NO_ADDRESS)
    if ":" in name:
        try:
            return str(ipaddress.IPv6Address(name))
        except ValueError as error:
            raise NotOpened(Verdict.NO_ADDRESS) from error
    try:
        # IDNA turns look-alikes of digits and dots into plain ones, so what follows sees them.
        host = name.encode("idna").decode().lower().removesuffix(".")
    except UnicodeError as error:
        raise NotOpened(Verdict.NO_ADDRESS) from error
    if _ENDS_IN_NUMBER.search(host):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError as error:
            raise NotOpened(Verdict.NO_ADDRESS) from error
    if len(host) > _LONGEST_NAME or not _NAME.fullmatch(host) or host.endswith(_CLOSED_NAMES):
        raise NotOpened(Verdict.NO_ADDRESS)
    return host


def addresses_of(
    target: Target, *, lookup: Lookup, allowed: Callable[[Address], bool]
) -> list[str]:
    """Where to connect to: of the target's addresses, those that are allowed, in their order.

    The name is looked up here and nowhere else, so that what was checked is what is connected to.
    Raises NotOpened when there is no such name, or when it leads only where nothing is opened.
    """
    try:
        found = lookup(target.host, target.port)
    except OSError as error:
        is_unknown = error.errno in _NO_SUCH_NAME
        raise NotOpened(Verdict.UNKNOWN_NAME if is_unknown else Verdict.NO_LOOKUP) from error
    public = [text for text in found if _is_allowed(text, allowed)]
    if not public:
        raise NotOpened(Verdict.INSIDE if found else Verdict.UNKNOWN_NAME)
    return public


def _is_allowed(text: str, allowed: Callable[[Address], bool]) -> bool:
    try:
        return allowed(ipaddress.ip_address(text))
    except ValueError:
        return False


def system_lookup(host: str, port: int) -> list[str]:
    """The addresses of the host by the system's resolver, without repeats; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
