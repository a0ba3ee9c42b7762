"""Rubrics as files: what is written is read again as the same, and errors say where they are."""

import json
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from annotations.grading.formats import as_csv, as_json
from annotations.grading.formats.content import CriterionContent, LevelContent, RubricContent
from annotations.grading.formats.errors import Unreadable

LEVELS = (
    LevelContent(title="Weak", points=Decimal(0), key=UUID(int=11)),
    LevelContent(
        title="Strong", points=Decimal("2.5"), description="Clear;\n“and”, short", key=UUID(int=12)
    ),
)
CHECKS = (
    LevelContent(title="=Names a source", points=Decimal(2), key=UUID(int=13)),
    LevelContent(title="-Repeats itself", points=Decimal(-1), key=UUID(int=14)),
)
RUBRIC = RubricContent(
    criteria=(
        CriterionContent(
            title="Claim",
            tag="claim",
            student_text="Say what you hold.",
            marker_text="+ look for “one” sentence",
            weight=Decimal("1.5"),
            requires_citation=True,
            levels=LEVELS,
            points=Decimal("2.5"),
            key=UUID(int=1),
        ),
        CriterionContent(
            title="@Sources", kind="checks", levels=CHECKS, points=Decimal(2), key=UUID(int=2)
        ),
        CriterionContent(title="Style", kind="range", points=Decimal(4), key=UUID(int=3)),
        CriterionContent(title="Style", kind="range", points=Decimal(2), key=UUID(int=4)),
        CriterionContent(title="'Words", kind="feedback", key=UUID(int=5)),
        CriterionContent(title="Done", kind="completion", points=Decimal(5), key=UUID(int=6)),
    )
)
HEAD = "criterion,level,points\r\n"


def read_csv(text):
    return as_csv.loaded(text).criteria


def test_json_is_read_as_it_was_written():
    assert as_json.loaded(as_json.dumped("Water", RUBRIC)) == ("Water", RUBRIC)


def test_csv_is_read_as_it_was_written():
    assert as_csv.loaded(as_csv.dumped(RUBRIC)) == RUBRIC


@pytest.mark.parametrize("delimiter", [";", "\t"], ids=["semicolon", "tab"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["bare", "bom"])
def test_csv_of_a_spreadsheet_is_read(delimiter, end, mark):
    rows = [["criterion", "level", "points"], ["Claim", "Weak", "0"], ["", "Strong", "2,5"]]
    text = mark + end.join(delimiter.join(row) for row in rows) + end

    (claim,) = read_csv(text)

    assert (claim.title, claim.kind) == ("Claim", "levels")
    assert [(one.title, one.points) for one in claim.levels] == [
        ("Weak", Decimal(0)),
        ("Strong", Decimal("2.5")),
    ]


def test_csv_line_that_names_the_delimiter_is_passed_over():
    (claim,) = read_csv("sep=;\r\ncriterion;level;points\r\nClaim;Weak;0\r\n;Strong;1\r\n")

    assert len(claim.levels) == 2


def test_csv_columns_may_stand_in_any_order_and_case():
    (claim,) = read_csv("Points,Level,Criterion\n1,Weak,Claim\n2,Strong,Claim\n")

    assert [one.title for one in claim.levels] == ["Weak", "Strong"]


def test_csv_title_that_comes_again_after_another_is_another_criterion():
    found = read_csv(HEAD + "Claim,Weak,0\nTone,Low,0\nClaim,Weak,0\n")

    assert [one.title for one in found] == ["Claim", "Tone", "Claim"]


def test_csv_cells_that_are_formulas_are_written_behind_an_apostrophe():
    text = as_csv.dumped(RUBRIC)

    for cell in ("'=Names a source", "'-Repeats itself", "'@Sources", "''Words", "'+ look"):
        assert cell in text
    assert ",-1," in text


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "'a", "''=", "plain", "it's", ""])
def test_guarded_cell_is_restored(text):
    assert as_csv.unguarded(as_csv.guarded(text)) == text


@pytest.mark.parametrize(
    ("text", "place", "sentence"),
    [
        ("", "line 1", "the column “criterion” is missing."),
        (HEAD, "line 1", "there is no criterion below the names of the columns."),
        ("criterion,level\n", "line 1", "the column “points” is missing."),
        (
            "criterion,level,points,colour\n",
            "line 1, column colour",
            "no such column; there are: " + ", ".join(as_csv.COLUMNS),
        ),
        (
            "criterion,level,points,level\n",
            "line 1, column level",
            "this column stands there twice.",
        ),
        (HEAD + ",Weak,0\n", "line 2, column criterion", "say which criterion it is."),
        (HEAD + "Claim,Weak,two\n", "line 2, column points", "“two” is no number."),
        (HEAD + "Claim,Weak,NaN\n", "line 2, column points", "“NaN” is no number."),
        (HEAD + "Claim,Weak,1_0\n", "line 2, column points", "“1_0” is no number."),
        (HEAD + "Claim,Weak,\n", "line 2, column points", "give a number."),
        (HEAD + "Claim,,2\n", "line 2, column level", "say what the level is called."),
        (HEAD + "Claim,Weak,0,more\n", "line 2", "there are more cells than names of columns."),
        (HEAD + 'Claim,"Weak" x,0\n', "line 2", "the quotes of a cell do not match."),
        (
            "criterion,kind,level,points\nClaim,essay,Weak,0\n",
            "line 2, column kind",
            "choose one of: levels, range, checks, feedback, completion",
        ),
        (
            "criterion,tag,level,points\nClaim,humour,Weak,0\n",
            "line 2, column tag",
            "choose one of: claim, evidence, rebuttal, concession",
        ),
        (
            "criterion,needs citation,level,points\nClaim,maybe,Weak,0\n",
            "line 2, column needs citation",
            "say yes or no.",
        ),
        (
            "criterion,level,points,level key\nClaim,Weak,0,7\n",
            "line 2, column level key",
            "a key is a UUID, or empty.",
        ),
        (
            "criterion,weight,level,points\nClaim,1,Weak,0\nClaim,2,Strong,1\n",
            "line 3, column weight",
            "“Claim” says otherwise on line 2.",
        ),
        (
            "sep=,\n" + HEAD + "Claim,Weak,two\n",
            "line 3, column points",
            "“two” is no number.",
        ),
        (HEAD + "Claim,Weak,0\n" * 501, "line 502", "at most 500 rows are read."),
    ],
    ids=[
        "empty", "head", "missing", "unknown", "twice", "nameless", "word", "nan", "underscore",
        "blank", "untitled", "more", "quotes", "kind", "tag", "citation", "key", "otherwise",
        "offset", "many",
    ],
)  # fmt: skip
def test_csv_that_is_no_rubric_says_where(text, place, sentence):
    with pytest.raises(Unreadable) as caught:
        read_csv(text)

    assert (caught.value.place, caught.value.sentence) == (place, sentence)


def changed(**members):
    return {"title": "Water", "criteria": [{"title": "Style", "kind": "range", **members}]}


@pytest.mark.parametrize(
    ("told", "place", "sentence"),
    [
        ([], "the file", "give an object."),
        ({"title": "Water", "colour": 1}, "the file", "there is no member “colour”."),
        (
            {"title": "Water", "version": 2},
            "format",
            "only counterpoint-rubric, version 1, is read.",
        ),
        ({"criteria": []}, "title", "give a text."),
        ({"title": "Water", "criteria": {}}, "criteria", "give a list."),
        ({"title": "Water", "criteria": [7]}, "criterion 1", "give an object."),
        (changed(points=True), "criterion 1, points", "give a number."),
        (changed(points="ten"), "criterion 1, points", "“ten” is no number."),
        (changed(weight=float("inf")), "criterion 1, weight", "“inf” is no number."),
        (changed(requires_citation=1), "criterion 1, requires_citation", "give true or false."),
        (changed(key="seven"), "criterion 1, key", "a key is a UUID, or left out."),
        (changed(levels=[{"title": "Weak"}]), "criterion 1, level 1, points", "give a number."),
    ],
    ids=[
        "list", "member", "version", "title", "criteria", "criterion", "switch", "word", "inf",
        "citation", "key", "level",
    ],
)  # fmt: skip
def test_json_that_is_no_rubric_says_where(told, place, sentence):
    with pytest.raises(Unreadable) as caught:
        as_json.read(told)

    assert (caught.value.place, caught.value.sentence) == (place, sentence)


def test_json_that_is_none_says_line_and_column():
    with pytest.raises(Unreadable, match=r"line 2, column 1: this is no JSON\."):
        as_json.loaded("{\nx")


def test_json_without_end_of_nesting_is_refused():
    with pytest.raises(Unreadable):
        as_json.loaded("[" * 100_000)


def test_json_takes_numbers_as_numbers_too():
    _, content = as_json.loaded(json.dumps(changed(points=4)))

    assert content.criteria == (
        replace(CriterionContent(title="Style", kind="range"), points=Decimal(4)),
    )


def test_error_without_a_place_is_its_sentence():
    assert str(Unreadable("", "No rubric.")) == "No rubric."
