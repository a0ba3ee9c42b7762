import pytest

from debate.essays.importing import patterns


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It ends.", True),
        ("“It ends.”", True),
        ("(It ends.)", True),
        ("It ends.[3]", True),
        ("It ends.²", True),
        ("Does it end؟", True),
        ("three things:", True),
        ("popular among the Russian", False),
        ("it goes on,", False),
        ("the year 1978", False),
        ("", False),
    ],
)
def test_ends_sentence_looks_through_quotes_brackets_and_notes(text, expected):
    assert patterns.ends_sentence(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("***", True), ("* * *", True), ("---", True), ("— — —", True), ("⁂", True), ("#", True),
        ("• • •", True), ("~~~", True), ("§", True), ("", False), ("-", False), ("*a*", False),
        ("1", False), ("…", False),
    ],
)  # fmt: skip
def test_is_break_knows_the_usual_signs(text, expected):
    assert patterns.is_break(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("By Ann Poe", 3),
        ("by Ann Poe, Jr.", 3),
        ("Written by Ann Poe", 11),
        ("Автор: Анна Лебедева", 7),
        ("By and large this is true", 0),
        ("By Monday the ministry had changed its mind.", 0),
        ("Bypass surgery", 0),
        ("By " + "Ann " * 40, 0),
    ],
)
def test_byline_words_tells_a_name_from_a_sentence(text, expected):
    assert patterns.byline_words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The design matters", True),
        ("Who pays?", True),
        ("מי משלם", True),
        ("It matters.", False),
        ("and so on", False),
        ("Dear reader,", False),
        ("By Ann Poe", False),
        ("***", False),
        ("1914", False),
        ("", False),
        ("Word " * 15, False),
        ("W" * 120, False),
    ],
)
def test_is_heading_like_wants_a_short_line_without_full_stop(text, expected):
    assert patterns.is_heading_like(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("7", 7), ("- 12 -", 12), ("Page 3 of 9", 3), ("p. 4", 4), ("1914-18", None), ("x", None)],
)
def test_page_number_reads_the_usual_forms(text, expected):
    assert patterns.page_number(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("12 May 2024", True), ("May 12, 2024", True), ("1.5.2024", True), ("May Day", False)],
)
def test_is_date_knows_dates_alone(text, expected):
    assert patterns.is_date(text) is expected
