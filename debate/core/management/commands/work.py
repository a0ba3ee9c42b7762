"""Runs a job worker by itself, where the web processes are not those of `serve`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from debate.core.worker import work


class Command(BaseCommand):
    """Do jobs until Ctrl-C or SIGTERM."""

    help = (
        "Sends e-mails and does whatever else is left for later. `serve` runs one such worker "
        "itself; this is for sites whose web processes are run otherwise, and for more workers."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write("Working (Ctrl-C stops it).")
        self.stdout.flush()
        work()
