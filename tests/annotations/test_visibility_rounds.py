"""What a blind round hides, from whom, in every place, and until when."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.models import Annotation
from annotations.pages.queries import assignment_lines
from debate.assignments.models import Assignment, Round
from tests.expect import expect_same_as_absent
from tests.factories.annotations import (
    AnnotationFactory,
    PassageFactory,
    ReplyFactory,
    SourceFactory,
    annotation_on,
)
from tests.factories.assignments import RoundFactory

HOUR = timedelta(hours=1)
WORDS = "Nobody measured the pipes"
READING = "/seminars/water-policy/who-should-pay/"


@pytest.fixture
def blind(assignment):
    """The round that goes on: blind, for an hour more."""
    now = timezone.now()
    Round.objects.update(mode="blind", opens_at=now - HOUR, ends_at=now + HOUR)
    RoundFactory(assignment=assignment, number=2, opens_at=now + HOUR)
    return assignment.rounds.get(number=1)


@pytest.fixture
def theirs(blind, assignment, classmate, paragraphs):
    """The classmate's counterargument in it, on the first paragraph."""
    return annotation_on(
        paragraphs[0],
        assignment=assignment,
        round=blind,
        author=classmate,
        counterargument=True,
        counterclaim=WORDS,
        body=WORDS,
    )


@pytest.fixture
def evidence(blind, assignment, classmate, paragraphs):
    """The classmate's evidence in it, of a work that nobody else has named."""
    source = SourceFactory(seminar=assignment.seminar, added_by=classmate, csl={"title": WORDS})
    return annotation_on(
        paragraphs[1],
        assignment=assignment,
        round=blind,
        author=classmate,
        evidence=True,
        body=WORDS,
        passage=PassageFactory(source=source),
    )


def end(one):
    Round.objects.filter(pk=one.pk).update(ends_at=timezone.now())


def post(author, one, count=1, **fields):
    return AnnotationFactory.create_batch(
        count, assignment=one.assignment, round=one, author=author, **fields
    )


def sees(user, annotation):
    return Annotation.objects.visible_to(user).filter(pk=annotation.pk).exists()


# -- who ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("classmate", True),
        ("instructor", True),
        ("assistant", True),
        ("student", False),
        ("observer", False),
        ("outsider", False),
        ("operator", False),
        ("anonymous", False),
    ],
)
def test_post_in_a_blind_round_is_read_by_author_and_staff(request, theirs, role, expected):
    assert sees(request.getfixturevalue(role), theirs) is expected


@pytest.mark.parametrize("role", ["student", "observer"])
def test_post_is_read_by_members_once_the_round_has_ended(request, theirs, blind, role):
    end(blind)

    assert sees(request.getfixturevalue(role), theirs)


@pytest.mark.parametrize("role", ["outsider", "anonymous"])
def test_public_post_in_a_blind_round_is_public_when_it_ends(
    request, theirs, blind, assignment, seminar, role
):
    seminar.allows_public = assignment.essay.is_public = True
    seminar.save()
    assignment.essay.save()
    Annotation.objects.update(audience="public")
    user = request.getfixturevalue(role)
    before = sees(user, theirs)

    end(blind)

    assert (before, sees(user, theirs)) == (False, True)


def test_post_for_the_own_group_is_hidden_too(blind, student, assignment, group, classmate):
    group.members.add(classmate)
    [shared] = post(classmate, blind, audience="group", group=group)

    assert not sees(student, shared)


def test_post_of_an_open_round_is_read_while_another_is_blind(
    blind, student, classmate, assignment
):
    earlier = RoundFactory(assignment=assignment, number=3, opens_at=timezone.now() - 2 * HOUR)
    [shown] = post(classmate, earlier)

    assert sees(student, shown)


def test_blind_round_without_end_is_never_revealed_by_time(blind, student, theirs):
    Round.objects.filter(pk=blind.pk).update(ends_at=None)

    assert not sees(student, theirs)


def test_blind_round_made_open_reveals(blind, student, theirs):
    Round.objects.filter(pk=blind.pk).update(mode="open")

    assert sees(student, theirs)


# -- until one has posted oneself -----------------------------------------------------------------


@pytest.fixture
def after_two(blind):
    blind.reveals_after = 2
    blind.save()
    return blind


@pytest.mark.parametrize(("count", "expected"), [(0, False), (1, False), (2, True), (3, True)])
def test_round_is_revealed_to_whoever_has_posted_enough(
    after_two, student, theirs, count, expected
):
    post(student, after_two, count)

    assert sees(student, theirs) is expected


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "withdrawn"},
        {"status": "hidden"},
        {"status": "pending"},
        {"status": "held"},
        {"audience": "private"},
    ],
)
def test_post_that_does_not_count_reveals_nothing(after_two, student, theirs, fields):
    post(student, after_two)
    post(student, after_two, 3, **fields)

    assert not sees(student, theirs)


def test_post_for_staff_counts(after_two, student, theirs):
    post(student, after_two, 2, audience="staff")

    assert sees(student, theirs)


def test_posts_of_another_round_or_person_reveal_nothing(
    after_two, student, theirs, assignment, instructor
):
    post(student, assignment.rounds.get(number=2), 2)
    post(instructor, after_two, 2)

    assert not sees(student, theirs)


def test_posts_taken_back_hide_the_others_again(after_two, student, theirs):
    post(student, after_two, 2)
    before = sees(student, theirs)

    Annotation.objects.filter(author=student).update(status="withdrawn")

    assert (before, sees(student, theirs)) == (True, False)


# -- in every place -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [READING, f"{READING}paragraphs/1/"])
def test_page_of_the_essay_shows_a_blind_post_when_it_is_revealed(
    path, page, student, blind, theirs
):
    browser = page(student)
    before = browser.get(path).content.decode()
    end(blind)

    after = browser.get(path).content.decode()

    assert (WORDS in before, WORDS in after) == (False, True)
    assert (str(theirs.pk) in before, str(theirs.pk) in after) == (False, True)
    assert "Classmate" not in before


@pytest.mark.parametrize("path", ["/", "/seminars/water-policy/", "/search/?q=pipes"])
def test_page_about_many_essays_tells_nothing_of_a_blind_post(
    path, page, student, theirs, evidence
):
    shown = page(student).get(path).content.decode()

    assert WORDS not in shown
    assert str(theirs.pk) not in shown


@pytest.mark.parametrize("ending", ["", "reply/", "edit/", "withdraw/", "history/", "flag/"])
def test_page_of_a_blind_post_is_as_of_none(ending, page, student, theirs):
    browser = page(student)

    expect_same_as_absent(
        browser.get(f"/annotations/{theirs.pk}/{ending}"),
        browser.get(f"/annotations/{uuid.uuid4()}/{ending}"),
    )


@pytest.mark.parametrize("ending", ["", "replies/", "history/"])
def test_call_for_a_blind_post_is_as_for_none(ending, api, student, theirs):
    client = api(student)

    expect_same_as_absent(
        client.get(f"/api/v1/annotations/{theirs.pk}/{ending}"),
        client.get(f"/api/v1/annotations/{uuid.uuid4()}/{ending}"),
    )


def test_reply_to_a_blind_post_is_refused_as_to_none(api, student, theirs, assignment):
    client = api(student)
    body = {"assignment": str(assignment.pk), "kind": "comment", "body": "Why?"}

    hidden, absent = (
        client.post("/api/v1/annotations/", {**body, "parent": str(one)}, format="json").json()
        for one in (theirs.pk, uuid.uuid4())
    )

    assert hidden == absent
    assert hidden["errors"][0]["pointer"] == "/parent"


LISTS = [
    "annotations/?count=1",
    "annotations/?count=1&status=published",
    "annotations/?count=1&unanswered=1",
    "annotations/?count=1&kind=counterargument",
    "evidence/?count=1",
    "sources/?count=1",
]


@pytest.mark.parametrize("path", LISTS)
def test_list_neither_shows_nor_counts_a_blind_post(path, api, student, blind, theirs, evidence):
    client = api(student)
    before = client.get(f"/api/v1/{path}").json()
    end(blind)

    after = client.get(f"/api/v1/{path}").json()

    assert (before["results"], before["total"]) == ([], 0)
    assert after["total"] == len(after["results"]) > 0


def test_source_of_a_blind_post_is_as_none(api, student, evidence):
    client = api(student)

    expect_same_as_absent(
        client.get(f"/api/v1/sources/{evidence.passage.source_id}/"),
        client.get(f"/api/v1/sources/{uuid.uuid4()}/"),
    )


def test_start_page_and_seminar_count_only_what_is_revealed(blind, student, theirs, evidence):
    def counts():
        [line] = assignment_lines(student, Assignment.objects.all())
        return line.note_count, line.unanswered_count

    post(student, blind)
    before = counts()
    end(blind)

    assert (before, counts()) == ((1, 0), (3, 1))


def test_replies_that_are_hidden_are_neither_counted_nor_taken_for_answers(
    api, blind, student, classmate, assignment
):
    [mine] = post(student, blind, counterargument=True)
    ReplyFactory(
        parent=mine,
        author=classmate,
        kind="concession",
        body=WORDS,
    )
    client = api(student)
    address = f"/api/v1/annotations/{mine.pk}/"

    before = client.get(address).json()
    replies = client.get(f"{address}replies/?count=1").json()
    end(blind)
    after = client.get(address).json()

    assert (before["reply_count"], before["is_unanswered"]) == (None, None)
    assert (replies["results"], replies["total"]) == ([], 0)
    assert (after["reply_count"], after["is_unanswered"]) == (1, False)


def test_thread_shows_no_hidden_reply(page, blind, student, classmate):
    [mine] = post(student, blind)
    ReplyFactory(parent=mine, author=classmate, body=WORDS)

    assert WORDS not in page(student).get(f"/annotations/{mine.pk}/").content.decode()


def test_filters_by_author_and_paragraph_find_nothing_blind(
    api, student, classmate, theirs, paragraphs
):
    client = api(student)

    found = [
        client.get(f"/api/v1/annotations/?count=1&{query}").json()["total"]
        for query in (
            f"author={classmate.pk}",
            f"paragraph={paragraphs[0].pk}",
            f"root={theirs.pk}",
        )
    ]

    assert found == [0, 0, 0]


# -- assignments that are set to groups ------------------------------------------------------------


@pytest.fixture
def for_group(assignment, group):
    assignment.is_for_groups = True
    assignment.save()
    assignment.groups.add(group)
    return assignment


@pytest.mark.parametrize("ending", ["", "paragraphs/1/", "annotate/1/1/", "progress/"])
def test_page_of_an_assignment_for_others_is_as_of_none(ending, page, classmate, for_group):
    browser = page(classmate)

    expect_same_as_absent(
        browser.get(READING + ending),
        browser.get(f"/seminars/water-policy/no-such-one/{ending}"),
    )


def test_assignment_for_others_is_in_no_list_and_takes_nothing(
    page, api, classmate, student, for_group
):
    post(student, for_group.rounds.get())
    client = api(classmate)
    body = {"assignment": str(for_group.pk), "kind": "comment", "body": "Hm."}

    hidden, absent = (
        client.post("/api/v1/annotations/", {**body, "assignment": str(one)}, format="json")
        for one in (for_group.pk, uuid.uuid4())
    )

    expect_same_as_absent(hidden, absent)
    assert client.get("/api/v1/annotations/?count=1").json()["total"] == 0
    assert for_group.title not in page(classmate).get("/").content.decode()
    assert READING not in page(classmate).get("/seminars/water-policy/").content.decode()


@pytest.mark.parametrize("role", ["student", "assistant", "instructor"])
def test_assignment_for_a_group_is_there_for_it_and_for_staff(request, page, for_group, role):
    assert page(request.getfixturevalue(role)).get(READING).status_code == 200


def test_observer_takes_no_part_in_a_groups_assignment(page, observer, for_group, group):
    group.members.add(observer)

    assert page(observer).get(READING).status_code == 404
