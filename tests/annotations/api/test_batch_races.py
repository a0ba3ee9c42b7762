"""A batch in one transaction, beside those who say at the same moment what is known of its works."""

import threading
from functools import partial

import pytest
from django.db import connection
from rest_framework.test import APIClient

from annotations.actions import Content, SourceInput, Target, create_annotation
from annotations.actions.sources import SourceDetails, add_source, change_source, import_sources
from annotations.bibliography.bibtex import read_bibtex
from debate.accounts.actions import create_token
from tests.factories.annotations import AnnotationFactory, SourceFactory
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of
from tests.threads import at_once, waiting

pytestmark = pytest.mark.django_db(transaction=True)

BATCH = "/api/v1/annotations/batch/?atomic=1"
WORK = "https://example.org/survey"
NEW = "https://example.org/another"
A_WORK_IS_LOCKED = ('FROM "annotations_source"', "FOR NO KEY UPDATE")
A_NOTE_IS_WRITTEN = ('UPDATE "annotations_annotation"',)


@pytest.fixture
def work(seminar, student):
    """A work on the shelf, of which nothing but its address is known."""
    return SourceFactory(seminar=seminar, url=WORK, added_by=student)


@pytest.fixture
def notes(assignment, student, work):
    """Two notes of the student that cite the work, the older one first."""
    cites = {"evidence": True, "passage__source": work, "passage__added_by": student}
    return AnnotationFactory.create_batch(2, assignment=assignment, author=student, **cites)


@pytest.fixture
def elsewhere(seminar):
    """Another assignment of the seminar."""
    return assignment_of(essay_of("Other words.", seminar=seminar), slug="other")


@pytest.fixture
def batch(assignment, paragraphs, student, notes):
    """`batch("details", …)`: the items of those names, sent by the student; the answer's status."""
    _, secret = create_token(actor=student, name="batch", scopes=["read", "write"])
    headers = {"Authorization": f"Bearer {secret}"}

    def resting_on(**source):
        evidence = {"stance": "supports", "warrant": "It counted them.", "source": source}
        place = {"assignment": str(assignment.pk), "paragraph": str(paragraphs[0].pk)}
        return {"create": {**place, "kind": "evidence", "evidence": evidence}}

    def said_anew(note):
        return {"change": str(note.pk), "version": note.version, "body": "In other words."}

    older, newer = notes
    known = {
        "details": resting_on(id=str(older.passage.source_id), publisher="River Press"),
        "new work": resting_on(url=NEW),
        "older note": said_anew(older),
        "newer note": said_anew(newer),
        "reply": {
            "create": {
                "assignment": str(assignment.pk),
                "parent": str(newer.pk),
                "kind": "comment",
                "body": "So it does.",
            }
        },
    }

    def send(*names):
        items = [known[name] for name in names]
        client = APIClient(raise_request_exception=False)
        return client.post(BATCH, {"items": items}, headers=headers).status_code

    return send


@pytest.fixture
def others(seminar, instructor, work, elsewhere):
    """What the instructor may say of the work meanwhile, by name."""
    entry = f"@misc{{one, title={{A survey}}, url={{{WORK}}}, year={{2024}}}}"
    details = SourceDetails(link=WORK, title="A survey", issued="2024")
    resting = Content(
        kind="evidence",
        stance="supports",
        warrant="It counted them.",
        source=SourceInput(source_id=work.pk, title="A survey", issued="2024"),
    )
    changes = {"title": "A survey", "issued": "2024"}
    return {
        "paste": partial(
            import_sources,
            actor=instructor,
            seminar=seminar,
            references=read_bibtex(entry).references,
        ),
        "addition": partial(add_source, actor=instructor, seminar=seminar, details=details),
        "description": partial(change_source, actor=instructor, source_id=work.pk, changes=changes),
        "evidence elsewhere": partial(
            create_annotation,
            actor=instructor,
            assignment_id=elsewhere.pk,
            content=resting,
            targets=[Target(paragraph_id=elsewhere.revision.paragraphs.get().pk)],
        ),
    }


def beside(act, other, *, moment):
    """Run both, the other from that moment of the act's transaction on, which then waits for it.

    Returns what the act does, and whether the other one came to wait for a lock that it holds.
    """
    begun = threading.Event()
    waited = []

    def pause_once(execute, sql, *given):
        found = execute(sql, *given)
        if not begun.is_set() and all(one in sql for one in moment):
            begun.set()
            waited.append(waiting(1))
        return found

    def first():
        with connection.execute_wrapper(pause_once):
            return act()

    def second():
        assert begun.wait(60)
        return other()

    done, _ = at_once(first, second)
    return done, waited


@pytest.mark.parametrize(
    ("items", "moment"),
    [
        (("details", "new work"), A_WORK_IS_LOCKED),
        (("newer note", "details"), A_NOTE_IS_WRITTEN),
        (("newer note", "older note"), A_NOTE_IS_WRITTEN),
        (("reply", "older note"), ('INSERT INTO "annotations_annotation"',)),
    ],
    ids=["details-new", "note-details", "two-notes", "reply-note"],
)
@pytest.mark.parametrize("name", ["paste", "addition", "description", "evidence elsewhere"])
def test_batch_and_who_says_more_of_its_works_wait_for_one_another_in_no_circle(
    name, items, moment, batch, others, work
):
    status, waited = beside(partial(batch, *items), others[name], moment=moment)

    assert (status, waited) == (200, [True])
    work.refresh_from_db()
    assert (work.csl["title"], work.csl["issued"]) == ("A survey", {"date-parts": [[2024]]})
    assert work.csl.get("publisher") == ("River Press" if "details" in items else None)
