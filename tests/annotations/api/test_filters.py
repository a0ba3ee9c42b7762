import pytest

from annotations.actions.indexing import index_annotations
from annotations.enums import Kind, Status
from annotations.models import Anchor, Annotation
from tests.expect import expect_problem
from tests.factories.annotations import AnnotationFactory, ReplyFactory, annotation_on
from tests.factories.assignments import assignment_of
from tests.factories.essays import ParagraphFactory, RevisionFactory, essay_of

NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def found(api, student):
    """`found(query)`: the annotations that the student's list has for it."""
    client = api(student)

    def ask(query):
        response = client.get("/api/v1/annotations/", query)
        assert response.status_code == 200, response.content
        return [one["id"] for one in response.json()["results"]]

    return ask


def test_annotations_of_place_are_found(found, seminar, assignment):
    elsewhere = assignment_of(essay_of("Words.", seminar=seminar))
    here = AnnotationFactory(assignment=assignment)
    there = AnnotationFactory(assignment=elsewhere)

    assert found({"assignment": assignment.pk}) == [str(here.pk)]
    assert found({"essay": elsewhere.essay_id}) == [str(there.pk)]
    assert found({"seminar": seminar.pk}) == [str(here.pk), str(there.pk)]
    assert found({"seminar": NOBODY}) == []


def test_annotations_of_a_paragraph_are_found_by_id_and_key(found, assignment, paragraphs):
    on_first = annotation_on(paragraphs[0], assignment=assignment)
    annotation_on(paragraphs[1], assignment=assignment)
    second = RevisionFactory(essay=assignment.essay, number=2)
    later = ParagraphFactory(revision=second, key=paragraphs[1].key)
    Anchor.objects.create(annotation=on_first, revision=second, paragraph=later)

    assert found({"paragraph": paragraphs[0].pk}) == [str(on_first.pk)]
    assert found({"paragraph": paragraphs[0].key}) == [str(on_first.pk)]
    assert found({"paragraph": later.pk}) == [str(on_first.pk)]


def test_annotations_of_one_kind_or_several_are_found(found, assignment):
    question = AnnotationFactory(assignment=assignment, kind=Kind.QUESTION)
    counter = AnnotationFactory(assignment=assignment, counterargument=True)
    AnnotationFactory(assignment=assignment)

    assert found({"kind": "question"}) == [str(question.pk)]
    assert found({"kind": ["question", "counterargument"]}) == [str(question.pk), str(counter.pk)]


def test_annotations_of_an_author_are_found(found, assignment, classmate):
    own = AnnotationFactory(assignment=assignment, author=classmate)
    AnnotationFactory(assignment=assignment)

    assert found({"author": classmate.pk}) == [str(own.pk)]


def test_annotations_of_a_thread_are_found(found, assignment):
    root = AnnotationFactory(assignment=assignment)
    reply = ReplyFactory(parent=root)
    deeper = ReplyFactory(parent=reply)
    other = AnnotationFactory(assignment=assignment)

    assert found({"parent": root.pk}) == [str(reply.pk)]
    assert found({"root": root.pk}) == [str(reply.pk), str(deeper.pk)]
    assert found({"top_level": "1"}) == [str(root.pk), str(other.pk)]
    assert found({"top_level": "0"}) == [str(reply.pk), str(deeper.pk)]


def test_annotations_that_nobody_has_met_are_found(found, assignment):
    open_question = AnnotationFactory(assignment=assignment, kind=Kind.QUESTION)
    answered = AnnotationFactory(assignment=assignment, kind=Kind.QUESTION)
    answer = ReplyFactory(parent=answered, is_answer=True)
    challenge = AnnotationFactory(assignment=assignment, counterargument=True)
    ReplyFactory(parent=challenge)
    met = AnnotationFactory(assignment=assignment, counterargument=True)
    concession = ReplyFactory(parent=met, kind=Kind.CONCESSION)

    assert found({"unanswered": "1"}) == [str(open_question.pk), str(challenge.pk)]
    settled = found({"unanswered": "0"})
    assert {str(answered.pk), str(answer.pk), str(met.pk), str(concession.pk)} < set(settled)
    assert not {str(open_question.pk), str(challenge.pk)} & set(settled)


def test_annotations_with_a_tag_are_found(found, assignment):
    tagged = AnnotationFactory(assignment=assignment, tags=["fairness", "price"])
    AnnotationFactory(assignment=assignment, tags=["fair"])

    assert found({"tag": "fairness"}) == [str(tagged.pk)]


def test_annotations_of_a_status_are_found(found, student, assignment):
    AnnotationFactory(assignment=assignment)
    held = AnnotationFactory(assignment=assignment, author=student, status=Status.HELD)

    assert found({"status": "held"}) == [str(held.pk)]


@pytest.mark.parametrize("name", ["created", "updated"])
def test_annotations_are_found_by_time(found, assignment, name):
    early = AnnotationFactory(assignment=assignment)
    late = AnnotationFactory(assignment=assignment)
    Annotation.objects.filter(pk=early.pk).update(**{f"{name}_at": "2026-01-01T00:00:00Z"})
    Annotation.objects.filter(pk=late.pk).update(**{f"{name}_at": "2026-02-01T00:00:00Z"})

    assert found({f"{name}_after": "2026-02-01T00:00:00Z"}) == [str(late.pk)]
    assert found({f"{name}_before": "2026-02-01T00:00:00Z"}) == [str(early.pk)]
    assert found({f"{name}_before": "2026-01-01T01:00:00+01:00"}) == []
    assert found(
        {f"{name}_after": "2026-01-01T00:00:00Z", f"{name}_before": "2026-02-02T00:00:00Z"}
    ) == [str(early.pk), str(late.pk)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("assignment", "first"),
        ("paragraph", "7"),
        ("author", "me"),
        ("parent", "1" * 40),
        ("kind", "insult"),
        ("status", "lost"),
        ("top_level", "yes"),
        ("unanswered", "maybe"),
        ("created_after", "yesterday"),
        ("updated_before", "2026-13-01"),
        ("revision", "latest"),
        ("limit", "1000"),
        ("cursor", "abc"),
        ("count", "all"),
        ("kinds", "comment"),
        ("page", "2"),
    ],
)
def test_bad_parameter_is_refused_and_named(api, student, name, value):
    response = api(student).get("/api/v1/annotations/", {name: value})

    body = expect_problem(response, 400, "invalid")
    assert [one["parameter"] for one in body["errors"]] == [name]


def test_bad_parameter_is_refused_to_whoever_has_anything(api, assignment, student):
    asked = {"assignment": str(assignment.pk), "kind": "insult"}

    response = api(student).get("/api/v1/annotations/", asked, headers={"If-None-Match": "*"})

    body = expect_problem(response, 400, "invalid")
    assert [one["parameter"] for one in body["errors"]] == ["kind"]


def test_list_is_not_sent_to_whoever_has_anything(api, assignment, student):
    asked = {"assignment": str(assignment.pk), "kind": "comment"}

    response = api(student).get("/api/v1/annotations/", asked, headers={"If-None-Match": "*"})

    assert (response.status_code, response.content) == (304, b"")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("kind", "comment, question, support, counterargument, evidence, concession"),
        ("status", ", ".join(Status.values)),
    ],
)
def test_parameter_of_few_words_says_which_it_takes(api, student, name, words):
    response = api(student).get("/api/v1/annotations/", {name: "foo"})

    body = expect_problem(response, 400, "invalid")
    assert body["errors"] == [{"parameter": name, "detail": f"Choose one of: {words}."}]


def test_every_bad_filter_is_named_at_once(api, student):
    response = api(student).get("/api/v1/annotations/?author=x&kind=y&status=z")

    body = expect_problem(response, 400, "invalid")
    assert {one["parameter"] for one in body["errors"]} == {"author", "kind", "status"}


def test_filters_do_not_tell_of_hidden_annotations(api, student, assignment):
    hidden = AnnotationFactory(assignment=assignment, audience="staff", tags=["secret"])
    client = api(student)

    for query in (f"author={hidden.author_id}", "tag=secret", "count=1", f"parent={hidden.pk}"):
        assert client.get(f"/api/v1/annotations/?{query}").json()["results"] == []
    assert client.get("/api/v1/annotations/?count=1").json()["total"] == 0


def test_annotations_that_hold_words_are_found(found, assignment):
    note = AnnotationFactory(assignment=assignment, body="Meters lie.")
    AnnotationFactory(assignment=assignment, body="Pipes leak.")
    AnnotationFactory(assignment=assignment, body="Meters lie.", audience="private")
    index_annotations(assignment.essay)

    assert found({"q": "metering"}) == [str(note.pk)]
    assert found({"q": '"lie meters"'}) == []


@pytest.mark.parametrize("words", ["!?", "the", "-meters", "x" * 201])
def test_words_that_cannot_be_looked_for_are_refused(words, api, student, assignment):
    response = api(student).get("/api/v1/annotations/", {"q": words})

    problem = expect_problem(response, 400, "invalid")
    assert [one["parameter"] for one in problem["errors"]] == ["q"]
