"""Where the pictures of the screens are kept, and the page to look through them.

`python -m tests.browser.gallery FOLDER` writes that page, of the pictures that are in the folder.
"""

from __future__ import annotations

import sys
from html import escape
from itertools import product
from pathlib import Path

from tests.browser.screens import SCREENS

WIDTHS = {1440: 900, 360: 740}
"""Widths of a desk's screen and of a phone's, and how high they are."""
SCHEMES = ("light", "dark")
VIEWS = list(product(WIDTHS, SCHEMES))


def file_name(screen: str, width: int, scheme: str) -> str:
    """The name of the picture of a screen."""
    return f"{screen}-{width}-{scheme}.png"


def write_index(folder: Path) -> Path:
    """Write index.html beside the pictures: a row for each screen of which there are any."""
    rows = [_row(folder, screen.name, screen.place) for screen in SCREENS]
    page = PAGE.format(rows="\n".join(row for row in rows if row))
    index = folder / "index.html"
    index.write_text(page, encoding="utf-8")
    return index


def _row(folder: Path, screen: str, place: str) -> str:
    pictures = [_picture(folder, screen, width, scheme) for width, scheme in VIEWS]
    if not any(pictures):
        return ""
    title = f'<h2 id="{screen}">{screen}</h2> <code>{escape(place)}</code>'
    return f"<section>{title}<div>{''.join(pictures)}</div></section>"


def _picture(folder: Path, screen: str, width: int, scheme: str) -> str:
    file = file_name(screen, width, scheme)
    if not (folder / file).exists():
        return ""
    what = f"{screen}, {width} pixels wide, {scheme}"
    return f'<a href="{file}"><img src="{file}" alt="{what}" loading="lazy" class="w{width}"></a>'


PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Screens</title>
<style>
  body {{ margin: 2rem; font: 1rem/1.4 system-ui; background: #ddd; color: #222 }}
  section {{ margin-block-end: 3rem }}
  h2 {{ display: inline }}
  div {{ display: flex; gap: 1rem; align-items: start; overflow-x: auto; margin-block-start: 1rem }}
  img {{ height: auto; border: 1px solid #999 }}
  .w1440 {{ width: 36rem }}
  .w360 {{ width: 15rem }}
</style>
<h1>Screens</h1>
{rows}
</html>
"""


if __name__ == "__main__":
    sys.stdout.write(f"{write_index(Path(sys.argv[1])).resolve().as_uri()}\n")
