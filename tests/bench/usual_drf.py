"""A baseline: the same resource as most people write it with Django REST framework.

A ModelSerializer with nested serializers, `select_related`, `prefetch_related`, a count by
annotation, pages by number. It asks the same door who may read what, and takes what ours takes by the
same rules: who writes there, the dates, the round, the vocabulary, the words by which it is found.
"""

from datetime import timedelta

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Count, F, Q, Value
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import generics, pagination, serializers
from rest_framework.exceptions import PermissionDenied, ValidationError

from annotations.models import (
    Anchor,
    Annotation,
    AnnotationVersion,
    Change,
    Passage,
    Source,
    Vocabulary,
)
from debate.accounts.models import User
from debate.assignments.models import Accommodation, Assignment, Extension
from debate.core.notify import notify
from debate.core.text import render_markdown
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
        given, user, now = serializer.validated_data, self.request.user, timezone.now()
        known = Assignment.objects.visible_to(user).select_related("seminar", "essay", "revision")
        assignment = get_object_or_404(
            known.select_for_update(no_key=True, of=("self",)), pk=given["assignment"].pk
        )
        membership = Membership.objects.filter(user=user, seminar=assignment.seminar).first()
        if not (membership and membership.may_write and assignment.seminar.archived_at is None):
            raise PermissionDenied
        current = self.open_round(assignment, user, now)
        self.check_tags(assignment, given["tags"])
        paragraph = given.pop("paragraph")
        if paragraph.revision_id != assignment.revision_id:
            raise ValidationError({"paragraph": "This is no paragraph of the essay."})
        Assignment.objects.filter(pk=assignment.pk).update(change_counter=F("change_counter") + 1)
        one = serializer.save(
            author=user,
            round=current,
            body_html=render_markdown(given["body"]),
            published_at=now,
            search=SearchVector(Value(given["body"]), weight="B", config="english"),
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
        notify("bench", {"assignment": assignment.pk, "id": one.pk})

    def open_round(self, assignment, user, now):
        """The round that is on, where it is open to the person by now."""
        extension = Extension.objects.filter(assignment=assignment, user=user).first()
        extra = Accommodation.objects.filter(seminar=assignment.seminar, user=user).first()
        closes = extension.closes_at if extension else assignment.closes_at
        if closes and extra:
            closes += timedelta(days=extra.extra_days)
        current = assignment.rounds.filter(opens_at__lte=now).order_by("number").last()
        if now < assignment.opens_at or (closes and now >= closes) or current.mode == "closed":
            raise PermissionDenied
        return current

    def check_tags(self, assignment, tags):
        """Refuse other words than those of a closed vocabulary."""
        vocabulary = Vocabulary.objects.filter(seminar=assignment.seminar).first()
        if vocabulary and vocabulary.is_closed:
            known = vocabulary.tags.filter(key__in=tags).values_list("key", flat=True)
            if set(tags) - set(known):
                raise ValidationError({"tags": "Choose one of the vocabulary."})


class Export(Annotations):
    pagination_class = None  # type: ignore[assignment]  # none is what it says
