"""`manage.py create_token USERNAME`: a token for the API, printed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, connection

from debate.accounts.actions import create_token
from debate.accounts.enums import Scope
from debate.accounts.models import ApiToken, User
from debate.core import postgres
from debate.core.errors import Invalid

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Make a token for a person; the token alone goes to standard output."""

    help = "Make a token with which a program reads and writes as a person; it is printed once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose token, what it may do, and for how long."""
        parser.add_argument("username", help="whose token it is")
        parser.add_argument(
            "--scopes",
            nargs="+",
            default=[Scope.READ.value],
            metavar="SCOPE",
            help=f"what it may do, of: {', '.join(Scope.values)} (read when not given)",
        )
        parser.add_argument(
            "--days",
            type=int,
            default=90,
            help=f"how long it lives, at most {ApiToken.LONGEST_DAYS} days (90 when not given)",
        )
        parser.add_argument(
            "--name", default="command line", help="the name under which its owner sees it"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Make the token, print it, and say on standard error what was made."""
        embedded = connection.settings_dict["ENGINE"] == "debate.core.embedded"
        if embedded and not postgres.exists(settings.DATA):
            raise CommandError(
                f"There is no database in {settings.DATA}. Set COUNTERPOINT_DATA to the folder "
                "that the server runs with."
            )
        people = User.objects.filter(username__iexact=options["username"], is_active=True)
        try:
            person = people.first()
        except ProgrammingError as error:  # there are no tables
            raise CommandError(
                "The database has not been set up: run manage.py migrate. If the server runs "
                "already, set COUNTERPOINT_DATA to the folder that it runs with."
            ) from error
        if person is None:
            raise CommandError(
                f"There is no active person with the username {options['username']}."
            )
        scopes = [word for given in options["scopes"] for word in given.split(",") if word]
        try:
            token, secret = create_token(
                actor=person, name=options["name"], scopes=scopes, days=options["days"]
            )
        except Invalid as error:
            raise CommandError(f"{error.field}: {error.sentence}") from error
        self.stderr.write(
            f"A token for {person.username} with the scopes {', '.join(token.scopes)}, valid until "
            f"{token.expires_at:%d %B %Y}. It is not shown again:"
        )
        self.stdout.write(secret)
