"""HTML as blocks: files, and what Word, Google Docs and web pages put on the clipboard."""

import html as entities
import re
from dataclasses import dataclass, replace
from typing import Final

from lxml import etree

from debate.essays import inline
from debate.essays.importing import footnotes, limits
from debate.essays.importing.blocks import (
    TABLE_ROW,
    Block,
    Draft,
    note_reference,
    reading_remarks,
    tally,
)
from debate.essays.importing.errors import ImportRefused

_CLIPBOARD_HEADER = re.compile(r"\AVersion:[\d.]+\s(?:\w+:[^\n]*\n)+")
_CLIPBOARD_MARK = re.compile(r"(?:Start|End)Fragment|\[if |\[endif|<!\[|\[CDATA")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")
_LIST_MARKER = re.compile(r"\A(?:[·•§o▪–-]|\(?(\w{1,4})[.)])\s*\Z")
_MENU_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|toc)(?:$|[\s_-])", re.IGNORECASE
)
_ASIDE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:sidebar|share|sharing|social|cookies?|newsletter|related|promo|advert|ad)(?:$|[\s_-])",
    re.IGNORECASE,
)
_COMMENT_NAMES = re.compile(r"(?:^|[\s_-])comments?(?:$|[\s_-])", re.IGNORECASE)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS: Final = _HEADINGS | {
    "address", "article", "body", "center", "dd", "details", "dialog", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "header", "hgroup", "html", "main", "ol", "p", "pre", "section",
    "summary", "table", "tbody", "tfoot", "thead", "ul", "li", "blockquote", "td", "th", "tr", "caption",
}  # fmt: skip
_LEFT_OUT: Final = {
    "script": "script", "noscript": "hidden passage", "template": "hidden passage", "style": "style sheet",
    "form": "form", "button": "button", "input": "form", "select": "form", "textarea": "form",
    "nav": "menu", "menu": "menu", "aside": "sidebar", "img": "image", "picture": "image", "svg": "image",
    "canvas": "image", "map": "image", "video": "video", "audio": "recording", "iframe": "embedded page",
    "object": "embedded page", "embed": "embedded page", "del": "deleted passage", "math": "formula",
}  # fmt: skip
_ROLES: Final = {
    "navigation": "menu", "search": "form", "form": "form", "complementary": "sidebar",
    "banner": "page header", "contentinfo": "page footer",
}  # fmt: skip
_EVENTS: Final = ("start", "end", "comment", "pi")
# Their words are never shown: they are code, or someone took them back.
_SILENT: Final = frozenset({"script", "style sheet", "deleted passage"})


@dataclass(frozen=True)
class _Style:
    """How text looks where the walk stands."""

    italic: bool = False
    bold: bool = False
    code: bool = False
    raised: str = ""
    href: str = ""

    def wrap(self, text: str) -> str:
        html = entities.escape(text, quote=False)
        for tag, used in (
            ("code", self.code),
            (self.raised, bool(self.raised)),
            ("strong", self.bold),
            ("em", self.italic),
        ):
            if used:
                html = f"<{tag}>{html}</{tag}>"
        return f'<a href="{entities.escape(self.href)}">{html}</a>' if self.href else html


def read(source: str) -> Draft:
    """The blocks of an HTML page or fragment as they stand.

    Raises ImportRefused when its elements are nested too deeply to be read whole, or over the limits.
    """
    root = _parse(source)
    if root is None:
        return Draft()
    reader = _Reader(root, limits.Budget(len(source)))
    reader.read()
    return Draft(
        # What the browser's tab says stands in only where the page has no heading.
        title="" if reader.has_heading() else _words(root, "string(//head/title)"),
        author=_words(root, "string(//head/meta[@name='author']/@content)"),
        blocks=reader.blocks,
        left_out=tally(reader.left_out),
        remarks=reader.remarks(),
    )


def _parse(source: str) -> etree._Element | None:
    text = _DECLARATION.sub("", _CLIPBOARD_HEADER.sub("", source))
    if not text.strip():
        return None
    parser = etree.HTMLParser(encoding="utf-8", no_network=True)
    root = etree.fromstring(text.encode(), parser)
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise ImportRefused(
            "nested_too_deeply",
            "The elements of this page are nested too deeply to be read whole. "
            "Please paste it as plain text.",
        )
    return root


def _words(root: etree._Element, path: str) -> str:
    return " ".join(str(root.xpath(path)).split())


class _Reader:
    """Walks the tree once without recursion; what stands in `_buffer` is the paragraph being read."""

    def __init__(self, root: etree._Element, budget: limits.Budget) -> None:
        self.blocks: list[Block] = []
        self.left_out: list[tuple[str, str]] = []
        self._root = root
        self._budget = budget
        self._notes = footnotes.find(root)
        self._note_parts: dict[str, list[str]] = {label: [] for label in self._notes.labels}
        self._buffer: list[str] = []
        self._styles: list[_Style] = [_Style()]
        self._context: list[tuple[str, int | None, str]] = [("body", None, "")]
        self._rows: list[bool] = []
        self._modes: list[str] = []
        self._ordered: list[int | None] = []
        self._label = ""
        self._line_breaks = 0
        self._dead_links = 0
        self._tables = 0
        self._length = _length(root)
        self._in_article = bool(root.xpath("//article | //main"))

    def read(self) -> None:
        skipped: etree._Element | None = None
        for event, element in etree.iterwalk(self._root, events=_EVENTS):
            if event in {"comment", "pi"}:
                self._comment(element, skipped)
            elif skipped is None and event == "start":
                skipped = self._start(element)
            elif event == "end" and (skipped is None or skipped is element):
                self._end(element, skipped=skipped is not None)
                skipped = None
        self._flush()
        for label, parts in self._note_parts.items():
            self.blocks.append(Block(kind="note", html=" ".join(parts), label=label))

    def has_heading(self) -> bool:
        return any(block.kind == "heading" for block in self.blocks)

    def remarks(self) -> list[str]:
        return reading_remarks(
            dead_links=self._dead_links, line_breaks=self._line_breaks, tables=self._tables
        )

    def _comment(self, element: etree._Element, skipped: etree._Element | None) -> None:
        words = (element.text or "").strip()
        # The clipboard's own marks and the conditional code of Word are not anyone's words.
        if words and element.tag is etree.Comment and not _CLIPBOARD_MARK.match(words):
            self.left_out.append(("hidden comment", words))
        if skipped is None:
            self._text(element.tail)

    def _start(self, element: etree._Element) -> etree._Element | None:
        """Enters `element`; returns it when all of it is to be skipped."""
        if element.tag == "head":
            return self._skip_head(element)
        if element in self._notes.references:
            self._buffer.append(note_reference(self._notes.references[element]))
            return element
        if element in self._notes.back_links:
            return element
        what = self._why_left_out(element)
        if what:
            self._leave_out(element, what)
            return element
        return self._enter(element)

    def _skip_head(self, element: etree._Element) -> etree._Element:
        self.left_out.extend(
            (_LEFT_OUT[part.tag], "")
            for part in element.iter("script", "style", "noscript", "template")
        )
        return element

    def _enter(self, element: etree._Element) -> etree._Element | None:
        tag = str(element.tag)
        if tag == "br":
            self._break_line(element)
        elif tag == "hr":
            self._flush()
            self.blocks.append(Block(kind="break", html="* * *"))
        elif _is_list_marker(element):
            self._label = _marker_number(element)
            return element
        elif tag in _BLOCKS:
            self._enter_block(element, tag)
        elif tag == "a" and element.get("href") and "".join(element.itertext()).strip():
            self._dead_links += not inline.is_kept_address(element.get("href", "").strip())
        self._styles.append(_style_of(element, tag, self._styles[-1]))
        if tag == "q":
            self._text("“")
        self._text(element.text)
        return None

    def _enter_block(self, element: etree._Element, tag: str) -> None:
        if self._inside_row():
            self._modes.append("in row")
            self._buffer.append(" ")
            self._context.append(self._context[-1])
            return
        self._flush()
        self._modes.append("row" if tag == "tr" else "block")
        if tag == "tr":
            self._rows.append(sum(1 for child in element if child.tag in {"td", "th"}) > 1)
        if tag in {"ol", "ul"}:
            self._ordered.append(_first_number(element) if tag == "ol" else None)
        if tag == "li" and self._ordered:
            self._label = self._next_number(element)
        self._context.append(_context_of(element, tag, self._context[-1], self._notes))

    def _inside_row(self) -> bool:
        return bool(self._rows and self._rows[-1])

    def _next_number(self, element: etree._Element) -> str:
        number = self._ordered[-1]
        if number is None:
            return ""
        value = element.get("value", "")
        number = int(value) if re.fullmatch(r"\d{1,9}", value) else number
        self._ordered[-1] = number + 1
        return str(number)

    def _end(self, element: etree._Element, *, skipped: bool) -> None:
        tag = element.tag
        if not skipped:
            self._styles.pop()
            if tag == "q":
                self._text("”")
            if tag in _BLOCKS:
                self._leave_block(element, str(tag))
        if element is not self._root:
            self._text(element.tail)

    def _leave_block(self, element: etree._Element, tag: str) -> None:
        mode = self._modes.pop()
        if mode == "in row":
            self._buffer.append(" | " if tag in {"td", "th"} else " ")
        elif mode == "row":
            row = self._rows[-1]
            self._tables += row and element.getprevious() is None
            self._flush(row=row)
            self._rows.pop()
        else:
            self._flush()
            if tag in {"ol", "ul"}:
                self._ordered.pop()
        self._context.pop()

    def _break_line(self, element: etree._Element) -> None:
        before = element.getprevious()
        doubled = before is not None and before.tag == "br" and not (before.tail or "").strip()
        if doubled and not self._inside_row():
            self._line_breaks -= 1
            self._flush()
        else:
            self._line_breaks += bool(self._buffer)
            self._buffer.append(" ")

    def _text(self, text: str | None) -> None:
        if text:
            self._buffer.append(self._budget.spend(self._styles[-1].wrap(text)))

    def _flush(self, *, row: bool = False) -> None:
        html, self._buffer = "".join(self._buffer), []
        if row:
            html = html.rstrip("| \n")
        html = inline.sanitise(html)
        kind, level, label = self._context[-1]
        if inline.is_blank(inline.plain(html)):
            return
        if kind == "note":
            self._note_parts[label].append(html)
            return
        if kind == "caption":
            remark = "The caption of an image that was left out."
            self.blocks.append(Block(kind="note", html=html, left_out=True, remark=remark))
            return
        block = Block(kind=kind, html=html, level=level, remark=TABLE_ROW if row else "")
        if kind == "list_item":
            block = replace(block, label=self._label)
            self._label = ""
        self.blocks.append(block)
        limits.check_count(len(self.blocks))

    def _leave_out(self, element: etree._Element, what: str) -> None:
        words = element.get("alt") or " ".join(element.itertext(with_tail=False))
        self.left_out.append((what, "" if what in _SILENT else words))

    def _why_left_out(self, element: etree._Element) -> str:
        tag = str(element.tag)
        if tag in {"html", "body", "article", "main"} or self._notes.inside(element):
            return ""
        return (
            _LEFT_OUT.get(tag)
            or _ROLES.get(element.get("role", ""))
            or self._frame_of_page(element, tag)
            or self._by_name(element)
            or _hidden(element)
        )

    def _frame_of_page(self, element: etree._Element, tag: str) -> str:
        """A header or footer that belongs to the page and not to the essay."""
        if tag not in {"header", "footer"} or self._notes.within(element):
            return ""
        if next(element.iterancestors("article", "main"), None) is not None:
            return ""
        if tag == "header" and not self._in_article and element.find(".//h1") is not None:
            return ""
        return f"page {tag}"

    def _by_name(self, element: etree._Element) -> str:
        """What its class or id calls `element`, unless it holds most of the page's words."""
        what = _name_says(element)
        if what and 2 * _length(element) > self._length:
            return ""
        return what


def _length(element: etree._Element) -> int:
    return sum(len(text.strip()) for text in element.itertext())


def _name_says(element: etree._Element) -> str:
    if element.tag not in {"div", "section", "ul", "ol", "table"}:
        return "comment" if "mso-element:comment" in _css(element) else ""
    names = f"{element.get('class', '')} {element.get('id', '')}"
    if _MENU_NAMES.search(names):
        return "menu"
    if _ASIDE_NAMES.search(names):
        return "sidebar"
    if _COMMENT_NAMES.search(names) or "mso-element:comment" in _css(element):
        return "comment"
    return ""


def _hidden(element: etree._Element) -> str:
    css = _css(element)
    hidden = "display:none" in css or "visibility:hidden" in css or "mso-hide:all" in css
    if not hidden and element.get("hidden") is None:
        return ""
    # An empty hidden element hides nothing from the reader.
    return "hidden passage" if "".join(element.itertext()).strip() else ""


def _css(element: etree._Element) -> str:
    return re.sub(r"\s+", "", element.get("style", "")).lower()


def _style_of(element: etree._Element, tag: str, outer: _Style) -> _Style:
    css = _css(element)
    style = replace(
        outer,
        italic=_italic(tag, css, outer=outer.italic),
        bold=_bold(tag, css, outer=outer.bold),
        code=outer.code or tag in {"code", "kbd", "samp", "tt", "pre"},
    )
    if tag in {"sup", "sub"} or "vertical-align:super" in css or "vertical-align:sub" in css:
        style = replace(style, raised="sub" if tag == "sub" or ":sub" in css else "sup")
    if tag == "a" and element.get("href"):
        style = replace(style, href=element.get("href", "").strip())
    return style


def _italic(tag: str, css: str, *, outer: bool) -> bool:
    if "font-style:" in css:
        return "font-style:italic" in css or "font-style:oblique" in css
    return outer or tag in {"i", "em", "cite", "dfn", "var"}


def _bold(tag: str, css: str, *, outer: bool) -> bool:
    # A heading is strong by being one; its markup adds nothing.
    if tag in _HEADINGS:
        return False
    weight = re.search(r"font-weight:(bold|[5-9]00|normal|[1-4]00)", css)
    if weight:
        return weight[1] == "bold" or weight[1][0] in "6789"
    return outer or tag in {"b", "strong"}


def _context_of(
    element: etree._Element,
    tag: str,
    outer: tuple[str, int | None, str],
    notes: footnotes.Footnotes,
) -> tuple[str, int | None, str]:
    if element in notes.blocks:
        return ("note", None, notes.blocks[element])
    if outer[0] == "note":
        return outer
    level = _heading_level(element, tag)
    kind = _kind_of(element, tag)
    return (kind, level, "") if kind else outer


def _kind_of(element: etree._Element, tag: str) -> str:
    if tag == "figcaption" and _pictures(element.getparent()):
        return "caption"
    if _heading_level(element, tag):
        return "heading"
    if tag == "blockquote" or "quote" in element.get("class", "").lower():
        return "quote"
    return "list_item" if tag == "li" or "mso-list:" in _css(element) else ""


def _pictures(figure: etree._Element | None) -> bool:
    return (
        figure is not None
        and next(figure.iter("img", "picture", "svg", "video", "iframe", "canvas", "object"), None)
        is not None
    )


def _heading_level(element: etree._Element, tag: str) -> int | None:
    if tag in _HEADINGS:
        return int(tag[1])
    if element.get("class", "") in {"MsoTitle", "title"}:
        return 1
    if element.get("role") == "heading":
        level = element.get("aria-level", "2")
        return int(level) if level in set("123456") else 2
    return None


def _is_list_marker(element: etree._Element) -> bool:
    return "mso-list:ignore" in _css(element)


def _marker_number(element: etree._Element) -> str:
    words = "".join(element.itertext()).replace("\u00a0", " ").strip()
    marker = _LIST_MARKER.match(words)
    return (marker[1] or "") if marker else ""


def _first_number(element: etree._Element) -> int:
    start = element.get("start", "1")
    return int(start) if re.fullmatch(r"\d{1,9}", start) else 1
