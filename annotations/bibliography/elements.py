"""Elements of CSL 1.0.2 that citeproc-py renders otherwise than the specification says, set right.

`CorrectedStyle` reads a style with these classes in place of citeproc-py's. Each says what it
mends; the exact strings of the tests of `citations.py` hold them to it, whatever version comes.

While an item is rendered, its citation item carries `seen` (the variables that gave text, in
order), `empty` (how often one was asked for and gave none) and `used` (those that stand in for a
missing author, and must not come a second time).
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citeproc import LOCALES_PATH, model
from citeproc.frontend import CitationStylesStyle
from citeproc.source import VariableError
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

CSL = "http://purl.org/net/xbiblio/csl"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@contextmanager
def asked(item: Any, variable: str | None) -> Iterator[None]:
    """Note that the variable was asked for, when it gave nothing."""
    before = len(item["seen"])
    try:
        yield
    finally:
        if variable and len(item["seen"]) == before:
            item["empty"] += 1


class Pages:
    """Page ranges: citeproc-py takes chicago-16 for chicago-15, and writes 3–0 for MLA's 3–10."""

    def _format_last_page(self, first: str, last: str) -> str:
        form = self.get_root().get_option("page-range-format")  # type: ignore[attr-defined]
        if form == "expanded" or len(first) != len(last) or not (first + last).isdecimal():
            return last
        number = int(first)
        same = next((at for at in range(len(first)) if first[at] != last[at]), len(first) - 1)
        if number < 100 or (form == "chicago-16" and number % 100 == 0):  # noqa: PLR2004
            return last
        # Chicago 9.63: 107–8, 321–28, 1496–500; MLA 2.139: 107–08.
        digits = 1 if form == "chicago-16" and number % 100 < 10 else 2  # noqa: PLR2004
        return last[min(same, len(last) - digits) :]


class Text(Pages, model.Text):  # type: ignore[misc]  # citeproc-py has no types
    """Text: once what stands in for the author is written, its variables are empty (CSL 7.2.6)."""

    def process(self, item: Any, context: Any = None, **options: Any) -> tuple[Any, str]:
        variable = self.get("variable")
        if variable in item["used"]:
            return None, ""
        with asked(item, None if variable in self.generated_variables else variable):
            text, language = super().process(item, context, **options)
            if variable and text:
                item["seen"].append(variable)
        # Terms are words of the locale, whatever language the item is in.
        return text, "en" if "term" in self.attrib else language


class Number(Pages, model.Number):  # type: ignore[misc]
    """Numbers, with their pages as above."""

    def process(self, item: Any, context: Any = None, **options: Any) -> Any:
        with asked(item, self.get("variable")):
            text = super().process(item, context, **options)
            item["seen"].append(self.get("variable"))
        return text


class Date(model.Date):  # type: ignore[misc]
    """Dates, which say that they gave text."""

    def process(self, item: Any, *args: Any, **options: Any) -> Any:
        with asked(item, self.get("variable")):
            text = super().process(item, *args, **options)
            item["seen"].append(self.get("variable"))
        return text


class DatePart(model.Date_Part):  # type: ignore[misc]
    """Parts of dates: citeproc-py writes a style's own form into the locale, where it stays."""

    def render(self, date: Any, context: Any = None) -> Any:
        attributes = dict(self.attrib)
        try:
            return super().render(date, context)
        finally:
            self.attrib.clear()
            self.attrib.update(attributes)


class Label(model.Label):  # type: ignore[misc]
    """Labels: words of the locale take their case, "pp." stands for xii–xv, "No." for 107-204."""

    def case(self, text: Any, _language: str | None = None) -> Any:
        return super().case(text, "en")

    def _is_plural(self, item: Any) -> bool:
        variable = self.get("variable")
        if variable == "page":
            pages = str(item.reference.get("page", ""))
            return "-" in pages or "," in pages
        return variable != "number" and bool(super()._is_plural(item))


class Name(model.Name):  # type: ignore[misc]
    """Names in full where the style says `initialize="false"`, which citeproc-py does not know."""

    def get_option(self, name: str, *context: Any) -> Any:
        if name == "initialize-with" and self.get("initialize") == "false":
            return None
        return super().get_option(name, *context)


class Names(model.Names):  # type: ignore[misc]
    """Names that substitute others, however deep: as those are formed, and only once (CSL 7.2.6)."""

    def process(
        self, item: Any, names_context: Any = None, context: Any = None, **options: Any
    ) -> Any:
        if names_context is None and self.name is None:
            outer = self.xpath_search("./ancestor::cs:substitute[1]/parent::cs:names[1]")
            names_context = outer[0] if outer else None
        roles = [role for role in self.get("variable").split() if role in item.reference]
        written = {role: item.reference.pop(role) for role in roles if role in item["used"]}
        before = len(item["seen"])
        try:
            with asked(item, "names"):
                text = super().process(item, names_context, context, **options)
                if text and len(item["seen"]) == before:
                    item["seen"].extend(role for role in roles if role not in written)
        finally:
            item.reference.update(written)
        return text


class Substitute(model.Substitute):  # type: ignore[misc]
    """What stands in for missing names: citeproc-py forgets what macros and choices have used."""

    def render(self, item: Any, context: Any = None, **options: Any) -> Any:
        before = len(item["seen"])
        text = super().render(item, context, **options)
        if text:
            item["used"].update(item["seen"][before:])
        return text

    def add_to_repressed_list(self, _child: Any, _context: Any) -> None:
        """Nothing: `used` does it for every kind of child."""


class Group(model.Group):  # type: ignore[misc]
    """Groups: gone when they ask for variables and none gives text, whatever terms do (CSL 7.2.4)."""

    def process(self, item: Any, context: Any = None, **options: Any) -> Any:
        before, empty = len(item["seen"]), item["empty"]
        text = super().process(item, context, **options)
        if len(item["seen"]) == before:
            if item["empty"] > empty:
                raise VariableError
            item["seen"].append("")  # a group of terms counts as text where it stands
        return text


class CorrectedStyle(CitationStylesStyle):  # type: ignore[misc]
    """A style, in American English, whose elements are those of this module."""

    def __init__(self, path: str) -> None:
        """Read the style at the path. Raises OSError where there is none."""
        elements = {
            element.__name__.replace("_", "-").lower(): element
            for element in model.CitationStylesElement.__subclasses__()
        }
        mended = [Text, Number, Date, Label, Name, Names, Substitute, Group]
        elements |= {element.__name__.lower(): element for element in mended}
        lookup = etree.ElementNamespaceClassLookup()
        namespace = lookup.get_namespace(CSL)
        namespace[None] = model.CitationStylesElement
        namespace.update({**elements, "date-part": DatePart})
        self.parser = etree.XMLParser(remove_comments=True, no_network=True)
        self.parser.set_element_class_lookup(lookup)
        self.xml = etree.parse(path, self.parser)
        self.root = self.xml.getroot()
        system = etree.parse(str(Path(LOCALES_PATH) / "locales-en-US.xml"), self.parser)
        own = [
            locale
            for language in ("en-US", "en", None)
            for locale in self.root.findall(f"{{{CSL}}}locale")
            if locale.get(_LANG) == language
        ]
        self.root.locales = [*own, system.getroot()]
        for locale in self.root.locales:
            locale.style = self.root
