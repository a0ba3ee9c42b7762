"""What the reading page may weigh; UX budgets that are counts or sizes."""

import gzip
from pathlib import PurePosixPath

import pytest

from tests.annotations.test_queries import crowd, sentences_of_the_project
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of

KILOBYTE = 1024

WATCH = """window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value, startTime, sources } of list.getEntries())
      if (!hadRecentInput) shifts.push([value, startTime, ...sources.map(({ node, previousRect, currentRect }) =>
        `${node?.nodeName}.${node?.className} ${previousRect.y} to ${currentRect.y}`)]);
  }).observe({ type: "layout-shift", buffered: true });"""


def shifted(page):
    """How much the layout shifted by itself, and what did."""
    shifts = page.evaluate("window.shifts")
    return sum(value for value, *_ in shifts), shifts


@pytest.fixture
def crowded(seminar, student, classmate, instructor, assistant):
    """An essay of 40 paragraphs with 500 notes."""
    sentences = sentences_of_the_project()
    texts = [" ".join(sentences[n : n + 3]) for n in range(0, 120, 3)]
    assignment = assignment_of(essay_of(*texts, seminar=seminar))
    crowd(assignment, [student, classmate, instructor, assistant], sentences)
    return assignment


def weights(page):
    """Compressed bytes of the page itself, of each stylesheet and of each script, by file name."""
    found = {"": len(gzip.compress(page.content().encode(), 6))}
    for address in page.evaluate(
        "performance.getEntriesByType('resource').map((one) => one.name.split('?')[0])"
    ):
        if address.endswith((".css", ".js")):
            body = page.request.get(address).body()
            found[PurePosixPath(address).name] = len(gzip.compress(body, 6))
    return found


def test_reading_page_keeps_to_its_budgets(browse, crowded, student):
    page = browse(student)

    page.goto(crowded.get_absolute_url(), wait_until="load")
    page.wait_for_selector(".essay.laid")
    page.evaluate("document.fonts.ready.then(() => null)")

    asked = len(page.guard.requests)  # for the first view: while it stands open it asks on
    found = weights(page)
    scripts = {name: size for name, size in found.items() if name.endswith(".js")}
    own = {name: size for name, size in scripts.items() if not name.startswith("htmx")}
    assert asked <= 12
    assert page.evaluate("document.querySelectorAll('*').length") <= 3_000
    assert own
    # Thirteen were meant beside a library of seventeen, which the page does without.
    assert sum(own.values()) <= 16 * KILOBYTE, own
    assert sum(scripts.values()) <= 30 * KILOBYTE, scripts
    assert sum(size for name, size in found.items() if name.endswith(".css")) <= 14 * KILOBYTE
    assert found[""] <= 25 * KILOBYTE


def test_layout_does_not_shift_while_one_reads(browse, crowded, student):
    """With the fonts at hand, as on every page but the first: when they come is not the page's doing."""
    page = browse(student)
    page.goto(crowded.get_absolute_url(), wait_until="load")
    page.evaluate("document.fonts.ready.then(() => null)")
    page.add_init_script(WATCH)
    page.reload(wait_until="load")
    page.wait_for_selector(".essay.laid")

    page.mouse.wheel(0, 2_000)
    page.wait_for_selector('.rail [aria-current="location"]')
    for index in (0, 3, 6):
        page.evaluate(
            "(at) => document.dispatchEvent(new CustomEvent('cp:activate', "
            "{ detail: { id: document.querySelectorAll('.essay .c')[at].id.slice(2) } }))",
            index,
        )
        page.wait_for_selector('.c[aria-current="true"]')

    shift, what = shifted(page)
    assert shift <= 0.05, what
