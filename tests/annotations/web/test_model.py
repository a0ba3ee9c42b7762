"""Our annotations in the Web Annotation Data Model; numbers are sections of that Recommendation."""

import pytest

from annotations.web.model import CONTEXT, Names, to_web
from annotations.web.reading import read
from tests.annotations.web.expanding import vanished
from tests.annotations.web.wires import (
    ASSIGNMENT,
    BASE,
    CLAIM,
    CREATED,
    EVERY,
    GROUP,
    NOTE,
    PARAGRAPH,
    PARENT,
    PERSON,
    SOURCE,
    UPDATED,
    wire,
)

CONTAINER = f"{BASE}/wa/assignments/{ASSIGNMENT}/"
NS = f"{BASE}/ns/#"
PAGE = f"{BASE}/seminars/water/prices/"


def shown(name, **options):
    return to_web(EVERY[name], base=BASE, **options)


def bodies(document):
    found = document.get("body", [])
    return found if isinstance(found, list) else [found]


def test_3_1_annotation_has_one_context_one_iri_and_its_type():
    found = shown("comment")

    assert (found["@context"], found["id"], found["type"]) == (
        CONTEXT,
        f"{CONTAINER}{NOTE}",
        "Annotation",
    )


@pytest.mark.parametrize("name", EVERY)
def test_3_1_every_annotation_has_a_target_and_never_a_body_value(name):
    found = shown(name)

    assert found["target"]
    assert "bodyValue" not in found
    assert all(value not in ("", [], None) for value in found.values())


@pytest.mark.parametrize("name", EVERY)
def test_no_member_vanishes_in_expansion(name):
    assert vanished(shown(name, page=PAGE, language="en")) == []


def test_3_3_1_times_are_those_of_the_annotation_and_end_in_z():
    found = shown("comment")

    assert (found["created"], found["modified"]) == (CREATED, UPDATED)


def test_3_2_4_body_is_markdown_with_its_purpose():
    assert bodies(shown("comment")) == [
        {
            "type": "TextualBody",
            "value": "Is this *so*?",
            "format": "text/markdown",
            "purpose": "commenting",
        }
    ]


def test_tags_are_bodies_of_their_own():
    assert [(one["value"], one["purpose"]) for one in bodies(shown("tagged"))[1:]] == [
        ("tone", "tagging"),
        ("Fakten ✓", "tagging"),
    ]


def test_4_2_words_are_quote_and_position_in_the_paragraph_of_one_revision():
    assert shown("comment", page=PAGE, language="en")["target"] == {
        "type": "SpecificResource",
        "source": {
            "id": f"{BASE}/api/v1/paragraphs/{PARAGRAPH}/",
            "type": "Text",
            "language": "en",
        },
        "scope": PAGE,
        "selector": [
            {
                "type": "TextQuoteSelector",
                "exact": "poor 🙂 pay",
                "prefix": "the ",
                "suffix": ", since",
            },
            {"type": "TextPositionSelector", "start": 4, "end": 13},
        ],
    }


def test_whole_paragraph_has_no_selector():
    target = shown("whole paragraph")["target"]

    assert target == {
        "type": "SpecificResource",
        "source": {"id": f"{BASE}/api/v1/paragraphs/{PARAGRAPH}/", "type": "Text"},
        "scope": f"{BASE}/api/v1/assignments/{ASSIGNMENT}/",
    }


def test_orphaned_words_are_looked_for_in_the_essay_and_have_no_offsets():
    target = shown("orphaned", page=PAGE)["target"]

    assert target["source"] == {"id": PAGE, "type": "Text"}
    assert target["selector"]["exact"] == "poor 🙂 pay"
    assert "start" not in str(target["selector"])
    assert target[f"{NS}anchorState"] == {"id": f"{NS}anchorOrphaned"}


def test_anchor_that_was_moved_says_how_sure_its_place_is():
    target = shown("moved")["target"]

    assert (target[f"{NS}anchorState"], target[f"{NS}confidence"]) == (
        {"id": f"{NS}anchorEdited"},
        0.82,
    )


def test_several_targets_stand_in_the_order_of_the_text():
    assert [one["selector"][0]["exact"] for one in shown("several targets")["target"]] == [
        "poor 🙂 pay",
        "more",
    ]


@pytest.mark.parametrize(
    ("name", "motivation"),
    [
        ("comment", "commenting"),
        ("question", "questioning"),
        ("support", ["commenting", f"{NS}supporting"]),
        ("counterargument", ["commenting", f"{NS}countering"]),
        ("evidence", ["linking", f"{NS}evidencing"]),
        ("concession", ["commenting", f"{NS}conceding"]),
        ("reply", "replying"),
        ("counter-reply", ["replying", f"{NS}countering"]),
    ],
)
def test_3_3_5_each_kind_has_a_standard_motivation_and_its_own_beside_it(name, motivation):
    assert shown(name)["motivation"] == motivation


def test_counterargument_names_what_it_attacks_and_claims():
    claim, role = bodies(shown("counterargument"))[1:]

    assert (claim["value"], claim["purpose"]) == ("It does not follow.", f"{NS}claiming")
    assert role == {
        "type": "SpecificResource",
        "source": {"id": f"{NS}undercutting", "type": "skos:Concept"},
        "purpose": "classifying",
    }
    assert shown("counterargument")[f"{NS}bearsOn"] == {"id": f"{BASE}/api/v1/claims/{CLAIM}/"}


def test_counterargument_that_is_not_sure_has_no_role():
    assert [one.get("purpose") for one in bodies(shown("unspecified"))] == [
        "commenting",
        f"{NS}claiming",
    ]


def test_evidence_links_to_its_source_and_quotes_it():
    link, role, warrant, locator = bodies(shown("evidence"))

    assert link == {
        "type": "SpecificResource",
        "source": {
            "id": "https://doi.org/10.1000/182",
            "type": "Text",
            "dcterms:title": "A “study”",
            "rdfs:seeAlso": {"id": f"{BASE}/api/v1/sources/{SOURCE}/"},
        },
        "purpose": "linking",
        "selector": {"type": "TextQuoteSelector", "exact": "They “pay” less."},
    }
    assert role["source"]["id"] == f"{NS}evidenceAgainst"
    assert (warrant["value"], warrant["purpose"]) == ("It measured it.", f"{NS}warranting")
    assert (locator["value"], locator["purpose"]) == ("p. 4", "describing")


def test_source_without_address_is_named_by_its_place_on_the_shelf():
    source = bodies(shown("evidence without address"))[1]["source"]

    assert source["id"] == f"{BASE}/api/v1/sources/{SOURCE}/"
    assert "rdfs:seeAlso" not in source


def test_address_of_a_source_with_characters_that_no_iri_has_is_escaped():
    evidence = {**EVERY["evidence"]["evidence"]}
    evidence["source"] = {**evidence["source"], "url": 'https://example.org/ä "b"'}

    found = to_web(wire(kind="evidence", evidence=evidence), base=BASE)

    assert bodies(found)[1]["source"]["id"] == "https://example.org/%C3%A4%20%22b%22"


def test_reply_has_the_annotation_it_answers_as_target_under_its_own_name():
    names = {PARENT: Names(slug="first")}

    assert shown("reply")["target"] == f"{CONTAINER}{PARENT}"
    assert shown("reply", names=names)["target"] == f"{CONTAINER}first"
    assert shown("counter-reply")["target"][1] == f"{CONTAINER}{PARENT}"
    assert shown("reply")[f"{NS}isAnswer"] is True


def test_3_3_2_author_is_a_person_and_under_pseudonyms_the_alias():
    assert shown("comment")["creator"] == {
        "id": f"urn:uuid:{PERSON}",
        "type": "Person",
        "name": "Ann",
    }
    assert shown("alias")["creator"] == {
        "id": f"urn:uuid:{PERSON}",
        "type": "Person",
        "name": "Quiet Heron",
        "nickname": "Quiet Heron",
    }


@pytest.mark.parametrize(
    ("name", "iri"),
    [
        ("comment", f"{NS}audienceSeminar"),
        ("group", f"urn:uuid:{GROUP}"),
        ("private", f"{NS}audiencePrivate"),
        ("staff", f"{NS}audienceStaff"),
        ("public", f"{NS}audiencePublic"),
    ],
)
def test_3_3_3_audience_is_who_may_read(name, iri):
    assert shown(name)["audience"] == {
        "id": iri,
        "type": "Audience",
        "schema:audienceType": EVERY[name]["audience"],
    }


def test_3_3_7_names_of_its_own_stand_in_the_document():
    names = {NOTE: Names("mine", "https://old.example/1", ("urn:x:1", "urn:x:2"))}

    found = shown("comment", names=names)

    assert found["id"] == f"{CONTAINER}mine"
    assert (found["canonical"], found["via"]) == (
        "https://old.example/1",
        ["urn:x:1", "urn:x:2"],
    )


def test_withdrawn_annotation_says_so():
    assert shown("withdrawn")["schema:creativeWorkStatus"] == "withdrawn"
    assert "body" not in shown("without words for its reader")


@pytest.mark.parametrize("name", EVERY)
def test_what_is_written_is_read_as_the_same(name):
    one = EVERY[name]
    own = one[one["kind"]] if one["kind"] in {"counterargument", "evidence", "concession"} else {}

    found = read(shown(name, page=PAGE))

    assert (found.kind, found.body, found.tags) == (one["kind"], one["body"] or "", one["tags"])
    assert (found.audience, str(found.group_id or "")) == (one["audience"], one["group"] or "")
    assert found.attacks == (own.get("attacks") or "")
    for member in ("counterclaim", "stance", "warrant", "locator", "quote", "scope"):
        assert getattr(found, member) == own.get(member, "")
    if own.get("source"):
        assert str(found.source_id) == SOURCE
    assert [place.quote for place in found.places if place.quote] == [
        place["exact"] for place in one["anchors"] if place["exact"]
    ]
