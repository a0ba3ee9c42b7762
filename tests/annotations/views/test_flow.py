"""The flow sheet, what is open, concessions and the class brief as pages."""

from io import BytesIO

import openpyxl
import pytest
from lxml import html

from annotations.actions import Content, Target, create_annotation
from annotations.enums import Audience, Kind
from annotations.models import MeToo
from annotations.queries import flow, open_items
from tests.factories.annotations import annotation_on
from tests.factories.argument import ClaimAnchorFactory, ClaimFactory
from tests.factories.assignments import paragraph_of

HERE = "/seminars/water-policy/who-should-pay/"


@pytest.fixture
def thesis(assignment):
    claim = ClaimFactory(assignment=assignment, text="Talks should reopen.", is_thesis=True)
    ClaimAnchorFactory(claim=claim)
    return claim


@pytest.fixture
def counter(assignment, student):
    def _counter(text, *, parent=None, **content):
        return create_annotation(
            actor=student,
            assignment_id=assignment.pk,
            content=Content(
                kind=Kind.COUNTERARGUMENT, body=text, attacks="reason", counterclaim=text, **content
            ),
            targets=[] if parent else [Target(paragraph_id=paragraph_of(assignment).pk)],
            parent_id=parent.pk if parent else None,
        )

    return _counter


@pytest.fixture
def grant(assignment, classmate, thesis):
    return create_annotation(
        actor=classmate,
        assignment_id=assignment.pk,
        content=Content(
            kind=Kind.CONCESSION, body="Granted.", claim_id=thesis.pk, scope="in the long run"
        ),
        targets=[Target(paragraph_id=paragraph_of(assignment).pk)],
    )


def tree(response):
    assert response.status_code == 200
    return html.document_fromstring(response.content)


def text(node):
    return " ".join(node.text_content().split())


# -- flow -----------------------------------------------------------------------------------------


def test_flow_is_a_table_with_headers_of_rows_and_columns(thesis, counter, classmate, page):
    answered = counter("Talks reward.")
    counter("They do not.", parent=answered)
    counter("Too late.")

    shown = tree(page(classmate).get(f"{HERE}flow/"))

    assert [text(one) for one in shown.xpath("//thead//th[@scope='col']")] == [
        "Essay", "Challenge", "Defence", "Reply",
    ]  # fmt: skip
    (head,) = shown.xpath("//tbody/tr/th[@scope='rowgroup']")
    assert head.get("rowspan") == "2"
    assert "Talks should reopen." in text(head)
    assert "1 of 2 challenges not answered" in text(head)
    assert "1 claim, 2 challenges, 1 not answered" in text(shown)
    gap = shown.xpath("//td[@class='gap']")
    assert [text(one) for one in gap] == ["Dropped: nobody has answered"]
    assert [one.get("data-label") for one in gap] == ["Defence"]


def test_flow_shows_only_dropped_when_asked(assignment, thesis, counter, classmate, page):
    counter("Talks reward.")
    ClaimFactory(assignment=assignment, text="Risk has grown.")

    whole = text(tree(page(classmate).get(f"{HERE}flow/")))
    dropped = text(tree(page(classmate).get(f"{HERE}flow/?only=dropped")))

    assert "Risk has grown." in whole
    assert "Risk has grown." not in dropped
    assert "Talks should reopen." in dropped


def test_flow_says_when_nothing_is_there_or_dropped(assignment, classmate, page, request):
    browser = page(classmate)

    assert "No claim of the essay is on the map yet" in text(tree(browser.get(f"{HERE}flow/")))
    request.getfixturevalue("thesis")
    shown = text(tree(browser.get(f"{HERE}flow/?only=dropped")))
    assert "No challenge was dropped: each has an answer." in shown


def test_flow_is_turned_page_by_page(assignment, thesis, classmate, page, monkeypatch):
    monkeypatch.setattr(flow, "ROWS_A_PAGE", 1)
    ClaimFactory(assignment=assignment, text="Risk has grown.")
    browser = page(classmate)

    first = tree(browser.get(f"{HERE}flow/"))
    (further,) = first.xpath("//a[@rel='next']/@href")
    second = tree(browser.get(f"{HERE}flow/{further}"))

    assert "Risk has grown." not in text(first)
    assert "Risk has grown." in text(second)
    assert second.xpath("//a[@rel='next']") == []


def test_flow_shows_no_private_argument(thesis, counter, classmate, page):
    counter("Talks reward.", audience=Audience.PRIVATE)

    assert "Talks reward." not in text(tree(page(classmate).get(f"{HERE}flow/")))


def test_flow_is_downloaded_as_a_workbook(thesis, counter, classmate, page):
    counter("Talks reward.")

    response = page(classmate).get(f"{HERE}flow.xlsx")

    assert response["Content-Disposition"] == 'attachment; filename="flow-who-should-pay.xlsx"'
    sheet = openpyxl.load_workbook(BytesIO(response.content)).active
    assert sheet["D2"].value == "Dropped: nobody has answered"


# -- open -----------------------------------------------------------------------------------------


def test_open_lists_what_is_asked_for_with_counts(
    assignment, thesis, counter, paragraphs, student, classmate, page
):
    counter("Talks reward.")
    annotation_on(
        paragraphs[0], assignment=assignment, author=student, kind="question", body="Who pays?"
    )

    shown = tree(page(classmate).get(f"{HERE}open/?show=questions"))

    assert [text(one) for one in shown.xpath("//nav[@aria-label='Lists']/a")][:3] == [
        "Challenges nobody has answered 1",
        "Answered, still open by the rules 0",
        "Questions 1",
    ]
    assert shown.xpath("//nav[@aria-label='Lists']/a[@aria-current='page']/@href") == [
        "?show=questions"
    ]
    (item,) = shown.xpath("//ol[@class='openlist']/li")
    assert "Who pays?" in text(item)
    assert "Talks reward." not in text(shown)


def test_open_question_is_asked_too_and_taken_back_from_the_list(
    assignment, paragraphs, student, classmate, page
):
    question = annotation_on(
        paragraphs[0], assignment=assignment, author=student, kind="question", body="Who pays?"
    )
    browser, there = page(classmate), f"{HERE}open/?show=questions"
    address = f"/annotations/{question.pk}/me-too/"

    said = browser.post(address, {"on": "1", "next": there}, follow=True)
    assert said.redirect_chain == [(there, 302)]
    assert "1 asks the same" in text(tree(said))
    assert "Take back “me too”" in text(tree(said))

    taken = browser.post(address, {"on": "0", "next": "https://example.org/"}, follow=True)
    assert taken.redirect_chain == [(f"/annotations/{question.pk}/", 302)]
    assert not MeToo.objects.exists()


def test_open_says_when_nothing_is_open(assignment, classmate, page):
    shown = text(tree(page(classmate).get(f"{HERE}open/")))

    assert "Nothing is open: every challenge and every question has its answer." in shown


def test_open_list_that_is_empty_says_so(thesis, counter, classmate, page):
    counter("Talks reward.")

    shown = text(tree(page(classmate).get(f"{HERE}open/?show=marks")))

    assert "No quality mark is open." in shown


def test_open_is_turned_page_by_page(thesis, counter, classmate, page, monkeypatch):
    monkeypatch.setattr(open_items, "ITEMS_A_PAGE", 1)
    counter("Talks reward.")
    counter("Too late.")
    browser = page(classmate)

    first = tree(browser.get(f"{HERE}open/"))
    (more,) = first.xpath("//a[@rel='next']/@href")
    second = tree(browser.get(f"{HERE}open/{more}"))

    assert [text(one) for one in first.xpath("//ol[@class='openlist']//p[2]")] == ["Talks reward."]
    assert [text(one) for one in second.xpath("//ol[@class='openlist']//p[2]")] == ["Too late."]


@pytest.mark.parametrize("query", ["after=x", "show=nonsense", "sort=asked&after=1"])
def test_open_takes_what_makes_no_sense_for_the_beginning(query, thesis, counter, classmate, page):
    counter("Talks reward.")

    assert "Talks reward." in text(tree(page(classmate).get(f"{HERE}open/?{query}")))


# -- concessions and brief ------------------------------------------------------------------------


def test_concessions_print_the_common_ground_with_citations(grant, student, page):
    shown = tree(page(student).get(f"{HERE}concessions/"))

    (common,) = shown.xpath("//p[@class='common']")
    assert text(common) == (
        "It is common ground that “Talks should reopen.” "
        "(¶ 1; granted by Classmate, as far as said: in the long run)."
    )
    assert [text(one) for one in shown.xpath("//main//section/h2")] == [
        "Common ground",
        "Granted to the essay",
    ]
    assert "How far: in the long run" in text(shown)


def test_concessions_say_when_nobody_has_granted_anything(assignment, student, page):
    shown = text(tree(page(student).get(f"{HERE}concessions/")))

    assert "Nobody has granted anything yet." in shown


def test_brief_has_the_rule_the_date_and_its_lists(thesis, counter, grant, student, page):
    counter("Talks reward.")

    shown = tree(page(student).get(f"{HERE}brief/"))

    assert [text(one) for one in shown.xpath("//main//section/h2")] == [
        "Dropped: nobody has answered 1",
        "Open: answered, and not settled",
        "Open questions",
        "Claims without evidence 1",
        "What the thesis turns on 1",
        "Common ground",
    ]
    assert "Thesis: Talks should reopen. has an unanswered challenge" in text(shown)
    assert "what nobody challenges stands" in text(shown)
    assert len(shown.xpath("//main//time")) == 2


# -- in the thread --------------------------------------------------------------------------------


def test_thread_shows_who_asks_the_same_and_lets_others_say_so(
    assignment, paragraphs, student, classmate, observer, page
):
    question = annotation_on(
        paragraphs[0], assignment=assignment, author=student, kind="question", body="Who pays?"
    )
    MeToo.objects.create(annotation=question, user=classmate)

    def below(user):
        (found,) = tree(page(user).get(f"/annotations/{question.pk}/")).xpath(
            "//*[contains(@class, 'metoo')]/.."
        )
        return text(found)

    assert below(student) == "1 asks the same Mark: Question by Student"
    assert below(classmate).startswith("Take back “me too”: Question by Student")
    assert below(observer) == "1 asks the same"
