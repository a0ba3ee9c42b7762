"""`manage.py export`: what a person would get of an assignment, a seminar or all of one's own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from annotations.exchange.bulk.scope import Scope, Wanted
from annotations.exchange.bulk.writing import BULK, begin, format_of
from annotations.exchange.formats.registry import FORMATS
from annotations.exchange.queries.debates import export_of
from debate.accounts.models import User
from debate.assignments.models import Assignment
from debate.core.errors import DomainError
from debate.seminars.models import Seminar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Write an export as a file, as far as the person named may know it."""

    help = (
        "Writes the debate or all annotations of an assignment, a seminar (--seminar) or all that "
        "the person wrote (--mine) as a file, as the person named with --as would get it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "assignment", nargs="?", help="the assignment's id, or SEMINAR/ASSIGNMENT"
        )
        what.add_argument("--seminar", help="all annotations of the seminar of that id or slug")
        what.add_argument("--mine", action="store_true", help="all that the person wrote")
        parser.add_argument("--format", choices=[*FORMATS, *BULK])
        parser.add_argument(
            "--as", dest="username", required=True, metavar="USERNAME", help="who would get it"
        )
        parser.add_argument("--authors", choices=["shown", "pseudonym"], default="shown")
        parser.add_argument("--project", default="", help="of which the pseudonyms are")
        parser.add_argument("--cells", choices=["exact", "safe"], default="exact", help="of tables")
        parser.add_argument(
            "--no-trailer",
            action="store_true",
            help="NDJSON without the last line, which says that it is the last",
        )
        parser.add_argument(
            "--output", type=Path, help="where to write it; the standard output if not given"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is nobody named {options['username']!r}.")
        scope = _scope(user, options)
        name = options["format"] or ("native" if scope.assignment else "ndjson")
        try:
            title, pieces = _pieces(scope, name, options)
            if options["output"] is None:
                self.stdout.flush()
                _write(pieces, sys.stdout.buffer)
                sys.stdout.buffer.flush()
                return
            with options["output"].open("wb") as file:
                size = _write(pieces, file)
        except DomainError as error:
            raise CommandError(error.sentence) from error
        except OSError as error:
            raise CommandError(
                f"{options['output']} cannot be written: {error.strerror}."
            ) from error
        self.stdout.write(f"Wrote {title} of {size:,} bytes to {options['output']}.")


def _pieces(scope: Scope, name: str, options: dict[str, Any]) -> tuple[str, Iterator[bytes]]:
    """What the format is called, and the file piece by piece."""
    asked = {key: options[key] for key in ("authors", "project", "cells")}
    wanted = Wanted.read(
        {**asked, "format": name, "trailer": "0" if options["no_trailer"] else "1"}
    )
    if name in FORMATS and scope.assignment:
        if wanted.options:
            raise CommandError("The formats of debates take no such option.")
        export = export_of(scope.user, scope.assignment, name)
        return export.format.title, iter([export.content])
    return format_of(scope, wanted).title, _records(scope, wanted)


def _records(scope: Scope, wanted: Wanted) -> Iterator[bytes]:
    records = begin(scope, wanted, base=settings.SITE_URL)
    try:
        yield from format_of(scope, wanted).write(records)
    finally:
        records.snapshot.close()


def _write(pieces: Iterator[bytes], file: IO[bytes]) -> int:
    return sum(map(file.write, pieces))


def _scope(user: User, options: dict[str, Any]) -> Scope:
    if options["mine"]:
        return Scope(user)
    if options["seminar"]:
        return Scope(user, seminar=_seminar(user, options["seminar"]))
    return Scope(user, assignment=_assignment(user, options["assignment"]))


def _seminar(user: User, given: str) -> Seminar:
    known = Seminar.objects.visible_to(user)
    found = known.filter(slug=given).first()
    if found is None:
        try:
            found = known.filter(pk=UUID(given)).first()
        except ValueError:
            found = None
    if found is None:
        raise CommandError(f"{user} sees no seminar {given}.")
    return found


def _assignment(user: User, given: str) -> Assignment:
    known = Assignment.objects.visible_to(user).for_pages()
    seminar, slash, slug = given.partition("/")
    if slash:
        found = known.filter(seminar__slug=seminar, slug=slug).first()
    else:
        try:
            found = known.filter(pk=UUID(given)).first()
        except ValueError as error:
            raise CommandError("Give the assignment's id, or SEMINAR/ASSIGNMENT.") from error
    if found is None:
        raise CommandError(f"{user} sees no assignment {given}.")
    return found
