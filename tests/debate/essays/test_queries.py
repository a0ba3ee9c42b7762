"""What the pages of essays read: pages of the library, and a draft cut into pages."""

import pytest

from debate.core.errors import Missing
from debate.essays.importing.blocks import Block, Draft
from debate.essays.queries import (
    BLOCKS_A_PAGE,
    ESSAYS_A_PAGE,
    Refusal,
    library_page,
    preview,
    revision_of,
    sentence_starts,
)
from tests.factories.essays import (
    EssayFactory,
    ImportDraftFactory,
    RevisionFactory,
    essay_of,
)
from tests.factories.seminars import MembershipFactory


def test_library_pages_follow_one_another(instructor, seminar):
    essays = EssayFactory.create_batch(ESSAYS_A_PAGE + 1, seminar=seminar)

    first = library_page(instructor)
    second = library_page(instructor, before=str(first.next_id))

    assert first.essays + second.essays == essays[::-1]
    assert second.next_id is None


def test_library_ignores_nonsense_for_a_page(instructor, essay):
    assert library_page(instructor, before="nonsense").essays == [essay]


def test_library_counts_numbered_paragraphs(instructor, essay):
    assert [one.paragraph_count for one in library_page(instructor).essays] == [3]


def test_library_names_seminars_one_may_import_into(instructor, seminar, other_seminar):
    MembershipFactory(user=instructor, seminar=other_seminar, role="student")

    assert library_page(instructor).teaching == [seminar]


def test_revision_asked_for_by_number_is_found(essay):
    old = essay.current_revision
    new = RevisionFactory(essay=essay, number=2)

    assert revision_of(essay, None) == old
    assert revision_of(essay, "2") == new


@pytest.mark.parametrize("number", ["0", "3", "-1", "one", "9" * 30, "²"])
def test_revision_that_is_not_there_is_missing(essay, number):
    with pytest.raises(Missing):
        revision_of(essay, number)


def test_essay_without_text_is_missing(db):
    with pytest.raises(Missing):
        revision_of(EssayFactory(), None)


def test_preview_cut_into_pages_keeps_numbers(db):
    blocks = [Block(kind="body", html=f"Number {at}.") for at in range(1, BLOCKS_A_PAGE + 2)]
    kept = ImportDraftFactory(draft=Draft(title="Long", blocks=blocks))

    last = preview(kept, 99)

    assert (last.page, last.pages) == (2, 2)
    assert [(one.index, one.number, one.is_last) for one in last.blocks] == [
        (BLOCKS_A_PAGE, BLOCKS_A_PAGE + 1, True)
    ]
    assert preview(kept, 0).page == 1


def test_preview_of_refused_operation_keeps_what_was_typed(db):
    kept = ImportDraftFactory()
    refusal = Refusal(0, "Not so.", field="text", typed={"text": "My words"})

    shown = preview(kept, 1, refusal).blocks[0]

    assert (shown.refusal, shown.source, str(shown.html)) == (refusal, "My words", "One paragraph.")


def test_preview_of_refused_operation_without_words_keeps_the_text(db):
    refusal = Refusal(0, "Not so.", field="", typed={})

    shown = preview(ImportDraftFactory(), 1, refusal).blocks[0]

    assert (shown.refusal, shown.source) == (refusal, "One paragraph.")


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("One.", []),
        ("One. Two? Three", [(5, "Two?"), (10, "Three")]),
        ("He said “so.” Then left.", [(14, "Then left.")]),
        ("It fell.[1] It rose.", [(12, "It rose.")]),
        ("It cost 3.5 percent, e.g. for water.", []),
    ],
)
def test_paragraph_may_be_split_before_its_sentences(text, starts):
    assert [(one.value, one.text) for one in sentence_starts(text)] == starts


def test_library_of_visitor_is_of_public_essays(anonymous, essay):
    public = essay_of("Open.", seminar=essay.seminar, is_public=True)

    page = library_page(anonymous)

    assert (page.essays, page.teaching) == ([public], [])
