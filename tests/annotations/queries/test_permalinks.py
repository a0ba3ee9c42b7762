"""Links to words lead to where the words stand now, and to the revision that has them once they are gone."""

import pytest

from debate.essays.models import Paragraph
from tests.factories.assignments import assignment_of
from tests.factories.essays import ParagraphFactory, RevisionFactory, essay_of
from tests.factories.seminars import MembershipFactory

FIRST = "Prices tell people what water costs. Water is scarce. Water is heavy."
SECOND = "The council sets the tariff once a year."


@pytest.fixture
def revised(seminar):
    """An assignment that shows revision 2: a paragraph came before the first, the second went."""
    essay = essay_of(FIRST, SECOND, seminar=seminar)
    first = essay.current_revision.paragraphs.get(number=1)
    newer = RevisionFactory(essay=essay, number=2)
    ParagraphFactory(revision=newer, position=1, text="A new beginning.")
    ParagraphFactory(
        revision=newer,
        position=2,
        key=first.key,
        text=f"In short: {first.text.replace('heavy', 'dear')}",
    )
    essay.current_revision = newer
    essay.save()
    return assignment_of(essay)


@pytest.fixture
def follow(page, revised):
    """`follow(query)`: where the link leads, with the essay's address left out; "" when nowhere else."""
    reader = page(MembershipFactory(seminar=revised.seminar).user)

    def _follow(query, path=""):
        response = reader.get(f"{revised.get_absolute_url()}{path}{query}")
        assert response.status_code in {200, 302}
        return response.headers.get("Location", "").removeprefix(revised.get_absolute_url())

    return _follow


@pytest.mark.parametrize(
    ("query", "leads"),
    [
        ("?rev=1&words=1:0-36", "?rev=2&words=2:10-46#p-2"),
        ("?rev=1&words=1:7-11", "?rev=2&words=2:17-21#p-2"),
        ("?rev=1&words=1", "?rev=2&words=2#p-2"),
        ("?rev=1&words=1:0-6;1:37-52", "?rev=2&words=2:10-16;2:47-62#p-2"),
    ],
)
def test_link_of_an_earlier_revision_leads_to_the_words_as_they_stand_now(follow, query, leads):
    assert follow(query) == leads


def test_link_to_repeated_words_leads_to_those_between_the_same_words(follow):
    assert follow("?rev=1&words=1:53-61") == "?rev=2&words=2:63-71#p-2"


@pytest.mark.parametrize(
    "words",
    ["1:53-69", "2:0-11", "2", "1:0-36;2:0-11"],
    ids=["changed", "of a paragraph that is gone", "that paragraph", "one of two gone"],
)
def test_link_to_words_that_are_gone_leads_to_the_revision_that_has_them(follow, words):
    number = words.partition(":")[0]
    assert follow(f"?rev=1&words={words}") == f"revisions/1/?rev=1&words={words}#p-{number}"


@pytest.mark.parametrize("words", ["", "9", "x", "1:2", "1:0-36;", "1:9-3", "1:0-0", "1:0-9999999"])
def test_link_that_names_no_words_leads_to_its_revision(follow, words):
    assert follow(f"?rev=1&words={words}").startswith("revisions/1/")


@pytest.mark.parametrize(
    "query", ["", "?words=1", "?rev=2&words=1:0-6", "?rev=3", "?rev=0", "?rev=x"]
)
def test_other_links_show_the_page_they_name(follow, query):
    assert follow(query) == ""


def test_link_followed_to_an_earlier_revision_stays_there(follow):
    assert follow("?rev=1&words=1:0-36", path="revisions/1/") == ""


def test_paragraph_of_the_page_links_to_itself(page, revised, follow):
    link = page(MembershipFactory(seminar=revised.seminar).user).get(revised.get_absolute_url())

    assert 'href="?rev=2&amp;words=2#p-2"' in link.content.decode()
    assert follow("?rev=2&words=2#p-2") == ""
    assert Paragraph.objects.filter(revision=revised.revision).count() == 2
