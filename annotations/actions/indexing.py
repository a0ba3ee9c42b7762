"""What a search finds an annotation by: its words, those it cites, and those it stands on.

The words are kept in the language of the essay and in four weights: A the claim or warrant, B the
body, C passage and title of the source, D the words of the essay. Those of every revision count, so
a publication changes none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.aggregates import StringAgg
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db.models import Expression, F, OuterRef, Subquery, Value
from django.db.models.fields.json import KeyTextTransform

from annotations.models import Anchor, Annotation, Passage
from debate.core.fulltext import config_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

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


class _Words(Expression):
    """The vector of these texts, of which the SQL is made once a language."""

    def __init__(self, language: str, texts: Sequence[str]) -> None:
        super().__init__(output_field=SearchVectorField())
        self.language = language
        self.texts = texts

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:  # noqa: ARG002 - the texts are parameters too
        """The SQL, and the texts in their places."""
        if self.language not in _MADE:
            lead, warrant, body, quote, title, anchored = (Value(str(at)) for at in range(6))
            made: Any = _vector(
                lead=[lead, warrant],
                body=body,
                cited=[quote, title],
                anchored=anchored,
                language=self.language,
            )
            resolved = made.resolve_expression(compiler.query, allow_joins=False, for_save=True)
            _MADE[self.language] = compiler.compile(resolved)
        sql, places = _MADE[self.language]
        return sql, tuple(self.texts[int(one)] if one.isdecimal() else one for one in places)


# SQL and parameters by language, in which numbers stand for the texts; there are few languages.
_MADE: dict[str, tuple[str, Sequence[str]]] = {}


def index_citations(source: Source) -> None:
    """Find the annotations that rest on the source by what is known of it now."""
    citing = Annotation.objects.filter(passage__source=source)
    # Locked in the order in which threads are, so that two writers wait and do not block each other.
    rows = citing.select_for_update(no_key=True, of=("self",)).order_by("pk")
    languages = set(rows.values_list("assignment__essay__language", flat=True))
    for language in languages:
        found = citing.filter(assignment__essay__language=language)
        found.update(search=_vector_of_rows(language))


def index_annotations(essay: Essay) -> None:
    """Find the words of all annotations of the essay in the language that it has now."""
    found = Annotation.objects.filter(assignment__essay=essay)
    found.update(search=_vector_of_rows(essay.language))


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
