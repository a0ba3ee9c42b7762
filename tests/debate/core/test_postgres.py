"""The embedded server, for real: each test has a data folder and a server of its own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg
import pytest

from debate.core import postgres
from debate.core.postgres import Place, PostgresError

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60.0
"""Seconds that anything may take on a busy machine which only has to happen."""
LONG = "a folder of a seminar with a very long name, as people make them " * 2

USER = """
import sys
from debate.core import postgres
postgres.start(sys.argv[1])
print("up", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def base():
    """A folder with a short path that is closed to every other user, as many are."""
    folder = Path(tempfile.mkdtemp())
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def new(base):
    """A data folder that is not made yet; its server is stopped at the end."""
    folder = base / "a seminar" / "var"
    yield folder
    postgres.release(folder)


@pytest.fixture(scope="session")
def place():
    """A data folder with a database, made once: what a crash leaves must be good to start from."""
    base = Path(tempfile.mkdtemp())
    folder = base / "a seminar" / "var"
    postgres.start(folder)
    postgres.release(folder)
    yield folder
    shutil.rmtree(base)


@pytest.fixture
def data(place):
    """A data folder with a database, whose server does not run before the test nor after it."""
    yield place
    postgres.release(place)


def users(data, count, program=USER, command=(sys.executable,)):
    """So many processes that start or adopt the server at once; each has said that it is up."""
    started = [
        subprocess.Popen(
            [*command, "-c", program, str(data)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    assert [process.stdout.readline() for process in started] == ["up\n"] * count
    return started


def end(process):
    process.stdin.close()
    process.stdout.close()
    return process.wait(PATIENCE)


def connect(data):
    return psycopg.connect(
        host=str(postgres.socket_folder(data)), port=5432, user="postgres", dbname="counterpoint"
    )


def ask(data, question):
    with connect(data) as connection:
        return connection.execute(question).fetchone()


def postmaster(data):
    return int(Place(data).pid_file.read_text().split()[0])


def await_until(condition, within=PATIENCE):
    """The condition's last value, at the latest when the seconds are over."""
    deadline = time.monotonic() + within
    while not (value := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return value


def is_gone(data, within=PATIENCE):
    return await_until(lambda: postgres._processes(Place(data)) == [], within)


# Paths


@pytest.mark.parametrize(
    ("data", "is_inside"),
    [
        ("/srv/counterpoint/var", True),
        ("/srv/a seminar/var", True),
        ("/srv/семинар/var", True),
        (f"/srv/{'x' * 150}/var", False),
        (f"/srv/{'ж' * 45}/var", False),
        ("/srv/one, two/var", False),
        ('/srv/the "house"/var', False),
    ],
)
def test_socket_folder_long_or_awkward_path_is_elsewhere(data, is_inside):
    folder = postgres.socket_folder(data)

    assert folder.is_relative_to(data) is is_inside
    assert len(os.fsencode(folder / ".s.PGSQL.5432.lock")) <= 100
    assert not folder.exists()


def test_socket_folder_same_path_gives_same_folder():
    first = postgres.socket_folder(f"/srv/{'x' * 150}/var")

    assert first == postgres.socket_folder(Path(f"/srv/{'x' * 150}") / "other" / ".." / "var")
    assert first != postgres.socket_folder(f"/srv/{'x' * 150}/var2")


# Starting and stopping


def test_start_new_folder_makes_database_with_builtin_collation(new, monkeypatch):
    monkeypatch.setenv("LANG", "tr_TR.ISO-8859-9")
    monkeypatch.setenv("PGPORT", "1")

    postgres.start(new)

    assert ask(
        new,
        "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding), lower('ÉΣ'), "
        "current_setting('listen_addresses') FROM pg_database WHERE datname = current_database()",
    ) == ("b", "C.UTF-8", "UTF8", "éσ", "")


def test_start_folders_are_closed_to_others(new):
    postgres.start(new)

    place = Place(new)
    modes = [path.stat().st_mode & 0o777 for path in (place.cluster, place.sockets)]
    assert modes == [0o700, 0o700]
    assert (place.sockets / ".s.PGSQL.5432").stat().st_mode & 0o777 == 0o700


def test_start_path_of_150_characters_works(base):
    data = base / LONG / "var"
    postgres.start(data)

    answer = ask(data, "SELECT 1")
    postgres.release(data)

    assert len(str(data)) > 140
    assert answer == (1,)
    shutil.rmtree(postgres.socket_folder(data))


def test_start_again_keeps_what_was_written(data):
    postgres.start(data)
    with connect(data) as connection:
        connection.execute("DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 7 AS number")
    postgres.release(data)

    postgres.start(data)

    assert ask(data, "SELECT number FROM kept") == (7,)


def test_release_last_user_waits_for_the_end(data):
    postgres.start(data)

    postgres.release(data)

    assert postgres._processes(Place(data)) == []
    assert not postgres.is_running(data)


def test_start_throwaway_leaves_no_file(base):
    data = base / "var"
    postgres.start(data, throwaway=True)
    setting = ask(data, "SHOW fsync")

    postgres.release(data)

    assert setting == ("off",)
    assert list(base.iterdir()) == []


def test_start_three_at_once_share_one_server(data):
    first, second, third = users(data, 3)
    shared = postmaster(data)

    codes = [end(first), end(second)]

    assert codes == [0, 0]
    assert postmaster(data) == shared
    assert postgres.is_running(data)
    assert end(third) == 0
    assert is_gone(data, within=0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_start_user_is_killed_leaves_nothing(data, number):
    (user,) = users(data, 1)

    user.send_signal(number)
    end(user)

    assert is_gone(data)


def test_start_in_a_thread_outlives_the_thread(data):
    thread = threading.Thread(target=postgres.start, args=[data])
    thread.start()
    thread.join()
    time.sleep(0.2)

    assert ask(data, "SELECT 1") == (1,)


def test_start_forked_child_neither_stops_nor_keeps_the_server(data):
    program = USER.replace("sys.stdin.read()", "import os, time\nif not os.fork(): time.sleep(90)")
    (user,) = users(data, 1, program)

    user.wait(PATIENCE)

    assert is_gone(data, within=PATIENCE / 2)  # the child is there for longer
    end(user)


def test_start_as_an_ordinary_user_works(new):
    new.mkdir(parents=True)
    command = (sys.executable,)
    if os.geteuid() == 0:
        # Only the interpreter may need the capability: it may be installed where root alone looks.
        # Any user with a name but the one as whom root runs servers: those may be seen, not looked into.
        os.chown(new, 1, 1)
        new.parent.parent.chmod(0o755)
        see_all = [f"--{kind}-caps=+dac_read_search" for kind in ("inh", "ambient")]
        identity = ["--reuid=1", "--regid=1", "--clear-groups"]
        command = ("setpriv", *identity, *see_all, sys.executable)

    (user,) = users(new, 1, command=command)

    assert ask(new, "SELECT current_setting('data_directory')") == (str(new / "postgres"),)
    assert end(user) == 0
    assert is_gone(new, within=0)


def test_start_where_processes_are_not_shown_adopts_and_spares_others(data, base):
    command = (sys.executable,)
    if os.geteuid() == 0:
        # Containers often withhold from root what lets it look into another user's processes.
        blinkers = ["--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"]
        command = ("setpriv", *blinkers, sys.executable)
    postgres.start(base / "var")
    postgres.release(base / "var")
    postgres.start(data)
    before = postmaster(data)

    (adopter,) = users(data, 1, command=command)
    (neighbour,) = users(base / "var", 1, command=command)

    assert end(adopter) == 0
    assert end(neighbour) == 0
    assert postmaster(data) == before
    assert ask(data, "SELECT 1") == (1,)


# After a crash


def test_revive_killed_server_runs_again(data):
    postgres.start(data)
    os.kill(postmaster(data), signal.SIGKILL)
    assert is_gone(data)

    postgres.revive(data)

    assert ask(data, "SELECT 1") == (1,)


def test_revive_living_server_is_left_alone(data):
    postgres.start(data)
    before = postmaster(data)

    postgres.revive(data)

    assert postmaster(data) == before


def test_revive_busy_orphan_is_ended_first(data):
    postgres.start(data)
    busy = connect(data)
    pid = busy.info.backend_pid
    busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1e10)")
    works = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%1e10)'"
    await_until(lambda: ask(data, works) == (1,))
    os.kill(postmaster(data), signal.SIGKILL)
    await_until(lambda: not postgres.is_running(data))

    postgres.revive(data)

    assert ask(data, "SELECT 1") == (1,)
    assert str(pid) not in postgres._processes(Place(data))
    busy.close()


@pytest.mark.parametrize(
    "left",
    [
        pytest.param("", id="empty"),
        pytest.param("1234", id="truncated"),
        pytest.param("not a number\n", id="garbled"),
        pytest.param(
            f"{os.getpid()}\n/proc/self/cwd\n1\n5432\n\n*\n1 1\nready\n",
            id="pid of another program",
        ),
        pytest.param("4194305\n/proc/self/cwd\n1\n5432\n\n*\n1 1\nready\n", id="pid of nobody"),
    ],
)
def test_start_stale_pid_file_is_no_obstacle(data, left):
    postgres.start(data)
    postgres.release(data)
    Place(data).pid_file.write_text(left)
    Place(data).sockets.joinpath(".s.PGSQL.5432.lock").write_text(left)

    postgres.start(data)

    assert ask(data, "SELECT 1") == (1,)


def test_start_after_interrupted_creation_creates_anew(new):
    left = new / "postgres.new-half" / "base"
    left.mkdir(parents=True)

    postgres.start(new)

    assert ask(new, "SELECT 1") == (1,)
    assert sorted(path.name for path in new.glob("postgres.new*")) == []


def test_start_killed_while_creating_is_made_up_for(new):
    creating = subprocess.Popen([sys.executable, "-c", USER, str(new)], cwd=ROOT)
    while not list(new.glob("postgres.new-*/PG_VERSION")):
        time.sleep(0.005)
    creating.kill()
    creating.wait()
    assert not Place(new).cluster.exists()

    postgres.start(new)

    assert ask(new, "SELECT 1") == (1,)


# What cannot be helped is said


def test_start_folder_that_is_a_file_is_refused(base):
    base.joinpath("var").write_text("")

    with pytest.raises(
        PostgresError, match=r"The data folder .*/var cannot be used: .*File exists"
    ):
        postgres.start(base / "var")


def test_start_strange_content_is_refused(new):
    Place(new).cluster.mkdir(parents=True)
    Place(new).cluster.joinpath("thesis.docx").write_text("")

    with pytest.raises(PostgresError, match="holds something that is not a database; move it away"):
        postgres.start(new)


def test_start_other_version_is_refused_with_the_log(data):
    postgres.start(data)
    postgres.release(data)
    version = Place(data).cluster / "PG_VERSION"
    right = version.read_text()
    version.write_text("9\n")

    with pytest.raises(PostgresError, match=r"(?s)did not start.*not compatible with this version"):
        postgres.start(data)

    version.write_text(right)


@pytest.mark.parametrize("name", ["postgres", "pgsock"])
def test_start_folder_of_another_user_is_refused(new, name):
    new.mkdir(parents=True)
    elsewhere = new.parent / "elsewhere"
    elsewhere.mkdir()
    new.joinpath(name).symlink_to(elsewhere)

    with pytest.raises(PostgresError, match=f"{name} belongs to another user"):
        postgres.start(new)


def test_closed_folder_is_found_for_the_user_concerned(base):
    program = base / "bin" / "program"
    program.parent.mkdir(mode=0o755)
    program.touch(mode=0o755)

    found = postgres._closed_folder(program, (base.stat().st_uid, 1))
    others = postgres._closed_folder(program, (65534, 65534))

    assert (found, others) == (None, base)


def test_copied_programs_run_where_they_are_copied_to(base, monkeypatch, capfd):
    monkeypatch.setattr(postgres, "CACHE", base / "cache")
    package = postgres._programs(None).parents[1]

    copied = postgres._copied_programs(package, Path("/root"))
    again = postgres._copied_programs(package, Path("/root"))

    version = subprocess.check_output([copied / "psql", "--version"], text=True)
    assert version.startswith("psql (PostgreSQL) 18")
    assert again == copied
    assert capfd.readouterr().err == (
        f"/root is closed to the database's user: its programs are copied to {copied.parents[2]}.\n"
    )


@pytest.mark.parametrize(
    ("version", "encoding", "locale", "complaints"),
    [
        (150018, "UTF8", "C.UTF-8", []),
        (180004, "UTF8", "C.utf8", []),
        (140001, "UTF8", "C.UTF-8", ["The server is PostgreSQL 14"]),
        (
            150018,
            "UTF8",
            "en_US.UTF-8",
            ["The database's encoding and collation are UTF8 and en_US.UTF-8"],
        ),
        (
            150018,
            "LATIN1",
            "C.UTF-8",
            ["The database's encoding and collation are LATIN1 and C.UTF-8"],
        ),
    ],
)
def test_server_complaints_old_or_otherwise_sorted_server_is_named(
    version, encoding, locale, complaints
):
    found = postgres.server_complaints(version, encoding, locale)

    assert [sentence.partition(";")[0].partition(" and en")[0] for sentence in found] != [] or (
        complaints == []
    )
    assert all(
        sentence.startswith(expected) for sentence, expected in zip(found, complaints, strict=True)
    )
