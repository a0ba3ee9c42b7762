"""What an open reading page asks for: its stream, what changed, and to say where one reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.views.decorators.http import require_POST, require_safe

from annotations.actions import presence as acts
from annotations.live.answers import answer
from annotations.live.gate import SENDING
from annotations.live.stream import events
from annotations.live.subscriptions import Hub, Subscription
from annotations.queries.view_keys import view_of
from annotations.views.reading import assignment_for
from debate.core.api.exceptions import problem_response
from debate.core.errors import DomainError, Invalid
from debate.core.policies import public, signed_in

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from debate.accounts.http import SignedInRequest


@public
@require_safe
async def stream(request: HttpRequest, seminar: str, assignment: str) -> HttpResponseBase:
    """The stream of events (text/event-stream) that says when to ask for changes.

    Where the server cannot hold a stream open (WSGI), and through a student's view, the answer is
    204, upon which a browser does not come back: then the page asks now and then by itself.
    """
    one = await sync_to_async(_subscription)(request, seminar, assignment)
    if one is None:
        return HttpResponse(status=204)
    hub = Hub.here()
    hub.add(one)
    return StreamingHttpResponse(
        events(one, hub),
        content_type="text/event-stream; charset=utf-8",
        # Compressed, events would wait in the compressor; a proxy would gather them as well.
        headers={
            "Content-Encoding": "identity",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        },
    )


def _subscription(request: HttpRequest, seminar: str, assignment: str) -> Subscription | None:
    found = assignment_for(request.user, seminar, assignment)
    is_stand_in = hasattr(request, "student_view")
    if not isinstance(request, ASGIRequest) or request.method == "HEAD" or is_stand_in:
        return None
    view = view_of(request.user, found)
    if request.user.is_authenticated and view.is_set:
        acts.come(actor=request.user, assignment=found)
    sending = request.scope.get(SENDING)
    return Subscription(view, request.session.session_key, request.user.pk, sending)


@public
@require_safe
def changes(request: HttpRequest, seminar: str, assignment: str) -> HttpResponse:
    """What changed for the reader after the cursor `?after=`; without it, a cursor of now.

    The filters of the page's address hold here as well. A refusal is a problem document: 400 for a
    bad cursor, 410 with `reload` where only a page loaded anew shows what the reader now sees.
    """
    try:
        found = assignment_for(request.user, seminar, assignment)
        told = answer(request.user, found, request.GET.get("after", ""), request.GET)
    except DomainError as error:
        return problem_response(request, error)
    return JsonResponse(told, headers={"Cache-Control": "no-store"})


@signed_in
@require_POST
def presence(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Say at which paragraph one reads: its number as `paragraph`, empty for none."""
    try:
        found = assignment_for(request.user, seminar, assignment)
        given = request.POST.get("paragraph", "")
        if given and not given.isdecimal():
            raise Invalid("A paragraph is told by its number.", field="paragraph")
        number = int(given) if given else None
        acts.share_paragraph(actor=request.user, assignment_id=found.pk, number=number)
    except DomainError as error:
        return problem_response(request, error)
    return HttpResponse(status=204)
