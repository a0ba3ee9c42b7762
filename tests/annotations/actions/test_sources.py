"""Works on the shelf: added, imported, described, merged, copied; and who may do it."""

import threading
import uuid
from datetime import date
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from annotations.actions import Content, SourceInput, Target, create_annotation
from annotations.actions.sources import (
    SourceDetails,
    add_source,
    change_source,
    copy_sources,
    import_sources,
    merge_sources,
    take_found_details,
)
from annotations.bibliography.bibtex import read_bibtex
from annotations.bibliography.references import Reference
from annotations.enums import Audience, Match, Op
from annotations.models import Change, LinkHealth, Passage, PassageCheck, QualityMark, Source
from debate.assignments.enums import RoundMode
from debate.core.errors import Conflict, Invalid, Missing, NotAllowed, Stale
from debate.seminars.enums import Role
from tests.expect import expect_refusal
from tests.factories.annotations import AnnotationFactory, PassageFactory, SourceFactory
from tests.factories.seminars import MembershipFactory
from tests.threads import at_once, waiting

SURVEY = "https://example.org/survey"


@pytest.fixture
def add(seminar, student):
    """`add(…)`: the source of these details, and whether it is new to the student."""

    def put(*, actor=student, **details):
        return add_source(actor=actor, seminar=seminar, details=SourceDetails(**details))

    return put


def change(actor, source, **changes):
    return change_source(actor=actor, source_id=source.pk, changes=changes)


def pasted(text):
    return read_bibtex(text).references


# -- adding ------------------------------------------------------------------------------------


def test_add_source_keeps_all_its_details(add, student):
    source, is_new = add(
        link="https://www.example.org/survey/?utm_source=mail",
        type="report",
        title="Water  and\nprice",
        author="Lin, Ada\nWater Board; van der Berg, Max",
        editor="Ng, Bo",
        container_title="Reports",
        publisher="River Press",
        publisher_place="Quito",
        issued="2024-05",
        volume="3",
        issue="2",
        page="7-9",
        number="12",
        edition="2",
        language="en",
        source_type="think_tank",
        author_qualifications="Hydrologist",
        accessed_on="2024-06-01",
        archived_url="https://web.archive.org/web/2024/https://example.org/survey",
        interest_note="Paid for by the Water Board",
        retraction_note="Corrected in 2025",
        not_given=("page", "author"),
    )

    source.refresh_from_db()
    assert is_new
    assert source.csl == {
        "type": "report",
        "title": "Water and price",
        "author": [
            {"family": "Lin", "given": "Ada"},
            {"literal": "Water Board"},
            {"family": "Berg", "given": "Max", "non-dropping-particle": "van der"},
        ],
        "editor": [{"family": "Ng", "given": "Bo"}],
        "container-title": "Reports",
        "publisher": "River Press",
        "publisher-place": "Quito",
        "issued": {"date-parts": [[2024, 5]]},
        "volume": "3",
        "issue": "2",
        "page": "7-9",
        "number": "12",
        "edition": "2",
        "language": "en",
    }
    assert (source.url, source.doi) == ("https://www.example.org/survey/?utm_source=mail", "")
    assert source.canonical == "url:https://example.org/survey"
    assert source.added_by == student
    assert source.accessed_on == date(2024, 6, 1)
    assert source.not_given == ["author", "page"]
    assert (source.source_type, source.author_qualifications) == ("think_tank", "Hydrologist")
    assert source.archived_url == "https://web.archive.org/web/2024/https://example.org/survey"
    assert source.interest_note == "Paid for by the Water Board"
    assert source.retraction_note == "Corrected in 2025"


def test_source_details_of_a_source_say_what_was_given(add):
    details = {
        "link": SURVEY,
        "title": "Water",
        "author": "Lin, Ada; Water Board",
        "issued": "2024-05-31",
        "accessed_on": "2024-06-01",
        "source_type": "data",
        "not_given": ("page",),
    }

    source, _ = add(**details)

    assert SourceDetails.of(source) == SourceDetails(**details)


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ({"link": "10.1000/182"}, {"link": "https://doi.org/10.1000/182"}),
        ({"link": "10.1000/182"}, {"link": "https://example.org/doi/full/10.1000/182"}),
        ({"link": SURVEY}, {"link": "http://www.example.org/survey/#results"}),
        ({"title": "Arms", "issued": "1966"}, {"title": "ARMS.", "issued": "1966-05"}),
    ],
)
def test_add_source_that_stands_there_completes_it(add, first, again):
    source, _ = add(**first)

    same, is_new = add(**again, publisher="River Press", author_qualifications="Hydrologist")

    same.refresh_from_db()
    assert (same, is_new) == (source, False)
    assert same.csl["publisher"] == "River Press"
    assert same.author_qualifications == "Hydrologist"


def test_add_source_that_stands_there_overwrites_nothing(add, classmate, instructor):
    source, _ = add(actor=instructor, link=SURVEY, title="Water", interest_note="None")

    add(actor=classmate, link=SURVEY, title="Other", interest_note="Some")

    source.refresh_from_db()
    assert (source.csl["title"], source.interest_note) == ("Water", "None")


def test_add_source_that_another_hides_is_put_there_anew(add, assignment, classmate, student):
    assignment.rounds.update(mode=RoundMode.BLIND)
    hidden, _ = add(actor=classmate, link=SURVEY, title="Water")
    passage = PassageFactory(source=hidden, quote="Prices cut use.")
    AnnotationFactory(evidence=True, passage=passage, author=classmate, assignment=assignment)  # fmt: skip

    made, is_new = add(actor=student, link=SURVEY, publisher="River Press")

    hidden.refresh_from_db()
    assert is_new
    assert (made.added_by, made.csl) == (student, {"publisher": "River Press"})
    assert list(Source.objects.visible_to(student)) == [made]
    assert not Passage.objects.visible_to(student).exists()
    assert hidden.csl == {"title": "Water"}
    assert add(actor=student, link=SURVEY) == (made, False)


def test_add_source_that_another_cites_openly_is_found(add, assignment, classmate, student):
    source, _ = add(actor=classmate, link=SURVEY)
    AnnotationFactory(evidence=True, passage=PassageFactory(source=source), author=classmate, assignment=assignment)  # fmt: skip

    assert add(actor=student, link=SURVEY) == (source, False)


def test_add_source_of_ones_own_is_found_before_that_of_staff(add, instructor, student):
    own, _ = add(actor=student, link=SURVEY)
    theirs, is_new = add(actor=instructor, link=SURVEY)

    assert is_new
    assert add(actor=student, link=SURVEY) == (own, False)
    assert add(actor=instructor, link=SURVEY) == (theirs, False)


def test_add_source_by_staff_that_a_student_hides_shows_nothing_of_it(
    add, assignment, classmate, student, instructor
):
    hidden, _ = add(actor=classmate, link=SURVEY, title="What I found")
    note = {"evidence": True, "author": classmate, "audience": Audience.PRIVATE}
    AnnotationFactory(**note, passage=PassageFactory(source=hidden), assignment=assignment)

    made, is_new = add(actor=instructor, link=SURVEY)

    assert (is_new, made.csl) == (True, {})
    assert list(Source.objects.visible_to(student)) == [made]
    assert set(Source.objects.visible_to(instructor)) == {hidden, made}


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({}, "title"),
        ({"title": " \u200b "}, "title"),
        ({"title": "x" * 1_001}, "title"),
        ({"title": "A\x00"}, "title"),
        ({"title": "A", "link": "javascript:alert(1)"}, "link"),
        ({"title": "A", "type": "scroll"}, "type"),
        ({"title": "A", "issued": "May 2024"}, "issued"),
        ({"title": "A", "issued": "2024-02-30"}, "issued"),
        ({"title": "A", "accessed_on": "2024-05"}, "accessed_on"),
        ({"title": "A", "accessed_on": "soon"}, "accessed_on"),
        ({"title": "A", "source_type": "gossip"}, "source_type"),
        ({"title": "A", "archived_url": "ftp://example.org"}, "archived_url"),
        ({"title": "A", "not_given": ("colour",)}, "not_given"),
        ({"title": "A", "publisher": "x" * 501}, "publisher"),
        ({"title": "A", "interest_note": "x" * 501}, "interest_note"),
        ({"title": "A", "author": "\ud800"}, "author"),
    ],
)
def test_add_source_with_what_cannot_be_is_refused(add, details, field):
    expect_refusal(Invalid, partial(add, **details), field=field)

    assert not Source.objects.exists()


@pytest.mark.parametrize("who", ["observer", "outsider"])
def test_add_source_by_who_does_not_write_there_is_refused(add, request, who):
    refusal = {"observer": NotAllowed, "outsider": Missing}[who]

    expect_refusal(refusal, partial(add, actor=request.getfixturevalue(who), title=""))

    assert not Source.objects.exists()


def test_add_source_in_an_archived_seminar_is_refused(add, seminar):
    seminar.archived_at = timezone.now()
    seminar.save()

    expect_refusal(NotAllowed, partial(add, title="Water"))


# -- importing ---------------------------------------------------------------------------------

WALTZ = """
@article{waltz, title = {Structure}, author = {Waltz, Kenneth N.}, doi = {10.2307/2539097},
  url = {https://www.jstor.org/stable/2539097}, urldate = {2024-03-01}, year = 1993}
@book{schelling, title = {Arms and Influence}, year = 1966}
"""


def test_import_sources_puts_all_on_the_shelf(seminar, student):
    taken = import_sources(actor=student, seminar=seminar, references=pasted(WALTZ))

    assert [is_new for _, is_new in taken] == [True, True]
    first, second = (source for source, _ in taken)
    first.refresh_from_db()
    assert first.csl == {
        "type": "article-journal",
        "title": "Structure",
        "author": [{"family": "Waltz", "given": "Kenneth N."}],
        "issued": {"date-parts": [[1993]]},
    }
    assert (first.doi, first.url) == ("10.2307/2539097", "https://www.jstor.org/stable/2539097")
    assert first.accessed_on == date(2024, 3, 1)
    assert second.canonical == "title:arms and influence|1966"


def test_import_sources_again_makes_none(seminar, student):
    import_sources(actor=student, seminar=seminar, references=pasted(WALTZ))

    taken = import_sources(actor=student, seminar=seminar, references=pasted(WALTZ))

    assert [is_new for _, is_new in taken] == [False, False]
    assert Source.objects.count() == 2


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        ({}, "a, line 7: The work has no title."),
        ({"title": "A", "URL": "nowhere"}, "a, line 7: Please give an address that begins with https://. (URL)"),
        ({"title": "A", "publisher": "x" * 501}, "a, line 7: This is 501 characters long; at most 500 are taken. (publisher)"),
        ({"title": "A", "accessed": {"date-parts": [[2024, 2, 30]]}}, "a, line 7: there is no such day. (accessed)"),
        ({"title": "A", "issued": {"date-parts": [[2024, 2, 30]]}}, "a, line 7: Write the date as 2024, 2024-05 or 2024-05-31. (issued)"),
    ],
)  # fmt: skip
def test_import_sources_faulty_entry_is_named_and_none_is_taken(seminar, student, item, sentence):
    references = [*pasted(WALTZ), Reference(item, "a", 7)]
    act = partial(import_sources, actor=student, seminar=seminar, references=references)

    assert expect_refusal(Invalid, act, field="text").sentence == sentence
    assert not Source.objects.exists()


def test_import_sources_of_none_is_refused(seminar, student):
    act = partial(import_sources, actor=student, seminar=seminar, references=[])

    expect_refusal(Invalid, act, field="chosen", code="blank")


def test_import_sources_of_too_many_is_refused(seminar, student):
    references = [Reference({"title": "A"}, "a", 1)] * 201
    act = partial(import_sources, actor=student, seminar=seminar, references=references)

    expect_refusal(Invalid, act, field="text")


# -- changing ----------------------------------------------------------------------------------


def test_change_source_changes_what_is_given_alone(seminar, student):
    source = SourceFactory(seminar=seminar, url=SURVEY, added_by=student, csl={"title": "Water", "note": "n"})  # fmt: skip
    LinkHealth.objects.create(source=source)

    change(student, source, title="Price", author="Lin, Ada", not_given=("page",))

    source.refresh_from_db()
    assert source.csl == {
        "title": "Price",
        "note": "n",
        "author": [{"family": "Lin", "given": "Ada"}],
    }
    assert (source.url, source.not_given) == (SURVEY, ["page"])
    assert source.canonical == "url:https://example.org/survey"
    assert LinkHealth.objects.filter(source=source).exists()


def test_change_source_to_another_link_forgets_what_stood_there(seminar, student):
    source = SourceFactory(seminar=seminar, url=SURVEY, added_by=student)
    LinkHealth.objects.create(source=source)

    change(student, source, link="10.1000/182")

    source.refresh_from_db()
    assert (source.doi, source.url, source.canonical) == ("10.1000/182", "", "doi:10.1000/182")
    assert not LinkHealth.objects.exists()


def test_change_source_with_both_addresses_keeps_both(seminar, student):
    source = SourceFactory(seminar=seminar, url=SURVEY, doi="10.1000/182", added_by=student)

    change(student, source, title="Water", link="10.1000/182")

    source.refresh_from_db()
    assert (source.url, source.doi) == (SURVEY, "10.1000/182")


def test_change_source_seen_in_an_earlier_state_is_refused(seminar, student):
    source = SourceFactory(seminar=seminar, added_by=student, csl={"title": "Water"})
    seen = source.updated_at
    change(student, source, title="Price")
    act = partial(change_source, actor=student, source_id=source.pk, changes={}, seen=seen)

    expect_refusal(Stale, act, field="seen")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"link": "http://www.example.org/survey/"}, "link"),
        ({"link": "10.1000/182"}, "link"),
        ({"link": "", "title": "Arms"}, "title"),
    ],
)
def test_change_source_into_another_of_the_shelf_is_refused(seminar, student, changes, field):
    SourceFactory(seminar=seminar, url=SURVEY, added_by=student, canonical="url:https://example.org/survey")  # fmt: skip
    SourceFactory(seminar=seminar, url="", doi="10.1000/182", added_by=student)
    SourceFactory(seminar=seminar, url="", csl={"title": "Arms"}, added_by=student, canonical="title:arms|")  # fmt: skip
    source = SourceFactory(seminar=seminar, added_by=student)

    refusal = expect_refusal(
        Conflict, partial(change, student, source, **changes), field=field, code="duplicate_source"
    )

    same = Source.objects.get(pk=refusal.extra["source"])
    assert same.added_by == student
    assert same != source


@pytest.mark.parametrize(
    ("changes", "canonical"),
    [
        ({"link": "http://www.example.org/survey/"}, "url:https://example.org/survey"),
        ({"link": "10.1000/182"}, "doi:10.1000/182"),
        ({"link": "", "title": "Arms"}, "title:arms|"),
    ],
)
def test_change_source_into_what_another_hides_is_done(seminar, student, changes, canonical):
    SourceFactory(seminar=seminar, url=SURVEY, canonical="url:https://example.org/survey")
    SourceFactory(seminar=seminar, url="", doi="10.1000/182", canonical="doi:10.1000/182")
    SourceFactory(seminar=seminar, url="", csl={"title": "Arms"}, canonical="title:arms|")
    source = SourceFactory(seminar=seminar, added_by=student)

    change(student, source, **changes)

    source.refresh_from_db()
    assert source.canonical == canonical


@pytest.mark.parametrize("who", ["instructor", "assistant"])
def test_change_source_of_another_by_staff_is_done(seminar, request, who):
    source = SourceFactory(seminar=seminar)

    change(request.getfixturevalue(who), source, title="Price")

    source.refresh_from_db()
    assert source.title == "Price"


def test_change_source_of_another_by_a_student_is_refused(seminar, student, instructor):
    source = SourceFactory(seminar=seminar, added_by=instructor)

    expect_refusal(NotAllowed, partial(change, student, source, title=""))


def test_change_source_that_is_hidden_is_refused_as_absent(seminar, student):
    source = SourceFactory(seminar=seminar)

    expect_refusal(Missing, partial(change, student, source, title=""))


def test_take_found_details_adds_what_is_not_known(seminar, student):
    source = SourceFactory(seminar=seminar, url=SURVEY, added_by=student, csl={"title": "Water"})
    found = {
        "title": "Other",
        "type": "webpage",
        "author": [{"family": "Lin", "given": "Ada"}],
        "issued": {"date-parts": [[2024, 5]]},
        "URL": "https://elsewhere.example/",
        "publisher": "River\nPress",
    }
    LinkHealth.objects.create(source=source, found=found)

    take_found_details(actor=student, source_id=source.pk)

    source.refresh_from_db()
    assert source.url == SURVEY
    assert source.csl == {
        "title": "Water",
        "type": "webpage",
        "author": [{"family": "Lin", "given": "Ada"}],
        "issued": {"date-parts": [[2024, 5]]},
        "publisher": "River Press",
    }


def test_take_found_details_of_nothing_is_absent(seminar, student):
    source = SourceFactory(seminar=seminar, added_by=student)
    LinkHealth.objects.create(source=source)

    expect_refusal(Missing, partial(take_found_details, actor=student, source_id=source.pk))


def test_take_found_details_by_who_may_not_change_it_is_refused(seminar, student, instructor):
    source = SourceFactory(seminar=seminar, added_by=instructor)
    LinkHealth.objects.create(source=source, found={"title": "Water"})

    expect_refusal(NotAllowed, partial(take_found_details, actor=student, source_id=source.pk))


# -- merging -----------------------------------------------------------------------------------


def merge(actor, source, into):
    return merge_sources(actor=actor, source_id=source.pk, into_id=into.pk)


def test_merge_sources_gives_all_to_the_one_that_stays(assignment, seminar, instructor, student):
    source = SourceFactory(seminar=seminar, doi="10.1000/182", url="", csl={"title": "Arms", "publisher": "Yale"}, not_given=["page", "author"], interest_note="None")  # fmt: skip
    into = SourceFactory(seminar=seminar, url=SURVEY, csl={"title": "Water"}, not_given=["page"])
    passage = PassageFactory(source=source, quote="Prices cut use.")
    note = AnnotationFactory(evidence=True, passage=passage, assignment=assignment, author=student)
    LinkHealth.objects.create(source=source)

    merge(instructor, source, into)

    into.refresh_from_db()
    note.refresh_from_db()
    passage.refresh_from_db()
    assert not Source.objects.filter(pk=source.pk).exists()
    assert into.csl == {"title": "Water", "publisher": "Yale"}
    assert (into.url, into.doi, into.canonical) == (SURVEY, "10.1000/182", "doi:10.1000/182")
    assert (into.not_given, into.interest_note) == (["page"], "None")
    assert passage.source == note.passage.source == into
    assert note.version == 2
    assert note.history.get().details["source"] == str(into.pk)
    assert list(Change.objects.values_list("object_id", "op", "counter")) == [(note.pk, Op.UPDATE, 1)]  # fmt: skip


def test_merge_sources_counts_each_change_of_an_assignment(assignment, seminar, instructor):
    source, into = SourceFactory(seminar=seminar), SourceFactory(seminar=seminar)
    passage = PassageFactory(source=source, quote="Prices cut use.")
    AnnotationFactory.create_batch(3, evidence=True, passage=passage, assignment=assignment)

    merge(instructor, source, into)

    assert sorted(Change.objects.values_list("counter", flat=True)) == [1, 2, 3]


def test_merge_sources_makes_one_of_the_same_words(assignment, seminar, instructor, student):
    source, into = SourceFactory(seminar=seminar), SourceFactory(seminar=seminar)
    goes = PassageFactory(source=source, quote="Prices cut use.", locator="7", relied_on=[[0, 6]])
    stays = PassageFactory(source=into, quote="Prices cut use.", locator="7")
    other = PassageFactory(source=source, quote="Prices cut use.", locator="8")
    note = AnnotationFactory(evidence=True, passage=goes, assignment=assignment)
    check = PassageCheck.objects.create(passage=goes, by=student, match=Match.VERBATIM)
    QualityMark.objects.create(seminar=seminar, passage=goes, type="misquote", by=student)
    QualityMark.objects.create(seminar=seminar, passage=stays, type="misquote", by=student)
    QualityMark.objects.create(seminar=seminar, passage=goes, type="outdated", by=student)

    merge(instructor, source, into)

    stays.refresh_from_db()
    note.refresh_from_db()
    check.refresh_from_db()
    assert set(into.passages.all()) == {stays, other}
    assert stays.relied_on == [[0, 6]]
    assert (note.passage, check.passage) == (stays, stays)
    marks = QualityMark.objects.order_by("type").values_list("passage", "type")
    assert list(marks) == [(stays.pk, "misquote"), (stays.pk, "outdated")]


def test_merge_sources_leaves_words_apart_that_staff_may_not_read(
    assignment, seminar, instructor, student
):
    source, into = SourceFactory(seminar=seminar), SourceFactory(seminar=seminar)
    private = PassageFactory(source=source, quote="Prices cut use.", for_note=True)
    AnnotationFactory(evidence=True, passage=private, assignment=assignment, author=student, audience=Audience.PRIVATE)  # fmt: skip
    shelved = PassageFactory(source=into, quote="Prices cut use.", added_by=instructor)

    merge(instructor, source, into)

    assert set(into.passages.all()) == {private, shelved}
    assert list(Passage.objects.visible_to(instructor)) == [shelved]


@pytest.mark.parametrize(("goes", "stays"), [(True, False), (False, True)])
def test_merge_sources_words_of_the_shelf_stay_words_of_the_shelf(
    seminar, instructor, student, goes, stays
):
    source, into = SourceFactory(seminar=seminar), SourceFactory(seminar=seminar)
    PassageFactory(source=source, quote="Use fell.", for_note=goes, added_by=instructor)
    kept = PassageFactory(source=into, quote="Use fell.", for_note=stays, added_by=instructor)

    merge(instructor, source, into)

    assert list(Passage.objects.visible_to(student)) == [kept]


@pytest.mark.parametrize(
    ("goes", "stays"),
    [
        ("instructor", "classmate"),
        ("classmate", "instructor"),
        ("instructor", "assistant"),
        ("student", "classmate"),
        ("student", "student"),
    ],
)
def test_merge_sources_takes_the_work_out_of_nobodys_sight(seminar, request, goes, stays):
    people = [request.getfixturevalue(one) for one in ("student", "classmate", "instructor")]
    source = SourceFactory(seminar=seminar, added_by=request.getfixturevalue(goes))
    into = SourceFactory(seminar=seminar, added_by=request.getfixturevalue(stays))
    before = {one for one in people if Source.objects.visible_to(one).exists()}

    merge(request.getfixturevalue("instructor"), source, into)

    assert {one for one in people if Source.objects.visible_to(one).exists()} == before


@pytest.mark.parametrize("is_stocked", [False, True])
@pytest.mark.parametrize("stays_with", ["student", "assistant"])
def test_merge_sources_of_a_note_of_staff_is_seen_by_all_if_either_was(
    seminar, request, instructor, classmate, stays_with, is_stocked
):
    keeper = request.getfixturevalue(stays_with)
    goes = SourceFactory(seminar=seminar, added_by=instructor, for_note=not is_stocked)
    stays = SourceFactory(seminar=seminar, added_by=keeper, for_note=True)

    merge(instructor, goes, stays)

    seen = Source.objects.visible_to(classmate)
    assert list(seen) == ([stays] if is_stocked else [])
    assert stays in Source.objects.found_by(keeper)


@pytest.mark.parametrize("who", ["student", "observer"])
def test_merge_sources_by_who_is_no_staff_is_refused(seminar, instructor, request, who):
    source = SourceFactory(seminar=seminar, added_by=instructor)
    into = SourceFactory(seminar=seminar, added_by=instructor)

    expect_refusal(NotAllowed, partial(merge, request.getfixturevalue(who), source, into))


def test_merge_sources_by_an_assistant_of_a_section_is_refused(seminar, instructor):
    limited = MembershipFactory(seminar=seminar, role=Role.ASSISTANT, is_limited=True).user
    source = SourceFactory(seminar=seminar, added_by=instructor)
    into = SourceFactory(seminar=seminar, added_by=instructor)

    expect_refusal(NotAllowed, partial(merge, limited, source, into))


def test_merge_sources_with_one_that_is_not_there_is_refused(seminar, instructor):
    source, elsewhere = SourceFactory(seminar=seminar), SourceFactory()

    expect_refusal(Missing, partial(merge, instructor, source, elsewhere))
    expect_refusal(Missing, partial(merge, instructor, elsewhere, source))


def test_merge_sources_of_itself_or_of_two_shelves_is_refused(seminar, other_seminar, instructor):
    MembershipFactory(seminar=other_seminar, user=instructor, role=Role.INSTRUCTOR)
    source, elsewhere = SourceFactory(seminar=seminar), SourceFactory(seminar=other_seminar)

    expect_refusal(Invalid, partial(merge, instructor, source, source), field="into")
    expect_refusal(Invalid, partial(merge, instructor, source, elsewhere), field="into")


# -- copying -----------------------------------------------------------------------------------


@pytest.fixture
def term(other_seminar, instructor):
    """Another seminar of the instructor's."""
    MembershipFactory(seminar=other_seminar, user=instructor, role=Role.INSTRUCTOR)
    return other_seminar


def copy(actor, to, *sources):
    return copy_sources(actor=actor, source_ids=[one.pk for one in sources], to=to)


def test_copy_sources_takes_passages_and_checks_along(seminar, term, instructor, student):
    source = SourceFactory(seminar=seminar, url=SURVEY, csl={"title": "Water"}, not_given=["page"], author_qualifications="Hydrologist")  # fmt: skip
    passage = PassageFactory(source=source, quote="Prices cut use.", locator="7", relied_on=[[0, 6]])  # fmt: skip
    PassageFactory(source=source)
    check = PassageCheck.objects.create(passage=passage, by=student, match=Match.VERBATIM, note="p. 7")  # fmt: skip

    [made] = copy(instructor, term, source)

    assert made.seminar == term
    assert (made.url, made.csl, made.not_given) == (SURVEY, {"title": "Water"}, ["page"])
    assert (made.added_by, made.author_qualifications) == (instructor, "Hydrologist")
    taken = made.passages.get()
    assert (taken.quote, taken.locator) == ("Prices cut use.", "7")
    assert (taken.relied_on, taken.added_by) == ([[0, 6]], instructor)
    found = taken.checks.get()
    assert (found.by, found.match, found.note, found.at) == (student, Match.VERBATIM, "p. 7", check.at)  # fmt: skip
    assert source.passages.count() == 2


def test_copy_sources_again_doubles_nothing(seminar, term, instructor):
    source = SourceFactory(seminar=seminar, url=SURVEY)
    PassageFactory(source=source, quote="Prices cut use.")
    copy(instructor, term, source)

    [made] = copy(instructor, term, source)

    assert Source.objects.filter(seminar=term).get() == made
    assert made.passages.count() == 1


def test_copy_sources_by_a_student_of_theirs_leaves_what_is_hidden(seminar, term, instructor):
    theirs = MembershipFactory(seminar=seminar, role=Role.STUDENT).user
    MembershipFactory(seminar=term, user=theirs, role=Role.INSTRUCTOR)
    source = SourceFactory(seminar=seminar, added_by=instructor)
    PassageFactory(source=source, quote="Hidden.", added_by=MembershipFactory(seminar=seminar, role=Role.STUDENT).user)  # fmt: skip
    PassageFactory(source=source, quote="Open.", added_by=instructor)

    [made] = copy(theirs, term, source)

    assert [one.quote for one in made.passages.all()] == ["Open."]


def test_copy_sources_to_where_one_is_no_staff_is_refused(seminar, other_seminar, instructor):
    source = SourceFactory(seminar=seminar)

    expect_refusal(NotAllowed, partial(copy, instructor, other_seminar, source))


def test_copy_sources_that_one_may_not_know_is_refused(seminar, term, instructor):
    source, elsewhere = SourceFactory(seminar=seminar), SourceFactory()

    expect_refusal(Missing, partial(copy, instructor, term, source, elsewhere))
    assert not Source.objects.filter(seminar=term).exists()


def test_copy_sources_of_none_or_of_the_same_shelf_is_refused(seminar, term, instructor):
    there = SourceFactory(seminar=term)

    expect_refusal(Invalid, partial(copy, instructor, term), field="sources")
    expect_refusal(Invalid, partial(copy, instructor, term, there), field="sources")
    many = partial(copy_sources, actor=instructor, source_ids=[uuid.uuid4() for _ in range(501)], to=term)  # fmt: skip
    expect_refusal(Invalid, many, field="sources")


# -- at once -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_add_source_by_students_at_once_makes_one_for_each(seminar, student, classmate):
    actors = [student, classmate, student, classmate]

    def put(actor):
        source, _ = add_source(actor=actor, seminar=seminar, details=SourceDetails(link=SURVEY))
        return source.pk

    made = at_once(*(partial(put, actor) for actor in actors))

    own = {one.added_by: one.pk for one in Source.objects.select_related("added_by")}
    assert Source.objects.count() == 2
    assert made == [own[actor] for actor in actors]


@pytest.mark.django_db(transaction=True)
def test_add_source_by_several_at_once_makes_one(seminar, instructor, assistant):
    actors = [instructor, assistant, instructor, assistant]

    def put(actor):
        source, _ = add_source(actor=actor, seminar=seminar, details=SourceDetails(link=SURVEY))
        return source.pk

    made = at_once(*(partial(put, actor) for actor in actors))

    assert made == [Source.objects.get().pk] * 4


@pytest.mark.django_db(transaction=True)
def test_import_sources_at_once_in_other_orders_takes_all(seminar, instructor, assistant):
    entries = [f"@misc{{m{number}, title={{Work {number}}}}}" for number in range(60)]
    paste, reverse = "\n".join(entries), "\n".join(reversed(entries))

    def put(actor, text):
        return import_sources(actor=actor, seminar=seminar, references=pasted(text))

    first, second = at_once(partial(put, instructor, paste), partial(put, assistant, reverse))

    assert [one.pk for one, _ in first] == [one.pk for one, _ in reversed(second)]
    assert Source.objects.count() == len(entries)


@pytest.mark.django_db(transaction=True)
def test_change_source_that_is_merged_meanwhile_is_absent(seminar, instructor, assistant):
    goes, stays = SourceFactory.create_batch(2, seminar=seminar)
    is_merged = threading.Event()

    def merge():
        with transaction.atomic():
            merge_sources(actor=instructor, source_id=goes.pk, into_id=stays.pk)
            is_merged.set()
            return waiting(1)

    def describe():
        is_merged.wait()
        return change(assistant, goes, publisher="River Press")

    has_waited, refusal = at_once(merge, describe)

    assert has_waited
    assert type(refusal) is Missing


@pytest.mark.django_db(transaction=True)
def test_merge_sources_takes_along_what_cites_the_work_meanwhile(
    assignment, paragraphs, seminar, instructor, student
):
    goes, stays = SourceFactory.create_batch(2, seminar=seminar, added_by=student)
    content = Content(
        kind="evidence",
        stance="supports",
        warrant="It counted them.",
        source=SourceInput(source_id=goes.pk),
    )
    targets = [Target(paragraph_id=paragraphs[0].pk)]
    made = []

    def cite_once(execute, sql, *given):
        found = execute(sql, *given)
        if sql.startswith('SELECT "annotations_annotation"."assignment_id"') and not made:
            cite = partial(create_annotation, actor=student, assignment_id=assignment.pk)
            made.extend(at_once(partial(cite, content=content, targets=targets)))
        return found

    with connection.execute_wrapper(cite_once):
        merge_sources(actor=instructor, source_id=goes.pk, into_id=stays.pk)

    [cited] = made
    cited.refresh_from_db()
    assert (cited.passage.source_id, cited.version) == (stays.pk, 2)
    assert Change.objects.filter(object_id=cited.pk).count() == 2


@pytest.mark.django_db(transaction=True)
def test_merge_sources_keeps_what_was_said_meanwhile(seminar, instructor, assistant):
    goes, stays = SourceFactory.create_batch(2, seminar=seminar)
    is_said = threading.Event()

    def describe():
        with transaction.atomic():
            change(assistant, stays, publisher="River Press")
            is_said.set()
            return waiting(1)

    def merge():
        is_said.wait()
        return merge_sources(actor=instructor, source_id=goes.pk, into_id=stays.pk)

    has_waited, merged = at_once(describe, merge)

    assert has_waited
    assert merged.csl["publisher"] == "River Press"
