"""The documentation: Markdown of `templates/docs/` as pages, and the table of API operations."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from mdit_py_plugins.anchors import anchors_plugin

from debate.core.api.schema import description
from debate.core.policies import public

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse

FOLDER = Path(settings.BASE_DIR, "templates", "docs")
# The address in the texts' examples, which a page replaces by the one it is read at.
EXAMPLE = "http://127.0.0.1:8000"
GUIDE = {
    "index": "docs",
    "reading": "docs_page",
    "live": "docs_page",
    "keys": "docs_page",
    "notices": "docs_page",
    "importing": "docs_page",
    "assigning": "docs_page",
    "seminars": "docs_page",
    "people": "docs_page",
    "permissions": "docs_page",
    "search": "docs_page",
    "tags": "docs_page",
    "links": "docs_page",
    "sources": "docs_page",
    "argument": "docs_page",
    "map": "docs_page",
    "flow": "docs_page",
    "marks": "docs_page",
    "exchange": "docs_page",
    "web-annotation": "docs_page",
    "moderation": "docs_page",
    "grading": "docs_page",
    "clients": "docs_page",
}
TABLE = '<div class="scroll" role="group" aria-label="Table" tabindex="0"><table>'
API = {"api": "api_docs", "errors": "api_errors"}


@dataclass(frozen=True)
class Text:
    """One text of the documentation."""

    title: str
    html: str


@functools.cache
def text(name: str) -> Text:
    """The text of that name, its first line being the title. Raises FileNotFoundError."""
    source = Path(FOLDER, f"{name}.md").read_text(encoding="utf-8")
    title, _, body = source.partition("\n")
    markdown = MarkdownIt("commonmark", {"typographer": False}).enable("table")
    markdown.use(anchors_plugin, min_level=2, max_level=3, slug_func=_slug)
    html = markdown.render(body)
    # A table wider than the page scrolls inside its own frame, by keyboard too.
    html = html.replace("<table>", TABLE).replace("</table>", "</table></div>")
    return Text(title.removeprefix("# ").strip(), html)


def _slug(heading: str) -> str:
    """A heading's id: a code as it is, other words joined by hyphens."""
    words = "".join(char if char.isalnum() or char == "_" else " " for char in heading.lower())
    return "-".join(words.split())


def address(name: str) -> str:
    """Where the text is read."""
    view = {**GUIDE, **API}[name]
    return reverse(view, args=[name] if view == "docs_page" else None)


@public
@require_safe
def guide(request: HttpRequest, name: str = "index") -> HttpResponse:
    """A page of the guide for readers and teachers."""
    if name not in GUIDE:
        raise Http404
    return _page(request, name, GUIDE, "docs/docs_page.html")


@public
@require_safe
def api(request: HttpRequest, name: str = "api") -> HttpResponse:
    """A page about the API; the first has the table of all operations."""
    return _page(request, name, API, "api/docs.html", operations if name == "api" else None)


@public
@require_safe
def api_root(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The way to the documentation of the API, for who looks where it begins."""
    return redirect("api_docs")


def _page(
    request: HttpRequest,
    name: str,
    group: Mapping[str, str],
    template: str,
    listing: Callable[[], list[dict[str, Any]]] | None = None,
) -> HttpResponse:
    here = escape(request.build_absolute_uri("/").rstrip("/"))
    context = {
        "title": text(name).title,
        "body_html": _safe(text(name).html.replace(EXAMPLE, here)),
        "pages": [
            {"title": text(one).title, "href": address(one), "current": one == name}
            for one in group
        ],
        "operations": listing() if listing else [],
    }
    return render(request, template, context)


def _safe(html: str) -> SafeString:
    return mark_safe(html)  # noqa: S308 - made of the project's own files


@functools.cache
def operations() -> list[dict[str, Any]]:
    """The operations of the OpenAPI description, in groups of the noun they begin with.

    With what each takes in its query and its body, and the statuses that it answers with.
    """
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in description()["paths"].items():
        noun = path.removeprefix("/api/v1/").partition("/")[0] or "index"
        groups.setdefault(noun, []).extend(
            {
                "method": method.upper(),
                "path": path,
                "summary": operation["description"],
                "takes": _taken(operation),
                "answers": " ".join(sorted(operation["responses"])),
            }
            for method, operation in methods.items()
        )
    return [{"title": noun.capitalize(), "rows": rows} for noun, rows in groups.items()]


def _taken(operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parameters of an operation, and the members of its body, each with whether it must be."""
    given = [
        {"name": one["name"], "is_needed": False, "is_parameter": one["in"] == "query"}
        for one in operation.get("parameters", [])
        if one["in"] != "path"
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = body.get("schema", {}).get("$ref", "").rpartition("/")[2]
    shape = description()["components"]["schemas"].get(name, {})
    needed = shape.get("required", [])
    return given + [
        {"name": member, "is_needed": member in needed, "is_parameter": False}
        for member in shape.get("properties", {})
    ]
