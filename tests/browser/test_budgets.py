"""What the reading page may weigh; UX budgets that are counts or sizes."""

import gzip

from tests.annotations.test_queries import crowd, sentences_of_the_project
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of


def test_reading_page_keeps_to_its_budgets(
    browse, as_served, seminar, student, classmate, instructor, assistant
):
    sentences = sentences_of_the_project()
    texts = [" ".join(sentences[n : n + 4]) for n in range(0, 160, 4)]
    assignment = assignment_of(essay_of(*texts, seminar=seminar))
    crowd(assignment, [student, classmate, instructor, assistant], sentences)
    page = browse(student)
    page.add_init_script(
        """window.shifted = 0;
           new PerformanceObserver((list) => {
             for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value;
           }).observe({ type: "layout-shift", buffered: true });"""
    )

    page.goto(assignment.get_absolute_url())
    page.wait_for_load_state("networkidle")

    nodes = page.evaluate("document.querySelectorAll('*').length")
    shift = page.evaluate("window.shifted")
    assert len(page.guard.requests) <= 12
    assert nodes <= 3_000
    assert shift <= 0.05
    own = [path.read_bytes() for path in as_served.glob("js/**/*.js") if path.name.count(".") == 2]
    assert own
    assert sum(len(gzip.compress(script, 6)) for script in own) <= 13 * 1024
