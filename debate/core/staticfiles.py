"""Static files as they are served: hashed names, stylesheets and scripts made of their parts, cached for ever."""

from __future__ import annotations

import hashlib
import re
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.base import ContentFile
from django.core.management import call_command
from servestatic import ServeStatic, ServeStaticASGI
from servestatic.storage import CompressedManifestStaticFilesStorage

from debate.core.scripts import join_script

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from wsgiref.headers import Headers

STAMP = "collected-from"
"""The file in STATIC_ROOT that says of which sources it was collected."""

ENTRY = "css/main.css"
ENTRIES = (
    ENTRY,
    *(
        f"css/{name}.css"
        for name in ("argument", "grading", "lists", "reading", "setup", "writing")
    ),
)
"""What every page links, and the sheets of each kind of page, of which it links one or two beside it."""

SCRIPTS = "js/pages/*.js"
"""The scripts that pages link; what they import is joined into them."""

_IMPORT = re.compile(r'@import url\("(?P<part>[^"]+)"\) layer\((?P<layer>[\w-]+)\);')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_AROUND_SIGNS = re.compile(r'(?P<kept>"[^"]*"| :)|;? ?(?P<end>\}) ?| ?(?P<sign>[{;,:>]) ?')


def join_stylesheet(read: Callable[[str], str], entry: str = ENTRY) -> str:
    """The entry with each `@import url("part") layer(name);` replaced by that layer's rules.

    `read` gives the text of a static file by its name. Comments go and each run of white space
    becomes one space, or none beside signs. A space before a colon stays, for `a :is(b)` is not
    `a:is(b)`; so do those around `+` and `-`, without which `calc()` does not add, and whatever
    stands in double quotes.
    """

    def layer(match: re.Match[str]) -> str:
        return f"@layer {match['layer']} {{ {read('css/' + match['part'])} }}"

    joined = _SPACE.sub(" ", _COMMENT.sub("", _IMPORT.sub(layer, read(entry))))
    return _AROUND_SIGNS.sub(_tightened, joined).strip() + "\n"


def _tightened(match: re.Match[str]) -> str:
    return match["kept"] or match["end"] or match["sign"]


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped library
    """Hashed and compressed files, and entries such as `css/main.css` that hold their imported parts.

    An entry also works as it stands, so development needs no build; but a chain of imports
    costs a round trip, and a request a part. Parts that name files (`url(...)`) must lie beside the
    entry, where relative addresses stay true.

    The import lines of our own ES modules that are no entry get hashed names. Other people's scripts
    are left as they are: some hold import lines in their comments.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        ManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],  # type: ignore[attr-defined]  # noqa: SLF001 - Django offers the switch, not the choice of files
    )
    keep_only_hashed_files = True

    def post_process(self, *args: Any, **kwargs: Any) -> Iterator[tuple[str, str, bool]]:
        """Join stylesheets and scripts, then name everything by its hash as Django does."""
        paths, *rest = args

        def read(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                return str(file.read().decode())

        made: dict[str, tuple[Any, str]] = {}
        for entry in () if kwargs.get("dry_run") else list(paths):
            if entry in ENTRIES:
                joined = join_stylesheet(read, entry)
            elif fnmatch(entry, SCRIPTS):
                joined = join_script(read, entry)
            else:
                continue
            self.delete(entry)
            self._save(entry, ContentFile(joined.encode()))
            made[entry] = (self, entry)
        paths = {**paths, **made}
        yield from super().post_process(paths, *rest, **kwargs)


def _add_headers(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def _options() -> dict[str, Any]:
    return {
        "root": settings.STATIC_ROOT,
        "prefix": settings.STATIC_URL,
        "allow_all_origins": False,
        "add_headers_function": _add_headers,
    }


def with_static_files_asgi(application: Any) -> ServeStaticASGI:
    """The ASGI application behind the collected static files."""
    return ServeStaticASGI(application, **_options())


def with_static_files_wsgi(application: Any) -> ServeStatic:
    """The WSGI application behind the collected static files."""
    return ServeStatic(application, **_options())


def _sources() -> str:
    """A digest that changes when any source of a static file does, or how they are collected."""
    digest = hashlib.sha256()
    files = [
        Path(storage.path(name))
        for finder in get_finders()
        for name, storage in finder.list(["CVS", ".*", "*~"])
    ]
    for file in [Path(__file__), *sorted(files)]:
        found = file.stat()
        digest.update(f"{file}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def are_collected() -> bool:
    """Whether STATIC_ROOT holds what pages link to, of this or an older state."""
    return Path(settings.STATIC_ROOT, StaticStorage.manifest_name).exists()


def collect_if_changed() -> bool:
    """Collect the static files unless STATIC_ROOT is up to date; say whether it was done."""
    stamp = Path(settings.STATIC_ROOT, STAMP)
    sources = _sources()
    if are_collected() and stamp.exists() and stamp.read_text() == sources:
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(sources)
    return True
