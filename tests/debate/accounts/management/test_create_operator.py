"""The first account: made by one command, once."""

import io
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from debate.accounts.models import User
from tests.factories.accounts import UserFactory

PASSWORD = "a-long-sentence-of-words"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\n")
    return str(path)


def create_operator(*words):
    out = StringIO()
    call_command("create_operator", *words, stdout=out)
    return out.getvalue().strip()


def test_create_operator_makes_an_account_with_a_verified_address(db, file):
    told = create_operator(
        "ada", "--email", "Ada@example.org", "--name", "Ada L.", "--password-file", file
    )

    ada = User.objects.get()
    assert told == "ada has been made, an operator with the address ada@example.org."
    assert (ada.is_superuser, ada.is_staff, ada.name) == (True, True, "Ada L.")
    assert ada.check_password(PASSWORD)
    address = EmailAddress.objects.get(user=ada)
    assert (address.email, address.verified, address.primary) == ("ada@example.org", True, True)


def test_create_operator_reads_the_password_from_standard_input(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))

    create_operator("ada", "--email", "ada@example.org", "--password-file", "-")

    assert User.objects.get().check_password(PASSWORD)


def test_create_operator_again_changes_nothing(db, file):
    words = ("ada", "--email", "ada@example.org")
    create_operator(*words, "--password-file", file)

    told = create_operator(*words)

    assert told == (
        "ada is an operator already, with the address ada@example.org and the password of before."
    )
    assert User.objects.get().check_password(PASSWORD)
    assert EmailAddress.objects.count() == 1


def test_create_operator_raises_an_account_that_exists(db):
    mina = UserFactory(username="mina", is_active=False)
    EmailAddress.objects.create(user=mina, email=mina.email, primary=True)

    told = create_operator("MINA", "--email", "mina@example.edu")

    mina.refresh_from_db()
    assert told.startswith("mina is an operator now, ")
    assert (mina.is_superuser, mina.is_active, mina.email) == (True, True, "mina@example.edu")
    primary = EmailAddress.objects.get(user=mina, primary=True)
    assert (primary.email, primary.verified) == ("mina@example.edu", True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ada", "--email", "nonsense"], "email: "),
        (["ada", "--email", "mina@example.org"], "email: "),
        (["a da", "--email", "ada@example.org"], "username: "),
    ],
)
def test_create_operator_refuses_what_cannot_be_an_account(words, said, db, file):
    UserFactory(username="mina")

    with pytest.raises(CommandError, match=f"^{said}"):
        create_operator(*words, "--password-file", file)

    assert not User.objects.filter(is_superuser=True).exists()


def test_create_operator_refuses_a_password_that_is_too_easy(db, tmp_path):
    easy = tmp_path / "password"
    easy.write_text("password")

    with pytest.raises(CommandError, match=r"^password: This password is too common"):
        create_operator("ada", "--email", "ada@example.org", "--password-file", str(easy))


def test_create_operator_without_anybody_to_ask_says_what_to_give(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())

    with pytest.raises(CommandError, match="give --password-file"):
        create_operator("ada", "--email", "ada@example.org")


def test_create_operator_names_a_file_that_cannot_be_read(db):
    with pytest.raises(CommandError, match="/no/such/file, which cannot be read"):
        create_operator("ada", "--email", "ada@example.org", "--password-file", "/no/such/file")
