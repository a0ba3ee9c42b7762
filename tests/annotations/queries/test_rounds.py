"""What holds at the moment, in plain words, and who reads what one writes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from annotations.enums import Kind
from annotations.queries.rounds import (
    audience_choices,
    audience_value,
    open_kinds,
    pseudonym_of,
    round_in_words,
    side_view,
    terms_of,
)
from debate.assignments.enums import Position, RoundMode
from debate.assignments.models import Round
from debate.assignments.queries import Dates
from debate.seminars.models import Membership
from tests.factories.annotations import AnnotationFactory
from tests.factories.assignments import AliasFactory, RoundFactory

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ENDS = datetime(2026, 12, 3, 18, tzinfo=UTC)
DATES = Dates(NOW - timedelta(days=1), None, None)


def said(current, *, role="student", posted=0, dates=DATES):
    return round_in_words(
        current, membership=Membership(role=role), dates=dates, posted=posted, now=NOW
    )


@pytest.mark.parametrize(
    ("fields", "role", "posted", "words"),
    [
        ({"mode": RoundMode.OPEN}, "student", 0, ""),
        (
            {"mode": RoundMode.OPEN, "ends_at": ENDS},
            "student",
            0,
            "Open round until 3 December, 18:00.",
        ),
        (
            {"mode": RoundMode.BLIND, "ends_at": ENDS, "reveals_after": 3},
            "student",
            1,
            (
                "Blind round: you see only your own notes until 3 December, 18:00, or once you "
                "have posted 3 (you have 1)."
            ),
        ),
        (
            {"mode": RoundMode.BLIND, "ends_at": ENDS, "reveals_after": 3},
            "student",
            3,
            "Blind round: you have posted 3, so you see the others’ notes.",
        ),
        (
            {"mode": RoundMode.BLIND, "ends_at": ENDS},
            "instructor",
            0,
            "Blind round: students see only their own notes until 3 December, 18:00.",
        ),
        (
            {"mode": RoundMode.BLIND},
            "observer",
            0,
            "Blind round: the notes are not shown.",
        ),
        (
            {"mode": RoundMode.REBUTTAL, "allowed_kinds": ["evidence", "counterargument"]},
            "student",
            0,
            "Rebuttal round. It takes counterarguments and evidence only.",
        ),
        ({"mode": RoundMode.CLOSED}, "student", 0, "Closed: nothing more is posted."),
    ],
)
def test_round_is_said_in_words(fields, role, posted, words):
    assert said(Round(**fields), role=role, posted=posted) == words


def test_round_before_the_opening_says_when_it_opens():
    dates = Dates(NOW + timedelta(days=1), None, None)

    assert said(Round(), dates=dates) == "Not open yet: it opens tomorrow 12:00."


def test_round_that_is_closed_is_open_to_who_has_own_dates():
    dates = Dates(DATES.opens_at, None, None, is_own=True)

    told = said(Round(mode=RoundMode.CLOSED), dates=dates)

    assert told == "Open for you still: your own dates hold."


def test_kinds_of_the_round_bind_students_alone():
    current = Round(allowed_kinds=["counterargument"])

    student, staff = (
        open_kinds(None, Membership(role=role), current) for role in ("student", "assistant")
    )

    assert [kind.value for kind in Kind if kind in student] == ["counterargument"]
    assert student.reason == "This round takes counterarguments only."
    assert (len(staff.kinds), staff.reason) == (len(Kind), "")


def test_kinds_of_the_last_open_round_hold_in_a_closed_one(assignment):
    now = timezone.now()
    assignment.rounds.update(allowed_kinds=["evidence"])
    closed = RoundFactory(assignment=assignment, number=2, opens_at=now, mode=RoundMode.CLOSED)

    assert open_kinds(assignment, Membership(role="student"), closed).kinds == {"evidence"}


@pytest.mark.parametrize(
    ("position", "label"),
    [(Position.AFFIRMATIVE, "Affirmative"), (Position.NEGATIVE, "Negative"), (Position.NONE, None)],
)
def test_side_is_shown_where_there_is_one(position, label):
    view = side_view(position)

    assert (view and view.label) == label


def test_pseudonym_is_told_to_whom_it_hides(assignment, student, classmate, instructor, anonymous):
    assignment.uses_pseudonyms = True
    AliasFactory(assignment=assignment, user=student, name="Heron")

    assert [
        pseudonym_of(student, assignment, staff=False),
        pseudonym_of(classmate, assignment, staff=False),
        pseudonym_of(instructor, assignment, staff=True),
        pseudonym_of(anonymous, assignment, staff=False),
    ] == [
        "Others read you as Heron; staff know your name.",
        "Others will read you under another name; staff know yours.",
        "",
        "",
    ]


# --- who reads it ---


def test_audiences_say_who_that_is(
    assignment, student, classmate, instructor, assistant, observer, group, other_group
):
    choices = audience_choices(assignment, student)

    assert [(one.value, one.label, one.readers) for one in choices] == [
        ("private", "Only me", "Nobody else reads it, and it does not count."),
        ("staff", "Instructors and assistants", "2 people read it: the staff of the seminar."),
        (f"group:{group.pk}", "Upstream", "1 person in the group, and the staff."),
        ("seminar", "The whole seminar", "5 people in the seminar."),
    ]


def test_everybody_is_offered_where_both_essay_and_seminar_are_public(assignment, student):
    assignment.seminar.allows_public = True
    offered = [one.value for one in audience_choices(assignment, student)]
    assignment.essay.is_public = True

    assert offered == ["private", "staff", "seminar"]
    assert [one.value for one in audience_choices(assignment, student)] == [*offered, "public"]


def test_assignment_of_groups_is_read_by_them_and_staff(
    assignment, student, classmate, instructor, group
):
    assignment.is_for_groups = True
    assignment.save()
    assignment.groups.set([group])

    assert audience_choices(assignment, student)[-1].readers == "2 people in the seminar."


def test_choice_names_its_group(assignment, student, group):
    choice = audience_choices(assignment, student)[2]

    assert (choice.audience, choice.group_id) == ("group", str(group.pk))
    assert audience_value("group", group.pk) == choice.value
    assert audience_value("staff", None) == "staff"


def test_terms_of_a_blind_round_say_who_reads_it_at_once(assignment, student, instructor):
    assignment.rounds.update(mode=RoundMode.BLIND)
    assignment.requires_approval = True

    assert terms_of(assignment, student, None).waiting == (
        "For now only you and the staff read it: the round is blind. "
        "Others read it once staff have approved it."
    )
    assert terms_of(assignment, instructor, None).waiting == ""


def test_terms_of_a_reply_say_who_reads_the_thread(assignment, student, instructor, other_group):
    for_staff = AnnotationFactory(assignment=assignment, author=student, audience="staff")
    elsewhere = AnnotationFactory(assignment=assignment, audience="group", group=other_group)

    assert terms_of(assignment, student, for_staff).readers == (
        "Instructors and assistants. 1 person reads it: the staff of the seminar."
    )
    assert terms_of(assignment, student, elsewhere).readers == "Downstream, and the staff."


@pytest.mark.parametrize(("audience", "takes"), [("staff", True), ("seminar", False)])
def test_terms_after_the_closing_take_late_what_staff_alone_read(
    audience, takes, assignment, student, instructor
):
    assignment.closes_at = timezone.now() - timedelta(hours=1)
    assignment.save()
    parent = AnnotationFactory(assignment=assignment, author=student, audience=audience)

    terms = terms_of(assignment, student, parent)

    assert (terms.is_closed, terms.takes_late) == (True, takes)
    assert terms_of(assignment, student, None).takes_late
    assert not terms_of(assignment, instructor, None).is_closed
