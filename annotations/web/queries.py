"""What a person reads in a container: its annotations in the order of their ids, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import orjson
from django.db.models import Count, Exists, Max, OuterRef, Q

from annotations.enums import Status
from annotations.models import Anchor, Annotation, WebIdentity
from annotations.web.model import CONTEXT, NAMELESS, Names, container_iri, to_web
from annotations.web.places import id_of_segment
from debate.core.db import one_snapshot
from debate.core.errors import Gone, Missing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from annotations.models.annotation import AnnotationQuerySet
    from debate.accounts.models import User
    from debate.assignments.models import Assignment

PAGE = 100
LDP_CONTEXT = "http://www.w3.org/ns/ldp.jsonld"
START = "start"


def find_contained(user: User | AnonymousUser, assignment: Assignment, segment: str) -> Annotation:
    """The annotation at that address of the container.

    Raises Missing for what the person may not know of, and Gone for what was withdrawn: also for
    its author and staff, who read it elsewhere.
    """
    wanted = id_of_segment(assignment, segment)
    if wanted is None:
        raise Missing
    known = Annotation.objects.known_to(user).filter(assignment=assignment, pk=wanted)
    found = known.select_related("assignment__seminar", "passage__source").first()
    if found is None:
        raise Missing
    if found.status == Status.WITHDRAWN:
        raise Gone("This annotation has been withdrawn by its author.")
    return found


def names_of(annotations: Iterable[str]) -> dict[str, Names]:
    """What the annotations of those ids are called on the Web, as far as they have names."""
    rows = WebIdentity.objects.filter(pk__in=[*annotations])
    return {str(one.pk): Names(one.slug, one.canonical, tuple(one.via)) for one in rows}


def documents(
    rows: AnnotationQuerySet,
    user: User | AnonymousUser,
    assignment: Assignment,
    base: str,
    *,
    revision: int | None = None,
) -> list[dict[str, Any]]:
    """The annotations as JSON-LD, in the order of their ids: two queries, however many they are."""
    wires = rows.with_wire(user, base=base, revision=revision).order_by("pk")
    texts = wires.values_list("wire", flat=True)  # type: ignore[misc]  # by `with_wire`
    read = [orjson.loads(text) for text in texts]
    names = names_of({one for wire in read for one in (wire["id"], wire["parent"]) if one})
    page = f"{base}{assignment.get_absolute_url()}"
    language = assignment.essay.language
    return [to_web(wire, base=base, names=names, page=page, language=language) for wire in read]


def document(
    user: User | AnonymousUser, annotation: Annotation, base: str, *, revision: int | None = None
) -> dict[str, Any]:
    """The annotation as JSON-LD, as the person may see it now. Raises Missing."""
    rows = Annotation.objects.visible_to(user).filter(pk=annotation.pk)
    found = documents(rows, user, annotation.assignment, base, revision=revision)
    if not found:
        raise Missing
    return found[0]


@dataclass(frozen=True)
class Container:
    """One person's view of an assignment's annotations, as IRIs or as descriptions.

    `anchored` leaves those whose every target has words and offsets, for clients that can show no
    others. Pages are named by the annotation behind or before which they lie, so that others may
    create and delete during a walk.
    """

    user: User | AnonymousUser
    assignment: Assignment
    base: str
    iris: bool = False
    anchored: bool = False

    @property
    def iri(self) -> str:
        """The address of this representation (Protocol, 4.2)."""
        query = f"?iris={int(self.iris)}" + "&anchored=1" * self.anchored
        return container_iri(self.base, str(self.assignment.pk)) + query

    def rows(self) -> AnnotationQuerySet:
        """What stands in it."""
        return self._chosen(Annotation.objects.visible_to(self.user)).exclude(
            status=Status.WITHDRAWN
        )

    def _chosen(self, rows: AnnotationQuerySet) -> AnnotationQuerySet:
        rows = rows.filter(assignment=self.assignment)
        if not self.anchored:
            return rows
        here = Anchor.objects.filter(
            annotation=OuterRef("pk"), revision=self.assignment.revision_id
        )
        return rows.filter(
            Exists(here), ~Exists(here.filter(start__isnull=True)), parent__isnull=True
        )

    def about(self) -> dict[str, Any]:
        """What is said of the whole; `modified` tells of withdrawals, too (Protocol, 4.2)."""
        told = self._chosen(Annotation.objects.known_to(self.user)).aggregate(
            total=Count("pk", filter=~Q(status=Status.WITHDRAWN)), modified=Max("updated_at")
        )
        return {
            "id": self.iri,
            "label": self.assignment.title,
            "total": told["total"],
            "modified": _moment(told["modified"] or self.assignment.created_at),
        }

    def description(self, *, is_minimal: bool) -> dict[str, Any]:
        """The container; its first page within, or where the person prefers, its address alone."""
        # A page that is counted and then read may have lost its last annotation in between.
        with one_snapshot():
            return self._described(is_minimal=is_minimal)

    def _described(self, *, is_minimal: bool) -> dict[str, Any]:
        about = self.about()
        found: dict[str, Any] = {
            "@context": [CONTEXT, LDP_CONTEXT],
            "type": ["BasicContainer", "AnnotationCollection"],
            **about,
        }
        if not about["total"]:
            return found
        first = _Page.read(self, after=START)
        found["first"] = first.iri if is_minimal else first.description(about, is_embedded=True)
        found["last"] = self._last(about["total"])
        return found

    def page(self, *, after: UUID | str = "", before: UUID | str = "") -> dict[str, Any]:
        """The page behind or before that annotation. Raises Missing for one without items."""
        with one_snapshot():
            page = _Page.read(self, after=after, before=before)
            if not page.keys:
                raise Missing
            return {"@context": CONTEXT, **page.description(self.about(), is_embedded=False)}

    def _last(self, total: int) -> str:
        whole = (total - 1) // PAGE * PAGE
        keys = self.rows().order_by("pk").values_list("pk", flat=True)
        behind = keys[whole - 1 : whole].first() if whole else None
        return self.page_iri("after", behind or START)

    def page_iri(self, way: str, key: UUID | str) -> str:
        """The address of the page that lies `after` or `before` the annotation."""
        return f"{self.iri}&{way}={key}"


@dataclass(frozen=True)
class _Page:
    """A page of a container: the ids on it, and whether others are known to lie behind them."""

    container: Container
    iri: str
    keys: list[UUID]
    has_more: bool

    @classmethod
    def read(cls, container: Container, *, after: UUID | str = "", before: UUID | str = "") -> Self:
        """Up to a hundred annotations behind, or before, the one named."""
        rows = container.rows()
        way, key = ("before", before) if before else ("after", after)
        if before:
            rows = rows.filter(pk__lt=before).order_by("-pk")
        elif after == START:
            rows = rows.order_by("pk")
        else:
            rows = rows.filter(pk__gt=after).order_by("pk")
        keys = list(rows.values_list("pk", flat=True)[: PAGE + 1])
        more, keys = len(keys) > PAGE, keys[:PAGE]
        if before:
            keys.reverse()
        return cls(container, container.page_iri(way, key), keys, has_more=more and not before)

    def description(self, about: dict[str, Any], *, is_embedded: bool) -> dict[str, Any]:
        """The page (Model, 5.2); what is said of the whole stands in `partOf`."""
        container = self.container
        start = 0 if is_embedded else container.rows().filter(pk__lt=self.keys[0]).count()
        found: dict[str, Any] = {
            "id": self.iri,
            "type": "AnnotationPage",
            "partOf": about,
            "startIndex": start,
        }
        if self.has_more or about["total"] > start + len(self.keys):
            found["next"] = container.page_iri("after", self.keys[-1])
        if start:
            found["prev"] = container.page_iri("before", self.keys[0])
        return {**found, "items": self.items()}

    def items(self) -> list[Any]:
        """The annotations, or their addresses."""
        container = self.container
        if container.iris:
            ids = [str(key) for key in self.keys]
            names = names_of(ids)
            here = container_iri(container.base, str(container.assignment.pk))
            return [here + (names.get(one, NAMELESS).slug or one) for one in ids]
        rows = Annotation.objects.visible_to(container.user).filter(pk__in=self.keys)
        found = documents(rows, container.user, container.assignment, container.base)
        # The page, or the container around it, has the context already (Model, 5.2).
        return [{name: one[name] for name in one if name != "@context"} for one in found]


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"
