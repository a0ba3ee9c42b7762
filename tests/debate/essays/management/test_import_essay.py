"""`manage.py import_essay`: what it prints, what it saves, and how it refuses."""

import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from debate.essays.models import Essay
from tests.factories.seminars import SeminarFactory

FIXTURES = os.environ.get("COUNTERPOINT_FIXTURES")

ESSAY = """# On water

By Elinor Example, An Institute

Water costs, whoever

pays for it in the end.

![a chart](chart.png)

It should have a price.

---

Pay for it.
"""


@pytest.fixture
def essay_file(tmp_path):
    path = tmp_path / "on-water.md"
    path.write_text(ESSAY, encoding="utf-8")
    return path


def run(path, **options):
    output = StringIO()
    call_command("import_essay", str(path), stdout=output, **options)
    return output.getvalue().splitlines()


def test_import_prints_numbers_and_saves(instructor, essay_file):
    lines = run(essay_file)

    essay = Essay.objects.get()
    assert (essay.title, essay.byline_author, essay.affiliation) == (
        "On water",
        "Elinor Example",
        "An Institute",
    )
    assert essay.created_by == instructor
    assert lines[:2] == ["On water", "by Elinor Example, An Institute"]
    assert "        1  Water costs, whoever pays for it in the end." in lines
    assert "        3  Pay for it." in lines
    assert "1 image was left out." in lines
    assert any("joined" in line for line in lines)
    assert lines[-1] == f"Saved in Water policy: /essays/{essay.pk}/"


def test_import_takes_title_seminar_and_person(instructor, other_seminar, essay_file):
    run(essay_file, title="Water", seminar="water-policy", author_username="instructor")

    essay = Essay.objects.get()
    assert (essay.title, essay.seminar.slug) == ("Water", "water-policy")


def test_dry_run_saves_nothing_and_needs_no_seminar(db, essay_file):
    assert run(essay_file, dry_run=True)[-1] == "Nothing was saved."
    assert not Essay.objects.exists()


def test_essay_without_title_says_so(instructor, tmp_path):
    path = tmp_path / "untitled.txt"
    path.write_text("Only words, no title, and a full stop.", encoding="utf-8")

    lines = run(path, dry_run=True)

    assert lines[0] == "(no title)"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"seminar": "none"}, "There is no seminar 'none'."),
        ({}, "Say which seminar with --seminar: housing-policy, water-policy."),
        (
            {"seminar": "housing-policy"},
            "Housing policy has no instructor who could import an essay.",
        ),
        (
            {"seminar": "water-policy", "author_username": "nobody"},
            "There is nobody named 'nobody'.",
        ),
        (
            {"seminar": "water-policy", "author_username": "student"},
            "Only instructors of this seminar import essays.",
        ),
        (
            {"seminar": "water-policy", "title": "x" * 301},
            "This has more than 300 characters.",
        ),
    ],
)
def test_import_refused_in_one_sentence(
    instructor, student, other_seminar, essay_file, options, sentence
):
    with pytest.raises(CommandError) as caught:
        run(essay_file, **options)

    assert str(caught.value) == sentence
    assert caught.value.returncode == 1
    assert not Essay.objects.exists()


def test_import_without_any_seminar_is_refused(db, essay_file):
    with pytest.raises(CommandError, match="There is no seminar yet"):
        run(essay_file)


def test_file_that_is_not_there_is_told(db):
    SeminarFactory()

    with pytest.raises(CommandError, match=r"cannot be read: No such file or directory\.$"):
        run(Path("nowhere.md"))


def test_file_that_is_no_essay_is_told(instructor, tmp_path):
    path = tmp_path / "empty.md"
    path.write_bytes(b" \n")

    with pytest.raises(CommandError, match="There is no text here"):
        run(path)


if FIXTURES:

    def test_supplied_essay_is_saved_as_it_must_be(instructor):
        run(Path(FIXTURES) / "essays" / "setting-expectations-right.md")

        rows = list(Essay.objects.get().current_revision.paragraphs.values_list("kind", "number"))
        assert rows == [
            ("byline", None),
            *[("body", number) for number in range(1, 9)],
            ("break", None),
            ("body", 9),
            ("note", None),
            ("note", None),
        ]
