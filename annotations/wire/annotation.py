"""An annotation as JSON text, made by PostgreSQL: what the API, exports and streams send.

It says what `AnnotationSerializer` says, which a test holds it to. It stands on what the QuerySet
adds of the reader: whom the reader knows as author, how much of the replies the reader may be told,
and which claims the reader knows.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.apps import apps
from django.db.models import Case, F, OuterRef, Q, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Substr
from django.urls import reverse

from annotations.enums import Attacks, Kind
from annotations.wire.text import (
    Fixed,
    array,
    given,
    joined,
    listed,
    moment,
    name,
    plain,
    quoted,
    switch,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from annotations.wire.text import Joined, Piece

MEMBERS: Final = (
    "id",
    "kind",
    "status",
    "status_reason",
    "audience",
    "group",
    "round",
    "author",
    "assignment",
    "body",
    "body_html",
    "anchors",
    "parent",
    "root",
    "reply_count",
    "is_answer",
    "is_unanswered",
    "is_late",
    "pinned_at",
    "locked_at",
    "tags",
    "version",
    "created_at",
    "updated_at",
    "html_url",
    "counterargument",
    "evidence",
    "support",
    "concession",
)
"""The members of an annotation in their order."""

OF_ONE_KIND: Final = frozenset({"counterargument", "evidence", "support", "concession"})
"""Members that other kinds have as null; each names the claim that the annotation bears on."""

_PLACEHOLDER = UUID(int=0)


def wire_of(
    *, base: str, revision: int | None = None, fields: Collection[str] | None = None
) -> Joined:
    """The JSON text of an annotation, with all members or those of `fields`.

    `base` is scheme and host without a slash at the end; anchors are those in the revision that the
    assignment shows, or in the one of that number. Refers to `shown_as_alias`, `hides_words`,
    `hides_counts` and, with members of one kind, `known_claim_id`, which the QuerySet adds.
    """
    wanted = [one for one in MEMBERS if fields is None or one in fields]
    common = {**_own(base), "anchors": [_anchors(revision)]}
    pieces: list[Piece] = []
    for one in wanted:
        if one not in OF_ONE_KIND:
            pieces += [f',"{one}":', *common[one]]
    pieces += _of_kinds([one for one in wanted if one in OF_ONE_KIND])
    first, *others = pieces
    if isinstance(first, str):
        return joined("{" + first[1:], *others, "}")
    return joined("{", Substr(joined(*pieces), 2), "}")  # the kind decides what stands first


def _own(base: str) -> dict[str, Sequence[Piece]]:
    """What stands in the annotation's own row, and in those that it names."""
    before, after = reverse("annotations:detail", args=[_PLACEHOLDER]).split(str(_PLACEHOLDER))
    told = Q(hides_words=False)
    counted = Q(hides_counts=False)
    asks = Q(kind__in=(Kind.QUESTION, Kind.COUNTERARGUMENT))
    return {
        "id": ['"', F("id"), '"'],
        "kind": ['"', F("kind"), '"'],
        "status": ['"', F("status"), '"'],
        "status_reason": [quoted(given("status_reason"))],
        "audience": ['"', F("audience"), '"'],
        "group": [name("group_id")],
        "round": ['"', F("round_id"), '"'],
        "author": [_author()],
        "assignment": ['"', F("assignment_id"), '"'],
        "body": [Case(When(told, then=quoted("body")), default=Fixed("null"))],
        "body_html": [Case(When(told, then=quoted("body_html")), default=Fixed("null"))],
        "parent": [name("parent_id")],
        "root": [name("root_id")],
        "reply_count": [
            Case(When(counted, then=plain("published_replies")), default=Fixed("null"))
        ],
        "is_answer": [switch(Q(is_answer=True))],
        "is_unanswered": [
            Case(
                When(~asks, then=Fixed("false")),
                When(counted, then=switch(Q(is_met=False))),
                default=Fixed("null"),
            )
        ],
        "is_late": [switch(Q(is_late=True))],
        "pinned_at": [moment(Coalesce("root__pinned_at", "pinned_at"))],
        "locked_at": [moment(Coalesce("root__locked_at", "locked_at"))],
        "tags": [array("tags")],
        "version": [F("version")],
        "created_at": [moment("created_at")],
        "updated_at": [moment("updated_at")],
        "html_url": [json.dumps(base + before)[:-1], F("id"), json.dumps(after)[1:]],
    }


def _author() -> Case:
    """Whom the reader knows as the author."""
    alias = joined(
        '{"id":"', F("alias_id"), '","name":', quoted("alias__name"), ',"is_alias":true}'
    )
    called = Coalesce(given("author__name"), "author__username", output_field=TextField())
    author = joined('{"id":"', F("author_id"), '","name":', quoted(called), ',"is_alias":false}')
    return Case(When(shown_as_alias=True, then=alias), default=author)


def _anchors(revision: int | None) -> Joined:
    """Where the annotation sits, as a JSON array."""
    anchors = apps.get_model("annotations", "Anchor").objects.filter(annotation=OuterRef("pk"))
    if revision is None:
        anchors = anchors.filter(revision=OuterRef("assignment__revision"))
        number: Piece = plain(OuterRef("assignment__revision__number"))
    else:
        anchors = anchors.filter(revision__number=revision)
        number = str(revision)
    one = joined(
        '{"paragraph":',
        name("paragraph_id"),
        ',"key":',
        name("paragraph__key"),
        ',"number":',
        plain("paragraph__number"),
        ',"revision":',
        number,
        ',"start":',
        plain("start"),
        ',"end":',
        plain("end"),
        ',"exact":',
        quoted("exact"),
        ',"prefix":',
        quoted("prefix"),
        ',"suffix":',
        quoted("suffix"),
        ',"state":"',
        F("state"),
        '","confidence":',
        F("confidence"),
        "}",
    )
    return joined("[", listed(anchors.order_by("position"), one), "]")


def _of_kinds(wanted: Sequence[str]) -> list[Piece]:
    """The members that one kind has and others have as null.

    The claim is told once in the statement: whether the reader knows it is long to ask.
    """
    if not wanted:
        return []
    heads = {
        Kind.COUNTERARGUMENT: _challenge(),
        Kind.EVIDENCE: _evidence(),
        Kind.SUPPORT: joined('{"claim":'),
        Kind.CONCESSION: joined(
            '{"scope":', quoted(Coalesce("concession__scope", Value(""))), ',"claim":'
        ),
    }
    mine = [kind for kind in Kind if kind in wanted]
    before = [
        When(kind=kind, then=joined(_nulls(wanted, until=kind), f',"{kind}":', heads[kind]))
        for kind in mine
    ]
    after = [When(kind=kind, then=Fixed("}" + _nulls(wanted, behind=kind))) for kind in mine]
    claim = Case(When(kind__in=mine, then=name("known_claim_id")), default=Fixed(""))
    return [
        Case(*before, default=Fixed(_nulls(wanted))),
        claim,
        Case(*after, default=Fixed("")),
    ]


def _nulls(wanted: Sequence[str], *, until: str = "", behind: str = "") -> str:
    names = list(wanted)
    if until:
        names = names[: names.index(until)]
    elif behind:
        names = names[names.index(behind) + 1 :]
    return "".join(f',"{one}":null' for one in names)


def _challenge() -> Joined:
    known = Case(When(attacks=Attacks.UNSPECIFIED, then=Fixed("null")), default=name("attacks"))
    return joined('{"attacks":', known, ',"counterclaim":', quoted("counterclaim"), ',"claim":')


def _evidence() -> Joined:
    source = "passage__source__"
    doi, url = F(f"{source}doi"), F(f"{source}url")
    title = Coalesce(
        given(KeyTextTransform("title", f"{source}csl")), given(doi), url, output_field=TextField()
    )
    opened = Case(
        When(~Q(**{f"{source}doi": ""}), then=joined("https://doi.org/", doi)),
        default=url,
        output_field=TextField(),
    )
    return joined(
        '{"stance":"',
        F("stance"),
        '","warrant":',
        quoted("warrant"),
        ',"quote":',
        quoted("passage__quote"),
        ',"locator":',
        quoted("passage__locator"),
        ',"source":{"id":"',
        F("passage__source_id"),
        '","title":',
        quoted(title),
        ',"url":',
        quoted(opened),
        ',"doi":',
        quoted(doi),
        ',"csl":',
        plain(f"{source}csl"),
        '},"claim":',
    )
