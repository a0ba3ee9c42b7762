"""A baseline: the same resource as most people write it with Django REST framework.

A ModelSerializer with nested serializers, `select_related`, `prefetch_related`, a count by
annotation, pages by number. It asks the same door who may read what.
"""

from django.db import transaction
from django.db.models import Count, F, Q
from rest_framework import generics, pagination, serializers
from rest_framework.exceptions import PermissionDenied

from annotations.models import Anchor, Annotation, AnnotationVersion, Change, Passage, Source
from debate.accounts.models import User
from debate.assignments.models import Assignment
from debate.essays.models import Paragraph
from debate.seminars.models import Membership


class AuthorSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ["id", "name", "username"]


class AnchorSerializer(serializers.ModelSerializer):
    number = serializers.IntegerField(source="paragraph.number")

    class Meta:
        model = Anchor
        fields = [
            "paragraph", "number", "revision", "start", "end", "exact", "prefix", "suffix", "state",
            "confidence",
        ]  # fmt: skip


class SourceSerializer(serializers.ModelSerializer):
    class Meta:
        model = Source
        fields = ["id", "csl", "url", "doi"]


class PassageSerializer(serializers.ModelSerializer):
    source = SourceSerializer()  # type: ignore[assignment]  # a member of that name

    class Meta:
        model = Passage
        fields = ["quote", "locator", "source"]


class AnnotationSerializer(serializers.ModelSerializer):
    author = AuthorSerializer(read_only=True)
    anchors = AnchorSerializer(many=True, read_only=True)
    passage = PassageSerializer(read_only=True)
    reply_count = serializers.IntegerField(read_only=True)
    html_url = serializers.URLField(source="get_absolute_url", read_only=True)
    paragraph = serializers.PrimaryKeyRelatedField(
        queryset=Paragraph.objects.all(), write_only=True
    )

    class Meta:
        model = Annotation
        fields = [
            "id", "kind", "status", "status_reason", "audience", "group", "round", "author",
            "assignment", "body", "body_html", "anchors", "parent", "root", "reply_count",
            "is_answer", "is_met", "is_late", "pinned_at", "locked_at", "tags", "version",
            "created_at", "updated_at", "html_url", "attacks", "counterclaim", "stance", "warrant",
            "passage", "paragraph",
        ]  # fmt: skip
        read_only_fields = ["status", "round", "parent", "root", "version", "body_html"]


class Numbered(pagination.PageNumberPagination):
    page_size = 100


class Annotations(generics.ListCreateAPIView):
    serializer_class = AnnotationSerializer
    pagination_class = Numbered
    filter_backends = ()

    def get_queryset(self):
        asked = self.request.query_params
        found = Annotation.objects.visible_to(self.request.user).filter(
            assignment=asked["assignment"]
        )
        if since := asked.get("since"):
            found = found.filter(updated_at__gt=since)
        published = Count("replies", filter=Q(replies__status="published"))
        return (
            found.exclude(status="withdrawn")
            .annotate(reply_count=published)
            .select_related("author", "passage__source")
            .prefetch_related("anchors__paragraph")
            .order_by("id")
        )

    @transaction.atomic
    def perform_create(self, serializer):
        given = serializer.validated_data
        assignment = Assignment.objects.select_for_update(no_key=True).get(
            pk=given["assignment"].pk
        )
        paragraph = given.pop("paragraph")
        if not Membership.objects.filter(
            user=self.request.user, seminar=assignment.seminar_id
        ).exists():
            raise PermissionDenied
        Assignment.objects.filter(pk=assignment.pk).update(change_counter=F("change_counter") + 1)
        one = serializer.save(
            author=self.request.user,
            round=assignment.rounds.get(),
            body_html=f"<p>{given['body']}</p>",
        )
        Anchor.objects.create(
            annotation=one, revision_id=assignment.revision_id, paragraph=paragraph
        )
        AnnotationVersion.objects.create(
            annotation=one, version=1, kind=one.kind, status=one.status, body=one.body, details={},
            by=self.request.user,
        )  # fmt: skip
        Change.objects.create(
            assignment=assignment, counter=assignment.change_counter + 1, object_id=one.pk,
            op="create", version=1, author_id=one.author_id, round_id=one.round_id,
            status_after=one.status, audience_after=one.audience,
        )  # fmt: skip


class Export(Annotations):
    pagination_class = None  # type: ignore[assignment]  # none is what it says
