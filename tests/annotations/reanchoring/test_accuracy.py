"""The bounds of accuracy on a sample of the benchmark (`python -m tests.bench.reanchoring` measures more)."""

import pytest

from tests.bench import reanchoring

SURVIVING = {
    "words 3 %": 0.995,
    "words 10 %": 0.995,
    "inserted paragraphs": 0.98,
    "deleted paragraphs": 0.98,
    "swapped paragraphs": 0.98,
    "split paragraphs": 0.98,
    "merged paragraphs": 0.98,
    "moved sentences": 0.98,
    "revert": 1.0,
}


@pytest.fixture(scope="module")
def scores():
    return reanchoring.measure(count=4, paragraphs=20, each=30)


@pytest.mark.parametrize(("name", "least"), SURVIVING.items())
def test_accuracy_of_surviving_spans_holds_its_bound(scores, name, least):
    tally = reanchoring.total(scores, name=name)

    assert tally.surviving > 400
    assert tally.share("right") >= least


def test_accuracy_of_all_classes_puts_few_surviving_spans_wrong(scores):
    tally = reanchoring.total(scores)

    assert tally.surviving > 6_000
    assert tally.share("wrong") <= 0.002


def test_accuracy_of_all_classes_attaches_few_deleted_spans(scores):
    tally = reanchoring.total(scores)

    assert tally.gone > 900
    assert tally.share("false") <= 0.01


def test_baselines_on_the_same_spans_are_no_better():
    scores = reanchoring.measure(["words 10 %"], count=1, paragraphs=20, each=20, baselines=True)
    right = {
        way: reanchoring.total(scores, way=way).share("right")
        for way in ["offsets only", "exact or orphan", "fuzzy, no floor", reanchoring.OURS]
    }

    assert max(right, key=lambda way: right[way]) == reanchoring.OURS
    assert right["exact or orphan"] < 0.6
