"""The process that stands between PostgreSQL and those who use it.

Run as a script with one JSON argument (see ``keep``). It is the server's parent, so it learns of the
server's end at once, and it outlives whoever started it, so no way of ending a user, not even
``kill -9``, leaves a server behind: every user holds a shared lock on one file, the kernel drops the
lock with the process, and the keeper waits to have that file for itself.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from typing import Any

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, number: int) -> None:
    """Have the kernel send signal `number` to this process when the process `parent` ends.

    Linux only (prctl(2)). The parent's thread that started this process must live as long as the
    parent does, because the kernel watches the thread.
    """
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os.kill(os.getpid(), number)  # it ended before the kernel was told


def keep(order: dict[str, Any]) -> int:
    """Run the server until it ends by itself or nobody holds the users' file; give its exit code.

    The order: `command` and `folder` (the server's working folder), `user` ([uid, gid] or null),
    `environment`, `users` (the lock file's path), `remove` (folders to remove at the end).
    """
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    keeper = os.getpid()
    uid, gid = order["user"] or (None, None)
    server = subprocess.Popen(
        order["command"],
        cwd=order["folder"],
        env=order["environment"],
        user=uid,
        group=gid,
        extra_groups=None if uid is None else [],
        preexec_fn=lambda: die_with_parent(keeper, signal.SIGINT),  # noqa: PLW1509 - one thread so far
    )
    # A throwaway cluster needs no checkpoint; any other is shut down "fast": sessions end, data is flushed.
    farewell = signal.SIGQUIT if order["remove"] else signal.SIGINT
    users = os.open(order["users"], os.O_RDWR)

    def stop_when_unused() -> None:
        fcntl.flock(users, fcntl.LOCK_EX)
        server.send_signal(farewell)

    threading.Thread(target=stop_when_unused, daemon=True).start()
    code = server.wait()
    for folder in order["remove"]:
        shutil.rmtree(folder, ignore_errors=True)
    return code


if __name__ == "__main__":
    # The thread may still wait for the lock: leave without joining it.
    os._exit(keep(json.loads(sys.argv[1])) & 0xFF)
