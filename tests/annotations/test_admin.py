"""The administration: for operators only, complete, and without anybody's words."""

import pytest
from django.contrib import admin
from django.urls import reverse

from annotations.models import Annotation
from debate.accounts.models import User
from debate.essays.importing.blocks import Block, Draft
from debate.seminars.models import Seminar
from tests.factories.accounts import ApiTokenFactory
from tests.factories.annotations import (
    AnnotationFactory,
    ChangeFactory,
    FlagFactory,
    MentionFactory,
    ModerationEntryFactory,
    ParagraphTagFactory,
    SourceFactory,
)
from tests.factories.essays import ImportDraftFactory

OURS = ["accounts", "seminars", "essays", "assignments", "annotations"]
SECRET = "Nobody else may read this."


def models():
    return [model for model in admin.site._registry if model._meta.app_label in OURS]


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def everything(assignment, group):
    """A row of each model that the administration shows."""
    annotation = AnnotationFactory(
        assignment=assignment, body=SECRET, status="hidden", status_reason=SECRET
    )
    ApiTokenFactory()
    SourceFactory(seminar=assignment.seminar)
    ChangeFactory(assignment=assignment)
    FlagFactory(annotation=annotation, note=SECRET, resolution=SECRET)
    ModerationEntryFactory(annotation=annotation, reason=SECRET)
    MentionFactory(annotation=annotation)
    ParagraphTagFactory(assignment=assignment)
    ImportDraftFactory(draft=Draft(title=SECRET, blocks=[Block(kind="body", html=SECRET)]))
    return annotation


def test_administration_covers_the_models_operators_need():
    assert {model.__name__ for model in models()} == {
        "User", "ApiToken", "Seminar", "Group", "Essay", "ImportDraft", "Assignment",
        "Annotation", "Source", "Change", "Flag", "ModerationEntry",
    }  # fmt: skip


@pytest.mark.parametrize("model", models())
def test_list_and_form_show_nobodys_words(page, operator, everything, model):
    browser = page(operator)
    row = model._default_manager.first()

    found = browser.get(address(model, "changelist"), {"q": "a"})
    form = browser.get(address(model, "change", row.pk))

    assert (found.status_code, form.status_code) == (200, 200)
    assert SECRET not in found.content.decode() + form.content.decode()


@pytest.mark.parametrize("role", ["instructor", "student"])
def test_administration_is_for_operators(request, page, role):
    browser = page(request.getfixturevalue(role))

    response = browser.get("/admin/")

    assert response.status_code == 302


def test_visitor_of_administration_signs_in_as_everywhere(page, db):
    response = page().get("/admin/", follow=True)

    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=")


def test_operator_starts_a_seminar_with_its_instructor(page, operator, student):
    response = page(operator).post(
        address(Seminar, "add"),
        {
            "title": "Transport policy",
            "slug": "transport-policy",
            "description": "",
            "time_zone": "UTC",
            "memberships-TOTAL_FORMS": "1",
            "memberships-INITIAL_FORMS": "0",
            "memberships-0-user": str(student.pk),
            "memberships-0-role": "instructor",
            "groups-TOTAL_FORMS": "0",
            "groups-INITIAL_FORMS": "0",
        },
    )

    assert response["Location"] == address(Seminar, "changelist")
    made = Seminar.objects.get(slug="transport-policy")
    assert list(made.memberships.values_list("user", "role")) == [(student.pk, "instructor")]


def test_operator_adds_a_person(page, operator):
    page(operator).post(
        address(User, "add"),
        {
            "username": "ada",
            "name": "Ada",
            "email": "ada@example.org",
            "usable_password": "true",
            "password1": "long enough words",
            "password2": "long enough words",
        },
    )

    assert User.objects.values_list("name", "email").get(username="ada") == (
        "Ada",
        "ada@example.org",
    )


@pytest.mark.parametrize("page_name", ["change", "delete"])
def test_operator_changes_no_annotation(page, operator, everything, page_name):
    path = address(Annotation, page_name, everything.pk)

    response = page(operator).post(path, {"status": "published", "post": "yes"})

    assert response.status_code == 403
    assert Annotation.objects.get().status == "hidden"
