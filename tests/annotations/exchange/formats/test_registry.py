from __future__ import annotations

import pytest

from annotations.exchange.formats import native, registry
from annotations.exchange.formats.document import Document
from tests.annotations.exchange.formats import samples
from tests.annotations.exchange.formats.debates import debate


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (native.write(Document()), "native"),
        (samples.as_bytes(samples.nodeset()), "aifdb"),
        (samples.as_bytes(samples.xaif()), "xaif"),
        (b"[]", "aifdb"),
    ],
)
def test_format_is_recognised_by_what_the_file_holds(content, name):
    assert registry.recognised(content) == name


@pytest.mark.parametrize("form", registry.FORMATS.values(), ids=lambda form: form.name)
def test_format_writes_the_same_file_for_the_same_debate(form):
    assert form.write(debate(11)) == form.write(debate(11))
