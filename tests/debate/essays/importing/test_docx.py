import io
import socket
import zipfile

import docx as python_docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from PIL import Image

from debate.essays.importing import docx, formats
from debate.essays.importing.blocks import TABLE_ROW, Block, LeftOut
from debate.essays.importing.errors import ImportRefused

ENTITY = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


def saved(document):
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def changed(data, change, part="word/document.xml"):
    """The archive `data` with one part put through `change`."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == part else content)
    return stream.getvalue()


def archive(*parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts:
            new.writestr(name, content)
    return stream.getvalue()


def hello():
    document = python_docx.Document()
    document.add_paragraph("Hello there")
    return saved(document)


def with_entity(content):
    head, body = content.split(b"?>", 1)
    return head + b"?>" + ENTITY + body.replace(b"Hello there", b"&x;")


def test_read_as_word_file_gives_head_kinds_and_notes():
    document = python_docx.Document()
    document.add_heading("A title of its own", 0)
    document.add_paragraph("By Ann Poe, ").add_run("University of X").italic = True
    document.add_heading("Part one", 1)
    document.add_paragraph("Some ").add_run("bold").bold = True
    document.add_paragraph("A quotation.", style="Quote")
    document.add_paragraph("First.", style="List Number")
    document.add_paragraph("Dot.", style="List Bullet")
    document.add_paragraph("***")
    document.add_paragraph("The end of it.")
    document.add_paragraph().add_run("A closing note.").italic = True

    draft = formats.read_as("docx", saved(document))

    assert (draft.title, draft.author, draft.affiliation) == (
        "A title of its own",
        "Ann Poe",
        "University of X",
    )
    assert draft.blocks == [
        Block(kind="byline", html="By Ann Poe, <em>University of X</em>"),
        Block(kind="heading", html="Part one", level=1),
        Block(kind="body", html="Some <strong>bold</strong>"),
        Block(kind="quote", html="A quotation."),
        Block(kind="list_item", html="First.", label="1"),
        Block(kind="list_item", html="Dot."),
        Block(kind="break", html="***"),
        Block(kind="body", html="The end of it."),
        Block(kind="note", html="<em>A closing note.</em>"),
    ]


def test_read_table_image_header_and_comment_are_kept_or_listed():
    document = python_docx.Document()
    paragraph = document.add_paragraph("Text with a picture ")
    Image.new("RGB", (1, 1)).save(picture := io.BytesIO(), "PNG")
    paragraph.add_run().add_picture(picture)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "a", "b"
    document.sections[0].header.paragraphs[0].text = "Running head"
    document.sections[0].footer.paragraphs[0].text = ""
    document.add_comment(paragraph.runs, text="Is this so?", author="Ed")

    draft = docx.read(saved(document))

    assert draft.blocks == [
        Block(kind="body", html="Text with a picture"),
        Block(kind="body", html="a | b", remark=TABLE_ROW),
    ]
    assert draft.left_out == [
        LeftOut("image", 1, ""),
        LeftOut("page header", 1, "Running head"),
        LeftOut("comment", 1, "Is this so?"),
    ]


def test_read_tracked_deletion_never_appears():
    document = python_docx.Document()
    paragraph = document.add_paragraph("It was ")
    for xml in (
        '<w:del {} w:id="1" w:author="Ed"><w:r><w:delText>a disgrace</w:delText></w:r></w:del>',
        '<w:ins {} w:id="2" w:author="Ed"><w:r><w:t>late</w:t></w:r></w:ins>',
    ):
        paragraph._p.append(parse_xml(xml.format(nsdecls("w"))))

    draft = docx.read(saved(document))

    assert draft.blocks == [Block(kind="body", html="It was late")]
    assert draft.left_out == [LeftOut("deleted passage", 1, "")]
    assert "disgrace" not in draft.to_json()


def test_read_footnote_becomes_a_note_with_a_reference():
    notes = (
        '<w:footnotes {}><w:footnote w:id="2"><w:p><w:r><w:t>The note.</w:t></w:r></w:p>'
        "</w:footnote></w:footnotes>"
    ).format(nsdecls("w"))
    reference = b'<w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    relation = (
        b'<Relationship Id="rId99" Target="footnotes.xml" Type="http://schemas.openxmlformats.org/'
        b'officeDocument/2006/relationships/footnotes"/></Relationships>'
    )
    data = changed(hello(), lambda xml: xml.replace(b"</w:p>", reference, 1))
    data = changed(
        data, lambda xml: xml.replace(b"</Relationships>", relation), "word/_rels/document.xml.rels"
    )
    with zipfile.ZipFile(stream := io.BytesIO(data), "a") as package:
        package.writestr("word/footnotes.xml", notes)

    assert docx.read(stream.getvalue()).blocks == [
        Block(kind="body", html='Hello there<sup><a href="#note-1">[1]</a></sup>'),
        Block(kind="note", html="The note.", label="1"),
    ]


def test_read_external_entity_is_refused_unread():
    with pytest.raises(ImportRefused) as refused:
        docx.read(changed(hello(), with_entity))

    assert refused.value.code == "entities_refused"
    assert socket.gethostname() not in refused.value.sentence


def test_read_entity_in_utf_16_is_refused_too():
    def as_utf_16(content):
        text = with_entity(content).decode().replace("UTF-8", "UTF-16", 1)
        return text.encode("utf-16")

    with pytest.raises(ImportRefused) as refused:
        docx.read(changed(hello(), as_utf_16))

    assert refused.value.code == "entities_refused"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04 and nothing else", "not_word"),
        (archive(("a.txt", "x")), "not_word"),
        (archive(*((f"x{number}", "") for number in range(2_001))), "unpacks_too_large"),
        (archive(("word/document.xml", b" " * (64 * 1024 * 1024 + 1))), "unpacks_too_large"),
        (archive(("word/document.xml", b"<w:p>" * 10_001)), "too_many_paragraphs"),
    ],
    ids=["damaged", "another zip", "entries", "bomb", "paragraphs"],
)
def test_read_archive_over_the_limits_is_refused(data, code):
    with pytest.raises(ImportRefused) as refused:
        docx.read(data)

    assert refused.value.code == code


def test_read_archive_with_a_password_is_refused():
    data = bytearray(archive(("word/document.xml", b"<x/>")))
    # The flag that an entry is encrypted, in its own header and in the directory.
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(ImportRefused) as refused:
        docx.read(bytes(data))

    assert refused.value.code == "not_word"
