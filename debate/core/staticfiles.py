"""Static files as they are served: hashed names, and one stylesheet made of its parts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.base import ContentFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


class StaticStorage(ManifestStaticFilesStorage):
    """Manifest storage that sets the imported parts into `css/main.css`.

    The entry file also works as it stands, so development needs no build; but a chain of imports
    costs a round trip, and a request a part. Parts that name files (`url(...)`) must lie beside the
    entry, where relative addresses stay true.
    """

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
