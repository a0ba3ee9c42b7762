"""What the review counts, ranks and shortens; its pages are tested in views/test_publishing.py."""

from dataclasses import replace

import pytest

from annotations.publication import plan_publication
from annotations.review import choice_for, review, words_of
from debate.core.errors import Invalid, Missing
from debate.essays.actions import correct_import, start_revision
from debate.essays.importing import edits
from debate.essays.importing.blocks import Block
from tests.conftest import MARKS, PLAIN, REPEATS
from tests.factories.annotations import AnnotationFactory, annotation_on
from tests.factories.essays import ImportDraftFactory

LONG = (
    "Every summer the reservoirs of the valley fall below the mark that the engineers painted on "
    "their walls, and every autumn the council promises to talk about it before the rain comes back."
)


def revised(actor, essay, *texts):
    draft = start_revision(actor=actor, essay=essay)
    blocks = [Block(kind="body", html=text) for text in texts]
    return correct_import(
        actor=actor, import_id=draft.pk, version=1, edit=lambda one: replace(one, blocks=blocks)
    )


def test_review_ranks_what_is_lost_before_what_is_least_sure(
    essay, assignment, paragraphs, instructor, student
):
    edited = annotation_on(
        paragraphs[0], "Fairness, not scarcity", author=student, assignment=assignment
    )
    moved = annotation_on(paragraphs[1], "The council", author=student, assignment=assignment)
    lost = annotation_on(paragraphs[2], "the survey", author=student, assignment=assignment)
    start, rest = REPEATS.split(": ")
    other = PLAIN.replace("scarcity", "thirst")

    found = review(user=instructor, draft=revised(instructor, essay, start, rest, other))

    assert [one.id for one in found.affected if one.id != moved.pk] == [lost.pk, edited.pk]
    assert found.affected[0].goes == []
    assert found.total == found.staying + found.changing == 3


def test_review_of_an_import_is_missing(instructor):
    draft = ImportDraftFactory(created_by=instructor)

    with pytest.raises(Missing):
        review(user=instructor, draft=draft)
    with pytest.raises(Invalid):
        plan_publication(draft)


def test_review_of_an_orphan_that_stays_one_says_so(
    essay, assignment, paragraphs, instructor, student
):
    note = annotation_on(paragraphs[2], "the survey", author=student, assignment=assignment)
    anchor = note.anchors.get()
    anchor.paragraph = anchor.start = anchor.end = None
    anchor.state = "orphaned"
    anchor.save()

    found = review(user=instructor, draft=revised(instructor, essay, PLAIN, REPEATS))

    assert [one.state_label for one in found.affected] == ["text removed before"]


def test_review_of_notes_on_several_paragraphs_takes_each_once(
    essay, assignment, paragraphs, instructor, student
):
    note = annotation_on(paragraphs[0], author=student, assignment=assignment)
    note.anchors.create(revision=assignment.revision, paragraph=paragraphs[2], position=1)

    found = review(user=instructor, draft=revised(instructor, essay, PLAIN, REPEATS))

    assert [(one.id, len(one.was), len(one.goes)) for one in found.affected] == [(note.pk, 2, 1)]
    assert found.affected[0].state_label == "text removed"


def test_words_far_from_the_edges_are_shown_in_a_shortened_context(essay, assignment, paragraphs):
    paragraph = paragraphs[0]
    paragraph.text = paragraph.html = LONG
    paragraph.save()
    anchor = annotation_on(paragraph, "the engineers painted", assignment=assignment).anchors.get()
    whole = annotation_on(paragraph, assignment=assignment).anchors.get()

    words, all_of_it = words_of(anchor), words_of(whole)

    assert (words.before, words.exact) == (
        "… the reservoirs of the valley fall below the mark that ",
        "the engineers painted",
    )
    assert words.after == " on their walls, and every autumn the council promises to …"
    assert all_of_it.before.endswith(" …")
    assert len(all_of_it.before) <= 122


def test_choice_for_an_annotation_without_anchor_is_missing(essay, assignment, instructor, student):
    note = AnnotationFactory(assignment=assignment, author=student)
    draft = revised(instructor, essay, PLAIN)

    with pytest.raises(Missing):
        choice_for(user=instructor, draft=draft, annotation_id=note.pk)


def test_choice_offers_the_numbered_paragraphs_by_their_place(
    essay, assignment, paragraphs, instructor, student
):
    note = annotation_on(paragraphs[0], author=student, assignment=assignment)
    draft = revised(instructor, essay, PLAIN, MARKS)
    draft = correct_import(
        actor=instructor,
        import_id=draft.pk,
        version=draft.version,
        edit=lambda one: edits.retype(one, 0, "heading"),
    )

    choice = choice_for(user=instructor, draft=draft, annotation_id=note.pk)

    assert [(place, one.number, one.text) for place, one in choice.paragraphs] == [(1, 1, MARKS)]
