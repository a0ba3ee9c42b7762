from __future__ import annotations

import dataclasses
import json

import pytest

from annotations.exchange.formats import aifdb, xaif
from annotations.exchange.formats.document import Claim, Document, Locution, Person
from annotations.exchange.formats.faults import Refused
from tests.annotations.exchange.formats import samples
from tests.annotations.exchange.formats.debates import debate

DEBATES = 1_000


def test_xaif_unfinished_is_read_as_far_as_it_is_whole():
    document = xaif.read(samples.as_bytes(samples.xaif()))

    assert [(claim.id, claim.text) for claim in document.claims] == [
        ("2_16", "A is so"),
        ("5", "B is so"),
    ]
    assert document.inferences == ()
    assert document.locutions == (Locution("3", "A", "1", "2026-11-20T10:00:00Z"),)
    assert document.people == (Person("1", "Rachel Lee"),)
    assert [fault.place for fault in xaif.incomplete(samples.xaif())] == ["node 7"]


def test_xaif_read_and_written_is_the_same_file():
    value = samples.xaif()

    written = xaif.write(xaif.read(samples.as_bytes(value)))

    assert json.loads(written) == value
    assert list(json.loads(written)) == list(value)


@pytest.mark.parametrize("start", range(0, DEBATES, 250))
def test_debates_written_pass_the_rules_and_read_the_same(start):
    debates = [debate(seed) for seed in range(start, start + 250)]

    back = [xaif.read(xaif.write(document)) for document in debates]

    assert [dataclasses.replace(document, foreign=()) for document in back] == debates


def test_xaif_written_marks_the_words_and_places_the_nodes():
    document = Document(
        people=(Person("p", "Ann"),),
        claims=(Claim("c", "A"),),
        locutions=(Locution("l", "a < b", "p", "2026-11-20T10:00:00Z"),),
    )

    value = json.loads(xaif.write(document))

    assert value["text"] == ('<span class="highlighted" id="node1">Ann: a &lt; b</span><br><br>')
    assert [(row["nodeID"], row["visible"]) for row in value["OVA"]["nodes"]] == [
        ("1", True),
        ("2", True),
    ]
    assert value["AIF"]["locutions"] == [
        {"nodeID": "1", "personID": "1", "start": "2026-11-20 10:00:00", "end": None}
    ]


def test_xaif_unfinished_written_for_aifdb_sets_apart_what_is_not_whole():
    document = xaif.read(samples.as_bytes(samples.xaif()))

    value = json.loads(aifdb.write(document))

    assert [row["nodeID"] for row in value["counterpoint"]["incomplete"]["nodes"]] == [7]
    assert value["counterpoint"]["xaif"]["dialog"] is True
    assert [claim.text for claim in aifdb.read(samples.as_bytes(value)).claims] == [
        "A is so",
        "B is so",
    ]


def test_xaif_of_nodesets_names_everybody_who_speaks():
    read = aifdb.read(samples.as_bytes(samples.nodeset()))
    document = dataclasses.replace(read, foreign=read.foreign * 2)

    value = json.loads(xaif.write(document))

    assert [
        (row["participantID"], row["firstname"], row["surname"])
        for row in value["AIF"]["participants"]
    ] == [("1", "Essay", ""), ("2", "Student", "B"), ("3", "Person", "3"), ("4", "Person", "4")]
    assert xaif.read(samples.as_bytes(value)).claims[:4] == read.claims


def spoiled(change):
    value = samples.xaif()
    change(value)
    return samples.as_bytes(value)


FAULTS = {
    "no AIF": (samples.as_bytes(samples.nodeset()), 0),
    "AIF a list": (b'{"AIF": []}', 0),
    "id of words": (spoiled(lambda value: value["AIF"]["nodes"][3].update(nodeID="five")), 0),
    "participant twice": (
        spoiled(lambda value: value["AIF"]["participants"].append({"participantID": "1"})),
        0,
    ),
    "name a number": (
        spoiled(lambda value: value["AIF"]["participants"][0].update(surname=7)),
        0,
    ),
    "I to I": (spoiled(lambda value: value["AIF"]["edges"][2].update(toID="2_16")), 1),
    "person unknown": (
        spoiled(lambda value: value["AIF"]["locutions"][0].update(personID=9)),
        5,
    ),
    "edge to nowhere": (spoiled(lambda value: value["AIF"]["edges"][2].update(toID=99)), 6),
}


@pytest.mark.parametrize(("content", "rule"), FAULTS.values(), ids=FAULTS)
def test_xaif_faulty_is_refused_with_its_rule(content, rule):
    with pytest.raises(Refused) as refused:
        xaif.read(content)

    assert rule in {fault.rule for fault in refused.value.faults}
