"""Drafts are kept for whoever writes, never an empty one over a full one, and go when they are posted."""

from functools import partial
from uuid import uuid4

import pytest
from django.utils import timezone

from annotations.actions import Content, Target, create_annotation, edit_annotation
from annotations.actions.drafts import DraftInput, discard_draft, save_draft
from annotations.models import Draft
from annotations.models.drafts import MOST_BYTES, MOST_DRAFTS
from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed, TooLarge
from tests.expect import expect_refusal
from tests.factories.annotations import annotation_on
from tests.threads import at_once

KEY = uuid4()
WORDS = {"kind": "comment", "body": "Half a thought"}


@pytest.fixture
def save(assignment, student):
    """`save(…)`: the student's draft on the first paragraph, with what differs."""

    def act(actor=student, **given):
        told = {"key": "p:1:1", "content": WORDS, "submission_key": KEY} | given
        return save_draft(actor=actor, assignment_id=assignment.pk, given=DraftInput(**told))

    return act


# --- saving ---


def test_first_save_keeps_the_fields_and_when_they_came(save, paragraphs, student):
    before = timezone.now()

    save()

    draft = Draft.objects.get()
    assert (draft.user, draft.key, draft.content, draft.revision) == (student, "p:1:1", WORDS, 1)
    assert draft.seen_at >= before


def test_save_raises_no_counter_of_the_assignment(save, assignment, paragraphs):
    save()

    assignment.refresh_from_db()
    assert assignment.change_counter == 0


def test_later_save_takes_the_place_and_raises_the_revision(save, paragraphs):
    first = save()

    second = save(content=WORDS | {"body": "A whole thought"}, revision=1)

    assert (second.pk, second.revision, Draft.objects.count()) == (first.pk, 2, 1)
    assert second.seen_at > first.seen_at


def test_same_save_again_changes_nothing(save, paragraphs):
    first = save()

    again = save()

    assert (again.revision, again.seen_at) == (1, first.seen_at)


def test_save_from_an_older_state_is_told_the_newer_one(save, paragraphs):
    save()
    save(content=WORDS | {"body": "From the phone"}, revision=1)

    error = expect_refusal(
        Conflict, lambda: save(content=WORDS | {"body": "From the laptop"}, revision=1)
    )

    assert error.code == "draft_changed"
    assert error.extra["current"]["content"]["body"] == "From the phone"
    assert error.extra["current"]["revision"] == 2
    assert Draft.objects.get().content["body"] == "From the phone"


def test_save_of_what_was_discarded_elsewhere_keeps_the_words(save, paragraphs):
    assert save(revision=7).revision == 1


@pytest.mark.parametrize("content", [{}, {"kind": "evidence", "body": " \n\u200b"}, {"tags": ""}])
def test_empty_draft_is_refused_and_never_replaces_a_full_one(content, save, paragraphs):
    save()

    expect_refusal(
        Invalid, lambda: save(content=content, revision=1), code="blank", field="content"
    )

    assert Draft.objects.get().content == WORDS


def test_words_in_any_field_are_a_draft(save, paragraphs):
    assert save(content={"kind": "evidence", "body": "", "warrant": "It counts."}).words == [
        "It counts."
    ]


def test_places_have_a_draft_each(save, assignment, paragraphs, student, classmate):
    note = annotation_on(paragraphs[0], author=student, assignment=assignment)
    keys = ["p:1:1", "p:1:2", "p:1:1:0-6", "p:1:1:0-6;2:0-3", f"r:{note.pk}", f"e:{note.pk}"]

    for key in keys:
        save(key=key, submission_key=uuid4())
    save(actor=classmate, submission_key=uuid4())

    assert Draft.objects.filter(user=student).count() == len(keys)
    assert Draft.objects.filter(user=classmate).count() == 1


@pytest.mark.parametrize(
    "key", ["", "x", "p:1", "p:1:1:9", "p:one:1", "p:1:1\n", "r:1", "P:1:1", "p:1:١", "q:1:1"]
)
def test_key_that_names_no_place_is_refused(key, save, paragraphs):
    expect_refusal(Invalid, lambda: save(key=key), field="key")


def test_place_that_one_may_not_know_of_is_absent(save, assignment, paragraphs, student, classmate):
    private = annotation_on(
        paragraphs[0], author=classmate, assignment=assignment, audience="private"
    )

    for key in ("p:1:9", "p:2:1", f"r:{uuid4()}", f"r:{private.pk}", f"e:{private.pk}"):
        expect_refusal(Missing, partial(save, key=key))


def test_change_of_what_is_anothers_is_not_drafted(save, assignment, paragraphs, classmate):
    theirs = annotation_on(paragraphs[0], author=classmate, assignment=assignment)

    expect_refusal(NotAllowed, lambda: save(key=f"e:{theirs.pk}"))


def test_draft_is_for_those_who_write_there(save, paragraphs, observer, outsider):
    expect_refusal(NotAllowed, lambda: save(actor=observer))
    expect_refusal(Missing, lambda: save(actor=outsider))


def test_draft_of_a_closed_assignment_is_still_kept(save, assignment, paragraphs):
    assignment.closes_at = timezone.now()
    assignment.save()

    assert save().revision == 1


def test_draft_above_the_bound_names_the_longest_field(save, paragraphs):
    long = {"kind": "comment", "body": "x" * MOST_BYTES, "tags": "y"}

    expect_refusal(TooLarge, lambda: save(content=long), field="content.body")


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"body": "a\x00"}, "content.body"),
        ({"body": "a", "vocabulary": ["b", "\ud800"]}, "content.vocabulary"),
        ({"body": "a", "not a name": "b"}, "content"),
        ({"body": "a", "n" * 41: "b"}, "content"),
        ({f"field{number}": "a" for number in range(41)}, "content"),
    ],
)
def test_content_that_is_no_form_is_refused(content, field, save, paragraphs):
    expect_refusal(Invalid, lambda: save(content=content), field=field)


def test_person_has_a_bounded_number_of_drafts(save, assignment, paragraphs, student, classmate):
    Draft.objects.bulk_create(
        Draft(
            user=student,
            assignment=assignment,
            key=f"p:1:{number}",
            content=WORDS,
            submission_key=uuid4(),
        )
        for number in range(2, MOST_DRAFTS + 2)
    )

    expect_refusal(Conflict, save, code="too_many_drafts")
    assert save(key="p:1:2", revision=1, content=WORDS | {"body": "Another"}).revision == 2
    assert save(actor=classmate).revision == 1


# --- posting ---


def posted(student, assignment, paragraphs, key=KEY, **more):
    return create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(kind="comment", body="Half a thought"),
        targets=[Target(paragraph_id=paragraphs[0].pk)],
        submission_key=key,
        **more,
    )


def test_posting_lets_the_draft_go_and_no_other(save, assignment, paragraphs, student):
    save()
    save(key="p:1:2", submission_key=uuid4())

    posted(student, assignment, paragraphs)

    assert [one.key for one in Draft.objects.all()] == ["p:1:2"]


def test_draft_of_what_is_posted_already_is_refused(save, assignment, paragraphs, student):
    posted(student, assignment, paragraphs)

    expect_refusal(Conflict, save, code="posted")


def test_refused_post_keeps_the_draft(save, assignment, paragraphs, student):
    save()
    assignment.closes_at = timezone.now()
    assignment.save()

    expect_refusal(InvalidState, lambda: posted(student, assignment, paragraphs))

    assert Draft.objects.count() == 1


def test_saved_change_lets_its_draft_go(save, assignment, paragraphs, student):
    note = annotation_on(paragraphs[0], author=student, assignment=assignment, body="Old words")
    change = {"key": f"e:{note.pk}", "content": {"body": "New words", "version": "1"}}
    save(**change)

    edit_annotation(
        actor=student,
        annotation_id=note.pk,
        content=Content(kind=note.kind, body="New words"),
        submission_key=KEY,
    )

    assert not Draft.objects.exists()
    expect_refusal(Conflict, lambda: save(**change), code="posted")


def test_change_that_differs_from_what_was_saved_is_kept(save, assignment, paragraphs, student):
    note = annotation_on(paragraphs[0], author=student, assignment=assignment, version=2)

    assert save(key=f"e:{note.pk}", content={"body": "Other words", "version": "1"}).revision == 1


@pytest.mark.django_db(transaction=True)
def test_save_on_its_way_while_it_is_posted_leaves_no_draft(save, assignment, paragraphs, student):
    for _ in range(5):
        key = uuid4()
        at_once(
            partial(posted, student, assignment, paragraphs, key),
            partial(save, submission_key=key),
        )
        assert not Draft.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_saves_of_one_thing_at_once_are_one_draft(save, paragraphs):
    bodies = [WORDS | {"body": f"Thought {number}"} for number in range(4)]

    at_once(*(partial(save, content=body) for body in bodies))

    assert Draft.objects.get().revision == 1


# --- discarding ---


def test_discarded_draft_is_given_back_to_be_kept_again(save, assignment, paragraphs, student):
    draft = save()

    gone = discard_draft(actor=student, assignment_id=assignment.pk, draft_id=draft.pk)

    assert not Draft.objects.exists()
    assert save(key=gone.key, content=gone.content, submission_key=gone.submission_key).pk


def test_draft_of_another_is_absent(save, assignment, paragraphs, classmate, outsider):
    draft = save()

    for somebody in (classmate, outsider):
        expect_refusal(
            Missing,
            partial(discard_draft, actor=somebody, assignment_id=assignment.pk, draft_id=draft.pk),
        )
    assert Draft.objects.count() == 1
