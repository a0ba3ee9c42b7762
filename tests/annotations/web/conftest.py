"""One annotation of a student in the container of the assignment, and documents that clients send."""

import json

import pytest

from annotations.actions import Content, Target, create_annotation

LD = "application/ld+json"


@pytest.fixture
def container(assignment):
    """The address of the assignment's container."""
    return f"/wa/assignments/{assignment.pk}/"


@pytest.fixture
def noted(assignment, paragraphs, student):
    """A comment of `student` on the word "Fairness" of the first paragraph."""
    return create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(kind="comment", body="Says *who*?", tags=("tone",)),
        targets=[Target(paragraph_id=paragraphs[0].pk, quote="Fairness")],
    )


@pytest.fixture
def source(paragraphs):
    """The address of the first paragraph, as a target names it."""
    return f"http://testserver/api/v1/paragraphs/{paragraphs[0].pk}/"


@pytest.fixture
def least(source):
    """The least that can be posted: a text about words of the first paragraph."""
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "type": "Annotation",
        "body": {"type": "TextualBody", "value": "I doubt it."},
        "target": {
            "source": source,
            "selector": {"type": "TextQuoteSelector", "exact": "Fairness"},
        },
    }


@pytest.fixture
def send():
    """`send(client, method, address, document, **headers)`: as JSON-LD."""

    def send_to(client, method, address, document, *, content_type=LD, **headers):
        body = document if isinstance(document, (str, bytes)) else json.dumps(document)
        return client.generic(method, address, body, content_type=content_type, headers=headers)

    return send_to
