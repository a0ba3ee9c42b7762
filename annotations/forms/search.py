"""What to search for, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from annotations.enums import Kind
from annotations.models import Annotation
from annotations.queries.search import LONGEST, STATES, UNANSWERED, SearchFilters
from debate.assignments.models import Assignment
from debate.seminars.models import Membership, Seminar

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User

STATE_LABELS = {
    UNANSWERED: "Unanswered",
    "pending": "Waiting for approval",
    "hidden": "Hidden by staff",
    "withdrawn": "Withdrawn",
}


class SearchForm(forms.Form):
    """Words and filters from the address. Whoever may not know a person finds nothing by the person.

    The author is chosen among the people of a chosen seminar, or came with the address.
    """

    q = forms.CharField(
        label="Words",
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    part = forms.ChoiceField(
        choices=[("", "Notes and essays"), ("essays", "Essays alone")],
        required=False,
        label="Look in",
    )
    seminar = forms.ModelChoiceField(
        label="Seminar", queryset=Seminar.objects.none(), required=False, empty_label="All of mine"
    )
    assignment = forms.ModelChoiceField(
        label="Assignment", queryset=Assignment.objects.none(), required=False, empty_label="All"
    )
    kind = forms.ChoiceField(
        label="Kind", choices=[("", "All kinds"), *Kind.choices], required=False
    )
    author = forms.UUIDField(label="Author", required=False, widget=forms.Select)
    paragraph = forms.IntegerField(
        label="Paragraph", required=False, min_value=1, max_value=100_000
    )
    tag = forms.CharField(label="Tag", required=False, max_length=50)
    state = forms.ChoiceField(
        label="State",
        choices=[("", "All but withdrawn"), *((one, STATE_LABELS[one]) for one in STATES)],
        required=False,
    )
    after = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User | AnonymousUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Seminar.objects.visible_to(user).order_by("title", "pk")
        self.fields["seminar"].queryset = mine  # type: ignore[attr-defined]  # a ModelChoiceField
        assignments = Assignment.objects.visible_to(user).order_by("title", "pk")
        self.fields["assignment"].queryset = assignments  # type: ignore[attr-defined]  # as above
        self.user = user

    def offer_authors(self) -> None:
        """Fill the choice of authors for the valid form: two queries at most."""
        seminar, author = self.cleaned_data["seminar"], self.cleaned_data["author"]
        choices: list[tuple[str, str]] = [("", "Everybody")]
        if seminar:
            members = Membership.objects.people().filter(seminar=seminar).select_related("user")
            named = [(one.user.display_name, str(one.user_id)) for one in members]
            choices += [(value, name) for name, value in sorted(named)]
        if author and str(author) not in dict(choices):
            choices.append((str(author), self._name_of(author)))
        self.fields["author"].widget.choices = choices

    def _name_of(self, author: UUID) -> str:
        """The name under which the person reads that author."""
        readable = Annotation.objects.visible_to(self.user).with_shown_author(self.user)
        names = readable.filter(shown_author_id=author).values_list("shown_author_name", flat=True)  # type: ignore[misc]  # annotated
        return names.first() or "Somebody"

    def filters(self) -> SearchFilters:
        """The valid form as the search takes it."""
        given = self.cleaned_data
        return SearchFilters(
            in_essays=given["part"] == "essays",
            seminar=given["seminar"].pk if given["seminar"] else None,
            assignment=given["assignment"].pk if given["assignment"] else None,
            kind=given["kind"],
            author=given["author"],
            paragraph=given["paragraph"],
            tag=given["tag"],
            state=given["state"],
            after=given["after"],
        )

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the words was given."""
        names = ("seminar", "assignment", "kind", "author", "paragraph", "tag", "state")
        return any(self[name].value() for name in names)
