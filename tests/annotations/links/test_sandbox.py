"""The child as it really runs, with the one difference that it may reach a site on loopback."""

import hashlib
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from annotations.links import child, sandbox
from annotations.links.sandbox import Look, look
from annotations.links.verdicts import Verdict
from tests.sites import NAME, START, endless, page, redirect

ROOT = str(Path(__file__).parents[3])
CHILDREN = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")


@pytest.fixture(autouse=True)
def no_new_children():
    """Fails the test that leaves a process behind; what the test run itself has started is its own."""
    before = set(CHILDREN.read_text().split())
    yield
    assert set(CHILDREN.read_text().split()) <= before


def opened(url):
    return look(url, agent="Counterpoint (+https://seminar.example)")


def in_child(program):
    """The last line of what the program says under the limits of a child."""
    start = START + (
        "import functools, os; from annotations.links import child, fetching\n"
        "child.limit(); sys.addaudithook(functools.partial(child._forbid, fetching.Way()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", start + program, ROOT],
        capture_output=True,
        text=True,
        check=False,
        env={},
    )
    return done.returncode, done.stderr.strip().splitlines()[-1:]


def test_look_at_a_page_tells_title_digest_and_draft(near):
    site = near({"/": page("<title>Größe</title><p>Words.")})

    assert opened(site.url()) == Look(
        verdict=Verdict.ALIVE,
        http_status=200,
        final_url=site.url(),
        title="Größe",
        digest=hashlib.sha256("Größe Words.".encode()).hexdigest(),
        csl={"type": "webpage", "title": "Größe", "URL": site.url()},
    )
    assert f"Host: {NAME}:{site.port}\r\n" in site.asked[0]


def test_look_trusts_whom_this_machine_trusts(near, server_tls, certificate, monkeypatch):
    site = near({"/": page("<title>Water</title>")}, context=server_tls)
    before = opened(site.url(scheme="https"))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    after = opened(site.url(scheme="https"))

    assert (before.verdict, after.verdict, after.title) == (
        Verdict.INSECURE,
        Verdict.ALIVE,
        "Water",
    )


@pytest.mark.parametrize(
    ("url", "verdict"),
    [
        ("http://127.0.0.1/", Verdict.INSIDE),
        ("http://169.254.169.254/latest/meta-data/", Verdict.INSIDE),
        ("http://[::ffff:10.0.0.1]/", Verdict.INSIDE),
        ("http://[::1]/", Verdict.INSIDE),
        ("http://localhost/", Verdict.NO_ADDRESS),
        ("http://2130706433/", Verdict.NO_ADDRESS),
        ("file:///etc/passwd", Verdict.SCHEME),
        ("http://example.org:22/", Verdict.PORT),
        ("http://me:secret@example.org/", Verdict.LOGIN),
        ("http://example.org/\x00\ud800", Verdict.NO_ADDRESS),
        ("http://example.org/" + "a" * 8_000, Verdict.NO_ADDRESS),
        ("", Verdict.SCHEME),
    ],
)
def test_look_at_what_is_not_the_web_is_refused(url, verdict):
    assert opened(url) == Look(verdict)


def test_look_as_the_site_does_it_does_not_reach_a_site_on_loopback(serve):
    site = serve({"/": page("Secret.")})

    assert opened(site.url(host="127.0.0.1")).verdict == Verdict.PORT
    assert site.connections == 0


def test_look_at_redirect_to_loopback_is_refused(near, serve):
    canary = serve({"/": page("Secret.")}, host="127.0.0.2")
    site = near({"/": redirect(canary.url(host="127.0.0.2"))})

    assert opened(site.url()) == Look(Verdict.PORT)
    assert canary.connections == 0


def test_look_at_an_endless_page_costs_this_process_little(near):
    site = near({"/": endless(page("<title>On and on</title>"), b"words " * 2_000)})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    found = opened(site.url())

    assert (found.verdict, found.title) == (Verdict.ALIVE, "On and on")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024


def test_look_at_a_page_of_nothing_but_tags_ends(near):
    site = near({"/": page("<title>Deep</title>" + "<div><p>" * 60_000)})

    assert opened(site.url()).verdict == Verdict.ALIVE


@pytest.mark.parametrize(
    "program",
    [
        "import os, time; os.close(1); time.sleep(60)",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "sys.exit(3)",
        "print('no JSON')",
        "print('[]')",
        "print('{}')",
        'print(\'{"verdict": "fine"}\')',
        "print('[' * 100_000)",
        "import os\nwhile True: os.write(1, b'x' * 60_000)",
    ],
)
def test_look_by_a_child_that_fails_is_a_verdict(monkeypatch, program):
    monkeypatch.setattr(sandbox, "_START", f"import sys; sys.stdin.read()\n{program}")

    assert opened("https://example.org/") == Look(Verdict.UNREADABLE)


def test_look_by_a_child_that_takes_too_long_is_a_verdict(monkeypatch):
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.3)
    monkeypatch.setattr(sandbox, "_START", "import time; time.sleep(60)")

    assert opened("https://example.org/") == Look(Verdict.SLOW)


def test_look_by_a_child_that_dies_before_it_is_asked_is_a_verdict(monkeypatch):
    monkeypatch.setattr(sandbox, "_START", "import os; os._exit(1)")
    monkeypatch.setattr(sandbox, "_ROOT", "/")

    assert opened("https://example.org/") == Look(Verdict.UNREADABLE)


def test_look_believes_a_child_no_more_than_a_page(monkeypatch):
    answer = {
        "verdict": "alive",
        "http_status": -1,
        "final_url": "javascript:alert(1)",
        "title": "a\x00b" + "c" * 400,
        "digest": "d" * 100,
        "csl": {"title": ["T"], "note": "no", "author": "x"},
    }
    monkeypatch.setattr(
        sandbox, "_START", f"import sys, json; sys.stdin.read(); print(json.dumps({answer!r}))"
    )

    assert opened("https://example.org/") == Look(
        verdict=Verdict.ALIVE,
        title="a b" + "c" * 296 + "…",
        csl={"type": "document", "title": "T"},
    )


def test_child_sees_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do-not-tell")
    monkeypatch.setenv("DATABASE_URL", "postgres://user:do-not-tell@db/x")
    monkeypatch.setattr(
        sandbox,
        "_START",
        "import os, sys, json; told = sys.stdin.read() + ' '.join(os.environ);"
        "print(json.dumps({'verdict': 'alive', 'title': told}))",
    )

    title = opened("https://example.org/").title

    assert title.startswith('{"url": "https://example.org/", "agent": "Counterpoint')
    assert "SECRET" not in title
    assert "DATABASE" not in title


@pytest.mark.parametrize(
    ("program", "error"),
    [
        ("import socket; socket.create_connection(('127.0.0.1', 80))", "PermissionError"),
        ("import socket; socket.create_connection(('10.0.0.1', 443))", "PermissionError"),
        ("import socket; socket.create_connection(('8.8.8.8', 22))", "PermissionError"),
        ("import socket; socket.socket(socket.AF_UNIX).connect('/run/x')", "PermissionError"),
        ("import socket; socket.socket().bind(('127.0.0.1', 0))", "PermissionError"),
        (
            "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.sendto(b'x', ('8.8.8.8', 80))",
            "PermissionError",
        ),
        ("import subprocess; subprocess.run(['true'])", "PermissionError"),
        ("import os; os.system('true')", "PermissionError"),
        ("import os; os.fork()", "PermissionError"),
        ("open('/tmp/counterpoint-never', 'w')", "PermissionError"),
        ("import os; os.remove('/tmp/counterpoint-never')", "PermissionError"),
        ("x = bytearray(500 * 1024 * 1024)", "MemoryError"),
    ],
)
def test_child_can_do_nothing_but_open_the_web(program, error):
    code, told = in_child(program)

    assert code == 1
    assert told[0].startswith(error)


def test_child_that_is_left_alone_ends_itself():
    left = "import signal; print(signal.alarm(0), file=sys.stderr)"

    code, told = in_child(left)

    assert (code, told) == (0, [str(child.LIFE_SECONDS)])


def test_child_that_computes_without_end_is_ended(monkeypatch):
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 100)
    monkeypatch.setattr(
        sandbox,
        "_START",
        START
        + "import resource; sys.stdin.read(); resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\n"
        "while True: pass",
    )

    # Not SLOW, which it would be if its time had run out before.
    assert opened("https://example.org/") == Look(Verdict.UNREADABLE)


def test_life_of_a_child_ends_soon_after_its_parent_stops_waiting():
    assert sandbox.WALL_SECONDS < child.LIFE_SECONDS == 12
