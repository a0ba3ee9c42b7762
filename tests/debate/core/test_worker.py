"""The job worker for real: mails of a running site, also when what sends them is killed."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest

from tests.debate.core.test_serve import PATIENCE, ROOT, Served, environment, manage, until

# Posts replies from a process of its own, as a request would: the mail is a row of its transaction.
POST = """
    import time

    import django
    django.setup()
    from annotations.actions import Content, Target, create_annotation
    from tests.factories.accounts import UserFactory
    from tests.factories.assignments import assignment_of
    from tests.factories.essays import essay_of
    from tests.factories.seminars import MembershipFactory, SeminarFactory

    # Names of their own: the tests of the module post into one database.
    for factory in (UserFactory, SeminarFactory):
        factory.reset_sequence(time.time_ns())
    seminar = SeminarFactory()
    asker, answerer = (MembershipFactory(seminar=seminar).user for _ in range(2))
    assignment = assignment_of(essay_of("Who pays for water?", seminar=seminar))
    here = Target(paragraph_id=assignment.revision.paragraphs.get().pk)
    post = Content(kind="comment", body="A remark.")
    first = create_annotation(
        actor=asker, assignment_id=assignment.pk, content=post, targets=[here]
    )
    for _ in range({count}):
        create_annotation(
            actor=answerer, assignment_id=assignment.pk, content=post, parent_id=first.pk
        )
"""


def post(data, count):
    code = textwrap.dedent(POST.format(count=count))
    more = {"DJANGO_SETTINGS_MODULE": "debate.settings", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], env=environment(data, **more), check=True)


def message_ids(data):
    letters = data.joinpath("mail").glob("*")
    text = "".join(one.read_text(encoding="utf-8") for one in letters)
    return re.findall(r"^Message-ID: (.+)$", text, re.MULTILINE)


@pytest.fixture(scope="module")
def site():
    """A data folder with a database that is up to date, and static files."""
    base = Path(tempfile.mkdtemp())
    folder = base / "var"
    assert manage(folder, "collectstatic", "--no-input").returncode == 0
    assert manage(folder, "migrate", "--verbosity=0").returncode == 0
    yield folder
    shutil.rmtree(base)


@pytest.fixture
def data(site):
    """That folder, without any mail."""
    shutil.rmtree(site / "mail", ignore_errors=True)
    return site


def test_worker_of_serve_sends_what_is_posted_within_seconds(data):
    served = Served(data)
    until(served.job_workers)
    post(data, 3)

    sent = until(lambda: len(message_ids(data)) == 3 and message_ids(data))
    served.stop(signal.SIGTERM)

    assert len(set(sent)) == 3
    assert served.job_workers() == []


@pytest.mark.soak
def test_worker_killed_again_and_again_sends_each_at_least_once(data):
    served = Served(data)
    post(data, 20)

    for _ in range(4):
        os.kill(until(served.job_workers)[0], signal.SIGKILL)
        time.sleep(2.5)
    deadline = time.monotonic() + 120
    while len(set(message_ids(data))) < 20 and time.monotonic() < deadline:
        time.sleep(0.5)
    served.stop(signal.SIGTERM)

    assert len(set(message_ids(data))) == 20


def test_work_is_a_command_of_its_own_that_ends_when_told(data):
    post(data, 1)
    working = subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "work"],
        env=environment(data),
        stdout=subprocess.PIPE,
        text=True,
    )

    until(lambda: len(message_ids(data)) == 1)
    working.send_signal(signal.SIGTERM)
    told, _ = working.communicate(timeout=PATIENCE)

    assert (working.returncode, told) == (0, "Working (Ctrl-C stops it).\n")


def test_work_waits_for_migrations(tmp_path):
    working = subprocess.Popen(
        [sys.executable, Path(ROOT, "manage.py"), "work"],
        env=environment(tmp_path / "var"),
        stderr=subprocess.PIPE,
        text=True,
    )

    line = until(working.stderr.readline)
    is_running = working.poll() is None
    working.terminate()
    working.communicate(timeout=PATIENCE)

    assert line.endswith("Jobs wait for the database and its migrations.\n")
    assert is_running
