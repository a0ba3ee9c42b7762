from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations.actions import (
    Content,
    Target,
    approve_annotation,
    change_audience,
    create_annotation,
    edit_annotation,
    flag_annotation,
    hide_annotation,
    publish_revision,
    resolve_flags,
    unhide_annotation,
)
from annotations.actions.telling import mute_thread, tell_of_dates
from annotations.models import Mention
from debate.assignments.models import Round
from debate.core.errors import Missing
from debate.essays.actions import correct_import, start_revision
from debate.essays.importing import edits
from debate.notices.models import Mute, Notice
from debate.seminars.enums import Role
from tests.expect import expect_refusal
from tests.factories.annotations import AnnotationFactory, ReplyFactory, annotation_on
from tests.factories.assignments import AccommodationFactory, AliasFactory, ExtensionFactory
from tests.factories.notices import MuteFactory
from tests.factories.seminars import MembershipFactory

pytestmark = pytest.mark.django_db


def told():
    """Who was told of what: (username, kind) of each notice, in order."""
    return sorted(Notice.objects.values_list("recipient__username", "kind"))


@pytest.fixture
def question(paragraphs, assignment, student):
    return annotation_on(
        paragraphs[0], assignment=assignment, author=student, kind="question", body="Who pays?"
    )


@pytest.fixture
def post(assignment, paragraphs):
    """`post(actor, …)`: post a comment on the first paragraph, or with `parent` a reply."""

    def act(actor, body="A remark.", parent=None, kind="comment", **fields):
        return create_annotation(
            actor=actor,
            assignment_id=assignment.pk,
            content=Content(kind=kind, body=body, **fields),
            targets=() if parent else [Target(paragraph_id=paragraphs[0].pk)],
            parent_id=parent.pk if parent else None,
        )

    return act


# -- replies and counterarguments -------------------------------------------------------------


def test_reply_tells_whom_it_answers(post, question, classmate):
    reply = post(classmate, parent=question)

    (notice,) = Notice.objects.all()
    assert told() == [("student", "reply")]
    assert (notice.object_id, notice.context_id) == (reply.pk, question.pk)


def test_counterargument_is_told_as_such_and_not_also_as_a_reply(post, question, classmate):
    post(classmate, parent=question, kind="counterargument")

    assert told() == [("student", "counterargument")]


def test_reply_to_oneself_tells_nobody(post, question, student):
    post(student, parent=question)

    assert told() == []


def test_reply_in_a_muted_thread_tells_nobody(post, question, student, classmate):
    MuteFactory(user=student, context_id=question.pk)

    post(classmate, parent=question)

    assert told() == []


def test_reply_to_a_reply_tells_the_one_answered_alone(post, question, classmate, assistant):
    reply = post(classmate, parent=question)
    Notice.objects.all().delete()

    post(assistant, parent=reply)

    assert told() == [("classmate", "reply")]


def test_reply_sent_twice_tells_once(post, question, classmate, assignment):
    key = question.pk  # any UUID
    again = partial(
        create_annotation,
        actor=classmate,
        assignment_id=assignment.pk,
        content=Content(kind="comment", body="Everybody."),
        parent_id=question.pk,
        submission_key=key,
    )
    again()
    again()

    assert told() == [("student", "reply")]


def test_reply_of_staff_in_a_blind_round_tells_nobody_who_may_not_see_it(
    post, question, instructor
):
    Round.objects.update(mode="blind", ends_at=timezone.now() + timedelta(days=1))

    post(instructor, parent=question)

    assert told() == []


def test_reply_to_whoever_left_the_seminar_tells_nobody(post, question, student, classmate):
    student.memberships.all().delete()

    post(classmate, parent=question)

    assert told() == []


def test_reply_that_waits_for_approval_tells_when_it_is_approved(
    post, question, classmate, instructor, assignment
):
    assignment.requires_approval = True
    assignment.save()
    reply = post(classmate, parent=question)
    before = told()

    approve_annotation(actor=instructor, annotation_id=reply.pk)

    assert before == []
    assert told() == [("classmate", "moderation"), ("student", "reply")]


# -- mentions ---------------------------------------------------------------------------------


def test_mention_tells_whom_it_names(post, student, classmate):
    made = post(student, body="As @Classmate says.")

    assert told() == [("classmate", "mention")]
    assert list(Mention.objects.values_list("annotation", "user")) == [(made.pk, classmate.pk)]


def test_mention_of_whom_it_answers_is_told_as_the_reply_alone(post, question, classmate):
    post(classmate, parent=question, body="@student, everybody.")

    assert told() == [("student", "reply")]


def test_mention_of_oneself_tells_nobody(post, student):
    post(student, body="I, @student, say.")

    assert told() == []


@pytest.mark.parametrize("audience", ["private", "staff"])
def test_mention_of_who_may_not_see_it_is_kept_and_told_to_nobody(
    audience, post, student, classmate
):
    post(student, body="Not for @classmate.", audience=audience)

    assert told() == []
    assert not Mention.objects.exists()


def test_mention_in_a_blind_round_is_told_to_staff_alone(post, student, classmate, instructor):
    Round.objects.update(mode="blind", ends_at=timezone.now() + timedelta(days=1))

    post(student, body="@classmate @instructor look.")

    assert told() == [("instructor", "mention")]


def test_mention_added_by_an_edit_tells_only_the_new_ones(post, student, classmate, assistant):
    made = post(student, body="@classmate look.")
    Notice.objects.all().delete()

    edit_annotation(
        actor=student,
        annotation_id=made.pk,
        content=Content(kind="comment", body="@assistant look."),
    )

    assert told() == [("assistant", "mention")]
    assert list(Mention.objects.values_list("user", flat=True)) == [assistant.pk]


def test_mention_edited_again_tells_nobody_twice(post, student, classmate):
    made = post(student, body="@classmate look.")

    for body in ("Look.", "@classmate, look."):
        edit_annotation(
            actor=student, annotation_id=made.pk, content=Content(kind="comment", body=body)
        )

    assert told() == [("classmate", "mention")]


def test_mention_is_told_when_more_may_read_it(post, student, classmate):
    made = post(student, body="@classmate look.", audience="staff")
    before = told()

    change_audience(actor=student, annotation_id=made.pk, audience="seminar")

    assert (before, told()) == ([], [("classmate", "mention")])


def test_mention_under_pseudonyms_knows_aliases_and_no_names(post, student, classmate, assignment):
    assignment.uses_pseudonyms = True
    assignment.save()
    AliasFactory(assignment=assignment, user=classmate, name="Heron")

    post(student, body="@classmate look.")
    by_name = told()
    post(student, body="@heron look.")

    assert (by_name, told()) == ([], [("classmate", "mention")])


def test_mention_of_fifty_names_tells_twenty_five_in_as_many_queries_as_of_one(
    post, student, assignment
):
    members = [
        MembershipFactory(seminar=assignment.seminar, user__username=f"member{n:02}")
        for n in range(50)
    ]
    with CaptureQueriesContext(connection) as of_one:
        post(student, body="@member00")
    with CaptureQueriesContext(connection) as of_all:
        post(student, body=" ".join(f"@{one.user.username}" for one in members))

    assert len(of_all) == len(of_one)
    assert Notice.objects.count() == 1 + 25


# -- moderation -------------------------------------------------------------------------------


def test_moderation_tells_the_author_of_each_act(question, instructor):
    hide_annotation(actor=instructor, annotation_id=question.pk, reason="Off topic.")
    unhide_annotation(actor=instructor, annotation_id=question.pk)
    hide_annotation(actor=instructor, annotation_id=question.pk, reason="Again.")

    assert told() == [("student", "moderation")] * 3


def test_moderation_of_ones_own_tells_nobody(post, instructor):
    made = post(instructor)

    hide_annotation(actor=instructor, annotation_id=made.pk, reason="Never mind.")

    assert told() == []


@pytest.mark.parametrize(
    ("act", "also"),
    [(resolve_flags, []), (partial(hide_annotation, reason="Rude."), [("student", "moderation")])],
)
def test_flag_resolved_tells_who_flagged(act, also, question, classmate, instructor):
    flag_annotation(actor=classmate, annotation_id=question.pk, reason="offensive")

    act(actor=instructor, annotation_id=question.pk)

    assert told() == [("classmate", "flag"), *also]


# -- revisions --------------------------------------------------------------------------------


def test_revision_tells_the_authors_of_affected_notes_once(
    paragraphs, assignment, student, classmate, instructor
):
    annotation_on(paragraphs[0], "price water", assignment=assignment, author=student)
    annotation_on(paragraphs[0], assignment=assignment, author=student)
    annotation_on(paragraphs[2], assignment=assignment, author=classmate)
    annotation_on(paragraphs[0], assignment=assignment, author=instructor)
    draft = start_revision(actor=instructor, essay=assignment.essay)
    correct_import(
        actor=instructor, import_id=draft.pk, version=1, edit=partial(edits.leave_out, index=0)
    )

    published = publish_revision(actor=instructor, import_id=draft.pk, version=2)

    assert told() == [("student", "revision")]
    assert Notice.objects.get().object_id == published.pk


# -- dates ------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def asked(assignment):
    """`asked(…)`: the assignment with these dates, opened long ago, and one comment asked."""

    def change(**fields):
        given = {"opens_at": NOW - timedelta(days=30), "asked_counterarguments": 0}
        for name, value in (given | {"asked_comments": 1, "asked_evidence": 0} | fields).items():
            setattr(assignment, name, value)
        assignment.save()
        return assignment

    return change


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(-25, []), (-1, [("student", "assignment_opens")]), (23, [("student", "assignment_opens")]),
     (25, [])],
)  # fmt: skip
def test_dates_opening_is_told_around_its_day(hours, expected, asked, student, instructor):
    asked(opens_at=NOW + timedelta(hours=hours))

    tell_of_dates(NOW)

    assert told() == expected


@pytest.mark.parametrize("field", ["due_at", "closes_at"])
@pytest.mark.parametrize(
    ("hours", "expected"),
    [(-1, []), (1, [("student", "assignment_closes")]), (25, [])],
)
def test_dates_due_or_closing_is_told_the_day_before(field, hours, expected, asked, student):
    asked(**{field: NOW + timedelta(hours=hours)})

    tell_of_dates(NOW)
    tell_of_dates(NOW)

    assert told() == expected


def test_dates_due_are_not_told_to_whoever_is_done(asked, student, classmate):
    assignment = asked(due_at=NOW + timedelta(hours=3))
    AnnotationFactory(assignment=assignment, author=student, kind="comment")

    tell_of_dates(NOW)

    assert told() == [("classmate", "assignment_closes")]


def test_dates_of_ones_own_go_before_everybodys(asked, student, classmate):
    assignment = asked(due_at=NOW + timedelta(hours=3))
    ExtensionFactory(assignment=assignment, user=student, due_at=NOW + timedelta(days=3))

    tell_of_dates(NOW)
    at_first = told()
    tell_of_dates(NOW + timedelta(days=2, hours=3))

    assert at_first == [("classmate", "assignment_closes")]
    assert told() == [("classmate", "assignment_closes"), ("student", "assignment_closes")]


def test_dates_of_an_accommodation_are_told_the_day_before_they_come(asked, student, classmate):
    assignment = asked(due_at=NOW - timedelta(days=9, hours=1))
    AccommodationFactory(seminar=assignment.seminar, user=student, extra_days=10)

    tell_of_dates(NOW)

    assert told() == [("student", "assignment_closes")]


def test_dates_of_an_archived_seminar_are_told_to_nobody(asked, student, seminar):
    asked(due_at=NOW + timedelta(hours=3))
    seminar.archived_at = NOW
    seminar.save()

    tell_of_dates(NOW)

    assert told() == []


def test_dates_of_an_essay_set_to_a_group_are_told_to_its_members(asked, student, classmate, group):
    assignment = asked(due_at=NOW + timedelta(hours=3), is_for_groups=True)
    assignment.groups.add(group)

    tell_of_dates(NOW)

    assert told() == [("student", "assignment_closes")]


def test_dates_are_told_to_students_alone_in_as_many_queries_for_ten_as_for_one(
    asked, student, instructor, observer, seminar
):
    asked(due_at=NOW + timedelta(hours=3))
    with CaptureQueriesContext(connection) as for_one:
        tell_of_dates(NOW)
    Notice.objects.all().delete()
    MembershipFactory.create_batch(10, seminar=seminar, role=Role.STUDENT)
    with CaptureQueriesContext(connection) as for_ten:
        tell_of_dates(NOW)

    assert len(for_ten) == len(for_one)
    assert Notice.objects.count() == 11


# -- muting -----------------------------------------------------------------------------------


def test_mute_thread_from_a_reply_mutes_the_whole(question, student):
    reply = ReplyFactory(parent=question)

    mute_thread(actor=student, annotation_id=reply.pk)

    assert list(Mute.objects.values_list("user", "context_id")) == [(student.pk, question.pk)]


def test_mute_thread_that_may_not_be_seen_is_missing(question, outsider):
    expect_refusal(Missing, lambda: mute_thread(actor=outsider, annotation_id=question.pk))
