"""What a page says of itself: a title, the digest of its text, and bibliographic data.

Runs in the child only. Scripts are never run and nothing is fetched; of the page nothing is kept
but plain text, cut to length.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from annotations.links.drafts import PAGE_TITLE, checked, draft_of, line, unmarked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotations.links.fetching import Answer

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{1,20})", re.IGNORECASE)
_DECLARED_WITHIN: Final = 2_048
_NAME: Final = re.compile(r"[A-Za-z0-9._:-]{1,40}")
# The encodings of the web (WHATWG Encoding, 4.2) in Python's names. Others are no encodings of text
# or can be made slow.
_ENCODINGS: Final = re.compile(
    r"utf-8|utf-16(-[lb]e)?|ascii|iso8859-\d{1,2}|cp(125\d|866|874|932|949)|mac-roman|koi8-[ru]"
    r"|gb2312|gbk|gb18030|big5(hkscs)?|euc_(jp|kr)|shift_jis|iso2022_jp"
)
_NOT_TEXT: Final = ("script", "style", "noscript", "template", "svg")
_TITLES: Final = frozenset({"citation_title", "og:title"})
_LINKED_DATA: Final = "application/ld+json"
_DATA_TYPES: Final = frozenset(
    {"application/vnd.citationstyles.csl+json", "application/citeproc+json", "application/json"}
)


@dataclass(frozen=True)
class Page:
    """What was read: plain text, and a CSL-JSON item that has been checked."""

    title: str = ""
    digest: str = ""
    csl: dict[str, Any] = field(default_factory=dict)


def read(answer: Answer) -> Page:
    """What the answer's body says of itself; of what cannot be read, nothing. May raise LxmlError."""
    if answer.media_type in _DATA_TYPES:
        return _data(answer.body)
    text = decoded(answer.body, answer.charset)
    if answer.media_type == "text/plain":
        return Page(digest=_digest(text))
    return _html(text, answer.url)


def decoded(body: bytes, charset: str) -> str:
    """The body as text; what the site or page declares is believed while the bytes bear it out."""
    declared = _META_CHARSET.search(body[:_DECLARED_WITHIN])
    for name in (charset, declared[1].decode() if declared else "", "utf-8"):
        try:
            return _strictly(body, name)
        except (LookupError, UnicodeError):
            continue
    return body.decode("cp1252", errors="replace")


def _strictly(body: bytes, name: str) -> str:
    """Raises UnicodeError for bytes that are no such text; one may end within a character."""
    if not _NAME.fullmatch(name):
        raise LookupError(name)
    codec = codecs.lookup({"latin1": "cp1252", "iso-8859-1": "cp1252"}.get(name.lower(), name))
    if not _ENCODINGS.fullmatch(codec.name):
        raise LookupError(name)
    return codecs.getincrementaldecoder(codec.name)().decode(body).removeprefix("\ufeff")


def _data(body: bytes) -> Page:
    """An answer of the DOI system; its digest is of what we keep, as the rest counts readers."""
    csl = checked(unmarked(_loaded(decoded(body, "utf-8"))))
    if not csl:
        return Page()
    digest = _digest(json.dumps(csl, sort_keys=True))
    return Page(title=line(csl.get("title", ""), PAGE_TITLE), digest=digest, csl=csl)


def _html(text: str, url: str) -> Page:
    # What the page declares has been looked at; the parser shall not be told otherwise by it.
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_pis=True, remove_comments=True
    )
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is None:
        return Page()
    metas = list(_metas(root))
    title = root.find(".//title")
    words = "" if title is None else "".join(title.itertext())
    draft = draft_of(metas, _linked_data(root), title=words, language=root.get("lang", ""), url=url)
    csl = checked(unmarked(draft))
    etree.strip_elements(root, *_NOT_TEXT, with_tail=False)
    named = next((value for name, value in metas if name in _TITLES), words)
    digest = _digest(" ".join(root.itertext()))
    return Page(title=line(named, PAGE_TITLE), digest=digest, csl=csl)


def _metas(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Names in small letters and contents of the page's meta elements, in their order."""
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").strip().lower()
        content = (meta.get("content") or "").strip()
        if name and content:
            yield name, content


def _linked_data(root: etree._Element) -> list[Any]:
    """The page's JSON-LD, parsed; what is no JSON is left out."""
    scripts = (script for script in root.iter("script") if script.get("type") == _LINKED_DATA)
    return [found for script in scripts if (found := _loaded(script.text or "")) is not None]


def _loaded(text: str) -> Any:
    """The JSON, or None for what is none, is nested too deeply or holds absurd numbers."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _digest(text: str) -> str:
    """SHA-256 of the words, so that neither spaces nor line ends change it."""
    words = " ".join(unicodedata.normalize("NFC", text).split())
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()
