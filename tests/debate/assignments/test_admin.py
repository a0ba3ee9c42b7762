"""Assignments in the administration: looked at, changed on the site's own pages."""

from debate.assignments.models import Assignment

LIST = "/admin/assignments/assignment/"


def test_operator_looks_at_an_assignment_and_its_rounds(page, operator, assignment):
    shown = page(operator).get(f"{LIST}{assignment.pk}/change/").content.decode()

    assert "Open discussion" in shown
    assert 'name="_save"' not in shown


def test_operator_neither_adds_changes_nor_deletes(page, operator, assignment):
    browser = page(operator)

    answers = [
        browser.get(f"{LIST}add/"),
        browser.post(f"{LIST}{assignment.pk}/change/", {"title": "Mine"}),
        browser.post(f"{LIST}{assignment.pk}/delete/", {"post": "yes"}),
    ]

    assert [one.status_code for one in answers] == [403, 403, 403]
    assert Assignment.objects.get().title == "Who should pay for water?"
