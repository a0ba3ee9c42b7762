"""What people say about what they want to hear of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from debate.notices.enums import Cadence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from debate.notices.queries import Choice


class ChoicesForm(forms.Form):
    """For each kind of notice, how soon its e-mail goes out."""

    def __init__(self, choices: Sequence[Choice], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in choices:
            self.fields[one.kind.name] = forms.ChoiceField(
                label=one.kind.label,
                help_text=one.kind.hint,
                choices=Cadence.choices,
                initial=one.cadence,
                widget=forms.RadioSelect,
            )
