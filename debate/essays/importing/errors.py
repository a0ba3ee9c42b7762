"""What a person is told when an import or an edit of a draft cannot be done."""


class ImportRefused(Exception):
    """A paste or file that is not read.

    `code` is for programs, `sentence` tells the person what to do, `field` is ``text`` for a paste and
    ``file`` for an upload.
    """

    def __init__(self, code: str, sentence: str, field: str = "text") -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.field = field


def too_heavy() -> ImportRefused:
    """The refusal of what takes more time or memory than we give."""
    return ImportRefused(
        "too_heavy",
        "Reading this takes more time or memory than an essay needs. "
        "Please paste its text, or import a part of it.",
    )


class EditRefused(Exception):
    """An operation that does not fit the draft; `field` names the argument at fault."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence
