"""The composer: what a person attaches to a paragraph or another annotation, without JavaScript."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from annotations import selectors
from annotations.actions import Content, SourceInput, Target
from annotations.actions.arguing import argues
from annotations.actions.changes import scope_of
from annotations.bibliography.csl import TYPES
from annotations.enums import Attacks, Audience, Kind, Stance
from annotations.models import Annotation, Source
from annotations.queries.claims_to_name import claims_to_name
from annotations.queries.rounds import EVERY_KIND, OpenKinds, terms_of
from annotations.queries.vocabulary import choice_label, tags_to_offer
from debate.core.models import uuid7

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import QueryDict

    from annotations.queries.rounds import AudienceChoice
    from debate.accounts.models import User
    from debate.assignments.models import Assignment
    from debate.core.errors import DomainError
    from debate.essays.models import Paragraph, Revision

# Members of the input, as the actions name them, and the fields in which people gave them.
FIELDS = {
    "counterargument.attacks": "attacks",
    "counterargument.counterclaim": "counterclaim",
    "concession.scope": "scope",
    "evidence.stance": "stance",
    "evidence.warrant": "warrant",
    "evidence.quote": "cited",
    "evidence.locator": "locator",
    "evidence.source.id": "source",
    "evidence.source.link": "link",
    "evidence.source.title": "title",
    "evidence.source.author": "author",
    "evidence.source.publisher": "publisher",
    "evidence.source.issued": "issued",
    "evidence.source.type": "type",
    "target.quote": "exact",
    "target.start": "exact",
    "target.end": "exact",
    "target.paragraph": "exact",
}


# What can be wrong with what one attacks, as people say it.
WHAT_IS_WRONG = [
    (Attacks.UNSPECIFIED.value, "Not sure"),
    (Attacks.CONCLUSION.value, "The opposite is so"),
    (Attacks.REASON.value, "That reason or evidence is wrong"),
    (Attacks.STEP.value, "Even if true, it does not follow"),
]


@dataclass(frozen=True)
class KindChoice:
    """A kind to choose: the hint shown while it is, and whether it stands under "More".

    With a `reason` it cannot be chosen now.
    """

    value: str
    label: str
    hint: str = ""
    more: bool = False
    reason: str = ""


HINTS = {
    Kind.QUESTION: "It stays open until you or an instructor mark a reply as the answer.",
    Kind.COUNTERARGUMENT: "State the claim you oppose with, then your reason.",
    Kind.EVIDENCE: "One link or DOI, and one sentence that says why it bears on this.",
    Kind.SUPPORT: "Say what makes it stronger.",
    Kind.CONCESSION: "Say what you grant, and how far.",
}


def kind_choices(*, is_reply: bool, opened: OpenKinds = EVERY_KIND) -> list[KindChoice]:
    """The kinds as the composer offers them: support and concession come first on replies only.

    Those that the round does not take are told, with the reason, and cannot be chosen.
    """
    later = () if is_reply else (Kind.SUPPORT, Kind.CONCESSION)
    return [
        KindChoice(
            kind,
            str(kind.label),
            HINTS.get(kind, ""),
            kind in later,
            "" if kind in opened else opened.reason,
        )
        for kind in Kind
    ]


@dataclass(frozen=True)
class Sentence:
    """A sentence to choose: its offsets as the form's value, and its words."""

    value: str
    text: str


@dataclass(frozen=True)
class Selected:
    """A run of a paragraph that was selected in the essay."""

    paragraph: Paragraph
    start: int
    end: int

    @property
    def exact(self) -> str:
        """Its words."""
        return self.paragraph.text[self.start : self.end]


SELECTED = "selected"
_OFFSETS = re.compile(r"\d{1,6}-\d{1,6}", re.ASCII)
_SPANS = re.compile(r"\d{1,5}:\d{1,6}-\d{1,6}(?:;\d{1,5}:\d{1,6}-\d{1,6}){0,19}")


def _selected(revision: Revision, spans: str) -> list[Selected]:
    """The runs that `spans` names ("4:12-40;5:0-9": paragraph number, offsets); none if any is off."""
    if not _SPANS.fullmatch(spans):
        return []
    named = [[int(part) for part in re.split("[:-]", span)] for span in spans.split(";")]
    numbers = {number for number, _, _ in named}
    paragraphs = {one.number: one for one in revision.paragraphs.filter(number__in=numbers)}
    found = [
        Selected(paragraphs[number], start, end)
        for number, start, end in named
        if number in paragraphs and start < end <= len(paragraphs[number].text)
    ]
    return found if len(found) == len(named) else []


@dataclass(frozen=True)
class Place:
    """One of the places where typed words stand, with what surrounds them."""

    value: str
    before: str
    exact: str
    after: str

    @property
    def cut_before(self) -> bool:
        """Whether more of the paragraph stands before what is shown."""
        return len(self.before) == selectors.CONTEXT

    @property
    def cut_after(self) -> bool:
        """Whether more of the paragraph stands after what is shown."""
        return len(self.after) == selectors.CONTEXT


class ContentForm(forms.Form):
    """What an annotation says. Shape only: the action decides what is taken.

    `paragraphs` are those of its place: where several claims are marked in them it can say which.
    """

    UNNAMED = "The one that the words show"

    refused = ""
    """The code of the action's refusal, if any."""

    kind = forms.ChoiceField(choices=Kind.choices, widget=forms.RadioSelect, label="What is it?")
    body = forms.CharField(
        label="What do you say?",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Markdown works: *emphasis*, **strong**, lists and links.",
    )
    attacks = forms.ChoiceField(
        label="What is wrong with it?",
        choices=WHAT_IS_WRONG,
        required=False,
        initial=Attacks.UNSPECIFIED,
    )
    claim = forms.ChoiceField(label="Which claim?", required=False)
    scope = forms.CharField(
        label="How far?",
        required=False,
        help_text="“Granted, but …”: what you do not grant.",
    )
    counterclaim = forms.CharField(
        label="Your claim in one line",
        required=False,
        help_text="Left empty, it is the first sentence of your reasoning.",
    )
    stance = forms.ChoiceField(
        label="What does it do?", choices=Stance.choices, required=False, widget=forms.RadioSelect
    )
    warrant = forms.CharField(
        label="Why does it bear on this?", required=False, help_text="One sentence."
    )
    source = forms.ModelChoiceField(
        label="A source the seminar has already",
        queryset=Source.objects.none(),
        required=False,
        empty_label="None of these",
    )
    link = forms.CharField(
        label="Link or DOI", required=False, help_text="https://… or 10.1234/abcd"
    )
    title = forms.CharField(label="Title", required=False)
    author = forms.CharField(
        label="Authors", required=False, help_text="Family, Given; Family, Given"
    )
    publisher = forms.CharField(label="Publisher or journal", required=False)
    issued = forms.CharField(label="Date", required=False, help_text="2024, 2024-05 or 2024-05-31")
    type = forms.ChoiceField(
        label="Type", required=False, choices=[("", "Not said"), *TYPES.items()]
    )
    cited = forms.CharField(
        label="The words of the source",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    locator = forms.CharField(label="Where in it", required=False, help_text="p. 12, section 3 …")
    vocabulary = forms.MultipleChoiceField(
        label="Tags of this seminar", required=False, widget=forms.CheckboxSelectMultiple
    )
    tags = forms.CharField(label="Tags", required=False, help_text="Separated by commas.")

    def __init__(
        self,
        *args: Any,
        assignment: Assignment,
        actor: User,
        paragraphs: Iterable[Paragraph] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._offer_claims(actor, assignment, paragraphs)
        sources = Source.objects.visible_to(actor).filter(seminar=assignment.seminar)
        self.fields["source"].queryset = sources.order_by("-id")  # type: ignore[attr-defined]  # a ModelChoiceField
        self._offer_vocabulary(assignment)

    def _offer_claims(
        self, actor: User, assignment: Assignment, paragraphs: Iterable[Paragraph]
    ) -> None:
        """Ask which claim is meant where the place alone does not say, or one was asked for."""
        asked = str(self["claim"].value() or "")
        offered = claims_to_name(actor, assignment, paragraphs, asked=asked)
        if not offered:
            del self.fields["claim"]
            return
        by_itself = ("", self.UNNAMED)
        self.fields["claim"].choices = [by_itself, *((one.value, one.text) for one in offered)]  # type: ignore[attr-defined]  # a ChoiceField

    def _offer_vocabulary(self, assignment: Assignment) -> None:
        """Tick the vocabulary's tags that it has; other words stand beside, unless it is closed."""
        given = [tag.strip() for tag in str(self.initial.get("tags", "")).split(",")]
        offer = tags_to_offer(assignment.seminar, given)
        self.fields["vocabulary"].choices = [(one.key, choice_label(one)) for one in offer.tags]  # type: ignore[attr-defined]  # a ChoiceField
        keys = {one.key for one in offer.tags}
        others = [tag for tag in given if tag and tag not in keys]
        self.initial["vocabulary"] = [tag for tag in given if tag in keys]
        self.initial["tags"] = ", ".join(others)
        if not keys:
            del self.fields["vocabulary"]
        if offer.is_closed and not others:
            del self.fields["tags"]

    def _take(self, name: str, value: object) -> None:
        """Hold that in the field from now on, whatever was sent."""
        sent: QueryDict = self.data.copy()  # type: ignore[attr-defined]  # what browsers send
        sent[name] = str(value)
        self.data = sent

    def _tags(self) -> tuple[str, ...]:
        words = self.cleaned_data.get("tags", "").split(",")
        return (*self.cleaned_data.get("vocabulary", ()), *(word for word in words if word.strip()))

    def content(self, **more: Any) -> Content:
        """The valid form as the actions take it; members of other kinds than the chosen are left."""
        given = self.cleaned_data
        kind = given["kind"]
        counter = kind == Kind.COUNTERARGUMENT
        evidence = kind == Kind.EVIDENCE
        claim = given.get("claim") if argues(kind, given["stance"]) else ""
        return Content(
            kind=kind,
            claim_id=UUID(claim) if claim else None,
            scope=given["scope"] if kind == Kind.CONCESSION else "",
            body=given["body"],
            tags=self._tags(),
            attacks=given["attacks"] if counter else "",
            counterclaim=given["counterclaim"] if counter else "",
            stance=given["stance"] if evidence else "",
            warrant=given["warrant"] if evidence else "",
            source=self._source() if evidence else SourceInput(),
            quote=given["cited"] if evidence else "",
            locator=given["locator"] if evidence else "",
            **more,
        )

    def _source(self) -> SourceInput:
        given = self.cleaned_data
        chosen = given["source"]
        return SourceInput(
            source_id=chosen.pk if chosen and not given["link"].strip() else None,
            link=given["link"],
            **{name: given[name] for name in ("title", "author", "publisher", "issued", "type")},
        )

    def add_refusal(self, error: DomainError) -> None:
        """Show the action's refusal at the field it names, keeping all that was typed."""
        self.refused = error.code
        name = FIELDS.get(error.field, error.field.removeprefix("content."))
        if name.startswith("tags."):
            name = "tags"  # one field for all
        shown = name in self.fields and not self[name].is_hidden
        self.add_error(name if shown else None, error.sentence)


class AnnotationForm(ContentForm):
    """The composer for a paragraph, its words, or a reply.

    `place` is one of the `candidates` that were offered for the words `asked`; for other words it
    counts for nothing. `terms` say which kinds the round takes, who may be chosen to read it, and
    whether it can still be posted.
    """

    sentence = forms.ChoiceField(label="A sentence", required=False, widget=forms.RadioSelect)
    exact = forms.CharField(
        label="Exact words",
        required=False,
        help_text="Type or paste them as they stand in the paragraph.",
    )
    place = forms.ChoiceField(label="Which place?", required=False, widget=forms.RadioSelect)
    asked = forms.CharField(required=False)
    through = forms.ChoiceField(label="Through paragraph", required=False)
    audience = forms.ChoiceField(
        label="Who may read it", choices=[], required=False, widget=forms.RadioSelect
    )
    spans = forms.CharField(required=False, widget=forms.HiddenInput)
    submission_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        assignment: Assignment,
        actor: User,
        paragraph: Paragraph | None = None,
        parent: Annotation | None = None,
        **kwargs: Any,
    ) -> None:
        self.terms = terms_of(assignment, actor, parent)
        initial = {"submission_key": uuid7(), "kind": Kind.COMMENT, **kwargs.pop("initial", {})}
        if initial["kind"] not in self.terms.kinds:
            initial["kind"] = next(kind for kind in Kind if kind in self.terms.kinds)
        if parent:
            self.UNNAMED = "What I reply to"
        super().__init__(
            *args,
            assignment=assignment,
            actor=actor,
            paragraphs=[paragraph] if paragraph else [],
            initial=initial,
            **kwargs,
        )
        self.paragraph = paragraph
        self.parent = parent
        self.candidates: list[Place] = []
        self.selected: list[Selected] = []
        self.is_too_late = self.terms.is_closed
        self._set_audience()
        self._set_targets()

    @property
    def takes_late(self) -> bool:
        """Whether it may be sent to staff as late, now that it cannot be posted."""
        return self.is_too_late and self.terms.takes_late

    @property
    def sentences(self) -> list[Sentence]:
        """The paragraph's sentences to choose from; none where there is only one."""
        if self.paragraph is None:
            return []
        text = self.paragraph.text
        spans = selectors.sentences(text)
        return [Sentence(f"{s.start}-{s.end}", text[s.start : s.end]) for s in spans]

    @property
    def quoted(self) -> str:
        """The words that it is about, as they are chosen now; "" for whole paragraphs."""
        chosen = str(self["sentence"].value() or "")
        if chosen == SELECTED:
            return " … ".join(one.exact for one in self.selected)
        return next((one.text for one in self.sentences if one.value == chosen), "")

    def content(self, **more: Any) -> Content:
        """As `ContentForm.content`, with the audience that was chosen."""
        if self.parent:
            return super().content(**more)
        audience, _, group = self.cleaned_data["audience"].partition(":")
        return super().content(audience=audience, group_id=UUID(group) if group else None, **more)

    def targets(self) -> list[Target]:
        """Where it is to sit: the place chosen, else the words, else the sentence, else paragraphs."""
        if self.paragraph is None:
            return []
        given = self.cleaned_data
        place = given["place"] if given["exact"] == given["asked"] else ""
        chosen = place or ("" if given["exact"] else given["sentence"])
        if chosen == SELECTED:
            return [
                self._target(one.paragraph, start=one.start, end=one.end) for one in self.selected
            ]
        if chosen:
            start, end = (int(part) for part in chosen.split("-"))
            return [self._target(self.paragraph, start=start, end=end)]
        if given["exact"]:
            return [self._target(self.paragraph, quote=given["exact"])]
        last = int(given["through"] or self.paragraph.number or 0)
        following = self.paragraph.revision.paragraphs.filter(
            number__gt=self.paragraph.number, number__lte=last
        )
        return [self._target(one) for one in (self.paragraph, *following)]

    def add_refusal(self, error: DomainError) -> None:
        """As `ContentForm.add_refusal`; places of repeated or similar words are offered to choose."""
        super().add_refusal(error)
        self.is_too_late = self.is_too_late or error.code == "closed"
        places = error.extra.get("places") or [error.extra.get("candidate")]
        self.candidates = [
            Place(f"{one['start']}-{one['end']}", one["prefix"], one["exact"], one["suffix"])
            for one in places
            if one
        ]

    def begin_another(self) -> None:
        """What is shown again is no more what was posted: sent once more, it is another."""
        self._take("submission_key", uuid7())

    @staticmethod
    def _target(paragraph: Paragraph, **members: Any) -> Target:
        return Target(paragraph_id=paragraph.pk, field="target", **members)

    def _set_targets(self) -> None:
        if self.paragraph is None:
            return
        self.selected = _selected(self.paragraph.revision, str(self["spans"].value() or ""))
        self.fields["sentence"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", "The whole paragraph"),
            *([(SELECTED, "The words you selected")] if self.selected else []),
            *((one.value, one.text) for one in self.sentences),
        ]
        given = self.data.get("place", "")
        if _OFFSETS.fullmatch(given):
            self.fields["place"].choices = [("", ""), (given, given)]  # type: ignore[attr-defined]  # a ChoiceField
        numbers = self.paragraph.revision.paragraphs.filter(number__gte=self.paragraph.number)
        self.fields["through"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("" if number == self.paragraph.number else number, f"{number}")
            for number in numbers.order_by("number").values_list("number", flat=True)[:20]
        ]

    def _set_audience(self) -> None:
        if self.parent:  # a reply is read by whoever reads its thread
            del self.fields["audience"]
            return
        self.fields["audience"].choices = [(one.value, one.label) for one in self.terms.audiences]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["audience"].initial = Audience.SEMINAR


class AudienceForm(forms.Form):
    """Who is to read an annotation from now on, and the version that was looked at."""

    audience = forms.ChoiceField(label="Who may read it", widget=forms.RadioSelect)
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: list[AudienceChoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = [(one.value, one.label) for one in choices]  # type: ignore[attr-defined]  # a ChoiceField

    def chosen(self) -> tuple[str, UUID | None]:
        """The audience, and the group of it."""
        audience, _, group = self.cleaned_data["audience"].partition(":")
        return audience, UUID(group) if group else None


class WordsForm(forms.Form):
    """Words of one paragraph to stand on: a sentence, words typed as they stand there, or all of it.

    `place` is one of the `candidates` that were offered for the words `asked`; for other words it
    counts for nothing.
    """

    sentence = forms.ChoiceField(label="A sentence", required=False, widget=forms.RadioSelect)
    exact = forms.CharField(label="The exact words", required=False)
    place = forms.CharField(required=False)
    asked = forms.CharField(required=False)
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, text: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text = text
        self.candidates: list[Place] = []
        self.span: selectors.Span | None = None
        self.sentences = [
            Sentence(f"{span.start}-{span.end}", text[span.start : span.end])
            for span in selectors.sentences(text)
        ]
        self.fields["sentence"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", "The whole paragraph"),
            *((one.value, one.text) for one in self.sentences),
        ]

    def clean(self) -> dict[str, Any]:
        """Find the words; `span` is None for the whole paragraph."""
        given = self.cleaned_data
        exact = given.get("exact", "")
        place = given.get("place", "") if exact == given.get("asked") else ""
        if place or (given.get("sentence") and not exact):
            self.span = self._chosen(place or given["sentence"])
        elif exact:
            self._find(exact)
        return given

    def add_refusal(self, error: DomainError) -> None:
        """Show the action's refusal, at the words when it is about them.

        Raises it again when it is about what may not be known of or done.
        """
        if error.status in {403, 404, 410}:
            raise error
        self.add_error("exact" if error.field.startswith("target") else None, error.sentence)

    def _chosen(self, value: str) -> selectors.Span | None:
        start, end = (
            (int(part) for part in value.split("-")) if _OFFSETS.fullmatch(value) else (0, 0)
        )
        if start < end <= len(self.text) and selectors.grapheme_safe(self.text, start, end):
            return selectors.Span(start, end)
        self.add_error("exact", "These words lie outside the paragraph. Please choose again.")
        return None

    def _find(self, quote: str) -> None:
        found = selectors.places(self.text, quote)
        if len(found) == 1:
            self.span = found[0]
            return
        if found:
            sentence = f"These words stand {len(found)} times in the paragraph. Choose one of them."
        else:
            sentence = "These words do not stand in this paragraph."
            like = selectors.best_candidate(self.text, quote)
            found = [selectors.Span(like.start, like.end)] if like else []
        self.add_error("exact", sentence)
        self.candidates = [self._place(span) for span in found]

    def _place(self, span: selectors.Span) -> Place:
        words = selectors.select(self.text, span.start, span.end)
        return Place(f"{span.start}-{span.end}", words.prefix, words.exact, words.suffix)


class PublishForm(forms.Form):
    """The draft's version that was reviewed, and what to say about the revision."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    note = forms.CharField(
        label="What changed, in a line",
        required=False,
        max_length=500,
        help_text="Readers see it beside the number of the revision.",
    )


class DecisionForm(forms.Form):
    """What is decided about a note: the proposal, no place, or words of the block of that place."""

    choice = forms.ChoiceField(choices=[(one, one) for one in ("proposed", "orphan", "by_hand")])
    block = forms.IntegerField(required=False, min_value=0, max_value=100_000)
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)


class EditForm(ContentForm):
    """The composer for what stands already; its place, thread and audience stay."""

    UNNAMED = "The same as now"

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    submission_key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid7)

    def add_refusal(self, error: DomainError) -> None:
        """As `ContentForm.add_refusal`; told of a newer version, one saves over that."""
        super().add_refusal(error)
        if error.code == "stale_version":
            self._take("version", error.extra["current_version"])

    @staticmethod
    def initial_of(annotation: Annotation) -> dict[str, Any]:
        """The annotation as the form shows it."""
        passage = annotation.passage
        initial: dict[str, Any] = {
            "kind": annotation.kind,
            "body": annotation.body,
            "attacks": annotation.attacks or Attacks.UNSPECIFIED,
            "counterclaim": annotation.counterclaim,
            "scope": scope_of(annotation),
            "stance": annotation.stance,
            "warrant": annotation.warrant,
            "tags": ", ".join(annotation.tags),
            "version": annotation.version,
        }
        if passage:
            csl = passage.source.csl
            initial |= {
                "link": passage.source.doi or passage.source.url,
                "title": csl.get("title", ""),
                "publisher": csl.get("publisher") or csl.get("container-title", ""),
                "author": "; ".join(_name(one) for one in csl.get("author", [])),
                "issued": _date(csl.get("issued", {})),
                "type": csl.get("type", "") if csl.get("type") in TYPES else "",
                "cited": passage.quote,
                "locator": passage.locator,
            }
        return initial


def _name(csl: dict[str, str]) -> str:
    return csl.get("literal") or f"{csl.get('family', '')}, {csl.get('given', '')}".strip(", ")


def _date(csl: dict[str, Any]) -> str:
    parts = (csl.get("date-parts") or [[]])[0]
    return "-".join(f"{part:02}" for part in parts)
