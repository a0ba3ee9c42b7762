"""What an annotation is found by: written in the transaction that writes the annotation itself."""

import importlib
import threading
import uuid

import pytest
from django.apps import apps
from django.contrib.postgres.search import SearchQuery
from django.db import connection, transaction

from annotations.actions import (
    Content,
    SourceInput,
    Target,
    create_annotation,
    edit_annotation,
    place_annotation,
)
from annotations.actions.indexing import index_annotations, index_citations
from annotations.models import Annotation
from tests.factories.annotations import AnnotationFactory, PassageFactory, annotation_on
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of
from tests.threads import at_once, waiting


def found_by(words, config="english"):
    query = SearchQuery(words, config=config, search_type="websearch")
    return list(Annotation.objects.filter(search=query))


@pytest.fixture
def note(student, assignment, paragraphs):
    return create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(
            kind="counterargument", body="Meters were read wrongly.", counterclaim="Tariffs fail."
        ),
        targets=[Target(paragraph_id=paragraphs[0].pk, start=0, end=6)],
    )


def test_create_words_of_each_part_find_it(note):
    assert found_by("metering") == [note]
    assert found_by("tariff") == [note]
    assert found_by("city") == [note]
    assert found_by("dog") == []


def test_create_words_are_kept_by_weight(note):
    note.refresh_from_db()

    assert "'tariff':1A" in note.search
    assert "'meter':3B" in note.search
    assert "'citi':7" in note.search


def test_edit_other_words_find_it_instead(note, student):
    edit_annotation(
        actor=student,
        annotation_id=note.pk,
        content=Content(kind="comment", body="Pipes leak."),
    )

    assert found_by("leaking pipe") == [note]
    assert found_by("meter") == []
    assert found_by("cities") == [note]


def test_place_words_of_the_new_place_find_it(note, student, paragraphs):
    place_annotation(
        actor=student,
        annotation_id=note.pk,
        targets=[Target(paragraph_id=paragraphs[1].pk, quote="council")],
    )

    assert found_by("council") == [note]
    assert found_by("cities") == []


@pytest.fixture
def evidence(student, assignment, paragraphs):
    return create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=EVIDENCE,
        targets=[Target(paragraph_id=paragraphs[0].pk)],
    )


EVIDENCE = Content(
    kind="evidence",
    stance="supports",
    warrant="It measured households.",
    source=SourceInput(link="https://example.org/water"),
    quote="Demand fell by a tenth.",
)


def test_evidence_passage_and_warrant_find_it(evidence):
    assert found_by("household") == [evidence]
    assert found_by("demand tenth") == [evidence]


def test_evidence_title_given_later_finds_it_and_others_that_rest_on_the_source(
    evidence, student, assignment, paragraphs
):
    titled = SourceInput(link="https://example.org/water", title="Elasticities reviewed")
    other = create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(kind="evidence", stance="attacks", warrant="It differs.", source=titled),
        targets=[Target(paragraph_id=paragraphs[0].pk)],
    )

    assert set(found_by("elasticity")) == {evidence, other}


def test_edit_evidence_with_title_of_its_source_finds_it(evidence, student):
    titled = SourceInput(link="https://example.org/water", title="Elasticities reviewed")
    content = Content(
        kind="evidence",
        stance="supports",
        warrant="It measured many households.",
        source=titled,
        quote="Demand fell by a tenth.",
    )

    edit_annotation(actor=student, annotation_id=evidence.pk, content=content)

    assert found_by("elasticity") == [evidence]


def test_index_citations_words_of_all_parts_are_kept(assignment, paragraphs):
    source = PassageFactory(source__csl={"title": "Elasticities"}, quote="It fell.").source
    note = annotation_on(
        paragraphs[0],
        "Cities",
        assignment=assignment,
        evidence=True,
        passage=source.passages.get(),
        body="Read it.",
    )

    index_citations(source)

    for words in ("elasticity", "fall OR fell", "cities", "read", "measured"):
        assert found_by(words) == [note]


def test_index_annotations_in_another_language_stems_as_it_does(assignment):
    note = AnnotationFactory(assignment=assignment, body="Die Städte zahlen.")
    assignment.essay.language = "de-AT"

    index_annotations(assignment.essay)

    assert found_by("Stadt", "german") == [note]
    assert found_by("die", "german") == []


def test_index_annotations_in_a_language_without_configuration_takes_words_as_written(assignment):
    note = AnnotationFactory(assignment=assignment, body="Maji ni uhai.")
    assignment.essay.language = "sw"

    index_annotations(assignment.essay)

    assert found_by("uhai", "simple") == [note]


def test_migration_words_of_rows_there_were_find_them(assignment, paragraphs):
    fill = importlib.import_module("annotations.migrations.0005_annotation_words").fill
    passage = PassageFactory(source__csl={"title": "Elasticities"}, quote="It fell.")
    note = annotation_on(
        paragraphs[0],
        "Cities",
        assignment=assignment,
        evidence=True,
        passage=passage,
        body="Read it.",
    )

    fill(apps, None)

    for words in ("elasticity", "fell", "cities", "read", "measured"):
        assert found_by(words) == [note]


# -- at once -----------------------------------------------------------------------------------


def locked(note):
    Annotation.objects.select_for_update(no_key=True).get(pk=note.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("of", ["essay", "works"])
def test_index_beside_who_locks_two_notes_in_their_order_waits_in_no_circle(of, assignment):
    newer = AnnotationFactory(assignment=assignment, evidence=True)
    # By its id, while its row stands behind the other's.
    older = AnnotationFactory(assignment=assignment, evidence=True, pk=uuid.UUID(int=1))
    index, given = {
        "essay": (index_annotations, [assignment.essay]),
        "works": (index_citations, [newer.passage.source, older.passage.source]),
    }[of]
    is_locked = threading.Event()

    def write():
        with transaction.atomic():
            locked(older)
            is_locked.set()
            has_waited = waiting(1)
            locked(newer)
        return has_waited

    def describe():
        assert is_locked.wait(60)
        with transaction.atomic():
            index(*given)
        return True

    assert at_once(write, describe) == [True, True]


@pytest.mark.django_db(transaction=True)
def test_index_of_what_cites_a_work_leaves_assignments_and_essays_to_others(assignment, student):
    note = AnnotationFactory(assignment=assignment, evidence=True)
    elsewhere = assignment_of(essay_of("Other words.", seminar=assignment.seminar), slug="other")
    content = Content(
        kind="evidence",
        stance="supports",
        warrant="It counted them.",
        source=SourceInput(source_id=note.passage.source_id, publisher="River Press"),
    )

    def rest_on_it():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '20s'")
        return create_annotation(
            actor=student,
            assignment_id=elsewhere.pk,
            content=content,
            targets=[Target(paragraph_id=elsewhere.revision.paragraphs.get().pk)],
        )

    with transaction.atomic():
        type(assignment).objects.select_for_update().get(pk=assignment.pk)
        type(assignment.essay).objects.select_for_update(no_key=True).get(pk=assignment.essay_id)
        [made] = at_once(rest_on_it)

    assert made.passage.source.csl == {"publisher": "River Press"}
