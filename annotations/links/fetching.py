"""Asking one address for what stands there, with a bound on everything that a site can do to us.

HTTP is spoken through h11, which does no input or output of its own: each byte is read here, under
one clock and one budget. There are no cookies, credentials, proxies or kept connections.
"""

from __future__ import annotations

import socket
import ssl
import time
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import h11

from annotations.links.addresses import (
    PORTS,
    Address,
    Lookup,
    Target,
    addresses_of,
    is_public,
    system_lookup,
    target_of,
)
from annotations.links.verdicts import NotOpened, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOPS: Final = 3
"""Redirects that are followed."""
BODY_BYTES: Final = 512 * 1024
"""So much of a page is read, and so much of it inflated; titles stand at the beginning."""
HEAD_BYTES: Final = 64 * 1024
SECONDS: Final = 10.0
CONNECT_SECONDS: Final = 4.0
READ_SECONDS: Final = 5.0
TRIED_ADDRESSES: Final = 3
READABLE: Final = frozenset(
    {"text/html", "application/xhtml+xml", "text/plain", "application/json"}
    | {"application/vnd.citationstyles.csl+json", "application/citeproc+json"}
)
DOI_HOSTS: Final = frozenset({"doi.org", "dx.doi.org"})

# Asked for this and not for pages, the DOI system redirects to the registration agency's data
# (https://citation.doi.org/docs.html), which tell whether the DOI exists and what it names.
_ACCEPT_DATA: Final = "application/vnd.citationstyles.csl+json"
_ACCEPT_PAGES: Final = "text/html, application/xhtml+xml, */*;q=0.5"

Event = h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]

_PIECE: Final = 16 * 1024
_OK: Final = range(200, 300)
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD: Final = frozenset({301, 308})


@dataclass(frozen=True)
class Way:
    """How requests leave this machine. What stands here by default is what the site does.

    Only who calls `retrieve` in a program of their own can say otherwise: no setting, request or
    variable of the environment reaches this.
    """

    agent: str = "Counterpoint"
    lookup: Lookup = system_lookup
    allowed: Callable[[Address], bool] = is_public
    ports: frozenset[int] = PORTS
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context
    seconds: float = SECONDS


@dataclass(frozen=True)
class Answer:
    """What a site said in the end, after redirects."""

    status: int
    url: str
    moved_for_good: bool
    media_type: str = ""
    charset: str = ""
    body: bytes = b""


@dataclass
class Clock:
    """The time that one opening may take in all."""

    seconds: float
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.seconds

    def left(self, most: float) -> float:
        """Seconds that the next step may take; raises NotOpened when none are left."""
        left = min(most, self._end - time.monotonic())
        if left <= 0:
            raise NotOpened(Verdict.SLOW)
        return left


def retrieve(url: str, *, way: Way) -> Answer:
    """What stands at `url`: up to three redirects are followed, each checked as the first was.

    The body is read of pages and data only, up to 512 KiB, and inflated up to as much. Raises
    NotOpened with what was the matter.
    """
    clock = Clock(way.seconds)
    target = target_of(url, ports=way.ports)
    accept = _ACCEPT_DATA if target.host in DOI_HOSTS else _ACCEPT_PAGES
    seen = [target]
    for_good = True
    while True:
        answer, location = _ask(target, accept, way=way, clock=clock, for_good=for_good)
        if answer.status not in _REDIRECTS:
            return answer
        for_good = for_good and answer.status in _FOR_GOOD
        target = target_of(location, base=target.url, ports=way.ports)
        if target in seen:
            raise NotOpened(Verdict.CIRCLE)
        if len(seen) > HOPS:
            raise NotOpened(Verdict.TOO_FAR)
        seen.append(target)


def _ask(
    target: Target, accept: str, *, way: Way, clock: Clock, for_good: bool
) -> tuple[Answer, str]:
    """The answer of one target, and where it redirects to."""
    http = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES)
    request = _request(http, target, accept, way.agent)
    try:
        with _connected(target, way=way, clock=clock) as stream:
            stream.settimeout(clock.left(READ_SECONDS))
            stream.sendall(request)
            return _hear(target, _events(http, stream, clock), for_good=for_good)
    except TimeoutError as error:
        raise NotOpened(Verdict.SLOW) from error
    except ssl.SSLError as error:
        raise NotOpened(Verdict.INSECURE) from error
    except OSError as error:
        raise NotOpened(Verdict.DROPPED) from error


def _connected(target: Target, *, way: Way, clock: Clock) -> socket.socket:
    """A connection to one of the target's checked addresses; under TLS it proves the target's name."""
    addresses = addresses_of(target, lookup=way.lookup, allowed=way.allowed)
    stream = _first_that_answers(addresses[:TRIED_ADDRESSES], target.port, clock)
    if target.scheme == "http":
        return stream
    try:
        stream.settimeout(clock.left(READ_SECONDS))
        return way.trust().wrap_socket(stream, server_hostname=target.host)
    except BaseException:
        stream.close()
        raise


def _first_that_answers(addresses: list[str], port: int, clock: Clock) -> socket.socket:
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, port), clock.left(CONNECT_SECONDS))
        except OSError:
            continue
    return socket.create_connection((addresses[-1], port), clock.left(CONNECT_SECONDS))


def _request(http: h11.Connection, target: Target, accept: str, agent: str) -> bytes:
    request = h11.Request(
        method="GET",
        target=target.path,
        headers=[
            ("Host", target.authority),
            ("User-Agent", agent),
            ("Accept", accept),
            ("Accept-Encoding", "gzip"),
            ("Connection", "close"),
        ],
    )
    return (http.send(request) or b"") + (http.send(h11.EndOfMessage()) or b"")


def _hear(target: Target, events: Iterator[Event], *, for_good: bool) -> tuple[Answer, str]:
    response = next((event for event in events if isinstance(event, h11.Response)), None)
    if response is None:  # only preliminary ones, and no end of them
        raise NotOpened(Verdict.MALFORMED)
    headers = {name.decode(): value.decode("latin-1") for name, value in response.headers}
    media_type, charset = _content_type(headers.get("content-type", ""))
    body = b""
    if response.status_code in _OK and media_type in READABLE:
        body = _body(events, headers.get("content-encoding", ""))
    answer = Answer(response.status_code, target.url, for_good, media_type, charset, body)
    return answer, _location(headers)


def _events(http: h11.Connection, stream: socket.socket, clock: Clock) -> Iterator[Event]:
    """What the site says, piece by piece; ends when all the bytes have come that we take."""
    left = HEAD_BYTES + BODY_BYTES
    ended = False
    while True:
        try:
            event = http.next_event()
        except h11.RemoteProtocolError as error:
            raise NotOpened(Verdict.DROPPED if ended else Verdict.MALFORMED) from error
        if event is not h11.NEED_DATA:
            yield event
        elif left > 0:
            stream.settimeout(clock.left(READ_SECONDS))
            piece = stream.recv(min(_PIECE, left))
            ended = not piece
            left -= len(piece)
            http.receive_data(piece)
        else:
            return


def _body(events: Iterator[Event], encoding: str) -> bytes:
    """The beginning of the body, inflated; "" when it is packed in a way that was not asked for."""
    encoding = encoding.strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        return b""
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16) if "gzip" in encoding else None
    body = bytearray()
    for event in events:
        if not isinstance(event, h11.Data):
            break
        left = BODY_BYTES - len(body)
        try:
            piece = inflate.decompress(event.data, left) if inflate else event.data[:left]
        except zlib.error:
            break
        body += piece
        if len(body) >= BODY_BYTES:
            break
    return bytes(body)


def _content_type(value: str) -> tuple[str, str]:
    """Media type and charset of the header, in small letters."""
    media_type, *parameters = (part.strip().lower() for part in value.split(";"))
    for parameter in parameters:
        name, _, given = parameter.partition("=")
        if name.strip() == "charset":
            return media_type, given.strip(" \"'")
    return media_type, ""


def _location(headers: dict[str, str]) -> str:
    """Where a redirect leads; browsers read what is not ASCII as UTF-8, and spaces as escaped."""
    given = headers.get("location", "").strip().encode("latin-1")
    return given.decode(errors="replace").replace(" ", "%20")
