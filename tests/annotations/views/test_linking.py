"""The pages on which reasons and attacks between claims are kept, and counterarguments coded."""

import pytest

from annotations.models import Inference, Relation
from tests.expect import expect_constant_queries
from tests.factories.annotations import AnnotationFactory
from tests.factories.argument import (
    ClaimAnchorFactory,
    ClaimFactory,
    HouseRulesFactory,
    InferenceFactory,
    RelationFactory,
)

BASE = "/seminars/water-policy/who-should-pay/"
PAGE = f"{BASE}claims/"


def text(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def conclusion(assignment):
    return ClaimFactory(assignment=assignment, text="Price water by use.")


@pytest.fixture
def premise(assignment):
    return ClaimFactory(assignment=assignment, text="Prices lower demand.")


@pytest.fixture
def link(conclusion, premise):
    return InferenceFactory(conclusion=conclusion, premises=[premise])


# -- reasons --------------------------------------------------------------------------------------


def test_link_without_claims_says_what_to_do_first(page, instructor, assignment):
    assert "Mark the essay’s claims first." in text(page(instructor).get(f"{PAGE}link/"))


def test_link_to_the_only_claim_says_what_to_do_first(page, instructor, conclusion):
    shown = text(page(instructor).get(f"{PAGE}link/", {"conclusion": conclusion.pk}))

    assert "Mark the claim that is the reason first." in shown


def test_link_begins_with_the_claim_that_follows(page, instructor, conclusion, premise):
    browser = page(instructor)

    assert [one.text for one in browser.get(f"{PAGE}link/").context["offered"]] == [
        "Price water by use.", "Prices lower demand.",
    ]  # fmt: skip
    found = browser.get(f"{PAGE}link/", {"q": "lower"})
    assert [one.text for one in found.context["offered"]] == ["Prices lower demand."]


def test_link_takes_the_ticked_claims_as_a_reason(page, instructor, conclusion, premise):
    browser = page(instructor)
    shown = browser.get(f"{PAGE}link/", {"conclusion": conclusion.pk})
    assert [one.text for one in shown.context["offered"]] == ["Prices lower demand."]
    assert "inference" not in text(shown).lower().split("</header>")[-1]

    response = browser.post(
        f"{PAGE}link/",
        {
            "conclusion": conclusion.pk,
            "premises": [premise.pk],
            "scheme": "Cause to Effect",
            "warrant": "So it is.",
            "is_silent": "on",
        },
    )

    made = Inference.objects.get()
    assert response["Location"] == f"{BASE}map/claims/{conclusion.pk}/"
    assert (list(made.premises.all()), made.scheme) == ([premise], "Cause to Effect")
    assert (made.warrant, made.is_explicit) == ("So it is.", False)


@pytest.mark.parametrize(("given", "field"), [({}, "premises"), ({"scheme": "Magic"}, "scheme")])
def test_link_that_is_refused_stays_in_the_form(
    given, field, page, instructor, conclusion, premise
):
    response = page(instructor).post(
        f"{PAGE}link/", {"conclusion": conclusion.pk, "warrant": "Kept words.", **given}
    )

    assert response.status_code == 400
    assert field in response.context["form"].errors
    assert "Kept words." in text(response)


def test_link_keeps_what_was_ticked_though_it_is_not_found(page, instructor, conclusion, premise):
    HouseRulesFactory(assignment=conclusion.assignment)
    ClaimFactory(assignment=conclusion.assignment, text="Zebra.")

    response = page(instructor).post(
        f"{PAGE}link/?q=zebra",
        {"conclusion": conclusion.pk, "premises": [premise.pk, "nonsense"]},
    )

    assert response.status_code == 400
    assert [one.text for one in response.context["offered"]] == [
        "Prices lower demand.", "Zebra.",
    ]  # fmt: skip


@pytest.mark.parametrize("conclusion", ["nonsense", "01a2263d-7cd9-76f2-9afa-5d2bd410c971"])
def test_link_to_no_claim_is_absent(conclusion, page, instructor, assignment):
    response = page(instructor).get(f"{PAGE}link/", {"conclusion": conclusion})

    assert response.status_code == 404


def test_link_takes_the_same_queries_for_three(page, instructor, conclusion, premise):
    ClaimAnchorFactory(claim=premise)
    browser = page(instructor)

    def grow():
        for made in ClaimFactory.create_batch(2, assignment=conclusion.assignment):
            ClaimAnchorFactory(claim=made)

    expect_constant_queries(
        lambda: browser.get(f"{PAGE}link/", {"conclusion": conclusion.pk}), grow=grow
    )


def test_edit_of_a_link_says_it_otherwise(page, instructor, link, conclusion):
    other = ClaimFactory(assignment=conclusion.assignment, text="Other.")
    browser = page(instructor)
    shown = browser.get(f"{PAGE}links/{link.pk}/edit/")
    assert shown.context["form"]["premises"].value() == [str(link.premises.get().pk)]

    browser.post(
        f"{PAGE}links/{link.pk}/edit/",
        {"premises": [other.pk], "warrant": "So.", "version": "1"},
    )

    link.refresh_from_db()
    assert (list(link.premises.all()), link.warrant, link.version) == ([other], "So.", 2)


def test_edit_of_a_link_keeps_a_scheme_of_an_imported_map(page, instructor, link, premise):
    Inference.objects.update(scheme="From Verbal Classification")
    browser = page(instructor)

    assert "From Verbal Classification" in text(browser.get(f"{PAGE}links/{link.pk}/edit/"))


def test_edit_of_an_older_version_of_a_link_is_told(page, instructor, link, premise):
    response = page(instructor).post(
        f"{PAGE}links/{link.pk}/edit/",
        {"premises": [premise.pk], "warrant": "Kept.", "version": "7"},
    )

    assert response.status_code == 400
    assert "This has been changed since you opened it." in text(response)


def test_withdraw_of_a_link_and_the_way_back(page, instructor, link, conclusion):
    browser = page(instructor)
    address = f"{PAGE}links/{link.pk}/withdraw/"
    assert "Take this reason off the map?" in text(browser.get(address))

    response = browser.post(address, {"version": "1"})
    assert response["Location"] == address
    assert "Put it back" in text(browser.get(address))
    assert browser.get(f"{PAGE}links/{link.pk}/edit/").status_code == 409
    response = browser.post(f"{PAGE}links/{link.pk}/restore/", {"version": "2"})

    link.refresh_from_db()
    assert response["Location"] == f"{BASE}map/claims/{conclusion.pk}/"
    assert (link.status, link.version) == ("marked", 3)


@pytest.mark.parametrize("act", ["edit", "withdraw"])
def test_link_of_a_student_is_theirs_where_students_mark(act, page, student, classmate, link):
    Inference.objects.update(added_by=student)
    address = f"{PAGE}links/{link.pk}/{act}/"
    assert page(student).get(address).status_code == 403

    HouseRulesFactory(assignment=link.assignment, students_mark_claims=True)

    assert page(student).get(address).status_code == 200
    assert page(classmate).get(address).status_code == 403


@pytest.mark.parametrize("act", ["edit", "withdraw"])
def test_link_of_a_note_is_not_changed_here(act, page, instructor, conclusion):
    note = AnnotationFactory(assignment=conclusion.assignment, evidence=True)
    made = InferenceFactory(conclusion=conclusion, annotation=note)

    assert page(instructor).get(f"{PAGE}links/{made.pk}/{act}/").status_code == 403


@pytest.mark.parametrize("act", ["edit", "withdraw"])
def test_link_of_elsewhere_is_absent(act, page, instructor, assignment):
    elsewhere = InferenceFactory()

    assert page(instructor).get(f"{PAGE}links/{elsewhere.pk}/{act}/").status_code == 404


# -- attacks --------------------------------------------------------------------------------------


def test_relate_offers_claims_steps_and_evidence(page, instructor, link, assignment):
    claim = ClaimFactory(assignment=assignment, text="Renters pay a flat sum.")
    AnnotationFactory(assignment=assignment, evidence=True)

    shown = page(instructor).get(f"{PAGE}{claim.pk}/relate/")

    assert [(one.group, one.text) for one in shown.context["targets"]] == [
        ("Claims", "Price water by use."),
        ("Claims", "Prices lower demand."),
        ("Steps from a reason to a conclusion", "Prices lower demand. → Price water by use."),
        ("Evidence", "It measured what the paragraph claims."),
    ]


def test_relate_puts_the_attack_on_the_map(page, instructor, link, assignment):
    claim = ClaimFactory(assignment=assignment, text="Renters pay a flat sum.")

    response = page(instructor).post(
        f"{PAGE}{claim.pk}/relate/",
        {
            "kind": "undercuts",
            "target": f"inference:{link.pk}",
            "is_one_way": "on",
            "rationale": "Why.",
        },
    )

    relation = Relation.objects.get()
    assert response["Location"] == f"{BASE}map/claims/{claim.pk}/"
    assert (relation.kind, relation.target_inference) == ("undercuts", link)
    assert (relation.is_one_way, relation.rationale) == (True, "Why.")


@pytest.mark.parametrize(
    ("kind", "target", "field"),
    [("undercuts", "claim", "kind"), ("rebuts", "nonsense", "target"), ("x", "claim", "kind")],
)
def test_relate_that_is_refused_stays_in_the_form(
    kind, target, field, page, instructor, conclusion, premise
):
    value = {"claim": f"claim:{conclusion.pk}", "nonsense": "claim:1"}[target]

    response = page(instructor).post(
        f"{PAGE}{premise.pk}/relate/", {"kind": kind, "target": value, "rationale": "Kept."}
    )

    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert "Kept." in text(response)


def test_relate_with_nothing_else_there_says_what_to_do(page, instructor, conclusion):
    shown = text(page(instructor).get(f"{PAGE}{conclusion.pk}/relate/"))

    assert "There is nothing else on the map that it could attack." in shown


def test_relate_takes_the_same_queries_for_three(page, instructor, conclusion, premise):
    browser = page(instructor)

    expect_constant_queries(
        lambda: browser.get(f"{PAGE}{premise.pk}/relate/"),
        grow=lambda: ClaimFactory.create_batch(2, assignment=conclusion.assignment),
    )


@pytest.mark.parametrize("target", ["claim", "inference", "evidence"])
def test_withdraw_of_an_attack_and_the_way_back(target, page, instructor, link, premise):
    evidence = AnnotationFactory(assignment=link.assignment, evidence=True)
    targets = {
        "claim": {"kind": "rebuts", "target_claim": link.conclusion},
        "inference": {"kind": "undercuts", "target_claim": None, "target_inference": link},
        "evidence": {"kind": "undermines", "target_claim": None, "target_evidence": evidence},
    }
    relation = RelationFactory(
        source=ClaimFactory(assignment=link.assignment, text="Against."), **targets[target]
    )
    browser = page(instructor)
    address = f"{PAGE}relations/{relation.pk}/withdraw/"
    assert "Against." in text(browser.get(address))

    browser.post(address, {"version": "1"})
    assert "This challenge is off the map" in text(browser.get(address))
    browser.post(f"{PAGE}relations/{relation.pk}/restore/", {"version": "2"})

    relation.refresh_from_db()
    assert (relation.status, relation.version) == ("marked", 3)


@pytest.mark.parametrize(("who", "status"), [("student", 403), ("outsider", 404)])
def test_attacks_are_kept_by_staff(who, status, request, page, conclusion, premise):
    relation = RelationFactory(source=premise, target_claim=conclusion)
    browser = page(request.getfixturevalue(who))

    assert browser.get(f"{PAGE}{premise.pk}/relate/").status_code == status
    assert browser.get(f"{PAGE}relations/{relation.pk}/withdraw/").status_code == status


# -- coding ---------------------------------------------------------------------------------------


@pytest.fixture
def counter(assignment, student, conclusion):
    note = AnnotationFactory(
        assignment=assignment, author=student, counterargument=True, attacks="unspecified"
    )
    claim = ClaimFactory(annotation=note, assignment=assignment, asserted=True)
    RelationFactory(source=claim, target_claim=conclusion, annotation=note)
    return note


def test_code_says_what_is_attacked(page, instructor, counter):
    browser = page(instructor)
    address = f"/annotations/{counter.pk}/attacks/"
    assert "What does this counterargument attack?" in text(browser.get(address))

    response = browser.post(address, {"attacks": "reason", "version": "1"})

    counter.refresh_from_db()
    assert response["Location"] == f"/annotations/{counter.pk}/"
    assert (counter.attacks, Relation.objects.get().kind) == ("reason", "undermines")


@pytest.mark.parametrize(
    ("given", "field"),
    [({"attacks": "unspecified"}, "attacks"), ({"attacks": "step", "version": "9"}, "version")],
)
def test_code_that_is_refused_is_told(given, field, page, student, counter):
    response = page(student).post(f"/annotations/{counter.pk}/attacks/", given)

    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]


@pytest.mark.parametrize(
    ("who", "status"), [("classmate", 403), ("observer", 403), ("outsider", 404)]
)
def test_code_is_for_its_author_and_staff(who, status, request, page, counter):
    browser = page(request.getfixturevalue(who))

    assert browser.get(f"/annotations/{counter.pk}/attacks/").status_code == status


def test_attack_of_elsewhere_is_absent(page, instructor, assignment):
    elsewhere = RelationFactory()

    response = page(instructor).get(f"{PAGE}relations/{elsewhere.pk}/withdraw/")

    assert response.status_code == 404


def test_link_is_refused_to_students(page, student, assignment):
    assert page(student).get(f"{PAGE}link/").status_code == 403
