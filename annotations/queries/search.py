"""Words found in what a person may see: annotations, and paragraphs of essays.

A fixed number of queries, whatever is found. What one may not read is never looked at: each search
begins with `visible_to`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import lru_cache, reduce
from html import unescape
from operator import or_
from typing import TYPE_CHECKING, Any, Self, cast
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchConfig, SearchQuery, SearchVectorField
from django.db import connection
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, Func, OuterRef, Q
from django.urls import reverse
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe

from annotations.enums import Status
from annotations.models import Anchor, Annotation, Tag
from annotations.queries.hits import (
    AFTER,
    FIRST,
    LAST,
    MOST_PLACES,
    MOST_SORTED,
    MOST_WALKED,
    PLACE,
    PUBLIC,
    PageAsked,
    Walk,
    Within,
    are_many,
    beside,
    few_in,
    few_of,
    following,
    looked_through,
    one_of,
    share_of,
)
from annotations.queries.paragraphs import dom_id
from debate.assignments.models import Assignment
from debate.core.db import ANYBODY, KEPT, Somebody, Statement, is_there
from debate.core.errors import Invalid
from debate.core.fulltext import CONFIGURATIONS, SIMPLE, configuration_of
from debate.core.text import clean
from debate.essays.models import Essay, Paragraph
from debate.seminars.models import Membership

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from annotations.models.annotation import AnnotationQuerySet
    from debate.accounts.models import User
    from debate.essays.models import ParagraphQuerySet

LONGEST = 200
MOST_COUNTED = MOST_SORTED
NOTES_A_PAGE = 20
PASSAGES_A_PAGE = 20
PASSAGES_BESIDE_NOTES = 3

UNANSWERED = "unanswered"
STATES = (UNANSWERED, Status.PENDING, Status.HIDDEN, Status.WITHDRAWN)

_WORDS = "the words that are looked for"  # stand for them in a statement

# Letters of the private use area stand for the marks until everything else is escaped.
_START, _STOP = "\ue000", "\ue001"
_POSITION = re.compile(r"\d{1,9}", re.ASCII)
# Of what is short all is shown; of what is long, two places at most.
_SHORT = 240
_MARKS = f"StartSel={_START}, StopSel={_STOP}"
_WHOLE = f"{_MARKS}, HighlightAll=true"
_CUT = f'{_MARKS}, MaxFragments=2, MaxWords=28, MinWords=12, ShortWord=0, FragmentDelimiter=" … "'


@dataclass(frozen=True, slots=True)
class Question:
    """Words to look for, and the languages to look in, by the configuration they are read with.

    `trees` is what an index looks for, by configuration. `places` are those in which all lies that
    the person may read, as `Within` takes them; there are none where that would be too many to name.
    `within` is the seminar or assignment that is asked of.
    """

    words: str
    languages: dict[str, list[str]]
    trees: Mapping[str, str] = field(default_factory=dict)
    places: tuple[object, ...] = ()
    within: UUID | None = None

    @classmethod
    def of(
        cls,
        user: User | AnonymousUser,
        words: str,
        *,
        seminar: UUID | None = None,
        assignment: UUID | None = None,
    ) -> Self:
        """The question in the languages of the essays that the person may read; one query.

        It is asked of one seminar or assignment alone when that is named. Raises Invalid on `q` for
        more than 200 characters, and where nothing is left to look for.
        """
        words = clean(words, field="q", limit=LONGEST, required=False, one_line=True)
        if not words:
            raise Invalid("Type the words to look for.", field="q")
        languages: dict[str, list[str]] = defaultdict(list)
        trees: dict[str, str] = {}
        places: list[object] = []
        read = _languages(is_visitor=user.pk is None)
        for language, seminars, config, tree in read.ask({ANYBODY: user.pk, _WORDS: words}):
            trees[config] = tree
            if language is not None:
                languages[config].append(language)
                places = [
                    *(seminars or ()),
                    PUBLIC,
                ]  # of a visitor, nothing is asked and NULL comes
        _check(trees)
        if assignment or seminar:
            places = [assignment or seminar]
        return cls(
            words,
            {name: languages[name] for name in languages if _can_find(trees[name])},
            trees,
            tuple(places) if len(places) <= MOST_PLACES else (),
            assignment or seminar,
        )

    def is_inside(self, assignment: UUID, seminar: UUID) -> bool:
        """Whether the assignment is one of those that are asked for, where some are named."""
        return self.within is None or self.within in {assignment, seminar}

    def holds(self, language: str, column: str = "search") -> Q:
        """The condition on rows whose words stand in `column`, and whose language in `language`."""
        return self._arms(language, column, self._query)

    def finds(self, language: str) -> Q:
        """The condition on annotations in the places of the question, as `holds`."""
        return self._arms(language, "search", self._query_within)

    def _arms(self, language: str, column: str, query: Callable[[str], Any]) -> Q:
        arms = [
            Q(**{column: query(config), f"{language}__in": languages})
            for config, languages in self.languages.items()
        ]
        if len(arms) == 1:  # what the person may see is in these languages anyhow
            return Q(**{column: query(next(iter(self.languages)))})
        return reduce(or_, arms, Q(pk__in=()))

    def _query(self, config: str) -> SearchQuery:
        return SearchQuery(self.words, config=SearchConfig(config), search_type="websearch")

    def _query_within(self, config: str) -> Any:
        query = self._query(config)
        return query & Within(self.places) if self.places else query


@lru_cache(maxsize=2)
def _languages(*, is_visitor: bool) -> Statement:
    """That of the languages of the essays that a person may read, for the words that are looked for.

    Each with the own seminars beside it, its configuration, and what an index can look for: "" for
    nothing, "T" for everything. Without any the language is NULL, and words are taken as written.
    """
    user = _somebody(is_visitor=is_visitor)
    mine = Membership.objects.of(user).order_by().values("seminar_id")[: MOST_PLACES + 1]
    essays = Essay.objects.visible_to(user).order_by().annotate(seminars=ArraySubquery(mine))
    read: Any = Statement.of(essays.values_list("language", "seminars").distinct())
    known = ", ".join(f"('{name}', '{config}')" for name, config in CONFIGURATIONS.items())
    sql = (
        f"WITH read (language, seminars) AS ({read.sql}),"  # noqa: S608 - of Django's making
        " told AS (SELECT language, seminars::uuid[] FROM read"
        " UNION ALL SELECT NULL, NULL WHERE NOT EXISTS (SELECT FROM read))"
        " SELECT language, seminars, config, querytree(websearch_to_tsquery(config::regconfig, %s))"
        " FROM (SELECT told.*, COALESCE(known.config, %s) AS config FROM told"
        f" LEFT JOIN (VALUES {known}) AS known (tongue, config)"
        " ON known.tongue = split_part(lower(told.language), '-', 1)) AS one"
    )
    return Statement(sql, (*read.params, _WORDS, SIMPLE), read.alias)


def _can_find(tree: str) -> bool:
    return tree not in {"", "T"}


def _check(trees: dict[str, str]) -> None:
    """Refuse what finds nothing, or all there is. Raises Invalid."""
    if any(_can_find(tree) for tree in trees.values()):
        return
    if "T" in trees.values():
        raise Invalid("Give a word that must be there, besides those that must not.", field="q")
    raise Invalid(
        "There is no word to look for here: signs and the commonest words are passed over.",
        field="q",
    )


class _OwnWords(Func):
    """The words that an annotation itself says or cites, without those that it stands on."""

    template = "ts_filter(%(expressions)s, '{a,b,c}')"
    output_field = SearchVectorField()


def matching(
    annotations: AnnotationQuerySet,
    user: User | AnonymousUser,
    question: Question,
    *,
    plain: bool,
    page: PageAsked | None = None,
) -> tuple[AnnotationQuerySet, bool]:
    """Those of the annotations, which the person may read, that hold the words; 4 queries at most.

    `plain` says that a list by age is all that is asked for: then rows that are found often are
    looked through, in that order. With `page` that one page is all that is looked at, of what is
    not withdrawn. Also said is whether the rows are known: then a plan made once is good for them.
    """
    if plain and page:
        walked = _walked(user, question, page)
        if walked is not None:
            return _those(annotations, walked), True
    if not question.languages:
        return annotations.none(), True
    few = _few(question)
    finds = question.finds(_LANGUAGE)
    if few is None:
        few = few_of(Annotation.objects.visible_to(user).filter(finds))
    if few is not None:
        return _those(annotations, few), True
    looked = looked_through(question.holds(_LANGUAGE))
    return annotations.filter(looked if plain else finds), plain


def _few(question: Question) -> list[UUID] | None:
    """The ids of all annotations that hold the words, whoever may read them, as `few_of`."""
    if len(question.languages) == 1:
        (config,) = question.languages
        if not question.places and are_many(question.trees[config]):
            return None
        return few_in(question.words, config, question.places)
    return few_of(Annotation.objects.filter(question.finds(_LANGUAGE)))


def _those(annotations: AnnotationQuerySet, ids: list[UUID]) -> AnnotationQuerySet:
    return annotations.filter(one_of(ids)) if ids else annotations.none()


def _walked(user: User | AnonymousUser, question: Question, page: PageAsked) -> list[UUID] | None:
    """The page's ids, found by looking through annotations in their order; None where that takes long.

    It does for words that are rare, and in many places for whoever reads little of all there is.
    """
    if len(question.languages) != 1:
        return None
    ((config, _),) = question.languages.items()
    share = share_of(question.trees[config])
    if page.limit > share * MOST_WALKED:
        return None
    if not question.places:
        return _looked_over(user, question, config, page, share)
    is_visitor = user.pk is None
    assignments = _assignments(is_visitor=is_visitor)
    rows = assignments.ask({ANYBODY: user.pk}) if assignments else []
    places = [pk for pk, *inside in rows if question.is_inside(pk, *inside)]
    if len(rows) > MOST_PLACES or len(places) * page.limit > share * MOST_WALKED:
        return None
    asks = replace(page, after=AFTER if page.after else None)
    given = {ANYBODY: user.pk, _WORDS: question.words, PLACE: places, AFTER: page.after}
    return _walk(config, asks, is_visitor=is_visitor).ids(given)


def _looked_over(
    user: User | AnonymousUser, question: Question, config: str, page: PageAsked, share: float
) -> list[UUID] | None:
    """The page's ids, found among all annotations that come next; None where that takes long.

    From where the person's assignments begin, twice as many as the page has are asked which of them
    the person may read. How many these are tells how many more it takes, which are asked for once.
    """
    is_visitor = user.pk is None
    given = {ANYBODY: user.pk, AFTER: page.after or (LAST if page.downwards else FIRST)}
    begin = _begin(downwards=page.downwards, is_visitor=is_visitor).ask(given)
    readable = _readable(is_visitor=is_visitor)
    ids: list[UUID] = []
    count, seen, last = 2 * page.limit, 0, None
    for _ in range(2 if begin else 0):
        at = replace(page, after=last or beside(begin[0][0], page))
        found = following(question.words, config, at, count)
        may = {pk for (pk,) in readable.ask({ANYBODY: user.pk, PLACE: found})} if found else set()
        ids += [pk for pk in found if pk in may]
        seen += len(found)
        if len(ids) >= page.limit:
            return ids[: page.limit]
        if len(found) < count or not ids:
            break
        # Some more than are expected to do.
        count, last = 2 * seen * (page.limit - len(ids)) // len(ids), found[-1]
        if seen + count > share * MOST_WALKED:
            break
    return None


@lru_cache(maxsize=4)
def _begin(*, downwards: bool, is_visitor: bool) -> Statement:
    """That of the first annotation behind AFTER in the assignments that a person sees."""
    seen = Assignment.objects.visible_to(_somebody(is_visitor=is_visitor)).order_by()
    places: Any = Statement.of(seen.values_list("pk"))
    sign, way = ("<", "DESC") if downwards else (">", "ASC")
    sql = (
        f"SELECT one.id FROM ({places.sql}) AS place (id) CROSS JOIN LATERAL"  # noqa: S608 - of Django's making
        " (SELECT id FROM annotations_annotation WHERE assignment_id = place.id"
        f" AND id {sign} %s ORDER BY id {way} LIMIT 1) AS one ORDER BY one.id {way} LIMIT 1"
    )
    return Statement(sql, (*places.params, AFTER), places.alias)


@lru_cache(maxsize=2)
def _readable(*, is_visitor: bool) -> Statement:
    """That of those annotations among some that a person may read, and that are not withdrawn."""
    rows = Annotation.objects.visible_to(_somebody(is_visitor=is_visitor)).filter(one_of([PLACE]))
    standing = rows.exclude(status=Status.WITHDRAWN).order_by().values_list("pk")
    return cast("Statement", Statement.of(standing))


@lru_cache(maxsize=2)
def _assignments(*, is_visitor: bool) -> Statement | None:
    """That of the assignments that a person sees, with their seminars."""
    seen = Assignment.objects.visible_to(_somebody(is_visitor=is_visitor)).order_by()
    return Statement.of(seen.values_list("pk", "seminar_id")[: MOST_PLACES + 1])


@lru_cache(maxsize=KEPT)
def _walk(config: str, page: PageAsked, *, is_visitor: bool) -> Walk:
    question = Question(_WORDS, {config: []})
    rows = Annotation.objects.visible_to(_somebody(is_visitor=is_visitor))
    rows = rows.exclude(status=Status.WITHDRAWN).filter(
        looked_through(question.holds(_LANGUAGE)), assignment=PLACE
    )
    if page.after:
        rows = rows.filter(**{"pk__lt" if page.downwards else "pk__gt": page.after})
    ordered = rows.order_by("-pk" if page.downwards else "pk")
    return Walk(ordered.values_list("pk")[: page.limit], page)


def _somebody(*, is_visitor: bool) -> User:
    return cast("User", Somebody(None if is_visitor else ANYBODY))


_LANGUAGE = "assignment__essay__language"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFilters:
    """Where to look. `after` continues a list behind the cursor that its page ended with."""

    in_essays: bool = False
    seminar: UUID | None = None
    assignment: UUID | None = None
    kind: str = ""
    author: UUID | None = None
    paragraph: int | None = None
    tag: str = ""
    state: str = ""
    after: str = ""

    @property
    def asks_for_notes(self) -> bool:
        """Whether something is asked that only an annotation has."""
        return bool(self.kind or self.author or self.tag or self.state)


@dataclass(frozen=True, slots=True)
class NoteFound:
    """An annotation with its words in their place; HTML is escaped but for its marks."""

    id: str
    kind: str
    label: str
    author_id: UUID
    author_name: str
    created_at: datetime
    status_label: str
    unanswered: bool
    essay_title: str
    language: str
    number: int | None
    is_reply: bool
    quote: SafeString
    lead: SafeString
    body: SafeString
    cited: SafeString
    source: SafeString
    url: str
    place_url: str


@dataclass(frozen=True, slots=True)
class PassageFound:
    """A paragraph of an essay with its words marked."""

    essay_title: str
    language: str
    number: int | None
    html: SafeString
    url: str


@dataclass(slots=True)
class Found:
    """One page of what was found; a total above 1,000 is not counted out."""

    notes: list[NoteFound] = field(default_factory=list)
    notes_total: int = 0
    passages: list[PassageFound] = field(default_factory=list)
    passages_total: int = 0
    next_after: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.notes_total or self.passages_total)


def search(user: User | AnonymousUser, words: str, filters: SearchFilters) -> Found:
    """What the person may see that holds the words. Raises Invalid on `q`."""
    question = Question.of(user, words, seminar=filters.seminar, assignment=filters.assignment)
    found = Found()
    if not filters.in_essays:
        _find_notes(found, user, question, filters)
    if filters.in_essays or not (filters.asks_for_notes or filters.after):
        _find_passages(found, user, question, filters)
    return found


# --- annotations -----------------------------------------------------------------------------


def _find_notes(
    found: Found, user: User | AnonymousUser, question: Question, filters: SearchFilters
) -> None:
    """The page of annotations: those that say the words first, then those on words that do."""
    chosen = _chosen(user, Annotation.objects.visible_to(user), filters)
    few = few_of(chosen.filter(question.finds(_LANGUAGE)))
    found.notes_total = MOST_COUNTED + 1 if few is None else len(few)
    if few is not None:
        rows = _in_order(chosen.filter(one_of(few)), question, filters.after)
    else:
        rows = _newest(chosen, question, filters.after)
    page = rows[:NOTES_A_PAGE]
    if len(rows) > NOTES_A_PAGE:
        last, said = page[-1]
        found.next_after = f"{int(said)}.{last}"
    found.notes = _notes(user, question, [pk for pk, _ in page])


def _says(question: Question) -> ExpressionWrapper[Q]:
    says = question.holds(_LANGUAGE, "own_words")
    return ExpressionWrapper(says, output_field=BooleanField())


def _in_order(notes: AnnotationQuerySet, question: Question, after: str) -> list[tuple[UUID, bool]]:
    """The page behind the cursor of few notes, which all are put in order."""
    ranked = notes.alias(own_words=_OwnWords("search")).annotate(says=_says(question))
    said, last_id = _cursor(after)
    if last_id and said:
        ranked = ranked.filter(Q(says=False) | Q(pk__lt=last_id))
    elif last_id:
        ranked = ranked.filter(says=False, pk__lt=last_id)
    ordered = ranked.order_by("-says", "-pk")
    return list(ordered.values_list("pk", "says")[: NOTES_A_PAGE + 1])


def _newest(notes: AnnotationQuerySet, question: Question, after: str) -> list[tuple[UUID, bool]]:
    """The page behind the cursor of many notes: those that say the words, then the others."""
    said, last_id = _cursor(after)
    # Row by row, so that the rows can be taken in their order until the page is full.
    is_chosen = is_there(notes.filter(pk=OuterRef("pk")))
    rows: list[tuple[UUID, bool]] = []
    for says in (True, False) if said or not last_id else (False,):
        found = Annotation.objects.alias(own_words=_OwnWords("search"))
        found = found.alias(says=_says(question)).filter(is_chosen, says=says)
        if last_id and says == said:
            found = found.filter(pk__lt=last_id)
        few = few_of(found.filter(question.finds(_LANGUAGE)))
        found = (
            found.filter(looked_through(question.holds(_LANGUAGE)))
            if few is None
            else Annotation.objects.filter(one_of(few))
        )
        ids = found.order_by("-pk").values_list("pk", flat=True)[: NOTES_A_PAGE + 1 - len(rows)]
        rows += [(pk, says) for pk in ids]
        if len(rows) > NOTES_A_PAGE:
            break
    return rows


def _cursor(after: str) -> tuple[bool, UUID | None]:
    """Whether the last note of the page before said the words, and which it was; None for none."""
    said, _, last = after.partition(".")
    return said == "1", _uuid(last)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _chosen(
    user: User | AnonymousUser, notes: AnnotationQuerySet, filters: SearchFilters
) -> AnnotationQuerySet:
    """Those that the filters ask for; withdrawn ones only when their state is asked for."""
    if filters.seminar:
        notes = notes.filter(assignment__seminar=filters.seminar)
    if filters.assignment:
        notes = notes.filter(assignment=filters.assignment)
    if filters.kind:
        notes = notes.filter(kind=filters.kind)
    if filters.author:
        notes = notes.with_shown_author(user).filter(shown_author_id=filters.author)  # type: ignore[misc]  # annotated
    if filters.paragraph:
        notes = notes.filter(_stands_on(filters.paragraph))
    if filters.tag:
        notes = notes.filter(tags__overlap=_keys_of(user, filters.tag))
    return _in_state(user, notes, filters.state)


def _in_state(
    user: User | AnonymousUser, notes: AnnotationQuerySet, state: str
) -> AnnotationQuerySet:
    if state == UNANSWERED:
        published = notes.filter(status=Status.PUBLISHED)
        readable = Annotation.objects.visible_to(user)
        return published.with_is_unanswered(readable).filter(is_unanswered=True)  # type: ignore[misc]  # annotated
    if state:
        return notes.filter(status=state)
    return notes.exclude(status=Status.WITHDRAWN)


def _stands_on(number: int) -> Exists:
    """Whether the annotation, or its thread's root, is anchored in the paragraph of that number."""
    anchors = Anchor.objects.filter(
        Q(annotation=OuterRef("pk")) | Q(annotation=OuterRef("root")),
        revision=OuterRef("assignment__revision"),
        paragraph__number=number,
    )
    return Exists(anchors)


def _keys_of(user: User | AnonymousUser, tag: str) -> list[str]:
    """The tag as it was given, and the keys of those whose label or key it is."""
    named = Tag.objects.visible_to(user).filter(Q(label__iexact=tag) | Q(key__iexact=tag))
    return [tag, *named.values_list("key", flat=True)]


def _counted(rows: Any) -> int:
    """How many there are, as far as they are counted: one more than that says "more than"."""
    total: int = rows.order_by()[: MOST_COUNTED + 1].count()
    return total


def _notes(user: User | AnonymousUser, question: Question, ids: Sequence[UUID]) -> list[NoteFound]:
    readable = Annotation.objects.visible_to(user)
    shown = readable.filter(pk__in=ids).for_display(user).with_is_unanswered(readable)
    rows = {one.pk: one for one in shown.select_related("assignment__seminar", "assignment__essay")}
    # Between the two queries one may have been taken back.
    annotations = [rows[pk] for pk in ids if pk in rows]
    anchors = _anchors(annotations)
    texts = []
    for one in annotations:
        config = configuration_of(one.assignment.essay.language)
        texts += [(config, text) for text in _texts(one, anchors[one.pk])]
    marked = iter(_marked(question, texts))
    return [
        _note(one, anchors[one.pk] or anchors[one.root_id], [next(marked) for _ in range(5)])
        for one in annotations
    ]


def _anchors(annotations: Sequence[Annotation]) -> dict[UUID | None, list[Anchor]]:
    """The anchors of the annotations and of their threads' roots, in the revision shown."""
    ids = {one.pk for one in annotations} | {one.root_id for one in annotations if one.root_id}
    anchors: dict[UUID | None, list[Anchor]] = defaultdict(list)
    for anchor in Anchor.objects.filter(
        annotation__in=ids, revision=F("annotation__assignment__revision")
    ).select_related("paragraph"):
        anchors[anchor.annotation_id].append(anchor)
    return anchors


def _texts(annotation: Annotation, anchors: Sequence[Anchor]) -> list[str]:
    """What may hold the words: the words it stands on, claim or warrant, body, passage, source."""
    passage = annotation.passage
    body = " ".join(unescape(strip_tags(annotation.body_html)).split())
    lead = annotation.counterclaim or annotation.warrant
    return [
        " … ".join(anchor.exact for anchor in anchors if anchor.exact),
        "" if body.startswith(lead.rstrip("…")) else lead,
        body,
        passage.quote if passage else "",
        passage.source.title if passage else "",
    ]


def _note(annotation: Annotation, anchors: Sequence[Anchor], texts: list[SafeString]) -> NoteFound:
    quote, lead, body, cited, source = texts
    assignment = annotation.assignment
    paragraph = next((anchor.paragraph for anchor in anchors if anchor.paragraph), None)
    reading = reverse("annotations:reading", args=[assignment.seminar.slug, assignment.slug])
    return NoteFound(
        id=str(annotation.pk),
        kind=annotation.kind,
        label=str(annotation.get_kind_display()),
        author_id=annotation.shown_author_id,  # type: ignore[attr-defined]  # by `for_display`
        author_name=annotation.shown_author_name,  # type: ignore[attr-defined]  # by `for_display`
        created_at=annotation.created_at,
        status_label=(
            "" if annotation.status == Status.PUBLISHED else str(annotation.get_status_display())
        ),
        unanswered=bool(annotation.is_unanswered),  # type: ignore[attr-defined]  # annotated
        essay_title=assignment.title,
        language=assignment.essay.language,
        number=paragraph.number if paragraph else None,
        is_reply=annotation.parent_id is not None,
        quote=quote,
        lead=lead,
        body=body,
        cited=cited if "<mark>" in cited else SafeString(),
        source=source,
        url=annotation.get_absolute_url(),
        place_url=f"{reading}#{dom_id(paragraph)}" if paragraph else "",
    )


# --- paragraphs ------------------------------------------------------------------------------


def _find_passages(
    found: Found, user: User | AnonymousUser, question: Question, filters: SearchFilters
) -> None:
    paragraphs = _paragraphs(user, filters).filter(question.holds("revision__essay__language"))
    found.passages_total = _counted(paragraphs)
    size = PASSAGES_A_PAGE if filters.in_essays else PASSAGES_BESIDE_NOTES
    revision, _, position = filters.after.partition(".")
    revision_id = _uuid(revision)
    if filters.in_essays and revision_id and _POSITION.fullmatch(position):
        paragraphs = paragraphs.filter(
            Q(revision__lt=revision_id) | Q(revision=revision_id, position__gt=int(position))
        )
    rows = list(
        paragraphs.select_related("revision__essay").order_by("-revision_id", "position")[
            : size + 1
        ]
    )
    page = rows[:size]
    if filters.in_essays and len(rows) > size:
        found.next_after = f"{page[-1].revision_id}.{page[-1].position}"
    found.passages = _passages(user, question, page)


def _paragraphs(user: User | AnonymousUser, filters: SearchFilters) -> ParagraphQuerySet:
    """Those of the newest revisions; of an assignment, those of the revision that it shows."""
    paragraphs = Paragraph.objects.filter(number__isnull=False)
    if filters.assignment:
        assignments = Assignment.objects.visible_to(user).filter(pk=filters.assignment)
        paragraphs = paragraphs.filter(revision__in=assignments.values("revision"))
    else:
        essays = Essay.objects.visible_to(user)
        paragraphs = paragraphs.filter(revision__in=essays.values("current_revision"))
    if filters.seminar:
        paragraphs = paragraphs.filter(revision__essay__seminar=filters.seminar)
    if filters.paragraph:
        paragraphs = paragraphs.filter(number=filters.paragraph)
    return paragraphs


def _passages(
    user: User | AnonymousUser, question: Question, paragraphs: Sequence[Paragraph]
) -> list[PassageFound]:
    revisions = {one.revision_id for one in paragraphs}
    assignments = Assignment.objects.set_to(user).filter(revision__in=revisions)
    reading = {
        one.revision_id: one.get_absolute_url()
        for one in assignments.select_related("seminar").order_by("-pk")
    }
    essays = [one.revision.essay for one in paragraphs]
    marked = _marked(
        question,
        [
            (configuration_of(essay.language), one.text)
            for one, essay in zip(paragraphs, essays, strict=True)
        ],
    )
    return [
        PassageFound(
            essay_title=essay.title,
            language=essay.language,
            number=one.number,
            html=html,
            url=f"{reading.get(one.revision_id, essay.get_absolute_url())}#{dom_id(one)}",
        )
        for one, essay, html in zip(paragraphs, essays, marked, strict=True)
    ]


# --- words in their place --------------------------------------------------------------------


def _marked(question: Question, texts: Sequence[tuple[str, str]]) -> list[SafeString]:
    """Each text, given with its configuration, cut to where the words stand, and they marked."""
    plain = [text.replace(_START, "").replace(_STOP, "") for _, text in texts]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ts_headline(c::regconfig, t, websearch_to_tsquery(c::regconfig, %s), o)"
            " FROM unnest(%s::text[], %s::text[], %s::text[])"
            " WITH ORDINALITY AS given (c, t, o, n) ORDER BY n",
            [
                question.words,
                [config for config, _ in texts],
                plain,
                [_WHOLE if len(text) <= _SHORT else _CUT for text in plain],
            ],
        )
        cut = [row[0] for row in cursor.fetchall()]
    return [_safe(whole, part) for whole, part in zip(plain, cut, strict=True)]


def _safe(whole: str, part: str) -> SafeString:
    """The part as HTML, with an ellipsis where the whole goes on."""
    bare = part.replace(_START, "").replace(_STOP, "").strip()
    before = "" if whole.startswith(bare[:12]) else "… "
    after = "" if whole.rstrip().endswith(bare[-12:]) else " …"
    html = escape(part.strip()).replace(_START, "<mark>").replace(_STOP, "</mark>")
    return mark_safe(f"{before}{html}{after}")  # noqa: S308 - escaped but for the marks
