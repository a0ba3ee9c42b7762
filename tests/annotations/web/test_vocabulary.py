"""Our words, served as SKOS and as a page; each stands beside a word of the W3C's."""

import re

import pytest
from pyld import jsonld

from annotations.web import model
from annotations.web.turtle import to_turtle
from annotations.web.vocabulary import CONCEPTS, PROPERTIES, term, to_graph
from tests.annotations.web.expanding import same_statements
from tests.annotations.web.wires import BASE, EVERY

SKOS = "http://www.w3.org/2004/02/skos/core#"
OA = "http://www.w3.org/ns/oa#"


def nodes():
    return {one["@id"]: one for one in jsonld.expand(to_graph(BASE))}


@pytest.mark.parametrize("one", CONCEPTS, ids=[one.name for one in CONCEPTS])
def test_concept_has_label_meaning_and_scheme(one):
    node = nodes()[term(BASE, one.name)]

    assert node[f"{SKOS}prefLabel"] == [{"@value": one.label, "@language": "en"}]
    assert node[f"{SKOS}definition"][0]["@value"].endswith(".")
    assert node[f"{SKOS}inScheme"] == [{"@id": f"{BASE}/ns/"}]
    assert f"{SKOS}Concept" in node["@type"]


@pytest.mark.parametrize("kind", model.MOTIVATIONS)
def test_motivation_of_each_kind_leads_to_a_standard_one(kind):
    standard, own = model.MOTIVATIONS[kind]
    node = nodes()[term(BASE, own or standard)]

    relation = f"{SKOS}broader" if own else f"{SKOS}exactMatch"
    assert f"{OA}Motivation" in node["@type"]
    assert node[relation] == [{"@id": f"{OA}{standard}"}]


def test_broader_words_of_ours_exist():
    known = nodes()

    for one in CONCEPTS:
        if one.broader and ":" not in one.broader:
            assert term(BASE, one.broader) in known


def test_every_word_that_annotations_use_is_explained():
    used = set()
    for wire in EVERY.values():
        used |= set(re.findall(rf"{BASE}/ns/#(\w+)", str(model.to_web(wire, base=BASE))))

    known = {one.name for one in (*CONCEPTS, *PROPERTIES)}
    assert used <= known
    assert {"countering", "undercutting", "anchorOrphaned", "bearsOn"} <= used


def test_turtle_says_the_same():
    graph = to_graph(BASE)

    assert same_statements(graph, to_turtle(graph))


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "text/html; charset=utf-8"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/json"),
        ("text/turtle, application/ld+json;q=0.5", "text/turtle; charset=utf-8"),
        ("application/rdf+xml", "text/html; charset=utf-8"),
    ],
)
def test_vocabulary_is_given_in_the_form_that_is_asked_for(accept, media_type, client, db):
    response = client.get("/ns/", headers={"Accept": accept} if accept else {})

    assert (response.status_code, response["Content-Type"]) == (200, media_type)
    assert "Accept" in [one.strip() for one in response["Vary"].split(",")]
    assert "http://testserver/ns/#countering" in response.content.decode()


def test_page_has_a_place_for_each_word(client, db):
    html = client.get("/ns/").content.decode()

    ids = re.findall(r'<dt id="(\w+)"', html)
    assert ids == [one.name for one in (*CONCEPTS, *PROPERTIES)]
    assert f'<a href="{OA}linking"><code>{OA}linking</code></a>' in html
    assert '<a href="http://testserver/ns/#countering">' in html
