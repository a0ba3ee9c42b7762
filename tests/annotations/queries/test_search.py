"""What a search finds for whom, in which order, and how the words are shown in their place."""

import pytest
from django.db import connection

from annotations.actions.indexing import index_annotations
from annotations.models import Annotation
from annotations.queries import search as search_module
from annotations.queries.hits import PageAsked, are_many, share_of
from annotations.queries.search import Question, SearchFilters, matching, search
from debate.core.errors import Invalid
from debate.essays.actions import index_paragraphs
from tests.expect import expect_constant_queries, expect_refusal
from tests.factories.annotations import (
    AnnotationFactory,
    PassageFactory,
    ReplyFactory,
    TagFactory,
    annotation_on,
)
from tests.factories.assignments import AliasFactory, assignment_of
from tests.factories.essays import essay_of


@pytest.fixture
def indexed(assignment):
    """`indexed()`: the words of the essay and of all that stands on it are found from then on."""

    def index(essay=assignment.essay):
        index_paragraphs(essay)
        index_annotations(essay)

    return index


def notes(user, words, **filters):
    return [one.id for one in search(user, words, SearchFilters(**filters)).notes]


def ids(*annotations):
    return [str(one.pk) for one in annotations]


@pytest.fixture
def note(assignment, classmate, paragraphs):
    """A classmate's comment on the first word of the first paragraph, "Cities"."""
    return annotation_on(
        paragraphs[0], "Cities", assignment=assignment, author=classmate, body="Meters **lie**."
    )


def test_search_finds_forms_of_the_words_and_marks_them(student, note, indexed):
    indexed()

    [found] = search(student, "metering", SearchFilters()).notes

    assert found.id == str(note.pk)
    assert found.body == "<mark>Meters</mark> lie."
    assert (found.quote, found.number, found.label) == ("Cities", 1, "Comment")
    assert found.place_url.endswith("/seminars/water-policy/who-should-pay/#p-1")


def test_search_markup_in_words_is_shown_as_text(student, assignment, classmate, indexed):
    AnnotationFactory(
        assignment=assignment, author=classmate, body="Meters `<script>` \ue000lie\ue001."
    )
    indexed()

    [found] = search(student, "meters", SearchFilters()).notes

    assert found.body == "<mark>Meters</mark> &lt;script&gt; lie."


def test_search_long_words_are_cut_to_where_they_stand(student, assignment, indexed):
    body = "One two three four. " * 40 + "Here are meters. " + "Five six seven eight. " * 40
    AnnotationFactory(assignment=assignment, body=body)
    indexed()

    [found] = search(student, "meters", SearchFilters()).notes

    assert found.body.startswith("… ")
    assert found.body.endswith(" …")
    assert "<mark>meters</mark>" in found.body
    assert len(found.body) < 300


def test_search_evidence_shows_where_passage_and_source_hold_the_words(
    student, assignment, indexed
):
    passage = PassageFactory(
        source__seminar=assignment.seminar,
        source__csl={"title": "Meters reviewed"},
        quote="The meter counted twice.",
    )
    AnnotationFactory(assignment=assignment, evidence=True, body="", passage=passage)
    indexed()

    [found] = search(student, "meter", SearchFilters()).notes

    assert found.cited == "The <mark>meter</mark> counted twice."
    assert found.source == "<mark>Meters</mark> reviewed"
    assert found.lead == "It measured what the paragraph claims."


def test_search_finds_paragraphs_with_a_link_to_their_place(student, assignment, indexed):
    indexed()

    found = search(student, "scarcity", SearchFilters())

    [passage] = found.passages
    assert "<mark>scarcity</mark>" in passage.html
    assert passage.url == "/seminars/water-policy/who-should-pay/#p-1"
    assert (found.passages_total, found.notes_total) == (1, 0)


def test_search_paragraph_of_an_essay_that_is_not_set_leads_to_the_essay(student, seminar, indexed):
    essay = essay_of("Meters count.", seminar=seminar)
    indexed(essay)

    [passage] = search(student, "meters", SearchFilters()).passages

    assert passage.url == f"/essays/{essay.pk}/#p-1"


def test_search_in_an_assignment_looks_in_the_revision_it_shows(student, assignment, indexed):
    other = essay_of("Scarcity again.", seminar=assignment.seminar)
    assignment_of(other, slug="again")
    indexed()
    indexed(other)

    found = search(student, "scarcity", SearchFilters(assignment=assignment.pk))

    assert [one.essay_title for one in found.passages] == ["Who should pay for water?"]


def test_search_in_a_seminar_leaves_the_other_out(student, seminar, other_seminar, indexed, note):
    indexed()

    assert notes(student, "meters", seminar=seminar.pk) == ids(note)
    assert notes(student, "meters", seminar=other_seminar.pk) == []


# -- whom ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "readers"),
    [
        ({}, {"student", "classmate", "observer", "assistant", "instructor"}),
        ({"audience": "private"}, {"classmate"}),
        ({"audience": "staff"}, {"classmate", "assistant", "instructor"}),
        ({"status": "hidden"}, {"classmate", "assistant", "instructor"}),
        ({"status": "pending"}, {"classmate", "assistant", "instructor"}),
        ({"status": "held"}, {"classmate"}),
        ({"status": "withdrawn"}, set()),
    ],
)
def test_search_finds_only_what_one_may_read(fields, readers, assignment, indexed, request):
    people = ["anonymous", "outsider", "student", "observer", "assistant", "instructor"]
    cast = {name: request.getfixturevalue(name) for name in [*people, "classmate"]}
    AnnotationFactory(assignment=assignment, author=cast["classmate"], body="Meters lie.", **fields)
    indexed()

    found = {name for name, user in cast.items() if notes(user, "meters")}

    assert found == readers


@pytest.mark.parametrize(
    ("state", "readers"),
    [
        ("withdrawn", {"classmate", "instructor"}),
        ("hidden", {"classmate", "instructor"}),
        ("pending", {"classmate", "instructor"}),
    ],
)
def test_search_for_a_state_is_for_author_and_staff(
    state, readers, assignment, indexed, student, classmate, instructor
):
    cast = {"student": student, "classmate": classmate, "instructor": instructor}
    AnnotationFactory(assignment=assignment, author=classmate, body="Meters lie.", status=state)
    AnnotationFactory(assignment=assignment, author=classmate, body="Meters do not.")
    indexed()

    found = {name: len(notes(user, "meters", state=state)) for name, user in cast.items()}

    assert found == {name: int(name in readers) for name in cast}


def test_search_author_under_a_pseudonym_is_found_by_the_alias_alone(
    assignment, student, classmate, instructor, indexed
):
    alias = AliasFactory(assignment=assignment, user=classmate, name="Heron")
    note = AnnotationFactory(
        assignment=assignment, author=classmate, alias=alias, body="Meters lie."
    )
    indexed()

    assert notes(student, "meters", author=alias.pk) == ids(note)
    assert notes(student, "meters", author=classmate.pk) == []
    assert notes(instructor, "meters", author=classmate.pk) == ids(note)
    assert search(student, "meters", SearchFilters()).notes[0].author_name == "Heron"


# -- which --------------------------------------------------------------------------------------


def test_search_by_kind_finds_no_other(student, assignment, indexed):
    AnnotationFactory(assignment=assignment, body="Meters lie.")
    question = AnnotationFactory(assignment=assignment, kind="question", body="Do meters lie?")
    indexed()

    assert notes(student, "meters", kind="question") == ids(question)


def test_search_unanswered_finds_open_questions_alone(student, assignment, indexed):
    answered = AnnotationFactory(assignment=assignment, kind="question", body="Which meters?")
    ReplyFactory(parent=answered, is_answer=True)
    question = AnnotationFactory(assignment=assignment, kind="question", body="Do meters lie?")
    indexed()

    assert notes(student, "meters", state="unanswered") == ids(question)


def test_search_by_paragraph_finds_what_stands_on_it_and_its_replies(
    student, note, paragraphs, assignment, indexed
):
    annotation_on(paragraphs[1], assignment=assignment, body="Meters too.")
    reply = ReplyFactory(parent=note, body="Meters never lie.")
    indexed()

    assert notes(student, "meters", paragraph=1) == ids(reply, note)
    assert search(student, "scarcity", SearchFilters(paragraph=2)).passages == []


@pytest.mark.parametrize("given", ["harms", "Harms and significance", "HARMS"])
def test_search_by_tag_takes_key_and_label(given, student, assignment, indexed):
    TagFactory(vocabulary__seminar=assignment.seminar, key="harms", label="Harms and significance")
    tagged = AnnotationFactory(assignment=assignment, body="Meters lie.", tags=["harms"])
    AnnotationFactory(assignment=assignment, body="Meters do not.")
    indexed()

    assert notes(student, "meters", tag=given) == ids(tagged)


def test_search_what_only_notes_have_leaves_paragraphs_out(student, note, indexed):
    indexed()

    found = search(student, "cities", SearchFilters(kind="comment"))

    assert (found.passages, found.passages_total, found.notes_total) == ([], 0, 1)


# -- in which order -----------------------------------------------------------------------------


def test_search_those_that_say_the_words_come_before_those_on_the_words(
    student, note, assignment, indexed
):
    older = AnnotationFactory(assignment=assignment, body="Cities first.")
    newer = AnnotationFactory(assignment=assignment, body="Cities last.")
    on_words = annotation_on(
        assignment.revision.paragraphs.get(number=1), "Cities", assignment=assignment
    )
    indexed()

    assert notes(student, "cities") == ids(newer, older, on_words, note)


def test_search_pages_hold_each_note_once(student, assignment, indexed):
    paragraph = assignment.revision.paragraphs.get(number=1)
    said = [AnnotationFactory(assignment=assignment, body="Cities.") for _ in range(21)]
    on_words = [annotation_on(paragraph, "Cities", assignment=assignment) for _ in range(21)]
    indexed()
    seen, after = [], ""

    for _ in range(3):
        found = search(student, "cities", SearchFilters(after=after))
        seen += [one.id for one in found.notes]
        after = found.next_after

    assert seen == ids(*reversed(said), *reversed(on_words))
    assert after == ""
    assert found.notes_total == 42


def test_search_pages_of_paragraphs_hold_each_once_in_reading_order(student, seminar, indexed):
    first = essay_of(*["Meters count."] * 15, seminar=seminar)
    second = essay_of(*["Meters count."] * 10, seminar=seminar)
    indexed(first)
    indexed(second)
    seen, after = [], ""

    for _ in range(2):
        found = search(student, "meters", SearchFilters(in_essays=True, after=after))
        seen += [one.url for one in found.passages]
        after = found.next_after

    assert seen == [
        f"/essays/{essay.pk}/#p-{number}"
        for essay, count in ((second, 10), (first, 15))
        for number in range(1, count + 1)
    ]
    assert (after, found.notes, found.passages_total) == ("", [], 25)


@pytest.mark.parametrize("after", ["x", "1.x", "0.", "2026", "x.7", f"{'0' * 32}.x"])
def test_search_after_what_is_no_cursor_begins_at_the_beginning(after, student, note, indexed):
    indexed()

    assert notes(student, "meters", after=after) == ids(note)
    assert len(search(student, "cities", SearchFilters(in_essays=True, after=after)).passages) == 1


def test_search_asks_as_often_for_three_as_for_one(student, note, assignment, indexed):
    indexed()

    def grow():
        reply = ReplyFactory(parent=note, body="Meters never lie.")
        ReplyFactory(parent=reply, body="Meters and cities.", author=student)
        essay = essay_of("Meters in cities.", seminar=assignment.seminar)
        assignment_of(essay, slug="more")
        indexed()
        indexed(essay)

    count = expect_constant_queries(
        lambda: search(student, "meters OR cities", SearchFilters()), grow=grow
    )

    assert count == 10


# -- the question -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "Type the words to look for."),
        ("!? & |", "There is no word to look for here"),
        ("the", "There is no word to look for here"),
        ("-meters", "Give a word that must be there"),
        ("x" * 201, "200"),
        ("a\x00b", "NUL"),
    ],
)
def test_question_without_words_to_look_for_is_refused(words, sentence, student, assignment):
    error = expect_refusal(Invalid, lambda: Question.of(student, words), field="q")

    assert sentence in error.sentence


@pytest.mark.parametrize("words", ["'); DROP", '"unclosed meters', "meters :* | & !x", "🙂 meters"])
def test_search_signs_around_words_are_passed_over(words, student, note, indexed):
    indexed()

    assert search(student, words, SearchFilters()).notes_total in {0, 1}


def test_search_without_any_essay_finds_nothing(outsider, anonymous):
    assert search(outsider, "meters", SearchFilters()).is_empty
    assert search(anonymous, "meters", SearchFilters()).is_empty


@pytest.fixture
def german(seminar):
    essay = essay_of("Die Städte zahlen.", seminar=seminar, language="de-AT")
    return assignment_of(essay, slug="staedte")


def test_search_each_essay_is_read_in_its_language(student, note, german, indexed):
    other = AnnotationFactory(assignment=german, body="Die Zähler lügen.")
    indexed()
    indexed(german.essay)

    assert notes(student, "zähler") == ids(other)
    assert notes(student, "meters") == ids(note)
    assert notes(student, "die") == []
    assert [one.language for one in search(student, "Stadt", SearchFilters()).passages] == ["de-AT"]


def test_matching_narrows_what_one_may_read(student, note, assignment, indexed):
    AnnotationFactory(assignment=assignment, body="Pipes leak.")
    indexed()
    readable = Annotation.objects.visible_to(student)

    found, is_known = matching(readable, student, Question.of(student, "meters"), plain=True)

    assert (list(found), is_known) == ([note], True)


def test_matching_a_page_of_a_common_word_looks_through_ones_own_assignments(
    student, classmate, note, assignment, indexed
):
    others = AnnotationFactory.create_batch(5, assignment=assignment, body="Meters again.")
    unseen = {"assignment": assignment, "body": "Meters too."}
    AnnotationFactory(author=classmate, audience="private", **unseen)
    AnnotationFactory(author=student, status="withdrawn", **unseen)
    indexed()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE annotations_annotation")
    question = Question.of(student, "meters", assignment=assignment.pk)

    def page(**asked):
        readable = Annotation.objects.visible_to(student)
        rows, is_known = matching(readable, student, question, plain=True, page=PageAsked(**asked))
        assert is_known
        return list(rows.order_by("pk"))

    assert page(limit=3) == [note, *others[:2]]
    assert page(limit=3, after=others[0].pk) == others[1:4]
    assert page(limit=2, downwards=True) == others[3:]
    assert page(limit=2, after=others[1].pk, downwards=True) == [note, others[0]]


def test_matching_a_page_of_a_rare_word_asks_the_index(
    student, note, assignment, indexed, django_assert_num_queries
):
    AnnotationFactory.create_batch(3, assignment=assignment, body="Pipes leak.")
    indexed()
    question = Question.of(student, "absent")
    readable = Annotation.objects.visible_to(student)

    with django_assert_num_queries(2):
        rows, is_known = matching(
            readable, student, question, plain=True, page=PageAsked(limit=10_001)
        )

    assert (list(rows), is_known) == ([], True)


def analyze():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE annotations_annotation")


def test_matching_a_page_of_a_common_word_for_who_reads_in_many_places_looks_over_all(
    student, classmate, note, assignment, indexed, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(search_module, "MOST_PLACES", 1)
    elsewhere = essay_of("Meters in cities.")
    AnnotationFactory(assignment=assignment_of(elsewhere), body="Meters elsewhere.")
    others = AnnotationFactory.create_batch(5, assignment=assignment, body="Meters again.")
    unseen = {"assignment": assignment, "body": "Meters too."}
    AnnotationFactory(author=classmate, audience="private", **unseen)
    AnnotationFactory(author=student, status="withdrawn", **unseen)
    indexed()
    indexed(elsewhere)
    analyze()
    question = Question.of(student, "meters")
    assert question.places == ()

    def page(**asked):
        readable = Annotation.objects.visible_to(student)
        rows, is_known = matching(readable, student, question, plain=True, page=PageAsked(**asked))
        assert is_known
        return list(rows.order_by("pk"))

    assert page(limit=3) == [note, *others[:2]]
    assert page(limit=3, after=others[0].pk) == others[1:4]
    assert page(limit=2, downwards=True) == others[3:]
    assert page(limit=2, after=others[1].pk, downwards=True) == [note, others[0]]
    with django_assert_num_queries(4):  # where they begin, two that follow, those that are readable
        page(limit=2, after=note.pk)


def test_matching_a_page_for_who_reads_little_of_much_finds_it_all_the_same(
    student, classmate, note, assignment, indexed, monkeypatch
):
    monkeypatch.setattr(search_module, "MOST_PLACES", 1)
    unseen = {"assignment": assignment, "author": classmate, "audience": "private"}
    AnnotationFactory.create_batch(20, body="Meters too.", **unseen)
    last = AnnotationFactory(assignment=assignment, body="Meters again.")
    indexed()
    analyze()
    question = Question.of(student, "meters")

    found, is_known = matching(
        Annotation.objects.visible_to(student),
        student,
        question,
        plain=True,
        page=PageAsked(limit=2),
    )

    assert (list(found.order_by("pk")), is_known) == ([note, last], True)


def test_share_of_words_is_that_of_the_planner(assignment, indexed):
    for body in ("Meters lie.", "Meters lie.", "Meters leak.", "It's Cañon's back\\slash."):
        AnnotationFactory(assignment=assignment, body=body)
    indexed()
    analyze()

    assert share_of("'meter'") == pytest.approx(0.75)
    assert share_of("'meter' & 'lie'") == pytest.approx(0.375)
    assert share_of("'meter' <-> 'lie'") == pytest.approx(0.375)
    assert share_of("'lie' | 'leak'") == pytest.approx(0.625)
    assert share_of("( 'lie' | 'leak' ) & 'meter'") == pytest.approx(0.46875)
    assert share_of("'leak' & ( 'lie' | 'meter':* )") == pytest.approx(0.21875)
    assert share_of("'absent'") == 0.0
    assert not are_many("'meter'")


def test_share_of_words_is_none_before_the_planner_knows_any(note, indexed):
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM pg_statistic WHERE starelid = 'annotations_annotation'::regclass"
        )

    assert share_of("'meter'") == 0.0
    assert not are_many("'meter'")
