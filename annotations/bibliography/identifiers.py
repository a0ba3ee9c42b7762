"""DOIs and web addresses in one form each, and the key under which one work is known again."""

from __future__ import annotations

import hashlib
import ipaddress
import posixpath
import re
import unicodedata
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from annotations.bibliography.csl import Item, title_of, year_of

# DOI Handbook 2.2: directory indicator 10, registrant code (may have parts), suffix.
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d{1,9})*/\S+", re.IGNORECASE)
_DOI_PREFIX = re.compile(
    r"(?:(?:https?://)?(?:(?:www|dx)\.)?doi\.org/(?:doi:)?|info:doi/|doi\s*:?\s*)", re.IGNORECASE
)
# Publishers' addresses that hold the DOI as /doi/<form of the text>/10.…
_DOI_IN_PATH = re.compile(
    r"/doi/(?:(?:abs|abstract|book|epdf|epub|full|full-html|pdf|pdfplus|pdfdirect|suppl)/)?"
    r"(10\.\d{4,9}(?:\.\d{1,9})*/[^/]+(?:/[^/]+)?)",
    re.IGNORECASE,
)
_DOI_TAIL = re.compile(r"/(?:abstract|epdf|epub|full|html|meta|pdf|summary)$", re.IGNORECASE)
_BRACKETS = {")": "(", "]": "[", ">": "<", "}": "{"}

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\x00-\x1f\x7f]")
_DEFAULT_PORTS = {None, 80, 443}
_MOBILE = {"m", "mobile", "amp"}
_ARCHIVED = re.compile(r"/web/\d{1,14}(?:[a-z]{2}_)?/(https?:/{1,2}.+)", re.IGNORECASE)

# What senders and counters add to an address: it names the way there, not the place.
_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "hsa_", "at_", "oly_", "vero_")
_TRACKING = {
    "fbclid", "gclid", "gclsrc", "gbraid", "wbraid", "dclid", "msclkid", "yclid", "twclid", "ttclid",
    "igshid", "igsh", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "_ga", "_gl", "_hsenc", "_hsmi",
    "__s", "s_cid", "cmpid", "wt_mc", "wt.mc_id", "ref_src", "ref_url", "smid", "smtyp", "spm", "trk",
    "trkcampaign", "icid", "srsltid", "__twitter_impression", "phpsessid", "jsessionid",
}  # fmt: skip
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/]*", re.IGNORECASE)
_DEFAULT_DOCUMENT = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)

LONGEST_KEY = 400
# Longer ones are none: no shelf keeps them, and some rules below are not linear.
LONGEST_ADDRESS = 4_000


def normal_doi(text: str) -> str:
    """The DOI that the text is, lower-cased and without prefix; "" when it is none.

    Takes it bare, after "doi:", or as an address of doi.org, percent-encoded or not. DOIs are
    compared without regard to case (DOI Handbook 2.4). Stops and brackets that a sentence left
    behind it are dropped.
    """
    text = _INVISIBLE.sub("", text[: LONGEST_ADDRESS + 1]).strip().strip("<>\"'“”")
    if len(text) > LONGEST_ADDRESS:
        return ""
    prefix = _DOI_PREFIX.match(text)
    if prefix:
        text = text[prefix.end() :]
        if "doi.org/" in prefix.group().lower():
            text = unquote(re.split(r"[?#]", text, maxsplit=1)[0])
    if not _DOI.fullmatch(text):
        return ""
    doi = _without_tail(unicodedata.normalize("NFC", text)).lower()
    return doi if _DOI.fullmatch(doi) else ""


def doi_in(url: str) -> str:
    """The DOI that a web address leads to: doi.org's, or a publisher's with /doi/ in its path."""
    doi = normal_doi(url)
    if doi:
        return doi
    try:
        path = unquote(urlsplit(url[:LONGEST_ADDRESS]).path)
    except ValueError:
        return ""
    match = _DOI_IN_PATH.search(path)
    return normal_doi(_DOI_TAIL.sub("", match.group(1))) if match else ""


def canonical_url(text: str) -> str:
    """The address by which a page is known again, to compare and not to open; "" when it is none.

    Scheme, "www." and mobile hosts, default ports, credentials, fragments (but for routes such as
    "#!/a"), tracking and session parameters, default documents and a slash at the end make no
    difference; hosts are in lower case and Punycode, what RFC 3986 (6.2.2) calls unreserved is
    not percent-encoded, parameters are in order. A copy in the Wayback Machine is the page it
    copied. An address of doi.org is no page but a DOI: "".
    """
    text = _INVISIBLE.sub("", text[: LONGEST_ADDRESS + 1]).strip().strip("<>\"'“”")
    if normal_doi(text) or len(text) > LONGEST_ADDRESS:
        return ""
    if not re.match(r"[a-z][a-z0-9+.-]*:(?!\d)", text, re.IGNORECASE):
        text = f"https://{text.removeprefix('//')}"
    try:
        parts = urlsplit(text)
        port, host = parts.port, _host(parts.hostname or "")
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return ""
    copied = _ARCHIVED.match(parts.path) if host == "web.archive.org" else None
    if copied:
        query = f"?{parts.query}" if parts.query else ""
        return canonical_url(re.sub(r":/{1,2}", "://", copied.group(1), count=1) + query)
    place = host if port in _DEFAULT_PORTS else f"{host}:{port}"
    return f"https://{place}{_path(parts.path)}{_query(parts.query)}{_route(parts.fragment)}"


def work_key(item: Item, url: str = "", doi: str = "") -> str:
    """The key under which a work stands on a shelf once: by DOI, else address, else title and year.

    "doi:10.…", "url:https://…" or "title:arms and influence|1966" (letters and digits alone, no
    case, no accents); "" when nothing is known of it. Keys that would be too long for an index
    keep their kind and have a SHA-256 digest instead.
    """
    doi = normal_doi(doi) or normal_doi(str(item.get("DOI", ""))) or doi_in(url)
    doi = doi or doi_in(str(item.get("URL", "")))
    if doi:
        return _bounded("doi", doi)
    address = canonical_url(url) if url else ""
    address = address or (canonical_url(str(item["URL"])) if item.get("URL") else "")
    if address:
        return _bounded("url", address)
    words = plain_words(title_of(item))
    return _bounded("title", f"{words}|{year_of(item)}") if words else ""


def _bounded(kind: str, value: str) -> str:
    if len(value) <= LONGEST_KEY:
        return f"{kind}:{value}"
    return f"{kind}:sha256:{hashlib.sha256(value.encode()).hexdigest()}"


def _without_tail(doi: str) -> str:
    """Without stops, and closing brackets that nothing in it opens."""
    while doi[-1] in ".,;:'\"’”" or _is_unopened(doi):
        doi = doi[:-1]
    return doi


def _is_unopened(doi: str) -> bool:
    opening = _BRACKETS.get(doi[-1])
    return opening is not None and doi.count(doi[-1]) > doi.count(opening)


def _host(host: str) -> str:
    """The host in lower case and Punycode, without `www.` or a mobile prefix; "" when it is none.

    Raises ValueError for a name that cannot be one.
    """
    host = unicodedata.normalize("NFKC", unquote(host)).rstrip(".").lower()
    try:
        return f"[{ipaddress.IPv6Address(host)}]"
    except ValueError:
        host = host.encode("idna").decode() if not host.isascii() else host
    if not re.fullmatch(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+", host):
        return ""
    first, _, rest = host.removeprefix("www.").partition(".")
    if first in _MOBILE and "." in rest:
        return rest
    labels = host.removeprefix("www.").split(".")
    if len(labels) > 3 and labels[1] in _MOBILE:  # noqa: PLR2004  # en.m.wikipedia.org
        labels.pop(1)
    return ".".join(labels) if len(labels) > 1 else host


def _path(path: str) -> str:
    path = _SESSION_IN_PATH.sub("", _normal_escapes(path, safe="/!$&'()*+,;=:@~"))
    if "/." in path:
        path = posixpath.normpath(path).replace("//", "/") + ("/" if path.endswith("/") else "")
    return _DEFAULT_DOCUMENT.sub("", path).rstrip("/")


def _query(query: str) -> str:
    pairs = sorted(
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if not name.lower().startswith(_TRACKING_PREFIXES) and name.lower() not in _TRACKING
    )
    encoded = "&".join(
        quote(name, safe="") + (f"={quote(value, safe='/:,')}" if value else "")
        for name, value in pairs
    )
    return f"?{encoded}" if encoded else ""


def _route(fragment: str) -> str:
    """What stands after # when it chooses a page within a one-page application, else ""."""
    route = fragment.split(":~:", 1)[0]
    return f"#{_normal_escapes(route, safe='/!=&')}" if route.startswith(("!", "/")) else ""


def _normal_escapes(text: str, safe: str) -> str:
    """With escapes in upper case, none for unreserved characters, and all others escaped."""
    pieces: list[Any] = re.split(r"((?:%[0-9A-Fa-f]{2})+)", text)
    for at, piece in enumerate(pieces):
        if at % 2 == 0:
            pieces[at] = quote(piece, safe=safe + "%")
        else:
            # A run is decoded whole: characters of UTF-8 take several escapes.
            pieces[at] = quote(
                unquote(piece, errors="surrogateescape"), safe="", errors="surrogateescape"
            )
    return re.sub("%(?![0-9A-F]{2})", "%25", "".join(pieces))


def plain_words(text: str) -> str:
    """Letters and digits alone, without case and accents, with one space between words."""
    text = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join(re.findall(r"[^\W_]+", letters))
