"""Static files as they are served: hashed names, one stylesheet made of its parts, cached for ever."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.base import ContentFile
from django.core.management import call_command
from servestatic import ServeStatic, ServeStaticASGI
from servestatic.storage import CompressedManifestStaticFilesStorage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from wsgiref.headers import Headers

STAMP = "collected-from"
"""The file in STATIC_ROOT that says of which sources it was collected."""

ENTRY = "css/main.css"
_IMPORT = re.compile(r'@import url\("(?P<part>[^"]+)"\) layer\((?P<layer>[\w-]+)\);')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")


def join_stylesheet(read: Callable[[str], str]) -> str:
    """The entry with each `@import url("part") layer(name);` replaced by that layer's rules.

    `read` gives the text of a static file by its name. Comments go and each run of white space
    becomes one space; spaces beside operators stay, as they may carry meaning.
    """

    def layer(match: re.Match[str]) -> str:
        return f"@layer {match['layer']} {{ {read('css/' + match['part'])} }}"

    joined = _IMPORT.sub(layer, read(ENTRY))
    return _SPACE.sub(" ", _COMMENT.sub("", joined)).strip() + "\n"


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped library
    """Hashed and compressed files, and a `css/main.css` that holds its imported parts.

    The entry file also works as it stands, so development needs no build; but a chain of imports
    costs a round trip, and a request a part. Parts that name files (`url(...)`) must lie beside the
    entry, where relative addresses stay true.

    The import lines of our own ES modules, which no build step bundles, get hashed names too. Other
    people's scripts are left as they are: some hold import lines in their comments.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        ManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],  # type: ignore[attr-defined]  # noqa: SLF001 - Django offers the switch, not the choice of files
    )
    keep_only_hashed_files = True

    def post_process(self, *args: Any, **kwargs: Any) -> Iterator[tuple[str, str, bool]]:
        """Join the stylesheet, then name everything by its hash as Django does."""
        paths, *rest = args
        if ENTRY in paths and not kwargs.get("dry_run"):

            def read(name: str) -> str:
                storage, path = paths[name]
                with storage.open(path) as file:
                    return str(file.read().decode())

            joined = join_stylesheet(read)
            self.delete(ENTRY)
            self._save(ENTRY, ContentFile(joined.encode()))
            paths = {**paths, ENTRY: (self, ENTRY)}
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
