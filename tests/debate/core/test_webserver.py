import asyncio
import gc
import http.client
import os
import socket
import threading

import pytest

from debate.core.shutdown import closing
from debate.core.webserver import Server, configuration, settle

PATIENCE = 60
"""Seconds that anything may take on a busy machine which only has to happen."""


async def stream(scope, receive, send):
    """Sends a first line, and a last one when the server begins to shut down."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"first\n", "more_body": True})
    await asyncio.wait_for(closing().wait(), PATIENCE)
    await send({"type": "http.response.body", "body": b"last\n"})


@pytest.fixture
def ready():
    read, write = os.pipe()
    yield read, write
    os.close(read)
    os.close(write)


def test_server_open_stream_ends_whole_when_the_server_does(ready):
    listening = socket.create_server(("127.0.0.1", 0))
    connection = http.client.HTTPConnection(*listening.getsockname(), timeout=PATIENCE)
    server = Server(configuration(stream), ready=ready[1])
    thread = threading.Thread(target=server.run, args=[[listening]])

    thread.start()
    told = os.read(ready[0], 10)
    connection.request("GET", "/")
    response = connection.getresponse()
    first = response.readline()
    server.should_exit = True
    rest = response.read()
    thread.join(PATIENCE)
    connection.close()

    assert (told, first, rest) == (b"\n", b"first\n", b"last\n")
    assert not thread.is_alive()


def test_settle_leaves_what_is_loaded_out_of_collections():
    try:
        settle()

        assert gc.get_freeze_count() > 100_000
        assert len(gc.get_objects()) < 10_000
    finally:
        gc.unfreeze()
