"""Forms that tell the refusals of actions beside the field at fault, and keep what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django import forms

    from debate.core.errors import DomainError


def show_refusal(form: forms.BaseForm, error: DomainError) -> None:
    """Add the refusal to the field that it names, or to the form when it names none of its fields.

    Raises the error again when the form has nothing to do with it: what may not be known of or
    done is a page of its own.
    """
    if error.status in {403, 404, 410}:
        raise error
    form.add_error(error.field if error.field in form.fields else None, error.sentence)
