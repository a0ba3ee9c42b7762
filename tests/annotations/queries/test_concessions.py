"""The ledger: who grants what, how far, and the common ground."""

import pytest

from annotations.actions import Content, Target, create_annotation
from annotations.enums import Kind
from annotations.queries import concessions
from annotations.queries.concessions import common_ground, ledger
from annotations.queries.graph import argument_graph
from debate.assignments.models import Side
from tests.factories.argument import ClaimAnchorFactory, ClaimFactory
from tests.factories.assignments import paragraph_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def claims(assignment):
    """A claim in the second paragraph, and one in the first."""
    found = []
    for number, text in ((2, "Talks work."), (1, "Risk has grown.")):
        claim = ClaimFactory(assignment=assignment, text=text)
        ClaimAnchorFactory(claim=claim, paragraph=paragraph_of(assignment, number))
        found.append(claim)
    return found


@pytest.fixture
def grant(assignment):
    def _grant(actor, claim=None, *, parent=None, **content):
        return create_annotation(
            actor=actor,
            assignment_id=assignment.pk,
            content=Content(
                kind=Kind.CONCESSION, body="Granted.", claim_id=claim and claim.pk, **content
            ),
            targets=[] if parent else [Target(paragraph_id=paragraph_of(assignment).pk)],
            parent_id=parent and parent.pk,
        )

    return _grant


def parts(user, assignment, **choice):
    page = ledger(user, argument_graph(user, assignment), **choice)
    return {
        part.label: [(one.claim.claim.text, one.scope, one.by) for one in part.entries]
        for part in page.parts
    }


def test_ledger_is_empty_at_first(assignment, student):
    page = ledger(student, argument_graph(student, assignment))

    assert (page.parts, page.common, page.total) == ([], [], 0)


def test_ledger_without_sides_tells_what_the_essay_and_others_are_granted(
    assignment, student, classmate, claims, grant
):
    challenge = create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(
            kind=Kind.COUNTERARGUMENT, body="No.", attacks="conclusion", counterclaim="They reward."
        ),
        targets=[Target(paragraph_id=paragraph_of(assignment).pk)],
    )
    grant(student, claims[0], scope="in the long run")
    grant(classmate, claims[1])
    grant(classmate, parent=challenge)

    assert parts(student, assignment) == {
        "Granted to the essay": [
            ("Risk has grown.", "", "Classmate"),
            ("Talks work.", "in the long run", "Student"),
        ],
        "Granted to what others argue": [("They reward.", "", "Classmate")],
    }


@pytest.fixture
def sides(assignment, student, classmate, other_group):
    """The student affirms, the classmate's group denies."""
    Side.objects.create(assignment=assignment, user=student, position="affirmative")
    Side.objects.create(assignment=assignment, group=other_group, position="negative")


def test_ledger_with_sides_tells_what_each_grants(
    assignment, student, classmate, instructor, claims, sides, grant
):
    grant(classmate, claims[0])
    grant(student, claims[1])
    grant(instructor, claims[1])

    assert parts(student, assignment) == {
        "The affirmative grants": [("Risk has grown.", "", "Student")],
        "The negative grants": [("Talks work.", "", "Classmate")],
        "Granted without a side": [("Risk has grown.", "", "Instructor")],
    }


def test_ledger_takes_the_side_of_the_round_in_which_it_was_granted(
    assignment, student, claims, sides, grant
):
    (only,) = assignment.rounds.all()
    Side.objects.create(assignment=assignment, user=student, round=only, position="negative")
    grant(student, claims[0])

    assert list(parts(student, assignment)) == ["The negative grants"]


def test_ledger_under_pseudonyms_tells_sides_to_staff_alone(
    assignment, student, classmate, instructor, claims, sides, grant
):
    assignment.uses_pseudonyms = True
    assignment.save()
    grant(classmate, claims[0])

    assert list(parts(student, assignment)) == ["Granted to the essay"]
    assert list(parts(instructor, assignment)) == ["The negative grants"]


def test_ledger_where_nobody_has_a_side_goes_by_the_essay(assignment, student, claims, grant):
    Side.objects.create(assignment=assignment, user=student, position="none")
    grant(student, claims[0])

    assert list(parts(student, assignment)) == ["Granted to the essay"]


def test_common_ground_has_each_claim_once_in_the_order_of_the_text(
    assignment, student, classmate, claims, grant
):
    grant(student, claims[0], scope="in the long run")
    grant(classmate, claims[0], scope="in the long run")
    grant(classmate, claims[0])
    grant(classmate, claims[1])

    found = common_ground(argument_graph(student, assignment))

    assert [(one.claim.claim.text, one.names, one.scopes) for one in found] == [
        ("Risk has grown.", ["Classmate"], []),
        ("Talks work.", ["Student", "Classmate"], ["in the long run"]),
    ]


def test_common_ground_says_how_much_more_there_is(assignment, student, claims, grant, monkeypatch):
    monkeypatch.setattr(concessions, "MOST_COMMON", 1)
    grant(student, claims[0])
    grant(student, claims[1])

    page = ledger(student, argument_graph(student, assignment))

    assert (len(page.common), page.more_common) == (1, 1)


def test_ledger_is_turned_page_by_page(assignment, student, claims, grant, monkeypatch):
    monkeypatch.setattr(concessions, "ENTRIES_A_PAGE", 1)
    grant(student, claims[0])
    second = grant(student, claims[1])
    graph = argument_graph(student, assignment)

    page = ledger(student, graph)
    rest = ledger(student, graph, after=page.next_after)

    assert (page.next_after, page.total) == (str(second.pk), 2)
    assert [one.claim.claim.text for part in rest.parts for one in part.entries] == ["Talks work."]
    assert rest.next_after == ""


@pytest.mark.parametrize("count", [1, 3])
def test_ledger_takes_2_queries_beside_the_graph(
    assignment, student, claims, sides, grant, count, django_assert_num_queries
):
    for _ in range(count):
        grant(student, claims[0])
    graph = argument_graph(student, assignment)

    with django_assert_num_queries(2):
        page = ledger(student, graph)

    assert page.total == count
