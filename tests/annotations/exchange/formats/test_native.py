from __future__ import annotations

import json

import jsonschema
import pytest

from annotations.exchange.formats import aifdb, native
from annotations.exchange.formats.faults import Refused
from tests.annotations.exchange.formats.debates import debate
from tests.annotations.exchange.formats.samples import as_bytes, nodeset


def debates():
    return [debate(seed) for seed in range(100)]


def test_debates_written_read_the_same():
    assert [native.read(native.write(document)) for document in debates()] == debates()


def test_debates_written_fit_the_schema():
    validator = jsonschema.Draft202012Validator(native.schema())

    values = [json.loads(native.write(document)) for document in debates()]

    assert [error.message for value in values for error in validator.iter_errors(value)] == []


def test_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(native.schema())

    assert native.schema()["$defs"]["Claim"]["required"] == ["id", "text"]


def test_file_of_others_comes_along():
    document = aifdb.read(as_bytes(nodeset()))

    back = native.read(native.write(document))

    assert back == document
    assert json.loads(aifdb.write(back)) == nodeset()


def spoiled(change):
    value = json.loads(native.write(aifdb.read(as_bytes(nodeset()))))
    change(value["debate"])
    return as_bytes(value)


def put(way, new):
    def change(debate):
        inner = debate
        for step in way[:-1]:
            inner = inner[step]
        inner[way[-1]] = new

    return spoiled(change)


FAULTS = {
    "another format": (b'{"format": "x"}', 0, ""),
    "a list": (b"[]", 0, ""),
    "another version": (b'{"format": "counterpoint-debate", "version": 2}', 0, "/version"),
    "version true": (b'{"format": "counterpoint-debate", "version": true}', 0, "/version"),
    "no debate": (b'{"format": "counterpoint-debate", "version": 1}', 0, "/debate"),
    "unknown member": (put(("colour",), "red"), 0, "/debate/colour"),
    "claims no list": (put(("claims",), {}), 0, "/debate/claims"),
    "claim no object": (put(("claims", 0), "x"), 0, "/debate/claims/0"),
    "claim without text": (
        spoiled(lambda debate: debate["claims"][0].pop("text")),
        0,
        "/debate/claims/0/text",
    ),
    "text a number": (put(("claims", 0, "text"), 7), 0, "/debate/claims/0/text"),
    "thesis a text": (put(("claims", 0, "is_thesis"), "yes"), 0, "/debate/claims/0/is_thesis"),
    "type unknown": (put(("claims", 0, "type"), "opinion"), 0, "/debate/claims/0/type"),
    "source a list": (
        put(("evidence",), [{"id": "e", "source": []}]),
        0,
        "/debate/evidence/0/source",
    ),
    "claim of two lines": (put(("claims", 0, "text"), "a\nb"), 0, "claim 102"),
    "id twice": (put(("claims", 0, "id"), "103"), 0, "claim 103"),
    "person twice": (put(("people", 0, "id"), "2"), 0, "/people"),
    "step without premise": (put(("inferences", 0, "premises"), []), 2, "inference 106"),
    "statement about nothing": (put(("illocutions", 0, "target"), None), 2, "illocution 109"),
    "undercut of a claim": (
        put(("relations", 1, "target"), {"kind": "claim", "id": "102"}),
        3,
        "relation 108",
    ),
    "attack on itself": (
        put(("relations", 0, "target"), {"kind": "claim", "id": "105"}),
        4,
        "relation 107",
    ),
    "conclusion among premises": (put(("inferences", 0, "conclusion"), "103"), 4, "inference 106"),
    "premise twice": (
        put(("inferences", 0, "premises"), [{"kind": "claim", "id": "103"}] * 2),
        4,
        "inference 106",
    ),
    "reply to itself": (put(("transitions", 0, "source"), "101"), 4, "transition 111"),
    "conclusion unknown": (put(("inferences", 0, "conclusion"), "x"), 6, "inference 106"),
    "speaker unknown": (put(("locutions", 0, "person"), "x"), 6, "locution 100"),
    "evidence for nothing": (put(("evidence",), [{"id": "e", "claim": "x"}]), 6, "evidence e"),
    "concession of nothing": (
        put(("concessions",), [{"id": "g", "locution": "100", "claim": "x"}]),
        6,
        "concession g",
    ),
    "foreign file shapeless": (
        put(("foreign", 0, "graph", "nodes"), 7),
        0,
        "/debate/foreign/0/graph/nodes",
    ),
    "foreign file broken": (
        put(("foreign", 0, "graph", "edges", 0, "toID"), "999"),
        6,
        "edge 1 (100 → 999)",
    ),
}


@pytest.mark.parametrize(("content", "rule", "place"), FAULTS.values(), ids=FAULTS)
def test_native_faulty_is_refused_with_rule_and_place(content, rule, place):
    with pytest.raises(Refused) as refused:
        native.read(content)

    assert (rule, place) in {(fault.rule, fault.place) for fault in refused.value.faults}


def test_native_whose_files_are_mapped_askew_is_written_without_them():
    value = json.loads(put(("foreign", 0, "nodes", "106"), {"kind": "claim", "id": "102"}))
    value["debate"]["foreign"][0]["people"]["9"] = "nobody"
    content = as_bytes(value)

    value = json.loads(aifdb.write(native.read(content)))

    assert [one.id for one in aifdb.read(as_bytes(value)).inferences] == ["node-106", "106"]
