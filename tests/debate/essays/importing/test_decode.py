import pytest

from debate.essays.importing.decode import decode
from debate.essays.importing.errors import ImportRefused

RUSSIAN = "Двор никому не принадлежит, и потому о нём спорят все.\n"
FRENCH = "L’été à Besançon fut très chaud, et l’on s’en souvient.\n"


@pytest.mark.parametrize(
    "data",
    [
        RUSSIAN.encode("utf-8"),
        RUSSIAN.encode("utf-8-sig"),
        RUSSIAN.encode("utf-16"),
        b"\xfe\xff" + RUSSIAN.encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16 little", "utf-16 big"],
)
def test_decode_unicode_gives_text_without_mark_or_remark(data):
    assert decode(data) == (RUSSIAN, [])


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [(RUSSIAN, "cp1251", "Windows-1251"), (FRENCH, "cp1252", "Windows-1252")],
)
def test_decode_windows_bytes_are_told_and_named(text, encoding, name):
    assert decode(text.encode(encoding)) == (
        text,
        [f"The text was read as {name}; please check its letters."],
    )


def test_decode_html_believes_what_the_page_declares():
    page = f'<meta charset="windows-1251"><p>{RUSSIAN}</p>'.encode("cp1251")

    assert decode(page, is_html=True) == (f'<meta charset="windows-1251"><p>{RUSSIAN}</p>', [])


def test_decode_html_wrong_declaration_falls_back_to_the_bytes():
    page = f'<meta charset="utf-8"><p>{RUSSIAN * 3}</p>'.encode("cp1251")

    assert RUSSIAN in decode(page, is_html=True)[0]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (RUSSIAN.encode("koi8-r"), "unknown_encoding"),
        ("日本語の文章です。".encode("shift-jis") * 3, "unknown_encoding"),
        (bytes(range(1, 256)) * 20, "unknown_encoding"),
        (b"\xff\xfea", "unknown_encoding"),
        (b"a\x00b", "not_text"),
        ("a".encode("utf-16-le"), "not_text"),
    ],
    ids=["koi8-r", "shift-jis", "binary", "half a unit", "nul", "utf-16 without mark"],
)
def test_decode_uncertain_bytes_are_refused(data, code):
    with pytest.raises(ImportRefused) as refused:
        decode(data)

    assert refused.value.code == code


def test_decode_line_ends_become_one_kind():
    assert decode("a\r\nb\rc\u2028d\u2029e\n".encode())[0] == "a\nb\nc\nd\ne\n"
