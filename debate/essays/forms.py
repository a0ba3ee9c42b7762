"""What people type to bring an essay in, and to correct what was read."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from debate.core.errors import Invalid
from debate.essays.actions import Head
from debate.essays.enums import ParagraphKind
from debate.essays.importing import edits
from debate.essays.importing.blocks import BYTES_UPLOADED
from debate.essays.queries import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from debate.core.errors import DomainError
    from debate.essays.importing.blocks import Draft
    from debate.essays.models import ImportDraft

MIB = 1024 * 1024
TOO_LARGE = (
    f"This is larger than {BYTES_UPLOADED // MIB} MiB. "
    "Please take images out or import a part of it."
)


class ImportForm(forms.Form):
    """An essay pasted or uploaded. `html` is the clipboard's HTML, filled in by a script."""

    text = forms.CharField(
        label="Paste the essay", required=False, strip=False, widget=forms.Textarea
    )
    html = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    media_type = forms.ChoiceField(
        label="What is it?",
        required=False,
        choices=[
            ("", "Find out by itself"),
            ("text/markdown", "Markdown"),
            ("text/html", "HTML"),
            ("text/plain", "Plain text"),
        ],
    )
    file = forms.FileField(label="Upload a file", required=False, allow_empty_file=True)
    source_url = forms.URLField(
        label="Where it was published",
        required=False,
        max_length=2_000,
        assume_scheme="https",
    )
    licence_note = forms.CharField(
        label="Licence",
        required=False,
        max_length=500,
        help_text="What allows the seminar to read it, such as “CC BY 4.0”.",
    )

    def clean(self) -> dict[str, Any]:
        """One of paste and file, neither larger than what is read."""
        cleaned = self.cleaned_data
        text, upload = cleaned.get("text", ""), cleaned.get("file")
        if upload and upload.size > BYTES_UPLOADED:
            self.add_error("file", TOO_LARGE)
        if len(text.encode(errors="replace")) > BYTES_UPLOADED:
            self.add_error("text", TOO_LARGE)
        if upload and text.strip():
            self.add_error("file", "Please give either the text or a file, not both.")
        if not upload and not text.strip() and not {"text", "file"} & set(self.errors):
            self.add_error("text", "Please paste the essay, or choose its file.")
        return cleaned

    def source(self) -> tuple[bytes, str, str]:
        """The bytes of what was given, the name of its file ("" for a paste), its media type."""
        cleaned = self.cleaned_data
        upload = cleaned["file"]
        if upload:
            return upload.read(), upload.name, upload.content_type or ""
        if cleaned["html"].strip() and cleaned["media_type"] in {"", "text/html"}:
            return cleaned["html"].encode(errors="replace"), "", "text/html"
        return cleaned["text"].encode(errors="replace"), "", cleaned["media_type"]


class HeadForm(forms.Form):
    """What stands above the essay, and where it comes from."""

    title = forms.CharField(label="Title", max_length=300)
    author = forms.CharField(label="Author", max_length=300, required=False)
    affiliation = forms.CharField(label="Affiliation", max_length=300, required=False)
    language = forms.CharField(label="Language", max_length=35, initial="en")
    source_url = forms.URLField(
        label="Where it was published", required=False, max_length=2_000, assume_scheme="https"
    )
    licence_note = forms.CharField(label="Licence", max_length=500, required=False)
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def given(self) -> dict[str, Any]:
        """The valid input as `change_head` and `finish_import` take it."""
        cleaned = dict(self.cleaned_data)
        head = {name: cleaned.pop(name) for name in ("title", "author", "affiliation", "language")}
        return {**cleaned, "head": Head(**head)}


def initial_of(kept: ImportDraft) -> dict[str, Any]:
    """The head's first state: what the importer found."""
    draft = kept.draft
    return {
        "title": draft.title,
        "author": draft.author,
        "affiliation": draft.affiliation,
        "language": draft.language,
        "source_url": kept.source_url,
        "licence_note": kept.licence_note,
        "version": kept.version,
    }


class VersionForm(forms.Form):
    """The version of the draft that a button was pressed on."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class GoOnForm(VersionForm):
    """The revision, by its number, that the draft is compared with from now on."""

    base = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class TextForm(VersionForm):
    """The whole text of a draft in one field, as `importing.markdown_writer` writes it."""

    text = forms.CharField(
        label="The whole text",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 30, "dir": "auto"}),
    )

    def clean_text(self) -> str:
        """No more than what is read."""
        text: str = self.cleaned_data["text"]
        if len(text.encode(errors="replace")) > BYTES_UPLOADED:
            raise forms.ValidationError(TOO_LARGE)
        return text


class ReplaceForm(VersionForm):
    """A file whose text takes the place of the draft's."""

    file = forms.FileField(label="The file", allow_empty_file=True)

    def clean_file(self) -> Any:
        """No more than what is read."""
        upload = self.cleaned_data["file"]
        if upload.size > BYTES_UPLOADED:
            raise forms.ValidationError(TOO_LARGE)
        return upload


def text_of(read: Draft) -> Callable[[Draft], Draft]:
    """A change of a draft, for `correct_import`: the text that was read, under the head there was."""

    def replaced(draft: Draft) -> Draft:
        remarks = list(read.remarks)
        if read.title and read.title != draft.title:
            remarks.append(f"The file's title, “{read.title}”, was not taken over.")
        return replace(draft, blocks=read.blocks, left_out=read.left_out, remarks=remarks)

    return replaced


class CorrectionForm(VersionForm):
    """One operation on one block of a draft, with that operation's own field."""

    OPERATIONS = ("merge", "split", "retype", "correct", "leave_out", "restore")
    OWN: ClassVar = {"split": ("at", "words"), "retype": ("kind",), "correct": ("text",)}

    block = forms.IntegerField(min_value=0, max_value=100_000)
    operation = forms.ChoiceField(choices=[(name, name) for name in OPERATIONS])
    at = forms.IntegerField(required=False, min_value=0, max_value=100_000)
    words = forms.CharField(required=False)
    kind = forms.ChoiceField(required=False, choices=ParagraphKind.choices)
    level = forms.IntegerField(required=False, min_value=1, max_value=6)
    text = forms.CharField(required=False, strip=False)

    def edit(self) -> Callable[[Draft], Draft]:
        """The valid input as a change of a draft, for `correct_import`."""
        cleaned = self.cleaned_data
        index = cleaned["block"]
        edit: Callable[[Draft], Draft] = {
            "merge": partial(edits.merge_with_next, index=index),
            "split": partial(_split, index=index, at=cleaned["at"], words=cleaned["words"]),
            "retype": partial(
                edits.retype, index=index, kind=cleaned["kind"], level=cleaned["level"]
            ),
            "correct": partial(edits.correct, index=index, text=cleaned["text"]),
            "leave_out": partial(edits.leave_out, index=index),
            "restore": partial(edits.restore, index=index),
        }[cleaned["operation"]]
        return edit

    def refusal(self, error: DomainError) -> Refusal:
        """Why the edit was not made, told at the field at fault, with what was typed for it."""
        cleaned = self.cleaned_data
        typed = {name: cleaned[name] for name in self.OWN.get(cleaned["operation"], ())}
        field = error.field
        if field == "offset":
            field = "words" if typed["words"] or typed["at"] is None else "at"
        return Refusal(
            cleaned["block"], error.sentence, field=field if field in typed else "", typed=typed
        )


def _split(draft: Draft, *, index: int, at: int | None, words: str) -> Draft:
    """Split the block before the words that were typed, else at the offset that was chosen."""
    if not words:
        return edits.split(draft, index, at or 0)
    text = draft.blocks[index].text if 0 <= index < len(draft.blocks) else ""
    places = text.count(words)
    if places != 1:
        found = "do not stand in it" if not places else f"stand in it {places} times"
        raise Invalid(
            f"These words {found}. Please type words that stand there once.", field="words"
        )
    return edits.split(draft, index, text.index(words))
