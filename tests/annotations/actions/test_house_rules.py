"""The rules by which labels are kept, version after version."""

import pytest
from django.utils import timezone

from annotations.actions.house_rules import set_house_rules
from annotations.models import Change, HouseRules
from debate.core.errors import Invalid, InvalidState, Missing, NotAllowed, Stale
from tests.expect import expect_refusal
from tests.factories.argument import HouseRulesFactory


def test_set_the_first_rules_is_version_one(instructor, assignment):
    now = timezone.now()

    set_house_rules(
        actor=instructor,
        assignment_id=assignment.pk,
        version=0,
        burden="thesis",
        symmetric_rebuts=False,
        cutoff_at=now,
        students_mark_claims=True,
        note=" As we  agreed. ",
    )

    rules = HouseRules.objects.get()
    assert (rules.version, rules.burden, rules.symmetric_rebuts) == (1, "thesis", False)
    assert (rules.cutoff_at, rules.students_mark_claims) == (now, True)
    assert (rules.note, rules.by) == ("As we agreed.", instructor)
    line = Change.objects.get()
    assert (line.type, line.op, line.object_id, line.version) == (
        "house_rules", "create", rules.pk, 1,
    )  # fmt: skip
    assert (line.status_after, line.audience_after) == ("published", "public")


def test_set_other_rules_keeps_the_former_and_what_is_left_out(instructor, assignment):
    HouseRulesFactory(assignment=assignment, burden="essay", note="First.")

    rules = set_house_rules(
        actor=instructor, assignment_id=assignment.pk, version=1, symmetric_rebuts=False
    )

    assert (rules.version, rules.burden, rules.note) == (2, "essay", "")
    assert HouseRules.objects.count() == 2
    assert Change.objects.get().op == "update"


@pytest.mark.parametrize("given", [{}, {"burden": "none"}, {"note": "Why?"}])
def test_set_the_same_rules_is_refused(given, instructor, assignment):
    expect_refusal(
        InvalidState,
        lambda: set_house_rules(actor=instructor, assignment_id=assignment.pk, **given),
    )
    assert not HouseRules.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [({"burden": "all"}, "burden"), ({"note": "x" * 501, "burden": "essay"}, "note")],
)
def test_set_what_cannot_be_taken_names_the_member(given, field, instructor, assignment):
    expect_refusal(
        Invalid,
        lambda: set_house_rules(actor=instructor, assignment_id=assignment.pk, **given),
        field=field,
    )


def test_set_from_an_older_version_is_stale(instructor, assignment):
    HouseRulesFactory(assignment=assignment, version=3)

    error = expect_refusal(
        Stale,
        lambda: set_house_rules(
            actor=instructor, assignment_id=assignment.pk, version=2, burden="essay"
        ),
        field="version",
    )
    assert error.extra == {"current_version": 3}


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("assistant", NotAllowed),
        ("student", NotAllowed),
        ("observer", NotAllowed),
        ("outsider", Missing),
        ("operator", Missing),
        ("anonymous", Missing),
    ],
)
def test_set_is_for_instructors(who, error, request, assignment):
    actor = request.getfixturevalue(who)

    expect_refusal(
        error,
        lambda: set_house_rules(actor=actor, assignment_id=assignment.pk, burden="essay"),
    )


def test_set_in_an_archived_seminar_is_refused(instructor, seminar, assignment):
    seminar.archived_at = timezone.now()
    seminar.save()

    expect_refusal(
        NotAllowed,
        lambda: set_house_rules(actor=instructor, assignment_id=assignment.pk, burden="essay"),
    )
