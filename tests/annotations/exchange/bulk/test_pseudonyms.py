"""People without their names."""

import json

import pytest

from annotations.exchange.bulk.pseudonyms import Pseudonyms

ADA = "0198c2f4-3d52-7c1e-a0b7-5f0f6d1c2a34"
HERON = "0198c2f4-3d52-7c1e-a0b7-5f0f6d1c2a35"
ONE_NAME = "0198c2f4-3d52-7c1e-a0b7-5f0f6d1c2a36"
PEOPLE = [
    (ADA, ("Ada O'Hara-Lovelace", "ada_l", "ada@example.org")),
    (HERON, ("Grey Heron",)),
    (ONE_NAME, ("Will",)),
]


@pytest.fixture
def project():
    return Pseudonyms("water", PEOPLE)


@pytest.mark.parametrize(
    "text",
    [
        "@Ada O'Hara-Lovelace, see",
        "as ADA O'HARA-LOVELACE said",
        "@ada_l said",
        "write to ada@example.org.",
        "I am with Lovelace here",
        "__Ada__ and (O'Hara)",
        f"/people/{ADA}/",
        "Ada\nO'Hara-Lovelace",
        "@Ada_L",
    ],
)
def test_name_is_replaced_wherever_it_stands(text, project):
    hidden = project.words(text)

    assert project.name(ADA) in hidden
    for name in ("ada", "hara", "lovelace", ADA):
        assert name not in hidden.lower().replace(project.name(ADA).lower(), "")


@pytest.mark.parametrize(
    "text", ["Adamant people", "that will do", "the heron flew", "Lovelaces", "grey", ""]
)
def test_words_that_only_look_like_a_part_of_a_name_stay(text, project):
    assert project.words(text, parts=False) == text.replace("will", project.name(ONE_NAME))


def test_single_parts_are_replaced_as_they_are_written(project):
    assert project.words("heron and Heron") == f"heron and {project.name(HERON)}"


def test_pseudonym_is_the_same_within_a_project_and_another_elsewhere(project):
    again, other = Pseudonyms("water", []), Pseudonyms("rivers", [])

    assert again.id(ADA) == project.id(ADA) != other.id(ADA)
    assert project.name(ADA) == f"P-{project.id(ADA)[:8]}"
    assert project.id(ADA) != project.id(HERON)
    assert project.id(ADA)[14] == "8"


def test_pseudonym_depends_on_the_site(project, settings):
    settings.SECRET_KEY = "another one"

    assert Pseudonyms("water", []).id(ADA) != project.id(ADA)


def test_annotation_keeps_the_words_of_the_essay_and_of_others(project):
    wire = {
        "author": {"id": ADA, "name": "Ada O'Hara-Lovelace", "is_alias": False},
        "body": "@Grey Heron is right, says Ada.",
        "body_html": "<p>@Grey Heron is right, says Ada.</p>",
        "tags": ["for Ada"],
        "status_reason": None,
        "anchors": [{"exact": "Heron"}],
        "counterargument": {"attacks": "step", "counterclaim": "Ada errs.", "claim": None},
        "concession": None,
        "evidence": {
            "warrant": "Ada read it.",
            "quote": "Heron said so.",
            "locator": "",
            "source": {"csl": {"author": [{"literal": "Grey Heron"}]}},
        },
    }

    told = project.annotation(wire)

    ada, heron = project.name(ADA), project.name(HERON)
    assert told["author"] == {"id": project.id(ADA), "name": ada, "is_alias": True}
    assert told["body"] == f"@{heron} is right, says {ada}."
    assert told["body_html"].strip() == f"<p>@{heron} is right, says {ada}.</p>"
    assert told["tags"] == [f"for {ada}"]
    assert told["counterargument"]["counterclaim"] == f"{ada} errs."
    assert told["evidence"]["warrant"] == f"{ada} read it."
    assert told["evidence"]["quote"] == "Heron said so."
    assert "Grey" not in json.dumps(told["evidence"])
    assert told["anchors"] == wire["anchors"]
