"""Who reads which annotation, and who may do what to it: the tables of the house."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotations import permissions
from annotations.enums import Audience, Kind, Status
from annotations.models import Annotation
from debate.seminars.enums import Role
from debate.seminars.models import Membership
from debate.seminars.permissions import membership_of
from tests.factories.annotations import AnnotationFactory, ReplyFactory
from tests.factories.seminars import MembershipFactory
from tests.tables import rows

# One line for each state of an annotation that `author` wrote in his or her reading group's
# seminar; the essay is public and the seminar lets annotations be made public. "yes": the words
# can be read. `groupmate` is in the author's group, `classmate` in another, `outsider` in another
# seminar; `operator` runs the site and is a member of nothing.
READERS = """
status     audience  author groupmate classmate observer assistant instructor outsider operator anonymous
published  private   yes    -         -         -        -         -          -        -        -
published  staff     yes    -         -         -        yes       yes        -        -        -
published  group     yes    yes       -         -        yes       yes        -        -        -
published  seminar   yes    yes       yes       yes      yes       yes        -        -        -
published  public    yes    yes       yes       yes      yes       yes        yes      yes      yes
held       private   yes    -         -         -        -         -          -        -        -
held       staff     yes    -         -         -        -         -          -        -        -
held       group     yes    -         -         -        -         -          -        -        -
held       seminar   yes    -         -         -        -         -          -        -        -
held       public    yes    -         -         -        -         -          -        -        -
pending    private   yes    -         -         -        -         -          -        -        -
pending    staff     yes    -         -         -        yes       yes        -        -        -
pending    group     yes    -         -         -        yes       yes        -        -        -
pending    seminar   yes    -         -         -        yes       yes        -        -        -
pending    public    yes    -         -         -        yes       yes        -        -        -
hidden     private   yes    -         -         -        -         -          -        -        -
hidden     staff     yes    -         -         -        yes       yes        -        -        -
hidden     group     yes    -         -         -        yes       yes        -        -        -
hidden     seminar   yes    -         -         -        yes       yes        -        -        -
hidden     public    yes    -         -         -        yes       yes        -        -        -
withdrawn  private   yes    -         -         -        -         -          -        -        -
withdrawn  staff     yes    -         -         -        yes       yes        -        -        -
withdrawn  group     yes    -         -         -        yes       yes        -        -        -
withdrawn  seminar   yes    -         -         -        yes       yes        -        -        -
withdrawn  public    yes    -         -         -        yes       yes        -        -        -
"""


@pytest.fixture
def groupmate(seminar, group):
    user = MembershipFactory(seminar=seminar, user__username="groupmate").user
    group.members.add(user)
    return user


@pytest.fixture
def cast(
    student, groupmate, classmate, other_group, observer, assistant, instructor, outsider,
    operator, anonymous,
):  # fmt: skip
    return {
        "author": student,
        "groupmate": groupmate,
        "classmate": classmate,
        "observer": observer,
        "assistant": assistant,
        "instructor": instructor,
        "outsider": outsider,
        "operator": operator,
        "anonymous": anonymous,
    }


@pytest.fixture
def public_assignment(assignment):
    assignment.seminar.allows_public = assignment.essay.is_public = True
    assignment.seminar.save()
    assignment.essay.save()
    return assignment


def write(assignment, author, group, *, audience, status=Status.PUBLISHED):
    return AnnotationFactory(
        assignment=assignment,
        author=author,
        audience=audience,
        group=group if audience == Audience.GROUP else None,
        status=status,
    )


def readers(cast):
    return {name for name, user in cast.items() if Annotation.objects.visible_to(user).exists()}


def knowers(cast):
    return {name for name, user in cast.items() if Annotation.objects.known_to(user).exists()}


@pytest.mark.parametrize(("status", "audience", "expected"), rows(READERS, keys=2))
def test_visible_to_each_state_shows_it_to_exactly_its_readers(
    status, audience, expected, public_assignment, cast, group
):
    write(public_assignment, cast["author"], group, audience=audience, status=status)

    assert readers(cast) == expected


def test_readers_table_names_every_state():
    states = [(status, audience) for status, audience, _ in rows(READERS, keys=2)]

    assert sorted(states) == sorted((s, a) for s in Status.values for a in Audience.values)


@pytest.mark.parametrize(
    ("audience", "expected"),
    [(audience, who) for status, audience, who in rows(READERS, keys=2) if status == "published"],
)
def test_known_to_withdrawn_annotation_is_known_to_its_former_readers(
    audience, expected, public_assignment, cast, group
):
    write(public_assignment, cast["author"], group, audience=audience, status=Status.WITHDRAWN)

    assert knowers(cast) == expected


@pytest.mark.parametrize("status", [Status.HELD, Status.PENDING, Status.HIDDEN])
def test_known_to_unpublished_annotation_is_as_unknown_as_unreadable(
    status, public_assignment, cast, group
):
    write(public_assignment, cast["author"], group, audience=Audience.SEMINAR, status=status)

    assert knowers(cast) == readers(cast)


@pytest.mark.parametrize(("allows_public", "is_public"), [(False, True), (True, False)])
def test_visible_to_public_annotation_needs_a_public_essay_and_a_seminar_that_allows_it(
    allows_public, is_public, assignment, cast, group
):
    assignment.seminar.allows_public, assignment.essay.is_public = allows_public, is_public
    assignment.seminar.save()
    assignment.essay.save()
    write(assignment, cast["author"], group, audience=Audience.PUBLIC)

    assert readers(cast) == set(cast) - {"outsider", "operator", "anonymous"}


def test_visible_to_author_who_left_the_seminar_shows_nothing_of_it(assignment, student, group):
    write(assignment, student, group, audience=Audience.SEMINAR)
    Membership.objects.of(student).delete()

    assert not Annotation.objects.visible_to(student).exists()
    assert not Annotation.objects.known_to(student).exists()


def test_visible_to_groupmate_who_left_the_group_shows_it_no_longer(
    assignment, student, groupmate, group
):
    write(assignment, student, group, audience=Audience.GROUP)
    group.members.remove(groupmate)

    assert not Annotation.objects.visible_to(groupmate).exists()


def test_visible_to_observer_named_in_a_group_shows_nothing_of_the_group(
    assignment, student, groupmate, group
):
    write(assignment, student, group, audience=Audience.GROUP)
    Membership.objects.of(groupmate).update(role=Role.OBSERVER)

    assert not Annotation.objects.visible_to(groupmate).exists()


def test_visible_to_student_who_becomes_assistant_shows_what_staff_read(
    assignment, student, classmate, group
):
    write(assignment, student, group, audience=Audience.STAFF)
    Membership.objects.of(classmate).update(role=Role.ASSISTANT)

    assert Annotation.objects.visible_to(classmate).count() == 1


def test_visible_to_instructor_of_another_seminar_shows_nothing(assignment, student, group):
    write(assignment, student, group, audience=Audience.SEMINAR)
    stranger = MembershipFactory(role=Role.INSTRUCTOR).user

    assert not Annotation.objects.visible_to(stranger).exists()


def test_visible_to_many_readable_rows_gives_each_once(assignment, student, groupmate, group):
    """A person in two groups reads a thread once, not once for each way to be allowed."""
    group.members.add(student)
    written = [write(assignment, student, group, audience=a) for a in ("group", "seminar")]

    assert list(Annotation.objects.visible_to(groupmate).order_by("id")) == written


# What a person may do to a published question that `author` asked of the whole seminar.
DEEDS = """
deed           state     author classmate observer assistant instructor outsider
annotate       open      yes    yes       -        yes       yes        -
outside_dates  open      -      -         -        yes       yes        -
change         open      yes    -         -        -         -          -
reply          open      yes    yes       -        yes       yes        -
mark_answer    open      yes    -         -        yes       yes        -
history        open      yes    -         -        yes       yes        -
annotate       archived  -      -         -        -         -          -
change         archived  -      -         -        -         -          -
reply          archived  -      -         -        -         -          -
mark_answer    archived  -      -         -        -         -          -
history        archived  yes    -         -        yes       yes        -
change         withdrawn -      -         -        -         -          -
reply          withdrawn -      -         -        -         -          -
reply          hidden    -      -         -        -         -          -
change         hidden    yes    -         -        -         -          -
"""

PREDICATES = {
    "annotate": lambda _user, member, one: permissions.may_annotate(member, one.assignment.seminar),
    "outside_dates": lambda _user, member, _one: permissions.may_annotate_outside_dates(member),
    "change": permissions.may_change,
    "reply": lambda _user, member, one: permissions.may_reply(member, one),
    "mark_answer": permissions.may_mark_answer,
    "history": permissions.may_read_history,
}


def in_state(question, state):
    if state == "archived":
        question.assignment.seminar.archived_at = timezone.now() - timedelta(days=1)
    elif state != "open":
        question.status = state
    return question


@pytest.mark.parametrize(("deed", "state", "expected"), rows(DEEDS, keys=2))
def test_may_each_deed_is_allowed_to_exactly_its_people(
    deed, state, expected, assignment, student, classmate, observer, assistant, instructor, outsider
):
    cast = {
        "author": student,
        "classmate": classmate,
        "observer": observer,
        "assistant": assistant,
        "instructor": instructor,
        "outsider": outsider,
    }
    question = AnnotationFactory(assignment=assignment, author=student, kind=Kind.QUESTION)
    question = in_state(question, state)

    allowed = {
        name
        for name, user in cast.items()
        if PREDICATES[deed](user, membership_of(user, assignment.seminar), question)
    }

    assert allowed == expected


def test_may_mark_answer_of_what_is_no_question_is_allowed_to_nobody(assignment, student):
    comment = AnnotationFactory(assignment=assignment, author=student)

    assert not permissions.may_mark_answer(
        student, membership_of(student, assignment.seminar), comment
    )


@pytest.mark.parametrize(
    ("reply", "is_unanswered"),
    [
        ({"kind": Kind.COMMENT}, True),
        ({"kind": Kind.SUPPORT}, True),
        ({"kind": Kind.QUESTION}, True),
        ({"kind": Kind.CONCESSION}, False),
        ({"counterargument": True}, False),
        ({"evidence": True}, False),
        ({"kind": Kind.CONCESSION, "status": Status.WITHDRAWN}, True),
        ({"kind": Kind.CONCESSION, "status": Status.HELD}, True),
    ],
)
def test_with_is_unanswered_challenge_is_met_by_a_published_reply_of_three_kinds(
    reply, is_unanswered, assignment, student, classmate
):
    challenge = AnnotationFactory(assignment=assignment, author=student, counterargument=True)
    ReplyFactory(parent=challenge, author=classmate, **reply)
    readable = Annotation.objects.visible_to(student)

    found = readable.top_level().with_is_unanswered(readable).get()

    assert found.is_unanswered is is_unanswered


@pytest.mark.parametrize(("is_answer", "is_unanswered"), [(False, True), (True, False)])
def test_with_is_unanswered_question_is_open_until_a_reply_is_marked(
    is_answer, is_unanswered, assignment, student, classmate
):
    question = AnnotationFactory(assignment=assignment, author=student, kind=Kind.QUESTION)
    ReplyFactory(parent=question, author=classmate, is_answer=is_answer)
    readable = Annotation.objects.visible_to(student)

    assert readable.top_level().with_is_unanswered(readable).get().is_unanswered is is_unanswered


def test_with_is_unanswered_reply_the_reader_may_not_see_does_not_count(
    assignment, student, classmate, instructor
):
    challenge = AnnotationFactory(assignment=assignment, author=student, counterargument=True)
    ReplyFactory(parent=challenge, author=instructor, kind=Kind.CONCESSION, audience=Audience.STAFF)
    for_classmate = Annotation.objects.visible_to(classmate)
    for_staff = Annotation.objects.visible_to(instructor)

    assert for_classmate.top_level().with_is_unanswered(for_classmate).get().is_unanswered
    assert not for_staff.top_level().with_is_unanswered(for_staff).get().is_unanswered


@pytest.mark.parametrize("kind", [Kind.COMMENT, Kind.SUPPORT, Kind.CONCESSION])
def test_with_is_unanswered_other_kinds_never_are(kind, assignment, student):
    AnnotationFactory(assignment=assignment, author=student, kind=kind)
    readable = Annotation.objects.visible_to(student)

    assert readable.with_is_unanswered(readable).get().is_unanswered is False
