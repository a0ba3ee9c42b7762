"""The demo seminar's annotations against the W3C's own assertions and its published contexts.

Collected where COUNTERPOINT_FIXTURES names a folder with `standards/`.
"""

import json
import os
from pathlib import Path

import pytest
from django.core.management import call_command
from jsonschema import Draft4Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from annotations.models import Annotation
from annotations.web.model import CONTEXT, to_web
from annotations.web.queries import LDP_CONTEXT, Container, documents
from annotations.web.turtle import to_turtle
from debate.accounts.models import User
from debate.assignments.models import Assignment
from tests.annotations.web.expanding import same_statements, vanished
from tests.annotations.web.wires import BASE, EVERY

FIXTURES = os.environ.get("COUNTERPOINT_FIXTURES")

if FIXTURES:
    STANDARDS = Path(FIXTURES, "standards")
    SUITE = STANDARDS / "wa-tests"

    def load(path):
        return json.loads(Path(path).read_text(encoding="utf-8"))

    def assertions(listing):
        """The assertions of one of the suite's lists, by name: a validator and what is expected."""
        registry = Registry().with_resources(
            (file.name, DRAFT4.create_resource(load(file)))
            for file in (SUITE / "definitions").glob("*.json")
        )
        found = {}
        for name in load(SUITE / listing)["assertions"]:
            schema = load(SUITE / name)
            checker = Draft4Validator.FORMAT_CHECKER
            validator = Draft4Validator(schema, registry=registry, format_checker=checker)
            found[name] = (validator, schema.get("expectedResult", "valid") == "valid")
        return found

    def failures(document, musts):
        return [name for name, (one, wanted) in musts.items() if one.is_valid(document) != wanted]

    MUSTS = assertions("annotations/annotationMusts.test")
    CONTEXTS = {
        CONTEXT: load(STANDARDS / "contexts" / "anno.jsonld"),
        LDP_CONTEXT: load(STANDARDS / "contexts" / "ldp.jsonld"),
    }

    @pytest.fixture
    def demo(db):
        """Everything in the demo seminar that its instructor reads, as JSON-LD."""
        call_command("demo", force=True, verbosity=0)
        reader = User.objects.get(username="instructor")
        return [
            one
            for assignment in Assignment.objects.set_to(reader).for_pages()
            for one in documents(
                Annotation.objects.visible_to(reader).filter(assignment=assignment),
                reader,
                assignment,
                BASE,
            )
        ]

    def test_suite_is_whole():
        assert len(MUSTS) == 54
        assert failures(load(SUITE / "tools/samples/correct/anno1.json"), MUSTS) == []

    def test_every_annotation_of_the_demo_passes_every_must(demo):
        assert len(demo) >= 60
        assert {one["id"]: failures(one, MUSTS) for one in demo if failures(one, MUSTS)} == {}

    def test_no_member_of_the_demo_vanishes_in_expansion(demo):
        assert {one["id"] for one in demo if vanished(one, CONTEXTS)} == set()

    def test_turtle_of_the_demo_says_what_its_json_ld_says(demo):
        assert all(same_statements(one, to_turtle(one), CONTEXTS) for one in demo[::5])

    @pytest.mark.parametrize("name", EVERY)
    def test_annotation_of_every_sort_passes_every_must(name):
        document = to_web(EVERY[name], base=BASE, language="en")

        assert failures(document, MUSTS) == []
        assert vanished(document, CONTEXTS) == []

    @pytest.mark.parametrize("iris", [False, True])
    def test_container_and_pages_of_the_demo_pass_every_must(iris, demo):
        reader = User.objects.get(username="instructor")
        assignment = Assignment.objects.set_to(reader).for_pages().order_by("id").first()
        container = Container(reader, assignment, BASE, iris=iris)

        whole = container.description(is_minimal=False)
        bare = container.description(is_minimal=True)
        page = container.page(after="start")

        collection = assertions("collections/collectionMusts.test")
        assert [failures(one, collection) for one in (whole, bare)] == [[], []]
        assert failures(page, assertions("collections/pages/pageMusts.test")) == []
        assert [vanished(one, CONTEXTS) for one in (whole, bare, page)] == [[], [], []]
