"""Annotations, replies, history, evidence and sources in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, ExpressionWrapper, Prefetch
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, mixins
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from annotations.actions import (
    create_annotation,
    mark_answer,
    withdraw_annotation,
)
from annotations.actions.refusing import ONLY_ITS_AUTHOR, check_change
from annotations.api.filters import AnnotationFilters, EvidenceListFilters
from annotations.api.finding import address_of, find_annotation
from annotations.api.inputs import AnnotationChangeShape, AnnotationShape, ReplyShape
from annotations.api.posting import change_annotation, post_annotation
from annotations.api.serializers import (
    AnnotationSerializer,
    EvidenceItemSerializer,
    VersionSerializer,
)
from annotations.api.wired import (
    EMBED,
    FIELDS,
    INCLUDED,
    SORT,
    WireAnswers,
    WireList,
    WireObject,
    state_of_list,
)
from annotations.enums import Kind, Status
from annotations.models import Annotation, AnnotationVersion, PassageCheck
from annotations.models.named import is_named_to
from annotations.permissions import may_annotate, may_mark_answer, may_read_history
from annotations.queries.conditions import state_of
from annotations.web.views import InWebForms
from debate.core.api.exceptions import BadParameters
from debate.core.api.filters import whole_parameter
from debate.core.api.pagination import whole_or_some
from debate.core.api.views import ApiViewSet
from debate.core.errors import NotAllowed
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.serializers import BaseSerializer

    from annotations.models.annotation import AnnotationQuerySet
    from annotations.queries.conditions import State
    from debate.seminars.models import Membership

REVISION = OpenApiParameter(
    "revision", int, description="Anchors in the revision of that number, not in the one shown."
)


class AnnotationReader(WireAnswers):
    """What views that answer with annotations share."""

    query_parameters = frozenset({"revision"})
    queryset = Annotation.objects.none()
    serializer_class: type[BaseSerializer[Any]] = AnnotationSerializer
    address = "api:annotation-detail"

    def get_queryset(self) -> AnnotationQuerySet:
        """What the person may read, as the API shows it."""
        readable = Annotation.objects.visible_to(self.user)
        return readable.for_api(
            self.user, readable, revision=whole_parameter(self.request, "revision")
        )

    def shown(self, annotation: Annotation) -> dict[str, Any]:
        """The annotation as the person may see it now."""
        return self.wire(annotation.pk)

    def current(self) -> Any:
        """The annotation of the address as it is now."""
        return self.shown(self.find_one(self.kwargs["pk"]))

    def created(self, annotation: Annotation) -> Response:
        """The answer to a post: the annotation, and its address."""
        address = address_of(annotation.pk, self.request)
        return Response(self.shown(annotation), status=201, headers={"Location": address})

    def find_one(self, annotation_id: UUID) -> Annotation:
        """The annotation of the address. Raises Missing, Gone."""
        return find_annotation(self.user, annotation_id)

    def membership(self, annotation: Annotation) -> Membership | None:
        """What the person is in the annotation's seminar."""
        return membership_of(self.user, annotation.assignment.seminar)


@extend_schema_view(
    list=extend_schema(
        parameters=[REVISION, FIELDS, EMBED, SORT],
        description="The annotations that you may read, oldest first; withdrawn ones only when "
        "you ask for their status.",
    ),
    retrieve=extend_schema(
        parameters=[REVISION, FIELDS, EMBED],
        responses={
            (200, "application/json"): whole_or_some({"$ref": "#/components/schemas/Annotation"}),
            (200, "application/ld+json"): OpenApiTypes.OBJECT,
            (200, "text/turtle"): OpenApiTypes.STR,
        },
        description="One annotation. `application/ld+json` and `text/turtle` give it as a Web "
        "Annotation (see `/docs/web-annotation/`).",
    ),
)
class AnnotationViewSet(
    InWebForms,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    WireList,
    WireObject,
    AnnotationReader,
    ApiViewSet,
):
    """Annotations: read, post, change, withdraw."""

    filterset_class = AnnotationFilters
    repeatable = AnnotationReader.repeatable | {"kind"}

    def find(self) -> None:
        """The annotation, and for a change whether it is the person's. Raises NotAllowed."""
        if "pk" not in self.kwargs:
            return
        if self.reads_wire() and self.look(self.kwargs["pk"]):
            return
        self.annotation = annotation = self.find_one(self.kwargs["pk"])
        if self.request.method in SAFE_METHODS:
            return
        again = self.request.method == "DELETE" and annotation.status == Status.WITHDRAWN
        if not (again and annotation.author_id == self.user.pk):
            check_change(self.user, self.membership(annotation), annotation, ONLY_ITS_AUTHOR)

    def known_parameters(self) -> frozenset[str]:
        """Also what to bring along, where annotations are read, and the order of the list."""
        known = super().known_parameters()
        if self.request.method in SAFE_METHODS:
            known |= INCLUDED
        return known | {"sort"} if self.is_list() else known

    def reads_wire(self) -> bool:
        """Whether one annotation is read as plain JSON, and rightly asked for."""
        plain = self.request.accepted_renderer.media_type == JSONRenderer.media_type
        if self.request.method not in SAFE_METHODS or not plain:
            return False
        try:
            self.fields()
        except BadParameters:
            return False  # which is told to those only who may read the annotation
        return True

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002 - DRF's signature
        """One annotation, in the form that is asked for."""
        return self.in_web_form(request) or self.answer(self.kwargs["pk"])

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002 - DRF's signature
        """The annotations that the person may read."""
        return self.answer_list()

    def state(self) -> State | None:
        """That of the assignment that the list is limited to."""
        return state_of_list(self.user, self.request)

    @extend_schema(
        request=AnnotationShape,
        responses={201: AnnotationSerializer},
        description="Attach an annotation. The least is `assignment`, `paragraph`, `kind`, `body`.",
    )
    def create(self, request: Request) -> Response:
        """Attach an annotation to a paragraph, to words, or to another annotation."""
        return self.created(post_annotation(self.user, request.data))

    @extend_schema(
        request=AnnotationChangeShape,
        responses={200: AnnotationSerializer},
        description="Change what your annotation says. Members that you leave out stay as they "
        "are; place, thread and audience cannot be changed.",
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Change the words of an annotation."""
        changed = change_annotation(self.user, self.annotation, request.data, self.version)
        return Response(self.shown(changed))

    @extend_schema(
        responses={204: None},
        description="Withdraw your annotation. You and staff still read it; others get 410.",
    )
    def destroy(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Withdraw an annotation."""
        withdraw_annotation(actor=self.user, annotation_id=pk, version=self.version())
        return Response(status=204)


@extend_schema_view(
    get=extend_schema(
        parameters=[REVISION, FIELDS, EMBED, SORT],
        operation_id="annotations_replies_list",
        description="The direct replies, oldest first; also of a withdrawn annotation.",
    ),
    post=extend_schema(
        request=ReplyShape,
        responses={201: AnnotationSerializer},
        operation_id="annotations_replies_create",
        description="Reply. The least is `kind` and `body`.",
    ),
)
class ReplyList(WireList, AnnotationReader, generics.ListAPIView[Annotation]):
    """The replies to one annotation."""

    has_pages = True

    def find(self) -> None:
        """The annotation, and for a post whether the person writes there."""
        reads = self.request.method in SAFE_METHODS
        self.annotation = find_annotation(self.user, self.kwargs["pk"], also_withdrawn=reads)
        seminar = self.annotation.assignment.seminar
        if not reads and not may_annotate(self.membership(self.annotation), seminar):
            raise NotAllowed("You may read here, but not write.")

    def known_parameters(self) -> frozenset[str]:
        """Also what to bring along, and the order."""
        known = super().known_parameters()
        return known | INCLUDED | {"sort"} if self.is_list() else known

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002 - DRF's signature
        """The replies."""
        return self.answer_list()

    def state(self) -> State | None:
        """That of the assignment; None where a visitor may no longer see it."""
        return state_of(self.user, self.annotation.assignment_id)

    def rows(self) -> AnnotationQuerySet:
        """Its replies that the person may read, without withdrawn ones."""
        replies = super().rows().filter(parent=self.annotation)
        return replies.exclude(status=Status.WITHDRAWN)

    def post(self, request: Request, pk: UUID) -> Response:
        """Reply to the annotation."""
        shape = ReplyShape(data=request.data)
        shape.is_valid(raise_exception=True)
        with shape.naming_members():
            reply = create_annotation(
                actor=self.user,
                assignment_id=self.annotation.assignment_id,
                content=shape.content(),
                targets=shape.targets(),
                parent_id=pk,
                submission_key=shape.validated_data.get("submission_key"),
                as_late=shape.validated_data.get("as_late", False),
            )
        return self.created(reply)


class AnswerView(AnnotationReader):
    """Whether a reply is taken as the answer to its question."""

    def find(self) -> None:
        """The reply, and whether the person says what answers its question. Raises NotAllowed."""
        self.annotation = self.find_one(self.kwargs["pk"])
        question = self.annotation.parent
        if question is None or question.kind != Kind.QUESTION:
            return  # nobody may, which the action says in other words
        question.assignment = self.annotation.assignment
        if not may_mark_answer(self.user, self.membership(self.annotation), question):
            raise NotAllowed("Only the asker or staff say what answers a question.")

    @extend_schema(
        request=None,
        responses={200: AnnotationSerializer},
        operation_id="annotations_answer_update",
        description="Take this reply as the answer to its question; askers and staff do.",
    )
    def put(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Take the reply as the answer."""
        return Response(self.shown(self._marked(pk, is_answer=True)))

    @extend_schema(
        request=None,
        responses={204: None},
        operation_id="annotations_answer_destroy",
        description="No longer take this reply as the answer.",
    )
    def delete(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """No longer take the reply as the answer."""
        self._marked(pk, is_answer=False)
        return Response(status=204)

    def _marked(self, pk: UUID, *, is_answer: bool) -> Annotation:
        return mark_answer(
            actor=self.user, reply_id=pk, is_answer=is_answer, version=self.version()
        )


@extend_schema_view(
    get=extend_schema(
        operation_id="annotations_history_list",
        description="Every state of an annotation, for its author and staff.",
    )
)
class HistoryList(AnnotationReader, generics.ListAPIView[AnnotationVersion]):
    """The states that one annotation has had."""

    has_pages = True
    page_order = ("version",)
    query_parameters = frozenset()
    serializer_class = VersionSerializer

    def find(self) -> None:
        """The annotation, and whether the person reads its history. Raises NotAllowed."""
        self.annotation = self.find_one(self.kwargs["pk"])
        if not may_read_history(self.user, self.membership(self.annotation), self.annotation):
            raise NotAllowed("Only its author and staff read earlier wordings.")

    def get_queryset(self) -> QuerySet[AnnotationVersion]:  # type: ignore[override]  # states, not annotations
        """The annotation's states with who made them."""
        return self.annotation.history.with_shown_actor(self.user)


class EvidenceReader(AnnotationReader):
    """What views of evidence share."""

    serializer_class = EvidenceItemSerializer

    def get_queryset(self) -> AnnotationQuerySet:
        """What the person may read of kind evidence, with the checks of its passages."""
        named = is_named_to(self.user, person="by", seminar="passage__source__seminar_id")
        checks = PassageCheck.objects.select_related("by").order_by("pk")
        checks = checks.annotate(is_named=ExpressionWrapper(named, output_field=BooleanField()))
        evidence = super().get_queryset().filter(kind=Kind.EVIDENCE)
        return evidence.prefetch_related(
            Prefetch("passage__checks", checks, to_attr="shown_checks")
        )


@extend_schema_view(
    get=extend_schema(description="Annotations of kind evidence, with target and passage.")
)
class EvidenceList(EvidenceReader, generics.ListAPIView[Annotation]):
    """The evidence that the person may read."""

    has_pages = True
    filterset_class = EvidenceListFilters
