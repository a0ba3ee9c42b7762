"""Annotations, replies, history, evidence and sources in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, mixins
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.actions import (
    create_annotation,
    edit_annotation,
    mark_answer,
    withdraw_annotation,
)
from annotations.api.filters import AnnotationFilters, EvidenceListFilters, SourceFilters
from annotations.api.finding import find_annotation
from annotations.api.inputs import AnnotationChangeShape, AnnotationShape, ReplyShape
from annotations.api.serializers import (
    AnnotationSerializer,
    EvidenceItemSerializer,
    SourceSerializer,
    VersionSerializer,
)
from annotations.enums import Kind, Status
from annotations.models import Annotation, AnnotationVersion, Source
from annotations.permissions import may_annotate, may_change, may_read_history
from debate.assignments.models import Assignment
from debate.core.api.fields import Addressed
from debate.core.api.filters import whole_parameter
from debate.core.api.views import ApiView, ApiViewSet, if_match
from debate.core.errors import Missing, NotAllowed
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.serializers import BaseSerializer

    from annotations.models.annotation import AnnotationQuerySet
    from debate.accounts.models import User
    from debate.seminars.models import Membership

REVISION = OpenApiParameter(
    "revision", int, description="Anchors in the revision of that number, not in the one shown."
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description='The `version` that you change, as `"3"`; 412 when it is outdated.',
)


class AnnotationReader(ApiView):
    """What views that answer with annotations share."""

    query_parameters = frozenset({"revision"})
    queryset = Annotation.objects.none()
    serializer_class: type[BaseSerializer[Any]] = AnnotationSerializer

    @property
    def user(self) -> User:
        """The person who asks; on safe methods it may be an anonymous visitor."""
        return cast("User", self.request.user)

    def get_queryset(self) -> AnnotationQuerySet:
        """What the person may read, as the API shows it."""
        readable = Annotation.objects.visible_to(self.user)
        return readable.for_api(
            self.user, readable, revision=whole_parameter(self.request, "revision")
        )

    def shown(self, annotation: Annotation) -> dict[str, Any]:
        """The annotation as the person may see it now."""
        fresh = self.get_queryset().get(pk=annotation.pk)
        return dict(AnnotationSerializer(fresh, context=self.get_serializer_context()).data)

    def created(self, annotation: Annotation) -> Response:
        """The answer to a post: the annotation, and its address."""
        address = reverse("api:annotation-detail", args=[annotation.pk], request=self.request)
        return Response(self.shown(annotation), status=201, headers={"Location": address})

    def find_one(self, annotation_id: UUID) -> Annotation:
        """The annotation of the address. Raises Missing, Gone."""
        return find_annotation(self.user, annotation_id)

    def membership(self, annotation: Annotation) -> Membership | None:
        """What the person is in the annotation's seminar."""
        return membership_of(self.user, annotation.assignment.seminar)


@extend_schema_view(
    list=extend_schema(
        parameters=[REVISION],
        description="The annotations that you may read, oldest first; withdrawn ones only when "
        "you ask for their status.",
    ),
    retrieve=extend_schema(parameters=[REVISION], description="One annotation."),
)
class AnnotationViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, AnnotationReader, ApiViewSet
):
    """Annotations: read, post, change, withdraw."""

    keeps_versions = True
    filterset_class = AnnotationFilters
    repeatable = frozenset({"kind"})

    def find(self) -> None:
        """The annotation, and for a change whether it is the person's. Raises NotAllowed."""
        if "pk" not in self.kwargs:
            return
        self.annotation = annotation = self.find_one(self.kwargs["pk"])
        if self.request.method in SAFE_METHODS:
            return
        again = self.request.method == "DELETE" and annotation.status == Status.WITHDRAWN
        if not may_change(self.user, self.membership(annotation), annotation) and not (
            again and annotation.author_id == self.user.pk
        ):
            raise NotAllowed("Only its author changes or withdraws an annotation.")

    @extend_schema(
        request=AnnotationShape,
        responses={201: AnnotationSerializer},
        description="Attach an annotation. The least is `assignment`, `paragraph`, `kind`, `body`.",
    )
    def create(self, request: Request) -> Response:
        """Attach an annotation to a paragraph, to words, or to another annotation."""
        assignment = self._open_to_writing(request.data)
        shape = AnnotationShape(data=request.data)
        shape.is_valid(raise_exception=True)
        with shape.naming_members():
            annotation = create_annotation(
                actor=self.user,
                assignment_id=assignment.pk,
                content=shape.content(),
                targets=shape.targets(),
                parent_id=shape.validated_data.get("parent"),
                submission_key=shape.validated_data.get("submission_key"),
                as_late=shape.validated_data.get("as_late", False),
            )
        return self.created(annotation)

    def _open_to_writing(self, body: Any) -> Assignment:
        """The assignment that the body names, before the rest of the body is judged."""
        named = Addressed(data=body)
        if not named.is_valid():
            AnnotationShape(data=body).is_valid(raise_exception=True)
        assignments = Assignment.objects.visible_to(self.user).select_related("seminar")
        assignment = assignments.filter(pk=named.validated_data["assignment"]).first()
        if assignment is None:
            raise Missing
        if not may_annotate(membership_of(self.user, assignment.seminar), assignment.seminar):
            raise NotAllowed("You may read here, but not write.")
        return assignment

    @extend_schema(
        request=AnnotationChangeShape,
        responses={200: AnnotationSerializer},
        parameters=[IF_MATCH],
        description="Change what your annotation says. Members that you leave out stay as they "
        "are; place, thread and audience cannot be changed.",
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Change the words of an annotation."""
        shape = AnnotationChangeShape(data=request.data, context={"kind": self.annotation.kind})
        shape.is_valid(raise_exception=True)
        version = shape.validated_data.get("version", if_match(request))
        with shape.naming_members():
            annotation = edit_annotation(
                actor=self.user,
                annotation_id=self.annotation.pk,
                content=shape.changed(self.annotation),
                # What was left out was read at this version; another one may not be overwritten.
                version=self.annotation.version if version is None else version,
            )
        return Response(self.shown(annotation))

    @extend_schema(
        responses={204: None},
        parameters=[IF_MATCH],
        description="Withdraw your annotation. You and staff still read it; others get 410.",
    )
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Withdraw an annotation."""
        withdraw_annotation(actor=self.user, annotation_id=pk, version=if_match(request))
        return Response(status=204)


@extend_schema_view(
    get=extend_schema(
        parameters=[REVISION],
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
class ReplyList(AnnotationReader, generics.ListAPIView[Annotation]):
    """The replies to one annotation."""

    has_pages = True

    def find(self) -> None:
        """The annotation, and for a post whether the person writes there."""
        reads = self.request.method in SAFE_METHODS
        self.annotation = find_annotation(self.user, self.kwargs["pk"], also_withdrawn=reads)
        seminar = self.annotation.assignment.seminar
        if not reads and not may_annotate(self.membership(self.annotation), seminar):
            raise NotAllowed("You may read here, but not write.")

    def get_queryset(self) -> AnnotationQuerySet:
        """Its replies that the person may read, without withdrawn ones."""
        replies = super().get_queryset().filter(parent=self.annotation)
        return replies.exclude(status=Status.WITHDRAWN)

    def shown(self, annotation: Annotation) -> dict[str, Any]:
        """The annotation, which need not be a direct reply when it was sent twice."""
        fresh = AnnotationReader.get_queryset(self).get(pk=annotation.pk)
        return dict(AnnotationSerializer(fresh, context=self.get_serializer_context()).data)

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
        """The reply."""
        self.annotation = self.find_one(self.kwargs["pk"])

    @extend_schema(
        request=None,
        responses={200: AnnotationSerializer},
        operation_id="annotations_answer_update",
        description="Take this reply as the answer to its question; askers and staff do.",
    )
    def put(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Take the reply as the answer."""
        return Response(self.shown(mark_answer(actor=self.user, reply_id=pk, is_answer=True)))

    @extend_schema(
        request=None,
        responses={204: None},
        operation_id="annotations_answer_destroy",
        description="No longer take this reply as the answer.",
    )
    def delete(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """No longer take the reply as the answer."""
        mark_answer(actor=self.user, reply_id=pk, is_answer=False)
        return Response(status=204)


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


@extend_schema_view(
    get=extend_schema(description="Annotations of kind evidence, with target and passage.")
)
class EvidenceList(AnnotationReader, generics.ListAPIView[Annotation]):
    """The evidence that the person may read."""

    has_pages = True
    serializer_class = EvidenceItemSerializer
    filterset_class = EvidenceListFilters

    def get_queryset(self) -> AnnotationQuerySet:
        """What the person may read of kind evidence."""
        return super().get_queryset().filter(kind=Kind.EVIDENCE)


@extend_schema_view(
    list=extend_schema(description="The sources on the shelves of your seminars."),
    retrieve=extend_schema(description="One source."),
)
class SourceViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ApiViewSet):
    """Sources that the person may see."""

    queryset = Source.objects.none()
    serializer_class = SourceSerializer
    filterset_class = SourceFilters

    def get_queryset(self) -> QuerySet[Source]:
        """The sources the person may see."""
        return Source.objects.visible_to(self.request.user)
