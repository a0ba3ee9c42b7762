import pytest
from django.utils import timezone

from annotations.models import Annotation
from debate.notices.models import Notice, Preference
from debate.notices.registry import kinds
from tests.expect import expect_constant_queries, expect_problem
from tests.factories.annotations import ReplyFactory, annotation_on
from tests.factories.notices import NoticeFactory

pytestmark = pytest.mark.django_db

LIST = "/api/v1/notices/"
PREFERENCES = "/api/v1/notices/preferences/"


@pytest.fixture
def tell(paragraphs, assignment, student, classmate):
    """`tell(…)`: a notice to the student about a new reply of the classmate's."""
    question = annotation_on(
        paragraphs[0], assignment=assignment, author=student, kind="question", body="Who pays?"
    )

    def make(kind="reply", **fields):
        reply = ReplyFactory(parent=question, author=classmate, body="Everybody.")
        return NoticeFactory(recipient=student, kind=kind, object_id=reply.pk, **fields)

    return make


def ids(response):
    return [one["id"] for one in response.json()["results"]]


def test_list_tells_what_the_inbox_tells(tell, student, api):
    notice = tell()

    (told,) = api(student).get(LIST).json()["results"]

    created_at = told.pop("created_at")
    assert created_at.endswith("Z")
    assert told == {
        "id": str(notice.pk),
        "kind": "reply",
        "sentence": "Classmate replied to your question",
        "heading": "Who should pay for water?, paragraph 1",
        "quote": "Everybody.",
        "object": str(notice.object_id),
        "read_at": None,
        "html_url": f"http://testserver/annotations/{notice.object_id}/",
    }


def test_list_is_narrowed_by_kind_and_to_what_is_unread(tell, student, api):
    reply, mention = tell(), tell("mention")
    Notice.objects.filter(pk=reply.pk).update(read_at=timezone.now())

    assert ids(api(student).get(LIST, {"kind": "reply"})) == [str(reply.pk)]
    assert ids(api(student).get(LIST, {"unread": "1"})) == [str(mention.pk)]


def test_list_leaves_out_what_may_no_longer_be_seen(tell, student, api):
    Annotation.objects.filter(pk=tell().object_id).update(status="hidden")

    assert api(student).get(LIST, {"count": "1"}).json()["total"] == 0


def test_list_asks_as_often_for_three_as_for_one(tell, student, api):
    tell()
    client = api(student)

    expect_constant_queries(lambda: client.get(LIST), grow=lambda: [tell(), tell()])


def test_list_with_a_bad_switch_is_refused(student, api):
    expect_problem(api(student).get(LIST, {"unread": "x"}), 400, "invalid")


def test_reading_one_does_not_mark_it(tell, student, api):
    notice = tell()

    assert api(student).get(f"{LIST}{notice.pk}/").json()["read_at"] is None


def test_read_marks_it_and_answers_with_it(tell, student, api):
    notice = tell()

    response = api(student).post(f"{LIST}{notice.pk}/read/")

    assert (response.status_code, response.json()["id"]) == (200, str(notice.pk))
    assert response.json()["read_at"] is not None


def test_read_with_a_token_to_read_alone_is_refused(tell, student, api):
    response = api(student, scopes=["read"]).post(f"{LIST}{tell().pk}/read/")

    expect_problem(response, 403, "insufficient_scope")


def test_preferences_are_told_and_changed_kind_by_kind(student, api):
    client = api(student)

    before = client.get(PREFERENCES).json()
    after = client.put(PREFERENCES, {"reply": "weekly"}).json()

    assert before == {one.name: str(one.cadence) for one in kinds()}
    assert after == before | {"reply": "weekly"}
    assert list(Preference.objects.values_list("kind", "cadence")) == [("reply", "weekly")]


@pytest.mark.parametrize("member", [{"reply": "hourly"}, {"gossip": "daily"}])
def test_preferences_of_what_there_is_not_are_refused(member, student, api):
    response = api(student).put(PREFERENCES, member)

    expect_problem(response, 400, "invalid", pointer=f"/{next(iter(member))}")


@pytest.mark.parametrize("kind", ["replies", "Reply", "-1"])
def test_kind_of_notice_that_there_is_not_is_refused(api, student, tell, kind):
    tell()

    body = expect_problem(api(student).get(LIST, {"kind": kind}), 400, "invalid")

    assert [one["parameter"] for one in body["errors"]] == ["kind"]


def test_notices_are_read_up_to_one_or_all(api, student):
    first, second = NoticeFactory(recipient=student), NoticeFactory(recipient=student)
    client = api(student)

    client.post("/api/v1/notices/read/", {"until": str(first.pk)})
    half = list(Notice.objects.filter(read_at=None))
    client.post("/api/v1/notices/read/", {})

    assert half == [second]
    assert not Notice.objects.filter(read_at=None).exists()
