"""The pages of a seminar's shelf of sources, as people use them."""

import json
from functools import partial

import pytest
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from annotations.enums import LinkStatus, Match
from annotations.models import LinkHealth, Passage, PassageCheck, Source
from debate.assignments.enums import RoundMode
from debate.seminars.enums import Role
from tests.expect import expect_constant_queries, expect_denied, expect_same_as_absent
from tests.factories.annotations import AnnotationFactory, PassageFactory, SourceFactory
from tests.factories.assignments import AliasFactory
from tests.factories.seminars import MembershipFactory

SURVEY = "https://example.org/survey"
QUOTE = "Prices cut use by a third. Rules did not."
PASTE = """@book{schelling, title = {Arms and {Influence}}, author = {Schelling, Thomas C.}, year = 1966, keywords = {war}}
@book{broken, title = {No end
"""
RIS = "TY  - BOOK\nTI  - Arms\nER  - \n"


def at(name, seminar, *rest):
    return reverse(f"annotations:{name}", args=[seminar.slug, *rest])


def text_of(response):
    return response.content.decode()


@pytest.fixture
def source(seminar, instructor):
    """A source that the instructor put on the shelf."""
    return SourceFactory(seminar=seminar, added_by=instructor, url=SURVEY, csl={"title": "Water & price", "type": "report", "author": [{"family": "Lin", "given": "Ada"}], "issued": {"date-parts": [[2024]]}})  # fmt: skip


@pytest.fixture
def passage(source):
    return PassageFactory(source=source, quote=QUOTE, locator="p. 7", relied_on=[[0, 14]])


# -- the shelf ---------------------------------------------------------------------------------


def test_shelf_tells_of_each_work_what_to_know(page, seminar, student, source, passage, assignment):
    AnnotationFactory(evidence=True, passage=passage, assignment=assignment)
    PassageCheck.objects.create(passage=PassageFactory(source=source, quote="Other."), by=student, match=Match.VERBATIM)  # fmt: skip
    LinkHealth.objects.create(source=source, status=LinkStatus.GONE)

    content = text_of(page(student).get(at("sources", seminar)))

    assert "Water &amp; price" in content
    assert "Lin 2024 example.org" in content
    assert '<td class="num" data-label="Used">1</td>' in content
    assert '<td class="num" data-label="Passages">2</td>' in content
    assert "<p>1 not checked</p>" in content
    assert "<p>4 of 8 citation fields missing</p>" in content
    assert "<p>link: no longer there</p>" in content


def test_shelf_without_works_says_how_to_begin(page, seminar, student, observer):
    assert "No work is on the shelf yet" in text_of(page(student).get(at("sources", seminar)))
    assert at("source_add", seminar) in text_of(page(student).get(at("sources", seminar)))
    assert at("source_add", seminar) not in text_of(page(observer).get(at("sources", seminar)))


def test_shelf_does_not_tell_what_a_blind_round_cites(page, seminar, student, assignment, classmate):  # fmt: skip
    hidden = SourceFactory(seminar=seminar, added_by=classmate, csl={"title": "Hidden work"})
    AnnotationFactory(evidence=True, passage=PassageFactory(source=hidden, quote=QUOTE), author=classmate, assignment=assignment)  # fmt: skip
    assignment.rounds.update(mode=RoundMode.BLIND)

    assert "Hidden work" not in text_of(page(student).get(at("sources", seminar)))
    assert b"Hidden work" not in page(student).get(at("sources_export", seminar, "bib")).content
    expect_same_as_absent(
        page(student).get(at("source", seminar, hidden.pk)),
        page(student).get(at("source", seminar, "7f0c1d5e-0000-7000-8000-000000000009")),
    )


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Gamma", "Beta", "Alpha"]),
        ("?sort=title", ["Alpha", "Beta", "Gamma"]),
        ("?q=alpha", ["Alpha"]),
        ("?q=lin", ["Beta"]),
        ("?q=example.org+works", ["Gamma", "Beta", "Alpha"]),
        ("?q=title", []),
        ("?type=book", ["Gamma"]),
        ("?type=nonsense", ["Gamma", "Beta", "Alpha"]),
        ("?after=nonsense", ["Gamma", "Beta", "Alpha"]),
    ],
)
def test_shelf_is_searched_and_sorted_by_the_address(page, seminar, instructor, query, titles):
    given = {"Alpha": {}, "Beta": {"author": [{"literal": "Lin"}]}, "Gamma": {"type": "book"}}
    [SourceFactory(seminar=seminar, csl={"title": title, **more}) for title, more in given.items()]

    shown = page(instructor).get(at("sources", seminar) + query).context["page"].lines

    assert [line.source.title for line in shown] == titles


@pytest.mark.parametrize("sort", ["newest", "title"])
def test_shelf_goes_on_behind_the_last_of_a_page(page, seminar, instructor, sort):
    titles = [f"Work {n:02}" for n in range(31)]
    [SourceFactory(seminar=seminar, csl={"title": title}) for title in titles]
    browser = page(instructor)

    first = browser.get(at("sources", seminar), {"sort": sort}).context["page"]
    second = browser.get(at("sources", seminar), {"sort": sort, "after": first.next_after})

    shown = [line.source.title for line in [*first.lines, *second.context["page"].lines]]
    assert shown == (titles if sort == "title" else titles[::-1])
    assert second.context["page"].next_after == ""


def test_shelf_asks_the_same_of_the_database_for_one_and_three(page, seminar, student, assignment):
    def more(count):
        for _ in range(count):
            passage = PassageFactory(source__seminar=seminar, source__added_by=student, quote=QUOTE)
            AnnotationFactory(evidence=True, passage=passage, assignment=assignment)

    more(1)
    expect_constant_queries(
        partial(page(student).get, at("sources", seminar)), grow=partial(more, 2)
    )


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("bib", "@techreport{lin2024water,\n  author = {{Lin}, Ada},\n  title = {Water \\& price},"),
        ("json", '[\n {\n  "id": "'),
        ("csv", 'title,authors,date,published in,doi,url,accessed,type\r\nWater & price,"Lin, Ada",2024,,,https://example.org/survey,,report\r\n'),
    ],
)  # fmt: skip
def test_shelf_is_taken_away_as_a_file(page, seminar, student, source, form, begins):
    response = page(student).get(at("sources_export", seminar, form))

    assert response["Content-Disposition"] == f'attachment; filename="sources-water-policy.{form}"'
    assert response.content.decode().startswith(begins)


def test_shelf_as_csl_json_has_whole_items(page, seminar, student, source):
    [item] = json.loads(page(student).get(at("sources_export", seminar, "json")).content)

    assert item == {"id": str(source.pk), **source.csl, "URL": SURVEY}


def test_shelf_as_a_file_there_is_not_is_absent(page, seminar, student):
    assert page(student).get(at("sources_export", seminar, "xml")).status_code == 404


# -- adding ------------------------------------------------------------------------------------


def test_add_by_link_alone_has_the_address_opened(page, seminar, student):
    response = page(student).post(at("source_add", seminar), {"link": SURVEY})

    source = Source.objects.get()
    assert response["Location"] == at("source", seminar, source.pk)
    assert (source.url, source.added_by) == (SURVEY, student)
    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.args) == ("annotations.open_link", {"source": str(source.pk)})


def test_add_by_hand_needs_no_address(page, seminar, student):
    page(student).post(
        at("source_add", seminar),
        {"title": "Arms", "author": "Schelling, Thomas C.", "not_given": ["url", "page"]},
    )

    source = Source.objects.get()
    assert source.csl["author"] == [{"family": "Schelling", "given": "Thomas C."}]
    assert source.not_given == ["url", "page"]
    assert not ProcrastinateJob.objects.exists()


def test_add_without_a_title_names_the_field_and_keeps_the_words(page, seminar, student):
    response = page(student).post(at("source_add", seminar), {"publisher": "River Press"})

    assert response.status_code == 400
    assert response.context["form"].errors == {"title": ["Give the title, or at least a link or a DOI."]}  # fmt: skip
    assert 'value="River Press"' in text_of(response)


def test_add_what_stands_there_leads_to_it(page, seminar, student, source):
    response = page(student).post(at("source_add", seminar), {"link": SURVEY}, follow=True)

    assert response.redirect_chain[0][0] == at("source", seminar, source.pk)
    assert "The work stands on the shelf already." in text_of(response)


@pytest.mark.parametrize("name", ["source_add", "source_import"])
def test_add_by_an_observer_is_denied_before_the_form(page, seminar, observer, name):
    expect_denied(page(observer).get(at(name, seminar)))
    expect_denied(page(observer).post(at(name, seminar), {}))


# -- pasting -----------------------------------------------------------------------------------


def test_paste_begins_with_an_empty_field(page, seminar, student):
    response = page(student).get(at("source_import", seminar))

    assert response.context["form"]["text"].value() is None
    assert "Read it</button>" in text_of(response)


def test_paste_is_shown_before_anything_is_taken(page, seminar, student):
    SourceFactory(seminar=seminar, url="", added_by=student, csl={"title": "Arms and Influence"}, canonical="title:arms and influence|1966")  # fmt: skip

    response = page(student).post(at("source_import", seminar), {"text": PASTE})

    content = text_of(response)
    assert response.status_code == 200
    assert "Schelling, Thomas C. <i>Arms and Influence</i>. 1966." in content
    assert "On the shelf already as “Arms and Influence”" in content
    assert "Left out: keywords." in content
    assert "1 could not be read" in content
    assert "broken, line 2: The entry is not closed" in content
    assert 'name="chosen" value="0">' in content  # not ticked: it stands there
    assert Source.objects.count() == 1


def test_paste_of_many_cites_the_first_and_names_the_rest(page, seminar, student):
    text = "".join(f"@book{{k{n}, title = {{Arms & <{n}>}}, year = 1966}}\n" for n in range(41))

    lines = (
        page(student).post(at("source_import", seminar), {"text": text}).context["preview"].lines
    )

    assert lines[39].html == "<i>Arms &amp; &lt;39&gt;</i>. 1966."
    assert lines[40].html == "Arms &amp; &lt;40&gt;. 1966"


def test_paste_takes_what_is_ticked(page, seminar, student):
    text = PASTE + "@book{other, title = {Other}}"
    given = {"text": text, "chosen": ["1"], "take": "1"}

    response = page(student).post(at("source_import", seminar), given, follow=True)

    assert [one.title for one in Source.objects.all()] == ["Other"]
    assert "1 new on the shelf." in text_of(response)


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"text": ""}, "text", "There is nothing to read here. Paste BibTeX or RIS."),
        ({"text": "x" * 100_001}, "text", "Ensure this value has at most 100000 characters (it has 100001)."),
        ({"text": RIS, "take": "1"}, "chosen", "Choose at least one work."),
        ({"text": RIS, "take": "1", "chosen": ["7"]}, "chosen", "Select a valid choice. 7 is not one of the available choices."),
    ],
)  # fmt: skip
def test_paste_that_cannot_be_taken_says_why(page, seminar, student, given, field, sentence):
    response = page(student).post(at("source_import", seminar), given)

    assert response.status_code == 400
    assert response.context["form"].errors[field] == [sentence]
    assert not Source.objects.exists()


def test_paste_of_neither_kind_is_a_fault(page, seminar, student):
    response = page(student).post(at("source_import", seminar), {"text": "Waltz 1993"})

    assert "This is neither BibTeX" in text_of(response)


def test_paste_does_not_tell_what_is_hidden(page, seminar, student):
    SourceFactory(seminar=seminar, url="", csl={"title": "Hidden title"}, canonical="title:arms|")

    content = text_of(page(student).post(at("source_import", seminar), {"text": RIS}))

    assert "On the shelf already" not in content


# -- one source --------------------------------------------------------------------------------


def test_source_shows_citations_passages_checks_and_uses(page, seminar, student, classmate, source, passage, assignment):  # fmt: skip
    PassageCheck.objects.create(passage=passage, by=classmate, match=Match.VERBATIM, note="p. 7")
    note = AnnotationFactory(evidence=True, passage=passage, assignment=assignment, author=classmate)  # fmt: skip

    content = text_of(page(student).get(at("source", seminar, source.pk)))

    assert "Lin, A. (2024). <i>Water &amp; price</i>. https://example.org/survey</dd>" in content
    assert "Lin, Ada. <i>Water &amp; Price</i>. 2024, https://example.org/survey.</dd>" in content
    assert "Lin, Ada. <i>Water &amp; Price</i>. 2024. https://example.org/survey.</dd>" in content
    assert '<mark class="relied">Prices cut use</mark> by a third.' in content
    assert f"The words stand there: {classmate.display_name}" in content
    assert f'<a href="{note.get_absolute_url()}">It measured what the paragraph claims.</a>' in content  # fmt: skip
    assert "<dt>Author’s qualifications</dt><dd><b>missing</b></dd>" in content
    assert at("passage_check", seminar, source.pk, passage.pk) in content
    assert at("passage_mark", seminar, source.pk, passage.pk) not in content
    assert f"Put on the shelf by</dt><dd>{source.added_by.display_name}" in content


def test_source_names_nobody_where_pseudonyms_are_used(page, seminar, student, classmate, source, passage, assignment):  # fmt: skip
    assignment.uses_pseudonyms = True
    assignment.save()
    alias = AliasFactory(assignment=assignment, user=classmate, name="Heron")
    PassageCheck.objects.create(passage=passage, by=classmate, match=Match.VERBATIM)
    AnnotationFactory(evidence=True, passage=passage, assignment=assignment, author=classmate, alias=alias)  # fmt: skip

    content = text_of(page(student).get(at("source", seminar, source.pk)))

    assert classmate.display_name not in content
    assert "The words stand there: a member" in content
    assert "Supports it; Heron" in content


def test_source_does_not_name_who_added_what_one_came_to_by_oneself(page, seminar, student, classmate):  # fmt: skip
    source = SourceFactory(seminar=seminar, added_by=classmate)
    PassageFactory(source=source, added_by=student)

    content = text_of(page(student).get(at("source", seminar, source.pk)))

    assert "Put on the shelf by" not in content


def test_source_offers_what_its_address_says_of_it(page, seminar, student):
    source = SourceFactory(seminar=seminar, added_by=student, url=SURVEY)
    found = {"title": "Water", "author": [{"family": "Lin", "given": "Ada"}], "type": "report", "issued": {"date-parts": [[2024, 5]]}}  # fmt: skip
    LinkHealth.objects.create(source=source, status=LinkStatus.ALIVE, found=found)
    browser = page(student)

    content = text_of(browser.get(at("source", seminar, source.pk)))
    browser.post(at("source_take", seminar, source.pk))

    assert "<dt>Title</dt><dd>Water</dd>" in content
    assert "<dt>Author</dt><dd>Lin, Ada</dd>" in content
    assert "<dt>Date</dt><dd>2024-05</dd>" in content
    assert "<dt>Type</dt><dd>Report</dd>" in content
    source.refresh_from_db()
    assert source.csl == found


def test_source_tells_of_twenty_uses_and_how_many_more(page, seminar, student, source, passage, assignment):  # fmt: skip
    AnnotationFactory.create_batch(22, evidence=True, passage=passage, assignment=assignment)

    response = page(student).get(at("source", seminar, source.pk))

    [line] = response.context["page"].passages
    assert len(line.uses) == 20
    assert "and in 2 more notes" in text_of(response)


def test_source_pages_through_its_passages(page, seminar, instructor, source):
    quotes = [f"Words {n:02}." for n in range(31)]
    [PassageFactory(source=source, quote=quote) for quote in quotes]
    browser = page(instructor)

    first = browser.get(at("source", seminar, source.pk)).context["page"]
    second = browser.get(at("source", seminar, source.pk), {"after": first.next_after})

    shown = [one.passage.quote for one in [*first.passages, *second.context["page"].passages]]
    assert shown == quotes


def test_source_asks_the_same_of_the_database_for_one_and_three(page, seminar, student, source, assignment):  # fmt: skip
    def more(count):
        for _ in range(count):
            passage = PassageFactory(source=source, quote=QUOTE)
            AnnotationFactory(evidence=True, passage=passage, assignment=assignment)
            PassageCheck.objects.create(passage=passage, by=student, match=Match.VERBATIM)

    more(1)
    url = at("source", seminar, source.pk)
    expect_constant_queries(partial(page(student).get, url), grow=partial(more, 2))


# -- changing ----------------------------------------------------------------------------------


def test_edit_shows_what_is_known_and_keeps_what_is_changed(page, seminar, instructor, source):
    browser = page(instructor)
    form = browser.get(at("source_edit", seminar, source.pk)).context["form"]
    given = {name: value for name, value in form.initial.items() if value}
    given |= {"title": "Price", "author": "Lin, Ada\nWater Board"}

    response = browser.post(at("source_edit", seminar, source.pk), given)

    source.refresh_from_db()
    assert response["Location"] == at("source", seminar, source.pk)
    assert source.title == "Price"
    assert source.csl["author"] == [{"family": "Lin", "given": "Ada"}, {"literal": "Water Board"}]
    assert source.csl["issued"] == {"date-parts": [[2024]]}


def test_edit_of_what_has_changed_since_is_refused(page, seminar, instructor, source):
    browser = page(instructor)
    form = browser.get(at("source_edit", seminar, source.pk)).context["form"]
    source.save()

    response = browser.post(at("source_edit", seminar, source.pk), {"title": "Price", "seen": form.initial["seen"]})  # fmt: skip

    assert response.status_code == 400
    assert "This work has been changed since you opened it." in text_of(response)


def test_edit_by_another_student_is_denied(page, seminar, student, source):
    expect_denied(page(student).get(at("source_edit", seminar, source.pk)))
    expect_denied(page(student).post(at("source_edit", seminar, source.pk), {}))


# -- passages ----------------------------------------------------------------------------------


def test_passage_is_taken_from_a_source(page, seminar, student, source):
    page(student).post(at("passage_add", seminar, source.pk), {"quote": QUOTE, "locator": "p. 7"})

    assert list(Passage.objects.values_list("source", "quote", "locator", "added_by")) == [
        (source.pk, QUOTE, "p. 7", student.pk)
    ]


def test_passage_without_words_is_refused(page, seminar, student, source):
    response = page(student).post(at("passage_add", seminar, source.pk), {"quote": " "})

    assert response.status_code == 400
    assert response.context["form"].errors == {"quote": ["Please write something here."]}


def test_passage_is_checked_by_a_second_reader(page, seminar, student, source, passage):
    url = at("passage_check", seminar, source.pk, passage.pk)
    browser = page(student)
    assert f'href="{SURVEY}"' in text_of(browser.get(url))

    response = browser.post(url, {"opened": "on", "match": "verbatim", "note": "p. 7"})

    assert response["Location"] == f"{at('source', seminar, source.pk)}#passage-{passage.pk}"
    check = PassageCheck.objects.get()
    assert (check.by, check.match, check.opened, check.note) == (student, "verbatim", True, "p. 7")


def test_passage_checked_unseen_is_refused(page, seminar, student, source, passage):
    url = at("passage_check", seminar, source.pk, passage.pk)

    response = page(student).post(url, {"match": "verbatim"})

    assert response.context["form"].errors == {"opened": ["Open the source before you say that the words stand there."]}  # fmt: skip


def test_passage_check_by_who_took_it_is_denied(page, seminar, instructor, source, passage):
    expect_denied(page(instructor).get(at("passage_check", seminar, source.pk, passage.pk)))


def test_passage_words_are_marked(page, seminar, instructor, source, passage):
    url = at("passage_mark", seminar, source.pk, passage.pk)
    browser = page(instructor)
    assert "[[Prices cut use]] by a third." in text_of(browser.get(url))

    browser.post(url, {"marked": "Prices cut use by a third. [[Rules did not.]]"})

    passage.refresh_from_db()
    assert passage.relied_on == [[27, 41]]


def test_passage_with_other_words_is_refused_and_they_stay(page, seminar, instructor, source, passage):  # fmt: skip
    url = at("passage_mark", seminar, source.pk, passage.pk)

    response = page(instructor).post(url, {"marked": "[[Other]] words."})

    assert response.status_code == 400
    assert "[[Other]] words." in text_of(response)


def test_passage_of_another_source_is_absent(page, seminar, instructor, source, passage):
    other = SourceFactory(seminar=seminar)

    assert (
        page(instructor).get(at("passage_mark", seminar, other.pk, passage.pk)).status_code == 404
    )


# -- keeping the shelf -------------------------------------------------------------------------


def test_duplicates_are_shown_and_merged(page, seminar, instructor):
    stays = SourceFactory(seminar=seminar, csl={"title": "Water: A primer"})
    goes = SourceFactory(seminar=seminar, csl={"title": "WATER"})
    browser = page(instructor)

    pairs = browser.get(at("source_duplicates", seminar)).context["pairs"]
    asked = browser.get(at("source_merge", seminar, goes.pk), {"into": stays.pk})
    response = browser.post(at("source_merge", seminar, goes.pk), {"into": stays.pk})

    assert [(one.stays.source, one.goes.source) for one in pairs] == [(stays, goes)]
    assert "“WATER”" in text_of(asked)
    assert response["Location"] == at("source", seminar, stays.pk)
    assert Source.objects.get() == stays


def test_duplicates_of_a_tidy_shelf_are_none(page, seminar, instructor, source):
    assert "No two works" in text_of(page(instructor).get(at("source_duplicates", seminar)))


@pytest.mark.parametrize("into", ["", "nonsense"])
def test_merge_with_nothing_is_refused(page, seminar, instructor, source, into):
    response = page(instructor).get(at("source_merge", seminar, source.pk), {"into": into})

    assert response.status_code == 400


def test_merge_by_a_student_is_denied(page, seminar, student, source):
    expect_denied(page(student).get(at("source_duplicates", seminar)))
    expect_denied(page(student).get(at("source_merge", seminar, source.pk)))


def test_copy_goes_to_another_seminar_of_ones_own(page, seminar, other_seminar, instructor, source, passage):  # fmt: skip
    MembershipFactory(seminar=other_seminar, user=instructor, role=Role.INSTRUCTOR)
    browser = page(instructor)

    asked = text_of(browser.get(at("source_copy", seminar), {"source": source.pk}))
    response = browser.post(at("source_copy", seminar), {"sources": [source.pk], "seminar": other_seminar.pk}, follow=True)  # fmt: skip

    assert f'value="{source.pk}" checked' in asked
    assert "1 work is on the shelf of Housing policy." in text_of(response)
    assert Source.objects.get(seminar=other_seminar).passages.get().quote == QUOTE


def test_copy_of_nothing_is_refused(page, seminar, other_seminar, instructor):
    MembershipFactory(seminar=other_seminar, user=instructor, role=Role.INSTRUCTOR)

    response = page(instructor).post(at("source_copy", seminar), {"seminar": other_seminar.pk})

    assert response.context["form"].errors == {"sources": ["Choose between one and 500 works."]}


def test_copy_by_who_keeps_no_other_shelf_is_denied(page, seminar, instructor, student):
    expect_denied(page(instructor).get(at("source_copy", seminar)))
    expect_denied(page(student).get(at("source_copy", seminar)))
