"""The pages of an essay's claims."""

import pytest

from annotations.actions.claims import change_claim, propose_claim, withdraw_claim
from annotations.actions.inputs import Target
from annotations.actions.merging import merge_claims
from annotations.models import Claim, ClaimVersion
from tests.expect import expect_constant_queries
from tests.factories.annotations import AnchorFactory, AnnotationFactory
from tests.factories.argument import (
    ClaimAnchorFactory,
    ClaimFactory,
    ClaimVersionFactory,
    ConcessionFactory,
    HouseRulesFactory,
    InferenceFactory,
    RelationFactory,
)
from tests.factories.assignments import assignment_of

BASE = "/seminars/water-policy/who-should-pay/"
PAGE = f"{BASE}claims/"


def text(response):
    return " ".join(response.content.decode().split())


def texts(response):
    return [line.claim.text for line in response.context["page"].lines]


@pytest.fixture
def claim(assignment, paragraphs):
    claim = ClaimFactory(assignment=assignment, text="Prices work.")
    ClaimAnchorFactory(claim=claim, paragraph=paragraphs[1], start=0, end=11, exact="The council")
    return claim


# -- the list -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("instructor", "Mark the thesis"),
        ("student", "Propose the sentence"),
        ("observer", "Go to the essay"),
    ],
)
def test_claims_without_any_say_what_to_do_first(who, words, request, page, assignment):
    shown = text(page(request.getfixturevalue(who)).get(PAGE))

    assert "No claim has been marked yet." in shown
    assert words in shown


def test_claims_stand_in_the_order_of_the_text(page, student, assignment, paragraphs, claim):
    first = ClaimFactory(assignment=assignment, text="First.", is_thesis=True, type="policy")
    ClaimAnchorFactory(claim=first, paragraph=paragraphs[0])
    ClaimFactory(assignment=assignment, text="Unsaid.", is_explicit=False)

    response = page(student).get(PAGE)

    assert texts(response) == ["First.", "Prices work.", "Unsaid."]
    assert "Thesis" in text(response)
    assert "What should be done" in text(response)
    assert f'href="{BASE}#p-2">Paragraph 2' in text(response)
    assert "The council" in text(response)


def test_claims_tell_what_bears_on_them(page, student, assignment, claim):
    other = ClaimFactory(assignment=assignment, text="Other.")
    InferenceFactory(conclusion=claim, premises=[other])
    RelationFactory(source=other, target_claim=claim, is_one_way=True)

    line = page(student).get(PAGE).context["page"].lines[0]

    assert (line.reasons, line.challenges, line.label) == (1, 1, "has an unanswered challenge")


def test_claims_are_found_by_their_words(page, student, assignment, claim):
    ClaimFactory(assignment=assignment, text="Fairness counts.")
    browser = page(student)

    assert texts(browser.get(PAGE, {"q": "FAIR"})) == ["Fairness counts."]
    assert "No claim here has “zebra”." in text(browser.get(PAGE, {"q": "zebra"}))
    assert browser.get(PAGE, {"q": "a\x00b"}).status_code == 400


def test_claims_go_on_behind_the_thirtieth(page, student, assignment, claim):
    ClaimFactory.create_batch(30, assignment=assignment)
    browser = page(student)

    response = browser.get(PAGE)
    following = browser.get(PAGE, {"after": response.context["page"].next_after})

    assert (len(texts(response)), len(texts(following))) == (30, 1)
    assert following.context["page"].next_after is None


@pytest.mark.parametrize("after", ["nonsense", "01a2263d-7cd9-76f2-9afa-5d2bd410c971"])
def test_claims_behind_no_claim_are_absent(after, page, student, assignment, claim):
    assert page(student).get(PAGE, {"after": after}).status_code == 404


def test_claims_to_decide_on_are_shown_to_staff_and_their_proposer(
    page, instructor, student, classmate, assignment, paragraphs
):
    propose_claim(
        actor=student,
        assignment_id=assignment.pk,
        targets=[Target(paragraph_id=paragraphs[0].pk)],
        text="Proposed.",
    )

    shown = {
        who.username: texts(page(who).get(PAGE, {"show": "decide"}))
        for who in (instructor, student, classmate)
    }

    assert shown == {"instructor": ["Proposed."], "student": ["Proposed."], "classmate": []}
    assert "Put it on the map" in text(page(instructor).get(PAGE, {"show": "decide"}))
    assert "Put it on the map" not in text(page(student).get(PAGE, {"show": "decide"}))


def test_claims_that_notes_imply_are_to_decide_on(page, instructor, assignment):
    note = AnnotationFactory(assignment=assignment, counterargument=True)
    implied = ClaimFactory(assignment=assignment, text="Implied.", status="implied")
    source = ClaimFactory(annotation=note, assignment=assignment, asserted=True)
    RelationFactory(source=source, target_claim=implied, annotation=note)

    response = page(instructor).get(PAGE, {"show": "decide"})

    assert texts(response) == ["Implied."]
    assert "A note is about these words" in text(response)


def test_claims_show_what_is_merged_into_them(page, instructor, assignment, claim):
    other = ClaimFactory(assignment=assignment, text="Prices do work.")
    merge_claims(actor=instructor, claim_id=other.pk, into_id=claim.pk)

    response = page(instructor).get(PAGE)

    assert texts(response) == ["Prices work."]
    assert "In other words: “Prices do work.”" in text(response)
    assert "Take apart" in text(response)


def test_claims_hide_the_names_of_students_under_pseudonyms(page, student, classmate, assignment):
    assignment.uses_pseudonyms = True
    assignment.save()
    note = AnnotationFactory(assignment=assignment, counterargument=True)
    proposed = ClaimFactory(
        assignment=assignment, text="Mine.", status="proposed", added_by=student
    )
    source = ClaimFactory(annotation=note, assignment=assignment, asserted=True)
    RelationFactory(source=source, target_claim=proposed, annotation=note)

    shown = text(page(classmate).get(PAGE, {"show": "decide"}))

    assert "by a member" in shown
    assert student.display_name not in shown


@pytest.mark.parametrize("shown", ["map", "decide", "off"])
def test_claims_take_the_same_queries_for_three(shown, page, instructor, assignment):
    status = {"map": "marked", "decide": "proposed", "off": "withdrawn"}[shown]

    def grow(count):
        for made in ClaimFactory.create_batch(count, assignment=assignment, status=status):
            ClaimAnchorFactory(claim=made)
            InferenceFactory(conclusion=made, premises=[ClaimFactory(assignment=assignment)])

    grow(1)
    browser = page(instructor)

    assert (
        expect_constant_queries(lambda: browser.get(PAGE, {"show": shown}), grow=lambda: grow(2))
        < 30
    )


@pytest.mark.parametrize("who", ["outsider", "operator", "anonymous"])
def test_claims_are_absent_to_others(who, request, page, assignment):
    assert page(request.getfixturevalue(who)).get(PAGE).status_code == 404


# -- marking and proposing ------------------------------------------------------------------------


def test_new_marks_a_sentence_of_the_paragraph(page, instructor, assignment, paragraphs):
    browser = page(instructor)
    form = browser.get(f"{PAGE}new/", {"paragraph": "1"}).context["form"]

    response = browser.post(
        f"{PAGE}new/",
        {"paragraph": "1", "sentence": form.sentences[1].value, "type": "fact", "is_thesis": "on"},
    )

    claim = Claim.objects.get()
    assert response["Location"] == f"{PAGE}#c-{claim.pk}"
    assert (claim.text, claim.status) == ("Fairness, not scarcity, moves people.", "marked")
    assert (claim.type, claim.is_thesis) == ("fact", True)
    assert "is on the map." in text(browser.get(PAGE))


def test_new_proposes_what_a_student_writes(page, student, assignment):
    response = page(student).post(
        f"{PAGE}new/", {"paragraph": "2", "text": "The council voted.", "is_silent": "on"}
    )

    claim = Claim.objects.get()
    assert response["Location"] == f"{PAGE}?show=decide#c-{claim.pk}"
    assert (claim.status, claim.is_explicit, claim.added_by) == ("proposed", False, student)
    assert claim.anchors.get().paragraph.number == 2


def test_new_marks_what_a_student_writes_where_the_rules_let(page, student, assignment):
    HouseRulesFactory(assignment=assignment, students_mark_claims=True)

    page(student).post(f"{PAGE}new/", {"paragraph": "2", "text": "The council voted."})

    assert Claim.objects.get().status == "marked"


def test_new_from_a_note_takes_its_words(page, student, assignment, paragraphs):
    note = AnnotationFactory(
        assignment=assignment, counterargument=True, counterclaim="Scarcity moves them."
    )
    AnchorFactory(annotation=note, paragraph=paragraphs[2], start=0, end=8, exact="A family")
    browser = page(student)

    shown = text(browser.get(f"{PAGE}new/", {"annotation": note.pk}))
    assert "It is taken from this note:" in shown
    assert "Scarcity moves them.</textarea>" in shown
    browser.post(f"{PAGE}new/", {"annotation": note.pk, "paragraph": "1", "text": "So."})

    claim = Claim.objects.get()
    assert (claim.text, claim.anchors.get().exact) == ("So.", "A family")
    assert claim.history.get().details["proposed_from"] == str(note.pk)


@pytest.mark.parametrize("audience", ["private", "elsewhere"])
def test_new_from_a_note_one_may_not_read_is_absent(audience, page, student, assignment):
    notes = {
        "private": lambda: AnnotationFactory(assignment=assignment, audience="private"),
        "elsewhere": AnnotationFactory,
    }

    response = page(student).get(f"{PAGE}new/", {"annotation": notes[audience]().pk})

    assert response.status_code == 404


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": "x" * 301}, "text"),
        ({"exact": "words that stand nowhere"}, "exact"),
        ({"text": "Prices work."}, "text"),
        ({"type": "taste"}, "type"),
    ],
)
def test_new_that_is_refused_stays_in_the_form(given, field, page, instructor, claim):
    response = page(instructor).post(f"{PAGE}new/", {"paragraph": "1", **given})

    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert Claim.objects.count() == 1


def test_new_is_refused_to_an_observer(page, observer, assignment):
    assert page(observer).get(f"{PAGE}new/").status_code == 403


# -- changing and deciding ------------------------------------------------------------------------


def test_edit_shows_the_claim_and_changes_it(page, instructor, claim):
    browser = page(instructor)
    assert "Prices work.</textarea>" in text(browser.get(f"{PAGE}{claim.pk}/edit/"))

    response = browser.post(
        f"{PAGE}{claim.pk}/edit/",
        {"text": "Prices do work.", "is_thesis": "on", "has_burden": "on", "version": "1"},
    )

    claim.refresh_from_db()
    assert response["Location"] == f"{BASE}map/claims/{claim.pk}/"
    assert (claim.text, claim.is_thesis, claim.has_burden) == ("Prices do work.", True, True)


def test_edit_of_an_older_version_is_told_and_nothing_lost(page, instructor, claim):
    change_claim(actor=instructor, claim_id=claim.pk, text="Other.")

    response = page(instructor).post(
        f"{PAGE}{claim.pk}/edit/", {"text": "My words.", "version": "1"}
    )

    assert response.status_code == 400
    assert "This has been changed since you opened it." in text(response)
    assert "My words." in text(response)


def test_edit_of_ones_own_proposal_has_no_burden(page, student, assignment):
    own = ClaimFactory(assignment=assignment, status="proposed", added_by=student)

    form = page(student).get(f"{PAGE}{own.pk}/edit/").context["form"]

    assert "has_burden" not in form.fields


def test_accept_puts_the_claim_on_the_map_in_other_words(page, instructor, student, assignment):
    proposed = ClaimFactory(
        assignment=assignment, status="proposed", added_by=student, text="Draft."
    )
    browser = page(instructor)
    assert "Proposed by" in text(browser.get(f"{PAGE}{proposed.pk}/accept/"))

    response = browser.post(f"{PAGE}{proposed.pk}/accept/", {"text": "Better.", "version": "1"})

    proposed.refresh_from_db()
    assert response["Location"] == f"{PAGE}?show=decide"
    assert (proposed.text, proposed.status) == ("Better.", "marked")


def test_accept_what_is_refused_stays_in_the_form(page, instructor, assignment):
    proposed = ClaimFactory(assignment=assignment, status="proposed")

    response = page(instructor).post(f"{PAGE}{proposed.pk}/accept/", {"text": " "})

    assert (response.status_code, list(response.context["form"].errors)) == (400, ["text"])


def test_merge_offers_the_claims_of_the_paragraph_first(
    page, instructor, assignment, paragraphs, claim
):
    far = ClaimFactory(assignment=assignment, text="Far.")
    ClaimAnchorFactory(claim=far, paragraph=paragraphs[0])
    near = ClaimFactory(assignment=assignment, text="Near.")
    ClaimAnchorFactory(claim=near, paragraph=paragraphs[1])
    browser = page(instructor)

    response = browser.get(f"{PAGE}{claim.pk}/merge/")
    found = browser.get(f"{PAGE}{claim.pk}/merge/", {"q": "far"})

    assert [one.text for one in response.context["offered"]] == ["Near.", "Far."]
    assert [one.text for one in found.context["offered"]] == ["Far."]


def test_merge_and_take_apart(page, instructor, assignment, claim):
    into = ClaimFactory(assignment=assignment, text="Other.")
    browser = page(instructor)

    merged = browser.post(f"{PAGE}{claim.pk}/merge/", {"into": str(into.pk), "version": "1"})
    claim.refresh_from_db()
    assert (merged["Location"], claim.merged_into) == (f"{BASE}map/claims/{into.pk}/", into)
    browser.post(f"{PAGE}{claim.pk}/unmerge/")

    claim.refresh_from_db()
    assert claim.merged_into is None


@pytest.mark.parametrize("into", ["", "nonsense", "01a2263d-7cd9-76f2-9afa-5d2bd410c971"])
def test_merge_into_what_is_not_offered_is_refused(into, page, instructor, assignment, claim):
    ClaimFactory(assignment=assignment, text="Other.")

    response = page(instructor).post(f"{PAGE}{claim.pk}/merge/", {"into": into})

    assert (response.status_code, list(response.context["form"].errors)) == (400, ["into"])


def test_merge_that_is_refused_is_told_at_the_choice(page, instructor, assignment, claim):
    into = ClaimFactory(assignment=assignment, text="Other.")
    InferenceFactory(conclusion=into, premises=[claim])

    response = page(instructor).post(f"{PAGE}{claim.pk}/merge/", {"into": str(into.pk)})

    assert (response.status_code, list(response.context["form"].errors)) == (400, ["into"])


def test_split_makes_claims_of_the_lines(page, instructor, assignment, claim):
    other = ClaimFactory(assignment=assignment, text="Other.")
    challenge = RelationFactory(source=other, target_claim=claim)
    browser = page(instructor)
    assert "Says the opposite: Other." in text(browser.get(f"{PAGE}{claim.pk}/split/"))

    browser.post(
        f"{PAGE}{claim.pk}/split/",
        {
            "texts": "Prices work.\n\nThey are fair.\n",
            f"with_{challenge.pk}": "1",
            "version": "1",
        },
    )

    challenge.refresh_from_db()
    assert challenge.target_claim.text == "They are fair."
    assert set(Claim.objects.values_list("text", flat=True)) == {
        "Prices work.", "They are fair.", "Other.",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "words"),
    [("One.", "Give from 2 to 10 texts."), ("One.\nOne.", "Line 2: This is one of the others")],
)
def test_split_that_is_refused_is_told_at_the_lines(texts, words, page, instructor, claim):
    response = page(instructor).post(f"{PAGE}{claim.pk}/split/", {"texts": texts})

    assert response.status_code == 400
    assert words in text(response)


def test_withdraw_tells_what_leaves_with_it_and_restore_brings_it_back(
    page, instructor, assignment, claim
):
    RelationFactory(source=ClaimFactory(assignment=assignment, text="Other."), target_claim=claim)
    browser = page(instructor)
    assert "Other." in text(browser.get(f"{PAGE}{claim.pk}/withdraw/"))

    response = browser.post(f"{PAGE}{claim.pk}/withdraw/", {"version": "1"})
    assert response["Location"] == f"{PAGE}?show=off#c-{claim.pk}"
    assert texts(browser.get(f"{PAGE}?show=off")) == ["Prices work."]
    browser.post(f"{PAGE}{claim.pk}/restore/", {"version": "2"})

    claim.refresh_from_db()
    assert (claim.status, claim.version) == ("marked", 3)


@pytest.mark.parametrize("act", ["withdraw", "restore", "unmerge"])
def test_button_with_an_older_version_is_refused(act, page, instructor, claim):
    response = page(instructor).post(f"{PAGE}{claim.pk}/{act}/", {"version": "9"})

    assert response.status_code == 412


@pytest.mark.parametrize("act", ["withdraw", "restore", "unmerge"])
def test_button_with_no_version_at_all_is_not_understood(act, page, instructor, claim):
    response = page(instructor).post(f"{PAGE}{claim.pk}/{act}/", {"version": "x"})

    assert response.status_code == 400


@pytest.mark.parametrize("act", ["edit", "accept", "merge", "split", "withdraw"])
def test_claim_is_not_kept_by_students(act, page, student, claim):
    assert page(student).get(f"{PAGE}{claim.pk}/{act}/").status_code == 403


@pytest.mark.parametrize("act", ["edit", "accept", "merge", "split", "withdraw", "history"])
def test_claim_of_elsewhere_and_hidden_is_absent(act, page, student, instructor, assignment):
    proposed = ClaimFactory(assignment=assignment, status="proposed")

    assert page(student).get(f"{PAGE}{proposed.pk}/{act}/").status_code == 404
    assert page(instructor).get(f"{PAGE}{ClaimFactory().pk}/{act}/").status_code == 404


# -- history --------------------------------------------------------------------------------------


def test_history_tells_who_changed_what(page, instructor, student, assignment, claim):
    other = ClaimFactory(assignment=assignment, text="Other.")
    change_claim(actor=instructor, claim_id=claim.pk, type="fact")
    change_claim(actor=instructor, claim_id=claim.pk, text="Prices do work.")
    merge_claims(actor=instructor, claim_id=claim.pk, into_id=other.pk)

    response = page(student).get(f"{PAGE}{claim.pk}/history/")

    versions = response.context["versions"]
    assert [(one.act, one.by) for one in versions] == [
        ("Merged", instructor.display_name),
        ("Reworded", instructor.display_name),
        ("Changed", instructor.display_name),
    ]
    assert versions[0].other == "Other."
    assert [(d.what, d.before, d.after) for d in versions[1].differences] == [
        ("Words", "Prices work.", "Prices do work.")
    ]


def test_history_before_it_came_on_the_map_is_for_its_proposer_and_staff(
    page, student, classmate, instructor, assignment, paragraphs
):
    claim = propose_claim(
        actor=student,
        assignment_id=assignment.pk,
        targets=[Target(paragraph_id=paragraphs[0].pk)],
        text="Draft.",
    )
    page(instructor).post(f"{PAGE}{claim.pk}/accept/", {"text": "Better."})

    acts = {
        who.username: [
            one.act for one in page(who).get(f"{PAGE}{claim.pk}/history/").context["versions"]
        ]
        for who in (student, classmate, instructor)
    }

    assert acts == {
        "student": ["Put on the map", "Written"],
        "classmate": ["Put on the map"],
        "instructor": ["Put on the map", "Written"],
    }


def test_history_of_a_notes_claim_leads_to_the_note(page, student, assignment):
    claim = ClaimFactory(assignment=assignment, asserted=True)

    assert "Go to the note" in text(page(student).get(f"{PAGE}{claim.pk}/history/"))


def test_history_takes_the_same_queries_for_three(page, instructor, claim):
    change_claim(actor=instructor, claim_id=claim.pk, type="fact")
    browser = page(instructor)

    def grow():
        withdraw_claim(actor=instructor, claim_id=claim.pk)
        browser.post(f"{PAGE}{claim.pk}/restore/")

    expect_constant_queries(lambda: browser.get(f"{PAGE}{claim.pk}/history/"), grow=grow)


def test_history_tells_what_else_changed(page, instructor, student, claim):
    change_claim(actor=instructor, claim_id=claim.pk, has_burden=True)
    change_claim(actor=instructor, claim_id=claim.pk, type="fact", has_burden=False)
    withdraw_claim(actor=instructor, claim_id=claim.pk)

    versions = page(instructor).get(f"{PAGE}{claim.pk}/history/").context["versions"]

    assert [[(d.what, d.before, d.after) for d in one.differences] for one in versions] == [
        [("Status", "On the map", "Taken off the map")],
        [("Kind", "not said", "What is so"), ("Needs a reason", "yes", "no")],
        [],
    ]


def test_history_goes_on_behind_the_fiftieth(page, instructor, claim):
    ClaimVersion.objects.bulk_create(
        ClaimVersionFactory.build(claim=claim, version=number, by=instructor)
        for number in range(1, 52)
    )
    browser = page(instructor)

    first = browser.get(f"{PAGE}{claim.pk}/history/")
    second = browser.get(f"{PAGE}{claim.pk}/history/", {"before": first.context["following"]})

    assert len(first.context["versions"]) == 50
    assert [one.number for one in second.context["versions"]] == [1]


def test_split_tells_all_that_bears_on_the_claim(page, instructor, assignment, claim):
    other = ClaimFactory(assignment=assignment, text="Other.")
    evidence = AnnotationFactory(assignment=assignment, evidence=True)
    against = AnnotationFactory(assignment=assignment, evidence=True, warrant="It went wrong.")
    granting = AnnotationFactory(assignment=assignment, kind="concession")
    step = InferenceFactory(conclusion=other, premises=[claim])
    InferenceFactory(conclusion=claim, premises=[other], status="withdrawn")
    InferenceFactory(conclusion=claim, annotation=evidence)
    InferenceFactory(conclusion=claim, premises=[ClaimFactory(assignment=assignment, text="Why.")])
    RelationFactory(
        assignment=assignment, source=None, annotation=against, target_claim=claim,
        added_by=against.author, kind="undermines",
    )  # fmt: skip
    RelationFactory(source=claim, target_claim=other)
    RelationFactory(source=claim, kind="undercuts", target_claim=None, target_inference=step)
    RelationFactory(source=claim, kind="undermines", target_claim=None, target_evidence=evidence)
    ConcessionFactory(annotation=granting, claim=claim, scope="so far")

    form = page(instructor).get(f"{PAGE}{claim.pk}/split/").context["form"]

    assert [(one.what, one.text) for one in form.bearing] == [
        ("Says that it is wrong", "It went wrong."),
        ("It attacks", "Other."),
        ("It attacks", "Other."),
        ("It attacks", "a piece of evidence"),
        ("It is a reason for", "Other."),
        ("A reason for it", "It measured what the paragraph claims."),
        ("A reason for it", "Why."),
        ("Grants it", "so far"),
    ]


def test_new_from_a_note_of_another_assignment_is_absent(page, student, seminar, assignment):
    elsewhere = assignment_of(assignment.essay, slug="again", title="Again")
    note = AnnotationFactory(assignment=elsewhere)

    assert page(student).get(f"{PAGE}new/", {"annotation": note.pk}).status_code == 404
