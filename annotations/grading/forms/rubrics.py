"""What an instructor types about a rubric: criteria with their levels, added and moved by buttons."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django import forms

from annotations.grading.actions.rubrics import (
    DESCRIPTION_LENGTH,
    LEVEL_TITLE_LENGTH,
    MOST_CRITERIA,
    MOST_LEVELS,
    NOTE_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
)
from annotations.grading.enums import CriterionKind, CriterionTag
from annotations.grading.formats.content import (
    WITH_LEVELS,
    CriterionContent,
    LevelContent,
    RubricContent,
    number,
)
from debate.core.forms import (
    RowForm,
    Rows,
    add_row,
    count_rows,
    count_sent,
    move_row,
    remaining,
    show_refusal,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from debate.core.errors import DomainError
    from debate.seminars.models import Seminar

_ACT = re.compile(
    r"(add|add-level-(?P<to>\d{1,2})"
    r"|(?P<how>remove|undo|up|down)-(?P<criterion>\d{1,2})(-(?P<level>\d{1,2}))?)",
    re.ASCII,
)
NEW_LEVELS = 3
UPLOAD_LIMIT = 1_000_000


def _points(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )


def _text(label: str, limit: int, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=limit,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class KeyedForm(RowForm):
    """A row of the editor, which is the same as the row of its key in other versions."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def is_bare(self) -> bool:
        """Whether nothing that counts was typed into it."""
        told = self.typed()
        return not any(str(told[name] or "").strip() for name in ("title", "points"))


class LevelForm(KeyedForm):
    """One level or check."""

    title = forms.CharField(label="Level", required=False, max_length=LEVEL_TITLE_LENGTH)
    points = _points("Points")
    description = _text("What it takes", DESCRIPTION_LENGTH)

    def clean(self) -> dict[str, Any]:
        """A level says how many points it gives."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("points") is None and "points" not in self.errors:
            self.add_error("points", "Give a number.")
        return cleaned

    def content(self) -> LevelContent:
        """The valid row as a value."""
        cleaned = self.cleaned_data
        return LevelContent(
            key=cleaned["key"],
            title=cleaned["title"],
            points=cleaned["points"],
            description=cleaned["description"],
        )


class CriterionForm(KeyedForm):
    """One criterion."""

    title = forms.CharField(label="Criterion", required=False, max_length=TITLE_LENGTH)
    kind = forms.ChoiceField(label="How it gives points", choices=CriterionKind.choices)
    points = _points("At most")
    weight = _points("Weight")
    tag = forms.ChoiceField(
        label="Part of the argument",
        required=False,
        choices=[("", "None"), *CriterionTag.choices],
        help_text="Facts of that part stand beside it when works are marked.",
    )
    student_text = _text("For students", TEXT_LENGTH)
    marker_text = _text("For markers alone", TEXT_LENGTH)
    requires_citation = forms.BooleanField(
        label="A mark has to cite a contribution", required=False
    )

    places: list[LevelForm]

    @property
    def levels(self) -> list[LevelForm]:
        """Its levels but for those that were removed."""
        return remaining(self.places)

    @property
    def may_add_level(self) -> bool:
        """Whether there is room for one more level."""
        return len(self.levels) < MOST_LEVELS

    @property
    def has_levels(self) -> bool:
        """Whether its kind has levels or checks."""
        return self["kind"].value() in WITH_LEVELS

    def kept(self) -> list[LevelForm]:
        """The levels that count: of a kind that has some, and not left blank."""
        return [one for one in self.levels if not one.is_bare()] if self.has_levels else []

    def content(self) -> CriterionContent:
        """The valid row with its levels as a value."""
        cleaned = self.cleaned_data
        weight = cleaned["weight"]
        return CriterionContent(
            key=cleaned["key"],
            title=cleaned["title"],
            kind=cleaned["kind"],
            tag=cleaned["tag"],
            points=cleaned["points"] or Decimal(0),
            weight=Decimal(1) if weight is None else weight,
            student_text=cleaned["student_text"],
            marker_text=cleaned["marker_text"],
            requires_citation=cleaned["requires_citation"],
            levels=tuple(one.content() for one in self.kept()),
        )


class RubricForm(forms.Form):
    """A rubric: its title, its criteria (`rows`), and a word on what has changed."""

    title = forms.CharField(label="Title", required=False, max_length=TITLE_LENGTH)
    note = forms.CharField(
        label="What has changed, and why",
        required=False,
        max_length=NOTE_LENGTH,
        help_text="It stands beside this version.",
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, initial: dict[str, Any] | None = None, rows: Rows | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        if data is None:
            self.places = [self._shown(index, row) for index, row in enumerate(rows or [])]
        else:
            count = count_sent(data.get("criteria", ""), MOST_CRITERIA)
            self.places = [self._bound(index) for index in range(count)]
        count_rows(self.places)
        for one in self.places:
            count_rows(one.places)

    @property
    def rows(self) -> list[CriterionForm]:
        """Its criteria but for those that were removed."""
        return remaining(self.places)

    def _bound(self, index: int) -> CriterionForm:
        prefix = f"c{index}"
        form = CriterionForm(self.data, prefix=prefix)
        count = count_sent(self.data.get(f"{prefix}-levels", ""), MOST_LEVELS)
        form.places = [LevelForm(self.data, prefix=f"{prefix}-l{one}") for one in range(count)]
        return form

    @staticmethod
    def _shown(index: int, row: dict[str, Any]) -> CriterionForm:
        prefix = f"c{index}"
        form = CriterionForm(prefix=prefix, initial=row)
        form.places = [
            LevelForm(prefix=f"{prefix}-l{one}", initial=level)
            for one, level in enumerate(row.get("levels", []))
        ]
        return form

    @property
    def may_add(self) -> bool:
        """Whether there is room for one more criterion."""
        return len(self.rows) < MOST_CRITERIA

    def _every(self) -> Iterator[forms.Form]:
        for row in self.rows:
            yield row
            yield from row.kept()

    @property
    def has_errors(self) -> bool:
        """Whether something of it or of its rows was refused."""
        return self.is_bound and bool(
            self.errors or any(one.is_bound and one.errors for one in self._every())
        )

    def is_valid(self) -> bool:
        """Whether all of it can be taken as it is written."""
        parts = [super().is_valid(), *[one.is_valid() for one in self._every()]]
        return all(parts)

    def content(self) -> RubricContent:
        """The valid rows as a value."""
        return RubricContent(criteria=tuple(row.content() for row in self.rows))

    def refuse(self, error: DomainError) -> None:
        """Show an action's refusal at the row and field that it names."""
        place = error.field.split(".")
        if place[0] != "criteria" or len(place) == 1:
            return show_refusal(self, error)
        form: forms.Form = self.rows[int(place[1])]
        rest = place[2:]
        if rest[:1] == ["levels"] and len(rest) > 1 and isinstance(form, CriterionForm):
            form, rest = form.kept()[int(rest[1])], rest[2:]
        error.field = rest[0] if rest and rest[0] in form.fields else ""
        return show_refusal(form, error)

    # -- rows added, removed or moved, with everything typed kept ----------------------------------

    @property
    def is_rearranged(self) -> bool:
        """Whether a button was pressed that changes the rows, and saves nothing."""
        return self.is_bound and _ACT.fullmatch(self.data.get("act", "")) is not None

    def rearranged(self) -> Self:
        """The form with the rows as they were asked for, and what was typed; nothing is judged."""
        rows = [
            row.typed() | {"levels": [one.typed() for one in row.places]} for row in self.places
        ]
        found = _ACT.fullmatch(self.data.get("act", ""))
        if found:
            _rearrange(rows, found)
        initial = {name: self.data.get(name, "") for name in self.fields}
        return type(self)(initial=initial, rows=rows)


def _rearrange(rows: Rows, act: re.Match[str]) -> None:
    if act["to"]:
        if int(act["to"]) < len(rows):
            add_row(rows[int(act["to"])]["levels"], {}, MOST_LEVELS)
    elif act["how"]:
        index = int(act["criterion"])
        if act["level"] is None:
            move_row(rows, index, act["how"])
        elif index < len(rows):
            move_row(rows[index]["levels"], int(act["level"]), act["how"])
    else:
        add_row(rows, new_row(), MOST_CRITERIA)


def new_row() -> dict[str, Any]:
    """A criterion to be filled in, with a few levels."""
    levels = [{"points": points} for points in range(NEW_LEVELS)]
    return {"kind": CriterionKind.LEVELS, "weight": "1", "levels": levels}


def rows_of(content: RubricContent) -> Rows:
    """The first state of the rows for what a rubric says."""
    return [
        {
            "key": one.key,
            "title": one.title,
            "kind": one.kind,
            "points": "" if one.kind in WITH_LEVELS else number(one.most),
            "weight": number(one.weight),
            "tag": one.tag,
            "student_text": one.student_text,
            "marker_text": one.marker_text,
            "requires_citation": one.requires_citation,
            "levels": [
                {
                    "key": level.key,
                    "title": level.title,
                    "points": number(level.points),
                    "description": level.description,
                }
                for level in one.levels
            ],
        }
        for one in content.criteria
    ]


class WhereForm(forms.Form):
    """Where a rubric goes: the own library, or a seminar in which one is instructor."""

    title = forms.CharField(label="Title", required=False, max_length=TITLE_LENGTH)
    where = forms.ChoiceField(label="Where", widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, seminars: Sequence[Seminar], **more: Any) -> None:
        super().__init__(data, **more)
        self.seminars = {str(one.pk): one for one in seminars}
        choices = [("", "Your library"), *[(pk, one.title) for pk, one in self.seminars.items()]]
        self.fields["where"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField
        self.fields["where"].required = False

    @property
    def seminar(self) -> Seminar | None:
        """The chosen seminar; None for the library."""
        return self.seminars.get(self.cleaned_data["where"])


class ImportForm(WhereForm):
    """A file to read a rubric from, or its text."""

    file = forms.FileField(label="File", required=False)
    text = forms.CharField(
        label="Or its text", required=False, widget=forms.Textarea(attrs={"rows": 6})
    )

    def clean(self) -> dict[str, Any]:
        """The text, of the file where one is given."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        given = cleaned.get("file")
        if given is not None and given.size > UPLOAD_LIMIT:
            self.add_error("file", "A rubric's file has at most 1 MB.")
        elif given is not None:
            try:
                cleaned["text"] = given.read().decode("utf-8")
            except UnicodeDecodeError:
                self.add_error("file", "This file is not written in UTF-8.")
        elif not cleaned.get("text", "").strip():
            self.add_error("file", "Choose a file, or paste its text.")
        return cleaned


class MoveForm(forms.Form):
    """One assignment taken to a version of its rubric."""

    assignment = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="Why", required=False, max_length=1000)

    def assignment_id(self) -> UUID:
        """The assignment that is meant."""
        found: UUID = self.cleaned_data["assignment"]
        return found
