"""A client that openapi-python-client makes of the description works as it comes."""

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from annotations.models import Annotation
from debate.accounts.actions import create_token
from debate.core.api.schema import description

PROGRAM = """
import importlib, pkgutil, sys
import made
from made import AuthenticatedClient
from made.api.annotations import annotations_create, annotations_list
from made.api.me import me_retrieve
from made.models import AnnotationKindEnum, AnnotationShapeRequest

for one in pkgutil.walk_packages(made.__path__, "made."):
    importlib.import_module(one.name)
url, token, assignment, paragraph = sys.argv[1:]
client = AuthenticatedClient(url, token=token, raise_on_unexpected_status=True)
comment = AnnotationShapeRequest(
    assignment=assignment, paragraph=paragraph, kind=AnnotationKindEnum.COMMENT, body="By a client."
)
for _ in range(2):
    annotations_create.sync(client=client, body=comment, idempotency_key="a-key")
print(me_retrieve.sync(client=client).username)
print([one.body for one in annotations_list.sync(client=client, limit=5).results])
"""


@pytest.fixture
def made(tmp_path):
    """The folder in which the client lies, and what its maker said."""
    schema = tmp_path / "schema.json"
    schema.write_bytes(orjson.dumps(description()))
    maker = ["-m", "openapi_python_client", "generate", "--meta", "none", "--path", str(schema)]
    done = subprocess.run(
        [sys.executable, *maker, "--output-path", str(tmp_path / "made")],
        capture_output=True,
        text=True,
        check=True,
        # What it calls to format the client lies beside the interpreter.
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
    )
    return tmp_path, done.stdout + done.stderr


def test_client_is_made_without_a_warning_and_does_what_it_says(
    made, live_server, student, assignment, paragraphs
):
    folder, said = made
    _, secret = create_token(actor=student, name="made", scopes=["read", "write"])
    about = [live_server.url, secret, str(assignment.pk), str(paragraphs[0].pk)]

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *about],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )

    assert "arning" not in said
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["student", "['By a client.']"]
    assert Annotation.objects.count() == 1
