from __future__ import annotations

import pytest

from annotations.exchange.formats import argdown
from annotations.exchange.formats.document import (
    Claim,
    Document,
    Essay,
    Evidence,
    Inference,
    Place,
    Ref,
    Relation,
)


def test_argdown_holds_statements_steps_and_attacks():
    document = Document(
        title="Debate {1}",
        at="2026-11-20T10:00:00Z",
        essay=Essay("Talks", "A. Author"),
        claims=(
            Claim("a", "Talks help", type="policy", is_thesis=True, places=(Place("k", 3, 0, 10),)),
            Claim("b", "They cut risk"),
            Claim("c", "Calm came by itself"),
            Claim("d", "Talks reward aggression"),
        ),
        evidence=(Evidence("e", "b", "supports", "It says so.", "Risk\nfell.", "p. 3", "Li 2019"),),
        inferences=(
            Inference("i", "a", (Ref("claim", "b"), Ref("evidence", "e")), "Practical Reasoning"),
            Inference("j", "b", (Ref("claim", "c"),), "From: here", "because"),
        ),
        relations=(
            Relation("r", "rebuts", Ref("claim", "d"), Ref("claim", "a")),
            Relation("s", "undercuts", Ref("claim", "c"), Ref("inference", "i")),
            Relation("t", "undermines", Ref("claim", "d"), Ref("evidence", "e")),
        ),
    )

    assert (
        argdown.write(document).decode()
        == r"""===
title: "Debate \u007b1\u007d"
subTitle: "Talks"
author: "A. Author"
date: "2026-11-20T10:00:00Z"
model:
  mode: loose
===

# Claims

[C1]: Talks help {id: "a", type: "policy", thesis: true, para: 3, start: 0, end: 10}

[C2]: They cut risk {id: "b"}

[C3]: Calm came by itself {id: "c"}

[C4]: Talks reward aggression {id: "d"}

# Evidence

[E1]: Risk fell. {id: "e", cite: "Li 2019", locator: "p. 3", stance: "supports", warrant: "It says so."}

# Reasons

<S1> {id: "i", scheme: "Practical Reasoning"}

<S1>

(1) [C2]
(2) [E1]
-- Practical Reasoning --
(3) [C1]

<S2>: because {id: "j", scheme: "From: here", warrant: "because"}

<S2>

(1) [C3]
----
(2) [C2]

# Challenges

[C4]
  -> [C1]

[C1]
  -> [C4]

[C3]
  _> <S1>

[C4]
  -> [E1]
"""
    )


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Water costs $3, or so.", "Water costs $3, or so."),
        ("[a](b) <c> {d}", r"\[a\](b) \<c\> \{d\}"),
        ("#tag @me *x* _y_", r"\#tag \@me \*x\* \_y\_"),
        ("a // b /* c", r"a \/\/ b \/\* c"),
        ("back\\slash", r"back\\slash"),
        ("=== so", r"\=\=\= so"),
        ("the U.S.A. at 3.5 %", r"the U\.S\.A. at 3\.5 %"),
        ("a:b: c", r"a\:b: c"),
        ("two\nlines", "two lines"),
    ],
)
def test_argdown_text_with_markup_is_escaped(text, escaped):
    assert argdown.escaped(text) == escaped


def test_argdown_of_nothing_is_its_front_matter_and_a_blank_line():
    assert argdown.write(Document()).decode() == '===\ntitle: ""\nmodel:\n  mode: loose\n===\n'


def test_argdown_evidence_without_words_says_why_it_is_brought():
    document = Document(evidence=(Evidence("e", warrant="It says so"), Evidence("f", quote=" ")))

    lines = argdown.write(document).decode().split("\n\n")

    assert lines[-2:] == [
        '[E1]: It says so {id: "e", stance: "context", warrant: "It says so"}',
        '[E2]: … {id: "f", stance: "context"}\n',
    ]
