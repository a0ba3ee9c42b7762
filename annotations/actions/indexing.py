"""What a search finds an annotation by: its words, those it cites, and those it stands on.

The words are kept in the language of the essay and in four weights: A the claim or warrant, B the
body, C passage and title of the source, D the words of the essay. Those of every revision count, so
a publication changes none of it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.contrib.postgres.aggregates import StringAgg
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import DEFAULT_DB_ALIAS
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.sql.subqueries import InsertQuery
from psycopg.sql import Literal

from annotations.models import Anchor, Annotation, Passage
from debate.core.fulltext import config_of
from debate.core.inserting import OfRow, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

    from annotations.models import Source
    from debate.essays.models import Essay


def words_of(
    annotation: Annotation, *, language: str, anchors: Sequence[Anchor] | None = None
) -> Combinable:
    """The column `search` of the annotation as it is about to be saved.

    `anchors` are those of a new annotation; without them it is asked for those that are saved.
    """
    passage = annotation.passage
    if anchors is not None:
        return _Words(
            language,
            (
                annotation.counterclaim,
                annotation.warrant,
                annotation.body,
                passage.quote if passage else "",
                str(passage.source.csl.get("title", "")) if passage else "",
                " ".join(anchor.exact or "" for anchor in anchors),
            ),
        )
    anchored = Subquery(_anchored(Value(annotation.pk)))
    return _vector(
        lead=[Value(annotation.counterclaim), Value(annotation.warrant)],
        body=Value(annotation.body),
        cited=[
            Value(passage.quote if passage else ""),
            Value(str(passage.source.csl.get("title", "")) if passage else ""),
        ],
        anchored=anchored,
        language=language,
    )


class _Words(OfRow):
    """The vector of these texts, of which the SQL is made once a language."""

    def __init__(self, language: str, texts: Sequence[str]) -> None:
        super().__init__(output_field=SearchVectorField())
        self.language = language
        self.given = texts

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:  # noqa: ARG002 - the texts are parameters too
        """The SQL, and the texts in their places."""
        sql, places = _made(self.language)
        return sql, tuple(self.given[int(one)] if one.isdecimal() else one for one in places)

    @property
    def in_row(self) -> str:  # type: ignore[override]  # made when it is asked for
        """The same of texts that are sent with the row."""
        return _made_of_row(self.language)

    @property
    def texts(self) -> dict[str, str]:  # type: ignore[override]  # as above
        """The texts, by the names that they have beside the row."""
        return {f"words_{at}": text for at, text in enumerate(self.given)}


@cache
def _made(language: str) -> tuple[str, tuple[str, ...]]:
    """The SQL and its parameters, in which numbers stand for the texts; there are few languages."""
    lead, warrant, body, quote, title, anchored = (Value(str(at)) for at in range(6))
    made: Any = _vector(
        lead=[lead, warrant],
        body=body,
        cited=[quote, title],
        anchored=anchored,
        language=language,
    )
    query = InsertQuery(Annotation)
    resolved = made.resolve_expression(query, allow_joins=False, for_save=True)
    sql, params = query.get_compiler(DEFAULT_DB_ALIAS).compile(resolved)
    return sql, tuple(params)


@cache
def _made_of_row(language: str) -> str:
    sql, places = _made(language)
    said = (
        text_of(f"words_{one}") if one.isdecimal() else Literal(one).as_string(None)
        for one in places
    )
    return sql.replace("%s", "{}").format(*said)


def index_citations(*sources: Source) -> None:
    """Find the annotations that rest on the sources by what is known of these now.

    To be called once for all that a transaction has changed, under the lock of their shelf.
    """
    citing = Annotation.objects.filter(passage__source__in=sources)
    for language in _languages_of_locked(citing):
        found = citing.filter(assignment__essay__language=language)
        found.update(search=_vector_of_rows(language))


def index_annotations(essay: Essay) -> None:
    """Find the words of all annotations of the essay in the language that it has now."""
    found = Annotation.objects.filter(assignment__essay=essay)
    _languages_of_locked(found)
    found.update(search=_vector_of_rows(essay.language))


def _languages_of_locked(annotations: QuerySet[Annotation]) -> set[str]:
    """The languages of the annotations' essays, once the annotations are locked.

    In the order in which threads are, so that two writers wait and do not block each other.
    """
    told = annotations.annotate(language=F("assignment__essay__language")).only("pk")
    # As objects: of values, Django would lock the rows of every table that is joined.
    rows = told.select_for_update(no_key=True, of=("self",)).order_by("pk")
    return {one.language for one in rows}


def _vector_of_rows(language: str) -> Combinable:
    passages = Passage.objects.filter(pk=OuterRef("passage"))
    titles = passages.annotate(title=KeyTextTransform("title", "source__csl")).values("title")
    return _vector(
        lead=[F("counterclaim"), F("warrant")],
        body=F("body"),
        cited=[Subquery(passages.values("quote")), Subquery(titles)],
        anchored=Subquery(_anchored(OuterRef("pk"))),
        language=language,
    )


def _vector(
    *, lead: list[Any], body: Any, cited: list[Any], anchored: Any, language: str
) -> Combinable:
    config = config_of(language)
    vector: Combinable = (
        SearchVector(*lead, weight="A", config=config)
        + SearchVector(body, weight="B", config=config)
        + SearchVector(*cited, weight="C", config=config)
        + SearchVector(anchored, weight="D", config=config)
    )
    return vector


def _anchored(annotation: Any) -> Any:
    """The words of the essay that the annotation stands on, once each."""
    anchors = Anchor.objects.filter(annotation=annotation).order_by().values("annotation")
    words = StringAgg("exact", Value(" "), distinct=True)
    return anchors.annotate(words=words).values("words")
