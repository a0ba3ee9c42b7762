"""What is wrong with how a page looks or reads, each as a list of sentences; empty when nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]
"""The rules that can find something new when a page is dark."""
RULES_OF_SIZE = [
    "target-size",
    "color-contrast",
    "label",
    "link-name",
    "button-name",
    "summary-name",
    "scrollable-region-focusable",
    "aria-hidden-focus",
]
"""The rules that can find something new when a page is laid out for a phone."""
AXE = Axe().axe_script
FLOATING = ".kindbar, .menu[open] > .drop"
"""What lies over the page for a moment; what it half covers is whole again once the page is scrolled."""

# What the bar at the top half covers is whole again once the page is scrolled.
_FROM_THE_TOP = """async (options) => {
  const at = scrollY;
  scrollTo({ top: 0, behavior: "instant" });
  const found = await axe.run(options);
  scrollTo({ top: at, behavior: "instant" });
  return found;
}"""

# A script lays out anew what has another size when the browser draws it.
_NEXT_FRAME = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"

_NAME = """(one) => {
  const text = (one.textContent || one.value || "").trim().replace(/\\s+/g, " ").slice(0, 40);
  return `<${one.localName} class="${one.getAttribute("class") || ""}"> ${text}`;
}"""

_SIDEWAYS = f"""() => {{
  const name = {_NAME}, width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > width + 0.5);
  return [`scrolls to ${{document.documentElement.scrollWidth}}`, ...wide.slice(0, 5).map(name)];
}}"""

# As WCAG 1.4.12 has it. A constructed sheet is no inline style, so the policy lets it pass.
_SPACE_OUT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets.push(sheet);
}"""

_CLIPPED = f"""() => {{
  const name = {_NAME};
  return [...document.querySelectorAll("body *")].filter((one) => {{
    const style = getComputedStyle(one);
    const hides = ["hidden", "clip"].includes(style.overflowX) || ["hidden", "clip"].includes(style.overflowY);
    const shown = one.clientWidth > 1 && style.textOverflow !== "ellipsis";
    const over = one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1;
    return hides && shown && over && one.textContent.trim();
  }}).map(name);
}}"""


def axe(page: Page, **run_only: Any) -> list[str]:
    """What axe-core finds against the standards, a line for each rule and element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    options = {
        "resultTypes": ["violations"],
        "runOnly": run_only or {"type": "tag", "values": STANDARDS},
    }
    found = page.evaluate(_FROM_THE_TOP, options)["violations"]
    floats = page.locator(FLOATING).count() > 0
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in found
        for node in one["nodes"]
        if not (floats and "partially obscured" in node.get("failureSummary", ""))
    ]


def sideways(page: Page, width: int) -> list[str]:
    """What makes the page scroll sideways on a screen of that width."""
    page.set_viewport_size({"width": width, "height": 740})
    page.evaluate(_NEXT_FRAME)
    found: list[str] = page.evaluate(_SIDEWAYS)
    return found


def spaced_out(page: Page) -> list[str]:
    """What is cut off, or pushed off a phone, when a reader spaces the text out."""
    page.evaluate(_SPACE_OUT)
    found: list[str] = page.evaluate(_CLIPPED)
    return [*found, *page.evaluate(_SIDEWAYS)]


def faults(page: Page) -> dict[str, list[str]]:
    """All that is wrong with the page: light and dark, at a desk and on a phone, spaced out."""
    found = {"axe, light": axe(page)}
    page.emulate_media(color_scheme="dark")
    found["axe, dark"] = axe(page, type="rule", values=RULES_OF_COLOUR)
    page.emulate_media(color_scheme="light")
    found["sideways at 320"] = sideways(page, 320)
    found["sideways at 360"] = sideways(page, 360)
    found["axe at 360"] = axe(page, type="rule", values=RULES_OF_SIZE)
    found["spaced out at 360"] = spaced_out(page)
    return {what: lines for what, lines in found.items() if lines}
