"""Items as BibTeX: what was written is read back as the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.bibliography.bibtex import read_bibtex
from annotations.bibliography.writing import write_bibtex

WALTZ = {
    "type": "article-journal",
    "title": "Structure & “order”: 50% of it_all #1 {x} $2 ~ ^ \\ end",
    "author": [
        {"family": "Waltz", "given": "Kenneth N.", "suffix": "Jr."},
        {"literal": "World Health and Order"},
        {"family": "Vries", "given": "Wim", "non-dropping-particle": "de"},
        {"family": "Brinch Hansen", "given": "Per"},
    ],
    "container-title": "International Security",
    "volume": "18",
    "issue": "2",
    "page": "44-79",
    "issued": {"date-parts": [[1993, 9, 4]]},
    "accessed": {"date-parts": [[2024, 3, 1]]},
    "DOI": "10.1000/a_b%(c)",
    "URL": "https://example.org/a_b?c=d&e=%20f#g~h",
}


def test_write_bibtex_article_has_its_fields():
    assert write_bibtex([WALTZ | {"title": "War & peace", "author": WALTZ["author"][:2]}]) == (
        "@article{waltz1993war,\n"
        "  author = {{Waltz}, Jr., Kenneth N. and {World Health and Order}},\n"
        "  title = {War \\& peace},\n"
        "  volume = {18},\n"
        "  pages = {44--79},\n"
        "  journal = {International Security},\n"
        "  number = {2},\n"
        "  doi = {10.1000/a_b%(c)},\n"
        "  url = {https://example.org/a_b?c=d&e=%20f#g~h},\n"
        "  urldate = {2024-03-01},\n"
        "  year = {1993},\n"
        "  month = {sep},\n"
        "  day = {4}\n"
        "}\n"
    )


def test_write_bibtex_nothing_is_nothing():
    assert write_bibtex([]) == ""


def test_write_bibtex_keys_are_told_apart():
    written = write_bibtex([{"title": "Ärger"}, {"title": "Ärger"}, {"title": "…"}])

    assert [line for line in written.splitlines() if line.startswith("@")] == [
        "@misc{anonarger,",
        "@misc{anonarger-2,",
        "@misc{anon,",
    ]


@pytest.mark.parametrize("kind", ["article-journal", "article-newspaper", "book", "chapter", "paper-conference", "report", "webpage"])  # fmt: skip
def test_write_bibtex_is_read_back_as_the_same(kind):
    item = WALTZ | {"type": kind}
    number = item.pop("issue")
    item["issue" if kind.startswith("article") else "number"] = number

    (reference,) = read_bibtex(write_bibtex([item])).references

    assert reference.item == item
    assert reference.left_out == ()


words = st.text(st.sampled_from("aB é&%$#_{}~^\\-“”.,"), min_size=1, max_size=12).map(
    lambda text: f"x{text}x"
)


@settings(max_examples=150, deadline=None)
@given(words, words, words)
def test_write_bibtex_awkward_text_is_read_back_as_the_same(title, literal, publisher):
    item = {
        "type": "book",
        "title": title,
        "author": [{"literal": literal}],
        "publisher": publisher,
    }
    item |= {"title": " ".join(title.split())}

    (reference,) = read_bibtex(write_bibtex([item])).references

    assert reference.item["title"] == item["title"]
    assert reference.item["author"] == [{"literal": " ".join(literal.split())}]
    assert reference.item["publisher"] == " ".join(publisher.split())
