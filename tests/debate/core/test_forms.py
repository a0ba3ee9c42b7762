"""Refusals of actions shown by forms."""

import pytest
from django import forms

from debate.core.errors import Conflict, Gone, Invalid, Missing, NotAllowed
from debate.core.forms import show_refusal


class NameForm(forms.Form):
    name = forms.CharField()


@pytest.fixture
def form():
    form = NameForm({"name": "Ada"})
    assert form.is_valid()
    return form


@pytest.mark.parametrize(
    ("error", "field"),
    [
        (Invalid("Not so.", field="name"), "name"),
        (Invalid("Not so.", field="other"), "__all__"),
        (Conflict("Not so."), "__all__"),
    ],
)
def test_refusal_stands_at_its_field(form, error, field):
    show_refusal(form, error)

    assert form.errors == {field: ["Not so."]}
    assert form["name"].value() == "Ada"


@pytest.mark.parametrize("error", [Missing(), NotAllowed("No."), Gone("It was.")])
def test_refusal_that_is_no_matter_of_the_form_goes_on(form, error):
    with pytest.raises(type(error)):
        show_refusal(form, error)

    assert form.errors == {}
