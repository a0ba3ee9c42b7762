"""No file, however spoiled, is anything but read or refused, and what is read goes out again."""

from __future__ import annotations

import contextlib

import pytest

from annotations.exchange.formats import aifdb, native, xaif
from annotations.exchange.formats.faults import Refused
from annotations.exchange.formats.registry import FORMATS
from tests.annotations.exchange.formats import samples
from tests.annotations.exchange.formats.debates import debate
from tests.annotations.exchange.formats.spoiling import spoiled

FILES = 150


def read(form, contents):
    """The documents of the files that were not refused."""
    for content in contents:
        with contextlib.suppress(Refused):
            yield form.read(content)


def own(form):
    return [spoiled(form.write(debate(seed)), seed) for seed in range(FILES)]


def foreign(form):
    whole = {
        aifdb: samples.as_bytes(samples.nodeset()),
        xaif: samples.as_bytes(samples.xaif()),
        native: native.write(aifdb.read(samples.as_bytes(samples.nodeset()))),
    }
    return [spoiled(whole[form], seed) for seed in range(FILES)]


@pytest.mark.parametrize("files", [own, foreign])
@pytest.mark.parametrize("form", [native, aifdb, xaif])
def test_spoiled_files_are_refused_or_go_out_in_every_format(form, files):
    documents = list(read(form, files(form)))

    written = [[one.write(document) for one in FORMATS.values()] for document in documents]

    assert 0 < len(written) < FILES


@pytest.mark.parametrize("files", [own, foreign])
@pytest.mark.parametrize("form", [aifdb, xaif])
def test_spoiled_files_that_are_read_go_out_by_the_rules(form, files):
    documents = list(read(form, files(form)))

    back = [other.read(other.write(one)) for one in documents for other in (aifdb, xaif)]

    assert len(back) == 2 * len(documents)
