"""The objects that the change feed tells of, each as its own address in the API shows it.

Not one of the usual module names: it is to the feed what serializers are to the lists, and uses
theirs, so that an object reads the same wherever it comes from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    F,
    Func,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    UUIDField,
    Value,
)
from rest_framework.renderers import JSONRenderer

from annotations.api.claims import SEMINAR, ClaimSerializer, with_named
from annotations.api.house_rules import HouseRulesSerializer
from annotations.api.linking import (
    ConcessionSerializer,
    InferenceSerializer,
    RelationSerializer,
)
from annotations.api.quality import QualityMarkSerializer
from annotations.api.tags import ParagraphTagSerializer
from annotations.enums import MapStatus, Status
from annotations.models import (
    Annotation,
    Claim,
    ClaimAnchor,
    Concession,
    HouseRules,
    Inference,
    ParagraphTag,
    QualityMark,
    Relation,
)
from annotations.queries.feed import Told
from debate.assignments.api.serializers import AssignmentSerializer
from debate.assignments.models import Assignment
from debate.assignments.queries import with_own
from debate.core.db import prepared
from debate.essays.models import Paragraph

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.serializers import BaseSerializer

    from debate.accounts.models import User

    Reader = User | AnonymousUser


def _assignments(user: Reader) -> QuerySet[Any]:
    return with_own(Assignment.objects.visible_to(user).for_api(user), user)


def _house_rules(user: Reader) -> QuerySet[Any]:
    return with_named(HouseRules.objects.visible_to(user), user, person="by", seminar=SEMINAR)


def _paragraph_tags(user: Reader) -> QuerySet[Any]:
    shown = Paragraph.objects.filter(
        revision=OuterRef("assignment__revision_id"), key=OuterRef("paragraph_key")
    )
    given = ParagraphTag.objects.visible_to(user).select_related("tag", "given_by")
    return given.annotate(
        shown_paragraph=Subquery(shown.values("pk")), shown_number=Subquery(shown.values("number"))
    )


def _on_map(rows: Any, user: Reader) -> QuerySet[Any]:
    """What stands on the map, as its lists show it unless they are asked for what was taken off."""
    return with_named(rows.standing(), user, person="added_by", seminar=SEMINAR)


def _claims(user: Reader) -> QuerySet[Any]:
    anchors = (
        ClaimAnchor.objects.filter(revision=F("claim__assignment__revision"))
        .select_related("revision", "paragraph")
        .defer("paragraph__text", "paragraph__html")
    )
    into = Claim.objects.visible_to(user).filter(pk=OuterRef("merged_into_id"))
    placed = Claim.objects.visible_to(user).annotate(shown_merged_into=Subquery(into.values("pk")))
    return (
        _on_map(placed, user)
        .select_related("assignment__seminar")
        .prefetch_related(
            Prefetch("anchors", anchors.order_by("position"), to_attr="shown_anchors")
        )
    )


def _inferences(user: Reader) -> QuerySet[Any]:
    return _on_map(Inference.objects.visible_to(user), user).prefetch_related("premises")


def _relations(user: Reader) -> QuerySet[Any]:
    return _on_map(Relation.objects.visible_to(user), user)


def _concessions(user: Reader) -> QuerySet[Any]:
    return Concession.objects.visible_to(user).standing().select_related("annotation")


def _quality_marks(user: Reader) -> QuerySet[Any]:
    marks = QualityMark.objects.visible_to(user).with_shown_marker(user)
    standing = (
        marks.exclude(annotation__status=Status.WITHDRAWN)
        .exclude(claim__status=MapStatus.WITHDRAWN)
        .exclude(claim__annotation__status=Status.WITHDRAWN)
    )
    return standing.select_related("by", "resolved_by", "seminar", "annotation")


_HERE = "assignment__in"
_KINDS: dict[
    str, tuple[Callable[[Any], QuerySet[Any]], type[BaseSerializer[Any]], str, tuple[str, ...]]
] = {
    "assignment": (_assignments, AssignmentSerializer, "updated_at", ("pk__in",)),
    "house_rules": (_house_rules, HouseRulesSerializer, "at", (_HERE,)),
    "paragraph_tag": (_paragraph_tags, ParagraphTagSerializer, "created_at", (_HERE,)),
    "claim": (_claims, ClaimSerializer, "updated_at", (_HERE,)),
    "inference": (_inferences, InferenceSerializer, "updated_at", (_HERE,)),
    "relation": (_relations, RelationSerializer, "updated_at", (_HERE,)),
    "concession": (
        _concessions,
        ConcessionSerializer,
        "annotation__updated_at",
        ("annotation__assignment__in",),
    ),
    "quality_mark": (
        _quality_marks,
        QualityMarkSerializer,
        "updated_at",
        ("annotation__assignment__in", "claim__assignment__in"),
    ),
}
"""By type: its rows for a reader, how they are shown, when they changed, and where they stand."""


def _is_one_of(ids: Collection[UUID]) -> Func:
    """As `pk__in`, but as one parameter: the statement is the same for however many."""
    keys = Value(list(ids), ArrayField(UUIDField()))
    return Func(
        F("pk"),
        keys,
        arg_joiner=" = ANY(",
        template="%(expressions)s)",
        output_field=BooleanField(),
    )


class ApiShelf:
    """The objects of one reader; `annotations.queries.feed.Shelf` says what is promised."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._user: Reader = request.user
        self._base = request.build_absolute_uri("/")[:-1]

    def named(self, type_: str, ids: Collection[UUID]) -> Mapping[UUID, Told]:
        """Those of the ids that stand and that the reader may see."""
        if not ids:
            return {}
        if type_ == "annotation":
            found = self._notes(_is_one_of(ids))
        else:
            rows = _KINDS[type_][0](self._user).filter(pk__in=ids)
            found = self._shown(type_, rows)
        return {one.id: one for one in found}

    def following(
        self, type_: str, assignments: Collection[UUID], after: UUID | None, limit: int
    ) -> Sequence[Told]:
        """The next that the reader may see in those assignments, by id."""
        beyond = Q(pk__gt=after) if after else Q()
        if type_ == "annotation":
            return self._notes(Q(assignment__in=assignments) & beyond, limit)
        rows, _, _, places = _KINDS[type_]
        here_too = Q(*[Q(**{place: assignments}) for place in places], _connector=Q.OR)
        found = rows(self._user).filter(here_too, beyond).order_by("pk")[:limit]
        return self._shown(type_, found)

    def _notes(self, which: Any, limit: int | None = None) -> list[Told]:
        # Before all filters, for then the statement is built once for everybody.
        told = Annotation.objects.visible_to(self._user).with_wire(self._user, base=self._base)
        standing = told.filter(which).exclude(status=Status.WITHDRAWN).order_by("pk")[:limit]
        columns = ("pk", "version", "wire", "updated_at")
        return [Told(*row) for row in prepared(standing.values_list(*columns))]

    def _shown(self, type_: str, rows: Iterable[Any]) -> list[Told]:
        _, serializer, moment, _ = _KINDS[type_]
        render, context = JSONRenderer().render, {"request": self._request}
        found = []
        for row in rows:
            words = render(serializer(row, context=context).data).decode()
            at = row
            for name in moment.split("__"):
                at = getattr(at, name)
            found.append(Told(row.pk, getattr(row, "version", None), words, at))
        return found
