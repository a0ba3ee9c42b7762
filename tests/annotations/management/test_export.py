"""`manage.py export`."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from annotations.exchange.queries.debates import export_of
from tests.factories.annotations import AnnotationFactory
from tests.factories.argument import ClaimFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("given", ["id", "path"])
def test_export_writes_the_file_that_the_person_would_get(given, assignment, student, tmp_path):
    ClaimFactory(assignment=assignment)
    names = {"id": str(assignment.pk), "path": "water-policy/who-should-pay"}
    path = tmp_path / "debate.json"

    call_command(
        "export", names[given], "--format", "aifdb", "--as", "student", "--output", str(path)
    )

    assert path.read_bytes() == export_of(student, assignment, "aifdb").content


def test_export_without_a_path_goes_to_the_standard_output(assignment, student, capfdbinary):
    call_command("export", str(assignment.pk), "--as", "student", "--format", "argdown")

    assert capfdbinary.readouterr().out == export_of(student, assignment, "argdown").content


@pytest.mark.parametrize(
    ("given", "username", "sentence"),
    [
        ("water-policy/who-should-pay", "nobody", "There is nobody named 'nobody'."),
        ("water-policy/who-should-pay", "outsider", "sees no assignment water-policy"),
        ("water-policy/other", "student", "sees no assignment water-policy/other"),
        ("0198c2f4-3d52-7c1e-a0b7-5f0f6d1c2a34", "student", "sees no assignment 0198c2f4"),
        ("nonsense", "student", "Give the assignment's id, or SEMINAR/ASSIGNMENT."),
    ],
)
def test_export_of_what_there_is_not_says_so(
    given, username, sentence, assignment, student, outsider
):
    with pytest.raises(CommandError, match=sentence):
        call_command("export", given, "--as", username)


def test_export_to_where_nothing_can_be_written_says_so(assignment, student, tmp_path):
    with pytest.raises(CommandError, match="cannot be written: Is a directory"):
        call_command("export", str(assignment.pk), "--as", "student", "--output", str(tmp_path))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("of", "count"),
    [(["water-policy/who-should-pay"], 2), (["--seminar", "water-policy"], 2), (["--mine"], 1)],
    ids=["assignment", "seminar", "mine"],
)
def test_export_streams_all_annotations(of, count, assignment, student, tmp_path, capsys):
    AnnotationFactory(assignment=assignment)
    AnnotationFactory(assignment=assignment, author=student)
    path = tmp_path / "all.ndjson"

    call_command("export", *of, "--format", "ndjson", "--as", "student", "--output", str(path))

    lines = path.read_text().splitlines()
    assert json.loads(lines[-1])["count"] == len(lines) - 1 == count
    assert capsys.readouterr().out == (
        f"Wrote NDJSON of {path.stat().st_size:,} bytes to {path}.\n"
    )


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (["--seminar", "housing"], "sees no seminar housing"),
        (["--mine", "--format", "docx"], "Choose one of: ndjson, tables, jsonld."),
        (["--mine", "--authors", "pseudonym"], "Name the project"),
        (["water-policy/who-should-pay", "--no-trailer"], "Only NDJSON has a last line"),
        (
            ["water-policy/who-should-pay", "--authors", "pseudonym", "--project", "x"],
            "take no such option",
        ),
    ],
    ids=["seminar", "format", "project", "trailer", "debate"],
)
def test_export_of_annotations_that_there_is_not_says_so(asked, sentence, assignment, student):
    with pytest.raises(CommandError, match=sentence):
        call_command("export", *asked, "--as", "student")
