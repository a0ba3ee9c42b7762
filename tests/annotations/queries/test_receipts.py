"""What a receipt says, and that its digest follows from the lines that it shows."""

import hashlib
from datetime import UTC, datetime

from annotations.actions import Content, edit_annotation, withdraw_annotation
from annotations.models import Annotation
from annotations.queries.receipts import receipt
from tests.factories.annotations import ReplyFactory, annotation_on


def test_receipt_holds_what_counts_in_the_documented_form(
    assignment, paragraphs, student, classmate
):
    received = datetime(2026, 3, 2, 9, 30, 1, 25, tzinfo=UTC)
    mine = annotation_on(paragraphs[1], author=student, assignment=assignment, body="Who says so?")
    reply = ReplyFactory(parent=mine, author=student, kind="question", version=3)
    annotation_on(paragraphs[0], author=student, assignment=assignment, audience="private")
    annotation_on(paragraphs[0], author=classmate, assignment=assignment)
    Annotation.objects.update(created_at=received)

    made = receipt(student, assignment)

    lines = [
        "counterpoint-receipt-1",
        str(assignment.pk),
        str(student.pk),
        f"{mine.pk}\tcomment\t1\t2\t2026-03-02T09:30:01.000025Z\t"
        + hashlib.sha256(b"Who says so?").hexdigest(),
        f"{reply.pk}\tquestion\t3\t\t2026-03-02T09:30:01.000025Z\t"
        + hashlib.sha256(b"A remark.").hexdigest(),
    ]
    assert made.canonical == "".join(f"{line}\n" for line in lines)
    assert made.digest == hashlib.sha256(made.canonical.encode()).hexdigest()
    assert made.words == "1 of 7 asked"
    assert [note.id for note in made.notes] == [mine.pk, reply.pk]


def test_digest_stays_until_something_changes(assignment, paragraphs, student):
    mine = annotation_on(paragraphs[0], author=student, assignment=assignment)
    first, again = (receipt(student, assignment).digest for _ in range(2))

    edit_annotation(
        actor=student, annotation_id=mine.pk, content=Content(kind="comment", body="Changed.")
    )
    edited = receipt(student, assignment).digest
    withdraw_annotation(actor=student, annotation_id=mine.pk)
    withdrawn = receipt(student, assignment).digest

    assert first == again
    assert len({first, edited, withdrawn}) == 3
