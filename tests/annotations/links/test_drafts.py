import pytest

from annotations.links.drafts import checked, draft_of, line, unmarked


def drafted(*metas, linked=(), title="", language=""):
    """What a page with these tags and JSON-LD amounts to, without its address and kind."""
    draft = draft_of(metas, linked, title=title, language=language, url="https://example.org/")
    item = checked(draft)
    item.pop("URL", None)
    return item


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        (" a\n\tb\u2028c ", 10, "a b c"),
        ("a" * 11, 10, "a" * 9 + "…"),
        ("a" * 10, 10, "a" * 10),
        ("&quot;<i>", 10, "&quot;<i>"),
        ("a\x00b\u202ec\ud800d\ue000e\U0001f642", 20, "a bcde🙂"),
        ("\u200b\u00ad \u0301", 10, ""),
        (7, 10, ""),
        (None, 10, ""),
    ],
)
def test_line_is_plain_and_short(text, limit, expected):
    assert line(text, limit) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("The <i>long</i> <jats:sub>2</jats:sub> run", "The long 2 run"),
        ("p < 0.05 and q > 1", "p < 0.05 and q > 1"),
        ("Q &amp; A: &lt;b&gt; &eacute;", "Q & A: <b> é"),
        ({"a": [{"b": "<b>x</b>"}, 1, None]}, {"a": [{"b": "x"}, 1, None]}),
        ("x" * 10_001, "x" * 10_000),
    ],
)
def test_unmarked_is_without_tags_and_references(value, expected):
    assert unmarked(value) == expected


def test_checked_keeps_what_an_item_is_made_of():
    item = {
        "type": "article-journal",
        "title": "Ethnicity, Insurgency, and Civil War",
        "author": [{"family": "Fearon", "given": "James D."}, {"name": "The Group"}],
        "issued": {"date-parts": [[2003, 2]]},
        "container-title": "American Political Science Review",
        "volume": 97,
        "issue": "1",
        "page": "75-90",
        "DOI": "https://doi.org/10.1017/S0003055403000534",
        "URL": "https://example.org/a",
        "ISSN": ["0003-0554", "1537-5943"],
    }

    assert checked(item) == {
        "type": "article-journal",
        "title": "Ethnicity, Insurgency, and Civil War",
        "container-title": "American Political Science Review",
        "volume": "97",
        "issue": "1",
        "page": "75-90",
        "DOI": "10.1017/s0003055403000534",
        "ISSN": "0003-0554",
        "URL": "https://example.org/a",
        "author": [{"family": "Fearon", "given": "James D."}, {"literal": "The Group"}],
        "issued": {"date-parts": [[2003, 2]]},
    }


@pytest.mark.parametrize(
    ("member", "value", "kept"),
    [
        ("title", "The <i>long</i> run", "The <i>long</i> run"),
        ("title", ["First", "Second"], "First"),
        ("title", "x" * 501, "x" * 499 + "…"),
        ("title", {"a": "b"}, None),
        ("title", True, None),
        ("volume", 10**12, None),
        ("abstract", "Long.", None),
        ("custom", {"a": 1}, None),
        ("DOI", "no DOI", None),
        ("DOI", "10.1234/" + "x" * 300, None),
        ("URL", "javascript:alert(1)", None),
        ("URL", "https://example.org/" + "a" * 2_000, None),
        ("URL", "https://example.org/a b", None),
        ("ISBN", "9" * 51, None),
        ("author", "Fearon", None),
        ("author", [{"given": "James"}, "x", {"family": ["a"]}, {}], [{"family": "a"}]),
        ("author", [{"family": "A", "ORCID": "x", "affiliation": []}], [{"family": "A"}]),
        ("author", [{"literal": str(n)} for n in range(101)],
         [{"literal": str(n)} for n in range(100)]),
        ("issued", {"date-parts": [[2003]]}, {"date-parts": [[2003]]}),
        ("issued", {"date-parts": [["2003", "02", "30"]]}, {"date-parts": [[2003, 2]]}),
        ("issued", {"date-parts": [[2003, 13, 1]]}, {"date-parts": [[2003]]}),
        ("issued", {"date-parts": [[None]]}, None),
        ("issued", {"date-parts": [[0]]}, None),
        ("issued", {"date-parts": [["9" * 5_000]]}, None),
        ("issued", {"date-parts": [[True]]}, None),
        ("issued", {"date-parts": [[2003.5]]}, None),
        ("issued", {"date-parts": []}, None),
        ("issued", {"date-parts": "2003"}, None),
        ("issued", "2003", None),
    ],
)  # fmt: skip
def test_checked_keeps_of_each_member_what_is_sound(member, value, kept):
    assert checked({"publisher": "P", member: value}).get(member) == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("book", "book"),
        ("journal-article", "article-journal"),
        ("proceedings-article", "paper-conference"),
        ("posted-content", "document"),
        ("malware", "document"),
        (["book"], "document"),
        (None, "document"),
    ],
)
def test_checked_knows_the_kinds_of_works(given, kept):
    assert checked({"title": "T", "type": given})["type"] == kept


@pytest.mark.parametrize("item", [None, [], "x", 1, {}, {"type": "book"}, {"title": "\u200e"}])
def test_checked_of_nothing_is_nothing(item):
    assert checked(item) == {}


def test_draft_of_scholarly_tags_is_an_article():
    assert drafted(
        ("citation_title", "Ethnicity, Insurgency, and Civil War"),
        ("citation_author", "Fearon, James D."),
        ("citation_author", "Laitin, David D."),
        ("citation_publication_date", "2003/02/01"),
        ("citation_journal_title", "American Political Science Review"),
        ("citation_volume", "97"),
        ("citation_issue", "1"),
        ("citation_firstpage", "75"),
        ("citation_lastpage", "90"),
        ("citation_doi", "10.1017/S0003055403000534"),
        ("citation_issn", "0003-0554"),
        ("citation_publisher", "Cambridge University Press"),
        ("citation_language", "en"),
        ("og:title", "Shared title"),
        title="Own title",
    ) == {
        "type": "article-journal",
        "title": "Ethnicity, Insurgency, and Civil War",
        "author": [
            {"family": "Fearon", "given": "James D."},
            {"family": "Laitin", "given": "David D."},
        ],
        "issued": {"date-parts": [[2003, 2, 1]]},
        "container-title": "American Political Science Review",
        "publisher": "Cambridge University Press",
        "volume": "97",
        "issue": "1",
        "page": "75-90",
        "DOI": "10.1017/s0003055403000534",
        "ISSN": "0003-0554",
        "language": "en",
    }


def test_draft_of_dublin_core_is_a_page():
    assert drafted(
        ("dc.title", "Water for all"),
        ("dc.creator", "World Bank"),
        ("dc.date", "2019-05"),
        ("dc.publisher", "World Bank Group"),
        ("dc.identifier", "doi:10.1596/978-1"),
    ) == {
        "type": "webpage",
        "title": "Water for all",
        "author": [{"literal": "World Bank"}],
        "issued": {"date-parts": [[2019, 5]]},
        "publisher": "World Bank Group",
        "DOI": "10.1596/978-1",
    }


def test_draft_of_linked_data_is_what_it_describes():
    assert drafted(
        ("og:site_name", "The Herald"),
        ("og:title", "Prices | The Herald"),
        linked=[
            {"@graph": [{"@type": "Organization", "name": "Herald"}, "x"]},
            {
                "@type": ["NewsArticle"],
                "headline": "Prices rise",
                "author": [
                    {"@type": "Person", "givenName": "Mina", "familyName": "Haddad"},
                    {"@type": "Person", "name": "Ada King"},
                    "https://example.org/people/7",
                    {"@type": "Person"},
                ],
                "datePublished": "2024-05-31T10:00:00+02:00",
                "publisher": {"@type": "Organization", "name": "Herald Ltd"},
            },
        ],
    ) == {
        "type": "article-newspaper",
        "title": "Prices rise",
        "author": [{"family": "Haddad", "given": "Mina"}, {"literal": "Ada King"}],
        "issued": {"date-parts": [[2024, 5, 31]]},
        "container-title": "The Herald",
        "publisher": "Herald Ltd",
    }


def test_draft_of_open_graph_is_a_page_of_its_site():
    assert drafted(
        ("og:title", "Prices"),
        ("og:site_name", "The Herald"),
        ("article:published_time", "2024-05-31 10:00"),
        ("article:author", "https://example.org/people/7"),
        ("author", "Mina Haddad"),
        language="en-GB",
    ) == {
        "type": "webpage",
        "title": "Prices",
        "author": [{"literal": "Mina Haddad"}],
        "issued": {"date-parts": [[2024, 5, 31]]},
        "container-title": "The Herald",
        "language": "en-GB",
    }


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("citation_conference_title", "paper-conference"),
        ("citation_dissertation_institution", "thesis"),
        ("citation_technical_report_institution", "report"),
        ("citation_inbook_title", "chapter"),
        ("citation_isbn", "book"),
        ("other", "webpage"),
    ],
)
def test_draft_tells_the_kind_by_its_tags(tag, kind):
    assert drafted((tag, "X"), title="T")["type"] == kind


@pytest.mark.parametrize(
    "linked",
    [
        [[[[[[[{"@type": "Book", "name": "Deep"}]]]]]]],
        [{"@type": {"a": 1}, "name": "Odd"}],
        [{"@type": "Book", "author": 7, "publisher": [], "isPartOf": "x", "name": 8}],
        [None, 1, "x"],
    ],
)
def test_draft_of_odd_linked_data_is_the_title(linked):
    assert drafted(linked=linked, title="T")["title"] == "T"


def test_draft_of_a_page_without_title_is_none():
    assert drafted(("citation_volume", "1")) == {}


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("31 May 2024", None),
        ("2024-13-45", {"date-parts": [[2024]]}),
        ("2024/5", {"date-parts": [[2024, 5]]}),
        ("0000", None),
        ("yesterday", None),
        ("20240531", None),
    ],
)
def test_draft_leaves_out_of_a_date_what_is_none(words, date):
    assert drafted(("citation_date", words), title="T").get("issued") == date
