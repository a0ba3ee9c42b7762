"""The demo's debates go out by the rules of each format, and come back the same."""

from __future__ import annotations

import dataclasses

import pytest
from django.core.management import call_command

from annotations.exchange.formats import aifdb, native, xaif
from annotations.exchange.queries.debates import debate_of
from debate.accounts.models import User
from debate.assignments.models import Assignment


@pytest.mark.django_db
def test_demo_debates_go_out_by_the_rules_and_come_back_the_same():
    call_command("demo", force=True, verbosity=0)
    student = User.objects.get(username="student1")
    assignments = Assignment.objects.set_to(student).for_pages().order_by("id")
    debates = [debate_of(student, assignment) for assignment in assignments]

    back = [
        dataclasses.replace(form.read(form.write(debate)), foreign=())
        for form in (native, aifdb, xaif)
        for debate in debates
    ]

    assert back == debates * 3
    assert all(one.relations and one.evidence and one.transitions for one in debates)
