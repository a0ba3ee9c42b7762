"""Migrations: none is missing, each is named by its content, and each can be taken back."""

import inspect
import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL, SeparateDatabaseAndState

APPS = ["accounts", "notices", "seminars", "essays", "assignments", "annotations"]


@pytest.fixture(scope="module")
def migrations():
    """The project's own migrations, by app and name."""
    nodes = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return {key: migration for key, migration in nodes.items() if key[0] in APPS}


@pytest.mark.django_db
def test_no_change_of_a_model_lacks_its_migration():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_app_with_tables_has_migrations(migrations):
    assert {app for app, _ in migrations} == set(APPS)


def test_every_migration_is_named_by_its_content(migrations):
    badly = [
        key
        for key in migrations
        if not re.fullmatch(r"\d{4}_[a-z]+(_[a-z0-9]+)*", key[1])
        or re.search(r"_(auto|alter|merge)_", key[1])
        or (key[1].endswith("initial") and not key[1].startswith("0001"))
    ]

    assert badly == []


def test_migrations_of_an_app_are_one_line(migrations):
    """Each follows the one with the number before it: two branches cannot both be merged unseen."""
    for app in APPS:
        names = sorted(name for of, name in migrations if of == app)
        follows = {
            name: [before for of, before in migrations[app, name].dependencies if of == app]
            for name in names
        }

        assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
        assert follows == {name: [names[at - 1]] if at else [] for at, name in enumerate(names)}


def test_migration_changes_tables_or_data_but_not_both(migrations):
    data = (RunPython, RunSQL)
    mixed = [
        key
        for key, migration in migrations.items()
        if len({isinstance(one, data) for one in migration.operations}) > 1
    ]

    assert mixed == []


def test_every_operation_can_be_taken_back(migrations):
    final = [
        (key, type(one).__name__)
        for key, migration in migrations.items()
        for one in migration.operations
        if not one.reversible or isinstance(one, SeparateDatabaseAndState)
    ]

    assert final == []


def test_no_migration_takes_a_model_from_todays_code(migrations):
    """Django's own lines are `import debate.core.models`; rows are read through `apps`."""
    taken = re.compile(r"^\s*from (?:debate|annotations)\b.*", re.MULTILINE)
    sources = {
        key: inspect.getsource(inspect.getmodule(type(one))) for key, one in migrations.items()
    }

    assert {key: taken.findall(text) for key, text in sources.items() if taken.search(text)} == {}


@pytest.mark.django_db
def test_migrations_go_back_to_nothing_and_forth_again():
    before = connection.introspection.table_names()

    for app in ("annotations", "assignments", "essays", "seminars"):
        call_command("migrate", app, "zero", verbosity=0)
    without = connection.introspection.table_names()
    call_command("migrate", verbosity=0)

    assert [
        one for one in without if one.startswith(("annotations_", "essays_", "seminars_"))
    ] == []
    assert connection.introspection.table_names() == before
