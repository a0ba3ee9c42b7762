"""Flags and moderation in the API."""

import pytest

from annotations.enums import Status
from annotations.models import Flag, ModerationEntry
from tests.expect import expect_constant_queries, expect_denied, expect_problem
from tests.factories.annotations import AnnotationFactory, FlagFactory, ReplyFactory


@pytest.fixture
def note(assignment, student):
    return AnnotationFactory(assignment=assignment, author=student)


def flags(note):
    return f"/api/v1/annotations/{note.pk}/flags/"


def acts(note):
    return f"/api/v1/annotations/{note.pk}/moderation/"


def person(user):
    return {"id": str(user.pk), "name": user.display_name}


# -- flags ----------------------------------------------------------------------------------------


def test_flag_is_given_replaced_and_taken_back(note, classmate, api):
    client = api(classmate)

    given = client.post(flags(note), {"reason": "offensive", "note": "Line two."})
    again = client.post(flags(note), {"reason": "other"})

    assert (given.status_code, again.status_code) == (201, 200)
    assert again.json() == {
        "id": given.json()["id"],
        "annotation": str(note.pk),
        "reason": "other",
        "note": "",
        "flagged_by": person(classmate),
        "created_at": given.json()["created_at"],
        "resolved_at": None,
        "resolved_by": None,
        "resolution": "",
    }
    assert [client.delete(flags(note)).status_code for _ in range(2)] == [204, 204]
    assert not Flag.objects.open().exists()


def test_flags_are_read_by_who_gave_them_and_by_staff(
    note, student, classmate, observer, instructor, api
):
    flag = FlagFactory(annotation=note, flagged_by=classmate)

    def read(user, address):
        return [one["id"] for one in api(user).get(address).json()["results"]]

    for address in (flags(note), "/api/v1/flags/"):
        assert [read(user, address) for user in (classmate, instructor)] == [[str(flag.pk)]] * 2
        assert [read(user, address) for user in (student, observer)] == [[]] * 2
    assert api().get("/api/v1/flags/").json()["results"] == []


def test_flag_tells_its_resolution_to_staff_only(note, classmate, instructor, api):
    flag = FlagFactory(annotation=note, flagged_by=classmate)
    api(instructor).post(acts(note), {"act": "resolve", "reason": "We talked."})

    def read(user):
        (one,) = api(user).get(flags(note)).json()["results"]
        return one["resolution"], one["resolved_by"]

    assert read(classmate) == ("", person(instructor))
    assert read(instructor) == ("We talked.", person(instructor))
    flag.refresh_from_db()
    assert flag.resolution == "We talked."


def test_flag_on_the_own_annotation_does_not_tell_staff_who_flagged(
    assignment, instructor, classmate, api
):
    own = AnnotationFactory(assignment=assignment, author=instructor)
    api(classmate).post(flags(own), {"reason": "other"})
    api(classmate).delete(flags(own))

    (one,) = api(instructor).get(flags(own)).json()["results"]

    assert (one["flagged_by"], one["resolved_by"]) == (None, None)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/reason"),
        ({"reason": "boring"}, "/reason"),
        ({"reason": "other", "note": 7}, "/note"),
        ({"reason": "other", "status": "hidden"}, "/status"),
    ],
)
def test_flag_with_a_bad_body_names_the_member(note, classmate, api, body, pointer):
    expect_problem(api(classmate).post(flags(note), body), 400, "invalid", pointer)


def test_flag_of_ones_own_is_denied_before_the_body_is_judged(note, student, api):
    expect_denied(api(student).post(flags(note), {"reason": "boring"}))


def test_flags_are_listed_by_what_is_asked(note, assignment, instructor, classmate, api):
    first = FlagFactory(annotation=note, flagged_by=classmate, reason="offensive")
    second = FlagFactory(annotation__assignment=assignment, reason="other")
    api(instructor).post(acts(note), {"act": "resolve"})

    def found(**query):
        return [one["id"] for one in api(instructor).get("/api/v1/flags/", query).json()["results"]]

    assert found() == [str(first.pk), str(second.pk)]
    assert found(open="1") == [str(second.pk)]
    assert found(open="0") == [str(first.pk)]
    assert found(reason="offensive") == [str(first.pk)]
    assert found(annotation=str(note.pk)) == [str(first.pk)]
    assert found(assignment=str(assignment.pk)) == [str(first.pk), str(second.pk)]
    assert found(seminar=str(first.pk)) == []


def test_flags_are_asked_for_as_often_for_three_as_for_one(assignment, instructor, api):
    client = api(instructor)

    def grow(count=1):
        for _ in range(count):
            FlagFactory(annotation__assignment=assignment)

    grow()

    expect_constant_queries(lambda: client.get("/api/v1/flags/"), grow=lambda: grow(2))


# -- acts -----------------------------------------------------------------------------------------


def test_hide_answers_with_the_annotation_and_its_reason(note, instructor, student, api):
    response = api(instructor).post(
        acts(note), {"act": "hide", "reason": "Too harsh.", "version": 1}
    )

    body = response.json()
    assert (response.status_code, body["status"], body["status_reason"]) == (
        200, "hidden", "Too harsh.",
    )  # fmt: skip
    assert body["version"] == 2
    own = api(student).get(f"/api/v1/annotations/{note.pk}/").json()
    assert (own["status"], own["status_reason"]) == ("hidden", "Too harsh.")


def test_hidden_annotation_stands_in_no_list_of_others(note, instructor, classmate, observer, api):
    reply = ReplyFactory(parent=note, author=classmate)
    api(instructor).post(acts(reply), {"act": "hide", "reason": "Too harsh."})

    for user in (observer, None):
        found = api(user).get("/api/v1/annotations/").json()["results"]
        assert str(reply.pk) not in [one["id"] for one in found]
    answer = api(observer).get(f"/api/v1/annotations/{note.pk}/").json()
    assert (answer["reply_count"], answer["status_reason"]) == (0, None)
    expect_problem(api(observer).get(f"/api/v1/annotations/{reply.pk}/"), 404, "not_found")
    found = api(observer).get("/api/v1/annotations/", {"status": "hidden"}).json()
    assert found["results"] == []


def test_approved_annotation_is_read_by_others(assignment, student, instructor, classmate, api):
    waiting = AnnotationFactory(assignment=assignment, author=student, status=Status.PENDING)
    address = f"/api/v1/annotations/{waiting.pk}/"
    expect_problem(api(classmate).get(address), 404, "not_found")

    api(instructor).post(acts(waiting), {"act": "approve"})

    body = api(classmate).get(address).json()
    assert (body["status"], body["status_reason"]) == ("published", None)


def test_thread_tells_in_each_of_its_annotations_that_it_is_locked_and_pinned(
    note, instructor, classmate, api
):
    reply = ReplyFactory(parent=note, author=classmate)
    for act in ("lock", "pin"):
        assert api(instructor).post(acts(note), {"act": act}).status_code == 200

    found = [api(classmate).get(f"/api/v1/annotations/{one.pk}/").json() for one in (note, reply)]

    assert all(one["locked_at"] and one["pinned_at"] for one in found)
    refused = api(classmate).post(
        f"/api/v1/annotations/{note.pk}/replies/", {"kind": "comment", "body": "A remark."}
    )
    expect_problem(refused, 409, "locked")


def test_log_of_an_annotation_is_read_by_staff(note, instructor, assistant, student, api):
    api(instructor).post(acts(note), {"act": "hide", "reason": "Too harsh."})
    api(assistant).post(acts(note), {"act": "unhide"})

    found = api(assistant).get(acts(note)).json()["results"]

    assert [(one["act"], one["actor"], one["reason"]) for one in found] == [
        ("hide", person(instructor), "Too harsh."),
        ("unhide", person(assistant), ""),
    ]
    hidden = api(assistant).get(acts(note), {"act": "hide"}).json()["results"]
    assert [one["id"] for one in hidden] == [found[0]["id"]]
    expect_denied(api(student).get(acts(note)))


def test_log_in_an_archived_seminar_is_read_but_not_added_to(note, instructor, seminar, api):
    seminar.archived_at = note.created_at
    seminar.save()

    assert api(instructor).get(acts(note)).status_code == 200
    expect_denied(api(instructor).post(acts(note), {"act": "lock"}))


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/act"),
        ({"act": "narrow"}, "/act"),
        ({"act": "hide"}, "/reason"),
        ({"act": "hide", "reason": 7}, "/reason"),
        ({"act": "lock", "version": "1"}, "/version"),
    ],
)
def test_act_with_a_bad_body_names_the_member(note, instructor, api, body, pointer):
    response = api(instructor).post(acts(note), body)

    assert response.status_code == 400
    assert [one["pointer"] for one in response.json()["errors"]] == [pointer]
    assert not ModerationEntry.objects.exists()


def test_act_of_another_member_is_denied_before_the_body_is_judged(note, classmate, api):
    expect_denied(api(classmate).post(acts(note), {"act": "narrow", "version": "x"}))


@pytest.mark.parametrize("given", ["member", "header"])
def test_act_at_an_outdated_version_is_stale(note, instructor, api, given):
    note.version = 2
    note.save()
    body = {"act": "lock"} | ({"version": 1} if given == "member" else {})
    header = {"HTTP_IF_MATCH": '"1"'} if given == "header" else {}

    response = api(instructor).post(acts(note), body, **header)

    assert expect_problem(response, 412, "stale_version")["current_version"] == 2


def test_act_that_does_not_fit_the_state_is_refused(note, instructor, api):
    reply = ReplyFactory(parent=note)
    withdrawn = AnnotationFactory(assignment=note.assignment, status=Status.WITHDRAWN)

    for one, act in ((reply, "lock"), (withdrawn, "approve"), (withdrawn, "unhide")):
        response = api(instructor).post(acts(one), {"act": act})
        expect_problem(response, 409, "invalid_state")
