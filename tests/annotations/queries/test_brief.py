"""The class brief: what each of its lists holds, and that it says how much more there is."""

import pytest

from annotations.actions import Content, SourceInput, Target, create_annotation
from annotations.actions.attending import ask_too
from annotations.enums import Attacks, Kind
from annotations.queries import brief as module
from annotations.queries.brief import brief
from tests.factories.annotations import annotation_on
from tests.factories.argument import ClaimAnchorFactory, ClaimFactory
from tests.factories.assignments import paragraph_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def thesis(assignment):
    claim = ClaimFactory(assignment=assignment, text="Talks should reopen.", is_thesis=True)
    ClaimAnchorFactory(claim=claim)
    return claim


@pytest.fixture
def say(assignment, student):
    def _say(text, *, kind=Kind.COUNTERARGUMENT, parent=None, **content):
        if kind == Kind.COUNTERARGUMENT:
            content = {"attacks": Attacks.REASON, "counterclaim": text, **content}
        if kind == Kind.EVIDENCE:
            content["source"] = SourceInput(link="https://example.org/rents", title="On rents")
            content = {"stance": "supports", "warrant": text, "quote": "Rents.", **content}
        return create_annotation(
            actor=student,
            assignment_id=assignment.pk,
            content=Content(kind=kind, body=text, **content),
            targets=[] if parent else [Target(paragraph_id=paragraph_of(assignment).pk)],
            parent_id=parent.pk if parent else None,
        )

    return _say


def lines(found):
    return {
        one.name: [(line.text, line.place, line.by, line.note) for line in one.lines]
        for one in found.sections
    }


def test_brief_of_nothing_has_empty_lists(assignment, student):
    found = brief(student, assignment)

    assert lines(found) == {"dropped": [], "standing": [], "questions": [], "bare": []}
    assert (found.thesis, found.common, found.more_common) == (None, [], 0)
    assert found.sections[3].empty == "No claim of the essay is marked."


def test_brief_holds_what_to_take_up(assignment, student, classmate, thesis, say, paragraphs):
    say("Talks reward.")
    contested = say("Too late.", attacks=Attacks.CONCLUSION)
    say("Not so.", parent=contested, attacks=Attacks.CONCLUSION)
    asked = annotation_on(
        paragraphs[0], assignment=assignment, author=student, kind="question", body="Who pays?"
    )
    ask_too(actor=classmate, annotation_id=asked.pk)
    granted = ClaimFactory(assignment=assignment, text="Risk has grown.")
    say("Granted.", kind=Kind.CONCESSION, claim_id=granted.pk, scope="of late")

    found = brief(student, assignment)

    assert lines(found) == {
        "dropped": [("Talks reward.", "¶ 1", "Student", "")],
        "standing": [("Too late.", "¶ 1", "Student", "contested")],
        "questions": [("Who pays?", "¶ 1", "Student", "1 ask the same")],
        "bare": [("Talks should reopen.", "¶ 1", "", ""), ("Risk has grown.", "", "", "")],
        "pivots": [("Talks reward.", "¶ 1", "Student", "counterargument")],
    }
    assert [(one.claim.claim.text, one.scopes) for one in found.common] == [
        ("Risk has grown.", ["of late"])
    ]
    assert found.thesis.claim == thesis


def test_brief_leaves_out_claims_with_evidence(assignment, student, thesis, say):
    say("It counts them.", kind=Kind.EVIDENCE)

    found = brief(student, assignment)

    assert lines(found)["bare"] == []
    assert found.sections[3].empty == "Every claim of the essay has evidence."


def test_brief_cuts_lists_and_says_how_much_more_there_is(
    assignment, student, thesis, say, monkeypatch
):
    monkeypatch.setattr(module, "MOST_LINES", 1)
    say("Talks reward.")
    say("Too late.")

    section = brief(student, assignment).sections[0]

    assert (len(section.lines), section.total, section.more) == (1, 2, 1)
    assert section.href.endswith("/flow/?only=dropped")


def test_brief_cuts_long_words(assignment, student, thesis, say):
    say("x" * 300)

    ((text, *_),) = lines(brief(student, assignment))["dropped"]

    assert len(text) == module.LONGEST


@pytest.mark.parametrize("count", [1, 3])
def test_brief_takes_as_many_queries_for_three_as_for_one(
    assignment, student, thesis, say, paragraphs, count, django_assert_num_queries
):
    for number in range(count):
        say(f"Counterclaim {number}.")
        annotation_on(paragraphs[0], assignment=assignment, author=student, kind="question")

    with django_assert_num_queries(13):
        found = brief(student, assignment)

    assert len(found.sections[0].lines) == count
