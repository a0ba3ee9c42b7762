"""The search over what a person may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotations.forms.search import SearchForm
from annotations.queries.search import MOST_COUNTED, search
from debate.core.errors import Invalid
from debate.core.forms import show_refusal
from debate.core.policies import public

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from annotations.queries.search import Found


@public
@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Annotations and paragraphs that hold the words of `?q=`, twenty a page."""
    form = SearchForm(request.GET, user=request.user)
    found: Found | None = None
    if form.is_valid():
        form.offer_authors()
        if form.cleaned_data["q"]:
            try:
                found = search(request.user, form.cleaned_data["q"], form.filters())
            except Invalid as error:
                show_refusal(form, error)
    context = {
        "form": form,
        "found": found,
        "words": form["q"].value() or "",
        "in_essays": form["part"].value() == "essays",
        "most": MOST_COUNTED,
    }
    status = 400 if form.errors else 200
    return render(request, "annotations/search.html", context, status=status)
