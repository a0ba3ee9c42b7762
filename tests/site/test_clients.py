"""The guide for people who write clients: its examples run as they stand, against a served application."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.signals import request_started

from annotations.actions import edit_annotation, withdraw_annotation
from annotations.actions.inputs import Content
from annotations.models import Annotation
from debate.accounts.actions import create_token
from debate.core import docs
from tests.factories.annotations import AnnotationFactory, annotation_on
from tests.factories.assignments import assignment_of
from tests.factories.bulk import crowd
from tests.factories.essays import essay_of
from tests.factories.seminars import GroupFactory, MembershipFactory

MANY = 50_000
A_FEW = 1_100
PATIENCE = 300
"""Seconds that a program may take on a busy machine."""


def examples(language):
    """The programs of the guide in that language, in their order."""
    text = Path(docs.FOLDER, "clients.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


SYNC, NOTEBOOK, TABLES = examples("python")
[PAGES] = examples("javascript")
[IN_R] = examples("r")


@pytest.fixture
def served(live_server, transactional_db, tmp_path):
    """A seminar whose site is served, a student who reads it, and `run` of a program of the student's."""
    essay = essay_of("Turning up to vote should be a legal duty.", "Some say so.")
    student = MembershipFactory(seminar=essay.seminar).user
    assignment = assignment_of(essay)
    _, secret = create_token(actor=student, name="examples")
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TOKEN": secret,
        "ASSIGNMENT": str(assignment.pk),
    }

    def start(program, *arguments):
        program = program.replace(docs.EXAMPLE, live_server.url)
        return subprocess.Popen(
            [*arguments, program] if arguments else [sys.executable, "-c", program, "copy.db"],
            env=variables,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(program, *arguments):
        with start(program, *arguments) as process:
            said, complained = process.communicate(timeout=PATIENCE)
        assert (process.returncode, complained) == (0, "")
        return said.splitlines()

    return SimpleNamespace(
        seminar=essay.seminar, assignment=assignment, student=student, folder=tmp_path,
        start=start, run=run,
    )  # fmt: skip


def readable(served):
    """What the student may read, but for what is withdrawn, which goes to nobody's copy."""
    return Annotation.objects.visible_to(served.student).exclude(status="withdrawn")


def counted(lines, kind="annotation"):
    [line] = [one for one in lines if one.startswith(f"{kind}: ")]
    return line.removeprefix(f"{kind}: ")


def copied(served):
    """The annotations of the copy by their ids; None for tombstones."""
    with sqlite3.connect(served.folder / "copy.db") as database:
        rows = database.execute("SELECT id, body FROM object WHERE type = 'annotation'").fetchall()
    return {one: body and json.loads(body) for one, body in rows}


def expect_whole(served):
    copy = {one: body["version"] for one, body in copied(served).items() if body}
    there = {str(pk): version for pk, version in readable(served).values_list("pk", "version")}
    assert copy == there


def test_sync_program_is_as_short_as_the_guide_says():
    code = [
        line for line in SYNC.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]

    assert len(code) <= 60


def test_sync_takes_in_the_full_state_and_then_only_what_changed(served):
    crowd(served.assignment, people=20, annotations=A_FEW)
    before = readable(served).count()

    first = served.run(SYNC)
    changed, gone = readable(served).filter(kind="comment", author__isnull=False)[:2]
    edit_annotation(
        actor=changed.author,
        annotation_id=changed.pk,
        content=Content(kind="comment", body="Other words."),
    )
    withdraw_annotation(actor=gone.author, annotation_id=gone.pk)
    second = served.run(SYNC)
    third = served.run(SYNC)

    assert counted(first) == f"{before} there, 0 gone"
    assert counted(second) == counted(third) == f"{before - 1} there, 1 gone"
    assert copied(served)[str(changed.pk)]["body"] == "Other words."
    assert copied(served)[str(gone.pk)] is None
    expect_whole(served)


def test_sync_goes_on_where_it_was_killed(served):
    crowd(served.assignment, people=20, annotations=A_FEW)
    place = served.folder / "copy.cursor"
    asks_on, is_killed = threading.Event(), threading.Event()

    def hold(**_):
        """What it asks for once it has kept a page is not answered before it is killed."""
        if place.exists() and not is_killed.is_set():
            asks_on.set()
            is_killed.wait(PATIENCE)

    request_started.connect(hold)
    with served.start(SYNC) as process:
        try:
            assert asks_on.wait(PATIENCE)
            process.kill()
        finally:
            is_killed.set()
            request_started.disconnect(hold)
    begun = json.loads(place.read_text())
    said = served.run(SYNC)

    assert begun["is_whole"] is False
    assert counted(said) == f"{readable(served).count()} there, 0 gone"
    expect_whole(served)


def test_sync_begins_again_where_it_sees_by_other_rules(served):
    group = GroupFactory(seminar=served.seminar, members=[served.student])
    seen = AnnotationFactory(assignment=served.assignment, audience="group", group=group)
    kept = AnnotationFactory(assignment=served.assignment)

    first = served.run(SYNC)
    group.members.remove(served.student)
    second = served.run(SYNC)

    assert counted(first) == "2 there, 0 gone"
    assert counted(second) == "1 there, 1 gone"
    assert copied(served)[str(seen.pk)] is None
    assert copied(served)[str(kept.pk)]["body"] == kept.body
    assert json.loads((served.folder / "copy.cursor").read_text())["walk"] == 2


def test_sync_waits_as_long_as_the_site_says(served, settings):
    settings.API_RATES = {"read": (3, 2)}
    crowd(served.assignment, people=20, annotations=A_FEW)

    said = served.run(SYNC)

    assert counted(said) == f"{readable(served).count()} there, 0 gone"
    expect_whole(served)


def by_kind(served):
    """Of each kind the student may read, how many annotations there are, and by how many people."""
    found = {}
    for kind, author in readable(served).values_list("kind", "author_id"):
        found.setdefault(kind, []).append(author)
    return {kind: (len(authors), len(set(authors))) for kind, authors in found.items()}


def unanswered(served):
    """The line of the notebooks about what nobody has met."""
    asking = readable(served).filter(kind__in=["question", "counterargument"], is_met=False)
    return f"{asking.count()} are unanswered"


def table(lines):
    """The rows of numbers in what pandas printed, by the word before them."""
    rows = [line.split() for line in lines]
    return {row[0]: tuple(map(int, row[1:])) for row in rows if row[1:] and row[1].isdigit()}


def test_notebook_and_copy_hold_all_of_a_large_assignment(served):
    """The same 50,000 annotations by each way: the change feed, NDJSON, and tables."""
    crowd(served.assignment, people=50, annotations=MANY)
    there = by_kind(served)
    number = sum(count for count, _ in there.values())

    *numbers, last = served.run(NOTEBOOK)

    assert number > MANY * 0.8
    assert table(numbers) == there
    assert last == unanswered(served)

    assert sum(map(sum, table(served.run(TABLES)).values())) == number

    assert counted(served.run(SYNC)) == f"{number} there, 0 gone"


def test_notebooks_leave_out_what_the_reader_has_withdrawn(served):
    [paragraph, _] = served.assignment.revision.paragraphs.order_by("number")
    kept, gone = (
        annotation_on(paragraph, assignment=served.assignment, author=served.student, kind=kind)
        for kind in ("comment", "question")
    )
    withdraw_annotation(actor=served.student, annotation_id=gone.pk)

    *numbers, last = served.run(NOTEBOOK)

    assert table(numbers) == {kept.kind: (1, 1)}
    assert last == "0 are unanswered"
    assert served.run(TABLES)[0].split() == ["kind", kept.kind]


if shutil.which("node"):

    def test_javascript_walks_all_pages(served):
        crowd(served.assignment, people=20, annotations=A_FEW)

        said = served.run(PAGES, "node", "--input-type=module", "--eval")

        there = by_kind(served)
        assert [json.loads(line) for line in said] == [
            {kind: count for kind, (count, _) in there.items()}
        ]


if shutil.which("Rscript"):

    def test_r_counts_what_the_export_holds(served):
        crowd(served.assignment, people=20, annotations=A_FEW)

        assert served.run(IN_R, "Rscript", "-e")[-1] == unanswered(served)
