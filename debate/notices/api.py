"""Notices in the API: the own ones, and how soon their e-mails go out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, permissions, serializers
from rest_framework.response import Response

from debate.accounts.authentication import TokenScope
from debate.core.api.fields import Choice, Id, Shape
from debate.core.api.filters import SwitchFilter
from debate.core.api.views import ApiView, ApiViewSet
from debate.core.errors import Missing
from debate.notices.actions import choose, lock_choices, read_all, read_notice
from debate.notices.enums import Cadence
from debate.notices.models import Notice
from debate.notices.queries import Told, choices, visible_notices, worded
from debate.notices.registry import kinds

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


class NoticeSerializer(serializers.Serializer[Told]):
    """A notice as it reads now."""

    id = serializers.UUIDField(source="notice.pk", read_only=True)
    kind = serializers.CharField(source="notice.kind", read_only=True)
    sentence = serializers.CharField(source="wording.sentence", read_only=True)
    heading = serializers.CharField(
        source="wording.heading", read_only=True, help_text="The essay and paragraph it is about."
    )
    quote = serializers.CharField(source="wording.quote", read_only=True)
    object = serializers.UUIDField(
        source="notice.object_id", read_only=True, help_text="The id of what it is about."
    )
    created_at = serializers.DateTimeField(source="notice.created_at", read_only=True)
    read_at = serializers.DateTimeField(source="notice.read_at", read_only=True, allow_null=True)
    html_url = serializers.SerializerMethodField()

    def get_html_url(self, told: Told) -> str:
        """The page that the notice leads to."""
        return str(self.context["request"].build_absolute_uri(told.wording.href))


class NoticeFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Which notices."""

    unread = SwitchFilter(
        field_name="read_at", lookup_expr="isnull", label="Only what has not been read (`1`)."
    )
    kind = django_filters.ChoiceFilter(
        choices=lambda: [(one.name, one.label) for one in kinds()], label="Of that kind."
    )

    class Meta:
        model = Notice
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(description="Your notices, from the oldest to the newest."),
    retrieve=extend_schema(description="One of your notices. Reading it does not mark it."),
)
class NoticeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ApiViewSet):
    """The notices of the person who asks, of what the person may still see."""

    permission_classes = [permissions.IsAuthenticated, TokenScope]
    queryset = Notice.objects.none()
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilters

    def get_queryset(self) -> QuerySet[Notice]:
        """The person's notices whose objects may still be seen."""
        user = self.request.user
        return visible_notices(user) if user.is_authenticated else Notice.objects.none()

    def paginate_queryset(self, queryset: Any) -> Any:
        """The page's notices with their words, which are made for all of them together."""
        page = super().paginate_queryset(queryset)
        return worded(self.request.user, page or [])  # type: ignore[arg-type]  # IsAuthenticated

    def get_object(self) -> Any:
        """The notice with its words. Raises Missing."""
        return _told(self.request, self.kwargs["pk"])


class NoticeRead(ApiView):
    """One notice, to be marked as read."""

    permission_classes = [permissions.IsAuthenticated, TokenScope]
    serializer_class = NoticeSerializer

    def find(self) -> None:
        """Raise Missing unless it is the person's own and may still be seen."""
        _told(self.request, self.kwargs["pk"])

    @extend_schema(request=None, description="Mark the notice as read; again does nothing.")
    def post(self, request: Request, pk: Any) -> Response:
        """Mark it, and return it."""
        read_notice(actor=request.user, notice_id=pk)  # type: ignore[arg-type]  # IsAuthenticated
        return Response(self.get_serializer(_told(request, pk)).data)


class ReadShape(Shape):
    """Which notices have been read."""

    until = Id(required=False, help_text="The newest that was read; left out, all of them.")


class NoticesRead(ApiView):
    """All notices, or the older ones, to be marked as read."""

    permission_classes = [permissions.IsAuthenticated, TokenScope]

    @extend_schema(
        request=ReadShape,
        responses={204: None},
        operation_id="notices_read_all",
        description="Mark all your notices as read, or those up to `until`.",
    )
    def post(self, request: Request) -> Response:
        """Mark them."""
        shape = ReadShape(data=request.data)
        shape.is_valid(raise_exception=True)
        read_all(actor=request.user, **shape.validated_data)  # type: ignore[arg-type]  # IsAuthenticated
        return Response(status=204)


class PreferencesShape(Shape):
    """How soon e-mails of each kind go out, by the kind's name."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """One member for each kind there is."""
        return {
            one.name: Choice(choices=Cadence.choices, required=False, help_text=one.hint)
            for one in kinds()
        }


class PreferencesView(ApiView):
    """What the person who asks hears of by e-mail."""

    permission_classes = [permissions.IsAuthenticated, TokenScope]
    serializer_class = PreferencesShape

    @extend_schema(
        operation_id="notice_preferences_retrieve",
        description="How soon e-mails of each kind of notice go out.",
    )
    def get(self, request: Request) -> Response:
        """The cadence of each kind."""
        return Response(_chosen(request))

    @extend_schema(
        operation_id="notice_preferences_update",
        description="Change it for the kinds that you name; the others stay as they are.",
    )
    def put(self, request: Request) -> Response:
        """Take the choices and return all."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        with self.unchanged():
            choose(actor=request.user, cadences=given.validated_data)  # type: ignore[arg-type]  # IsAuthenticated
        return Response(_chosen(request))

    def current(self) -> Any:
        """The cadence of each kind, as it is now."""
        return _chosen(self.request)

    def hold(self) -> None:
        """Lock the person, whose choices change one after the other."""
        lock_choices(self.request.user)  # type: ignore[arg-type]  # IsAuthenticated


def _told(request: Request, pk: Any) -> Told:
    found = visible_notices(request.user, Notice.objects.filter(pk=pk))  # type: ignore[arg-type]  # IsAuthenticated
    told = worded(request.user, found)  # type: ignore[arg-type]  # as above
    if not told:
        raise Missing
    return told[0]


def _chosen(request: Request) -> dict[str, str]:
    chosen = choices(request.user)  # type: ignore[arg-type]  # as above
    return {one.kind.name: one.cadence for one in chosen}
