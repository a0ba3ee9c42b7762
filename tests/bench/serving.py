"""A web process as the site has them, with the baselines beside: `python -m tests.bench.serving FD`.

It serves on the listening socket that it is given, and ends with whoever started it.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from debate.core.supervisor import CONNECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def served(data: Path) -> Iterator[tuple[int, int]]:
    """The site on the database of the data folder: its port and the id of its process."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1024)
        environment = os.environ | {
            "COUNTERPOINT_DATA": str(data),
            "DATABASE_POOL": CONNECTIONS,
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.serving", str(listening.fileno())],
            env=environment,
            pass_fds=[listening.fileno()],
        )
        try:
            yield listening.getsockname()[1], process.pid
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


_TICK = 1 / os.sysconf("SC_CLK_TCK")


def cpu_of(pid: int, *, reaped: bool = False) -> float:
    """Seconds that a process has been on a processor; with `reaped`, its ended children instead."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    at = 13 if reaped else 11  # utime and stime, or cutime and cstime, of proc(5)
    return (int(fields[at]) + int(fields[at + 1])) * _TICK


def memory_of(pid: int, name: str = "VmRSS") -> float:
    """MiB of a process now; with `VmHWM` the most that it has had since `forget_peak`."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    return 0.0


def forget_peak(pid: int) -> None:
    """Begin anew to keep the most memory that the process has."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


class Backends:
    """The processes of the database server, and how long they have been on a processor."""

    def __init__(self, data: Path) -> None:
        self._postmaster = int((data / "postgres" / "postmaster.pid").read_text().split()[0])

    def cpu(self) -> float:
        """Seconds, also of those that have ended."""
        children = Path(f"/proc/{self._postmaster}/task/{self._postmaster}/children")
        total = cpu_of(self._postmaster, reaped=True)
        for pid in children.read_text().split():
            try:
                total += cpu_of(int(pid))
            except FileNotFoundError:
                continue
        return total


def main() -> None:
    """Serve until told to end."""
    import django  # noqa: PLC0415 - the settings come first

    from debate.core.keeper import die_with_parent  # noqa: PLC0415 - as above

    die_with_parent(os.getppid(), signal.SIGTERM)
    django.setup()
    from debate.core.staticfiles import collect_if_changed  # noqa: PLC0415 - as above

    collect_if_changed()
    from debate.asgi import application  # noqa: PLC0415 - as above
    from debate.core.webserver import Server, configuration, settle  # noqa: PLC0415 - as above

    settle()
    shared = socket.socket(fileno=int(sys.argv[1]))
    Server(configuration(application)).run(sockets=[shared])


if __name__ == "__main__":
    main()
