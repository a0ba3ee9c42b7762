"""Nothing acknowledged is lost, nothing is stored twice: the processes are killed in mid-write."""

import http.client
import itertools
import json
import os
import shutil
import signal
import tempfile
import threading
import time
import uuid
from pathlib import Path

import pytest

from debate.core.postgres import Place
from tests.debate.core.test_serve import PATIENCE, Served, manage, until

WRITERS = 4


class Writer(threading.Thread):
    """Posts annotations one after another; an unknown outcome is made known by sending it again."""

    def __init__(self, port, secret, assignment, paragraph, stop):
        super().__init__(daemon=True)
        self.port, self.secret, self.stop = port, secret, stop
        self.least = {"assignment": assignment, "paragraph": paragraph, "kind": "comment"}
        self.acknowledged = {}

    def run(self):
        for number in itertools.count():
            if self.stop.is_set():
                return
            key = str(uuid.uuid4())
            body = {**self.least, "body": f"Number {number}.", "submission_key": key}
            while not (answer := self.post(body)) and not self.stop.is_set():
                time.sleep(0.05)
            if answer:
                self.acknowledged[key] = answer["id"]

    def post(self, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {
            "Authorization": f"Bearer {self.secret}",
            "Content-Type": "application/json",
        }
        try:
            connection.request("POST", "/api/v1/annotations/", json.dumps(body), headers)
            response = connection.getresponse()
            content = response.read()
            return json.loads(content) if response.status == 201 else None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()


def kill(served, what):
    if what == "database":
        pid = int(Place(served.data.resolve()).pid_file.read_text().split()[0])
    else:
        (pid,) = served.web_processes()
    os.kill(pid, signal.SIGKILL)


def is_ready(served):
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_until_ready(served):
    until(lambda: is_ready(served))


def write_on(writers):
    """Let them write for a while, and at least until one more is acknowledged."""

    def acknowledged():
        return sum(len(writer.acknowledged) for writer in writers)

    before = acknowledged()
    time.sleep(0.7)
    until(lambda: acknowledged() > before)


def ask(served, secret, path):
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)
    connection.request("GET", path, headers={"Authorization": f"Bearer {secret}"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def everything(served, secret, assignment):
    path = f"/api/v1/annotations/?assignment={assignment}&limit=200"
    while path:
        page = ask(served, secret, path)
        yield from page["results"]
        path = page["next"] and page["next"].split(str(served.port), 1)[1]


@pytest.fixture
def demo():
    base = Path(tempfile.mkdtemp())
    data = base / "var"
    manage(data, "migrate")
    manage(data, "collectstatic", "--no-input")
    manage(data, "demo", "--force")
    made = manage(data, "create_token", "instructor", "--scopes", "read,write")
    secret = next(word for word in made.stdout.split() if word.startswith("cp_"))
    served = Served(data)
    # What it says of broken requests would fill the pipe, and then it would wait for a reader.
    reader = threading.Thread(target=lambda: list(served.supervisor.stdout), daemon=True)
    reader.start()
    yield served, secret
    served.supervisor.send_signal(signal.SIGTERM)
    reader.join(PATIENCE)
    assert served.stop(signal.SIGTERM)[0] == 0
    shutil.rmtree(base)


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param(["web", "database"], id="small"),
        pytest.param(["web", "database"] * 5, id="large", marks=pytest.mark.soak),
    ],
)
def test_nothing_acknowledged_is_lost_and_nothing_stored_twice(kills, demo):
    served, secret = demo
    (assignment, *_) = ask(served, secret, "/api/v1/assignments/")["results"]
    essay = assignment["essay"]
    essay_id = essay["id"] if isinstance(essay, dict) else essay
    paragraphs = ask(served, secret, f"/api/v1/essays/{essay_id}/paragraphs/")["results"]
    paragraph = next(one["id"] for one in paragraphs if one["number"])
    stop = threading.Event()
    writers = [
        Writer(served.port, secret, assignment["id"], paragraph, stop) for _ in range(WRITERS)
    ]
    before = {one["id"] for one in everything(served, secret, assignment["id"])}

    for writer in writers:
        writer.start()
    for what in kills:
        write_on(writers)
        kill(served, what)
        wait_until_ready(served)
    write_on(writers)
    stop.set()
    for writer in writers:
        writer.join(PATIENCE)
        assert not writer.is_alive()

    stored = {one["id"]: one for one in everything(served, secret, assignment["id"])}
    acknowledged = [pk for writer in writers for pk in writer.acknowledged.values()]
    new = stored.keys() - before
    assert len(acknowledged) > len(kills)
    assert len(set(acknowledged)) == len(acknowledged)
    assert set(acknowledged) <= new
    # Each writer may have been stopped between a post and its answer.
    assert len(new) <= len(acknowledged) + WRITERS
    assert all(stored[pk]["anchors"] for pk in new)
