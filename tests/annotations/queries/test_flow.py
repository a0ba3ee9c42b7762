"""The flow sheet: which argument stands in which cell, and what an empty cell means."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.actions import Content, SourceInput, Target, create_annotation
from annotations.enums import Attacks, Kind, RelationKind, Stance
from annotations.models import Annotation
from annotations.queries import flow
from annotations.queries.flow import chosen_rows, flow_sheet
from annotations.queries.graph import argument_graph
from debate.assignments.models import Round
from tests.factories.argument import (
    ClaimAnchorFactory,
    ClaimFactory,
    InferenceFactory,
    RelationFactory,
)
from tests.factories.assignments import paragraph_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def thesis(assignment):
    claim = ClaimFactory(assignment=assignment, text="Talks should reopen.")
    ClaimAnchorFactory(claim=claim)
    return claim


@pytest.fixture
def say(assignment, student):
    def _say(text, *, kind=Kind.COUNTERARGUMENT, parent=None, actor=student, **content):
        if kind == Kind.COUNTERARGUMENT:
            content = {"attacks": Attacks.CONCLUSION, "counterclaim": text, **content}
        if kind == Kind.EVIDENCE:
            content["source"] = SourceInput(link="https://example.org/rents", title="On rents")
            content = {"stance": Stance.SUPPORTS, "warrant": text, "quote": "Rents.", **content}
        return create_annotation(
            actor=actor,
            assignment_id=assignment.pk,
            content=Content(kind=kind, body=text, **content),
            targets=[] if parent else [Target(paragraph_id=paragraph_of(assignment).pk)],
            parent_id=parent.pk if parent else None,
        )

    return _say


@pytest.fixture
def sheet(assignment, student):
    return lambda user=student: flow_sheet(argument_graph(user, assignment), at=timezone.now())


def texts(group):
    return [one.text for one in group.arguments] if group else []


def drawn(row):
    """The cells of each line, as their texts or words, with the lines that they span."""
    return [[(texts(cell.group) or cell.words, cell.lines) for cell in line] for line in row.lines]


def test_sheet_without_claims_is_empty(sheet):
    assert sheet().counts == {"claims": 0, "challenges": 0, "dropped": 0}


def test_sheet_has_the_claims_of_the_essay_in_the_order_of_the_text(assignment, sheet, thesis):
    later = ClaimFactory(assignment=assignment, text="It worked in 1987.")
    ClaimAnchorFactory(claim=later, paragraph=paragraph_of(assignment, 2))
    first = ClaimFactory(assignment=assignment, text="Risk has grown.")
    ClaimAnchorFactory(claim=first, start=0, end=4, exact="Rent")

    rows = sheet().rows

    assert [(row.number, row.claim.claim.text) for row in rows] == [
        (1, "Talks should reopen."),
        (2, "Risk has grown."),
        (3, "It worked in 1987."),
    ]
    assert drawn(rows[0]) == [[("", 1), ("", 1), ("", 1)]]
    assert rows[0].head.arguments[0].place == "¶ 1"


def test_sheet_by_depth_has_challenge_defence_and_reply(sheet, thesis, say, classmate):
    challenge = say("Talks reward.")
    defence = say("They do not.", parent=challenge, actor=classmate)
    say("They did in 1987.", parent=defence)

    (row,) = sheet().rows

    assert [column.label for column in sheet().columns] == [
        "Essay",
        "Challenge",
        "Defence",
        "Reply",
    ]
    assert drawn(row) == [
        [(["Talks reward."], 1), (["They do not."], 1), (["They did in 1987."], 1)]
    ]
    assert (len(row.challenges), len(row.dropped)) == (2, 1)


def test_sheet_says_that_a_challenge_was_dropped(sheet, thesis, say):
    say("Talks reward.")

    (row,) = sheet().rows

    assert drawn(row) == [
        [(["Talks reward."], 1), ("Dropped: nobody has answered", 1), ("", 1)],
    ]
    assert sheet().counts == {"claims": 1, "challenges": 1, "dropped": 1}


def test_sheet_does_not_call_a_defence_dropped(sheet, thesis, say):
    say("They do not.", parent=say("Talks reward."))

    (row,) = sheet().rows

    assert drawn(row) == [[(["Talks reward."], 1), (["They do not."], 1), ("", 1)]]
    assert row.dropped == []


def test_sheet_gives_each_answer_its_line_and_spans_what_it_answers(sheet, thesis, say):
    challenge = say("Talks reward.")
    say("They do not.", parent=challenge)
    say("Not in 1987.", parent=challenge)
    say("Too late.")

    (row,) = sheet().rows

    assert drawn(row) == [
        [(["Talks reward."], 2), (["They do not."], 1), ("", 1)],
        [(["Not in 1987."], 1), ("", 1)],
        [(["Too late."], 1), ("Dropped: nobody has answered", 1), ("", 1)],
    ]


def test_sheet_groups_challenges_that_are_answered_together(sheet, thesis, say):
    first, second = say("Talks reward."), say("Too late.")
    answer = say("They do not.", parent=first)
    RelationFactory(source=answer.claim, target_claim=second.claim)

    (row,) = sheet().rows

    assert drawn(row) == [[(["Talks reward.", "Too late."], 1), (["They do not."], 1), ("", 1)]]


def test_sheet_marks_a_concession_as_the_answer(sheet, thesis, say, classmate):
    say("Granted.", kind=Kind.CONCESSION, parent=say("Talks reward."), scope="in the short run")

    (row,) = sheet().rows

    assert drawn(row)[0][1] == (["Granted: in the short run"], 1)
    assert row.dropped == []


def test_sheet_marks_a_challenge_that_its_author_gave_up(sheet, thesis, say, classmate):
    say("Talks reward.")
    say("It is so.", kind=Kind.CONCESSION)

    (row,) = sheet().rows

    challenge = row.lines[0][0].group.arguments[0]
    assert (challenge.is_given_up, challenge.is_open, row.dropped) == (True, False, [])


def test_sheet_has_reasons_and_evidence_in_the_cell_of_what_they_support(sheet, thesis, say):
    say("It worked in 1987.", kind=Kind.SUPPORT)
    evidence = say("It counts them.", kind=Kind.EVIDENCE)
    say("They counted wrongly.", parent=evidence, attacks=Attacks.REASON)

    (row,) = sheet().rows

    assert [(one.text, one.nested, one.word, one.source) for one in row.head.arguments] == [
        ("Talks should reopen.", False, "Claim", ""),
        ("It worked in 1987.", True, "Support", ""),
        ("It counts them.", True, "Evidence for", "On rents"),
    ]
    attack = row.lines[0][0].group.arguments[0]
    assert (attack.text, attack.how, attack.is_open) == (
        "They counted wrongly.",
        "against the evidence",
        True,
    )


def test_sheet_has_evidence_against_a_claim_as_a_challenge(sheet, thesis, say):
    say("It counts the failures.", kind=Kind.EVIDENCE, stance=Stance.ATTACKS)

    (row,) = sheet().rows

    (argument,) = row.lines[0][0].group.arguments
    assert (argument.word, argument.is_evidence, argument.is_open) == (
        "Evidence against",
        True,
        True,
    )


def test_sheet_has_an_attack_on_a_marked_step_at_its_conclusion(assignment, sheet, thesis):
    premise = ClaimFactory(assignment=assignment, text="It worked in 1987.")
    step = InferenceFactory(conclusion=thesis, premises=[premise])
    RelationFactory(
        source=ClaimFactory(assignment=assignment, text="Other causes."),
        kind=RelationKind.UNDERCUTS,
        target_claim=None,
        target_inference=step,
    )

    row = sheet().rows[0]

    (argument,) = row.lines[0][0].group.arguments
    assert (argument.text, argument.how) == ("Other causes.", "says that it does not follow")
    assert argument.elsewhere == 3


def test_sheet_unfolds_an_argument_once_and_names_the_row_that_has_it(
    assignment, sheet, thesis, say
):
    challenge = say("Talks reward.")
    say("They do not.", parent=challenge)
    other = ClaimFactory(assignment=assignment, text="Risk has grown.")
    RelationFactory(source=challenge.claim, target_claim=other)

    first, second = sheet().rows

    assert drawn(first) == [[(["Talks reward."], 1), (["They do not."], 1), ("", 1)]]
    assert drawn(second) == [[(["Talks reward."], 1), ("", 1), ("", 1)]]
    assert second.lines[0][0].group.arguments[0].elsewhere == 1
    assert second.dropped == []


def test_sheet_ends_where_claims_attack_one_another_in_a_circle(assignment, sheet, say, thesis):
    one, other = say("Talks reward."), say("Talks punish.")
    RelationFactory(source=one.claim, target_claim=other.claim)
    RelationFactory(source=other.claim, target_claim=one.claim)

    (row,) = sheet().rows

    assert len(row.challenges) == 2


def test_sheet_has_a_row_for_what_bears_on_nothing_that_the_reader_knows(sheet, say, thesis):
    challenge = say("Talks reward.")
    thesis.delete()
    say("They do not.", parent=challenge)

    (row,) = sheet().rows

    assert (row.claim.claim.text, row.head.arguments[0].word) == (
        "Talks reward.",
        "Counterargument",
    )
    assert drawn(row) == [
        [(["They do not."], 1), ("Dropped: nobody has answered", 1), ("", 1)],
    ]


def test_sheet_has_two_columns_more_for_long_exchanges_and_says_where_it_goes_on(
    sheet, thesis, say
):
    note = None
    for number in range(6):
        note = say(f"Number {number}.", parent=note)

    found = sheet()

    assert [column.label for column in found.columns][4:] == ["Second defence", "Second reply"]
    last = found.rows[0].lines[0][-1].group.arguments[0]
    assert (last.text, last.goes_on, last.is_open) == ("Number 4.", True, False)


# -- by rounds ------------------------------------------------------------------------------------


@pytest.fixture
def rounds(assignment):
    """The first round, and two more of which the last is to come."""
    now = timezone.now()
    (first,) = assignment.rounds.all()
    first.opens_at, first.ends_at, first.name = now - timedelta(3), now - timedelta(1), "Challenges"
    first.save()
    second = Round.objects.create(
        assignment=assignment,
        number=2,
        name="Answers",
        opens_at=now - timedelta(1),
        ends_at=now + timedelta(1),
    )
    third = Round.objects.create(
        assignment=assignment, number=3, name="Last words", opens_at=now + timedelta(1)
    )
    return first, second, third


def in_round(note, round_):
    Annotation.objects.filter(pk=note.pk).update(round=round_)


def test_sheet_by_rounds_has_their_columns(sheet, thesis, rounds):
    assert [(one.label, one.hint, one.has_begun) for one in sheet().columns] == [
        ("Essay", "", True),
        ("Challenges", "round 1", True),
        ("Answers", "round 2", True),
        ("Last words", "round 3", False),
    ]


def test_sheet_by_rounds_puts_arguments_where_they_were_posted(sheet, thesis, say, rounds):
    challenge = say("Talks reward.")
    in_round(challenge, rounds[0])
    in_round(say("They do not.", parent=challenge), rounds[1])
    dropped = say("Too late.")
    in_round(dropped, rounds[0])
    in_round(say("Too soon."), rounds[1])

    (row,) = sheet().rows

    assert drawn(row) == [
        [(["Talks reward."], 1), (["They do not."], 1), ("", 1)],
        [(["Too late."], 1), ("Dropped: nobody has answered", 1), ("", 1)],
        [("", 1), (["Too soon."], 1), ("No answer yet", 1)],
    ]


def test_sheet_by_rounds_nests_what_was_answered_in_the_same_round(sheet, thesis, say, rounds):
    challenge = say("Talks reward.")
    in_round(challenge, rounds[1])
    in_round(say("They do not.", parent=challenge), rounds[1])

    (row,) = sheet().rows

    assert drawn(row) == [
        [("", 1), (["Talks reward.", "They do not."], 1), ("", 1)],
    ]
    assert [one.nested for one in row.lines[0][1].group.arguments] == [False, True]
    assert row.dropped == []


def test_sheet_by_rounds_leaves_a_round_empty_that_was_let_pass(sheet, thesis, say, rounds):
    challenge = say("Talks reward.")
    in_round(challenge, rounds[0])
    in_round(say("They do not.", parent=challenge), rounds[2])

    (row,) = sheet().rows

    assert drawn(row) == [[(["Talks reward."], 1), ("", 1), (["They do not."], 1)]]


def test_sheet_by_rounds_has_relations_made_by_hand_in_the_next_column(
    assignment, sheet, thesis, rounds
):
    RelationFactory(
        source=ClaimFactory(assignment=assignment, text="Other causes."), target_claim=thesis
    )

    assert drawn(sheet().rows[0])[0][0] == (["Other causes."], 1)


# -- choosing -------------------------------------------------------------------------------------


def test_sheet_shows_only_claims_with_dropped_challenges(assignment, sheet, thesis, say):
    say("Talks reward.")
    ClaimFactory(assignment=assignment, text="Risk has grown.")

    page = chosen_rows(sheet(), only_dropped=True, after="")

    assert [row.number for row in page.rows] == [1]
    assert page.counts == {"claims": 2, "challenges": 1, "dropped": 1}


def test_sheet_is_turned_page_by_page(assignment, sheet, thesis, monkeypatch):
    monkeypatch.setattr(flow, "ROWS_A_PAGE", 1)
    ClaimFactory(assignment=assignment, text="Risk has grown.")

    first = chosen_rows(sheet(), only_dropped=False, after="")
    second = chosen_rows(sheet(), only_dropped=False, after=first.next_after)

    assert [row.number for row in (*first.rows, *second.rows)] == [1, 2]
    assert (first.next_after, second.next_after) == (str(thesis.pk), "")


@pytest.mark.parametrize("count", [1, 3])
def test_sheet_takes_1_query_beside_the_graph(
    assignment, student, thesis, say, count, django_assert_num_queries
):
    for number in range(count):
        note = say(f"Counterclaim {number}.")
        say(f"Answer {number}.", parent=note)
        say(f"Evidence {number}.", kind=Kind.EVIDENCE)
    graph = argument_graph(student, assignment)

    with django_assert_num_queries(1):
        sheet = flow_sheet(graph, at=timezone.now())

    assert sheet.counts == {"claims": 1, "challenges": count, "dropped": 0}
