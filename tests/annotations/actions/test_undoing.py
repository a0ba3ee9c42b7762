"""Undo of a withdrawal, of a placing by hand and of a hiding: what comes back, and what refuses."""

import uuid
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.utils import timezone

from annotations.actions import (
    Content,
    Target,
    create_annotation,
    edit_annotation,
    flag_annotation,
    hide_annotation,
    mark_answer,
    place_annotation,
    undo,
    withdraw_annotation,
)
from annotations.actions.quality import set_mark
from annotations.enums import AnchorState, Kind, ModerationAct, Op, Status
from annotations.models import Anchor, Annotation, Change, Claim, ModerationEntry, Relation
from debate.assignments.actions.locking import ClockTimestamp
from debate.assignments.models import Assignment
from debate.core.errors import Conflict, InvalidState, Missing, NotAllowed
from debate.notices.models import Notice
from debate.seminars.models import Membership
from tests.expect import expect_refusal

MINUTES = timedelta(minutes=10)


@pytest.fixture
def note(assignment, student, paragraphs):
    """The student's counterargument on words of the first paragraph."""
    return create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(kind=Kind.COUNTERARGUMENT, body="Use rose.", attacks="reason"),
        targets=[Target(paragraph_id=paragraphs[0].pk, start=0, end=3)],
    )


@pytest.fixture
def reply(note, classmate, assignment):
    return create_annotation(
        actor=classmate,
        assignment_id=assignment.pk,
        content=Content(kind=Kind.COMMENT, body="It did not."),
        parent_id=note.pk,
    )


@pytest.fixture
def at(monkeypatch):
    """`at(moment)` sets the database's clock by which the ten minutes are counted."""

    def set_clock(moment):
        monkeypatch.setattr(ClockTimestamp, "template", f"'{moment.isoformat()}'::timestamptz")

    return set_clock


def sees(user, annotation):
    return Annotation.objects.visible_to(user).filter(pk=annotation.pk).exists()


def places(annotation):
    fields = ("revision", "paragraph", "position", "start", "end", "exact", "prefix", "suffix")
    return list(annotation.anchors.values(*fields, "state", "confidence"))


def placed_on(annotation, paragraph, actor):
    target = Target(paragraph_id=paragraph.pk)
    return place_annotation(actor=actor, annotation_id=annotation.pk, targets=[target])


def undo_by(actor, note, version):
    return undo(actor=actor, annotation_id=note.pk, version=version)


def done_at(annotation):
    return datetime.fromisoformat(annotation.history.get(version=annotation.version).undo["at"])


# -- what comes back -------------------------------------------------------------------------------


def test_undo_of_a_withdrawal_lets_others_read_it_with_its_replies(note, reply, student, classmate):
    argued = list(Claim.objects.values()), list(Relation.objects.values())
    gone = withdraw_annotation(actor=student, annotation_id=note.pk)
    assert not sees(classmate, note)

    back, act = undo(actor=student, annotation_id=note.pk, version=gone.version)

    assert (back.status, back.version, act) == (Status.PUBLISHED, 3, "withdrawal")
    assert sees(classmate, note)
    assert sees(classmate, reply)
    assert list(note.replies.values_list("pk", "version")) == [(reply.pk, 1)]
    assert (list(Claim.objects.values()), list(Relation.objects.values())) == argued
    states = note.history.order_by("version").values_list("version", "status", "by")
    assert list(states) == [
        (1, Status.PUBLISHED, student.pk),
        (2, Status.WITHDRAWN, student.pk),
        (3, Status.PUBLISHED, student.pk),
    ]


def test_undo_writes_the_line_that_shows_it_to_those_who_lost_it(note, student):
    gone = withdraw_annotation(actor=student, annotation_id=note.pk)

    undo(actor=student, annotation_id=note.pk, version=gone.version)

    line = Change.objects.filter(object_id=note.pk).latest("counter")
    assert (line.op, line.version) == (Op.UPDATE, 3)
    assert (line.status_before, line.status_after) == (Status.WITHDRAWN, Status.PUBLISHED)


@pytest.mark.parametrize("status", [Status.HELD, Status.PENDING, Status.HIDDEN])
def test_undo_of_a_withdrawal_gives_the_status_it_had(status, note, student, classmate):
    Annotation.objects.filter(pk=note.pk).update(status=status, status_reason="Too harsh.")
    gone = withdraw_annotation(actor=student, annotation_id=note.pk)

    back, _ = undo(actor=student, annotation_id=note.pk, version=gone.version)

    back.refresh_from_db()
    assert (back.status, back.status_reason) == (status, "Too harsh.")
    assert not sees(classmate, note)


def test_undo_of_a_placing_puts_it_back_where_it_stood(note, student, paragraphs):
    before = places(note)
    words = Annotation.objects.values_list("search", flat=True).get(pk=note.pk)
    placed = placed_on(note, paragraphs[1], student)
    assert places(note) != before

    _, act = undo(actor=student, annotation_id=note.pk, version=placed.version)

    assert act == "placing"
    assert places(note) == before
    assert Annotation.objects.values_list("search", flat=True).get(pk=note.pk) == words


def test_undo_of_a_placing_loses_its_words_again_where_they_were_lost(note, student, paragraphs):
    note.anchors.update(paragraph=None, start=None, end=None, state=AnchorState.ORPHANED)
    before = places(note)
    placed = placed_on(note, paragraphs[1], student)

    undo(actor=student, annotation_id=note.pk, version=placed.version)

    assert places(note) == before


def test_undo_of_a_placing_opens_the_mark_that_asked_for_it(
    note, student, classmate, assistant, paragraphs
):
    on = {"on": "annotation", "target_id": note.pk, "type": "move"}
    mark = set_mark(actor=classmate, **on)
    anew = set_mark(actor=assistant, **on)
    placed = placed_on(note, paragraphs[1], student)
    again = set_mark(actor=assistant, **on)

    undo(actor=student, annotation_id=note.pk, version=placed.version)

    for one in (mark, anew, again):
        one.refresh_from_db()
    assert (mark.resolved_at, mark.resolution) == (None, "")
    assert anew.resolution == "It has been moved."
    assert again.resolved_at is None


def test_undo_of_a_hiding_lets_others_read_it_and_opens_its_flags(
    note, instructor, classmate, student
):
    flag = flag_annotation(actor=classmate, annotation_id=note.pk, reason="off_topic")
    hidden = hide_annotation(actor=instructor, annotation_id=note.pk, reason="Too harsh.")

    back, act = undo(actor=instructor, annotation_id=note.pk, version=hidden.version)

    assert (back.status, back.status_reason, act) == (Status.PUBLISHED, "", "hiding")
    assert sees(classmate, note)
    flag.refresh_from_db()
    assert (flag.resolved_at, flag.resolved_by, flag.resolution) == (None, None, "")
    log = ModerationEntry.objects.order_by("id").values_list("act", "actor")
    assert list(log) == [
        (ModerationAct.HIDE, instructor.pk),
        (ModerationAct.UNHIDE, instructor.pk),
    ]


def test_undo_of_a_hiding_leaves_the_notice_and_tells_its_author_of_it(note, instructor, student):
    hidden = hide_annotation(actor=instructor, annotation_id=note.pk, reason="Too harsh.")
    told = Notice.objects.filter(recipient=student, kind="moderation")
    assert told.count() == 1

    undo(actor=instructor, annotation_id=note.pk, version=hidden.version)

    assert told.count() == 2


def test_undo_of_a_hiding_of_what_waited_lets_it_wait_again_and_tells_nobody(
    note, instructor, student, classmate
):
    Annotation.objects.filter(pk=note.pk).update(status=Status.PENDING, status_reason="Look.")
    hidden = hide_annotation(actor=instructor, annotation_id=note.pk, reason="Too harsh.")

    back, _ = undo(actor=instructor, annotation_id=note.pk, version=hidden.version)

    assert (back.status, back.status_reason) == (Status.PENDING, "Look.")
    assert not sees(classmate, note)
    assert Notice.objects.filter(recipient=student, kind="moderation").count() == 1


# -- who -------------------------------------------------------------------------------------------


def test_undo_of_what_one_may_not_see_is_missing(note, student, classmate, outsider):
    gone = withdraw_annotation(actor=student, annotation_id=note.pk)

    for actor in (classmate, outsider):
        expect_refusal(Missing, partial(undo_by, actor, note, gone.version))
    expect_refusal(
        Missing, lambda: undo(actor=student, annotation_id=uuid.uuid4(), version=gone.version)
    )


def test_undo_of_somebody_elses_act_is_not_allowed(note, student, instructor, assistant):
    gone = withdraw_annotation(actor=student, annotation_id=note.pk)
    expect_refusal(NotAllowed, lambda: undo_by(instructor, note, gone.version))
    undo_by(student, note, gone.version)
    hidden = hide_annotation(actor=instructor, annotation_id=note.pk, reason="Too harsh.")

    for actor in (student, assistant):
        expect_refusal(NotAllowed, partial(undo_by, actor, note, hidden.version))


def test_undo_of_another_change_is_not_allowed(note, student):
    expect_refusal(NotAllowed, lambda: undo_by(student, note, note.version))
    expect_refusal(NotAllowed, lambda: undo_by(student, note, 99))


def test_undo_of_another_reason_for_hiding_is_not_offered(note, instructor):
    hide_annotation(actor=instructor, annotation_id=note.pk, reason="Too harsh.")
    reworded = hide_annotation(actor=instructor, annotation_id=note.pk, reason="Too long.")

    expect_refusal(NotAllowed, lambda: undo_by(instructor, note, reworded.version))


@pytest.mark.parametrize("role", ["student", "observer"])
def test_undo_of_a_hiding_by_whoever_is_no_longer_staff_is_refused(role, note, instructor):
    hidden = hide_annotation(actor=instructor, annotation_id=note.pk, reason="Too harsh.")
    Membership.objects.filter(user=instructor).update(role=role)

    expect_refusal(Missing, lambda: undo_by(instructor, note, hidden.version))


def test_undo_in_an_archived_seminar_is_not_allowed(note, student, paragraphs, seminar):
    placed = placed_on(note, paragraphs[1], student)
    seminar.archived_at = timezone.now()
    seminar.save()

    expect_refusal(NotAllowed, lambda: undo_by(student, note, placed.version))


# -- when ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("late", "is_taken"), [(0, True), (1, False)])
def test_undo_is_taken_for_ten_minutes_of_the_databases_clock(late, is_taken, note, student, at):
    gone = withdraw_annotation(actor=student, annotation_id=note.pk)
    at(done_at(gone) + MINUTES + timedelta(microseconds=late))

    if is_taken:
        assert undo_by(student, note, gone.version).annotation.status == Status.PUBLISHED
        return
    error = expect_refusal(InvalidState, lambda: undo_by(student, note, gone.version))
    assert error.sentence == "Ten minutes have passed, so this can no longer be undone."
    assert not Annotation.objects.filter(pk=note.pk, status=Status.PUBLISHED).exists()


def test_undo_a_second_time_says_so(note, student):
    gone = withdraw_annotation(actor=student, annotation_id=note.pk)
    undo_by(student, note, gone.version)

    error = expect_refusal(InvalidState, lambda: undo_by(student, note, gone.version))

    assert error.sentence == "This has been undone already."
    assert Annotation.objects.get(pk=note.pk).version == 3


def test_undo_after_another_change_is_a_conflict(note, student, instructor):
    hidden = hide_annotation(actor=instructor, annotation_id=note.pk, reason="Too harsh.")
    content = Content(kind=Kind.COUNTERARGUMENT, body="Use rose a little.", attacks="reason")
    edit_annotation(actor=student, annotation_id=note.pk, content=content)

    error = expect_refusal(Conflict, lambda: undo_by(instructor, note, hidden.version))

    assert error.sentence == "It has been changed since, so this can no longer be undone."
    assert Annotation.objects.get(pk=note.pk).status == Status.HIDDEN


def test_undo_of_a_withdrawn_answer_that_was_exchanged_is_a_conflict(
    assignment, student, classmate, paragraphs
):
    question = create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(kind=Kind.QUESTION, body="Whom?"),
        targets=[Target(paragraph_id=paragraphs[0].pk)],
    )
    first, second = (
        create_annotation(
            actor=classmate,
            assignment_id=assignment.pk,
            content=Content(kind=Kind.COMMENT, body=body),
            parent_id=question.pk,
        )
        for body in ("Farmers.", "Towns.")
    )
    mark_answer(actor=student, reply_id=first.pk, is_answer=True)
    gone = withdraw_annotation(actor=classmate, annotation_id=first.pk)
    mark_answer(actor=student, reply_id=second.pk, is_answer=True)

    expect_refusal(Conflict, lambda: undo_by(classmate, first, gone.version))

    answers = Annotation.objects.filter(parent=question, is_answer=True)
    assert [one.pk for one in answers] == [second.pk]


def test_undo_of_a_placing_after_a_new_revision_is_a_conflict(note, student, paragraphs, essay):
    placed = placed_on(note, paragraphs[1], student)
    later = essay.revisions.get()
    later.pk, later.number = uuid.uuid4(), 2
    later.save(force_insert=True)
    Assignment.objects.update(revision=later)
    before = list(Anchor.objects.values())

    error = expect_refusal(Conflict, lambda: undo_by(student, note, placed.version))

    assert "new revision" in error.sentence
    assert list(Anchor.objects.values()) == before


def test_undo_of_a_withdrawal_after_the_closing_is_refused(note, student, assignment):
    gone = withdraw_annotation(actor=student, annotation_id=note.pk)
    now = timezone.now()
    Assignment.objects.update(opens_at=now - MINUTES, due_at=now, closes_at=now)

    expect_refusal(InvalidState, lambda: undo_by(student, note, gone.version), code="closed")


def test_undo_of_a_withdrawal_by_staff_is_taken_after_the_closing(
    assignment, instructor, paragraphs
):
    own = create_annotation(
        actor=instructor,
        assignment_id=assignment.pk,
        content=Content(kind=Kind.COMMENT, body="So."),
        targets=[Target(paragraph_id=paragraphs[0].pk)],
    )
    gone = withdraw_annotation(actor=instructor, annotation_id=own.pk)
    now = timezone.now()
    Assignment.objects.update(opens_at=now - MINUTES, due_at=now, closes_at=now)

    assert undo_by(instructor, own, gone.version).annotation.status == Status.PUBLISHED
