"""Files taken in and taken out: rows, places, refusals, and who may."""

from __future__ import annotations

import pytest

from annotations.enums import ClaimAct, ClaimOrigin, Kind, MapStatus
from annotations.exchange.actions import import_debate, undo_import
from annotations.exchange.errors import GraphRefused
from annotations.exchange.formats import aifdb, native
from annotations.exchange.formats.document import (
    Claim as FileClaim,
)
from annotations.exchange.formats.document import (
    Document,
    Evidence,
    Place,
    Ref,
)
from annotations.exchange.formats.document import (
    Inference as FileInference,
)
from annotations.exchange.formats.document import (
    Relation as FileRelation,
)
from annotations.exchange.queries.plans import MOST_CLAIMS, plan_of, reading_of
from annotations.models import Change, Claim, ImportedGraph, Inference, Relation
from debate.core.errors import Conflict, Invalid, Missing, NotAllowed
from tests.annotations.exchange.formats import samples
from tests.expect import expect_refusal
from tests.factories.argument import ClaimFactory, QualityMarkFactory, RelationFactory
from tests.factories.assignments import paragraph_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def take_in(assignment, instructor):
    def post(content=None, *, actor=instructor, format_name="aifdb", name="talks.json"):
        content = samples.as_bytes(samples.nodeset()) if content is None else content
        return import_debate(
            actor=actor,
            assignment_id=assignment.pk,
            format_name=format_name,
            content=content,
            name=name,
        )

    return post


def file_of(*claims, **rest):
    return native.write(Document(claims=claims, **rest))


def test_import_makes_claims_steps_and_attacks(take_in, assignment, instructor):
    graph = take_in()

    claims = {one.text: one for one in Claim.objects.filter(imported=graph)}
    assert set(claims) == {
        "The United States should reopen arms-control talks",
        "Talks cut the risk of miscalculation",
        "Past calm does not show that talks caused it",
        "Reopening talks rewards aggression",
    }
    assert {(one.origin, one.status, one.added_by) for one in claims.values()} == {
        (ClaimOrigin.IMPORTED, MapStatus.MARKED, instructor)
    }
    step = Inference.objects.get(imported=graph)
    assert step.scheme == "Practical Reasoning"
    assert list(step.premises.all()) == [claims["Talks cut the risk of miscalculation"]]
    attacks = Relation.objects.filter(imported=graph).order_by("kind")
    assert [(one.kind, one.target_id) for one in attacks] == [
        ("rebuts", claims["The United States should reopen arms-control talks"].pk),
        ("undercuts", step.pk),
    ]
    assert graph.mapping["inference"] == {"106": str(step.pk)}
    assert graph.content == samples.nodeset()


def test_import_keeps_the_first_version_of_each_claim(take_in, instructor):
    graph = take_in()

    version = graph.claims.first().history.get()

    assert (version.act, version.by, version.version) == (ClaimAct.CREATE, instructor, 1)
    assert version.details["imported"] == str(graph.pk)


def lines_of(graph):
    """Of the last change, that of the file and those of its rows, by type and id."""
    rows = [
        (model, set(model.objects.filter(imported=graph).values_list("pk", flat=True)))
        for model in (Claim, Inference, Relation)
    ]
    return {(model.__name__.lower(), pk) for model, keys in rows for pk in keys}


def test_import_writes_a_change_line_for_the_file_and_for_each_row(take_in, assignment):
    graph = take_in()

    line, *others = Change.objects.order_by("counter")
    assert {(one.type, one.object_id) for one in others} == lines_of(graph)
    assert {(one.op, one.version, one.status_after) for one in others} == {
        ("create", 1, "published")
    }
    assert (line.type, line.object_id, line.op, line.version) == (
        "imported_graph",
        graph.pk,
        "create",
        1,
    )
    assert (line.status_before, line.status_after, line.counter) == ("", "published", 1)


def test_import_puts_claims_where_the_essay_has_their_words_once(take_in, assignment):
    text = paragraph_of(assignment).text
    key = str(paragraph_of(assignment).key)
    graph = take_in(
        file_of(
            FileClaim("a", text[:30]),
            FileClaim("b", "In other words", places=(Place(key, 1, 5, 30, text[5:30]),)),
            FileClaim("c", "All of it", places=(Place(key, 1, exact=text),)),
            FileClaim("d", "Elsewhere now", places=(Place(key, 1, 0, 30, text[6:36]),)),
            FileClaim("e", "Nowhere in the essay at all"),
            FileClaim("f", text[:4]),
            FileClaim("g", "No longer whole", places=(Place(key, 1, exact="Other words"),)),
        ),
        format_name="native",
    )

    found = {
        id_: list(Claim.objects.get(pk=pk).anchors.values_list("start", "end", "exact"))
        for id_, pk in graph.mapping["claim"].items()
    }

    assert found == {
        "a": [(0, 30, text[:30])],
        "b": [(5, 30, text[5:30])],
        "c": [(None, None, None)],
        "d": [(6, 36, text[6:36])],
        "e": [],
        "f": [],
        "g": [],
    }


def test_import_makes_passages_claims_and_one_attack_of_two_alike(take_in):
    graph = take_in(
        file_of(
            FileClaim("a", "Talks help", is_thesis=True),
            evidence=(
                Evidence("e", "a", "supports", "It says so.", "Risk fell.", "", "Li 2019"),
                Evidence("f", "a", "attacks", "It failed.", "x" * 301, "", "Ode 2020"),
            ),
            inferences=(FileInference("i", "a", (Ref("evidence", "e"),)),),
            relations=(
                FileRelation("r", "rebuts", Ref("evidence", "f"), Ref("claim", "a")),
                FileRelation("s", "rebuts", Ref("evidence", "f"), Ref("claim", "a")),
            ),
        ),
        format_name="native",
    )

    assert sorted(graph.claims.values_list("text", "is_thesis")) == [
        ("Ode 2020: It failed.", False),
        ("Risk fell.", False),
        ("Talks help", True),
    ]
    assert graph.relations.count() == 1
    assert graph.mapping["relation"]["r"] == graph.mapping["relation"]["s"]


def test_import_of_a_second_thesis_comes_as_an_ordinary_claim(take_in, assignment):
    ClaimFactory(assignment=assignment, is_thesis=True)

    graph = take_in(file_of(FileClaim("a", "Talks help", is_thesis=True)), format_name="native")

    assert graph.claims.get().is_thesis is False


@pytest.mark.parametrize("name", ["", "xaif", "aifdb", "native"])
def test_import_finds_the_format_out_unless_told(name, take_in):
    contents = {
        "native": file_of(FileClaim("a", "Talks help")),
        "aifdb": samples.as_bytes(samples.nodeset()),
        "xaif": samples.as_bytes(samples.xaif()),
        "": samples.as_bytes(samples.xaif()),
    }

    assert take_in(contents[name], format_name=name).format == (name or "xaif")


def test_import_of_unknown_format_is_refused(take_in):
    expect_refusal(Invalid, lambda: take_in(format_name="docx"), field="format")


def test_import_of_a_faulty_file_makes_nothing(take_in):
    value = samples.nodeset()
    value["edges"][4]["toID"] = "102"

    error = expect_refusal(GraphRefused, lambda: take_in(samples.as_bytes(value)), field="file")

    assert error.extra["faults"][0] == {
        "rule": 1,
        "place": "edge 5 (103 → 102)",
        "detail": "I and I are joined through a node between them only.",
    }
    assert error.extra["count"] == 2
    assert ImportedGraph.objects.count() == Claim.objects.count() == 0


BEYOND = {
    "no claim": file_of(),
    "long claim": file_of(FileClaim("a", "x" * 301)),
    "invisible claim": file_of(FileClaim("a", "\u2060")),
    "two theses": file_of(FileClaim("a", "A", is_thesis=True), FileClaim("b", "B", is_thesis=True)),
    "invisible passage": file_of(FileClaim("a", "A"), evidence=(Evidence("e", quote="\u2060"),)),
    "long warrant": file_of(
        FileClaim("a", "A"),
        FileClaim("b", "B"),
        inferences=(FileInference("i", "a", (Ref("claim", "b"),), warrant="x" * 501),),
    ),
    "long scheme": file_of(
        FileClaim("a", "A"),
        FileClaim("b", "B"),
        inferences=(FileInference("i", "a", (Ref("claim", "b"),), "x" * 101),),
    ),
    "long rationale": file_of(
        FileClaim("a", "A"),
        FileClaim("b", "B"),
        relations=(
            FileRelation("r", "rebuts", Ref("claim", "a"), Ref("claim", "b"), rationale="x" * 501),
        ),
    ),
    "many claims": file_of(*(FileClaim(str(n), f"A{n}") for n in range(MOST_CLAIMS + 1))),
    "many attacks": file_of(
        *(FileClaim(str(n), f"A{n}") for n in range(70)),
        relations=tuple(
            FileRelation(f"r{n}-{m}", "rebuts", Ref("claim", str(n)), Ref("claim", str(m)))
            for n in range(70)
            for m in range(70)
            if n != m
        ),
    ),
}


@pytest.mark.parametrize("content", BEYOND.values(), ids=BEYOND)
def test_import_of_what_the_map_has_no_room_for_is_refused(content, take_in):
    error = expect_refusal(GraphRefused, lambda: take_in(content, format_name="native"))

    assert {fault["rule"] for fault in error.extra["faults"]} == {7}


def test_import_of_circular_reasons_is_taken_as_it_is(take_in):
    content = file_of(
        FileClaim("a", "A"),
        FileClaim("b", "B"),
        inferences=(
            FileInference("i", "a", (Ref("claim", "b"),)),
            FileInference("j", "b", (Ref("claim", "a"),)),
        ),
    )

    assert take_in(content, format_name="native").inferences.count() == 2


def test_import_of_the_same_file_again_is_a_conflict(take_in):
    take_in()

    expect_refusal(Conflict, lambda: take_in(name="again.json"), code="import_exists")


def test_import_under_a_name_with_a_turn_of_direction_is_refused(take_in):
    expect_refusal(Invalid, lambda: take_in(name="a\u202ejson"), field="file")


@pytest.mark.parametrize("role", ["student", "observer"])
def test_import_by_others_than_staff_is_not_allowed(role, take_in, request):
    actor = request.getfixturevalue(role)

    expect_refusal(NotAllowed, lambda: take_in(actor=actor))


def test_import_by_outsiders_is_as_into_nothing(take_in, outsider):
    expect_refusal(Missing, lambda: take_in(actor=outsider))


def test_import_by_assistants_is_taken(take_in, assistant):
    assert take_in(actor=assistant).by == assistant


def test_plan_tells_what_would_be_made_and_makes_nothing(assignment, instructor):
    ClaimFactory(assignment=assignment, text="a IS so", is_thesis=True)

    reading = reading_of(samples.as_bytes(samples.xaif()), format_name="")
    plan = plan_of(instructor, assignment, reading)

    assert plan.format == "xaif"
    assert plan.counts == {"claims": 2, "passages": 0, "reasons": 0, "challenges": 0}
    assert plan.twins == ("A is so",)
    assert plan.kept == (("nodes of kind EN", 1), ("nodes of kind RA", 2))
    assert [fault.place for fault in plan.incomplete] == ["node 7"]
    assert (plan.said, plan.takes_thesis) == (1, False)
    assert plan.some_claims == ["A is so", "B is so"]
    assert Claim.objects.count() == 1


def test_undo_takes_away_the_file_and_what_it_made(take_in, instructor):
    graph = take_in()
    made = lines_of(graph)
    before = Change.objects.count()

    undo_import(actor=instructor, graph_id=graph.pk)

    assert Claim.objects.count() == Inference.objects.count() == Relation.objects.count() == 0
    assert ImportedGraph.objects.count() == 0
    line, *others = Change.objects.order_by("counter")[before:]
    assert {(one.type, one.object_id) for one in others} == made
    assert {(one.op, one.status_after) for one in others} == {("withdraw", "withdrawn")}
    assert (line.type, line.op, line.object_id, line.status_after) == (
        "imported_graph",
        "withdraw",
        graph.pk,
        "withdrawn",
    )


def bear_by_attack(claim, _say):
    RelationFactory(
        source=ClaimFactory(assignment=claim.assignment, text="Not so."), target_claim=claim
    )


def bear_by_source(claim, _say):
    RelationFactory(
        source=claim, target_claim=ClaimFactory(assignment=claim.assignment, text="Not so.")
    )


def bear_by_concession(claim, say):
    say(Kind.CONCESSION, body="Granted.", claim_id=claim.pk)


def bear_by_mark(claim, _say):
    QualityMarkFactory(claim=claim, annotation=None)


def bear_by_merge(claim, _say):
    ClaimFactory(assignment=claim.assignment, text="The same.", merged_into=claim)


@pytest.mark.parametrize(
    "bear", [bear_by_attack, bear_by_source, bear_by_concession, bear_by_mark, bear_by_merge]
)
def test_undo_of_what_others_build_on_is_a_conflict(bear, take_in, instructor, say):
    graph = take_in()
    bear(graph.claims.order_by("id").first(), say)

    error = expect_refusal(
        Conflict, lambda: undo_import(actor=instructor, graph_id=graph.pk), code="import_in_use"
    )

    assert error.extra == {"bearing": 1}
    assert graph.claims.count() == 4


@pytest.mark.parametrize("role", ["student", "observer", "outsider"])
def test_undo_by_others_than_staff_is_as_of_nothing(role, take_in, request):
    graph = take_in()
    actor = request.getfixturevalue(role)

    expect_refusal(Missing, lambda: undo_import(actor=actor, graph_id=graph.pk))


def test_undo_of_what_is_undone_is_missing(take_in, instructor):
    graph = take_in()
    undo_import(actor=instructor, graph_id=graph.pk)

    expect_refusal(Missing, lambda: undo_import(actor=instructor, graph_id=graph.pk))


def test_import_written_again_reads_the_same(take_in):
    graph = take_in()

    assert aifdb.read(samples.as_bytes(graph.content)) == aifdb.read(
        samples.as_bytes(samples.nodeset())
    )
