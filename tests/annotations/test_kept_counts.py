"""`published_replies` and `is_met`, which the database keeps, are what a fresh count finds."""

import random

import pytest
from django.db.models import Count, Q

from annotations.actions import create_annotation, mark_answer, withdraw_annotation
from annotations.actions.annotations import change_audience, edit_annotation
from annotations.actions.inputs import Content
from annotations.actions.moderation import approve_annotation, hide_annotation, unhide_annotation
from annotations.enums import MEETS_A_CHALLENGE, Audience, Kind, Status
from annotations.models import Annotation
from tests.factories.annotations import AnnotationFactory, ReplyFactory

pytestmark = pytest.mark.django_db


def counted():
    """By annotation, how many published replies its readers read, and whether they meet it."""
    counts = {}
    for one in Annotation.objects.all():
        replies = one.replies.filter(
            status=Status.PUBLISHED, audience=one.audience, group=one.group_id
        )
        met = (one.kind == Kind.QUESTION and replies.filter(is_answer=True).exists()) or (
            one.kind == Kind.COUNTERARGUMENT and replies.filter(kind__in=MEETS_A_CHALLENGE).exists()
        )
        counts[one.pk] = (replies.count(), met)
    return counts


def kept():
    return {
        pk: (replies, met)
        for pk, replies, met in Annotation.objects.values_list("pk", "published_replies", "is_met")
    }


def kept_of(annotation):
    return kept()[annotation.pk]


@pytest.fixture
def question(assignment, student):
    return AnnotationFactory(assignment=assignment, author=student, kind=Kind.QUESTION)


@pytest.fixture
def challenge(assignment, student):
    return AnnotationFactory(assignment=assignment, author=student, counterargument=True)


def test_counts_of_a_reply_that_is_posted_withdrawn_and_deleted(question, classmate):
    reply = create_annotation(
        actor=classmate,
        assignment_id=question.assignment_id,
        content=Content(kind=Kind.COMMENT, body="Because."),
        targets=[],
        parent_id=question.pk,
    )
    assert kept_of(question) == (1, False)

    withdraw_annotation(actor=classmate, annotation_id=reply.pk)
    assert kept_of(question) == (0, False)

    Annotation.objects.filter(pk=reply.pk).update(status=Status.PUBLISHED)
    assert kept_of(question) == (1, False)

    Annotation.objects.filter(pk=reply.pk).delete()
    assert kept_of(question) == (0, False)


def test_counts_of_a_reply_that_staff_hide_and_show(challenge, instructor, classmate):
    reply = ReplyFactory(parent=challenge, author=classmate, kind=Kind.CONCESSION)
    assert kept_of(challenge) == (1, True)

    hide_annotation(actor=instructor, annotation_id=reply.pk, reason="Off topic.")
    assert kept_of(challenge) == (0, False)

    unhide_annotation(actor=instructor, annotation_id=reply.pk)
    assert kept_of(challenge) == (1, True)


def test_counts_of_a_reply_that_waits_for_approval(challenge, instructor, classmate):
    reply = ReplyFactory(
        parent=challenge, author=classmate, kind=Kind.CONCESSION, status=Status.PENDING
    )
    assert kept_of(challenge) == (0, False)

    approve_annotation(actor=instructor, annotation_id=reply.pk)

    assert kept_of(challenge) == (1, True)


def test_counts_of_a_reply_that_is_taken_as_the_answer(question, student, classmate):
    reply = ReplyFactory(parent=question, author=classmate)
    assert kept_of(question) == (1, False)

    mark_answer(actor=student, reply_id=reply.pk, is_answer=True)
    assert kept_of(question) == (1, True)

    mark_answer(actor=student, reply_id=reply.pk, is_answer=False)
    assert kept_of(question) == (1, False)


@pytest.mark.parametrize("kind", Kind.values)
def test_challenge_is_met_by_some_kinds_of_reply(kind, challenge, assignment):
    shape = {"counterargument": {"counterargument": True}, "evidence": {"evidence": True}}
    ReplyFactory(parent=challenge, **shape.get(kind, {"kind": kind}))

    assert kept_of(challenge) == (1, kind in MEETS_A_CHALLENGE)


def test_counts_follow_the_kind_of_what_is_answered(question):
    ReplyFactory(parent=question, kind=Kind.CONCESSION)
    assert kept_of(question) == (1, False)

    Annotation.objects.filter(pk=question.pk).update(
        kind=Kind.COUNTERARGUMENT, attacks="step", counterclaim="No."
    )

    assert kept_of(question) == (1, True)


def test_counts_follow_the_audience_of_the_thread(question, student, instructor):
    ReplyFactory(parent=question, author=student)

    change_audience(
        actor=student, annotation_id=question.pk, audience="staff", group_id=None, version=1
    )

    assert kept_of(question) == (1, False)


def test_counts_leave_out_a_reply_for_other_readers_than_its_thread(question):
    ReplyFactory(parent=question, audience=Audience.PRIVATE)

    assert kept_of(question) == (0, False)


def test_counts_of_many_that_are_written_at_once(question, challenge):
    made = [
        ReplyFactory.build(parent=one, assignment=one.assignment, round=one.round,
                           author=one.author, root=one, kind=Kind.CONCESSION)
        for one in (question, challenge, challenge)
    ]  # fmt: skip
    Annotation.objects.bulk_create(made)

    assert (kept_of(question), kept_of(challenge)) == ((1, False), (2, True))


def test_counts_are_not_set_back_by_who_saves_what_was_read_before(question):
    stale = Annotation.objects.get(pk=question.pk)
    ReplyFactory(parent=question)

    stale.body = "Why so?"
    stale.save()

    assert kept_of(question) == (1, False)
    assert Annotation.objects.get(pk=question.pk).body == "Why so?"


def test_counts_are_not_changed_by_hand(question):
    Annotation.objects.filter(pk=question.pk).update(published_replies=7, is_met=True)

    assert kept_of(question) == (0, False)


def test_edit_of_the_question_keeps_its_counts(question, student):
    ReplyFactory(parent=question)

    edit_annotation(
        actor=student,
        annotation_id=question.pk,
        content=Content(kind=Kind.QUESTION, body="Why so?"),
        version=1,
    )

    assert kept_of(question) == (1, False)


@pytest.mark.parametrize("seed", range(5))
def test_counts_after_any_changes_are_those_of_a_fresh_count(seed, assignment, group):
    chance = random.Random(seed)
    notes = [
        AnnotationFactory(assignment=assignment, kind=Kind.QUESTION),
        AnnotationFactory(assignment=assignment, counterargument=True),
        AnnotationFactory(assignment=assignment, kind=Kind.COMMENT),
    ]
    kinds = (Kind.COMMENT, Kind.QUESTION, Kind.CONCESSION)
    for _ in range(40):
        act = chance.choice(["reply", "status", "answer", "kind", "audience", "delete"])
        one = Annotation.objects.filter(pk=chance.choice(notes).pk)
        replies = one.filter(parent__isnull=False)
        if act == "reply":
            notes.append(ReplyFactory(parent=one.get(), kind=chance.choice(kinds)))
        elif act == "status":
            one.update(status=chance.choice(Status.values))
        elif act == "answer":
            replies.update(is_answer=chance.random() < 0.5)
        elif act == "kind":
            one.exclude(kind=Kind.COUNTERARGUMENT).update(kind=chance.choice(kinds))
        elif act == "audience":
            grouped = chance.random() < 0.5
            one.update(audience="group" if grouped else "seminar", group=group if grouped else None)
        elif not Annotation.objects.filter(Q(parent__in=one) | Q(root__in=one)).exists():
            replies.delete()
            notes = list(Annotation.objects.all())
        assert kept() == counted()
    assert Annotation.objects.aggregate(made=Count("pk"))["made"] > 3
