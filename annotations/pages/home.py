"""The start page: for visitors what this is, for people what waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotations.pages.demo import demo_links, demo_people
from annotations.pages.queries import home_page
from debate.core.policies import public

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LONGEST_SOUGHT = 100


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the person, what is to be read, what is finished; doors in the demo."""
    sought = request.GET.get("q", "").strip()[:LONGEST_SOUGHT]
    context = {
        "page": home_page(request.user, sought=sought) if request.user.is_authenticated else None,
        "demo_people": demo_people(),
        "demo_links": demo_links(request.user),
    }
    return render(request, "pages/home.html", context)
