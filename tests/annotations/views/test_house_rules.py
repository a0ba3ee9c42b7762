"""The page of the house rules: read, tried, set."""

import pytest

from annotations.models import HouseRules
from tests.expect import expect_constant_queries
from tests.factories.argument import ClaimFactory, HouseRulesFactory, RelationFactory

PAGE = "/seminars/water-policy/who-should-pay/rules/"
USUAL = {"burden": "none", "symmetric_rebuts": "1", "students_mark_claims": "0"}


def text(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def thesis(assignment):
    """A thesis that nobody gives a reason for, and a claim that says the opposite."""
    thesis = ClaimFactory(assignment=assignment, text="Price water by use.", is_thesis=True)
    RelationFactory(source=ClaimFactory(assignment=assignment, text="Do not."), target_claim=thesis)
    return thesis


def test_rules_that_nobody_has_set_are_the_usual_ones(page, student, assignment):
    shown = text(page(student).get(PAGE))

    assert "Nobody has set any yet." in shown
    assert "Keep these rules" not in shown


def test_rules_in_force_and_those_before_are_told(page, student, instructor, assignment):
    HouseRulesFactory(assignment=assignment, version=1, burden="essay", by=instructor)
    HouseRulesFactory(
        assignment=assignment, version=2, symmetric_rebuts=False, note="As agreed.", by=instructor
    )

    response = page(student).get(PAGE)

    assert [one.version for one in response.context["versions"]] == [2, 1]
    assert "Version 2, in force" in text(response)
    assert f"{instructor.display_name}, " in text(response)
    assert "As agreed." in text(response)


def test_try_tells_which_labels_would_change_and_keeps_nothing(page, student, thesis):
    response = page(student).get(PAGE, {**USUAL, "burden": "thesis"})

    trial = response.context["trial"]
    assert [(one.text, one.before, one.after) for one in trial.changes] == [
        (
            "Price water by use.",
            "contested: each side answers the other",
            "has an unanswered challenge",
        ),
        (
            "Do not.",
            "contested: each side answers the other",
            "standing: no open challenge, or every challenge is answered",
        ),
    ]
    assert "2 of 2 claims would bear another label" in text(response)
    assert not HouseRules.objects.exists()


def test_try_of_what_changes_no_label_says_so(page, student, thesis):
    response = page(student).get(PAGE, {**USUAL, "students_mark_claims": "1"})

    assert "No label would change" in text(response)


def test_try_of_the_rules_in_force_says_so(page, student, thesis):
    response = page(student).get(PAGE, USUAL)

    assert "These are the rules in force" in text(response)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"burden": "all"}, "burden"),
        ({"burden": "none"}, "symmetric_rebuts"),
        ({**USUAL, "cutoff_at": "tomorrow"}, "cutoff_at"),
    ],
)
def test_try_of_what_is_no_rule_is_told(given, field, page, student, thesis):
    response = page(student).get(PAGE, given)

    assert response.status_code == 400
    assert field in response.context["form"].errors


def test_set_keeps_what_was_tried(page, instructor, thesis):
    browser = page(instructor)
    tried = browser.get(PAGE, {**USUAL, "burden": "thesis", "cutoff_at": "2026-05-01T12:00"})
    assert 'name="cutoff_at" value="2026-05-01T12:00"' in text(tried)

    response = browser.post(
        PAGE,
        {
            **USUAL,
            "burden": "thesis",
            "cutoff_at": "2026-05-01T12:00",
            "note": "Why.",
            "version": "0",
        },
    )

    rules = HouseRules.objects.get()
    assert response["Location"] == PAGE
    assert (rules.burden, rules.note, rules.by) == ("thesis", "Why.", instructor)
    assert rules.cutoff_at.isoformat() == "2026-05-01T12:00:00+00:00"
    assert "These are the house rules now, as version 1." in text(browser.get(PAGE))


def test_set_the_same_is_refused(page, instructor, assignment):
    response = page(instructor).post(PAGE, {**USUAL, "version": "0"})

    assert response.status_code == 400
    assert "These are the rules already" in text(response)


def test_set_from_an_older_version_is_told(page, instructor, assignment):
    HouseRulesFactory(assignment=assignment, version=3)

    response = page(instructor).post(PAGE, {**USUAL, "burden": "essay", "version": "1"})

    assert response.status_code == 400
    assert "The house rules have been changed since you opened them." in text(response)


def test_set_with_too_long_a_note_keeps_the_words(page, instructor, assignment):
    response = page(instructor).post(
        PAGE, {**USUAL, "burden": "essay", "note": "x" * 501, "version": "0"}
    )

    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["note"]
    assert "x" * 501 in text(response)


@pytest.mark.parametrize(
    ("who", "status"),
    [("assistant", 403), ("student", 403), ("observer", 403), ("outsider", 404)],
)
def test_set_is_refused_to_all_but_instructors(who, status, request, page, assignment):
    browser = page(request.getfixturevalue(who))

    response = browser.post(PAGE, {**USUAL, "burden": "essay", "version": "0"})

    assert (response.status_code, HouseRules.objects.count()) == (status, 0)


def test_rules_of_a_public_essay_are_read_by_visitors(page, essay, seminar, assignment):
    essay.is_public = True
    essay.save()
    seminar.allows_public = True
    seminar.save()

    assert page(None).get(PAGE).status_code == 200
    assert page(None).post(PAGE, USUAL).status_code == 403


def test_rules_go_on_behind_the_fiftieth(page, student, assignment, instructor):
    HouseRules.objects.bulk_create(
        HouseRulesFactory.build(assignment=assignment, version=number, by=instructor)
        for number in range(1, 52)
    )
    browser = page(student)

    first = browser.get(PAGE)
    second = browser.get(PAGE, {"before": first.context["following"]})

    assert len(first.context["versions"]) == 50
    assert [one.version for one in second.context["versions"]] == [1]


def test_rules_take_the_same_queries_for_three(page, student, thesis, instructor):
    HouseRulesFactory(assignment=thesis.assignment, version=1, by=instructor)
    browser = page(student)

    def grow():
        for number in (2, 3):
            HouseRulesFactory(assignment=thesis.assignment, version=number, by=instructor)
            ClaimFactory(assignment=thesis.assignment)

    expect_constant_queries(
        lambda: browser.get(PAGE, {**USUAL, "symmetric_rebuts": "0"}), grow=grow
    )
