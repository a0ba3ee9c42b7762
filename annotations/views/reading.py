"""The essay with its margin, and all of one paragraph's annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from annotations.actions.visits import record_visit
from annotations.forms import filters_of, more_of
from annotations.queries import ReadingFilters, margin, reading_page
from annotations.queries.cursors import Cursor
from annotations.queries.drafts import drafts_of
from annotations.queries.page_state import state_for_visitors
from annotations.queries.permalinks import where_now
from annotations.queries.view_keys import view_of
from annotations.queries.visits import last_visit
from debate.accounts.forms import ReadingForm
from debate.assignments.models import Assignment
from debate.core.api.conditional import etag
from debate.core.errors import Missing
from debate.core.policies import public

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

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
    found = assignment_for(request.user, seminar, assignment)
    if number is None and (address := where_now(found, request.GET.dict())):
        return HttpResponseRedirect(address)
    tag = _tag(request, found)
    if tag and (unchanged := get_conditional_response(request, etag=tag)):
        return _tagged(unchanged, tag)
    if request.GET.get("notes") in {"none", "all"}:
        request.session["notes"] = request.GET["notes"]
    shown = revision_for(found, number)
    show_notes = request.session.get("notes") != "none"
    filters, more = ReadingFilters(**filters_of(request.GET)), more_of(request.GET)
    if more and show_notes and request.headers.get("X-Fragment") == "1":
        return _one_paragraph(request, found, shown, filters, more)
    is_live = show_notes and shown == found.revision
    # Before anything is read: what changes while the page is made is asked for once it stands.
    cursor = Cursor.at(found.change_counter, view_of(request.user, found)) if is_live else ""
    page = reading_page(
        user=request.user,
        assignment=found,
        filters=filters,
        show_notes=show_notes,
        revision=shown,
        since=_visit(request, found) if show_notes else None,
        more=more,
    )
    context = {
        "page": page,
        "look": _look(request),
        "cursor": str(cursor),
        "drafts": drafts_of(request.user, found) if page.can_annotate else [],
    }
    response = render(request, "annotations/reading.html", context)
    patch_vary_headers(response, ["X-Fragment"])
    # Where other programs find and put annotations on it (Web Annotation Protocol, 4.4).
    container = request.build_absolute_uri(reverse("wa:container", args=[found.pk]))
    response["Link"] = f'<{container}>; rel="http://www.w3.org/ns/oa#annotationService"'
    return _tagged(response, tag) if tag else response


def _tag(request: HttpRequest, assignment: Assignment) -> str | None:
    """The tag of a page for a visitor of whom nothing is known; of others' pages there is none.

    `?notes=` is remembered, so that its page is made each time.
    """
    if request.COOKIES or request.user.is_authenticated or "notes" in request.GET:
        return None
    fragment = request.headers.get("X-Fragment", "")
    asked = (request.get_host(), request.scheme, request.get_full_path(), fragment, get_language())
    return etag(0, state_for_visitors(assignment), *asked)


def _tagged(response: HttpResponseBase, tag: str) -> HttpResponseBase:
    """The page with its tag: caches ask each time whether it is still the same."""
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["X-Fragment", "Cookie"])
    return response


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


def _visit(request: HttpRequest, assignment: Assignment) -> datetime | None:
    """Since when things are new; that the person looks now is kept, unless a machine fetches."""
    if not request.user.is_authenticated:
        return None
    is_fetched_ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
    if request.method == "HEAD" or is_fetched_ahead:
        return last_visit(request.user, assignment)
    return record_visit(actor=request.user, assignment=assignment)


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
