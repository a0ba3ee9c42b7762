"""The second pass over any reader's blocks: what each one is, and which belong together."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from debate.essays import inline
from debate.essays.importing import head, limits, patterns
from debate.essays.importing.blocks import (
    NUMBERED_KINDS,
    TABLE_ROW,
    Block,
    Draft,
    LeftOut,
    numbered,
    shortened,
)
from debate.essays.importing.errors import ImportRefused

_BOLD = re.compile(r"<strong>((?:(?!</?strong>).)*)</strong>")
_LEVEL_OF_BOLD: Final = 2
_EMPHASIS = re.compile(r"<em>.*?</em>")
_STOP_WORDS: Final = {
    "de": "der die und das nicht ist ein eine mit für den von",
    "en": "the of and to in is that for it with as are",
    "es": "el los las una que por con para como más pero del",
    "fr": "le les des une est que pour dans qui sur pas du",
    "it": "il che di per una non sono con della gli più",
    "nl": "het een van dat niet zijn voor met ook maar",
    "pt": "que não uma para com dos das mais como pela",
}
_SCRIPTS: Final = (
    ("ar", "\u0600", "\u06ff"),
    ("he", "\u0590", "\u05ff"),
    ("el", "\u0370", "\u03ff"),
)
_UKRAINIAN: Final = frozenset("іїєґ")
_WORDS_FOR_LANGUAGE: Final = 2_000


def assemble(draft: Draft) -> Draft:
    """The draft as a person would have set it.

    Markup in its canonical form, breaks, title, byline and closing notes found, paragraphs joined that a page
    break cut in two, the language guessed; each step that changed something leaves a remark. Raises
    ImportRefused when nothing is left to read or a limit is passed.
    """
    blocks = [_as_break(block) for block in _clean(draft.blocks)]
    if not any(block.kind != "break" and not block.left_out for block in blocks):
        raise ImportRefused(
            "empty", "There is no text here. Please paste the essay or choose its file."
        )
    blocks = _joined(_without_edge_breaks(_with_bold_headings(blocks)))
    found = head.find(blocks, title=draft.title, author=draft.author, affiliation=draft.affiliation)
    blocks = _with_closing_notes(found.blocks)
    limits.check_blocks(blocks)
    result = replace(
        draft,
        title=found.title,
        author=found.author,
        affiliation=found.affiliation,
        language=guess_language(" ".join(block.text for block in blocks)[:20_000]),
        blocks=blocks,
    )
    remarks = [*draft.remarks, *_join_remarks(result), *found.remarks]
    return replace(result, remarks=remarks, left_out=_merged(draft.left_out))


def _clean(blocks: Sequence[Block]) -> list[Block]:
    cleaned = [replace(block, html=inline.sanitise(block.html)) for block in blocks]
    return [block for block in cleaned if not inline.is_blank(block.text)]


def _as_break(block: Block) -> Block:
    if block.kind in {"body", "list_item"} and patterns.is_break(block.text):
        return replace(block, kind="break", html=inline.from_plain(block.text), label="")
    return block


def _with_bold_headings(blocks: list[Block]) -> list[Block]:
    """A short bold line above other text is a heading; a heading is bold without being told."""
    result = []
    for at, block in enumerate(blocks):
        bold = _BOLD.fullmatch(block.html)
        is_heading = block.kind == "heading" or (
            block.kind == "body"
            and at + 1 < len(blocks)
            and patterns.is_heading_like(block.text)
            and not block.left_out
        )
        if bold and is_heading:
            level = block.level or _LEVEL_OF_BOLD
            result.append(replace(block, kind="heading", html=bold[1], level=level))
        else:
            result.append(block)
    return result


def _without_edge_breaks(blocks: list[Block]) -> list[Block]:
    """A break before the first or after the last words divides nothing: it is proposed as left out."""
    speaking = [at for at, block in enumerate(blocks) if block.kind not in {"break", "note"}] or [0]
    return [
        replace(block, left_out=True, remark="A break at the edge of the essay.")
        if block.kind == "break" and not (speaking[0] < at < speaking[-1])
        else block
        for at, block in enumerate(blocks)
    ]


def _joined(blocks: list[Block]) -> list[Block]:
    groups: list[list[Block]] = []
    for block in blocks:
        if groups and _continues(groups[-1][-1], block):
            groups[-1].append(block)
        else:
            groups.append([block])
    return [_join(group) if len(group) > 1 else group[0] for group in groups]


def _continues(before: Block, block: Block) -> bool:
    return (
        before.kind == block.kind
        and block.kind in {"body", "quote"}
        and not before.left_out
        and not block.left_out
        and TABLE_ROW not in {before.remark, block.remark}
        and not patterns.ends_sentence(before.text)
        and patterns.starts_lower(block.text)
        and not patterns.byline_words(block.text)
    )


def _join(group: list[Block]) -> Block:
    tail = group[0].text[-30:].split(" ", 1)[-1]
    remark = f"Joined over a page break: “…{tail}” and “{shortened(group[1].text, 30)}”."
    html = inline.sanitise(" ".join(block.html for block in group))
    return replace(group[0], html=html, remark=remark)


def _join_remarks(draft: Draft) -> list[str]:
    return [
        f"Paragraph {number} was cut in two by a page break; its parts were joined."
        for number, block in zip(numbered(draft), draft.blocks, strict=True)
        if number and (block.remark.startswith("Joined over") or "page break ran" in block.remark)
    ]


def _with_closing_notes(blocks: list[Block]) -> list[Block]:
    """Paragraphs wholly in italics at the end, after some that are not, are notes about the essay."""
    result = list(blocks)
    candidates: list[int] = []
    for at in range(len(result) - 1, -1, -1):
        block = result[at]
        if block.left_out or block.kind in {"note", "break"}:
            continue
        if block.kind != "body" or not _is_italic(block.html):
            break
        candidates.append(at)
    if any(
        block.kind in NUMBERED_KINDS and not block.left_out
        for block in result[: min(candidates, default=0)]
    ):
        for at in candidates:
            result[at] = replace(result[at], kind="note")
    return result


def _is_italic(html: str) -> bool:
    rest = inline.plain(_EMPHASIS.sub("", html))
    return not any(character.isalnum() for character in rest)


def _merged(left_out: Sequence[LeftOut]) -> list[LeftOut]:
    counts: Counter[str] = Counter()
    samples: dict[str, str] = {}
    for item in left_out:
        counts[item.what] += item.count
        samples.setdefault(item.what, item.sample)
    return [LeftOut(what, count, samples[what]) for what, count in counts.items()]


def guess_language(text: str) -> str:
    """The language by its script, then by a few small words; ``en`` when neither tells."""
    for language, first, last in _SCRIPTS:
        if _share(text, first, last):
            return language
    if _share(text, "\u0400", "\u04ff"):
        return "uk" if _UKRAINIAN & set(text.lower()) else "ru"
    words = Counter(re.findall(r"[^\W\d_]+", text.lower())[:_WORDS_FOR_LANGUAGE])
    scores = {
        language: sum(words[word] for word in stop_words.split())
        for language, stop_words in _STOP_WORDS.items()
    }
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] > scores["en"] else "en"


def _share(text: str, first: str, last: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return 2 * sum(first <= character <= last for character in letters) > len(letters) > 0
