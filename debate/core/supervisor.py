"""Keeps the application's processes alive: starts them, restarts what dies, leaves none behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from debate.core import postgres

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path
    from types import FrameType

TICK = 0.1
"""Seconds between two looks at the processes."""

FIRST_PAUSE, LONGEST_PAUSE, LONG_LIFE = 0.2, 5.0, 10.0
"""Seconds: a process that dies is started again after a pause, which doubles each time the process
lived less than a long life."""

CONNECTIONS = "6"
"""How many connections to the database a web process keeps, where DATABASE_POOL says nothing."""

PATIENCE = 0.7
"""Seconds that processes have to end before they are killed."""


class ServeError(RuntimeError):
    """The application cannot be served; the message says why."""


class _Stopped(BaseException):
    """Somebody asked the supervisor to stop."""


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stopped


@dataclass
class Pause:
    """How long to wait before the next start of something that keeps dying."""

    seconds: float = FIRST_PAUSE
    until: float = 0.0
    started: float = field(default_factory=time.monotonic)

    def begin(self) -> float:
        """Note a death and return the seconds to wait."""
        now = time.monotonic()
        lived_long = now - self.started > LONG_LIFE
        self.seconds = FIRST_PAUSE if lived_long else min(self.seconds * 2, LONGEST_PAUSE)
        self.until = now + self.seconds
        return self.seconds

    def is_over(self) -> bool:
        if time.monotonic() < self.until:
            return False
        self.started = time.monotonic()
        return True


@dataclass(eq=False)
class Child:
    """One process, or the wait for its next start: of module `module`, called `name`."""

    name: str
    module: str
    process: subprocess.Popen[bytes] | None = None
    pause: Pause = field(default_factory=Pause)


@dataclass
class Supervisor:
    """Runs web processes on one listening socket, one job worker, and, given a data folder, the
    embedded server.

    `tell` receives a line about each thing that happens; `home` is the folder that the
    project is imported from; `site` the address that e-mails lead to.
    """

    listening: socket.socket
    workers: int
    data: Path | None
    home: Path
    site: str
    tell: Callable[[str], None]

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until SIGINT, SIGTERM or SIGHUP; call `ready` when requests are answered.

        Raises ServeError when the first web processes do not start.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)
        self._hears, self._says = os.pipe()
        os.set_blocking(self._hears, False)
        self._web = [Child("web process", "debate.core.webserver") for _ in range(self.workers)]
        self._jobs = Child("job worker", "debate.core.worker")
        self._database = Pause()
        try:
            for child in self._web:
                child.process = self._spawn(child)
            self._wait_until_ready()
            ready()
            # After the web processes: nobody waits for it, and it would only slow them down.
            self._jobs.process = self._spawn(self._jobs)
            while True:
                time.sleep(TICK)
                self._look()
        except _Stopped:
            self.tell("Stopping.")
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            self._end()

    def _spawn(self, child: Child) -> subprocess.Popen[bytes]:
        passed = [self.listening.fileno(), self._says] if child in self._web else []
        path = [str(self.home), *filter(None, [os.environ.get("PYTHONPATH")])]
        kept = {"DATABASE_POOL": CONNECTIONS} if child in self._web else {}
        own = {"PYTHONPATH": os.pathsep.join(path), "SITE_URL": self.site}
        return subprocess.Popen(
            [sys.executable, "-m", child.module, *map(str, [*passed, os.getpid()])],
            env=kept | os.environ | own,
            pass_fds=passed,
            start_new_session=True,  # Ctrl-C reaches the supervisor, which ends the others
        )

    def _wait_until_ready(self) -> None:
        while not self._heard():
            if any(child.process and child.process.poll() is not None for child in self._web):
                raise ServeError(
                    "The web process ended before it could answer; see the lines above."
                )
            time.sleep(TICK / 5)

    def _heard(self) -> bool:
        try:
            return bool(os.read(self._hears, 1))
        except BlockingIOError:
            return False

    def _look(self) -> None:
        if self.data and not postgres.is_running(self.data) and self._database.is_over():
            self.tell("The database has ended; starting it again.")
            try:
                postgres.revive(self.data)
            except postgres.PostgresError as error:
                self.tell(f"{error} Next try in {self._database.begin():.0f} s.")
            else:
                self.tell("The database runs again.")
        for child in [*self._web, self._jobs]:
            if child.process and (code := child.process.poll()) is not None:
                seconds = child.pause.begin()
                self.tell(
                    f"A {child.name} ended ({_reason(code)}); a new one starts in {seconds} s."
                )
                child.process = None
            elif child.process is None and child.pause.is_over():
                child.process = self._spawn(child)

    def _end(self) -> None:
        living = [child.process for child in [*self._web, self._jobs] if child.process]
        for process in living:
            process.terminate()
        deadline = time.monotonic() + PATIENCE
        for process in living:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self.data:
            postgres.release(self.data)


def _reason(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"code {code}"
