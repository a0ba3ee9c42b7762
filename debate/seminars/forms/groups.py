"""What people type about groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from debate.accounts.models import User
from debate.seminars.actions import Chance
from debate.seminars.actions.groups import LONGEST_NAME, MOST_GROUPS
from debate.seminars.enums import GroupKind, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from debate.seminars.models import Membership

LARGEST_SEED = 2**31 - 1


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic for mypy only
    """Members of the seminar, each a box to tick."""

    def label_from_instance(self, obj: Any) -> str:
        """The name that the others read, and what the person is unless a student."""
        person: User = obj
        return self.names.get(person.pk, person.display_name)

    names: dict[Any, str]

    def offer(self, memberships: Iterable[Membership]) -> None:
        """Offer these people."""
        people = list(memberships)
        self.names = {
            one.user_id: one.user.display_name
            if one.role == Role.STUDENT
            else f"{one.user.display_name} ({one.get_role_display().lower()})"
            for one in people
        }
        self.queryset = User.objects.filter(pk__in=list(self.names)).order_by("name", "username")


class GroupChangeForm(forms.Form):
    """A group's name and who is in it."""

    name = forms.CharField(label="Name", max_length=LONGEST_NAME)
    is_open = forms.BooleanField(
        label="Open: students join and leave it by themselves",
        required=False,
        help_text="Where the settings let students make groups.",
    )
    members = PeopleField(
        label="Members",
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, people: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["members"]
        assert isinstance(field, PeopleField)  # noqa: S101 - tells mypy what stands above
        field.offer(people)


class GroupForm(GroupChangeForm):
    """A new group."""

    kind = forms.ChoiceField(
        label="It is a",
        choices=GroupKind.choices,
        widget=forms.RadioSelect,
        initial=GroupKind.READING,
        help_text="A student is in any number of reading groups, and in one section at most. "
        "Assistants may be limited to sections.",
    )
    field_order = ["name", "kind", "is_open", "members"]


class OwnGroupForm(forms.Form):
    """A group that a student makes."""

    name = forms.CharField(label="Name of the group", max_length=LONGEST_NAME)


class ChanceForm(forms.Form):
    """How groups are drawn at random."""

    kind = forms.ChoiceField(
        label="Draw", choices=[("reading", "Reading groups"), ("section", "Sections")]
    )
    by = forms.ChoiceField(
        label="How many",
        choices=[("count", "So many groups"), ("size", "Groups of about so many people")],
        widget=forms.RadioSelect,
        initial="size",
    )
    number = forms.IntegerField(label="Number", min_value=1, max_value=MOST_GROUPS, initial=4)
    only_free = forms.BooleanField(
        label="Only students who are in no such group yet", required=False
    )
    within_sections = forms.BooleanField(label="Draw in each section for itself", required=False)

    def chance(self, seed: int) -> Chance:
        """The valid input as the actions take it."""
        cleaned = self.cleaned_data
        return Chance(
            seed=seed,
            kind=cleaned["kind"],
            only_free=cleaned["only_free"],
            within_sections=cleaned["within_sections"],
            **{cleaned["by"]: cleaned["number"]},
        )


class DrawnForm(ChanceForm):
    """A draw that was looked at: `seed` makes it again, `digest` tells whether it is the same."""

    seed = forms.IntegerField(min_value=0, max_value=LARGEST_SEED)
    digest = forms.CharField(max_length=64)
