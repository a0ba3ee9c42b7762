import pytest
from django.test import override_settings

from debate.core.errors import Invalid
from debate.core.seals import opened, seal
from tests.expect import expect_refusal

WORDS = b"counter 12"


def test_seal_is_opened_for_its_purpose_again():
    assert opened("cursor", seal("cursor", WORDS)) == WORDS


def test_seal_of_the_same_content_is_never_the_same_and_always_as_long():
    first, second = seal("cursor", WORDS), seal("cursor", WORDS)

    assert first != second
    assert len(first) == len(second)
    assert "counter" not in first


def test_opened_for_another_purpose_is_refused():
    expect_refusal(Invalid, lambda: opened("draft", seal("cursor", WORDS)))


@pytest.mark.parametrize("words", ["", "x", "ärger", "\ud800", "gAAAAA", "a" * 5_000])
def test_opened_what_is_no_seal_is_refused(words):
    expect_refusal(Invalid, lambda: opened("cursor", words))


def test_opened_changed_by_one_letter_is_refused():
    sealed = seal("cursor", WORDS)
    changed = sealed[:20] + ("A" if sealed[20] != "A" else "B") + sealed[21:]

    expect_refusal(Invalid, lambda: opened("cursor", changed))


def test_seal_outlives_a_change_of_the_secret_key_that_keeps_the_old_one():
    with override_settings(SECRET_KEY="old"):
        sealed = seal("cursor", WORDS)

    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["old"]):
        assert opened("cursor", sealed) == WORDS
    with override_settings(SECRET_KEY="new"):
        expect_refusal(Invalid, lambda: opened("cursor", sealed))
