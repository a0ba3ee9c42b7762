"""The evidence of an assignment, source by source; debate cards; files to take away."""

import csv
import io
import json
from functools import partial

import pytest
from django.urls import reverse
from docx import Document

from annotations.enums import LinkStatus, Match, Stance, Status
from annotations.models import Claim, Inference, LinkHealth, PassageCheck, QualityMark, Relation
from debate.assignments.enums import RoundMode
from tests.expect import expect_constant_queries
from tests.factories.annotations import AnnotationFactory, PassageFactory, SourceFactory
from tests.factories.assignments import AliasFactory

QUOTE = "Prices cut use by a third. Rules did not."


@pytest.fixture
def claim(assignment, instructor):
    return Claim.objects.create(
        assignment=assignment, text="Prices save water", added_by=instructor
    )


@pytest.fixture
def give(assignment, seminar, claim, classmate):
    """`give(…)`: a note of kind evidence of the classmate's, for or against the claim."""

    def make(*, stance=Stance.SUPPORTS, quote=QUOTE, source=None, author=classmate, **fields):
        source = source or SourceFactory(seminar=seminar, csl={"title": "Water"})
        passage = PassageFactory(source=source, quote=quote, locator="p. 7", added_by=author)
        note = AnnotationFactory(evidence=True, stance=stance, passage=passage, author=author, assignment=assignment, **fields)  # fmt: skip
        if stance == Stance.SUPPORTS:
            Inference.objects.create(assignment=assignment, conclusion=claim, annotation=note, added_by=author)  # fmt: skip
        elif stance == Stance.ATTACKS:
            Relation.objects.create(assignment=assignment, kind="rebuts", target_claim=claim, annotation=note, added_by=author)  # fmt: skip
        return note

    return make


@pytest.fixture
def look(page, assignment, student):
    """`look(…)`: the page of evidence as the student sees it."""

    def visit(name="evidence", *, user=student, args=(), **query):
        return page(user).get(at(assignment, name, *args), query)

    return visit


def at(assignment, name="evidence", *args):
    return reverse(f"annotations:{name}", args=[assignment.seminar.slug, assignment.slug, *args])


def text_of(response):
    return response.content.decode()


def titles(response):
    return [row.source.title for row in response.context["page"].rows]


def test_evidence_tells_of_each_source_once(look, give, seminar, classmate, student, claim, assignment):  # fmt: skip
    source = SourceFactory(seminar=seminar, csl={"title": "Water", "author": [{"family": "Lin", "given": "Ada"}], "issued": {"date-parts": [[2024]]}})  # fmt: skip
    first = give(source=source)
    give(source=source, stance=Stance.ATTACKS, quote="Rules cut use.")
    PassageCheck.objects.create(passage=first.passage, by=student, match=Match.VERBATIM)

    response = look()

    [row] = response.context["page"].rows
    assert (row.author, row.year, row.stances) == ("Lin", "2024", ["supports", "weakens"])
    assert [one.text for one in row.bearings] == ["Prices save water"]
    assert row.people == [classmate.display_name]
    assert row.checkers == [student.display_name]
    assert row.flags == {
        "link": "link not opened yet",
        "unchecked": "not checked",
        "contested": "contested",
        "incomplete": "3 of 8 citation fields missing",
    }
    content = text_of(response)
    assert "Lin 2024 example.org" in content
    assert reverse("annotations:claim", args=[seminar.slug, assignment.slug, claim.pk]) in content
    assert "<p>link not opened yet</p><p>not checked</p>" in content


def test_evidence_of_nobody_says_how_to_begin(look, assignment):
    content = text_of(look())

    assert "No note rests on a source yet" in content
    assert f'href="{assignment.get_absolute_url()}"' in content


def test_evidence_of_a_blind_round_is_not_told(look, give, assignment, classmate, instructor):
    give()
    assignment.rounds.update(mode=RoundMode.BLIND)

    assert titles(look()) == []
    assert b"Water" not in look("evidence_export", args=["csv"]).content
    assert titles(look(user=classmate)) == titles(look(user=instructor)) == ["Water"]


def test_evidence_that_is_withdrawn_or_held_is_not_told(look, give):
    give(status=Status.WITHDRAWN)
    give(status=Status.HELD)

    assert titles(look()) == []


def test_evidence_is_told_under_the_alias(look, give, assignment, classmate):
    assignment.uses_pseudonyms = True
    assignment.save()
    note = give(alias=AliasFactory(assignment=assignment, user=classmate, name="Heron"))
    PassageCheck.objects.create(passage=note.passage, by=classmate, match=Match.PARAPHRASE)

    content = text_of(look())

    assert classmate.display_name not in content
    assert '<td data-label="Added by">Heron</td>' in content
    assert '<td data-label="Checked by">a member</td>' in content


def test_evidence_without_a_claim_leads_to_the_note(look, give):
    note = give(stance=Stance.CONTEXT)

    assert f'<p><a href="{note.get_absolute_url()}">{note.warrant}</a></p>' in text_of(look())


@pytest.fixture
def shelf(give, seminar, student, assignment, instructor):
    """Evidence of five sources: for and against, gone, not found, marked, attacked."""
    full = {"author": [{"literal": "WHO"}], "publisher": "WHO", "page": "7"}
    notes = {}
    for number, name in enumerate(["good", "gone", "lost", "marked", "attacked"]):
        csl = {"title": name, "issued": {"date-parts": [[2020 + number]]}, **full}
        source = SourceFactory(seminar=seminar, csl=csl, author_qualifications="x", accessed_on="2024-01-01")  # fmt: skip
        notes[name] = give(source=source)
        status = LinkStatus.GONE if name == "gone" else LinkStatus.ALIVE
        LinkHealth.objects.create(source=source, status=status)
        match = Match.NOT_FOUND if name == "lost" else Match.VERBATIM
        PassageCheck.objects.create(passage=notes[name].passage, by=student, match=match)
    give(source=notes["good"].passage.source, stance=Stance.ATTACKS, quote="Other words.")
    PassageCheck.objects.create(passage=notes["good"].passage.source.passages.last(), by=student, match=Match.VERBATIM)  # fmt: skip
    QualityMark.objects.create(seminar=seminar, annotation=notes["marked"], type="misquote", by=student)  # fmt: skip
    against = Claim.objects.create(assignment=assignment, text="Badly measured", added_by=instructor)  # fmt: skip
    Relation.objects.create(assignment=assignment, kind="undermines", source=against, target_evidence=notes["attacked"], added_by=instructor)  # fmt: skip
    return notes


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, ["attacked", "marked", "lost", "gone", "good"]),
        ({"sort": "title"}, ["attacked", "gone", "good", "lost", "marked"]),
        ({"sort": "year"}, ["attacked", "marked", "lost", "gone", "good"]),
        ({"sort": "uses"}, ["good", "attacked", "marked", "lost", "gone"]),
        ({"sort": "nonsense", "flag": "nonsense", "stance": "x"}, ["attacked", "marked", "lost", "gone", "good"]),
        ({"stance": "attacks"}, ["good"]),
        ({"flag": "link"}, ["gone"]),
        ({"flag": "not_found"}, ["lost"]),
        ({"flag": "contested"}, ["attacked", "marked", "good"]),
        ({"flag": "unchecked"}, []),
        ({"flag": "incomplete"}, []),
        ({"q": "OTHER words"}, ["good"]),
        ({"q": "goo"}, ["good"]),
    ],
)  # fmt: skip
def test_evidence_is_filtered_and_sorted_by_the_address(look, shelf, query, shown):
    assert titles(look(**query)) == shown


def test_evidence_that_nothing_fits_leads_back_to_all(look, give):
    give()

    assert 'No evidence fits this choice. <a href="?">Show all</a>' in text_of(look(q="nothing"))


def test_evidence_goes_on_behind_the_last_of_a_page(look, give, seminar):
    names = [f"Work {n:02}" for n in range(26)]
    [give(source=SourceFactory(seminar=seminar, csl={"title": name})) for name in names]

    first = look(sort="title")
    second = look(sort="title", after=first.context["page"].next_after)

    assert titles(first) + titles(second) == names
    assert second.context["page"].next_after == ""


@pytest.mark.parametrize("name", ["evidence", "evidence_cards"])
def test_evidence_asks_the_same_of_the_database_for_one_and_three(page, give, student, assignment, name):  # fmt: skip
    def more(count):
        for _ in range(count):
            note = give()
            PassageCheck.objects.create(passage=note.passage, by=student, match=Match.VERBATIM)

    more(1)
    expect_constant_queries(partial(page(student).get, at(assignment, name)), grow=partial(more, 2))


# -- cards -------------------------------------------------------------------------------------


def test_cards_have_tag_cite_and_words(look, give, seminar, classmate):
    csl = {"title": "Water & price", "type": "report", "author": [{"family": "Lin", "given": "Ada"}], "issued": {"date-parts": [[2024]]}}  # fmt: skip
    source = SourceFactory(seminar=seminar, csl=csl, url="https://example.org/w", author_qualifications="Hydrologist")  # fmt: skip
    note = give(source=source, warrant="Metering works")
    note.passage.relied_on = [[0, 14]]
    note.passage.save()

    content = text_of(look("evidence_cards"))

    assert ">Metering works</h2>" in content
    assert "<b>Lin, 2024</b>" in content
    assert "Lin, Ada. <i>Water &amp; Price</i>. 2024, https://example.org/w.</span> Hydrologist. p. 7." in content  # fmt: skip
    assert '<mark class="relied">Prices cut use</mark> by a third.' in content
    assert "Supports it: Prices save water" in content
    assert "not checked" in content


def test_cards_of_evidence_without_words_are_none(look, give):
    give(quote="")

    assert "There is no card here" in text_of(look("evidence_cards"))


def test_cards_go_on_behind_the_last_of_a_page(look, give, seminar):
    source = SourceFactory(seminar=seminar)
    [give(source=source, quote=f"Words {n:02}.") for n in range(51)]

    first = look("evidence_cards").context["page"]
    second = look("evidence_cards", after=first.next_after).context["page"]

    shown = [one.use.passage.quote for one in [*first.cards, *second.cards]]
    assert shown == [f"Words {n:02}." for n in range(51)]


def test_cards_as_docx_underline_what_is_relied_on(look, give, seminar, assignment):
    csl = {"title": "Water", "type": "report", "author": [{"family": "Lin", "given": "Ada"}], "issued": {"date-parts": [[2024]]}}  # fmt: skip
    source = SourceFactory(seminar=seminar, csl=csl, url="https://example.org/w", author_qualifications="Hydrologist")  # fmt: skip
    note = give(source=source, warrant="Metering works\x0b")
    note.passage.relied_on = [[0, 14]]
    note.passage.save()

    response = look("evidence_export", args=["docx"])

    assert response["Content-Disposition"] == 'attachment; filename="evidence-who-should-pay.docx"'
    title, tag, cite, body = Document(io.BytesIO(response.content)).paragraphs
    assert (title.text, title.style.name) == (assignment.title, "Heading 1")
    assert (tag.text, tag.style.name) == ("Metering works", "Heading 4")
    assert (
        cite.text == "Lin, 2024 [Lin, Ada. Water. 2024, https://example.org/w. Hydrologist; p. 7]"
    )
    assert [run.text for run in cite.runs if run.italic] == ["Water"]
    assert [(run.text, bool(run.font.underline)) for run in body.runs] == [
        ("Prices cut use", True),
        (" by a third. Rules did not.", False),
    ]


# -- files -------------------------------------------------------------------------------------


def test_evidence_as_csv_has_a_line_for_each_use(look, give, seminar, student, classmate):
    source = SourceFactory(seminar=seminar, csl={"title": "=Water"}, url="https://example.org/w")
    note = give(source=source)
    PassageCheck.objects.create(passage=note.passage, by=student, match=Match.VERBATIM)

    rows = list(csv.reader(io.StringIO(text_of(look("evidence_export", args=["csv"])))))

    assert rows[1:] == [
        ["'=Water", "", "", "https://example.org/w", "Supports it", "Prices save water", "It measured what the paragraph claims.", QUOTE, "p. 7", classmate.display_name, student.display_name, "The words stand there", "link not opened yet; 5 of 8 citation fields missing"]
    ]  # fmt: skip


def test_evidence_as_references_has_each_source_once(look, give, seminar):
    source = SourceFactory(seminar=seminar, csl={"title": "Water"}, url="https://example.org/w")
    give(source=source)
    give(source=source, quote="Other.")

    bibtex = text_of(look("evidence_export", args=["bib"]))
    items = json.loads(look("evidence_export", args=["json"]).content)

    assert bibtex == "@misc{anonwater,\n  title = {Water},\n  url = {https://example.org/w}\n}\n"
    assert items == [{"id": str(source.pk), "title": "Water", "URL": "https://example.org/w"}]


def test_evidence_as_a_file_takes_what_the_address_chooses(look, shelf):
    items = json.loads(look("evidence_export", args=["json"], flag="contested").content)

    assert [one["title"] for one in items] == ["attacked", "marked", "good"]


def test_evidence_as_a_file_there_is_not_is_absent(look):
    assert look("evidence_export", args=["xml"]).status_code == 404


@pytest.mark.parametrize("name", ["evidence", "evidence_cards"])
def test_evidence_of_another_seminar_is_absent(look, outsider, name):
    assert look(name, user=outsider).status_code == 404
