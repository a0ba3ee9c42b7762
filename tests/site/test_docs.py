"""The documentation says what is so: its examples run, its codes exist, its links lead somewhere."""

import ast
import re
import shlex
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from lxml import html

from annotations.models import Annotation
from debate.accounts.actions import create_token
from debate.core import docs, errors
from debate.core.api.exceptions import problem
from debate.core.api.schema import description
from tests.factories.annotations import AnnotationFactory
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of
from tests.factories.seminars import MembershipFactory

WORDS = "Turning up to vote should be a legal duty, lightly enforced, as some say."
PAGES = [docs.address(name) for name in {**docs.GUIDE, **docs.API}]
# What Django REST framework calls the refusals that are its own.
FRAMEWORK_CODES = {
    "invalid", "malformed", "not_authenticated", "authentication_failed", "method_not_allowed",
    "not_acceptable", "unsupported_media_type", "throttled",
}  # fmt: skip
ERRORS = {one.__name__ for one in vars(errors).values() if isinstance(one, type)}
ERRORS |= {"PermissionDenied"}


def blocks(language):
    text = Path(docs.FOLDER, "api.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def example(transactional_db):
    """A seminar like the demo's, and what a reader of the examples fills in."""
    essay = essay_of(WORDS)
    person = MembershipFactory(seminar=essay.seminar, user__username="student1").user
    # The demo's closes in a month, long before the due date of the examples.
    assignment = assignment_of(essay, closes_at=timezone.now() + timedelta(days=28))
    own = AnnotationFactory(assignment=assignment, author=person, kind="comment")
    teacher = MembershipFactory(seminar=essay.seminar, role="instructor").user
    others = MembershipFactory(seminar=essay.seminar).user
    question = AnnotationFactory(assignment=assignment, author=others, kind="question")
    _, secret = create_token(actor=person, name="examples", scopes=["read", "write"])
    _, key = create_token(actor=teacher, name="examples", scopes=["read", "write", "admin"])
    return {
        "TEACHER": key,
        "SEMINAR": str(essay.seminar_id),
        "STUDENT": str(person.pk),
        "QUESTION": str(question.pk),
        "TOKEN": secret,
        "ASSIGNMENT": str(assignment.pk),
        "ESSAY": str(essay.pk),
        "PARAGRAPH": str(essay.current_revision.paragraphs.get().pk),
        "ANNOTATION": str(own.pk),
    }


def curl(command, values):
    """The request that a curl command of the documentation makes, for the test client."""
    for name, value in values.items():
        command = command.replace(f"${name}", value)
    words = iter(shlex.split(command)[1:])
    request = {"method": "GET", "path": "", "data": "", "headers": {}}
    for word in words:
        if word == "-X":
            request["method"] = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            request["headers"][name] = value
        elif word == "-d":
            request["data"] = next(words)
        elif word != "-s":
            request["path"] = word.removeprefix(docs.EXAMPLE)
    request["content_type"] = request["headers"].pop("Content-Type", "application/json")
    return request


def curl_commands():
    joined = "\n".join(blocks("bash")).replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.startswith("curl ")]


def test_every_curl_example_succeeds(client, example):
    statuses = []
    for command in curl_commands():
        request = curl(command, example)
        path = request.pop("path")
        statuses.append(client.generic(path=path, **request).status_code)

    assert statuses == [
        *[200, 200, 200, 201, 201, 200, 201, 200, 204],
        *[200, 201, 201, 200, 201, 200, 201, 201, 200, 200, 200, 200],
    ]
    first, quoted = Annotation.objects.filter(anchors__isnull=False).order_by("id")
    assert (first.kind, quoted.kind, quoted.attacks) == (
        "question",
        "counterargument",
        "conclusion",
    )
    assert quoted.anchors.get().exact == "Turning up to vote should be a legal duty"


def test_python_example_runs_as_it_stands(live_server, example):
    [program] = blocks("python")

    done = subprocess.run(
        [sys.executable, "-c", program.replace(docs.EXAMPLE, live_server.url)],
        env={"TOKEN": example["TOKEN"], "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    new = Annotation.objects.get(kind="evidence")
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        f"{live_server.url}/annotations/{new.pk}/",
        "Counter({'comment': 1, 'question': 1, 'evidence': 1})",
    ]
    assert new.anchors.get().exact == WORDS[:30]


def raised_codes():
    """Every code that the project's source gives to an error."""
    codes = set(FRAMEWORK_CODES)
    for folder in ("debate", "annotations"):
        for file in Path(settings.BASE_DIR, folder).rglob("*.py"):
            if "migrations" in file.parts:
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                codes |= _codes_of(node)
    return codes


def _codes_of(node):
    """The code that an error is made with, or that a class of errors has."""
    if isinstance(node, ast.Call):
        made = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
        given = {one.arg: one.value for one in node.keywords}.get("code")
        return {given.value} if made in ERRORS and isinstance(given, ast.Constant) else set()
    if isinstance(node, ast.ClassDef):
        return {
            one.value.value
            for one in node.body
            if isinstance(one, ast.Assign)
            and isinstance(one.value, ast.Constant)
            and [getattr(target, "id", "") for target in one.targets] == ["code"]
        }
    return set()


def test_every_code_is_explained_and_every_explained_code_exists():
    explained = set(re.findall(r'<h3 id="(\w+)"', docs.text("errors").html))

    assert explained == raised_codes()


def test_address_in_the_type_of_every_error_explains_it(client, db):
    """Each has a place on the page that `type` names, with the cause and what to do about it."""
    pages, missing = {}, []
    for code in sorted(raised_codes()):
        page, _, anchor = problem(400, code, "")["type"].partition("#")
        if page not in pages:
            pages[page] = html.document_fromstring(client.get(page).content)
        heading = pages[page].xpath("//h3[@id=$name]", name=anchor)
        told = heading[0].getnext().text_content() if heading else ""
        if anchor != code or len(re.findall(r"[.!?](?=\s|$)", told)) < 2:
            missing.append(code)

    assert missing == []


@pytest.mark.parametrize("path", PAGES)
def test_page_of_the_documentation_is_open_to_anybody(client, db, path):
    response = client.get(path)

    assert response.status_code == 200
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert response.content.count(b"<h1") == 1


def test_page_that_is_not_there_is_not_found(client, db):
    assert client.get("/docs/nothing/").status_code == 404
    assert client.get("/docs/errors/").status_code == 404


def test_page_names_the_address_it_is_read_at(client, db):
    text = client.get("/api/docs/").content.decode()

    assert docs.EXAMPLE not in text
    assert "http://testserver/api/v1/annotations/" in text


def test_where_the_api_begins_leads_to_its_documentation(client, db):
    assert client.get("/api/")["Location"] == "/api/docs/"


@pytest.mark.parametrize("name", ["sources", "grading", "exchange", "web-annotation", "clients"])
def test_api_page_links_to_what_else_programs_need(name):
    assert f'href="/docs/{name}/"' in docs.text("api").html


def test_api_page_lists_every_operation(client, db):
    text = client.get("/api/docs/").content.decode()

    listed = re.findall(r"<tr><td><code>([A-Z]+)</code></td><td><code>([^<]+)</code></td>", text)
    described = [
        (method.upper(), path)
        for path, methods in description()["paths"].items()
        for method in methods
    ]
    assert sorted(listed) == sorted(described)


@pytest.mark.parametrize("path", PAGES)
def test_links_of_the_documentation_lead_somewhere(client, db, path):
    name = path.strip("/").rpartition("/")[2]
    name = {"docs": "api" if path.startswith("/api") else "index"}.get(name, name)
    links = re.findall(r'href="([^"#]+)', docs.text(name).html)

    statuses = {link: client.get(link).status_code for link in links if link.startswith("/")}

    assert set(statuses.values()) <= {200, 302}
    assert not [link for link in links if not link.startswith("/")]


def test_names_of_the_documentation_lead_to_it():
    assert reverse("docs") == "/docs/"
    assert reverse("api_docs") == "/api/docs/"
    assert reverse("api_errors") == "/api/docs/errors/"
