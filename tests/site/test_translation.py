"""Templates: every word that people read can be translated, in whole sentences and with its plurals."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

import pytest
from django.conf import settings

FOLDER = settings.BASE_DIR / "templates"
TEMPLATES = sorted([*FOLDER.rglob("*.html"), *FOLDER.rglob("*.txt")])
# The one word of the pages that is the same in every language.
NAME = "Counterpoint"
# Attributes that are read or heard, what an included piece shows of what it is given, and filters whose
# argument is shown.
HEARD = {"aria-label", "aria-description", "alt", "title", "placeholder", "data-label", "data-of"}
SHOWN = r"\b(?:heading|hint|label|text|title|what|words)="
FALLBACK = r"\|(?:default|default_if_none|yesno|add):"
LITERAL = r"\"([^\"]*)\"|'([^']*)'"
# Stands for what is translated.
TRANSLATED = "\N{WHITE SQUARE}"
UNREAD = {"code", "kbd", "script", "style", "svg"}
COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)
BLOCK = re.compile(r"(\{% blocktranslate\b.*?%\})(.*?)\{% endblocktranslate %\}", re.DOTALL)
CLASSES = re.compile(r"\{% block body_class %\}.*?\{% endblock", re.DOTALL)
TAG = re.compile(r"\{%.*?%\}")
VARIABLE = re.compile(r"\{\{.*?\}\}")
_LETTERS = re.compile(r"[^\W\d_]")


def name_of(template):
    return str(template.relative_to(FOLDER))


def has_words(text):
    return bool(_LETTERS.search(text.replace(NAME, "")))


def literals(before, tag):
    """The texts in quotes after what matches `before`; a text in `_()` is not among them."""
    return [one[1] or one[2] or "" for one in re.finditer(before + f"(?:{LITERAL})", tag)]


class Page(HTMLParser):
    """Collects the words that are read or heard."""

    def __init__(self):
        super().__init__()
        self.found, self.misplaced, self.unread = [], [], 0

    def handle_starttag(self, tag, attrs):
        self.unread += tag in UNREAD
        said = {name: value or "" for name, value in attrs}
        heard = HEARD | ({"value"} if tag == "input" and said.get("type") == "submit" else set())
        self.found += [said[name] for name in heard & said.keys() if has_words(said[name])]
        self.misplaced += [name for name in said.keys() - heard if TRANSLATED in said[name]]

    def handle_endtag(self, tag):
        self.unread -= tag in UNREAD

    def handle_data(self, data):
        # A piece may hold attributes of an element that stands elsewhere.
        text = re.sub(r"\s[a-z-]+=\"[^\"]*\"", "", data)
        if has_words(text) and not self.unread:
            self.found.append(text.replace(TRANSLATED, "").strip())


@dataclass
class Reading:
    """A template taken apart: the words that stand as they are, and what translators are given."""

    bare: list[str]
    messages: list[str]
    blocks: list[str]
    tags: list[str]
    misplaced: list[str]


def read(source):
    """Take a template's source apart, without rendering it."""
    source = COMMENT.sub("", source)
    tags, blocks = TAG.findall(source), BLOCK.findall(source)
    rest = CLASSES.sub("{% endblock", BLOCK.sub(TRANSLATED, source))
    markup = TAG.sub(lambda tag: TRANSLATED * tag[0].startswith("{% translate "), rest)
    page = Page()
    page.feed(VARIABLE.sub(lambda one: " ".join(literals(FALLBACK, one[0])), markup))
    page.close()
    given = [one for tag in TAG.findall(rest) for one in literals(SHOWN, tag)]
    given += [one for tag in tags for one in literals(FALLBACK, tag)]
    messages = [part for _, body in blocks for part in body.split("{% plural %}")]
    messages += literals(r"\{% translate ", source) + literals(r"_\(", source)
    bare = page.found + list(filter(has_words, given))
    return Reading(bare, messages, [one for one, _ in blocks], tags, page.misplaced)


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_template_leaves_no_word_untranslated(template):
    assert read(template.read_text(encoding="utf-8")).bare == []


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_template_gives_translators_whole_phrases(template):
    source = template.read_text(encoding="utf-8")
    reading = read(source)

    parts = [one for one in reading.messages if one != one.strip() or re.match(r"[,;:.)]", one)]
    loose = [one for one in reading.blocks if "trimmed" not in one.split()]
    names = [one for one in CLASSES.findall(source) if "translate" in one]

    assert (parts, loose, names, reading.misplaced) == ([], [], [], [])
    assert "|pluralize" not in source


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_template_loads_the_tags_for_translation_where_it_uses_them(template):
    tags = read(template.read_text(encoding="utf-8")).tags

    loads = any(tag.startswith("{% load ") and "i18n" in tag.split() for tag in tags)
    uses = any(
        re.match(r"\{% (?:translate|blocktranslate|get_current_language)\b", tag) for tag in tags
    )

    assert loads == uses


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_template_says_words_of_its_own_are_in_the_language_of_the_page(template):
    assert 'lang="en"' not in template.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("source", "bare"),
    [
        ("<p>Read it.</p>", ["Read it."]),
        ('<p>{% translate "Read it." %}</p>', []),
        ("<p>{% blocktranslate trimmed %}Read {{ it }}.{% endblocktranslate %} Now</p>", ["Now"]),
        ('<nav aria-label="Pages" class="pages"></nav>', ["Pages"]),
        ('<p>{{ title|default:"None" }}</p>', ["None"]),
        ('<p class="{{ look|default:"primary" }}">{{ title|default:_("None") }}</p>', []),
        ('{% include "a.html" with label="Save" look="danger" %}', ["Save"]),
        ('{% include "a.html" with label=_("Save") %}', []),
        ("{# A comment. #}{% comment %}And another.{% endcomment %}", []),
        ("<code>curl</code> · Counterpoint 2 &gt; 1", []),
    ],
)
def test_reading_a_template_finds_the_words_that_are_shown(source, bare):
    assert read(source).bare == bare
