"""The change lines: one for each change, in an order without gaps, whoever writes at once."""

import threading
import uuid

import pytest
from django.db import connection

from annotations.actions import (
    Content,
    SourceInput,
    Target,
    create_annotation,
    edit_annotation,
    mark_answer,
    withdraw_annotation,
)
from annotations.enums import Audience, Kind, Op, Stance, Status
from annotations.models import Annotation, Change, Source
from debate.core.errors import DomainError, Invalid, Stale
from tests.factories.annotations import AnnotationFactory, ReplyFactory
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of

COMMENT = Content(kind=Kind.COMMENT, body="A remark.")
BETTER = Content(kind=Kind.COMMENT, body="A better remark.")


def post(assignment, actor, content=COMMENT, **given):
    target = Target(paragraph_id=assignment.revision.paragraphs.numbered().first().pk)
    return create_annotation(
        actor=actor, assignment_id=assignment.pk, content=content, targets=[target], **given
    )


def lines(assignment, *names):
    return list(Change.objects.filter(assignment=assignment).values_list(*names))


def test_change_lines_of_a_life_tell_each_step(assignment, student):
    one = post(assignment, student)
    edit_annotation(actor=student, annotation_id=one.pk, content=BETTER)
    withdraw_annotation(actor=student, annotation_id=one.pk)

    assert lines(assignment, "counter", "type", "object_id", "op", "version") == [
        (1, "annotation", one.pk, Op.CREATE, 1),
        (2, "annotation", one.pk, Op.UPDATE, 2),
        (3, "annotation", one.pk, Op.WITHDRAW, 3),
    ]
    assignment.refresh_from_db()
    assert assignment.change_counter == 3


def test_change_lines_tell_who_could_see_it_before_and_after(assignment, student, group):
    content = Content(kind=Kind.COMMENT, body="A.", audience=Audience.GROUP, group_id=group.pk)
    one = post(assignment, student, content)
    withdraw_annotation(actor=student, annotation_id=one.pk)

    before = ("status_before", "audience_before", "group_before")
    after = ("status_after", "audience_after", "group_after")
    assert lines(assignment, *before, *after) == [
        ("", "", None, Status.PUBLISHED, Audience.GROUP, group.pk),
        (
            Status.PUBLISHED, Audience.GROUP, group.pk,
            Status.WITHDRAWN, Audience.GROUP, group.pk,
        ),
    ]  # fmt: skip


def test_change_lines_name_author_and_round(assignment, student, instructor, classmate):
    question = AnnotationFactory(assignment=assignment, author=student, kind=Kind.QUESTION)
    reply = ReplyFactory(parent=question, author=classmate)

    mark_answer(actor=instructor, reply_id=reply.pk, is_answer=True)

    assert lines(assignment, "author_id", "round_id") == [(classmate.pk, question.round_id)]


def test_change_lines_of_an_answer_that_takes_anothers_place_are_two(
    assignment, student, classmate
):
    question = AnnotationFactory(assignment=assignment, author=student, kind=Kind.QUESTION)
    former, better = ReplyFactory.create_batch(2, parent=question, author=classmate)
    mark_answer(actor=student, reply_id=former.pk, is_answer=True)

    mark_answer(actor=student, reply_id=better.pk, is_answer=True)

    assert lines(assignment, "counter", "object_id", "op", "version") == [
        (1, former.pk, Op.UPDATE, 2),
        (2, former.pk, Op.UPDATE, 3),
        (3, better.pk, Op.UPDATE, 2),
    ]


def test_change_lines_of_a_reply_leave_its_parent_as_it_is(assignment, student, classmate):
    one = post(assignment, student)
    reply = create_annotation(
        actor=classmate, assignment_id=assignment.pk, content=COMMENT, parent_id=one.pk
    )

    assert lines(assignment, "counter", "object_id") == [(1, one.pk), (2, reply.pk)]
    one.refresh_from_db()
    assert one.version == 1


def test_change_lines_of_two_assignments_count_apart(assignment, seminar, student):
    other = assignment_of(essay_of("Other words.", seminar=seminar))

    for one in (assignment, other, assignment):
        post(one, student)

    assert lines(assignment, "counter") == [(1,), (2,)]
    assert lines(other, "counter") == [(1,)]


@pytest.mark.parametrize(
    "content",
    [
        Content(kind=Kind.COMMENT, body=""),
        Content(kind=Kind.EVIDENCE, stance=Stance.CONTEXT, warrant="w"),
    ],
)
def test_change_refused_leaves_no_line_and_no_gap(content, assignment, student):
    post(assignment, student)
    with pytest.raises(Invalid):
        post(assignment, student, content)
    post(assignment, student)

    assert lines(assignment, "counter") == [(1,), (2,)]


def test_change_history_keeps_what_each_kind_adds(assignment, student):
    content = Content(
        kind=Kind.EVIDENCE,
        stance=Stance.SUPPORTS,
        warrant="It measured the claim.",
        tags=("price",),
        source=SourceInput(link="https://example.org/survey", title="Survey"),
        quote="Use fell.",
        locator="p. 4",
    )
    one = post(assignment, student, content)

    assert one.history.get().details == {
        "tags": ["price"],
        "audience": Audience.SEMINAR,
        "group": None,
        "is_answer": False,
        "scope": "",
        "attacks": "",
        "counterclaim": "",
        "stance": Stance.SUPPORTS,
        "warrant": "It measured the claim.",
        "source": str(one.passage.source_id),
        "source_title": "Survey",
        "quote": "Use fell.",
        "locator": "p. 4",
    }


# -- many writers at once ----------------------------------------------------------------------


def at_once(*acts):
    """Run the acts at the same moment, each with a connection of its own; their results in order.

    A refusal counts as a result.
    """
    start = threading.Barrier(len(acts))
    results = [None] * len(acts)

    def run(index):
        try:
            start.wait()
            results[index] = acts[index]()
        except DomainError as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[index]) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_change_counter_of_eight_writers_at_once_has_no_gap(assignment, student):
    def write():
        return [post(assignment, student) for _ in range(3)]

    written = at_once(*[write] * 8)

    assert lines(assignment, "counter") == [(n,) for n in range(1, 25)]
    assert {pk for (pk,) in lines(assignment, "object_id")} == {
        one.pk for batch in written for one in batch
    }
    assignment.refresh_from_db()
    assert assignment.change_counter == 24


@pytest.mark.django_db(transaction=True)
def test_create_one_submission_sent_many_times_at_once_posts_once(assignment, student):
    key = uuid.uuid4()

    results = at_once(*[lambda: post(assignment, student, submission_key=key)] * 6)

    assert {one.pk for one in results} == {Annotation.objects.get().pk}
    assert lines(assignment, "counter") == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_create_one_submission_sent_to_two_assignments_at_once_posts_once(
    assignment, seminar, student
):
    other = assignment_of(essay_of("Other words.", seminar=seminar))
    key = uuid.uuid4()

    at_once(
        *[lambda one=one: post(one, student, submission_key=key) for one in (assignment, other)]
    )

    assert Annotation.objects.count() == Change.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_edit_one_version_many_times_at_once_takes_one_and_refuses_the_others(assignment, student):
    one = post(assignment, student)

    def edit(word):
        content = Content(kind=Kind.COMMENT, body=f"A {word} remark.")
        return lambda: edit_annotation(
            actor=student, annotation_id=one.pk, content=content, version=1
        )

    results = at_once(*[edit(word) for word in ("short", "long", "good", "dull")])

    assert [type(result) for result in results].count(Stale) == 3
    one.refresh_from_db()
    assert one.version == 2
    assert lines(assignment, "version") == [(1,), (2,)]


@pytest.mark.django_db(transaction=True)
def test_withdraw_many_times_at_once_happens_once(assignment, student):
    one = post(assignment, student)

    at_once(*[lambda: withdraw_annotation(actor=student, annotation_id=one.pk)] * 5)

    assert lines(assignment, "op", "version") == [(Op.CREATE, 1), (Op.WITHDRAW, 2)]


@pytest.mark.django_db(transaction=True)
def test_create_evidence_with_one_new_link_at_once_adds_one_source(
    assignment, student, classmate, seminar
):
    content = Content(
        kind=Kind.EVIDENCE,
        stance=Stance.CONTEXT,
        warrant="It gives the numbers.",
        source=SourceInput(link="https://example.org/survey"),
    )
    other = assignment_of(essay_of("Other words.", seminar=seminar))

    results = at_once(
        *[
            lambda one=one, actor=actor: post(one, actor, content)
            for one in (assignment, other)
            for actor in (student, classmate)
        ]
    )

    assert {one.passage.source_id for one in results} == {Source.objects.get().pk}
    assert Annotation.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_mark_answer_two_replies_at_once_leaves_one(assignment, student, classmate):
    question = AnnotationFactory(assignment=assignment, author=student, kind=Kind.QUESTION)
    replies = ReplyFactory.create_batch(4, parent=question, author=classmate)

    at_once(
        *[
            lambda pk=one.pk: mark_answer(actor=student, reply_id=pk, is_answer=True)
            for one in replies
        ]
    )

    assert question.replies.filter(is_answer=True).count() == 1
    counters = [n for (n,) in lines(assignment, "counter")]
    assert counters == list(range(1, len(counters) + 1))
