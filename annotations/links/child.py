"""The child process: takes its limits, opens the one address on its input, answers with JSON, ends."""

from __future__ import annotations

import contextlib
import functools
import ipaddress
import json
import os
import resource
import signal
import ssl
import sys
from typing import Any, Final
from urllib.parse import urlsplit

from lxml.etree import LxmlError

from annotations.links import pages
from annotations.links.drafts import KEPT_URL
from annotations.links.fetching import DOI_HOSTS, Answer, Way, retrieve
from annotations.links.verdicts import NotOpened, Verdict

MEMORY: Final = 384 * 1024 * 1024
CPU_SECONDS: Final = 5
LIFE_SECONDS: Final = 12
"""After so long the child ends itself, should its parent have been killed."""

OPEN_FILES: Final = 32
# What opening an address never needs: programs, other processes, changes to files, servers.
_FORBIDDEN: Final = (
    "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.remove", "os.rename",
    "os.rmdir", "os.mkdir", "os.link", "os.symlink", "socket.bind", "socket.sendto", "socket.sendmsg",
)  # fmt: skip
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_FOUND: Final = range(200, 300)
_MISSING: Final = frozenset({404, 410})
_NOT_ACCEPTABLE: Final = 406
_REFUSED: Final = range(400, 500)
_TROUBLED: Final = range(500, 600)


def main() -> None:  # pragma: no cover - in a process of its own; test_sandbox sees what it does
    """Reads ``{"url", "agent", "trust": [file, folder]}`` and writes what `seen` says of the address."""
    asked = json.loads(sys.stdin.buffer.read())
    trust = functools.partial(_trusting, *asked["trust"])
    serve(asked["url"], Way(agent=asked["agent"], trust=trust))


def serve(url: str, way: Way) -> None:  # pragma: no cover - as above
    """Opens `url` within the limits of a child, and writes what `seen` says of it."""
    limit()
    sys.addaudithook(functools.partial(_forbid, way))
    sys.stdout.buffer.write(json.dumps(seen(url, way=way)).encode())


def limit() -> None:  # pragma: no cover - as above
    """Holds this process to its memory, processor time and life, and to writing no file at all."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(LIFE_SECONDS)


def _trusting(
    file: str | None, folder: str | None
) -> ssl.SSLContext:  # pragma: no cover - as above
    return ssl.create_default_context(cafile=file, capath=folder)


def _forbid(
    way: Way, event: str, arguments: tuple[Any, ...]
) -> None:  # pragma: no cover - as above
    """The wall behind the checks: whatever goes wrong before, no closed network is connected to."""
    if event.startswith(_FORBIDDEN):
        raise PermissionError(event)
    if event == "open" and int(arguments[2] or 0) & _WRITING:
        raise PermissionError(event)
    if event == "socket.connect":
        host, port, *_ = arguments[1]
        if port not in way.ports or not way.allowed(ipaddress.ip_address(host)):
            raise PermissionError(event)


def seen(url: str, *, way: Way) -> dict[str, Any]:
    """What was found at `url`, as a JSON object of the members of `sandbox.Look`."""
    try:
        answer = retrieve(url, way=way)
    except NotOpened as error:
        return {"verdict": error.verdict}
    page = pages.Page()
    if answer.body:
        # The link opens, whatever the page is made of.
        with contextlib.suppress(MemoryError, RecursionError, LxmlError):
            page = pages.read(answer)
    return {
        "verdict": verdict_on(url, answer),
        "http_status": answer.status,
        "final_url": answer.url if len(answer.url) <= KEPT_URL else "",
        "title": page.title,
        "digest": page.digest,
        "csl": page.csl,
    }


def verdict_on(url: str, answer: Answer) -> Verdict:
    """What the status of the answer means for who follows the link `url` (RFC 9110, 15)."""
    status = answer.status
    asked_for_data = urlsplit(url).hostname in DOI_HOSTS
    if status in _FOUND:
        moved = answer.moved_for_good and not asked_for_data and _place(url) != _place(answer.url)
        return Verdict.MOVED if moved else Verdict.ALIVE
    if status in _MISSING:
        return Verdict.MISSING
    if status == _NOT_ACCEPTABLE and asked_for_data:
        return Verdict.ALIVE  # a DOI there is, of an agency that gives no data
    if status in _REFUSED:
        return Verdict.CLOSED
    return Verdict.TROUBLE if status in _TROUBLED else Verdict.MALFORMED


def _place(url: str) -> tuple[str, str, str]:
    """The address without what sites add to it for tidiness: https, www and a last slash."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return host, parts.path.rstrip("/"), parts.query
