"""Inferences, relations, concessions and coded attacks in the API."""

import uuid

import pytest

from annotations.models import Annotation, Claim, Inference, Relation
from tests.expect import expect_constant_queries, expect_problem
from tests.factories.annotations import AnnotationFactory
from tests.factories.argument import (
    ClaimFactory,
    ConcessionFactory,
    HouseRulesFactory,
    InferenceFactory,
    RelationFactory,
)

INFERENCES = "/api/v1/inferences/"
RELATIONS = "/api/v1/relations/"
CONCESSIONS = "/api/v1/concessions/"


@pytest.fixture
def conclusion(assignment, instructor):
    return ClaimFactory(assignment=assignment, text="Price water.", added_by=instructor)


@pytest.fixture
def premise(assignment):
    return ClaimFactory(assignment=assignment, text="Prices lower demand.")


@pytest.fixture
def link(conclusion, premise):
    return InferenceFactory(conclusion=conclusion, premises=[premise])


@pytest.fixture
def attack(conclusion, premise, instructor):
    return RelationFactory(source=premise, target_claim=conclusion, added_by=instructor)


def ids(response):
    return [one["id"] for one in response.json()["results"]]


def hidden_claim(assignment):
    """The claim of a note that only its author reads."""
    note = AnnotationFactory(assignment=assignment, counterargument=True, audience="private")
    return ClaimFactory(annotation=note, assignment=assignment, asserted=True)


# -- inferences -----------------------------------------------------------------------------------


def test_inference_is_shown_whole(api, student, instructor, link, conclusion, premise):
    body = api(student).get(f"{INFERENCES}{link.pk}/").json()

    assert body | {"created_at": "", "updated_at": ""} == {
        "id": str(link.pk),
        "assignment": str(conclusion.assignment_id),
        "conclusion": str(conclusion.pk),
        "premises": [str(premise.pk)],
        "scheme": "",
        "warrant": "",
        "is_explicit": True,
        "status": "marked",
        "annotation": None,
        "added_by": {"id": str(instructor.pk), "name": instructor.display_name},
        "version": 1,
        "created_at": "",
        "updated_at": "",
    }


def test_inference_with_a_hidden_end_is_absent(api, student, conclusion, assignment):
    hidden = hidden_claim(assignment)
    up = InferenceFactory(conclusion=hidden, premises=[conclusion])
    down = InferenceFactory(conclusion=conclusion, premises=[hidden])
    client = api(student)

    assert ids(client.get(INFERENCES)) == []
    assert ids(client.get(INFERENCES, {"premise": hidden.pk})) == []
    assert ids(client.get(INFERENCES, {"conclusion": hidden.pk})) == []
    expect_problem(client.get(f"{INFERENCES}{up.pk}/"), 404, "not_found")
    expect_problem(client.get(f"{INFERENCES}{down.pk}/"), 404, "not_found")


def test_inferences_are_filtered(api, instructor, assignment, link, conclusion, premise):
    off = InferenceFactory(conclusion=premise, status="withdrawn")
    note = AnnotationFactory(assignment=assignment, evidence=True)
    made = InferenceFactory(conclusion=conclusion, annotation=note)
    client = api(instructor)

    expected = {
        "": [link.pk, made.pk],
        "?status=withdrawn": [off.pk],
        f"?conclusion={conclusion.pk}": [link.pk, made.pk],
        f"?premise={premise.pk}": [link.pk],
        f"?annotation={note.pk}": [made.pk],
        f"?assignment={assignment.pk}": [link.pk, made.pk],
        f"?essay={uuid.uuid4()}": [],
    }
    found = {query: ids(client.get(INFERENCES + query)) for query in expected}
    assert found == {query: [str(pk) for pk in pks] for query, pks in expected.items()}


def test_inferences_take_the_same_queries_for_three(api, student, conclusion, link):
    client = api(student)

    def grow():
        for _ in range(2):
            extra = ClaimFactory(assignment=conclusion.assignment)
            InferenceFactory(conclusion=conclusion, premises=[extra])

    expect_constant_queries(lambda: client.get(INFERENCES), grow=grow)


def test_inference_is_made_changed_taken_off_and_put_back(
    api, instructor, assignment, conclusion, premise
):
    client = api(instructor)

    response = client.post(
        INFERENCES,
        {
            "assignment": str(assignment.pk),
            "conclusion": str(conclusion.pk),
            "premises": [str(premise.pk)],
            "scheme": "Sign",
        },
        format="json",
    )
    body = response.json()
    address = f"{INFERENCES}{body['id']}/"
    assert (response.status_code, body["scheme"]) == (201, "Sign")
    assert response["Location"].endswith(address)
    body = client.patch(address, {"warrant": "So.", "version": 1}, format="json").json()
    assert (body["warrant"], body["scheme"], body["version"]) == ("So.", "Sign", 2)
    assert client.delete(address, HTTP_IF_MATCH='"2"').status_code == 204
    assert client.put(f"{address}restore/", {}, format="json").json()["status"] == "marked"


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({}, "/premises"),
        ({"premises": ["x"]}, "/premises/0"),
        ({"premises": [str(uuid.uuid4())]}, "/premises"),
        ({"conclusion": str(uuid.uuid4()), "premises": [str(uuid.uuid4())]}, "/conclusion"),
        ({"scheme": "Magic"}, "/scheme"),
        ({"kind": "x"}, "/kind"),
    ],
)
def test_inference_of_another_shape_is_refused(
    given, pointer, api, instructor, assignment, conclusion, premise
):
    known = {"scheme": {"premises": [str(premise.pk)]}}.get(pointer.strip("/"), {})

    response = api(instructor).post(
        INFERENCES,
        {"assignment": str(assignment.pk), "conclusion": str(conclusion.pk), **known, **given},
        format="json",
    )

    expect_problem(response, 400, "invalid", pointer)
    assert not Inference.objects.exists()


def test_inference_that_is_there_already_is_refused(api, instructor, assignment, link):
    response = api(instructor).post(
        INFERENCES,
        {
            "assignment": str(assignment.pk),
            "conclusion": str(link.conclusion_id),
            "premises": [str(link.premises.get().pk)],
        },
        format="json",
    )

    expect_problem(response, 409, "link_exists", "/premises")


def test_inference_of_their_own_is_changed_by_students_who_mark(
    api, student, classmate, assignment, link
):
    Inference.objects.update(added_by=student)
    HouseRulesFactory(assignment=assignment, students_mark_claims=True)
    address = f"{INFERENCES}{link.pk}/"

    assert api(student).patch(address, {"warrant": "So."}).status_code == 200
    expect_problem(api(classmate).patch(address, {"warrant": "So."}), 403, "not_allowed")


@pytest.mark.parametrize(
    ("method", "place", "body"),
    [("patch", "", {"warrant": "So."}), ("delete", "", None), ("put", "restore/", {})],
)
@pytest.mark.parametrize(
    ("who", "status"), [("student", 403), ("observer", 403), ("outsider", 404)]
)
def test_inference_is_kept_by_whoever_marks(method, place, body, who, status, request, api, link):
    client = api(request.getfixturevalue(who))

    response = getattr(client, method)(f"{INFERENCES}{link.pk}/{place}", body, format="json")

    assert response.status_code == status


# -- relations ------------------------------------------------------------------------------------


def test_relation_is_shown_whole(api, student, instructor, attack, conclusion, premise):
    body = api(student).get(f"{RELATIONS}{attack.pk}/").json()

    assert body | {"created_at": "", "updated_at": ""} == {
        "id": str(attack.pk),
        "assignment": str(conclusion.assignment_id),
        "kind": "rebuts",
        "source": str(premise.pk),
        "target": {"type": "claim", "id": str(conclusion.pk)},
        "is_one_way": False,
        "rationale": "",
        "status": "marked",
        "annotation": None,
        "added_by": {"id": str(instructor.pk), "name": instructor.display_name},
        "version": 1,
        "created_at": "",
        "updated_at": "",
    }


def test_relation_to_a_hidden_end_is_absent(api, student, conclusion, assignment):
    hidden = hidden_claim(assignment)
    evidence = AnnotationFactory(assignment=assignment, evidence=True, audience="private")
    rows = [
        RelationFactory(source=conclusion, target_claim=hidden),
        RelationFactory(source=hidden, target_claim=conclusion),
        RelationFactory(
            source=conclusion, kind="undermines", target_claim=None, target_evidence=evidence
        ),
    ]
    client = api(student)

    assert ids(client.get(RELATIONS)) == []
    assert ids(client.get(RELATIONS, {"target": hidden.pk})) == []
    assert [client.get(f"{RELATIONS}{one.pk}/").status_code for one in rows] == [404, 404, 404]


def test_relations_are_filtered(api, instructor, assignment, attack, link, conclusion, premise):
    undercut = RelationFactory(
        source=conclusion, kind="undercuts", target_claim=None, target_inference=link
    )
    off = RelationFactory(source=conclusion, target_claim=premise, status="withdrawn")
    client = api(instructor)

    expected = {
        "": [attack.pk, undercut.pk],
        "?status=withdrawn": [off.pk],
        "?kind=undercuts": [undercut.pk],
        f"?source={premise.pk}": [attack.pk],
        f"?target={conclusion.pk}": [attack.pk],
        f"?target={link.pk}": [undercut.pk],
        f"?assignment={uuid.uuid4()}": [],
    }
    found = {query: ids(client.get(RELATIONS + query)) for query in expected}
    assert found == {query: [str(pk) for pk in pks] for query, pks in expected.items()}


def test_relations_take_the_same_queries_for_three(api, student, conclusion, attack):
    client = api(student)

    def grow():
        for _ in range(2):
            extra = ClaimFactory(assignment=conclusion.assignment)
            RelationFactory(source=extra, target_claim=conclusion)

    expect_constant_queries(lambda: client.get(RELATIONS), grow=grow)


@pytest.mark.parametrize("of_type", ["claim", "inference", "evidence"])
def test_relation_is_made(of_type, api, instructor, assignment, link, conclusion, premise):
    other = ClaimFactory(assignment=assignment, text="Other.")
    evidence = AnnotationFactory(assignment=assignment, evidence=True)
    kinds = {"claim": "rebuts", "inference": "undercuts", "evidence": "undermines"}
    targets = {"claim": conclusion, "inference": link, "evidence": evidence}
    target = {"type": of_type, "id": str(targets[of_type].pk)}

    response = api(instructor).post(
        RELATIONS,
        {
            "assignment": str(assignment.pk),
            "kind": kinds[of_type],
            "source": str(other.pk),
            "target": target,
        },
        format="json",
    )

    assert (response.status_code, response.json()["target"]) == (201, target)
    assert response["Location"].endswith(f"{RELATIONS}{response.json()['id']}/")


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"target": None}, "/target"),
        ({"target": {"type": "claim"}}, "/target/id"),
        ({"target": {"type": "essay", "id": str(uuid.uuid4())}}, "/target/type"),
        ({"target": {"type": "claim", "id": str(uuid.uuid4())}}, "/target"),
        ({"kind": "hates"}, "/kind"),
        ({"kind": "undercuts"}, "/kind"),
        ({"source": str(uuid.uuid4())}, "/source"),
        ({"rationale": "x" * 501}, "/rationale"),
    ],
)
def test_relation_of_another_shape_is_refused(
    given, pointer, api, instructor, assignment, conclusion, premise
):
    response = api(instructor).post(
        RELATIONS,
        {
            "assignment": str(assignment.pk),
            "kind": "rebuts",
            "source": str(premise.pk),
            "target": {"type": "claim", "id": str(conclusion.pk)},
            **given,
        },
        format="json",
    )

    body = expect_problem(response, 400, response.json()["code"], pointer)
    assert body["code"] in {"invalid", "too_long"}
    assert not Relation.objects.exists()


def test_relation_to_itself_or_twice_is_refused(api, instructor, assignment, attack, premise):
    client = api(instructor)

    def post(target):
        return client.post(
            RELATIONS,
            {
                "assignment": str(assignment.pk),
                "kind": "rebuts",
                "source": str(premise.pk),
                "target": {"type": "claim", "id": str(target)},
            },
            format="json",
        )

    expect_problem(post(premise.pk), 400, "invalid", "/target")
    expect_problem(post(attack.target_claim_id), 409, "relation_exists", "/target")


def test_relation_is_changed_taken_off_and_put_back(api, instructor, attack):
    client = api(instructor)
    address = f"{RELATIONS}{attack.pk}/"

    body = client.patch(address, {"is_one_way": True, "rationale": "So."}, format="json").json()
    assert (body["is_one_way"], body["rationale"], body["version"]) == (True, "So.", 2)
    assert client.delete(address).status_code == 204
    assert client.put(f"{address}restore/", {"version": 3}, format="json").status_code == 200


def test_relation_made_by_a_note_is_not_changed_here(api, instructor, assignment, conclusion):
    claim = ClaimFactory(assignment=assignment, asserted=True)
    relation = RelationFactory(source=claim, target_claim=conclusion, annotation=claim.annotation)

    response = api(instructor).patch(f"{RELATIONS}{relation.pk}/", {"rationale": "So."})

    expect_problem(response, 403, "not_allowed")


@pytest.mark.parametrize(
    ("method", "place", "body"),
    [("patch", "", {"rationale": "So."}), ("delete", "", None), ("put", "restore/", {})],
)
@pytest.mark.parametrize(
    ("who", "status"), [("student", 403), ("observer", 403), ("outsider", 404)]
)
def test_relation_is_kept_by_staff(method, place, body, who, status, request, api, attack):
    client = api(request.getfixturevalue(who))

    response = getattr(client, method)(f"{RELATIONS}{attack.pk}/{place}", body, format="json")

    assert response.status_code == status


@pytest.mark.parametrize("address", [INFERENCES, RELATIONS])
@pytest.mark.parametrize(
    ("who", "status"),
    [("student", 403), ("observer", 403), ("outsider", 404), ("anonymous", 401)],
)
def test_links_are_refused_before_the_rest_is_judged(
    address, who, status, request, api, assignment
):
    client = api(request.getfixturevalue(who))

    response = client.post(address, {"assignment": str(assignment.pk), "x": 1}, format="json")

    assert response.status_code == status


# -- concessions ----------------------------------------------------------------------------------


@pytest.fixture
def granted(assignment, conclusion):
    note = AnnotationFactory(assignment=assignment, kind="concession")
    return ConcessionFactory(annotation=note, claim=conclusion, scope="as far as it goes")


def test_concession_is_shown_whole(api, student, granted, conclusion):
    body = api(student).get(f"{CONCESSIONS}{granted.pk}/").json()

    assert body == {
        "id": str(granted.pk),
        "assignment": str(conclusion.assignment_id),
        "annotation": str(granted.annotation_id),
        "claim": str(conclusion.pk),
        "scope": "as far as it goes",
    }


@pytest.mark.parametrize(
    ("of_note", "of_claim"),
    [
        ({"audience": "private"}, {"status": "marked"}),
        ({"status": "withdrawn"}, {"status": "marked"}),
        ({"audience": "seminar"}, {"status": "withdrawn"}),
    ],
)
def test_concession_that_is_not_for_the_reader_is_absent(
    of_note, of_claim, api, student, granted, conclusion
):
    Annotation.objects.filter(pk=granted.annotation_id).update(**of_note)
    Claim.objects.filter(pk=conclusion.pk).update(**of_claim)
    client = api(student)

    assert ids(client.get(CONCESSIONS)) == []
    expect_problem(client.get(f"{CONCESSIONS}{granted.pk}/"), 404, "not_found")


def test_concessions_are_filtered(api, student, granted, conclusion, premise):
    client = api(student)

    expected = {
        f"?claim={conclusion.pk}": 1,
        f"?claim={premise.pk}": 0,
        f"?annotation={granted.annotation_id}": 1,
        f"?assignment={conclusion.assignment_id}": 1,
        f"?seminar={uuid.uuid4()}": 0,
        f"?essay={conclusion.assignment.essay_id}": 1,
    }
    assert {q: len(ids(client.get(CONCESSIONS + q))) for q in expected} == expected


def test_concessions_take_the_same_queries_for_three(api, student, granted, conclusion):
    client = api(student)

    def grow():
        for _ in range(2):
            note = AnnotationFactory(assignment=conclusion.assignment, kind="concession")
            ConcessionFactory(annotation=note, claim=conclusion)

    expect_constant_queries(lambda: client.get(CONCESSIONS), grow=grow)


# -- what bears on a claim that was taken off -------------------------------------------------------


@pytest.mark.parametrize("end", ["premise", "conclusion"])
def test_lists_leave_out_what_bears_on_a_claim_that_was_taken_off(
    end, api, instructor, assignment, link, attack, granted, conclusion, premise
):
    other = ClaimFactory(assignment=assignment)
    RelationFactory(kind="undercuts", source=other, target_claim=None, target_inference=link)
    client = api(instructor)
    claim = {"premise": premise, "conclusion": conclusion}[end]
    of = {"claim": str(conclusion.pk)} if end == "conclusion" else {}
    before = [ids(client.get(address)) for address in (INFERENCES, RELATIONS)]
    assert [len(one) for one in before] == [1, 2]

    client.delete(f"/api/v1/claims/{claim.pk}/")

    assert [ids(client.get(address)) for address in (INFERENCES, RELATIONS)] == [[], []]
    assert len(ids(client.get(CONCESSIONS, of))) == (end == "premise")
    assert ids(client.get(INFERENCES, {"status": "marked"})) == [str(link.pk)]

    client.put(f"/api/v1/claims/{claim.pk}/restore/")

    assert [ids(client.get(address)) for address in (INFERENCES, RELATIONS)] == before
    assert len(ids(client.get(CONCESSIONS))) == 1


def test_lists_leave_out_what_attacks_a_withdrawn_step_or_note(api, instructor, assignment, link):
    other = ClaimFactory(assignment=assignment)
    note = AnnotationFactory(assignment=assignment, counterargument=True)
    claim = ClaimFactory(annotation=note, assignment=assignment, asserted=True)
    on_step = RelationFactory(
        kind="undercuts", source=other, target_claim=None, target_inference=link
    )
    on_note = RelationFactory(source=other, target_claim=claim)
    client = api(instructor)
    assert ids(client.get(RELATIONS)) == [str(on_step.pk), str(on_note.pk)]

    Inference.objects.filter(pk=link.pk).update(status="withdrawn")
    assert ids(client.get(RELATIONS)) == [str(on_note.pk)]
    Annotation.objects.filter(pk=note.pk).update(status="withdrawn")
    assert ids(client.get(RELATIONS)) == []


# -- coding ---------------------------------------------------------------------------------------


@pytest.fixture
def counter(assignment, student, conclusion):
    note = AnnotationFactory(
        assignment=assignment, author=student, counterargument=True, attacks="unspecified"
    )
    claim = ClaimFactory(annotation=note, assignment=assignment, asserted=True)
    RelationFactory(source=claim, target_claim=conclusion, annotation=note)
    return note


def test_counterargument_is_coded(api, instructor, counter, premise):
    response = api(instructor).put(
        f"/api/v1/annotations/{counter.pk}/attacks/",
        {"attacks": "reason", "claim": str(premise.pk), "version": 1},
        format="json",
    )

    body = response.json()
    assert (response.status_code, body["version"]) == (200, 2)
    assert body["counterargument"]["attacks"] == "reason"
    assert Relation.objects.get().target_claim == premise


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({}, "/attacks"),
        ({"attacks": "unspecified"}, "/attacks"),
        ({"attacks": "step", "claim": str(uuid.uuid4())}, "/claim"),
    ],
)
def test_counterargument_coded_otherwise_is_refused(given, pointer, api, student, counter):
    response = api(student).put(f"/api/v1/annotations/{counter.pk}/attacks/", given, format="json")

    expect_problem(response, 400, "invalid", pointer)


@pytest.mark.parametrize(
    ("who", "status"),
    [("classmate", 403), ("observer", 403), ("outsider", 404), ("anonymous", 401)],
)
def test_counterargument_is_coded_by_author_and_staff(who, status, request, api, counter):
    client = api(request.getfixturevalue(who))

    response = client.put(
        f"/api/v1/annotations/{counter.pk}/attacks/", {"attacks": "step"}, format="json"
    )

    assert response.status_code == status
