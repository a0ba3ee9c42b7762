"""The argument as a tree: what stands where, what is told beside it, what is drawn."""

import pytest
from django.utils import timezone

from annotations.actions import Content, Target, create_annotation
from annotations.enums import Attacks, Kind
from annotations.queries.debate_map import MOST_NODES, MapFilters, Tree, _plain, debate_map
from annotations.queries.graph import argument_graph
from tests.factories.annotations import ReplyFactory, annotation_on
from tests.factories.argument import (
    ClaimAnchorFactory,
    ClaimFactory,
    ConcessionFactory,
    InferenceFactory,
    RelationFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(assignment, paragraphs):
    """`claim(text, paragraph)`: a claim of the essay in the paragraph of that index."""

    def _claim(text, paragraph=0, **given):
        made = ClaimFactory(assignment=assignment, text=text, **given)
        ClaimAnchorFactory(claim=made, paragraph=paragraphs[paragraph])
        return made

    return _claim


@pytest.fixture
def thesis(claim):
    return claim("Price water.", is_thesis=True)


@pytest.fixture
def post(assignment, paragraphs, student):
    """`post(kind, …)`: an annotation on the first paragraph, or a reply."""

    def _post(kind, *, parent=None, paragraph=0, actor=student, **content):
        targets = [] if parent else [Target(paragraph_id=paragraphs[paragraph].pk)]
        given = {"body": "Because.", **content}
        return create_annotation(
            actor=actor,
            assignment_id=assignment.pk,
            content=Content(kind=kind, **given),
            targets=targets,
            parent_id=parent.pk if parent else None,
        )

    return _post


@pytest.fixture
def tree(assignment, student):
    return lambda: Tree(argument_graph(student, assignment))


@pytest.fixture
def shown(assignment, student):
    """`shown(**filters)`: the page of the map as the student asks for it."""

    def _shown(**filters):
        graph = argument_graph(student, assignment)
        return debate_map(graph, MapFilters(**filters), at=timezone.now())

    return _shown


def drawn(rows):
    """Each row with its depth, so that a tree is read at a glance."""
    return [(node.depth, node.text) for node in rows]


def test_map_hangs_claims_under_what_they_support(shown, claim, thesis):
    second = claim("Use falls.", 1)
    first = claim("It is fair.", 0)
    InferenceFactory(conclusion=thesis, premises=[second])
    InferenceFactory(conclusion=thesis, premises=[first])
    InferenceFactory(conclusion=second, premises=[claim("Surveys say so.", 2)])

    page = shown()

    assert drawn(page.rows) == [
        (0, "Price water."),
        (1, "It is fair."),
        (1, "Use falls."),
        (2, "Surveys say so."),
    ]
    assert [node.below for node in page.rows] == [3, 0, 1, 0]
    assert [node.word for node in page.rows] == ["Thesis", "Claim", "Claim", "Claim"]


def test_map_places_a_claim_once_and_tells_its_further_links(tree, claim, thesis):
    one, other = claim("One.", 0), claim("Other.", 1)
    shared = claim("Shared.", 2)
    for conclusion, premise in ((thesis, one), (thesis, other), (one, shared), (other, shared)):
        InferenceFactory(conclusion=conclusion, premises=[premise])

    made = tree()

    node = made.nodes[str(shared.pk)]
    assert node.parent is made.nodes[str(one.pk)]
    assert [(also.words, also.node.text) for also in node.also] == [("also supports", "Other.")]
    assert len(made.rows()[0]) == 4


def test_map_says_how_a_challenge_bears_on_what_is_above_it(shown, thesis, post):
    post(Kind.COUNTERARGUMENT, attacks=Attacks.CONCLUSION, counterclaim="Leave it free.")
    post(Kind.COUNTERARGUMENT, attacks=Attacks.REASON, counterclaim="It saves nothing.")

    page = shown()

    assert [(node.text, node.how, node.standing) for node in page.rows] == [
        ("Price water.", "", "has an unanswered challenge"),
        ("Leave it free.", "says the opposite", "standing"),
        ("It saves nothing.", "says that this is wrong", "standing"),
    ]
    assert [node.is_open for node in page.rows] == [False, True, True]


def test_map_puts_who_disputes_a_step_under_its_reason(shown, claim, thesis, post):
    InferenceFactory(conclusion=thesis, premises=[claim("It is fair.", 1)])
    post(Kind.COUNTERARGUMENT, attacks=Attacks.STEP, counterclaim="That is no reason.")

    assert drawn(shown().rows) == [
        (0, "Price water."),
        (1, "It is fair."),
        (2, "That is no reason."),
    ]


def test_map_tells_reasons_that_hold_only_together(shown, claim, thesis):
    InferenceFactory(conclusion=thesis, premises=[claim("One.", 0), claim("Two.", 1)])

    assert [node.how for node in shown().rows] == [
        "",
        "together with another reason",
        "together with another reason",
    ]


def test_map_names_what_evidence_does_and_where_it_stands(
    shown, assignment, paragraphs, student, thesis
):
    evidence = annotation_on(paragraphs[0], assignment=assignment, author=student, evidence=True)
    InferenceFactory(conclusion=thesis, annotation=evidence)

    node = shown().rows[1]

    assert (node.word, node.text, node.host, node.standing) == (
        "Evidence for",
        "It measured what the paragraph claims.",
        "example.org",
        "",
    )


def test_map_shows_open_questions_at_their_place(shown, claim, thesis, post, instructor):
    claim("It is fair.", 1)
    answered = post(Kind.QUESTION, body="Answered?", paragraph=1)
    ReplyFactory(parent=answered, is_answer=True)
    post(Kind.QUESTION, body="Who *pays*? Nobody says.", paragraph=1)

    assert drawn(shown().rows) == [
        (0, "Price water."),
        (0, "It is fair."),
        (1, "Who pays?"),
    ]


def test_map_shows_a_question_under_the_note_it_answers(shown, thesis, post, classmate):
    challenge = post(Kind.COUNTERARGUMENT, attacks=Attacks.REASON, counterclaim="No.")
    post(Kind.QUESTION, body="Why not?", parent=challenge, actor=classmate)

    assert drawn(shown().rows) == [(0, "Price water."), (1, "No."), (2, "Why not?")]


def test_map_shows_what_is_granted_and_how_far(shown, assignment, paragraphs, student, thesis):
    note = annotation_on(paragraphs[0], assignment=assignment, author=student, kind="concession")
    ConcessionFactory(annotation=note, claim=thesis, scope="only in dry years")

    assert [(node.word, node.text) for node in shown().rows] == [
        ("Thesis", "Price water."),
        ("Concession", "Granted, but only in dry years"),
    ]


def test_map_draws_claims_that_only_attack_each_other(shown, assignment):
    one = ClaimFactory(assignment=assignment, text="One.")
    other = ClaimFactory(assignment=assignment, text="Other.")
    RelationFactory(source=one, target_claim=other)
    RelationFactory(source=other, target_claim=one)

    page = shown()

    assert drawn(page.rows) == [(0, "One."), (1, "Other.")]
    assert [also.words for also in page.rows[0].also] == ["also challenges"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"unanswered": True}, ["Price water.", "It saves nothing.", "Who pays?"]),
        ({"kind": "question"}, ["Price water.", "Who pays?"]),
        ({"kind": "claim"}, ["Price water.", "It is fair."]),
        ({"bare": True}, ["Price water.", "It is fair."]),
        ({"paragraph": 2}, ["Price water.", "It is fair."]),
        ({"words": "SAVES nothing"}, ["Price water.", "It saves nothing."]),
        ({"words": "nothing fair"}, []),
    ],
)
def test_filter_keeps_what_fits_and_what_stands_above_it(
    filters, expected, shown, claim, thesis, post
):
    InferenceFactory(conclusion=thesis, premises=[claim("It is fair.", 1)])
    post(Kind.COUNTERARGUMENT, attacks=Attacks.REASON, counterclaim="It saves nothing.")
    post(Kind.QUESTION, body="Who pays?")

    assert [node.text for node in shown(**filters).rows] == expected


def test_filter_tells_what_fits_from_what_stands_above_it(shown, thesis, post):
    post(Kind.QUESTION, body="Who pays?")

    page = shown(unanswered=True)

    assert [(node.text, node.fits) for node in page.rows] == [
        ("Price water.", False),
        ("Who pays?", True),
    ]
    assert (page.fitting, page.total, page.unanswered, page.bare) == (1, 2, 1, 1)


def test_filter_by_group_and_round_keeps_theirs(shown, assignment, group, thesis, post):
    post(Kind.QUESTION, body="All ask.")
    post(Kind.QUESTION, body="We ask.", audience="group", group_id=group.pk)
    round_id = assignment.rounds.get().pk

    page = shown(group=group.pk)

    assert [node.text for node in page.rows] == ["Price water.", "We ask."]
    assert [(one.label, one.count, one.is_chosen) for one in page.groups] == [("Upstream", 1, True)]
    assert [node.text for node in shown(round=round_id).rows] == [
        "Price water.",
        "All ask.",
        "We ask.",
    ]


def test_large_map_shows_its_first_levels_and_how_much_is_below(shown, assignment, thesis):
    reasons = ClaimFactory.create_batch(4, assignment=assignment, text="Reason.")
    for reason in reasons:
        InferenceFactory(conclusion=thesis, premises=[reason])
        for deeper in ClaimFactory.create_batch(50, assignment=assignment, text="Deeper."):
            InferenceFactory(conclusion=reason, premises=[deeper])

    page = shown()

    assert page.total == 205
    assert not page.is_whole
    assert len(page.rows) == 105 <= MOST_NODES
    assert [node.more for node in page.rows if node.text == "Reason."] == [0, 0, 50, 50]
    assert page.next_start == 0


def test_large_map_pages_through_what_is_linked_to_nothing(shown, assignment):
    ClaimFactory.create_batch(151, assignment=assignment)

    pages = [shown(start=start) for start in (0, 50, 150, 151)]

    assert [(len(page.rows), page.next_start) for page in pages] == [
        (50, 50),
        (50, 100),
        (1, 0),
        (50, 50),
    ]


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("See **the** [report](https://e.org/a) and `code`.", "See the report and code."),
        ("An ![image](a.png) and [no link], [nor](this.", "An image and [no link], [nor](this."),
        ("[see [1](a) there](b)", "[see 1 there](b)"),
        # Each of these would be looked at to the end, which takes a minute.
        ("[" * 100_000, "[" * 100_000),
        ("[a](" * 50_000, "[a](" * 50_000),
    ],
    ids=["marks", "image", "within", "brackets", "links"],
)
def test_words_of_a_node_are_told_without_marks(markdown, words):
    assert _plain(markdown) == words
