from __future__ import annotations

import pytest

from annotations.exchange.formats import strict
from annotations.exchange.formats.faults import Fault, Refused

BAD = {
    "empty": (b"", "line 1, column 1"),
    "broken off": (b'{"nodes": [', "line 1, column 12"),
    "not UTF-8": (b'{"a": "\xff"}', "byte 7"),
    "NaN": (b'{"a": NaN}', ""),
    "infinity": (b"[-Infinity]", ""),
    "beyond floats": (b"[1e400]", ""),
    "as wide as 64 bits": (b"[1e300]", ""),
    "beyond 64 bits": (b'{"a": [9223372036854775808]}', "/a/0"),
    "thousands of digits": (b"[" + b"9" * 5_000 + b"]", ""),
    "NUL": (b'{"a/b": {"c~": "x\\u0000"}}', "/a~1b/c~0"),
    "NUL in a name": (b'{"x\\u0000": 1}', ""),
    "half a surrogate pair": (b'["\\ud800"]', "/0"),
    "half a pair in a name": (b'{"\\udfff": 1}', ""),
    "NUL below half a pair": (b'{"\\udfff": ["\\u0000"]}', "/\\udfff/0"),
    "name twice": (b'{"a": 1, "a": 2}', ""),
    "deep": (b"[" * 40 + b"]" * 40, "/0" * 32),
    "very deep": (b"[" * 1_000_000, ""),
    "very deep objects": (b'{"a":' * 200_000, ""),
    "50 MB": (b" " * 50_000_000, ""),
}


@pytest.mark.parametrize(("content", "place"), BAD.values(), ids=BAD)
def test_json_that_cannot_be_kept_is_refused_with_its_place(content, place):
    with pytest.raises(Refused) as refused:
        strict.load(content)

    assert (0, place) in {(fault.rule, fault.place) for fault in refused.value.faults}
    assert {fault.rule for fault in refused.value.faults} == {0}


def test_json_is_read_with_pairs_and_a_mark_at_its_start():
    assert strict.load(b'\xef\xbb\xbf{"a": ["\\ud83d\\ude00", 1.5, null, true]}') == {
        "a": ["\U0001f600", 1.5, None, True]
    }


def test_json_is_written_as_it_was_read():
    assert strict.load(strict.dump({"b": 1, "a": ["é"]})) == {"b": 1, "a": ["é"]}


def test_json_that_is_large_is_written_without_indents():
    small, large = ([["word"] * 9] * times for times in (1, 50_000))

    assert strict.dump(small).count(b"\n") == 13
    assert strict.dump(large).count(b"\n") == 1


def test_faults_are_listed_once_and_by_rule():
    refused = Refused([Fault(6, "a", "x"), Fault(1, "b", "y"), Fault(6, "a", "x")])

    assert refused.faults == (Fault(1, "b", "y"), Fault(6, "a", "x"))
    assert refused.count == 2
