"""Which words are marked, what there is to choose from, and how each paragraph stands."""

import gzip
import re
from uuid import UUID

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from annotations.enums import Kind
from annotations.forms import filters_of
from annotations.queries import ReadingFilters, kept
from debate.accounts.models import User
from tests.annotations.test_queries import crowd, sentences_of_the_project
from tests.expect import expect_constant_queries
from tests.factories.annotations import annotation_on
from tests.factories.argument import (
    ClaimAnchorFactory,
    ClaimFactory,
    InferenceFactory,
    RelationFactory,
)
from tests.factories.assignments import AliasFactory, assignment_of
from tests.factories.essays import ParagraphFactory, RevisionFactory, essay_of
from tests.factories.seminars import GroupFactory


def runs_of(page, user, assignment):
    """The runs of the first paragraph that lie under notes or between them, as the user sees them."""
    return page(user).get(assignment.get_absolute_url()).context["page"].paragraphs[0].runs


@pytest.mark.parametrize("choice", ["all", "mine", "none"])
def test_reading_page_marks_all_words_and_tells_ones_own_apart(
    page, assignment, paragraphs, student, classmate, choice
):
    annotation_on(paragraphs[0], "Cities", assignment=assignment, author=student)
    annotation_on(paragraphs[0], "price", assignment=assignment, author=classmate)
    User.objects.filter(pk=student.pk).update(highlights=choice)

    runs = [run for run in runs_of(page, student, assignment) if run.depth]

    assert [(str(run.html), run.is_mine) for run in runs] == [("Cities", True), ("price", False)]


def test_mark_names_every_card_on_its_words_and_shows_the_own_kind(
    page, assignment, paragraphs, student, classmate
):
    own = annotation_on(
        paragraphs[0], "Cities that", assignment=assignment, author=student, kind=Kind.QUESTION
    )
    other = annotation_on(paragraphs[0], "that", assignment=assignment, author=classmate)

    [_, both] = [run for run in runs_of(page, student, assignment) if run.depth]

    assert (both.kind, both.depth) == ("question", 2)
    assert {both.details, both.also} == {f"a-{own.pk}", f"a-{other.pk}"}


def test_marks_in_the_page_lead_to_cards_that_stand_on_it(page, assignment, paragraphs, student):
    for _ in range(6):
        annotation_on(paragraphs[0], "Cities", assignment=assignment, author=student)

    html = page(student).get(assignment.get_absolute_url()).content.decode()

    named = {
        one
        for found in re.findall(r'(?:aria-details|data-also)="([^"]+)"', html)
        for one in found.split()
    }
    assert named == set(re.findall(r'id="(a-[^"]+)" role="comment"', html))
    assert len(named) == 4


# --- more notes than have room ---


@pytest.fixture
def crowded(seminar, student, classmate):
    """An assignment on a paragraph of three sentences with 30, 15 and 1 notes beyond 4 own ones."""
    text = "Roads are dear. Trains are not. Buses wait."
    assignment = assignment_of(essay_of(text, "Another one.", seminar=seminar))
    paragraph = assignment.revision.paragraphs.first()
    for words, count in [("Roads are dear.", 30), ("Trains", 15), ("Buses wait.", 1)]:
        for _ in range(count):
            annotation_on(paragraph, words, assignment=assignment, author=classmate)
    for _ in range(4):
        annotation_on(paragraph, "wait", assignment=assignment, author=student)
    return assignment


def test_paragraph_of_many_notes_marks_shown_ones_and_tints_the_sentences_of_the_others(
    page, crowded, student
):
    runs = runs_of(page, student, crowded)

    assert [(str(run.html), run.depth, run.tint) for run in runs] == [
        ("Roads are dear.", 0, 3),
        (" ", 0, 0),
        ("Trains are not.", 0, 2),
        (" ", 0, 0),
        ("Buses ", 0, 1),
        ("wait", 3, 1),
        (".", 0, 1),
    ]


def test_page_with_tinted_sentences_says_what_the_tint_means(page, crowded, student, assignment):
    told = "a faint tint, in three steps, tells on which sentences the others lie"
    browser = page(student)
    annotation_on(assignment.revision.paragraphs.first(), assignment=assignment)

    assert told in browser.get(crowded.get_absolute_url()).content.decode()
    assert told not in browser.get(assignment.get_absolute_url()).content.decode()


def test_paragraph_with_more_notes_gives_20_more_at_an_address(page, crowded, student):
    browser, url = page(student), crowded.get_absolute_url()

    first = browser.get(url).context["page"].paragraphs[0]
    then = browser.get(url + first.next_url).context["page"].paragraphs[0]

    assert (len(first.cards), first.more, first.next_cards) == (4, 46, 20)
    assert first.next_url == "?p=1&cards=24#p-1"
    assert (len(then.cards), then.more, then.next_url) == (24, 26, "?p=1&cards=44#p-1")


def test_more_notes_keep_to_the_filters(page, crowded, student, classmate):
    url = f"{crowded.get_absolute_url()}?author={classmate.pk}"

    first = page(student).get(url).context["page"].paragraphs[0]

    assert first.next_url == f"?author={classmate.pk}&p=1&cards=24#p-1"


def test_fragment_of_a_paragraph_holds_it_and_its_notes_alone(page, crowded, student):
    browser, url = page(student), crowded.get_absolute_url()

    answer = browser.get(f"{url}?p=1&cards=24", headers={"X-Fragment": "1"})

    html = answer.content.decode()
    assert html.startswith('<div class="x body" id="p-1">')
    assert (html.count('class="x '), html.count('role="comment"')) == (1, 24)
    assert "X-Fragment" in answer.headers["Vary"]


@pytest.mark.parametrize("query", ["?p=x&cards=24", "?p=1&cards=-1", "?cards=3", ""])
def test_fragment_of_no_paragraph_is_the_page(query, page, crowded, student):
    answer = page(student).get(crowded.get_absolute_url() + query, headers={"X-Fragment": "1"})

    assert answer.content.decode().startswith("<!doctype html>")


def test_fragment_of_a_paragraph_that_is_not_there_is_absent(page, crowded, student):
    url = f"{crowded.get_absolute_url()}?p=9&cards=24"

    assert page(student).get(url, headers={"X-Fragment": "1"}).status_code == 404


def test_rail_has_a_pip_for_each_note_up_to_five(page, crowded, student, classmate):
    for kind in (Kind.QUESTION, Kind.COMMENT):
        annotation_on(
            crowded.revision.paragraphs.last(), assignment=crowded, author=classmate, kind=kind
        )

    many, few = page(student).get(crowded.get_absolute_url()).context["page"].paragraphs

    assert (many.dots, many.more_dots) == (["comment"] * 3, 47)
    assert (few.dots, few.more_dots) == (["question", "comment"], 0)


# --- what there is to choose from ---


def choices_of(page, user, assignment, query=""):
    return page(user).get(assignment.get_absolute_url() + query).context["page"].choices


def test_filters_hold_together_and_each_has_an_address(
    page, assignment, paragraphs, student, classmate
):
    for author, kind in [
        (student, Kind.QUESTION),
        (classmate, Kind.QUESTION),
        (classmate, Kind.COMMENT),
        (classmate, Kind.SUPPORT),
    ]:
        annotation_on(paragraphs[0], assignment=assignment, author=author, kind=kind)
    query = f"?kind=comment&kind=question&author={classmate.pk}"

    shown = page(student).get(assignment.get_absolute_url() + query).context["page"]

    assert sorted(card.kind for card in shown.paragraphs[0].cards) == ["comment", "question"]
    assert [(one.key, one.count, one.is_chosen, one.query) for one in shown.choices.kinds] == [
        ("comment", 1, True, f"?kind=question&author={classmate.pk}"),
        ("question", 2, True, f"?kind=comment&author={classmate.pk}"),
        ("support", 1, False, f"?kind=comment&kind=question&kind=support&author={classmate.pk}"),
    ]
    assert [(one.label, one.count) for one in shown.choices.states] == [
        ("Unanswered", 2),
        ("Mine", 1),
    ]


def test_people_to_choose_are_those_who_wrote_what_is_read(
    page, assignment, paragraphs, student, classmate, instructor
):
    annotation_on(paragraphs[0], assignment=assignment, author=student)
    annotation_on(paragraphs[0], assignment=assignment, author=classmate)
    annotation_on(paragraphs[0], assignment=assignment, author=instructor, audience="private")

    people = choices_of(page, student, assignment, f"?author={classmate.pk}").people

    assert [(one.label, one.count, one.is_chosen) for one in people] == [
        (classmate.name, 1, True),
        (student.name, 1, False),
    ]


def test_filter_by_group_keeps_what_its_members_wrote(
    page, assignment, paragraphs, student, classmate, group
):
    mine = annotation_on(paragraphs[0], assignment=assignment, author=student)
    annotation_on(paragraphs[0], assignment=assignment, author=classmate)

    shown = page(classmate).get(f"{assignment.get_absolute_url()}?group={group.pk}").context["page"]

    assert [card.id for card in shown.paragraphs[0].cards] == [str(mine.pk)]
    assert [(one.label, one.count, one.is_chosen) for one in shown.choices.groups] == [
        (group.name, 1, True)
    ]


def test_under_pseudonyms_people_go_by_their_aliases_and_are_in_no_group(
    page, assignment, paragraphs, student, classmate, group, instructor
):
    alias = AliasFactory(assignment=assignment, user=student, name="Quiet Heron")
    annotation_on(paragraphs[0], assignment=assignment, author=student, alias=alias)
    query = f"?group={group.pk}"

    seen = page(classmate).get(assignment.get_absolute_url() + query).context["page"]
    by_name = page(classmate).get(f"{assignment.get_absolute_url()}?author={student.pk}")
    by_staff = choices_of(page, instructor, assignment)

    assert [(one.key, one.label) for one in seen.choices.people] == [(str(alias.pk), "Quiet Heron")]
    assert seen.paragraphs[0].cards == []
    assert [(one.label, one.count) for one in seen.choices.groups] == [(group.name, 0)]
    assert by_name.context["page"].is_bare
    assert [one.label for one in by_staff.people] == [student.name]
    assert [(one.label, one.count) for one in by_staff.groups] == [(group.name, 1)]


def test_group_of_another_seminar_is_none(page, assignment, paragraphs, student):
    annotation_on(paragraphs[0], assignment=assignment, author=student)
    elsewhere = GroupFactory(members=[student])

    shown = choices_of(page, student, assignment, f"?group={elsewhere.pk}")

    assert shown.groups == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=question&kind=nonsense&kind=comment", {"kinds": ("comment", "question")}),
        ("author=nobody&group=%00", {}),
        ("tag=%20Water%20", {"tag": "Water"}),
        ("tag=%00", {}),
        ("unanswered=1&mine=2&new=1", {"unanswered": True, "new": True}),
    ],
)
def test_address_says_what_to_show(query, expected):
    assert ReadingFilters(**filters_of(QueryDict(query))) == ReadingFilters(**expected)


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"kinds": ("comment", "question"), "tag": "a b&c", "mine": True},
        {"author": UUID(int=1), "group": UUID(int=2), "unanswered": True, "new": True},
    ],
)
def test_filters_come_back_from_their_own_address(filters):
    given = ReadingFilters(**filters)

    assert ReadingFilters(**filters_of(QueryDict(given.query()[1:]))) == given


# --- how each paragraph stands ---


@pytest.fixture
def claimed(assignment, paragraphs):
    """`claimed(text, index)`: a claim of the essay in the paragraph of that index."""

    def _claimed(text, index=0, **given):
        claim = ClaimFactory(assignment=assignment, text=text, **given)
        ClaimAnchorFactory(claim=claim, paragraph=paragraphs[index])
        return claim

    return _claimed


def standings(page, user, assignment):
    shown = page(user).get(assignment.get_absolute_url()).context["page"].paragraphs
    return [(one.standing, one.standing_url) for one in shown]


def test_reading_page_says_how_each_paragraph_stands(page, assignment, student, claimed):
    first, second, third = claimed("One."), claimed("Two.", 1), claimed("Three.", 1)
    doubt = ClaimFactory(assignment=assignment, text="No.")
    RelationFactory(source=doubt, target_claim=second, kind="undermines")
    reading = assignment.get_absolute_url()

    assert standings(page, student, assignment) == [
        ("Its claim: standing", f"{reading}map/claims/{first.pk}/"),
        ("Its 2 claims: 1 standing, 1 has an unanswered challenge", f"{reading}map/?p=2"),
        ("", ""),
    ]
    RelationFactory(source=doubt, target_claim=third, kind="undermines")
    assert standings(page, student, assignment)[1][0] == (
        "Its 2 claims: 2 have an unanswered challenge"
    )


def test_reading_page_tells_nobody_of_claims_that_only_others_know(
    page, assignment, student, classmate, claimed
):
    claimed("Hidden.", status="proposed", added_by=classmate)

    assert standings(page, student, assignment) == [("", "")] * 3


def test_reading_page_of_an_earlier_revision_tells_no_standing(
    page, assignment, essay, student, claimed
):
    claim = claimed("One.")
    newer = RevisionFactory(essay=essay, number=2)
    again = ParagraphFactory(revision=newer, number=1)
    ClaimAnchorFactory(claim=claim, revision=newer, paragraph=again)
    assignment.revision = newer
    assignment.save()

    shown = page(student).get(f"{assignment.get_absolute_url()}revisions/1/").context["page"]

    assert [one.standing for one in shown.paragraphs] == ["", "", ""]
    assert standings(page, student, assignment)[0][0] == "Its claim: standing"


def test_reading_page_asks_at_most_8_times_more_where_there_are_claims(
    page, assignment, student, claimed, paragraphs
):
    browser = page(student)
    annotation_on(paragraphs[0], "Cities", assignment=assignment, author=student)
    browser.get(assignment.get_absolute_url())
    kept.forget()
    with CaptureQueriesContext(connection) as without:
        browser.get(assignment.get_absolute_url())
    InferenceFactory(conclusion=claimed("One."), premises=[claimed("Two.", 1)])

    count = expect_constant_queries(
        lambda: browser.get(assignment.get_absolute_url()),
        grow=lambda: InferenceFactory(conclusion=claimed("Three."), premises=[claimed("Four.", 1)]),
    )

    assert count - len(without) <= 8


def test_reading_page_weighs_little_with_claims_in_every_paragraph(
    page, seminar, student, classmate, instructor, assistant
):
    sentences = sentences_of_the_project()
    texts = [" ".join(sentences[n : n + 3]) for n in range(0, 120, 3)]
    assignment = assignment_of(essay_of(*texts, seminar=seminar))
    crowd(assignment, [student, classmate, instructor, assistant], sentences)
    for paragraph in assignment.revision.paragraphs.all():
        claim = ClaimFactory(assignment=assignment, text=paragraph.text[:300])
        ClaimAnchorFactory(claim=claim, paragraph=paragraph)
    browser = page(student)

    response = browser.get(assignment.get_absolute_url())

    assert response.content.count(b"Its claim: standing") == 40
    weight = len(gzip.compress(response.content, 6))
    assert weight <= 25 * 1024, weight
