"""What members say when they mark something as wanting, answer a mark, and settle one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from annotations.enums import QualityMarkType

if TYPE_CHECKING:
    from collections.abc import Sequence

MEANS = {
    QualityMarkType.UNSUPPORTED: "Unsupported: it gives neither a reason nor evidence",
    QualityMarkType.NOT_A_CLAIM: "Not a claim: it says nothing that could be so or not",
    QualityMarkType.UNCLEAR: "Unclear: one cannot tell what it says",
    QualityMarkType.ABUSIVE: "Vulgar or abusive",
    QualityMarkType.DUPLICATE: "Duplicate: another claim says the same",
    QualityMarkType.UNRELATED: "Unrelated to what it stands at",
    QualityMarkType.SEVERAL_CLAIMS: "More than one claim: it should be split",
    QualityMarkType.MOVE: "Belongs elsewhere: it should be moved",
    QualityMarkType.MISQUOTE: "Misquotes its source: the words do not stand there",
    QualityMarkType.OUT_OF_CONTEXT: "Taken out of context",
    QualityMarkType.OUTDATED: "Outdated: newer facts are known",
}


class MarkForm(forms.Form):
    """Which mark, with a note. Shape only: the action decides what is taken."""

    type = forms.ChoiceField(label="What is wanting?", widget=forms.RadioSelect)
    note = forms.CharField(
        label="Why do you think so?",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, types: Sequence[QualityMarkType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = [(one.value, MEANS[one]) for one in types]  # type: ignore[attr-defined]  # a choice field


class MarkAnswerForm(forms.Form):
    """What is answered to a mark."""

    body = forms.CharField(
        label="Your answer", strip=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class SettleForm(forms.Form):
    """How a mark is settled; `is_confirmed` says that the words were looked for and not found."""

    resolution = forms.CharField(
        label="How is it settled?",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_confirmed = forms.BooleanField(
        label="I have opened the source, and the words do not stand there", required=False
    )
