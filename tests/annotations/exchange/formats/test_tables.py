from __future__ import annotations

import csv
import io
import zipfile

from annotations.exchange.formats import tables
from annotations.exchange.formats.document import (
    Claim,
    Document,
    Illocution,
    Inference,
    Locution,
    Person,
    Place,
    Ref,
)
from tests.annotations.exchange.formats.debates import debate


def read(content):
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        return {
            name: list(csv.reader(io.StringIO(files.read(name).decode("utf-8-sig"))))
            for name in files.namelist()
        }


def test_tables_hold_a_row_for_each_thing():
    document = Document(
        people=(Person("p", "Ann"),),
        claims=(
            Claim(
                "a", "=SUM(A1)", is_thesis=True, added_by="p", places=(Place("k", 3, 0, 4, "so"),)
            ),
            Claim("b", "two, or more"),
        ),
        inferences=(Inference("i", "a", (Ref("claim", "b"),)),),
        locutions=(Locution("l", "why\nso?", "p", place=Place("k")),),
        illocutions=(Illocution("y", "questioning", Ref("locution", "l")),),
    )

    found = read(tables.write(document))

    head, *rows = (",".join(row) for row in found["claims.csv"])
    assert head == (
        "id,text,origin,status,type,is_thesis,has_burden,is_explicit,added_by,"
        "place_number,place_start,place_end,place_exact"
    )
    assert rows == [
        "a,'=SUM(A1),imported,marked,,yes,no,yes,Ann,3,0,4,so",
        "b,two, or more,imported,marked,,no,no,yes,,,,,",
    ]
    assert found["premises.csv"][1:] == [["i", "claim", "b"]]
    assert found["locutions.csv"][1:] == [
        ["l", "Ann", "", "", "why\nso?", "", "", "", ""],
    ]
    assert found["illocutions.csv"][1:] == [["y", "questioning", "locution", "l", "", ""]]
    assert list(found) == [
        "claims.csv",
        "inferences.csv",
        "relations.csv",
        "evidence.csv",
        "concessions.csv",
        "locutions.csv",
        "transitions.csv",
        "illocutions.csv",
        "premises.csv",
    ]


def test_tables_of_the_same_debate_are_the_same_file():
    assert tables.write(debate(7)) == tables.write(debate(7))
