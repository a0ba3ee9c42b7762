"""One level for many works: which, to whom, and the signed note of it by which it is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django import forms
from django.core import signing

from annotations.grading.actions.bulk import Given
from annotations.grading.enums import CriterionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotations.grading.models import Criterion

SALT: Final = "grading.bulk"
UNDO_SECONDS: Final = 600


class LevelForm(forms.Form):
    """A criterion's level, for those who did all that is asked or for all that are ungraded."""

    choice = forms.ChoiceField(label="Level")
    who = forms.ChoiceField(
        label="To whom",
        choices=[
            ("met", "Ungraded works in which everything that is asked is in"),
            ("all", "All ungraded works"),
        ],
        widget=forms.RadioSelect,
        initial="met",
    )

    def __init__(self, *args: Any, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [
            (
                criterion.title,
                [(f"{criterion.key}:{level.key}", level.title) for level in criterion.levels.all()],
            )
            for criterion in criteria
            if criterion.kind == CriterionKind.LEVELS
        ]
        self.fields["choice"].choices = [("", "Choose …"), *groups]  # type: ignore[attr-defined]  # a choice field

    @property
    def keys(self) -> tuple[UUID, UUID]:
        """The criterion's key and the level's, of a valid form."""
        criterion, _, level = self.cleaned_data["choice"].partition(":")
        return UUID(criterion), UUID(level)


def signed(criterion: UUID, level: UUID, given: Sequence[Given]) -> str:
    """What was given, to be sent back when it is to be undone."""
    marks = [[one.mark_id.hex, one.version, one.is_begun] for one in given]
    return signing.dumps([criterion.hex, level.hex, marks], salt=SALT, compress=True)


def unsigned(text: str) -> tuple[UUID, UUID, list[Given]] | None:
    """What `signed` noted; None for what we did not sign, or ten minutes later."""
    try:
        criterion, level, marks = signing.loads(text, salt=SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature:
        return None
    return UUID(criterion), UUID(level), [Given(UUID(mark), *rest) for mark, *rest in marks]
