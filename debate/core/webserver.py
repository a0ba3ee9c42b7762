"""A web process: uvicorn on a socket that the supervisor opened and all web processes share."""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys

import uvicorn
from django.urls import get_resolver

from debate.core.keeper import die_with_parent
from debate.core.shutdown import closing

GRACE = 1
"""Seconds that requests under way may take once the process is told to end."""


class Server(uvicorn.Server):
    """uvicorn that says when it accepts requests, and tells streams when it is about to end."""

    def __init__(self, config: uvicorn.Config, *, ready: int | None = None) -> None:
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.ready is not None:
            os.write(self.ready, b"\n")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        closing().set()
        await super().shutdown(sockets=sockets)


def configuration(application: object) -> uvicorn.Config:
    """How the application is served; an import string or the application itself.

    The log is Django's. uvicorn's own lines about starting and stopping are left out, as the
    supervisor prints those.
    """
    return uvicorn.Config(
        application,  # type: ignore[arg-type]  # uvicorn lists every ASGI dialect by name
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )


def settle() -> None:
    """Load what the first request would, and have Python's collector leave it alone for good.

    There are a quarter of a million objects in it: to go through them takes 0.2 to 0.5 seconds, in
    which nobody is answered, and finds nothing.
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()


def main(listening: int, ready: int, supervisor: int) -> None:
    """Serve on the socket `listening`, write a line to `ready`, end with the process `supervisor`."""
    die_with_parent(supervisor, signal.SIGTERM)
    config = configuration("debate.asgi:application")
    config.load()
    settle()
    shared = socket.socket(fileno=listening)
    Server(config, ready=ready).run(sockets=[shared])


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
