"""Grades put into the files that learning management systems gave out, and nothing else touched."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.grading.formats.cells import Table
from annotations.grading.formats.errors import Unreadable
from annotations.grading.formats.lms import (
    BLACKBOARD,
    CANVAS,
    MOODLE,
    OTHER,
    Change,
    Layout,
    Person,
    fill,
    layout_of,
    suggested,
)

D = Decimal

CANVAS_FILE = (
    b"Student,ID,SIS User ID,SIS Login ID,Section,Week 6 commentary (90211),Essay (90212),"
    b"Final Score,Notes\r\n"
    b"    Manual Posting,,,,,,,(read only),\r\n"
    b"    Points Possible,,,,,20.0,100.0,(read only),\r\n"
    b'"Haddad, Mina",101,S-1,mina,"Mon, 9:00",,77.5,  80.1 ,"said ""hi"""\r\n'
    b'"Reyes, Jonah",102,S-2,jonah,"Mon, 9:00",12,,,\r\n'
    b"\r\n"
    b'"Nobody, Ada",103,S-3,ada,Tue,,,,=2+2\r\n'
)

MOODLE_FILE = (
    b"Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    b"Last modified (submission),Last modified (grade),Feedback comments\r\n"
    b'Participant 11,Mina Haddad,mina@example.edu,"Submitted for grading - ",,20.00,Yes,'
    b'"Monday, 2 November 2026, 9:00 AM",-,\r\n'
    b"Participant 12,Jonah Reyes,jonah@example.edu,No submission,9.50,20.00,No,-,-,Old words\r\n"
)


def person(key, points, *identifiers, names=(), feedback="", is_excused=False):
    return Person(
        key=key,
        identifiers=frozenset(identifiers),
        names=frozenset(names),
        points=None if points is None else D(points),
        feedback=feedback,
        is_excused=is_excused,
    )


MINA = person("mina", "17.5", "mina", "mina@example.edu", names=["Mina Haddad"], feedback="Good.")
JONAH = person("jonah", "9", "jonah", "jonah@example.edu", names=["Jonah Reyes"])


def changed_bytes(before, after):
    """The lines that differ, as pairs."""
    pairs = zip(before.split(b"\n"), after.split(b"\n"), strict=True)
    return [pair for pair in pairs if pair[0] != pair[1]]


def test_canvas_file_is_filled_in_its_column_alone():
    table = Table(CANVAS_FILE)
    layout = layout_of(table)
    assert (layout.system, layout.first, layout.columns) == (
        CANVAS,
        3,
        {5: "Week 6 commentary (90211)", 6: "Essay (90212)", 8: "Notes"},
    )
    column = suggested(layout, "week 6 commentary")
    found = fill(table, layout, column, [MINA, JONAH], of=D(20))
    assert found.changes == (
        Change(4, "Haddad, Mina 101", "Week 6 commentary (90211)", "", "17.50"),
        Change(5, "Reyes, Jonah 102", "Week 6 commentary (90211)", "12", "9.00"),
    )
    assert found.rows_left == ((7, "Nobody, Ada 103"),)
    assert changed_bytes(CANVAS_FILE, table.content()) == [
        (
            b'"Haddad, Mina",101,S-1,mina,"Mon, 9:00",,77.5,  80.1 ,"said ""hi"""\r',
            b'"Haddad, Mina",101,S-1,mina,"Mon, 9:00",17.50,77.5,  80.1 ,"said ""hi"""\r',
        ),
        (
            b'"Reyes, Jonah",102,S-2,jonah,"Mon, 9:00",12,,,\r',
            b'"Reyes, Jonah",102,S-2,jonah,"Mon, 9:00",9.00,,,\r',
        ),
    ]


def test_canvas_column_that_is_read_only_is_refused():
    content = CANVAS_FILE.replace(b",20.0,100.0", b",(read only),100.0")
    table = Table(content)
    with pytest.raises(Unreadable, match="read only"):
        fill(table, layout_of(table), 5, [MINA], of=D(20))
    assert table.content() == content


def test_canvas_totals_are_offered_for_no_grade():
    assert "Final Score" not in layout_of(Table(CANVAS_FILE)).columns.values()


def test_canvas_grades_are_scaled_to_the_points_that_the_file_says():
    table = Table(CANVAS_FILE)
    found = fill(table, layout_of(table), 6, [MINA], of=D(20), scales=True)
    assert [change.after for change in found.changes] == ["87.50"]


def test_canvas_work_that_is_excused_says_so():
    table = Table(CANVAS_FILE)
    excused = person("jonah", None, "jonah", is_excused=True)
    found = fill(table, layout_of(table), 5, [excused], of=D(20))
    assert [change.after for change in found.changes] == ["EX"]


def test_person_without_a_released_grade_keeps_what_stands_there():
    table = Table(CANVAS_FILE)
    found = fill(table, layout_of(table), 5, [person("jonah", None, "jonah")], of=D(20))
    assert (found.changes, found.people_left) == ((), ())
    assert table.content() == CANVAS_FILE


def test_grade_that_stands_there_already_changes_no_byte():
    table = Table(CANVAS_FILE)
    found = fill(table, layout_of(table), 5, [person("jonah", "12.00", "jonah")], of=D(20))
    assert (found.changes, found.same) == ((), 1)
    assert table.content() == CANVAS_FILE


def test_person_with_a_grade_whom_the_file_does_not_know_is_told():
    table = Table(CANVAS_FILE)
    found = fill(table, layout_of(table), 5, [person("lucia", "3", "lucia")], of=D(20))
    assert found.people_left == ("lucia",)


def test_people_are_found_by_a_name_that_only_one_of_them_has():
    table = Table(CANVAS_FILE)
    one = person("m", "1", names=["Mina Haddad"])
    other = person("j1", "2", names=["Jonah Reyes"])
    twin = person("j2", "3", names=["Jonah Reyes"])
    found = fill(table, layout_of(table), 5, [one, other, twin], of=D(20))
    assert [(change.person, change.after) for change in found.changes] == [
        ("Haddad, Mina 101", "1.00")
    ]
    assert found.people_left == ("j1", "j2")


def test_moodle_worksheet_takes_grade_and_feedback_but_keeps_its_guard():
    table = Table(MOODLE_FILE)
    layout = layout_of(table)
    assert (layout.system, layout.columns, layout.most) == (MOODLE, {4: "Grade"}, {4: D(20)})
    found = fill(table, layout, suggested(layout, "anything"), [MINA, JONAH], of=D(20))
    assert [(change.column, change.after) for change in found.changes] == [
        ("Grade", "17.50"),
        ("Feedback comments", "Good."),
    ]
    assert found.locked == ((3, "Jonah Reyes jonah@example.edu"),)
    ((before, after),) = changed_bytes(MOODLE_FILE, table.content())
    assert after == before.replace(b' - ",,20', b' - ",17.50,20').replace(b",-,\r", b",-,Good.\r")


@pytest.mark.parametrize(
    "name",
    ["Essay (2)", "essay (2) (90212)", " Essay (2)  [Total Pts: 20] |90", "Essay (2)|90212"],
)
def test_column_is_suggested_by_its_title_whatever_the_system_puts_behind_it(name):
    columns = {3: name, 4: "Essay (3)", 5: "Essay (2) again"}
    layout = Layout(OTHER, people=(0,), columns=columns, first=1)

    assert suggested(layout, "Essay (2)") == 3


def test_moodle_worksheet_in_another_language_is_known():
    german = MOODLE_FILE.replace(b"Identifier", b"Identifikation").replace(
        b",Grade,", b",Bewertung,"
    )
    assert layout_of(Table(german)).system == MOODLE


def test_feedback_that_looks_like_a_formula_is_neutralised():
    table = Table(MOODLE_FILE)
    loud = person("mina", "1", "mina@example.edu", feedback="=HYPERLINK(A1)")
    fill(table, layout_of(table), 4, [loud], of=D(20))
    assert b"'=HYPERLINK(A1)" in table.content()


def test_blackboard_download_in_sixteen_bits_comes_back_so():
    text = 'Last Name\tFirst Name\tUsername\tEssay [Total Pts: 20 Score] |881\r\n"Reyes"\t"Jonah"\t"jonah"\t\r\n'
    content = b"\xff\xfe" + text.encode("utf-16-le")
    table = Table(content)
    layout = layout_of(table)
    assert layout.system == BLACKBOARD
    fill(table, layout, suggested(layout, "Essay"), [JONAH], of=D(20))
    assert table.content() == b"\xff\xfe" + text.replace('"jonah"\t', '"jonah"\t9.00').encode(
        "utf-16-le"
    )


def test_other_table_is_filled_by_its_address_column():
    content = b"E-Mail;Punkte\njonah@example.edu;\n"
    table = Table(content)
    layout = layout_of(table)
    fill(table, layout, suggested(layout, "x"), [JONAH], of=D(20))
    assert (layout.system, table.content()) == (OTHER, b"E-Mail;Punkte\njonah@example.edu;9.00\n")


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", ""),
        (b" \n", ""),
        (b"a,b\n1,2\n", "line 1"),
        (b'Email,Grade\n"open,1\n', "line 2"),
        (b"x" * 5_000_001, ""),
    ],
    ids=["nothing", "blank", "no people", "open quotation", "too large"],
)
def test_file_that_is_no_gradebook_says_where_it_goes_wrong(content, place):
    with pytest.raises(Unreadable) as caught:
        layout_of(Table(content))
    assert caught.value.place == place


def test_row_that_is_too_short_is_refused_by_its_line():
    table = Table(b"Email,x,Grade\njonah@example.edu\n")
    with pytest.raises(Unreadable) as caught:
        fill(table, layout_of(table), 2, [JONAH], of=D(20))
    assert caught.value.place == "line 2"


CELLS = st.one_of(
    st.text(alphabet=st.characters(exclude_characters='",;\t\r\n', exclude_categories=["Cs"])),
    st.text(alphabet='a",;\t\n\r ').map(lambda text: '"' + text.replace('"', '""') + '"'),
)


@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=5),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_any_table_comes_out_as_it_went_in(rows, separator, line_end, ends):
    text = line_end.join(separator.join(row) for row in rows) + (line_end if ends else "")
    content = f"id{separator}name\n{text}".encode()
    assert Table(content).content() == content


@given(st.binary(max_size=60))
def test_any_bytes_come_out_as_they_went_in(content):
    content = b"Email,Grade\n" + content
    try:
        table = Table(content)
    except Unreadable:
        return
    assert table.content() == content
