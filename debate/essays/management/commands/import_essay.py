"""`manage.py import_essay`: an essay from a file into a seminar, as the import page does it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from debate.accounts.models import User
from debate.core.errors import DomainError
from debate.essays.actions import create_essay
from debate.essays.enums import ParagraphKind
from debate.essays.importing import edits, sandbox
from debate.essays.importing.blocks import BYTES_UPLOADED, left_out_sentence, numbered, shortened
from debate.essays.importing.errors import EditRefused, ImportRefused
from debate.seminars.enums import Role
from debate.seminars.models import Seminar

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from debate.essays.importing.blocks import Draft

SUMMARY_LENGTH = 72


class Command(BaseCommand):
    """Import one file; prints the numbered paragraphs, what was done to them, and the address."""

    help = (
        "Imports an essay (Markdown, text, HTML, DOCX, or PDF with a text layer) into a seminar and "
        "prints its numbered paragraphs, what was left out or joined, and its address."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file to read")
        parser.add_argument(
            "--title", default="", help="the title, when the file has none or another"
        )
        parser.add_argument(
            "--seminar",
            default="",
            metavar="SLUG",
            help="the seminar; needed unless there is one only",
        )
        parser.add_argument(
            "--author-username",
            default="",
            metavar="NAME",
            help="the instructor who imports it (the seminar's first)",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="print the paragraphs and save nothing"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            seminar = None if options["dry_run"] else _seminar(options["seminar"])
            draft = _read(options["file"])
            if options["title"]:
                draft = edits.set_head(draft, options["title"], draft.author, draft.affiliation)
            self._describe(draft)
            if seminar is None:
                self.stdout.write("Nothing was saved.")
                return
            essay = create_essay(
                actor=_actor(seminar, options["author_username"]),
                seminar=seminar,
                draft=edits.finished(draft),
            )
        except (ImportRefused, EditRefused, DomainError) as refused:
            raise CommandError(refused.sentence) from refused
        self.stdout.write(f"Saved in {seminar.title}: {essay.get_absolute_url()}")

    def _describe(self, draft: Draft) -> None:
        self.stdout.write(draft.title or "(no title)")
        if draft.author or draft.affiliation:
            self.stdout.write(f"by {', '.join(filter(None, [draft.author, draft.affiliation]))}")
        for block, number in zip(draft.blocks, numbered(draft), strict=True):
            name = str(number) if number else ParagraphKind(block.kind).label.lower()
            skipped = " (left out)" if block.left_out else ""
            self.stdout.write(
                f"{name:>9}  {shortened(block.text, SUMMARY_LENGTH)}{skipped}".rstrip()
            )
        for remark in filter(None, [*draft.remarks, left_out_sentence(draft)]):
            self.stdout.write(remark)


def _read(path: Path) -> Draft:
    try:
        with path.open("rb") as file:
            content = file.read(BYTES_UPLOADED + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    return sandbox.read(content, filename=path.name)


def _seminar(slug: str) -> Seminar:
    seminars = Seminar.objects.filter(slug=slug) if slug else Seminar.objects.all()
    found = list(seminars[:2])
    if len(found) == 1:
        return found[0]
    if slug:
        raise CommandError(f"There is no seminar {slug!r}.")
    known = ", ".join(Seminar.objects.order_by("slug").values_list("slug", flat=True))
    raise CommandError(
        f"Say which seminar with --seminar: {known}."
        if known
        else "There is no seminar yet; an operator starts one in the administration."
    )


def _actor(seminar: Seminar, username: str) -> User:
    instructors = User.objects.filter(
        memberships__seminar=seminar, memberships__role=Role.INSTRUCTOR
    ).order_by("memberships__pk")
    found = (User.objects.filter(username=username) if username else instructors).first()
    if found is None:
        raise CommandError(
            f"There is nobody named {username!r}."
            if username
            else f"{seminar.title} has no instructor who could import an essay."
        )
    return found
