"""Pasted references of either kind, told apart by how they begin."""

from __future__ import annotations

import re

from annotations.bibliography.bibtex import read_bibtex
from annotations.bibliography.references import Fault, Reading
from annotations.bibliography.ris import read_ris


def read_references(text: str) -> Reading:
    """The works of a paste in BibTeX, where there is an @entry at the beginning of a line, or RIS.

    What is neither is a fault; nothing is nothing.
    """
    if not text.strip():
        return Reading()
    if re.search(r"^[ \t\ufeff]*TY {1,2}-", text, re.MULTILINE):
        return read_ris(text)
    if re.search(r"^[ \t\ufeff]*@\w+[ \t]*[{(]", text, re.MULTILINE):
        return read_bibtex(text)
    sentence = (
        "This is neither BibTeX, which has lines like “@book{key,”, nor RIS, with “TY  - BOOK”."
    )
    return Reading(faults=(Fault("", 1, sentence),))
