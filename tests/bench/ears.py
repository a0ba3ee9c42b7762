"""Pages that listen, in a process of their own, so that whoever posts does not wait for them.

What it is told on its standard input, a line of JSON: the port, the address of the stream, and the
headers of each page. It answers with a line once all listen, and from then on each line with the
moments at which each page was told of a change since the last.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SETTLED = 6.0
"""Seconds after which nobody is told any more that the others came."""

_CHANGE = b"event: change\n"


@contextmanager
def ears(
    port: int, path: str, headers: Sequence[dict[str, str]]
) -> Iterator[Callable[[], list[list[float]]]]:
    """A page for each of the headers; gives what each was told since it was last asked.

    The moments are those of `time.perf_counter`, whose clock all processes of a machine share.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.ears"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        _ask(process, {"port": port, "path": path, "headers": list(headers)})
        time.sleep(SETTLED)
        _ask(process, "forget")
        yield lambda: _ask(process, "heard")
    finally:
        process.kill()
        process.wait()


def _ask(process: subprocess.Popen[str], what: Any) -> Any:
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(what) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


class _Ear(asyncio.Protocol):
    """One page: notes when it was told."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._rest = b""
        self.times: list[float] = []
        self.listens = asyncio.Event()

    def connection_made(self, transport: Any) -> None:
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        whole, end, self._rest = (self._rest + data).rpartition(b"\n")
        told = (whole + end).count(_CHANGE)
        if told:
            self.times += [time.perf_counter()] * told
            self.listens.set()


async def _main() -> None:
    loop = asyncio.get_running_loop()
    given = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    pages = []
    for headers in given["headers"]:
        lines = [f"GET {given['path']} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        page = _Ear(("\r\n".join(lines) + "\r\n\r\n").encode())
        await loop.create_connection(lambda page=page: page, "127.0.0.1", given["port"])  # type: ignore[misc]  # of a lambda mypy knows no more
        pages.append(page)
    for page in pages:
        await asyncio.wait_for(page.listens.wait(), 60)
    sys.stdout.write("null\n")
    sys.stdout.flush()
    while await loop.run_in_executor(None, sys.stdin.readline):
        sys.stdout.write(json.dumps([page.times for page in pages]) + "\n")
        sys.stdout.flush()
        for page in pages:
            page.times = []


if __name__ == "__main__":
    asyncio.run(_main())
