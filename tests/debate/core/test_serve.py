"""`manage.py serve` for real: processes of its own, a data folder of its own, any free port."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from debate.core import postgres
from debate.core.postgres import Place
from debate.core.supervisor import FIRST_PAUSE, LONGEST_PAUSE, Pause

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 300
"""Seconds that anything may take on a busy machine which only has to happen."""
WAITS = "Jobs wait for the database and its migrations."


def environment(data, **more):
    """What a person's shell has, without what the tests have set."""
    ours = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "DEMO", "ALLOWED_HOSTS"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"COUNTERPOINT_DATA": str(data), "PYTHONUNBUFFERED": "1", **more}


def manage(data, *words, **more):
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", *words],
        env=environment(data, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def commands():
    """The pid and the command line of every process, as the kernel shows them."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                yield int(folder.name), folder.joinpath("cmdline").read_bytes()
            except OSError:
                continue  # it ended meanwhile


def crowding():
    """How many programs share a processor just now: what takes a second alone takes as many."""
    return max(1.0, os.getloadavg()[0] / os.cpu_count())


def until(look):
    """What `look()` gives as soon as it gives anything."""
    end = time.monotonic() + PATIENCE
    while not (seen := look()):
        assert time.monotonic() < end, look
        time.sleep(0.02)
    return seen


class Served:
    """A running `serve`: its lines, its processes, and answers from it."""

    def __init__(self, data, *words):
        self.data = data
        self.supervisor = subprocess.Popen(
            [sys.executable, ROOT / "manage.py", "serve", "--port=0", *words],
            env=environment(data),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines = self.read_until("Ready: ")
        self.port = int(re.search(r":(\d+)/", self.lines[-1])[1])

    def read_until(self, start):
        """What the supervisor says; the job worker says in between, at any time, that it waits."""
        lines = []
        while not (lines and lines[-1].startswith(start)):
            line = self.supervisor.stdout.readline()
            assert line, lines
            if not line.rstrip().endswith(WAITS):
                lines.append(line.rstrip())
        return lines

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response, body

    def web_processes(self):
        mine = f"debate.core.webserver\0.*\0{self.supervisor.pid}\0$".encode()
        return [pid for pid, command in commands() if re.search(mine, command)]

    def job_workers(self):
        mine = f"debate.core.worker\0{self.supervisor.pid}\0".encode()
        return [pid for pid, command in commands() if command.endswith(mine)]

    def processes(self):
        return (
            self.web_processes()
            + self.job_workers()
            + postgres._processes(Place(self.data.resolve()))
        )

    def stop(self, number):
        """End it with a signal; its exit code and the seconds until no process was left."""
        began = time.monotonic()
        self.supervisor.send_signal(number)
        code = self.supervisor.wait(PATIENCE)
        while self.processes() and time.monotonic() - began < PATIENCE:
            time.sleep(0.02)
        self.supervisor.stdout.close()
        return code, time.monotonic() - began


@pytest.fixture(scope="module")
def data():
    """A data folder in which static files are collected; the database comes with the first start."""
    base = Path(tempfile.mkdtemp())
    folder = base / "a seminar" / "var"
    assert manage(folder, "collectstatic", "--no-input").returncode == 0
    yield folder
    shutil.rmtree(base)


@pytest.fixture
def serve(data):
    """`serve(...)`: start the application with these options; it is ended after the test."""
    started = []

    def start(*words):
        started.append(Served(data, *words))
        return started[-1]

    yield start
    for served in started:
        if served.supervisor.poll() is None:
            served.stop(signal.SIGTERM)


def test_serve_prepare_makes_everything_ready():
    base = Path(tempfile.mkdtemp())
    served = Served(base / "var", "--prepare")
    response, body = served.get("/readyz")
    code, _ = served.stop(signal.SIGINT)
    shutil.rmtree(base)

    assert [line.partition(":")[0] for line in served.lines] == [
        "Database",
        "Migrations",
        "Static files",
        "Ready",
    ]
    assert (response.status, json.loads(body)["status"], code) == (200, "ok", 0)


def test_serve_without_migrations_says_so_and_is_not_ready(serve):
    served = serve()

    response, body = served.get("/readyz")

    assert re.match(r"Migrations: \d+ not applied; run manage.py migrate$", served.lines[1])
    assert (response.status, json.loads(body)["checks"]["database"]) == (503, "ok")


def test_serve_static_file_is_compressed_and_kept_for_ever(serve, data):
    names = json.loads(data.joinpath("static", "staticfiles.json").read_text())["paths"]

    response, _ = serve().get(f"/static/{names['css/main.css']}")

    assert response.status == 200
    assert response.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Access-Control-Allow-Origin"] is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_told_to_stop_leaves_no_process(serve, number):
    served = serve("--workers=2")
    running = len(served.web_processes())

    code, seconds = served.stop(number)

    assert (running, code) == (2, 0)
    assert seconds < 10 * crowding()  # alone it takes 0.4 seconds


def test_serve_supervisor_killed_leaves_no_process(serve):
    served = serve("--workers=2")

    code, seconds = served.stop(signal.SIGKILL)

    assert code == -signal.SIGKILL
    assert seconds < 3 * crowding()  # alone it takes 0.3 seconds


def test_serve_database_killed_is_started_again(serve):
    served = serve()
    os.kill(int(Place(served.data).pid_file.read_text().split()[0]), signal.SIGKILL)

    told = served.read_until("The database runs again.")
    _, body = served.get("/readyz")

    assert told[0] == "The database has ended; starting it again."
    assert json.loads(body)["checks"]["database"] == "ok"


def killed(name):
    """What is said of a process that was killed: its first pause is doubled if it died young.

    On a busy machine it is not so young by the time that it can be killed.
    """
    return [f"A {name} ended (signal 9); a new one starts in {pause} s." for pause in (0.2, 0.4)]


def test_serve_web_process_killed_is_started_again(serve):
    served = serve()
    (before,) = served.web_processes()
    os.kill(before, signal.SIGKILL)

    told = served.read_until("A web process ended")
    response, _ = served.get("/healthz")  # waits at the door meanwhile

    assert len(told) == 1
    assert told[0] in killed("web process")
    assert response.status == 200
    assert served.web_processes() != [before]


def test_serve_web_process_keeps_connections_and_the_job_worker_none(serve):
    served = serve()
    (web,), (worker,) = served.web_processes(), until(served.job_workers)

    kept = [
        b"DATABASE_POOL=6\0" in Path(f"/proc/{pid}/environ").read_bytes() for pid in (web, worker)
    ]

    assert kept == [True, False]


def test_serve_job_worker_killed_is_started_again(serve):
    served = serve()
    before = until(served.job_workers)
    os.kill(before[0], signal.SIGKILL)

    told = served.read_until("A job worker ended")
    after = until(served.job_workers)

    assert told[-1] in killed("job worker")
    assert (len(before), len(after), before == after) == (1, 1, False)


def test_serve_port_in_use_is_said_in_one_sentence(data):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = manage(data, "serve", f"--port={port}")

    assert done.returncode == 1
    assert done.stderr == (
        f"CommandError: Port {port} of 127.0.0.1 cannot be listened on: address already in use. "
        "Choose another one with --port (make run: PORT=), or stop the program that uses it.\n"
    )


def test_serve_demo_on_an_open_address_is_refused(data):
    done = manage(data, "serve", "--host=0.0.0.0", "--port=0", DEMO="1")

    assert done.returncode == 1
    assert done.stderr == (
        "CommandError: DEMO=1 lets anybody in as the instructor, so it is served to this machine "
        "only: use --host 127.0.0.1 instead of 0.0.0.0.\n"
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--host=no.such.invalid"], "is not an address that can be listened on."),
        (["--port=65536"], "must be between 0 and 65535; 0 takes any that is free"),
        (["--workers=0"], "must be 1 or more"),
    ],
)
def test_serve_bad_option_is_named(data, words, sentence):
    done = manage(data, "serve", *words)

    assert done.returncode > 0
    assert done.stderr.rstrip().endswith(sentence)


def test_serve_database_url_that_leads_nowhere_is_said(data):
    done = manage(data, "serve", "--port=0", DATABASE_URL="postgres://someone@127.0.0.1:1/none")

    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: The database cannot be used: ")


def test_serve_without_static_files_is_refused():
    base = Path(tempfile.mkdtemp())
    done = manage(base / "var", "serve", "--port=0")
    shutil.rmtree(base)

    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: There are no collected static files.")


def test_command_that_asks_nothing_starts_no_database():
    base = Path(tempfile.mkdtemp())
    done = manage(base / "var", "check")
    made = sorted(path.name for path in base.joinpath("var").iterdir())
    shutil.rmtree(base)

    assert done.returncode == 0
    assert made == ["secret-key"]


def test_command_that_asks_the_database_leaves_no_process(data):
    done = manage(data, "showmigrations", "sessions")

    assert done.returncode == 0
    assert postgres._processes(Place(data.resolve())) == []


def test_pause_death_after_death_doubles_up_to_a_limit():
    pause = Pause()

    seconds = [pause.begin() for _ in range(7)]

    assert seconds == [0.4, 0.8, 1.6, 3.2, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]


def test_pause_death_after_a_long_life_is_short():
    pause = Pause(seconds=LONGEST_PAUSE, started=time.monotonic() - 60)

    assert pause.begin() == FIRST_PAUSE
    assert not pause.is_over()
