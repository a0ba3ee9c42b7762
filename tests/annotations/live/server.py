"""The application as it is served, and browsers that listen to it: plain sockets on threads."""

import http.client
import json
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client

from annotations.live.gate import with_gate
from debate.core.handling import Handler
from tests.browser.server import Watched, serve

PATIENCE = 60


def cookie_of(user):
    """The cookie of a session of the person's; none for a visitor."""
    if not user.pk:
        return {}
    client = Client()
    client.force_login(user)
    return {
        "Cookie": f"sessionid={client.cookies[settings.SESSION_COOKIE_NAME].value}".replace(
            "sessionid", settings.SESSION_COOKIE_NAME
        )
    }


@contextmanager
def served():
    """The application on a free port; waits at the end until nothing is under way."""
    watched = Watched(with_gate(Handler()))
    with serve(watched) as url:
        yield url
    watched.wait_until_idle()


class Ear(threading.Thread):
    """A page that listens: what it was told, event by event, on a thread of its own."""

    def __init__(self, url, path, headers):
        super().__init__(daemon=True)
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        self._connection.request("GET", path, headers=headers)
        self.response = self._connection.getresponse()
        self.events, self.retries = [], []
        self.has_ended = False
        self._changed = threading.Condition()
        self.start()

    def run(self):
        try:
            for line in self.response:
                self._take(line.decode().strip())
        except (OSError, http.client.HTTPException, AttributeError, ValueError):
            pass  # it was cut
        with self._changed:
            self.has_ended = True
            self._changed.notify_all()

    def _take(self, line):
        name, _, value = line.partition(": ")
        with self._changed:
            if name == "event":
                self.events.append(value)
            elif name == "retry":
                self.retries.append(int(value))
            self._changed.notify_all()

    def wait(self, told):
        """Until `told(self)`, or it fails."""
        with self._changed:
            assert self._changed.wait_for(lambda: told(self), PATIENCE), (
                self.events, self.has_ended,
            )  # fmt: skip

    def heard(self, name, times=1):
        """Until that event came so often."""
        self.wait(lambda one: one.events.count(name) >= times)

    def end(self):
        """Until the server ended the stream."""
        self.wait(lambda one: one.has_ended)

    def cut(self):
        """Go, as a browser does whose tab is closed."""
        if self._connection.sock:
            self._connection.sock.shutdown(2)
        self.join(PATIENCE)
        self._connection.close()


def fetch(url, path, headers):
    """The status and the JSON of an address, on a connection of its own."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()
