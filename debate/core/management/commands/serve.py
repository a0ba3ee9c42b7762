"""Runs the application: the embedded database when it is used, web processes and a job worker."""

from __future__ import annotations

import argparse
import ipaddress
import os
import socket
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError

from debate.core import roles, staticfiles
from debate.core.supervisor import ServeError, Supervisor

BACKLOG = 2048
"""Connections that wait for a web process, so that a restart refuses nobody."""


class Command(BaseCommand):
    """Serve until Ctrl-C or SIGTERM, and leave no process behind."""

    help = (
        "Serves Counterpoint and starts again whatever of it dies. Ctrl-C stops it. "
        "With DEMO=1 the demo seminar is served, on an address of this machine only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--host", default="127.0.0.1", help="address to listen on (%(default)s)"
        )
        parser.add_argument(
            "--port", type=_port, default=8000, help="port to listen on (%(default)s)"
        )
        parser.add_argument(
            "--workers", type=_positive, default=1, help="number of web processes (%(default)s)"
        )
        parser.add_argument(
            "--prepare",
            action="store_true",
            help="first apply migrations, collect static files and, with DEMO=1, load the demo",
        )

    def handle(
        self, *_args: Any, host: str, port: int, workers: int, prepare: bool, **_options: Any
    ) -> None:
        listening = _listen(host, port)
        embedded = connection.settings_dict["ENGINE"] == "debate.core.embedded"
        try:
            self._start_database(embedded=embedded)
            if prepare:
                self._prepare()
            else:
                self._look()
            roles.grant_after_migrating(connection.alias)
            connections.close_all()
            Supervisor(
                listening=listening,
                workers=workers,
                data=settings.DATA if embedded else None,
                home=settings.BASE_DIR,
                site=_site(listening),
                tell=self._tell,
            ).run(ready=lambda: self._tell(f"Ready: {_address(listening)} (Ctrl-C stops it)"))
        except ServeError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped before it was ready.", returncode=130) from None

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _start_database(self, *, embedded: bool) -> None:
        self._tell(
            "Database: " + (f"starting in {settings.DATA}" if embedded else "as DATABASE_URL says")
        )
        try:
            self.check(tags=[Tags.database], databases=["default"])
        except OperationalError as error:
            raise CommandError(f"The database cannot be used: {error}") from error

    def _prepare(self) -> None:
        pending = _pending_migrations()
        if pending:
            call_command("migrate", interactive=False, verbosity=0)
        self._tell(f"Migrations: {pending} applied" if pending else "Migrations: up to date")
        collected = staticfiles.collect_if_changed()
        self._tell("Static files: " + ("collected" if collected else "up to date"))
        if settings.DEMO:
            call_command("demo", stdout=self.stdout)

    def _look(self) -> None:
        """Say what --prepare would have done; refuse to serve pages without their style."""
        if not staticfiles.are_collected():
            raise CommandError(
                "There are no collected static files. Run manage.py collectstatic first, "
                "or serve with --prepare."
            )
        if pending := _pending_migrations():
            self._tell(f"Migrations: {pending} not applied; run manage.py migrate")


def _pending_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _positive(word: str) -> int:
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _port(word: str) -> int:
    number = int(word)
    if number not in range(1 << 16):
        raise argparse.ArgumentTypeError("must be between 0 and 65535; 0 takes any that is free")
    return number


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens; refuses in one sentence what cannot or must not be listened on."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError) as error:
        raise CommandError(
            f"{host}, port {port}, is not an address that can be listened on."
        ) from error
    if settings.DEMO and not ipaddress.ip_address(address[0]).is_loopback:
        raise CommandError(
            "DEMO=1 lets anybody in as the instructor, so it is served to this machine only: "
            f"use --host 127.0.0.1 instead of {host}."
        )
    try:
        listening = socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        raise CommandError(
            f"Port {port} of {host} cannot be listened on: {os.strerror(error.errno or 0).lower()}. "
            "Choose another one with --port (make run: PORT=), or stop the program that uses it."
        ) from error
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _site(listening: socket.socket) -> str:
    """Where e-mails lead: as SITE_URL says, else for a site of this machine where it listens."""
    if settings.SITE_URL_GIVEN or not settings.LOOPBACK_ONLY:
        return str(settings.SITE_URL)
    return _address(listening).rstrip("/")
