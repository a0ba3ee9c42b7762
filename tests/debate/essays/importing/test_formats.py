import subprocess
import sys

import pytest

from debate.essays.importing import formats
from debate.essays.importing.errors import ImportRefused

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("data", "filename", "media_type", "expected"),
    [
        (b"%PDF-1.7", "a.txt", "text/plain", "pdf"),
        (b"PK\x03\x04", "a.docx", WORD, "docx"),
        (b"x", "a.MD", "", "markdown"),
        (b"x", "a.html", "text/plain", "html"),
        (b"x", "", "text/html; charset=utf-8", "html"),
        (b"x", "", "text/markdown", "markdown"),
        (b"x", "", "text/plain", "text"),
        (b"x", "", "", "text"),
        (b"x", "README", "", "text"),
    ],
)
def test_recognise_first_bytes_then_name_then_type(data, filename, media_type, expected):
    assert formats.recognise(data, filename=filename, media_type=media_type) == expected


@pytest.mark.parametrize(
    ("data", "filename", "media_type"),
    [
        (b"\xd0\xcf\x11\xe0rest", "old.doc", "application/msword"),
        (b"{\\rtf1 x}", "a.rtf", "text/rtf"),
        (b"x", "a.odt", ""),
        (b"no zip", "a.docx", WORD),
        (b"no pdf", "a.pdf", "application/pdf"),
    ],
)
def test_recognise_what_cannot_be_read_is_refused(data, filename, media_type):
    with pytest.raises(ImportRefused) as refused:
        formats.recognise(data, filename=filename, media_type=media_type)

    assert refused.value.code == "unsupported_format"


def test_read_as_text_with_signs_of_markdown_is_read_as_markdown():
    draft = formats.read_as("text", b"## Title\n\nA *word* here.")

    assert draft.title == "Title"
    assert draft.blocks[0].html == "A <em>word</em> here."


def test_read_as_plain_text_imports_no_django_and_no_other_reader():
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from debate.essays.importing import formats; formats.read_as('text', b'Plain words.');"
        "print(sorted({'django', 'lxml', 'mammoth', 'pdfminer'} & {m.split('.')[0] for m in sys.modules}))"
    )

    done = subprocess.run(
        [sys.executable, "-I", "-c", program, "."], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
