"""The reads of the reading page, a margin and a thread."""

import gzip
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations import selectors
from annotations.actions import mark_answer
from annotations.enums import AnchorState, Kind, Status
from annotations.models import Anchor, Annotation
from annotations.queries import ReadingFilters, margin, reading_page, thread
from debate.core.errors import Gone, Missing
from tests.expect import expect_constant_queries
from tests.factories.annotations import (
    AnchorFactory,
    AnnotationFactory,
    ReplyFactory,
    annotation_on,
)
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of

EVERYTHING = ReadingFilters()
PROSE = ["annotations/demo/essay_main.md", "tests/data/essay.md", "CONTRIBUTING.md", "README.md"]
LONGEST_SENTENCE = 300


def read(user, assignment, filters=EVERYTHING, **options):
    return reading_page(user=user, assignment=assignment, filters=filters, **options)


def bodies(cards):
    return [re.sub(r"<[^>]+>", "", card.body_html) for card in cards]


# --- the reading page ---


def test_paragraph_heading_counts_notes_and_unanswered(assignment, paragraphs, student):
    annotation_on(paragraphs[0], author=student, assignment=assignment)
    annotation_on(paragraphs[0], author=student, assignment=assignment, counterargument=True)

    page = read(student, assignment)

    assert [one.heading for one in page.paragraphs] == [
        "Paragraph 1, 2 notes, 1 unanswered",
        "Paragraph 2",
        "Paragraph 3",
    ]


def test_runs_of_overlapping_words_are_flat_and_end_in_links(assignment, paragraphs, student):
    first = annotation_on(
        paragraphs[0], "price water by use", author=student, assignment=assignment
    )
    second = annotation_on(
        paragraphs[0], "use need less", author=student, assignment=assignment, counterargument=True
    )

    runs = read(student, assignment).paragraphs[0].runs

    assert [(run.html, run.kind, run.depth) for run in runs] == [
        ("Cities that ", "", 0),
        ("price water by ", "comment", 1),
        ("use", "counterargument", 2),
        (" need less", "counterargument", 1),
        (" of it. Fairness, not scarcity, moves people.", "", 0),
    ]
    assert [[end.href for end in run.ends] for run in runs] == [
        [],
        [],
        [f"#a-{first.pk}"],
        [f"#a-{second.pk}"],
        [],
    ]


def test_cards_are_capped_mine_first_then_open_challenges_then_newest(
    assignment, paragraphs, student, classmate
):
    day = timedelta(days=1)
    now = timezone.now()
    old = [
        annotation_on(paragraphs[0], author=classmate, assignment=assignment, body=f"old {n}")
        for n in range(3)
    ]
    Annotation.objects.filter(pk__in=[one.pk for one in old]).update(created_at=now - 3 * day)
    annotation_on(paragraphs[0], author=classmate, assignment=assignment, body="new 1")
    annotation_on(paragraphs[0], author=classmate, assignment=assignment, body="new 2")
    challenge = annotation_on(
        paragraphs[0], author=classmate, assignment=assignment, body="no", counterargument=True
    )
    mine = annotation_on(paragraphs[0], author=student, assignment=assignment, body="mine")
    Annotation.objects.filter(pk__in=[challenge.pk, mine.pk]).update(created_at=now - 9 * day)

    paragraph = read(student, assignment).paragraphs[0]

    assert (paragraph.total, paragraph.more, len(paragraph.cards)) == (7, 3, 4)
    assert bodies(paragraph.cards) == ["mine", "no", "new 1", "new 2"]


def test_page_of_many_cards_shows_fewer_a_paragraph_and_says_so(assignment, student, seminar):
    crowded = assignment_of(essay_of(*["A claim."] * 40, seminar=seminar))
    for paragraph in crowded.revision.paragraphs.all():
        for _ in range(3):
            annotation_on(paragraph, assignment=crowded, author=student)

    page = read(student, crowded)

    assert sum(len(one.cards) for one in page.paragraphs) == 80
    assert page.shown_rule.startswith("Up to 2 notes of each paragraph")


def test_marks_over_forty_are_shown_for_the_cards_only(assignment, paragraphs, student):
    for _ in range(41):
        annotation_on(paragraphs[0], "Fairness", author=student, assignment=assignment)

    runs = read(student, assignment).paragraphs[0].runs

    assert [len(run.cards) for run in runs] == [0, 4, 0]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["mine", "theirs", "why"]),
        ({"kinds": ("question",)}, ["why"]),
        ({"kinds": ("question", "comment"), "mine": True}, ["mine"]),
        ({"mine": True}, ["mine"]),
        ({"unanswered": True}, ["why"]),
    ],
)
def test_filter_keeps_what_was_asked_for_and_counts_everything(
    filters, expected, assignment, paragraphs, student, classmate
):
    annotation_on(paragraphs[0], author=student, assignment=assignment, body="mine")
    annotation_on(paragraphs[0], author=classmate, assignment=assignment, body="theirs")
    annotation_on(
        paragraphs[0], author=classmate, assignment=assignment, body="why", kind=Kind.QUESTION
    )

    page = read(student, assignment, ReadingFilters(**filters))

    assert sorted(bodies(page.paragraphs[0].cards)) == expected
    assert {one.kind: one.count for one in page.kind_counts if one.count} == {
        "comment": 2,
        "question": 1,
    }


def test_filter_by_author_keeps_theirs(assignment, paragraphs, student, classmate):
    annotation_on(paragraphs[0], author=student, assignment=assignment, body="mine")
    annotation_on(paragraphs[0], author=classmate, assignment=assignment, body="theirs")

    page = read(student, assignment, ReadingFilters(author=classmate.pk))

    assert bodies(page.paragraphs[0].cards) == ["theirs"]


def test_page_without_notes_shows_text_alone(assignment, paragraphs, student):
    annotation_on(paragraphs[0], "Fairness", author=student, assignment=assignment)

    page = read(student, assignment, show_notes=False)

    assert (page.paragraphs[0].cards, len(page.paragraphs[0].runs), page.total) == ([], 1, 1)


def test_withdrawn_annotation_stands_no_longer_beside_the_text(assignment, paragraphs, student):
    annotation_on(
        paragraphs[0], "Fairness", author=student, assignment=assignment, status=Status.WITHDRAWN
    )

    page = read(student, assignment)

    assert (page.total, page.paragraphs[0].cards, len(page.paragraphs[0].runs)) == (0, [], 1)


def test_annotation_on_two_paragraphs_has_one_card_and_two_marks(assignment, paragraphs, student):
    annotation = annotation_on(paragraphs[0], "Fairness", author=student, assignment=assignment)
    AnchorFactory(
        annotation=annotation,
        revision=assignment.revision,
        paragraph=paragraphs[1],
        position=1,
        start=4,
        end=11,
        exact="council",
    )

    page = read(student, assignment)

    assert [len(one.cards) for one in page.paragraphs] == [1, 0, 0]
    assert [[run.html for run in one.runs if run.cards] for one in page.paragraphs] == [
        ["Fairness"],
        ["council"],
        [],
    ]


def test_orphaned_annotation_is_listed_apart(assignment, paragraphs, student):
    annotation = annotation_on(paragraphs[0], "Fairness", author=student, assignment=assignment)
    Anchor.objects.filter(annotation=annotation).update(
        paragraph=None, start=None, end=None, state=AnchorState.ORPHANED
    )

    page = read(student, assignment)

    assert [(card.quote, card.state_label) for card in page.orphans] == [
        ("Fairness", "text removed")
    ]


def test_tasks_count_what_staff_can_see_of_the_student(assignment, paragraphs, student):
    annotation_on(paragraphs[0], author=student, assignment=assignment)
    annotation_on(paragraphs[0], author=student, assignment=assignment, audience="private")
    annotation_on(paragraphs[0], author=student, assignment=assignment, status=Status.WITHDRAWN)
    annotation_on(paragraphs[0], author=student, assignment=assignment, evidence=True)

    tasks = read(student, assignment).standing.tasks

    assert [(task.kind, task.done, task.asked) for task in tasks] == [
        ("comment", 1, 3),
        ("counterargument", 0, 2),
        ("evidence", 1, 2),
    ]


def test_tasks_are_for_students_only(assignment, instructor, observer):
    assert read(instructor, assignment).standing.tasks == []
    assert read(observer, assignment).standing.tasks == []


def test_card_shows_whole_evidence(assignment, paragraphs, student):
    annotation = annotation_on(paragraphs[0], author=student, assignment=assignment, evidence=True)

    card = read(student, assignment).paragraphs[0].cards[0]

    assert (card.stance_label, card.warrant) == (
        "supports",
        "It measured what the paragraph claims.",
    )
    assert (card.source.href, card.source.host, card.source.note) == (
        annotation.passage.source.url,
        "example.org",
        "no quote yet",
    )


def test_long_body_is_cut_on_the_page_and_whole_in_its_thread(assignment, paragraphs, student):
    body = "word " * 200
    annotation = annotation_on(paragraphs[0], author=student, assignment=assignment, body=body)

    beside = read(student, assignment).paragraphs[0].cards[0]
    whole = thread(user=student, annotation_id=annotation.pk).root

    assert beside.truncated
    assert len(bodies([beside])[0]) <= 321
    assert not whole.truncated
    assert bodies([whole]) == [body.strip()]


def test_observer_and_outsider_may_not_annotate(assignment, observer, student):
    assert not read(observer, assignment).can_annotate
    assert read(observer, assignment).paragraphs[0].annotate_url == ""
    assert read(student, assignment).paragraphs[0].annotate_url.endswith("/annotate/1/1/")


# --- its weight and its queries ---


def test_reading_page_asks_as_often_for_one_note_as_for_many(page, assignment, paragraphs, student):
    browser = page(student)
    annotation_on(paragraphs[0], "Fairness", author=student, assignment=assignment)

    def more():
        for paragraph in paragraphs:
            challenge = annotation_on(paragraph, assignment=assignment, counterargument=True)
            annotation_on(paragraph, assignment=assignment, evidence=True)
            ReplyFactory(parent=challenge)

    count = expect_constant_queries(lambda: browser.get(assignment.get_absolute_url()), grow=more)

    assert count <= 23


def sentences_of_the_project():
    """Real prose: the sentences of the project's own texts, but for rows of tables, which never end."""
    texts = " ".join(Path(name).read_text(encoding="utf-8") for name in PROSE)
    line = " ".join(re.sub(r"[#*|`>_\[\]()]|https?://\S+", " ", texts).split())
    found = (line[span.start : span.end] for span in selectors.sentences(line))
    return [one for one in found if len(one) <= LONGEST_SENTENCE]


def crowd(assignment, people, sentences):
    """500 annotations of all kinds, most on a sentence, some on words across two."""
    kinds = [Kind.COMMENT, Kind.QUESTION, Kind.SUPPORT, Kind.CONCESSION]
    paragraphs = list(assignment.revision.paragraphs.all())
    for n in range(500):
        paragraph = paragraphs[n % len(paragraphs)]
        spans = selectors.sentences(paragraph.text)
        span = spans[n % len(spans)]
        start = span.start if n % 4 else (span.start + span.end) // 2
        words = selectors.whole_words(
            paragraph.text, start, min(span.end + 20 * (n % 4 == 0), len(paragraph.text))
        )
        traits = {3: {"counterargument": True}, 4: {"evidence": True}}.get(
            n % 6, {"kind": kinds[n % 4]}
        )
        annotation_on(
            paragraph,
            paragraph.text[words.start : words.end],
            assignment=assignment,
            author=people[n % len(people)],
            body=" ".join(sentences[(7 * n) % len(sentences) :][:2])[:500],
            **traits,
        )


def test_reading_page_of_500_notes_weighs_little(
    page, seminar, student, classmate, instructor, assistant
):
    sentences = sentences_of_the_project()
    texts = [" ".join(sentences[n : n + 3]) for n in range(0, 120, 3)]
    assignment = assignment_of(essay_of(*texts, seminar=seminar))
    crowd(assignment, [student, classmate, instructor, assistant], sentences)
    browser = page(student)
    browser.get(assignment.get_absolute_url())

    with CaptureQueriesContext(connection) as queries:
        response = browser.get(assignment.get_absolute_url())

    html = response.content.decode()
    assert len(assignment.revision.paragraphs.all()) == 40
    assert len(queries) <= 24
    assert html.count('role="comment"') == 80
    weight = len(gzip.compress(response.content, 6))
    assert weight <= 25 * 1024, weight


# --- all of a paragraph ---


def test_margin_pages_through_every_annotation_once(assignment, paragraphs, student):
    made = [annotation_on(paragraphs[0], author=student, assignment=assignment) for _ in range(5)]
    annotation_on(paragraphs[1], author=student, assignment=assignment)

    first = margin(user=student, assignment=assignment, number=1, after=None, size=3)
    rest = margin(user=student, assignment=assignment, number=1, after=first.next_after, size=3)

    assert [card.id for card in [*first.cards, *rest.cards]] == [str(one.pk) for one in made]
    assert rest.next_after is None


def test_margin_of_a_number_that_is_not_there_is_missing(assignment, student):
    with pytest.raises(Missing):
        margin(user=student, assignment=assignment, number=99, after=None, size=3)


# --- threads ---


def test_thread_puts_replies_under_what_they_answer(assignment, paragraphs, student):
    root = annotation_on(paragraphs[0], "Fairness", author=student, assignment=assignment)
    first = ReplyFactory(parent=root, body="first")
    ReplyFactory(parent=root, body="second")
    ReplyFactory(parent=first, body="under the first")

    found = thread(user=student, annotation_id=root.pk)

    assert [(bodies([one.card])[0], one.is_below) for one in found.replies] == [
        ("first", False),
        ("under the first", True),
        ("second", False),
    ]
    assert [(one.number, one.exact, one.href) for one in found.paragraphs] == [
        (1, "Fairness", f"{assignment.get_absolute_url()}#p-1")
    ]


def test_thread_of_a_reply_is_its_roots(assignment, paragraphs, student):
    root = annotation_on(paragraphs[0], author=student, assignment=assignment)
    reply = ReplyFactory(parent=root)

    found = thread(user=student, annotation_id=reply.pk)

    assert (found.root_id, found.focus_id) == (str(root.pk), str(reply.pk))


def test_withdrawn_reply_leaves_a_gap_only_where_somebody_answered(
    assignment, paragraphs, student, classmate
):
    root = annotation_on(paragraphs[0], author=student, assignment=assignment)
    answered = ReplyFactory(parent=root, author=classmate, status=Status.WITHDRAWN)
    ReplyFactory(parent=answered, body="still here")
    ReplyFactory(parent=root, author=classmate, status=Status.WITHDRAWN)

    found = thread(user=student, annotation_id=root.pk)

    assert [one.card and bodies([one.card])[0] for one in found.replies] == [None, "still here"]


def test_withdrawn_root_is_gone_for_others_and_stays_for_its_author(
    assignment, paragraphs, student, classmate
):
    root = annotation_on(
        paragraphs[0], author=student, assignment=assignment, status=Status.WITHDRAWN
    )
    reply = ReplyFactory(parent=root)

    with pytest.raises(Gone):
        thread(user=classmate, annotation_id=root.pk)
    assert thread(user=classmate, annotation_id=reply.pk).root is None
    assert thread(user=student, annotation_id=root.pk).root.status_label == "Withdrawn"


def test_thread_that_one_may_not_see_is_missing(assignment, paragraphs, student, outsider):
    root = annotation_on(paragraphs[0], author=student, assignment=assignment)

    with pytest.raises(Missing):
        thread(user=outsider, annotation_id=root.pk)


def test_asker_and_staff_are_offered_to_mark_the_answer(
    assignment, paragraphs, student, classmate, instructor
):
    question = annotation_on(
        paragraphs[0], author=student, assignment=assignment, kind=Kind.QUESTION
    )
    reply = ReplyFactory(parent=question, author=classmate)
    mark_answer(actor=instructor, reply_id=reply.pk, is_answer=True)

    offered = {
        user.username: bool(thread(user=user, annotation_id=question.pk).replies[0].answer_url)
        for user in (student, classmate, instructor)
    }

    assert offered == {"student": True, "classmate": False, "instructor": True}
    assert thread(user=classmate, annotation_id=question.pk).replies[0].is_answer
    assert not thread(user=classmate, annotation_id=question.pk).root.unanswered


def test_thread_asks_as_often_for_one_reply_as_for_three(page, assignment, paragraphs, student):
    root = annotation_on(paragraphs[0], author=student, assignment=assignment)
    ReplyFactory(parent=root)
    browser = page(student)

    expect_constant_queries(
        lambda: browser.get(root.get_absolute_url()),
        grow=lambda: [ReplyFactory(parent=root) for _ in range(2)],
    )


def test_replies_count_only_what_the_reader_may_see(assignment, paragraphs, student, classmate):
    root = annotation_on(paragraphs[0], author=student, assignment=assignment)
    ReplyFactory(parent=root, author=classmate)
    AnnotationFactory(
        assignment=assignment, parent=root, root=root, depth=1, author=classmate, audience="private"
    )

    card = read(student, assignment).paragraphs[0].cards[0]

    assert card.reply_count == 1
