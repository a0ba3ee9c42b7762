"""Which words are marked, as the reader chose."""

import pytest

from debate.accounts.models import User
from tests.factories.annotations import annotation_on


def marked(page, user, assignment):
    """The words of the first paragraph that are marked, and how many notes stand beside it."""
    shown = page(user).get(assignment.get_absolute_url()).context["page"].paragraphs[0]
    return ["".join(str(run.html) for run in shown.runs if run.depth), shown.total]


@pytest.mark.parametrize(
    ("choice", "words"),
    [("all", "Citiesprice"), ("mine", "Cities"), ("none", "")],
)
def test_reading_page_marks_the_words_that_its_reader_chose(
    page, assignment, paragraphs, student, classmate, choice, words
):
    annotation_on(paragraphs[0], "Cities", assignment=assignment, author=student)
    annotation_on(paragraphs[0], "price", assignment=assignment, author=classmate)
    User.objects.filter(pk=student.pk).update(highlights=choice)

    assert marked(page, student, assignment) == [words, 2]
