"""Essays, their revisions and paragraphs read in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, mixins, serializers
from rest_framework.response import Response

from debate.core.api.filters import whole_parameter
from debate.core.api.views import ApiView, ApiViewSet
from debate.core.errors import Missing
from debate.essays.models import Essay, Paragraph, Revision

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from debate.essays.models import EssayQuerySet

LONGEST_QUESTION = 200
REVISION = OpenApiParameter(
    "revision", int, description="The number of another revision than the current one."
)


class EssaySerializer(serializers.ModelSerializer[Essay]):
    """An essay without its text, which is at `/essays/{id}/paragraphs/`."""

    seminar = serializers.UUIDField(source="seminar_id", read_only=True)
    byline = serializers.CharField(source="byline_author", read_only=True)
    revision = serializers.IntegerField(
        source="current_revision.number",
        read_only=True,
        allow_null=True,
        help_text="The number of the current revision.",
    )
    html_url = serializers.SerializerMethodField()

    class Meta:
        model = Essay
        fields = [
            "id",
            "seminar",
            "title",
            "byline",
            "affiliation",
            "source_url",
            "licence_note",
            "language",
            "is_public",
            "revision",
            "created_at",
            "updated_at",
            "html_url",
        ]

    def get_html_url(self, essay: Essay) -> str:
        """The essay's page."""
        return str(self.context["request"].build_absolute_uri(essay.get_absolute_url()))


class RevisionSerializer(serializers.ModelSerializer[Revision]):
    """One immutable state of an essay's text."""

    essay = serializers.UUIDField(source="essay_id", read_only=True)

    class Meta:
        model = Revision
        fields = ["id", "essay", "number", "note", "published_at"]


class ParagraphSerializer(serializers.ModelSerializer[Paragraph]):
    """A paragraph of one revision. Offsets of annotations count the code points of `text`."""

    revision = serializers.IntegerField(source="revision.number", read_only=True)

    class Meta:
        model = Paragraph
        fields = [
            "id",
            "key",
            "revision",
            "position",
            "number",
            "kind",
            "level",
            "label",
            "text",
            "html",
        ]


class EssayFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Which essays."""

    seminar = django_filters.UUIDFilter(field_name="seminar_id", label="Of that seminar.")
    q = django_filters.CharFilter(
        method="with_words",
        max_length=LONGEST_QUESTION,
        label="Whose title, author or affiliation holds the words, in any case.",
    )

    class Meta:
        model = Essay
        fields: list[str] = []

    def with_words(self, essays: EssayQuerySet, name: str, value: str) -> EssayQuerySet:  # noqa: ARG002 - django-filter's signature
        """Essays that hold the words."""
        return essays.matching(" ".join(value.split()))


@extend_schema_view(
    list=extend_schema(description="The essays of your seminars, and public ones."),
    retrieve=extend_schema(description="One essay."),
)
class EssayReader(mixins.ListModelMixin, mixins.RetrieveModelMixin, ApiViewSet):
    """Essays that the person may read."""

    queryset = Essay.objects.none()
    serializer_class = EssaySerializer
    filterset_class = EssayFilters

    def get_queryset(self) -> QuerySet[Essay]:
        """The essays the person may read."""
        return Essay.objects.visible_to(self.request.user).for_library()


class EssayPart(ApiView):
    """What belongs to one essay."""

    def find(self) -> None:
        """The essay. Raises Missing."""
        essays = Essay.objects.visible_to(self.request.user).select_related("current_revision")
        essay = essays.filter(pk=self.kwargs["essay_id"]).first()
        if essay is None:
            raise Missing
        self.essay = essay


class EssayPartsView(EssayPart, generics.ListAPIView[Any]):
    """A list that belongs to one essay."""

    has_pages = True


@extend_schema_view(get=extend_schema(description="The revisions of an essay, oldest first."))
class RevisionList(EssayPartsView):
    """The revisions of one essay."""

    page_order = ("number",)
    queryset = Revision.objects.none()
    serializer_class = RevisionSerializer

    def get_queryset(self) -> QuerySet[Revision]:
        """The essay's revisions."""
        return self.essay.revisions.visible_to(self.request.user)


class RevisionDetail(EssayPart):
    """One revision of one essay."""

    queryset = Revision.objects.none()
    serializer_class = RevisionSerializer

    def get_queryset(self) -> QuerySet[Revision]:
        """The essay's revision of that number."""
        revisions = self.essay.revisions.visible_to(self.request.user)
        return revisions.filter(number=self.kwargs["number"])

    @extend_schema(
        operation_id="essays_revisions_retrieve", description="The revision of that number."
    )
    def get(self, request: Request, essay_id: UUID, number: int) -> Response:  # noqa: ARG002 - DRF's signature
        """The revision. Raises Missing."""
        found = self.get_queryset().first()
        if found is None:
            raise Missing
        return Response(RevisionSerializer(found).data)


@extend_schema_view(
    get=extend_schema(
        parameters=[REVISION], description="The paragraphs of an essay in the order of the text."
    )
)
class ParagraphList(EssayPartsView):
    """The paragraphs of one revision of an essay."""

    page_order = ("position",)
    query_parameters = frozenset({"revision"})
    queryset = Paragraph.objects.none()
    serializer_class = ParagraphSerializer

    def get_queryset(self) -> QuerySet[Paragraph]:
        """The paragraphs of the current revision, or of the one that is asked for."""
        number = whole_parameter(self.request, "revision")
        revision = (
            self.essay.revisions.filter(number=number).first()
            if number
            else self.essay.current_revision
        )
        if revision is None:
            raise Missing
        return revision.paragraphs.visible_to(self.request.user).select_related("revision")


@extend_schema_view(
    get=extend_schema(description="One paragraph, such as the anchors of annotations name.")
)
class ParagraphDetail(ApiView, generics.RetrieveAPIView[Paragraph]):
    """One paragraph of any revision."""

    queryset = Paragraph.objects.none()
    serializer_class = ParagraphSerializer

    def get_queryset(self) -> QuerySet[Paragraph]:
        """The paragraphs of essays that the person may read."""
        return Paragraph.objects.visible_to(self.request.user).select_related("revision")
