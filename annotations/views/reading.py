"""The essay with its margin, and all of one paragraph's annotations."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.messages import get_messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from annotations.actions.visits import PRECISION, record_visit
from annotations.forms import filters_of, more_of
from annotations.queries import ReadingFilters, margin, reading_page
from annotations.queries.cards import Rules
from annotations.queries.cursors import Cursor
from annotations.queries.drafts import drafts_of
from annotations.queries.page_state import page_state
from annotations.queries.permalinks import where_now
from annotations.queries.view_keys import view_of
from annotations.queries.visits import last_visit, since_of
from debate.accounts.forms import ReadingForm
from debate.assignments.models import Assignment
from debate.core.api.conditional import etag
from debate.core.errors import Missing
from debate.core.policies import public
from debate.notices.queries import unread_count

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from annotations.models import Visit
    from annotations.queries.page_state import PageState
    from debate.accounts.models import User
    from debate.essays.models import Revision

CARDS_A_PAGE = 20


def assignment_for(user: User | AnonymousUser, seminar: str, assignment: str) -> Assignment:
    """The assignment at that address. Raises Missing unless the person may see it."""
    found = Assignment.objects.visible_to(user).for_pages()
    one = found.filter(seminar__slug=seminar, slug=assignment).first()
    if one is None:
        raise Missing
    return one


def revision_for(assignment: Assignment, number: int | None) -> Revision:
    """The revision of that number up to the one the assignment shows, which is meant by None."""
    if number in {None, assignment.revision.number}:
        return assignment.revision
    earlier = assignment.essay.revisions.filter(number__lt=assignment.revision.number)
    found = earlier.filter(number=number).first()
    if found is None:
        raise Missing
    return found


@public
@require_safe
def reading(
    request: HttpRequest, seminar: str, assignment: str, number: int | None = None
) -> HttpResponseBase:
    """The reading page, of the current revision or of the one of that number.

    `?notes=none` gives the text alone, and is remembered until `?notes=all`. A link of an earlier
    revision (`?rev=`) leads to its words as they stand now. `?p=4&cards=24` shows that many cards
    beside paragraph 4; with the header `X-Fragment: 1` it gives that paragraph alone.
    """
    state = page_state(request.user, seminar, assignment)
    if state is None:
        raise Missing
    if request.GET.get("notes") in {"none", "all"}:
        request.session["notes"] = request.GET["notes"]
    show_notes = request.session.get("notes") != "none"
    find = partial(assignment_for, request.user, seminar, assignment)
    since = _visit(request, state.visit, find) if show_notes else None
    tag = _tag_for(request, state, since)
    if tag and (unchanged := get_conditional_response(request, etag=tag)):
        return _tagged(request, unchanged, tag)
    found = find()
    if number is None and (address := where_now(found, request.GET.dict())):
        return HttpResponseRedirect(address)
    shown = revision_for(found, number)
    filters, more = ReadingFilters(**filters_of(request.GET)), more_of(request.GET)
    if more and show_notes and _is_fragment(request):
        return _one_paragraph(request, found, shown, filters, more)
    is_live = show_notes and shown == found.revision
    # Before anything is read: what changes while the page is made is asked for once it stands.
    view = view_of(request.user, found)
    cursor = Cursor.at(found.change_counter, view) if is_live else ""

    def still_hold() -> bool:
        now = page_state(request.user, seminar, assignment)
        # All that the view is made of is part of it.
        return now is not None and now.common == state.common

    page = reading_page(
        user=request.user,
        assignment=found,
        filters=filters,
        show_notes=show_notes,
        revision=shown,
        since=since if show_notes else None,
        more=more,
        rules=Rules((state.common, replace(view, user_id=None)), still_hold),
    )
    has_drafts = state.has_drafts and page.can_annotate
    context = {
        "page": page,
        "look": _look(request),
        "cursor": str(cursor),
        "drafts": drafts_of(request.user, found) if has_drafts else [],
    }
    response = render(request, "annotations/reading.html", context)
    patch_vary_headers(response, ["X-Fragment"])
    # Where other programs find and put annotations on it (Web Annotation Protocol, 4.4).
    container = request.build_absolute_uri(reverse("wa:container", args=[found.pk]))
    response["Link"] = f'<{container}>; rel="http://www.w3.org/ns/oa#annotationService"'
    return _tagged(request, response, tag) if tag else response


def _tag_for(request: HttpRequest, state: PageState, since: datetime | None) -> str | None:
    """The page's tag; None where it has none, and is made each time.

    `?notes=` is remembered, what is said once is on no page that is kept, and neither is somebody
    else's view. The forms of a kept page are taken as long as the browser keeps the secret that
    they were made of; of visitors those have a tag of whom nothing is known.
    """
    user = request.user
    if "notes" in request.GET:
        return None
    if not user.is_authenticated:
        return None if request.COOKIES else etag(0, state.text, *_asked(request))
    secret = request.META.get("CSRF_COOKIE")
    if not secret or len(get_messages(request)) or getattr(request, "student_view", None):
        return None
    session = request.session
    own = (session.session_key, secret, session.get("notes") != "none", since)
    unread = unread_count(user) if state.has_unread else 0
    return etag(0, state.text, *own, unread, *_asked(request))


def _asked(request: HttpRequest) -> tuple[str | None, ...]:
    """What the request itself says of the page that it wants."""
    fragment = request.headers.get("X-Fragment", "")
    return (
        request.get_host(),
        request.scheme,
        request.get_full_path(),
        fragment,
        get_language(),
    )


def _tagged(request: HttpRequest, response: HttpResponseBase, tag: str) -> HttpResponseBase:
    """The page with its tag: browsers ask each time whether it is still the same."""
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache" if request.user.is_authenticated else "no-cache"
    patch_vary_headers(response, ["X-Fragment", "Cookie"])
    return response


def _is_fragment(request: HttpRequest) -> bool:
    """Whether a page that stands open asks for one of its paragraphs."""
    return request.headers.get("X-Fragment") == "1"


def _one_paragraph(
    request: HttpRequest,
    assignment: Assignment,
    revision: Revision,
    filters: ReadingFilters,
    more: tuple[int, int],
) -> HttpResponse:
    """A paragraph with that many of its cards, as it stands on the whole page. Raises Missing."""
    user = request.user
    page = reading_page(
        user=user,
        assignment=assignment,
        filters=filters,
        revision=revision,
        since=last_visit(user, assignment) if user.is_authenticated else None,
        only={more[0]},
        more=more,
    )
    if not page.paragraphs:
        raise Missing
    context = {"p": page.paragraphs[0], "can_annotate": page.can_annotate}
    response = render(request, "annotations/_paragraph.html", context)
    patch_vary_headers(response, ["X-Fragment"])
    return response


def _look(request: HttpRequest) -> ReadingForm | None:
    """How the person reads, to be changed beside the text; nothing for visitors and stand-ins."""
    if not request.user.is_authenticated or getattr(request, "student_view", None):
        return None
    return ReadingForm.of(request.user, is_brief=True)


def _visit(
    request: HttpRequest, visit: Visit | None, find: Callable[[], Assignment]
) -> datetime | None:
    """Since when things are new; that the person looks now is kept, unless a machine fetches.

    `visit` is what is kept until now; where nothing would be written, nothing more is asked.
    """
    if not request.user.is_authenticated:
        return None
    now = timezone.now()
    is_fetched_ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
    is_watched = request.method != "HEAD" and not is_fetched_ahead and not _is_fragment(request)
    if is_watched and (visit is None or now - visit.last_at > PRECISION):
        return record_visit(actor=request.user, assignment=find())
    return since_of(visit, now)


@public
@require_safe
def paragraph(
    request: HttpRequest, seminar: str, assignment: str, number: int, revision: int | None = None
) -> HttpResponse:
    """All annotations on one paragraph, twenty a page."""
    found = assignment_for(request.user, seminar, assignment)
    try:
        after = UUID(request.GET["after"]) if request.GET.get("after") else None
    except ValueError:
        raise Missing from None
    page = margin(
        user=request.user,
        assignment=found,
        number=number,
        after=after,
        size=CARDS_A_PAGE,
        revision=revision_for(found, revision),
    )
    return render(request, "annotations/paragraph.html", {"margin": page, "assignment": found})
