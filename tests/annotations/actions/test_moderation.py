"""Flag, hide, approve, lock, pin, resolve: what each leaves behind, and every way to be refused."""

import uuid
from functools import partial

import pytest

from annotations.actions import (
    Content,
    Target,
    approve_annotation,
    approve_annotations,
    change_audience,
    create_annotation,
    edit_annotation,
    flag_annotation,
    hide_annotation,
    lock_thread,
    moderate,
    pin_thread,
    resolve_flags,
    unhide_annotation,
    unlock_thread,
    unpin_thread,
    withdraw_annotation,
    withdraw_flag,
)
from annotations.actions.moderation import ACTS
from annotations.enums import Audience, ModerationAct, Status
from annotations.models import Annotation, AnnotationVersion, Change, Flag, ModerationEntry
from debate.core.errors import Invalid, InvalidState, Missing, NotAllowed, Stale
from debate.seminars.enums import Role
from tests.expect import expect_refusal
from tests.factories.annotations import AnnotationFactory, FlagFactory, ReplyFactory
from tests.factories.seminars import GroupFactory, MembershipFactory

STAFF_ONLY = {
    "hide": partial(hide_annotation, reason="It attacks a person."),
    "unhide": unhide_annotation,
    "approve": approve_annotation,
    "lock": lock_thread,
    "unlock": unlock_thread,
    "pin": pin_thread,
    "unpin": unpin_thread,
    "resolve": resolve_flags,
}


@pytest.fixture
def note(assignment, student):
    """What the student posted for the seminar."""
    return AnnotationFactory(assignment=assignment, author=student)


@pytest.fixture
def pending(assignment, student):
    """What the student posted where staff read first."""
    assignment.requires_approval = True
    assignment.save()
    return AnnotationFactory(assignment=assignment, author=student, status=Status.PENDING)


@pytest.fixture
def hidden(assignment, student):
    return AnnotationFactory(
        assignment=assignment, author=student, status=Status.HIDDEN, status_reason="Too harsh."
    )


def sees(user, annotation):
    return Annotation.objects.visible_to(user).filter(pk=annotation.pk).exists()


def log():
    return list(ModerationEntry.objects.order_by("id").values_list("act", "actor", "reason"))


# -- who moderates --------------------------------------------------------------------------------


@pytest.mark.parametrize("act", STAFF_ONLY)
@pytest.mark.parametrize("role", ["classmate", "student", "observer"])
def test_act_of_staff_by_another_member_is_not_allowed(request, act, role, note):
    actor = request.getfixturevalue(role)

    expect_refusal(NotAllowed, lambda: STAFF_ONLY[act](actor=actor, annotation_id=note.pk))

    assert not ModerationEntry.objects.exists()


@pytest.mark.parametrize("act", STAFF_ONLY)
def test_act_of_staff_by_an_outsider_finds_nothing(act, outsider, note):
    expect_refusal(Missing, lambda: STAFF_ONLY[act](actor=outsider, annotation_id=note.pk))


@pytest.mark.parametrize("act", STAFF_ONLY)
def test_act_of_staff_on_nothing_finds_nothing(act, instructor):
    absent = uuid.uuid4()

    expect_refusal(Missing, lambda: STAFF_ONLY[act](actor=instructor, annotation_id=absent))


@pytest.mark.parametrize("act", STAFF_ONLY)
def test_act_of_staff_in_an_archived_seminar_is_not_allowed(act, note, instructor, seminar):
    seminar.archived_at = note.created_at
    seminar.save()

    expect_refusal(NotAllowed, lambda: STAFF_ONLY[act](actor=instructor, annotation_id=note.pk))


def test_limited_assistant_moderates_the_own_sections_only(seminar, assignment, student, classmate):
    section = GroupFactory(seminar=seminar, name="Monday", kind="section", members=[student])
    membership = MembershipFactory(seminar=seminar, role=Role.ASSISTANT, is_limited=True)
    membership.sections.add(section)
    inside = AnnotationFactory(assignment=assignment, author=student)
    outside = AnnotationFactory(assignment=assignment, author=classmate)
    hide = partial(hide_annotation, actor=membership.user, reason="Too harsh.")

    assert hide(annotation_id=inside.pk).status == Status.HIDDEN
    expect_refusal(NotAllowed, lambda: hide(annotation_id=outside.pk))


def test_hidden_annotation_outside_the_own_sections_is_absent(seminar, hidden, classmate):
    membership = MembershipFactory(seminar=seminar, role=Role.ASSISTANT, is_limited=True)
    membership.sections.add(GroupFactory(seminar=seminar, members=[classmate], kind="section"))

    expect_refusal(
        Missing, lambda: unhide_annotation(actor=membership.user, annotation_id=hidden.pk)
    )


# -- hide and unhide ------------------------------------------------------------------------------


def test_hidden_annotation_is_read_by_its_author_and_staff_only(
    note, instructor, assistant, student, classmate, observer
):
    hidden = hide_annotation(actor=instructor, annotation_id=note.pk, reason=" Too\nharsh. ")

    assert (hidden.status, hidden.status_reason, hidden.version) == ("hidden", "Too harsh.", 2)
    assert [sees(one, note) for one in (student, instructor, assistant)] == [True] * 3
    assert [sees(one, note) for one in (classmate, observer)] == [False] * 2
    assert log() == [("hide", instructor.pk, "Too harsh.")]


def test_hide_leaves_a_version_and_a_change_line(note, assistant):
    hide_annotation(actor=assistant, annotation_id=note.pk, reason="Too harsh.")

    line = Change.objects.get()
    assert (line.op, line.version) == ("update", 2)
    assert (line.status_before, line.status_after) == ("published", "hidden")
    kept = AnnotationVersion.objects.get()
    assert (kept.version, kept.status, kept.by) == (2, "hidden", assistant)


def test_hide_without_a_reason_asks_for_one(note, instructor):
    hide = partial(hide_annotation, actor=instructor, annotation_id=note.pk)

    expect_refusal(Invalid, lambda: hide(reason=" "), code="blank", field="reason")
    expect_refusal(Invalid, lambda: hide(reason="a" * 501), code="too_long", field="reason")


def test_hide_again_for_the_same_reason_does_nothing(note, instructor):
    hide = partial(hide_annotation, actor=instructor, annotation_id=note.pk, version=1)

    hide(reason="Too harsh.")
    hide(reason="Too harsh.")

    assert len(log()) == 1
    assert Change.objects.count() == 1


def test_hide_again_for_another_reason_replaces_it(hidden, instructor):
    hide_annotation(actor=instructor, annotation_id=hidden.pk, reason="It names a patient.")

    hidden.refresh_from_db()
    assert hidden.status_reason == "It names a patient."
    assert log() == [("hide", instructor.pk, "It names a patient.")]


def test_hide_resolves_the_open_flags(note, instructor, classmate):
    flag = FlagFactory(annotation=note, flagged_by=classmate)

    hide_annotation(actor=instructor, annotation_id=note.pk, reason="Too harsh.")

    flag.refresh_from_db()
    assert (flag.resolved_by, flag.resolution) == (instructor, "Hidden")


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.HELD])
def test_hide_of_what_nobody_reads_is_refused(assignment, instructor, status):
    own = AnnotationFactory(assignment=assignment, author=instructor, status=status)

    expect_refusal(
        InvalidState,
        lambda: hide_annotation(actor=instructor, annotation_id=own.pk, reason="Too harsh."),
    )


def test_unhidden_annotation_is_read_again_without_the_reason(hidden, instructor, classmate):
    shown = unhide_annotation(actor=instructor, annotation_id=hidden.pk, reason="It is fine.")

    assert (shown.status, shown.status_reason, shown.version) == ("published", "", 2)
    assert sees(classmate, hidden)
    assert log() == [("unhide", instructor.pk, "It is fine.")]


def test_unhide_of_what_is_shown_does_nothing(note, instructor):
    assert unhide_annotation(actor=instructor, annotation_id=note.pk).version == 1
    assert log() == []


def test_unhide_of_what_waits_is_refused(pending, instructor):
    expect_refusal(
        InvalidState, lambda: unhide_annotation(actor=instructor, annotation_id=pending.pk)
    )


def test_edit_of_a_hidden_annotation_leaves_it_hidden(hidden, student, classmate):
    edited = edit_annotation(
        actor=student, annotation_id=hidden.pk, content=Content(kind="comment", body="Milder.")
    )

    assert (edited.status, edited.status_reason) == ("hidden", "Too harsh.")
    assert not sees(classmate, hidden)


def test_audience_of_a_hidden_annotation_changed_leaves_it_hidden(hidden, student, classmate):
    for audience in (Audience.PRIVATE, Audience.SEMINAR):
        change_audience(actor=student, annotation_id=hidden.pk, audience=audience)

    hidden.refresh_from_db()
    assert (hidden.status, hidden.audience) == ("hidden", "seminar")
    assert not sees(classmate, hidden)


def test_reply_to_a_hidden_annotation_is_refused(hidden, student, instructor):
    for actor in (student, instructor):
        expect_refusal(
            InvalidState,
            lambda actor=actor: create_annotation(
                actor=actor,
                assignment_id=hidden.assignment_id,
                content=Content(kind="comment", body="A remark."),
                parent_id=hidden.pk,
            ),
        )


# -- approval -------------------------------------------------------------------------------------


@pytest.fixture
def post(assignment, paragraphs, group):
    """`post(actor, audience)` where staff read first."""
    assignment.requires_approval = True
    assignment.save()

    def create(actor, audience=Audience.SEMINAR, **given):
        return create_annotation(
            actor=actor,
            assignment_id=assignment.pk,
            content=Content(
                kind="comment",
                body="A remark.",
                audience=audience,
                group_id=group.pk if audience == Audience.GROUP else None,
            ),
            targets=[Target(paragraph_id=paragraphs[0].pk)],
            **given,
        )

    return create


@pytest.mark.parametrize(
    ("audience", "status"),
    [
        (Audience.SEMINAR, Status.PENDING),
        (Audience.GROUP, Status.PENDING),
        (Audience.STAFF, Status.PUBLISHED),
        (Audience.PRIVATE, Status.PUBLISHED),
    ],
)
def test_post_of_a_student_waits_where_students_would_read_it(post, student, audience, status):
    assert post(student, audience).status == status


def test_post_of_staff_does_not_wait(post, instructor, assistant):
    assert [post(one).status for one in (instructor, assistant)] == [Status.PUBLISHED] * 2


def test_reply_of_a_student_waits_too(post, instructor, student):
    root = post(instructor)

    reply = create_annotation(
        actor=student,
        assignment_id=root.assignment_id,
        content=Content(kind="comment", body="A remark."),
        parent_id=root.pk,
    )

    assert reply.status == Status.PENDING


def test_pending_annotation_is_read_by_its_author_and_staff_only(
    pending, student, instructor, assistant, classmate, observer, outsider, anonymous
):
    assert [sees(one, pending) for one in (student, instructor, assistant)] == [True] * 3
    others = (classmate, observer, outsider, anonymous)
    assert [sees(one, pending) for one in others] == [False] * 4


def test_pending_group_annotation_is_not_read_by_the_group(post, student, group, classmate):
    group.members.add(classmate)

    assert not sees(classmate, post(student, Audience.GROUP))


def test_approved_annotation_is_read_by_others_from_now_on(pending, assistant, classmate):
    approved = approve_annotation(actor=assistant, annotation_id=pending.pk, version=1)

    assert (approved.status, approved.version) == (Status.PUBLISHED, 2)
    assert approved.published_at is not None
    assert sees(classmate, pending)
    assert log() == [("approve", assistant.pk, "")]


def test_approve_again_does_nothing(pending, assistant):
    approve = partial(approve_annotation, actor=assistant, annotation_id=pending.pk, version=1)

    approve()

    assert approve().version == 2
    assert len(log()) == 1


def test_approve_of_words_that_were_changed_meanwhile_is_stale(pending, student, assistant):
    edit_annotation(
        actor=student, annotation_id=pending.pk, content=Content(kind="comment", body="Other.")
    )

    error = expect_refusal(
        Stale, lambda: approve_annotation(actor=assistant, annotation_id=pending.pk, version=1)
    )
    assert error.extra == {"current_version": 2}


def test_approve_of_what_is_hidden_is_refused(hidden, instructor):
    expect_refusal(
        InvalidState, lambda: approve_annotation(actor=instructor, annotation_id=hidden.pk)
    )


def test_edit_of_an_approved_annotation_waits_again(pending, student, instructor, classmate):
    approve_annotation(actor=instructor, annotation_id=pending.pk)

    edited = edit_annotation(
        actor=student, annotation_id=pending.pk, content=Content(kind="comment", body="Other.")
    )

    assert edited.status == Status.PENDING
    assert not sees(classmate, pending)
    line = Change.objects.latest("counter")
    assert (line.status_before, line.status_after) == ("published", "pending")


def test_edit_that_changes_nothing_stays_approved(pending, student, instructor):
    approve_annotation(actor=instructor, annotation_id=pending.pk)

    same = edit_annotation(
        actor=student, annotation_id=pending.pk, content=Content(kind="comment", body="A remark.")
    )

    assert same.status == Status.PUBLISHED


def test_edit_of_a_hidden_annotation_waits_where_staff_read_first(hidden, student, classmate):
    hidden.assignment.requires_approval = True
    hidden.assignment.save()

    edited = edit_annotation(
        actor=student, annotation_id=hidden.pk, content=Content(kind="comment", body="Milder.")
    )

    assert (edited.status, edited.status_reason) == (Status.PENDING, "Too harsh.")
    assert not sees(classmate, hidden)


def test_approved_annotation_that_was_hidden_keeps_no_reason(hidden, student, instructor):
    hidden.assignment.requires_approval = True
    hidden.assignment.save()
    edit_annotation(
        actor=student, annotation_id=hidden.pk, content=Content(kind="comment", body="Milder.")
    )

    approve_annotation(actor=instructor, annotation_id=hidden.pk)

    hidden.refresh_from_db()
    assert (hidden.status, hidden.status_reason) == (Status.PUBLISHED, "")


@pytest.mark.parametrize("before", [Audience.PRIVATE, Audience.STAFF])
@pytest.mark.parametrize("after", [Audience.GROUP, Audience.SEMINAR])
def test_audience_widened_to_students_waits(post, student, group, before, after):
    note = post(student, before)
    group_id = group.pk if after == Audience.GROUP else None

    changed = change_audience(
        actor=student, annotation_id=note.pk, audience=after, group_id=group_id
    )

    assert changed.status == Status.PENDING


def test_audience_widened_from_the_group_to_the_seminar_waits(post, student, instructor):
    note = post(student, Audience.GROUP)
    approve_annotation(actor=instructor, annotation_id=note.pk)

    changed = change_audience(actor=student, annotation_id=note.pk, audience=Audience.SEMINAR)

    assert changed.status == Status.PENDING


def test_audience_given_to_another_group_waits(post, student, instructor, seminar):
    note = post(student, Audience.GROUP)
    approve_annotation(actor=instructor, annotation_id=note.pk)
    other = GroupFactory(seminar=seminar, members=[student])

    changed = change_audience(
        actor=student, annotation_id=note.pk, audience=Audience.GROUP, group_id=other.pk
    )

    assert changed.status == Status.PENDING


@pytest.mark.parametrize("after", [Audience.GROUP, Audience.STAFF, Audience.PRIVATE])
def test_audience_of_an_approved_annotation_narrowed_stays_approved(
    pending, student, instructor, group, after
):
    approve_annotation(actor=instructor, annotation_id=pending.pk)
    group_id = group.pk if after == Audience.GROUP else None

    changed = change_audience(
        actor=student, annotation_id=pending.pk, audience=after, group_id=group_id
    )

    assert changed.status == Status.PUBLISHED


def test_audience_of_a_waiting_annotation_narrowed_to_staff_waits_no_longer(pending, student):
    changed = change_audience(actor=student, annotation_id=pending.pk, audience=Audience.STAFF)

    assert changed.status == Status.PUBLISHED


def test_reply_to_what_waits_is_refused(pending, student, instructor, classmate):
    reply = partial(
        create_annotation,
        assignment_id=pending.assignment_id,
        content=Content(kind="comment", body="A remark."),
        parent_id=pending.pk,
    )

    expect_refusal(Invalid, lambda: reply(actor=classmate), field="parent")
    for actor in (student, instructor):
        expect_refusal(InvalidState, lambda actor=actor: reply(actor=actor), field="parent")


def test_annotations_approved_together_leave_out_what_was_changed(
    pending, student, classmate, instructor
):
    other = AnnotationFactory(
        assignment=pending.assignment, author=classmate, status=Status.PENDING
    )
    gone = AnnotationFactory(assignment=pending.assignment, author=classmate, status=Status.PENDING)
    withdraw_annotation(actor=classmate, annotation_id=gone.pk)
    edit_annotation(
        actor=student, annotation_id=pending.pk, content=Content(kind="comment", body="Other.")
    )
    read = [(pending.pk, 1), (other.pk, 1), (gone.pk, 1), (uuid.uuid4(), 1)]

    assert approve_annotations(actor=instructor, read=read) == 1

    states = Annotation.objects.in_bulk([pending.pk, other.pk, gone.pk])
    assert [states[pk].status for pk in (pending.pk, other.pk, gone.pk)] == [
        "pending", "published", "withdrawn",
    ]  # fmt: skip


def test_annotations_approved_together_by_a_student_are_not(note, classmate):
    expect_refusal(NotAllowed, lambda: approve_annotations(actor=classmate, read=[(note.pk, 1)]))


# -- lock and pin ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "undo", "member"),
    [(lock_thread, unlock_thread, "locked_at"), (pin_thread, unpin_thread, "pinned_at")],
)
def test_thread_is_locked_or_pinned_once_and_undone_once(note, instructor, act, undo, member):
    for _ in range(2):
        done = act(actor=instructor, annotation_id=note.pk, reason="For today.")
    assert getattr(done, member) is not None
    assert done.version == 2

    for _ in range(2):
        undone = undo(actor=instructor, annotation_id=note.pk)
    assert getattr(undone, member) is None
    assert undone.version == 3
    assert [act for act, _, _ in log()] == [
        member.removesuffix("ed_at").replace("pinn", "pin"),
        f"un{member.removesuffix('ed_at').replace('pinn', 'pin')}",
    ]
    assert Change.objects.count() == 2


@pytest.mark.parametrize("act", [lock_thread, unlock_thread, pin_thread, unpin_thread])
def test_reply_is_neither_locked_nor_pinned(note, classmate, instructor, act):
    reply = ReplyFactory(parent=note, author=classmate)

    expect_refusal(InvalidState, lambda: act(actor=instructor, annotation_id=reply.pk))


def test_locked_thread_takes_replies_of_staff_only(note, instructor, student, classmate):
    inner = ReplyFactory(parent=note, author=classmate)
    lock_thread(actor=instructor, annotation_id=note.pk)
    reply = partial(
        create_annotation,
        assignment_id=note.assignment_id,
        content=Content(kind="comment", body="A remark."),
    )

    for parent in (note, inner):
        for actor in (student, classmate):
            expect_refusal(
                InvalidState,
                lambda actor=actor, parent=parent: reply(actor=actor, parent_id=parent.pk),
                code="locked",
                field="parent",
            )
        assert reply(actor=instructor, parent_id=parent.pk).status == Status.PUBLISHED


# -- flags ----------------------------------------------------------------------------------------


def test_flag_of_a_member_waits_for_staff(note, classmate, instructor, assistant):
    flag = flag_annotation(
        actor=classmate, annotation_id=note.pk, reason="offensive", note=" Look\nat it. "
    )

    assert (flag.reason, flag.note, flag.resolved_at) == ("offensive", "Look at it.", None)
    for person in (classmate, instructor, assistant):
        assert list(Flag.objects.visible_to(person)) == [flag]


def test_flag_is_not_seen_by_the_author_or_others(note, student, classmate, observer, outsider):
    FlagFactory(annotation=note, flagged_by=classmate)

    for person in (student, observer, outsider):
        assert not Flag.objects.visible_to(person).exists()


def test_flag_changes_neither_the_annotation_nor_the_log(note, classmate):
    flag_annotation(actor=classmate, annotation_id=note.pk, reason="other")

    note.refresh_from_db()
    assert (note.version, Change.objects.count(), log()) == (1, 0, [])


def test_flag_given_again_is_the_same_with_the_newer_reason(note, classmate):
    flag = partial(flag_annotation, actor=classmate, annotation_id=note.pk)

    first = flag(reason="other", note="Hm.")
    second = flag(reason="personal")

    assert first == second == Flag.objects.get()
    assert (second.reason, second.note) == ("personal", "")


def test_flag_after_a_resolved_one_is_new(note, classmate, instructor):
    flag = partial(flag_annotation, actor=classmate, annotation_id=note.pk, reason="other")
    first = flag()
    resolve_flags(actor=instructor, annotation_id=note.pk)

    assert flag() != first
    assert Flag.objects.open().count() == 1


@pytest.mark.parametrize("role", ["student", "observer"])
def test_flag_by_the_author_or_an_observer_is_not_allowed(request, role, note):
    actor = request.getfixturevalue(role)

    expect_refusal(
        NotAllowed, lambda: flag_annotation(actor=actor, annotation_id=note.pk, reason="other")
    )


def test_flag_by_an_outsider_finds_nothing(outsider, note):
    expect_refusal(
        Missing, lambda: flag_annotation(actor=outsider, annotation_id=note.pk, reason="other")
    )


def test_flag_of_what_staff_have_hidden_is_absent_to_members(hidden, classmate, instructor):
    flag = partial(flag_annotation, annotation_id=hidden.pk, reason="other")

    expect_refusal(Missing, lambda: flag(actor=classmate))
    expect_refusal(NotAllowed, lambda: flag(actor=instructor))


def test_flag_with_a_reason_there_is_not_names_it(note, classmate):
    flag = partial(flag_annotation, actor=classmate, annotation_id=note.pk)

    expect_refusal(Invalid, lambda: flag(reason="boring"), field="reason")
    expect_refusal(
        Invalid, lambda: flag(reason="other", note="a" * 501), code="too_long", field="note"
    )


def test_flag_taken_back_is_open_no_longer(note, classmate, instructor):
    other = FlagFactory(annotation=note, flagged_by=instructor)
    flag_annotation(actor=classmate, annotation_id=note.pk, reason="other")

    for _ in range(2):
        withdraw_flag(actor=classmate, annotation_id=note.pk)

    assert list(Flag.objects.open()) == [other]
    taken = Flag.objects.get(flagged_by=classmate)
    assert (taken.resolved_by, taken.resolution) == (classmate, "Taken back")


def test_flags_resolved_are_settled_with_a_note_and_once_in_the_log(
    note, classmate, assistant, instructor
):
    for person in (classmate, assistant):
        FlagFactory(annotation=note, flagged_by=person)

    for _ in range(2):
        resolve_flags(actor=instructor, annotation_id=note.pk, reason="We talked.")

    assert set(Flag.objects.values_list("resolved_by", "resolution")) == {
        (instructor.pk, "We talked.")
    }
    assert log() == [("resolve", instructor.pk, "We talked.")]
    note.refresh_from_db()
    assert note.version == 1


def test_flags_on_the_own_annotation_do_not_tell_staff_who_flagged(
    assignment, instructor, assistant, classmate
):
    own = AnnotationFactory(assignment=assignment, author=instructor)
    FlagFactory(annotation=own, flagged_by=classmate)

    def told(user):
        return Flag.objects.visible_to(user).with_shown_flagger(user).get().shows_flagger

    assert (told(instructor), told(assistant), told(classmate)) == (False, True, True)


# -- by name --------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ACTS)
def test_act_by_name_with_an_outdated_version_is_stale(act, assignment, student, instructor):
    before = {
        ModerationAct.UNHIDE: {"status": Status.HIDDEN},
        ModerationAct.APPROVE: {"status": Status.PENDING},
        ModerationAct.UNLOCK: {"locked_at": assignment.opens_at},
        ModerationAct.UNPIN: {"pinned_at": assignment.opens_at},
    }.get(act, {})
    note = AnnotationFactory(assignment=assignment, author=student, version=3, **before)
    FlagFactory(annotation=note)

    def do(version):
        return moderate(
            actor=instructor, annotation_id=note.pk, act=act, reason="So.", version=version
        )

    expect_refusal(Stale, lambda: do(2), field="version")
    do(3)

    assert log() == [(act, instructor.pk, "So.")]


@pytest.mark.parametrize("act", ["", "narrow", "widen", "delete"])
def test_act_by_another_name_is_refused(act, note, instructor):
    expect_refusal(
        Invalid,
        lambda: moderate(actor=instructor, annotation_id=note.pk, act=act),
        field="act",
    )
