"""Annotations, replies, history and evidence as each person may read them."""

import pytest

from annotations.bibliography.completeness import FIELDS
from annotations.enums import Audience, Kind, Status
from annotations.models import Anchor
from tests.expect import expect_constant_queries, expect_problem, expect_same_as_absent
from tests.factories.annotations import (
    AnnotationFactory,
    AnnotationVersionFactory,
    ReplyFactory,
    SourceFactory,
    annotation_on,
)
from tests.factories.argument import (
    ClaimFactory,
    ConcessionFactory,
    InferenceFactory,
    RelationFactory,
)
from tests.factories.assignments import assignment_of
from tests.factories.essays import ParagraphFactory, RevisionFactory, essay_of

NOBODY = "00000000-0000-7000-8000-000000000000"
URL = "/api/v1/annotations/"


def iso(moment):
    return moment.isoformat().replace("+00:00", "Z")


def ids(response):
    return [one["id"] for one in response.json()["results"]]


def test_annotation_is_shown_whole(api, student, classmate, assignment, paragraphs):
    annotation = annotation_on(
        paragraphs[1],
        "voted twice",
        assignment=assignment,
        author=classmate,
        kind=Kind.COUNTERARGUMENT,
        attacks="step",
        counterclaim="Twice is not enough.",
        body="Twice is *not* enough.",
        tags=["votes"],
    )
    ReplyFactory(parent=annotation)

    response = api(student).get(f"{URL}{annotation.pk}/")

    assert response.json() == {
        "id": str(annotation.pk),
        "kind": "counterargument",
        "status": "published",
        "status_reason": None,
        "audience": "seminar",
        "group": None,
        "round": str(annotation.round_id),
        "author": {"id": str(classmate.pk), "name": "Classmate", "is_alias": False},
        "assignment": str(assignment.pk),
        "body": "Twice is *not* enough.",
        "body_html": "<p>Twice is <em>not</em> enough.</p>",
        "anchors": [
            {
                "paragraph": str(paragraphs[1].pk),
                "key": str(paragraphs[1].key),
                "number": 2,
                "revision": 1,
                "start": 14,
                "end": 25,
                "exact": "voted twice",
                "prefix": "The council 🙂 ",
                "suffix": ": once for the plan, once agains",
                "state": "created",
                "confidence": 1.0,
            }
        ],
        "parent": None,
        "root": None,
        "reply_count": 1,
        "is_answer": False,
        "is_unanswered": True,
        "is_late": False,
        "pinned_at": None,
        "locked_at": None,
        "tags": ["votes"],
        "version": 1,
        "created_at": iso(annotation.created_at),
        "updated_at": iso(annotation.updated_at),
        "html_url": f"http://testserver/annotations/{annotation.pk}/",
        "counterargument": {
            "attacks": "step",
            "counterclaim": "Twice is not enough.",
            "claim": None,
        },
        "evidence": None,
        "support": None,
        "concession": None,
    }


def test_counterargument_whose_author_is_not_sure_attacks_null(api, student, assignment):
    annotation = AnnotationFactory(
        assignment=assignment, kind=Kind.COUNTERARGUMENT, attacks="unspecified", counterclaim="No."
    )

    body = api(student).get(f"{URL}{annotation.pk}/").json()

    assert body["counterargument"] == {"attacks": None, "counterclaim": "No.", "claim": None}


def test_evidence_is_shown_with_its_source(api, student, seminar, assignment):
    source = SourceFactory(seminar=seminar, url="", doi="10.1000/182", csl={"title": "On DOIs"})
    annotation = AnnotationFactory(
        assignment=assignment,
        evidence=True,
        passage__source=source,
        passage__quote="Words.",
        passage__locator="p. 3",
    )

    body = api(student).get(f"{URL}{annotation.pk}/").json()

    assert body["evidence"] == {
        "stance": "supports",
        "warrant": "It measured what the paragraph claims.",
        "quote": "Words.",
        "locator": "p. 3",
        "claim": None,
        "source": {
            "id": str(source.pk),
            "title": "On DOIs",
            "url": "https://doi.org/10.1000/182",
            "doi": "10.1000/182",
            "csl": {"title": "On DOIs"},
        },
    }


def of_kind(kind, assignment, author):
    """An annotation of the kind."""
    shape = {"counterargument": {"counterargument": True}, "evidence": {"evidence": True}}
    return AnnotationFactory(
        assignment=assignment, author=author, **shape.get(kind, {"kind": kind})
    )


def bearing(note, claim):
    """The row in which the note bears on the claim, as its kind does."""
    made = {
        "counterargument": lambda: RelationFactory(
            annotation=note, source=claim_of(note), target_claim=claim
        ),
        "support": lambda: InferenceFactory(annotation=note, conclusion=claim),
        "evidence": lambda: InferenceFactory(annotation=note, conclusion=claim),
        "concession": lambda: ConcessionFactory(annotation=note, claim=claim, scope="in part"),
    }
    return made[note.kind]()


def claim_of(note):
    return ClaimFactory(assignment=note.assignment, origin="annotation", annotation=note)


KINDS = ["counterargument", "support", "evidence", "concession"]


@pytest.mark.parametrize("kind", KINDS)
def test_annotation_names_the_claim_that_it_bears_on(kind, api, student, classmate, assignment):
    note = of_kind(kind, assignment, classmate)
    claim = ClaimFactory(assignment=assignment)
    bearing(note, claim)

    body = api(student).get(f"{URL}{note.pk}/").json()

    assert body[kind]["claim"] == str(claim.pk)
    assert [name for name in KINDS if body[name] is not None] == [kind]


def test_concession_says_how_far_it_grants(api, student, classmate, assignment):
    note = of_kind("concession", assignment, classmate)
    claim = ClaimFactory(assignment=assignment)
    bearing(note, claim)

    body = api(student).get(f"{URL}{note.pk}/").json()

    assert body["concession"] == {"claim": str(claim.pk), "scope": "in part"}


def test_counterargument_against_a_step_names_its_conclusion(api, student, classmate, assignment):
    note = of_kind("counterargument", assignment, classmate)
    step = InferenceFactory(conclusion=ClaimFactory(assignment=assignment))
    RelationFactory(
        annotation=note,
        source=claim_of(note),
        kind="undercuts",
        target_claim=None,
        target_inference=step,
    )

    body = api(student).get(f"{URL}{note.pk}/").json()

    assert body["counterargument"]["claim"] == str(step.conclusion_id)


@pytest.mark.parametrize(
    ("reader", "status", "is_known"),
    [
        ("student", "marked", True),
        ("student", "implied", True),
        ("student", "proposed", True),
        ("student", "withdrawn", False),
        ("instructor", "withdrawn", True),
    ],
)
def test_claim_borne_on_is_named_to_who_may_know_of_it(
    reader, status, is_known, api, student, instructor, classmate, assignment
):
    note = of_kind("support", assignment, classmate)
    claim = ClaimFactory(assignment=assignment, status=status, added_by=classmate)
    bearing(note, claim)
    people = {"student": student, "instructor": instructor}

    body = api(people[reader]).get(f"{URL}{note.pk}/").json()

    assert body["support"] == {"claim": {True: str(claim.pk), False: None}[is_known]}


def test_claim_of_a_note_that_one_may_not_read_is_not_named(api, student, classmate, assignment):
    hidden = AnnotationFactory(
        assignment=assignment, author=classmate, counterargument=True, audience=Audience.STAFF
    )
    note = of_kind("support", assignment, classmate)
    bearing(note, claim_of(hidden))

    assert api(student).get(f"{URL}{note.pk}/").json()["support"] == {"claim": None}


def test_claim_of_the_map_is_not_named_to_visitors_of_a_public_note(
    api, anonymous, classmate, assignment, seminar, essay
):
    seminar.allows_public = essay.is_public = True
    seminar.save()
    essay.save()
    note = AnnotationFactory(
        assignment=assignment, author=classmate, kind="support", audience=Audience.PUBLIC
    )
    bearing(note, ClaimFactory(assignment=assignment))

    assert api(anonymous).get(f"{URL}{note.pk}/").json()["support"] == {"claim": None}


def test_list_with_claims_asks_as_often_for_one_as_for_three(api, student, classmate, assignment):
    client = api(student)
    claim = ClaimFactory(assignment=assignment)
    for kind in KINDS:
        bearing(of_kind(kind, assignment, classmate), claim)

    def grow():
        for kind in KINDS * 2:
            bearing(of_kind(kind, assignment, classmate), ClaimFactory(assignment=assignment))

    expect_constant_queries(lambda: client.get(URL), grow=grow)


def test_anchors_are_those_of_the_revision_asked_for(api, student, assignment, paragraphs):
    annotation = annotation_on(paragraphs[0], "Cities", assignment=assignment)
    second = RevisionFactory(essay=assignment.essay, number=2)
    moved = ParagraphFactory(revision=second, text="All cities.")
    Anchor.objects.create(
        annotation=annotation, revision=second, paragraph=moved, start=4, end=10, exact="cities",
        state="moved", confidence=0.9,
    )  # fmt: skip
    client = api(student)

    current = client.get(f"{URL}{annotation.pk}/").json()["anchors"]
    other = client.get(f"{URL}{annotation.pk}/?revision=2").json()["anchors"]
    listed = client.get(f"{URL}?revision=2").json()["results"][0]["anchors"]
    none = client.get(f"{URL}{annotation.pk}/?revision=3").json()["anchors"]

    assert [(one["revision"], one["exact"]) for one in current] == [(1, "Cities")]
    assert [(one["revision"], one["exact"], one["state"]) for one in other] == [
        (2, "cities", "moved")
    ]
    assert (listed, none) == (other, [])


def test_orphaned_anchor_keeps_its_words_and_has_no_paragraph(api, student, assignment):
    annotation = AnnotationFactory(assignment=assignment)
    Anchor.objects.create(
        annotation=annotation, revision=assignment.revision, exact="gone", state="orphaned"
    )

    [anchor] = api(student).get(f"{URL}{annotation.pk}/").json()["anchors"]

    assert (anchor["paragraph"], anchor["key"], anchor["number"]) == (None, None, None)
    assert (anchor["exact"], anchor["state"]) == ("gone", "orphaned")


def test_reply_count_counts_what_the_person_may_read(api, student, assignment):
    annotation = AnnotationFactory(assignment=assignment)
    ReplyFactory.create_batch(2, parent=annotation)
    ReplyFactory(parent=annotation, audience=Audience.PRIVATE)
    ReplyFactory(parent=annotation, status=Status.WITHDRAWN)

    assert api(student).get(f"{URL}{annotation.pk}/").json()["reply_count"] == 2


AUDIENCES = {
    "private": {"author"},
    "staff": {"author", "instructor", "assistant"},
    "group": {"author", "instructor", "assistant"},
    "seminar": {"author", "instructor", "assistant", "student", "observer"},
}


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize(
    "who", ["author", "instructor", "assistant", "student", "observer", "outsider", "anonymous"]
)
def test_annotation_is_read_by_its_audience_only(
    request, api, assignment, classmate, other_group, audience, who
):
    annotation = AnnotationFactory(
        assignment=assignment,
        author=classmate,
        audience=audience,
        group=other_group if audience == "group" else None,
    )
    client = api(classmate if who == "author" else request.getfixturevalue(who))

    one = client.get(f"{URL}{annotation.pk}/")
    listed = ids(client.get(URL))

    if who in AUDIENCES[audience]:
        assert (one.json()["id"], listed) == (str(annotation.pk), [str(annotation.pk)])
    else:
        expect_same_as_absent(one, client.get(f"{URL}{NOBODY}/"))
        assert listed == []


def test_withdrawn_annotation_is_gone_for_those_who_could_read_it(
    api, student, classmate, instructor, outsider, assignment
):
    annotation = AnnotationFactory(
        assignment=assignment, author=classmate, status=Status.WITHDRAWN, body="I was wrong."
    )
    address = f"{URL}{annotation.pk}/"

    expect_problem(api(student).get(address), 410, "gone")
    expect_same_as_absent(api(outsider).get(address), api(outsider).get(f"{URL}{NOBODY}/"))
    for reader in (classmate, instructor):
        body = api(reader).get(address).json()
        assert (body["status"], body["body"]) == ("withdrawn", "I was wrong.")


@pytest.mark.parametrize(
    "never_read",
    [{"published_at": None}, {"status_reason": "It was rude."}],
    ids=["pending", "hidden"],
)
def test_annotation_withdrawn_while_others_could_not_read_it_is_absent(
    api, student, classmate, instructor, assignment, never_read
):
    annotation = AnnotationFactory(
        assignment=assignment, author=classmate, status=Status.WITHDRAWN, **never_read
    )
    address = f"{URL}{annotation.pk}/"
    client = api(student)

    for path in ("", "replies/"):
        hidden = client.get(f"{address}{path}")
        expect_same_as_absent(hidden, client.get(f"{URL}{NOBODY}/{path}"))
    assert api(classmate).get(address).status_code == 200
    assert api(instructor).get(address).status_code == 200


def test_withdrawn_annotation_is_listed_when_asked_for(api, classmate, assignment):
    annotation = AnnotationFactory(assignment=assignment, author=classmate, status=Status.WITHDRAWN)
    client = api(classmate)

    assert ids(client.get(URL)) == []
    assert ids(client.get(f"{URL}?status=withdrawn")) == [str(annotation.pk)]


def test_replies_are_the_direct_ones_oldest_first(api, student, assignment):
    annotation = AnnotationFactory(assignment=assignment)
    first, second = ReplyFactory.create_batch(2, parent=annotation)
    ReplyFactory(parent=first)
    ReplyFactory(parent=annotation, status=Status.WITHDRAWN)
    AnnotationFactory(assignment=assignment)

    response = api(student).get(f"{URL}{annotation.pk}/replies/")

    assert ids(response) == [str(first.pk), str(second.pk)]
    assert {one["parent"] for one in response.json()["results"]} == {str(annotation.pk)}


def test_replies_of_a_withdrawn_annotation_are_still_read(api, student, assignment):
    annotation = AnnotationFactory(assignment=assignment, status=Status.WITHDRAWN)
    reply = ReplyFactory(parent=annotation)

    assert ids(api(student).get(f"{URL}{annotation.pk}/replies/")) == [str(reply.pk)]


def test_history_tells_author_and_staff_every_wording(api, classmate, assistant, assignment):
    annotation = AnnotationFactory(assignment=assignment, author=classmate, version=2)
    first = AnnotationVersionFactory(annotation=annotation, version=1, body="Frist.")
    AnnotationVersionFactory(annotation=annotation, version=2, body="First.", details={"tags": []})

    for reader in (classmate, assistant):
        results = api(reader).get(f"{URL}{annotation.pk}/history/").json()["results"]
        assert [(one["version"], one["body"]) for one in results] == [(1, "Frist."), (2, "First.")]
        assert results[0] == {
            "version": 1,
            "kind": "comment",
            "status": "published",
            "body": "Frist.",
            "details": {},
            "by": {"id": str(classmate.pk), "name": "Classmate", "is_alias": False},
            "at": iso(first.at),
        }


def test_history_is_kept_from_readers(api, student, observer, assignment):
    annotation = AnnotationFactory(assignment=assignment)

    for reader in (student, observer, None):
        response = api(reader).get(f"{URL}{annotation.pk}/history/")
        if reader:
            expect_problem(response, 403, "not_allowed")
        else:
            expect_problem(response, 404, "not_found")


@pytest.mark.parametrize("part", ["", "replies/", "history/"])
def test_hidden_annotation_is_as_one_that_is_absent(api, student, assignment, part):
    annotation = AnnotationFactory(assignment=assignment, audience=Audience.STAFF)
    client = api(student)

    expect_same_as_absent(
        client.get(f"{URL}{annotation.pk}/{part}"), client.get(f"{URL}{NOBODY}/{part}")
    )


def test_public_annotation_is_read_without_signing_in(api, seminar):
    seminar.allows_public = True
    seminar.save()
    assignment = assignment_of(essay_of("Words.", seminar=seminar, is_public=True))
    public = AnnotationFactory(assignment=assignment, audience=Audience.PUBLIC)
    AnnotationFactory(assignment=assignment)

    assert ids(api(None).get(URL)) == [str(public.pk)]


def test_evidence_is_listed_with_target_and_passage(api, student, assignment, paragraphs):
    first = annotation_on(paragraphs[0], "Cities", assignment=assignment, evidence=True)
    second = ReplyFactory(parent=first, evidence=True, stance="attacks")
    AnnotationFactory(assignment=assignment)

    results = api(student).get("/api/v1/evidence/").json()["results"]

    assert [one["annotation"] for one in results] == [str(first.pk), str(second.pk)]
    assert [one["target"] for one in results] == [
        {"annotation": None, "paragraphs": [str(paragraphs[0].pk)]},
        {"annotation": str(first.pk), "paragraphs": []},
    ]
    assert results[0] == {
        "annotation": str(first.pk),
        "assignment": str(assignment.pk),
        "author": {
            "id": str(first.author_id), "name": first.author.display_name, "is_alias": False,
        },
        "stance": "supports",
        "warrant": "It measured what the paragraph claims.",
        "target": {"annotation": None, "paragraphs": [str(paragraphs[0].pk)]},
        "passage": str(first.passage_id),
        "quote": "",
        "locator": "",
        "source": {
            "id": str(first.passage.source_id),
            "title": first.passage.source.url,
            "url": first.passage.source.url,
            "doi": "",
            "csl": {},
        },
        "check": None,
        "completeness": {**dict.fromkeys(FIELDS, "missing"), "url": "given"},
        "version": 1,
        "created_at": iso(first.created_at),
        "updated_at": iso(first.updated_at),
    }  # fmt: skip


def test_evidence_is_filtered_by_stance_and_source(api, student, assignment):
    first = AnnotationFactory(assignment=assignment, evidence=True)
    second = AnnotationFactory(assignment=assignment, evidence=True, stance="context")
    client = api(student)

    def found(query):
        results = client.get(f"/api/v1/evidence/?{query}").json()["results"]
        return [one["annotation"] for one in results]

    assert found("stance=context") == [str(second.pk)]
    assert found(f"source={first.passage.source_id}") == [str(first.pk)]


def test_sources_are_those_of_the_persons_seminars(api, student, seminar, other_seminar):
    source = SourceFactory(seminar=seminar, csl={"title": "Tariffs"}, added_by=student)
    SourceFactory(seminar=other_seminar)
    client = api(student)
    shown = {
        "id": str(source.pk),
        "seminar": str(seminar.pk),
        "title": "Tariffs",
        "url": source.url,
        "doi": "",
        "csl": {"title": "Tariffs"},
        "source_type": "",
        "author_qualifications": "",
        "accessed_on": None,
        "archived_url": "",
        "interest_note": "",
        "retraction_note": "",
        "not_given": [],
        "completeness": {
            "author": "missing",
            "issued": "missing",
            "source": "missing",
            "title": "given",
            "accessed": "missing",
            "url": "given",
            "qualifications": "missing",
            "page": "missing",
        },
        "created_at": iso(source.created_at),
        "updated_at": iso(source.updated_at),
    }

    assert client.get("/api/v1/sources/").json()["results"] == [shown]
    assert client.get(f"/api/v1/sources/{source.pk}/").json() == shown
    assert client.get(f"/api/v1/sources/?seminar={NOBODY}").json()["results"] == []


def test_source_of_another_seminar_is_as_one_that_is_absent(api, student, other_seminar):
    source = SourceFactory(seminar=other_seminar)
    client = api(student)

    expect_same_as_absent(
        client.get(f"/api/v1/sources/{source.pk}/"), client.get(f"/api/v1/sources/{NOBODY}/")
    )


@pytest.mark.parametrize(
    ("address", "queries"),
    [(URL, 4), ("/api/v1/evidence/", 5), (f"{URL}?unanswered=1&count=1", 5)],
)
def test_lists_take_a_fixed_number_of_queries(
    api, student, assignment, paragraphs, address, queries
):
    client = api(student)

    def grow(count=2):
        for _ in range(count):
            annotation = annotation_on(paragraphs[0], assignment=assignment, evidence=True)
            ReplyFactory(parent=annotation, evidence=True)
            annotation_on(paragraphs[0], assignment=assignment, counterargument=True)

    grow(1)

    assert expect_constant_queries(lambda: client.get(address), grow=grow) <= queries


def test_replies_and_history_take_a_fixed_number_of_queries(api, classmate, assignment):
    annotation = AnnotationFactory(assignment=assignment, author=classmate)
    ReplyFactory(parent=annotation)
    AnnotationVersionFactory(annotation=annotation, version=1)
    client = api(classmate)

    def visit():
        client.get(f"{URL}{annotation.pk}/replies/")
        client.get(f"{URL}{annotation.pk}/history/")

    def grow():
        ReplyFactory.create_batch(2, parent=annotation)
        AnnotationVersionFactory(annotation=annotation, version=2)
        AnnotationVersionFactory(annotation=annotation, version=3)

    expect_constant_queries(visit, grow=grow)
