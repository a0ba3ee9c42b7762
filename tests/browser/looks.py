"""What is wrong with how a page looks or reads, each as a list of sentences; empty when nothing is."""

from __future__ import annotations

import os
from pathlib import Path
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

SIZES = {"desk": (1440, 900), "tablet": (1024, 768), "phone": (360, 740)}
PHOTOGRAPHS = os.environ.get("COUNTERPOINT_SCREENSHOTS", "")
"""The folder for pictures of every screen; none are taken without it."""

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
    found = page.evaluate("(options) => axe.run(options)", options)["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in found
        for node in one["nodes"]
    ]


def sideways(page: Page, width: int) -> list[str]:
    """What makes the page scroll sideways on a screen of that width."""
    page.set_viewport_size({"width": width, "height": 740})
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


def photograph(page: Page, name: str) -> None:
    """Keep pictures of the screen in every size, light and dark, when they are asked for."""
    if not PHOTOGRAPHS:
        return
    folder = Path(PHOTOGRAPHS)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=folder / f"{name}-{size}-{scheme}.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})
