"""From bytes to text, and the honest admission when that cannot be done."""

import re
from typing import Final

from debate.essays.importing.errors import ImportRefused

_BYTE_ORDER_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{1,20})", re.IGNORECASE)
_DECLARABLE: Final = frozenset(
    ["utf-8", "windows-1252", "windows-1251", "iso-8859-1", "koi8-r", "utf8", "latin1", "cp1251"]
)
_COMMON_CYRILLIC: Final = frozenset("оеаинтсрвлкмдпуяызьбгчйхжшюцщэфъёії")
_HEAD: Final = 2_048
_FOREIGN_SHARE: Final = 0.25
_PLAUSIBLE_SHARE: Final = 0.9


def decode(data: bytes, *, is_html: bool = False) -> tuple[str, list[str]]:
    """The text of `data` with one kind of line end (LF), and remarks on how it was read.

    Tried in turn: a byte order mark, what an HTML page declares, UTF-8, Windows-1251 and Windows-1252 when
    the text then looks like one. Raises ImportRefused when none of them is certain.
    """
    text, remarks = _decoded(data, is_html=is_html)
    if "\x00" in text:
        raise ImportRefused(
            "not_text",
            "This does not look like text, as it holds NUL characters. "
            "Please save it as plain text in UTF-8 and try again.",
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\u2028", "\n").replace("\u2029", "\n"), remarks


def _decoded(data: bytes, *, is_html: bool) -> tuple[str, list[str]]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding), []
    declared = _META_CHARSET.search(data[:_HEAD]) if is_html else None
    if declared and declared[1].decode().lower() in _DECLARABLE:
        try:
            return data.decode(declared[1].decode()), []
        except UnicodeDecodeError:
            # The declaration was wrong; the bytes themselves are asked.
            pass
    try:
        return data.decode(), []
    except UnicodeDecodeError:
        return _guessed(data)


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _unknown_encoding() from error


def _guessed(data: bytes) -> tuple[str, list[str]]:
    for encoding, name, plausible in (
        ("cp1251", "Windows-1251", _is_cyrillic),
        ("cp1252", "Windows-1252", _is_western),
    ):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if plausible(text):
            return text, [f"The text was read as {name}; please check its letters."]
    raise _unknown_encoding()


def _is_cyrillic(text: str) -> bool:
    """Words wholly of Cyrillic letters, with common small letters in the majority, as in no other reading."""
    letters = [character for character in text if character.isalpha()]
    cyrillic = [character for character in letters if "\u0400" <= character <= "\u04ff"]
    if 2 * len(cyrillic) < len(letters):
        return False
    common = sum(character in _COMMON_CYRILLIC for character in cyrillic)
    return common > _PLAUSIBLE_SHARE * len(cyrillic) - sum(c.isupper() for c in cyrillic) and (
        2 * common > len(cyrillic)
    )


def _is_western(text: str) -> bool:
    """A few accented letters and signs among many plain ones."""
    foreign = sum(character > "\x7f" for character in text)
    odd = sum("\x7f" <= character <= "\x9f" or character in "¤¦¬¨¸" for character in text)
    return foreign <= _FOREIGN_SHARE * len(text) and not odd


def _unknown_encoding() -> ImportRefused:
    return ImportRefused(
        "unknown_encoding",
        "The letters of this text could not be told. Please save it in UTF-8 and try again.",
    )
