"""The change feed in the API: all that changed since a cursor, and the full state to begin with."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, cast

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.utils.urls import remove_query_param, replace_query_param

from annotations.actions.numbering import RETENTION, number_lines
from annotations.api.shelf import ApiShelf
from annotations.queries.feed import (
    STREAMED,
    TYPES,
    WAITING,
    changes_since,
    feed_of,
    full_state,
)
from annotations.queries.feed_cursors import FeedCursor
from debate.assignments.models import Assignment
from debate.core.api.exceptions import BadParameters
from debate.core.api.fields import Id
from debate.core.api.filters import whole_parameter
from debate.core.api.views import ApiView
from debate.core.errors import Gone, Invalid, Missing

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from annotations.queries.feed import Feed, Item, Page

USUAL_LIMIT: Final = 100
MOST: Final = 200
LONGEST_WAIT: Final = 25
_PASSING = ("since", "wait")


class ChangeSerializer(serializers.Serializer[Any]):
    """One change as you live it."""

    cursor = serializers.CharField(
        help_text="Who has taken in everything up to this item goes on here, as with `since`."
    )
    op = serializers.ChoiceField(
        choices=["create", "update", "withdraw"],
        help_text="`create`: you see it from now on; `update`: it is another than before; "
        "`withdraw`: it is gone, or gone for you. Treat the first two alike.",
    )
    type = serializers.ChoiceField(choices=TYPES)
    id = serializers.UUIDField()
    version = serializers.IntegerField(
        allow_null=True, help_text="The object's; null where its type has none."
    )
    at = serializers.DateTimeField(help_text="When it changed.")
    object = serializers.DictField(
        allow_null=True,
        help_text="The object as its own address shows it now; null when it is gone.",
    )


class ChangesSerializer(serializers.Serializer[Any]):
    """A page of changes."""

    results = ChangeSerializer(many=True)
    cursor = serializers.CharField(help_text="Keep it, and send it as `since` the next time.")
    next = serializers.URLField(allow_null=True, help_text="The address of the next page.")
    more = serializers.BooleanField(help_text="Whether there is a next page already.")


PARAMETERS: Final = [
    OpenApiParameter(
        "since",
        str,
        description="The `cursor` of the last page. Without it the full state is told, page by "
        "page, and then the cursor to go on with.",
    ),
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL_LIMIT},
        description="How many objects, or change lines, a page takes in. What a change moves "
        "beside its object comes with it, so that a page may have some items more.",
    ),
    OpenApiParameter(
        "wait",
        {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT, "default": 0},
        description="Seconds to wait for a change when there is none. A server that cannot hold "
        "requests open (WSGI) answers at once.",
    ),
]
GONE: Final = OpenApiResponse(
    description="`view_changed`: you see by other rules than at the cursor (a round turned, your "
    "role, a group, a new revision, a seminar archived); `cursor_expired`: the cursor is older than "
    f"{RETENTION.days} days. `full` is where to begin again."
)

NARROWED: Final = [
    OpenApiParameter(name, {"type": "string", "format": "uuid"}, description=f"In that {name}.")
    for name in ("seminar", "assignment")
]


class FeedView(ApiView):
    """A change feed of one reader."""

    queryset = Assignment.objects.none()
    serializer_class = ChangesSerializer
    query_parameters = frozenset({"since", "limit", "wait"})
    # Each answer has a cursor of its own making, which does what a tag would.
    has_tags = False

    def asked(self) -> Feed:
        """The feed that is asked."""
        raise NotImplementedError

    def get(self, request: Request, **_kwargs: Any) -> HttpResponse:
        """A page of changes, or of the full state."""
        limit = whole_parameter(request, "limit", most=MOST) or USUAL_LIMIT
        wait = whole_parameter(request, "wait", least=0, most=LONGEST_WAIT) or 0
        feed = self.asked()
        number_lines()  # so that all that is committed by now is told
        page = self._page(feed, limit)
        self._tell(feed, 0 if page.items or page.more else wait)
        return self._answered(request, page)

    def _page(self, feed: Feed, limit: int) -> Page:
        given = self.request.query_params.get("since")
        shelf = ApiShelf(self.request)
        if given is None:
            return full_state(feed, None, limit, shelf)
        try:
            cursor = FeedCursor.read(given, feed)
            if cursor.is_walking:
                return full_state(feed, cursor, limit, shelf)
            return changes_since(feed, cursor, limit, shelf)
        except Invalid as error:
            raise BadParameters({"since": [error.sentence]}) from error
        except Gone as error:
            error.extra["full"] = self._place()
            raise

    def _tell(self, feed: Feed, seconds: int) -> None:
        """Let the layer before us, where there is one, ask again when something is new."""
        scope = getattr(self.request._request, "scope", {})  # noqa: SLF001 - DRF has no other name for it
        if WAITING in scope:
            scope[WAITING].take(feed, seconds)

    def _place(self, **query: str) -> str:
        address = self.request.build_absolute_uri()
        for name in _PASSING:
            address = remove_query_param(address, name)
        for name, value in query.items():
            address = replace_query_param(address, name, value)
        return str(address)

    def _answered(self, request: Request, page: Page) -> HttpResponse:
        cursor = str(page.cursor)
        following = self._place(since=cursor) if page.more else None
        last = {
            "cursor": cursor,
            "next": following,
            "more": page.more,
        }
        items = ",".join(_words_of(one) for one in page.items)
        # The objects are JSON already.
        body = f'{{"results":[{items}],'.encode() + orjson.dumps(last)[1:]
        headers = {"Link": f'<{following}>; rel="next"'} if following else None
        media_type = request.accepted_renderer.media_type
        return HttpResponse(body, content_type=media_type, headers=headers)


def _words_of(one: Item) -> str:
    version = "null" if one.version is None else one.version
    at = one.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return (
        f'{{"cursor":"{one.cursor}","op":"{one.op}","type":"{one.type}","id":"{one.id}",'
        f'"version":{version},"at":"{at}","object":{one.words or "null"}}}'
    )


class ChangeList(FeedView):
    """What changed in all that the person may see."""

    query_parameters = FeedView.query_parameters | {"seminar", "assignment"}

    def asked(self) -> Feed:
        """Of the seminar or the assignment that the query names. Raises BadParameters."""
        return feed_of(
            self.user, seminar=self._named("seminar"), assignment=self._named("assignment")
        )

    def _named(self, name: str) -> UUID | None:
        given = self.request.query_params.get(name)
        if not given:
            return None
        try:
            return cast("UUID", Id().run_validation(given))
        except serializers.ValidationError as error:
            raise BadParameters({name: error.detail}) from error

    @extend_schema(
        operation_id="changes_list",
        parameters=[*PARAMETERS, *NARROWED],
        responses={200: ChangesSerializer, 410: GONE},
        description="What changed in all that you may see since a cursor, in the order in which "
        "it was committed; without a cursor the full state. What goes or comes back takes along "
        "what hangs on it, and your own dates and side come with the assignment. Not told are the "
        "names of people beside anything but their notes, those of groups, the words of a "
        "vocabulary, and what follows from the clock alone, such as `is_open`.",
    )
    def get(self, request: Request, **kwargs: Any) -> HttpResponse:
        """A page of changes in all that the person may see."""
        return super().get(request, **kwargs)


class AssignmentChangeList(FeedView):
    """What changed in one assignment."""

    def find(self) -> None:
        """The assignment. Raises Missing."""
        self.feed = feed_of(self.user, assignment=self.kwargs["assignment_id"])
        if not self.feed.views:
            raise Missing

    def asked(self) -> Feed:
        """Of the assignment of the address."""
        return self.feed

    @extend_schema(
        operation_id="assignments_changes_list",
        parameters=PARAMETERS,
        responses={200: ChangesSerializer, 410: GONE},
        description="What changed in one assignment since a cursor; without a cursor its full "
        "state.",
    )
    def get(self, request: Request, **kwargs: Any) -> HttpResponse:
        """A page of changes in one assignment."""
        return super().get(request, **kwargs)


class _AsItIs(DefaultContentNegotiation):
    """Whatever is accepted: the stream, which is asked for as such, is none of the renderers."""

    def select_renderer(
        self,
        request: Request,  # noqa: ARG002 - DRF's signature
        renderers: Any,
        format_suffix: str | None = None,  # noqa: ARG002 - as above
    ) -> tuple[Any, str]:
        """The first there is."""
        return renderers[0], renderers[0].media_type


class ChangeStream(FeedView):
    """The same as a stream of events, where the server can hold one open."""

    content_negotiation_class = _AsItIs

    query_parameters = STREAMED

    @extend_schema(
        operation_id="changes_stream",
        parameters=[
            PARAMETERS[0],
            *NARROWED,
            OpenApiParameter(
                "Last-Event-ID",
                str,
                OpenApiParameter.HEADER,
                description="The id of the last event, which goes before `since`.",
            ),
        ],
        responses={
            (200, "text/event-stream"): OpenApiResponse(
                str,
                description="Events `change`, whose `data` is an item of a page of changes and "
                "whose `id` its cursor; `end` with a problem document, upon which the stream ends.",
            ),
            204: OpenApiResponse(
                description="This server holds no streams open (WSGI): ask `/changes/`."
            ),
            410: GONE,
        },
        description="Every change as it comes, as server-sent events. It begins as `/changes/` "
        "does: without a cursor with the full state.",
    )
    def get(self, request: Request, **_kwargs: Any) -> HttpResponse:  # noqa: ARG002 - DRF's signature
        """Nothing: streams are held by the layer before Django (`annotations.live.waiting`)."""
        return HttpResponse(status=204)
