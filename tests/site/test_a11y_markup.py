"""What a page's markup promises those who do not see it; a browser checks the rest with axe."""

import itertools
from collections import Counter

import pytest
from lxml import html

from tests.site.conftest import HTML_PAGES

MOST_LANDMARKS = 8
LANDMARK_TAGS = {"main", "nav", "aside"}
LANDMARK_ROLES = {
    "banner", "complementary", "contentinfo", "form", "main", "navigation", "region", "search",
}  # fmt: skip
SECTIONING = ("article", "aside", "main", "nav", "section")
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}


def has_name(element):
    return bool(element.get("aria-label") or element.get("aria-labelledby"))


def is_landmark(element):
    """Whether browsers offer the element as a landmark (HTML Accessibility API Mappings)."""
    if "role" in element.attrib:
        return element.get("role") in LANDMARK_ROLES
    if element.tag in {"section", "form"}:
        return has_name(element)
    if element.tag in {"header", "footer"}:
        return not list(element.iterancestors(*SECTIONING))
    return element.tag in LANDMARK_TAGS


def text_of(element):
    """The words that a screen reader says of the element: what is hidden from it left out."""
    if element.get("aria-hidden") == "true":
        return element.tail or ""
    if element.get("aria-label"):
        return element.get("aria-label") + (element.tail or "")
    own = element.get("alt", "") if element.tag == "img" else element.text or ""
    return (
        own
        + "".join(text_of(child) for child in element if isinstance(child.tag, str))
        + (element.tail or "")
    )


def faults_of_language(tree):
    return [] if tree.get("lang") else ["the page names no language"]


def faults_of_title(tree):
    """What the page is, and after a dot in what it lies; the start page is the whole."""
    title = (tree.findtext(".//title") or "").split(" · ")
    return [] if len(title) == 2 or title == ["Counterpoint"] else [f"title {title}"]


def faults_of_landmarks(tree):
    found = [one for one in tree.iter() if isinstance(one.tag, str) and is_landmark(one)]
    kinds = Counter(one.tag for one in found)
    unnamed = [one.tag for one in found if one.tag in {"nav", "aside"} and not has_name(one)]
    faults = [f"{tag} without name among several" for tag in unnamed if kinds[tag] > 1]
    faults += [f"{len(found)} landmarks"] * (len(found) > MOST_LANDMARKS)
    return faults + [f"{kinds['main']} main"] * (kinds["main"] != 1)


def faults_of_headings(tree):
    """The first heading is the h1, and none is more than one level below the one before."""
    levels = [int(one.tag[1]) for one in tree.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    skips = [(a, b) for a, b in itertools.pairwise(levels) if b > a + 1]
    empty = [one for one in tree.iter("h1", "h2", "h3", "h4") if not text_of(one).strip()]
    return (
        [f"h{a} then h{b}" for a, b in skips]
        + ["an empty heading"] * len(empty)
        + ([f"h{levels[0]} first"] if levels[:1] != [1] else [])
    )


def faults_of_fields(tree):
    labelled = {one.get("for") for one in tree.iter("label") if text_of(one).strip()}
    fields = [
        one for one in tree.iter("input", "select", "textarea") if one.get("type") not in UNLABELLED
    ]
    bare = [
        one.get("name")
        for one in fields
        if one.get("id") not in labelled
        and not has_name(one)
        and not [label for label in one.iterancestors("label") if text_of(label).strip()]
    ]
    sets = [
        one
        for one in tree.iter("fieldset")
        if not any(text_of(legend).strip() for legend in one.findall("legend"))
    ]
    return [f"field {name} without label" for name in bare] + ["fieldset without legend"] * len(
        sets
    )


def faults_of_names(tree):
    """Links and buttons say what they do; pictures have a text, which may be empty."""
    silent = [one for one in tree.iter("a", "button", "summary") if not text_of(one).strip(" \n")]
    bare = [one for one in tree.iter("img") if "alt" not in one.attrib]
    return [f"{one.tag} {one.get('href') or one.get('name')} says nothing" for one in silent] + [
        f"img {one.get('src')} without alt" for one in bare
    ]


def faults_of_references(tree):
    ids = Counter(one.get("id") for one in tree.iter() if one.get("id"))
    wanted = {
        name
        for one in tree.iter()
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "form")
        for name in (one.get(attribute) or "").split()
    }
    inside = {
        one.get("href")[1:] for one in tree.iter("a") if (one.get("href") or "").startswith("#")
    }
    return [f"id {name} {n} times" for name, n in ids.items() if n > 1] + [
        f"#{name} leads nowhere" for name in sorted((wanted | inside) - ids.keys() - {""})
    ]


def faults_of_focus(tree):
    return [
        f"tabindex {one.get('tabindex')}"
        for one in tree.iter()
        if (one.get("tabindex") or "0") not in {"0", "-1"}
    ]


CHECKS = [
    faults_of_language,
    faults_of_title,
    faults_of_landmarks,
    faults_of_headings,
    faults_of_fields,
    faults_of_names,
    faults_of_references,
    faults_of_focus,
]


@pytest.mark.parametrize("name", HTML_PAGES)
def test_page_keeps_the_promises_of_its_markup(name, shown):
    tree = shown(name)

    faults = {check.__name__: check(tree) for check in CHECKS}

    assert {name: found for name, found in faults.items() if found} == {}


def test_titles_of_pages_tell_them_apart(shown):
    titles = Counter(shown(name).findtext(".//title") for name in ("home", "essays:list", "docs"))

    assert set(titles.values()) == {1}


@pytest.mark.parametrize(
    ("body", "check", "fault"),
    [
        ("<main></main><main></main>", faults_of_landmarks, "2 main"),
        ("<main></main>" + "<nav aria-label=x></nav>" * 8, faults_of_landmarks, "9 landmarks"),
        ("<main></main><nav></nav><nav aria-label=x></nav>", faults_of_landmarks,
         "nav without name among several"),
        ("<h1>a</h1><h3>b</h3>", faults_of_headings, "h1 then h3"),
        ("<h2>a</h2>", faults_of_headings, "h2 first"),
        ("<h1><svg></svg></h1>", faults_of_headings, "an empty heading"),
        ("<input name=a>", faults_of_fields, "field a without label"),
        ("<label for=x> </label><input id=x name=a>", faults_of_fields, "field a without label"),
        ("<fieldset><input type=hidden></fieldset>", faults_of_fields, "fieldset without legend"),
        ("<a href=/x><b aria-hidden=true>x</b></a>", faults_of_names, "a /x says nothing"),
        ("<img src=/x>", faults_of_names, "img /x without alt"),
        ("<p id=x></p><p id=x></p>", faults_of_references, "id x 2 times"),
        ("<a href=#x>x</a>", faults_of_references, "#x leads nowhere"),
        ("<p tabindex=3>x</p>", faults_of_focus, "tabindex 3"),
        ("<p>x</p>", faults_of_language, "the page names no language"),
    ],
)  # fmt: skip
def test_check_of_the_markup_finds_its_fault(body, check, fault):
    assert fault in check(html.document_fromstring(f"<html><body>{body}</body></html>"))
