"""A small debate about the first paragraph of an essay."""

import pytest

from annotations.actions import Content, SourceInput, Target, create_annotation
from annotations.enums import Attacks, Kind, Stance
from tests.factories.argument import ClaimAnchorFactory, ClaimFactory, InferenceFactory
from tests.factories.assignments import paragraph_of


@pytest.fixture
def thesis(assignment):
    claim = ClaimFactory(assignment=assignment, text="Talks should reopen.", is_thesis=True)
    ClaimAnchorFactory(claim=claim)
    return claim


@pytest.fixture
def reason(assignment, thesis):
    """A claim of the essay that supports the thesis, and that step."""
    claim = ClaimFactory(assignment=assignment, text="Talks cut the risk.")
    return InferenceFactory(conclusion=thesis, premises=[claim], scheme="Practical Reasoning")


@pytest.fixture
def say(assignment, student):
    """Posts an annotation on the first paragraph, or a reply, as a person does."""

    def post(kind, *, actor=student, parent=None, **content):
        targets = [] if parent else [Target(paragraph_id=paragraph_of(assignment).pk)]
        return create_annotation(
            actor=actor,
            assignment_id=assignment.pk,
            content=Content(kind=kind, **content),
            targets=targets,
            parent_id=parent.pk if parent else None,
        )

    return post


@pytest.fixture
def counter(say):
    def post(body="Calm came by itself.", **rest):
        rest = {"attacks": Attacks.CONCLUSION, **rest}
        return say(Kind.COUNTERARGUMENT, body=body, **rest)

    return post


@pytest.fixture
def evidence(say):
    def post(**rest):
        given = {
            "stance": Stance.SUPPORTS,
            "warrant": "It measured what is claimed.",
            "quote": "Risk fell by a third.",
            "locator": "p. 7",
            "source": SourceInput(
                link="https://example.org/risk", title="Risk", author="Li, Ann", issued="2019"
            ),
        }
        return say(Kind.EVIDENCE, body="", **(given | rest))

    return post
