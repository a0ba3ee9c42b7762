"""Annotations as the API writes them, made by hand: for what is a function of them alone."""

BASE = "https://debate.example"
ASSIGNMENT = "00000000-0000-7000-8000-0000000000a1"
NOTE = "00000000-0000-7000-8000-0000000000b1"
PARENT = "00000000-0000-7000-8000-0000000000b0"
PARAGRAPH = "00000000-0000-7000-8000-0000000000c1"
PERSON = "00000000-0000-7000-8000-0000000000d1"
GROUP = "00000000-0000-7000-8000-0000000000e1"
CLAIM = "00000000-0000-7000-8000-0000000000f1"
SOURCE = "00000000-0000-7000-8000-0000000000f2"
CREATED = "2026-11-29T12:00:00.000000Z"
UPDATED = "2026-11-29T12:30:00.123456Z"


def anchor(**members):
    """Words of a paragraph."""
    return {
        "paragraph": PARAGRAPH, "key": PARAGRAPH, "number": 1, "revision": 2,
        "start": 4, "end": 13, "exact": "poor 🙂 pay", "prefix": "the ", "suffix": ", since",
        "state": "created", "confidence": 1.0, **members,
    }  # fmt: skip


WHOLE = {"start": None, "end": None, "exact": None, "prefix": "", "suffix": ""}


def wire(**members):
    """A comment on words, as everybody in the seminar reads it."""
    return {
        "id": NOTE, "kind": "comment", "status": "published", "status_reason": None,
        "audience": "seminar", "group": None, "round": ASSIGNMENT,
        "author": {"id": PERSON, "name": "Ann", "is_alias": False}, "assignment": ASSIGNMENT,
        "body": "Is this *so*?", "body_html": "<p>…</p>", "anchors": [anchor()], "parent": None,
        "root": None, "reply_count": 0, "is_answer": False, "is_unanswered": False,
        "is_late": False, "pinned_at": None, "locked_at": None, "tags": [], "version": 3,
        "created_at": CREATED, "updated_at": UPDATED,
        "html_url": f"{BASE}/annotations/{NOTE}/",
        "counterargument": None, "evidence": None, "support": None, "concession": None, **members,
    }  # fmt: skip


def work(**members):
    """A cited work."""
    return {
        "id": SOURCE, "title": "A “study”", "url": "https://doi.org/10.1000/182",
        "doi": "10.1000/182", "csl": {}, **members,
    }  # fmt: skip


EVIDENCE = {
    "stance": "attacks", "warrant": "It measured it.", "quote": "They “pay” less.",
    "locator": "p. 4", "claim": None, "source": work(),
}  # fmt: skip

# One of each kind and each state that an annotation can be in.
EVERY = {
    "comment": wire(),
    "tagged": wire(tags=["tone", "Fakten ✓"]),
    "question": wire(kind="question"),
    "support": wire(kind="support", support={"claim": CLAIM}),
    "counterargument": wire(
        kind="counterargument",
        counterargument={"attacks": "step", "counterclaim": "It does not follow.", "claim": CLAIM},
    ),
    "unspecified": wire(
        kind="counterargument",
        counterargument={"attacks": None, "counterclaim": "No.", "claim": None},
    ),
    "evidence": wire(kind="evidence", body="", evidence=EVIDENCE),
    "evidence without address": wire(
        kind="evidence",
        evidence={**EVIDENCE, "quote": "", "locator": "", "source": work(url="", doi="")},
    ),
    "concession": wire(kind="concession", concession={"scope": "for cities", "claim": CLAIM}),
    "reply": wire(parent=PARENT, root=PARENT, anchors=[], is_answer=True),
    "counter-reply": wire(
        kind="counterargument",
        parent=PARENT,
        root=PARENT,
        counterargument={"attacks": "reason", "counterclaim": "No.", "claim": None},
    ),
    "alias": wire(author={"id": PERSON, "name": "Quiet Heron", "is_alias": True}),
    "group": wire(audience="group", group=GROUP),
    "private": wire(audience="private", status="held"),
    "public": wire(audience="public"),
    "staff": wire(audience="staff"),
    "whole paragraph": wire(anchors=[anchor(**WHOLE)]),
    "several targets": wire(anchors=[anchor(), anchor(start=20, end=24, exact="more")]),
    "moved": wire(anchors=[anchor(state="edited", confidence=0.82)]),
    "orphaned": wire(
        anchors=[anchor(paragraph=None, key=None, number=None, start=None, end=None,
                        state="orphaned", confidence=0.0)]
    ),
    "orphaned paragraph": wire(
        anchors=[anchor(**WHOLE, paragraph=None, state="orphaned", confidence=0.0)]
    ),
    "of another revision": wire(anchors=[]),
    "withdrawn": wire(status="withdrawn"),
    "without words for its reader": wire(status="withdrawn", body=None, body_html=None),
}  # fmt: skip
