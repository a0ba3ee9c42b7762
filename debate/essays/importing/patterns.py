"""What lines of text look like: the end of a sentence, a scene break, a byline, a page number."""

import re
from typing import Final

_CLOSERS: Final = "\"'”’»›“)]}*_"
_SENTENCE_ENDS: Final = ".!?…:;。！？؟۔؛׃։।"
_NOTE_MARKS = re.compile(r"(?:\[[\w-]{1,40}\]|[¹²³⁰-⁹†‡*])+$")
_BREAK = re.compile(r"(?:[*＊∗•·#~_=+] ?){3,}|(?:[-–—] ?){3,}|[⁂⸻#§]|\* ?\*", re.UNICODE)
_BYLINE = re.compile(
    r"(?:by|author:|written by|par|auteur\s?:|von|autor(?:in)?:|por|di|автор(?:ы)?:?|بقلم:?|מאת:?)\s+(?=\S)",
    re.IGNORECASE,
)
_INSTITUTION = re.compile(
    r"universi|institu|colleg|école|schule|school|cent(?:er|re|rum)\b|zentrum|council|academ|foundation|"
    r"stiftung|ministry|laborator|department|faculty|society|association|observator|university|"
    r"университет|институт|академи|центр|جامعة|معهد|مركز|אוניברסיט|מכון|מרכז",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:\d{1,2}[./ ])?(?:\d{1,2}|[^\W\d_]{3,12}\.?)[./ ,]{1,2}(?:\d{1,2},? )?\d{4}", re.IGNORECASE
)
_PAGE_NUMBER = re.compile(
    r"[-–—|\[( ]*(?:page|p\.|seite|стр\.|página)?\s*(\d{1,4})(?:\s*(?:of|/|von|из|de)\s*\d{1,4})?[-–—|\]) ]*",
    re.IGNORECASE,
)
LIST_MARKER = re.compile(r"\s*(?:[-*•‣▪◦–]|\(?(\d{1,3}|[a-zA-Z])[.)])\s+(?=\S)")
_END: Final = 200
_WORDS_OF_A_HEADING: Final = 14
_CHARACTERS_OF_A_HEADING: Final = 110
_WORDS_OF_A_BYLINE: Final = 30


def ends_sentence(text: str) -> bool:
    """Whether `text` ends where a sentence or a list's introduction may end, quotes and notes aside."""
    # The end alone is looked at, so that a paragraph of note marks costs no more than any other.
    bare = _NOTE_MARKS.sub("", text.rstrip()[-_END:]).rstrip(_CLOSERS + " ")
    return bare.endswith(tuple(_SENTENCE_ENDS))


def starts_lower(text: str) -> bool:
    """Whether the first character is a lower-case letter."""
    return text[:1].islower()


def is_break(text: str) -> bool:
    """Whether the whole of `text` is a sign that divides scenes."""
    return _BREAK.fullmatch(text.strip()) is not None


def byline_words(text: str) -> int:
    """How many characters of a byline stand before the name; 0 when `text` is no byline."""
    found = _BYLINE.match(text)
    if not found or len(text.split()) > _WORDS_OF_A_BYLINE:
        return 0
    name = text[found.end() :]
    is_sentence = ends_sentence(name) and not re.search(r"\b[^\W\d_]{1,2}\.$", name)
    return 0 if is_sentence or name[:1].islower() else found.end()


def is_heading_like(text: str) -> bool:
    """Whether `text` could be a heading by its looks: short, no full stop, no lower case at the start."""
    words = text.split()
    return (
        0 < len(words) <= _WORDS_OF_A_HEADING
        and len(text) <= _CHARACTERS_OF_A_HEADING
        and (not ends_sentence(text) or text.endswith(("?", "؟")))
        and not text.endswith((",", "-", "–", "—"))
        and not starts_lower(text)
        and any(character.isalpha() for character in text)
        and not is_break(text)
        and not byline_words(text)
    )


def is_institution(text: str) -> bool:
    """Whether `text` names a place of work."""
    return _INSTITUTION.search(text) is not None


def is_date(text: str) -> bool:
    """Whether `text` is nothing but a date."""
    return _DATE.fullmatch(text.strip(" .,")) is not None


def page_number(text: str) -> int | None:
    """The number when `text` is nothing but a page number."""
    found = _PAGE_NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else None
