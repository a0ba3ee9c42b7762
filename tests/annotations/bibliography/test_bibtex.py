"""BibTeX and BibLaTeX as people paste it: what is read, what is refused, what is left out."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.bibliography.bibtex import plain, read_bibtex
from annotations.bibliography.references import Fault

WALTZ = r"""
@string{isec = "International Security"}
@string(full = isec # ": A Journal")

@article{waltz1993,
  author  = {Waltz, Kenneth N.},
  title   = {The {Emerging} Structure of \emph{International} Politics},
  journal = isec,
  volume  = 18,
  number  = 2,
  pages   = {44--79},
  year    = 1993,
  month   = sep,
  doi     = {10.2307/2539097},
}
"""


def only(text):
    reading = read_bibtex(text)
    assert reading.faults == ()
    (reference,) = reading.references
    return reference


def entry(fields, kind="article"):
    return only(f"@{kind}{{key, title = {{T}}, {fields}}}").item


def test_read_bibtex_article_is_a_journal_article():
    reference = only(WALTZ)

    assert reference.label == "waltz1993"
    assert reference.line == 5
    assert reference.left_out == ()
    assert reference.item == {
        "type": "article-journal",
        "title": "The Emerging Structure of International Politics",
        "author": [{"family": "Waltz", "given": "Kenneth N."}],
        "container-title": "International Security",
        "volume": "18",
        "issue": "2",
        "page": "44-79",
        "issued": {"date-parts": [[1993, 9]]},
        "DOI": "10.2307/2539097",
    }


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"G{\"o}del", "Gödel"),
        (r"{\'E}tat, \'etat", "État, état"),
        (r"Erd{\H o}s", "Erdős"),
        (r"{\ss} {\o} {\L} \c{c} \v{s} \~n", "ß ø Ł ç š ñ"),
        (r"a --- b -- c", "a — b – c"),
        (r"it's", "it’s"),
        (r"``quoted'' and `single'", "“quoted” and ‘single’"),
        (r"50\% of \$5 \& more", "50% of $5 & more"),
        (r"50% of it", "50% of it"),
        (r"non~breaking", "non breaking"),
        (r"{NATO} and {{Double}}", "NATO and Double"),
        (r"\textbf{bold} \textit{it}", "bold it"),
        (r"$\alpha$-test", "α-test"),
        ("two\n   lines", "two lines"),
        ("Ünïcode stays", "Ünïcode stays"),
    ],
)
def test_plain_latex_becomes_text(latex, text):
    assert plain(latex) == text


@pytest.mark.parametrize(
    ("names", "csl"),
    [
        ("Waltz, Kenneth N.", [{"family": "Waltz", "given": "Kenneth N."}]),
        ("Kenneth N. Waltz", [{"family": "Waltz", "given": "Kenneth N."}]),
        ("A. One and Two, B. AND C. Three", [{"family": "One", "given": "A."}, {"family": "Two", "given": "B."}, {"family": "Three", "given": "C."}]),
        ("{World Health Organization}", [{"literal": "World Health Organization"}]),
        ("{Simon and Schuster} and Doe, J.", [{"literal": "Simon and Schuster"}, {"family": "Doe", "given": "J."}]),
        ("von Clausewitz, Carl", [{"family": "Clausewitz", "given": "Carl", "non-dropping-particle": "von"}]),
        ("Carl von Clausewitz", [{"family": "Clausewitz", "given": "Carl", "non-dropping-particle": "von"}]),
        ("King, Jr., Martin Luther", [{"family": "King", "given": "Martin Luther", "suffix": "Jr."}]),
        (r"G{\"o}del, Kurt", [{"family": "Gödel", "given": "Kurt"}]),
        ("Plato", [{"literal": "Plato"}]),
        ("{} and Plato", [{"literal": "Plato"}]),
        ("van Gogh", [{"family": "Gogh", "given": "van"}]),
        ("UNESCO and others", [{"literal": "UNESCO"}]),
    ],
)  # fmt: skip
def test_read_bibtex_names_are_taken_apart(names, csl):
    assert entry(f"author = {{{names}}}")["author"] == csl


@pytest.mark.parametrize(
    ("fields", "issued"),
    [
        ("year = 2003", [2003]),
        ('year = "2003"', [2003]),
        ("year = 2003, month = feb", [2003, 2]),
        ("year = 2003, month = {February}", [2003, 2]),
        ("year = 2003, month = 2", [2003, 2]),
        ("year = 2003, month = feb, day = 14", [2003, 2, 14]),
        ('year = 2003, month = feb # "~14"', [2003, 2, 14]),
        ('year = 2003, month = "14~" # feb', [2003, 2, 14]),
        ("date = {2003-02-14}", [2003, 2, 14]),
        ("date = {2003-02}", [2003, 2]),
        ("date = {2003-02-14/2003-02-20}", [2003, 2, 14]),
        ("date = {2003}, year = 1999", [2003]),
    ],
)
def test_read_bibtex_date_is_read_in_either_way(fields, issued):
    assert entry(fields)["issued"] == {"date-parts": [issued]}


@pytest.mark.parametrize(
    ("kind", "csl"),
    [
        ("article", "article-journal"),
        ("book", "book"),
        ("InCollection", "chapter"),
        ("inproceedings", "paper-conference"),
        ("techreport", "report"),
        ("phdthesis", "thesis"),
        ("online", "webpage"),
        ("misc", "document"),
    ],
)
def test_read_bibtex_type_is_that_of_csl(kind, csl):
    assert entry("year = 2003", kind)["type"] == csl


@pytest.mark.parametrize(
    ("fields", "member", "value"),
    [
        ("subtitle = {A Primer}", "title", "T: A Primer"),
        ("edition = {Second}", "edition", "2"),
        ("edition = {2nd ed.}", "edition", "2"),
        ("edition = {Revised}", "edition", "Revised"),
        ("url = {https://example.org/a_b%20c~d}", "URL", "https://example.org/a_b%20c~d"),
        (r"url = {https://example.org/a\_b\%20c}", "URL", "https://example.org/a_b%20c"),
        (r"howpublished = {\url{https://example.org/a}}", "URL", "https://example.org/a"),
        ("howpublished = {Pamphlet}", "medium", "Pamphlet"),
        (
            "eprint = {1706.03762}, archiveprefix = {arXiv}",
            "URL",
            "https://arxiv.org/abs/1706.03762",
        ),
        ("urldate = {2024-03-01}", "accessed", {"date-parts": [[2024, 3, 1]]}),
        ("institution = {RAND}", "publisher", "RAND"),
        ("entrysubtype = {newspaper}", "type", "article-newspaper"),
        ("pages = {17–26}", "page", "17-26"),
        ("langid = {ngerman}", "language", "de"),
        ("number = {7}", "issue", "7"),
    ],
)
def test_read_bibtex_field_goes_where_csl_has_it(fields, member, value):
    assert entry(fields)[member] == value


def test_read_bibtex_number_of_a_report_is_no_issue():
    item = entry("number = {7}, type = {Perspective}", "techreport")

    assert (item["number"], item["genre"]) == ("7", "Perspective")
    assert "issue" not in item


def test_read_bibtex_misc_with_an_address_is_a_web_page():
    assert entry("url = {https://example.org/}", "misc")["type"] == "webpage"


def test_read_bibtex_crossref_takes_over_what_is_lacking():
    text = """
    @incollection{part, title = {Part}, crossref = {WHOLE}, publisher = {Own}}
    @book{whole, title = {Whole}, publisher = {Other}, year = 1995, doi = {10.1000/x}}
    """

    part, whole = read_bibtex(text).references

    assert part.left_out == ()
    assert part.item == {
        "type": "chapter",
        "title": "Part",
        "container-title": "Whole",
        "publisher": "Own",
        "issued": {"date-parts": [[1995]]},
    }
    assert whole.item["title"] == "Whole"


@pytest.mark.parametrize(
    ("fields", "left_out"),
    [
        ("keywords = {a, b}, file = {x.pdf}", ("keywords", "file")),
        ("year = {in press}", ("year",)),
        ("date = {spring}, urldate = {today}", ("date", "urldate")),
        ("crossref = {nowhere}", ("crossref",)),
        ("eprint = {123}, eprinttype = {hdl}", ("eprint",)),
        ("publisher = {One}, organization = {Two}", ("organization",)),
        ("author = {Waltz, K. and others}", ("author: and others",)),
        ("abstract = {}", ()),
    ],
)
def test_read_bibtex_what_csl_has_no_place_for_is_named(fields, left_out):
    assert only(f"@book{{key, title = {{T}}, {fields}}}").left_out == left_out


def test_read_bibtex_unknown_type_is_named():
    assert only("@podcast{key, title = {T}}").left_out == ("@podcast",)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("@book{a, title = {No close", Fault("a", 1, "The entry is not closed, or lacks a comma, a brace or a =.")),
        ("\n@book{a, title = {A}\n@book{b, title = {B}}", Fault("a", 2, "The entry is not closed, or lacks a comma, a brace or a =.")),
        ("@book{a, title}", Fault("a", 1, "The entry is not closed, or lacks a comma, a brace or a =.")),
        ("@book{a, title = {A}, title = {B}}", Fault("a", 1, "“title” stands here twice.", "title")),
        ("@book{a, title = {A}}\n@book{a, title = {B}}", Fault("a", 2, "The same key stands here a second time.")),
        ("@book{a, year = 1990}", Fault("a", 1, "The work has no title.", "title")),
        ("@book{a, title = { }}", Fault("a", 1, "The work has no title.", "title")),
        ("@book{a, title = {A},\n  journal = isec}", Fault("a", 2, "“isec” is neither in braces nor defined by an @string.", "journal")),
        ("@string{a = b}", Fault("@string a", 1, "“b” is neither in braces nor defined by an @string.", "a")),
        ("@book{a, title = {A},\nauthor = {One, Two, Three, Four}}", Fault("a", 1, "“One, Two, Three, Four” is no name that can be taken apart.", "author")),
        ("Waltz 1993, Theory", Fault("", 1, "“Waltz 1993, Theory” stands outside any entry.")),
        ("@book{a, title = " + "{" * 30 + "A" + "}" * 30 + "}", Fault("", 1, "Braces are nested too deeply.")),
    ],
)  # fmt: skip
def test_read_bibtex_faulty_entry_is_named_with_its_line(text, fault):
    assert fault in read_bibtex(text).faults


def test_read_bibtex_broken_entry_leaves_the_others():
    reading = read_bibtex("@book{a, title = {A}\n@book{b, title = {B}}\n% a note")

    assert [reference.label for reference in reading.references] == ["b"]
    assert [str(fault) for fault in reading.faults] == [
        "a, line 1: The entry is not closed, or lacks a comma, a brace or a =.",
        "Line 3: “% a note” stands outside any entry.",
    ]


def test_read_bibtex_comments_and_preamble_are_no_works():
    text = '@comment{jabref-meta: x}\n@preamble{"\\newcommand{x}"}\n@book{a, title = {A}}'

    assert only(text).label == "a"


def test_read_bibtex_too_many_entries_are_refused_as_a_whole():
    reading = read_bibtex("\n".join(f"@book{{k{n}, title = {{T}}}}" for n in range(201)))

    assert reading.references == ()
    assert (
        str(reading.faults[0]) == "Line 1: This holds 201 entries; at most 200 are taken at once."
    )


def test_read_bibtex_full_paste_takes_little_time():
    strings, _, article = WALTZ.partition("@article")
    text = strings + "".join(f"@article{article.replace('waltz', f'k{n}')}" for n in range(200))
    began = time.thread_time()

    reading = read_bibtex(text)

    assert len(reading.references) == 200
    assert time.thread_time() - began < 5


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(["@book{", "@string{", "a", "title", "=", "{", "}", '"', ",", "#", "\n", "\\", "%", "$", "and", "@", "(", ")", "year", "19", "\\'", "é"]), max_size=30))  # fmt: skip
def test_read_bibtex_any_text_is_read_the_same_way_again(pieces):
    text = " ".join(pieces)

    assert read_bibtex(text) == read_bibtex(text)


@pytest.mark.parametrize("command", ["\\verb", "\\sqrt[", "\\footnote[", "\\item[" * 200])
def test_read_bibtex_latex_that_breaks_the_decoder_is_a_fault_of_its_field(command):
    text = f"@book{{a, title = {{A}},\n  note = {{{command}}}}}\n@book{{b, title = {{B}}}}"

    reading = read_bibtex(text)

    sentence = "This LaTeX cannot be turned into text."
    assert reading.faults == (Fault("a", 2, sentence, "note"),)
    assert [one.item["title"] for one in reading.references] == ["B"]


@pytest.mark.parametrize("unit", ["{}", "\\{\\}", "%", "$", "\\'"])
def test_read_bibtex_latex_that_is_too_long_is_a_fault_of_its_field(unit):
    text = f"@book{{a,\n  title = {{{unit * 22_000}}}}}"

    sentence = "At most 20,000 characters are taken here."
    assert read_bibtex(text).faults == (Fault("a", 2, sentence, "title"),)


def test_read_bibtex_many_names_and_what_is_left_out_are_not_too_long():
    names = " and ".join(f"M\\'uller{number}, Anna" for number in range(1_500))
    left = "{}" * 15_000 + "a"
    text = f"@book{{a, title = {{A}}, author = {{{names}}}, abstract = {{{left}}}}}"

    [one] = read_bibtex(text).references

    assert len(names) > 20_000
    assert one.item["author"][-1] == {"family": "Múller1499", "given": "Anna"}
    assert one.left_out == ("abstract",)
