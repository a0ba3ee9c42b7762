import os
from collections import Counter
from pathlib import Path

from debate.essays.importing import formats, sandbox
from debate.essays.importing.blocks import numbered

DATA = Path(__file__).parents[3] / "data"
FIXTURES = os.environ.get("COUNTERPOINT_FIXTURES")


def read(path):
    return formats.read_as("markdown", path.read_bytes())


def kinds(draft):
    return Counter(block.kind for block in draft.blocks)


def paragraph(draft, number):
    return draft.blocks[numbered(draft).index(number)]


def test_read_as_own_essay_finds_title_and_byline_apart():
    draft = read(DATA / "essay.md")

    assert (draft.title, draft.author, draft.affiliation, draft.language) == (
        "Leave the nodules where they lie",
        "Marit Solheim",
        "Nordhavn Centre for Ocean Policy",
        "en",
    )


def test_read_as_own_essay_numbers_nine_paragraphs_around_one_break():
    draft = read(DATA / "essay.md")

    assert kinds(draft) == {"byline": 1, "body": 9, "break": 1, "note": 2}
    assert numbered(draft) == [None, 1, 2, 3, 4, 5, 6, 7, 8, None, 9, None, None]
    assert draft.left_out == []


def test_read_as_own_essay_joins_the_sixth_paragraph_and_says_so():
    draft = read(DATA / "essay.md")

    assert "fear for the tuna on which their people live today. A moratorium" in (
        paragraph(draft, 6).text
    )
    assert paragraph(draft, 6).remark == (
        "Joined over a page break: “…tuna on which their people” and “live today. A moratorium that…”."
    )
    assert draft.remarks == [
        "2 links that lead nowhere from here were dropped; the words were kept.",
        "Paragraph 6 was cut in two by a page break; its parts were joined.",
    ]


def test_read_as_own_essay_keeps_quotes_dashes_and_words_of_dead_links():
    draft = read(DATA / "essay.md")

    assert 'market that may not be there when we arrive"—a poor' in paragraph(draft, 4).text
    assert "Norway’s payments" in paragraph(draft, 6).text
    assert "and also – since" in paragraph(draft, 6).text
    assert draft.blocks[-1].html == (
        "<em>This essay belongs to the Slow Decisions: Policy Beyond One Term series of the centre, "
        "which is paid for by its members alone.</em>"
    )


def test_read_own_essay_pasted_as_plain_text_gives_the_same_draft():
    data = (DATA / "essay.md").read_bytes()

    assert sandbox.read(data, media_type="text/plain") == read(DATA / "essay.md")


if FIXTURES:
    SUPPLIED = Path(FIXTURES) / "essays" / "setting-expectations-right.md"

    def test_read_supplied_essay_finds_head_paragraphs_break_and_notes():
        draft = sandbox.read(SUPPLIED.read_bytes(), filename=SUPPLIED.name)

        assert (draft.title, draft.author, draft.affiliation) == (
            "Setting expectations right",
            "Mikhail Troitskiy",
            "Moscow State Institute of International Relations",
        )
        assert kinds(draft) == {"byline": 1, "body": 9, "break": 1, "note": 2}
        assert numbered(draft) == [None, 1, 2, 3, 4, 5, 6, 7, 8, None, 9, None, None]

    def test_read_supplied_essay_joins_the_sixth_paragraph_into_one_run():
        draft = sandbox.read(SUPPLIED.read_bytes(), filename=SUPPLIED.name)

        assert "Russian public and policymaking community" in paragraph(draft, 6).text
        assert draft.remarks[-1] == (
            "Paragraph 6 was cut in two by a page break; its parts were joined."
        )
        assert [block.text for block in draft.blocks if "#" in block.html] == []
