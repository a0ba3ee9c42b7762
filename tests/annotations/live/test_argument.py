"""Open pages and acts on the argument: told by the act itself, to those who knew of it."""

import pytest

from annotations.actions import Target
from annotations.actions.claims import (
    accept_claim,
    change_claim,
    mark_claim,
    restore_claim,
    withdraw_claim,
)
from annotations.actions.linking import (
    link_claims,
    relate_claims,
    restore_relation,
    withdraw_link,
    withdraw_relation,
)
from annotations.actions.merging import merge_claims, split_claim, unmerge_claim
from annotations.models import Claim, Relation
from tests.annotations.live.conftest import OpenPage, loaded, post

pytestmark = pytest.mark.django_db

STANDS = "Its claim: contested"


@pytest.fixture
def implied(assignment, student):
    """A claim that nobody has marked, which a note for all bears on."""
    post(assignment, student, kind="counterargument", body="They do not.")
    return Claim.objects.get(status="implied")


def test_claim_that_is_taken_off_goes_from_the_pages_of_those_who_read_a_note_on_it(
    assignment, instructor, classmate, implied
):
    page = OpenPage(classmate, assignment).load()
    assert STANDS in page.shown["p-1"]["html"]

    withdraw_claim(actor=instructor, claim_id=implied.pk)
    told = page.sync()

    assert STANDS not in page.shown["p-1"]["html"]
    assert page.shown == loaded(classmate, assignment)
    assert [one["id"] for one in told["paragraphs"]] == ["p-1"]
    assert (told["gone"], told["arrivals"]) == ([], [])


def test_claim_that_is_put_back_comes_to_the_pages_of_those_who_read_a_note_on_it(
    assignment, instructor, classmate, implied
):
    withdraw_claim(actor=instructor, claim_id=implied.pk)
    page = OpenPage(classmate, assignment).load()

    restore_claim(actor=instructor, claim_id=implied.pk)
    page.sync()

    assert STANDS in page.shown["p-1"]["html"]
    assert page.shown == loaded(classmate, assignment)


@pytest.mark.parametrize("audience", ["staff", "group"])
def test_claim_that_is_taken_off_is_not_told_to_those_who_never_knew_of_it(
    audience, assignment, instructor, student, classmate, group
):
    post(
        assignment,
        student,
        kind="counterargument",
        audience=audience,
        group_id=group.pk if audience == "group" else None,
    )
    claim = Claim.objects.get(status="implied")
    pages = {one: OpenPage(one, assignment).load() for one in (student, classmate)}

    withdraw_claim(actor=instructor, claim_id=claim.pk)
    told = {one: page.sync() for one, page in pages.items()}

    assert [one["id"] for one in told[student]["paragraphs"]] == ["p-1"]
    assert (told[classmate]["paragraphs"], told[classmate]["counts"]) == ([], None)
    assert all(page.shown == loaded(one, assignment) for one, page in pages.items())


def test_open_page_follows_every_act_on_the_argument(
    assignment, instructor, student, classmate, implied
):
    def marked(number, text):
        paragraph = assignment.revision.paragraphs.get(number=number)
        place = [Target(paragraph_id=paragraph.pk)]
        return mark_claim(actor=instructor, assignment_id=assignment.pk, targets=place, text=text)

    def link():
        return link_claims(
            actor=instructor,
            assignment_id=assignment.pk,
            conclusion_id=second.pk,
            premise_ids=[third.pk],
        )

    def relate():
        return relate_claims(
            actor=instructor,
            assignment_id=assignment.pk,
            kind="rebuts",
            source_id=third.pk,
            target_claim_id=second.pk,
        )

    second, third = marked(2, "It rains."), marked(3, "It is dry.")
    by_staff = {"actor": instructor}
    page = OpenPage(classmate, assignment).load()

    def follows():
        page.sync()
        return page.shown == loaded(classmate, assignment)

    step, attack = link(), relate()
    assert follows()
    withdraw_link(**by_staff, inference_id=step.pk)
    assert follows()
    withdraw_relation(**by_staff, relation_id=attack.pk)
    assert follows()
    restore_relation(**by_staff, relation_id=attack.pk)
    assert follows()
    withdraw_relation(**by_staff, relation_id=attack.pk)
    merge_claims(**by_staff, claim_id=third.pk, into_id=second.pk)
    assert follows()
    unmerge_claim(**by_staff, claim_id=third.pk)
    assert follows()
    withdraw_claim(**by_staff, claim_id=third.pk)
    assert follows()
    merge_claims(**by_staff, claim_id=implied.pk, into_id=second.pk)
    assert follows()
    unmerge_claim(**by_staff, claim_id=implied.pk)
    assert follows()
    change_claim(**by_staff, claim_id=implied.pk, text="Prices help.")
    assert follows()
    challenge = Relation.objects.get(annotation__author=student)
    split_claim(
        **by_staff, claim_id=implied.pk, texts=["They help.", "A lot."], bearing={challenge.pk: 1}
    )
    assert follows()
    accept_claim(**by_staff, claim_id=Claim.objects.get(text="A lot.").pk)
    assert follows()
