"""Works as people write them in, paste them, choose and check them. Shape only; actions decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from annotations.actions.sources import SourceDetails
from annotations.bibliography.completeness import FIELDS
from annotations.bibliography.csl import TYPES
from annotations.bibliography.relied import mark
from annotations.enums import Match, SourceType
from annotations.queries.evidence import FLAGS, STANCES, EvidenceChoice
from annotations.queries.evidence import SORTS as EVIDENCE_SORTS
from annotations.queries.shelf import SORTS as SHELF_SORTS
from annotations.queries.shelf import ShelfChoice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict

    from annotations.models import Passage, Source
    from debate.seminars.models import Seminar

LONGEST_PASTE = 100_000
DATE_HINT = "2024, 2024-05 or 2024-05-31"


def shelf_choice(query: Mapping[str, str]) -> ShelfChoice:
    """The choice that the address of a shelf makes; what is no choice is passed over."""
    return ShelfChoice(
        q=query.get("q", "").replace("\x00", "")[:200].strip(),
        type=query.get("type", "") if query.get("type") in TYPES else "",
        sort=query.get("sort", "") if query.get("sort") in SHELF_SORTS else "newest",
        after=as_id(query.get("after", "")),
    )


def evidence_choice(query: Mapping[str, str]) -> EvidenceChoice:
    """The choice that the address of a list of evidence makes, as `shelf_choice`."""
    return EvidenceChoice(
        q=query.get("q", "")[:200].strip(),
        stance=query.get("stance", "") if query.get("stance") in STANCES else "",
        flag=query.get("flag", "") if query.get("flag") in FLAGS else "",
        sort=query.get("sort", "") if query.get("sort") in EVIDENCE_SORTS else "newest",
        after=as_id(query.get("after", "")),
    )


def as_id(text: str) -> str:
    """The id that the text is, "" when it is none."""
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def _line(label: str, hint: str = "", **attrs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, help_text=hint, widget=forms.TextInput(attrs=attrs)
    )


class SourceForm(forms.Form):
    """What is known of a work; the names are those of `SourceDetails`."""

    link = _line("DOI or link", "10.1000/182, or an address that begins with https://.")
    title = _line("Title", "Capitals only at its beginning and in names, as on a library card.")
    type = forms.ChoiceField(
        label="Type", required=False, choices=[("", "Not said"), *TYPES.items()]
    )
    author = forms.CharField(
        label="Authors",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One a line, family name first: Waltz, Kenneth N. Organizations as they are.",
    )
    editor = forms.CharField(
        label="Editors", required=False, widget=forms.Textarea(attrs={"rows": 1})
    )
    issued = _line("Date of publication", DATE_HINT)
    container_title = _line("Published in", "Journal, newspaper, website or book.")
    publisher = _line("Publisher or institution")
    volume = _line("Volume")
    issue = _line("Issue")
    page = _line("Pages")
    number = _line("Number", "Of a report or a law.")
    edition = _line("Edition")
    publisher_place = _line("Place of publication")
    language = _line("Language", "As a code: en, de, ru.")
    accessed_on = _line("Date of access", "When you opened it: 2024-05-31")
    author_qualifications = _line("Author’s qualifications", "Why should one listen to them?")
    source_type = forms.ChoiceField(
        label="Kind of witness",
        required=False,
        choices=[("", "Not said"), *SourceType.choices],
    )
    archived_url = _line("Archived copy", "Its address, for example at web.archive.org.")
    interest_note = _line("Interests", "Who paid for it, or has a stake in it?")
    retraction_note = _line("Retraction or correction")
    not_given = forms.MultipleChoiceField(
        label="What the source does not give",
        required=False,
        choices=list(FIELDS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="You looked, and it is not there.",
    )
    seen = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, source: Source, data: QueryDict | None) -> SourceForm:
        """The form with what is known of the source now."""
        now = SourceDetails.of(source)
        names = [name for name in cls.base_fields if name != "seen"]
        initial = {name: getattr(now, name) for name in names}
        initial["author"] = initial["author"].replace("; ", "\n")
        initial["editor"] = initial["editor"].replace("; ", "\n")
        return cls(data, initial={**initial, "seen": source.updated_at.isoformat()})

    def changes(self) -> dict[str, Any]:
        """The valid form's members of `SourceDetails`."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return {**given, "not_given": tuple(given["not_given"])}

    def details(self) -> SourceDetails:
        """The valid form as a new work."""
        return SourceDetails(**self.changes())


class PasteForm(forms.Form):
    """References pasted as BibTeX or RIS, and which of them are wanted."""

    text = forms.CharField(
        label="BibTeX or RIS",
        required=False,
        max_length=LONGEST_PASTE,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text="Reference managers and library pages export either. At most 200 works at once.",
    )
    chosen = forms.TypedMultipleChoiceField(required=False, coerce=int)

    def __init__(self, data: QueryDict | None = None, *, count: int = 0) -> None:
        super().__init__(data)
        self.fields["chosen"].choices = [(at, str(at)) for at in range(count)]  # type: ignore[attr-defined]  # a ChoiceField


class PassageForm(forms.Form):
    """Words taken from a work."""

    quote = forms.CharField(
        label="The words of the source",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Letter by letter, and enough around them to be fair.",
    )
    locator = _line("Where they stand", "Page, section or time.")


class MarkForm(forms.Form):
    """The words of a passage with [[ and ]] around those relied on."""

    marked = forms.CharField(
        label="The words",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Put [[ before and ]] after what the argument relies on. Change nothing else.",
    )

    @classmethod
    def of(cls, passage: Passage, data: QueryDict | None) -> MarkForm:
        """The form with what is relied on now."""
        return cls(data, initial={"marked": mark(passage.quote, passage.relied_on)})


class CheckForm(forms.Form):
    """What a second reader found."""

    opened = forms.BooleanField(label="I opened the source", required=False)
    match = forms.ChoiceField(
        label="What stands there", choices=Match.choices, widget=forms.RadioSelect
    )
    note = _line("Note", "What is different, or where you found it.")


class MergeForm(forms.Form):
    """Into which work another one goes."""

    into = forms.UUIDField()


class CopyForm(forms.Form):
    """Which works go to which other seminar."""

    sources = forms.TypedMultipleChoiceField(
        label="Works", coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple
    )
    seminar = forms.TypedChoiceField(label="To the shelf of", coerce=UUID)

    def __init__(
        self, data: QueryDict | None, *, sources: Sequence[Source], seminars: Sequence[Seminar]
    ) -> None:
        super().__init__(data)
        self.fields["sources"].choices = [(str(one.pk), one.title) for one in sources]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["seminar"].choices = [(str(one.pk), one.title) for one in seminars]  # type: ignore[attr-defined]  # a ChoiceField
