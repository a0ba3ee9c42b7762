import io

import pytest
from rest_framework.exceptions import ParseError

from debate.core.api.errors import BadMember
from debate.core.api.parsers import BoundedJSONParser
from debate.core.errors import TooLarge


def parse(body):
    return BoundedJSONParser().parse(io.BytesIO(body))


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"{}", {}),
        (b'{"a": [1, 2.5, null, true, "x"]}', {"a": [1, 2.5, None, True, "x"]}),
        ('{"body": "Здравствуйте 🙂"}'.encode(), {"body": "Здравствуйте 🙂"}),
        (b'{"body": "\\ud83d\\ude42"}', {"body": "🙂"}),
        (b"[" * 32 + b"]" * 32, [[]]),
    ],
    ids=["empty", "all types", "utf-8", "whole surrogate pair", "32 levels"],
)
def test_parse_of_json_returns_its_value(body, value):
    parsed = parse(body)

    assert parsed == value or (parsed and len(body) == 64)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The body is not JSON: Expecting value: line 1 column 1 (char 0)."),
        (b'{"a": 1', "The body is not JSON: Expecting ',' delimiter: line 1 column 8 (char 7)."),
        (b'{"a": NaN}', "The body is not JSON: NaN is no JSON value."),
        (b'{"a": -Infinity}', "The body is not JSON: -Infinity is no JSON value."),
        (b'{"a": 1e999}', "The body is not JSON: a number is larger than can be kept."),
        (b"1" * 5000, "The body is not JSON: a number is larger than can be kept."),
        (b"\xef\xbb\xbf{}", "The body is not JSON: it begins with a byte order mark."),
        (b'{"a": "\xff"}', "The body is not UTF-8."),
        ("{}".encode("utf-16"), "The body is not UTF-8."),
    ],
)
def test_parse_of_what_is_no_json_is_refused(body, sentence):
    with pytest.raises(ParseError) as caught:
        parse(body)

    assert str(caught.value.detail) == sentence


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"body": "a", "body": "b"}', "body"),
        (b'{"a": [{"b": 1, "c": 2, "b": 1}]}', "b"),
        (b'{"": 1, "": 2}', ""),
        (b'{"a\\ud800": 1, "a\\ud800": 2}', "a?"),
        (f'{{"{"x" * 50}": 1, "{"x" * 50}": 2}}'.encode(), "x" * 40),
    ],
    ids=["outermost", "within", "empty", "half a character", "long"],
)
def test_parse_of_a_member_that_is_given_twice_is_refused_and_named(body, name):
    with pytest.raises(ParseError) as caught:
        parse(body)

    assert str(caught.value.detail) == f"The body gives “{name}” more than once in one object."


@pytest.mark.parametrize("opening", [b"[", b'{"a":'], ids=["lists", "objects"])
def test_parse_of_5000_levels_is_refused(opening):
    closing = b"]" if opening == b"[" else b"}"

    with pytest.raises((ParseError, BadMember), match="nested deeper than 32 levels"):
        parse(opening * 5000 + (b"1" if opening != b"[" else b"") + closing * 5000)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b'{"body": "a\\u0000b"}', ("body",)),
        (b'{"body": "a\\ud800b"}', ("body",)),
        (b'{"body": "a\\udc00b"}', ("body",)),
        (b'{"tags": ["fine", "\\u0000"]}', ("tags", 1)),
        (b'{"anchors": [{"quote": "\\udfff"}]}', ("anchors", 0, "quote")),
        (b'{"a.b/c": "\\u0000"}', ("a.b/c",)),
        (b'{"evidence": {"\\u0000": 1}}', ("evidence",)),
    ],
)
def test_parse_of_text_that_cannot_be_kept_names_its_place(body, path):
    with pytest.raises(BadMember) as caught:
        parse(body)

    assert caught.value.path == path


def test_parse_of_more_than_the_limit_is_refused(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10

    assert parse(b'"12345678"') == "12345678"
    with pytest.raises(TooLarge):
        parse(b'"123456789"')


def test_parse_takes_two_and_a_half_mebibytes_and_no_more():
    text = "x" * (2_621_440 - 2)

    assert parse(f'"{text}"'.encode()) == text
    with pytest.raises(TooLarge, match="2,621,440 bytes"):
        parse(f'"{text}x"'.encode())


def test_parse_of_a_body_that_breaks_off_is_refused():
    class Broken(io.BytesIO):
        def read(self, *size):
            raise OSError(*size)

    with pytest.raises(ParseError, match="broke off"):
        BoundedJSONParser().parse(Broken())
