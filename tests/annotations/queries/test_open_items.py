"""What is open: which list holds what, for whom, and how it is paged."""

import pytest

from annotations.actions import Content, SourceInput, Target, create_annotation
from annotations.actions.attending import ask_too
from annotations.enums import Attacks, Audience, Kind, MapStatus
from annotations.queries import open_items
from annotations.queries.open_items import open_page
from tests.factories.annotations import (
    AnnotationFactory,
    PassageFactory,
    ReplyFactory,
    annotation_on,
)
from tests.factories.argument import (
    ClaimAnchorFactory,
    ClaimFactory,
    PassageCheckFactory,
    QualityMarkFactory,
)
from tests.factories.assignments import paragraph_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def thesis(assignment):
    claim = ClaimFactory(assignment=assignment, text="Talks should reopen.")
    ClaimAnchorFactory(claim=claim)
    return claim


@pytest.fixture
def counter(assignment, student):
    def _counter(text, *, parent=None, kind=Kind.COUNTERARGUMENT, actor=student, **content):
        if kind == Kind.COUNTERARGUMENT:
            content = {"attacks": Attacks.REASON, "counterclaim": text, **content}
        return create_annotation(
            actor=actor,
            assignment_id=assignment.pk,
            content=Content(kind=kind, body=text, **content),
            targets=[] if parent else [Target(paragraph_id=paragraph_of(assignment).pk)],
            parent_id=parent.pk if parent else None,
        )

    return _counter


@pytest.fixture
def question(assignment, student, paragraphs):
    def _question(body="Who pays?", **fields):
        return annotation_on(
            paragraphs[0], assignment=assignment, author=student, kind="question", body=body,
            **fields,
        )  # fmt: skip

    return _question


def counts(page):
    return {one.name: one.count for one in page.lists if one.count}


def texts(page):
    return [one.text for one in page.items]


def test_nothing_is_open_at_first(assignment, student, thesis):
    page = open_page(student, assignment)

    assert (page.total, page.items, page.shown) == (0, [], "challenges")


def test_challenge_without_an_answer_is_open_with_what_it_meets(
    assignment, student, classmate, thesis, counter
):
    challenge = counter("Talks reward.")

    page = open_page(classmate, assignment)

    assert counts(page) == {"challenges": 1}
    (item,) = page.items
    assert (item.word, item.text, item.by, item.place) == (
        "Counterargument",
        "Talks reward.",
        "Student",
        "¶ 1",
    )
    assert item.notes == ("against: Talks should reopen.", "as the map stands: standing")
    assert (item.act, item.act_url) == ("Answer", f"/annotations/{challenge.pk}/reply/")


def test_challenge_that_was_answered_and_still_stands_is_contested(
    assignment, student, thesis, counter
):
    challenge = counter("Talks reward.")
    counter("They do not.", parent=challenge, attacks=Attacks.CONCLUSION)

    page = open_page(student, assignment, shown="contested")

    assert texts(page) == ["Talks reward."]
    assert page.items[0].notes[1] == "as the map stands: contested"


def test_challenge_that_was_answered_for_good_is_not_open(assignment, student, thesis, counter):
    challenge = counter("Talks reward.")
    counter("They do not.", parent=challenge)

    page = open_page(student, assignment)

    assert counts(page) == {"challenges": 1}
    assert texts(page) == ["They do not."]


def test_challenge_that_was_granted_is_settled(assignment, student, classmate, thesis, counter):
    challenge = counter("Talks reward.")
    counter("So it is.", parent=challenge, kind=Kind.CONCESSION, actor=classmate)

    assert counts(open_page(student, assignment)) == {}


def test_challenge_that_its_author_gave_up_waits_for_nobody_by_the_rules(
    assignment, student, classmate, thesis, counter
):
    challenge = counter("Talks reward.")
    counter("Hm.", parent=challenge, kind=Kind.COUNTERARGUMENT, actor=classmate)
    counter("Granted.", kind=Kind.CONCESSION)

    assert texts(open_page(student, assignment, shown="contested")) == []


def test_evidence_against_a_claim_is_contested_until_it_is_met(assignment, student, thesis):
    create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(
            kind=Kind.EVIDENCE,
            stance="attacks",
            warrant="It counts the failures.",
            quote="They failed.",
            source=SourceInput(link="https://example.org/failures", title="Failures"),
        ),
        targets=[Target(paragraph_id=paragraph_of(assignment).pk)],
    )

    page = open_page(student, assignment, shown="contested")

    assert counts(page) == {"contested": 1, "evidence": 1}
    assert [one.word for one in page.items] == ["Evidence against"]


def test_question_is_open_until_it_has_its_answer(assignment, student, classmate, question):
    asked = question()
    ask_too(actor=classmate, annotation_id=asked.pk)

    (item,) = open_page(student, assignment, shown="questions").items
    assert (item.me_too.count, item.me_too.is_mine, item.me_too.may_say) == (1, False, False)
    (item,) = open_page(classmate, assignment, shown="questions").items
    assert (item.me_too.count, item.me_too.is_mine, item.me_too.may_say) == (1, True, True)

    ReplyFactory(parent=asked, is_answer=True)
    assert open_page(student, assignment, shown="questions").items == []


def test_questions_are_read_without_acts_by_whoever_only_reads(assignment, observer, question):
    question()

    (item,) = open_page(observer, assignment, shown="questions").items

    assert (item.me_too.may_say, item.act) == (False, "")


def test_questions_that_most_ask_come_first_when_asked_so(
    assignment, student, classmate, instructor, question, monkeypatch
):
    monkeypatch.setattr(open_items, "ITEMS_A_PAGE", 2)
    once, twice, _ = question("One?"), question("Two?"), question("None?")
    ask_too(actor=classmate, annotation_id=once.pk)
    for person in (classmate, instructor):
        ask_too(actor=person, annotation_id=twice.pk)

    first = open_page(student, assignment, shown="questions", sort="asked")
    rest = open_page(student, assignment, shown="questions", sort="asked", after=once.pk)

    assert (texts(first), first.next_after) == (["Two?", "One?"], str(once.pk))
    assert (texts(rest), rest.next_after) == (["None?"], "")
    assert texts(open_page(student, assignment, shown="questions")) == ["One?", "Two?"]


def test_evidence_is_open_until_somebody_has_checked_it(assignment, student):
    checked = AnnotationFactory(assignment=assignment, author=student, evidence=True)
    AnnotationFactory(assignment=assignment, author=student, evidence=True, warrant="It counts.")
    PassageCheckFactory(passage=checked.passage)

    page = open_page(student, assignment, shown="evidence")

    assert texts(page) == ["It counts."]
    assert (page.items[0].act, page.items[0].act_url.split("/")[-2]) == ("Check it", "check")


def test_evidence_is_not_checked_by_who_added_its_passage(assignment, student):
    own = PassageFactory(added_by=student)
    AnnotationFactory(assignment=assignment, author=student, evidence=True, passage=own)

    assert [one.act for one in open_page(student, assignment, shown="evidence").items] == [""]


def test_marks_are_open_until_they_are_settled(assignment, student, classmate):
    note = AnnotationFactory(assignment=assignment, author=student, body="Hm.")
    mark = QualityMarkFactory(annotation=note, by=classmate, note="Which?")
    QualityMarkFactory(annotation=note, resolved_at=assignment.created_at)

    (item,) = open_page(student, assignment, shown="marks").items

    assert (item.word, item.by, item.notes, item.url) == (
        "Unsupported",
        "Classmate",
        ("Which?",),
        f"/marks/{mark.pk}/",
    )


def test_counterargument_of_an_unsure_target_is_open_to_its_author_and_staff(
    assignment, student, classmate, instructor, thesis, counter
):
    note = counter("Talks reward.", attacks=Attacks.UNSPECIFIED)

    def act(user):
        (item,) = open_page(user, assignment, shown="attacks").items
        return item.act, item.act_url

    says = ("Say what it attacks", f"/annotations/{note.pk}/attacks/")
    assert act(student) == act(instructor) == says
    assert act(classmate) == ("", "")


def test_proposed_claims_are_for_staff(assignment, student, instructor):
    ClaimFactory(assignment=assignment, status=MapStatus.PROPOSED, added_by=student)

    page = open_page(instructor, assignment, shown="proposed")

    assert texts(page) == ["Talks cut the risk of miscalculation."]
    assert (page.items[0].by, page.items[0].act) == ("Student", "Decide")
    assert [one.name for one in open_page(student, assignment, shown="proposed").lists] == [
        "challenges", "contested", "questions", "evidence", "marks", "attacks",
    ]  # fmt: skip


def test_what_one_cannot_read_is_not_open(assignment, student, classmate, counter, question):
    counter("Talks reward.", audience=Audience.PRIVATE)
    question(audience=Audience.PRIVATE)

    assert open_page(classmate, assignment).total == 0
    assert open_page(student, assignment).total == 0


def test_first_list_with_anything_is_shown_unless_another_is_asked_for(
    assignment, student, question
):
    question()

    assert open_page(student, assignment).shown == "questions"
    assert open_page(student, assignment, shown="nonsense", sort="nonsense").shown == "questions"
    assert open_page(student, assignment, shown="evidence").shown == "evidence"


def test_list_is_turned_page_by_page(assignment, student, question, monkeypatch):
    monkeypatch.setattr(open_items, "ITEMS_A_PAGE", 1)
    first, _ = question("One?"), question("Two?")

    page = open_page(student, assignment)
    rest = open_page(student, assignment, after=first.pk)

    assert (texts(page), page.next_after) == (["One?"], str(first.pk))
    assert (texts(rest), rest.next_after) == (["Two?"], "")


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("shown", "queries"),
    [("challenges", 18), ("questions", 18), ("evidence", 18), ("marks", 17), ("proposed", 17)],
)
def test_open_page_takes_as_many_queries_for_three_as_for_one(
    assignment, instructor, student, thesis, counter, question, count, shown, queries,
    django_assert_num_queries,
):  # fmt: skip
    for number in range(count):
        counter(f"Talks reward {number}.")
        asked = question()
        ask_too(actor=instructor, annotation_id=asked.pk)
        AnnotationFactory(assignment=assignment, author=student, evidence=True)
        QualityMarkFactory(annotation=asked)
        ClaimFactory(
            assignment=assignment, status=MapStatus.PROPOSED, added_by=student, text=f"C{number}."
        )

    with django_assert_num_queries(queries):
        page = open_page(instructor, assignment, shown=shown)

    assert len(page.items) == count
