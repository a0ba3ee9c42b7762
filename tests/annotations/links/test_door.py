"""There is one door to other sites: whatever opens an address elsewhere fails here."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[3]
CLIENTS = {
    "aiohttp", "ftplib", "h11", "http.client", "httpx", "requests", "socket", "ssl", "telnetlib",
    "urllib.request", "urllib3", "websockets",
}  # fmt: skip
# They listen, and connect to nothing.
LISTENING = {
    "debate/core/management/commands/serve.py",
    "debate/core/supervisor.py",
    "debate/core/webserver.py",
}


def imported(file):
    """The names of the modules that the file imports."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_nothing_but_links_speaks_to_other_sites():
    speaking = {
        str(file.relative_to(ROOT))
        for folder in ("debate", "annotations")
        for file in (ROOT / folder).rglob("*.py")
        if CLIENTS & set(imported(file))
    }

    assert speaking - LISTENING == {
        "annotations/links/addresses.py",
        "annotations/links/child.py",
        "annotations/links/fetching.py",
        "annotations/links/sandbox.py",
    }


def test_nothing_but_the_actions_on_links_goes_through_the_door():
    asking = {
        str(file.relative_to(ROOT))
        for file in [*(ROOT / "debate").rglob("*.py"), *(ROOT / "annotations").rglob("*.py")]
        if {"annotations.links.sandbox.look", "annotations.links.fetching.retrieve"}
        & set(imported(file))
    }

    assert asking == {"annotations/actions/links.py", "annotations/links/child.py"}
