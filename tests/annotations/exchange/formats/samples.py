"""Small files of other programs' formats, each as JSON that a test may spoil."""

from __future__ import annotations

import json
from typing import Any

AT = "2026-11-20 10:00:00"


def nodeset() -> dict[str, Any]:
    """A nodeset: a reason, a rebuttal, an undercut, and the reply that made it."""
    return {
        "nodes": [
            _node("100", "L", "Essay: Washington should reopen talks; talks cut the risk."),
            _node("101", "L", "Student B: Past calm does not show talks caused it."),
            _node("102", "I", "The United States should reopen arms-control talks"),
            _node("103", "I", "Talks cut the risk of miscalculation"),
            _node("104", "I", "Past calm does not show that talks caused it"),
            _node("105", "I", "Reopening talks rewards aggression"),
            _node("106", "RA", "Practical Reasoning"),
            _node("107", "CA", "Default Conflict"),
            _node("108", "CA", "Default Conflict"),
            _node("109", "YA", "Asserting"),
            _node("110", "YA", "Asserting"),
            _node("111", "TA", "Default Transition"),
            _node("112", "YA", "Disagreeing"),
        ],
        "edges": [
            _edge("1", "100", "109"),
            _edge("2", "109", "102"),
            _edge("3", "101", "110"),
            _edge("4", "110", "104"),
            _edge("5", "103", "106"),
            _edge("6", "106", "102"),
            _edge("7", "105", "107"),
            _edge("8", "107", "102"),
            _edge("9", "104", "108"),
            _edge("10", "108", "106"),
            _edge("11", "100", "111"),
            _edge("12", "111", "101"),
            _edge("13", "111", "112"),
            _edge("14", "112", "108"),
        ],
        "locutions": [_locution("100", "1"), _locution("101", "2")],
    }


def xaif() -> dict[str, Any]:
    """An analysis as OVA saves it, with its layout, unfinished, and keys of other modules."""
    return {
        "AIF": {
            "nodes": [
                {"nodeID": "2_16", "text": "A is so", "type": "I"},
                {"nodeID": 3, "text": "Rachel Lee: A", "type": "L"},
                {"nodeID": 4, "text": "Asserting", "type": "YA"},
                {"nodeID": 5, "text": "B is so", "type": "I", "propositionType": "fact"},
                {"nodeID": 6, "text": "Practical Reasoning", "type": "RA"},
                {"nodeID": 7, "text": "Default Inference", "type": "RA"},
                {"nodeID": 8, "text": "all A are B", "type": "EN"},
            ],
            "edges": [
                {"edgeID": 0, "fromID": 3, "toID": 4},
                {"edgeID": 1, "fromID": "4", "toID": "2_16"},
                {"edgeID": 2, "fromID": 5, "toID": 6},
                {"edgeID": 3, "fromID": 6, "toID": "2_16"},
                {"edgeID": 4, "fromID": 5, "toID": 7},
                {"edgeID": 5, "fromID": 8, "toID": 6},
            ],
            "locutions": [{"nodeID": 3, "personID": "1", "start": AT, "end": None}],
            "participants": [{"participantID": 1, "firstname": "Rachel", "surname": "Lee"}],
            "schemefulfillments": None,
            "descriptorfulfillments": None,
        },
        "dialog": True,
        "ova": [],
        "text": {"txt": 'A because <span class="highlighted" id="node3">B</span>'},
        "propositionTypes": {"nodes": [{"nodeID": 5, "mentions": [{"start": 0, "end": 6}]}]},
    }


def as_bytes(value: Any) -> bytes:
    """The value as a file."""
    return json.dumps(value).encode()


def _node(number: str, kind: str, text: str) -> dict[str, Any]:
    return {"nodeID": number, "text": text, "type": kind, "timestamp": AT}


def _edge(number: str, start: str, end: str) -> dict[str, Any]:
    return {"edgeID": number, "fromID": start, "toID": end, "formEdgeID": None}


def _locution(node: str, person: str) -> dict[str, Any]:
    times = {"timestamp": AT, "start": None, "end": None, "source": None}
    return {"nodeID": node, "personID": person, **times}
