import json
from pathlib import Path

import pytest

from debate.essays import inline
from debate.essays.importing import formats
from debate.essays.importing.blocks import numbered

FOLDER = Path(__file__).parents[3] / "data" / "pastes"
PASTES = sorted(path for path in FOLDER.iterdir() if not path.name.endswith(".expected.json"))


def described(draft):
    """The draft as the expected files tell it: what is empty or follows from the text is not repeated."""
    blocks = [
        {
            "number": number,
            "kind": block.kind,
            "text": block.text,
            "html": "" if block.html == inline.from_plain(block.text) else block.html,
            "level": block.level,
            "label": block.label,
            "left_out": block.left_out,
            "remark": block.remark,
        }
        for number, block in zip(numbered(draft), draft.blocks, strict=True)
    ]
    return {
        "title": draft.title,
        "author": draft.author,
        "affiliation": draft.affiliation,
        "language": draft.language,
        "blocks": [{key: value for key, value in block.items() if value} for block in blocks],
        "left_out": [vars(item) for item in draft.left_out],
        "remarks": draft.remarks,
    }


def test_pastes_are_ten():
    assert len(PASTES) == 10


@pytest.mark.parametrize("path", PASTES, ids=lambda path: path.name)
def test_read_as_paste_gives_exactly_the_expected_draft(path):
    data = path.read_bytes()
    name = formats.recognise(data, filename=path.name, media_type="")

    draft = formats.read_as(name, data)

    expected = path.with_name(f"{path.name}.expected.json").read_text(encoding="utf-8")
    assert described(draft) == json.loads(expected)
