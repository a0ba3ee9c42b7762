"""The pages of kept set-ups."""

import uuid

import pytest
from django.urls import reverse

from debate.assignments.models import AssignmentTemplate
from tests.expect import expect_constant_queries, expect_denied, expect_same_as_absent
from tests.factories.assignments import AssignmentTemplateFactory

LIST = "/assignment-templates/"


@pytest.fixture
def path(assignment):
    return reverse("assignments:template_create", args=[assignment.seminar.slug, assignment.slug])


def test_set_up_is_kept_under_a_name(page, instructor, path):
    response = page(instructor).post(path, {"name": "Three rounds"})

    assert response["Location"] == LIST
    assert AssignmentTemplate.objects.get().owner == instructor


def test_form_offers_the_assignments_title(page, instructor, path):
    form = page(instructor).get(path).context["form"]

    assert form["name"].value() == "Who should pay for water?"


@pytest.mark.parametrize("role", ["assistant", "student", "observer"])
def test_set_up_is_kept_by_instructors_only(request, page, path, role):
    browser = page(request.getfixturevalue(role))

    expect_denied(browser.get(path))
    expect_denied(browser.post(path, {"name": "Mine"}))


def test_name_that_is_taken_is_told(page, instructor, path):
    AssignmentTemplateFactory(owner=instructor, name="Three rounds")

    response = page(instructor).post(path, {"name": "Three rounds"})

    assert response.status_code == 400
    assert response.context["form"].errors == {
        "name": ["You have a template of that name already."]
    }


def test_templates_are_the_persons_own(page, instructor):
    mine = AssignmentTemplateFactory(owner=instructor)
    AssignmentTemplateFactory()

    assert list(page(instructor).get(LIST).context["templates"]) == [mine]


def test_template_is_deleted_after_a_question(page, instructor):
    template = AssignmentTemplateFactory(owner=instructor, name="Three rounds")
    browser = page(instructor)

    asked = browser.get(f"{LIST}{template.pk}/delete/")
    answer = browser.post(f"{LIST}{template.pk}/delete/")

    assert "Delete this template?" in asked.content.decode()
    assert answer["Location"] == LIST
    assert not AssignmentTemplate.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_template_of_somebody_else_looks_absent(page, instructor, method):
    theirs = AssignmentTemplateFactory()
    browser = page(instructor)

    hidden, absent = (
        getattr(browser, method)(f"{LIST}{one}/delete/") for one in (theirs.pk, uuid.uuid4())
    )

    expect_same_as_absent(hidden, absent)


def test_templates_take_a_fixed_number_of_queries(page, instructor):
    browser = page(instructor)

    expect_constant_queries(
        lambda: browser.get(LIST),
        grow=lambda: AssignmentTemplateFactory.create_batch(2, owner=instructor),
    )
