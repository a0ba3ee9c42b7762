"""Drafts as they are listed: whose, of what, where they are gone on with."""

from uuid import uuid4

import pytest

from annotations.enums import Status
from annotations.models import Draft
from annotations.models.drafts import DraftPlace
from annotations.queries.drafts import count_drafts, draft_at, drafts_of
from tests.expect import expect_constant_queries
from tests.factories.annotations import annotation_on


@pytest.fixture
def draft(assignment, student):
    """`draft(key, …)`: a draft of the student's."""

    def make(key, *, user=student, **content):
        return Draft.objects.create(
            user=user,
            assignment=assignment,
            key=key,
            content={"kind": "comment", "body": "Half a thought"} | content,
            submission_key=uuid4(),
        )

    return make


def test_draft_of_a_paragraph_leads_to_its_composer(draft, assignment, paragraphs, student):
    kept = draft("p:1:2", kind="counterargument")

    (line,) = drafts_of(student)

    assert (line.what, line.where, line.words) == (
        "Counterargument",
        "paragraph 2",
        "Half a thought",
    )
    assert line.href == f"{assignment.get_absolute_url()}annotate/1/2/?draft={kept.pk}"
    assert line.list_url == f"{assignment.get_absolute_url()}drafts/"


def test_draft_on_words_names_the_first_paragraph(draft, assignment, paragraphs, student):
    draft("p:1:2:0-3;3:0-9")

    (line,) = drafts_of(student, assignment)

    assert line.where == "words of paragraph 2"
    assert "/annotate/1/2/?" in line.href


def test_drafts_of_reply_and_change_say_to_whom(draft, assignment, paragraphs, student, classmate):
    theirs = annotation_on(paragraphs[0], author=classmate, assignment=assignment)
    own = annotation_on(paragraphs[0], author=student, assignment=assignment, kind="question")
    draft(f"r:{theirs.pk}")
    draft(f"e:{own.pk}")

    change, reply = drafts_of(student)

    assert (reply.where, change.where) == (
        f"reply to {classmate.display_name}",
        "change of your question",
    )
    assert reply.href.startswith(f"/annotations/{theirs.pk}/reply/?draft=")
    assert change.href.startswith(f"/annotations/{own.pk}/edit/?draft=")


def test_draft_of_a_reply_to_what_is_gone_keeps_its_words(
    draft, assignment, paragraphs, student, classmate
):
    gone = annotation_on(
        paragraphs[0], author=classmate, assignment=assignment, status=Status.WITHDRAWN
    )
    draft(f"r:{gone.pk}")

    (line,) = drafts_of(student)

    assert (line.where, line.href, line.words) == ("a note that is gone", "", "Half a thought")


def test_author_under_a_pseudonym_is_not_named(draft, assignment, paragraphs, student, classmate):
    assignment.uses_pseudonyms = True
    assignment.save()
    theirs = annotation_on(
        paragraphs[0],
        author=classmate,
        assignment=assignment,
        alias=assignment.aliases.create(user=classmate, name="Heron"),
    )
    draft(f"r:{theirs.pk}")

    assert drafts_of(student)[0].where == "reply to Heron"


def test_drafts_are_their_owners_alone(
    draft, assignment, paragraphs, student, classmate, instructor, operator, anonymous
):
    draft("p:1:1")

    assert [len(drafts_of(who)) for who in (classmate, instructor, operator, anonymous)] == [0] * 4
    assert count_drafts(student, assignment) == 1


def test_drafts_of_a_seminar_that_one_left_are_not_shown(draft, paragraphs, student):
    draft("p:1:1")
    student.memberships.all().delete()

    assert drafts_of(student) == []


def test_latest_draft_comes_first(draft, paragraphs, student):
    for number in (1, 2, 3):
        draft(f"p:1:{number}")

    assert [one.where for one in drafts_of(student)] == [
        "paragraph 3",
        "paragraph 2",
        "paragraph 1",
    ]


def test_draft_is_found_by_its_place(draft, assignment, paragraphs, student, classmate):
    kept = draft("p:1:1:0-6")
    place = DraftPlace(revision=1, number=1, spans="1:0-6")

    assert draft_at(student, assignment, place) == kept
    assert draft_at(classmate, assignment, place) is None
    assert draft_at(student, assignment, DraftPlace(revision=1, number=1)) is None


def test_listing_takes_as_many_queries_for_one_as_for_three(
    draft, assignment, paragraphs, student, classmate
):
    def grow(count):
        for _ in range(count):
            note = annotation_on(paragraphs[0], author=classmate, assignment=assignment)
            draft(f"r:{note.pk}")

    grow(1)

    assert expect_constant_queries(lambda: drafts_of(student), grow=lambda: grow(2)) == 2
