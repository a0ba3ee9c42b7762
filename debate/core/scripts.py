"""One script made of an ES module and of all it imports: what a bundler does, for plain modules.

A first view may take twelve requests and thirteen kilobytes of our own script. Each module becomes a
function of its own, so that names of different modules never meet.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

import minify

if TYPE_CHECKING:
    from collections.abc import Callable

_IMPORT = re.compile(
    r'^import (?:\{ (?P<names>\w+(?: as \w+)?(?:, \w+(?: as \w+)?)*) \} from )?"(?P<path>\.[^"]+)";$',
    re.MULTILINE,
)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b)", re.MULTILINE)
_EXPORTED = re.compile(
    r"^export (?:async )?(?:function\*?|class|const) (?P<name>[\w$]+)", re.MULTILINE
)
_OTHER = re.compile(r"^(?:import|export)\b.*|\bimport\(.*", re.MULTILINE)


class NotPlain(Exception):
    """A module says more than can be joined: other forms of import or export, or a circle."""


def join_script(read: Callable[[str], str], entry: str) -> str:
    """The module `entry` and those it imports, each once and before whoever imports it, minified.

    `read` gives the text of a static file by its name. Taken are
    `import { a, b as c } from "./d.js";` on one line, `import "./d.js";`, and exported functions, classes and constants. Raises NotPlain.
    """
    joined: dict[str, str] = {}
    exported: list[str] = []
    _join(read, entry, joined, exported, ())
    names = f"let {', '.join(exported)};" if exported else ""
    whole = "\n".join(["(() => {", names, *joined.values(), "})();"])
    return str(minify.string("application/javascript", whole)) + "\n"


def _join(
    read: Callable[[str], str],
    name: str,
    joined: dict[str, str],
    exported: list[str],
    importers: tuple[str, ...],
) -> None:
    """Add the module to `joined`, after those it imports, and what it exports to `exported`.

    What the module at place 3 exports as `one` is called `$3_one` by the others, until the names are
    shortened.
    """
    if name in joined:
        return
    if name in importers:
        raise NotPlain(f"{name} imports itself by way of {importers[-1]}.")
    source = read(name)
    used = []
    for match in _IMPORT.finditer(source):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), match["path"]))
        _join(read, path, joined, exported, (*importers, name))
        number = list(joined).index(path)
        for given in filter(None, (match["names"] or "").split(", ")):
            theirs, _, ours = given.partition(" as ")
            used.append(f"const {ours or theirs} = ${number}_{theirs};")
    body = _EXPORT.sub("", _IMPORT.sub("", source))
    if other := _OTHER.search(body):
        raise NotPlain(f"{name} says {other[0]!r}.")
    given_away = [(f"${len(joined)}_{own}", own) for own in _EXPORTED.findall(source)]
    exported += [outer for outer, _ in given_away]
    gives = [f"{outer} = {own};" for outer, own in given_away]
    joined[name] = "\n".join(["(() => {", *used, body, *gives, "})();"])
