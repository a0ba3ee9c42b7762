"""What members tell staff about an annotation, and what staff say when they act on one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

from django import forms

from annotations.enums import FlagReason, ModerationAct

if TYPE_CHECKING:
    from collections.abc import Iterable

_READ = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:[1-9]\d{0,8}", re.ASCII)


class FlagForm(forms.Form):
    """Why staff should look at an annotation. Shape only: the action decides what is taken."""

    reason = forms.ChoiceField(
        label="What is wrong with it?", choices=FlagReason.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="What should staff know?",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ActForm(forms.Form):
    """What staff say when they act, the version that they read, and where they came from."""

    reason = forms.CharField(
        label="Reason", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(required=False, min_value=1, max_value=10**9)
    back = forms.CharField(required=False)


class LogForm(forms.Form):
    """Which acts the log shows; what it does not know is not asked for."""

    act = forms.ChoiceField(
        label="What was done", required=False, choices=[("", "Anything"), *ModerationAct.choices]
    )
    person = forms.UUIDField(label="By whom", required=False)

    def asked(self) -> tuple[str, UUID | None]:
        """The act and the person; of a filter that makes no sense, nothing."""
        self.is_valid()
        return self.cleaned_data.get("act", ""), self.cleaned_data.get("person")


def read_of(values: Iterable[str]) -> list[tuple[UUID, int]]:
    """The annotations and the versions of them that were read ("<id>:<version>" each)."""
    parts = [value.split(":") for value in values if _READ.fullmatch(value)]
    return [(UUID(one), int(version)) for one, version in parts]
