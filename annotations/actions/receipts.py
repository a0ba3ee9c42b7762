"""Receipts sent by e-mail, to the person whose they are and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.template.loader import render_to_string
from procrastinate.contrib.django import app

from annotations.permissions import may_have_receipt
from annotations.queries.receipts import receipt
from debate.assignments.models import Assignment
from debate.core.errors import Invalid, Missing, NotAllowed
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from annotations.queries.receipts import Receipt
    from debate.accounts.models import User


@transaction.atomic
def send_receipt(*, actor: User, assignment_id: UUID, address: str) -> Receipt:
    """Send the student the receipt as it stands now; `address` is the page's, for the text.

    The e-mail is a job of the same transaction, which the worker sends. Raises Missing for an
    assignment that the actor may not know of, NotAllowed for all but its students, Invalid
    without e-mail address.
    """
    found = Assignment.objects.set_to(actor).for_pages().filter(pk=assignment_id).first()
    if found is None:
        raise Missing
    if not may_have_receipt(membership_of(actor, found.seminar)):
        raise NotAllowed("Receipts are for students.")
    if not actor.email:
        raise Invalid("Your profile has no e-mail address. Add one first.")
    made = receipt(actor, found)
    text = render_to_string("annotations/receipt_email.txt", {"receipt": made, "address": address})
    job = app.configure_task("annotations.mail_receipt", queue="mail")
    job.defer(person=str(actor.pk), subject=f"Receipt: {found.title}", text=text)
    return made
