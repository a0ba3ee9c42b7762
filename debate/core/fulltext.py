"""How words are found in texts: not `queries`, for every app indexes and asks in the same languages.

PostgreSQL's configurations stem words and leave out the commonest; `simple` does neither and takes
texts in any other language as they are written.
"""

from __future__ import annotations

from django.contrib.postgres.search import SearchConfig

SIMPLE = "simple"

# Primary language subtags (RFC 5646, 2.2.1) and the configurations that PostgreSQL 15 has for them.
CONFIGURATIONS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}


def configuration_of(language: str) -> str:
    """The configuration for texts in the language, which is written as BCP 47 does."""
    primary = language.partition("-")[0].lower()
    return CONFIGURATIONS.get(primary, SIMPLE)


def config_of(language: str) -> SearchConfig:
    """`configuration_of` as Django's expressions take it."""
    return SearchConfig(configuration_of(language))
