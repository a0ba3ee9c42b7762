"""Web processes as `manage.py serve --workers` runs them, on the database of the test."""

import os
import signal
import socket
import subprocess
import sys

from django.db import connection


class Workers:
    """Some web processes behind one socket; each can be killed, and another takes its place."""

    def __init__(self, count):
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._running = [self._start() for _ in range(count)]

    def kill_one(self):
        """Kill the process that runs longest, without a word; returns when another accepts requests."""
        oldest = self._running.pop(0)
        oldest.send_signal(signal.SIGKILL)
        oldest.wait()
        self._running.append(self._start())

    def end(self):
        """Tell all to end, as Ctrl-C does."""
        for one in self._running:
            one.send_signal(signal.SIGTERM)
        for one in self._running:
            one.wait(30)
        self._listening.close()

    def _start(self):
        read, write = os.pipe()
        given = [self._listening.fileno(), write, os.getpid()]
        process = subprocess.Popen(
            [sys.executable, "-m", "debate.core.webserver", *map(str, given)],
            pass_fds=given[:2],
            env=os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "tests.annotations.live.settings",
                "COUNTERPOINT_TEST_DATABASE": connection.settings_dict["NAME"],
            },
        )
        os.close(write)
        with os.fdopen(read) as ready:
            assert ready.readline() == "\n"
        return process
