"""Forms about one grade: a number to adjust it by, and why it changes."""

from __future__ import annotations

from django import forms

from annotations.grading.actions.grades import REASON_LENGTH

WHY = "It stands in the grade's history."


class ReasonForm(forms.Form):
    """Why a grade changes, and of which version; the actions judge the reason."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**9)
    reason = forms.CharField(
        label="Reason",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": REASON_LENGTH, "dir": "auto"}),
        help_text=WHY,
    )


class AdjustForm(ReasonForm):
    """By how much a grade is moved."""

    adjustment = forms.DecimalField(
        label="Points to add, or to take off with a minus", max_digits=7, decimal_places=2
    )
    field_order = ["version", "adjustment", "reason"]
