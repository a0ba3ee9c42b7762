"""ES modules joined into the one script that a page links."""

from pathlib import Path

import pytest
from django.conf import settings

from debate.core.scripts import NotPlain, join_script

STATIC = Path(settings.BASE_DIR, "debate", "static")


def joined(**modules):
    return join_script(
        {f"js/{name}.js": text for name, text in modules.items()}.__getitem__, "js/a.js"
    )


def test_script_with_imports_holds_each_module_once_before_its_importers():
    script = joined(
        a='import { b as d } from "./b.js";\nimport { c } from "./c.js";\nd(c);\n',
        b='import { c } from "./c.js";\nexport function b(one) { return one + c; }\n',
        c="// counts\nexport const c = 1;\n",
    )

    assert script == (
        "(()=>{let e,t;(()=>{const t=1;e=t})(),(()=>{const n=e;function s(e){return e+n}t=s})(),"
        "(()=>{const n=t,s=e;n(s)})()})()\n"
    )


def test_script_joined_keeps_words_and_expressions_as_they_are():
    text = 'const said = `a  /* b */ ${1 + 1}`;\nconst found = /[/"]\\s/u.test("c // d");\n'

    script = joined(a=text)

    assert "`a  /* b */ ${1+1}`" in script
    assert '/[/"]\\s/u.test("c // d")' in script


@pytest.mark.parametrize(
    "said",
    [
        'import one from "./b.js";',
        'import * as b from "./b.js";',
        'import { b } from "elsewhere";',
        'const b = await import("./b.js");',
        "export default function () {}",
        "export let b = 1;",
        'export { b } from "./b.js";',
    ],
)
def test_script_with_what_cannot_be_joined_is_refused(said):
    with pytest.raises(NotPlain, match=r"^js/a\.js says "):
        joined(a=f"{said}\n", b="export const b = 1;\n")


def test_script_that_imports_itself_by_another_is_refused():
    with pytest.raises(NotPlain, match=r"^js/a\.js imports itself by way of js/b\.js\.$"):
        joined(a='import { b } from "./b.js";\n', b='import { a } from "./a.js";\n')


@pytest.mark.parametrize("entry", sorted(path.name for path in STATIC.glob("js/pages/*.js")))
def test_script_of_the_site_is_joined(entry):
    script = join_script(lambda name: STATIC.joinpath(name).read_text(), f"js/pages/{entry}")

    assert script.startswith("(()=>{")
    assert "import " not in script
    assert "export " not in script
