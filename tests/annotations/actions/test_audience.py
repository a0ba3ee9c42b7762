"""Who reads an annotation, changed afterwards: by its author until somebody replied, and by staff."""

import pytest

from annotations.actions import change_audience
from annotations.enums import Audience, ModerationAct, Status
from annotations.models import Annotation, AnnotationVersion, Change, ModerationEntry
from debate.core.errors import Invalid, InvalidState, Missing, NotAllowed, Stale
from debate.seminars.enums import Role
from tests.expect import expect_refusal
from tests.factories.annotations import AnnotationFactory, ReplyFactory
from tests.factories.seminars import GroupFactory, MembershipFactory


@pytest.fixture
def mine(assignment, student):
    return AnnotationFactory(assignment=assignment, author=student)


def change(actor, annotation, audience, **more):
    return change_audience(actor=actor, annotation_id=annotation.pk, audience=audience, **more)


def test_audience_narrowed_by_its_author_hides_it_from_others(mine, student, classmate):
    changed = change(student, mine, Audience.PRIVATE)

    assert (changed.audience, changed.version) == (Audience.PRIVATE, 2)
    assert not Annotation.objects.visible_to(classmate).exists()


def test_audience_changed_leaves_a_version_and_a_line_with_both_states(mine, student):
    change(student, mine, Audience.STAFF)

    line = Change.objects.get()
    assert (line.op, line.audience_before, line.audience_after) == ("update", "seminar", "staff")
    assert AnnotationVersion.objects.get().details["audience"] == "staff"
    assert not ModerationEntry.objects.exists()


def test_audience_widened_to_the_own_group_is_read_there_only(
    assignment, student, classmate, group
):
    note = AnnotationFactory(assignment=assignment, author=student, audience=Audience.PRIVATE)
    fellow = MembershipFactory(seminar=assignment.seminar).user
    group.members.add(fellow)

    change(student, note, Audience.GROUP, group_id=group.pk)

    assert Annotation.objects.visible_to(fellow).get() == note
    assert not Annotation.objects.visible_to(classmate).exists()


def test_audience_that_stays_changes_nothing(mine, student):
    assert change(student, mine, Audience.SEMINAR).version == 1
    assert not Change.objects.exists()


def test_audience_of_a_thread_goes_with_its_root(mine, instructor, classmate, student):
    reply = ReplyFactory(parent=mine, author=classmate)

    change(instructor, mine, Audience.STAFF)

    reply.refresh_from_db()
    assert (reply.audience, reply.version) == (Audience.STAFF, 2)
    assert [line.object_id for line in Change.objects.order_by("counter")] == [mine.pk, reply.pk]
    assert list(Annotation.objects.visible_to(classmate)) == [reply]
    assert list(Annotation.objects.visible_to(student)) == [mine]
    assert ModerationEntry.objects.get().act == ModerationAct.NARROW


def test_audience_widened_by_staff_is_logged(assignment, student, instructor):
    note = AnnotationFactory(assignment=assignment, author=student, audience=Audience.STAFF)

    change(instructor, note, Audience.SEMINAR)

    assert ModerationEntry.objects.get().act == ModerationAct.WIDEN


@pytest.mark.parametrize("audience", [Audience.PRIVATE, Audience.STAFF])
def test_audience_once_others_replied_is_no_longer_the_authors(mine, student, classmate, audience):
    ReplyFactory(parent=mine, author=classmate)

    expect_refusal(InvalidState, lambda: change(student, mine, audience), field="audience")


def test_audience_after_the_own_reply_alone_is_still_the_authors(mine, student):
    ReplyFactory(parent=mine, author=student)

    assert change(student, mine, Audience.STAFF).audience == Audience.STAFF


def test_audience_of_a_reply_is_that_of_its_thread(mine, classmate):
    reply = ReplyFactory(parent=mine, author=classmate)

    expect_refusal(InvalidState, lambda: change(classmate, reply, "staff"), field="audience")


def test_audience_is_refused_to_others(mine, classmate, observer, outsider):
    expect_refusal(NotAllowed, lambda: change(classmate, mine, Audience.STAFF))
    expect_refusal(NotAllowed, lambda: change(observer, mine, Audience.STAFF))
    expect_refusal(Missing, lambda: change(outsider, mine, Audience.STAFF))


def test_audience_private_is_the_authors_choice_alone(mine, instructor):
    expect_refusal(Invalid, lambda: change(instructor, mine, "private"), field="audience")


@pytest.mark.parametrize(
    ("audience", "field"), [("everyone", "audience"), ("public", "audience"), ("group", "group")]
)
def test_audience_that_is_not_offered_here_is_refused(mine, student, other_group, audience, field):
    expect_refusal(
        Invalid,
        lambda: change(
            student, mine, audience, group_id=other_group.pk if audience == "group" else None
        ),
        field=field,
    )


def test_audience_of_a_version_that_is_past_is_refused(mine, student):
    expect_refusal(Stale, lambda: change(student, mine, Audience.STAFF, version=7))


def test_audience_of_what_was_withdrawn_stays(assignment, student):
    gone = AnnotationFactory(assignment=assignment, author=student, status=Status.WITHDRAWN)

    expect_refusal(InvalidState, lambda: change(student, gone, Audience.STAFF))


def test_audience_of_what_came_late_stays_with_staff(assignment, student):
    late = AnnotationFactory(
        assignment=assignment, author=student, audience=Audience.STAFF, is_late=True
    )

    expect_refusal(InvalidState, lambda: change(student, late, "seminar"), field="audience")
    assert change(student, late, Audience.PRIVATE).audience == Audience.PRIVATE


def test_audience_widened_where_staff_approve_waits_for_them(assignment, student):
    assignment.requires_approval = True
    assignment.save()
    note = AnnotationFactory(assignment=assignment, author=student, audience=Audience.PRIVATE)

    assert change(student, note, Audience.SEMINAR).status == Status.PENDING
    assert change(student, note, Audience.PRIVATE).status == Status.PUBLISHED


def test_audience_is_changed_by_a_limited_assistant_in_the_own_section_only(
    assignment, mine, student, classmate
):
    section = GroupFactory(seminar=assignment.seminar, kind="section", members=[student])
    helper = MembershipFactory(seminar=assignment.seminar, role=Role.ASSISTANT, is_limited=True)
    helper.sections.add(section)
    other = AnnotationFactory(assignment=assignment, author=classmate)

    assert change(helper.user, mine, Audience.STAFF).audience == Audience.STAFF
    expect_refusal(NotAllowed, lambda: change(helper.user, other, Audience.STAFF))
