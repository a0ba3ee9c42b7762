"""What clients send, read as ours: the model's forms, and the small ways in which clients differ."""

import uuid

import pytest

from annotations.actions.anchoring import MOST_TARGETS
from annotations.models import Annotation
from annotations.web import reading
from annotations.web.reading import Fault, NoAnnotation, Place, read
from tests.annotations.web.wires import BASE, GROUP, SOURCE

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
NS = f"{BASE}/ns/#"
HERE = f"{BASE}/api/v1/paragraphs/{SOURCE}/"
BARE = "7b6e4a52-5f0c-4a6e-9d3a-2f1c0b9a8e7d"
QUOTE = {"type": "TextQuoteSelector", "exact": "the plan"}
POSITION = {"type": "TextPositionSelector", "start": 4, "end": 12}


def sent(**members):
    return {
        "@context": CONTEXT,
        "type": "Annotation",
        "body": {"type": "TextualBody", "value": "Why?"},
        "target": {"source": HERE, "selector": QUOTE},
        **members,
    }


def fault_of(document, error=Fault):
    with pytest.raises(Fault) as caught:
        read(document)
    assert type(caught.value) is error
    return "/".join(map(str, caught.value.path))


# --- the document as a whole -----------------------------------------------------------------


@pytest.mark.parametrize("document", [None, [], "a", 1], ids=["null", "array", "text", "number"])
def test_what_is_no_object_is_refused(document):
    assert fault_of(document) == ""


@pytest.mark.parametrize(
    "context",
    [CONTEXT, CONTEXT.replace("http:", "https:"), [CONTEXT], ["https://x.example/", CONTEXT]],
    ids=["text", "https", "list", "beside others"],
)
def test_context_of_the_model_is_taken(context):
    assert read(sent(**{"@context": context})).body == "Why?"


def test_context_may_be_missing():
    document = sent()
    del document["@context"]

    assert read(document).body == "Why?"


@pytest.mark.parametrize(
    "context", ["https://x.example/", [], {}, None], ids=["other", "empty", "object", "null"]
)
def test_context_of_others_is_not_known(context):
    assert fault_of(sent(**{"@context": context}), NoAnnotation) == "@context"


@pytest.mark.parametrize(
    "kind", ["Annotation", ["Annotation", "x:Y"], "oa:Annotation", "http://www.w3.org/ns/oa#Annotation"],
    ids=["name", "list", "prefix", "iri"],
)  # fmt: skip
def test_annotation_may_be_called_in_each_way(kind):
    assert read(sent(type=kind)).body == "Why?"


@pytest.mark.parametrize("kind", ["Note", None, 4, []], ids=["other", "null", "number", "empty"])
def test_what_is_no_annotation_is_told(kind):
    assert fault_of(sent(type=kind), NoAnnotation) == "type"


# --- names -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://x.example/1", "https://x.example/1"),
        ("urn:isbn:1", "urn:isbn:1"),
        (BARE, f"urn:uuid:{BARE}"),
        (f"#{BARE.upper()}", f"urn:uuid:{BARE}"),
        ("temp-1", ""),
        ("", ""),
        ("https://x.example/a b", ""),
        ("https://x.example/" + "a" * 2_000, ""),
        (None, ""),
        (4, ""),
        ({}, ""),
    ],
    ids=["iri", "urn", "bare UUID", "fragment", "word", "empty", "space", "long", "null", "number",
         "object"],
)  # fmt: skip
def test_id_of_the_client_is_kept_when_it_can_be_an_iri(given, kept):
    assert read(sent(id=given)).iri == kept


def test_canonical_and_via_are_kept_in_their_order():
    found = read(sent(canonical="https://x.example/c", via=["urn:a:2", {"id": "urn:a:1"}]))

    assert (found.canonical, found.via) == ("https://x.example/c", ["urn:a:2", "urn:a:1"])


@pytest.mark.parametrize(
    "members",
    [{"via": "no iri"}, {"via": [4]}, {"canonical": "c"}, {"canonical": ["urn:a:1", "urn:a:2"]},
     {"via": [f"urn:a:{number}" for number in range(21)]}],
    ids=["word", "number", "relative", "two canonical", "twenty-one"],
)  # fmt: skip
def test_names_that_are_no_iris_or_too_many_are_refused(members):
    assert fault_of(sent(**members)) == next(iter(members))


# --- bodies ----------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [[], None, ""], ids=["empty", "null", "no text"])
def test_mark_without_body_is_a_comment_without_words(body):
    found = read(sent(body=body))

    assert (found.kind, found.body) == ("comment", "")


def test_body_may_be_missing_or_a_plain_value():
    document = sent(bodyValue="Why?")
    del document["body"]

    assert read(document).body == "Why?"
    del document["bodyValue"]
    assert read(document).body == ""


def test_3_2_5_body_and_body_value_exclude_one_another():
    assert fault_of(sent(bodyValue="Why?")) == "bodyValue"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("https://x.example/a", "<https://x.example/a>"),
        ({"id": "https://x.example/a"}, "<https://x.example/a>"),
        ({"source": "https://x.example/a", "purpose": "linking"}, "<https://x.example/a>"),
        ({"value": "Why?"}, "Why?"),
        ([{"value": "Why?"}, {"value": "And how?"}], "Why?\n\nAnd how?"),
        ({"type": "Choice", "items": [{"value": "Why?"}, {"value": "Warum?"}]}, "Why?"),
        (
            {"value": "<p>Why <b>so</b>?</p><p>Say &amp; show.</p>", "format": "text/html"},
            "Why so?\n\nSay & show.",
        ),
    ],
    ids=["iri", "resource", "specific resource", "text", "texts", "choice", "HTML"],
)
def test_body_of_each_sort_becomes_text(body, text):
    assert read(sent(body=body)).body == text


def html(value):
    return {"type": "TextualBody", "format": "text/html", "value": value}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("<a " * 13_000, ""),
        ("<![<![" * 6_000, ""),
        ("<a>So</a><!--" * 100, "So"),
        ("</ x" * 10_000, ""),
        ("5 < 6 &lt;b&gt;", "5 < 6 <b>"),
        ("<p>One<p>two<script>three</script>", "One\n\ntwo"),
    ],
    ids=["open tags", "open sections", "open comments", "ends", "no tags", "script"],
)
def test_html_of_any_shape_is_read_as_a_browser_reads_it(given, words):
    assert read(sent(body=html(given))).body == words


def test_html_longer_than_all_that_could_be_kept_is_refused_at_its_place():
    longest = reading.LONGEST_HTML

    assert longest == 4 * Annotation.BODY_LIMIT
    assert read(sent(body=html("a" * longest))).body == "a" * longest
    assert fault_of(sent(body=html("a" * longest + "b"))) == "body/value"


def test_html_of_many_bodies_is_refused_at_the_first_that_is_too_much():
    half = html("a" * (reading.LONGEST_HTML // 2))

    assert fault_of(sent(body=[half, half, html("b"), html("c")])) == "body/2/value"
    assert read(sent(body=[half, half, {"value": "b"}])).body.endswith("b")


def test_targets_are_as_many_as_are_kept_and_the_annotation_replied_to():
    assert reading.MOST_TARGETS == MOST_TARGETS
    assert len(read(sent(target=[HERE] * (MOST_TARGETS + 1))).places) == MOST_TARGETS + 1
    assert fault_of(sent(target=[HERE] * (MOST_TARGETS + 2))) == "target"


@pytest.mark.parametrize(
    ("body", "place"),
    [(4, "body"), ([[]], "body/0"), ({}, "body"), ({"value": 4}, "body/value"),
     ([{"value": "a"}, {"value": ["b"]}], "body/1/value"), ({"source": {}}, "body")],
    ids=["number", "list", "nothing", "no text", "texts", "source without id"],
)  # fmt: skip
def test_body_that_is_none_is_refused_at_its_place(body, place):
    assert fault_of(sent(body=body)) == place


def test_tags_are_bodies_that_tag():
    found = read(sent(body=[{"value": "tone", "purpose": "tagging"},
                            {"value": "Why?", "purpose": ["commenting"]},
                            {"value": "facts", "purpose": "oa:tagging"}]))  # fmt: skip

    assert (found.tags, found.body) == (["tone", "facts"], "Why?")


# --- kinds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("motivation", "kind"),
    [
        (None, "comment"),
        ("commenting", "comment"),
        ("highlighting", "comment"),
        ("questioning", "question"),
        ("oa:questioning", "question"),
        ("http://www.w3.org/ns/oa#questioning", "question"),
        (["replying", "questioning"], "question"),
        (["commenting", f"{NS}supporting"], "support"),
        (f"{NS}countering", "counterargument"),
        ("https://another.example/ns/#conceding", "concession"),
        (["linking"], "comment"),
        ({"id": "x"}, "comment"),
    ],
    ids=["none", "commenting", "highlighting", "questioning", "prefix", "iri", "reply", "support",
         "counterargument", "another site's", "linking", "object"],
)  # fmt: skip
def test_kind_follows_from_the_motivation(motivation, kind):
    assert read(sent(motivation=motivation)).kind == kind


def test_role_says_the_kind_too():
    body = [{"value": "No."}, {"source": f"{NS}undercutting", "purpose": "classifying"}]

    found = read(sent(body=body))

    assert (found.kind, found.attacks, found.body) == ("counterargument", "step", "No.")


def test_role_among_the_motivations_is_understood():
    assert read(sent(motivation=[f"{NS}evidenceContext"])).stance == "context"


def test_evidence_rests_on_the_first_link():
    bodies = [
        "https://x.example/study",
        {"value": "It measured it.", "purpose": f"{NS}warranting"},
        {"value": "p. 4", "purpose": "describing"},
        {"source": f"{NS}evidenceFor"},
        "https://x.example/more",
    ]

    found = read(sent(motivation=f"{NS}evidencing", body=bodies))

    assert (found.kind, found.stance, found.link) == (
        "evidence",
        "supports",
        "https://x.example/study",
    )
    assert (found.warrant, found.locator) == ("It measured it.", "p. 4")
    assert found.body == "<https://x.example/more>"


PRIVATE = f"{NS}audiencePrivate"
OF_GROUP = f"urn:uuid:{GROUP}"


@pytest.mark.parametrize(
    "audience",
    ["private", "audiencePrivate", PRIVATE, [PRIVATE], {"id": PRIVATE}, {"@id": PRIVATE},
     {"type": "Audience", "schema:audienceType": "private"},
     [{"type": "Audience", "schema:audienceType": ["private"]}],
     {"audienceType": "private"}, {"id": PRIVATE, "schema:audienceType": "private"}],
    ids=["word", "concept", "iri", "list", "id", "@id", "type", "types", "bare type", "both"],
)  # fmt: skip
def test_audience_in_any_form_is_understood(audience):
    found = read(sent(audience=audience))

    assert (found.audience, found.group_id) == ("private", None)


@pytest.mark.parametrize(
    ("word", "concept"),
    [("staff", "Staff"), ("seminar", "Seminar"), ("public", "Public"), ("private", "Private")],
)
def test_audience_of_each_sort_is_read_by_word_and_by_iri(word, concept):
    assert read(sent(audience=word)).audience == word
    assert read(sent(audience={"id": f"{NS}audience{concept}"})).audience == word


@pytest.mark.parametrize(
    "audience",
    [GROUP, GROUP.upper(), OF_GROUP, [OF_GROUP], {"id": OF_GROUP}, {"id": GROUP},
     {"id": OF_GROUP, "schema:audienceType": "group"}],
    ids=["uuid", "capitals", "urn", "list", "id", "bare id", "as it is read"],
)  # fmt: skip
def test_group_in_any_form_is_understood(audience):
    found = read(sent(audience=audience))

    assert (found.audience, found.group_id) == ("group", uuid.UUID(GROUP))


def test_audience_by_the_name_of_its_vocabulary_is_understood():
    assert read(sent(**{"schema:audience": "staff"})).audience == "staff"


@pytest.mark.parametrize("audience", [None, []], ids=["null", "empty"])
def test_no_audience_is_none(audience):
    assert read(sent(audience=audience)).audience == ""


@pytest.mark.parametrize(
    "audience",
    [f"{NS}audiencePrivat", "Private", "privat", "group", "", 4, {}, [4], [None],
     {"type": "Audience"}, {"schema:audienceType": "privat"}, {"schema:audienceType": "group"},
     {"id": "https://x.example/all"}, "https://x.example/all",
     {"id": "http://example.edu/roles/teacher", "type": "schema:EducationalAudience",
      "schema:educationalRole": "teacher"},
     {"id": PRIVATE, "schema:audienceType": "seminar"},
     {"id": OF_GROUP, "schema:audienceType": "private"},
     {"id": PRIVATE, "schema:audienceType": "group"},
     {"id": "https://x.example/me", "schema:audienceType": "private"},
     ["private", "staff"], [PRIVATE, "https://x.example/all"]],
    ids=["slip", "capital", "no word", "no group", "blank", "number", "nothing", "numbers",
         "nulls", "no name", "no type", "type of no group", "strange id", "strange iri",
         "a sample of the Recommendation", "two that differ", "group that is private",
         "private group", "strange beside ours", "several", "ours and a strange one"],
)  # fmt: skip
def test_audience_that_is_not_understood_is_refused(audience):
    assert fault_of(sent(audience=audience)) == "audience"


def test_audience_by_two_names_is_refused():
    document = sent(audience="seminar", **{"schema:audience": "private"})

    assert fault_of(document) == "audience"


def test_audience_of_words_alone_is_refused_at_its_place():
    words = {"type": "TextualBody", "value": "Why?", "audience": "private"}

    assert fault_of(sent(body=words)) == "body/audience"
    assert fault_of(sent(body=["https://x.example/", words])) == "body/1/audience"


# --- targets ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (HERE, {"source": HERE}),
        ({"id": HERE, "type": "Text"}, {"source": HERE}),
        ({"source": {"id": HERE}}, {"source": HERE}),
        ({"source": HERE, "selector": QUOTE}, {"source": HERE, "quote": "the plan"}),
        ({"selector": QUOTE}, {"quote": "the plan"}),
        ({"id": "urn:uuid:own", "selector": QUOTE}, {"quote": "the plan"}),
        (
            {"source": HERE, "selector": [POSITION, QUOTE]},
            {"source": HERE, "quote": "the plan", "start": 4, "end": 12},
        ),
        (
            {"source": HERE, "selector": {"type": "XPathSelector", "refinedBy": [QUOTE, POSITION]}},
            {"source": HERE, "quote": "the plan", "start": 4, "end": 12},
        ),
        (
            {"selector": {**QUOTE, "prefix": "for ", "suffix": "."}, "annotation": "stray"},
            {"quote": "the plan", "prefix": "for ", "suffix": "."},
        ),
    ],
    ids=["iri", "resource", "source object", "quote", "no source", "own id", "both", "refined",
         "context and a stray key"],
)  # fmt: skip
def test_target_of_each_sort_is_a_place(target, expected):
    assert read(sent(target=target)).places == [Place(path=("target",), **expected)]


def test_targets_in_an_array_name_their_places():
    found = read(sent(target=[HERE, {"selector": QUOTE}])).places

    assert [place.path for place in found] == [("target", 0), ("target", 1)]


@pytest.mark.parametrize(
    ("target", "place"),
    [
        (None, "target"),
        ([], "target"),
        (4, "target"),
        ([[]], "target/0"),
        ({"items": [HERE]}, "target"),
        ({"type": "SpecificResource"}, "target/source"),
        ({"source": {"type": "Text"}}, "target/source"),
        ({"source": 4, "selector": QUOTE}, "target/source"),
        ([{"source": HERE, "selector": {"type": "SvgSelector"}}], "target/0/selector"),
        ({"selector": "x"}, "target/selector"),
        ({"selector": {"type": "TextQuoteSelector"}}, "target/selector/exact"),
        ({"selector": {**QUOTE, "exact": "  "}}, "target/selector/exact"),
        ({"selector": {**QUOTE, "prefix": 4}}, "target/selector/prefix"),
        ({"selector": {**POSITION, "start": -1}}, "target/selector/start"),
        ({"selector": {**POSITION, "end": 1.5}}, "target/selector/end"),
        ({"selector": {**POSITION, "end": True}}, "target/selector/end"),
        ({"selector": {**POSITION, "end": 2**31}}, "target/selector/end"),
    ],
    ids=["null", "none", "number", "list", "choice", "nothing", "source without id", "no iri",
         "selector unknown", "no selector", "no words", "blank", "prefix", "negative", "part",
         "boolean", "huge"],
)  # fmt: skip
def test_target_that_is_none_is_refused_at_its_place(target, place):
    assert fault_of(sent(target=target)) == place


def test_refinements_are_followed_only_so_deep():
    selector = QUOTE
    for _ in range(20):
        selector = {"type": "XPathSelector", "refinedBy": selector}

    assert fault_of(sent(target={"source": HERE, "selector": selector})) == "target/selector"
