"""A draft published as the next revision: where every annotation goes, and who may do it."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.utils import timezone

from annotations.actions import (
    Content,
    Target,
    create_annotation,
    decide_placement,
    place_annotation,
    publish_revision,
)
from annotations.enums import AnchorState, Audience, Op
from annotations.models import Anchor, Annotation, Change, Placement
from annotations.queries import ReadingFilters, reading_page
from debate.assignments.actions import set_essay
from debate.assignments.models import Assignment
from debate.core.errors import Conflict, DomainError, Invalid, Missing, NotAllowed, Stale
from debate.essays.actions import correct_import, go_on_from, start_revision
from debate.essays.importing.blocks import Block
from debate.essays.models import Essay, ImportDraft, Paragraph
from debate.seminars.enums import Role
from debate.seminars.models import Membership
from tests.conftest import MARKS, PLAIN, REPEATS
from tests.expect import expect_refusal
from tests.factories.annotations import annotation_on
from tests.factories.argument import ClaimAnchorFactory, ClaimFactory
from tests.factories.seminars import MembershipFactory

FOURTH = "Nobody has yet asked the farmers, who use nine litres out of ten."


def revised(actor, essay, *texts):
    """The actor's draft of the essay's next revision with the texts as its paragraphs."""
    draft = start_revision(actor=actor, essay=essay)
    blocks = [Block(kind="body", html=text) for text in texts]
    return correct_import(
        actor=actor,
        import_id=draft.pk,
        version=draft.version,
        edit=lambda one: replace(one, blocks=blocks),
    )


def publish(draft, **options):
    return publish_revision(
        actor=draft.created_by, import_id=draft.pk, **{"version": draft.version, **options}
    )


def standing(annotation, revision):
    """State, number of the paragraph, words of each anchor in the revision."""
    return [
        (one.state, one.paragraph.number if one.paragraph else None, one.exact)
        for one in annotation.anchors.filter(revision=revision).order_by("position")
    ]


def claim_on(paragraph, quote=""):
    """A claim marked on the whole paragraph, or on the first place of the quoted words."""
    assignment = Assignment.objects.get(revision=paragraph.revision)
    note = annotation_on(paragraph, quote, assignment=assignment)
    place = note.anchors.get()
    fields = ("revision", "paragraph", "start", "end", "exact", "prefix", "suffix")
    claim = ClaimFactory(assignment=assignment)
    ClaimAnchorFactory(claim=claim, **{name: getattr(place, name) for name in fields})
    note.anchors.all().delete()
    return claim


@pytest.fixture
def colleague(seminar):
    """Another instructor of the seminar."""
    return MembershipFactory(seminar=seminar, role=Role.INSTRUCTOR, user__username="colleague").user


# --- what becomes of text, annotations and assignments ---


def test_publish_carries_each_annotation_as_its_words_go(
    essay, assignment, paragraphs, instructor, student
):
    kept = annotation_on(paragraphs[0], "Fairness", author=student, assignment=assignment)
    whole = annotation_on(paragraphs[1], author=student, assignment=assignment)
    edited = annotation_on(
        paragraphs[1], "once for the plan, once against", author=student, assignment=assignment
    )
    gone = annotation_on(paragraphs[2], "the survey found", author=student, assignment=assignment)
    other = REPEATS.replace("once against", "then against")

    revision = publish(revised(instructor, essay, FOURTH, PLAIN, other), note="Clearer")

    assert (revision.number, revision.note, revision.created_by) == (2, "Clearer", instructor)
    assert standing(kept, revision) == [("kept", 2, "Fairness")]
    assert standing(whole, revision) == [("edited", 3, None)]
    assert standing(edited, revision) == [("edited", 3, "once for the plan, then against")]
    assert standing(gone, revision) == [("orphaned", None, "the survey found")]
    assert standing(gone, assignment.revision) == [("created", 3, "the survey found")]


def test_publish_carries_each_claim_as_its_words_go(essay, assignment, paragraphs, instructor):
    words = ("Fairness", "", "once for the plan, once against", "the survey found")
    places = (0, 1, 1, 2)
    kept, whole, edited, gone = (
        claim_on(paragraphs[at], quote) for at, quote in zip(places, words, strict=True)
    )
    other = REPEATS.replace("once against", "then against")

    revision = publish(revised(instructor, essay, FOURTH, PLAIN, other))

    assert standing(kept, revision) == [("kept", 2, "Fairness")]
    assert standing(whole, revision) == [("edited", 3, None)]
    assert standing(edited, revision) == [("edited", 3, "once for the plan, then against")]
    assert standing(gone, revision) == [("orphaned", None, "the survey found")]
    assert standing(gone, paragraphs[0].revision) == [("created", 3, "the survey found")]
    gone.refresh_from_db()
    assert gone.status == "marked"


def test_publish_carries_claims_back_to_where_they_were_made(
    essay, assignment, paragraphs, instructor
):
    claim = claim_on(paragraphs[0], "Fairness")
    publish(revised(instructor, essay, FOURTH, REPEATS, MARKS))
    essay.refresh_from_db()

    revision = publish(revised(instructor, essay, PLAIN, REPEATS, MARKS))

    assert standing(claim, revision) == [("kept", 1, "Fairness")]


def test_publish_leaves_the_claims_of_closed_assignments(essay, assignment, paragraphs, instructor):
    claim = claim_on(paragraphs[0], "Fairness")
    Assignment.objects.filter(pk=assignment.pk).update(closes_at=timezone.now())

    revision = publish(revised(instructor, essay, FOURTH, PLAIN))

    assert standing(claim, revision) == []


def test_publish_moves_words_that_went_to_another_paragraph(
    essay, assignment, paragraphs, instructor, student
):
    note = annotation_on(
        paragraphs[0],
        "Fairness, not scarcity, moves people.",
        author=student,
        assignment=assignment,
    )
    first, second = PLAIN[:47], PLAIN[48:]

    revision = publish(revised(instructor, essay, first, second, REPEATS, MARKS))

    assert standing(note, revision) == [("moved", 2, "Fairness, not scarcity, moves people.")]


def test_publish_shows_the_revision_in_open_assignments_and_drops_the_draft(
    essay, assignment, instructor
):
    draft = revised(instructor, essay, PLAIN)

    revision = publish(draft)

    essay.refresh_from_db()
    assignment.refresh_from_db()
    assert (essay.current_revision, assignment.revision) == (revision, revision)
    assert not ImportDraft.objects.exists()
    assert list(revision.paragraphs.values_list("position", "number", "text")) == [(1, 1, PLAIN)]
    assert Paragraph.objects.filter(revision=essay.revisions.get(number=1)).count() == 3


def test_publish_keeps_keys_with_their_words(essay, paragraphs, instructor):
    revision = publish(revised(instructor, essay, FOURTH, MARKS, PLAIN))

    keys = list(revision.paragraphs.values_list("key", flat=True))
    assert keys[1:] == [paragraphs[2].key, paragraphs[0].key]
    assert keys[0] not in {one.key for one in paragraphs}


def test_publish_leaves_closed_assignments_and_their_anchors(
    essay, assignment, paragraphs, instructor, student
):
    note = annotation_on(paragraphs[0], "Fairness", author=student, assignment=assignment)
    assignment.closes_at = timezone.now() - timedelta(hours=1)
    assignment.save()
    first = assignment.revision

    revision = publish(revised(instructor, essay, FOURTH))

    assignment.refresh_from_db()
    assert assignment.revision == first
    assert not Anchor.objects.filter(revision=revision).exists()
    assert standing(note, first) == [("created", 1, "Fairness")]
    assert not Change.objects.exists()


def test_publish_of_the_head_alone_changes_the_essay(essay, assignment, instructor):
    draft = start_revision(actor=instructor, essay=essay)
    draft = correct_import(
        actor=instructor,
        import_id=draft.pk,
        version=1,
        edit=lambda one: replace(one, title="Who pays?", language="en-GB"),
    )

    revision = publish(draft)

    essay.refresh_from_db()
    assert (essay.title, essay.language, essay.current_revision) == ("Who pays?", "en-GB", revision)
    assert list(revision.paragraphs.values_list("text", flat=True)) == [PLAIN, REPEATS, MARKS]


def test_publish_in_another_language_finds_words_by_that_language(essay, assignment, instructor):
    note = annotation_on(essay.current_revision.paragraphs.get(number=1), assignment=assignment)
    draft = start_revision(actor=instructor, essay=essay)
    edit = partial(replace, language="sw")

    publish(correct_import(actor=instructor, import_id=draft.pk, version=1, edit=edit))

    written = SearchQuery("Cities", config="simple")
    assert Paragraph.objects.filter(revision__essay=essay, number=1, search=written).count() == 2
    assert Annotation.objects.get(search=SearchQuery("remark", config="simple")) == note


def test_publish_writes_one_line_of_the_change_feed(essay, assignment, instructor):
    revision = publish(revised(instructor, essay, PLAIN))

    line = Change.objects.get()
    assert (line.type, line.object_id, line.op, line.version, line.author_id) == (
        "assignment",
        assignment.pk,
        Op.UPDATE,
        revision.number,
        instructor.pk,
    )
    assignment.refresh_from_db()
    assert line.counter == assignment.change_counter == 1


def test_publish_carries_private_notes_as_well(essay, assignment, paragraphs, instructor, student):
    note = annotation_on(
        paragraphs[0],
        "Fairness",
        author=student,
        assignment=assignment,
        audience=Audience.PRIVATE,
    )

    revision = publish(revised(instructor, essay, FOURTH, PLAIN))

    assert standing(note, revision) == [("kept", 2, "Fairness")]


def test_publish_back_brings_words_to_their_place(
    essay, assignment, paragraphs, instructor, student
):
    note = annotation_on(paragraphs[0], "Fairness", author=student, assignment=assignment)
    removed = publish(revised(instructor, essay, REPEATS, MARKS))

    restored = publish(revised(instructor, essay, PLAIN, REPEATS, MARKS))

    assert standing(note, removed) == [("orphaned", None, "Fairness")]
    assert standing(note, restored) == [("kept", 1, "Fairness")]


@pytest.mark.parametrize(
    "between", [[REPEATS, MARKS], [f"{PLAIN} {REPEATS}", MARKS]], ids=["deleted", "merged"]
)
def test_publish_back_brings_a_whole_paragraphs_note_back_to_it(
    between, essay, assignment, paragraphs, instructor, student
):
    note = annotation_on(paragraphs[0], author=student, assignment=assignment)
    publish(revised(instructor, essay, *between))
    essay.refresh_from_db()

    revision = publish(revised(instructor, essay, PLAIN, REPEATS, MARKS))

    assert standing(note, revision) == [("kept", 1, None)]


def test_publish_carries_notes_of_a_reopened_assignment_from_its_older_revision(
    essay, assignment, paragraphs, instructor, student
):
    note = annotation_on(paragraphs[0], "Fairness", author=student, assignment=assignment)
    assignment.closes_at = timezone.now() - timedelta(hours=1)
    assignment.save()
    skipped = publish(revised(instructor, essay, FOURTH, PLAIN))
    assignment.closes_at = None
    assignment.save()

    revision = publish(revised(instructor, essay, FOURTH, REPEATS, PLAIN))

    assert standing(note, skipped) == []
    assert standing(note, revision) == [("kept", 3, "Fairness")]


# --- refusals ---


def test_publish_of_nothing_new_is_refused(essay, instructor):
    draft = start_revision(actor=instructor, essay=essay)

    expect_refusal(Invalid, lambda: publish(draft), field="blocks")


def test_publish_without_a_paragraph_is_refused(essay, instructor):
    draft = start_revision(actor=instructor, essay=essay)
    blocks = [Block(kind="heading", html="Alone", level=2)]
    draft = correct_import(
        actor=instructor,
        import_id=draft.pk,
        version=1,
        edit=lambda one: replace(one, blocks=blocks),
    )

    expect_refusal(Invalid, lambda: publish(draft), field="blocks")


def test_publish_of_another_version_is_a_conflict(essay, instructor):
    draft = revised(instructor, essay, PLAIN)

    expect_refusal(Conflict, lambda: publish(draft, version=1), code="conflict")
    assert essay.revisions.count() == 1


def test_publish_of_another_persons_draft_is_missing(essay, instructor, colleague, student):
    draft = revised(instructor, essay, PLAIN)

    for actor in (colleague, student):
        for pk in (draft.pk, uuid.uuid4()):
            act = partial(publish_revision, actor=actor, import_id=pk, version=2)
            expect_refusal(Missing, act)


@pytest.mark.parametrize("role", [Role.ASSISTANT, Role.STUDENT, Role.OBSERVER])
def test_publish_by_who_is_no_instructor_any_more_is_not_allowed(role, essay, instructor):
    draft = revised(instructor, essay, PLAIN)
    Membership.objects.filter(user=instructor).update(role=role)

    expect_refusal(NotAllowed, lambda: publish(draft))


def test_second_of_two_instructors_is_told_and_goes_on(essay, assignment, instructor, colleague):
    mine = revised(instructor, essay, PLAIN, REPEATS)
    theirs = publish(revised(colleague, essay, REPEATS, MARKS))

    expect_refusal(Conflict, lambda: publish(mine), code="revised_meanwhile")
    again = go_on_from(actor=instructor, import_id=mine.pk, version=mine.version, base=theirs)
    revision = publish(again)

    assert revision.number == 3
    assert list(revision.paragraphs.values_list("text", flat=True)) == [PLAIN, REPEATS]


# --- decided by hand ---


def test_decision_by_hand_is_heeded(essay, assignment, paragraphs, instructor, student):
    note = annotation_on(paragraphs[2], "the survey found", author=student, assignment=assignment)
    draft = revised(instructor, essay, PLAIN, REPEATS)

    decide_placement(
        actor=instructor,
        import_id=draft.pk,
        annotation_id=note.pk,
        choice="by_hand",
        block=0,
        start=48,
        end=56,
    )

    assert standing(note, publish(draft)) == [("by_hand", 1, "Fairness")]


def test_decision_for_a_whole_paragraph_follows_it_when_blocks_come_before(
    essay, assignment, paragraphs, instructor, student
):
    note = annotation_on(paragraphs[2], "the survey found", author=student, assignment=assignment)
    draft = revised(instructor, essay, PLAIN, REPEATS)
    decide_placement(
        actor=instructor, import_id=draft.pk, annotation_id=note.pk, choice="by_hand", block=1
    )

    revision = publish(revised(instructor, essay, FOURTH, PLAIN, REPEATS))

    assert standing(note, revision) == [("by_hand", 3, None)]


def test_decision_on_words_that_changed_since_gives_way_to_the_proposal(
    essay, assignment, paragraphs, instructor, student
):
    note = annotation_on(paragraphs[0], "Fairness", author=student, assignment=assignment)
    draft = revised(instructor, essay, PLAIN, REPEATS)
    decide_placement(
        actor=instructor, import_id=draft.pk, annotation_id=note.pk, choice="by_hand", block=1
    )

    revision = publish(revised(instructor, essay, PLAIN, MARKS))

    assert standing(note, revision) == [("kept", 1, "Fairness")]


def test_decision_to_leave_it_makes_an_orphan_and_can_be_taken_back(
    essay, assignment, paragraphs, instructor, student
):
    left = annotation_on(paragraphs[0], "Fairness", author=student, assignment=assignment)
    taken_back = annotation_on(paragraphs[0], "scarcity", author=student, assignment=assignment)
    draft = revised(instructor, essay, PLAIN, REPEATS)
    for note in (left, taken_back):
        decide_placement(
            actor=instructor, import_id=draft.pk, annotation_id=note.pk, choice="orphan"
        )
    decide_placement(
        actor=instructor, import_id=draft.pk, annotation_id=taken_back.pk, choice="proposed"
    )

    revision = publish(draft)

    assert standing(left, revision) == [("orphaned", None, "Fairness")]
    assert standing(taken_back, revision) == [("kept", 1, "scarcity")]


@pytest.mark.parametrize(
    ("given", "error", "field"),
    [
        ({"choice": "elsewhere"}, Invalid, "choice"),
        ({"choice": "by_hand"}, Invalid, "block"),
        ({"choice": "by_hand", "block": 9}, Invalid, "block"),
        ({"choice": "by_hand", "block": 0, "start": 5, "end": 9_999}, Invalid, "start"),
        ({"choice": "orphan", "version": 1}, Conflict, ""),
    ],
)
def test_decision_that_does_not_fit_is_refused(
    given, error, field, essay, assignment, paragraphs, instructor, student
):
    note = annotation_on(paragraphs[0], "Fairness", author=student, assignment=assignment)
    draft = revised(instructor, essay, PLAIN)

    expect_refusal(
        error,
        lambda: decide_placement(
            actor=instructor, import_id=draft.pk, annotation_id=note.pk, **given
        ),
        field=field,
    )
    assert not Placement.objects.exists()


def test_decision_about_what_may_not_be_read_is_missing(
    essay, assignment, paragraphs, instructor, student
):
    private = annotation_on(
        paragraphs[0], author=student, assignment=assignment, audience=Audience.PRIVATE
    )
    draft = revised(instructor, essay, PLAIN)

    def leave(pk):
        decide_placement(actor=instructor, import_id=draft.pk, annotation_id=pk, choice="orphan")

    expect_refusal(Missing, partial(leave, private.pk))
    expect_refusal(Missing, partial(leave, uuid.uuid4()))


def test_orphan_is_placed_by_hand_by_its_author(essay, assignment, paragraphs, instructor, student):
    note = annotation_on(paragraphs[2], "the survey found", author=student, assignment=assignment)
    revision = publish(revised(instructor, essay, PLAIN, REPEATS))
    target = Target(paragraph_id=revision.paragraphs.get(number=1).pk, quote="Fairness")

    place_annotation(actor=student, annotation_id=note.pk, targets=[target], version=1)

    assert standing(note, revision) == [("by_hand", 1, "Fairness")]
    expect_refusal(
        Stale,
        lambda: place_annotation(actor=student, annotation_id=note.pk, targets=[target], version=1),
    )


# --- meanwhile ---


def test_note_written_on_the_older_revision_is_anchored_on_both(
    essay, assignment, paragraphs, instructor, student
):
    revision = publish(revised(instructor, essay, FOURTH, PLAIN))

    note = create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(kind="comment", body="A remark."),
        targets=[Target(paragraph_id=paragraphs[0].pk, start=48, end=56, quote="Fairness")],
    )

    assert standing(note, assignment.revision) == [("created", 1, "Fairness")]
    assert standing(note, revision) == [("kept", 2, "Fairness")]


def test_note_written_on_words_that_are_gone_is_kept_with_them(
    essay, assignment, paragraphs, instructor, student
):
    revision = publish(revised(instructor, essay, FOURTH))

    note = create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(kind="comment", body="A remark."),
        targets=[Target(paragraph_id=paragraphs[2].pk, quote="the survey found")],
    )

    assert standing(note, assignment.revision) == [("created", 3, "the survey found")]
    assert standing(note, revision) == [("orphaned", None, "the survey found")]


def test_essay_set_after_a_publication_shows_the_new_revision(essay, instructor):
    read_before = Essay.objects.get(pk=essay.pk)
    revision = publish(revised(instructor, essay, PLAIN))

    assert set_essay(actor=instructor, essay=read_before).revision == revision


@pytest.mark.django_db(transaction=True)
def test_draft_published_twice_at_once_makes_one_revision(essay, assignment, instructor):
    draft = revised(instructor, essay, PLAIN)
    together = threading.Barrier(2)

    def act():
        together.wait()
        try:
            return publish(draft).number
        except DomainError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        acts = [pool.submit(act) for _ in range(2)]
        results = {one.result() for one in acts}

    assert results == {2, "not_found"}
    assert essay.revisions.count() == 2


@pytest.mark.django_db(transaction=True)
def test_reader_sees_the_old_revision_or_the_new_one_while_it_is_published(
    essay, assignment, paragraphs, instructor, student
):
    for _ in range(3):
        annotation_on(paragraphs[0], "Fairness", author=student, assignment=assignment)
    draft = revised(instructor, essay, FOURTH, PLAIN)
    published = threading.Event()

    def read():
        page = reading_page(
            user=student,
            assignment=Assignment.objects.for_pages().get(),
            filters=ReadingFilters(),
        )
        beside = [(one.number, one.total) for one in page.paragraphs if one.total]
        return page.revision.number, len(page.paragraphs), beside[0]

    def watch():
        seen = [read()]
        try:
            while not published.is_set():
                seen.append(read())
            return [*seen, read()]
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watch)
        publish(draft)
        published.set()
        seen = watching.result()

    assert set(seen) <= {(1, 3, (1, 3)), (2, 2, (2, 3))}
    assert (seen[-1], seen) == ((2, 2, (2, 3)), sorted(seen))


@pytest.mark.django_db(transaction=True)
def test_eight_people_annotating_while_it_is_published_lose_nothing(
    essay, assignment, paragraphs, instructor, seminar
):
    people = [MembershipFactory(seminar=seminar).user for _ in range(8)]
    draft = revised(instructor, essay, FOURTH, PLAIN, REPEATS, MARKS)
    together = threading.Barrier(9)

    def annotate(person):
        together.wait()
        try:
            return [
                create_annotation(
                    actor=person,
                    assignment_id=assignment.pk,
                    content=Content(kind="comment", body=f"Remark {n}."),
                    targets=[Target(paragraph_id=paragraphs[0].pk, start=48, end=56)],
                ).pk
                for n in range(4)
            ]
        finally:
            connection.close()

    def act():
        together.wait()
        try:
            return publish(draft)
        finally:
            connection.close()

    with ThreadPoolExecutor(9) as pool:
        written = [pool.submit(annotate, person) for person in people]
        revision = pool.submit(act).result()
        made = [pk for one in written for pk in one.result()]

    first = essay.revisions.get(number=1)
    for shown, number in ((first, 1), (revision, 2)):
        anchors = Anchor.objects.filter(revision=shown, annotation__in=made)
        assert anchors.count() == len(made) == 32
        assert set(anchors.values_list("paragraph__number", "exact")) == {(number, "Fairness")}
    assert set(Anchor.objects.filter(revision=revision).values_list("state", flat=True)) == {
        AnchorState.KEPT
    }
    counters = list(Change.objects.order_by("counter").values_list("counter", flat=True))
    assert counters == list(range(1, 34))
