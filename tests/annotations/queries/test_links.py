import pytest

from annotations.models import LinkHealth
from annotations.queries.links import link_words


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        ("unchecked", "", "Not opened yet."),
        ("alive", "alive", "Opens."),
        ("moved", "moved", "Opens at another address."),
        ("gone", "missing", "No longer there. The site says that there is no such page."),
        (
            "unreachable",
            "missing",
            "Could not be opened. The site says that there is no such page.",
        ),
        ("unreachable", "slow", "Could not be opened. The site took too long to answer."),
        ("unreachable", "", "Could not be opened."),
        ("unreachable", "of an earlier version", "Could not be opened."),
        (
            "refused",
            "inside",
            "Is not opened. It leads into a closed network, where nothing is opened.",
        ),
    ],
)
def test_link_words_tell_the_status_and_why(status, reason, words):
    assert link_words(LinkHealth(status=status, reason=reason)) == words


def test_link_words_of_a_source_never_opened_say_so():
    assert link_words(None) == "Not opened yet."
