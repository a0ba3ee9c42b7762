"""Many pages that stand open at once, as few coroutines: what each of them was told, in order.

Each holds a stream and asks for changes when it is told that its turn comes, one question at a time,
as the reading page does. Streams are cut now and then, and whatever breaks is tried again.
"""

import asyncio
import contextlib
import json
import random
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PATIENCE = 60
BROKEN = (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError, ValueError)


@dataclass
class OpenPage:
    """A page of the reader's, with the headers of the reader's session."""

    url: str
    stream: str
    changes: str
    headers: dict
    who: object
    cursor: str = ""
    arrived: list = field(default_factory=list)
    gone: list = field(default_factory=list)
    streams: int = 0
    refusals: list = field(default_factory=list)

    def __post_init__(self):
        parts = urlsplit(self.url)
        self._at = (parts.hostname, parts.port)
        self._asks = asyncio.Event()
        self._writer = None
        self.is_listening = asyncio.Event()
        self.was_woken = asyncio.Event()
        self.was_told = asyncio.Event()

    async def live(self):
        """Listen and ask until it is cancelled."""
        await asyncio.gather(self._listen(), self._ask_when_told())

    def cut(self):
        """Break the stream, as a network does."""
        if self._writer:
            self._writer.transport.abort()

    async def load(self):
        """Take the cursor of a page that is loaded now."""
        while not self.cursor:
            status, told = await self._get(self.changes)
            if status == 200:
                self.cursor = told["cursor"]

    async def _ask_when_told(self):
        await self.load()
        while True:
            await self._asks.wait()
            self._asks.clear()
            try:
                status, told = await self._get(f"{self.changes}?after={self.cursor}")
            except BROKEN:
                status, told = 0, {}
            if status == 200:
                self.cursor = told["cursor"]
                self.arrived += [one["id"] for one in told["arrivals"]]
                self.gone += told["gone"]
                self.was_told.set()
            else:
                self.refusals.append((status, told.get("code")))
                await asyncio.sleep(random.uniform(0.2, 1))
                self._asks.set()

    async def _listen(self):
        while True:
            with contextlib.suppress(*BROKEN):
                await self._hear()
            self.is_listening.clear()
            await asyncio.sleep(random.uniform(0.1, 0.5))

    async def _hear(self):
        reader, self._writer = await self._request(self.stream)
        try:
            status, _ = await self._head(reader)
            if status != 200:
                self.refusals.append((status, "stream"))
                return
            self.streams += 1
            self._asks.set()
            loop, name = asyncio.get_running_loop(), b""
            while line := await reader.readline():
                if line.startswith(b"event: "):
                    name = line
                elif line.startswith(b"data: ") and name.startswith(b"event: change"):
                    self.is_listening.set()
                    self.was_woken.set()
                    loop.call_later(int(line[6:]) / 1_000, self._asks.set)
        finally:
            self._writer.close()

    async def _get(self, path):
        """The status and the JSON of an address."""
        async with asyncio.timeout(PATIENCE):
            reader, writer = await self._request(path)
            try:
                status, length = await self._head(reader)
                body = await reader.readexactly(length) if length else b"{}"
                return status, json.loads(body) if status in {200, 400, 410} else {}
            finally:
                writer.close()

    async def _request(self, path):
        reader, writer = await asyncio.open_connection(*self._at, limit=2**20)
        lines = [f"GET {path} HTTP/1.1", f"Host: {self._at[0]}:{self._at[1]}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        await writer.drain()
        return reader, writer

    async def _head(self, reader):
        """The status, and the length of the body where it is told."""
        first = await reader.readline()
        if not first:
            raise ConnectionResetError
        length = 0
        while (line := await reader.readline()) not in {b"\r\n", b""}:
            name, _, value = line.decode().partition(":")
            if name.lower() == "content-length":
                length = int(value)
        return int(first.split()[1]), length


class Crowd:
    """The open pages, while they live."""

    def __init__(self, pages):
        self.pages = pages
        self._tasks = []

    async def __aenter__(self):
        self._tasks = [asyncio.ensure_future(one.live()) for one in self.pages]
        for one in self.pages:
            await asyncio.wait_for(one.is_listening.wait(), 10 * PATIENCE)
        return self

    async def __aexit__(self, *_error):
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def until(self, done):
        """Wait until every page has what it should."""
        async with asyncio.timeout(20 * PATIENCE):
            for one in self.pages:
                while not done(one):
                    one.was_told.clear()
                    await one.was_told.wait()
