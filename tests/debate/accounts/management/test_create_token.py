import os
import subprocess
import sys
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from debate.accounts.models import ApiToken
from tests.factories.accounts import UserFactory


def create_token(*words):
    out, told = StringIO(), StringIO()
    call_command("create_token", *words, stdout=out, stderr=told)
    return out.getvalue(), told.getvalue()


def test_create_token_prints_the_token_alone_and_says_what_it_made(db):
    person = UserFactory(username="mina")

    out, told = create_token("mina")

    token = ApiToken.objects.get(user=person)
    assert out == out.strip() + "\n"
    assert token.digest == ApiToken.digest_of(out.strip())
    assert token.scopes == ["read"]
    assert told.startswith("A token for mina with the scopes read, valid until ")


@pytest.mark.parametrize("scopes", [["read", "write"], ["read,write"]])
def test_create_token_takes_scopes_days_and_name(db, scopes):
    person = UserFactory(username="mina")

    create_token("MINA", "--days", "3", "--name", "notebook", "--scopes", *scopes)

    token = ApiToken.objects.get(user=person)
    assert (token.scopes, token.name) == (["read", "write"], "notebook")
    left = token.expires_at - timezone.now()
    assert timedelta(days=2, hours=23) < left <= timedelta(days=3)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nobody"], "There is no active person with the username nobody."),
        (
            ["mina", "--scopes", "fly"],
            (
                "scopes: Choose at least one of: read, write, roster:read, marks:read, marks:write, "
                "grades:read, grades:write, admin."
            ),
        ),
        (["mina", "--days", "0"], "days: A token lives 1 to 365 days."),
        (["mina", "--days", "366"], "days: A token lives 1 to 365 days."),
        (["mina", "--name", " "], "name: Please write something here."),
    ],
)
def test_create_token_of_bad_input_makes_none(db, words, sentence):
    UserFactory(username="mina")

    with pytest.raises(CommandError) as caught:
        create_token(*words)

    assert str(caught.value) == sentence
    assert not ApiToken.objects.exists()


def test_create_token_beside_another_data_folder_names_it_and_makes_no_database(tmp_path):
    usual = {one: os.environ[one] for one in ("PATH", "HOME") if one in os.environ}

    done = subprocess.run(
        [sys.executable, "manage.py", "create_token", "mina"],
        cwd=settings.BASE_DIR,
        env={**usual, "COUNTERPOINT_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip() == (
        f"CommandError: There is no database in {tmp_path}. Set COUNTERPOINT_DATA to the folder "
        "that the server runs with."
    )
    assert not (tmp_path / "postgres").exists()


def test_create_token_in_a_database_without_tables_says_so(db):
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{ApiToken._meta.db_table}" RENAME TO elsewhere')
        cursor.execute('ALTER TABLE "accounts_user" RENAME TO nobody')

    with pytest.raises(CommandError) as caught:
        create_token("mina")

    assert str(caught.value) == (
        "The database has not been set up: run manage.py migrate. If the server runs already, set "
        "COUNTERPOINT_DATA to the folder that it runs with."
    )


def test_create_token_of_a_person_who_was_shut_out_makes_none(db):
    UserFactory(username="mina", is_active=False)

    with pytest.raises(CommandError, match="no active person"):
        create_token("mina")
