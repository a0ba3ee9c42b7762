"""Claims of an essay: written, changed, merged, split and linked; and the house rules.

Shape only: the actions decide what is taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from annotations.actions import Target
from annotations.enums import Attacks, Burden, ClaimType, RelationKind
from annotations.forms.composer import WordsForm
from annotations.schemes import SCHEMES
from debate.assignments.forms.zoned import ZonedDateTimeField, ZonedForm
from debate.core.forms import show_refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import QueryDict

    from annotations.models import Claim, HouseRules, Inference
    from annotations.queries.claims import Bearing, Offered
    from annotations.queries.linking import Target as Attackable
    from debate.core.errors import DomainError
    from debate.essays.models import Paragraph

MOST_VERSION = 2**31 - 1
_TYPES = [("", "Not said"), *ClaimType.choices]
_LINES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
          "tenth")  # fmt: skip


def version_field() -> forms.IntegerField:
    """The version that the page showed, to be sent back."""
    return forms.IntegerField(
        required=False, min_value=0, max_value=MOST_VERSION, widget=forms.HiddenInput
    )


class VersionForm(forms.Form):
    """Nothing but which version was looked at."""

    version = version_field()


class NewClaimForm(WordsForm):
    """A claim, and the words of the paragraph that make it."""

    version = None  # type: ignore[assignment]  # there is none yet
    text = forms.CharField(  # type: ignore[assignment]  # the paragraph's is no field
        label="The claim in one sentence",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Left empty, it is the sentence that you choose.",
    )
    type = forms.ChoiceField(label="What does it speak of?", required=False, choices=_TYPES)
    is_thesis = forms.BooleanField(label="This is what the essay argues for", required=False)
    is_silent = forms.BooleanField(
        label="The essay does not say it, but takes it for granted", required=False
    )
    annotation = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, paragraph: Paragraph, marks: bool, from_note: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, text=paragraph.text, **kwargs)
        self.paragraph = paragraph
        self.from_note = from_note
        if not marks:
            del self.fields["is_thesis"]

    def claim(self) -> dict[str, Any]:
        """The valid form as the actions take it."""
        given = self.cleaned_data
        found: dict[str, Any] = {
            "text": given["text"],
            "type": given["type"],
            "is_explicit": not given["is_silent"],
            "targets": [] if self.from_note and not self.is_placed else [self._target()],
        }
        if self.from_note:
            found["annotation_id"] = given["annotation"]
        if "is_thesis" in self.fields:
            found["is_thesis"] = given["is_thesis"]
        return found

    @property
    def is_placed(self) -> bool:
        """Whether words were chosen, rather than left to those of the note."""
        return self.span is not None

    def add_refusal(self, error: DomainError) -> None:
        """Show the action's refusal at the field it names; what is about the words, at the words."""
        if error.field in self.fields and error.status not in {403, 404, 410}:
            self.add_error(error.field, error.sentence)
        else:
            super().add_refusal(error)

    def _target(self) -> Target:
        return Target(
            paragraph_id=self.paragraph.pk,
            start=self.span.start if self.span else None,
            end=self.span.end if self.span else None,
            field="target",
        )


class ClaimForm(VersionForm):
    """What a claim says and is."""

    text = forms.CharField(
        label="The claim in one sentence", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    type = forms.ChoiceField(label="What does it speak of?", required=False, choices=_TYPES)
    is_thesis = forms.BooleanField(
        label="This is what the essay argues for",
        required=False,
        help_text="An essay has one thesis. Marked here, another is it no longer.",
    )
    has_burden = forms.BooleanField(
        label="It needs a reason to stand",
        required=False,
        help_text="Where the house rules ask a reason of the claims marked so.",
    )
    is_silent = forms.BooleanField(
        label="The essay does not say it, but takes it for granted", required=False
    )

    def __init__(self, data: QueryDict | None, *, claim: Claim, keeps_map: bool) -> None:
        now = {
            "text": claim.text,
            "type": claim.type,
            "is_thesis": claim.is_thesis,
            "has_burden": claim.has_burden,
            "is_silent": not claim.is_explicit,
            "version": claim.version,
        }
        super().__init__(data, initial=now)
        if not keeps_map:
            del self.fields["has_burden"]

    def changes(self) -> dict[str, Any]:
        """The valid form as the actions take it."""
        names = ("text", "type", "is_thesis", "has_burden")
        given = {name: self.cleaned_data[name] for name in names if name in self.fields}
        return {**given, "is_explicit": not self.cleaned_data["is_silent"]}


def claim_choices(offered: Iterable[Offered]) -> list[tuple[str, str]]:
    """The claims as choices: each with its paragraph."""
    return [
        (str(one.id), f"¶ {one.number}: {one.text}" if one.number else one.text) for one in offered
    ]


class MergeForm(VersionForm):
    """Which claim is shown instead."""

    into = forms.TypedChoiceField(
        label="The claim that says the same", coerce=UUID, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, offered: Iterable[Offered], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].choices = claim_choices(offered)  # type: ignore[attr-defined]  # a ChoiceField


class SplitForm(VersionForm):
    """The claims that one claim is to become, a line each, and what bears on which of them."""

    texts = forms.CharField(
        label="One claim a line",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The first takes the place of the old one; the others stand on the same words.",
    )

    def __init__(self, *args: Any, bearing: Sequence[Bearing], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bearing = bearing
        for one in bearing:
            self.fields[self._name(one)] = forms.TypedChoiceField(
                label=f"{one.what}: {one.text}",
                required=False,
                coerce=int,
                choices=[(str(n), f"goes with the {line}") for n, line in enumerate(_LINES)],
            )

    @property
    def bearing_fields(self) -> list[forms.BoundField]:
        """The choices of what goes with which line."""
        return [self[self._name(one)] for one in self.bearing]

    def parts(self) -> tuple[list[str], dict[UUID, int]]:
        """The texts, and by id what goes with another than the first."""
        texts = [line for line in self.cleaned_data["texts"].splitlines() if line.strip()]
        moved = {one.id: self.cleaned_data[self._name(one)] for one in self.bearing}
        return texts, {row: int(number) for row, number in moved.items() if number}

    def add_refusal(self, error: DomainError) -> None:
        """Show the action's refusal; what is about one of the texts, at the texts."""
        if error.field.startswith("texts."):
            number = int(error.field.removeprefix("texts."))
            self.add_error("texts", f"Line {number + 1}: {error.sentence}")
        else:
            show_refusal(self, error)

    @staticmethod
    def _name(bearing: Bearing) -> str:
        return f"with_{bearing.id}"


class ChooseForm(forms.Form):
    """Which claim a reason is to be for, and words to look for it by."""

    q = forms.CharField(label="Words of the claim", required=False)
    conclusion = forms.UUIDField(required=False)


class LinkForm(VersionForm):
    """Which claims, taken together, are a reason, of what sort, and why the conclusion follows."""

    premises = forms.TypedMultipleChoiceField(
        label="Which claims are the reason?",
        coerce=UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick several only where each needs the others. Two reasons that stand by "
        "themselves are two links.",
    )
    scheme = forms.ChoiceField(label="What sort of reason is it?", required=False)
    warrant = forms.CharField(
        label="Why does it follow?",
        required=False,
        help_text="One sentence: what lets one go from the reason to the conclusion.",
    )
    is_silent = forms.BooleanField(label="The essay leaves this step unsaid", required=False)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        offered: Iterable[Offered],
        link: Inference | None = None,
        premises: Iterable[UUID] = (),
    ) -> None:
        initial: dict[str, Any] = {"premises": [str(one) for one in premises]}
        known = [(one.name, one.label) for one in SCHEMES.values()]
        if link:
            initial |= {
                "scheme": link.scheme,
                "warrant": link.warrant,
                "is_silent": not link.is_explicit,
                "version": link.version,
            }
            if link.scheme and link.scheme not in SCHEMES:
                known.append((link.scheme, link.scheme))
        super().__init__(data, initial=initial)
        self.fields["premises"].choices = claim_choices(offered)  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["scheme"].choices = [("", "Not said"), *known]  # type: ignore[attr-defined]  # as above

    def link(self) -> dict[str, Any]:
        """The valid form as the actions take it."""
        given = self.cleaned_data
        return {
            "premise_ids": given["premises"],
            "scheme": given["scheme"],
            "warrant": given["warrant"],
            "is_explicit": not given["is_silent"],
        }


class RelateForm(forms.Form):
    """How a claim attacks what."""

    kind = forms.ChoiceField(
        label="What does it say?", choices=RelationKind.choices, widget=forms.RadioSelect
    )
    target = forms.ChoiceField(label="Of what?")
    is_one_way = forms.BooleanField(
        label="It is not contradicted in turn",
        required=False,
        help_text="Whoever says the opposite is else contradicted by what it goes against.",
    )
    rationale = forms.CharField(label="Why?", required=False, help_text="One sentence.")

    def __init__(self, *args: Any, targets: Iterable[Attackable], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: dict[str, list[tuple[str, str]]] = {}
        for one in targets:
            groups.setdefault(one.group, []).append((one.value, one.text))
        self.fields["target"].choices = [("", "Choose …"), *groups.items()]  # type: ignore[attr-defined]  # a ChoiceField

    def relation(self) -> dict[str, Any]:
        """The valid form as the action takes it."""
        given = self.cleaned_data
        name, _, target = given["target"].partition(":")
        return {
            "kind": given["kind"],
            f"target_{name}_id": UUID(target),
            "is_one_way": given["is_one_way"],
            "rationale": given["rationale"],
        }


class CodingForm(VersionForm):
    """What a counterargument attacks."""

    attacks = forms.ChoiceField(
        label="What does it attack?",
        choices=[one for one in Attacks.choices if one[0] != Attacks.UNSPECIFIED],
        widget=forms.RadioSelect,
    )


class TryRulesForm(ZonedForm):
    """Rules to try: nothing is kept."""

    burden = forms.ChoiceField(
        label="Which claims need a reason that stands?",
        choices=Burden.choices,
        widget=forms.RadioSelect,
    )
    symmetric_rebuts = forms.TypedChoiceField(
        label="When one claim says the opposite of another",
        coerce=lambda value: value == "1",
        choices=[("1", "Each contradicts the other"), ("0", "Only what came to contradict counts")],
        widget=forms.RadioSelect,
    )
    cutoff_at = ZonedDateTimeField(
        label="Leave out what was posted after",
        required=False,
        help_text="Left empty, everything counts. By the clocks of the seminar.",
    )
    students_mark_claims = forms.TypedChoiceField(
        label="Who puts claims on the map?",
        coerce=lambda value: value == "1",
        choices=[("0", "Instructors and assistants; students propose"), ("1", "Students too")],
        widget=forms.RadioSelect,
    )

    @staticmethod
    def of(rules: HouseRules) -> dict[str, Any]:
        """The rules as the form shows them."""
        return {
            "burden": rules.burden,
            "symmetric_rebuts": "1" if rules.symmetric_rebuts else "0",
            "cutoff_at": rules.cutoff_at,
            "students_mark_claims": "1" if rules.students_mark_claims else "0",
        }


class KeepRulesForm(TryRulesForm):
    """Rules to keep, and why."""

    note = forms.CharField(
        label="Why?", required=False, help_text="One line, shown beside the version."
    )
    version = version_field()
