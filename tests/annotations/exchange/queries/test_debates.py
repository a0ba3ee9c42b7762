"""An assignment's debate as a document: what is in it for whom, and under which names."""

from __future__ import annotations

import dataclasses
import json

import pytest

from annotations.actions import withdraw_annotation
from annotations.actions.claims import withdraw_claim
from annotations.enums import Attacks, Kind, Stance
from annotations.exchange.actions import import_debate
from annotations.exchange.formats import aifdb, native, xaif
from annotations.exchange.formats.document import Concession, Person, Ref
from annotations.exchange.queries.debates import debate_of, export_of
from annotations.models import Claim
from debate.core.errors import Invalid
from tests.annotations.exchange.formats.samples import as_bytes, nodeset
from tests.expect import expect_constant_queries, expect_refusal
from tests.factories.argument import ClaimAnchorFactory, ClaimFactory, RelationFactory
from tests.factories.assignments import AliasFactory, assignment_of

pytestmark = pytest.mark.django_db

BOTH = pytest.mark.parametrize("form", [native, aifdb, xaif])


@pytest.fixture
def debate(thesis, reason, counter, evidence, say, classmate):
    """An undercut, answered by evidence, a question about it, and a concession."""
    challenge = counter(attacks=Attacks.STEP)
    proof = evidence(actor=classmate, parent=challenge, stance=Stance.ATTACKS)
    question = say(Kind.QUESTION, actor=classmate, parent=challenge, body="Says who?")
    grant = say(Kind.CONCESSION, parent=proof, body="Granted.", scope="for the 1970s")
    say(Kind.COMMENT, body="A remark.")
    return challenge, proof, question, grant


def taken_in(assignment, instructor, value=None):
    return import_debate(
        actor=instructor,
        assignment_id=assignment.pk,
        format_name="aifdb",
        content=as_bytes(value or nodeset()),
        name="talks.json",
    )


@BOTH
def test_debate_written_reads_the_same(form, debate, assignment, student):
    document = debate_of(student, assignment)

    back = form.read(form.write(document))

    assert dataclasses.replace(back, foreign=()) == document


def test_debate_holds_argument_and_dialogue(debate, assignment, student, classmate, thesis):
    challenge, proof, question, grant = (str(note.pk) for note in debate)
    claim = str(Claim.objects.get(annotation=debate[0]).pk)

    document = debate_of(student, assignment)

    assert [(one.text, one.origin, one.is_thesis) for one in document.claims] == [
        ("Talks should reopen.", "essay", True),
        ("Talks cut the risk.", "essay", False),
        ("Calm came by itself.", "annotation", False),
        ("It measured what is claimed.", "annotation", False),
    ]
    assert document.claims[0].places[0].number == 1
    assert [(one.kind, one.source.kind, one.target.kind) for one in document.relations] == [
        ("undercuts", "claim", "inference"),
        ("rebuts", "evidence", "claim"),
    ]
    assert [(one.id, one.cite, one.quote, one.claim) for one in document.evidence] == [
        (proof, "Li 2019", "Risk fell by a third.", claim)
    ]
    assert {(one.source, one.target) for one in document.transitions} == {
        (f"essay:{thesis.pk}", challenge),
        (challenge, proof),
        (challenge, question),
        (proof, grant),
    }
    assert {
        (one.force, one.source.kind, one.target and one.target.kind) for one in document.illocutions
    } == {
        ("asserting", "locution", "claim"),
        ("asserting", "locution", "evidence"),
        ("disagreeing", "transition", "relation"),
        ("questioning", "locution", "claim"),
    }
    assert document.concessions == (
        Concession(
            str(debate[3].concession.pk), grant, str(debate[3].concession.claim_id), "for the 1970s"
        ),
    )
    assert [one.name for one in document.people] == [
        assignment.essay.byline_author or "Essay",
        student.display_name,
        classmate.display_name,
    ]
    assert [one.kind for one in document.locutions] == [
        "essay",
        "counterargument",
        "evidence",
        "question",
        "concession",
    ]


def test_debate_of_an_answer_to_nothing_on_the_map_asks_about_itself(say, assignment, student):
    question = say(Kind.QUESTION, body="What does this mean?")

    document = debate_of(student, assignment)

    assert [(one.source, one.target) for one in document.illocutions] == [
        (Ref("locution", str(question.pk)), None)
    ]


def test_debate_of_linked_essay_claims_argues_from_one_to_the_other(
    reason, thesis, assignment, student
):
    premise = reason.premises.get()
    ClaimAnchorFactory(claim=premise)

    document = debate_of(student, assignment)

    assert [(one.source, one.target) for one in document.transitions] == [
        (f"essay:{thesis.pk}", f"essay:{premise.pk}")
    ]
    assert document.illocutions[-1].force == "arguing"
    assert document.illocutions[-1].target == Ref("inference", str(reason.pk))


def test_debate_leaves_out_what_the_reader_may_not_read(
    thesis, counter, assignment, student, classmate, outsider
):
    hidden = counter("A private thought.", audience="private")

    texts = {
        user: native.write(debate_of(user, assignment)).decode()
        for user in (student, classmate, outsider)
    }

    assert str(hidden.pk) not in texts[classmate]
    assert "A private thought." not in texts[student]  # of no map, one's own neither
    assert json.loads(texts[outsider])["debate"]["claims"] == []


def test_debate_leaves_out_what_was_withdrawn(thesis, counter, assignment, student):
    challenge = counter()
    withdraw_annotation(actor=student, annotation_id=challenge.pk)

    document = debate_of(student, assignment)

    assert [one.text for one in document.claims] == ["Talks should reopen."]
    assert document.relations == ()


def test_debate_under_pseudonyms_names_aliases_to_students(
    thesis, counter, assignment, student, classmate, instructor
):
    assignment.uses_pseudonyms = True
    assignment.save()
    alias = AliasFactory(assignment=assignment, user=student, name="Heron")
    counter()

    seen = [debate_of(user, assignment).people[1:] for user in (classmate, student, instructor)]

    named = (Person(str(student.pk), student.display_name),)
    assert seen == [(Person(str(alias.pk), "Heron"),), named, named]


def test_debate_asks_the_database_as_often_for_three_as_for_one(
    reason, counter, evidence, assignment, student, classmate
):
    counter()
    evidence()

    def grow():
        for words in ("It fell.", "It rose."):
            counter(words, actor=classmate)
            evidence(actor=classmate, quote=words)

    expect_constant_queries(lambda: debate_of(student, assignment), grow=grow)


def test_export_of_unknown_format_is_refused(assignment, student):
    expect_refusal(Invalid, lambda: export_of(student, assignment, "docx"), field="format")


def test_export_has_another_digest_once_the_words_change(thesis, assignment, student):
    before = export_of(student, assignment, "aifdb")
    Claim.objects.filter(pk=thesis.pk).update(text="Talks must reopen.")

    after = export_of(student, assignment, "aifdb")

    assert before.filename == "who-should-pay.aif.json"
    assert before.digest != after.digest


def test_imported_file_goes_out_as_it_came_in(assignment, instructor, student):
    value = nodeset() | {"analyst": "Ann"}
    value["nodes"].append({"nodeID": "120", "text": "so", "type": "MA"})
    value["edges"].append({"edgeID": "91", "fromID": "103", "toID": "120"})
    value["edges"].append({"edgeID": "92", "fromID": "120", "toID": "105"})
    taken_in(assignment, instructor, value)

    written = json.loads(export_of(student, assignment, "aifdb").content)

    added = written.pop("counterpoint")
    assert added["title"] == assignment.title
    assert written == value


def test_imported_file_goes_out_beside_what_was_said_here(
    thesis, counter, assignment, instructor, student
):
    graph = taken_in(assignment, instructor)
    target = graph.mapping["claim"]["102"]
    counter("Not so.", claim_id=target)

    document = debate_of(student, assignment)
    value = json.loads(aifdb.write(document))

    assert aifdb.read(as_bytes(value)).relations[-1].target == Ref("claim", "102")
    assert {one["nodeID"]: one for one in value["nodes"]}["102"] == nodeset()["nodes"][2]


def test_imported_claim_taken_off_the_map_goes_with_its_steps(assignment, instructor, student):
    graph = taken_in(assignment, instructor)
    withdraw_claim(actor=instructor, claim_id=graph.mapping["claim"]["105"])

    value = json.loads(export_of(student, assignment, "aifdb").content)

    assert {"105", "107"}.isdisjoint(row["nodeID"] for row in value["nodes"])
    assert len(value["nodes"]) == 11
    assert aifdb.read(as_bytes(value)).claims != ()


def test_imported_file_is_not_told_to_those_outside(assignment, instructor, outsider):
    taken_in(assignment, instructor)

    assert debate_of(outsider, assignment).locutions == ()


def test_imported_names_are_not_told_to_students_who_write_under_pseudonyms(
    assignment, instructor, student
):
    taken_in(assignment, instructor)
    assignment.uses_pseudonyms = True
    assignment.save()

    seen = [
        [one.name for one in debate_of(user, assignment).people] for user in (student, instructor)
    ]

    assert seen == [[], ["Essay", "Student B"]]


def test_own_file_taken_in_elsewhere_is_the_same_debate(
    debate, assignment, essay, instructor, student
):
    other = assignment_of(essay, slug="again")
    sent = export_of(student, assignment, "aifdb")
    import_debate(actor=instructor, assignment_id=other.pk, format_name="", content=sent.content)

    value = json.loads(export_of(instructor, other, "aifdb").content)

    expected = json.loads(sent.content)
    assert [(row["type"], row["text"]) for row in value["nodes"]] == [
        (row["type"], row["text"]) for row in expected["nodes"]
    ]
    assert value["edges"] == expected["edges"]
    evidence = [
        row for row in value["nodes"] if row.get("counterpoint", {}).get("is") == "evidence"
    ]
    assert [row["counterpoint"]["source"]["title"] for row in evidence] == ["Risk"]


def test_imported_evidence_that_is_argued_with_goes_out_as_a_claim(
    debate, assignment, essay, instructor, student
):
    other = assignment_of(essay, slug="again")
    sent = export_of(student, assignment, "native")
    graph = import_debate(
        actor=instructor, assignment_id=other.pk, format_name="native", content=sent.content
    )
    passage = Claim.objects.get(pk=graph.mapping["evidence"][str(debate[1].pk)])
    RelationFactory(
        source=ClaimFactory(assignment=other, text="Not so."), target_claim=passage, kind="rebuts"
    )

    document = debate_of(instructor, other)

    assert document.evidence == ()
    assert "Risk fell by a third." in [one.text for one in document.claims]
    assert aifdb.read(aifdb.write(document)).claims != ()
