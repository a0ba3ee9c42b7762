"""Turtle says what the JSON-LD says, as two other programs read the one and the other."""

import pytest

from annotations.web.model import Names, to_web
from annotations.web.turtle import iri, literal, to_turtle
from tests.annotations.web.expanding import same_statements
from tests.annotations.web.wires import BASE, EVERY, NOTE, wire


@pytest.mark.parametrize("name", EVERY)
def test_annotation_in_turtle_has_the_same_statements(name):
    names = {NOTE: Names("mine", "https://old.example/1", ("urn:x:1", "urn:x:2"))}
    document = to_web(EVERY[name], base=BASE, names=names, language="en")

    assert same_statements(document, to_turtle(document))


def test_words_of_every_sort_are_written_safely():
    body = 'a "quote", a \\ backslash,\nlines\r\tand \x01 controls: 🙂 \u2028 ”'
    document = to_web(wire(body=body), base=BASE)

    assert same_statements(document, to_turtle(document))


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("a", "", '"a"'),
        ("2026-01-01T00:00:00Z", "xsd:dateTime", '"2026-01-01T00:00:00Z"^^xsd:dateTime'),
        (4, "", '"4"^^xsd:integer'),
        (1.0, "", '"1"^^xsd:integer'),
        (0.82, "", '"8.2E-1"^^xsd:double'),
        (True, "", "true"),
        (False, "", "false"),
        ({"@value": "Frage", "@language": "de"}, "", '"Frage"@de'),
    ],
    ids=["text", "time", "number", "whole", "part", "true", "false", "language"],
)
def test_values_are_written_as_json_ld_understands_them(value, kind, expected):
    assert literal(value, kind) == expected


def test_characters_that_no_iri_has_are_escaped():
    assert iri('http://x.example/<a> "b"\\') == "<http://x.example/%3Ca%3E%20%22b%22%5C>"
