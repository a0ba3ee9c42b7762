"""The child process: takes its limits, reads the bytes on its input, answers with JSON, ends."""

import json
import os
import resource
import sys
from typing import Any, Final

from debate.essays.importing import formats
from debate.essays.importing.errors import ImportRefused, too_heavy

MEMORY: Final = 768 * 1024 * 1024
CPU_SECONDS: Final = 8
# What a reader never needs: programs, other machines, changes to files.
_FORBIDDEN: Final = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork")
_CHANGES: Final = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink")
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


def main(
    name: str,
) -> None:  # pragma: no cover - in a process of its own; test_sandbox sees what it does
    """Reads standard input as the format `name` and writes ``{"draft": …}`` or ``{"refused": […]}``."""
    limit()
    data = sys.stdin.buffer.read()
    sys.addaudithook(_forbid)
    answer: dict[str, str | list[str]]
    try:
        answer = {"draft": formats.read_as(name, data).to_json()}
    except ImportRefused as refused:
        answer = _refusal(refused)
    except (MemoryError, RecursionError):
        answer = _refusal(too_heavy())
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _refusal(refused: ImportRefused) -> dict[str, str | list[str]]:  # pragma: no cover - as above
    return {"refused": [refused.code, refused.sentence]}


def limit() -> None:  # pragma: no cover - as above
    """Holds this process to its memory and processor time, and to writing no file at all."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _forbid(event: str, arguments: tuple[Any, ...]) -> None:  # pragma: no cover - as above
    if event.startswith(_FORBIDDEN + _CHANGES):
        raise PermissionError(event)
    if event == "open" and int(arguments[2] or 0) & _WRITING:
        raise PermissionError(event)
