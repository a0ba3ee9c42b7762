"""What changes/ gives each reader: all that changed for them, once, and nothing else."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations.actions import (
    Content,
    Target,
    approve_annotation,
    change_audience,
    edit_annotation,
    hide_annotation,
    mark_answer,
    place_annotation,
    undo,
    unhide_annotation,
    withdraw_annotation,
)
from annotations.actions.presence import come
from annotations.actions.tags import give_paragraph_tag, take_off_paragraph_tag
from annotations.models import Annotation
from annotations.queries.changes import MOST_LINES
from debate.assignments.models import Assignment
from debate.core.errors import Gone, Invalid
from debate.seminars.enums import Role
from tests.annotations.live.conftest import Life, OpenPage, ask, cursor_of, loaded, post
from tests.expect import expect_refusal
from tests.factories.annotations import TagFactory, VisitFactory
from tests.factories.argument import ClaimAnchorFactory, ClaimFactory
from tests.factories.assignments import RoundFactory, assignment_of
from tests.factories.seminars import MembershipFactory

pytestmark = pytest.mark.django_db

NOTHING: dict[str, object] = {
    "paragraphs": [],
    "arrivals": [],
    "gone": [],
    "counts": None,
    "standing": "",
}


def of_nothing(told):
    return {name: told[name] for name in NOTHING} == NOTHING


def pages(readers, assignment):
    return [OpenPage(one, assignment).load() for one in readers]


def door(user, assignment):
    """The ids of what stands on the person's page."""
    rows = Annotation.objects.visible_to(user).filter(assignment=assignment)
    return {str(pk) for pk in rows.exclude(status="withdrawn").values_list("pk", flat=True)}


# -- the whole of it -------------------------------------------------------------------------------


def live(seed, rounds, *, assignment, readers, groups, writers):
    """People write by chance; every open page follows, and is told of nothing that is not its reader's.

    Every paragraph of every open page is what a new page would show, what arrived and what went is
    what the door shows more and less, and no other annotation is named.
    """
    assignment.requires_approval = seed % 2 == 1
    assignment.save()
    life = Life(assignment, writers, groups, seed)
    opened = pages(readers, assignment)
    known = [door(one, assignment) for one in readers]
    ever = [set(one) for one in known]
    for round_ in range(rounds):
        for _ in range(life.random.randint(1, 3)):
            life.step()
            ever = [seen | door(one, assignment) for seen, one in zip(ever, readers, strict=True)]
        written = {str(pk) for pk in Annotation.objects.values_list("pk", flat=True)}
        for index, one in enumerate(opened):
            told = one.sync()
            now = door(one.user, assignment)
            arrived, gone = ([one["id"] for one in told["arrivals"]], set(told["gone"]))
            place = (seed, round_, one.user)
            assert one.shown == loaded(one.user, assignment), place
            assert (set(arrived), len(arrived)) == (now - known[index], len(set(arrived))), place
            # What came and went in between was there for the reader, who may be told that it went.
            assert known[index] - now <= gone, place
            assert not gone & now, place
            assert set(UUIDS.findall(str(told))) & written <= ever[index], place
            known[index] = now


UUIDS = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


@pytest.mark.parametrize("seed", range(2))
def test_open_page_is_always_as_one_loaded_anew(
    seed, assignment, readers, group, other_group, instructor, student, classmate
):
    writers, groups = [instructor, student, classmate], [group, other_group]

    live(seed, 6, assignment=assignment, readers=readers, groups=groups, writers=writers)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 12))
def test_open_page_is_as_one_loaded_anew_for_long(
    seed, assignment, readers, group, other_group, instructor, student, classmate
):
    writers, groups = [instructor, student, classmate], [group, other_group]

    live(seed, 25, assignment=assignment, readers=readers, groups=groups, writers=writers)


# -- each kind of change ---------------------------------------------------------------------------


def test_new_note_arrives_with_its_paragraph_and_the_counts(assignment, student, classmate):
    cursor = cursor_of(classmate, assignment)

    one = post(assignment, student, number=2, kind="question", body="Who votes?")

    told = ask(classmate, assignment, cursor)
    [paragraph] = told["paragraphs"]
    assert told["arrivals"] == [
        {
            "id": str(one.pk),
            "paragraph": "p-2",
            "said": f"{student.display_name}: new question on paragraph 2",
            "href": f"/annotations/{one.pk}/",
            "to_me": False,
            "mine": False,
        }
    ]
    assert paragraph["id"] == "p-2"
    assert paragraph["html"].startswith('<div class="x body" id="p-2">')
    assert f'id="a-{one.pk}"' in paragraph["html"]
    assert paragraph["pip"].startswith('<li><a href="#p-2">')
    assert told["counts"]["total"] == told["counts"]["kinds"]["question"] == 1
    assert told["counts"]["words"] == "1 note"
    assert (told["gone"], told["standing"]) == ([], "")


def test_own_note_is_mine_and_moves_what_is_asked(assignment, student):
    cursor = cursor_of(student, assignment)

    post(assignment, student)

    told = ask(student, assignment, cursor)
    assert [(one["mine"], one["to_me"]) for one in told["arrivals"]] == [(True, False)]
    assert "Comments 1/3" in re.sub(r"<[^>]+>", "", told["standing"])


def test_note_of_a_student_moves_how_the_seminar_stands_for_staff_alone(
    assignment, student, classmate, instructor
):
    cursors = {one: cursor_of(one, assignment) for one in (instructor, classmate)}

    post(assignment, student)

    assert "students are done" in ask(instructor, assignment, cursors[instructor])["standing"]
    assert ask(classmate, assignment, cursors[classmate])["standing"] == ""


def test_reply_changes_the_card_that_it_answers_and_is_to_its_author(
    assignment, student, classmate, observer
):
    challenge = post(assignment, student, kind="counterargument", body="It costs too much.")
    cursors = {one: cursor_of(one, assignment) for one in (student, observer)}

    reply = post(assignment, classmate, parent=challenge, kind="counterargument", body="It pays.")

    to_author = ask(student, assignment, cursors[student])
    to_observer = ask(observer, assignment, cursors[observer])
    [paragraph] = to_author["paragraphs"]
    assert "1 reply" in paragraph["html"]
    assert "Unanswered" not in paragraph["html"]
    assert [one["to_me"] for one in to_author["arrivals"]] == [True]
    assert [one["to_me"] for one in to_observer["arrivals"]] == [False]
    assert [one["said"] for one in to_observer["arrivals"]] == [
        f"{classmate.display_name}: reply on paragraph 1"
    ]
    assert to_author["arrivals"][0]["id"] == str(reply.pk)
    assert to_author["counts"]["total"] == 1


def test_note_that_names_the_reader_is_to_the_reader(assignment, student, classmate):
    cursor = cursor_of(classmate, assignment)

    post(assignment, student, body=f"What do you say, @{classmate.username}?")

    assert [one["to_me"] for one in ask(classmate, assignment, cursor)["arrivals"]] == [True]


def test_edit_changes_the_paragraph_and_arrives_nowhere(assignment, student, classmate):
    one = post(assignment, student)
    cursor = cursor_of(classmate, assignment)

    edit_annotation(
        actor=student,
        annotation_id=one.pk,
        content=Content(kind="comment", body="Other words."),
        version=1,
    )

    told = ask(classmate, assignment, cursor)
    assert (told["arrivals"], told["gone"]) == ([], [])
    assert "Other words." in told["paragraphs"][0]["html"]


def test_changes_of_one_note_are_told_once_and_in_the_order_of_the_last(
    assignment, student, classmate
):
    cursor = cursor_of(classmate, assignment)
    first, second = (post(assignment, student, number=number) for number in (1, 2))

    edit_annotation(
        actor=student,
        annotation_id=first.pk,
        content=Content(kind="comment", body="Other words."),
        version=1,
    )

    told = ask(classmate, assignment, cursor)
    assert [one["id"] for one in told["arrivals"]] == [str(second.pk), str(first.pk)]
    assert of_nothing(ask(classmate, assignment, told["cursor"]))


@pytest.mark.parametrize("act", ["withdraw", "hide", "narrow"])
def test_note_that_one_reads_no_more_is_gone_and_its_paragraph_without_it(
    act, assignment, student, classmate, instructor
):
    one = post(assignment, student)
    cursor = cursor_of(classmate, assignment)

    if act == "withdraw":
        withdraw_annotation(actor=student, annotation_id=one.pk)
    elif act == "hide":
        hide_annotation(actor=instructor, annotation_id=one.pk, reason="Off the point.")
    else:
        change_audience(actor=student, annotation_id=one.pk, audience="staff")

    told = ask(classmate, assignment, cursor)
    assert told["gone"] == [str(one.pk)]
    assert told["arrivals"] == []
    assert f"a-{one.pk}" not in told["paragraphs"][0]["html"]
    assert told["counts"]["total"] == 0


def test_note_of_another_group_that_is_withdrawn_is_told_to_its_group_alone(
    assignment, student, classmate, group
):
    one = post(assignment, student, audience="group", group_id=group.pk)
    mate = MembershipFactory(seminar=assignment.seminar, role=Role.STUDENT).user
    group.members.add(mate)
    cursors = {who: cursor_of(who, assignment) for who in (mate, classmate)}

    withdraw_annotation(actor=student, annotation_id=one.pk)

    assert ask(mate, assignment, cursors[mate])["gone"] == [str(one.pk)]
    assert of_nothing(ask(classmate, assignment, cursors[classmate]))


def test_note_that_came_and_went_unseen_is_no_arrival(assignment, student, classmate):
    cursor = cursor_of(classmate, assignment)

    withdraw_annotation(actor=student, annotation_id=post(assignment, student).pk)

    assert ask(classmate, assignment, cursor)["arrivals"] == []


def test_note_that_is_shown_again_is_told_as_an_arrival_to_those_who_lost_it(
    assignment, student, classmate, instructor
):
    one = post(assignment, student)
    hide_annotation(actor=instructor, annotation_id=one.pk, reason="Off the point.")
    cursors = {who: cursor_of(who, assignment) for who in (classmate, student)}

    unhide_annotation(actor=instructor, annotation_id=one.pk)

    arrived = {who: ask(who, assignment, cursor)["arrivals"] for who, cursor in cursors.items()}
    assert [one["id"] for one in arrived[classmate]] == [str(one.pk)]
    assert arrived[student] == []


def test_note_that_waits_arrives_for_students_once_it_is_approved(
    assignment, student, classmate, instructor
):
    assignment.requires_approval = True
    assignment.save()
    cursors = {who: cursor_of(who, assignment) for who in (classmate, instructor)}
    one = post(assignment, student)

    waiting = {who: ask(who, assignment, cursor) for who, cursor in cursors.items()}
    approve_annotation(actor=instructor, annotation_id=one.pk)
    approved = {who: ask(who, assignment, told["cursor"]) for who, told in waiting.items()}

    assert of_nothing(waiting[classmate])
    assert len(waiting[instructor]["arrivals"]) == 1
    assert len(approved[classmate]["arrivals"]) == 1
    assert approved[instructor]["arrivals"] == []


def test_note_that_is_placed_elsewhere_changes_both_paragraphs(assignment, student, classmate):
    one = post(assignment, student, number=1)
    cursor = cursor_of(classmate, assignment)
    third = assignment.revision.paragraphs.get(number=3)

    placed = place_annotation(
        actor=student, annotation_id=one.pk, targets=[Target(paragraph_id=third.pk)]
    )
    moved = ask(classmate, assignment, cursor)
    undo(actor=student, annotation_id=one.pk, version=placed.version)
    back = ask(classmate, assignment, moved["cursor"])

    assert [one["id"] for one in moved["paragraphs"]] == ["p-1", "p-3"]
    assert {"p-1", "p-3"} <= {one["id"] for one in back["paragraphs"]}
    assert {one["id"]: one for one in back["paragraphs"]} == {
        name: fragment
        for name, fragment in loaded(classmate, assignment).items()
        if name in {one["id"] for one in back["paragraphs"]}
    }


def test_reply_that_is_taken_as_answer_ends_that_a_question_is_open(assignment, student, classmate):
    question = post(assignment, student, kind="question")
    reply = post(assignment, classmate, parent=question)
    cursor = cursor_of(classmate, assignment)

    mark_answer(actor=student, reply_id=reply.pk, is_answer=True)

    [paragraph] = ask(classmate, assignment, cursor)["paragraphs"]
    assert "Unanswered" not in paragraph["html"]


def test_paragraph_that_is_tagged_and_no_more_changes(assignment, student, instructor):
    tag = TagFactory(vocabulary__seminar=assignment.seminar, label="Fairness")
    key = assignment.revision.paragraphs.get(number=2).key
    cursor = cursor_of(student, assignment)

    given = give_paragraph_tag(
        actor=instructor, assignment_id=assignment.pk, paragraph_key=key, tag_id=tag.pk
    )
    tagged = ask(student, assignment, cursor)
    take_off_paragraph_tag(actor=instructor, assignment_id=assignment.pk, paragraph_tag_id=given.pk)
    bare = ask(student, assignment, tagged["cursor"])

    assert [one["id"] for one in tagged["paragraphs"]] == ["p-2"]
    assert "Fairness" in tagged["paragraphs"][0]["html"]
    html = {one["id"]: one["html"] for one in bare["paragraphs"]}
    assert "Fairness" not in html["p-2"]


def test_counterargument_changes_how_the_claim_of_its_paragraph_stands(
    assignment, instructor, student, classmate
):
    paragraph = assignment.revision.paragraphs.get(number=1)
    claim = ClaimFactory(assignment=assignment, added_by=instructor, text="Prices help.")
    ClaimAnchorFactory(claim=claim, paragraph=paragraph, revision=assignment.revision)
    page = OpenPage(classmate, assignment).load()

    post(assignment, student, kind="counterargument", body="They do not.")
    page.sync()

    assert page.shown == loaded(classmate, assignment)
    assert "Its claim: contested" in page.shown["p-1"]["html"]


# -- by which rules --------------------------------------------------------------------------------


def test_page_without_cursor_is_given_one_and_nothing_else(assignment, student, classmate):
    post(assignment, student)

    told = ask(classmate, assignment, "")

    assert set(told) == {"cursor"}
    assert of_nothing(ask(classmate, assignment, told["cursor"]))


def test_cursors_of_one_moment_tell_neither_each_other_nor_a_count(assignment, student):
    first, second = (cursor_of(student, assignment) for _ in range(2))
    Assignment.objects.filter(pk=assignment.pk).update(change_counter=123_456_789)

    assert first != second
    assert len(cursor_of(student, assignment)) == len(first)


@pytest.mark.parametrize("words", ["x", "0", "a" * 200])
def test_cursor_that_is_none_is_refused(words, assignment, student):
    error = expect_refusal(
        Invalid, lambda: ask(student, assignment, words), code="bad_cursor", field="after"
    )

    assert error.status == 400


def test_cursor_of_another_assignment_is_refused(assignment, essay, student):
    other = assignment_of(essay, slug="again")

    expect_refusal(
        Invalid, lambda: ask(student, assignment, cursor_of(student, other)), code="bad_cursor"
    )


def test_cursor_of_another_person_leads_to_a_page_loaded_anew(assignment, student, classmate):
    cursor = cursor_of(classmate, assignment)

    error = expect_refusal(Gone, lambda: ask(student, assignment, cursor), code="view_changed")

    assert error.extra == {"reload": True}


def test_cursor_of_other_rules_leads_to_a_page_loaded_anew(assignment, student, classmate):
    cursor = cursor_of(student, assignment)
    assignment.rounds.update(mode="blind")

    expect_refusal(Gone, lambda: ask(student, assignment, cursor), code="view_changed")


def test_cursor_from_long_ago_leads_to_a_page_loaded_anew(assignment, student):
    cursor = cursor_of(student, assignment)
    Assignment.objects.filter(pk=assignment.pk).update(
        change_counter=assignment.change_counter + MOST_LINES + 1
    )

    expect_refusal(Gone, lambda: ask(student, assignment, cursor), code="view_changed")


def test_blind_round_tells_the_author_and_staff_alone(
    assignment, student, classmate, observer, instructor
):
    assignment.rounds.update(mode="blind")
    people = (student, classmate, observer, instructor)
    cursors = {one: cursor_of(one, assignment) for one in people}

    post(assignment, student)

    told = {one: len(ask(one, assignment, cursors[one])["arrivals"]) for one in people}
    assert told == {student: 1, classmate: 0, observer: 0, instructor: 1}


def test_notes_of_a_blind_round_that_ended_are_seen_by_loading_anew_and_then_live(
    assignment, student, classmate
):
    assignment.rounds.update(mode="blind")
    one = post(assignment, student)
    cursor = cursor_of(classmate, assignment)
    soon = timezone.now()
    assignment.rounds.update(ends_at=soon)
    RoundFactory(assignment=assignment, number=2, opens_at=soon)

    expect_refusal(Gone, lambda: ask(classmate, assignment, cursor), code="view_changed")
    cursor = cursor_of(classmate, assignment)
    withdraw_annotation(actor=student, annotation_id=one.pk)

    assert ask(classmate, assignment, cursor)["gone"] == [str(one.pk)]


def test_pseudonym_is_all_that_others_are_told_of_an_author(assignment, student, classmate):
    assignment.uses_pseudonyms = True
    assignment.save()
    cursor = cursor_of(classmate, assignment)

    one = post(assignment, student)

    told = ask(classmate, assignment, cursor)
    assert one.alias.name in told["arrivals"][0]["said"]
    assert one.alias.name in told["paragraphs"][0]["html"]
    assert student.display_name not in str(told)
    assert told["reading"] is None


def test_visitor_of_a_public_essay_is_told_of_public_notes_alone(assignment, student):
    assignment.seminar.allows_public = True
    assignment.seminar.save()
    assignment.essay.is_public = True
    assignment.essay.save()
    nobody = AnonymousUser()
    cursor = cursor_of(nobody, assignment)

    post(assignment, student, audience="seminar", body="For us.")
    public = post(assignment, student, audience="public", body="For all.")

    told = ask(nobody, assignment, cursor)
    assert [one["id"] for one in told["arrivals"]] == [str(public.pk)]
    assert "For us." not in str(told)
    assert (told["reading"], told["drafts"]) == (None, 0)


# -- as the page is looked at ----------------------------------------------------------------------


def test_paragraph_of_a_filtered_page_shows_what_the_filter_lets_through(
    assignment, student, classmate
):
    cursor = cursor_of(classmate, assignment)
    question = post(assignment, student, kind="question")
    comment = post(assignment, student)

    told = ask(classmate, assignment, cursor, "kind=question")

    [paragraph] = told["paragraphs"]
    assert f'id="a-{question.pk}"' in paragraph["html"]
    assert f'id="a-{comment.pk}"' not in paragraph["html"]
    assert told["counts"]["total"] == 2


def test_what_is_new_since_the_last_visit_is_marked_as_on_the_page(assignment, student, classmate):
    for one in (student, classmate):
        VisitFactory(
            user=one,
            assignment=assignment,
            before=timezone.now() - timedelta(days=1),
            last_at=timezone.now(),
        )
    page = OpenPage(classmate, assignment).load()

    post(assignment, student)
    page.sync()

    assert page.shown == loaded(classmate, assignment)
    assert '<b class="fresh">new</b>' in page.shown["p-1"]["html"]


def test_number_of_queries_does_not_grow_with_what_changed(assignment, student, classmate):
    counts = []
    for number in (1, 4):
        cursor = cursor_of(classmate, assignment)
        for _ in range(number):
            post(assignment, student)
        with CaptureQueriesContext(connection) as asked:
            ask(classmate, assignment, cursor)
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_page_of_an_assignment_that_somebody_else_has_open_tells_who_reads(
    assignment, student, classmate
):
    come(actor=student, assignment=assignment)

    told = ask(classmate, assignment, cursor_of(classmate, assignment))

    assert told["reading"] == {
        "count": 1,
        "people": [{"name": student.display_name, "initials": "S", "paragraph": None}],
    }


def test_ids_in_an_answer_are_uuids_of_what_the_reader_reads(assignment, student, classmate):
    """Nothing that counts: no counter, no key of a row."""
    cursor = cursor_of(classmate, assignment)
    post(assignment, student)
    told = ask(classmate, assignment, cursor)

    assert {UUID(one["id"]).version for one in told["arrivals"]} == {7}
    assert not re.search(r'"(counter|version|pk)"', str(told))
