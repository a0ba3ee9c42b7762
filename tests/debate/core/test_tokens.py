"""The colours of the pages keep the contrast they promise, and the styles their weight."""

import gzip
import itertools
import re
from pathlib import Path

import pytest
from django.conf import settings

from debate.core.staticfiles import ENTRIES, join_stylesheet

STATIC = settings.BASE_DIR / "debate" / "static"
SCHEMES = ("light", "dark")
KINDS = ("comment", "question", "support", "counterargument", "evidence", "concession")
TOKENS = {
    name: dict(zip(SCHEMES, pair, strict=True))
    for name, *pair in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);",
        (STATIC / "css" / "tokens.css").read_text(),
    )
}


def linear(colour):
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def luminance(colour):
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """The ratio of WCAG 2.2, "contrast ratio"."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def oklab(colour):
    """Lightness, a and b after Björn Ottosson's matrices."""
    red, green, blue = linear(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def from_oklab(lightness, a, b):
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    channels = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    shown = [12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in channels]
    return "#" + "".join(f"{round(255 * min(1, max(0, c))):02x}" for c in shown)


def mixed(over, under, share):
    """What `color-mix(in oklab, over share, under)` shows."""
    parts = zip(oklab(over), oklab(under), strict=True)
    return from_oklab(*(share * top + (1 - share) * below for top, below in parts))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["paper", "surface", "sunk"])
@pytest.mark.parametrize("text", ["ink", "soft", "accent", "danger", *KINDS])
def test_text_colour_on_every_ground_has_enough_contrast(text, ground, scheme):
    assert contrast(TOKENS[text][scheme], TOKENS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["paper", "surface", "sunk"])
def test_control_border_on_every_ground_stands_out(ground, scheme):
    assert contrast(TOKENS["edge"][scheme], TOKENS[ground][scheme]) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), [("on-accent", "accent"), ("ink", "pending")])
def test_text_on_strong_colour_has_enough_contrast(text, ground, scheme):
    assert contrast(TOKENS[text][scheme], TOKENS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tint", [0.09, 0.18, 0.28])
def test_ink_on_every_highlight_has_enhanced_contrast(tint, kind, scheme):
    highlight = mixed(TOKENS[kind][scheme], TOKENS["paper"][scheme], tint)

    assert contrast(TOKENS["ink"][scheme], highlight) >= 7


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("kind", KINDS)
def test_underline_of_every_kind_stands_out(kind, scheme):
    underline = mixed(TOKENS[kind][scheme], TOKENS["paper"][scheme], 0.8)

    assert contrast(underline, TOKENS["paper"][scheme]) >= 3


@pytest.mark.parametrize(("scheme", "lightness"), [("light", 0.48), ("dark", 0.79)])
@pytest.mark.parametrize("kind", KINDS)
def test_kinds_share_one_lightness(kind, scheme, lightness):
    assert oklab(TOKENS[kind][scheme])[0] == pytest.approx(lightness, abs=0.026)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(KINDS, 2)))
def test_kinds_have_distinct_colours(one, other, scheme):
    pair = zip(oklab(TOKENS[one][scheme]), oklab(TOKENS[other][scheme]), strict=True)

    assert sum((left - right) ** 2 for left, right in pair) ** 0.5 >= 0.07


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_an_icon_and_a_line(kind):
    rule = re.search(rf"\.k-{kind} {{(.*?)}}", (STATIC / "css/components/kind.css").read_text())

    assert f"var(--i-{kind})" in rule[1]
    assert "--u:" in rule[1]


def test_lines_of_kinds_are_told_apart():
    css = (STATIC / "css/components/kind.css").read_text()
    lines = re.findall(r"\.k-\w+ {.*?--u: (\w+);(?: --uw: ([\d.]+em);)?", css)

    assert len(set(lines)) == len(KINDS)


def joined(*names):
    """The sheets of that name as they are served, one after another."""
    return [
        join_stylesheet(lambda name: (STATIC / name).read_text(), f"css/{n}.css") for n in names
    ]


@pytest.mark.parametrize(
    "sheets",
    [
        ("reading",),
        ("writing",),
        ("writing", "argument"),
        ("setup",),
        ("lists",),
        ("lists", "argument"),
    ],
    ids="+".join,
)
def test_stylesheets_of_a_page_weigh_at_most_14_kilobytes(sheets):
    served = joined("main", *sheets)

    assert sum(len(gzip.compress(sheet.encode())) for sheet in served) <= 14 * 1024


def test_sheets_beside_the_main_one_keep_its_layers():
    assert joined("main")[0].startswith("@layer tokens,base,layout,components,pages;")
    for sheet in joined(*(Path(one).stem for one in ENTRIES[1:])):
        assert sheet.startswith(("@layer components{", "@layer pages{"))


def test_every_part_of_the_stylesheets_is_linked_by_some_page():
    parts = {path.relative_to(STATIC / "css") for path in (STATIC / "css").rglob("*/*.css")}
    imported = "".join((STATIC / entry).read_text() for entry in ENTRIES)

    assert [str(part) for part in parts if f'"{part}"' not in imported] == []


def test_fonts_weigh_at_most_130_kilobytes():
    assert sum(font.stat().st_size for font in STATIC.glob("fonts/*.woff2")) <= 130 * 1024


def test_joined_stylesheets_ask_for_no_further_one():
    for sheet in joined(*(Path(entry).stem for entry in ENTRIES)):
        assert "@import" not in sheet
        assert sheet.count("{") == sheet.count("}")


def test_joined_stylesheet_drops_only_spaces_that_mean_nothing():
    parts = {
        "css/main.css": '@import url("a.css") layer(one);',
        "css/a.css": """/* No. */
            .a > :is(.b, .c) + .d { width: calc(1px + 2px); content: "x : y; { z }"; }
            @media (min-width: 58rem) { .a:hover { color: red; } }""",
    }

    assert join_stylesheet(parts.__getitem__) == (
        '@layer one{.a>:is(.b,.c) + .d{width:calc(1px + 2px);content:"x : y; { z }"}'
        "@media (min-width:58rem){.a:hover{color:red}}}\n"
    )
