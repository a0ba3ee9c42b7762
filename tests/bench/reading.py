"""How fast a crowded reading page is: `python -m tests.bench.reading [500 5000]`.

An essay of 12 paragraphs with that many annotations, on a throwaway PostgreSQL of its own, is opened
in Chromium as it is served. Prints the seconds until its notes stand beside their words, the
milliseconds that putting them there takes again when a note comes into use, nodes, and bytes.
Limits: ready in 1.5 s, 8 ms, 3,000 nodes, 25 KB.
"""

from __future__ import annotations

import gzip
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests.bench.publication import anchor_each, prepare, sentences

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from debate.accounts.models import User
    from debate.assignments.models import Assignment

PARAGRAPHS = 12
SIZES = (500, 5_000)
ACTIVATIONS = 20
RUNS = 5

_LAYOUTS = "performance.getEntriesByName('cp:layout', 'measure').map((one) => one.duration)"


def annotated(count: int) -> tuple[Assignment, User]:
    """An assignment with that many annotations, each on a sentence, and a student of its seminar."""
    from django.db import connection  # noqa: PLC0415 - after the set-up

    from annotations.enums import Kind  # noqa: PLC0415 - as above
    from annotations.models import Annotation  # noqa: PLC0415 - as above
    from debate.accounts.models import User  # noqa: PLC0415 - as above
    from tests.factories.assignments import assignment_of  # noqa: PLC0415 - as above
    from tests.factories.essays import essay_of  # noqa: PLC0415 - as above
    from tests.factories.seminars import MembershipFactory  # noqa: PLC0415 - as above

    said = sentences()
    texts = [" ".join(said[10 * n : 10 * n + 10]) for n in range(PARAGRAPHS)]
    assignment: Assignment = assignment_of(essay_of(*texts))
    MembershipFactory.create_batch(30, seminar=assignment.seminar)
    people = list(
        User.objects.filter(memberships__seminar=assignment.seminar, memberships__role="student")
    )
    kinds = (Kind.COMMENT, Kind.QUESTION, Kind.SUPPORT)
    annotations = [
        Annotation(
            assignment=assignment,
            round=assignment.rounds.get(),
            author=people[n % len(people)],
            kind=kinds[n % 3],
            body=" ".join(said[n % 900 : n % 900 + 4]),
        )
        for n in range(count)
    ]
    Annotation.objects.bulk_create(annotations, batch_size=5_000)
    anchor_each(assignment, annotations)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return assignment, people[0]


def measure(browser: Browser, address: str, count: int) -> str:
    """Open the page several times, each anew, and use one note after the other; a line of what it cost."""
    from tests.browser.conftest import DESK, sign_in  # noqa: PLC0415 - after the set-up

    assignment, student = annotated(count)
    ready, layouts, nodes, size = [], [], 0, 0
    for _ in range(RUNS):
        context = browser.new_context(
            base_url=address, viewport={"width": DESK[0], "height": DESK[1]}
        )
        sign_in(context, student, address)
        page = context.new_page()
        began = time.monotonic()
        answer = page.goto(assignment.get_absolute_url(), wait_until="domcontentloaded")
        page.wait_for_selector(".essay.laid")
        ready.append(time.monotonic() - began)
        before = len(page.evaluate(_LAYOUTS))
        for card in page.locator(".essay .c .by").all()[:ACTIVATIONS]:
            card.click()
        layouts += page.evaluate(_LAYOUTS)[before:]
        nodes = page.evaluate("document.querySelectorAll('*').length")
        size = len(gzip.compress(answer.body(), 6)) if answer else 0
        context.close()
    return (
        f"{count:>6,} annotations: ready in {median(ready):.2f} s ({max(ready):.2f} at most), "
        f"layout {median(layouts):.1f} ms ({max(layouts):.1f} at most), "
        f"{nodes:,} nodes, {size / 1024:.1f} KB of HTML\n"
    )


def serve_and_measure(folder: Path, sizes: list[int]) -> None:
    """Serve the site as in use, and print a line for each size."""
    from django.conf import settings  # noqa: PLC0415 - after the set-up
    from django.test import override_settings  # noqa: PLC0415 - as above
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - as above

    from debate.core.staticfiles import (  # noqa: PLC0415 - as above
        collect_if_changed,
        with_static_files_asgi,
    )
    from tests import chromium  # noqa: PLC0415 - as above
    from tests.browser.server import Watched, serve  # noqa: PLC0415 - as above

    backend = {"BACKEND": "debate.core.staticfiles.StaticStorage"}
    with override_settings(
        STORAGES=settings.STORAGES | {"staticfiles": backend}, STATIC_ROOT=folder / "static"
    ):
        collect_if_changed()
        from debate.asgi import django_application  # noqa: PLC0415 - as above

        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps a loop on this thread
        with (
            serve(Watched(with_static_files_asgi(django_application))) as address,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(
                executable_path=chromium.ensure(), args=chromium.FLAGS
            )
            for size in sizes:
                sys.stdout.write(measure(browser, address, size))
                sys.stdout.flush()
            browser.close()


def main() -> None:
    """Measure the sizes named on the command line, else all."""
    with tempfile.TemporaryDirectory() as base:
        Path(base).chmod(0o755)
        folder = Path(base) / "var"
        prepare(folder)
        serve_and_measure(folder, [int(one) for one in sys.argv[1:]] or list(SIZES))
        from django.db import connections  # noqa: PLC0415 - after the set-up

        from debate.core import postgres  # noqa: PLC0415 - as above

        connections.close_all()
        postgres.release(folder)


if __name__ == "__main__":
    main()
