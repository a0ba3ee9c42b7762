"""How soon a post is on another screen: `python -m tests.bench.live`.

One web process on a database of its own. One page posts by the action, as a form does; others hold streams
as browsers do, and one of them is watched: until its stream says that something changed, and until the answer
to its question what did has come. The last figure is with 40 more pages open, which all ask as well.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import django
from django.db import connection, connections

from debate.core import postgres
from tests import cluster

POSTS = 20
OTHERS = 40
PATIENCE = 60
LATEST = 500


def main() -> int:
    """Print the times; 1 when one other page has a post later than after half a second."""
    folder = cluster.folder()
    folder.mkdir(mode=0o755)
    postgres.start(folder, database="counterpoint", throwaway=True)
    try:
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        django.setup()
        return _measured()
    finally:
        postgres.release(Path(folder))


def _measured() -> int:
    from django.core.management import call_command  # noqa: PLC0415 - after the set-up

    call_command("migrate", verbosity=0)
    from tests.annotations.live.conftest import post  # noqa: PLC0415 - as above
    from tests.annotations.live.crowd import Crowd  # noqa: PLC0415 - as above
    from tests.annotations.live.server import served  # noqa: PLC0415 - as above
    from tests.annotations.live.test_crowd import pages_of, people_of  # noqa: PLC0415 - as above
    from tests.factories.assignments import assignment_of  # noqa: PLC0415 - as above
    from tests.factories.essays import essay_of  # noqa: PLC0415 - as above

    essay = essay_of(*(f"Paragraph {number} says something." for number in range(12)))
    assignment = assignment_of(essay)
    people = people_of(assignment.seminar, OTHERS + 2)

    def write(number: int) -> None:
        try:
            post(assignment, people[0], number=1 + number % 12)
        finally:
            connections.close_all()

    async def times(pages: list[Any]) -> tuple[list[float], list[float]]:
        heard, shown = [], []
        watched = pages[0]
        async with Crowd(pages):
            await asyncio.sleep(1)
            for number in range(POSTS):
                watched.was_woken.clear()
                have = len(watched.arrived)
                await asyncio.to_thread(write, number)
                began = time.perf_counter()
                await asyncio.wait_for(watched.was_woken.wait(), PATIENCE)
                heard.append(time.perf_counter() - began)
                while len(watched.arrived) == have:
                    watched.was_told.clear()
                    await asyncio.wait_for(watched.was_told.wait(), PATIENCE)
                shown.append(time.perf_counter() - began)
                await asyncio.sleep(0.4)
        return heard, shown

    _say("Milliseconds from a post until another page is told, and until it has what is new")
    _say(f"{'open pages':>12}{'told p50':>12}{'p95':>8}{'has it p50':>12}{'p95':>8}")
    alone = 0.0
    for others in (0, OTHERS):
        with served() as url:
            pages = pages_of(url, assignment, people[1 : others + 2])
            heard, shown = asyncio.run(times(pages))
        figures = [_at(some, share) for some in (heard, shown) for share in (50, 95)]
        told, told_95, has, has_95 = figures
        _say(f"{others + 1:>12}{told:>12.0f}{told_95:>8.0f}{has:>12.0f}{has_95:>8.0f}")
        alone = alone or has
    connection.close()
    return int(alone > LATEST)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _at(seconds: list[float], share: int) -> float:
    return statistics.quantiles(seconds, n=100)[share - 1] * 1_000


if __name__ == "__main__":
    sys.exit(main())
