"""Evidence rests on a source of the seminar's shelf: by DOI, by link, or one that stands there."""

import uuid
from dataclasses import replace
from functools import partial

import pytest

from annotations.actions import Content, SourceInput, Target, create_annotation, edit_annotation
from annotations.actions.evidence import find_or_add_source, take_passage
from annotations.actions.sources import SourceDetails, add_source
from annotations.bibliography.csl import TYPES
from annotations.enums import Audience, Kind, Stance
from annotations.models import Annotation, Passage, Source
from debate.assignments.enums import RoundMode
from debate.core.errors import Invalid
from tests.blank import BLANKS
from tests.expect import expect_refusal
from tests.factories.annotations import AnnotationFactory, PassageFactory, SourceFactory

SURVEY = "https://example.org/survey"


@pytest.fixture
def add(seminar, student):
    """`add(…)`: the source that the student's input names."""

    def find(*, actor=student, is_for_all=True, **given):
        source = SourceInput(**given)
        return find_or_add_source(actor=actor, seminar=seminar, given=source, is_for_all=is_for_all)

    return find


def test_source_by_doi_stands_on_the_shelf_once(add, seminar, student):
    first, second = add(link="https://doi.org/10.1000/ABC"), add(link="doi:10.1000/abc")

    assert first == second
    assert list(Source.objects.values("seminar", "doi", "url", "added_by")) == [
        {"seminar": seminar.pk, "doi": "10.1000/abc", "url": "", "added_by": student.pk}
    ]


def test_source_by_link_stands_on_the_shelf_once(add, seminar, student):
    first, second = add(link=SURVEY), add(link=f" {SURVEY} ")

    assert first == second
    assert list(Source.objects.values("seminar", "doi", "url", "added_by")) == [
        {"seminar": seminar.pk, "doi": "", "url": SURVEY, "added_by": student.pk}
    ]


def test_source_of_the_shelf_is_taken_from_there(add, seminar, student):
    source = SourceFactory(seminar=seminar, added_by=student)

    assert add(source_id=source.pk) == source
    assert Source.objects.count() == 1


def test_source_that_may_not_be_known_is_refused_like_an_unknown_one(add, seminar):
    theirs = SourceFactory()
    uncited = SourceFactory(seminar=seminar)

    refusals = {
        expect_refusal(Invalid, partial(add, source_id=one), field="evidence.source.id").sentence
        for one in (theirs.pk, uncited.pk, uuid.uuid4())
    }

    assert len(refusals) == 1


def test_source_same_link_in_another_seminar_is_another(add, other_seminar):
    theirs = SourceFactory(seminar=other_seminar, url=SURVEY)

    assert add(link=SURVEY) != theirs
    assert Source.objects.count() == 2


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "mailto:a@example.org",
        "//example.org/x",
        "example.org/x",
        "https://",
        "https:///x",
        "https://exa mple.org/",
        "https://example.org/\x00",
        "https://example.org/\ud800",
        "https://example.org/" + "x" * 2_000,
        "no link at all",
    ],
)
def test_source_by_what_is_no_web_address_is_refused(link, add):
    expect_refusal(Invalid, partial(add, link=link), field="evidence.source.link")

    assert not Source.objects.exists()


@pytest.mark.parametrize("name", BLANKS)
def test_source_by_a_blank_looking_link_is_refused(name, add):
    expect_refusal(Invalid, partial(add, link=BLANKS[name]), field="evidence.source.link")


def test_source_details_are_kept_as_csl_json(add):
    source = add(
        link=SURVEY,
        title="Water\nand  price",
        author="Lin, Ada; Water Board",
        publisher="River Press",
        issued="2024-05",
        type="report",
    )

    source.refresh_from_db()
    assert source.csl == {
        "title": "Water and price",
        "author": [{"family": "Lin", "given": "Ada"}, {"literal": "Water Board"}],
        "publisher": "River Press",
        "issued": {"date-parts": [[2024, 5]]},
        "type": "report",
    }


@pytest.mark.parametrize(
    ("issued", "parts"), [("2024", [2024]), ("2024-5", [2024, 5]), ("2024-05-31", [2024, 5, 31])]
)
def test_source_date_of_each_length_is_kept(issued, parts, add):
    assert add(link=SURVEY, issued=issued).csl["issued"] == {"date-parts": [parts]}


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"issued": "May 2024"}, "evidence.source.issued"),
        ({"issued": "2024-"}, "evidence.source.issued"),
        ({"issued": "2024-13"}, "evidence.source.issued"),
        ({"issued": "2024-00"}, "evidence.source.issued"),
        ({"issued": "2024-02-30"}, "evidence.source.issued"),
        ({"issued": "٢٠٢٤"}, "evidence.source.issued"),
        ({"type": "song"}, "evidence.source.type"),
        ({"title": "x" * 501}, "evidence.source.title"),
        ({"author": "x" * 1_001}, "evidence.source.author"),
        ({"publisher": "\x00"}, "evidence.source.publisher"),
    ],
)
def test_source_detail_that_cannot_be_taken_is_named(details, field, add):
    expect_refusal(Invalid, partial(add, link=SURVEY, **details), field=field)


@pytest.mark.parametrize("kind", TYPES)
def test_source_each_type_is_taken(kind, add):
    assert add(link=SURVEY, type=kind).csl == {"type": kind}


@pytest.fixture
def stocked(seminar, instructor):
    """A work that staff put on the shelf."""
    known = SourceDetails(link=SURVEY, title="Water")
    source, _ = add_source(actor=instructor, seminar=seminar, details=known)
    return source


def test_source_known_already_takes_from_others_what_is_missing(add, classmate, stocked):
    source = add(actor=classmate, link=SURVEY, title="Nonsense", publisher="River Press")

    assert source == stocked
    stocked.refresh_from_db()
    assert stocked.csl == {"title": "Water", "publisher": "River Press"}


@pytest.mark.parametrize("by_id", [True, False])
def test_source_known_already_takes_nothing_from_what_not_all_read(
    by_id, add, student, classmate, stocked
):
    named = {"source_id": stocked.pk} if by_id else {"link": SURVEY}

    source = add(is_for_all=False, **named, title="Nonsense", publisher="River Press")

    stocked.refresh_from_db()
    assert stocked.csl == {"title": "Water"}
    assert source.csl == {"title": "Water", "publisher": "River Press"}
    assert (source.url, source.canonical) == (stocked.url, stocked.canonical)
    assert source in Source.objects.visible_to(student)
    assert source not in Source.objects.visible_to(classmate)
    assert add(is_for_all=False, **named, issued="2024") == source
    assert add(link=SURVEY) == source


def test_source_known_already_is_taken_from_what_not_all_read_that_adds_nothing(add, stocked):
    assert add(is_for_all=False, link=SURVEY, title="Nonsense") == stocked


def test_source_put_there_by_a_note_of_staff_is_seen_with_the_note(
    add, seminar, assignment, student, instructor
):
    source = add(actor=instructor, link=SURVEY)
    passage = PassageFactory(source=source, added_by=instructor)
    note = AnnotationFactory(
        assignment=assignment,
        author=instructor,
        evidence=True,
        passage=passage,
        audience=Audience.STAFF,
    )

    assert source not in Source.objects.visible_to(student)
    Annotation.objects.filter(pk=note.pk).update(audience=Audience.SEMINAR)
    assert source in Source.objects.visible_to(student)
    Annotation.objects.filter(pk=note.pk).update(audience=Audience.PRIVATE)
    assert source not in Source.objects.visible_to(student)
    again, is_new = add_source(
        actor=instructor, seminar=seminar, details=SourceDetails(link=SURVEY)
    )
    assert (again, is_new) == (source, False)
    assert source in Source.objects.visible_to(student)


def test_source_that_others_hide_is_not_known_already(add, classmate):
    hidden = add(link=SURVEY, title="Water")

    source = add(actor=classmate, link=SURVEY, publisher="River Press")

    hidden.refresh_from_db()
    assert source != hidden
    assert (source.csl, hidden.csl) == ({"publisher": "River Press"}, {"title": "Water"})


def test_source_known_already_takes_corrections_of_whoever_added_it(add):
    add(link=SURVEY, title="Watre", publisher="River Press")

    source = add(link=SURVEY, title="Water")

    source.refresh_from_db()
    assert source.csl == {"title": "Water", "publisher": "River Press"}


def test_passage_without_words_or_locator_is_kept(seminar, student):
    source = SourceFactory(seminar=seminar)

    passage = take_passage(actor=student, source=source, quote="", locator="", current=None)

    assert Passage.objects.get() == passage
    assert (passage.quote, passage.locator, passage.added_by) == ("", "", student)
    assert passage.for_note


def test_passage_unchanged_stays_the_same_row(student):
    current = PassageFactory(quote="Use fell.", locator="p. 4")

    same = take_passage(
        actor=student, source=current.source, quote=" Use fell. ", locator="p.  4", current=current
    )

    assert same == current


@pytest.mark.parametrize(
    "changed", [{"quote": "Use rose."}, {"locator": "p. 5"}, {"source": "another"}]
)
def test_passage_changed_is_a_new_row_and_the_old_one_stands(changed, student):
    current = PassageFactory(quote="Use fell.", locator="p. 4")
    given = {"source": current.source, "quote": "Use fell.", "locator": "p. 4", **changed}
    if given["source"] == "another":
        given["source"] = SourceFactory()

    passage = take_passage(actor=student, current=current, **given)

    current.refresh_from_db()
    assert passage != current
    assert (current.quote, current.locator) == ("Use fell.", "p. 4")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"quote": "x" * 5_001}, "evidence.quote"),
        ({"quote": "\x00"}, "evidence.quote"),
        ({"locator": "x" * 101}, "evidence.locator"),
    ],
)
def test_passage_that_cannot_be_kept_is_refused(given, field, student):
    source = SourceFactory()

    expect_refusal(
        Invalid,
        partial(
            take_passage,
            **{"actor": student, "source": source, "quote": "", "locator": "", "current": None}
            | given,
        ),
        field=field,
    )


def evidence(**given):
    fields = {"stance": Stance.SUPPORTS, "warrant": "It measured the claim."}
    return Content(kind=Kind.EVIDENCE, **fields | given)


@pytest.mark.parametrize("stance", Stance.values)
def test_create_evidence_of_each_stance_is_taken(stance, assignment, paragraphs, student):
    one = create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=evidence(stance=stance, source=SourceInput(link=SURVEY)),
        targets=[Target(paragraph_id=paragraphs[0].pk)],
    )

    assert one.stance == stance


@pytest.mark.parametrize(
    ("audience", "round_", "setup", "is_completed"),
    [
        (Audience.SEMINAR, {}, {}, True),
        (Audience.PUBLIC, {}, {}, True),
        (Audience.PRIVATE, {}, {}, False),
        (Audience.STAFF, {}, {}, False),
        (Audience.SEMINAR, {"mode": RoundMode.BLIND}, {}, False),
        (Audience.SEMINAR, {}, {"requires_approval": True}, False),
        (Audience.SEMINAR, {}, {"is_for_groups": True}, False),
    ],
)
def test_create_evidence_completes_the_work_of_others_where_all_read_it(
    audience, round_, setup, is_completed, assignment, paragraphs, student, group, stocked
):
    assignment.rounds.update(**{"mode": RoundMode.OPEN, **round_})
    type(assignment).objects.filter(pk=assignment.pk).update(**setup)
    assignment.groups.add(group)
    type(assignment.seminar).objects.update(allows_public=True)
    type(assignment.essay).objects.update(is_public=True)
    said = Content(
        kind=Kind.EVIDENCE, stance=Stance.SUPPORTS, warrant="It measured the claim.",
        source=SourceInput(link=SURVEY, publisher="River Press"), audience=audience,
    )  # fmt: skip

    note = create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=said,
        targets=[Target(paragraph_id=paragraphs[0].pk)],
    )

    stocked.refresh_from_db()
    assert (note.passage.source == stocked) is is_completed
    assert stocked.csl.get("publisher", "") == ("River Press" if is_completed else "")
    assert note.passage.source.csl == {"title": "Water", "publisher": "River Press"}


def test_edit_evidence_of_ones_own_completes_no_work_of_others(
    assignment, paragraphs, student, stocked
):
    assignment.rounds.update(mode=RoundMode.OPEN)
    said = Content(
        kind=Kind.EVIDENCE, stance=Stance.SUPPORTS, warrant="It measured the claim.",
        source=SourceInput(link=SURVEY), audience=Audience.PRIVATE,
    )  # fmt: skip
    note = create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=said,
        targets=[Target(paragraph_id=paragraphs[0].pk)],
    )
    more = replace(said, source=SourceInput(source_id=stocked.pk, publisher="River Press"))

    edited = edit_annotation(actor=student, annotation_id=note.pk, content=more)

    stocked.refresh_from_db()
    assert note.passage.source == stocked
    assert stocked.csl == {"title": "Water"}
    assert edited.passage.source.csl == {"title": "Water", "publisher": "River Press"}


def test_create_evidence_refused_leaves_no_source_behind(assignment, paragraphs, student):
    """The quote in the essay is wrong: nothing of the evidence is kept, the shelf neither."""
    target = Target(paragraph_id=paragraphs[0].pk, quote="no such words")
    act = partial(
        create_annotation,
        actor=student,
        assignment_id=assignment.pk,
        content=evidence(source=SourceInput(link=SURVEY)),
        targets=[target],
    )

    with pytest.raises(Exception, match="do not stand there"):
        act()

    assert not Source.objects.exists()
    assert not Passage.objects.exists()
    assert not Annotation.objects.exists()


def test_edit_evidence_with_another_source_keeps_the_former_in_the_history(
    assignment, paragraphs, student
):
    one = create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=evidence(source=SourceInput(link=SURVEY), quote="Use fell.", locator="p. 4"),
        targets=[Target(paragraph_id=paragraphs[0].pk)],
    )
    source = one.passage.source

    edit_annotation(
        actor=student,
        annotation_id=one.pk,
        content=evidence(source=SourceInput(link="doi:10.1000/182"), quote="Use rose."),
    )

    one.refresh_from_db()
    assert (one.passage.source.doi, one.passage.quote) == ("10.1000/182", "Use rose.")
    first, second = one.history.all()
    assert first.details["source"] == str(source.pk)
    assert (first.details["quote"], first.details["locator"]) == ("Use fell.", "p. 4")
    assert second.details["source"] == str(one.passage.source_id)
