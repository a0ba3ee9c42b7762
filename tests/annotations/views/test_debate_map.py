"""The pages of the debate map: the drawing and its outline, a claim, and what they weigh."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from annotations.actions import Content, Target, create_annotation
from annotations.enums import Attacks, Kind, MapStatus
from tests.annotations.test_queries import sentences_of_the_project
from tests.expect import expect_constant_queries
from tests.factories.annotations import annotation_on
from tests.factories.argument import (
    ClaimAnchorFactory,
    ClaimFactory,
    HouseRulesFactory,
    InferenceFactory,
    QualityMarkFactory,
    RelationFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def thesis(assignment):
    claim = ClaimFactory(assignment=assignment, text="Price water.", is_thesis=True)
    ClaimAnchorFactory(claim=claim)
    return claim


@pytest.fixture
def challenge(assignment, paragraphs, student):
    """`challenge(attacks, …)`: a counterargument on the first paragraph, or a reply."""

    def _challenge(attacks=Attacks.REASON, *, actor=student, parent=None, said="It is unfair."):
        targets = [] if parent else [Target(paragraph_id=paragraphs[0].pk)]
        return create_annotation(
            actor=actor,
            assignment_id=assignment.pk,
            content=Content(
                kind=Kind.COUNTERARGUMENT, body="Because.", attacks=attacks, counterclaim=said
            ),
            targets=targets,
            parent_id=parent.pk if parent else None,
        )

    return _challenge


@pytest.fixture
def look(page, assignment):
    """`look(user, "map", …)`: the page of that name as the person gets it."""

    def _look(user, name, *args, query=""):
        where = [assignment.seminar.slug, assignment.slug, *args]
        return page(user).get(reverse(f"annotations:{name}", args=where) + query)

    return _look


def outline_of(response, start):
    """The nested list below `start`: for each node its words and those that follow under it."""
    tree = html.fromstring(response.content)
    (top,) = tree.xpath(start)
    return _items(top)


def _items(top):
    found = []
    for item in top.xpath("./li"):
        node = item.xpath("./div")[0]
        words = [" ".join(one.text_content().split()) for one in node.xpath("./b | ./a | ./p[1]")]
        links = sorted(
            link.get("href").replace("../claims", "claims") for link in node.xpath(".//a")
        )
        below = [one for inner in item.xpath("./details/ul | ./ol") for one in _items(inner)]
        found.append((words, [link.replace("../../", "../") for link in links], below))
    return found


def test_map_and_outline_say_the_same(look, assignment, student, classmate, thesis, challenge):
    reason = ClaimFactory(assignment=assignment, text="It saves water.")
    other = ClaimFactory(assignment=assignment, text="It is fair.")
    for premises, conclusion in (([reason], thesis), ([other], thesis), ([reason], other)):
        InferenceFactory(conclusion=conclusion, premises=premises)
    first = challenge()
    challenge(Attacks.CONCLUSION, parent=first, actor=classmate, said="It is not.")

    drawn = outline_of(look(student, "map"), "//div[@role='region']/ul")
    plain = outline_of(look(student, "map_outline"), "//ol[@class='outline']")

    assert drawn == plain
    assert [words[1] for words, _, _ in drawn] == ["Price water."]
    assert [(words[:2], words[-1]) for words, _, _ in drawn[0][2]] == [
        (["Claim", "It saves water."], "also supports “It is fair.”"),
        (["Claim", "It is fair."], "no place in the text · standing"),
        (
            ["Counterargument", "It is unfair."],
            "Student · ¶ 1 · says that this is wrong · contested",
        ),
    ]


def test_map_leads_to_the_words_the_claim_and_the_note(look, student, thesis, challenge):
    note = challenge()

    tree = html.fromstring(look(student, "map").content)
    nodes = tree.xpath("//div[@role='region']//div[contains(@class, 'rule')]")

    assert [[link.get("href") for link in node.xpath(".//a")] for node in nodes] == [
        [f"claims/{thesis.pk}/", "../#p-1"],
        [f"claims/{note.claim.pk}/", note.get_absolute_url(), "../#p-1"],
    ]


def test_map_opens_three_levels(look, assignment, student, thesis):
    above = thesis
    for number in range(4):
        claim = ClaimFactory(assignment=assignment, text=f"Level {number}.")
        InferenceFactory(conclusion=above, premises=[claim])
        above = claim

    tree = html.fromstring(look(student, "map").content)
    region = tree.xpath("//div[@role='region']")[0]

    assert [one.get("open") for one in region.xpath(".//details")] == ["", "", "", None]
    assert [one.text for one in region.xpath(".//summary")] == [
        "4 below",
        "3 below",
        "2 below",
        "1 below",
    ]


def test_map_says_rules_counts_and_what_labels_mean(look, assignment, student, thesis, challenge):
    challenge()
    HouseRulesFactory(assignment=assignment, version=3, burden="thesis", symmetric_rebuts=False)

    tree = html.fromstring(look(student, "map").content)
    note = " ".join(tree.xpath("//div[@class='lnote']")[0].text_content().split())

    assert note.startswith("2 claims, 1 challenge, 1 unanswered on ")
    assert "(version 3): the thesis needs a reason that stands; " in note
    assert "whoever says the opposite is not contradicted in turn." in note
    assert "It says nothing of what is so, of what people think, or of how good" in note


@pytest.mark.parametrize(
    "query",
    [
        "?kind=praise&group=x&round=1&p=four&start=-1&unanswered=yes",
        "?p=99999999999999999999",
        "?start=999999",
    ],
)
def test_map_passes_over_what_is_no_filter(look, student, thesis, query):
    assert look(student, "map", query=query).status_code == 200


def test_map_of_nothing_says_what_to_do_next(look, student, instructor):
    assert "Go to the essay" in look(student, "map").content.decode()
    assert "Mark claims" in look(instructor, "map").content.decode()


def test_map_where_nothing_fits_offers_everything(look, student, thesis):
    response = look(student, "map", query="?q=aqueduct")

    assert "Nothing on the map fits this choice." in response.content.decode()


def test_map_is_led_to_from_the_seminar_and_from_the_essay(page, assignment, student):
    address = f"{assignment.get_absolute_url()}map/"

    pages = [
        html.fromstring(page(student).get(one).content)
        for one in (assignment.seminar.get_absolute_url(), assignment.get_absolute_url())
    ]

    assert [len(one.xpath("//main//a[@href=$to]", to=address)) for one in pages] == [1, 1]


def debate(assignment, paragraphs, people, thesis, number):
    """A debate of that many nodes below the thesis, in real sentences."""
    sentences = [one[:160] for one in sentences_of_the_project()]
    claims = [thesis]
    for n in range(number):
        text = sentences[(11 * n) % len(sentences)]
        above = claims[n // 4]
        author = people[n % len(people)]
        if n % 5 < 2:
            made = ClaimFactory(assignment=assignment, text=text)
            ClaimAnchorFactory(claim=made, paragraph=paragraphs[n % len(paragraphs)])
            InferenceFactory(conclusion=above, premises=[made])
            claims.append(made)
        elif n % 5 == 2:
            note = annotation_on(
                paragraphs[0], assignment=assignment, author=author, evidence=True, warrant=text
            )
            InferenceFactory(conclusion=above, annotation=note)
        else:
            note = annotation_on(
                paragraphs[0], assignment=assignment, author=author, counterargument=True
            )
            made = ClaimFactory(
                assignment=assignment,
                text=text,
                annotation=note,
                origin="annotation",
                added_by=author,
            )
            kind = ("rebuts", "undermines")[n % 2]
            RelationFactory(source=made, target_claim=above, annotation=note, kind=kind)
            claims.append(made)


@pytest.mark.parametrize("name", ["map", "map_outline"])
def test_map_of_150_nodes_weighs_under_60_kilobytes(
    page, assignment, paragraphs, student, classmate, instructor, thesis, name
):
    debate(assignment, paragraphs, [student, classmate, instructor], thesis, 149)
    browser = page(student)
    address = reverse(f"annotations:{name}", args=[assignment.seminar.slug, assignment.slug])
    browser.get(address)

    with CaptureQueriesContext(connection) as queries:
        response = browser.get(address)

    assert response.content.count(b'class="kind"') == 150
    assert len(response.content) < 60 * 1024
    assert len(queries) <= 16


@pytest.mark.parametrize("name", ["map", "map_outline"])
def test_map_asks_as_often_for_one_claim_as_for_many(
    page, assignment, paragraphs, student, classmate, thesis, name
):
    browser = page(student)
    address = reverse(f"annotations:{name}", args=[assignment.seminar.slug, assignment.slug])
    debate(assignment, paragraphs, [student], thesis, 5)

    def more():
        debate(assignment, paragraphs, [student, classmate], thesis, 15)

    count = expect_constant_queries(lambda: browser.get(address), grow=more)

    assert count <= 16


# --- one claim ---


def words_of(response, xpath="//main"):
    return " ".join(html.fromstring(response.content).xpath(xpath)[0].text_content().split())


def test_claim_says_why_it_has_an_unanswered_challenge(look, student, thesis, challenge):
    challenge()

    why = words_of(look(student, "claim", thesis.pk), "//section[@id='why']")

    assert why.startswith(
        "Has an unanswered challenge"
        " Challenged by “It is unfair.” (Student). Nobody has answered that."
    )


def test_claim_says_what_answered_each_challenge(look, student, classmate, thesis, challenge):
    first = challenge()
    challenge(parent=first, actor=classmate, said="It is fair to all.")

    why = words_of(look(student, "claim", thesis.pk), "//section[@id='why']")

    assert why.startswith(
        "Standing: no open challenge, or every challenge is answered"
        " Challenged by “It is unfair.” (Student)."
        " Answered by “It is fair to all.” (Classmate)."
    )


def test_claim_says_which_answers_meet_in_a_circle(look, student, thesis, challenge):
    note = challenge(Attacks.CONCLUSION)

    why = words_of(look(student, "claim", note.claim.pk), "//section[@id='why']")

    assert why.startswith("Contested: each side answers the other “")
    assert "“Price water.” and “It is unfair.” (Student) each answer the other." in why


def test_claim_lacks_a_reason_that_the_rules_ask_for(look, assignment, student, thesis):
    HouseRulesFactory(assignment=assignment, burden="thesis")

    why = words_of(look(student, "claim", thesis.pk), "//section[@id='why']")

    assert "By the rules in force it needs a reason that stands, and has none." in why


def test_claim_lists_what_bears_on_it(look, assignment, paragraphs, student, thesis, challenge):
    InferenceFactory(
        conclusion=thesis, premises=[ClaimFactory(assignment=assignment, text="It saves water.")]
    )
    evidence = annotation_on(paragraphs[0], assignment=assignment, author=student, evidence=True)
    InferenceFactory(conclusion=thesis, annotation=evidence)
    challenge()

    tree = html.fromstring(look(student, "claim", thesis.pk).content)

    sections = {
        section.get("id"): section.xpath(".//li/b/following-sibling::a[1]/text()")
        for section in tree.xpath("//main//section")
    }
    assert sections == {
        "why": [],
        "reasons": ["It saves water."],
        "challenges": ["It is unfair."],
        "evidence": ["It measured what the paragraph claims."],
    }


def test_claim_stands_below_its_trail(look, student, thesis, challenge):
    note = challenge()

    page = look(student, "claim", note.claim.pk)

    assert words_of(page, "//nav[@aria-label='From the thesis to this claim']") == "Price water."
    assert "Says that this is wrong: Price water." in words_of(page)


def test_claim_leads_to_the_composer_with_itself_as_aim(
    look, assignment, student, thesis, challenge
):
    note = challenge()

    hrefs = [
        html.fromstring(look(student, "claim", pk).content).xpath("//a[text()='Counter it']/@href")
        for pk in (thesis.pk, note.claim.pk)
    ]

    compose = reverse("annotations:create", args=["water-policy", "who-should-pay", 1, 1])
    assert hrefs == [
        [f"{compose}?kind=counterargument&claim={thesis.pk}"],
        [f"/annotations/{note.pk}/reply/?kind=counterargument&claim={note.claim.pk}"],
    ]


def test_claim_offers_an_observer_nothing_to_write(look, observer, thesis):
    assert "Counter it" not in look(observer, "claim", thesis.pk).content.decode()


def test_claim_counts_its_open_quality_marks(look, student, thesis):
    QualityMarkFactory(annotation=None, claim=thesis)
    QualityMarkFactory(annotation=None, claim=thesis, type="unclear")

    assert "2 quality marks" in words_of(look(student, "claim", thesis.pk))


def test_claim_tells_what_its_label_turns_on(look, student, classmate, thesis, challenge):
    first = challenge()
    answer = challenge(parent=first, actor=classmate, said="It is fair to all.")

    tree = html.fromstring(look(student, "claim", thesis.pk, query="?pivots=1").content)

    assert tree.xpath("//section[@id='pivots']//a/@href") == [answer.get_absolute_url()]


def test_claim_that_was_merged_leads_to_what_it_is_shown_as(look, assignment, student, thesis):
    twin = ClaimFactory(assignment=assignment, text="Water should cost.", merged_into=thesis)

    response = look(student, "claim", twin.pk)

    assert response.status_code == 302
    assert response["Location"].endswith(f"/map/claims/{thesis.pk}/")
    assert "“Water should cost.”" in words_of(look(student, "claim", thesis.pk))


def test_claim_that_was_taken_off_says_so_to_those_who_may_know(
    look, assignment, student, instructor, thesis
):
    gone = ClaimFactory(assignment=assignment, status=MapStatus.WITHDRAWN, added_by=instructor)

    assert "This claim was taken off the map." in words_of(look(instructor, "claim", gone.pk))
    assert look(student, "claim", gone.pk).status_code == 404


def test_claim_of_a_private_note_is_absent_to_others(look, assignment, student, classmate, thesis):
    note = create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(
            kind=Kind.COUNTERARGUMENT, body="Hm.", attacks="reason", audience="private"
        ),
        targets=[Target(paragraph_id=assignment.revision.paragraphs.numbered()[0].pk)],
    )

    assert look(student, "claim", note.claim.pk).status_code == 200
    assert look(classmate, "claim", note.claim.pk).status_code == 404


def test_claim_of_another_assignment_is_absent(look, student, thesis):
    assert look(student, "claim", ClaimFactory().pk).status_code == 404


def test_claim_pages_through_what_bears_on_it(look, assignment, student, thesis):
    for claim in ClaimFactory.create_batch(101, assignment=assignment, text="A reason."):
        InferenceFactory(conclusion=thesis, premises=[claim])

    first = look(student, "claim", thesis.pk)
    rest = look(student, "claim", thesis.pk, query="?start=100")

    assert first.content.decode().count("A reason.") == 100
    assert rest.content.decode().count("A reason.") == 1
    assert re.search(r'href="\?start=100"', first.content.decode())


def test_claim_asks_as_often_for_one_link_as_for_many(
    page, assignment, paragraphs, student, classmate, thesis
):
    browser = page(student)
    address = reverse(
        "annotations:claim", args=[assignment.seminar.slug, assignment.slug, thesis.pk]
    )
    debate(assignment, paragraphs, [student], thesis, 5)

    def more():
        debate(assignment, paragraphs, [student, classmate], thesis, 15)

    count = expect_constant_queries(lambda: browser.get(address), grow=more)

    assert count <= 16


def test_claim_leads_staff_to_what_they_may_change(look, assignment, instructor, student, thesis):
    premise = ClaimFactory(assignment=assignment, text="A reason.")
    rival = ClaimFactory(assignment=assignment, text="A rival.")
    step = InferenceFactory(conclusion=thesis, premises=[premise])
    attack = RelationFactory(source=rival, target_claim=thesis)
    place = [assignment.seminar.slug, assignment.slug]
    ways = [
        reverse("annotations:claim_edit", args=[*place, thesis.pk]),
        f"{reverse('annotations:claims_link', args=place)}?conclusion={thesis.pk}",
        reverse("annotations:claims_relate", args=[*place, thesis.pk]),
        reverse("annotations:inference_edit", args=[*place, step.pk]),
        reverse("annotations:relation_withdraw", args=[*place, attack.pk]),
    ]

    shown = look(instructor, "claim", thesis.pk).content.decode()
    to_students = look(student, "claim", thesis.pk).content.decode()

    assert [way for way in ways if f'href="{way}"' not in shown] == []
    assert [way for way in ways if way in to_students] == []
