"""A tag of the vocabulary, and the tags of a paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django import forms

from annotations.presets import PRESETS, TagDraft
from annotations.queries.vocabulary import choice_label

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.http import QueryDict

    from annotations.models import Tag


class TagForm(forms.Form):
    """What a tag says. Shape only: the action decides what is taken."""

    label = forms.CharField(label="Label", required=False, help_text="One or two words.")
    definition = forms.CharField(
        label="Definition",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="When is it given?",
    )
    example = forms.CharField(
        label="Example", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    counter_example = forms.CharField(
        label="Counter-example",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Something like it to which it is not given.",
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, tag: Tag, data: QueryDict | None) -> TagForm:
        """The form with what the tag says now."""
        names = ("label", "definition", "example", "counter_example")
        now = {name: getattr(tag, name) for name in names}
        return cls(data, initial={**now, "version": tag.vocabulary.version})

    def texts(self) -> dict[str, str]:
        """The valid form's texts, by the names of the tag's members."""
        return {name: text for name, text in self.cleaned_data.items() if name != "version"}

    def draft(self) -> TagDraft:
        """The valid form as a new tag."""
        return TagDraft(**self.texts())


class MoveForm(forms.Form):
    """Up or down by one."""

    by = forms.TypedChoiceField(choices=[("-1", "Up"), ("1", "Down")], coerce=int)


class ClosedForm(forms.Form):
    """Whether only the vocabulary's own tags are taken."""

    is_closed = forms.BooleanField(required=False)


class PresetForm(forms.Form):
    """Which preset to copy."""

    preset = forms.ChoiceField(choices=[(one.key, one.label) for one in PRESETS.values()])


class ParagraphTagsForm(forms.Form):
    """The tags that a paragraph is to have."""

    tag = forms.TypedMultipleChoiceField(
        label="Tags", coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, data: QueryDict | None, *, tags: Sequence[Tag], standing: Collection[UUID]
    ) -> None:
        super().__init__(data, initial={"tag": [str(one) for one in standing]})
        self.fields["tag"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (str(one.pk), choice_label(one)) for one in tags
        ]
