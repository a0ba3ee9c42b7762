"""`manage.py create_operator USERNAME`: the account of whoever runs the site."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from debate.accounts.actions import make_operator
from debate.accounts.models import User
from debate.core.errors import Invalid

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Make an operator; a second run finds one and changes nothing but the address."""

    help = (
        "Make the account of whoever runs the site: with the administration, a verified e-mail "
        "address and the right to make seminars. An account that exists is made an operator's."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose account, and where its password comes from."""
        parser.add_argument("username", help="with which the operator signs in")
        parser.add_argument("--email", required=True, help="the address, which counts as verified")
        parser.add_argument("--name", default="", help="what others read (the username)")
        parser.add_argument(
            "--password-file",
            metavar="FILE",
            help="holds a new account's password (- is standard input); without it, it is asked for",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Make the operator, and say what was done."""
        username = options["username"]
        known = User.objects.filter(username__iexact=username).first()
        try:
            person = make_operator(
                username=username,
                email=options["email"],
                name=options["name"],
                password="" if known else _password(options["password_file"]),
            )
        except Invalid as error:
            raise CommandError(f"{error.field}: {error.sentence}") from error
        self.stdout.write(_done(person, known))


def _password(file: str | None) -> str:
    if file == "-":
        return sys.stdin.readline().rstrip("\r\n")
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"--password-file names {file}, which cannot be read.") from error
    if not sys.stdin.isatty():
        raise CommandError("There is nobody to ask for the password: give --password-file.")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Password again: ") != first:
        raise CommandError("The passwords differ, so nothing was made.")
    return first


def _done(person: User, known: User | None) -> str:
    if known is None:
        return f"{person.username} has been made, an operator with the address {person.email}."
    was = "already" if known.is_superuser and known.is_active else "now"
    return f"{person.username} is an operator {was}, with the address {person.email} and the password of before."
