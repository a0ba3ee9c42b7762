import io

import pytest
from reportlab.lib import pdfencrypt
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate

from debate.essays.importing import formats, pdf
from debate.essays.importing.blocks import numbered
from debate.essays.importing.errors import ImportRefused

BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=11, leading=14, spaceAfter=6)
INDENTED = ParagraphStyle("indented", BODY, firstLineIndent=18, spaceAfter=0)
TITLE = ParagraphStyle("title", BODY, fontSize=18, leading=22, spaceAfter=12)
HEADING = ParagraphStyle("heading", BODY, fontName="Times-Bold", fontSize=13, leading=16)
NOTE = ParagraphStyle("note", BODY, fontSize=8, leading=10)
SENTENCES = [
    f"The {word} harbour was given to the town together with the repairs, and nobody asked who "
    f"else sheltered behind its wall in a {word} year; the fishing boats of four villages did."
    for word in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
]


def built(*paragraphs, running_head=""):
    stream = io.BytesIO()

    def furnish(canvas, document):
        canvas.setFont("Helvetica", 8)
        canvas.drawString(40, 575, running_head)
        canvas.drawString(200, 20, str(document.page) if running_head else "")

    SimpleDocTemplate(stream, pagesize=A5).build(
        [Paragraph(text, style) for text, style in paragraphs],
        onFirstPage=furnish,
        onLaterPages=furnish,
    )
    return stream.getvalue()


def drawn(draw, **settings):
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A5, **settings)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def shown(draft):
    return [(block.kind, block.text) for block in draft.blocks]


def test_read_as_pdf_finds_head_paragraphs_headings_breaks_and_notes():
    data = built(
        ("What the harbour owes", TITLE),
        ("By Dario Conti, <i>Institute of Ports</i>", BODY),
        (SENTENCES[0], BODY),
        ("The bill", HEADING),
        (SENTENCES[1], BODY),
        ("* * *", BODY),
        (SENTENCES[2], BODY),
        ("<i>Dario Conti writes about harbours.</i>", BODY),
    )

    draft = formats.read_as("pdf", data)

    assert (draft.title, draft.author, draft.affiliation) == (
        "What the harbour owes",
        "Dario Conti",
        "Institute of Ports",
    )
    assert shown(draft) == [
        ("byline", "By Dario Conti, Institute of Ports"),
        ("body", SENTENCES[0]),
        ("heading", "The bill"),
        ("body", SENTENCES[1]),
        ("break", "* * *"),
        ("body", SENTENCES[2]),
        ("note", "Dario Conti writes about harbours."),
    ]
    assert draft.blocks[-1].html == "<em>Dario Conti writes about harbours.</em>"


def test_read_as_pdf_joins_over_pages_and_proposes_furniture_as_left_out():
    names = [
        first + second for first in "BDGLMNRT" for second in ("ath", "erg", "ils", "orn", "usk")
    ]
    long = " and ".join(f"the boats of {name} lay in {name[::-1].title()}" for name in names)
    data = built(
        *[(f"{letter} {long}.", BODY) for letter in "STUV"], running_head="Harbour Letters"
    )

    draft = formats.read_as("pdf", data)

    assert shown(draft) == [
        *(("body", f"{letter} {long}.") for letter in "STUV"),
        ("body", "Harbour Letters"),
        ("body", "1 2 3 4"),
    ]
    assert numbered(draft) == [1, 2, 3, 4, None, None]
    assert [block.remark for block in draft.blocks[-2:]] == [
        "Stands at the edge of 4 pages.",
        "Page numbers.",
    ]
    assert "Paragraph 2 was cut in two by a page break; its parts were joined." in draft.remarks


def test_read_paragraphs_told_by_their_indent_alone_stay_apart():
    data = built(*((sentence, INDENTED) for sentence in SENTENCES[:3]))

    assert shown(pdf.read(data)) == [("body", sentence) for sentence in SENTENCES[:3]]


def test_read_small_print_is_a_note_that_its_raised_number_refers_to():
    data = built(
        (f"{SENTENCES[0]}<super size=6>1</super>", BODY),
        (SENTENCES[1], BODY),
        ("1 In the papers of 1994.", NOTE),
    )

    blocks = pdf.read(data).blocks

    assert blocks[0].html.endswith('did.<sup><a href="#note-1">[1]</a></sup>')
    assert [(block.kind, block.label, block.text) for block in blocks[2:]] == [
        ("note", "1", "In the papers of 1994."),
    ]


def test_read_list_items_lose_their_marks_and_keep_their_numbers():
    data = built((SENTENCES[0], BODY), ("1. Keep it open.", BODY), ("2. Pay for it.", BODY))

    assert [(block.kind, block.label, block.text) for block in pdf.read(data).blocks[1:]] == [
        ("list_item", "1", "Keep it open."),
        ("list_item", "2", "Pay for it."),
    ]


def test_read_divided_words_are_joined():
    def draw(canvas):
        canvas.drawString(40, 500, "A captain who is tired is no cap-")
        canvas.drawString(40, 486, "tain at all.")
        canvas.drawString(40, 472, " ")

    draft = pdf.read(drawn(draw))

    assert shown(draft) == [("body", "A captain who is tired is no captain at all.")]
    assert draft.remarks == ["Words divided at the ends of lines were joined: “captain”."]


def test_read_pictures_of_pages_are_refused_in_one_sentence():
    with pytest.raises(ImportRefused) as refused:
        pdf.read(drawn(lambda canvas: canvas.rect(10, 10, 300, 400, fill=1)))

    assert refused.value.code == "scan"


def test_read_as_pdf_with_page_numbers_alone_is_refused_as_empty():
    def draw(canvas):
        for number in ("1", "2"):
            canvas.drawString(200, 20, number)
            canvas.showPage()

    with pytest.raises(ImportRefused) as refused:
        formats.read_as("pdf", drawn(draw))

    assert refused.value.code == "empty"


def test_read_pdf_with_a_password_is_refused():
    lock = pdfencrypt.StandardEncryption("secret", "owner", strength=128)

    with pytest.raises(ImportRefused) as refused:
        pdf.read(drawn(lambda canvas: canvas.drawString(40, 500, "Words."), encrypt=lock))

    assert refused.value.code == "encrypted"


def test_read_damaged_pdf_is_refused():
    with pytest.raises(ImportRefused) as refused:
        pdf.read(b"%PDF-1.4 and nothing else")

    assert refused.value.code == "not_pdf"


def test_read_more_pages_than_an_essay_has_is_refused():
    def draw(canvas):
        for _ in range(500):
            canvas.drawString(40, 500, "A page of words that say the same.")
            canvas.showPage()
        canvas.drawString(40, 500, "And one more.")

    with pytest.raises(ImportRefused) as refused:
        pdf.read(drawn(draw))

    assert refused.value.code == "too_many_pages"
