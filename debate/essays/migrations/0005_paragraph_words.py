"""Index the words of the paragraphs there are, each in the language of its essay."""

from django.apps.registry import Apps as StateApps
from django.contrib.postgres.search import SearchConfig, SearchVector
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

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


def fill(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    paragraphs = apps.get_model("essays", "Paragraph").objects
    essays = apps.get_model("essays", "Essay").objects
    for language in essays.order_by("language").values_list("language", flat=True).distinct():
        primary = language.partition("-")[0].lower()
        config = SearchConfig(CONFIGURATIONS.get(primary, "simple"))
        rows = paragraphs.filter(revision__essay__language=language)
        rows.update(search=SearchVector("text", config=config))


class Migration(migrations.Migration):
    dependencies = [("essays", "0004_paragraph_search")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
