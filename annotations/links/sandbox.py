"""Opening an address in a child process: the one door by which the site asks others for anything.

The child has the network, which an importer's child has not, and neither secrets nor database.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import selectors
import ssl
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from annotations.links.addresses import LONGEST
from annotations.links.drafts import KEPT_URL, PAGE_TITLE, checked, line, web_line
from annotations.links.verdicts import Verdict

logger = logging.getLogger(__name__)

WALL_SECONDS: Final = 11.0
"""Enough for the 10 seconds that the child allows a site, and for its own start."""

ANSWER_BYTES: Final = 256 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ROOT: Final = str(Path(__file__).resolve().parents[2])
_START: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from annotations.links.child import main; main()"
)


@dataclass(frozen=True)
class Look:
    """What was found at an address: never the page itself.

    `title` is the page's own, in plain text; `digest` the SHA-256 of its words in hexadecimal; `csl`
    a checked CSL-JSON item of what it says of itself, {} when it says nothing.
    """

    verdict: Verdict
    http_status: int | None = None
    final_url: str = ""
    title: str = ""
    digest: str = ""
    csl: dict[str, Any] = field(default_factory=dict)


def look(url: str, *, agent: str) -> Look:
    """What stands at `url`, opened as `agent` by a child process that ends within 11 seconds.

    Raises nothing for what a site or an address does: the verdict tells. The child has an empty
    environment, 384 MiB of memory, 5 seconds of processor time, and writes no file.
    """
    if len(url) > LONGEST:
        return Look(Verdict.NO_ADDRESS)
    places = ssl.get_default_verify_paths()
    asked = {"url": url, "agent": agent, "trust": [places.cafile, places.capath]}
    child = subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", "-c", _START, _ROOT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    )
    assert child.stdin is not None and child.stdout is not None  # noqa: PT018, S101 - pipes, see above
    with child:
        try:
            # Little enough to fit into the pipe, so this never waits; a dead child reads nothing.
            with contextlib.suppress(BrokenPipeError), child.stdin as asking:
                asking.write(json.dumps(asked).encode())
            answer = _heard(child.stdout.fileno())
        except TimeoutError:
            return Look(Verdict.SLOW)
        finally:
            # Also when the caller is interrupted: no child is left behind.
            child.kill()
    return _look_of(answer)


def _heard(output: int) -> bytes:
    """All that is written there, or as much of it as an answer may have; raises TimeoutError."""
    end = time.monotonic() + WALL_SECONDS
    heard = b""
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while len(heard) < ANSWER_BYTES:
            if not selector.select(max(0.0, end - time.monotonic())):
                raise TimeoutError
            piece = os.read(output, ANSWER_BYTES - len(heard))
            if not piece:
                break
            heard += piece
    return heard


def _look_of(answer: bytes) -> Look:
    """The look in a child's answer, which is believed no more than the page that it has read."""
    try:
        found = json.loads(answer)
        status = found.get("http_status")
        return Look(
            verdict=Verdict(found["verdict"]),
            http_status=status if status in range(100, 1000) else None,
            final_url=web_line(found.get("final_url"), KEPT_URL),
            title=line(found.get("title"), PAGE_TITLE),
            digest=_digest(found.get("digest")),
            csl=checked(found.get("csl")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        logger.warning("A process that opened an address gave no answer that can be read.")
        return Look(Verdict.UNREADABLE)


def _digest(value: object) -> str:
    return value if isinstance(value, str) and _DIGEST.fullmatch(value) else ""
