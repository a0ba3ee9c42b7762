"""The queue of staff, the log, what can be done about an annotation, and what stands first."""

import pytest
from django.utils import timezone

from annotations.actions import (
    Content,
    approve_annotation,
    edit_annotation,
    hide_annotation,
    pin_thread,
    resolve_flags,
    withdraw_flag,
)
from annotations.enums import Audience, Status
from annotations.queries import ReadingFilters, card_of, margin, reading_page, thread
from annotations.queries.moderation import (
    CASES_A_PAGE,
    ENTRIES_A_PAGE,
    moderation_log,
    moderation_queue,
    pending_cases,
)
from debate.seminars.enums import Role
from tests.expect import expect_constant_queries
from tests.factories.annotations import (
    AnnotationFactory,
    FlagFactory,
    ModerationEntryFactory,
    ReplyFactory,
    annotation_on,
)
from tests.factories.assignments import AliasFactory, assignment_of
from tests.factories.essays import essay_of
from tests.factories.seminars import GroupFactory, MembershipFactory


@pytest.fixture
def note(assignment, student, paragraphs):
    return annotation_on(paragraphs[0], "price water by use", assignment=assignment, author=student)


@pytest.fixture
def limited(seminar, student):
    """An assistant for the section of `student` alone."""
    membership = MembershipFactory(seminar=seminar, role=Role.ASSISTANT, is_limited=True)
    membership.sections.add(
        GroupFactory(seminar=seminar, name="Monday", kind="section", members=[student])
    )
    return membership.user


def queue(user, seminar, shown="todo", **more):
    return moderation_queue(user=user, seminar=seminar, shown=shown, **more)


def ids(found):
    return [case.card.id for case in found.cases]


# --- the queue ---


def test_queue_holds_what_is_flagged_and_what_waits(seminar, assignment, instructor, student):
    AnnotationFactory(assignment=assignment, author=student)
    flagged = FlagFactory(annotation__assignment=assignment).annotation
    waiting = AnnotationFactory(assignment=assignment, author=student, status=Status.PENDING)
    hidden = AnnotationFactory(assignment=assignment, author=student, status=Status.HIDDEN)
    settled = FlagFactory(annotation__assignment=assignment).annotation
    resolve_flags(actor=instructor, annotation_id=settled.pk)

    found = {shown: ids(queue(instructor, seminar, shown)) for shown in (
        "todo", "flagged", "pending", "hidden", "resolved",
    )}  # fmt: skip

    assert found == {
        "todo": [str(flagged.pk), str(waiting.pk)],
        "flagged": [str(flagged.pk)],
        "pending": [str(waiting.pk)],
        "hidden": [str(hidden.pk)],
        "resolved": [str(settled.pk)],
    }
    assert [(one.name, one.count) for one in queue(instructor, seminar).choices] == [
        ("todo", 2), ("flagged", 1), ("pending", 1), ("hidden", None), ("resolved", None),
    ]  # fmt: skip


def test_case_shows_its_place_its_words_and_its_flags(seminar, note, instructor, classmate):
    FlagFactory(annotation=note, flagged_by=classmate, note="See the last line.")

    (case,) = queue(instructor, seminar).cases

    assert (case.card.quote, case.paragraph_number) == ("price water by use", 1)
    assert case.href == f"{note.assignment.get_absolute_url()}#p-1"
    (flag,) = case.flags
    assert (flag.reason, flag.note, flag.by) == (
        "Has nothing to do with the essay", "See the last line.", "Classmate",
    )  # fmt: skip
    assert [act.name for act in case.acts] == ["resolve", "hide", "lock", "pin"]


def test_case_under_pseudonyms_tells_staff_both_names(seminar, assignment, instructor, student):
    alias = AliasFactory(assignment=assignment, user=student, name="Heron 3")
    AnnotationFactory(assignment=assignment, author=student, alias=alias, status=Status.PENDING)

    (case,) = queue(instructor, seminar).cases

    assert (case.card.author_name, case.alias) == ("Student", "Heron 3")


def test_case_of_the_readers_own_annotation_does_not_tell_who_flagged(
    seminar, assignment, instructor, assistant, classmate
):
    own = AnnotationFactory(assignment=assignment, author=instructor)
    FlagFactory(annotation=own, flagged_by=classmate)
    withdraw_flag(actor=classmate, annotation_id=own.pk)

    def told(user):
        ((flag,),) = [case.flags for case in queue(user, seminar, "resolved").cases]
        return flag.by, flag.resolved_by

    assert told(instructor) == ("", "")
    assert told(assistant) == ("Classmate", "Classmate")


def test_queue_of_a_limited_assistant_holds_the_own_sections_only(
    seminar, assignment, limited, student, classmate
):
    mine = AnnotationFactory(assignment=assignment, author=student, status=Status.PENDING)
    AnnotationFactory(assignment=assignment, author=classmate, status=Status.PENDING)
    FlagFactory(annotation__assignment=assignment, annotation__author=classmate)

    found = queue(limited, seminar)

    assert ids(found) == [str(mine.pk)]
    assert [one.count for one in found.choices] == [1, 0, 1, None, None]


def test_queue_leaves_out_what_is_private_and_what_stands_in_another_seminar(
    seminar, assignment, instructor, student
):
    own = AnnotationFactory(assignment=assignment, author=student, audience=Audience.PRIVATE)
    FlagFactory(annotation=own)
    other = assignment_of(essay_of("Words."))
    MembershipFactory(seminar=other.seminar, user=instructor, role=Role.INSTRUCTOR)
    FlagFactory(annotation__assignment=other)

    assert ids(queue(instructor, seminar)) == []


def test_queue_tells_what_was_edited_since_it_was_hidden(seminar, note, instructor, student):
    hide_annotation(actor=instructor, annotation_id=note.pk, reason="Too harsh.")
    assert [case.is_edited for case in queue(instructor, seminar, "hidden").cases] == [False]

    edit_annotation(
        actor=student, annotation_id=note.pk, content=Content(kind="comment", body="Milder.")
    )

    (case,) = queue(instructor, seminar, "hidden").cases
    assert case.is_edited
    assert case.card.status_label == "Hidden by staff: Too harsh."
    assert [act.name for act in case.acts] == ["unhide", "lock"]


@pytest.mark.parametrize("shown", ["pending", "hidden"])
def test_queue_goes_on_where_its_page_ended(seminar, assignment, instructor, student, shown):
    made = [
        str(AnnotationFactory(assignment=assignment, author=student, status=shown).pk)
        for _ in range(CASES_A_PAGE + 1)
    ]
    if shown == "hidden":
        made.reverse()

    first = queue(instructor, seminar, shown)
    second = queue(instructor, seminar, shown, after=first.next_after)

    assert ids(first) + ids(second) == made
    assert second.next_after is None


def test_queue_of_an_archived_seminar_offers_nothing_to_do(seminar, note, instructor):
    FlagFactory(annotation=note)
    seminar.archived_at = timezone.now()
    seminar.save()

    found = queue(instructor, seminar)

    assert (found.can_act, [case.acts for case in found.cases]) == (False, [[]])


def test_queue_asks_as_often_for_three_as_for_one(seminar, instructor, paragraphs):
    def grow(count=1):
        for _ in range(count):
            other = assignment_of(essay_of("Words.", seminar=seminar))
            FlagFactory(annotation=AnnotationFactory(assignment=other, evidence=True))
            AnnotationFactory(assignment=other, status=Status.PENDING)

    grow()

    count = expect_constant_queries(lambda: queue(instructor, seminar), grow=lambda: grow(2))

    assert count <= 9


def test_pending_cases_are_those_asked_for_that_still_wait(
    seminar, assignment, instructor, limited, student, classmate
):
    waiting, approved, other = (
        AnnotationFactory(assignment=assignment, author=author, status=Status.PENDING)
        for author in (student, student, classmate)
    )
    approve_annotation(actor=instructor, annotation_id=approved.pk)
    asked = [waiting.pk, approved.pk, other.pk]

    def found(user):
        cases = pending_cases(user=user, seminar=seminar, ids=asked)
        return [case.card.id for case in cases]

    assert found(instructor) == [str(waiting.pk), str(other.pk)]
    assert found(limited) == [str(waiting.pk)]
    assert found(student) == []


# --- the log ---


def test_log_tells_each_act_the_newest_first(seminar, note, instructor, assistant):
    hide_annotation(actor=instructor, annotation_id=note.pk, reason="Too harsh.")
    pin_thread(actor=assistant, annotation_id=note.pk)

    found = moderation_log(user=instructor, seminar=seminar)

    assert [(one.act, one.actor, one.reason) for one in found.lines] == [
        ("pin", "Assistant", ""),
        ("hide", "Instructor", "Too harsh."),
    ]
    assert (found.lines[1].what, found.lines[1].author) == ("Comment", "Student")
    assert found.lines[1].href == note.get_absolute_url()
    assert found.people == [assistant, instructor]


def test_log_of_one_act_or_person_leaves_out_the_others(seminar, note, instructor, assistant):
    hide_annotation(actor=instructor, annotation_id=note.pk, reason="Too harsh.")
    pin_thread(actor=assistant, annotation_id=note.pk)

    def acts(**asked):
        return [one.act for one in moderation_log(user=instructor, seminar=seminar, **asked).lines]

    assert acts(act="hide") == ["hide"]
    assert acts(person=assistant.pk) == ["pin"]
    assert acts(act="hide", person=assistant.pk) == []


def test_log_is_of_what_the_person_oversees(seminar, assignment, limited, student, classmate):
    for author in (student, classmate):
        ModerationEntryFactory(annotation=AnnotationFactory(assignment=assignment, author=author))

    found = moderation_log(user=limited, seminar=seminar)

    assert [one.author for one in found.lines] == ["Student"]
    assert moderation_log(user=classmate, seminar=seminar).lines == []


def test_log_goes_on_where_its_page_ended(seminar, note, instructor):
    for _ in range(ENTRIES_A_PAGE + 1):
        ModerationEntryFactory(annotation=note, actor=instructor)

    first = moderation_log(user=instructor, seminar=seminar)
    second = moderation_log(user=instructor, seminar=seminar, after=first.next_after)

    assert (len(first.lines), len(second.lines), second.next_after) == (ENTRIES_A_PAGE, 1, None)


def test_log_asks_as_often_for_three_as_for_one(seminar, assignment, instructor):
    def grow(count=1):
        for _ in range(count):
            ModerationEntryFactory(annotation=AnnotationFactory(assignment=assignment))

    grow()

    assert (
        expect_constant_queries(
            lambda: moderation_log(user=instructor, seminar=seminar), grow=lambda: grow(2)
        )
        <= 3
    )


# --- the thread ---


def tools(user, note):
    found = thread(user=user, annotation_id=note.pk).tools
    return found and ([act.name for act in found.acts], bool(found.flag_url), found.flag_count)


def test_tools_are_those_of_the_role(
    note, instructor, assistant, limited, student, classmate, observer
):
    FlagFactory(annotation=note, flagged_by=classmate)
    staff = (["resolve", "hide", "lock", "pin"], True, 1)

    assert [tools(one, note) for one in (instructor, assistant, limited)] == [staff] * 3
    assert tools(student, note) == ([], False, 0)
    assert tools(classmate, note) == ([], True, 0)
    assert tools(observer, note) is None
    assert thread(user=classmate, annotation_id=note.pk).tools.is_flagged
    assert not thread(user=instructor, annotation_id=note.pk).tools.is_flagged


def test_tools_of_an_archived_seminar_are_none(note, instructor, seminar):
    seminar.archived_at = timezone.now()
    seminar.save()

    assert tools(instructor, note) is None


def test_tools_outside_the_own_sections_are_those_of_a_member(limited, assignment, classmate):
    other = AnnotationFactory(assignment=assignment, author=classmate)

    assert tools(limited, other) == ([], True, 0)


def test_tools_of_a_reply_lock_and_pin_nothing(note, instructor, classmate):
    ReplyFactory(parent=note, author=classmate)

    (reply,) = thread(user=instructor, annotation_id=note.pk).replies

    assert [act.name for act in reply.tools.acts] == ["hide"]


def test_tools_of_staffs_own_private_note_are_none_but_its_own(assignment, instructor):
    own = AnnotationFactory(assignment=assignment, author=instructor, audience=Audience.PRIVATE)

    assert tools(instructor, own) == ([], False, 0)


def test_thread_asks_as_often_for_three_replies_as_for_one(note, instructor, limited, classmate):
    def grow(count=1):
        for _ in range(count):
            FlagFactory(annotation=ReplyFactory(parent=note, author=classmate))

    grow()

    for user in (instructor, limited):
        expect_constant_queries(
            lambda user=user: thread(user=user, annotation_id=note.pk), grow=lambda: grow(2)
        )


def test_reply_to_a_hidden_annotation_stands_in_a_thread_that_does_not_show_it(
    note, instructor, classmate, student
):
    reply = ReplyFactory(parent=note, author=classmate)
    hide_annotation(actor=instructor, annotation_id=note.pk, reason="Too harsh.")

    found = thread(user=classmate, annotation_id=reply.pk)

    assert (found.root, found.is_withdrawn) == (None, False)
    assert found.title == "Replies to what is not shown"
    assert [one.id for one in found.replies] == [str(reply.pk)]
    assert thread(user=student, annotation_id=reply.pk).root.status_label == (
        "Hidden by staff: Too harsh."
    )


def test_reply_to_a_hidden_reply_stands_below_what_is_not_shown(note, instructor, classmate):
    middle = ReplyFactory(parent=note, author=instructor)
    inner = [ReplyFactory(parent=middle, author=classmate) for _ in range(2)]
    hide_annotation(actor=instructor, annotation_id=middle.pk, reason="Too harsh.")

    replies = thread(user=classmate, annotation_id=note.pk).replies

    assert [(one.id, one.is_below, one.card is None) for one in replies] == [
        (str(middle.pk), False, True),
        (str(inner[0].pk), True, False),
        (str(inner[1].pk), True, False),
    ]
    assert not replies[0].is_withdrawn


def test_card_says_what_it_waits_for_and_why_it_was_hidden(assignment, student):
    waiting = AnnotationFactory(assignment=assignment, author=student, status=Status.PENDING)
    again = AnnotationFactory(
        assignment=assignment, author=student, status=Status.PENDING, status_reason="Too harsh."
    )

    labels = [
        thread(user=student, annotation_id=one.pk).root.status_label for one in (waiting, again)
    ]

    assert labels == [
        "Waiting for approval",
        "Waiting for approval. It was hidden: Too harsh.",
    ]


# --- what stands first ---


def test_pinned_thread_stands_first_in_its_paragraph(
    assignment, paragraphs, student, classmate, instructor
):
    own, late = (
        annotation_on(paragraphs[0], quote, assignment=assignment, author=author)
        for quote, author in (("Cities", student), ("moves people", classmate))
    )
    pin_thread(actor=instructor, annotation_id=late.pk)

    page = reading_page(user=student, assignment=assignment, filters=ReadingFilters())
    shown = margin(user=student, assignment=assignment, number=1, after=None, size=20)

    expected = [str(late.pk), str(own.pk)]
    assert [card.id for card in page.paragraphs[0].cards] == expected
    assert [card.id for card in shown.cards] == expected
    assert [card.pinned for card in shown.cards] == [True, False]


def test_pinned_thread_is_shown_where_not_all_fit(assignment, paragraphs, student, instructor):
    oldest, *_ = [
        annotation_on(paragraphs[0], assignment=assignment, author=student) for _ in range(6)
    ]
    pin_thread(actor=instructor, annotation_id=oldest.pk)

    page = reading_page(user=student, assignment=assignment, filters=ReadingFilters())

    assert page.paragraphs[0].cards[0].id == str(oldest.pk)
    assert page.paragraphs[0].more == 2


def test_margin_shows_pinned_threads_on_its_first_page_only(
    assignment, paragraphs, student, instructor
):
    notes = [annotation_on(paragraphs[0], assignment=assignment, author=student) for _ in range(3)]
    pin_thread(actor=instructor, annotation_id=notes[2].pk)

    first = margin(user=student, assignment=assignment, number=1, after=None, size=1)
    second = margin(user=student, assignment=assignment, number=1, after=first.next_after, size=1)

    assert [card.id for card in first.cards] == [str(notes[2].pk), str(notes[0].pk)]
    assert [card.id for card in second.cards] == [str(notes[1].pk)]
    assert second.next_after is None


def test_locked_thread_offers_no_reply_to_members(note, instructor, classmate):
    note.locked_at = timezone.now()
    note.save()

    assert not card_of(classmate, note).reply_url
    assert card_of(instructor, note).reply_url
    assert card_of(classmate, note).locked
