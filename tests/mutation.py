"""Takes away one rule of who may see and do what at a time, and sees whether a test notices.

`python -m tests.mutation` removes each operand of and, or, & and |, each condition of a filter, each
not and ~, and makes each comparison always true, in the permission modules and in the doors of the
models. A mutant that no test kills is a survivor: it is listed, and the exit status is 1. `--list`
only names the mutants, and `--only WORD` tries those whose name holds the word.

First the tests of the doors (tests/site/test_doors.py) run once, which tells which of them call
which door; then for each mutant a fork of that process takes the mutant's code and runs these tests.
What outlives them is tried in the same way by the other tests of who sees what, and what outlives
those, in a copy of the project, by the permission matrix and all other tests of the apps. Nothing is
ever written into the project itself.
"""

from __future__ import annotations

import argparse
import ast
import copy
import gc
import importlib
import inspect
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.runner import runtestprotocol
from django.db import connections

from tests.site import standing

if TYPE_CHECKING:
    from collections.abc import Iterator

_Cached = type(cache(len))
ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "var", "__pycache__", ".*_cache", "htmlcov", "*.pyc", ".hypothesis"
)
MODULES = ["annotations/permissions.py", "annotations/grading/permissions.py", *(
    f"debate/{app}/permissions.py" for app in ("seminars", "essays", "assignments"))]  # fmt: skip
MODELS = ["annotations/models", "annotations/grading/models", "debate/seminars", "debate/essays",
          "debate/assignments", "debate/notices", "debate/accounts"]  # fmt: skip
DOORS = {
    "visible_to", "known_to", "set_to", "_set_to", "overseen_by", "_readable_by", "_overseen_by",
    "_by_a_colleague", "_is_revealed_to", "_is_shared", "with_shown_author", "counted",
    "acceptable", "addressable_by", "of", "staff", "limited", "unlimited", "taught_by", "active",
    "marked_by", "asked_to_mark", "standing", "addressed_to", "usable", "known_by", "is_named_to",
    "with_shown_actor", "with_shown_flagger", "with_what_is_told", "_hides_counts", "_posted_by",
    "with_known_claim", "_of_readable", "_is_hidden", "_is_unknown", "_has_unknown_premise",
    "_on_the_map", "_in_hand", "known_beside", "on_map", "open",
}  # fmt: skip
SCOPES = {"authenticate", "has_permission", "has_scope"}

DOORS_TESTS = ["tests/site/test_doors.py"]
NEAR = [
    "tests/annotations/test_argument_visibility.py", "tests/annotations/test_models.py",
    "tests/annotations/test_naming.py", "tests/annotations/test_permissions.py",
    "tests/annotations/test_visibility_rounds.py", "tests/annotations/queries/test_view_keys.py",
    "tests/annotations/grading/api", "tests/annotations/grading/test_blindness.py",
    "tests/annotations/grading/test_leaks.py", "tests/annotations/grading/test_models.py",
    "tests/annotations/grading/test_permissions.py",
    "tests/annotations/grading/test_second_marking.py", "tests/annotations/grading/views",
    "tests/debate/accounts/test_models.py", "tests/debate/assignments/test_models.py",
    "tests/debate/notices", "tests/debate/seminars/test_models.py",
]  # fmt: skip
REST = ["tests/site/test_permissions.py", "tests/annotations", "tests/debate"]

# What changes nothing that anybody could notice, each with its reason.
EQUIVALENT = {
    "debate/seminars/models.py:MembershipQuerySet.limited: filter without role=Role.ASSISTANT": (
        "a constraint lets only assistants be limited"
    ),
    "debate/seminars/models.py:MembershipQuerySet.limited: filter without is_limited=True": (
        "whoever is not limited sees what the sections give, and more, anyway"
    ),
    "debate/seminars/models.py:MembershipQuerySet.unlimited: exclude without "
    "role=Role.ASSISTANT": "a constraint lets only assistants be limited",
    "annotations/models/annotation.py:_is_revealed_to: filter without mode=RoundMode.BLIND": (
        "a constraint lets only blind rounds reveal after posts"
    ),
    "annotations/models/annotation.py:AnnotationQuerySet._readable_by: Q without "
    "audience=Audience.GROUP": "a constraint lets only that audience have a group",
    "annotations/grading/models/mark.py:MarkQuerySet.visible_to: without is_blind": (
        "where marking is not blind staff see all that this would add anyway"
    ),
    "annotations/grading/models/mark.py:MarkQuerySet.visible_to: without is_blind (line 19)": (
        "where marking is not blind staff see all that this would add anyway"
    ),
    "debate/seminars/permissions.py:may_create_seminar: without not user.is_authenticated": (
        "a visitor is never active"
    ),
}


@dataclass(frozen=True)
class Mutant:
    """One rule taken away: the file, its new text, and a name that tells what was there."""

    file: str
    function: str
    name: str
    text: str


def mutants() -> list[Mutant]:
    """All mutants of the project, in the order of their files."""
    files: list[tuple[str, set[str] | None]] = [(file, None) for file in MODULES]
    for folder in MODELS:
        found = [*Path(ROOT, folder).glob("models.py"), *Path(ROOT, folder).glob("models/*.py")]
        if folder.endswith("models"):
            found = list(Path(ROOT, folder).glob("*.py"))
        files += [(str(one.relative_to(ROOT)), DOORS) for one in sorted(found)]
    files.append(("debate/accounts/authentication.py", SCOPES))
    return [one for file, names in files for one in mutants_of(file, names)]


def mutants_of(file: str, names: set[str] | None) -> list[Mutant]:
    """The mutants of the functions of those names; of all functions when none are named."""
    tree = ast.parse(Path(ROOT, file).read_text(encoding="utf-8"))
    made: dict[str, Mutant] = {}
    for function, path in _functions(tree):
        if names and function.name not in names:
            continue
        for place, node in enumerate(ast.walk(function)):
            for what, new in changes(node) if _is_rule(function, node) else ():
                text = _with(tree, function, place, new)
                name = f"{file}:{path}: {what}"
                if name in made and made[name].text != text:
                    name = f"{name} (line {getattr(node, 'lineno', 0) - function.lineno})"
                made.setdefault(name, Mutant(file, path, name, text))
    return list(made.values())


def _functions(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef, str]]:
    """The module's functions and methods with their qualified names."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node, node.name
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield inner, f"{node.name}.{inner.name}"


def _is_rule(function: ast.FunctionDef, node: ast.AST) -> bool:
    """Whether the node is of the body, and no comparison that is left out as an operand of and."""
    inside = {id(one) for part in function.body for one in ast.walk(part)}
    operands = {
        id(value)
        for one in ast.walk(function)
        if isinstance(one, ast.BoolOp) and isinstance(one.op, ast.And)
        for value in one.values
    }
    return id(node) in inside and not (isinstance(node, ast.Compare) and id(node) in operands)


def _with(tree: ast.Module, function: ast.FunctionDef, place: int, new: ast.AST) -> str:
    """The module's text with the node at that place of the function replaced."""
    changed = copy.deepcopy(tree)
    same = next(
        one
        for one in ast.walk(changed)
        if isinstance(one, ast.FunctionDef)
        and (one.name, one.lineno) == (function.name, function.lineno)
    )
    old = list(ast.walk(same))[place]
    for parent in ast.walk(same):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
            elif isinstance(value, list):
                setattr(parent, field, [new if one is old else one for one in value])
    return ast.unparse(ast.fix_missing_locations(changed))


def changes(node: ast.AST) -> list[tuple[str, ast.expr]]:
    """What the node may be replaced by, each with words for what is then missing."""
    if isinstance(node, ast.BoolOp):
        return [(f"without {_short(one)}", _fewer(node, one)) for one in node.values]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        return [
            (f"without {_short(node.left)}", node.right),
            (f"without {_short(node.right)}", node.left),
        ]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        return [(f"without the not of {_short(node.operand)}", node.operand)]
    if isinstance(node, ast.Compare):
        return [(f"{_short(node)} always true", ast.Constant(value=True))]
    if isinstance(node, ast.IfExp):
        return [(f"never {_short(node.test)}", node.orelse)]
    return _of_call(node) if isinstance(node, ast.Call) else []


def _of_call(node: ast.Call) -> list[tuple[str, ast.expr]]:
    """Filters with one condition less; a Q of one condition is an operand elsewhere."""
    called = (
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    )
    if called not in {"filter", "exclude", "Q"} or (called == "Q" and len(node.keywords) == 1):
        return []
    fewer: list[tuple[str, ast.expr]] = [
        (
            f"{called} without {keyword.arg}={_short(keyword.value)}",
            ast.Call(node.func, node.args, [one for one in node.keywords if one is not keyword]),
        )
        for keyword in node.keywords
    ]
    fewer += [
        (
            f"{called} without {_short(given)}",
            ast.Call(node.func, [one for one in node.args if one is not given], node.keywords),
        )
        for given in node.args
    ]
    return fewer


def _fewer(node: ast.BoolOp, left_out: ast.expr) -> ast.expr:
    rest = [one for one in node.values if one is not left_out]
    return rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 90 else f"{text[:87]}…"


class Hunt:
    """A pytest plugin: runs the tests once, then forks for each mutant to run them again."""

    def __init__(self, tried: list[Mutant]) -> None:
        self.tried = tried
        self.killed: set[str] = set()
        self.failed = 0
        self.callers: dict[CodeType, list[int]] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of pytest's own loop."""
        items = session.items
        doors = {one.name: _function_of(one) for one in self.tried}
        codes = {function.__code__ for function in doors.values()}
        for number, item in enumerate(items):
            forget()
            with _watching(codes) as called:
                # The next item keeps the fixtures of the module standing, after the last one too.
                runtestprotocol(item, nextitem=items[(number + 1) % len(items)])
            for code in called:
                self.callers.setdefault(code, []).append(number)
        if self.failed:
            raise SystemExit("The tests fail without any mutant.")
        writer = session.config.get_terminal_writer()
        writer.line()
        for mutant in self.tried:
            connections.close_all()
            function = doors[mutant.name]
            wanted = [items[one] for one in self.callers.get(function.__code__, [])]
            if self._is_killed(mutant, function, wanted):
                self.killed.add(mutant.name)
            else:
                writer.line(f"outlives: {mutant.name}")
        connections.close_all()
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count what fails."""
        self.failed += report.failed

    def _is_killed(self, mutant: Mutant, function: FunctionType, wanted: list[pytest.Item]) -> bool:
        child = os.fork()
        if child:
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            assert status in {0, 1}, f"{mutant.name} could not be tried"
            return status == 1
        # Whatever happens here, the child may not go on to take the parent's database down.
        try:
            os._exit(self._try_out(mutant, function, wanted))
        finally:
            os._exit(2)

    def _try_out(self, mutant: Mutant, function: FunctionType, wanted: list[pytest.Item]) -> int:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        function.__code__ = _code_in(mutant.text, function.__code__.co_qualname)
        forget()
        for number, item in enumerate(wanted):
            runtestprotocol(item, nextitem=wanted[(number + 1) % len(wanted)])
            if self.failed:
                return 1
        return 0


def _function_of(mutant: Mutant) -> FunctionType:
    """The living function that the mutant changes."""
    module = importlib.import_module(mutant.file.removesuffix(".py").replace("/", "."))
    found: Any = module
    for name in mutant.function.split("."):
        found = vars(found)[name]
    function = inspect.unwrap(getattr(found, "__func__", found))
    assert isinstance(function, FunctionType)
    return function


def forget() -> None:
    """Let nothing stand that was made by the rules until now: statements, and what they found."""
    from annotations.queries import kept  # noqa: PLC0415 - once there are settings

    kept.forget()
    for one in _holders():
        if isinstance(one, _Cached):
            one.cache_clear()
        else:
            vars(one).pop("_known", None)


@cache
def _holders() -> list[Any]:
    """The caches and the finders of the project, all of which are there once it is imported."""
    from debate.core.db import Finder  # noqa: PLC0415 - as above

    gc.unfreeze()  # what is set aside for the tests' sake would not be found
    # By the type itself, as lazy objects of Django pretend to be of others.
    return [
        one
        for one in gc.get_objects()
        if type(one) is Finder
        or (type(one) is _Cached and str(one.__module__).startswith(("annotations", "debate")))
    ]


def _code_in(text: str, name: str) -> CodeType:
    """The code of the function of that qualified name in the module's text."""
    waiting = [compile(text, "<mutant>", "exec", dont_inherit=True)]
    while waiting:
        code = waiting.pop()
        if code.co_qualname == name:
            return code
        waiting += [one for one in code.co_consts if isinstance(one, CodeType)]
    raise LookupError(name)


@contextmanager
def _watching(codes: set[CodeType]) -> Iterator[set[CodeType]]:
    """Which of these functions are called inside."""
    called: set[CodeType] = set()

    def note(frame: FrameType, event: str, _given: object) -> None:
        if event == "call" and frame.f_code in codes:
            called.add(frame.f_code)

    sys.setprofile(note)
    try:
        yield called
    finally:
        sys.setprofile(None)


class Bench:
    """A copy of the project, in which the other tests meet what outlived those of the doors."""

    def __init__(self, folder: Path) -> None:
        self.tree = folder / "tree"
        shutil.copytree(ROOT, self.tree, ignore=LEFT_OUT)

    def kills(self, mutant: Mutant) -> bool:
        """Whether a test fails with the mutant in place of the rule."""
        place = self.tree / mutant.file
        kept = place.read_text(encoding="utf-8")
        place.write_text(mutant.text, encoding="utf-8")
        command = [
            sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:randomly", "-p",
            "no:cacheprovider", "-m", "not browser and not soak", *REST,
        ]  # fmt: skip
        done = subprocess.run(command, cwd=self.tree, capture_output=True, check=False)
        place.write_text(kept, encoding="utf-8")
        return done.returncode != 0


def outlive(tried: list[Mutant], tests: list[str]) -> list[Mutant]:
    """The mutants that those tests do not kill; asked in a fork, as pytest runs once in a process."""
    with tempfile.TemporaryFile("w+") as told:
        child = os.fork()
        if not child:
            try:
                told.writelines(f"{one.name}\n" for one in hunt(tried, tests))
                told.flush()
                os._exit(0)
            finally:
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        told.seek(0)
        names = set(told.read().splitlines())
    return [one for one in tried if one.name in names]


def hunt(tried: list[Mutant], tests: list[str]) -> list[Mutant]:
    """The mutants that those tests do not kill."""
    standing.KEEPS = True
    plugin = Hunt(tried)
    # Not with -x: at a failure it would take down what the other forks stand on; and a fork is
    # not to blame for what of the parent's it leaves unclosed.
    status = pytest.main(
        [
            "-q",
            "-p",
            "no:randomly",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "-p",
            "no:unraisableexception",
            *tests,
        ],
        plugins=[plugin],
    )
    assert status == pytest.ExitCode.OK, status
    return [one for one in tried if one.name not in plugin.killed]


def main() -> int:
    """Try all mutants; 1 when one survives."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--list", action="store_true", help="name the mutants and stop")
    parser.add_argument("--only", default="", help="those whose name holds this")
    parser.add_argument("--quick", action="store_true", help="the tests of who sees what alone")
    asked = parser.parse_args()
    wanted = [one for one in mutants() if asked.only in one.name]
    tried = [one for one in wanted if one.name not in EQUIVALENT]
    if asked.list:
        sys.stdout.writelines(f"{one.name}\n" for one in wanted)
        return 0
    began = time.monotonic()
    left = tried
    for tests in (DOORS_TESTS, NEAR):
        left = outlive(left, tests) if left else []
        sys.stdout.write(f"{len(left)} outlive {tests[0]} …\n")
        sys.stdout.flush()
    if left and not asked.quick:
        with tempfile.TemporaryDirectory(prefix="counterpoint-mutants-") as folder:
            bench = Bench(Path(folder))
            left = [one for one in left if not bench.kills(one)]
    sys.stdout.writelines(f"survived: {one.name}\n" for one in left)
    sys.stdout.write(
        f"{len(tried)} mutants, {len(left)} survivors, {len(wanted) - len(tried)} equivalent, "
        f"{time.monotonic() - began:.0f} s\n"
    )
    return 1 if left else 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    sys.exit(main())
