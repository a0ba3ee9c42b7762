"""What stands beside a thread: what its note bears on, and what bears on it, as one may know."""

import pytest
from lxml import html

from annotations.actions import Content, SourceInput, Target, create_annotation
from annotations.enums import Audience, Kind, Status
from annotations.models import Annotation
from annotations.queries import Reader, thread
from annotations.queries.bearing import MOST_SHOWN, surroundings
from debate.assignments.models import Assignment
from debate.seminars.permissions import membership_of
from tests.factories.annotations import ReplyFactory
from tests.factories.argument import RelationFactory


@pytest.fixture
def note(assignment, student, paragraphs):
    """The student's counterargument against words of the essay."""
    return create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(kind=Kind.COUNTERARGUMENT, body="Use rose.", attacks="conclusion"),
        targets=[Target(paragraph_id=paragraphs[0].pk, start=0, end=8)],
    )


@pytest.fixture
def answer(assignment, note):
    def create(actor, kind, body, **more):
        return create_annotation(
            actor=actor,
            assignment_id=assignment.pk,
            content=Content(kind=kind, body=body, **more),
            parent_id=note.pk,
        )

    return create


@pytest.fixture
def beside(assignment, note):
    """`beside(user)`: what stands beside the note for that person."""

    def look(user):
        reader = Reader(user, membership_of(user, assignment.seminar), assignment.revision)
        return surroundings(reader, assignment, note.pk)

    return look


EVIDENCE = {
    "stance": "supports",
    "warrant": "The meters show it.",
    "source": SourceInput(link="https://example.org/water", title="Water in numbers"),
}


def test_note_bears_on_its_claim_and_says_how(beside, student, assignment, note):
    found = beside(student)

    claim = note.relation.target_claim
    assert (found.on.how, found.on.text) == ("says the opposite of", claim.text)
    assert found.on.href == f"{assignment.get_absolute_url()}map/claims/{claim.pk}/"
    assert found.claim_url == f"{assignment.get_absolute_url()}map/claims/{note.claim.pk}/"


def test_replies_that_bear_on_it_stand_by_what_they_do(
    beside, answer, student, classmate, instructor
):
    against = answer(classmate, Kind.COUNTERARGUMENT, "It did not.", attacks="conclusion")
    shown = answer(classmate, Kind.EVIDENCE, "", **EVIDENCE)
    granted = answer(instructor, Kind.CONCESSION, "In part.")
    answer(instructor, Kind.COMMENT, "Well put.")

    found = beside(student)

    assert [(one.text, one.by, one.href) for one in found.challenges] == [
        ("It did not.", "Classmate", f"#a-{against.pk}")
    ]
    assert [(one.text, one.source, one.href) for one in found.evidence] == [
        ("The meters show it.", "Water in numbers", f"#a-{shown.pk}")
    ]
    assert [(one.kind, one.href) for one in found.others] == [(Kind.CONCESSION, f"#a-{granted.pk}")]
    assert found.more == 0


def test_evidence_that_only_gives_context_is_attached_too(beside, answer, student, classmate):
    answer(classmate, Kind.EVIDENCE, "", **{**EVIDENCE, "stance": "context"})

    assert [one.text for one in beside(student).evidence] == ["The meters show it."]


def test_note_elsewhere_that_attacks_it_is_named_by_its_permalink(
    beside, assignment, student, classmate, paragraphs, note
):
    elsewhere = create_annotation(
        actor=classmate,
        assignment_id=assignment.pk,
        content=Content(kind=Kind.COUNTERARGUMENT, body="It fell.", attacks="conclusion"),
        targets=[Target(paragraph_id=paragraphs[1].pk)],
    )
    elsewhere.relation.target_claim = note.claim
    elsewhere.relation.save()

    assert [one.href for one in beside(student).challenges] == [f"/annotations/{elsewhere.pk}/"]


@pytest.mark.parametrize(
    "fields",
    [{"audience": Audience.PRIVATE}, {"status": Status.WITHDRAWN}, {"status": Status.HIDDEN}],
)
def test_what_one_may_not_read_does_not_stand_beside_it(fields, beside, answer, student, classmate):
    one = answer(classmate, Kind.COUNTERARGUMENT, "It did not.", attacks="conclusion")
    Annotation.objects.filter(pk=one.pk).update(**fields)

    found = beside(student)

    assert (found.challenges, found.more) == ([], 0)


def test_link_made_by_hand_stands_on_the_map_alone(beside, student, note, instructor):
    RelationFactory(target_claim=note.claim, added_by=instructor)

    assert beside(student).challenges == []


def test_more_than_are_shown_are_counted(beside, student, classmate, note):
    for _ in range(MOST_SHOWN + 2):
        ReplyFactory(parent=note, author=classmate, evidence=True)

    found = beside(student)

    assert (len(found.evidence), found.more) == (MOST_SHOWN, 2)


def test_comment_bears_on_nothing(assignment, student, paragraphs):
    comment = create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(kind=Kind.COMMENT, body="A remark."),
        targets=[Target(paragraph_id=paragraphs[0].pk)],
    )

    around = thread(user=student, annotation_id=comment.pk).around

    assert (around.on, around.claim_url, around.challenges, around.evidence) == (None, "", [], [])


def test_pseudonym_stands_beside_it_in_place_of_the_name(
    beside, answer, student, classmate, instructor
):
    Assignment.objects.update(uses_pseudonyms=True)
    one = answer(classmate, Kind.COUNTERARGUMENT, "It did not.", attacks="conclusion")

    assert [found.by for found in beside(student).challenges] == [one.alias.name]
    assert [found.by for found in beside(instructor).challenges] == ["Classmate"]


def test_replies_to_a_reply_stand_below_it_by_time_and_say_whom_they_answer(
    assignment, note, student, classmate, instructor
):
    first = ReplyFactory(parent=note, author=classmate)
    second = ReplyFactory(parent=note, author=instructor)
    under = ReplyFactory(parent=first, author=instructor)
    deep = ReplyFactory(parent=under, author=classmate)
    later = ReplyFactory(parent=first, author=student)

    found = thread(user=student, annotation_id=note.pk).replies

    assert [(one.id, one.is_below, one.answers) for one in found] == [
        (str(first.pk), False, ""),
        (str(under.pk), True, ""),
        (str(deep.pk), True, "Instructor"),
        (str(later.pk), True, ""),
        (str(second.pk), False, ""),
    ]


def test_long_paragraph_is_cut_around_the_words(assignment, note, student, paragraphs, page):
    word = "water "
    text = word * 200 + "the very words" + (" " + word.strip()) * 200
    paragraph = paragraphs[0]
    paragraph.text = text
    paragraph.save()
    start = text.index("the very words")
    note.anchors.update(start=start, end=start + 14, exact="the very words")

    shown = page(student).get(f"/annotations/{note.pk}/")

    quoted = html.document_fromstring(shown.content).xpath("string(//figure//blockquote)")
    assert quoted.startswith("… water water")
    assert quoted.endswith("water water …")
    assert "the very words" in quoted
    assert len(quoted) < 760
