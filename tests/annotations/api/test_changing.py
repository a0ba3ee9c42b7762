"""Annotations changed, withdrawn and taken as answers by clients."""

import pytest
from django.utils import timezone

from annotations.enums import Kind, Status
from annotations.models import Annotation
from tests.annotations.api.test_reading import NOBODY, URL
from tests.expect import expect_denied, expect_problem, expect_same_as_absent
from tests.factories.annotations import ReplyFactory, annotation_on
from tests.factories.argument import ClaimFactory, ConcessionFactory


@pytest.fixture
def mine(assignment, paragraphs, student):
    return annotation_on(paragraphs[0], author=student, assignment=assignment, body="Frist.")


def test_change_keeps_what_is_left_out(api, student, mine):
    response = api(student).patch(f"{URL}{mine.pk}/", {"body": "First."})

    body = response.json()
    assert (body["body"], body["kind"], body["version"]) == ("First.", "comment", 2)


def test_change_to_a_counterargument_asks_for_nothing_more(api, student, mine):
    response = api(student).patch(f"{URL}{mine.pk}/", {"kind": "counterargument"})

    shown = response.json()["counterargument"]
    assert (shown["attacks"], shown["counterclaim"]) == (None, "Frist.")


def test_change_of_evidence_keeps_its_source(api, student, assignment, paragraphs):
    evidence = annotation_on(paragraphs[0], author=student, assignment=assignment, evidence=True)

    response = api(student).patch(
        f"{URL}{evidence.pk}/", {"evidence": {"quote": "Demand fell.", "locator": "p. 2"}}
    )

    shown = response.json()["evidence"]
    assert (shown["quote"], shown["locator"], shown["stance"]) == (
        "Demand fell.",
        "p. 2",
        "supports",
    )
    assert shown["source"]["id"] == str(evidence.passage.source_id)


def test_change_of_what_is_known_of_a_source_is_refused_there(api, student, assignment, paragraphs):
    evidence = annotation_on(paragraphs[0], author=student, assignment=assignment, evidence=True)
    before = evidence.passage.source.title

    response = api(student).patch(
        f"{URL}{evidence.pk}/", {"evidence": {"source": {"title": "New title"}}}
    )

    expect_problem(response, 400, "invalid", "/evidence/source")
    assert api(student).get(f"{URL}{evidence.pk}/").json()["evidence"]["source"]["title"] == before


@pytest.fixture
def granted(assignment, paragraphs, student):
    """The student's concession, as far as it goes."""
    note = annotation_on(
        paragraphs[0], author=student, assignment=assignment, kind="concession", body="Granted."
    )
    claim = ClaimFactory(assignment=assignment)
    return ConcessionFactory(annotation=note, claim=claim, scope="in dry years")


@pytest.mark.parametrize(
    ("sent", "scope", "version"),
    [
        ({"body": "So be it."}, "in dry years", 2),
        ({"concession": {"scope": "always"}}, "always", 2),
        ({"concession": {"scope": ""}}, "", 2),
        ({"concession": {"scope": "in dry years"}}, "in dry years", 1),
        ({"concession": {}}, "in dry years", 1),
        ({"concession": {"scope": None}}, "", 2),
        ({"concession": None}, "", 2),
    ],
)
def test_change_of_a_concession_keeps_how_far_it_goes(sent, scope, version, api, student, granted):
    response = api(student).patch(f"{URL}{granted.annotation_id}/", sent)

    body = response.json()
    assert body["concession"] == {"claim": str(granted.claim_id), "scope": scope}
    assert body["version"] == version


def test_change_names_another_claim_and_keeps_the_rest(api, student, granted, assignment):
    other = ClaimFactory(assignment=assignment)

    response = api(student).patch(
        f"{URL}{granted.annotation_id}/", {"concession": {"claim": str(other.pk)}}
    )

    assert response.json()["concession"] == {"claim": str(other.pk), "scope": "in dry years"}


@pytest.mark.parametrize("kind", ["concession", "counterargument", "support"])
def test_claim_that_is_shown_cannot_be_taken_off(kind, api, student, assignment, paragraphs):
    client = api(student)
    made = client.post(
        URL, {"assignment": str(assignment.pk), "paragraph": str(paragraphs[0].pk), "kind": kind,
              "body": "So it is."},
    ).json()  # fmt: skip

    response = client.patch(f"{URL}{made['id']}/", {"body": "Well.", kind: {"claim": None}})

    assert made[kind]["claim"] is not None
    problem = expect_problem(response, 400, "invalid")
    assert [one["pointer"] for one in problem["errors"]] == [f"/{kind}/claim"]
    assert client.get(f"{URL}{made['id']}/").json() == made


def test_claim_that_is_not_shown_may_be_sent_back_as_null(
    api, student, classmate, assignment, paragraphs
):
    claim = ClaimFactory(assignment=assignment, added_by=classmate, status="proposed")
    note = annotation_on(
        paragraphs[0], author=student, assignment=assignment, kind="concession", body="Granted."
    )
    granted = ConcessionFactory(annotation=note, claim=claim)
    type(claim).objects.filter(pk=claim.pk).update(status="withdrawn")
    client = api(student)
    shown = client.get(f"{URL}{note.pk}/").json()["concession"]

    response = client.patch(f"{URL}{note.pk}/", {"body": "Well.", "concession": shown})

    assert shown["claim"] is None
    assert (response.status_code, response.json()["body"]) == (200, "Well.")
    granted.refresh_from_db()
    assert granted.claim_id == claim.pk


def test_change_to_another_kind_drops_how_far_it_went(api, student, granted):
    response = api(student).patch(f"{URL}{granted.annotation_id}/", {"kind": "support"})

    body = response.json()
    assert (body["concession"], body["support"]) == (None, {"claim": str(granted.claim_id)})


def test_history_tells_how_far_it_went(api, student, granted):
    client = api(student)
    client.patch(f"{URL}{granted.annotation_id}/", {"concession": {"scope": "always"}})

    states = client.get(f"{URL}{granted.annotation_id}/history/").json()["results"]

    assert [one["details"]["scope"] for one in states] == ["always"]


@pytest.mark.parametrize(
    ("sent", "headers"),
    [({"version": 2}, {}), ({}, {"HTTP_IF_MATCH": '"2"'})],
    ids=["member", "If-Match"],
)
def test_change_of_another_version_is_refused_with_the_current_one(
    sent, headers, api, student, mine
):
    response = api(student).patch(f"{URL}{mine.pk}/", {"body": "x", **sent}, **headers)

    refusal = expect_problem(response, 412, "stale_version")
    assert refusal["current_version"] == 1
    place = {"header": "If-Match"} if headers else {"pointer": "/version"}
    assert refusal["errors"] == [{**place, "detail": refusal["detail"]}]
    mine.refresh_from_db()
    assert mine.body == "Frist."


@pytest.mark.parametrize("tag", ['"1"', "1", "*", '"1", "2"'])
def test_change_of_the_current_version_is_made(tag, api, student, mine):
    response = api(student).patch(f"{URL}{mine.pk}/", {"body": "x"}, HTTP_IF_MATCH=tag)

    assert response.status_code == 200


@pytest.mark.parametrize("tag", ['W/"1"', '"one"', '"0"', '"2", "3"'])
def test_if_match_that_names_no_version_that_stands_is_stale(tag, api, student, mine):
    response = api(student).patch(f"{URL}{mine.pk}/", {"body": "x"}, HTTP_IF_MATCH=tag)

    expect_problem(response, 412, "stale_version")


@pytest.mark.parametrize("tag", ["one", "0", "1-", "'1'"])
def test_if_match_that_is_no_tag_is_malformed(tag, api, student, mine):
    response = api(student).patch(f"{URL}{mine.pk}/", {"body": "x"}, HTTP_IF_MATCH=tag)

    sentence = 'If-Match takes the ETag as it was sent, such as "3-0123456789abcdef", or *.'
    refusal = expect_problem(response, 400, "malformed")
    assert refusal["errors"] == [{"header": "If-Match", "detail": sentence}]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"body": " "}, "/body"),
        ({"audience": "private"}, "/audience"),
        ({"author": NOBODY}, "/author"),
        ({"status": "hidden"}, "/status"),
        ({"created_at": "2020-01-01T00:00:00Z"}, "/created_at"),
        ({"kind": "evidence"}, "/evidence"),
        ({"version": "1"}, "/version"),
    ],
)
def test_change_that_cannot_be_made_names_its_member(change, pointer, api, student, mine):
    response = api(student).patch(f"{URL}{mine.pk}/", change)

    assert response.status_code == 400
    assert [one["pointer"] for one in response.json()["errors"]] == [pointer]


def test_kind_stays_after_a_reply(api, student, mine):
    ReplyFactory(parent=mine)

    response = api(student).patch(f"{URL}{mine.pk}/", {"kind": "question"})

    expect_problem(response, 409, "invalid_state", "/kind")


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_change_of_anothers_is_denied_and_of_the_hidden_absent(
    method, api, student, classmate, instructor, outsider, mine
):
    for user in (classmate, instructor):
        expect_denied(getattr(api(user), method)(f"{URL}{mine.pk}/", {"kind": 7}))
    client = api(outsider)
    expect_same_as_absent(
        getattr(client, method)(f"{URL}{mine.pk}/", {"kind": 7}),
        getattr(client, method)(f"{URL}{NOBODY}/", {"kind": 7}),
    )


def test_withdrawal_is_gone_for_peers_and_readable_for_author_and_staff(
    api, student, classmate, instructor, outsider, mine
):
    client = api(student)

    answers = [client.delete(f"{URL}{mine.pk}/").status_code for _ in range(2)]

    seen = [
        api(user).get(f"{URL}{mine.pk}/").status_code
        for user in (student, instructor, classmate, outsider)
    ]
    assert (answers, seen) == ([204, 204], [200, 200, 410, 404])


def test_answer_is_taken_and_taken_back(api, student, classmate, assignment, paragraphs):
    question = annotation_on(
        paragraphs[0], author=student, assignment=assignment, kind=Kind.QUESTION
    )
    reply = ReplyFactory(parent=question, author=classmate)
    asker = api(student)
    address = f"{URL}{reply.pk}/answer/"

    expect_denied(api(classmate).put(address))
    taken = asker.put(address).json()["is_answer"]
    open_now = asker.get(f"{URL}{question.pk}/").json()["is_unanswered"]
    back = asker.delete(address).status_code

    assert (taken, open_now, back) == (True, False, 204)
    assert asker.get(f"{URL}{question.pk}/").json()["is_unanswered"] is True


def test_answer_to_what_is_no_question_is_refused(api, student, mine):
    reply = ReplyFactory(parent=mine)

    expect_problem(api(student).put(f"{URL}{reply.pk}/answer/"), 409, "invalid_state")


def test_withdrawn_annotation_takes_no_replies(api, student, mine):
    mine.status = Status.WITHDRAWN
    mine.save()

    response = api(student).post(f"{URL}{mine.pk}/replies/", {"kind": "comment", "body": "Hm."})

    assert response.status_code == 409


CHANGES_OF_ONE = {
    "words": lambda client, one: client.patch(f"{URL}{one.pk}/", {"body": "x"}),
    "audience": lambda client, one: client.put(f"{URL}{one.pk}/audience/", {"audience": "staff"}),
    "place": lambda client, one: client.put(f"{URL}{one.pk}/anchors/", {"anchors": []}),
    "batch": lambda client, one: client.post(
        f"{URL}batch/", {"items": [{"change": str(one.pk), "version": 1, "body": "x"}]}
    ),
}


@pytest.mark.parametrize("change", CHANGES_OF_ONE)
def test_change_of_what_is_withdrawn_is_told_so_to_its_author_alone(
    change, api, student, observer, mine
):
    Annotation.objects.filter(pk=mine.pk).update(status=Status.WITHDRAWN)

    response = CHANGES_OF_ONE[change](api(student), mine)

    problem = problem_of(response)
    assert (problem["status"], problem["code"]) == (409, "invalid_state")
    assert problem["detail"] == "This annotation is withdrawn, so it stays as it is."
    assert problem_of(CHANGES_OF_ONE[change](api(observer), mine))["code"] == "gone"


@pytest.mark.parametrize("change", CHANGES_OF_ONE)
def test_change_in_an_archived_seminar_is_told_so_to_its_author_alone(
    change, api, student, classmate, mine
):
    type(mine.assignment.seminar).objects.update(archived_at=timezone.now())

    own = problem_of(CHANGES_OF_ONE[change](api(student), mine))
    others = problem_of(CHANGES_OF_ONE[change](api(classmate), mine))

    assert (own["status"], own["code"]) == (403, "not_allowed")
    assert own["detail"] == "This seminar is archived: nothing in it can be changed."
    assert (others["status"], others["code"]) == (403, "not_allowed")
    assert others["detail"].startswith("Only its author ")


def problem_of(response):
    """The problem document that refuses the change, also of the one item of a batch."""
    body = response.json()
    return body["results"][0]["problem"] if "results" in body else body
