"""Who has a receipt sent."""

import uuid

from annotations.actions.receipts import send_receipt
from debate.core.errors import Invalid, Missing, NotAllowed
from tests.expect import expect_refusal


def send(actor, assignment_id):
    return send_receipt(actor=actor, assignment_id=assignment_id, address="https://example.org/")


def test_receipt_of_an_assignment_that_one_may_not_know_is_missing(assignment, student, outsider):
    for actor, pk in ((outsider, assignment.pk), (student, uuid.uuid4())):
        expect_refusal(Missing, lambda actor=actor, pk=pk: send(actor, pk))


def test_receipt_is_for_students_alone(assignment, instructor, assistant, observer):
    for actor in (instructor, assistant, observer):
        expect_refusal(NotAllowed, lambda actor=actor: send(actor, assignment.pk))


def test_receipt_needs_an_address(assignment, student):
    student.email = ""

    expect_refusal(Invalid, lambda: send(student, assignment.pk))
