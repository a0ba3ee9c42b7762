"""The role that serves: it reads and writes what there is, owns nothing and rewrites no history."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from psycopg import errors

from annotations.grading.actions.events import record_event
from annotations.grading.enums import Verb
from annotations.grading.models import GradeEvent
from debate.core import roles
from tests.factories.accounts import UserFactory
from tests.factories.grading import GradeFactory

ROLE = "counterpoint_test_role"
HISTORIES = [
    "grading_criterion",
    "grading_gradeevent",
    "grading_level",
    "grading_rubricversion",
    "grading_sheet",
]


@pytest.fixture
def granted(db):
    """The role in this test's transaction, which takes it away again."""
    roles.grant(connection, ROLE)


def as_role(statement, params=()):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        cursor.execute(statement, params)
        found = cursor.fetchall() if cursor.description else None
        cursor.execute("RESET ROLE")
        return found


def ask(statement, params=()):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def test_histories_are_those_of_grading():
    assert roles.histories() == HISTORIES


@pytest.mark.parametrize("table", HISTORIES)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET id = id",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "ALTER TABLE {} OWNER TO CURRENT_USER",
        "DROP TABLE {} CASCADE",
        "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
        "CREATE TRIGGER t BEFORE INSERT ON {} EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger()",
    ],
    ids=["update", "delete", "truncate", "triggers", "own", "drop", "lock", "new trigger"],
)
def test_history_cannot_be_changed_by_the_role(granted, table, statement):
    with pytest.raises(ProgrammingError) as caught:
        as_role(statement.format(table))
    assert isinstance(caught.value.__cause__, errors.InsufficientPrivilege)


def test_history_can_be_added_to_by_the_role(granted):
    grade = GradeFactory()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        record_event(grade, Verb.OPENED, actor=None)
        cursor.execute("RESET ROLE")
    assert GradeEvent.objects.get().grade == grade


def test_role_reads_and_writes_every_other_table(granted):
    rights = ask(
        "SELECT relname, has_table_privilege(%s, oid, 'SELECT'),"
        " has_table_privilege(%s, oid, 'INSERT'), has_table_privilege(%s, oid, 'UPDATE'),"
        " has_table_privilege(%s, oid, 'DELETE') FROM pg_class"
        " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace",
        [ROLE] * 4,
    )
    whole = {name: given for name, *given in rights if name not in HISTORIES}
    assert "annotations_annotation" in whole
    assert set(map(tuple, whole.values())) == {(True, True, True, True)}


def test_role_draws_numbers_of_every_sequence(granted):
    rights = ask(
        "SELECT has_sequence_privilege(%s, oid, 'USAGE') FROM pg_class"
        " WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace",
        [ROLE],
    )
    assert rights
    assert set(rights) == {(True,)}


def test_role_owns_nothing(granted):
    assert ask("SELECT count(*) FROM pg_class WHERE relowner = %s::regrole", [ROLE]) == [(0,)]
    assert ask("SELECT rolcanlogin, rolsuper FROM pg_roles WHERE rolname = %s", [ROLE]) == [
        (False, False)
    ]


def test_role_reads_and_writes_tables_that_come_later(granted):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE later (id bigserial PRIMARY KEY)")
    as_role("INSERT INTO later DEFAULT VALUES")
    assert as_role("DELETE FROM later RETURNING id") == [(1,)]


def test_grant_again_changes_nothing(granted):
    roles.grant(connection, ROLE)
    assert as_role("SELECT count(*) FROM accounts_user") == [(0,)]


def test_grant_by_a_user_who_may_not_make_roles_says_what_to_do(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE nobody_much NOLOGIN")
        cursor.execute("SET LOCAL ROLE nobody_much")
        with pytest.raises(ImproperlyConfigured) as caught, transaction.atomic():
            roles.grant(connection, ROLE)
        cursor.execute("RESET ROLE")
    assert f"CREATE ROLE {ROLE} NOLOGIN" in str(caught.value)


def test_options_say_the_role_once():
    once = roles.with_role("-c plan_cache_mode=auto", ROLE)
    assert once == f"-c plan_cache_mode=auto -c role={ROLE}"
    assert roles.with_role(once, ROLE) == once
    assert roles.with_role("", ROLE) == f"-c role={ROLE}"


@pytest.mark.parametrize(
    ("role", "expected"),
    [("", []), ("counterpoint_app", ["-c", "role=counterpoint_app"])],
    ids=["none", "role"],
)
@pytest.mark.parametrize("server", ["asgi", "wsgi"])
def test_server_takes_the_role(server, role, expected, tmp_path):
    options = "settings.DATABASES['default']['OPTIONS']['options']"
    asked = f"import debate.{server}; from django.conf import settings; print({options})"
    told = subprocess.run(
        [sys.executable, "-c", asked],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "debate.settings",
            "COUNTERPOINT_DATA": str(tmp_path),
            "DATABASE_ROLE": role,
        },
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split()[2:] == expected


def test_user_made_in_a_transaction_of_the_role_is_kept(granted):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        user = UserFactory(username="maker")
        cursor.execute("RESET ROLE")
    user.refresh_from_db()
    assert user.username == "maker"
