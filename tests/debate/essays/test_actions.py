"""Imports begun, corrected, taken back, dropped and finished."""

import uuid
from dataclasses import replace
from functools import partial

import pytest

from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed
from debate.essays.actions import (
    Head,
    change_head,
    correct_import,
    create_essay,
    discard_import,
    finish_import,
    go_on_from,
    start_import,
    start_revision,
    undo_correction,
)
from debate.essays.importing import edits
from debate.essays.importing.blocks import Block, Draft, note_reference
from debate.essays.models import Essay, ImportDraft
from tests.expect import expect_refusal
from tests.factories.essays import EssayFactory, ImportDraftFactory, RevisionFactory, essay_of

DRAFT = Draft(
    title="On water",
    author="E. Ostrom",
    affiliation="An Institute",
    blocks=[
        Block(kind="byline", html="By E. Ostrom"),
        Block(kind="heading", html="First", level=1),
        Block(kind="body", html=f"Water <em>costs</em>.{note_reference('1')}"),
        Block(kind="body", html="A menu.", left_out=True),
        Block(kind="break", html="***"),
        Block(kind="quote", html="Pay for it."),
        Block(kind="note", html="It does.", label="1"),
    ],
)
NOT_INSTRUCTORS = ["assistant", "student", "observer", "outsider", "operator"]


@pytest.fixture
def kept(instructor, seminar):
    return ImportDraftFactory(draft=DRAFT, created_by=instructor, seminar=seminar)


def leave_out(index):
    return partial(edits.leave_out, index=index)


def test_import_begun_keeps_draft_and_origin(instructor, seminar):
    kept = start_import(
        actor=instructor,
        seminar=seminar,
        draft=DRAFT,
        filename="x" * 300,
        source_url=" https://example.org/a ",
        licence_note="CC BY 4.0",
    )

    stored = ImportDraft.objects.get(pk=kept.pk)
    assert (stored.draft, stored.version, stored.created_by) == (DRAFT, 1, instructor)
    assert (stored.source_url, stored.licence_note) == ("https://example.org/a", "CC BY 4.0")
    assert len(stored.filename) == 255


@pytest.mark.parametrize("role", NOT_INSTRUCTORS)
def test_import_is_begun_by_instructors_only(request, seminar, role):
    actor = request.getfixturevalue(role)

    expect_refusal(NotAllowed, lambda: start_import(actor=actor, seminar=seminar, draft=DRAFT))

    assert not ImportDraft.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"source_url": "ftp://example.org/a"}, "source_url"),
        ({"licence_note": "x" * 501}, "licence_note"),
    ],
)
def test_import_begun_with_bad_origin_names_field(instructor, seminar, given, field):
    expect_refusal(
        Invalid,
        lambda: start_import(actor=instructor, seminar=seminar, draft=DRAFT, **given),
        field=field,
    )


def test_import_corrected_raises_version_and_keeps_the_last(instructor, kept):
    correct_import(actor=instructor, import_id=kept.pk, version=1, edit=leave_out(2))

    stored = ImportDraft.objects.get()
    assert (stored.version, stored.draft.blocks[2].left_out) == (2, True)
    assert Draft.from_json(stored.previous) == DRAFT


def test_import_corrected_in_two_windows_conflicts(instructor, kept):
    correct_import(actor=instructor, import_id=kept.pk, version=1, edit=leave_out(2))

    expect_refusal(
        Conflict,
        lambda: correct_import(actor=instructor, import_id=kept.pk, version=1, edit=leave_out(5)),
    )

    assert not ImportDraft.objects.get().draft.blocks[5].left_out


def test_correction_that_does_not_fit_names_its_argument(instructor, kept):
    edit = partial(edits.correct, index=2, text="  ")

    expect_refusal(
        Invalid,
        lambda: correct_import(actor=instructor, import_id=kept.pk, version=1, edit=edit),
        field="text",
    )

    assert ImportDraft.objects.get().version == 1


def test_correction_taken_back_once(instructor, kept):
    correct_import(actor=instructor, import_id=kept.pk, version=1, edit=leave_out(2))

    undo_correction(actor=instructor, import_id=kept.pk, version=2)

    stored = ImportDraft.objects.get()
    assert (stored.draft, stored.version, stored.previous) == (DRAFT, 3, "")
    expect_refusal(
        InvalidState, lambda: undo_correction(actor=instructor, import_id=kept.pk, version=3)
    )


def test_correction_taken_back_from_old_window_conflicts(instructor, kept):
    correct_import(actor=instructor, import_id=kept.pk, version=1, edit=leave_out(2))

    expect_refusal(
        Conflict, lambda: undo_correction(actor=instructor, import_id=kept.pk, version=1)
    )


def test_head_changed_keeps_the_import_going(instructor, kept):
    change_head(
        actor=instructor,
        import_id=kept.pk,
        version=1,
        head=Head(title="Water", author="Elinor Ostrom", language="pt-BR"),
        source_url="https://example.org/a",
        licence_note="CC BY",
    )

    stored = ImportDraft.objects.get()
    draft = stored.draft
    assert (draft.title, draft.author, draft.affiliation) == ("Water", "Elinor Ostrom", "")
    assert (draft.language, stored.version) == ("pt-BR", 2)
    assert draft.blocks[0].text == "By Elinor Ostrom"
    assert (stored.source_url, stored.licence_note) == ("https://example.org/a", "CC BY")


@pytest.mark.parametrize(
    ("head", "source_url", "field"),
    [
        (Head(title=""), "", "title"),
        (Head(title="A", language="not a language"), "", "language"),
        (Head(title="A"), "nowhere", "source_url"),
    ],
)
def test_head_with_bad_input_names_field(instructor, kept, head, source_url, field):
    expect_refusal(
        Invalid,
        lambda: change_head(
            actor=instructor, import_id=kept.pk, version=1, head=head, source_url=source_url
        ),
        field=field,
    )

    assert ImportDraft.objects.get().draft == DRAFT


def test_import_discarded_leaves_nothing(instructor, kept):
    discard_import(actor=instructor, import_id=kept.pk)

    assert not ImportDraft.objects.exists()
    assert not Essay.objects.exists()


@pytest.mark.parametrize(
    "act",
    [
        discard_import,
        partial(finish_import, version=1),
        partial(undo_correction, version=1),
        partial(correct_import, version=1, edit=leave_out(2)),
        partial(change_head, version=1, head=Head(title="A")),
    ],
)
def test_import_of_another_is_missing(assistant, kept, act):
    expect_refusal(Missing, lambda: act(actor=assistant, import_id=kept.pk))
    expect_refusal(Missing, lambda: act(actor=assistant, import_id=uuid.uuid4()))

    assert ImportDraft.objects.get().draft == DRAFT


def test_import_finished_becomes_an_essay(instructor, kept):
    essay = finish_import(
        actor=instructor,
        import_id=kept.pk,
        version=1,
        head=Head(title="Water", author="E. Ostrom", affiliation="An Institute"),
        source_url="https://example.org/a",
    )

    assert not ImportDraft.objects.exists()
    assert (essay.title, essay.byline_author, essay.affiliation) == (
        "Water",
        "E. Ostrom",
        "An Institute",
    )
    assert (essay.source_url, essay.language, essay.is_public) == (
        "https://example.org/a",
        "en",
        False,
    )
    rows = essay.current_revision.paragraphs.values_list("position", "number", "kind", "text")
    assert list(rows) == [
        (1, None, "byline", "By E. Ostrom"),
        (2, None, "heading", "First"),
        (3, 1, "body", "Water costs.[1]"),
        (4, None, "break", "***"),
        (5, 2, "quote", "Pay for it."),
        (6, None, "note", "It does."),
    ]


def test_import_finished_keeps_origin_given_at_first(instructor, kept):
    ImportDraft.objects.update(source_url="https://example.org/b", licence_note="CC BY")

    essay = finish_import(actor=instructor, import_id=kept.pk, version=1)

    assert (essay.source_url, essay.licence_note) == ("https://example.org/b", "CC BY")


def test_link_to_note_left_out_becomes_words(instructor, kept):
    correct_import(actor=instructor, import_id=kept.pk, version=1, edit=leave_out(6))

    essay = finish_import(actor=instructor, import_id=kept.pk, version=2)

    html = essay.current_revision.paragraphs.get(number=1).html
    assert html == "Water <em>costs</em>.<sup>[1]</sup>"


def test_import_finished_in_old_window_conflicts(instructor, kept):
    correct_import(actor=instructor, import_id=kept.pk, version=1, edit=leave_out(2))

    expect_refusal(Conflict, lambda: finish_import(actor=instructor, import_id=kept.pk, version=1))

    assert not Essay.objects.exists()


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(title="", blocks=DRAFT.blocks), "title"),
        (Draft(title="A", blocks=[Block(kind="note", html="Only a note.")]), "blocks"),
        (Draft(title="A", blocks=[Block(kind="body", html="Out.", left_out=True)]), "blocks"),
    ],
)
def test_essay_without_title_or_paragraph_is_refused(instructor, seminar, draft, field):
    kept = ImportDraftFactory(draft=draft, created_by=instructor, seminar=seminar)

    expect_refusal(
        Invalid,
        lambda: finish_import(actor=instructor, import_id=kept.pk, version=1),
        field=field,
    )
    expect_refusal(
        Invalid, lambda: create_essay(actor=instructor, seminar=seminar, draft=draft), field=field
    )

    assert not Essay.objects.exists()


@pytest.mark.parametrize("role", NOT_INSTRUCTORS)
def test_essay_is_made_by_instructors_only(request, seminar, role):
    actor = request.getfixturevalue(role)

    expect_refusal(NotAllowed, lambda: create_essay(actor=actor, seminar=seminar, draft=DRAFT))

    assert not Essay.objects.exists()


def test_essay_of_archived_seminar_is_refused(instructor, seminar):
    seminar.archived_at = seminar.created_at

    expect_refusal(NotAllowed, lambda: create_essay(actor=instructor, seminar=seminar, draft=DRAFT))


@pytest.mark.parametrize(("level", "kept"), [(1, 2), (2, 2), (3, 3), (6, 4), (None, None)])
def test_heading_keeps_depth_within_the_page(instructor, seminar, level, kept):
    blocks = [Block(kind="heading", html="Part", level=level), Block(kind="body", html="Words.")]

    essay = create_essay(actor=instructor, seminar=seminar, draft=Draft(title="A", blocks=blocks))

    assert essay.current_revision.paragraphs.get(kind="heading").level == kept


def test_longest_label_of_a_note_is_kept(instructor, seminar):
    label = "n" * 40
    blocks = [Block(kind="body", html="Words."), Block(kind="note", html="A note.", label=label)]

    essay = create_essay(actor=instructor, seminar=seminar, draft=Draft(title="A", blocks=blocks))

    assert essay.current_revision.paragraphs.get(kind="note").label == label


# --- revisions ---


def test_revision_begins_with_the_text_and_head_of_the_current_one(instructor, seminar):
    essay = finish_import(
        actor=instructor,
        import_id=ImportDraftFactory(draft=DRAFT, created_by=instructor, seminar=seminar).pk,
        version=1,
    )

    kept = start_revision(actor=instructor, essay=essay)

    shown = [replace(one, left_out=False) for one in DRAFT.blocks if not one.left_out]
    shown[1] = replace(shown[1], level=2)  # what an essay's page tells apart
    assert kept.draft == replace(DRAFT, blocks=shown)
    assert (kept.essay, kept.base, kept.seminar) == (essay, essay.current_revision, seminar)
    assert start_revision(actor=instructor, essay=essay) == kept


@pytest.mark.parametrize("actor", NOT_INSTRUCTORS)
def test_revision_begun_by_others_than_instructors_is_not_allowed(actor, essay, request):
    user = request.getfixturevalue(actor)

    expect_refusal(NotAllowed, lambda: start_revision(actor=user, essay=essay))


def test_revision_of_an_essay_without_text_is_refused(instructor, seminar):
    essay = EssayFactory(seminar=seminar)

    expect_refusal(InvalidState, lambda: start_revision(actor=instructor, essay=essay))


def test_revision_is_no_essay_of_its_own(instructor, essay):
    kept = start_revision(actor=instructor, essay=essay)

    expect_refusal(
        InvalidState, lambda: finish_import(actor=instructor, import_id=kept.pk, version=1)
    )


def test_going_on_keeps_the_text_on_another_base(instructor, essay):
    kept = start_revision(actor=instructor, essay=essay)
    newer = RevisionFactory(essay=essay, number=2)

    after = go_on_from(actor=instructor, import_id=kept.pk, version=1, base=newer)

    assert (after.base, after.content, after.version) == (newer, kept.content, 2)


def test_going_on_from_another_essays_revision_is_refused(instructor, essay):
    kept = start_revision(actor=instructor, essay=essay)
    other = essay_of("Another text.").current_revision

    expect_refusal(
        Invalid,
        lambda: go_on_from(actor=instructor, import_id=kept.pk, version=1, base=other),
        field="base",
    )


def test_going_on_with_another_persons_draft_is_missing(instructor, student, essay):
    kept = start_revision(actor=instructor, essay=essay)

    expect_refusal(
        Missing,
        lambda: go_on_from(
            actor=student, import_id=kept.pk, version=1, base=essay.current_revision
        ),
    )
