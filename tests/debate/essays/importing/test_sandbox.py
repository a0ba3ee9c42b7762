import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from debate.essays.importing import sandbox
from debate.essays.importing.blocks import Block
from debate.essays.importing.errors import ImportRefused

PROCESSES = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
ROOT = str(Path(__file__).parents[4])


def refusal(data, **fields):
    with pytest.raises(ImportRefused) as refused:
        sandbox.read(data, **fields)
    return refused.value.code, refused.value.field


@pytest.fixture
def no_new_children():
    """Fails the test that leaves a process behind; what the test run itself has started is its own."""
    before = set(PROCESSES.read_text().split())
    yield
    assert set(PROCESSES.read_text().split()) <= before


def in_child(program):
    """The output of `program` under the limits of a reader."""
    start = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from debate.essays.importing import child; child.limit(); sys.addaudithook(child._forbid)\n"
    )
    return subprocess.run(
        [sys.executable, "-I", "-c", start + program, ROOT],
        capture_output=True,
        text=True,
        check=False,
        env={},
    )


def test_read_paste_of_one_word_is_one_paragraph():
    draft = sandbox.read(b"Hello")

    assert draft.blocks == [Block(kind="body", html="Hello")]
    assert draft.title == ""


def test_read_essay_from_right_to_left_keeps_its_letters():
    draft = sandbox.read("من يدفع ثمن الماء؟\n\nالماء غالٍ حيث هو قليل.".encode(), filename="a.txt")

    assert (draft.language, draft.title) == ("ar", "من يدفع ثمن الماء؟")
    assert draft.blocks == [Block(kind="body", html="الماء غالٍ حيث هو قليل.")]


@pytest.mark.parametrize(
    ("data", "filename", "expected"),
    [
        (b"", "", ("empty", "text")),
        (b" \n\t", "a.md", ("empty", "file")),
        ("\u200b\u3164\u2060".encode(), "", ("empty", "text")),
        (b"***\n\n---", "a.md", ("empty", "file")),
        (b"a\x00b", "", ("not_text", "text")),
        ("日本語の文章です。".encode("shift-jis") * 3, "a.txt", ("unknown_encoding", "file")),
        (b"x" * (2 * 1024 * 1024 + 1), "a.txt", ("too_large", "file")),
        (b"x" * (3 * 1024 * 1024), "", ("too_large", "text")),
        (b"x" * 20_001, "", ("paragraph_too_long", "text")),
        (b"\xd0\xcf\x11\xe0", "a.doc", ("unsupported_format", "file")),
        (b"PK\x03\x04", "a.docx", ("not_word", "file")),
        (b"%PDF-1.4", "a.pdf", ("not_pdf", "file")),
    ],
)
def test_read_bad_input_is_refused_by_code_and_field(data, filename, expected):
    assert refusal(data, filename=filename) == expected


def test_read_paste_gives_what_its_bytes_would():
    assert sandbox.read_paste("<h1>T</h1><p>Words.</p>", media_type="text/html") == sandbox.read(
        b"<h1>T</h1><p>Words.</p>", media_type="text/html"
    )


def test_read_paste_with_half_a_character_is_refused():
    with pytest.raises(ImportRefused) as refused:
        sandbox.read_paste("a\ud800b")

    assert (refused.value.code, refused.value.field) == ("not_text", "text")


def test_read_leaves_no_child_behind(no_new_children):
    assert sandbox.read(b"Words.").blocks[0].text == "Words."
    assert refusal(b"<div>" * 10_000 + b"x", filename="a.html") == ("nested_too_deeply", "file")


def test_read_child_that_takes_too_long_is_ended_and_refused(monkeypatch, no_new_children):
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.001)

    assert refusal(b"Words.") == ("too_heavy", "text")


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "too_heavy"),
        ("sys.exit(3)", "unreadable"),
        ("print('no JSON')", "unreadable"),
        ("print('[]')", "unreadable"),
        ("print('{}')", "unreadable"),
        ('print(\'{"draft": "{}"}\')', "unreadable"),
    ],
)
def test_read_child_that_fails_is_a_refusal(monkeypatch, program, expected):
    monkeypatch.setattr(sandbox, "_START", f"import sys; sys.stdin.read(); {program}")

    assert refusal(b"Words.") == (expected, "text")


def test_read_while_all_places_are_taken_is_refused_as_busy(monkeypatch):
    monkeypatch.setattr(sandbox, "WAIT_SECONDS", 0.01)
    monkeypatch.setattr(sandbox, "_slots", threading.BoundedSemaphore(1))
    sandbox._slots.acquire()

    assert refusal(b"Words.") == ("busy", "text")


def test_read_child_sees_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do-not-tell")
    monkeypatch.setenv("DATABASE_URL", "postgres://user:do-not-tell@db/x")
    monkeypatch.setattr(
        sandbox,
        "_START",
        "import os, sys, json; sys.stdin.read();"
        "print(json.dumps({'refused': ['seen', ' '.join(os.environ)]}))",
    )

    with pytest.raises(ImportRefused) as refused:
        sandbox.read(b"Words.")

    assert set(refused.value.sentence.split()) <= {"LC_CTYPE"}
    assert "SECRET_KEY" in os.environ


@pytest.mark.parametrize(
    ("program", "error"),
    [
        ("import socket; socket.create_connection(('127.0.0.1', 9))", "PermissionError"),
        ("import subprocess; subprocess.run(['true'])", "PermissionError"),
        ("import os; os.system('true')", "PermissionError"),
        ("open('/tmp/counterpoint-never', 'w')", "PermissionError"),
        (
            "import os; os.open('/tmp/counterpoint-never', os.O_WRONLY | os.O_CREAT)",
            "PermissionError",
        ),
        ("import os; os.remove('/tmp/counterpoint-never')", "PermissionError"),
        ("x = bytearray(900 * 1024 * 1024)", "MemoryError"),
    ],
)
def test_child_can_do_nothing_but_read(program, error):
    done = in_child(program)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(error)
