"""Under pseudonyms no page, call, header or e-mail tells another student who somebody is.

Two students write everything that there is to write; a classmate who has answered them, an
observer, a student of another seminar and a visitor then look at every address of the site.
"""

import html
import json
import re

import pytest
from django.core import mail
from django.db.models import F
from django.utils import timezone

from annotations.actions import (
    Content,
    SourceInput,
    Target,
    change_audience,
    create_annotation,
    edit_annotation,
    flag_annotation,
    mark_answer,
    withdraw_annotation,
)
from annotations.enums import Audience
from annotations.models import Annotation, Mention
from debate.assignments.models import Alias, Assignment
from debate.notices.mail import send_due
from debate.notices.models import Delivery, Notice
from debate.seminars.enums import Role
from tests.factories.seminars import MembershipFactory
from tests.site.conftest import furnish
from tests.site.test_urls import API, FORMS, JSON, PAGES, form_data, undone
from tests.tables import lines

LOOKERS = ["classmate", "observer", "outsider", "anonymous"]
# Who belongs to the seminar is no secret in it; what they wrote is. There, addresses of mail and
# the names by which people sign in are looked for alone.
NAME_THE_MEMBERS = {"seminar_detail"}
MEMBERS_AT = re.compile(r"/seminars/[\w-]+/(-/)?(people|members|groups)/")
ASKER = {
    "username": "ulfrik-vm",
    "name": "Ulfrik Vandermolen",
    "email": "private@vandermolen.example",
    "pronouns": "fae/faer",
    "pronunciation": "OOL-freek",
}
AUTHOR = {
    "username": "zenobia-x",
    "name": "Zenobia Xylander",
    "email": "home@xylander.example",
    "pronouns": "xe/xem",
    "pronunciation": "zeh-NOH-bee-ah",
}


def writer(seminar, details):
    given = {f"user__{name}": value for name, value in details.items()}
    return MembershipFactory(seminar=seminar, role=Role.STUDENT, **given).user


@pytest.fixture
def student(seminar):
    """Who wrote what stands in the world, instead of the cast's."""
    return writer(seminar, AUTHOR)


@pytest.fixture
def asker(seminar):
    """Another student, who took an answer and changed who reads a thread."""
    return writer(seminar, ASKER)


@pytest.fixture
def assignment(assignment, seminar):
    """With pseudonyms, of an essay that everybody may read."""
    seminar.allows_public = True
    seminar.save()
    assignment.essay.is_public = True
    assignment.essay.save()
    assignment.uses_pseudonyms = True
    assignment.save()
    return assignment


@pytest.fixture
def world(cast, seminar, assignment, paragraphs):
    """The site's world with that author and pseudonyms: each test's own."""
    return furnish(cast, seminar, assignment, paragraphs)


@pytest.fixture
def written(world, assignment, paragraphs, student, asker, classmate, instructor):
    """Everything that two students can write, and what the classmate wrote to them."""

    def post(actor, body, *, parent=None, **more):
        return create_annotation(
            actor=actor,
            assignment_id=assignment.pk,
            content=Content(**{"kind": "comment", "body": body, **more}),
            targets=[] if parent else [Target(paragraph_id=paragraphs[0].pk, quote="by use")],
            parent_id=parent and parent.pk,
        )

    def answered(question, reply):
        mark_answer(actor=asker, reply_id=reply.pk, is_answer=True)
        return question

    alias = Alias.objects.get(assignment=assignment, user=student)
    Annotation.objects.filter(author=student, alias=None).update(alias=alias)  # the factory's
    question = post(asker, "Who paid?", kind="question", tags=("cost",))
    answered(question, post(student, "They did.", parent=question))
    other = post(asker, "Who gained?", kind="question")
    answered(other, post(classmate, "Nobody did.", parent=other))
    remark = post(student, "A remark.", audience=Audience.PUBLIC, tags=("cost",))
    post(classmate, "I doubt it.", parent=remark)
    mine = post(classmate, "My own remark.")
    post(student, f"@{_alias(assignment, classmate)} no.", parent=mine, kind="counterargument")
    post(
        student,
        "",
        kind="evidence",
        stance="supports",
        warrant="It measured the claim.",
        source=SourceInput(link="https://example.org/survey", title="A survey"),
        quote="Nothing else did.",
    )
    post(student, f"@{_alias(assignment, classmate)} see this.", audience=Audience.PUBLIC)
    edit_annotation(
        actor=student, annotation_id=remark.pk, content=Content(kind="comment", body="Better.")
    )
    gone = post(student, "A slip.")
    withdraw_annotation(actor=student, annotation_id=gone.pk)
    moved = post(asker, "For few first.", audience=Audience.SEMINAR)
    taken = post(classmate, "A slip of mine.", parent=moved)
    withdraw_annotation(actor=classmate, annotation_id=taken.pk)
    change_audience(actor=asker, annotation_id=moved.pk, audience=Audience.PUBLIC)
    flag_annotation(actor=student, annotation_id=mine.pk, reason="other")
    assert Mention.objects.filter(user=classmate).count() == 2
    return world


def _alias(assignment, user):
    return Alias.objects.get(assignment=assignment, user=user).name


def told(people, *, with_names=True):
    """What would tell who the people are."""
    private = [
        word
        for person in people
        for word in (
            person.username,
            person.email,
            person.email.split("@")[1],
            person.pronunciation,
        )
    ]
    if not with_names:
        return private
    return private + [
        word
        for person in people
        for word in (*person.name.split(), person.pronouns, str(person.pk), person.pk.hex)
    ]


def found_in(response, words):
    """Which of the words the answer tells, in its headers or its body."""
    asked = response.wsgi_request.get_full_path()
    head = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    cookies = response.cookies.output()
    body = html.unescape(response.getvalue().decode(errors="replace"))  # some files are no text
    text = f"{head}\n{cookies}\n{body}".replace(asked, "").lower()
    initials = re.findall(r">\s*(?:ZX|UV)\s*<", body)
    return [word for word in words if word.lower() in text] + initials


def words_for(name, address, people):
    open_names = name in NAME_THE_MEMBERS or MEMBERS_AT.search(address)
    return told(people, with_names=not open_names)


@pytest.mark.parametrize("role", LOOKERS)
def test_no_page_tells_who_somebody_is(role, written, cast, page, student, asker):
    browser = page(cast[role])
    leaks = {}
    for name, _ in lines(PAGES):
        address = written(name)
        found = found_in(browser.get(address), words_for(name, address, [student, asker]))
        if found:
            leaks[name] = found

    assert leaks == {}


def pages_of(annotation):
    """Every page about one annotation, and what the lists show of it in other views."""
    yield from (
        f"/annotations/{annotation.pk}/{ending}"
        for ending in (
            "", "reply/", "edit/", "withdraw/", "history/", "place/", "audience/", "flag/",
            "moderate/hide/",
        )
    )  # fmt: skip


def calls_of(annotation):
    yield from (
        f"/api/v1/annotations/{annotation.pk}/{ending}"
        for ending in ("", "replies/", "history/", "flags/", "moderation/")
    )


def lists_of(assignment, alias):
    reading = assignment.get_absolute_url()
    for query in (
        "", "?kind=question", f"?author={alias.pk}", "?unanswered=1", "?notes=all",
    ):  # fmt: skip
        yield f"{reading}{query}"
        yield f"{reading}paragraphs/1/{query}"
    for query in ("q=remark", f"q=&author={alias.pk}", "q=survey", "q=cost", "tag=cost"):
        yield f"/search/?{query}"


@pytest.mark.parametrize("role", LOOKERS)
def test_no_thread_history_or_list_tells_who_somebody_is(
    role, written, cast, page, assignment, student, asker
):
    browser = page(cast[role])
    alias = Alias.objects.get(assignment=assignment, user=student)
    addresses = [one for note in Annotation.objects.all() for one in pages_of(note)]

    answers = [browser.get(one) for one in (*addresses, *lists_of(assignment, alias))]

    leaks = {
        one.wsgi_request.get_full_path(): found
        for one in answers
        if (found := found_in(one, told([student, asker])))
    }
    assert leaks == {}
    assert sum(one.status_code == 200 for one in answers) > 15


@pytest.mark.parametrize("role", LOOKERS)
def test_no_call_tells_who_somebody_is(role, written, cast, api, assignment, student, asker):
    client = api(cast[role])
    alias = Alias.objects.get(assignment=assignment, user=student)
    named = [
        (call.split(":", 1)[1], written(call.split(":", 1)[1]))
        for call, _ in lines(API)
        if call.startswith("GET:")
    ]
    named += [("", one) for note in Annotation.objects.all() for one in calls_of(note)]
    named += [
        ("", f"/api/v1/{one}")
        for one in (
            "annotations/?limit=200&count=1", f"annotations/?author={alias.pk}",
            "annotations/?status=withdrawn", f"evidence/?author={alias.pk}", "sources/",
        )
    ]  # fmt: skip

    leaks = {}
    for name, address in named:
        found = found_in(client.get(address), words_for(name, address, [student, asker]))
        if found:
            leaks[address] = found

    assert leaks == {}


def test_no_answer_to_a_form_or_a_write_tells_who_somebody_is(
    written, cast, page, api, assignment, paragraphs, student, asker
):
    user, leaks = cast["classmate"], {}
    about = {"assignment": str(assignment.pk), "paragraph": str(paragraphs[0].pk)}
    for name, _ in lines(FORMS):
        address = written(name)
        for data in (form_data(name), {}):
            response = undone(lambda at=address, data=data: page(user).post(at, data))
            if found := found_in(response, words_for(name, address, [student, asker])):
                leaks[address] = found
    for call, _ in lines(API):
        method, name = call.split(":", 1)
        if method == "GET":
            continue
        address = written(name)
        for body in (JSON.get(call, about | {"kind": "comment", "body": "A remark."}), {}):
            response = undone(
                lambda at=address, body=body, method=method: api(user).generic(
                    method, at, json.dumps(body), content_type="application/json"
                )
            )
            if found := found_in(response, words_for(name, address, [student, asker])):
                leaks[f"{method} {address}"] = found

    assert leaks == {}


def test_no_notice_or_e_mail_tells_who_somebody_is(
    written, page, api, classmate, student, asker, django_capture_on_commit_callbacks
):
    Delivery.objects.update(due_at=timezone.now() - timezone.timedelta(days=8))
    with django_capture_on_commit_callbacks(execute=True):
        while send_due():
            pass

    sent = [one for one in mail.outbox if classmate.email in one.to]
    words = told([student, asker])
    texts = [one.message().as_string().lower() for one in sent]
    assert sent
    assert [word for word in words for text in texts if word.lower() in text] == []
    assert Notice.objects.filter(recipient=classmate).count() == 2
    assert found_in(page(classmate).get("/notices/"), words) == []


def test_author_is_found_by_the_alias_and_not_by_the_person(
    written, page, api, assignment, student, classmate, instructor
):
    alias = Alias.objects.get(assignment=assignment, user=student)

    def in_api(user, path, author):
        answer = api(user).get(f"/api/v1/{path}/", {"author": str(author), "count": "1"})
        return answer.json()["total"]

    def on_page(user, author):
        shown = page(user).get(assignment.get_absolute_url(), {"author": str(author)})
        return len(re.findall(r'role="comment"', shown.content.decode()))

    for path in ("annotations", "evidence"):
        assert in_api(classmate, path, student.pk) == 0
        assert in_api(classmate, path, alias.pk) > 0
        assert in_api(instructor, path, student.pk) > 0
        assert in_api(instructor, path, alias.pk) == 0
    assert on_page(classmate, student.pk) == 0
    assert on_page(classmate, alias.pk) > 0
    searched = page(classmate).get("/search/", {"author": str(student.pk), "q": "remark"})
    assert 'role="comment"' not in searched.content.decode()


def test_author_and_staff_know_who_wrote(written, page, assignment, student, instructor):
    remark = Annotation.objects.get(body="Better.")

    for user in (student, instructor):
        assert student.name in page(user).get(f"/annotations/{remark.pk}/").content.decode()


def test_history_tells_its_author_the_alias_of_who_took_the_answer(
    written, page, api, assignment, classmate, asker, instructor
):
    mine = Annotation.objects.get(body="Nobody did.")
    alias = Alias.objects.get(assignment=assignment, user=asker)

    def last(user):
        return api(user).get(f"/api/v1/annotations/{mine.pk}/history/").json()["results"][-1]["by"]

    assert last(classmate) == {"id": str(alias.pk), "name": alias.name, "is_alias": True}
    assert last(instructor) == {"id": str(asker.pk), "name": asker.name, "is_alias": False}
    assert alias.name in page(classmate).get(f"/annotations/{mine.pk}/history/").content.decode()


def test_composer_of_a_reply_names_the_alias(written, page, assignment, classmate, student):
    remark = Annotation.objects.get(body="Better.")

    shown = page(classmate).get(f"/annotations/{remark.pk}/reply/").content.decode()

    assert f"Reply to {_alias(assignment, student)}" in shown


def test_annotations_are_in_the_order_of_writing_and_not_of_people(written, api, classmate):
    found = api(classmate).get("/api/v1/annotations/", {"limit": "200"}).json()["results"]

    assert [one["id"] for one in found] == sorted(one["id"] for one in found)


def test_alias_ids_tell_no_order_of_coming(written, assignment):
    assert {one.pk.version for one in Alias.objects.filter(assignment=assignment)} == {4}
    assert Assignment.objects.filter(aliases__id=F("aliases__user")).count() == 0
