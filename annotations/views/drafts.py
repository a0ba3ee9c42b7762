"""What a person has begun to write on an essay: kept by the page while it is written, and listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from annotations.actions.drafts import as_told, discard_draft, save_draft
from annotations.forms.drafts import draft_from_request, uuid_of
from annotations.models import Draft
from annotations.queries.drafts import drafts_of, drafts_url
from annotations.views.fragments import in_fragments, is_fragment
from annotations.views.reading import assignment_for
from debate.core.errors import Invalid, Missing
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from debate.accounts.http import SignedInRequest
    from debate.assignments.models import Assignment


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@in_fragments
def drafts(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """One's drafts on the essay, as a page, as its list alone (`X-Fragment`) or as JSON; POST keeps one.

    What is kept comes as JSON, or as a form's fields with the content as JSON.
    """
    found = assignment_for(request.user, seminar, assignment)
    if request.method == "POST":
        return _keep(request, found)
    mine = Draft.objects.visible_to(request.user).filter(assignment=found)
    if _wants_json(request):
        response: HttpResponse = JsonResponse({"drafts": [as_told(one) for one in mine]})
    elif is_fragment(request):
        context = {"drafts": drafts_of(request.user, found), "assignment": found}
        response = render(request, "annotations/reading/_drafts.html", context)
    else:
        response = _page(request, found)
    patch_vary_headers(response, ["Accept"])
    return response


@signed_in
@require_POST
@in_fragments
def discard(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Let the draft of that `id` go; the answer holds it, so that it can be kept again."""
    found = assignment_for(request.user, seminar, assignment)
    try:
        draft_id = uuid_of(request.POST.get("id", ""), field="id")
    except Invalid:
        raise Missing from None
    gone = discard_draft(actor=request.user, assignment_id=found.pk, draft_id=draft_id)
    if _wants_json(request):
        return JsonResponse(as_told(gone))
    return _page(request, found, gone)


def _keep(request: SignedInRequest, assignment: Assignment) -> HttpResponse:
    given = draft_from_request(request)
    kept = save_draft(actor=request.user, assignment_id=assignment.pk, given=given)
    if request.content_type == "application/json":
        return JsonResponse(as_told(kept), status=201 if kept.revision == 1 else 200)
    messages.success(request, "The draft is back.")
    return redirect(drafts_url(assignment))


def _page(
    request: SignedInRequest, assignment: Assignment, gone: Draft | None = None
) -> HttpResponse:
    words = {
        str(one.pk): one.words
        for one in Draft.objects.visible_to(request.user).filter(assignment=assignment)
    }
    context = {
        "assignment": assignment,
        "drafts": [(line, words.get(line.id, [])) for line in drafts_of(request.user, assignment)],
        "gone": gone,
        "gone_content": orjson.dumps(gone.content).decode() if gone else "",
        "gone_words": gone.words if gone else [],
    }
    return render(request, "annotations/drafts.html", context)


def _wants_json(request: HttpRequest) -> bool:
    return request.accepts("application/json") and not request.accepts("text/html")
