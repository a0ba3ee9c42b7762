from __future__ import annotations

import dataclasses
import json

import pytest

from annotations.exchange.formats import aifdb
from annotations.exchange.formats.document import (
    Claim,
    Document,
    Evidence,
    Foreign,
    Illocution,
    Inference,
    Locution,
    Person,
    Ref,
    Relation,
    Transition,
)
from annotations.exchange.formats.faults import Refused
from tests.annotations.exchange.formats.debates import debate
from tests.annotations.exchange.formats.samples import as_bytes, nodeset

DEBATES = 1_000


def spoiled(*changes):
    """The nodeset with values set at ways into it."""
    value = nodeset()
    for way, new in changes:
        inner = value
        for step in way[:-1]:
            inner = inner[step]
        inner[way[-1]] = new
    return as_bytes(value)


def without(name, index):
    value = nodeset()
    del value[name][index]
    return as_bytes(value)


def with_more(name, row):
    value = nodeset()
    value[name].append(row)
    return as_bytes(value)


def edge(start, end, number="90"):
    return {"edgeID": number, "fromID": start, "toID": end, "formEdgeID": None}


def test_nodeset_valid_is_read_as_argument_and_dialogue():
    document = aifdb.read(as_bytes(nodeset()))

    assert [claim.id for claim in document.claims] == ["102", "103", "104", "105"]
    assert document.inferences == (
        Inference("106", "102", (Ref("claim", "103"),), "Practical Reasoning"),
    )
    assert document.relations == (
        Relation("107", "rebuts", Ref("claim", "105"), Ref("claim", "102")),
        Relation("108", "undercuts", Ref("claim", "104"), Ref("inference", "106")),
    )
    assert document.people == (Person("1", "Essay"), Person("2", "Student B"))
    assert document.locutions[1] == Locution(
        "101", "Past calm does not show talks caused it.", "2", "2026-11-20T10:00:00Z"
    )
    assert document.transitions == (Transition("111", "100", "101"),)
    assert document.illocutions[-1] == Illocution(
        "112", "disagreeing", Ref("transition", "111"), Ref("relation", "108")
    )


def test_nodeset_attack_on_premise_is_read_as_undermining():
    document = aifdb.read(spoiled((("edges", 7, "toID"), "103")))

    assert [relation.kind for relation in document.relations] == ["undermines", "undercuts"]


def test_nodeset_read_and_written_is_the_same_file():
    value = nodeset() | {"analyst": {"name": "Ann"}}
    value["nodes"].append({"nodeID": "120", "text": "so", "type": "MA", "colour": "red"})
    value["edges"] += [edge("103", "120"), edge("120", "105", "91")]

    written = aifdb.write(aifdb.read(as_bytes(value)))

    assert json.loads(written) == value


@pytest.mark.parametrize("start", range(0, DEBATES, 250))
def test_debates_written_pass_the_rules_and_read_the_same(start):
    debates = [debate(seed) for seed in range(start, start + 250)]

    back = [aifdb.read(aifdb.write(document)) for document in debates]

    assert [dataclasses.replace(document, foreign=()) for document in back] == debates


def test_debate_without_our_keys_keeps_claims_and_links():
    document = Document(
        people=(Person("p", "Ann Lee"),),
        claims=(Claim("a", "A"), Claim("b", "B"), Claim("c", "C")),
        inferences=(Inference("i", "a", (Ref("claim", "b"),)),),
        relations=(Relation("r", "undercuts", Ref("claim", "c"), Ref("inference", "i")),),
        locutions=(Locution("l", "A!", "p", "2026-11-20T10:00:00Z"),),
        illocutions=(Illocution("y", "asserting", Ref("locution", "l"), Ref("claim", "a")),),
    )
    value = json.loads(aifdb.write(document))
    rows = [*value["nodes"], *value["participants"]]
    added = [row.pop("counterpoint") for row in rows]

    back = aifdb.read(as_bytes(value))

    assert len(added) == 8
    assert [claim.text for claim in back.claims] == ["A", "B", "C"]
    assert back.inferences == (Inference("5", "2", (Ref("claim", "3"),)),)
    assert back.relations == (Relation("6", "undercuts", Ref("claim", "4"), Ref("inference", "5")),)
    assert back.locutions == (Locution("1", "A!", "1", "2026-11-20T10:00:00Z"),)
    assert back.people == (Person("1", "Ann Lee"),)


def test_evidence_written_is_the_words_that_its_source_says():
    document = Document(
        claims=(Claim("c", "Talks help"),),
        evidence=(
            Evidence("e", "c", "supports", "It says so.", "Talks helped.", "p. 3", "Li 2019"),
        ),
        inferences=(Inference("i", "c", (Ref("evidence", "e"),)),),
    )

    value = json.loads(aifdb.write(document))

    assert [(row["type"], row["text"]) for row in value["nodes"]] == [
        ("I", "Talks help"),
        ("I", "Talks helped."),
        ("L", "Li 2019: Talks helped."),
        ("YA", "Asserting"),
        ("RA", "Default Inference"),
    ]
    assert [(row["fromID"], row["toID"]) for row in value["edges"]] == [
        ("3", "4"),
        ("4", "2"),
        ("2", "5"),
        ("5", "1"),
    ]


def test_nodeset_changed_meanwhile_keeps_the_rest():
    read = aifdb.read(as_bytes(nodeset()))
    reworded = dataclasses.replace(read.claims[0], text="Talks should start again")
    more = Claim("new", "A new claim")
    document = dataclasses.replace(
        read,
        claims=(reworded, *read.claims[1:3], more),
        relations=(dataclasses.replace(read.relations[1], rationale="because"),),
    )

    value = json.loads(aifdb.write(document))

    expected = nodeset()
    expected["nodes"][2]["text"] = "Talks should start again"
    expected["nodes"][8]["counterpoint"] = {"is": "relation", "rationale": "because"}
    del expected["nodes"][7], expected["nodes"][5]
    new = {"nodeID": "113", "text": "A new claim", "type": "I", "timestamp": None}
    expected["nodes"].append(new | {"counterpoint": {"is": "claim", "id": "new"}})
    del expected["edges"][6:8]
    assert value == expected


def test_nodeset_whose_premise_and_speaker_changed_says_so():
    read = aifdb.read(as_bytes(nodeset()))
    step = dataclasses.replace(read.inferences[0], premises=(Ref("claim", "105"),))
    said = dataclasses.replace(read.locutions[0], person="2")
    document = dataclasses.replace(read, inferences=(step,), locutions=(said, read.locutions[1]))

    value = json.loads(aifdb.write(document))

    back = aifdb.read(as_bytes(value))
    assert back.inferences == (step,)
    assert back.locutions[0] == said
    assert [row["edgeID"] for row in value["edges"]][-2:] == ["14", "15"]


def test_nodeset_with_what_we_do_not_model_keeps_that_in_the_file():
    value = nodeset()
    value["nodes"] += [
        {"nodeID": "120", "text": "Default Conflict", "type": "CA"},
        {"nodeID": "121", "text": "Default Transition", "type": "TA"},
        {"nodeID": "122", "text": "Arguing", "type": "YA"},
        {"nodeID": "123", "text": "B: so", "type": "L"},
    ]
    value["edges"] += [
        edge("105", "120"),  # an attack on an attack
        edge("120", "107", "91"),
        edge("100", "121", "92"),  # one step to two replies
        edge("121", "101", "93"),
        edge("121", "123", "94"),
        edge("121", "122", "95"),
        edge("122", "108", "96"),
    ]

    document = aifdb.read(as_bytes(value))

    assert {"120", "121", "122"}.isdisjoint(document.foreign[0].nodes)
    assert (len(document.relations), len(document.transitions)) == (2, 1)
    assert json.loads(aifdb.write(document)) == value


def test_nodeset_with_another_programs_key_of_our_name_keeps_the_id():
    value = nodeset() | {"counterpoint": "a word of theirs"}
    value["nodes"][2]["counterpoint"] = {"id": "103", "pitch": 440}
    read = aifdb.read(as_bytes(value))
    document = dataclasses.replace(
        read, claims=(dataclasses.replace(read.claims[0], is_thesis=True), *read.claims[1:])
    )

    written = json.loads(aifdb.write(document))

    assert read.claims[0].id == "102"
    assert written["counterpoint"] == "a word of theirs"
    assert written["nodes"][2]["counterpoint"] == {"is": "claim", "is_thesis": True}


def test_nodeset_losing_a_claim_loses_the_steps_that_only_it_completed():
    value = nodeset()
    value["nodes"].append({"nodeID": "120", "text": "Default Rephrase", "type": "MA"})
    value["nodes"].append({"nodeID": "121", "text": "Restating", "type": "YA"})
    value["edges"] += [
        edge("103", "120"),
        edge("120", "105", "91"),
        edge("111", "121", "92"),
        edge("121", "120", "93"),
    ]
    read = aifdb.read(as_bytes(value))
    document = dataclasses.replace(read, claims=read.claims[:3], relations=read.relations[1:])

    written = json.loads(aifdb.write(document))

    assert {"105", "107", "120", "121"}.isdisjoint(row["nodeID"] for row in written["nodes"])
    assert aifdb.read(as_bytes(written)).claims == read.claims[:3]


def test_nodesets_two_with_the_same_numbers_are_told_apart():
    first = aifdb.read(as_bytes(nodeset() | {"analyst": "Ann"}))
    second = aifdb.read(as_bytes(nodeset() | {"analyst": "Bo"}))
    moved = Foreign(
        "aifdb",
        second.foreign[0].graph,
        {node: Ref(ref.kind, f"b{ref.id}") for node, ref in second.foreign[0].nodes.items()},
        {number: f"b{person}" for number, person in second.foreign[0].people.items()},
    )
    renamed = [dataclasses.replace(claim, id=f"b{claim.id}") for claim in second.claims]
    document = dataclasses.replace(
        first, claims=(*first.claims, *renamed), foreign=(*first.foreign, moved)
    )

    value = json.loads(aifdb.write(document))

    assert [row["text"] for row in value["nodes"] if row["type"] == "I"] == [
        claim.text for claim in (*first.claims, *renamed)
    ]
    assert len({row["nodeID"] for row in value["nodes"]}) == len(value["nodes"]) == 17
    assert value["nodes"][:13] == nodeset()["nodes"]
    assert (value["analyst"], value["counterpoint"]["kept"]) == ("Ann", [{"analyst": "Bo"}])


FAULTS = {
    "not an object": (b"[]", 0),
    "no nodes": (b"{}", 0),
    "nodes no list": (spoiled((("nodes",), {})), 0),
    "node no object": (spoiled((("nodes", 0), "x")), 0),
    "id with letters": (spoiled((("nodes", 0, "nodeID"), "n1")), 0),
    "id of OVA": (spoiled((("nodes", 5, "nodeID"), "105_1")), 0),
    "id negative": (spoiled((("nodes", 0, "nodeID"), -1)), 0),
    "id true": (spoiled((("nodes", 0, "nodeID"), True)), 0),
    "id missing": (spoiled((("nodes", 0, "nodeID"), None)), 0),
    "id twice": (spoiled((("nodes", 0, "nodeID"), "101")), 0),
    "id twice as number": (spoiled((("nodes", 0, "nodeID"), 101)), 0),
    "edge id twice": (spoiled((("edges", 0, "edgeID"), "2")), 0),
    "edge without end": (spoiled((("edges", 0, "toID"), None)), 0),
    "type a number": (spoiled((("nodes", 0, "type"), 7)), 0),
    "type empty": (spoiled((("nodes", 0, "type"), "")), 0),
    "text a list": (spoiled((("nodes", 0, "text"), [])), 0),
    "claim blank": (spoiled((("nodes", 2, "text"), " \n")), 0),
    "our key of no use": (spoiled((("nodes", 2, "counterpoint"), {"is": "claim", "type": 7})), 0),
    "our name of no use": (
        as_bytes(
            nodeset() | {"participants": [{"participantID": "1", "counterpoint": {"name": 7}}]}
        ),
        0,
    ),
    "our question of no use": (
        as_bytes(
            {
                "nodes": [
                    {"nodeID": "1", "type": "L", "text": "Why?"},
                    {
                        "nodeID": "2",
                        "type": "YA",
                        "text": "Questioning",
                        "counterpoint": {"is": "illocution", "id": 7},
                    },
                    {"nodeID": "3", "type": "I", "text": "Why?", "counterpoint": {"is": "content"}},
                ],
                "edges": [edge("1", "2"), edge("2", "3", "91")],
            }
        ),
        0,
    ),
    "our id twice": (
        spoiled(
            (("nodes", 2, "counterpoint"), {"is": "claim", "id": "x"}),
            (("nodes", 3, "counterpoint"), {"is": "claim", "id": "x"}),
        ),
        0,
    ),
    "I to I": (spoiled((("edges", 4, "toID"), "102")), 1),
    "L to L": (with_more("edges", edge("100", "101")), 1),
    "L to I": (with_more("edges", edge("100", "102")), 1),
    "two conclusions": (with_more("edges", edge("106", "105")), 2),
    "no conclusion": (without("edges", 5), 2),
    "conflict without source": (without("edges", 6), 2),
    "premises attacked only": (without("edges", 4), 2),
    "illocution of nobody": (without("edges", 0), 2),
    "RA to RA": (spoiled((("edges", 5, "toID"), "106"), (("edges", 4, "toID"), "106")), 3),
    "TA to I": (with_more("edges", edge("111", "102")), 3),
    "I to YA": (with_more("edges", edge("102", "109")), 3),
    "premise twice": (with_more("edges", edge("103", "106")), 4),
    "step to its own premise": (spoiled((("edges", 4, "fromID"), "102")), 4),
    "attack on itself": (spoiled((("edges", 6, "fromID"), "102")), 4),
    "locution on I": (spoiled((("locutions", 0, "nodeID"), "102")), 5),
    "locution said by two": (spoiled((("locutions", 0, "nodeID"), "101")), 5),
    "edge from nowhere": (spoiled((("edges", 4, "fromID"), "999")), 6),
    "edge to nowhere": (with_more("edges", edge("103", "999")), 6),
    "locution of nothing": (spoiled((("locutions", 0, "nodeID"), "999")), 6),
}


@pytest.mark.parametrize(("content", "rule"), FAULTS.values(), ids=FAULTS)
def test_nodeset_faulty_is_refused_with_its_rule(content, rule):
    with pytest.raises(Refused) as refused:
        aifdb.read(content)

    assert rule in {fault.rule for fault in refused.value.faults}
    assert all(fault.sentence for fault in refused.value.faults)


def test_nodeset_with_faults_is_refused_with_all_of_them():
    value = nodeset()
    value["edges"] += [edge("100", "101"), edge("103", "999", "91")]

    with pytest.raises(Refused) as refused:
        aifdb.read(as_bytes(value))

    assert [(fault.rule, fault.place) for fault in refused.value.faults] == [
        (1, "edge 90 (100 → 101)"),
        (6, "edge 91 (103 → 999)"),
    ]


def test_nodeset_with_thousands_of_faults_lists_the_first_hundred():
    value = nodeset()
    value["edges"] = [edge("102", "103", str(number)) for number in range(5_000)]

    with pytest.raises(Refused) as refused:
        aifdb.read(as_bytes(value))

    assert len(refused.value.faults) == 100
    assert refused.value.count > 5_000
