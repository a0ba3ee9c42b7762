"""What a publication costs: `python -m tests.bench.publication [500 5000 50000]`.

An essay of 200 paragraphs with that many annotations is revised and published, on a throwaway
PostgreSQL of its own. Prints the seconds of the whole publication, and the longest that somebody
who reads the text, and somebody who wants to write an annotation, waited meanwhile.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from annotations.models import Annotation
    from debate.assignments.models import Assignment
    from debate.essays.models import ImportDraft

PARAGRAPHS = 200
SIZES = (500, 5_000, 50_000)


def prepare(folder: Path) -> None:
    """Settings and an empty database for this run."""
    os.environ |= {"COUNTERPOINT_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "debate.settings"}
    import django  # noqa: PLC0415 - the settings come first

    from debate.core import postgres  # noqa: PLC0415 - as above

    postgres.start(folder, throwaway=True)
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - as above

    call_command("migrate", verbosity=0)


def sentences() -> list[str]:
    """2,000 sentences, ten for each paragraph, none of which is another."""
    subjects = ["The council", "A tenant", "Every ministry", "The railway", "No voter"]
    verbs = [
        "weighs",
        "doubts",
        "repeals",
        "rebuilds",
        "measures",
        "postpones",
        "defends",
        "audits",
    ]
    return [
        f"{subjects[n % 5]} {verbs[n % 8]} rule {n} before case {n * 7 % 2003} is closed."
        for n in range(10 * PARAGRAPHS)
    ]


def anchor_each(assignment: Assignment, annotations: Sequence[Annotation]) -> None:
    """Put the annotations on the sentences of the essay, one paragraph after the other."""
    from annotations.models import Anchor  # noqa: PLC0415 - after the set-up
    from annotations.selectors import select  # noqa: PLC0415 - as above

    said = sentences()
    paragraphs = list(assignment.revision.paragraphs.order_by("position"))
    anchors = []
    for number, annotation in enumerate(annotations):
        at = number % len(paragraphs)
        paragraph = paragraphs[at]
        sentence = said[10 * at + number // len(paragraphs) % 10]
        start = paragraph.text.index(sentence)
        found = select(paragraph.text, start, start + len(sentence))
        words = {name: getattr(found, name) for name in found.__slots__}
        anchors.append(
            Anchor(
                annotation=annotation, revision=assignment.revision, paragraph=paragraph, **words
            )
        )
    Anchor.objects.bulk_create(anchors, batch_size=5_000)


def annotated(count: int) -> Assignment:
    """An assignment of 200 paragraphs with that many annotations, each on a sentence."""
    from annotations.models import Annotation  # noqa: PLC0415 - after the set-up
    from tests.factories.assignments import assignment_of  # noqa: PLC0415 - as above
    from tests.factories.essays import essay_of  # noqa: PLC0415 - as above

    said = sentences()
    texts = [" ".join(said[10 * n : 10 * n + 10]) for n in range(PARAGRAPHS)]
    assignment: Assignment = assignment_of(essay_of(*texts))
    plain = {
        "assignment": assignment,
        "round": assignment.rounds.get(),
        "author": assignment.created_by,
        "kind": "comment",
        "body": "Hm.",
    }
    annotations = [Annotation(**plain) for _ in range(count)]
    Annotation.objects.bulk_create(annotations, batch_size=5_000)
    anchor_each(assignment, annotations)
    return assignment


def revised(assignment: Assignment) -> ImportDraft:
    """A draft in which words of every twentieth paragraph are others."""
    from debate.essays.actions import correct_import, start_revision  # noqa: PLC0415 - as above
    from debate.essays.importing import edits  # noqa: PLC0415 - as above
    from tests.factories.seminars import MembershipFactory  # noqa: PLC0415 - as above

    instructor = MembershipFactory(seminar=assignment.seminar, role="instructor").user
    draft = start_revision(actor=instructor, essay=assignment.essay)
    for index in range(0, PARAGRAPHS, 20):
        text = draft.draft.blocks[index].text.replace("closed", "opened", 3)
        draft = correct_import(
            actor=instructor,
            import_id=draft.pk,
            version=draft.version,
            edit=partial(edits.correct, index=index, text=text),
        )
    return draft


class Waiting(threading.Thread):
    """Does something again and again, and keeps the longest that it took."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self._act = act
        self._done = threading.Event()
        self.longest = 0.0

    def run(self) -> None:
        """Until told to stop."""
        from django.db import connection  # noqa: PLC0415 - as above

        while not self._done.is_set():
            began = time.monotonic()
            self._act()
            self.longest = max(self.longest, time.monotonic() - began)
            time.sleep(0.005)
        connection.close()

    def stop(self) -> float:
        """The longest, in seconds."""
        self._done.set()
        self.join()
        return self.longest


def measure(count: int) -> str:
    """Publish a revision with that many annotations; a line that says what it cost."""
    from django.db import transaction  # noqa: PLC0415 - as above

    from annotations.actions import publish_revision  # noqa: PLC0415 - as above
    from annotations.models import Anchor  # noqa: PLC0415 - as above
    from debate.assignments.actions import lock_assignment  # noqa: PLC0415 - as above
    from debate.essays.models import Paragraph  # noqa: PLC0415 - as above

    assignment = annotated(count)
    draft = revised(assignment)
    shown = Paragraph.objects.filter(revision__assignments=assignment.pk)
    reader = Waiting(lambda: list(shown.values_list("text")))
    writer = Waiting(transaction.atomic(lambda: lock_assignment(assignment.pk)))
    reader.start()
    writer.start()
    began = time.monotonic()
    revision = publish_revision(actor=draft.created_by, import_id=draft.pk, version=draft.version)
    whole = time.monotonic() - began
    read, wrote = reader.stop(), writer.stop()
    kept = Anchor.objects.filter(revision=revision, state="kept").count()
    return (
        f"{count:>7,} annotations: {whole:6.2f} s in all, {1e6 * whole / count:6.0f} us each, "
        f"{kept:,} kept; a reader waited {read:.2f} s at most, a writer {wrote:.2f} s\n"
    )


def main() -> None:
    """Measure the sizes named on the command line, else all."""
    with tempfile.TemporaryDirectory() as base:
        Path(base).chmod(0o755)
        folder = Path(base) / "var"
        prepare(folder)
        for count in [int(word) for word in sys.argv[1:]] or SIZES:
            sys.stdout.write(measure(count))
            sys.stdout.flush()
        from django.db import connections  # noqa: PLC0415 - as above

        from debate.core import postgres  # noqa: PLC0415 - as above

        connections.close_all()
        postgres.release(folder)


if __name__ == "__main__":
    main()
